/* Placements as the server tells of them: arriving, numbered, gone. */
#include "config.h"

#include "store/told_uids.h"
#include "store/thread_change.h"

gint64 store_writer_message_by_uid(StoreWriter *writer, gint64 mailbox_id, guint32 uid)
{
    return database_int(writer->db, NULL, 0, "SELECT id FROM message WHERE mailbox_id = ?1 AND uid = ?2",
                        "ii", mailbox_id, (gint64) uid);
}

gboolean store_writer_locate(StoreWriter *writer, gint64 message_id, gint64 *mailbox_id, guint32 *uid)
{
    sqlite3_stmt *s = database_query(
        writer->db, NULL,
        "SELECT mailbox_id, uid FROM message WHERE id = ? AND mailbox_id IS NOT NULL AND uid IS NOT NULL",
        "i", message_id);
    if (s == NULL || !database_step(writer->db, s, NULL))
        return FALSE;
    *mailbox_id = column_int(s, 0);
    *uid = (guint32) column_int(s, 1);
    database_done(s);
    return TRUE;
}

gboolean store_writer_has_structure(StoreWriter *writer, gint64 message_id)
{
    return database_int(writer->db, NULL, 0,
                        "SELECT c.has_structure FROM message m CROSS JOIN content c ON c.id = m.content_id WHERE "
                        "m.id = ?",
                        "i", message_id) != 0;
}

GArray *store_writer_uids(StoreWriter *writer, gint64 mailbox_id)
{
    GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    sqlite3_stmt *s = database_query(
        writer->db, NULL, "SELECT uid FROM message WHERE mailbox_id = ? AND uid IS NOT NULL ORDER BY uid",
        "i", mailbox_id);
    while (s != NULL && database_step(writer->db, s, NULL)) {
        guint32 uid = (guint32) column_int(s, 0);
        g_array_append_val(uids, uid);
    }
    return uids;
}

gint64 message_insert(StoreWriter *writer, const StoreContent *content, const StorePlacement *placement,
                      GError **error)
{
    const char *keywords = placement->keywords != NULL ? placement->keywords : "";
    gboolean unread = (placement->flags & MAIL_FLAG_SEEN) == 0;
    if (!database_run(
            writer->db, error,
            "INSERT INTO message (content_id, thread_id, mailbox_id, uid, modseq, base_flags, base_keywords, "
            "shown_mailbox,"
            " shown_flags, shown_keywords, unread, deleted, date, internal_date, size, from_key, subject_key)"
            " VALUES (?1, ?2, nullif(?3, 0), nullif(?4, 0), ?5, ?6, ?7, nullif(?8, 0), ?6, ?7, ?9, ?10, ?11, "
            "?12, ?13, ?14, ?15)",
            "iiiiiisiiiiiiss", content->content_id, content->thread_id, placement->mailbox_id,
            (gint64) placement->uid, (gint64) placement->modseq, (gint64) placement->flags, keywords,
            placement->shown_mailbox, (gint64) unread, (gint64) ((placement->flags & MAIL_FLAG_DELETED) != 0),
            content->date, content->internal_date, content->size, content->from_key, content->subject_key))
        return 0;
    gint64 id = database_last_id(writer->db);
    if (placement->shown_mailbox == 0)
        return id;
    shown_count(writer, placement->shown_mailbox, 1, unread ? 1 : 0,
                (placement->flags & MAIL_FLAG_FLAGGED) != 0 ? 1 : 0);
    return threads_list_add(writer, placement->shown_mailbox, content->thread_id, content->date, unread,
                            error)
               ? id
               : 0;
}

gboolean message_absorb(StoreWriter *writer, gint64 message_id, gint64 other, GError **error)
{
    Database *db = writer->db;
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(
        db, &failed, "SELECT mailbox_id, uid, modseq, base_flags, base_keywords FROM message WHERE id = ?",
        "i", other);
    if (s == NULL || !database_step(db, s, &failed)) {
        if (failed != NULL)
            g_propagate_error(error, failed);
        else
            store_no_such(error, "message", other);
        return FALSE;
    }
    gint64 mailbox_id = column_int(s, 0), uid = column_int(s, 1), modseq = column_int(s, 2),
           flags = column_int(s, 3);
    g_autofree char *keywords = column_text(s, 4);
    database_done(s);
    /* What was decided on the one is decided on the message, whichever row stood for it. */
    return database_run(db, error, "UPDATE intent_message SET message_id = ?1 WHERE message_id = ?2", "ii",
                        message_id, other) &&
           database_run(db, error, "UPDATE intent_message SET copy_id = ?1 WHERE copy_id = ?2", "ii",
                        message_id, other) &&
           shown_remove_row(writer, other, error) &&
           database_run(db, error,
                        "UPDATE message SET mailbox_id = ?2, uid = ?3, modseq = ?4, base_flags = ?5, "
                        "base_keywords = ?6 WHERE id = ?1",
                        "iiiiis", message_id, mailbox_id, uid, modseq, flags, keywords) &&
           shown_update(writer, message_id, error) && journal_message_placed(writer, message_id, error);
}

