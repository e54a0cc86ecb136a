/* Namespaces (RFC 2342): the person's own, whose prefix nobody has to see or to write (store/mailbox_names.h), and those that are not: other
 * users' and shared. The mailboxes of those are marked as such, for the sidebar, and have no role here.
 *
 * Engine thread. What the server said is remembered from one link to the next with the rest of it (remembered.h).
 */
#ifndef MALLE_ENGINE_NAMESPACES_H
#define MALLE_ENGINE_NAMESPACES_H

#include "engine/core.h"
#include "proto/imap/response.h"

typedef struct {
    char *prefix;                /* wire name, never "" */
    MailboxAttributes attribute; /* MAILBOX_OTHER_USERS or MAILBOX_SHARED */
} Foreign;

void foreign_remember(EngineAccount *account, const ImapNamespaces *namespaces);
gboolean foreign_is_remembered(EngineAccount *account);
/* Of Foreign, clear func set; empty when there are none or nothing is known. */
GArray *foreign_read(EngineAccount *account);
/* Takes the person's own prefix off the names of their own mailboxes; names that two would have stay as the server says them. */
void own_shorten(EngineAccount *account, const GArray *foreign, GPtrArray *mailboxes);
/* The server's name, decoded, of what a person calls NAME. Caller: g_free. */
char *own_full_name(EngineAccount *account, const char *name);
/* mailboxes: of StoreMailbox*, as the server lists them. */
void foreign_mark(const GArray *foreign, GPtrArray *mailboxes);
/* None of them is in it: some servers leave it out of LIST "" "*". */
gboolean foreign_is_unlisted(const Foreign *foreign, const GPtrArray *mailboxes);

#endif
