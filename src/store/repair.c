#include "config.h"

#include "store/repair.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/i18n.h"
#include "store/body_files.h"
#include "store/journal_log.h"
#include "store/lock.h"
#include "store/recount.h"
#include "store/schema.h"
#include "store/store-private.h"

/* Beside the database: its write-ahead log, the index of that, and the large bodies. */
static const char *const companions[] = { "", "-wal", "-shm", ".bodies" };

void store_care_clear(StoreCare *care)
{
    g_clear_pointer(&care->damage, g_free);
    g_clear_pointer(&care->aside, g_free);
}

/* --- looking ------------------------------------------------------------------------------------------ */

/* What SQLite finds, its first words; NULL: nothing. */
static char *find_damage(Database *db)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *found = database_text(db, &error, "PRAGMA integrity_check(1)", "");
    if (error != NULL)
        return g_strdup(sqlite3_errmsg(database_handle(db)));
    return g_strcmp0(found, "ok") == 0 ? NULL : g_steal_pointer(&found);
}

/* TRUE: it can be judged; care->damage says how. FALSE: it is none of ours, or a newer one, or not to be read. */
static gboolean look(const char *path, StoreCare *care, GError **error)
{
    g_autoptr(GError) failed = NULL;
    GStatBuf status;
    if (g_stat(path, &status) == 0 && status.st_size == 0) {
        care->damage = g_strdup(_("it is empty"));
        return TRUE;
    }
    g_autoptr(Database) db = database_open(path, DATABASE_READ, 2048, &failed);
    if (db != NULL && (care->damage = find_damage(db)) == NULL)
        schema_check(db, path, &failed);
    if (failed == NULL || care->damage != NULL)
        return TRUE;
    if (g_error_matches(failed, STORE_ERROR, STORE_ERROR_DAMAGED)) {
        care->damage = g_strdup(_("it can no longer be read as a database"));
        return TRUE;
    }
    /* One that waits to be brought up to date is whole. */
    if (db != NULL && g_error_matches(failed, STORE_ERROR, STORE_ERROR_OPEN))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
}

/* --- files of bodies ------------------------------------------------------------------------------------ */

static gboolean forget_missing(StoreWriter *writer, StoreCare *care, GHashTable *named, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) missing = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *s = database_query(writer->db, &failed, "SELECT id, file FROM body WHERE file IS NOT NULL", "");
    while (s != NULL && database_step(writer->db, s, &failed)) {
        gint64 id = column_int(s, 0);
        g_autofree char *name = column_text(s, 1);
        g_autofree char *path = body_file_path(writer->body_directory, name);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            g_hash_table_add(named, g_steal_pointer(&name));
        else
            g_array_append_val(missing, id);
    }
    for (guint i = 0; i < missing->len && failed == NULL; i++) {
        gint64 id = g_array_index(missing, gint64, i);
        if (database_run(writer->db, &failed, "UPDATE content SET kept = 0 WHERE id = (SELECT content_id FROM body WHERE id = ?)", "i", id))
            database_run(writer->db, &failed, "DELETE FROM body WHERE id = ?", "i", id);
    }
    care->bodies_missing = missing->len;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* Left by a process that was killed between a file and the row that was to name it. */
static void remove_unused(StoreWriter *writer, StoreCare *care, GHashTable *named)
{
    g_autoptr(GDir) folders = g_dir_open(writer->body_directory, 0, NULL);
    for (const char *folder; folders != NULL && (folder = g_dir_read_name(folders)) != NULL;) {
        g_autofree char *path = g_build_filename(writer->body_directory, folder, NULL);
        g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
        if (files == NULL) {
            care->files_unused += g_str_has_prefix(folder, "new-") && g_unlink(path) == 0;
            continue;
        }
        for (const char *file; (file = g_dir_read_name(files)) != NULL;) {
            g_autofree char *name = g_build_filename(folder, file, NULL);
            if (g_hash_table_contains(named, name))
                continue;
            body_file_remove(writer->body_directory, name);
            care->files_unused++;
        }
    }
}

static gboolean tidy_bodies(StoreWriter *writer, StoreCare *care, GError **error)
{
    g_autoptr(GHashTable) named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    if (!store_end(writer, forget_missing(writer, care, named, error), error))
        return FALSE;
    remove_unused(writer, care, named);
    care->cached = (guint64) database_int(writer->db, NULL, 0, "SELECT total(size) FROM body WHERE kept = 0 AND used < ?", "i",
                                          STORE_USED_NEVER_EVICTED);
    care->kept = (guint64) database_int(writer->db, NULL, 0, "SELECT total(size) FROM body WHERE kept = 1", "");
    return TRUE;
}

/* --- a new one in its place ------------------------------------------------------------------------------- */

typedef struct {
    char *account, *mailbox, *wire_name, *rule;
} Choice;

