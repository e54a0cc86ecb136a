/* Mailboxes made, renamed, deleted, subscribed. */
#include "config.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/catch_up.h"
#include "engine/namespaces.h"
#include "engine/refusal.h"
#include "engine/replay.h"
#include "engine/selected.h"
#include "proto/imap/mailbox.h"

static char *new_wire_name(Job *job)
{
    const Intent *intent = ((Replay *) job->data)->intent;
    g_autofree char *full = intent->name != NULL ? own_full_name(job->account, intent->name) : NULL;
    return full != NULL ? imap_mailbox_encode(full, false) : NULL;
}

/* What it was given as a name is how the server spells it from now on. */
static void came_about(Job *job)
{
    const Intent *intent = ((Replay *) job->data)->intent;
    gint64 mailbox_id = intent->kind == INTENT_CREATE_MAILBOX ? intent->target_mailbox_id : intent->mailbox_id;
    g_autofree char *wire_name = new_wire_name(job);
    g_autoptr(GError) error = NULL;
    if (wire_name != NULL && !store_writer_spell_mailbox(job->account->engine->writer, mailbox_id, wire_name, &error))
        engine_tell_notice(job->account->engine, job->account->id, error->message);
    replay_succeeded(job);
}

static void answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) account;
    Job *job = user;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    if (result == IMAP_RESULT_OK) {
        came_about(job);
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
static void leave(EngineAccount *account, const StoreMailbox *mailbox)
{
    if (!selected_is(account, mailbox->id))
        return;
    if (account->looked_at == mailbox->id)
        account->looked_at = 0;
    if (engine_account_can(account, IMAP_CAP_UNSELECT)) {
        link_send(account->link, NULL, imap_command_unselect(), NULL, NULL);
    } else {
        /* Courier will not rename what is selected. CLOSE expunges, but not what was opened by EXAMINE (RFC 3501 §6.4.2),
         * and an EXAMINE that fails leaves nothing selected (§6.3.1). */
        link_send(account->link, NULL, imap_command_examine(mailbox->wire_name, NULL), NULL, NULL);
        link_send(account->link, NULL, imap_command_close(), NULL, NULL);
    }
    catch_up_stop(account);
    selected_clear(account);
}

/* --- sent once already, and answered by nobody ------------------------------------------------- */

typedef struct {
    Job *job;
    gboolean old_there, new_there;
} There;

static void do_now(Job *job);

static gboolean is_done(const There *there, IntentKind kind)
{
    switch (kind) {
    case INTENT_RENAME_MAILBOX:
        return there->new_there && !there->old_there;
    case INTENT_DELETE_MAILBOX:
        return !there->old_there;
    default:
        return there->new_there;
    }
}

static void done_before(Job *job, const char *new_name)
{
    const Replay *replay = job->data;
    if (replay->intent->kind == INTENT_CREATE_MAILBOX)
        link_send(job->account->link, job->action, imap_command_subscribe(new_name), NULL, NULL);
    came_about(job);
}

static void old_told(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) account;
    (void) text;
    ((There *) user)->old_there = result == IMAP_RESULT_OK;
}

static void new_told(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) account;
    (void) text;
    There *there = user;
    Job *job = there->job;
    const Replay *replay = job->data;
    there->new_there = result == IMAP_RESULT_OK;
    gboolean done = is_done(there, replay->intent->kind);
    g_free(there);
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    g_autofree char *name = new_wire_name(job);
    if (done)
        done_before(job, name);
    else
        do_now(job);
}

/* Which of the two names is there: codes that would tell with a refusal are not sent by all servers. */
static void look_first(Job *job, const char *new_name)
{
    const Replay *replay = job->data;
    There *there = g_new0(There, 1);
    there->job = job;
    link_hold(job->account->link);
    const char *old_name = replay->source != NULL ? replay->source->wire_name : new_name;
    link_send(job->account->link, job->action, imap_command_status(old_name, IMAP_STATUS_ITEM_MESSAGES), old_told, there);
    link_send(job->account->link, job->action, imap_command_status(new_name != NULL ? new_name : old_name, IMAP_STATUS_ITEM_MESSAGES),
              new_told, there);
    link_release(job->account->link);
}

/* It came about before a cut, and the list of mailboxes has told it already (mailbox_list.c knows a renamed mailbox again). */
static gboolean has_that_name(const Replay *replay, const char *name)
{
    return replay->intent->kind == INTENT_RENAME_MAILBOX && replay->source != NULL && g_strcmp0(replay->source->wire_name, name) == 0;
}

void replay_mailbox(Job *job)
{
    const Replay *replay = job->data;
    IntentKind kind = replay->intent->kind;
    g_autofree char *name = new_wire_name(job);
    gboolean repeatable = kind == INTENT_SUBSCRIBE || kind == INTENT_UNSUBSCRIBE;
    if (has_that_name(replay, name))
        came_about(job);
    else if (replay->intent->tries > 0 && !repeatable && (replay->source != NULL || name != NULL))
        look_first(job, name);
    else
        do_now(job);
}

/* --- sending ------------------------------------------------------------------------------------ */

static void do_now(Job *job)
{
    Replay *replay = job->data;
    const Intent *intent = replay->intent;
    g_autofree char *wire_name = new_wire_name(job);
    gboolean named = intent->kind == INTENT_CREATE_MAILBOX || intent->kind == INTENT_RENAME_MAILBOX;
    if ((named && wire_name == NULL) || (intent->kind != INTENT_CREATE_MAILBOX && replay->source == NULL)) {
        replay_failed(job, INTENT_CONFLICT, _("This mailbox is not there any more, or its name cannot be written."));
        return;
    }
    if (intent->kind == INTENT_DELETE_MAILBOX || intent->kind == INTENT_RENAME_MAILBOX)
        leave(job->account, replay->source);
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
