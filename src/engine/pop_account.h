/* A POP3 account: when its server is visited, and what the account's own mailboxes learn of it (doc/internals/pop.md). Its mail lies in
 * Maildirs here, which local_account.h shows; this only fills them.
 *
 * Engine thread.
 */
#ifndef MALLE_ENGINE_POP_ACCOUNT_H
#define MALLE_ENGINE_POP_ACCOUNT_H

#include "base/secret.h"
#include "engine/core.h"

typedef struct PopAccount PopAccount;

PopAccount *pop_account_new(EngineAccount *account);
void pop_account_free(PopAccount *pop);
/* Where the mail of that account lies: a Maildir++. Makes nothing. Caller frees. */
char *pop_account_root(const Account *config);

/* Is there a reason, and leave, to connect now? FALSE: it is at it, or has to wait, which is told. */
gboolean pop_account_may_connect(PopAccount *pop);
void pop_account_connect(PopAccount *pop, Secret *secret);
/* Drops the connection; nothing is deleted on the server. */
void pop_account_leave(PopAccount *pop);
gboolean pop_account_is_busy(const PopAccount *pop);

/* As engine_mirror(): a visit, told by CHANGE_MIRROR and CHANGE_KEPT. */
void pop_account_mirror(PopAccount *pop);

/* A message whose file has this base name, in whatever account: is only its header here? Then the rest is fetched, and all who ask are told
 * by bodies_tell(). */
gboolean pop_account_want_rest(Engine *engine, const char *key, gint64 message_id, const char *const *sections);
/* What the server says of its size; 0: it is here whole, or not a letter of the server's. */
guint64 pop_account_true_size(Engine *engine, const char *key);
/* The message was deleted here by a decision, or that was taken back. */
void pop_account_decided(Engine *engine, const char *key, gboolean deleted);

#endif
