/* The view of a conversation stands where the reader stands (Ui.reader), and Ui.message is then the message in it that commands are about, owned
 * by it. UI thread. */
#ifndef MALLE_UI_CONVERSATION_H
#define MALLE_UI_CONVERSATION_H

#include "model/conversation.h"
#include "ui/view.h"

/* Takes the conversation; sets Ui.message. */
View *view_conversation_new(Ui *ui, ModelConversation *conversation, gint64 message_id);
gboolean view_is_conversation(const View *view); /* NULL is none */
gboolean view_conversation_step(View *view, int direction); /* to the next message; FALSE: there is none */
gboolean view_conversation_seek_unread(View *view, int direction);
/* Reads it again; FALSE: nothing is left of it, it is to be closed. */
gboolean view_conversation_refresh(View *view);
void view_conversation_toggle_quoted(View *view);
const ModelAttachment *view_conversation_part(View *view); /* of the message that is meant, the only one; else NULL */

/* The thread of the selected message, or of the open one, in place of the reader. */
gboolean ui_open_conversation(Ui *ui, GError **error);

#endif
