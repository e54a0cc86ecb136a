/* Shared by the files that decide. Private to model/. */
#ifndef MALLE_MODEL_ACTIONS_PRIVATE_H
#define MALLE_MODEL_ACTIONS_PRIVATE_H

#include "model/actions.h"
#include "model/internal.h"

Intent *action_intent(IntentKind kind, const GArray *message_ids); /* message_ids may be NULL */
void action_submit(Model *model, Intent *intent, Submission *submission); /* takes both */
gboolean action_check(const Model *model, const GArray *message_ids, GError **error);
GPtrArray *action_mailboxes(Model *model, const GArray *message_ids); /* of StoreMailbox* */
/* A mailbox that can take messages; NULL with words. */
StoreMailbox *action_receiver(Model *model, gint64 mailbox_id, GError **error);
/* The account's mailbox for a role: as configured by name, else by SPECIAL-USE. 0 when there is none. */
gint64 action_mailbox_for(Model *model, gint64 account_id, MailboxRole role, const char *configured);
gboolean action_writable(const StoreMailbox *mailbox, GError **error);

#endif
