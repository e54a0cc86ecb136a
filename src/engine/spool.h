/* Letters that were handed over by other programs (malle send), from the spool beside the store into the journal.
 *
 * A letter in the spool is durable; ringing only says that it need not wait (doc/internals/outbox.md). What is said on the
 * socket, a line each way:
 *
 *     take ID     the letter ID is in the spool     taken N           it is decision N of the journal
 *     wait ID     … and: what becomes of it?        kept WORDS        it stays in the spool, and why
 *                                                   sent              accepted for all
 *                                                   refused WORDS     not, or not for all
 *                                                   unknown WORDS     nobody can tell
 *                                                   later WORDS       it waits, and why
 *
 * Engine thread.
 */
#ifndef MALLE_ENGINE_SPOOL_H
#define MALLE_ENGINE_SPOOL_H

#include "engine/core.h"

typedef struct Spool Spool;

/* Listens (where that is not possible, what comes is found by looking now and then), and takes what lies there as soon as
 * the engine runs. */
Spool *spool_open(Engine *engine);
void spool_close(Spool *spool); /* NULL is nothing */
/* All that lies there. */
void spool_take(Spool *spool);
/* What became of a decision. */
void spool_hear_intent(Spool *spool, gint64 intent_id, IntentState state, const char *words);

#endif
