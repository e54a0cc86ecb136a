/* A conversation: the messages of a thread by date, in whatever mailbox or account they are, what one wrote oneself among them. Of several copies
 * of a message one is shown; drafts, and what was thrown away, are left out unless the conversation was opened from there. UI thread.
 *
 * Opening one reads short rows only; a message is opened, and what of it is not here is asked for, when it is first wanted. Those of a range are asked for
 * mailbox by mailbox, so that a mailbox costs the same few flights however many of them are in it.
 */
#ifndef MALLE_MODEL_CONVERSATION_H
#define MALLE_MODEL_CONVERSATION_H

#include "model/message.h"

typedef struct ModelConversation ModelConversation;

typedef struct {
    const StoreListRow *row;
    MailFlags flags;    /* with what is not yet committed laid over */
    gboolean pending;   /* a decision about it has not reached the server */
    gboolean outgoing;  /* one's own */
    char *who;          /* the sender's name or address, safe */
    char *to;           /* to whom, safe; "" when nobody is named */
    char *place;        /* mailbox (and account, where there are several), safe; NULL: where the conversation was opened */
} ModelConversationEntry;

/* NULL when the message is gone. */
ModelConversation *model_conversation_open(Model *model, gint64 message_id, GError **error);
void model_conversation_free(ModelConversation *conversation);
/* Reads the thread again; messages that were opened stay so, those that went are freed. FALSE when nothing is left of it. */
gboolean model_conversation_refresh(ModelConversation *conversation);
guint model_conversation_count(const ModelConversation *conversation);
const ModelConversationEntry *model_conversation_entry(const ModelConversation *conversation, guint index);
int model_conversation_find(const ModelConversation *conversation, gint64 message_id); /* −1: not in it; copies of what is in it are found */
/* Owned by the conversation; NULL when it went meanwhile. */
ModelMessage *model_conversation_message(ModelConversation *conversation, guint index);
/* Opens those from `first` to before `end` that are not yet. */
void model_conversation_open_range(ModelConversation *conversation, guint first, guint end);
gboolean model_conversation_is_opened(const ModelConversation *conversation, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelConversation, model_conversation_free)

#endif
