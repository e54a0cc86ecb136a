/* Messages that are gone. A refusal may only mean that one of them is: some servers (GNU imap4d) refuse a command whole for it, where
 * RFC 9051 §6.4.9 has them pass over it. What was refused is looked for, and done again without what is not there.
 *
 * The same server does worse with a UID beyond the last one: it takes the last message in its place. There nothing is named that may be
 * beyond it before it was looked for.
 */
#include "config.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/look.h"
#include "engine/replay.h"
#include "engine/search_command.h"
#include "engine/selected.h"

typedef struct {
    Job *job;
    ImapUidSet *present;
    guint answers;
    gboolean ahead;    /* before anything was sent */
    gboolean reopened; /* and the mailbox was opened anew for it */
    gboolean lost, refused;
} Look;

static void fail(Job *job)
{
    Replay *replay = job->data;
    g_autofree char *words = g_steal_pointer(&replay->refusal);
    replay_failed(job, INTENT_FAILED, words);
}

/* MOVE may have taken some of them before it was refused: who is not in the source has arrived, or will not be in the target's next
 * list of UIDs. So it is once all were copied, and before a cut perhaps expunged. All other commands leave them where they are. */
static gboolean absent_are_gone(const Job *job)
{
    const Replay *replay = job->data;
    gboolean moves = replay->intent->kind == INTENT_MOVE || (replay->intent->kind == INTENT_DELETE && replay->target != NULL);
    if (replay->intent->carried)
        return FALSE;
    return !moves || (!engine_account_can(job->account, IMAP_CAP_MOVE) && replay->intent->cursor > REPLAY_COPIED);
}

static gboolean gone_is_wanted(const Replay *replay)
{
    return replay->intent->kind == INTENT_EXPUNGE || replay->intent->carried || (replay->intent->kind == INTENT_DELETE && replay->target == NULL);
}

static gboolean forget_gone(Job *job, const ImapUidSet *gone, GError **error)
{
    Replay *replay = job->data;
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    ImapUidIter iter = { 0 };
    for (guint32 uid; (uid = imap_uidset_next(gone, &iter)) != 0;)
        g_array_append_val(uids, uid);
    g_autoptr(ImapUidSet) all = imap_uidset_parse(replay->intent->uids, -1, NULL);
    imap_uidset_remove_set(all, gone);
    g_free(replay->intent->uids);
    replay->intent->uids = imap_uidset_to_string(all);
    return store_writer_intent_gone(job->account->engine->writer, replay->intent->id, (const guint32 *) (gpointer) uids->data, uids->len,
                                    error);
}

static void say_gone(Job *job, guint64 count)
{
    g_autofree char *words = g_strdup_printf(ngettext("%u message had been removed elsewhere before this was done.",
                                                      "%u messages had been removed elsewhere before this was done.", (gulong) count),
                                             (guint) count);
    engine_tell_notice(job->account->engine, job->account->id, words);
}

static void go_on_without(Job *job, const ImapUidSet *present, const ImapUidSet *gone)
{
    Replay *replay = job->data;
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&replay->refusal, g_free);
    gboolean forgotten = absent_are_gone(job);
    if (forgotten && !forget_gone(job, gone, &error)) {
        replay_failed(job, INTENT_FAILED, error->message);
        return;
    }
    if (*replay->intent->uids == '\0' && gone_is_wanted(replay)) {
        replay_succeeded(job);
        return;
    }
    if (*replay->intent->uids == '\0') {
        replay_failed(job, INTENT_CONFLICT, _("The messages were removed elsewhere before this was done."));
        return;
    }
    if (forgotten && !gone_is_wanted(replay))
        say_gone(job, imap_uidset_count(gone));
    imap_uidset_free(replay->uids);
    replay->uids = imap_uidset_copy(present);
    if (imap_uidset_is_empty(present))
        replay->next(job);
    else
        replay->step(job);
}

static void look_for(Job *job, gboolean ahead, gboolean reopened);

static void opened_anew(Job *job, const GArray *found, gpointer user)
{
    (void) user;
    if (found != NULL)
        look_for(job, TRUE, TRUE);
}

/* What a session of imap4d says of a mailbox that another one has just changed is not to be trusted: nothing is taken for gone before
 * the mailbox was opened anew. */
static void open_anew(Job *job)
{
    const Replay *replay = job->data;
    look_into(job, replay->source, 0, replay->source, replay->intent->uidvalidity, look_list_new(), opened_anew, NULL);
}

static void looked(Look *look)
{
    Job *job = look->job;
    Replay *replay = job->data;
    if (!look->lost) {
        g_autoptr(ImapUidSet) present = imap_uidset_intersect(look->present, replay->refused);
        g_autoptr(ImapUidSet) gone = imap_uidset_copy(replay->refused);
        imap_uidset_remove_set(gone, present);
        if (look->ahead && !look->reopened && !imap_uidset_is_empty(gone))
            open_anew(job);
        else if (!look->refused && !imap_uidset_is_empty(gone))
            go_on_without(job, present, gone);
        else if (look->ahead)
            replay->step(job);
        else
            fail(job);
    }
    imap_uidset_free(look->present);
    g_free(look);
}

static void found_some(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user)
{
    (void) account;
    (void) text;
    Look *look = user;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        look->lost = TRUE;
    else if (result != IMAP_RESULT_OK)
        look->refused = TRUE;
    else
        imap_uidset_add_set(look->present, found);
    if (--look->answers == 0)
        looked(look);
}

static void send_search(Look *look, const ImapUidSet *uids)
{
    g_autoptr(ImapSearch) criteria = imap_search_new();
    if (uids != NULL)
        imap_search_uids(criteria, uids);
    look->answers++;
    search_send(look->job->account, look->job->action, criteria, found_some, look);
}

/* Which of replay->refused are there? With UIDPLUS a server knows what UIDs are for; imap4d takes those of a search for sequence numbers,
 * so there it is asked for all. */
static void look_for(Job *job, gboolean ahead, gboolean reopened)
{
    Replay *replay = job->data;
    Look *look = g_new0(Look, 1);
    *look = (Look){ .job = job, .ahead = ahead, .reopened = reopened, .present = imap_uidset_new(), .answers = 1 };
    link_hold(job->account->link);
    if (engine_account_can(job->account, IMAP_CAP_UIDPLUS)) {
        g_autoptr(GPtrArray) pieces = replay_pieces(replay->refused);
        for (guint i = 0; i < pieces->len; i++)
            send_search(look, g_ptr_array_index(pieces, i));
    } else {
        send_search(look, NULL);
    }
    link_release(job->account->link);
    if (--look->answers == 0)
        looked(look);
}

void replay_look_again(Job *job)
{
    Replay *replay = job->data;
    if (imap_uidset_is_empty(replay->refused))
        fail(job);
    else
        look_for(job, FALSE, FALSE);
}

static gboolean may_be_beyond_the_last(const Job *job)
{
    const Replay *replay = job->data;
    const Selected *selected = job->account->selected;
    if (imap_uidset_is_empty(replay->uids) || engine_account_can(job->account, IMAP_CAP_UIDPLUS))
        return FALSE;
    return selected == NULL || !selected->mapped || imap_uidset_max(replay->uids) > selected_last_uid(selected);
}

void replay_look_ahead(Job *job, void (*step)(Job *job))
{
    Replay *replay = job->data;
    if (!may_be_beyond_the_last(job)) {
        step(job);
        return;
    }
    replay->step = step;
    replay->next = replay_succeeded;
    imap_uidset_clear(replay->refused);
    imap_uidset_add_set(replay->refused, replay->uids);
    look_for(job, TRUE, FALSE);
}
