#include "config.h"

#include "store/filter_marks.h"

#include "store/store-private.h"

gboolean store_writer_filters_begin(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    return store_end(writer,
                     database_run(writer->db, error,
                                  "INSERT INTO filter_mark (mailbox_id, uidvalidity, uid, row) SELECT b.id, b.uidvalidity, "
                                  "coalesce((SELECT max(uid) FROM message WHERE mailbox_id = b.id), 0), coalesce((SELECT max(id) FROM message), 0) "
                                  "FROM mailbox b WHERE b.id = ?1 AND true ON CONFLICT (mailbox_id) DO UPDATE SET uidvalidity = "
                                  "excluded.uidvalidity, uid = excluded.uid, row = excluded.row WHERE uidvalidity <> excluded.uidvalidity",
                                  "i", mailbox_id),
                     error);
}

GArray *store_writer_filters_arrived(StoreWriter *writer, gint64 mailbox_id, guint limit, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) arrived = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT m.id FROM filter_mark f JOIN message m ON m.mailbox_id = f.mailbox_id AND m.uid > f.uid "
                                     "WHERE f.mailbox_id = ?1 AND m.id > f.row AND m.shown_mailbox = f.mailbox_id AND NOT EXISTS "
                                     "(SELECT 1 FROM intent_message l WHERE l.copy_id = m.id) AND NOT EXISTS (SELECT 1 FROM filtered d "
                                     "WHERE d.message_id = m.id) ORDER BY m.uid LIMIT ?2",
                                     "ii", mailbox_id, (gint64) limit);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        gint64 id = column_int(s, 0);
        g_array_append_val(arrived, id);
    }
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return NULL;
    }
    return g_steal_pointer(&arrived);
}

gboolean store_writer_filters_passed(StoreWriter *writer, gint64 mailbox_id, gint64 message_id, GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    return store_end(writer,
                     database_run(writer->db, error,
                                  "UPDATE filter_mark SET uid = max(uid, coalesce((SELECT uid FROM message WHERE id = ?2 AND mailbox_id = ?1), 0)) "
                                  "WHERE mailbox_id = ?1",
                                  "ii", mailbox_id, message_id) &&
                         database_run(writer->db, error, "INSERT OR IGNORE INTO filtered (message_id) SELECT id FROM message WHERE id = ?", "i",
                                      message_id),
                     error);
}
