/* Decisions. Each function checks what can be known here, hands an intent to the engine and returns at once; lists show
 * it at once. What came of it arrives as a notice ("3 messages moved to Archive", with undo_group set so that the UI can say which key
 * takes it back; or the server's words). UI thread.
 *
 * `message_ids` of gint64 is not taken. FALSE with error (MODEL_ERROR_REFUSED, _NOTHING, _DETACHED): nothing was decided.
 */
#ifndef MALLE_MODEL_ACTIONS_H
#define MALLE_MODEL_ACTIONS_H

#include "model/mailbox_tree.h"
#include "model/model.h"

gboolean model_set_flags(Model *model, const GArray *message_ids, MailFlags add, MailFlags remove, GError **error);
/* Sets the flag on all unless all (the first 64 are looked at) have it: then clears it. One bit. */
gboolean model_toggle_flag(Model *model, const GArray *message_ids, MailFlags flag, GError **error);
/* Space separated; either may be NULL. Refused with words when a mailbox's PERMANENTFLAGS has neither the keyword nor \*. */
gboolean model_set_keywords(Model *model, const GArray *message_ids, const char *add, const char *remove, GError **error);
char **model_keywords(Model *model, gint64 account_id); /* in use, for completion; caller: g_strfreev */

gboolean model_move(Model *model, const GArray *message_ids, gint64 mailbox_id, GError **error);
gboolean model_copy(Model *model, const GArray *message_ids, gint64 mailbox_id, GError **error);
gboolean model_archive(Model *model, const GArray *message_ids, GError **error); /* to the account's Archive */
gboolean model_junk(Model *model, const GArray *message_ids, GError **error);    /* $Junk, and to Junk when there is one */
gboolean model_delete(Model *model, const GArray *message_ids, GError **error);  /* what that means for the account */
/* Takes \Deleted away. For messages that went to Trash, undo or move them. */
gboolean model_undelete(Model *model, const GArray *message_ids, GError **error);
/* The messages marked \Deleted in a mailbox, now: cannot be taken back once sent. */
gboolean model_expunge(Model *model, gint64 mailbox_id, GError **error);

/* A message in a file (RFC 5322, any line ends), copied when decided, into a mailbox; it counts as read. */
gboolean model_append(Model *model, const char *path, gint64 mailbox_id, GError **error);
/* As typed: FILE MAILBOX, either in quotes where it holds spaces. */
gboolean model_append_line(Model *model, const MailboxTree *tree, gint64 account_id, const char *line, GError **error);
/* The same into the account's Drafts, marked \Draft. */
gboolean model_save_draft(Model *model, gint64 account_id, const char *path, GError **error);

gboolean model_mailbox_create(Model *model, gint64 account_id, const char *name, GError **error);
gboolean model_mailbox_rename(Model *model, gint64 mailbox_id, const char *name, GError **error);
gboolean model_mailbox_delete(Model *model, gint64 mailbox_id, GError **error);
gboolean model_mailbox_subscribe(Model *model, gint64 mailbox_id, gboolean subscribed, GError **error);

/* Each message begins a thread of its own, with what answers it. */
gboolean model_break_threads(Model *model, const GArray *message_ids, GError **error);
/* The messages stand below `parent_id` from now on; that one itself may be among them. */
gboolean model_join_threads(Model *model, const GArray *message_ids, gint64 parent_id, GError **error);
/* The message's thread: all of it is marked as read, and so is what comes to it. */
gboolean model_mute_thread(Model *model, gint64 message_id, gboolean muted, GError **error);
gboolean model_thread_is_muted(Model *model, gint64 message_id);

/* Takes back the last decision that the person made here (never an automatic one, like "read" by opening), then the one before. */
gboolean model_undo(Model *model, GError **error);
gboolean model_can_undo(const Model *model);

/* The journal, for the screen that lists it: newest first, of Intent*, free func set. */
GPtrArray *model_intents(Model *model, guint state_mask, guint limit);
char *model_intent_words(Model *model, const Intent *intent); /* one safe line; caller frees */
void model_intent_retry(Model *model, gint64 intent_id);
/* A letter that nobody knows the fate of: it went; or it is a draft again. */
void model_letter_went(Model *model, gint64 intent_id);
void model_letter_to_drafts(Model *model, gint64 intent_id);
void model_intent_cancel(Model *model, gint64 intent_id);
/* It, and what was decided with it, is taken back; what comes of it is told as a notice. */
gboolean model_intent_undo(Model *model, gint64 intent_id, GError **error);
/* It goes to this mailbox instead. */
gboolean model_intent_change(Model *model, gint64 intent_id, gint64 mailbox_id, GError **error);

#endif
