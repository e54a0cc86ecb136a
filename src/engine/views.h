/* Views: the messages of a mailbox that match a query, or what a search finds in all of them (mailbox 0), found here in what the store
 * holds, in slices, the first window first; what comes into the mailbox later and matches is added, what stops matching stays. Needs no link.
 */
#ifndef MALLE_ENGINE_VIEWS_H
#define MALLE_ENGINE_VIEWS_H

#include "engine/core.h"

GPtrArray *views_table_new(void);
void views_fill(Engine *engine, guint64 submit_id, gint64 mailbox_id, const char *query, StoreOrder order, gboolean descending,
                EngineSearchWhere where);
/* For who finds elsewhere what belongs into a view: FALSE where there is no such view. As many ends as begins. */
gboolean views_begin_elsewhere(Engine *engine, gint64 view_id);
void views_found_elsewhere(Engine *engine, gint64 view_id, const gint64 *message_ids, guint count);
void views_end_elsewhere(Engine *engine, gint64 view_id, const char *trouble);
void views_drop(Engine *engine, gint64 view_id);
void views_mailbox_changed(Engine *engine, gint64 mailbox_id);

#endif
