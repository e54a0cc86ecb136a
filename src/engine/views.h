/* Views: the messages of a mailbox that match a query, found here in what the store holds, in slices, the first window
 * first. Needs no link.
 */
#ifndef MALLE_ENGINE_VIEWS_H
#define MALLE_ENGINE_VIEWS_H

#include "engine/core.h"

void views_fill(Engine *engine, guint64 submit_id, gint64 mailbox_id, const char *query, StoreOrder order, gboolean descending);
void views_drop(Engine *engine, gint64 view_id);

#endif
