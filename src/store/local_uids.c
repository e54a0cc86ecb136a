#include "config.h"

#include "store/local_uids.h"

#include "store/store-private.h"

void store_local_message_free(StoreLocalMessage *message)
{
    if (message == NULL)
        return;
    g_free(message->key);
    g_free(message->keywords);
    g_free(message);
}

GPtrArray *store_writer_local_messages(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func((GDestroyNotify) store_local_message_free);
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT l.uid, l.key, m.id, m.base_flags, m.base_keywords FROM local_uid l LEFT JOIN message m ON "
                                     "m.mailbox_id = l.mailbox_id AND m.uid = l.uid WHERE l.mailbox_id = ? ORDER BY l.uid",
                                     "i", mailbox_id);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        StoreLocalMessage *message = g_new0(StoreLocalMessage, 1);
        message->uid = (guint32) column_int(s, 0);
        message->key = column_text(s, 1);
        message->has_row = column_int(s, 2) != 0;
        message->flags = (MailFlags) column_int(s, 3);
        message->keywords = column_text(s, 4);
        g_ptr_array_add(messages, message);
    }
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return NULL;
    }
    return g_steal_pointer(&messages);
}

/* The mailbox's UIDNEXT counts on, so that the UID of what has gone is not given to something else. */
static guint32 give_uid(StoreWriter *writer, gint64 mailbox_id, const char *key, GError **error)
{
    GError *failed = NULL;
    gint64 uid = database_int(writer->db, &failed, 1, "SELECT max(uidnext, 1) FROM mailbox WHERE id = ?", "i", mailbox_id);
    if (failed == NULL)
        database_run(writer->db, &failed, "INSERT INTO local_uid (mailbox_id, uid, key) VALUES (?1, ?2, ?3)", "iis", mailbox_id, uid, key);
    if (failed == NULL)
        database_run(writer->db, &failed, "UPDATE mailbox SET uidnext = ?2 WHERE id = ?1", "ii", mailbox_id, uid + 1);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return 0;
    }
    return (guint32) uid;
}

guint32 store_writer_local_uid(StoreWriter *writer, gint64 mailbox_id, const char *key, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return 0;
    GError *failed = NULL;
    guint32 uid = (guint32) database_int(writer->db, &failed, 0, "SELECT uid FROM local_uid WHERE mailbox_id = ?1 AND key = ?2", "is",
                                         mailbox_id, key);
    if (uid == 0 && failed == NULL)
        uid = give_uid(writer, mailbox_id, key, &failed);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, uid != 0, error) ? uid : 0;
}

char *store_writer_local_key(StoreWriter *writer, gint64 mailbox_id, guint32 uid)
{
    return database_text(writer->db, NULL, "SELECT key FROM local_uid WHERE mailbox_id = ?1 AND uid = ?2", "ii", mailbox_id, (gint64) uid);
}

gboolean store_writer_local_forget(StoreWriter *writer, gint64 mailbox_id, guint32 uid, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    return store_end(writer,
                     database_run(writer->db, error, "DELETE FROM local_uid WHERE mailbox_id = ?1 AND uid = ?2", "ii", mailbox_id,
                                  (gint64) uid),
                     error);
}
