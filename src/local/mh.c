/* MH, its reading: a directory of numbered files, with .mh_sequences beside them (nmh's mh-format(5), mh-sequence(5)). See mailbox.h.
 *
 * Numbers are no keys: packing and sorting a folder gives them anew. A file keeps its inode and its time by that, as it is renamed. */
#include "config.h"
#include "local/mailbox-internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SEQUENCES_MAX ((gsize)4 << 20)

typedef struct {
    LocalMailbox base;
    GHashTable *files; /* key → name, as of the last listing */
    bool disturbed;
} Mh;

/* "17", and neither "017" nor ",17", which was removed. 0: it is none. */
static guint number_of(const char *name)
{
    guint64 number = 0;
    if (*name < '1' || *name > '9' || !g_ascii_string_to_unsigned(name, 10, 1, G_MAXINT32, &number, NULL))
        return 0;
    return (guint)number;
}

/* An mbox may be called "2026". */
static bool is_letter(const char *path, const char *name)
{
    g_autofree char *full = g_build_filename(path, name, NULL);
    return g_file_test(full, G_FILE_TEST_IS_REGULAR) && !mbox_is_one(full, NULL);
}

bool mh_is_one(const char *path)
{
    static const char *const signs[] = { ".mh_sequences", ".xmhcache", ".mew_cache", ".mew-cache", ".sylpheed_cache", ".claws_cache", ".overview" };
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
        g_autofree char *sign = g_build_filename(path, signs[i], NULL);
        if (g_file_test(sign, G_FILE_TEST_IS_REGULAR))
            return true;
    }
    DIR *directory = opendir(path);
    bool found = false;
    for (struct dirent *entry; directory && !found && (entry = readdir(directory)) != NULL;)
        found = number_of(entry->d_name) != 0 && entry->d_type != DT_DIR && is_letter(path, entry->d_name);
    if (directory)
        closedir(directory);
    return found;
}

/* --- sequences -------------------------------------------------------------------------------------------------- */

typedef struct {
    GArray *ranges; /* of guint pairs */
} Sequence;

static void take_ranges(GArray *ranges, const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t\r", -1);
    for (char **word = words; *word; word++) {
        guint ends[2] = { 0, 0 };
        int count = sscanf(*word, "%u-%u", &ends[0], &ends[1]);
        if (count == 1)
            ends[1] = ends[0];
        if (count >= 1)
            g_array_append_vals(ranges, ends, 2);
    }
}

static bool holds(const GArray *ranges, guint number)
{
    for (guint i = 0; i + 1 < ranges->len; i += 2)
        if (number >= g_array_index(ranges, guint, i) && number <= g_array_index(ranges, guint, i + 1))
            return true;
    return false;
}

/* nmh calls it "unseen", and lets a profile name another; "flagged" and "replied" are what mutt and nmh users write. */
typedef struct {
    GArray *unseen, *flagged, *replied;
} Sequences;

static void sequences_read(Sequences *sequences, const char *path)
{
    *sequences = (Sequences){ g_array_new(FALSE, FALSE, sizeof(guint)), g_array_new(FALSE, FALSE, sizeof(guint)), g_array_new(FALSE, FALSE, sizeof(guint)) };
    g_autofree char *name = g_build_filename(path, ".mh_sequences", NULL);
    g_autoptr(GBytes) bytes = local_read_file(name, SEQUENCES_MAX, NULL);
    gsize length = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    g_autofree char *text = g_strndup(data ? data : "", length);
    /* A line that begins with a blank goes on with the one before. */
    for (char *p = text; (p = strchr(p, '\n')) != NULL; p++)
        if (p[1] == ' ' || p[1] == '\t')
            *p = ' ';
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        GArray *ranges = g_str_has_prefix(*line, "unseen:")    ? sequences->unseen
                         : g_str_has_prefix(*line, "flagged:") ? sequences->flagged
                         : g_str_has_prefix(*line, "replied:") ? sequences->replied
                                                               : NULL;
        if (ranges)
            take_ranges(ranges, strchr(*line, ':') + 1);
    }
}

static void sequences_clear(Sequences *sequences)
{
    g_array_unref(sequences->unseen);
    g_array_unref(sequences->flagged);
    g_array_unref(sequences->replied);
}

static MailFlags flags_of(const Sequences *sequences, guint number)
{
    return (holds(sequences->unseen, number) ? 0 : MAIL_FLAG_SEEN) | (holds(sequences->flagged, number) ? MAIL_FLAG_FLAGGED : 0) |
           (holds(sequences->replied, number) ? MAIL_FLAG_ANSWERED : 0);
}

/* --- listing, reading ------------------------------------------------------------------------------------------- */

