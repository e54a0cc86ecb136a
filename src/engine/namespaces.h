/* The namespaces that are not the person's own (RFC 2342): other users' and shared. Their mailboxes are marked as such, for the sidebar,
 * and have no role here.
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
/* mailboxes: of StoreMailbox*, as the server lists them. */
void foreign_mark(const GArray *foreign, GPtrArray *mailboxes);
/* None of them is in it: some servers leave it out of LIST "" "*". */
gboolean foreign_is_unlisted(const Foreign *foreign, const GPtrArray *mailboxes);

#endif
