/* An intent was carried out: the base takes its effect, so that what is shown stays the same without it. */
#include "config.h"

#include <stdlib.h>

#include "store/told_uids.h"

static gboolean base_flags(StoreWriter *writer, const Intent *intent, gint64 message_id, GError **error)
{
    GError *failed = NULL;
    g_autofree char *keywords =
        database_text(writer->db, &failed, "SELECT base_keywords FROM message WHERE id = ?", "i", message_id);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    g_autofree char *now =
        flags_apply_keywords(keywords != NULL ? keywords : "", intent->add_keywords, intent->remove_keywords);
    return database_run(writer->db, error,
                        "UPDATE message SET base_flags = (base_flags & ~?2) | ?3, base_keywords = ?4,"
                        " withheld = withheld AND (((base_flags & ~?2) | ?3) & ?5) <> 0 WHERE id = ?1",
                        "iiisi", message_id, (gint64) intent->remove, (gint64) intent->add, now,
                        (gint64) MAIL_FLAG_DELETED);
}

/* The row of the target mailbox that the synchronisation may have made before the reply came. */
static gint64 find_arrived(StoreWriter *writer, const Intent *intent, gint64 message_id, guint32 *new_uid,
                           GError **failed)
{
    if (*new_uid != 0)
        return told_uids_seen(writer, intent, message_id, new_uid, failed);
    if (intent->target_uidnext == 0)
        return 0;
    /* Without COPYUID: the same Message-ID and size among what came since the command was sent. */
    return database_int(writer->db, failed, 0,
                        "SELECT n.id FROM message m CROSS JOIN content c ON c.id = m.content_id CROSS JOIN "
                        "message n INDEXED BY message_by_uid"
                        " ON n.mailbox_id = ?1 AND n.uid >= ?2 CROSS JOIN content d ON d.id = n.content_id"
                        " WHERE m.id = ?3 AND n.id <> ?3 AND n.size = m.size AND c.msgid_hash IS NOT NULL "
                        "AND d.msgid_hash = c.msgid_hash LIMIT 1",
                        "iii", intent->target_mailbox_id, (gint64) intent->target_uidnext, message_id);
}

/* The row keeps its id: cursor and tags on the screen stay with it. */
gboolean journal_place_row(StoreWriter *writer, const Intent *intent, gint64 message_id, guint32 new_uid,
                           GError **error)
{
    GError *failed = NULL;
    gint64 arrived = find_arrived(writer, intent, message_id, &new_uid, &failed);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (arrived != 0)
        return message_absorb(writer, message_id, arrived, error);
    return database_run(
               writer->db, error,
               "UPDATE message SET mailbox_id = ?2, uid = nullif(?3, 0), modseq = 0, withheld = 0 WHERE id = ?1",
               "iii", message_id, intent->target_mailbox_id, (gint64) new_uid) &&
           (new_uid == 0 || told_uids_note(writer, message_id, intent->target_mailbox_id, new_uid, error));
}

static gboolean withhold(StoreWriter *writer, gint64 message_id, GError **error)
{
    return database_run(writer->db, error,
                        "UPDATE message SET base_flags = base_flags | ?2, withheld = 1 WHERE id = ?1", "ii",
                        message_id, (gint64) MAIL_FLAG_DELETED);
}

/* The server has it: it is read from there like any other. The file goes after the commit. */
static gboolean let_letter_go(StoreWriter *writer, const Intent *intent, gint64 message_id, GError **error)
{
    if (!database_run(writer->db, error,
                      "DELETE FROM body WHERE file = ?2 AND content_id = (SELECT content_id FROM message WHERE id = ?1)", "is",
                      message_id, intent->path))
        return FALSE;
    g_ptr_array_add(writer->loose_files, g_strdup(intent->path));
    return TRUE;
}

gboolean journal_apply_link(StoreWriter *writer, const Intent *intent, const IntentLink *link,
                            guint32 new_uid, GError **error)
{
    if (link->moved && new_uid == 0)
        return TRUE;
    if (intent->carried) /* the copies took their places one by one */
        return intent->kind != INTENT_MOVE || link->message_id == 0 || link->step != STORE_CARRY_ARRIVED ||
               withhold(writer, link->message_id, error);
    switch (intent->kind) {
    case INTENT_FLAGS:
        return link->message_id == 0 || base_flags(writer, intent, link->message_id, error);
    case INTENT_MOVE:
    case INTENT_DELETE:
        if (link->message_id == 0)
            return TRUE;
        return intent->target_mailbox_id != 0 ? journal_place_row(writer, intent, link->message_id, new_uid, error)
                                              : withhold(writer, link->message_id, error);
    case INTENT_EXPUNGE:
        return link->message_id == 0 || withhold(writer, link->message_id, error);
    case INTENT_APPEND:
        return link->copy_id == 0 || (journal_place_row(writer, intent, link->copy_id, new_uid, error) && let_letter_go(writer, intent, link->copy_id, error));
    case INTENT_COPY:
        return link->copy_id == 0 || journal_place_row(writer, intent, link->copy_id, new_uid, error);
    default:
        return TRUE;
    }
}

