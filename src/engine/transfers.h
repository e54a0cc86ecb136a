/* A part saved into a file, decoded as it arrives: in ranges that overlap on the wire, so that it can be stopped at the cost of
 * what is in flight, goes on after a lost link where it was, and never stands in memory whole.
 */
#ifndef MALLE_ENGINE_TRANSFERS_H
#define MALLE_ENGINE_TRANSFERS_H

#include "engine/core.h"

/* The path must not exist; it is created 0600. Progress and end by CHANGE_TRANSFER. */
void transfers_save(EngineAccount *account, guint64 transfer_id, gint64 message_id, const char *section, const char *path);
/* The same for the engine itself, without a change: `done` is called once, at once when it is here already, with words in trouble. */
typedef void (*TransferDone)(const char *trouble, gpointer user);
void transfers_fetch(EngineAccount *account, gint64 message_id, const char *path, TransferDone done, gpointer user);
/* One section, its encoding left alone. */
void transfers_fetch_as_it_is(EngineAccount *account, gint64 message_id, const char *section, const char *path, TransferDone done, gpointer user);
/* FALSE when this account has no such transfer. */
gboolean transfers_stop(EngineAccount *account, guint64 transfer_id);

#endif
