#include "config.h"

#include "engine/replay.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/carry.h"
#include "engine/locate.h"
#include "engine/mailbox_list.h"
#include "engine/refusal.h"
#include "engine/selected.h"
#include "engine/submission.h"

#define READY_AT_ONCE 64
GPtrArray *replay_pieces(const ImapUidSet *uids)
{
    return imap_uidset_split(uids, LINK_SET_OCTETS);
}

/* --- a store that cannot be written ------------------------------------------------------------- */

#define PUT_OFF_MS 30000

static gboolean try_again(gpointer data)
{
    EngineAccount *account = data;
    engine_clear_source(&account->replay_later);
    replay_ready(account);
    return G_SOURCE_REMOVE;
}

void replay_put_off(EngineAccount *account, gint64 intent_id, const char *words)
{
    engine_tell_notice(account->engine, account->id, words);
    engine_tell_intent(account->engine, intent_id, INTENT_PENDING, words);
    if (account->replay_later == NULL)
        account->replay_later = engine_timer(account->engine, PUT_OFF_MS, try_again, account);
}

/* --- the end of an intent ----------------------------------------------------------------------- */

static gboolean touches_mailboxes(const Intent *intent)
{
    return INTENT_KIND_IS_ABOUT_MAILBOX(intent->kind);
}

static void over(Job *job)
{
    EngineAccount *account = job->account;
    Replay *replay = job->data;
    if (touches_mailboxes(replay->intent))
        mailbox_list_refresh(account);
    else if (replay->target != NULL)
        engine_tell_mailbox(account->engine, account->id, replay->target->id);
    if (replay->source != NULL)
        engine_tell_mailbox(account->engine, account->id, replay->source->id);
    g_hash_table_remove(account->replaying, &replay->intent->id);
    gboolean concerns_others = touches_mailboxes(replay->intent) || replay->intent->carried;
    job_done(job);
    if (concerns_others)
        carry_wake(account->engine);
    else
        replay_ready(account);
    submission_queue_ready(account->submission); /* a letter may have waited to lie on the server */
}

/* A server with UIDPLUS names what it has moved or copied; what it does not name was gone before (RFC 4315 §3, RFC 6851 §4.4). */
static guint count_gone(Job *job)
{
    Replay *replay = job->data;
    gboolean names = replay->target != NULL && !replay->crooked && !replay->intent->carried && !touches_mailboxes(replay->intent) && replay->intent->tries == 0 &&
                     engine_account_can(job->account, IMAP_CAP_UIDPLUS);
    guint64 asked = imap_uidset_count(replay->uids), named = g_hash_table_size(replay->new_uids);
    return names && asked > named ? (guint) (asked - named) : 0;
}

static void say_gone(Job *job, guint gone)
{
    if (gone == 0)
        return;
    g_autofree char *words = g_strdup_printf(ngettext("%u message had been removed elsewhere before it could be moved or copied.",
                                                      "%u messages had been removed elsewhere before they could be moved or copied.", gone),
                                             gone);
    engine_tell_notice(job->account->engine, job->account->id, words);
}

void replay_succeeded(Job *job)
{
    EngineAccount *account = job->account;
    Replay *replay = job->data;
    guint gone = count_gone(job);
    g_autoptr(GArray) new_uids = g_array_new(FALSE, TRUE, sizeof(guint32));
    g_autoptr(ImapUidSet) all = replay->intent->uids != NULL ? imap_uidset_parse(replay->intent->uids, -1, NULL) : NULL;
    ImapUidIter iter = { 0 };
    for (guint32 uid; all != NULL && (gone > 0 || g_hash_table_size(replay->new_uids) > 0) && (uid = imap_uidset_next(all, &iter)) != 0;) {
        guint32 target = GPOINTER_TO_UINT(g_hash_table_lookup(replay->new_uids, GUINT_TO_POINTER(uid)));
        g_array_append_val(new_uids, target);
    }
    if (replay->appended_uid != 0)
        g_array_append_val(new_uids, replay->appended_uid);
    g_autoptr(GError) error = NULL;
    if (!store_writer_intent_done(account->engine->writer, replay->intent->id, replay->target_uidvalidity,
                                  new_uids->len > 0 ? (const guint32 *) (gpointer) new_uids->data : NULL, new_uids->len, &error)) {
        /* Done there, and not written down here: it is looked for when it can be. */
        store_writer_intent_state(account->engine->writer, replay->intent->id, INTENT_PENDING, NULL, NULL);
        replay_put_off(account, replay->intent->id, error->message);
    } else {
        engine_tell_intent(account->engine, replay->intent->id, INTENT_DONE, NULL);
        say_gone(job, gone);
    }
    over(job);
}

