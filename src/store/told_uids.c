#include "config.h"

#include "store/told_uids.h"

gboolean told_uids_note(StoreWriter *writer, gint64 message_id, gint64 mailbox_id, guint32 uid, GError **error)
{
    return database_run(writer->db, error,
                        "INSERT OR REPLACE INTO told_uid (message_id, mailbox_id) SELECT ?1, ?2 WHERE NOT EXISTS"
                        " (SELECT 1 FROM local_uid WHERE mailbox_id = ?2 AND uid = ?3)",
                        "iii", message_id, mailbox_id, (gint64) uid);
}

gboolean told_uids_any(StoreWriter *writer, gint64 mailbox_id, GError **failed)
{
    return database_int(writer->db, failed, 0, "SELECT 1 FROM told_uid WHERE mailbox_id = ? LIMIT 1", "i", mailbox_id) != 0;
}

/* Servers may change what they are given to store, so the size alone says nothing. */
static gboolean is_another(StoreWriter *writer, gint64 message_id, gint64 hash, gint64 size, gint64 date, GError **failed)
{
    return database_int(writer->db, failed, 0,
                        "SELECT 1 FROM message m CROSS JOIN content c ON c.id = m.content_id WHERE m.id = ?1"
                        " AND iif(?2 <> 0 AND c.msgid_hash IS NOT NULL, c.msgid_hash <> ?2, m.size <> ?3 AND m.date <> ?4)",
                        "iiii", message_id, hash, size, date) != 0;
}

static gboolean is_not_about(StoreWriter *writer, gint64 message_id, const StoreMessageInput *input, GError **failed)
{
    const MessageSummary *summary = input->summary;
    return is_another(writer, message_id, summary->message_id != NULL ? content_hash_id(summary->message_id) : 0, (gint64) input->size,
                      summary->date != 0 ? summary->date : input->internal_date, failed);
}

/* One that has gone on to another mailbox since has a UID of that one. */
static gint64 find_told(StoreWriter *writer, gint64 mailbox_id, const StoreMessageInput *input, GError **failed)
{
    const MessageSummary *summary = input->summary;
    if (summary->message_id != NULL)
        return database_int(writer->db, failed, 0,
                            "SELECT m.id FROM msgid i CROSS JOIN message m INDEXED BY message_by_thread ON m.thread_id = i.thread_id"
                            " CROSS JOIN told_uid t ON t.message_id = m.id CROSS JOIN content c ON c.id = m.content_id"
                            " WHERE i.hash = ?1 AND t.mailbox_id = ?2 AND m.mailbox_id = ?2 AND m.size = ?3 AND c.msgid_hash = ?1 LIMIT 1",
                            "iii", content_hash_id(summary->message_id), mailbox_id, (gint64) input->size);
    return database_int(writer->db, failed, 0,
                        "SELECT m.id FROM told_uid t CROSS JOIN message m ON m.id = t.message_id CROSS JOIN content c ON c.id = m.content_id"
                        " WHERE t.mailbox_id = ?1 AND m.mailbox_id = ?1 AND m.size = ?2 AND m.date = ?3 AND c.msgid_hash IS NULL LIMIT 1",
                        "iii", mailbox_id, (gint64) input->size, summary->date != 0 ? summary->date : input->internal_date);
}

static gint64 seen_otherwise(StoreWriter *writer, const Intent *intent, gint64 message_id, guint32 uid, GError **failed)
{
    if (intent->target_uidnext == 0)
        return 0;
    return database_int(writer->db, failed, 0,
                        "SELECT n.id FROM message m CROSS JOIN content c ON c.id = m.content_id CROSS JOIN message n INDEXED BY message_by_thread"
                        " ON n.thread_id = m.thread_id AND n.shown_mailbox = ?1 AND n.date = m.date CROSS JOIN content d ON d.id = n.content_id"
                        " WHERE m.id = ?2 AND n.id <> ?2 AND n.mailbox_id = ?1 AND n.uid >= ?3 AND n.uid <> ?4 AND n.size = m.size"
                        " AND c.msgid_hash IS NOT NULL AND d.msgid_hash = c.msgid_hash"
                        " AND NOT EXISTS (SELECT 1 FROM intent_message l JOIN intent i ON i.id = l.intent_id"
                        " WHERE (l.message_id = n.id OR l.copy_id = n.id) AND i.target_mailbox_id = ?1) LIMIT 1",
                        "iiii", intent->target_mailbox_id, message_id, (gint64) intent->target_uidnext, (gint64) uid);
}

gint64 told_uids_seen(StoreWriter *writer, const Intent *intent, gint64 message_id, guint32 *uid, GError **failed)
{
    sqlite3_stmt *s = database_query(writer->db, failed,
                                     "SELECT n.id, iif(c.msgid_hash IS NOT NULL AND d.msgid_hash IS NOT NULL, c.msgid_hash <> d.msgid_hash,"
                                     " n.size <> m.size AND n.date <> m.date) FROM message n CROSS JOIN content d ON d.id = n.content_id"
                                     " CROSS JOIN message m ON m.id = ?3 CROSS JOIN content c ON c.id = m.content_id"
                                     " WHERE n.mailbox_id = ?1 AND n.uid = ?2 AND n.id <> ?3",
                                     "iii", intent->target_mailbox_id, (gint64) *uid, message_id);
    gint64 there = 0;
    gboolean another = FALSE;
    if (s != NULL && database_step(writer->db, s, failed)) {
        there = column_int(s, 0);
        another = column_int(s, 1) != 0;
        database_done(s);
    }
    if (there != 0 && !another)
        return there;
    gint64 row = *failed == NULL ? seen_otherwise(writer, intent, message_id, *uid, failed) : 0;
    if (another)
        *uid = 0;
    return row;
}

static gboolean forget(StoreWriter *writer, gint64 message_id, GError **failed)
{
    return message_id == 0 || database_run(writer->db, failed, "DELETE FROM told_uid WHERE message_id = ?", "i", message_id);
}

/* Its number is another's. It waits for its own like any row that was moved here without one, and so do decisions about it. */
static gboolean disown(StoreWriter *writer, gint64 message_id, GError **failed)
{
    return forget(writer, message_id, failed) &&
           database_run(writer->db, failed, "UPDATE message SET uid = NULL, modseq = 0 WHERE id = ?", "i", message_id) &&
           journal_message_placed(writer, message_id, failed);
}

gint64 told_uids_match(StoreWriter *writer, gint64 mailbox_id, gint64 known, const StoreMessageInput *input, gboolean *misplaced, GError **failed)
{
    gint64 told = known == 0 ? 0 : database_int(writer->db, failed, 0, "SELECT message_id FROM told_uid WHERE message_id = ?", "i", known);
    if (told != 0 && is_not_about(writer, told, input, failed))
        *misplaced = disown(writer, told, failed);
    else if (told != 0 && *failed == NULL)
        forget(writer, told, failed); /* it was true */
    if (*failed != NULL || (known != 0 && !*misplaced))
        return known;
    gint64 row = find_told(writer, mailbox_id, input, failed);
    *misplaced |= row != 0;
    return *failed == NULL && forget(writer, row, failed) ? row : 0;
}

gboolean told_uids_settle(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    return database_run(writer->db, error, "DELETE FROM told_uid WHERE mailbox_id = ?", "i", mailbox_id);
}
