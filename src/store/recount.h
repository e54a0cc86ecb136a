/* Counts of mailboxes held against the messages that they are about, and made anew where they differ. */
#ifndef MALLE_STORE_RECOUNT_H
#define MALLE_STORE_RECOUNT_H

#include "store/writer.h"

/* *mailboxes: whose counts were wrong. One transaction, proportional to the store. */
gboolean store_recount(StoreWriter *writer, guint *mailboxes, GError **error);

#endif
