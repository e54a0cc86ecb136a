#include "config.h"

#include "model/conversation.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "mime/address.h"
#include "model/internal.h"

typedef struct {
    ModelConversationEntry public;
    StoreListRow *stored;
    ModelMessage *message; /* NULL: not opened */
    GArray *copies;        /* of gint64: rows that stand for the same message */
} Entry;

struct ModelConversation {
    Model *model;
    gint64 opened_from; /* message; the thread is found by it, or by another one when it has gone */
    gint64 mailbox_id;  /* it was opened there */
    GPtrArray *entries; /* of Entry* */
};

static void entry_free(gpointer data)
{
    Entry *entry = data;
    g_free(entry->public.who);
    g_free(entry->public.to);
    g_free(entry->public.place);
    store_list_row_free(entry->stored);
    model_message_free(entry->message);
    g_array_unref(entry->copies);
    g_free(entry);
}

/* --- what belongs to it ------------------------------------------------------------------------------- */

/* Mailboxes are asked for once in a refresh. */
static const StoreMailbox *mailbox_of(Model *model, GHashTable *mailboxes, gint64 id)
{
    StoreMailbox *mailbox = g_hash_table_lookup(mailboxes, &id);
    if (!mailbox && (mailbox = store_reader_mailbox(model->reader, id)))
        g_hash_table_insert(mailboxes, &mailbox->id, mailbox);
    return mailbox;
}

static gboolean is_left_out(const ModelConversation *conversation, const StoreMailbox *mailbox)
{
    return !mailbox || (mailbox->id != conversation->mailbox_id && (mailbox->role == MAILBOX_ROLE_TRASH || mailbox->role == MAILBOX_ROLE_JUNK ||
                                                                      mailbox->role == MAILBOX_ROLE_DRAFTS));
}

static char *place_of(const ModelConversation *conversation, const StoreMailbox *mailbox)
{
    if (mailbox->id == conversation->mailbox_id)
        return NULL;
    const ModelAccount *account = model_account_by_id(conversation->model, mailbox->account_id);
    g_autofree char *name = account && model_n_accounts(conversation->model) > 1 ? g_strdup_printf("%s: %s", account->account->name, mailbox->name)
                                                                                 : g_strdup(mailbox->name);
    return model_safe(name);
}

static Entry *entry_new(const ModelConversation *conversation, StoreListRow *stored, const StoreMailbox *mailbox)
{
    Model *model = conversation->model;
    Entry *entry = g_new0(Entry, 1);
    ModelConversationEntry *public = &entry->public;
    gboolean pending = stored->has_pending;
    g_autofree char *keywords = g_strdup(stored->keywords);
    entry->stored = stored;
    entry->copies = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(entry->copies, stored->id);
    public->row = stored;
    public->flags = model_overlay_flags(model, stored->id, stored->flags, &keywords, &pending);
    public->pending = pending;
    public->outgoing = mailbox->role == MAILBOX_ROLE_SENT || model_is_own_address(model, stored->from_address);
    public->who = mime_address_show_short(stored->from_name, stored->from_address);
    public->to = text_make_safe(stored->to ? stored->to : "", -1, TEXT_SINGLE_LINE);
    public->place = place_of(conversation, mailbox);
    return entry;
}

static int compare_entries(gconstpointer a, gconstpointer b)
{
    const StoreListRow *left = (*(Entry *const *) a)->stored, *right = (*(Entry *const *) b)->stored;
    if (left->date != right->date)
        return left->date < right->date ? -1 : 1;
    return left->id < right->id ? -1 : left->id > right->id;
}

/* A copy of what is there already: the same Message-ID, and the same Date and sender as well, because others can write any Message-ID. */
static Entry *find_same(GHashTable *by_id, const StoreListRow *row, const char *message_id)
{
    Entry *entry = message_id ? g_hash_table_lookup(by_id, message_id) : NULL;
    return entry && entry->stored->date == row->date && g_strcmp0(entry->stored->from_address, row->from_address) == 0 ? entry : NULL;
}

/* Of copies the one in the mailbox that it was opened from is shown; else the first. */
static void take_copy(const ModelConversation *conversation, Entry *entry, StoreListRow *row, const StoreMailbox *mailbox)
{
    g_array_append_val(entry->copies, row->id);
    if (mailbox->id != conversation->mailbox_id || entry->stored->mailbox_id == conversation->mailbox_id) {
        store_list_row_free(row);
        return;
    }
    Entry *better = entry_new(conversation, row, mailbox);
    g_array_append_vals(better->copies, entry->copies->data, entry->copies->len);
    Entry kept = *entry;
    *entry = *better;
    *better = kept;
    entry_free(better);
}

static char *message_id_of(Model *model, gint64 row_id)
{
    g_autoptr(StoreMessage) message = store_reader_message(model->reader, row_id);
    return message && message->summary ? g_strdup(message->summary->message_id) : NULL;
}

