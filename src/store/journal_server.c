/* What the server says meets what was decided: messages gone, numbered anew, arriving late. */
#include "config.h"

#include "base/i18n.h"
#include "store/journal-private.h"

/* --- where a message will be ------------------------------------------------------------------------ */

gboolean journal_place(StoreWriter *writer, gint64 message_id, gint64 intent_id, gint64 *mailbox_id,
                       guint32 *uid, GError **error)
{
    GError *failed = NULL;
    *mailbox_id = 0;
    *uid = 0;
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT coalesce(m.mailbox_id, r.mailbox_id), m.uid FROM message m LEFT "
                                     "JOIN renumbered r ON r.message_id = m.id WHERE m.id = ?",
                                     "i", message_id);
    if (s != NULL && database_step(writer->db, s, &failed)) {
        *mailbox_id = column_int(s, 0);
        *uid = (guint32) column_int(s, 1);
        database_done(s);
    }
    s = failed != NULL ? NULL
                       : database_query(writer->db, &failed,
                                        "SELECT iif(i.carried, 0, i.target_mailbox_id), i.kind FROM intent_message l JOIN "
                                        "intent i ON i.id = l.intent_id WHERE l.message_id = ?1"
                                        " AND l.moved = 0 AND i.id < ?2 AND i.state IN " INTENT_UNFINISHED_SQL
                                        " AND i.kind IN (1, 3) ORDER BY i.id",
                                        "ii", message_id, intent_id);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        *mailbox_id = column_int(s, 0);
        *uid = 0;
    }
    gint64 copied = failed != NULL || *mailbox_id != 0
                        ? 0
                        : database_int(writer->db, &failed, 0,
                                       "SELECT i.target_mailbox_id FROM intent_message l JOIN intent i ON "
                                       "i.id = l.intent_id WHERE l.copy_id = ?1"
                                       " AND i.state IN " INTENT_UNFINISHED_SQL,
                                       "i", message_id);
    if (copied != 0)
        *mailbox_id = copied;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* --- freezing anew ------------------------------------------------------------------------------------ */

static gboolean set_link_uid(StoreWriter *writer, gint64 intent_id, const IntentLink *link, guint32 uid,
                             GError **error)
{
    return link->uid == uid ||
           database_run(
               writer->db, error,
               "UPDATE intent_message SET uid = nullif(?3, 0) WHERE intent_id = ?1 AND position = ?2", "iii",
               intent_id, link->position, (gint64) uid);
}

static gboolean set_mailbox(StoreWriter *writer, gint64 intent_id, gint64 mailbox_id, GError **error)
{
    return database_run(writer->db, error,
                        "UPDATE intent SET mailbox_id = ?2, uidvalidity = (SELECT uidvalidity FROM mailbox "
                        "WHERE id = ?2) WHERE id = ?1",
                        "ii", intent_id, mailbox_id);
}

gint64 journal_split(StoreWriter *writer, gint64 intent_id, GError **error)
{
    return database_run(writer->db, error,
                        "INSERT INTO intent (kind, state, account_id, mailbox_id, uidvalidity, "
                        "target_mailbox_id, add_flags, remove_flags,"
                        " add_keywords, remove_keywords, created, group_id, undoes, carried) SELECT kind, state, "
                        "account_id, mailbox_id, uidvalidity,"
                        " target_mailbox_id, add_flags, remove_flags, add_keywords, remove_keywords, "
                        "created, group_id, undoes, carried FROM intent"
                        " WHERE id = ?",
                        "i", intent_id)
               ? database_last_id(writer->db)
               : 0;
}

static gboolean drop_link(StoreWriter *writer, gint64 intent_id, const IntentLink *link, GError **error)
{
    return database_run(writer->db, error,
                        "DELETE FROM intent_message WHERE intent_id = ?1 AND position = ?2", "ii", intent_id,
                        link->position);
}

typedef struct {
    gint64 mailbox_id, intent_id;
} Part;

/* The row for messages of that mailbox: the intent itself for the first, a split for each other. 0 on error.
 */
