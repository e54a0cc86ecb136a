/* malle search with servers: the engine's view of all mailboxes, filled and read. */
#ifndef MALLE_CLI_SEARCH_SERVER_H
#define MALLE_CLI_SEARCH_SERVER_H

#include "cli/headless.h"

/* What the view holds, of StoreListRow*, free func set, the newest first; where each mailbox was searched has been told. Every account of
 * `headless` is waited for until its mailboxes are known or it cannot be reached. NULL with error. *status: of what could not be asked. */
GPtrArray *search_server(Headless *headless, const char *query, EngineSearchWhere where, ExitCode *status, GError **error);

#endif
