/* What accounts.c leaves to pop_policy.c. For use within config/. */
#ifndef MALLE_CONFIG_POP_POLICY_H
#define MALLE_CONFIG_POP_POLICY_H

#include "config/account.h"

/* deliver-to names another account, which may stand further down: known when the file is read. An account whose target is none is told
 * of and taken out: its letters would end up somewhere else than where they are looked for. LINES: of guint, where deliver-to stands in
 * each of the accounts. */
void pop_check_deliveries(GPtrArray *accounts, const GArray *lines, const char *file, GPtrArray *problems);

#endif
