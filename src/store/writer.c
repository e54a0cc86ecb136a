#include "config.h"

#include "store/writer.h"

#include <string.h>

#include "base/i18n.h"
#include "store/checkpoint.h"
#include "store/journal_log.h"
#include "store/lock.h"
#include "store/thread_subjects.h"
#include "store/schema.h"
#include "store/store-private.h"

/* Random places of the sort indexes want some cache while summaries stream in; more would count against the
 * 40 MB that the whole process may have. */
#define WRITER_CACHE_KIB 6144

/* The write-ahead log is written back beside the writer, on a thread of its own, whenever it has grown by the
 * first. But a log that never rests is never begun anew: beyond the second the writer waits for the little
 * that is still missing then. Sparing, because each run waits for the disk twice. */
#define WAL_STEP_BYTES (16 << 20)
#define WAL_MOST_BYTES (64 << 20)

static gboolean prepare_file(StoreWriter *writer, GError **error)
{
    if (!schema_migrate(writer->db, writer->path, schema_steps, error))
        return FALSE;
    return database_script(
        writer->db,
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = NORMAL;"
        "PRAGMA journal_size_limit = 33554432;",
        error);
}

static int note_log_length(void *data, sqlite3 *handle, const char *schema, int pages)
{
    (void) handle, (void) schema;
    ((StoreWriter *) data)->wal_pages = pages;
    return SQLITE_OK;
}

/* What only made sense in the process that is gone. */
static gboolean clean_up(StoreWriter *writer, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok =
        database_run(writer->db, error,
                     "DELETE FROM thread_list WHERE list IN (SELECT -id FROM view WHERE name IS NULL)", "") &&
        database_run(writer->db, error,
                     "DELETE FROM view_message WHERE view_id IN (SELECT id FROM view WHERE name IS NULL)",
                     "") &&
        database_run(writer->db, error, "DELETE FROM view WHERE name IS NULL", "");
    return store_end(writer, ok, error);
}

StoreWriter *store_writer_open(const char *path, GError **error)
{
    int lock = store_lock_take(path, error);
    if (lock < 0)
        return NULL;
    g_autoptr(StoreWriter) writer = g_new0(StoreWriter, 1);
    writer->lock = lock;
    writer->path = g_strdup(path);
    writer->body_directory = g_strconcat(path, ".bodies", NULL);
    writer->counts = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    writer->log_dirty = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    writer->loose_files = g_ptr_array_new_with_free_func(g_free);
    writer->keywords = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    writer->dirty_threads = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    writer->db = database_open(path, DATABASE_WRITE, WRITER_CACHE_KIB, error);
    if (writer->db == NULL || !prepare_file(writer, error))
        return NULL;
    sqlite3_wal_hook(database_handle(writer->db), note_log_length, writer);
    writer->checkpointer = checkpointer_new(path);
    writer->merge_subjects = thread_subjects_wanted(writer->db);
    if (!clean_up(writer, error) || !journal_recover(writer, error))
        return NULL;
    return g_steal_pointer(&writer);
}

void store_writer_close(StoreWriter *writer)
{
    if (writer == NULL)
        return;
    if (writer->depth > 0)
        store_writer_rollback(writer);
    checkpointer_free(writer->checkpointer);
    journal_log_close(writer->log);
    database_close(writer->db);
    g_hash_table_destroy(writer->counts);
    g_hash_table_destroy(writer->dirty_threads);
    g_clear_pointer(&writer->thread_choices, g_hash_table_destroy);
    g_hash_table_destroy(writer->keywords);
    g_hash_table_destroy(writer->log_dirty);
    g_ptr_array_unref(writer->loose_files);
    store_lock_release(writer->lock);
    g_free(writer->path);
    g_free(writer->body_directory);
    g_free(writer);
}

const char *store_writer_path(const StoreWriter *writer)
{
    return writer->path;
}

guint64 store_writer_work(StoreWriter *writer)
{
    return database_work(writer->db);
}

/* FULL only for what the person decided: SQLite then waits for the disk in each commit. */
static gboolean set_durability(StoreWriter *writer, gboolean full, GError **error)
{
    if (writer->full == full)
        return TRUE;
    writer->full = full;
    return database_script(writer->db, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                           error);
}

/* What is worked out once for all that was written. */
static gboolean settle(StoreWriter *writer, GError **error)
{
    return threads_settle(writer, error) && shown_write_counts(writer, error);
}

