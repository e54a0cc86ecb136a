#include "config.h"

#include "engine/verify_copy.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/catch_up.h"
#include "engine/search_command.h"
#include "engine/selected.h"

/* More searches than this for one intent are not sent: the person is asked to look. */
#define VERIFY_MAX 500

/* The target is selected for the time of the searches, and the source again behind them, all in one write. What the server says
 * between the answer to the NOOP in front and the answer to the last SELECT is about the target, and is not heard. */
typedef struct {
    Job *job;
    void (*then)(Job *job);
    GArray *uids;          /* of guint32: source UIDs, in the order of the searches */
    guint answered;
    gboolean ambiguous, lost;
    guint64 modseq;        /* up to which the source is known: what its second SELECT says is later */
    ImapUidSet *arrived;   /* source UIDs whose copy was found */
} Verify;

static void leaving(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Verify *verify = user;
    if (result != IMAP_RESULT_OK || account->selected == NULL)
        return;
    verify->modseq = account->selected->highestmodseq;
    account->selected->opening = TRUE;
}

static void finish(Verify *verify);

static void back(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Verify *verify = user;
    Replay *replay = verify->job->data;
    gboolean renumbered = result == IMAP_RESULT_OK && account->selected != NULL && replay->intent->uidvalidity != 0 &&
                          account->selected->uidvalidity != replay->intent->uidvalidity;
    if (result == IMAP_RESULT_OK && account->selected != NULL && !renumbered) {
        account->selected->opening = FALSE;
        account->selected->mapped = FALSE;
        account->selected->highestmodseq = verify->modseq;
        catch_up_remap(account);
    } else {
        verify->lost = TRUE;
    }
    finish(verify);
    if (renumbered) /* the next link finds it out, and the intent with it */
        link_abandon(account->link, _("The server renumbered the open mailbox (UIDVALIDITY changed): it is opened anew."));
}

static void finish(Verify *verify)
{
    Job *job = verify->job;
    Replay *replay = job->data;
    gboolean ambiguous = verify->ambiguous, lost = verify->lost;
    void (*then)(Job *job) = verify->then;
    imap_uidset_remove_set(replay->uids, verify->arrived);
    imap_uidset_free(verify->arrived);
    g_array_unref(verify->uids);
    g_free(verify);
    if (lost)
        return;
    if (ambiguous)
        replay_failed(job, INTENT_UNKNOWN,
                      _("The link broke while messages were being copied, and it cannot be told whether they arrived. Look in the target mailbox, then retry or cancel."));
    else
        then(job);
}

static void searched(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user)
{
    (void) account;
    (void) text;
    Verify *verify = user;
    guint32 uid = g_array_index(verify->uids, guint32, verify->answered);
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        verify->lost = TRUE;
    else if (result != IMAP_RESULT_OK || imap_uidset_count(found) > 1)
        verify->ambiguous = TRUE;
    else if (imap_uidset_count(found) == 1)
        imap_uidset_add(verify->arrived, uid);
    verify->answered++;
}

static void search_one(Verify *verify, guint32 uid, const char *message_id)
{
    const Replay *replay = verify->job->data;
    g_array_append_val(verify->uids, uid);
    search_message_id(verify->job->account, verify->job->action, message_id, replay->intent->target_uidnext, searched, verify);
}

static void search_all(Verify *verify)
{
    EngineAccount *account = verify->job->account;
    Replay *replay = verify->job->data;
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    ImapUidIter iter = { 0 };
    for (guint32 uid; (uid = imap_uidset_next(replay->uids, &iter)) != 0;) {
        gint64 message_id = store_writer_message_by_uid(account->engine->writer, replay->source->id, uid);
        g_autoptr(StoreMessage) message = message_id != 0 ? store_reader_message(account->engine->reader, message_id) : NULL;
        if (message == NULL || message->summary->message_id == NULL || uids->len >= VERIFY_MAX) {
            verify->ambiguous = TRUE;
            continue;
        }
        g_array_append_val(uids, uid);
        g_ptr_array_add(ids, g_strdup(message->summary->message_id));
    }
    if (uids->len == 0 || verify->ambiguous) {
        verify->ambiguous = TRUE;
        finish(verify);
        return;
    }
    LinkAction *action = verify->job->action;
    link_hold(account->link);
    link_send(account->link, action, imap_command_noop(), leaving, verify);
    link_send(account->link, action, imap_command_examine(replay->target->wire_name, NULL), NULL, NULL);
    for (guint i = 0; i < uids->len; i++)
        search_one(verify, g_array_index(uids, guint32, i), g_ptr_array_index(ids, i));
    link_send(account->link, action, imap_command_select(replay->source->wire_name, NULL), back, verify);
    link_release(account->link);
}

void verify_copy(Job *job, void (*then)(Job *job))
{
    Verify *verify = g_new0(Verify, 1);
    verify->job = job;
    verify->then = then;
    verify->uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    verify->arrived = imap_uidset_new();
    search_all(verify);
}
