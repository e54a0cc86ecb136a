/* Letters from the spool: into the journal once, whenever the program dies. */
#include "config.h"

#include "store/store-private.h"
#include "store/writer.h"

gint64 store_writer_spooled(StoreWriter *writer, const char *spool_id)
{
    return database_int(writer->db, NULL, 0, "SELECT intent_id FROM spooled WHERE id = ?", "s", spool_id);
}

static gboolean commit_once(StoreWriter *writer, const char *spool_id, const Intent *intent, gint64 *intent_id, GError **error)
{
    g_autoptr(GArray) ids = NULL;
    if (!store_writer_commit_intent(writer, intent, &ids, error))
        return FALSE;
    *intent_id = g_array_index(ids, gint64, 0);
    return database_run(writer->db, error, "INSERT INTO spooled (id, intent_id) VALUES (?1, ?2)", "si", spool_id, *intent_id);
}

gboolean store_writer_commit_spooled(StoreWriter *writer, const char *spool_id, const Intent *intent, gint64 *intent_id, GError **error)
{
    *intent_id = store_writer_spooled(writer, spool_id);
    if (*intent_id != 0)
        return TRUE;
    return store_begin(writer, TRUE, error) && store_end(writer, commit_once(writer, spool_id, intent, intent_id, error), error);
}

gboolean store_writer_forget_spooled(StoreWriter *writer, const GPtrArray *lying, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(writer->db, &failed, "SELECT id FROM spooled", "");
    while (s != NULL && database_step(writer->db, s, &failed))
        g_ptr_array_add(known, column_text(s, 0));
    gboolean ok = failed == NULL;
    if (!ok)
        g_propagate_error(error, failed);
    for (guint i = 0; ok && i < known->len; i++)
        if (!g_ptr_array_find_with_equal_func((GPtrArray *) lying, known->pdata[i], g_str_equal, NULL))
            ok = database_run(writer->db, error, "DELETE FROM spooled WHERE id = ?", "s", (const char *) known->pdata[i]);
    return ok;
}
