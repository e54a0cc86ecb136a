/* Moving, copying and expunging: what is not safe to repeat blindly.
 *
 * A move where the server has no MOVE is COPY, then \Deleted, then EXPUNGE; the intent's cursor records each half-step, so that a
 * move that was cut goes on where it was. Without UIDPLUS, EXPUNGE is only sent when nothing else is marked \Deleted.
 */
#include "config.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/replay.h"
#include "engine/search_command.h"
#include "engine/verify_copy.h"

/* Durable before the next half-step goes: without it a later run would not know that what is gone has arrived. FALSE: the job is over. */
static gboolean keep_step(Job *job, gint64 step)
{
    Replay *replay = job->data;
    g_autoptr(GError) error = NULL;
    replay->intent->cursor = step;
    if (store_writer_intent_cursor(job->account->engine->writer, replay->intent->id, step, &error))
        return TRUE;
    replay_unwritten(job, error->message);
    return FALSE;
}

/* --- expunge ------------------------------------------------------------------------------------ */

static void send_expunge(Job *job)
{
    Replay *replay = job->data;
    replay_step_begin(job, send_expunge, replay_succeeded);
    g_autoptr(GPtrArray) pieces = replay_pieces(replay->uids);
    for (guint i = 0; i < pieces->len; i++)
        replay_send(job, imap_command_uid_expunge(g_ptr_array_index(pieces, i)), g_ptr_array_index(pieces, i));
    replay_step_end(job);
}

static void plain_expunge(Job *job)
{
    replay_step_begin(job, plain_expunge, replay_succeeded);
    replay_send(job, imap_command_expunge(), NULL);
    replay_step_end(job);
}

/* Without UIDPLUS an EXPUNGE takes everything that is marked: so only when what is marked is exactly ours, by this decision or by another
 * that is under way beside it. */
static void deleted_listed(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user)
{
    (void) text;
    Job *job = user;
    Replay *replay = job->data;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    g_autoptr(ImapUidSet) others = imap_uidset_copy(found);
    g_autoptr(ImapUidSet) ours = imap_uidset_copy(replay->uids);
    replay_add_marked(account, job->mailbox_id, ours);
    imap_uidset_remove_set(others, ours);
    if (result == IMAP_RESULT_OK && imap_uidset_is_empty(others)) {
        plain_expunge(job);
        return;
    }
    engine_tell_notice(account->engine, account->id,
                       _("The messages are marked as deleted, but not removed: other messages there are marked too, and this server would remove them all."));
    replay_succeeded(job);
}

static void expunge(Job *job)
{
    if (!keep_step(job, REPLAY_MARKED))
        return;
    if (engine_account_can(job->account, IMAP_CAP_UIDPLUS)) {
        send_expunge(job);
        return;
    }
    g_autoptr(ImapSearch) criteria = imap_search_new();
    imap_search_flag(criteria, MAIL_FLAG_DELETED, true);
    search_send(job->account, job->action, criteria, deleted_listed, job);
}

static void mark_deleted(Job *job)
{
    static const char *const deleted[] = { "\\Deleted", NULL };
    Replay *replay = job->data;
    replay_step_begin(job, mark_deleted, expunge);
    g_autoptr(GPtrArray) pieces = replay_pieces(replay->uids);
    for (guint i = 0; i < pieces->len; i++)
        replay_send(job, imap_command_uid_store(g_ptr_array_index(pieces, i), IMAP_STORE_ADD, deleted, true, 0),
                    g_ptr_array_index(pieces, i));
    replay_step_end(job);
}

/* Expunging from one of Gmail's mailboxes only takes that label off: the message stays in All Mail. What is to go has to go by way of its
 * Trash (F53), where it is gone after a month, or at once when it is deleted there too. */
static gboolean would_only_archive(Job *job)
{
    const Replay *replay = job->data;
    return engine_account_can(job->account, IMAP_CAP_GMAIL) && replay->source != NULL && replay->source->role != MAILBOX_ROLE_TRASH &&
           replay->source->role != MAILBOX_ROLE_JUNK;
}