/* --- mailboxes ------------------------------------------------------------------------------------- */

/* The base names become what they are shown as (the wire names did so by store_writer_spell_mailbox()); another row that a LIST made
 * meanwhile under the new name gives way. */
static gboolean base_rename(StoreWriter *writer, const Intent *intent, GError **error)
{
    GError *failed = NULL;
    gint64 double_row = database_int(
        writer->db, &failed, 0,
        "SELECT id FROM mailbox WHERE account_id = ?1 AND name = ?2 AND id <> ?3 AND NOT EXISTS (SELECT 1 FROM intent i WHERE "
        "i.state IN " INTENT_UNFINISHED_SQL " AND mailbox.id IN (i.mailbox_id, i.target_mailbox_id)) LIMIT 1",
        "isi", intent->account_id, intent->name, intent->mailbox_id);
    if (failed == NULL && double_row != 0) {
        g_autofree char *wire_name =
            database_text(writer->db, &failed, "SELECT wire_name FROM mailbox WHERE id = ?", "i", double_row);
        if (failed == NULL && mailbox_delete(writer, double_row, &failed))
            database_run(writer->db, &failed, "UPDATE mailbox SET wire_name = ?2 WHERE id = ?1", "is",
                         intent->mailbox_id, wire_name);
    }
    g_autofree char *old = failed == NULL
                               ? database_text(writer->db, &failed, "SELECT name FROM mailbox WHERE id = ?",
                                               "i", intent->mailbox_id)
                               : NULL;
    if (old != NULL)
        database_run(writer->db, &failed,
                     "UPDATE mailbox SET name = ?3 || substr(name, length(?4) + 1) WHERE "
                     "account_id = ?1 AND (id = ?2 OR"
                     " delimiter <> 0 AND substr(name, 1, length(?4) + 1) = ?4 || char(delimiter))",
                     "iiss", intent->account_id, intent->mailbox_id, intent->name, old);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

static gboolean mailbox_done(StoreWriter *writer, const Intent *intent, GError **error)
{
    gboolean ok = TRUE;
    switch (intent->kind) {
    case INTENT_CREATE_MAILBOX:
        ok = database_run(writer->db, error, "UPDATE mailbox SET local_intent = 0 WHERE id = ?", "i",
                          intent->target_mailbox_id);
        break;
    case INTENT_RENAME_MAILBOX:
        ok = base_rename(writer, intent, error);
        break;
    case INTENT_DELETE_MAILBOX:
        ok = journal_mailbox_reset(writer, intent->mailbox_id, FALSE, NULL, error) &&
             mailbox_delete(writer, intent->mailbox_id, error);
        break;
    case INTENT_SUBSCRIBE:
        ok = database_run(writer->db, error, "UPDATE mailbox SET attributes = attributes | ?2 WHERE id = ?1",
                          "ii", intent->mailbox_id, (gint64) MAILBOX_SUBSCRIBED);
        break;
    case INTENT_UNSUBSCRIBE:
        ok = database_run(writer->db, error, "UPDATE mailbox SET attributes = attributes & ~?2 WHERE id = ?1",
                          "ii", intent->mailbox_id, (gint64) MAILBOX_SUBSCRIBED);
        break;
    default:
        break;
    }
    return ok && mailboxes_update_shown(writer, intent->account_id, error);
}

/* --- messages -------------------------------------------------------------------------------------- */

static int compare_links(gconstpointer a, gconstpointer b)
{
    const IntentLink *left = a, *right = b;
    return left->uid < right->uid ? -1 : left->uid > right->uid;
}

/* COPYUID counts only when it speaks of the target as it is known here, and of all the UIDs. */
static const guint32 *usable_uids(StoreWriter *writer, const Intent *intent, const GArray *links,
                                  guint32 target_uidvalidity, const guint32 *new_uids, guint count,
                                  GError **failed)
{
    if (new_uids == NULL || count != links->len)
        return NULL;
    gint64 known = database_int(writer->db, failed, 0, "SELECT uidvalidity FROM mailbox WHERE id = ?", "i",
                                intent->target_mailbox_id);
    if (known == 0 && target_uidvalidity != 0 && *failed == NULL)
        database_run(writer->db, failed, "UPDATE mailbox SET uidvalidity = ?2 WHERE id = ?1", "ii",
                     intent->target_mailbox_id, (gint64) target_uidvalidity);
    return known == 0 || target_uidvalidity == 0 || known == target_uidvalidity ? new_uids : NULL;
}

/* The source was no longer there: nothing was moved or copied. */
static gboolean drop_gone(StoreWriter *writer, const IntentLink *link, GError **error)
{
    gint64 id = link->copy_id != 0 ? link->copy_id : link->message_id;
    return id == 0 ||
           (journal_message_removed(writer, id, NULL, error) && shown_remove_row(writer, id, error));
}

static gboolean messages_done(StoreWriter *writer, const Intent *intent, guint32 target_uidvalidity,
                              const guint32 *new_uids, guint count, GError **error)
{
    g_autoptr(GArray) links = journal_links(writer->db, intent->id, error);
    g_autoptr(GArray) touched = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (links == NULL)
        return FALSE;
    GError *failed = NULL;
    g_array_sort(links, compare_links);
    const guint32 *uids =
        intent->target_mailbox_id != 0
            ? usable_uids(writer, intent, links, target_uidvalidity, new_uids, count, &failed)
            : NULL;
    for (guint i = 0; i < links->len && failed == NULL; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        if (uids != NULL && uids[i] == 0) {
            drop_gone(writer, link, &failed);
            continue;
        }
        gint64 id = link->copy_id != 0 ? link->copy_id : link->message_id;
        if (!journal_apply_link(writer, intent, link, uids != NULL ? uids[i] : 0, &failed) || id == 0)
            continue;
        g_array_append_val(touched, id);
        if (shown_update(writer, id, &failed) && link->copy_id != 0 && link->message_id != 0)
            shown_update(writer, link->message_id, &failed);
    }
    if (failed == NULL)
        journal_refreeze_for(writer, touched, &failed);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

static gboolean finish(StoreWriter *writer, gint64 intent_id, guint32 target_uidvalidity,
                       const guint32 *new_uids, guint count, GError **error)
{
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, error);
    if (intent == NULL)
        return FALSE;
    if (!journal_is_unfinished(intent->state))
        return TRUE; /* settled otherwise meanwhile (the mailbox was renumbered): what the server did will be
                        seen */
    /* First, so that what is shown is computed without it. */
    if (!journal_mark(writer, intent_id, INTENT_DONE, NULL, error) ||
        !database_run(writer->db, error,
                      "UPDATE intent SET uids = coalesce(?2, uids), target_uidvalidity = iif(?3 <> 0, ?3, "
                      "target_uidvalidity)"
                      " WHERE id = ?1",
                      "isi", intent_id, intent->uids, (gint64) target_uidvalidity))
        return FALSE;
    if (intent->kind == INTENT_SEND)
        return outbox_taken_as_sent(writer, intent, error);
    if (INTENT_KIND_IS_ABOUT_MAILBOX(intent->kind))
        return mailbox_done(writer, intent, error);
    return messages_done(writer, intent, target_uidvalidity, new_uids, count, error) &&
           (intent->kind != INTENT_APPEND || outbox_copy_is_there(writer, intent_id, error));
}

gboolean store_writer_intent_done(StoreWriter *writer, gint64 intent_id, guint32 target_uidvalidity,
                                  const guint32 *new_uids, guint count, GError **error)
{
    /* The letter's file goes behind the commit: should the power go then, it must not be the only one of the two that was done. */
    gboolean lets_letter_go =
        database_int(writer->db, NULL, 0, "SELECT kind FROM intent WHERE id = ?", "i", intent_id) == (gint64) INTENT_APPEND;
    return store_begin(writer, lets_letter_go, error) &&
           store_end(writer, finish(writer, intent_id, target_uidvalidity, new_uids, count, error), error);
}

gboolean store_writer_intent_cursor(StoreWriter *writer, gint64 intent_id, gint64 cursor, GError **error)
{
    if (!store_begin(writer, TRUE, error)) /* what follows cannot be taken back */
        return FALSE;
    GError *failed = NULL;
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, &failed);
    g_autoptr(GArray) links = intent != NULL ? journal_links(writer->db, intent_id, &failed) : NULL;
    if (links != NULL)
        database_run(writer->db, &failed, "UPDATE intent SET cursor = ?2 WHERE id = ?1", "ii", intent_id,
                     cursor);
    for (guint i = 0; links != NULL && i < links->len && failed == NULL; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        if (link->moved || link->uid == 0 || link->uid > cursor)
            continue;
        gint64 id = link->copy_id != 0 ? link->copy_id : link->message_id;
        if (journal_apply_link(writer, intent, link, 0, &failed) &&
            database_run(writer->db, &failed,
                         "UPDATE intent_message SET moved = 1 WHERE intent_id = ?1 AND position = ?2", "ii",
                         intent_id, link->position) &&
            id != 0)
            shown_update(writer, id, &failed);
    }
    journal_note(writer, intent_id);
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error);
}
