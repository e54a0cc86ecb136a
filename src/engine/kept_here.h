/* Copies of sent letters that have no place on the account's server or in its files: into a Maildir of our own, the last resort. Engine thread. */
#ifndef MALLE_ENGINE_KEPT_HERE_H
#define MALLE_ENGINE_KEPT_HERE_H

#include "engine/account.h"

/* Takes what there is of the account's; what cannot be taken is tried again with the next call. */
void kept_here_take(EngineAccount *account);

#endif
