/* Writing the write-ahead log back into the file, on a connection of its own (DESIGN §2), so that the writer
 * goes on meanwhile. Internal to store/. */
#ifndef MALLE_STORE_CHECKPOINT_H
#define MALLE_STORE_CHECKPOINT_H

#include "store/database.h"
#include "store/store-private.h"

Checkpointer *checkpointer_new(const char *path);
void checkpointer_free(Checkpointer *checkpointer); /* waits for a run that is under way; NULL is ignored */
/* Soon, on a thread of its own. Returns at once. */
void checkpointer_poke(Checkpointer *checkpointer);
/* Now, on the calling thread. */
gboolean checkpointer_run(Checkpointer *checkpointer, GError **error);

#endif
