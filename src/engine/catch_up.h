/* Bringing the store level with the mailbox on the screen: the newest window first, then flags, what is gone, what is new,
 * and the rest in the background, newest to oldest.
 */
#ifndef MALLE_ENGINE_CATCH_UP_H
#define MALLE_ENGINE_CATCH_UP_H

#include "engine/core.h"
#include "proto/imap/uidset.h"

/* The mailbox was selected and somebody looks at it. */
void catch_up_begin(EngineAccount *account);
/* It is about to be left. */
void catch_up_stop(EngineAccount *account);
/* EXISTS grew. */
void catch_up_new_messages(EngineAccount *account);
/* The same, unless it is under way. */
void catch_up_once(EngineAccount *account);
/* The map of UIDs is not to be trusted: ask for it again. */
void catch_up_remap(EngineAccount *account);

/* How far the store is level with the selected mailbox; complete: every summary is here. */
void catch_up_keep_progress(EngineAccount *account, gboolean complete);

/* backfill.c: fetches the summaries of these UIDs (taken), newest first. */
void backfill_begin(EngineAccount *account, ImapUidSet *missing);
void backfill_stop(EngineAccount *account);

#endif
