/* A mailbox that the server numbered anew: its rows wait, and are matched with what comes under the new numbers.
 *
 * Within the open transaction of the writer. See doc/internals/sync.md, "Renumbered".
 */
#ifndef MALLE_STORE_RENUMBER_H
#define MALLE_STORE_RENUMBER_H

#include "store/store-private.h"

/* The mailbox's rows lose their UIDs and wait. Decisions that have not begun to be sent, or that may be repeated, wait with them;
 * the others become conflicts. */
gboolean renumber_begin(StoreWriter *writer, gint64 mailbox_id, GError **error);
/* All summaries are here. A row that is one of a kind on both sides takes its new UID, with its bodies and decisions. Of those that are
 * alike the bodies go, and the decisions become conflicts; what has no counterpart is gone. */
gboolean renumber_settle(StoreWriter *writer, gint64 mailbox_id, GError **error);
/* The mailbox goes: what waits for it too. */
gboolean renumber_drop(StoreWriter *writer, gint64 mailbox_id, GError **error);

#endif
