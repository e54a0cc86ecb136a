/* The message in the reader: what is asked of the engine for it, and how far that has come. */
#include "config.h"

#include "model/message.h"

#include "model/message-private.h"

#include <string.h>

#include "base/i18n.h"
#include "mime/choose.h"

#define STRUCTURE "?" /* in `asked`: the engine looks for the structure and then for what should be read */

/* --- asking ------------------------------------------------------------------------------------------- */

static gboolean has_link(const ModelMessage *message)
{
    const ModelAccount *account = model_account_by_id(message->model, message->account_id);
    if (!account)
        return TRUE;
    AccountState state = account->status.state;
    return state != ACCOUNT_OFFLINE && state != ACCOUNT_STOPPED && state != ACCOUNT_WAITING;
}

static char **not_asked(ModelMessage *message, char **missing)
{
    GPtrArray *out = g_ptr_array_new();
    for (char **section = missing; *section; section++)
        if (g_hash_table_add(message->asked, g_strdup(*section)))
            g_ptr_array_add(out, *section);
    g_ptr_array_add(out, NULL);
    return (char **) g_ptr_array_free(out, FALSE);
}

static void want_structure(ModelMessage *message)
{
    if (g_hash_table_add(message->asked, g_strdup(STRUCTURE)))
        engine_want_body(message->model->engine, message->id, NULL);
}

/* Looks at what is here, asks for what is not, and settles the state. Within a frame. */
static void settle(ModelMessage *message)
{
    if (message->state == MODEL_MESSAGE_GONE || message->state == MODEL_MESSAGE_FAILED)
        return;
    if (!message->stored->structure && message->show != MODEL_SHOW_SOURCE) {
        want_structure(message);
        message->state = has_link(message) ? MODEL_MESSAGE_LOADING : MODEL_MESSAGE_OFFLINE;
        return;
    }
    g_auto(GStrv) missing = message_missing(message);
    if (!*missing) {
        message->state = MODEL_MESSAGE_HERE;
        return;
    }
    g_autofree char **ask = not_asked(message, missing);
    if (*ask)
        engine_want_body(message->model->engine, message->id, (const char *const *) ask);
    message->state = has_link(message) ? MODEL_MESSAGE_LOADING : MODEL_MESSAGE_OFFLINE;
}

static void look_again(ModelMessage *message)
{
    message_forget_text(message);
    if (!model_frame_begin(message->model, NULL))
        return;
    settle(message);
    model_frame_end(message->model);
    model_repaint(message->model, MODEL_REPAINT_MESSAGE);
}

void message_want_header(ModelMessage *message)
{
    if (message->want_header)
        return;
    message->want_header = TRUE;
    look_again(message);
}

/* --- life --------------------------------------------------------------------------------------------- */

static void mark_read(ModelMessage *message)
{
    gboolean pending = FALSE;
    g_autofree char *keywords = NULL;
    MailFlags flags = model_overlay_flags(message->model, message->id, message->stored->row->flags, &keywords, &pending);
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(message->model->reader, message->stored->row->mailbox_id);
    if ((flags & MAIL_FLAG_SEEN) || !mailbox || (mailbox->attributes & MAILBOX_READ_ONLY))
        return;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(ids, message->id);
    model_submit_flags(message->model, ids, MAIL_FLAG_SEEN, 0, TRUE);
}

static gint64 account_of(Model *model, const StoreMessage *stored)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(model->reader, stored->row->mailbox_id);
    return mailbox ? mailbox->account_id : 0;
}

void model_message_mark_read(ModelMessage *message)
{
    if (message->state != MODEL_MESSAGE_GONE && model_need_engine(message->model, NULL))
        mark_read(message);
}

ModelMessage *model_message_open(Model *model, gint64 message_id, gboolean peek, GError **error)
{
    if (!model_frame_begin(model, error))
        return NULL;
    StoreMessage *stored = store_reader_message(model->reader, message_id);
    if (!stored) {
        model_frame_end(model);
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOTHING, _("That message is no longer there"));
        return NULL;
    }
    ModelMessage *message = g_new0(ModelMessage, 1);
    message->model = model;
    message->id = message_id;
    message->stored = stored;
    message->account_id = account_of(model, stored);
    message->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_ptr_array_add(model->messages, message);
    model_list_touch(model, message_id);
    settle(message);
    if (!peek)
        mark_read(message);
    model_frame_end(model);
    return message;
}

void model_message_free(ModelMessage *message)
{
    if (!message)
        return;
    g_ptr_array_remove(message->model->messages, message);
    message_forget_text(message);
    g_clear_pointer(&message->attachments, g_ptr_array_unref);
    g_hash_table_unref(message->asked);
    store_message_free(message->stored);
    g_free(message->choice);
    g_free(message->words);
    g_free(message);
}

/* --- hearing --------------------------------------------------------------------------------------------- */

static gboolean reload(ModelMessage *message)
{
    if (message->state == MODEL_MESSAGE_GONE || !model_frame_begin(message->model, NULL))
        return FALSE;
    StoreMessage *fresh = store_reader_message(message->model->reader, message->id);
    if (!fresh) {
        message->state = MODEL_MESSAGE_GONE;
    } else {
        gboolean new_structure = fresh->structure && !message->stored->structure;
        store_message_free(message->stored);
        message->stored = fresh;
        if (new_structure)
            message_forget_text(message);
        g_clear_pointer(&message->attachments, g_ptr_array_unref);
        settle(message);
    }
    model_frame_end(message->model);
    return TRUE;
}

static gboolean hear_body(ModelMessage *message, const Change *change)
{
    message_forget_text(message);
    if (change->error && message->state != MODEL_MESSAGE_HERE) {
        g_free(message->words);
        message->words = model_safe(change->error);
        message->state = has_link(message) ? MODEL_MESSAGE_FAILED : MODEL_MESSAGE_OFFLINE;
        g_hash_table_remove_all(message->asked);
        return TRUE;
    }
    return reload(message);
}

