/* FETCH responses on their way into the store, a hundred rows a commit. */
#ifndef MALLE_ENGINE_FETCHES_H
#define MALLE_ENGINE_FETCHES_H

#include "engine/core.h"
#include "engine/link.h"

typedef struct FetchBatch FetchBatch;

FetchBatch *fetch_batch_new(void);
void fetch_batch_free(FetchBatch *batch);
/* Commits what has gathered for the selected mailbox; rows of a commit count for the action in `rows`. */
void fetch_batch_flush(EngineAccount *account);

/* The event of the session. Bodies go to bodies.h, everything else to the batch. */
void fetches_hear(EngineAccount *account, const ImapFetch *fetch);

/* What a row of a list needs: sent by the window, the new messages and the back-fill. */
void fetches_ask_summaries(EngineAccount *account, LinkAction *action, const ImapUidSet *uids, LinkDone done, gpointer user);
/* The same by sequence numbers, first to last (0: the last). */
void fetches_ask_summaries_by_number(EngineAccount *account, LinkAction *action, guint32 first, guint32 last, LinkDone done, gpointer user);
/* To be called by their `done`. */
void fetches_summaries_answered(EngineAccount *account);

/* What is asked for to learn of changed flags: with Gmail's labels, where there are any. */
guint fetches_flag_items(const EngineAccount *account);

#endif
