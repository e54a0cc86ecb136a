/* What is remembered of an account's server from one link to the next: its capabilities as it announced them after
 * authentication, and its namespace. An account that was given another host remembers nothing of the new one.
 *
 * Engine thread. Nothing here is trusted further than to choose what is asked first: the server is asked again in the same
 * write, and a command that it answers with BAD takes the capability away (remembered_wrong()).
 */
#ifndef MALLE_ENGINE_REMEMBERED_H
#define MALLE_ENGINE_REMEMBERED_H

#include "engine/core.h"
#include "proto/imap/session.h"

/* Space separated, as the server wrote them; NULL when nothing is known. Caller frees. */
char *remembered_capabilities(EngineAccount *account);
gboolean remembered_namespace(EngineAccount *account);
/* Of the person's own namespace, decoded; NULL or "" where there is none. Caller frees. */
char *remembered_prefix(EngineAccount *account);
/* The capabilities are the server's own words by now. */
void remember_capabilities(EngineAccount *account);
void remember_namespace(EngineAccount *account, const ImapNamespaces *namespaces);
/* A command that stood on a capability was answered. TRUE for BAD where the server was taken to have it: it has not, on this
 * link, and the command is to be sent in another way. */
gboolean remembered_wrong(EngineAccount *account, ImapResult result, ImapCap capability);

#endif
