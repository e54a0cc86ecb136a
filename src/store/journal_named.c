/* Decisions about messages whose UID is not known, and about messages that turn out to be gone while a decision is carried out. */
#include "config.h"

#include "store/envelope.h"
#include "store/journal-private.h"

static void unnamed_clear(gpointer data)
{
    g_free(((StoreUnnamed *) data)->message_id);
}

GArray *store_writer_unnamed(StoreWriter *writer, gint64 account_id)
{
    GArray *unnamed = g_array_new(FALSE, FALSE, sizeof(StoreUnnamed));
    g_array_set_clear_func(unnamed, unnamed_clear);
    sqlite3_stmt *s =
        database_query(writer->db, NULL,
                       "SELECT i.id, i.mailbox_id, m.size, c.envelope, m.date FROM intent i INDEXED BY intent_unfinished JOIN intent_message l ON l.intent_id = i.id"
                       " JOIN message m ON m.id = l.message_id JOIN content c ON c.id = m.content_id WHERE i.account_id = ?1 AND i.state IN " INTENT_UNFINISHED_SQL
                       " AND i.state = ?2 AND l.uid IS NULL AND l.moved = 0"
                       " AND m.uid IS NULL AND m.mailbox_id = i.mailbox_id ORDER BY i.id, l.position",
                       "ii", account_id, (gint64) INTENT_PENDING);
    while (s != NULL && database_step(writer->db, s, NULL)) {
        g_autoptr(MessageSummary) summary = envelope_read(sqlite3_column_blob(s, 3), (gsize) sqlite3_column_bytes(s, 3), column_int(s, 4));
        StoreUnnamed one = { column_int(s, 0), column_int(s, 1), g_strdup(summary->message_id), (guint64) column_int(s, 2) };
        g_array_append_val(unnamed, one);
    }
    return unnamed;
}

static gboolean remove_row(StoreWriter *writer, gint64 message_id, GError **error)
{
    return message_id == 0 || (journal_message_removed(writer, message_id, NULL, error) && shown_remove_row(writer, message_id, error));
}

static gboolean link_gone(StoreWriter *writer, gint64 intent_id, const IntentLink *link, GError **error)
{
    return database_run(writer->db, error, "DELETE FROM intent_message WHERE intent_id = ?1 AND position = ?2", "ii", intent_id,
                        link->position) &&
           remove_row(writer, link->copy_id, error) && remove_row(writer, link->message_id, error);
}

gboolean store_writer_intent_gone(StoreWriter *writer, gint64 intent_id, const guint32 *uids, guint count, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    GError *failed = NULL;
    g_autoptr(GHashTable) gone = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < count; i++)
        g_hash_table_add(gone, GUINT_TO_POINTER(uids[i]));
    g_autoptr(GArray) links = journal_links(writer->db, intent_id, &failed);
    for (guint i = 0; links != NULL && i < links->len && failed == NULL; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        if (link->uid != 0 && g_hash_table_contains(gone, GUINT_TO_POINTER(link->uid)))
            link_gone(writer, intent_id, link, &failed);
    }
    journal_note(writer, intent_id);
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error);
}