static void choice_free(gpointer data)
{
    Choice *choice = data;
    g_free(choice->account);
    g_free(choice->mailbox);
    g_free(choice->wire_name);
    g_free(choice->rule);
    g_free(choice);
}

/* As far as the damaged one can still be read. */
static GPtrArray *read_choices(const char *path)
{
    GPtrArray *choices = g_ptr_array_new_with_free_func(choice_free);
    g_autoptr(Database) db = database_open(path, DATABASE_READ, 1024, NULL);
    sqlite3_stmt *s = db != NULL ? database_query(db, NULL,
                                                  "SELECT a.name, b.name, b.wire_name, b.keep_here FROM mailbox b JOIN account a ON a.id = "
                                                  "b.account_id WHERE b.keep_here IS NOT NULL",
                                                  "")
                                 : NULL;
    while (s != NULL && database_step(db, s, NULL)) {
        Choice *choice = g_new0(Choice, 1);
        *choice = (Choice){ column_text(s, 0), column_text(s, 1), column_text(s, 2), column_text(s, 3) };
        g_ptr_array_add(choices, choice);
    }
    return choices;
}

static gboolean put_choices(StoreWriter *writer, const GPtrArray *choices, StoreCare *care, GError **error)
{
    for (guint i = 0; i < choices->len; i++) {
        const Choice *choice = g_ptr_array_index(choices, i);
        if (choice->account == NULL || choice->mailbox == NULL || choice->wire_name == NULL)
            continue;
        const StoreMailbox mailbox = { .name = choice->mailbox, .wire_name = choice->wire_name };
        gint64 account = store_writer_put_account(writer, choice->account, error);
        gint64 id = account != 0 ? store_writer_put_mailbox(writer, account, &mailbox, error) : 0;
        if (id == 0 || !store_writer_set_keep_here(writer, id, choice->rule, error))
            return FALSE;
        care->choices++;
    }
    return TRUE;
}

static gboolean move_aside(const char *path, StoreCare *care, GError **error)
{
    g_autofree char *log = journal_log_path(path);
    g_autofree char *log_aside = g_strdup_printf("%s.%" G_GINT64_FORMAT, log, g_get_real_time());
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *stamp = g_date_time_format(now, "%Y%m%d-%H%M%S");
    g_autofree char *aside = g_strdup_printf("%s.damaged-%s", path, stamp);
    for (guint n = 2; g_file_test(aside, G_FILE_TEST_EXISTS); n++) {
        g_free(aside);
        aside = g_strdup_printf("%s.damaged-%s-%u", path, stamp, n);
    }
    /* The log first: with the database still in its place nothing is lost when the next step fails. */
    if (g_rename(log, log_aside) != 0 && errno != ENOENT) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, _("%s cannot be renamed: %s"), log, g_strerror(errno));
        return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(companions); i++) {
        g_autofree char *from = g_strconcat(path, companions[i], NULL), *to = g_strconcat(aside, companions[i], NULL);
        if (g_rename(from, to) != 0 && errno != ENOENT) {
            g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, _("%s cannot be renamed: %s"), from, g_strerror(errno));
            return FALSE;
        }
    }
    care->aside = g_steal_pointer(&aside);
    return TRUE;
}

static gboolean adopt(StoreWriter *writer, const char *path, StoreCare *care, GError **error)
{
    g_auto(GStrv) logs = store_journal_logs_left(path);
    for (char **log = logs; *log != NULL; log++) {
        StoreAdoption one;
        if (!store_writer_adopt_journal(writer, *log, &one, error))
            return FALSE;
        care->adoption.adopted += one.adopted;
        care->adoption.unknown += one.unknown;
        care->adoption.lost += one.lost;
        care->adoption.damaged += one.damaged;
    }
    return TRUE;
}

gboolean store_take_care(const char *path, StoreCare *care, GError **error)
{
    *care = (StoreCare){ .is_there = g_file_test(path, G_FILE_TEST_EXISTS) };
    g_autoptr(GPtrArray) choices = NULL;
    if (care->is_there) {
        int lock = store_lock_take(path, error);
        if (lock < 0)
            return FALSE;
        gboolean judged = look(path, care, error);
        if (judged && care->damage != NULL) {
            choices = read_choices(path);
            judged = move_aside(path, care, error);
        }
        store_lock_release(lock);
        if (!judged)
            return FALSE;
    }
    g_autoptr(StoreWriter) writer = store_writer_open(path, error);
    return writer != NULL && store_recount(writer, &care->counts_wrong, error) && store_writer_check_threads(writer, &care->threads_wrong, error) &&
           tidy_bodies(writer, care, error) && (choices == NULL || put_choices(writer, choices, care, error)) &&
           adopt(writer, path, care, error);
}
