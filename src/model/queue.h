/* The one thing that both threads hold: changes go in on the engine's thread, come out on the UI's.
 *
 * Made before the engine and the model, freed after both (main.c). Unbounded; a push never blocks.
 */
#ifndef MALLE_MODEL_QUEUE_H
#define MALLE_MODEL_QUEUE_H

#include "engine/change.h"

typedef struct ChangeQueue ChangeQueue;

ChangeQueue *change_queue_new(void);
void change_queue_free(ChangeQueue *queue); /* with what is still in it */
/* An EngineListener [any thread]: `queue` is the ChangeQueue. Takes the change. */
void change_queue_push(Change *change, gpointer queue);
/* Readable when there is something (or change_queue_wake() was called): to be polled. */
int change_queue_fd(const ChangeQueue *queue);
/* Makes the descriptor readable without a change [any thread]. */
void change_queue_wake(ChangeQueue *queue);
/* Empties the descriptor; to be called before the change_queue_pop()s of a round. */
void change_queue_settle(ChangeQueue *queue);
Change *change_queue_pop(ChangeQueue *queue); /* NULL when empty; caller frees */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChangeQueue, change_queue_free)

#endif
