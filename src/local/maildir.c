/* Maildir, its reading (cr.yp.to/proto/maildir.html; flags and "S=" as Dovecot and Courier write them). See
 * mailbox.h. */
#include "config.h"
#include "local/maildir-internal.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLOCK_TICK_NS (20 * 1000000)
#define LOOKS 20

static bool is_directory(const char *path, const char *name)
{
    g_autofree char *full = g_build_filename(path, name, NULL);
    return g_file_test(full, G_FILE_TEST_IS_DIR);
}

bool maildir_is_one(const char *path)
{
    return is_directory(path, "cur") && is_directory(path, "new");
}

static void add_message(Maildir *maildir, GPtrArray *messages, const char *folder, const char *name)
{
    g_autofree char *relative = g_build_filename(folder, name, NULL);
    g_autofree char *path = g_build_filename(maildir->base.path, relative, NULL);
    struct stat about = { 0 };
    /* lstat: a link here could lead to any file that the person may read. One that is gone already was there a moment
     * ago, and has another name by now, most likely. */
    bool renamed = lstat(path, &about) != 0 && errno == ENOENT;
    if (!renamed && !S_ISREG(about.st_mode))
        return;
    maildir->disturbed |= renamed;
    const char *info = maildir_info_of(name);
    g_autofree char *key = info ? g_strndup(name, (gsize)(info - name)) : g_strdup(name);
    if (g_hash_table_contains(maildir->files, key)) /* moved from new/ to cur/ while we looked */
        return;
    LocalMessage *message = local_message_new(key);
    message->internal_date = about.st_mtime;
    message->size = (guint64)about.st_size;
    if (info) {
        g_free(message->keywords);
        message->flags = maildir_flags_of(&maildir->keywords, info + 3, &message->keywords);
    }
    g_hash_table_insert(maildir->files, g_steal_pointer(&key), g_steal_pointer(&relative));
    g_ptr_array_add(messages, message);
}

static bool scan(Maildir *maildir, GPtrArray *messages, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(maildir->base.path, folder, NULL);
    DIR *directory = opendir(path);
    if (!directory) {
        local_set_access_error(error, path, errno);
        return false;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.')
            add_message(maildir, messages, folder, entry->d_name);
    closedir(directory);
    return true;
}

/* Nanoseconds; when entries came or went last. */
static gint64 changed_at(const Maildir *maildir)
{
    static const char *const folders[] = { "new", "cur" };
    gint64 newest = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(maildir->base.path, folders[i], NULL);
        struct stat about;
        if (stat(path, &about) == 0)
            newest = MAX(newest, (gint64)about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec);
    }
    return newest;
}

static int by_arrival(gconstpointer a, gconstpointer b)
{
    const LocalMessage *x = *(LocalMessage *const *)a, *y = *(LocalMessage *const *)b;
    if (x->internal_date != y->internal_date)
        return x->internal_date < y->internal_date ? -1 : 1;
    return strcmp(x->key, y->key);
}

static GPtrArray *maildir_list(LocalMailbox *mailbox, GError **error)
{
    Maildir *maildir = (Maildir *)mailbox;
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func((GDestroyNotify)local_message_free);
    gint64 started = g_get_real_time() * 1000, before = changed_at(maildir);
    g_hash_table_remove_all(maildir->files);
    maildir->disturbed = false;
    maildir_keywords_read(&maildir->keywords, mailbox->path);
    /* new/ first: what moves to cur/ meanwhile is then found there. */
    if (!scan(maildir, messages, "new", error) || !scan(maildir, messages, "cur", error))
        return NULL;
    /* A file that is renamed while its directory is read may be met twice, or not at all. The kernel's clock for such
     * times is coarse, so what changed just before may change again unseen. */
    maildir->disturbed |= changed_at(maildir) != before || before > started - CLOCK_TICK_NS;
    maildir->listed = true;
    g_ptr_array_sort(messages, by_arrival);
    return g_steal_pointer(&messages);
}

static bool maildir_undisturbed(const LocalMailbox *mailbox)
{
    return !((const Maildir *)mailbox)->disturbed;
}

/* A file is where it is known to be, or is gone from where it is known not to be any more. */
static bool maildir_expects(const LocalMailbox *mailbox, const char *name, bool came)
{
    const Maildir *maildir = (const Maildir *)mailbox;
    if (!name)
        return false;
    const char *info = maildir_info_of(name);
    const char *base = strchr(name, '/') + 1;
    g_autofree char *key = info ? g_strndup(base, (gsize)(info - base)) : g_strdup(base);
    const char *known = g_hash_table_lookup(maildir->files, key);
    bool is_known_there = known && strcmp(known, name) == 0;
    return maildir->listed && is_known_there == came;
}

const char *maildir_where(Maildir *maildir, const char *key, bool again, GError **error)
{
    const char *relative = again ? NULL : g_hash_table_lookup(maildir->files, key);
    /* Gone is only what was missed in peace. */
    for (int attempt = 0; !relative && attempt < LOOKS && (attempt == 0 || maildir->disturbed); attempt++) {
        g_autoptr(GPtrArray) listed = maildir_list(&maildir->base, error);
        if (!listed)
            return NULL;
        relative = g_hash_table_lookup(maildir->files, key);
    }
    if (!relative)
        local_set_changed_error(error, maildir->base.path);
    return relative;
}

static GBytes *maildir_read(LocalMailbox *mailbox, const char *key, GError **error)
{
    Maildir *maildir = (Maildir *)mailbox;
    /* Its flags, and so its name, may have changed since it was listed: look again. */
    for (int attempt = 0; attempt < LOOKS; attempt++) {
        const char *relative = maildir_where(maildir, key, attempt > 0, error);
        if (!relative)
            return NULL;
        g_autofree char *path = g_build_filename(maildir->base.path, relative, NULL);
        bool is_there = access(path, F_OK) == 0;
        GBytes *bytes = local_read_file(path, LOCAL_MAX_MESSAGE, is_there ? error : NULL);
        if (bytes || is_there)
            return bytes;
    }
    local_set_changed_error(error, mailbox->path);
    return NULL;
}

static void maildir_free(LocalMailbox *mailbox)
{
    Maildir *maildir = (Maildir *)mailbox;
    g_hash_table_unref(maildir->files);
    maildir_keywords_clear(&maildir->keywords);
    g_free(maildir);
}

LocalMailbox *maildir_open(const char *path)
{
    static const LocalOps ops = {
        .format = LOCAL_MAILDIR,
        .list = maildir_list,
        .expects = maildir_expects,
        .undisturbed = maildir_undisturbed,
        .read = maildir_read,
        .free = maildir_free,
        .flag = maildir_flag,
        .remove = maildir_remove,
        .move = maildir_move,
        .link = maildir_link,
        .about = maildir_about,
        .find = maildir_find,
        .append = maildir_append,
        .settle = maildir_settle,
    };
    Maildir *maildir = g_new0(Maildir, 1);
    maildir->base.ops = &ops;
    maildir->base.path = g_strdup(path);
    maildir->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return &maildir->base;
}
