#include "config.h"

#include <string.h>

#include "store/renumber.h"
#include "store/told_uids.h"

/* What SELECT says of a mailbox; the other attributes come from LIST. */
#define SELECTED_ATTRIBUTES ((gint64) (MAILBOX_READ_ONLY | MAILBOX_NO_MODSEQ | MAILBOX_NEW_KEYWORDS))

StoreMailbox *mailbox_from_row(sqlite3_stmt *s)
{
    StoreMailbox *mailbox = g_new0(StoreMailbox, 1);
    mailbox->id = column_int(s, 0);
    mailbox->account_id = column_int(s, 1);
    mailbox->name = column_text(s, 2);
    mailbox->wire_name = column_text(s, 3);
    mailbox->delimiter = (char) column_int(s, 4);
    mailbox->role = (MailboxRole) column_int(s, 5);
    mailbox->attributes = (MailboxAttributes) column_int(s, 6);
    mailbox->uidvalidity = (guint32) column_int(s, 7);
    mailbox->uidnext = (guint32) column_int(s, 8);
    mailbox->highestmodseq = (guint64) column_int(s, 9);
    mailbox->permanent_flags = column_text(s, 10);
    mailbox->server_messages = (guint32) column_int(s, 11);
    mailbox->server_unseen = (guint32) column_int(s, 12);
    mailbox->complete = column_int(s, 13) != 0;
    mailbox->lowest_synced_uid = (guint32) column_int(s, 14);
    mailbox->shown_total = (guint32) column_int(s, 15);
    mailbox->shown_unread = (guint32) column_int(s, 16);
    mailbox->shown_flagged = (guint32) column_int(s, 17);
    mailbox->synced_at = column_int(s, 18);
    mailbox->keep.level = (KeepLevel) column_int(s, 19);
    mailbox->keep.days = (guint) column_int(s, 20);
    mailbox->keep.bytes = (guint64) column_int(s, 21);
    mailbox->keep_chosen = column_int(s, 22) != 0;
    mailbox->keep_here = column_text(s, 23);
    return mailbox;
}

StoreMailbox *mailbox_read(Database *db, gint64 mailbox_id, GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(
        db, &failed, "SELECT " STORE_MAILBOX_COLUMNS " FROM mailbox WHERE id = ?", "i", mailbox_id);
    if (s == NULL || !database_step(db, s, &failed)) {
        if (failed != NULL)
            g_propagate_error(error, failed);
        else
            store_no_such(error, "mailbox", mailbox_id);
        return NULL;
    }
    StoreMailbox *mailbox = mailbox_from_row(s);
    database_done(s);
    return mailbox;
}

/* --- shown = base + unfinished intents ------------------------------------------------------ */

static gboolean show_rename(StoreWriter *writer, gint64 account_id, gint64 mailbox_id, const char *name,
                            GError **error)
{
    GError *failed = NULL;
    g_autofree char *old =
        database_text(writer->db, &failed, "SELECT shown_name FROM mailbox WHERE id = ?", "i", mailbox_id);
    if (old == NULL) {
        if (failed != NULL)
            g_propagate_error(error, failed);
        return failed == NULL;
    }
    return database_run(writer->db, error,
                        "UPDATE mailbox SET shown_name = ?3 || substr(shown_name, length(?4) + 1) WHERE "
                        "account_id = ?1 AND (id = ?2 OR"
                        " delimiter <> 0 AND substr(shown_name, 1, length(?4) + 1) = ?4 || char(delimiter))",
                        "iiss", account_id, mailbox_id, name, old);
}

typedef struct {
    IntentKind kind;
    gint64 mailbox_id;
    char *name;
} MailboxIntent;

static void mailbox_intent_free(gpointer data)
{
    g_free(((MailboxIntent *) data)->name);
    g_free(data);
}