/* The engine's word for what became of it holds only once it is written down: else it waits, as it is, for a store that can be written. */
static gboolean keep_state(Job *job, IntentState state, const char *words)
{
    EngineAccount *account = job->account;
    gint64 id = ((Replay *) job->data)->intent->id;
    g_autoptr(GError) error = NULL;
    gboolean kept = store_writer_intent_state(account->engine->writer, id, state, words, &error);
    if (kept)
        engine_tell_intent(account->engine, id, state, words);
    else
        replay_put_off(account, id, error->message);
    return kept;
}

void replay_failed(Job *job, IntentState state, const char *words)
{
    keep_state(job, state, words);
    over(job);
}

void replay_postponed(Job *job, const char *words)
{
    EngineAccount *account = job->account;
    keep_state(job, INTENT_PENDING, words);
    job_done(job); /* it stays in `replaying`, so that this link does not begin it again */
    replay_ready(account);
}

void replay_set_aside(Job *job)
{
    gint64 id = ((Replay *) job->data)->intent->id;
    store_writer_intent_state(job->account->engine->writer, id, INTENT_PENDING, NULL, NULL);
    job_done(job); /* it stays in `replaying` */
}

void replay_go_on(EngineAccount *account, gint64 intent_id)
{
    g_hash_table_remove(account->replaying, &intent_id);
    replay_ready(account);
}

void replay_give_up(EngineAccount *account, gint64 intent_id, const char *words)
{
    /* A letter that was to be submitted from there goes, or fails, in its own way. */
    IntentState state = store_writer_is_staging(account->engine->writer, intent_id) ? INTENT_UNDONE : INTENT_FAILED;
    store_writer_intent_state(account->engine->writer, intent_id, state, words, NULL);
    engine_tell_intent(account->engine, intent_id, state, words);
    g_hash_table_remove(account->replaying, &intent_id);
    submission_queue_ready(account->submission);
}

void replay_unwritten(Job *job, const char *words)
{
    replay_put_off(job->account, ((Replay *) job->data)->intent->id, words);
    over(job);
}

/* --- steps -------------------------------------------------------------------------------------- */

void replay_step_begin(Job *job, void (*step)(Job *job), void (*next)(Job *job))
{
    Replay *replay = job->data;
    replay->step = step;
    replay->next = next;
    imap_uidset_clear(replay->refused);
    replay->answers = 1; /* held until the step is sent whole */
    link_hold(job->account->link);
}

static void answered(Job *job)
{
    Replay *replay = job->data;
    if (--replay->answers > 0 || replay->link_lost)
        return;
    if (replay->refusal != NULL)
        replay_look_again(job);
    else
        replay->next(job);
}

void replay_step_end(Job *job)
{
    link_release(job->account->link);
    answered(job);
}

static gboolean take_pair(Replay *replay, ImapUidSet *targets, guint32 source, guint32 target)
{
    gpointer key = GUINT_TO_POINTER(source), known = g_hash_table_lookup(replay->new_uids, key);
    if (!imap_uidset_contains(replay->uids, source) || imap_uidset_contains(targets, target) ||
        (known != NULL && GPOINTER_TO_UINT(known) != target))
        return FALSE;
    imap_uidset_add(targets, target);
    g_hash_table_insert(replay->new_uids, key, GUINT_TO_POINTER(target));
    return TRUE;
}

/* FALSE for one that names what nobody asked for, a message twice, or a UID that was taken before (RFC 4315 §3): a row would get
 * another message's UID by it. */
