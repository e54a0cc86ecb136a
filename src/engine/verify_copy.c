#include "config.h"

#include "engine/verify_copy.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/look.h"

/* More searches than this for one intent are not sent: the person is asked to look. */
#define VERIFY_MAX 500

typedef struct {
    void (*then)(Job *job);
    GArray *uids; /* of guint32: source UIDs, in the order of the searches */
} Verify;

static void verify_free(Verify *verify)
{
    g_array_unref(verify->uids);
    g_free(verify);
}

static void cannot_tell(Job *job)
{
    replay_failed(job, INTENT_UNKNOWN,
                  _("The link broke while messages were being copied, and it cannot be told whether they arrived. Look in the target mailbox, then retry or cancel."));
}

static void looked(Job *job, const GArray *found, gpointer user)
{
    Verify *verify = user;
    Replay *replay = job->data;
    void (*then)(Job *job) = verify->then;
    gboolean ambiguous = FALSE;
    for (guint i = 0; found != NULL && i < found->len; i++) {
        const LookFound *one = &g_array_index(found, LookFound, i);
        ambiguous |= one->refused || one->count > 1;
        if (one->count == 1)
            imap_uidset_remove(replay->uids, g_array_index(verify->uids, guint32, i));
    }
    verify_free(verify);
    if (found == NULL)
        return;
    if (ambiguous)
        cannot_tell(job);
    else
        then(job);
}

void verify_copy(Job *job, void (*then)(Job *job))
{
    EngineAccount *account = job->account;
    Replay *replay = job->data;
    Verify *verify = g_new(Verify, 1);
    *verify = (Verify){ then, g_array_new(FALSE, FALSE, sizeof(guint32)) };
    GArray *wanted = look_list_new();
    gboolean ambiguous = FALSE;
    ImapUidIter iter = { 0 };
    for (guint32 uid; (uid = imap_uidset_next(replay->uids, &iter)) != 0;) {
        gint64 message_id = store_writer_message_by_uid(account->engine->writer, replay->source->id, uid);
        g_autoptr(StoreMessage) message = message_id != 0 ? store_reader_message(account->engine->reader, message_id) : NULL;
        ambiguous |= message == NULL || message->summary->message_id == NULL || wanted->len >= VERIFY_MAX;
        if (ambiguous)
            break;
        g_array_append_val(verify->uids, uid);
        look_list_add(wanted, message->summary->message_id, 0);
    }
    if (ambiguous || wanted->len == 0) {
        g_array_unref(wanted);
        verify_free(verify);
        cannot_tell(job);
        return;
    }
    look_into(job, replay->target, replay->intent->target_uidnext, replay->source, replay->intent->uidvalidity, wanted, looked, verify);
}
