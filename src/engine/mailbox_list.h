/* The mailboxes of an account and their counts: LIST, LSUB, STATUS. */
#ifndef MALLE_ENGINE_MAILBOX_LIST_H
#define MALLE_ENGINE_MAILBOX_LIST_H

#include "engine/core.h"
#include "proto/imap/response.h"

/* Reads the list, with subscriptions, roles and counts as the server can give them. */
void mailbox_list_refresh(EngineAccount *account);
/* Before everything else that waits: others depend on it. */
void mailbox_list_refresh_first(EngineAccount *account);
/* Only the counts of mailboxes that are not open. */
void mailbox_list_poll(EngineAccount *account);

/* No STATUS is to follow on this link: the counts are here, or come with the list. */
gboolean mailbox_list_has_counts(const EngineAccount *account);

/* What most servers and clients call the mailbox of a role that the server does not tell; NULL-terminated, static. */
const char *const *mailbox_list_usual_names(MailboxRole role);

/* Gives those of StoreMailbox* their roles that nobody told: as the account is configured, else by these names. */
void mailbox_list_give_roles(EngineAccount *account, const GPtrArray *mailboxes);

/* The session's events. */
void mailbox_list_hear(EngineAccount *account, const ImapList *list);
void mailbox_list_hear_status(EngineAccount *account, const ImapMailboxStatus *status);
void mailbox_list_hear_namespaces(EngineAccount *account, const ImapNamespaces *namespaces);

#endif