static void expunge_by_trash(Job *job)
{
    Replay *replay = job->data;
    store_mailbox_free(replay->target); /* of what was carried */
    replay->target = store_reader_mailbox_by_role(job->account->engine->reader, job->account->id, MAILBOX_ROLE_TRASH);
    if (replay->target == NULL) {
        replay_failed(job, INTENT_FAILED,
                      _("Gmail deletes only what is in its trash, and the trash is not shown over IMAP: see “Show in IMAP” among its labels. The messages stay."));
        return;
    }
    replay->crooked = TRUE; /* the journal knows of no target: what is in the trash is learned by listing it */
    replay_move(job);
}

void replay_expunge(Job *job)
{
    Replay *replay = job->data;
    if (imap_uidset_is_empty(replay->uids))
        replay_succeeded(job);
    else if (would_only_archive(job))
        expunge_by_trash(job);
    else if (replay->intent->kind == INTENT_EXPUNGE)
        expunge(job);
    else
        mark_deleted(job);
}

/* --- copy --------------------------------------------------------------------------------------- */

static void send_copies(Job *job, void (*step)(Job *job), void (*next)(Job *job))
{
    Replay *replay = job->data;
    if (imap_uidset_is_empty(replay->uids)) {
        next(job);
        return;
    }
    replay_step_begin(job, step, next);
    g_autoptr(GPtrArray) pieces = replay_pieces(replay->uids);
    for (guint i = 0; i < pieces->len; i++)
        replay_send(job, imap_command_uid_copy(g_ptr_array_index(pieces, i), replay->target->wire_name), g_ptr_array_index(pieces, i));
    replay_step_end(job);
}

static void copy_now(Job *job)
{
    send_copies(job, copy_now, replay_succeeded);
}

static gboolean has_target(Job *job)
{
    Replay *replay = job->data;
    if (replay->target != NULL)
        return TRUE;
    replay_failed(job, INTENT_CONFLICT, _("The mailbox it should go to is not there any more. The messages stay where they were."));
    return FALSE;
}

void replay_copy(Job *job)
{
    Replay *replay = job->data;
    if (!has_target(job))
        return;
    if (replay->intent->tries > 0)
        verify_copy(job, copy_now);
    else
        copy_now(job);
}

/* --- move --------------------------------------------------------------------------------------- */

static void send_moves(Job *job)
{
    Replay *replay = job->data;
    if (imap_uidset_is_empty(replay->uids)) {
        replay_succeeded(job);
        return;
    }
    replay_step_begin(job, send_moves, replay_succeeded);
    g_autoptr(GPtrArray) pieces = replay_pieces(replay->uids);
    for (guint i = 0; i < pieces->len; i++)
        replay_send(job, imap_command_uid_move(g_ptr_array_index(pieces, i), replay->target->wire_name), g_ptr_array_index(pieces, i));
    replay_step_end(job);
}

static void copied(Job *job)
{
    Replay *replay = job->data;
    if (!keep_step(job, REPLAY_COPIED))
        return;
    /* All of them, not only those that were copied this time. */
    imap_uidset_free(replay->uids);
    replay->uids = imap_uidset_parse(replay->intent->uids, -1, NULL);
    mark_deleted(job);
}

static void copy_then_delete(Job *job)
{
    send_copies(job, copy_then_delete, copied);
}

static void still_there(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user)
{
    (void) account;
    (void) text;
    Job *job = user;
    Replay *replay = job->data;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    if (result == IMAP_RESULT_OK) {
        imap_uidset_free(replay->uids);
        replay->uids = imap_uidset_copy(found); /* what left the source has arrived: MOVE does not lose (RFC 6851 §3.3) */
    }
    send_moves(job);
}

void replay_move(Job *job)
{
    EngineAccount *account = job->account;
    Replay *replay = job->data;
    if (!has_target(job))
        return;
    link_action_add_rows(job->action, (guint) imap_uidset_count(replay->uids));
    if (!engine_account_can(account, IMAP_CAP_MOVE)) {
        if (replay->intent->cursor <= REPLAY_COPIED)
            mark_deleted(job);
        else if (replay->intent->tries > 0)
            verify_copy(job, copy_then_delete);
        else
            copy_then_delete(job);
    } else if (replay->intent->tries > 0) {
        g_autoptr(ImapSearch) criteria = imap_search_new();
        imap_search_uids(criteria, replay->uids);
        search_send(account, job->action, criteria, still_there, job);
    } else {
        send_moves(job);
    }
}
