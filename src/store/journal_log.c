#include "config.h"

#include "store/journal_log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/i18n.h"
#include "store/uidtext.h"

/* When records of finished intents make up most of the file, it is written anew. */
#define MOST_BYTES (256 * 1024)

struct JournalLog {
    char *path;
    int fd;
    gsize bytes, limit;  /* how long it is; how long it may become before it is written anew */
    GHashTable *written; /* set of the ids that the file holds as unfinished, of gint64* */
};

char *journal_log_path(const char *store_path)
{
    g_autofree char *directory = g_path_get_dirname(store_path);
    return g_build_filename(directory, "journal.log", NULL);
}

JournalLog *journal_log_open(const char *store_path, GError **error)
{
    g_autofree char *path = journal_log_path(store_path);
    int fd = g_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        int failure = errno;
        g_set_error(error, STORE_ERROR, failure == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_OPEN,
                    _("Cannot open the store: %s: %s"), path, g_strerror(failure));
        return NULL;
    }
    JournalLog *log = g_new0(JournalLog, 1);
    log->path = g_steal_pointer(&path);
    log->fd = fd;
    log->written = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return log;
}

void journal_log_close(JournalLog *log)
{
    if (log == NULL)
        return;
    close(log->fd);
    g_hash_table_destroy(log->written);
    g_free(log->path);
    g_free(log);
}

/* --- writing -------------------------------------------------------------------------------- */

static void append_record(GString *out, const char *payload)
{
    guint32 sum = (guint32) crc32(0, (const Bytef *) payload, (uInt) strlen(payload));
    g_string_append_printf(out, "%08x %s\n", sum, payload);
}

static void append_field(GString *payload, const char *name, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    g_autofree char *escaped = g_uri_escape_string(value, ",:/\\$+@<>", FALSE);
    g_string_append_printf(payload, " %s=%s", name, escaped);
}

#define LOG_COLUMNS                                                                                          \
    "SELECT i.id, i.kind, i.state, a.name AS account, b.wire_name AS mailbox, i.uidvalidity, "               \
    "i.cursor, t.wire_name AS target, iif(t.account_id <> i.account_id, u.name, NULL) AS target_account,"    \
    " i.target_uidvalidity, i.target_uidnext, i.add_flags, i.remove_flags, i.add_keywords, "                 \
    "i.remove_keywords, i.name, i.path,"                                                                     \
    " s.sender, s.not_before, s.last_octets, s.copied, s.options, s.release_at, (SELECT group_concat(address, char(10)) FROM (SELECT address FROM "  \
    "recipient WHERE intent_id = i.id AND state = 0 ORDER BY position)) AS recipients,"                         \
    " i.created, i.group_id, i.undoes, i.tries FROM intent i LEFT JOIN sending s ON s.intent_id = i.id"        \
    " LEFT JOIN account a ON a.id = i.account_id"              \
    " LEFT JOIN mailbox b ON b.id = i.mailbox_id LEFT JOIN mailbox t ON t.id = i.target_mailbox_id"          \
    " LEFT JOIN account u ON u.id = t.account_id"

/* Those of its messages as they are numbered now, without what was done already. */
static char *uids_of(Database *db, gint64 intent_id)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    sqlite3_stmt *s = database_query(
        db, NULL, "SELECT uid FROM intent_message WHERE intent_id = ? AND uid IS NOT NULL AND moved = 0", "i",
        intent_id);
    while (s != NULL && database_step(db, s, NULL)) {
        guint32 uid = (guint32) column_int(s, 0);
        g_array_append_val(uids, uid);
    }
    return uidtext_format(uids);
}

static char *make_payload(Database *db, sqlite3_stmt *s)
{
    g_autofree char *uids = uids_of(db, column_int(s, 0));
    GString *payload = g_string_new(NULL);
    g_string_append_printf(payload, "intent %" G_GINT64_FORMAT, (gint64) column_int(s, 0));
    append_field(payload, "kind", intent_kind_name((IntentKind) column_int(s, 1)));
    append_field(payload, "state", intent_state_name((IntentState) column_int(s, 2)));
    append_field(payload, "uids", uids);
    for (int column = 3; column < sqlite3_column_count(s); column++)
        append_field(payload, sqlite3_column_name(s, column), (const char *) sqlite3_column_text(s, column));
    return g_string_free(payload, FALSE);
}

static gboolean write_all(JournalLog *log, const char *bytes, gsize length)
{
    while (length > 0) {
        ssize_t written = write(log->fd, bytes, length);
        if (written < 0 && errno != EINTR)
            return FALSE;
        if (written > 0) {
            bytes += written;
            length -= (gsize) written;
        }
    }
    return TRUE;
}

/* Records of all unfinished intents. */
static void collect_all(JournalLog *log, Database *db, GString *out)
{
    sqlite3_stmt *s =
        database_query(db, NULL, LOG_COLUMNS " WHERE i.state IN " INTENT_UNFINISHED_SQL " ORDER BY i.id", "");
    while (s != NULL && database_step(db, s, NULL)) {
        gint64 id = column_int(s, 0);
        g_autofree char *payload = make_payload(db, s);
        append_record(out, payload);
        g_hash_table_add(log->written, g_memdup2(&id, sizeof id));
    }
}

