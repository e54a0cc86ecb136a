/* Accounts without a server: the embedded demo, and Maildir and mbox on this machine. The store is filled from the files in slices,
 * and decisions are carried out on the files (doc/internals/local.md); nothing of them is on the network.
 */
#ifndef MALLE_ENGINE_LOCAL_ACCOUNT_H
#define MALLE_ENGINE_LOCAL_ACCOUNT_H

#include "engine/core.h"

typedef struct LocalSource LocalSource;

LocalSource *local_source_new(EngineAccount *account);
void local_source_free(LocalSource *source);
/* Tells the mailboxes, and in the demo brings all messages. */
void local_source_start(LocalSource *source);
/* Reads the mailbox again, as far as it changed. */
void local_source_look_at(LocalSource *source, gint64 mailbox_id);
void local_source_check(LocalSource *source);
/* As bodies_want(), at once. */
void local_source_want(LocalSource *source, gint64 message_id, const char *const *sections);
/* Carries out the decisions whose turn it is. In the demo they take effect in the store and nowhere else. */
void local_source_replay(LocalSource *source);

#endif