static gboolean show_intent(StoreWriter *writer, gint64 account_id, const MailboxIntent *intent,
                            GError **error)
{
    switch (intent->kind) {
    case INTENT_RENAME_MAILBOX:
        return show_rename(writer, account_id, intent->mailbox_id, intent->name, error);
    case INTENT_DELETE_MAILBOX:
        return database_run(writer->db, error, "UPDATE mailbox SET shown_gone = 1 WHERE id = ?", "i",
                            intent->mailbox_id);
    case INTENT_SUBSCRIBE:
        return database_run(writer->db, error,
                            "UPDATE mailbox SET shown_attributes = shown_attributes | ?2 WHERE id = ?1", "ii",
                            intent->mailbox_id, (gint64) MAILBOX_SUBSCRIBED);
    case INTENT_UNSUBSCRIBE:
        return database_run(writer->db, error,
                            "UPDATE mailbox SET shown_attributes = shown_attributes & ~?2 WHERE id = ?1",
                            "ii", intent->mailbox_id, (gint64) MAILBOX_SUBSCRIBED);
    default:
        return TRUE;
    }
}

gboolean mailboxes_update_shown(StoreWriter *writer, gint64 account_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GPtrArray) intents = g_ptr_array_new_with_free_func(mailbox_intent_free);
    database_run(writer->db, &failed,
                 "UPDATE mailbox SET shown_name = name, shown_attributes = attributes, shown_gone = 0 WHERE "
                 "account_id = ?"
                 " AND (shown_name <> name OR shown_attributes <> attributes OR shown_gone <> 0)",
                 "i", account_id);
    sqlite3_stmt *s =
        failed != NULL ? NULL
                       : database_query(writer->db, &failed,
                                        "SELECT kind, mailbox_id, name FROM intent WHERE account_id = ?1 AND "
                                        "state IN " INTENT_UNFINISHED_SQL " AND kind >= ?2 ORDER BY id",
                                        "ii", account_id, (gint64) INTENT_CREATE_MAILBOX);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        MailboxIntent *intent = g_new0(MailboxIntent, 1);
        *intent = (MailboxIntent){ (IntentKind) column_int(s, 0), column_int(s, 1), column_text(s, 2) };
        g_ptr_array_add(intents, intent);
    }
    for (guint i = 0; i < intents->len && failed == NULL; i++)
        show_intent(writer, account_id, g_ptr_array_index(intents, i), &failed);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* --- what the server says ------------------------------------------------------------------- */

static gint64 find_mailbox(StoreWriter *writer, gint64 account_id, const StoreMailbox *mailbox,
                           GError **failed)
{
    gint64 id =
        database_int(writer->db, failed, 0, "SELECT id FROM mailbox WHERE account_id = ?1 AND wire_name = ?2",
                     "is", account_id, mailbox->wire_name);
    /* Made or renamed from here: the server's spelling is learned now. */
    if (id == 0 && *failed == NULL)
        id = database_int(writer->db, failed, 0,
                          "SELECT id FROM mailbox WHERE account_id = ?1 AND name = ?2 AND wire_stale = 1",
                          "is", account_id, mailbox->name);
    return id;
}

/* Finds or makes; takes over what LIST says when `update`. 0 with *failed. */
static gint64 put_mailbox(StoreWriter *writer, gint64 account_id, const StoreMailbox *mailbox,
                          gboolean update, GError **failed)
{
    gint64 id = find_mailbox(writer, account_id, mailbox, failed);
    if (*failed != NULL)
        return 0;
    gint64 attributes = (gint64) mailbox->attributes;
    if (id == 0) {
        database_run(writer->db, failed,
                     "INSERT INTO mailbox (account_id, name, wire_name, delimiter, role, attributes, "
                     "shown_name, shown_attributes)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?2, ?6)",
                     "issiii", account_id, mailbox->name, mailbox->wire_name,
                     (gint64) (guchar) mailbox->delimiter, (gint64) mailbox->role, attributes);
        id = database_last_id(writer->db);
    } else if (update) {
        database_run(writer->db, failed,
                     "UPDATE mailbox SET name = ?2, wire_name = ?3, wire_stale = 0, local_intent = 0, "
                     "delimiter = ?4, role = ?5,"
                     " attributes = (?6 & ~?7) | (attributes & ?7) WHERE id = ?1",
                     "issiiii", id, mailbox->name, mailbox->wire_name, (gint64) (guchar) mailbox->delimiter,
                     (gint64) mailbox->role, attributes, SELECTED_ATTRIBUTES);
    }
    return *failed == NULL ? id : 0;
}

