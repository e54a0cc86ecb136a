/* Keeps the full-text index level with what is here, in slices, when there is nothing else to do. */
#ifndef MALLE_ENGINE_INDEXING_H
#define MALLE_ENGINE_INDEXING_H

#include "engine/core.h"

/* Something came, perhaps: the index is looked after in a moment. Cheap, may be called for every change. */
void indexing_wake(Engine *engine);
/* All that is left, now: for a program that ends, whose next run would leave it again. The engine's thread has ended. */
void indexing_finish(Engine *engine);

#endif
