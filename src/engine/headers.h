/* Summaries of messages whose ENVELOPE could not be read: their headers are asked for, and read here.
 *
 * Engine thread. Some servers answer a strange header with an ENVELOPE that is none; the row would have no sender, no subject and no
 * Message-ID.
 */
#ifndef MALLE_ENGINE_HEADERS_H
#define MALLE_ENGINE_HEADERS_H

#include "engine/core.h"
#include "proto/imap/uidset.h"

/* A row of the selected mailbox that lacks its summary. Takes row->keywords; the row is in the store once its header came, or, where
 * the server does not give that either, without it. */
void headers_want(EngineAccount *account, const StoreMessageInput *row);
/* Takes out of `missing` what is on its way like this. */
void headers_remove_awaited(EngineAccount *account, ImapUidSet *missing);
/* The mailbox is left. */
void headers_stop(EngineAccount *account, gint64 mailbox_id);

#endif
