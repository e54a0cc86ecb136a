/* Questions that only the person can answer: asked by a change, answered by engine_answer(). The engine never waits: it
 * goes on with everything else until the answer comes.
 */
#ifndef MALLE_ENGINE_DECISIONS_H
#define MALLE_ENGINE_DECISIONS_H

#include "config/account.h"
#include "engine/core.h"

/* answer and secret are NULL when the person declined; both are only valid during the call. */
typedef void (*DecisionAnswered)(EngineAccount *account, const char *answer, const char *secret, gpointer user);

typedef struct {
    DecisionKind kind;
    const AccountUrl *about; /* which of the account's servers */
    const char *question, *details, *command; /* copied; NULL for what there is not */
    DecisionAnswered answered;
    gpointer user;
    GDestroyNotify free_user; /* after the answer, or without one; NULL */
} DecisionQuestion;

GHashTable *decisions_table_new(void);

/* One question of a kind about a server stands at a time: asking again replaces what the standing one was to be answered to. */
guint64 decision_ask(EngineAccount *account, const DecisionQuestion *question);
/* The questions of an account that is going away are dropped. */
void decisions_drop(EngineAccount *account);

#endif
