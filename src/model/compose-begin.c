/* How a letter begins: empty, as an answer, from a message that is taken up whole (see compose.h). */
#include "config.h"

#include "model/compose-private.h"
#include "model/message-private.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/i18n.h"
#include "mime/mailto.h"

static ModelCompose *begin(Model *model, gint64 account_id, Letter *letter, GError **error)
{
    ModelCompose *compose = compose_new(model, account_id, letter, error);
    if (compose != NULL)
        compose->new_text = TRUE;
    return compose;
}

ModelCompose *model_compose_from_letter(Model *model, gint64 account_id, Letter *letter, GError **error)
{
    return begin(model, account_id, letter, error);
}

ModelCompose *model_compose_from_mailto(Model *model, gint64 account_id, const char *url, GError **error)
{
    g_autoptr(Letter) letter = letter_new();
    return mailto_read(url, letter, NULL, error) ? begin(model, account_id, g_steal_pointer(&letter), error) : NULL;
}

/* --- answering ------------------------------------------------------------------------------------------- */

gboolean model_message_answerable(ModelMessage *message)
{
    message_want_header(message);
    return message->state != MODEL_MESSAGE_LOADING;
}

/* What the person reads of the message, and nothing else (S38): attached messages are not the author's words. */
static char *quoted_text(ModelMessage *message, LetterTextKind kind)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GPtrArray) parts = message_text_parts(message);
    for (guint i = 0; parts != NULL && i < parts->len; i++) {
        const MessagePart *part = g_ptr_array_index(parts, i);
        if (!message_part_is(part, "text", NULL))
            break;
        g_autoptr(GBytes) content = model_part_content(message->model, message->id, part);
        gsize length = 0;
        const char *bytes = content != NULL ? g_bytes_get_data(content, &length) : NULL;
        if (bytes == NULL)
            continue;
        if (out->len > 0)
            g_string_append(out, kind == LETTER_TEXT_QUOTED ? ">\n" : "\n");
        letter_append_text(out, bytes, length, part, kind);
    }
    return g_string_free(out, FALSE);
}

/* The addresses of all accounts, the message's own first, and who has which. */
static char **own_addresses(const ModelCompose *compose)
{
    GPtrArray *own = g_ptr_array_new();
    for (guint i = 0; i < compose->identities->len; i++)
        g_ptr_array_add(own, g_strdup(g_array_index(compose->identities, ComposeIdentity, i).identity->address));
    g_ptr_array_add(own, NULL);
    return (char **)g_ptr_array_free(own, FALSE);
}

/* Puts `letter` in place of the empty one that the identities were found with. */
static void give(ModelCompose *compose, Letter *letter, int own)
{
    g_free(letter->from);
    letter->from = g_steal_pointer(&compose->letter->from);
    letter_free(compose->letter);
    compose->letter = letter;
    if (own >= 0)
        compose_choose(compose, (guint)own);
}

ModelCompose *model_compose_answer(ModelMessage *message, LetterReplyKind kind, const char *attribution, GError **error)
{
    Model *model = message->model;
    g_autoptr(ModelCompose) compose = begin(model, message->account_id, letter_new(), error);
    if (compose == NULL || !model_frame_begin(model, error))
        return NULL;
    g_autoptr(GBytes) header = model_header_block(model, message->id);
    g_autofree char *body = quoted_text(message, LETTER_TEXT_QUOTED);
    model_frame_end(model);
    LetterOriginal original = { .summary = message->stored->summary, .body = body };
    if (header != NULL)
        original.header = g_bytes_get_data(header, &original.header_length);
    g_auto(GStrv) own = own_addresses(compose);
    Letter *letter = letter_reply(&original, kind, (const char *const *)own, attribution, error);
    if (letter == NULL)
        return NULL;
    give(compose, letter, letter_own_address(&original, (const char *const *)own));
    compose->answers = message->id;
    if (*body == '\0')
        model_say(model, MODEL_NOTICE_WARNING, _("The text is not here, so nothing of it is quoted"));
    return compose_save(compose, error) ? g_steal_pointer(&compose) : NULL;
}

/* --- from a whole message ----------------------------------------------------------------------------------- */

static const char *const ways[] = { "forward", "forward-attached", "edit", "recall" };

