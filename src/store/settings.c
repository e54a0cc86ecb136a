/* Small things that are kept: settings of the user interface, and what actions cost on the wire. */
#include "config.h"

#include "store/store-private.h"

gboolean store_writer_set_setting(StoreWriter *writer, const char *name, const char *value, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = value != NULL
                      ? database_run(writer->db, error,
                                     "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) "
                                     "DO UPDATE SET value = ?2",
                                     "ss", name, value)
                      : database_run(writer->db, error, "DELETE FROM setting WHERE name = ?", "s", name);
    return store_end(writer, ok, error);
}

gboolean store_writer_add_wire(StoreWriter *writer, const StoreWire *wire, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok =
        database_run(writer->db, error,
                     "INSERT INTO wire (account_id, action, times, flights, up, down, wait_ms, rows) VALUES "
                     "(?1, ?2, 1, ?3, ?4, ?5, ?6, ?7)"
                     " ON CONFLICT (account_id, action) DO UPDATE SET times = times + 1, flights = flights + "
                     "?3, up = up + ?4, down = down + ?5,"
                     " wait_ms = wait_ms + ?6, rows = rows + ?7",
                     "isiiiii", wire->account_id, wire->action, (gint64) wire->flights, (gint64) wire->up,
                     (gint64) wire->down, (gint64) wire->wait_ms, (gint64) wire->rows);
    return store_end(writer, ok, error);
}
