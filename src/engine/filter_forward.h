/* A letter forwarded by a filter, as it is, with the fields that say so (RFC 5322 §3.6.6). Engine thread. */
#ifndef MALLE_ENGINE_FILTER_FORWARD_H
#define MALLE_ENGINE_FILTER_FORWARD_H

#include "config/account.h"
#include "store/intent.h"

/* The decision to send it, to be committed; its file is in intent->path and may go after that. NULL with an error in words: the
 * account cannot send, or the letter was forwarded to that address before. */
Intent *filter_forward(const Account *account, gint64 account_id, GBytes *letter, const char *address, GError **error);

#endif
