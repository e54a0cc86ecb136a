/* What a line of the list shows of a stored row. */
#include "config.h"

#include "model/list-private.h"

#include <string.h>

#include "base/text.h"
#include "mime/address.h"

void window_row_free(WindowRow *row)
{
    g_free(row->public.who);
    g_free(row->public.subject);
    g_free(row->keywords);
    store_list_row_free(row->stored);
    g_free(row);
}

gboolean model_is_own_address(const Model *model, const char *address)
{
    g_autofree char *key = address ? text_sort_key(address, -1) : NULL;
    return key && model->own_addresses && g_strv_contains((const char *const *) model->own_addresses, key);
}

static gboolean is_outgoing(const ModelList *list, const StoreListRow *row)
{
    MailboxRole role = list->mailbox ? list->mailbox->role : MAILBOX_ROLE_NONE;
    return role == MAILBOX_ROLE_SENT || role == MAILBOX_ROLE_DRAFTS || model_is_own_address(list->model, row->from_address);
}

static char *who(const StoreListRow *row, gboolean outgoing)
{
    if (outgoing && row->to && *row->to)
        return text_make_safe(row->to, -1, TEXT_SINGLE_LINE);
    return mime_address_show_short(row->from_name, row->from_address);
}

WindowRow *window_row_new(ModelList *list, StoreListRow *stored)
{
    WindowRow *row = g_new0(WindowRow, 1);
    ModelListRow *public = &row->public;
    gboolean pending = stored->has_pending;
    row->stored = stored;
    row->keywords = g_strdup(stored->keywords);
    public->row = stored;
    public->flags = model_overlay_flags(list->model, stored->id, stored->flags, &row->keywords, &pending);
    public->keywords = row->keywords ? row->keywords : "";
    public->pending = pending;
    public->tagged = g_hash_table_contains(list->tags, &stored->id);
    public->outgoing = is_outgoing(list, stored);
    public->who = who(stored, public->outgoing);
    public->subject = text_make_safe(stored->subject ? stored->subject : "", -1, TEXT_SINGLE_LINE);
    if (list->spec.order == STORE_ORDER_THREAD) {
        public->depth = stored->thread_depth;
        if (stored->thread_count > 1 && list_thread_is_folded(list, stored->thread_id)) {
            public->folded = stored->thread_count;
            public->folded_unread = stored->thread_unread;
        }
    }
    public->rule = model_rule_of(list->model, public);
    return row;
}

/* A sibling follows if one of the same depth comes before anything shallower or another thread. */
void window_link_threads(ModelList *list)
{
    for (guint i = 0; i < list->window->len; i++) {
        WindowRow *row = g_ptr_array_index(list->window, i);
        row->public.continues = FALSE;
        for (guint j = i + 1; row->public.depth > 0 && j < list->window->len; j++) {
            const WindowRow *later = g_ptr_array_index(list->window, j);
            if (later->stored->thread_id != row->stored->thread_id || later->public.depth < row->public.depth)
                break;
            if (later->public.depth == row->public.depth) {
                row->public.continues = TRUE;
                break;
            }
        }
    }
}
