/* What the other thread may ask for, as posted work. Each request is a copy of its arguments; nothing is shared. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/bodies.h"
#include "engine/filter_arrivals.h"
#include "engine/housekeeping.h"
#include "engine/keep_rules.h"
#include "engine/local_account.h"
#include "engine/mirror.h"
#include "engine/replay.h"
#include "engine/selected.h"
#include "engine/sent_copy.h"
#include "engine/submission.h"
#include "engine/transfers.h"
#include "engine/unsubscribe.h"
#include "engine/views.h"

typedef struct {
    gint64 id, other_id;
    guint64 token;
    gint64 *ids;
    guint count;
    char *text, *text2;
    char **texts;
    GPtrArray *intents;
    gboolean flag;
    int order;
} Request;

static void request_free(gpointer data)
{
    Request *request = data;
    g_free(request->ids);
    g_free(request->text);
    g_free(request->text2);
    g_strfreev(request->texts);
    g_clear_pointer(&request->intents, g_ptr_array_unref);
    g_free(request);
}

static void post(Engine *engine, int priority, EngineWork work, const Request *request)
{
    engine_post(engine, priority, work, g_memdup2(request, sizeof *request), request_free);
}

static EngineAccount *account_of_message(Engine *engine, gint64 message_id)
{
    g_autoptr(StoreMessage) message = store_reader_message(engine->reader, message_id);
    gint64 mailbox_id = 0;
    guint32 uid;
    if (message == NULL)
        return NULL;
    if (!store_writer_locate(engine->writer, message_id, &mailbox_id, &uid))
        mailbox_id = message->row->mailbox_id;
    return engine_account_of_mailbox(engine, mailbox_id);
}

/* --- decisions ---------------------------------------------------------------------------------- */

/* What "delete" means here: the account's Trash, when deleting goes there and the messages are not in it already. */
static void resolve_delete(Engine *engine, Intent *intent)
{
    if (intent->kind != INTENT_DELETE || intent->target_mailbox_id != 0 || intent->message_ids->len == 0)
        return;
    EngineAccount *account = account_of_message(engine, g_array_index(intent->message_ids, gint64, 0));
    if (account == NULL)
        return;
    if (g_strcmp0(account->config->delete_mode, "expunge") == 0) {
        intent->target_mailbox_id = -1; /* for good */
        return;
    }
    g_autoptr(StoreMailbox) trash = store_reader_mailbox_by_role(engine->reader, account->id, MAILBOX_ROLE_TRASH);
    if (trash != NULL)
        intent->target_mailbox_id = trash->id;
}

static void tell_committed(Engine *engine, guint64 submit_id, const GArray *ids, const GError *error)
{
    Change *change = change_new(CHANGE_COMMITTED);
    change->submit_id = submit_id;
    change->intent_id = ids != NULL && ids->len > 0 ? g_array_index(ids, gint64, 0) : 0;
    change->error = error != NULL ? g_strdup(error->message) : NULL;
    engine_tell(engine, change);
}

/* The mailboxes that an intent shows itself in. */
static void tell_effects(Engine *engine, const GArray *ids)
{
    for (guint i = 0; ids != NULL && i < ids->len; i++) {
        g_autoptr(Intent) intent = store_writer_intent(engine->writer, g_array_index(ids, gint64, i));
        if (intent == NULL)
            continue;
        engine_tell_intent(engine, intent->id, intent->state, NULL);
        if (intent->mailbox_id != 0)
            engine_tell_mailbox(engine, intent->account_id, intent->mailbox_id);
        if (intent->target_mailbox_id > 0)
            engine_tell_mailbox(engine, intent->account_id, intent->target_mailbox_id);
        if (INTENT_KIND_IS_ABOUT_MAILBOX(intent->kind)) {
            Change *change = change_new(CHANGE_MAILBOX_LIST);
            change->account_id = intent->account_id;
            engine_tell(engine, change);
        }
    }
}

void engine_replay_everywhere(Engine *engine)
{
    for (guint i = 0; i < engine->accounts->len; i++) {
        EngineAccount *account = g_ptr_array_index(engine->accounts, i);
        if (account->local != NULL)
            local_source_replay(account->local);
        replay_ready(account); /* of local mail: what is carried to a server */
        submission_queue_ready(account->submission);
    }
}

void engine_decided(Engine *engine, const GArray *ids)
{
    if (ids->len == 0)
        return;
    tell_effects(engine, ids);
    engine_replay_everywhere(engine);
}

