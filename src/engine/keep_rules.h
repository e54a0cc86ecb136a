/* Which rule holds for each mailbox of an account (doc/internals/offline.md): what the person chose in Malle, else what the accounts
 * file says, else nothing. The store keeps what came out, for the screen, for the fetching, and for what may be evicted.
 */
#ifndef MALLE_ENGINE_KEEP_RULES_H
#define MALLE_ENGINE_KEEP_RULES_H

#include "engine/core.h"

/* Looks at all mailboxes of the account; TRUE when a rule is not as it was. */
gboolean keep_rules_resolve(EngineAccount *account);

#endif