static gboolean take_pairs(Replay *replay, const ImapCopyUid *copyuid)
{
    const StoreMailbox *target = replay->target;
    guint32 first_free = target != NULL && target->uidvalidity == copyuid->uidvalidity ? target->uidnext : 0;
    guint64 named = 0, asked = imap_uidset_count(replay->uids);
    g_autoptr(ImapUidSet) targets = imap_uidset_new();
    for (gsize i = 0; i < copyuid->n; i++) {
        ImapUidRange from = copyuid->pairs_source[i], to = copyuid->pairs_target[i];
        named += (guint64) from.last - from.first + 1;
        if (target == NULL || named > asked || to.first < first_free)
            return FALSE;
        for (guint32 k = 0; k <= from.last - from.first; k++)
            if (!take_pair(replay, targets, from.first + k, to.first + k))
                return FALSE;
    }
    return TRUE;
}

static void take_copyuid(Replay *replay, const ImapText *text)
{
    const ImapCopyUid *copyuid = text->copyuid;
    if (copyuid == NULL && !(text->code == IMAP_CODE_UNKNOWN && imap_string_is(text->code_name, "COPYUID")))
        return;
    if (copyuid != NULL && !replay->crooked && take_pairs(replay, copyuid)) {
        replay->target_uidvalidity = copyuid->uidvalidity;
        return;
    }
    replay->crooked = TRUE;
    replay->target_uidvalidity = 0;
    g_hash_table_remove_all(replay->new_uids);
}

typedef struct {
    Job *job;
    ImapUidSet *uids; /* NULL: it names none */
} Sent;

static void keep_refusal(Replay *replay, const Sent *sent, const ImapText *text)
{
    if (sent->uids != NULL)
        imap_uidset_add_set(replay->refused, sent->uids);
    if (replay->refusal != NULL)
        return;
    replay->refusal = refusal_words(text);
    replay->refusal_code = text->code;
}

static void command_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    Sent *sent = user;
    Job *job = sent->job;
    Replay *replay = job->data;
    g_queue_remove(account->replay_commands, job);
    if (result == IMAP_RESULT_OK)
        take_copyuid(replay, text);
    else if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        replay->link_lost = TRUE;
    else
        keep_refusal(replay, sent, text);
    imap_uidset_free(sent->uids);
    g_free(sent);
    answered(job);
}

void replay_send(Job *job, ImapCommand *command, const ImapUidSet *uids)
{
    Replay *replay = job->data;
    replay->answers++;
    /* One entry for each command: the head is the one whose answer comes next. */
    g_queue_push_tail(job->account->replay_commands, job);
    Sent *sent = g_new(Sent, 1);
    *sent = (Sent){ job, uids != NULL ? imap_uidset_copy(uids) : NULL };
    link_send(job->account->link, job->action, command, command_answered, sent);
}

/* MOVE tells its COPYUID in an untagged OK (RFC 6851 §4.3), which belongs to the oldest command in flight. */
void replay_hear_text(EngineAccount *account, const ImapText *text)
{
    Job *job = g_queue_peek_head(account->replay_commands);
    if (job != NULL)
        take_copyuid(job->data, text);
}

/* --- jobs --------------------------------------------------------------------------------------- */

static void begin(Job *job);

/* What the target is like now has been heard, or the server does not say. */
static void target_counted(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Job *job = user;
    Replay *replay = job->data;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    StoreMailbox *now = store_reader_mailbox(account->engine->reader, replay->target->id);
    if (now != NULL) {
        store_mailbox_free(replay->target);
        replay->target = now;
    }
    begin(job);
}

/* From which UID on to look, should this be cut, has to be known before anything is sent that goes there. */
static gboolean count_target(Job *job)
{
    Replay *replay = job->data;
    if (touches_mailboxes(replay->intent) || replay->intent->carried || replay->target == NULL || replay->target->uidnext != 0 || replay->target_asked)
        return FALSE;
    replay->target_asked = TRUE;
    link_send(job->account->link, job->action,
              imap_command_status(replay->target->wire_name, IMAP_STATUS_ITEM_MESSAGES | IMAP_STATUS_ITEM_UNSEEN |
                                                                 IMAP_STATUS_ITEM_UIDNEXT | IMAP_STATUS_ITEM_UIDVALIDITY),
              target_counted, job);
    return TRUE;
}

/* As they are now: the list may have told other names since the job was added. */
static void read_mailboxes(EngineAccount *account, Replay *replay)
{
    const Intent *intent = replay->intent;
    store_mailbox_free(replay->source);
    store_mailbox_free(replay->target);
    replay->source = intent->mailbox_id != 0 ? store_reader_mailbox(account->engine->reader, intent->mailbox_id) : NULL;
    replay->target = intent->target_mailbox_id != 0 ? store_reader_mailbox(account->engine->reader, intent->target_mailbox_id) : NULL;
}