guint64 model_message_take_up(ModelMessage *message, ComposeFromWhole how, GError **error)
{
    return message_fetch_whole(message, ways[how], error);
}

static LetterAttachment *whole_as_attachment(const char *path, const MessageSummary *summary)
{
    LetterAttachment *attachment = letter_attachment_new(path);
    attachment->type = g_strdup("message/rfc822");
    attachment->name = letter_forward_name(summary);
    return attachment;
}

/* The file of the transfer becomes one of the draft's own. */
static char *keep_whole(const ModelCompose *compose, const ModelTransfer *transfer, GError **error)
{
    g_autofree char *parts = compose_path(compose->model, compose->id, ".parts");
    g_autofree char *path = g_build_filename(parts, "message.eml", NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    if (g_mkdir_with_parents(parts, 0700) != 0 || !g_file_get_contents(transfer->path, &bytes, &length, error) ||
        !g_file_set_contents_full(path, bytes, (gssize)length, G_FILE_SET_CONTENTS_DURABLE, 0600, error))
        return NULL;
    return g_steal_pointer(&path);
}

/* The letter that passes the message on, its attachments among the draft's files. */
static gboolean pass_on(ModelCompose *compose, ModelMessage *message, const ModelTransfer *transfer, GBytes *raw, gboolean attached,
                        GError **error)
{
    g_autofree char *body = quoted_text(message, LETTER_TEXT_WHOLE);
    LetterOriginal original = { .summary = message->stored->summary, .body = body };
    g_auto(GStrv) own = own_addresses(compose);
    int to = letter_own_address(&original, (const char *const *)own);
    if (attached) {
        g_autofree char *path = keep_whole(compose, transfer, error);
        if (path == NULL)
            return FALSE;
        Letter *letter = letter_forward_attached(&original);
        g_ptr_array_add(letter->attachments, whole_as_attachment(path, original.summary));
        give(compose, letter, to);
        return TRUE;
    }
    g_autofree char *parts = compose_path(compose->model, compose->id, ".parts");
    g_autoptr(Letter) read = letter_read(raw, NULL, parts, error);
    if (read == NULL)
        return FALSE;
    Letter *letter = letter_forward(&original);
    g_ptr_array_extend_and_steal(letter->attachments, g_ptr_array_ref(read->attachments));
    read->attachments = g_ptr_array_new();
    give(compose, letter, to);
    return TRUE;
}

/* A draft keeps its From, whatever it is; the letter of somebody else is not written on under their name. */
static gboolean take_again(ModelCompose *compose, GBytes *raw, gboolean draft, GError **error)
{
    g_autofree char *parts = compose_path(compose->model, compose->id, ".parts");
    Letter *letter = letter_read(raw, NULL, parts, error);
    if (letter == NULL)
        return FALSE;
    g_clear_pointer(&letter->message_id, g_free);
    letter->date = 0;
    g_autofree char *from = g_steal_pointer(&letter->from);
    give(compose, letter, -1);
    g_autofree char *own = g_strdup(model_compose_field(compose, COMPOSE_FROM));
    if (from == NULL || !model_compose_set_field(compose, COMPOSE_FROM, from, error))
        return from == NULL;
    return draft || compose_identity(compose) != NULL || model_compose_set_field(compose, COMPOSE_FROM, own, error);
}

static gboolean fill(ModelCompose *compose, ModelMessage *message, const ModelTransfer *transfer, GBytes *raw, GError **error)
{
    gboolean inside = g_str_equal(transfer->command, ways[COMPOSE_FORWARD]);
    gboolean attached = g_str_equal(transfer->command, ways[COMPOSE_FORWARD_ATTACHED]);
    if (inside || attached) {
        compose->new_text = TRUE;
        compose->forwards = message->id;
        return pass_on(compose, message, transfer, raw, attached, error);
    }
    gboolean draft = g_str_equal(transfer->command, ways[COMPOSE_RECALL]);
    if (!take_again(compose, raw, draft, error))
        return FALSE;
    if (draft) {
        compose->replaces = message->id;
    } else { /* a letter of its own, not the old one once more */
        g_clear_pointer(&compose->letter->in_reply_to, g_free);
        g_clear_pointer(&compose->letter->references, g_strfreev);
    }
    return TRUE;
}

/* --- passed on by the server -------------------------------------------------------------------------------- */

#define WORTH_STAYING (16 * 1024) /* octets: less is fetched as fast as it is named */

static gboolean can_all(const char *capabilities, const char *const *wanted)
{
    g_auto(GStrv) words = g_strsplit(capabilities != NULL ? capabilities : "", " ", -1);
    for (const char *const *one = wanted; *one != NULL; one++)
        if (!g_strv_contains((const char *const *)words, *one))
            return FALSE;
    return TRUE;
}

gboolean model_message_stays_there(ModelMessage *message)
{
    static const char *const wanted[] = { "CATENATE", "URLAUTH", "UIDPLUS", NULL };
    const AccountSlot *slot = model_slot(message->model, message->account_id);
    if (slot == NULL || slot->account->send == NULL || message->model->reader == NULL)
        return FALSE;
    g_autoptr(StoreAccount) stored = store_reader_account_by_name(message->model->reader, slot->account->name);
    return stored != NULL && can_all(stored->capabilities, wanted);
}

/* Of LetterAttachment*; NULL: what belongs to it cannot stay there, or is too little. */
static GPtrArray *stay(ModelMessage *message, gboolean whole)
{
    const MessagePart *root = message->stored->structure;
    if (!whole)
        return letter_remote_attachments(message->id, root);
    if (!letter_travels_as_it_is(root))
        return NULL;
    GPtrArray *one = g_ptr_array_new_with_free_func((GDestroyNotify)letter_attachment_free);
    LetterAttachment *attachment = letter_attachment_new_remote(message->id, "", "7bit", NULL, message->stored->row->size);
    attachment->type = g_strdup("message/rfc822");
    attachment->name = letter_forward_name(message->stored->summary);
    g_ptr_array_add(one, attachment);
    return one;
}

static gboolean is_worth_staying(const GPtrArray *attachments)
{
    guint64 octets = 0;
    for (guint i = 0; i < attachments->len; i++)
        octets += MIN(((LetterAttachment *)attachments->pdata[i])->remote->octets, G_MAXUINT32);
    return octets >= WORTH_STAYING;
}

ModelCompose *model_message_pass_on(ModelMessage *message, ComposeFromWhole how, GError **error)
{
    Model *model = message->model;
    gboolean whole = how == COMPOSE_FORWARD_ATTACHED;
    if (message->state != MODEL_MESSAGE_HERE || message->stored->structure == NULL || !model_message_stays_there(message))
        return NULL;
    g_autoptr(GPtrArray) attachments = stay(message, whole);
    if (attachments == NULL || !is_worth_staying(attachments))
        return NULL;
    g_autoptr(ModelCompose) compose = begin(model, message->account_id, letter_new(), error);
    if (compose == NULL || !model_frame_begin(model, error))
        return NULL;
    g_autofree char *body = quoted_text(message, LETTER_TEXT_WHOLE);
    model_frame_end(model);
    LetterOriginal original = { .summary = message->stored->summary, .body = body };
    g_auto(GStrv) own = own_addresses(compose);
    Letter *letter = whole ? letter_forward_attached(&original) : letter_forward(&original);
    g_ptr_array_extend_and_steal(letter->attachments, g_steal_pointer(&attachments));
    give(compose, letter, letter_own_address(&original, (const char *const *)own));
    compose->forwards = message->id;
    return compose_save(compose, error) ? g_steal_pointer(&compose) : NULL;
}

ModelCompose *model_compose_taken_up(Model *model, const ModelTransfer *transfer, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(transfer->path, FALSE, error);
    g_autoptr(GBytes) raw = file != NULL ? g_mapped_file_get_bytes(file) : NULL;
    ModelMessage *message = raw != NULL ? model_message_open(model, transfer->message_id, TRUE, error) : NULL;
    if (message == NULL)
        return NULL;
    ModelCompose *compose = compose_new(model, message->account_id, letter_new(), error);
    gboolean ok = compose != NULL && model_frame_begin(model, error);
    if (ok) {
        ok = fill(compose, message, transfer, raw, error);
        model_frame_end(model);
        ok = ok && compose_save(compose, error);
    }
    model_message_free(message);
    if (ok)
        return compose;
    if (compose != NULL)
        compose_remove_files(model, compose->id);
    model_compose_free(compose);
    return NULL;
}
