#include "config.h"

#include "engine/decisions.h"

#include <string.h>

#include "engine/account.h"

typedef struct {
    guint64 id;
    DecisionKind kind;
    EngineAccount *account;
    const AccountUrl *about;
    DecisionAnswered answered;
    gpointer user;
    GDestroyNotify free_user;
} PendingDecision;

static void drop_user(PendingDecision *pending)
{
    if (pending->free_user != NULL)
        pending->free_user(pending->user);
    pending->user = NULL;
}

static void pending_free(gpointer data)
{
    drop_user(data);
    g_free(data);
}

GHashTable *decisions_table_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, pending_free);
}

static PendingDecision *find_standing(const EngineAccount *account, const DecisionQuestion *question)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, account->engine->decisions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        PendingDecision *pending = value;
        if (pending->account == account && pending->kind == question->kind && pending->about == question->about)
            return pending;
    }
    return NULL;
}

guint64 decision_ask(EngineAccount *account, const DecisionQuestion *question)
{
    Engine *engine = account->engine;
    PendingDecision *pending = find_standing(account, question);
    if (pending == NULL) {
        pending = g_new0(PendingDecision, 1);
        pending->id = engine_fresh_id(engine);
        pending->kind = question->kind;
        pending->account = account;
        pending->about = question->about;
        g_hash_table_insert(engine->decisions, &pending->id, pending);
    }
    drop_user(pending);
    pending->answered = question->answered;
    pending->user = question->user;
    pending->free_user = question->free_user;

    Change *change = change_new(CHANGE_DECISION);
    change->account_id = account->id;
    change->decision = g_new0(Decision, 1);
    change->decision->kind = question->kind;
    change->decision->id = pending->id;
    change->decision->question = g_strdup(question->question);
    change->decision->details = g_strdup(question->details);
    change->decision->command = g_strdup(question->command);
    engine_tell(engine, change);
    return pending->id;
}

void decisions_drop(EngineAccount *account)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, account->engine->decisions);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((PendingDecision *) value)->account == account)
            g_hash_table_iter_remove(&iter);
}

typedef struct {
    guint64 id;
    char *answer;
    char *secret;
} Answer;

static void answer_free(gpointer data)
{
    Answer *answer = data;
    if (answer->secret != NULL)
        explicit_bzero(answer->secret, strlen(answer->secret));
    g_free(answer->secret);
    g_free(answer->answer);
    g_free(answer);
}

static void take_answer(Engine *engine, gpointer data)
{
    Answer *answer = data;
    PendingDecision *pending = g_hash_table_lookup(engine->decisions, &answer->id);
    if (pending == NULL)
        return; /* the account went, or it was answered twice */
    g_hash_table_steal(engine->decisions, &answer->id);
    pending->answered(pending->account, answer->answer, answer->secret, pending->user);
    pending_free(pending);
}

void engine_answer(Engine *engine, guint64 decision_id, const char *answer, const char *secret)
{
    Answer *given = g_new0(Answer, 1);
    given->id = decision_id;
    given->answer = g_strdup(answer);
    given->secret = g_strdup(secret);
    engine_post(engine, ENGINE_PRIORITY_INTENT, take_answer, given, answer_free);
}
