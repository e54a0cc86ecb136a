/* A letter being written: its fields, its draft on this machine, and how it leaves. UI thread.
 *
 * From the first moment the letter is a file in the drafts folder beside the store (mode 0600, on the disk when a call
 * returns), so that neither a crash of ours nor one of the editor loses it. It stays until the letter is in the outbox,
 * in the Drafts mailbox, or thrown away by the person. A copy on the server that it was taken up from is deleted only
 * when the new one is stored, or the letter sent (doc/internals/compose.md).
 */
#ifndef MALLE_MODEL_COMPOSE_H
#define MALLE_MODEL_COMPOSE_H

#include "config/identity.h"
#include "mime/letter_reply.h"
#include "model/message.h"

typedef struct ModelCompose ModelCompose;

typedef enum {
    COMPOSE_FROM,
    COMPOSE_TO,
    COMPOSE_CC,
    COMPOSE_BCC,
    COMPOSE_REPLY_TO,
    COMPOSE_SUBJECT,
    COMPOSE_FIELDS,
} ComposeField;

/* --- beginning (compose-begin.c) ----------------------------------------------------------------- */

/* `letter` is taken (empty, of a mailto: URL, a template); what it does not say is filled in. `account_id` 0: the first account that has an
 * address. NULL with words when there is none. */
ModelCompose *model_compose_from_letter(Model *model, gint64 account_id, Letter *letter, GError **error);

/* As a mailto: URL wants it, but for what no URL may say (mime/mailto.h). */
ModelCompose *model_compose_from_mailto(Model *model, gint64 account_id, const char *url, GError **error);

/* What an answer needs (header and text) is asked for. TRUE: there is nothing to wait for, or nothing will come. */
gboolean model_message_answerable(ModelMessage *message);
ModelCompose *model_compose_answer(ModelMessage *message, LetterReplyKind kind, const char *attribution, GError **error);

typedef enum {
    COMPOSE_FORWARD,          /* the text within the letter, attachments with it */
    COMPOSE_FORWARD_ATTACHED, /* the whole message as one attachment */
    COMPOSE_EDIT_AS_NEW,
    COMPOSE_RECALL,           /* a draft: what is kept of it takes its place */
} ComposeFromWhole;

/* A forward whose attachments stay on the mail server, from where it passes them on by itself: nothing is fetched. To be asked for when the message
 * is answerable. NULL without error: that cannot be with this server, or is not worth while: take it up. */
gboolean model_message_stays_there(ModelMessage *message); /* it may be, with this account */
ModelCompose *model_message_pass_on(ModelMessage *message, ComposeFromWhole how, GError **error);
/* All of the message, into a private file: a transfer of purpose MODEL_TRANSFER_COMPOSE that can be stopped. 0 with error. */
guint64 model_message_take_up(ModelMessage *message, ComposeFromWhole how, GError **error);
/* When it has finished. */
ModelCompose *model_compose_taken_up(Model *model, const ModelTransfer *transfer, GError **error);

/* --- drafts on this machine (compose-draft.c) ------------------------------------------------------ */

typedef struct {
    char *id;
    char *subject, *to; /* safe, may be "" */
    gint64 when;        /* Unix seconds */
} ModelDraft;

/* What was being written when a program died, newest first. Of ModelDraft*, free func set. */
GPtrArray *model_drafts(Model *model);
ModelCompose *model_compose_open(Model *model, const char *draft_id, GError **error);
/* The account's mailbox for drafts, 0 with words. */
gint64 model_drafts_mailbox(Model *model, gint64 account_id, GError **error);
void model_draft_discard(Model *model, const char *draft_id);
/* A letter that was taken back from the outbox lies among the drafts: its id, once; NULL none. Caller frees. */
char *model_draft_taken_back(Model *model);

/* --- what it says ------------------------------------------------------------------------------------ */

void model_compose_free(ModelCompose *compose); /* the draft stays */
/* As typed; never NULL. */
const char *model_compose_field(const ModelCompose *compose, ComposeField field);
/* A field that is being typed: it is kept for whoever finds the draft, should the program end here, and is not the letter's yet. */
void model_compose_typing(ModelCompose *compose, ComposeField field, const char *value);
/* Setting From chooses the identity, and with it account and signature. Each saves; the error says that it was not saved. */
gboolean model_compose_set_field(ModelCompose *compose, ComposeField field, const char *value, GError **error);
const char *model_compose_text(const ModelCompose *compose);
const GPtrArray *model_compose_attachments(const ModelCompose *compose); /* of LetterAttachment* */
gint64 model_compose_saved_at(const ModelCompose *compose);              /* Unix seconds, 0 not yet */
gboolean model_compose_is_blank(const ModelCompose *compose);            /* nothing of the person's is in it */
/* "Name <address>" of every account, the letter's own account first. NULL-terminated; g_strfreev. */
char **model_compose_identities(const ModelCompose *compose);
gboolean model_compose_next_identity(ModelCompose *compose, GError **error);
void model_compose_set_flowed(ModelCompose *compose, gboolean flowed);
gboolean model_compose_markdown(const ModelCompose *compose);
gboolean model_compose_set_markdown(ModelCompose *compose, gboolean markdown, GError **error);

