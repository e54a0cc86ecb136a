/* Accounts whose mail lies here: the embedded demo, Maildir, mbox and MH, and what POP3 fetched (pop_account.h). The store is filled from the files in slices,
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
/* Malle itself is putting letters into new/ (POP3) and says when to look: each is not to be looked at by itself. */
void local_source_set_filling(LocalSource *source, gboolean filling);
/* What is in the files is being taken into the store. */
gboolean local_source_is_scanning(const LocalSource *source);
/* The file of that message, which held its header (pop_account_want_rest()), holds it whole now. */
void local_source_completed(LocalSource *source, gint64 message_id);
/* As bodies_want(), at once. */
void local_source_want(LocalSource *source, gint64 message_id, const char *const *sections);
/* Carries out the decisions whose turn it is. In the demo they take effect in the store and nowhere else. */
void local_source_replay(LocalSource *source);
/* Decisions from other accounts can bring something here (local_carry.c); not into the demo. */
gboolean local_source_takes(const LocalSource *source);
/* These (of StoreCarried), which lie in files, into a mailbox here; carry_next() or carry_drop() follows. */
struct Carry;
void local_source_take_carried(struct Carry *carry, const Intent *intent, const StoreMailbox *mailbox, GArray *batch);

/* The files of this mailbox are being taken over: not all that has arrived is in the store. */
gboolean local_source_is_reading(LocalSource *source, gint64 mailbox_id);

#endif