static void commit(Engine *engine, gpointer data)
{
    Request *request = data;
    gint64 group = 0;
    for (guint i = 0; i < request->intents->len; i++) {
        Intent *intent = g_ptr_array_index(request->intents, i);
        g_autoptr(GError) error = NULL;
        g_autoptr(GArray) ids = NULL;
        resolve_delete(engine, intent);
        sent_copy_resolve(engine, intent, FALSE);
        intent->group = group;
        gboolean committed = store_writer_commit_intent(engine->writer, intent, &ids, &error);
        if (committed && group == 0 && ids != NULL && ids->len > 0) {
            g_autoptr(Intent) first = store_writer_intent(engine->writer, g_array_index(ids, gint64, 0));
            group = first != NULL ? first->group : 0;
        }
        tell_effects(engine, ids);
        tell_committed(engine, request->token, ids, error);
    }
    engine_replay_everywhere(engine);
}

guint64 engine_submit(Engine *engine, GPtrArray *intents)
{
    Request request = { .token = engine_fresh_id(engine), .intents = intents };
    post(engine, ENGINE_PRIORITY_INTENT, commit, &request);
    return request.token;
}

static void undo(Engine *engine, gpointer data)
{
    Request *request = data;
    guint undone = 0, opposed = 0;
    g_autoptr(GArray) ids = NULL;
    g_autoptr(GError) error = NULL;
    if (store_writer_undo(engine->writer, request->id, &undone, &opposed, &ids, &error))
        tell_effects(engine, ids);
    tell_committed(engine, request->token, ids, error);
    /* Taken-back rows belong to mailboxes that the ids of new intents do not name: everything on the screen is read again. */
    if (engine->looked_at_mailbox != 0)
        engine_tell_mailbox(engine, 0, engine->looked_at_mailbox);
    engine_tell(engine, change_new(CHANGE_MAILBOX_LIST));
    engine_replay_everywhere(engine);
}

guint64 engine_undo(Engine *engine, gint64 group)
{
    Request request = { .token = engine_fresh_id(engine), .id = group };
    post(engine, ENGINE_PRIORITY_INTENT, undo, &request);
    return request.token;
}

static void retarget(Engine *engine, gpointer data)
{
    Request *request = data;
    g_autoptr(GArray) ids = NULL;
    g_autoptr(GError) error = NULL;
    if (store_writer_retarget(engine->writer, request->id, request->other_id, &ids, &error)) {
        g_array_append_val(ids, request->id);
        tell_effects(engine, ids);
    }
    tell_committed(engine, request->token, ids, error);
    engine_replay_everywhere(engine);
}

guint64 engine_retarget(Engine *engine, gint64 intent_id, gint64 mailbox_id)
{
    Request request = { .token = engine_fresh_id(engine), .id = intent_id, .other_id = mailbox_id };
    post(engine, ENGINE_PRIORITY_INTENT, retarget, &request);
    return request.token;
}

static void set_intent_state(Engine *engine, gint64 intent_id, IntentState state, const char *words)
{
    g_autoptr(GError) error = NULL;
    if (!store_writer_intent_state(engine->writer, intent_id, state, words, &error))
        engine_tell_notice(engine, 0, error->message);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(ids, intent_id);
    tell_effects(engine, ids);
    engine_replay_everywhere(engine);
}

static void retry_intent(Engine *engine, gpointer data)
{
    gint64 id = ((Request *) data)->id;
    g_autoptr(Intent) intent = store_writer_intent(engine->writer, id);
    EngineAccount *account = intent != NULL && intent->kind == INTENT_SEND ? engine_account_by_id(engine, intent->account_id) : NULL;
    set_intent_state(engine, id, INTENT_PENDING, NULL);
    if (account != NULL)
        submission_queue_try_now(account->submission);
}

void engine_retry(Engine *engine, gint64 intent_id)
{
    post(engine, ENGINE_PRIORITY_INTENT, retry_intent, &(Request){ .id = intent_id });
}

static void cancel_intent(Engine *engine, gpointer data)
{
    gint64 id = ((Request *) data)->id;
    g_autoptr(Intent) intent = store_writer_intent(engine->writer, id);
    if (intent == NULL)
        return;
    if (intent->state == INTENT_SENDING) {
        engine_tell_notice(engine, intent->account_id, _("It is being sent right now: wait for the answer, then undo it."));
        return;
    }
    set_intent_state(engine, id, INTENT_UNDONE, intent->error);
}

void engine_cancel_intent(Engine *engine, gint64 intent_id)
{
    post(engine, ENGINE_PRIORITY_INTENT, cancel_intent, &(Request){ .id = intent_id });
}