gint64 store_writer_put_mailbox(StoreWriter *writer, gint64 account_id, const StoreMailbox *mailbox,
                                GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return 0;
    GError *failed = NULL;
    gint64 id = put_mailbox(writer, account_id, mailbox, FALSE, &failed);
    if (id != 0)
        mailboxes_update_shown(writer, account_id, &failed);
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error) ? id : 0;
}

gboolean store_writer_spell_mailbox(StoreWriter *writer, gint64 mailbox_id, const char *wire_name, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    GError *failed = NULL;
    g_autofree char *old = database_text(writer->db, &failed, "SELECT wire_name FROM mailbox WHERE id = ?", "i", mailbox_id);
    /* A row that a LIST made meanwhile has the name already: it gives way when the decision is done (journal_done.c). */
    if (old != NULL)
        database_run(writer->db, &failed,
                     "UPDATE OR IGNORE mailbox SET wire_stale = 0, wire_name = ?2 || substr(wire_name, length(?3) + 1) WHERE id = ?1 OR "
                     "account_id = (SELECT account_id FROM mailbox WHERE id = ?1) AND delimiter <> 0 AND "
                     "substr(wire_name, 1, length(?3) + 1) = ?3 || char(delimiter)",
                     "iss", mailbox_id, wire_name, old);
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error);
}

gboolean mailbox_delete(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    return mailbox_drop_rows(writer, mailbox_id, error) && renumber_drop(writer, mailbox_id, error) &&
           database_run(writer->db, error, "DELETE FROM local_uid WHERE mailbox_id = ?", "i", mailbox_id) &&
           database_run(writer->db, error, "DELETE FROM mailbox WHERE id = ?", "i", mailbox_id);
}

/* A mailbox that an unfinished intent still needs stays until that has met its conflict on the server. */
static gboolean remove_absent(StoreWriter *writer, gint64 account_id, GHashTable *present, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) absent = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT b.id FROM mailbox b WHERE b.account_id = ?1 AND NOT EXISTS "
                                     "(SELECT 1 FROM intent i WHERE i.account_id = ?1"
                                     " AND i.state IN " INTENT_UNFINISHED_SQL
                                     " AND (i.mailbox_id = b.id OR i.target_mailbox_id = b.id))",
                                     "i", account_id);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        gint64 id = column_int(s, 0);
        if (!g_hash_table_contains(present, &id))
            g_array_append_val(absent, id);
    }
    for (guint i = 0; i < absent->len && failed == NULL; i++)
        mailbox_delete(writer, g_array_index(absent, gint64, i), &failed);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean store_writer_sync_mailboxes(StoreWriter *writer, gint64 account_id, const GPtrArray *mailboxes,
                                     gboolean remove, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    GError *failed = NULL;
    g_autoptr(GHashTable) present = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    if (remove)
        mailboxes_follow_renames(writer, account_id, mailboxes, &failed);
    for (guint i = 0; i < mailboxes->len && failed == NULL; i++) {
        gint64 id = put_mailbox(writer, account_id, g_ptr_array_index(mailboxes, i), TRUE, &failed);
        g_hash_table_add(present, g_memdup2(&id, sizeof id));
    }
    if (failed == NULL && remove)
        remove_absent(writer, account_id, present, &failed);
    if (failed == NULL)
        mailboxes_update_shown(writer, account_id, &failed);
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error);
}

gboolean store_writer_set_status(StoreWriter *writer, gint64 mailbox_id, guint32 messages, guint32 unseen,
                                 guint32 uidnext, guint32 uidvalidity, GError **error)
{
    /* UIDVALIDITY is taken when none is known. A change is acted on when the mailbox is selected: STATUS
     * alone should not empty a list. */
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(
        writer->db, error,
        "UPDATE mailbox SET server_messages = ?2, server_unseen = ?3, uidnext = max(uidnext, ?4),"
        " uidvalidity = CASE WHEN uidvalidity = 0 THEN ?5 ELSE uidvalidity END WHERE id = ?1",
        "iiiii", mailbox_id, (gint64) messages, (gint64) unseen, (gint64) uidnext, (gint64) uidvalidity);
    return store_end(writer, ok, error);
}

/* UIDNEXT that goes back under the same UIDVALIDITY (a mailbox that came from a backup): the numbers that were given out since
 * then are given out again, to other messages. */
