/* Mailboxes made, renamed, deleted, subscribed. */
#include "config.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/catch_up.h"
#include "engine/refusal.h"
#include "engine/replay.h"
#include "engine/selected.h"
#include "proto/imap/mailbox.h"

/* Sent once already and answered by nobody: that it is so now is what was wanted. */
static gboolean already_so(const Replay *replay)
{
    if (replay->intent->tries == 0)
        return FALSE;
    switch (replay->intent->kind) {
    case INTENT_CREATE_MAILBOX:
        return replay->refusal_code == IMAP_CODE_ALREADYEXISTS;
    case INTENT_RENAME_MAILBOX:
    case INTENT_DELETE_MAILBOX:
        return replay->refusal_code == IMAP_CODE_NONEXISTENT;
    default:
        return FALSE;
    }
}

static void answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) account;
    Job *job = user;
    Replay *replay = job->data;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    replay->refusal_code = text->code;
    if (result == IMAP_RESULT_OK || already_so(replay)) {
        replay_succeeded(job);
        return;
    }
    g_autofree char *words = refusal_words(text);
    replay_failed(job, INTENT_FAILED, words);
}

static void send(Job *job, ImapCommand *command)
{
    link_send(job->account->link, job->action, command, answered, job);
}

static void create(Job *job, const char *wire_name)
{
    /* A new mailbox is one that is wanted in the list: subscribed, as other clients do. The two leave together. */
    link_hold(job->account->link);
    send(job, imap_command_create(wire_name, 0));
    link_send(job->account->link, job->action, imap_command_subscribe(wire_name), NULL, NULL);
    link_release(job->account->link);
}

/* The mailbox that is about to go must not stay selected (RFC 9051 §6.3.5 leaves open what happens then). */
static void leave(EngineAccount *account, gint64 mailbox_id)
{
    if (!selected_is(account, mailbox_id))
        return;
    if (account->looked_at == mailbox_id)
        account->looked_at = 0;
    if (engine_account_can(account, IMAP_CAP_UNSELECT))
        link_send(account->link, NULL, imap_command_unselect(), NULL, NULL);
    catch_up_stop(account);
    selected_clear(account);
}

void replay_mailbox(Job *job)
{
    Replay *replay = job->data;
    const Intent *intent = replay->intent;
    g_autofree char *wire_name = intent->name != NULL ? imap_mailbox_encode(intent->name, false) : NULL;
    gboolean named = intent->kind == INTENT_CREATE_MAILBOX || intent->kind == INTENT_RENAME_MAILBOX;
    if ((named && wire_name == NULL) || (intent->kind != INTENT_CREATE_MAILBOX && replay->source == NULL)) {
        replay_failed(job, INTENT_CONFLICT, _("This mailbox is not there any more, or its name cannot be written."));
        return;
    }
    if (intent->kind == INTENT_DELETE_MAILBOX || intent->kind == INTENT_RENAME_MAILBOX)
        leave(job->account, replay->source->id);
    switch (intent->kind) {
    case INTENT_CREATE_MAILBOX:
        create(job, wire_name);
        break;
    case INTENT_RENAME_MAILBOX:
        send(job, imap_command_rename(replay->source->wire_name, wire_name));
        break;
    case INTENT_DELETE_MAILBOX:
        send(job, imap_command_delete(replay->source->wire_name));
        break;
    case INTENT_SUBSCRIBE:
        send(job, imap_command_subscribe(replay->source->wire_name));
        break;
    default:
        send(job, imap_command_unsubscribe(replay->source->wire_name));
        break;
    }
}