/* What is asked of the servers on the way: bits. */
typedef enum {
    COMPOSE_REPORT = 1 << 0,      /* tell when it was delivered, delayed or refused (DSN, RFC 3461) */
    COMPOSE_REPORT_NEVER = 1 << 1, /* tell nothing, not even that it could not be delivered */
    COMPOSE_REQUIRE_TLS = 1 << 2, /* protected on all of its way, or not at all (RFC 8689) */
} ComposeOption;
guint model_compose_options(const ModelCompose *compose);
gboolean model_compose_set_options(ModelCompose *compose, guint options, GError **error);

gboolean model_compose_attach(ModelCompose *compose, const char *path, GError **error);
/* Index checked by the caller. */
gboolean model_compose_detach(ModelCompose *compose, guint index, GError **error);
gboolean model_compose_move_attachment(ModelCompose *compose, guint index, int by, GError **error);
typedef enum { COMPOSE_ATTACHMENT_NAME, COMPOSE_ATTACHMENT_TYPE, COMPOSE_ATTACHMENT_DESCRIPTION } ComposeAttachmentText;
gboolean model_compose_describe(ModelCompose *compose, guint index, ComposeAttachmentText what, const char *value, GError **error);
gboolean model_compose_toggle_inline(ModelCompose *compose, guint index, GError **error);
/* How to show it, as model_transfer_opener() does. NULL with error. */
ModelOpener *model_compose_opener(ModelCompose *compose, guint index, GError **error);

/* Is what stands in an address field an address? FALSE with words; it is kept all the same. */
gboolean model_compose_check_field(const ModelCompose *compose, ComposeField field, GError **error);
/* The line that promises an attachment, by one of the words, in what the person wrote. NULL: none. Caller frees. */
char *model_compose_promise(const ModelCompose *compose, const char *const *words);
/* From $XDG_CONFIG_HOME/malle/templates: fields that are empty are filled, the text stands above what is there. */
gboolean model_compose_template(ModelCompose *compose, const char *name, GError **error);

/* --- the editor ------------------------------------------------------------------------------------------ */

/* The text, with the signature below it, as a file for the editor; the letter is on the disk before this returns. With
 * `header` the fields stand above the text. Owned by the letter; NULL with error. */
const char *model_compose_editor_file(ModelCompose *compose, gboolean header, GError **error);
/* What the editor left of it becomes the letter's; the file goes only when that is saved. */
gboolean model_compose_edited(ModelCompose *compose, GError **error);

/* --- sending on as it is (bounce.c) --------------------------------------------------------------------------- */

gboolean model_bounce_check(Model *model, const char *to, GError **error); /* addresses, as typed */
/* The whole message is fetched (a transfer of purpose MODEL_TRANSFER_COMPOSE); when it is here: */
guint64 model_message_bounce(ModelMessage *message, const char *to, GError **error);
gboolean model_transfer_is_bounce(const ModelTransfer *transfer);
/* … it goes to the outbox. No copy is kept in Sent: it is not the person's letter. */
gboolean model_bounce_fetched(Model *model, const ModelTransfer *transfer, gint64 not_before, GError **error);

/* --- leaving (compose-send.c) ------------------------------------------------------------------------------ */

/* What stands against sending, in words (no recipient, no address, no account to send by …). TRUE: nothing. */
gboolean model_compose_check(ModelCompose *compose, GError **error);
/* Into the outbox, not to leave before then (Unix µs; 0: at once), nor to be delivered before `later` (Unix µs; 0: at once), which the server
 * sees to where it can. `markdown_command` makes the HTML beside the text
 * where the letter asks for it; it is run and waited for. After TRUE the letter is only to be freed. */
gboolean model_compose_send(ModelCompose *compose, gint64 not_before, gint64 later, const char *markdown_command, GError **error);
/* Into the Drafts mailbox of its account, or, without one, it stays on this machine (*here, may be NULL). */
gboolean model_compose_postpone(ModelCompose *compose, gboolean *here, GError **error);
void model_compose_discard(ModelCompose *compose);

/* A letter of the journal that has not left, or was refused: back among the drafts, and given up there. */
gboolean model_intent_take_back(Model *model, gint64 intent_id, GError **error);

/* What is asked for on its way, of a letter in the journal, in words; NULL: nothing. Caller frees. */
char *model_sending_words(const Intent *intent);
/* Letters in the outbox that have not left: how many, and when the next may (Unix µs; 0: as soon as it can). */
guint model_outbox(Model *model, gint64 *next);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelCompose, model_compose_free)

#endif