static void letter_went(Engine *engine, gpointer data)
{
    gint64 id = ((Request *) data)->id;
    g_autoptr(Intent) intent = store_writer_intent(engine->writer, id);
    if (intent == NULL || intent->kind != INTENT_SEND || intent->state != INTENT_UNKNOWN) {
        engine_tell_notice(engine, 0, _("Only a letter of which nobody knows whether it was sent can be taken for sent."));
        return;
    }
    if (intent->target_mailbox_id == 0) {
        sent_copy_resolve(engine, intent, TRUE);
        store_writer_sending_copy_to(engine->writer, id, intent->target_mailbox_id, NULL);
    }
    set_intent_state(engine, id, INTENT_DONE, NULL);
}

void engine_letter_went(Engine *engine, gint64 intent_id)
{
    post(engine, ENGINE_PRIORITY_INTENT, letter_went, &(Request){ .id = intent_id });
}

static void letter_to_drafts(Engine *engine, gpointer data)
{
    gint64 id = ((Request *) data)->id;
    g_autoptr(Intent) intent = store_writer_intent(engine->writer, id);
    g_autoptr(StoreMailbox) drafts =
        intent != NULL ? store_reader_mailbox_by_role(engine->reader, intent->account_id, MAILBOX_ROLE_DRAFTS) : NULL;
    g_autoptr(GError) error = NULL;
    if (drafts == NULL) {
        engine_tell_notice(engine, 0, _("The account has no mailbox for drafts: the letter stays here as it is."));
        return;
    }
    if (!store_writer_sending_to_drafts(engine->writer, id, drafts->id, &error))
        engine_tell_notice(engine, intent->account_id, error->message);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(ids, id);
    tell_effects(engine, ids);
    engine_tell_mailbox(engine, drafts->account_id, drafts->id);
    engine_replay_everywhere(engine);
}

void engine_letter_to_drafts(Engine *engine, gint64 intent_id)
{
    post(engine, ENGINE_PRIORITY_INTENT, letter_to_drafts, &(Request){ .id = intent_id });
}

static void unsubscribe(Engine *engine, gpointer data)
{
    const Request *request = data;
    EngineAccount *account = engine_account_by_id(engine, request->id);
    if (account != NULL)
        unsubscribe_begin(account, request->text);
}

void engine_unsubscribe(Engine *engine, gint64 account_id, const char *url)
{
    post(engine, ENGINE_PRIORITY_INTENT, unsubscribe, &(Request){ .id = account_id, .text = g_strdup(url) });
}

/* --- looking ------------------------------------------------------------------------------------- */

static void look_at_mailbox(Engine *engine, gpointer data)
{
    gint64 mailbox_id = ((Request *) data)->id;
    engine->looked_at_mailbox = mailbox_id;
    EngineAccount *mine = mailbox_id != 0 ? engine_account_of_mailbox(engine, mailbox_id) : NULL;
    for (guint i = 0; i < engine->accounts->len; i++) {
        EngineAccount *account = g_ptr_array_index(engine->accounts, i);
        if (account != mine)
            continue; /* others stay in the mailbox they have: coming back costs nothing */
        account->looked_at = mailbox_id;
        if (account->local != NULL)
            local_source_look_at(account->local, mailbox_id);
        else if (engine_account_is_ready(account))
            selected_look_at(account);
        else if (account->retry != NULL || account->status.state == ACCOUNT_OFFLINE)
            engine_account_connect(account);
    }
}

void engine_look_at_mailbox(Engine *engine, gint64 mailbox_id)
{
    post(engine, ENGINE_PRIORITY_INTENT, look_at_mailbox, &(Request){ .id = mailbox_id });
}

static void look_at_messages(Engine *engine, gpointer data)
{
    Request *request = data;
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < engine->accounts->len; i++) {
        EngineAccount *account = g_ptr_array_index(engine->accounts, i);
        g_array_set_size(own, 0);
        for (guint j = 0; j < request->count; j++)
            if (account_of_message(engine, request->ids[j]) == account)
                g_array_append_val(own, request->ids[j]);
        if (own->len > 0 && account->local == NULL)
            bodies_look_at(account, (const gint64 *) (gpointer) own->data, own->len);
    }
}

void engine_look_at_messages(Engine *engine, const gint64 *message_ids, guint count)
{
    Request request = { .ids = g_memdup2(message_ids, count * sizeof *message_ids), .count = count };
    post(engine, ENGINE_PRIORITY_SOCKET, look_at_messages, &request);
}