static gint64 part_for(StoreWriter *writer, GArray *parts, gint64 intent_id, gint64 mailbox_id,
                       GError **error)
{
    for (guint i = 0; i < parts->len; i++)
        if (g_array_index(parts, Part, i).mailbox_id == mailbox_id)
            return g_array_index(parts, Part, i).intent_id;
    gint64 id = parts->len == 0 ? intent_id : journal_split(writer, intent_id, error);
    journal_note(writer, id);
    if (id == 0 || !set_mailbox(writer, id, mailbox_id, error))
        return 0;
    Part part = { mailbox_id, id };
    g_array_append_val(parts, part);
    return id;
}

static gboolean refreeze_link(StoreWriter *writer, const Intent *intent, const IntentLink *link,
                              GArray *parts, GError **error)
{
    gint64 mailbox_id;
    guint32 uid;
    if (link->moved || link->message_id == 0)
        return TRUE;
    if (!journal_place(writer, link->message_id, intent->id, &mailbox_id, &uid, error))
        return FALSE;
    /* Nowhere any more, or a move to where it is: nothing left to do for this one. */
    if (mailbox_id == 0 || (intent->kind == INTENT_MOVE && mailbox_id == intent->target_mailbox_id))
        return drop_link(writer, intent->id, link, error) && shown_update(writer, link->message_id, error);
    gint64 part = part_for(writer, parts, intent->id, mailbox_id, error);
    if (part == 0 || !set_link_uid(writer, intent->id, link, uid, error))
        return FALSE;
    return part == intent->id ||
           (database_run(writer->db, error,
                         "UPDATE intent_message SET intent_id = ?3 WHERE intent_id = ?1 AND position = ?2",
                         "iii", intent->id, link->position, part) &&
            shown_update(writer, link->message_id, error));
}

/* An intent whose last message went has nothing left to do: what was wanted has come about otherwise, or
 * lost. */
static gboolean settle_if_empty(StoreWriter *writer, gint64 intent_id, const char *words, GError **error)
{
    GError *failed = NULL;
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, &failed);
    gint64 left = failed == NULL ? database_int(writer->db, &failed, 0,
                                                "SELECT 1 FROM intent_message WHERE intent_id = ? LIMIT 1",
                                                "i", intent_id)
                                 : 0;
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (intent->state != INTENT_PENDING)
        return TRUE;
    if (left != 0)
        return words == NULL || database_run(writer->db, error, "UPDATE intent SET error = ?2 WHERE id = ?1",
                                             "is", intent_id, words);
    gboolean gone_was_wanted =
        intent->kind == INTENT_EXPUNGE || (intent->kind == INTENT_DELETE && intent->target_mailbox_id == 0);
    if (gone_was_wanted || words == NULL)
        return journal_mark(writer, intent_id, INTENT_DONE, NULL, error);
    return journal_mark(writer, intent_id, INTENT_CONFLICT, words, error);
}

gboolean journal_refreeze(StoreWriter *writer, gint64 intent_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, &failed);
    g_autoptr(GArray) links = intent != NULL ? journal_links(writer->db, intent_id, &failed) : NULL;
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(Part));
    for (guint i = 0; links != NULL && i < links->len && failed == NULL; i++)
        refreeze_link(writer, intent, &g_array_index(links, IntentLink, i), parts, &failed);
    if (failed == NULL)
        settle_if_empty(writer, intent_id, NULL, &failed);
    journal_note(writer, intent_id);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* What was sent once stays as it was sent: its messages may be under way, and nothing that stands before it
 * can change. */
gboolean journal_refreeze_for(StoreWriter *writer, const GArray *message_ids, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GArray) intents = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < message_ids->len && failed == NULL; i++) {
        sqlite3_stmt *s = database_query(writer->db, &failed,
                                         "SELECT i.id FROM intent_message l JOIN intent i ON i.id = "
                                         "l.intent_id WHERE l.message_id = ? AND i.state = 0 AND i.tries = 0",
                                         "i", g_array_index(message_ids, gint64, i));
        while (s != NULL && database_step(writer->db, s, &failed)) {
            gint64 id = column_int(s, 0);
            if (g_hash_table_add(seen, g_memdup2(&id, sizeof id)))
                g_array_append_val(intents, id);
        }
    }
    for (guint i = 0; i < intents->len && failed == NULL; i++)
        journal_refreeze(writer, g_array_index(intents, gint64, i), &failed);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* One message of perhaps many that an intent waits for: only its own link is touched. */
