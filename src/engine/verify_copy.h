/* A COPY that was sent and not answered: looks in the target for what may have arrived, before anything is sent again. */
#ifndef MALLE_ENGINE_VERIFY_COPY_H
#define MALLE_ENGINE_VERIFY_COPY_H

#include "engine/replay.h"

/* Looks (by Message-ID among the UIDs that the target got since), takes what is there out of replay->uids, and calls `then`. What
 * cannot be told (no Message-ID, two alike) makes the intent `unknown`. */
void verify_copy(Job *job, void (*then)(Job *job));

#endif
