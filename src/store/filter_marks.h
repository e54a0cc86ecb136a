/* How far the person's filters have looked at what arrives in a mailbox: each message once, by its UID, whatever restarts or is
 * moved there and back. Engine thread; transactions as in writer.h.
 */
#ifndef MALLE_STORE_FILTER_MARKS_H
#define MALLE_STORE_FILTER_MARKS_H

#include "store/writer.h"

/* Begins: what is in the mailbox now is no arrival. Nothing, where it has begun under this UIDVALIDITY. To be called when the
 * mailbox is known whole. */
gboolean store_writer_filters_begin(StoreWriter *writer, gint64 mailbox_id, GError **error);
/* The oldest that have arrived since, by UID, at most `limit`. Messages that a decision put there are not among them. Of gint64
 * (message ids). NULL with an error. */
GArray *store_writer_filters_arrived(StoreWriter *writer, gint64 mailbox_id, guint limit, GError **error);
/* This message was looked at, and so was everything before it. */
gboolean store_writer_filters_passed(StoreWriter *writer, gint64 mailbox_id, gint64 message_id, GError **error);

#endif