/* --- summaries ------------------------------------------------------------------------------- */

typedef struct {
    gint64 mailbox_id, account_id;
    gboolean waiting; /* rows that were moved or copied here wait for their UID */
    gboolean sent;    /* the mailbox holds what was sent: whom to is worth knowing */
    gboolean late;    /* unfinished intents name UIDs that no row stood for */
    gboolean told;    /* rows have their UIDs by word only */
} Arrival;

static gboolean set_base(StoreWriter *writer, gint64 message_id, guint32 uid, MailFlags flags,
                         const char *keywords, guint64 modseq, GError **error)
{
    GError *failed = NULL;
    g_autofree char *before = database_text(writer->db, &failed, "SELECT base_keywords FROM message WHERE id = ?", "i", message_id);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    return database_run(
               writer->db, error,
               "UPDATE message SET uid = ?2, base_flags = ?3, base_keywords = ?4, modseq = max(modseq, ?5),"
               " withheld = withheld AND (?3 & ?6) <> 0 WHERE id = ?1",
               "iiisii", message_id, (gint64) uid, (gint64) flags, keywords != NULL ? keywords : "",
               (gint64) modseq, (gint64) MAIL_FLAG_DELETED) &&
           shown_update(writer, message_id, error) && thread_hear_keywords(writer, message_id, before, keywords, error);
}

/* The row that a move or copy left here without a UID: the same Message-ID and size (or, without an ID, size
 * and date). */
static gint64 find_waiting(StoreWriter *writer, const Arrival *arrival, const StoreMessageInput *input,
                           GError **failed)
{
    const MessageSummary *summary = input->summary;
    if (summary->message_id != NULL)
        return database_int(writer->db, failed, 0,
                            "SELECT m.id FROM message m CROSS JOIN content c ON c.id = m.content_id WHERE "
                            "m.mailbox_id = ?1 AND m.uid IS NULL"
                            " AND m.size = ?2 AND c.msgid_hash = ?3 ORDER BY m.id LIMIT 1",
                            "iii", arrival->mailbox_id, (gint64) input->size,
                            content_hash_id(summary->message_id));
    return database_int(writer->db, failed, 0,
                        "SELECT m.id FROM message m CROSS JOIN content c ON c.id = m.content_id WHERE "
                        "m.mailbox_id = ?1 AND m.uid IS NULL"
                        " AND m.size = ?2 AND m.date = ?3 AND c.msgid_hash IS NULL ORDER BY m.id LIMIT 1",
                        "iii", arrival->mailbox_id, (gint64) input->size,
                        summary->date != 0 ? summary->date : input->internal_date);
}

static gint64 insert_new(StoreWriter *writer, const Arrival *arrival, const StoreMessageInput *input,
                         GError **error)
{
    g_auto(StoreContent) content = { 0 };
    if (!content_put(writer, arrival->account_id, input->summary, input->internal_date, input->size, &content,
                     error))
        return 0;
    StorePlacement placement = {
        .mailbox_id = arrival->mailbox_id,
        .uid = input->uid,
        .flags = input->flags,
        .keywords = input->keywords,
        .modseq = input->modseq,
        .shown_mailbox = arrival->mailbox_id,
    };
    gint64 id = message_insert(writer, &content, &placement, error);
    if (id != 0 && !thread_hear_keywords(writer, id, NULL, input->keywords, error))
        return 0;
    if (id != 0 && arrival->sent && !addresses_collect(writer, input->summary, content.date, error))
        return 0;
    if (id != 0 && arrival->late &&
        !journal_message_arrived(writer, arrival->mailbox_id, input->uid, id, error))
        return 0;
    return id;
}

