/* UIDs for messages that lie in files here, where nobody numbers them: given by the store, kept with the key that local/
 * knows the message by. So the journal, the lists and the replay treat local mail as they treat a server's. They are the
 * store's alone: a store that is made anew numbers anew, under another UIDVALIDITY.
 *
 * Engine thread. Transactions as in writer.h.
 */
#ifndef MALLE_STORE_LOCAL_UIDS_H
#define MALLE_STORE_LOCAL_UIDS_H

#include "store/writer.h"

typedef struct {
    guint32 uid;
    char *key;
    gboolean has_row; /* its summary is in the store */
    MailFlags flags;  /* base, as of the last look */
    char *keywords;   /* the same; NULL without a row */
} StoreLocalMessage;
void store_local_message_free(StoreLocalMessage *message);

/* All that were numbered, by UID. Of StoreLocalMessage*, free func set. NULL with an error. */
GPtrArray *store_writer_local_messages(StoreWriter *writer, gint64 mailbox_id, GError **error);
/* The UID of the key, given now if it has none. 0 with an error. */
guint32 store_writer_local_uid(StoreWriter *writer, gint64 mailbox_id, const char *key, GError **error);
/* The key of the UID; NULL: none. Caller frees. */
char *store_writer_local_key(StoreWriter *writer, gint64 mailbox_id, guint32 uid);
/* The message is no longer in this mailbox. Its UID is not used again. */
gboolean store_writer_local_forget(StoreWriter *writer, gint64 mailbox_id, guint32 uid, GError **error);

#endif
