/* The person's filters at work: each message that arrives in a mailbox with filters is looked at once, and what they want is decided
 * like the person's own decisions, in the journal. Engine thread (doc/internals/filters.md).
 */
#ifndef MALLE_ENGINE_FILTER_ARRIVALS_H
#define MALLE_ENGINE_FILTER_ARRIVALS_H

#include "engine/core.h"
#include "engine/filters.h"

typedef struct FilterArrivals FilterArrivals;

/* filters: transfer full. */
FilterArrivals *filter_arrivals_new(Engine *engine, Filters *filters);
void filter_arrivals_free(FilterArrivals *arrivals);

/* What is in this mailbox now is no arrival; what comes from now on is. Nothing, when that was said before. */
void filter_arrivals_begin(Engine *engine, gint64 mailbox_id);
/* Something changed in this mailbox. */
void filter_arrivals_consider(Engine *engine, gint64 mailbox_id);
/* A text that was wanted is here, or cannot be had. */
void filter_arrivals_text_came(Engine *engine, gint64 message_id, gboolean is_here);
/* By hand: also what was looked at before. */
void filter_arrivals_apply(Engine *engine, const gint64 *message_ids, guint count);

#endif
