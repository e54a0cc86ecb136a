/* Questions that only the person can answer: asked by a change, answered by engine_answer(). The engine never waits: it
 * goes on with everything else until the answer comes.
 */
#ifndef MALLE_ENGINE_DECISIONS_H
#define MALLE_ENGINE_DECISIONS_H

#include "engine/core.h"

/* answer and secret are NULL when the person declined; both are only valid during the call. */
typedef void (*DecisionAnswered)(EngineAccount *account, const char *answer, const char *secret);

GHashTable *decisions_table_new(void);

/* Asks (strings are copied). One question of a kind per account stands at a time: asking again returns the standing one. */
guint64 decision_ask(EngineAccount *account, DecisionKind kind, const char *question, const char *details,
                     const char *command, DecisionAnswered answered);
/* The questions of an account that is going away are dropped. */
void decisions_drop(EngineAccount *account);

#endif