static LocalMessage *message_at(const Mh *mh, const Sequences *sequences, const char *name)
{
    g_autofree char *path = g_build_filename(mh->base.path, name, NULL);
    struct stat about;
    /* lstat: a link could lead to any file that the person may read. */
    if (lstat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return NULL;
    g_autofree char *key = g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GINT64_FORMAT, (guint64)about.st_ino, (gint64)about.st_mtime);
    LocalMessage *message = local_message_new(key);
    message->flags = flags_of(sequences, number_of(name));
    message->internal_date = about.st_mtime;
    message->size = (guint64)about.st_size;
    return message;
}

static int by_number(gconstpointer a, gconstpointer b)
{
    guint x = number_of(*(char *const *)a), y = number_of(*(char *const *)b);
    return x < y ? -1 : x > y;
}

/* NULL with an error. */
static GPtrArray *names_in(const char *path, GError **error)
{
    DIR *directory = opendir(path);
    if (!directory) {
        local_set_access_error(error, path, errno);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (number_of(entry->d_name) != 0)
            g_ptr_array_add(names, g_strdup(entry->d_name));
    closedir(directory);
    g_ptr_array_sort(names, by_number);
    return names;
}

static bool changed_since(const char *path, const struct stat *before)
{
    struct stat now;
    return stat(path, &now) != 0 || now.st_mtim.tv_sec != before->st_mtim.tv_sec || now.st_mtim.tv_nsec != before->st_mtim.tv_nsec;
}

static GPtrArray *mh_list(LocalMailbox *mailbox, GError **error)
{
    Mh *mh = (Mh *)mailbox;
    struct stat before = { 0 };
    bool known = stat(mailbox->path, &before) == 0;
    g_autoptr(GPtrArray) names = names_in(mailbox->path, error);
    if (!names)
        return NULL;
    Sequences sequences;
    sequences_read(&sequences, mailbox->path);
    g_hash_table_remove_all(mh->files);
    GPtrArray *messages = g_ptr_array_new_with_free_func((GDestroyNotify)local_message_free);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        LocalMessage *message = message_at(mh, &sequences, name);
        if (message && g_hash_table_insert(mh->files, g_strdup(message->key), g_strdup(name)))
            g_ptr_array_add(messages, message);
        else
            local_message_free(message); /* a second name of the same file */
    }
    sequences_clear(&sequences);
    mh->disturbed = !known || changed_since(mailbox->path, &before);
    return messages;
}

static bool mh_undisturbed(const LocalMailbox *mailbox)
{
    return !((const Mh *)mailbox)->disturbed;
}

/* Its name, if the file of that name is still the one that was listed. Caller frees. */
static char *path_of(Mh *mh, const char *key)
{
    const char *name = g_hash_table_lookup(mh->files, key);
    Sequences none = { 0 };
    none.unseen = none.flagged = none.replied = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(LocalMessage) now = name ? message_at(mh, &none, name) : NULL;
    g_array_unref(none.unseen);
    return now && strcmp(now->key, key) == 0 ? g_build_filename(mh->base.path, name, NULL) : NULL;
}

/* Looks again where it is not where it was. */
static char *find_path(Mh *mh, const char *key, GError **error)
{
    char *path = path_of(mh, key);
    if (path)
        return path;
    g_autoptr(GPtrArray) again = mh_list(&mh->base, error);
    path = again ? path_of(mh, key) : NULL;
    if (again && !path)
        local_set_changed_error(error, mh->base.path);
    return path;
}

static GBytes *mh_read(LocalMailbox *mailbox, const char *key, GError **error)
{
    g_autofree char *path = find_path((Mh *)mailbox, key, error);
    return path ? local_read_file(path, LOCAL_MAX_MESSAGE, error) : NULL;
}

static LocalMessage *mh_about(LocalMailbox *mailbox, const char *key, GError **error)
{
    Mh *mh = (Mh *)mailbox;
    g_autofree char *path = find_path(mh, key, error);
    if (!path)
        return NULL;
    Sequences sequences;
    sequences_read(&sequences, mailbox->path);
    LocalMessage *message = message_at(mh, &sequences, strrchr(path, '/') + 1);
    sequences_clear(&sequences);
    if (!message)
        local_set_changed_error(error, mailbox->path);
    return message;
}

static void mh_free(LocalMailbox *mailbox)
{
    Mh *mh = (Mh *)mailbox;
    g_hash_table_unref(mh->files);
    g_free(mh);
}

LocalMailbox *mh_open(const char *path)
{
    static const LocalOps ops = { .format = LOCAL_MH, .list = mh_list, .undisturbed = mh_undisturbed, .read = mh_read, .about = mh_about, .free = mh_free };
    Mh *mh = g_new0(Mh, 1);
    mh->base.ops = &ops;
    mh->base.path = g_strdup(path);
    mh->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return &mh->base;
}