static GPtrArray *read_entries(ModelConversation *conversation, gint64 thread_id)
{
    Model *model = conversation->model;
    GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
    g_autoptr(GHashTable) mailboxes = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) store_mailbox_free);
    g_autoptr(GHashTable) by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) rows = store_reader_thread(model->reader, thread_id, 0);
    g_ptr_array_set_free_func(rows, NULL);
    for (guint i = 0; i < rows->len; i++) {
        StoreListRow *row = g_ptr_array_index(rows, i);
        const StoreMailbox *mailbox = mailbox_of(model, mailboxes, row->mailbox_id);
        if (is_left_out(conversation, mailbox) || model_overlay_hides(model, row->id)) {
            store_list_row_free(row);
            continue;
        }
        g_autofree char *message_id = message_id_of(model, row->id);
        Entry *same = find_same(by_id, row, message_id);
        if (same) {
            take_copy(conversation, same, row, mailbox);
            continue;
        }
        Entry *entry = entry_new(conversation, row, mailbox);
        g_ptr_array_add(entries, entry);
        if (message_id)
            g_hash_table_insert(by_id, g_steal_pointer(&message_id), entry);
    }
    g_ptr_array_sort(entries, compare_entries);
    return entries;
}

/* --- life ----------------------------------------------------------------------------------------------- */

/* The thread may have another number by now, and the message that led to it may have gone. */
static gint64 thread_now(ModelConversation *conversation)
{
    gint64 last = 0;
    for (guint i = 0; i <= conversation->entries->len; i++) {
        gint64 id = i == 0 ? conversation->opened_from : ((Entry *) g_ptr_array_index(conversation->entries, i - 1))->stored->id;
        g_autoptr(StoreMessage) message = store_reader_message(conversation->model->reader, id);
        if (message)
            return message->row->thread_id;
    }
    return last;
}

static void keep_opened(GPtrArray *before, GPtrArray *now)
{
    for (guint i = 0; i < now->len; i++) {
        Entry *entry = g_ptr_array_index(now, i);
        for (guint j = 0; j < before->len && !entry->message; j++) {
            Entry *old = g_ptr_array_index(before, j);
            if (old->stored->id == entry->stored->id)
                entry->message = g_steal_pointer(&old->message);
        }
    }
}

gboolean model_conversation_refresh(ModelConversation *conversation)
{
    if (!model_frame_begin(conversation->model, NULL))
        return conversation->entries->len > 0;
    gint64 thread_id = thread_now(conversation);
    GPtrArray *now = thread_id ? read_entries(conversation, thread_id) : g_ptr_array_new_with_free_func(entry_free);
    keep_opened(conversation->entries, now);
    g_ptr_array_unref(conversation->entries);
    conversation->entries = now;
    model_frame_end(conversation->model);
    return now->len > 0;
}

ModelConversation *model_conversation_open(Model *model, gint64 message_id, GError **error)
{
    if (!model_frame_begin(model, error))
        return NULL;
    g_autoptr(ModelConversation) conversation = g_new0(ModelConversation, 1);
    g_autoptr(StoreMessage) message = store_reader_message(model->reader, message_id);
    conversation->model = model;
    conversation->opened_from = message_id;
    conversation->mailbox_id = message ? message->row->mailbox_id : 0;
    conversation->entries = g_ptr_array_new_with_free_func(entry_free);
    gboolean any = message && model_conversation_refresh(conversation);
    model_frame_end(model);
    if (any)
        return g_steal_pointer(&conversation);
    g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOTHING, _("That message is no longer there"));
    return NULL;
}

void model_conversation_free(ModelConversation *conversation)
{
    if (!conversation)
        return;
    g_ptr_array_unref(conversation->entries);
    g_free(conversation);
}

/* --- what is asked of it ----------------------------------------------------------------------------------- */

guint model_conversation_count(const ModelConversation *conversation)
{
    return conversation->entries->len;
}

static Entry *entry_at(const ModelConversation *conversation, guint index)
{
    return g_ptr_array_index(conversation->entries, index);
}

const ModelConversationEntry *model_conversation_entry(const ModelConversation *conversation, guint index)
{
    return &entry_at(conversation, index)->public;
}

int model_conversation_find(const ModelConversation *conversation, gint64 message_id)
{
    for (guint i = 0; i < conversation->entries->len; i++) {
        const GArray *copies = entry_at(conversation, i)->copies;
        for (guint j = 0; j < copies->len; j++)
            if (g_array_index(copies, gint64, j) == message_id)
                return (int) i;
    }
    return -1;
}

ModelMessage *model_conversation_message(ModelConversation *conversation, guint index)
{
    Entry *entry = entry_at(conversation, index);
    if (!entry->message)
        entry->message = model_message_open(conversation->model, entry->stored->id, TRUE, NULL);
    return entry->message;
}

void model_conversation_open_range(ModelConversation *conversation, guint first, guint end)
{
    gint64 mailbox_id = conversation->mailbox_id; /* what is selected anyway comes first */
    end = MIN(end, conversation->entries->len);
    while (mailbox_id != 0) {
        gint64 next = 0;
        for (guint i = first; i < end; i++) {
            const Entry *entry = entry_at(conversation, i);
            if (entry->message)
                continue;
            if (entry->stored->mailbox_id == mailbox_id && model_conversation_message(conversation, i))
                continue;
            if (entry->stored->mailbox_id > (mailbox_id == conversation->mailbox_id ? 0 : mailbox_id) &&
                entry->stored->mailbox_id != conversation->mailbox_id && (next == 0 || entry->stored->mailbox_id < next))
                next = entry->stored->mailbox_id;
        }
        mailbox_id = next;
    }
}

gboolean model_conversation_is_opened(const ModelConversation *conversation, guint index)
{
    return entry_at(conversation, index)->message != NULL;
}