static gboolean put_message(StoreWriter *writer, Arrival *arrival, const StoreMessageInput *input,
                            GError **error)
{
    GError *failed = NULL;
    gint64 id =
        database_int(writer->db, &failed, 0, "SELECT id FROM message WHERE mailbox_id = ?1 AND uid = ?2",
                     "ii", arrival->mailbox_id, (gint64) input->uid);
    gboolean known = id != 0;
    if (failed == NULL && !known && input->summary == NULL)
        return TRUE; /* flags of a message whose summary will come */
    if (failed == NULL && input->summary != NULL && arrival->told) {
        gboolean misplaced = FALSE;
        id = told_uids_match(writer, arrival->mailbox_id, id, input, &misplaced, &failed);
        known = id != 0;
        arrival->waiting |= misplaced; /* the row that lost its UID, and decisions that name it */
        writer->misplaced |= misplaced;
    }
    if (failed == NULL && !known && arrival->waiting) {
        id = find_waiting(writer, arrival, input, &failed);
        known = id != 0;
    }
    if (failed == NULL && known) {
        if (set_base(writer, id, input->uid, input->flags, input->keywords, input->modseq, &failed) &&
            arrival->waiting)
            journal_message_placed(writer, id, &failed);
    } else if (failed == NULL) {
        id = insert_new(writer, arrival, input, &failed);
    }
    if (failed == NULL)
        flags_note_keywords(writer, arrival->account_id, input->keywords, &failed);
    if (failed == NULL && input->labels != NULL)
        database_run(writer->db, &failed,
                     "UPDATE content SET labels = ?2 WHERE id = (SELECT content_id FROM message WHERE id = ?1) AND labels IS NOT ?2",
                     "is", id, input->labels);
    if (failed == NULL && input->structure != NULL) {
        gint64 content_id =
            database_int(writer->db, &failed, 0, "SELECT content_id FROM message WHERE id = ?", "i", id);
        if (failed == NULL)
            structure_put(writer, content_id, input->structure, &failed);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean store_writer_put_messages(StoreWriter *writer, gint64 mailbox_id, const StoreMessageInput *messages,
                                   guint count, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    GError *failed = NULL;
    Arrival arrival = { .mailbox_id = mailbox_id };
    arrival.account_id =
        database_int(writer->db, &failed, 0, "SELECT account_id FROM mailbox WHERE id = ?", "i", mailbox_id);
    if (failed == NULL && arrival.account_id == 0)
        store_no_such(&failed, "mailbox", mailbox_id);
    if (failed == NULL)
        arrival.waiting = database_int(writer->db, &failed, 0,
                                       "SELECT 1 FROM message WHERE mailbox_id = ? AND uid IS NULL LIMIT 1",
                                       "i", mailbox_id) != 0;
    if (failed == NULL)
        arrival.sent = database_int(writer->db, &failed, 0, "SELECT role FROM mailbox WHERE id = ?", "i",
                                    mailbox_id) == MAILBOX_ROLE_SENT;
    arrival.late = failed == NULL && journal_expects_late(writer);
    arrival.told = failed == NULL && told_uids_any(writer, mailbox_id, &failed);
    for (guint i = 0; i < count && failed == NULL; i++)
        if (messages[i].uid != 0)
            put_message(writer, &arrival, &messages[i], &failed);
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error);
}

gboolean store_writer_take_misplaced(StoreWriter *writer)
{
    gboolean misplaced = writer->misplaced;
    writer->misplaced = FALSE;
    return misplaced;
}

/* --- gone -------------------------------------------------------------------------------------- */

static gboolean expunge_one(StoreWriter *writer, gint64 mailbox_id, guint32 uid, GError **error)
{
    GError *failed = NULL;
    gint64 id =
        database_int(writer->db, &failed, 0, "SELECT id FROM message WHERE mailbox_id = ?1 AND uid = ?2",
                     "ii", mailbox_id, (gint64) uid);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (id == 0)
        return TRUE; /* never known here, or gone already */
    gboolean keep = FALSE;
    if (!journal_message_expunged(writer, id, &keep, error))
        return FALSE;
    if (!keep)
        return shown_remove_row(writer, id, error);
    return database_run(writer->db, error,
                        "UPDATE message SET mailbox_id = NULL, uid = NULL, modseq = 0 WHERE id = ?", "i",
                        id) &&
           shown_update(writer, id, error);
}

gboolean store_writer_expunged(StoreWriter *writer, gint64 mailbox_id, const guint32 *uids, guint count,
                               GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = TRUE;
    for (guint i = 0; i < count && ok; i++)
        ok = expunge_one(writer, mailbox_id, uids[i], error);
    return store_end(writer, ok, error);
}

gboolean store_writer_put_structure(StoreWriter *writer, gint64 mailbox_id, guint32 uid,
                                    const MessagePart *structure, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    GError *failed = NULL;
    gint64 content_id = database_int(writer->db, &failed, 0,
                                     "SELECT content_id FROM message WHERE mailbox_id = ?1 AND uid = ?2",
                                     "ii", mailbox_id, (gint64) uid);
    if (failed == NULL && content_id == 0)
        store_no_such(&failed, "message", uid);
    if (failed == NULL)
        structure_put(writer, content_id, structure, &failed);
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error);
}
