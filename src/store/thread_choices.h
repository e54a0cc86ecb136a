/* What the person has decided about threads: which message stands below which, or begins a thread, whatever it
 * refers to; and of which threads nothing is to be heard. Kept by Message-ID, so that it outlives the rows: a
 * mailbox that is numbered anew, a move by another program, a store that is filled again. Internal to store/. */
#ifndef MALLE_STORE_THREAD_CHOICES_H
#define MALLE_STORE_THREAD_CHOICES_H

#include "store/store-private.h"

/* Hash of a Message-ID (gint64*) to that of its parent (gint64*), 0: it begins a thread. All there are, kept by the writer. */
GHashTable *thread_choices(StoreWriter *writer);
/* Those of one thread, for readers. Caller unrefs. */
GHashTable *thread_choices_of(Database *db, gint64 thread_id, GError **error);
/* Was it decided that this message begins a thread? Then its subject ties it to no other. */
gboolean thread_choices_begin(GHashTable *choices, gint64 hash);
/* The references that count, oldest first (of gint64, caller unrefs): a choice for the message replaces them all, and one for a message
 * that they name replaces what stands before that one, because this is where its ancestors were said. hash 0: without Message-ID. */
GArray *thread_choices_apply(GHashTable *choices, gint64 hash, const gint64 *refs, guint n_refs);

#endif
