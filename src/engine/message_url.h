/* Messages on an account's server as IMAP URLs (RFC 5092). Engine thread. */
#ifndef MALLE_ENGINE_MESSAGE_URL_H
#define MALLE_ENGINE_MESSAGE_URL_H

#include "engine/account.h"

/* Where the message is, and its UID there; NULL: that is not known (yet). Caller frees. */
StoreMailbox *message_url_place(EngineAccount *account, gint64 message_id, guint32 *uid);
/* "/Drafts;UIDVALIDITY=1/;UID=20". Caller frees. */
char *message_url_path(const StoreMailbox *mailbox, guint32 uid);

#endif
