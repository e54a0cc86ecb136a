/* Maildir, its reading (cr.yp.to/proto/maildir.html; flags and "S=" as Dovecot and Courier write them). See
 * mailbox.h. */
#include "config.h"
#include "local/maildir-internal.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    LocalMailbox base;
    GHashTable *files; /* key -> path below the Maildir ("cur/…"), as of the last listing */
    MaildirKeywords keywords;
} Maildir;

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
    struct stat about;
    /* lstat: a link here could lead to any file that the person may read. */
    if (lstat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return;
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
    g_hash_table_remove_all(maildir->files);
    maildir_keywords_read(&maildir->keywords, mailbox->path);
    /* new/ first: what moves to cur/ meanwhile is then found there. */
    if (!scan(maildir, messages, "new", error) || !scan(maildir, messages, "cur", error))
        return NULL;
    g_ptr_array_sort(messages, by_arrival);
    return g_steal_pointer(&messages);
}

static GBytes *read_known(Maildir *maildir, const char *key, GError **error)
{
    const char *relative = g_hash_table_lookup(maildir->files, key);
    if (!relative) {
        local_set_changed_error(error, maildir->base.path);
        return NULL;
    }
    g_autofree char *path = g_build_filename(maildir->base.path, relative, NULL);
    return local_read_file(path, LOCAL_MAX_MESSAGE, error);
}

static GBytes *maildir_read(LocalMailbox *mailbox, const char *key, GError **error)
{
    Maildir *maildir = (Maildir *)mailbox;
    GBytes *bytes = read_known(maildir, key, NULL);
    if (bytes)
        return bytes;
    /* Its flags, and so its name, have changed since: look again, once. */
    g_autoptr(GPtrArray) again = maildir_list(mailbox, error);
    return again ? read_known(maildir, key, error) : NULL;
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
    static const LocalOps ops = { LOCAL_MAILDIR, maildir_list, maildir_read, maildir_free };
    Maildir *maildir = g_new0(Maildir, 1);
    maildir->base.ops = &ops;
    maildir->base.path = g_strdup(path);
    maildir->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return &maildir->base;
}
