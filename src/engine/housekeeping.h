/* What is due now and then: noticing that the machine slept, polling the counts of mailboxes that are not open, keeping the
 * body cache within its bounds, and moving the write-ahead log into the store's file.
 */
#ifndef MALLE_ENGINE_HOUSEKEEPING_H
#define MALLE_ENGINE_HOUSEKEEPING_H

#include "engine/core.h"

/* The source is the caller's: engine_clear_source(). */
GSource *housekeeping_start(Engine *engine);

/* Bodies beyond the bounds of the cache go, those used longest ago first. */
void housekeeping_evict(Engine *engine);

/* Whether the machine slept between two readings: the clock that runs through a suspend went on further than the one that
 * stands still. Times in µs. Pure, for the test. */
gboolean housekeeping_slept(gint64 boottime_then, gint64 monotonic_then, gint64 boottime_now, gint64 monotonic_now);

#endif
