/* To the next message that is so and so. Unread mail of a mailbox has an index of its own; everything else is looked for row by
 * row, a bounded number at a time, so that a key press is answered in a frame and the caller may go on with the next. */
#include "config.h"

#include "model/list-private.h"

#define FIRST_CHUNK 8u /* what is looked for is often near, and on the unread index the next row */
#define CHUNK 256u

typedef enum { SEEK_FOUND, SEEK_NONE, SEEK_MORE } SeekResult;

static gboolean row_is(ModelList *list, ModelSeek what, const StoreListRow *row)
{
    gboolean pending = FALSE;
    g_autofree char *keywords = g_strdup(row->keywords);
    MailFlags flags = model_overlay_flags(list->model, row->id, row->flags, &keywords, &pending);
    gboolean tagged = g_hash_table_contains(list->tags, &row->id);
    switch (what) {
    case MODEL_SEEK_UNREAD:
        return !(flags & MAIL_FLAG_SEEN);
    case MODEL_SEEK_FLAGGED:
        return (flags & MAIL_FLAG_FLAGGED) != 0;
    case MODEL_SEEK_TAGGED:
        return tagged;
    case MODEL_SEEK_THREAD:
        return row->thread_count > 0 || list->spec.order != STORE_ORDER_THREAD;
    case MODEL_SEEK_MATCH:
        return list->search &&
               row_query_ask(list->search, row, flags, keywords, tagged, list_thread_is_folded(list, row->thread_id)) == QUERY_YES;
    }
    return FALSE;
}

static SeekResult seek_from(ModelList *list, const StoreListSpec *spec, ModelSeek what, int direction, StoreAnchor *anchor, gint64 *found)
{
    guint chunk = FIRST_CHUNK;
    for (guint seen = 0; seen < MODEL_SEEK_ROWS; chunk = MIN(chunk * 2, CHUNK)) {
        guint place = 0, before = direction < 0 ? chunk : 0, after = direction < 0 ? 0 : chunk + 1;
        g_autoptr(GPtrArray) rows = store_reader_window(list->model->reader, spec, anchor, before, after, &place, NULL);
        guint n = rows ? rows->len : 0, fresh = 0;
        gint64 from = anchor->id;
        for (guint i = 0; i < n; i++) {
            const StoreListRow *row = g_ptr_array_index(rows, direction < 0 ? n - 1 - i : i);
            if (row->id == from)
                continue;
            fresh++;
            if (!model_overlay_hides(list->model, row->id) && row_is(list, what, row)) {
                *found = row->id;
                return SEEK_FOUND;
            }
            g_free(anchor->key);
            anchor->key = g_strdup(row->order_key);
            anchor->id = row->id;
        }
        seen += fresh;
        if (fresh < chunk)
            return SEEK_NONE;
    }
    return SEEK_MORE;
}

static void forget_progress(ModelList *list)
{
    list->seek_id = 0;
    g_clear_pointer(&list->seek_key, g_free);
}

gboolean model_list_seek(ModelList *list, ModelSeek what, int direction, gboolean *more)
{
    gint64 found = 0;
    if (more)
        *more = FALSE;
    if (!list->selected || !list->key || !model_frame_begin(list->model, NULL))
        return FALSE;
    StoreListSpec spec = list->spec;
    spec.unread_only = what == MODEL_SEEK_UNREAD && spec.mailbox_id != 0;
    StoreAnchor anchor = { g_strdup(list->seek_id ? list->seek_key : list->key), list->seek_id ? list->seek_id : list->selected };
    SeekResult result = seek_from(list, &spec, what, direction, &anchor, &found);
    model_frame_end(list->model);
    forget_progress(list);
    if (result == SEEK_MORE && more) {
        *more = TRUE;
        list->seek_id = anchor.id;
        list->seek_key = g_steal_pointer(&anchor.key);
    }
    g_free(anchor.key);
    return result == SEEK_FOUND && model_list_go(list, found);
}

gboolean model_list_set_search(ModelList *list, const char *text, gsize *offset, GError **error)
{
    forget_progress(list);
    if (!text) {
        g_clear_pointer(&list->search, row_query_free);
        return TRUE;
    }
    g_autoptr(Query) query = query_parse(text, g_get_real_time() / G_USEC_PER_SEC, offset, error);
    if (!query)
        return FALSE;
    row_query_free(list->search);
    list->search = row_query_new(list->model, query);
    return TRUE;
}