/* The link is back: what was asked in vain is asked again. */
static gboolean hear_account(ModelMessage *message, const Change *change)
{
    if (change->account_id != message->account_id || message->state == MODEL_MESSAGE_HERE || !change->status)
        return FALSE;
    if (message->state == MODEL_MESSAGE_OFFLINE && has_link(message))
        g_hash_table_remove_all(message->asked);
    return reload(message);
}

gboolean model_message_hear(ModelMessage *message, const Change *change)
{
    switch (change->kind) {
    case CHANGE_BODY:
        return change->message_id == message->id && hear_body(message, change);
    case CHANGE_MESSAGE:
        return change->message_id == message->id && reload(message);
    case CHANGE_MAILBOX:
    case CHANGE_NEW_MAIL:
        return change->mailbox_id == message->stored->row->mailbox_id && reload(message);
    case CHANGE_COMMITTED:
    case CHANGE_INTENT:
        return reload(message);
    case CHANGE_ACCOUNT:
        return hear_account(message, change);
    default:
        return FALSE;
    }
}

/* --- what is asked of it ------------------------------------------------------------------------------------ */

gint64 model_message_id(const ModelMessage *message)
{
    return message->id;
}

ModelMessageState model_message_state(const ModelMessage *message)
{
    return message->state;
}

const char *model_message_words(const ModelMessage *message)
{
    switch (message->state) {
    case MODEL_MESSAGE_LOADING:
        return _("Being fetched …");
    case MODEL_MESSAGE_FAILED:
        return message->words;
    case MODEL_MESSAGE_OFFLINE:
        return message->model->online ? _("Not here yet, and no link to the server: it comes when there is one.")
                                      : _("Not on this machine, and you are offline. It comes when you are online.");
    case MODEL_MESSAGE_GONE:
        return _("This message has been removed from the mailbox meanwhile");
    case MODEL_MESSAGE_HERE:
        break;
    }
    return NULL;
}

guint64 model_message_loaded(const ModelMessage *message, guint64 *total)
{
    guint64 here = 0, all = 0;
    g_autoptr(GPtrArray) parts = message_text_parts(message);
    for (guint i = 0; parts && i < parts->len; i++) {
        const MessagePart *part = g_ptr_array_index(parts, i);
        g_autoptr(GBytes) content = model_part_content(message->model, message->id, part);
        all += part->octets;
        here += content ? part->octets : 0;
    }
    if (total)
        *total = all;
    return here;
}

const StoreListRow *model_message_row(const ModelMessage *message)
{
    return message->stored->row;
}

const MessageSummary *model_message_summary(const ModelMessage *message)
{
    return message->stored->summary;
}

/* Trying again is what a person means by asking for another view of a message that failed. */
static void show_other(ModelMessage *message)
{
    if (message->state == MODEL_MESSAGE_FAILED)
        message->state = MODEL_MESSAGE_LOADING;
    g_clear_pointer(&message->attachments, g_ptr_array_unref);
    look_again(message);
}

void model_message_set_show(ModelMessage *message, ModelShow show)
{
    if (message->show == show)
        return;
    message->show = show;
    show_other(message);
}

ModelShow model_message_show(const ModelMessage *message)
{
    return message->show;
}

gboolean model_message_choose(ModelMessage *message, const char *section)
{
    const MessagePart *root = message->stored->structure;
    if (section) {
        const MessagePart *part = root ? message_part_find(root, section) : NULL;
        if (!part || !message_part_is(part, "text", NULL))
            return FALSE;
    }
    g_free(message->choice);
    message->choice = g_strdup(section);
    show_other(message);
    return TRUE;
}

/* The innermost alternative that holds the section; depth is capped where structures are made. */
static const MessagePart *alternative_of(const MessagePart *part, const char *section)
{
    for (guint i = 0; i < part->children->len; i++) {
        const MessagePart *child = g_ptr_array_index(part->children, i);
        if (!message_part_find(child, section))
            continue;
        const MessagePart *inner = alternative_of(child, section);
        return inner ? inner : message_part_is(part, "multipart", "alternative") ? part : NULL;
    }
    return NULL;
}

gboolean model_message_next_alternative(ModelMessage *message)
{
    const char *shown = model_message_section(message);
    const MessagePart *root = message->stored->structure;
    const MessagePart *alternative = root && shown ? alternative_of(root, shown) : NULL;
    if (!alternative)
        return FALSE;
    g_autoptr(GPtrArray) leaves = message_part_leaves(alternative);
    const char *first = NULL, *next = NULL;
    gboolean passed = FALSE;
    for (guint i = 0; i < leaves->len && !next; i++) {
        const MessagePart *leaf = g_ptr_array_index(leaves, i);
        if (!message_part_is(leaf, "text", NULL))
            continue;
        if (!first)
            first = leaf->section;
        if (passed)
            next = leaf->section;
        passed |= strcmp(leaf->section, shown) == 0;
    }
    next = next ? next : first;
    return next && strcmp(next, shown) != 0 && model_message_choose(message, next);
}

const char *model_message_section(const ModelMessage *message)
{
    ModelMessage *self = (ModelMessage *) message; /* the answer is a cache */
    g_autoptr(GPtrArray) parts = message_text_parts(message);
    g_clear_pointer(&self->shown_section, g_free);
    for (guint i = 0; parts && i < parts->len && !self->shown_section; i++) {
        const MessagePart *part = g_ptr_array_index(parts, i);
        if (message_part_is(part, "text", NULL))
            self->shown_section = g_strdup(part->section);
    }
    return message->shown_section;
}