gboolean store_begin(StoreWriter *writer, gboolean durable, GError **error)
{
    if (writer->depth == 0) {
        if (!set_durability(writer, durable, error) ||
            !database_run(writer->db, error, "BEGIN IMMEDIATE", ""))
            return FALSE;
        writer->sync_wanted = FALSE;
    } else {
        /* The pragma cannot change within a transaction; the log is then synchronised after its commit
         * instead. */
        writer->sync_wanted |= durable && !writer->full;
        if (!settle(writer, error) || !database_run(writer->db, error, "SAVEPOINT inner", ""))
            return FALSE;
    }
    writer->depth++;
    return TRUE;
}

static gboolean sync_log(StoreWriter *writer, GError **error)
{
    sqlite3_file *wal = NULL;
    sqlite3_file_control(database_handle(writer->db), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (wal == NULL || wal->pMethods == NULL || wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL) == SQLITE_OK)
        return TRUE;
    g_set_error(error, STORE_ERROR, STORE_ERROR_SQL, _("The disk that holds %s did not confirm a write."),
                writer->path);
    return FALSE;
}

static void take_back(StoreWriter *writer)
{
    shown_forget_counts(writer);
    threads_forget_marks(writer);
    g_ptr_array_set_size(writer->loose_files, 0);
    g_hash_table_remove_all(writer->log_dirty);
    g_hash_table_remove_all(writer->keywords);
    /* A full disk makes SQLite take back the whole transaction by itself. */
    if (!sqlite3_get_autocommit(database_handle(writer->db)))
        database_script(writer->db, "ROLLBACK", NULL);
}

static void write_back(StoreWriter *writer)
{
    gint64 length = (gint64) writer->wal_pages * STORE_PAGE_BYTES;
    if (length < writer->wal_written)
        writer->wal_written = 0; /* begun anew */
    if (length > WAL_MOST_BYTES) {
        checkpointer_run(writer->checkpointer, NULL);
    } else if (length - writer->wal_written > WAL_STEP_BYTES) {
        writer->wal_written = length;
        checkpointer_poke(writer->checkpointer);
    }
}

static gboolean end_outermost(StoreWriter *writer, gboolean ok, GError **error)
{
    ok = ok && settle(writer, error) && database_run(writer->db, error, "COMMIT", "");
    if (!ok) {
        take_back(writer);
        return FALSE;
    }
    if (writer->sync_wanted && !sync_log(writer, error))
        return FALSE;
    bodies_remove_loose_files(writer);
    if (writer->log != NULL && g_hash_table_size(writer->log_dirty) > 0)
        journal_log_update(writer->log, writer->db, writer->log_dirty);
    g_hash_table_remove_all(writer->log_dirty);
    write_back(writer);
    return TRUE;
}

gboolean store_end(StoreWriter *writer, gboolean ok, GError **error)
{
    g_return_val_if_fail(writer->depth > 0, FALSE);
    writer->depth--;
    if (writer->depth == 0)
        return end_outermost(writer, ok, error);
    if (sqlite3_get_autocommit(database_handle(writer->db)))
        return FALSE;
    /* Counts and threads are written before the savepoint ends either way, so that they go where the rows go. */
    ok = ok && settle(writer, error);
    if (!ok) {
        shown_forget_counts(writer);
        threads_forget_marks(writer);
        g_hash_table_remove_all(writer->keywords);
        database_run(writer->db, NULL, "ROLLBACK TO inner", "");
    }
    return database_run(writer->db, ok ? error : NULL, "RELEASE inner", "") && ok;
}

gboolean store_writer_begin(StoreWriter *writer, GError **error)
{
    return store_begin(writer, FALSE, error);
}

gboolean store_writer_commit(StoreWriter *writer, GError **error)
{
    return store_end(writer, TRUE, error);
}

void store_writer_rollback(StoreWriter *writer)
{
    store_end(writer, FALSE, NULL);
}

gboolean store_writer_checkpoint(StoreWriter *writer, GError **error)
{
    return checkpointer_run(writer->checkpointer, error);
}

gboolean store_no_such(GError **error, const char *what, gint64 id)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, id); /* xgettext does not know the macro */
    g_set_error(error, STORE_ERROR, STORE_ERROR_NO_SUCH, _("No such %s in the store (%s)."), what, number);
    return FALSE;
}
