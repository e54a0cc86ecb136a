#include "config.h"

#include "engine/decisions.h"

#include <string.h>

#include "engine/account.h"

typedef struct {
    guint64 id;
    DecisionKind kind;
    EngineAccount *account;
    DecisionAnswered answered;
} PendingDecision;

GHashTable *decisions_table_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
}

static PendingDecision *find_standing(const EngineAccount *account, DecisionKind kind)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, account->engine->decisions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        PendingDecision *pending = value;
        if (pending->account == account && pending->kind == kind)
            return pending;
    }
    return NULL;
}

guint64 decision_ask(EngineAccount *account, DecisionKind kind, const char *question, const char *details,
                     const char *command, DecisionAnswered answered)
{
    Engine *engine = account->engine;
    PendingDecision *pending = find_standing(account, kind);
    if (pending == NULL) {
        pending = g_new0(PendingDecision, 1);
        pending->id = engine_fresh_id(engine);
        pending->kind = kind;
        pending->account = account;
        g_hash_table_insert(engine->decisions, &pending->id, pending);
    }
    pending->answered = answered;

    Change *change = change_new(CHANGE_DECISION);
    change->account_id = account->id;
    change->decision = g_new0(Decision, 1);
    change->decision->kind = kind;
    change->decision->id = pending->id;
    change->decision->question = g_strdup(question);
    change->decision->details = g_strdup(details);
    change->decision->command = g_strdup(command);
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
    DecisionAnswered answered = pending->answered;
    EngineAccount *account = pending->account;
    g_hash_table_remove(engine->decisions, &answer->id);
    answered(account, answer->answer, answer->secret);
}

void engine_answer(Engine *engine, guint64 decision_id, const char *answer, const char *secret)
{
    Answer *given = g_new0(Answer, 1);
    given->id = decision_id;
    given->answer = g_strdup(answer);
    given->secret = g_strdup(secret);
    engine_post(engine, ENGINE_PRIORITY_INTENT, take_answer, given, answer_free);
}