static void want_body(Engine *engine, gpointer data)
{
    Request *request = data;
    EngineAccount *account = account_of_message(engine, request->id);
    const char *const *sections = (const char *const *) request->texts;
    if (account == NULL)
        bodies_tell(engine, request->id, sections != NULL ? sections[0] : NULL, _("This message is no longer here."));
    else if (account->local != NULL)
        local_source_want(account->local, request->id, sections);
    else
        bodies_want(account, request->id, sections);
}

void engine_want_body(Engine *engine, gint64 message_id, const char *const *sections)
{
    Request request = { .id = message_id, .texts = g_strdupv((char **) sections) };
    post(engine, ENGINE_PRIORITY_INTENT, want_body, &request);
}

static void save_part(Engine *engine, gpointer data)
{
    Request *request = data;
    EngineAccount *account = account_of_message(engine, request->id);
    if (account == NULL) {
        Change *change = change_new(CHANGE_TRANSFER);
        change->transfer_id = request->token;
        change->finished = TRUE;
        change->error = g_strdup(_("This message is no longer here."));
        engine_tell(engine, change);
        return;
    }
    if (account->local != NULL) {
        const char *const sections[] = { request->text, NULL };
        local_source_want(account->local, request->id, sections);
    }
    transfers_save(account, request->token, request->id, request->text, request->text2);
}

guint64 engine_save_part(Engine *engine, gint64 message_id, const char *section, const char *path)
{
    Request request = { .token = engine_fresh_id(engine), .id = message_id, .text = g_strdup(section), .text2 = g_strdup(path) };
    post(engine, ENGINE_PRIORITY_INTENT, save_part, &request);
    return request.token;
}

static void stop_transfer(Engine *engine, gpointer data)
{
    for (guint i = 0; i < engine->accounts->len; i++)
        if (transfers_stop(g_ptr_array_index(engine->accounts, i), ((Request *) data)->token))
            return;
}

void engine_stop_transfer(Engine *engine, guint64 transfer_id)
{
    post(engine, ENGINE_PRIORITY_INTENT, stop_transfer, &(Request){ .token = transfer_id });
}

static void check(Engine *engine, gpointer data)
{
    gint64 account_id = ((Request *) data)->id;
    for (guint i = 0; i < engine->accounts->len; i++) {
        EngineAccount *account = g_ptr_array_index(engine->accounts, i);
        if (account_id == 0 || account->id == account_id)
            engine_account_check(account);
    }
}

void engine_check(Engine *engine, gint64 account_id)
{
    post(engine, ENGINE_PRIORITY_INTENT, check, &(Request){ .id = account_id });
}

static void set_online(Engine *engine, gpointer data)
{
    engine->online = ((Request *) data)->flag;
    for (guint i = 0; i < engine->accounts->len; i++)
        engine_account_set_online(g_ptr_array_index(engine->accounts, i), engine->online);
}

void engine_set_online(Engine *engine, gboolean online)
{
    post(engine, ENGINE_PRIORITY_INTENT, set_online, &(Request){ .flag = online });
}

static void set_setting(Engine *engine, gpointer data)
{
    Request *request = data;
    g_autoptr(GError) error = NULL;
    if (!store_writer_set_setting(engine->writer, request->text, request->text2, &error))
        engine_tell_notice(engine, 0, error->message);
}

void engine_set_setting(Engine *engine, const char *name, const char *value)
{
    Request request = { .text = g_strdup(name), .text2 = g_strdup(value) };
    post(engine, ENGINE_PRIORITY_IDLE, set_setting, &request);
}

static void set_keep(Engine *engine, gpointer data)
{
    Request *request = data;
    EngineAccount *account = engine_account_of_mailbox(engine, request->id);
    g_autoptr(GError) error = NULL;
    if (account == NULL)
        return;
    if (!store_writer_set_keep_here(engine->writer, request->id, request->text, &error)) {
        engine_tell_notice(engine, account->id, error->message);
        return;
    }
    if (keep_rules_resolve(account))
        mirror_look_over(account);
    Change *change = change_new(CHANGE_MAILBOX_LIST);
    change->account_id = account->id;
    engine_tell(engine, change);
}

void engine_set_keep(Engine *engine, gint64 mailbox_id, const char *rule)
{
    Request request = { .id = mailbox_id, .text = g_strdup(rule) };
    post(engine, ENGINE_PRIORITY_INTENT, set_keep, &request);
}

static void set_body_cache(Engine *engine, gpointer data)
{
    engine->body_cache_bytes = ((Request *) data)->token;
    housekeeping_evict(engine);
}