static void collect_one(JournalLog *log, Database *db, gint64 id, GString *out)
{
    g_autofree char *payload = NULL;
    sqlite3_stmt *s = database_query(
        db, NULL, LOG_COLUMNS " WHERE i.id = ? AND i.state IN " INTENT_UNFINISHED_SQL, "i", id);
    if (s != NULL && database_step(db, s, NULL)) {
        payload = make_payload(db, s);
        database_done(s);
        g_hash_table_add(log->written, g_memdup2(&id, sizeof id));
    } else if (g_hash_table_remove(log->written, &id)) {
        payload = g_strdup_printf("ended %" G_GINT64_FORMAT, id);
    }
    if (payload != NULL)
        append_record(out, payload);
}

static gboolean begin_anew(JournalLog *log)
{
    static const char heading[] = "malle-journal 1\n";
    g_hash_table_remove_all(log->written);
    log->bytes = 0;
    return ftruncate(log->fd, 0) == 0 && write_all(log, heading, sizeof heading - 1);
}

void journal_log_update(JournalLog *log, Database *db, GHashTable *changed)
{
    g_autoptr(GString) out = g_string_new(NULL);
    GHashTableIter iter;
    gpointer id;
    gboolean ok = TRUE;
    if (changed != NULL)
        g_hash_table_iter_init(&iter, changed);
    while (changed != NULL && g_hash_table_iter_next(&iter, &id, NULL))
        collect_one(log, db, *(gint64 *) id, out);
    if (changed == NULL || log->bytes > log->limit || g_hash_table_size(log->written) == 0) {
        g_string_truncate(out, 0);
        ok = begin_anew(log);
        collect_all(log, db, out);
        /* Twice what it needs, or a long list of decisions would be written anew with each one. */
        log->limit = MAX(MOST_BYTES, 2 * out->len);
    }
    if (ok && out->len > 0) {
        ok = write_all(log, out->str, out->len) && fdatasync(log->fd) == 0;
        log->bytes += out->len;
    }
    if (!ok) {
        g_warning("store: %s: %s", log->path, g_strerror(errno));
        log->limit = 0; /* written anew by the next update */
    }
}

/* --- reading -------------------------------------------------------------------------------- */

void journal_log_entry_free(JournalLogEntry *entry)
{
    g_hash_table_destroy(entry->fields);
    g_free(entry);
}

static JournalLogEntry *parse_intent(const char *payload)
{
    g_auto(GStrv) words = g_strsplit(payload, " ", -1);
    if (g_strv_length(words) < 2)
        return NULL;
    JournalLogEntry *entry = g_new0(JournalLogEntry, 1);
    entry->id = g_ascii_strtoll(words[1], NULL, 10);
    entry->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (char **word = words + 2; *word != NULL; word++) {
        char *equals = strchr(*word, '=');
        char *value = equals != NULL ? g_uri_unescape_string(equals + 1, NULL) : NULL;
        if (value != NULL)
            g_hash_table_insert(entry->fields, g_strndup(*word, (gsize) (equals - *word)), value);
    }
    return entry;
}

/* `unfinished`: of gint64* (within the entry) to JournalLogEntry*. */
static gboolean read_record(const char *line, GHashTable *unfinished)
{
    char *payload = NULL;
    guint64 sum = g_ascii_strtoull(line, &payload, 16);
    if (payload != line + 8 || *payload != ' ')
        return FALSE;
    payload++;
    if (sum != crc32(0, (const Bytef *) payload, (uInt) strlen(payload)))
        return FALSE;
    if (g_str_has_prefix(payload, "ended ")) {
        gint64 id = g_ascii_strtoll(payload + 6, NULL, 10);
        g_hash_table_remove(unfinished, &id);
        return TRUE;
    }
    JournalLogEntry *entry = g_str_has_prefix(payload, "intent ") ? parse_intent(payload) : NULL;
    if (entry == NULL)
        return FALSE;
    g_hash_table_replace(unfinished, &entry->id, entry); /* a later record of the same intent says more */
    return TRUE;
}

static int compare_entries(gconstpointer a, gconstpointer b)
{
    gint64 left = (*(JournalLogEntry *const *) a)->id, right = (*(JournalLogEntry *const *) b)->id;
    return left < right ? -1 : left > right;
}

GPtrArray *journal_log_parse(const char *text, guint *damaged)
{
    g_autoptr(GHashTable) unfinished =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) journal_log_entry_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    *damaged = 0;
    for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
        if (*lines[i] != '\0' && !read_record(lines[i], unfinished))
            (*damaged)++;

    GPtrArray *entries = g_ptr_array_new_with_free_func((GDestroyNotify) journal_log_entry_free);
    GHashTableIter iter;
    gpointer entry;
    g_hash_table_iter_init(&iter, unfinished);
    while (g_hash_table_iter_next(&iter, NULL, &entry)) {
        g_ptr_array_add(entries, entry);
        g_hash_table_iter_steal(&iter);
    }
    g_ptr_array_sort(entries, compare_entries);
    return entries;
}

GPtrArray *journal_log_read(const char *path, guint *damaged, GError **error)
{
    g_autofree char *text = NULL;
    GError *failed = NULL;
    *damaged = 0;
    if (!g_file_get_contents(path, &text, NULL, &failed)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, _("Cannot read the journal: %s"), failed->message);
        g_error_free(failed);
        return NULL;
    }
    return journal_log_parse(text, damaged);
}
