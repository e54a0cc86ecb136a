/* What comes to a muted thread is marked as read, and nothing is told of it. Engine thread. */
#ifndef MALLE_ENGINE_MUTED_H
#define MALLE_ENGINE_MUTED_H

#include "engine/core.h"

/* Something came into the store: unread messages of muted threads among it are marked as read. */
void muted_consider(Engine *engine);
/* Of the newest `count` messages of a mailbox, how many are in muted threads. */
guint muted_among(Engine *engine, gint64 mailbox_id, guint count);

#endif