static gboolean is_renumbered(const StoreMailbox *known, const StoreMailbox *now)
{
    if (known->uidvalidity == 0 || now->uidvalidity == 0)
        return FALSE;
    return known->uidvalidity != now->uidvalidity || (now->uidnext != 0 && now->uidnext < known->uidnext);
}

static gboolean reset_if_renumbered(StoreWriter *writer, const StoreMailbox *known, const StoreMailbox *now,
                                    gboolean *was_reset, GError **error)
{
    if (!is_renumbered(known, now))
        return TRUE;
    if (was_reset != NULL)
        *was_reset = TRUE;
    return renumber_begin(writer, known->id, error) &&
           database_run(writer->db, error,
                        "UPDATE mailbox SET highestmodseq = 0, lowest_synced_uid = 0, complete = 0, "
                        "synced_at = 0 WHERE id = ?",
                        "i", known->id);
}

gboolean store_writer_set_selected(StoreWriter *writer, const StoreMailbox *selected, gboolean *was_reset,
                                   GError **error)
{
    if (was_reset != NULL)
        *was_reset = FALSE;
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    g_autoptr(StoreMailbox) known = mailbox_read(writer->db, selected->id, error);
    gboolean ok =
        known != NULL && reset_if_renumbered(writer, known, selected, was_reset, error) &&
        database_run(
            writer->db, error,
            "UPDATE mailbox SET attributes = (attributes & ~?2) | ?3, shown_attributes = (shown_attributes & "
            "~?2) | ?3,"
            " permanent_flags = ?4, server_messages = ?5, uidnext = ?6, uidvalidity = ?7 WHERE id = ?1",
            "iiisiii", selected->id, SELECTED_ATTRIBUTES, (gint64) selected->attributes & SELECTED_ATTRIBUTES,
            selected->permanent_flags, (gint64) selected->server_messages, (gint64) selected->uidnext,
            (gint64) selected->uidvalidity);
    return store_end(writer, ok, error);
}

/* Rows that a move or copy put here without a UID, and that the server, now known in full, does not have:
 * somebody else removed the message before the command came (the server says OK and does nothing), or its
 * copy since. */
static gboolean drop_never_arrived(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *s = database_query(
        writer->db, &failed,
        "SELECT id FROM message m WHERE mailbox_id = ? AND uid IS NULL AND NOT EXISTS (SELECT 1 FROM "
        "intent_message l JOIN intent i"
        " ON i.id = l.intent_id WHERE (l.message_id = m.id OR l.copy_id = m.id) AND i.state IN (0, 1, 5))",
        "i", mailbox_id);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        gint64 id = column_int(s, 0);
        g_array_append_val(rows, id);
    }
    for (guint i = 0; i < rows->len && failed == NULL; i++) {
        gint64 id = g_array_index(rows, gint64, i);
        if (journal_message_removed(writer, id, NULL, &failed))
            shown_remove_row(writer, id, &failed);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean store_writer_set_progress(StoreWriter *writer, gint64 mailbox_id, guint64 highestmodseq,
                                   guint32 lowest_synced_uid, gboolean complete, gint64 synced_at,
                                   GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error,
                               "UPDATE mailbox SET highestmodseq = ?2, lowest_synced_uid = ?3, complete = "
                               "?4, synced_at = ?5 WHERE id = ?1",
                               "iiiii", mailbox_id, (gint64) MIN(highestmodseq, (guint64) G_MAXINT64),
                               (gint64) lowest_synced_uid, (gint64) complete, synced_at);
    if (ok && complete)
        ok = renumber_settle(writer, mailbox_id, error) && told_uids_settle(writer, mailbox_id, error) &&
             drop_never_arrived(writer, mailbox_id, error);
    return store_end(writer, ok, error);
}

gboolean mailbox_drop_rows(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *s = database_query(
        writer->db, &failed, "SELECT id FROM message WHERE mailbox_id = ?", "i", mailbox_id);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        gint64 id = column_int(s, 0);
        g_array_append_val(rows, id);
    }
    for (guint i = 0; i < rows->len && failed == NULL; i++) {
        gint64 id = g_array_index(rows, gint64, i);
        if (journal_message_removed(writer, id, NULL, &failed))
            shown_remove_row(writer, id, &failed);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}