/* What its SELECT brought, or the person, may have ended or changed the decision while its job waited. FALSE: there is nothing to do. */
static gboolean read_intent(Job *job)
{
    Replay *replay = job->data;
    Intent *now = store_writer_intent(job->account->engine->writer, replay->intent->id);
    if (now == NULL || now->state != INTENT_PENDING) {
        intent_free(now);
        return FALSE;
    }
    intent_free(replay->intent);
    replay->intent = now;
    ImapUidSet *uids = now->uids != NULL ? imap_uidset_parse(now->uids, -1, NULL) : NULL;
    imap_uidset_free(replay->uids);
    replay->uids = uids != NULL ? uids : imap_uidset_new();
    return TRUE;
}

static void carry_out(Job *job)
{
    const Replay *replay = job->data;
    switch (replay->intent->kind) {
    case INTENT_FLAGS:
        replay_flags(job);
        break;
    case INTENT_MOVE:
        if (replay->intent->carried)
            replay_expunge(job);
        else
            replay_move(job);
        break;
    case INTENT_DELETE:
        if (replay->target != NULL)
            replay_move(job);
        else
            replay_expunge(job);
        break;
    case INTENT_COPY:
        replay_copy(job);
        break;
    case INTENT_EXPUNGE:
        replay_expunge(job);
        break;
    case INTENT_APPEND:
        replay_append(job);
        break;
    default:
        replay_mailbox(job);
        break;
    }
}

static void begin(Job *job)
{
    EngineAccount *account = job->account;
    Replay *replay = job->data;
    g_autoptr(GError) error = NULL;
    if (!read_intent(job)) {
        over(job);
        return;
    }
    read_mailboxes(account, replay);
    if (count_target(job))
        return;
    if (replay->source != NULL && replay->intent->uidvalidity != 0 && account->selected != NULL && job->mailbox_id != 0 &&
        account->selected->uidvalidity != replay->intent->uidvalidity) {
        replay_failed(job, INTENT_CONFLICT, _("The server renumbered this mailbox (UIDVALIDITY changed), so the messages can no longer be named for sure."));
        return;
    }
    /* Durable before the first byte that cannot be taken back. */
    if (!store_writer_intent_sending(account->engine->writer, replay->intent->id, replay->target != NULL ? replay->target->uidvalidity : 0,
                                     replay->target != NULL ? replay->target->uidnext : 0, &error)) {
        replay_put_off(account, replay->intent->id, error->message);
        over(job);
        return;
    }
    engine_tell_intent(account->engine, replay->intent->id, INTENT_SENDING, NULL);
    replay_look_ahead(job, carry_out);
}

static gboolean interrupted(Job *job)
{
    Replay *replay = job->data;
    store_writer_intent_state(job->account->engine->writer, replay->intent->id, INTENT_PENDING, NULL, NULL);
    return FALSE; /* the next link finds it in the journal again */
}

static void unselectable(Job *job, const char *words)
{
    Replay *replay = job->data;
    EngineAccount *account = job->account;
    store_writer_intent_state(account->engine->writer, replay->intent->id, INTENT_CONFLICT, words, NULL);
    engine_tell_intent(account->engine, replay->intent->id, INTENT_CONFLICT, words);
    g_hash_table_remove(account->replaying, &replay->intent->id);
}

static void free_replay(Job *job)
{
    Replay *replay = job->data;
    intent_free(replay->intent);
    imap_uidset_free(replay->uids);
    imap_uidset_free(replay->refused);
    g_hash_table_unref(replay->new_uids);
    store_mailbox_free(replay->source);
    store_mailbox_free(replay->target);
    g_free(replay->refusal);
    g_free(replay);
}

#define REPLAY_CLASS(NAME, ...) { .action = NAME, ##__VA_ARGS__, .start = begin, .interrupted = interrupted, .unselectable = unselectable, .free = free_replay }