void engine_set_body_cache(Engine *engine, guint64 bytes)
{
    post(engine, ENGINE_PRIORITY_IDLE, set_body_cache, &(Request){ .token = bytes });
}

static void set_text_preference(Engine *engine, gpointer data)
{
    g_free(engine->text_preference);
    engine->text_preference = g_strdup(((Request *) data)->text);
}

static void merge_subjects(Engine *engine, gpointer data)
{
    g_autoptr(GError) error = NULL;
    if (!store_writer_merge_subjects(engine->writer, ((Request *) data)->id != 0, &error))
        engine_tell_notice(engine, 0, error->message);
    else if (engine->looked_at_mailbox != 0)
        engine_tell_mailbox(engine, 0, engine->looked_at_mailbox);
}

void engine_merge_subjects(Engine *engine, gboolean merge)
{
    post(engine, ENGINE_PRIORITY_INTENT, merge_subjects, &(Request){ .id = merge });
}

void engine_set_text_preference(Engine *engine, const char *preference)
{
    Request request = { .text = g_strdup(preference) };
    post(engine, ENGINE_PRIORITY_INTENT, set_text_preference, &request);
}

static void mirror(Engine *engine, gpointer data)
{
    const Request *request = data;
    EngineAccount *only = request->other_id != 0 ? engine_account_of_mailbox(engine, request->other_id) : NULL;
    for (guint i = 0; i < engine->accounts->len; i++) {
        EngineAccount *account = g_ptr_array_index(engine->accounts, i);
        if (only != NULL ? account == only : request->id == 0 || account->id == request->id)
            mirror_begin(account, (EngineMirrorScope) request->order, request->other_id);
    }
}

void engine_mirror(Engine *engine, gint64 account_id, EngineMirrorScope scope, gint64 mailbox_id)
{
    post(engine, ENGINE_PRIORITY_INTENT, mirror, &(Request){ .id = account_id, .order = (int) scope, .other_id = mailbox_id });
}

static void stop_mirror(Engine *engine, gpointer data)
{
    (void) data;
    for (guint i = 0; i < engine->accounts->len; i++)
        mirror_stop(g_ptr_array_index(engine->accounts, i));
}

void engine_stop_mirror(Engine *engine)
{
    post(engine, ENGINE_PRIORITY_INTENT, stop_mirror, &(Request){ 0 });
}

/* --- views --------------------------------------------------------------------------------------- */

static void fill_view(Engine *engine, gpointer data)
{
    Request *request = data;
    views_fill(engine, request->token, request->id, request->text, (StoreOrder) request->order, request->flag,
               (EngineSearchWhere) request->count);
}

guint64 engine_fill_view(Engine *engine, gint64 mailbox_id, const char *query, StoreOrder order, gboolean descending, EngineSearchWhere where)
{
    Request request = { .token = engine_fresh_id(engine), .id = mailbox_id, .text = g_strdup(query), .order = (int) order, .flag = descending,
                        .count = (guint) where };
    post(engine, ENGINE_PRIORITY_SOCKET, fill_view, &request);
    return request.token;
}

static void drop_view(Engine *engine, gpointer data)
{
    views_drop(engine, ((Request *) data)->id);
}

void engine_drop_view(Engine *engine, gint64 view_id)
{
    post(engine, ENGINE_PRIORITY_IDLE, drop_view, &(Request){ .id = view_id });
}

static void ask_cost(Engine *engine, gpointer data)
{
    (void) data;
    Change *change = change_new(CHANGE_WIRE);
    change->cost = g_memdup2(&engine->total, sizeof engine->total);
    change->cost->action = g_strdup("total");
    engine_tell(engine, change);
}

void engine_ask_cost(Engine *engine)
{
    post(engine, ENGINE_PRIORITY_SOCKET, ask_cost, &(Request){ 0 });
}

/* --- filters by hand ------------------------------------------------------------------------------ */

static void filter_messages(Engine *engine, gpointer data)
{
    const Request *request = data;
    filter_arrivals_apply(engine, request->ids, request->count);
}

void engine_filter_messages(Engine *engine, const gint64 *message_ids, guint count)
{
    Request request = { .ids = g_memdup2(message_ids, count * sizeof *message_ids), .count = count };
    post(engine, ENGINE_PRIORITY_SOCKET, filter_messages, &request);
}

gboolean engine_is_filtering(Engine *engine)
{
    return g_atomic_int_get(&engine->filters_busy) != 0;
}