gboolean journal_message_placed(StoreWriter *writer, gint64 message_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) intents =
        journal_collect_ids(writer, &failed,
                            "SELECT i.id FROM intent_message l JOIN intent i ON i.id = l.intent_id WHERE "
                            "l.message_id = ?1 AND i.state = 0 AND i.tries = 0 AND ?2 = 0"
                            " ORDER BY i.id",
                            message_id, 0);
    for (guint i = 0; intents != NULL && i < intents->len && failed == NULL; i++) {
        gint64 intent_id = g_array_index(intents, gint64, i), mailbox_id;
        guint32 uid;
        if (!journal_place(writer, message_id, intent_id, &mailbox_id, &uid, &failed))
            break;
        gint64 frozen = database_int(writer->db, &failed, 0, "SELECT mailbox_id FROM intent WHERE id = ?",
                                     "i", intent_id);
        if (failed == NULL && frozen != mailbox_id)
            journal_refreeze(writer, intent_id, &failed);
        else if (failed == NULL)
            database_run(
                writer->db, &failed,
                "UPDATE intent_message SET uid = nullif(?3, 0) WHERE intent_id = ?1 AND message_id = ?2",
                "iii", intent_id, message_id, (gint64) uid);
        if (failed == NULL && frozen == mailbox_id) /* numbered anew since it was decided, perhaps */
            set_mailbox(writer, intent_id, mailbox_id, &failed);
        journal_note(writer, intent_id);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* --- gone ---------------------------------------------------------------------------------------------- */

/* A copy that is under way has to be told by its link what became of it; so has one that is carried to another account, where it may
 * have arrived. */
static gboolean drop_links(StoreWriter *writer, gint64 message_id, GError **error)
{
    return database_run(writer->db, error,
                        "UPDATE intent_message SET message_id = NULL WHERE message_id = ?1 AND copy_id IS NOT NULL AND "
                        "(step > 0 OR intent_id IN (SELECT id FROM intent WHERE state IN (?2, ?3)))",
                        "iii", message_id, (gint64) INTENT_SENDING, (gint64) INTENT_UNKNOWN) &&
           database_run(writer->db, error, "DELETE FROM intent_message WHERE message_id = ?", "i", message_id);
}

gboolean journal_message_removed(StoreWriter *writer, gint64 message_id, const char *words, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) intents =
        journal_collect_ids(writer, &failed,
                            "SELECT DISTINCT i.id FROM intent_message l JOIN intent i ON i.id = l.intent_id "
                            "WHERE l.message_id = ?1 AND i.state = ?2 AND l.step = 0",
                            message_id, INTENT_PENDING);
    /* Copies that were to be made of it will not be. */
    g_autoptr(GArray) copies =
        failed != NULL ? NULL
                       : journal_collect_ids(writer, &failed,
                                             "SELECT l.copy_id FROM intent_message l JOIN intent i ON i.id = "
                                             "l.intent_id WHERE l.message_id = ?1 AND i.state = ?2 AND l.moved "
                                             "= 0 AND l.step = 0 AND l.copy_id IS NOT NULL",
                                             message_id, INTENT_PENDING);
    if (copies != NULL)
        drop_links(writer, message_id, &failed);
    for (guint i = 0; copies != NULL && i < copies->len && failed == NULL; i++)
        journal_unmake_copy(writer, g_array_index(copies, gint64, i), &failed);
    if (failed == NULL)
        database_run(writer->db, &failed, "UPDATE intent_message SET copy_id = NULL WHERE copy_id = ?", "i",
                     message_id);
    for (guint i = 0; intents != NULL && i < intents->len && failed == NULL; i++) {
        journal_note(writer, g_array_index(intents, gint64, i));
        settle_if_empty(writer, g_array_index(intents, gint64, i),
                        words != NULL ? words : _("The message was deleted elsewhere before this was done."),
                        &failed);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean journal_message_expunged(StoreWriter *writer, gint64 message_id, gboolean *keep, GError **error)
{
    GError *failed = NULL;
    /* A move that is under way takes it from there: it is on its way, not gone. So it is when the link broke
     * after the command went: the move waits again and will look in the target. */
    *keep = database_int(writer->db, &failed, 0,
                         "SELECT 1 FROM intent_message l JOIN intent i ON i.id = l.intent_id WHERE "
                         "l.message_id = ?1 AND l.moved = 0"
                         " AND (i.state IN (1, 5) OR i.state = 0 AND i.tries > 0) AND i.kind IN (1, 3)"
                         " AND i.target_mailbox_id <> 0 AND i.carried = 0 LIMIT 1",
                         "i", message_id) != 0;
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    return *keep || journal_message_removed(writer, message_id, NULL, error);
}

/* What can wait until its messages are known under their new numbers: nothing of it was sent, or it may be repeated (flags), and each of
 * its messages has a row. And what waits for numbers that it never had. */
#define INTENT_WAITS_SQL                                                                                     \
    "(i.state = 0 AND EXISTS (SELECT 1 FROM intent_message l WHERE l.intent_id = i.id) AND "                 \
    "((i.tries = 0 OR i.kind = 0) AND NOT EXISTS (SELECT 1 FROM intent_message l WHERE l.intent_id = i.id "  \
    "AND l.message_id IS NULL) OR NOT EXISTS (SELECT 1 FROM intent_message l WHERE l.intent_id = i.id AND "  \
    "l.uid IS NOT NULL)))"

gboolean journal_mailbox_reset(StoreWriter *writer, gint64 mailbox_id, gboolean renumbered, const char *words,
                               GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) intents = journal_collect_ids(
        writer, &failed,
        renumbered ? "SELECT id FROM intent i WHERE state IN " INTENT_UNFINISHED_SQL
                     " AND mailbox_id = ?1 AND kind < ?2 AND NOT " INTENT_WAITS_SQL " ORDER BY id DESC"
                   : "SELECT id FROM intent WHERE state IN " INTENT_UNFINISHED_SQL
                     " AND mailbox_id = ?1 AND kind < ?2 ORDER BY id DESC",
        mailbox_id, INTENT_CREATE_MAILBOX);
    for (guint i = 0; intents != NULL && i < intents->len && failed == NULL; i++) {
        g_autoptr(Intent) intent = journal_read(writer->db, g_array_index(intents, gint64, i), &failed);
        const char *reason = words != NULL ? words
                             : intent != NULL && intent->state == INTENT_PENDING
                                 ? _("The server numbered the mailbox anew, so the messages meant cannot be "
                                     "told any more. Nothing was sent.")
                                 : _("The server numbered the mailbox anew while this was being done. Please "
                                     "look whether it was.");
        if (intent != NULL && journal_mark(writer, intent->id, INTENT_CONFLICT, reason, &failed))
            journal_take_back(writer, intent, &failed);
    }
    /* What was known of it as a target counts no more. */
    if (failed == NULL)
        database_run(writer->db, &failed,
                     "UPDATE intent SET target_uidvalidity = 0, target_uidnext = 0 WHERE state = 0 AND "
                     "target_mailbox_id = ?",
                     "i", mailbox_id);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* --- late ------------------------------------------------------------------------------------------------
 */

gboolean journal_expects_late(StoreWriter *writer)
{
    return database_int(writer->db, NULL, 0,
                        "SELECT 1 FROM intent_message INDEXED BY intent_message_late WHERE message_id IS "
                        "NULL AND uid > 0 LIMIT 1",
                        "") != 0;
}

gboolean journal_message_arrived(StoreWriter *writer, gint64 mailbox_id, guint32 uid, gint64 message_id,
                                 GError **error)
{
    return database_run(writer->db, error,
                        "UPDATE intent_message SET message_id = ?3 WHERE message_id IS NULL AND uid = ?2 AND "
                        "copy_id IS NULL AND intent_id IN"
                        " (SELECT id FROM intent WHERE mailbox_id = ?1 AND state IN " INTENT_UNFINISHED_SQL
                        ")",
                        "iii", mailbox_id, (gint64) uid, message_id) &&
           shown_update(writer, message_id, error);
}