static const JobClass classes[] = {
    [INTENT_FLAGS] = REPLAY_CLASS("flags"),
    [INTENT_MOVE] = REPLAY_CLASS("move"),
    [INTENT_COPY] = REPLAY_CLASS("copy"),
    [INTENT_DELETE] = REPLAY_CLASS("delete"),
    [INTENT_EXPUNGE] = REPLAY_CLASS("expunge"),
    [INTENT_APPEND] = REPLAY_CLASS("store"),
    [INTENT_CREATE_MAILBOX] = REPLAY_CLASS("create mailbox"),
    [INTENT_RENAME_MAILBOX] = REPLAY_CLASS("rename mailbox", .settled = TRUE),
    [INTENT_DELETE_MAILBOX] = REPLAY_CLASS("delete mailbox", .settled = TRUE),
    [INTENT_SUBSCRIBE] = REPLAY_CLASS("subscribe"),
    [INTENT_UNSUBSCRIBE] = REPLAY_CLASS("unsubscribe"),
    /* INTENT_SEND is not replayed on this link: submission.c */
};

/* APPEND works in any state; only looking for one that may have arrived needs its mailbox. */
static gint64 needed_mailbox(const Intent *intent)
{
    if (intent->kind == INTENT_APPEND)
        return intent->tries > 0 ? intent->target_mailbox_id : 0;
    return touches_mailboxes(intent) ? 0 : intent->mailbox_id;
}

static void add_replay(EngineAccount *account, const Intent *intent)
{
    Replay *replay = g_new0(Replay, 1);
    replay->intent = intent_copy(intent);
    replay->new_uids = g_hash_table_new(NULL, NULL);
    replay->uids = intent->uids != NULL ? imap_uidset_parse(intent->uids, -1, NULL) : NULL;
    if (replay->uids == NULL)
        replay->uids = imap_uidset_new();
    replay->refused = imap_uidset_new();
    read_mailboxes(account, replay);
    gint64 *key = g_new(gint64, 1);
    *key = intent->id;
    g_hash_table_add(account->replaying, key);
    replay->job = job_add(account, &classes[intent->kind], JOB_INTENT, needed_mailbox(intent), replay);
}

void replay_carried(EngineAccount *account, gint64 intent_id)
{
    g_autoptr(Intent) intent = store_writer_intent(account->engine->writer, intent_id);
    if (intent == NULL || intent->state != INTENT_PENDING || g_hash_table_contains(account->replaying, &intent_id))
        return;
    add_replay(account, intent);
    jobs_run(account);
}

void replay_ready(EngineAccount *account)
{
    if (account->replay_later != NULL)
        return;
    if (account->local == NULL && (!engine_account_is_ready(account) || !account->listed))
        return; /* mailboxes may have other names by now: the list, which is on its way, tells */
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(account->engine->writer, account->id, READY_AT_ONCE);
    for (guint i = 0; i < ready->len; i++) {
        const Intent *intent = g_ptr_array_index(ready, i);
        if (g_hash_table_contains(account->replaying, &intent->id))
            continue;
        if (intent->carried)
            carry_begin(account, intent);
        else if (account->local == NULL)
            add_replay(account, intent);
    }
    if (account->local != NULL)
        return;
    locate_unnamed(account);
    jobs_run(account);
}

void replay_forget(EngineAccount *account, gint64 mailbox_id)
{
    for (guint i = 0; i < G_N_ELEMENTS(classes); i++) {
        Job *job;
        for (guint n = 0; (job = job_nth(account, &classes[i], n)) != NULL; n++)
            if (!job->running && job->mailbox_id == mailbox_id)
                g_hash_table_remove(account->replaying, &((Replay *) job->data)->intent->id);
        jobs_drop_waiting(account, &classes[i], mailbox_id);
    }
}

void replay_add_marked(EngineAccount *account, gint64 mailbox_id, ImapUidSet *marked)
{
    for (guint i = 0; i < G_N_ELEMENTS(classes); i++) {
        Job *job;
        for (guint n = 0; (job = job_nth(account, &classes[i], n)) != NULL; n++) {
            const Replay *replay = job->data;
            if (job->running && job->mailbox_id == mailbox_id && replay->intent->cursor == REPLAY_MARKED)
                imap_uidset_add_set(marked, replay->uids);
        }
    }
}

void replay_link_ended(EngineAccount *account)
{
    for (guint i = 0; i < G_N_ELEMENTS(classes); i++)
        jobs_drop_waiting(account, &classes[i], 0);
    locate_stop(account);
    g_hash_table_remove_all(account->replaying);
    g_queue_clear(account->replay_commands);
}
