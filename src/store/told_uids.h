/* UIDs that a server only told of (APPENDUID, COPYUID; RFC 4315 §3). They are used at once, but they are words: the number may never
 * have been given out, or be another message's (S18). Until the mailbox was seen whole, each summary that comes is held against them,
 * and what was seen counts. Inside store/. Engine thread. */
#ifndef MALLE_STORE_TOLD_UIDS_H
#define MALLE_STORE_TOLD_UIDS_H

#include "store/journal-private.h"

/* The row has its UID from a word. Not for mail that lies here: its numbers are ours. */
gboolean told_uids_note(StoreWriter *writer, gint64 message_id, gint64 mailbox_id, guint32 uid, GError **error);
/* Is there any in the mailbox? */
gboolean told_uids_any(StoreWriter *writer, gint64 mailbox_id, GError **failed);
/* What is said to be at *uid of the target: the row that the synchronisation made of it there since the decision was sent, or under
 * another UID; 0: none. *uid becomes 0 when it is known to be another message's. */
gint64 told_uids_seen(StoreWriter *writer, const Intent *intent, gint64 message_id, guint32 *uid, GError **failed);
/* A summary came, with a UID that row `known` has (0: no row). Which row it is about; 0: a new one. A row with a UID that is another
 * message's loses it, and *misplaced is set: what else the words have put in the wrong place only the whole list of UIDs shows. */
gint64 told_uids_match(StoreWriter *writer, gint64 mailbox_id, gint64 known, const StoreMessageInput *input, gboolean *misplaced, GError **failed);
/* The mailbox is known whole: what it has is what it was said to have. */
gboolean told_uids_settle(StoreWriter *writer, gint64 mailbox_id, GError **error);

#endif
