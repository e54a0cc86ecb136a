#include "config.h"

#include "store/reader.h"

#include <glib/gstdio.h>

#include "base/i18n.h"
#include "store/reader-private.h"
#include "store/schema.h"
#include "store/writer.h"

/* A screen of rows and the upper pages of the indexes. */
#define READER_CACHE_KIB 1536

StoreReader *store_reader_open(const char *path, GError **error)
{
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, _("There is no store at %s yet."), path);
        return NULL;
    }
    g_autoptr(StoreReader) reader = g_new0(StoreReader, 1);
    reader->body_directory = g_strconcat(path, ".bodies", NULL);
    reader->db = database_open(path, DATABASE_READ, READER_CACHE_KIB, error);
    if (reader->db == NULL || !schema_check(reader->db, path, error))
        return NULL;
    return g_steal_pointer(&reader);
}

void store_reader_close(StoreReader *reader)
{
    if (reader == NULL)
        return;
    database_close(reader->db);
    g_free(reader->body_directory);
    g_free(reader);
}

gboolean store_reader_begin(StoreReader *reader, GError **error)
{
    if (reader->depth == 0 && !database_run(reader->db, error, "BEGIN", ""))
        return FALSE;
    reader->depth++;
    return TRUE;
}

void store_reader_end(StoreReader *reader)
{
    g_return_if_fail(reader->depth > 0);
    if (--reader->depth == 0)
        database_run(reader->db, NULL, "COMMIT", "");
}

guint64 store_reader_rows_read(const StoreReader *reader)
{
    return database_rows(reader->db);
}

guint64 store_reader_work(StoreReader *reader)
{
    return database_work(reader->db);
}

char *store_reader_setting(StoreReader *reader, const char *name)
{
    return database_text(reader->db, NULL, "SELECT value FROM setting WHERE name = ?", "s", name);
}

char **store_reader_keywords(StoreReader *reader, gint64 account_id)
{
    GPtrArray *names = g_ptr_array_new();
    sqlite3_stmt *s = database_query(
        reader->db, NULL, "SELECT name FROM keyword WHERE account_id = ? ORDER BY name", "i", account_id);
    while (s != NULL && database_step(reader->db, s, NULL))
        g_ptr_array_add(names, column_text(s, 0));
    g_ptr_array_add(names, NULL);
    return (char **) g_ptr_array_free(names, FALSE);
}
