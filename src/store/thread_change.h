/* Decisions about threads as they take effect. No server keeps threads, so they are done when they are committed. Internal to store/. */
#ifndef MALLE_STORE_THREAD_CHANGE_H
#define MALLE_STORE_THREAD_CHANGE_H

#include "store/journal-private.h"

#define THREAD_MUTED_KEYWORD "$Muted"

/* Of an INTENT_THREAD whose row and links stand: what was before is kept in the links, for undo; the intent is done. */
gboolean thread_change_effect(StoreWriter *writer, const Intent *intent, const GArray *links, GError **error);
/* The server told other keywords of a message than before: $Muted may have come or gone, by another program. */
gboolean thread_hear_keywords(StoreWriter *writer, gint64 message_id, const char *before, const char *now, GError **error);

#endif
