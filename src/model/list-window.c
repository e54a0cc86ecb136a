/* The window of a list: reading by keyset around a message, and laying the rows out on the screen's lines.
 *
 * Rows that are not shown (inside folded threads, or on their way to another mailbox by a decision that is not committed
 * yet) are skipped while reading, so a window may take several reads; each is bounded, and so is their number.
 */
#include "config.h"

#include "model/list-private.h"

#include <string.h>

#define CHUNK 64u     /* rows of a further read */
#define MAX_READS 400 /* a folded thread larger than this many chunks is shown cut */

/* --- what is shown --------------------------------------------------------------------------------- */

gboolean list_thread_is_folded(const ModelList *list, gint64 thread_id)
{
    return list->fold_all != g_hash_table_contains(list->fold_exceptions, &thread_id);
}

void list_set_folded(ModelList *list, gint64 thread_id, gboolean folded)
{
    if (list->fold_all == folded)
        g_hash_table_remove(list->fold_exceptions, &thread_id);
    else
        g_hash_table_add(list->fold_exceptions, g_memdup2(&thread_id, sizeof thread_id));
}

static gboolean is_inside_folded(const ModelList *list, const StoreListRow *row)
{
    return list->spec.order == STORE_ORDER_THREAD && row->thread_count == 0 && list_thread_is_folded(list, row->thread_id);
}

static gboolean is_shown(const ModelList *list, const StoreListRow *row)
{
    if (list->spec.view_id && list->mailbox_id && row->mailbox_id != list->mailbox_id)
        return FALSE; /* moved away since the view was made */
    return !is_inside_folded(list, row) && !model_overlay_hides(list->model, row->id);
}

/* --- the buffer --------------------------------------------------------------------------------------- */

void row_buffer_free(RowBuffer *buffer)
{
    if (!buffer)
        return;
    g_ptr_array_unref(buffer->rows);
    g_free(buffer->first_key);
    g_free(buffer->last_key);
    g_free(buffer);
}

static GPtrArray *read_rows(ModelList *list, const StoreAnchor *anchor, guint before, guint after, guint *place, GError **error)
{
    *place = 0;
    GPtrArray *rows = store_reader_window(list->model->reader, &list->spec, anchor, before, after, place, error);
    if (rows)
        *place = MIN(*place, rows->len);
    return rows;
}

static void set_edge(char **key, gint64 *id, const StoreListRow *row)
{
    g_free(*key);
    *key = g_strdup(row->order_key);
    *id = row->id;
}

RowBuffer *row_buffer_read(ModelList *list, const StoreAnchor *anchor, guint before, guint after, GError **error)
{
    guint place;
    g_autoptr(GPtrArray) rows = read_rows(list, anchor, before, after, &place, error);
    if (!rows)
        return NULL;
    RowBuffer *buffer = g_new0(RowBuffer, 1);
    buffer->rows = g_ptr_array_new_with_free_func((GDestroyNotify) store_list_row_free);
    gboolean from_end = anchor && !anchor->key && anchor->id == -1;
    if (from_end)
        place = rows->len;
    buffer->start = !anchor || place < before;
    buffer->end = from_end || rows->len - place < after;
    if (rows->len > 0) {
        set_edge(&buffer->first_key, &buffer->first_id, g_ptr_array_index(rows, 0));
        set_edge(&buffer->last_key, &buffer->last_id, g_ptr_array_index(rows, rows->len - 1));
    }
    g_ptr_array_set_free_func(rows, NULL);
    for (guint i = 0; i < rows->len; i++) {
        StoreListRow *row = g_ptr_array_index(rows, i);
        if (i == place)
            buffer->place = buffer->rows->len;
        if (is_shown(list, row))
            g_ptr_array_add(buffer->rows, row);
        else
            store_list_row_free(row);
    }
    if (place >= rows->len)
        buffer->place = buffer->rows->len;
    return buffer;
}

/* One more chunk on one side. FALSE when nothing more can be had. */
static gboolean read_before(ModelList *list, RowBuffer *buffer, guint count)
{
    guint place, added = 0;
    StoreAnchor anchor = { buffer->first_key, buffer->first_id };
    g_autoptr(GPtrArray) rows = buffer->first_key ? read_rows(list, &anchor, count, 0, &place, NULL) : NULL;
    if (!rows)
        return FALSE;
    buffer->start = rows->len < count;
    if (rows->len > 0)
        set_edge(&buffer->first_key, &buffer->first_id, g_ptr_array_index(rows, 0));
    g_ptr_array_set_free_func(rows, NULL);
    for (guint i = 0; i < rows->len; i++) {
        StoreListRow *row = g_ptr_array_index(rows, i);
        if (is_shown(list, row))
            g_ptr_array_insert(buffer->rows, added++, row);
        else
            store_list_row_free(row);
    }
    buffer->place += added;
    return TRUE;
}

static gboolean read_after(ModelList *list, RowBuffer *buffer, guint count)
{
    guint place;
    StoreAnchor anchor = { buffer->last_key, buffer->last_id };
    g_autoptr(GPtrArray) rows = buffer->last_key ? read_rows(list, &anchor, 0, count + 1, &place, NULL) : NULL;
    if (!rows)
        return FALSE;
    guint fresh = 0;
    gint64 known = buffer->last_id;
    if (rows->len > 0)
        set_edge(&buffer->last_key, &buffer->last_id, g_ptr_array_index(rows, rows->len - 1));
    g_ptr_array_set_free_func(rows, NULL);
    for (guint i = 0; i < rows->len; i++) {
        StoreListRow *row = g_ptr_array_index(rows, i);
        gboolean is_new = row->id != known;
        fresh += is_new;
        if (is_new && is_shown(list, row))
            g_ptr_array_add(buffer->rows, row);
        else
            store_list_row_free(row);
    }
    buffer->end = fresh < count;
    return TRUE;
}

guint row_buffer_need_before(ModelList *list, RowBuffer *buffer, guint index, guint rows)
{
    for (int reads = 0; !buffer->start && index < rows && reads < MAX_READS; reads++) {
        guint had = buffer->rows->len;
        if (!read_before(list, buffer, MAX(CHUNK, rows - index)))
            break;
        index += buffer->rows->len - had;
    }
    return index;
}

void row_buffer_need_after(ModelList *list, RowBuffer *buffer, guint index, guint rows)
{
    for (int reads = 0; !buffer->end && buffer->rows->len < index + rows && reads < MAX_READS; reads++)
        if (!read_after(list, buffer, MAX(CHUNK, index + rows - buffer->rows->len)))
            break;
}

int row_buffer_find(const RowBuffer *buffer, gint64 message_id)
{
    for (guint i = 0; i < buffer->rows->len; i++)
        if (((const StoreListRow *) g_ptr_array_index(buffer->rows, i))->id == message_id)
            return i;
    return -1;
}

/* --- laying out --------------------------------------------------------------------------------------- */

void list_select(ModelList *list, gint64 message_id, const char *key)
{
    if (list->key != key) {
        g_free(list->key);
        list->key = g_strdup(key);
    }
    list->selected = message_id;
}

void list_clear_window(ModelList *list)
{
    g_ptr_array_set_size(list->window, 0);
    list->at_start = list->at_end = TRUE;
    list->line = 0;
}

/* An end of the list that was in view stays in view as long as the selected row does: so new mail is seen where it comes in. */
static guint stick_to(ModelList *list, RowBuffer *buffer, guint *index, guint line, Stick stick)
{
    guint height = list->height;
    if (stick == STICK_START) {
        *index = row_buffer_need_before(list, buffer, *index, height);
        if (buffer->start && *index < height)
            return *index;
    } else if (stick == STICK_END) {
        row_buffer_need_after(list, buffer, *index, height + 1);
        guint from_selected = buffer->rows->len - *index;
        if (buffer->end && from_selected <= height)
            return height - from_selected;
    }
    return line;
}

void list_lay_out(ModelList *list, RowBuffer *buffer, guint index, guint line, Stick stick)
{
    guint height = list->height;
    line = MIN(line, height - 1);
    line = stick_to(list, buffer, &index, line, stick);
    index = row_buffer_need_before(list, buffer, index, line + 1);
    line = MIN(line, index);
    row_buffer_need_after(list, buffer, index, height - line + 1);
    guint from_selected = buffer->rows->len - index;
    if (from_selected < height - line) { /* the end is near: fill the screen from above */
        line = height - from_selected;
        index = row_buffer_need_before(list, buffer, index, line + 1);
        line = MIN(line, index);
    }
    guint top = index - line, bottom = MIN(top + height, buffer->rows->len);
    const StoreListRow *selected = g_ptr_array_index(buffer->rows, index);
    list_select(list, selected->id, selected->order_key);
    list->line = line;
    list->at_start = buffer->start && top == 0;
    list->at_end = buffer->end && bottom == buffer->rows->len;
    g_ptr_array_set_size(list->window, 0);
    for (guint i = top; i < bottom; i++) {
        StoreListRow *row = g_ptr_array_index(buffer->rows, i);
        g_ptr_array_index(buffer->rows, i) = NULL;
        g_ptr_array_add(list->window, window_row_new(list, row));
    }
    g_ptr_array_set_free_func(buffer->rows, NULL);
    for (guint i = 0; i < buffer->rows->len; i++)
        if (g_ptr_array_index(buffer->rows, i))
            store_list_row_free(g_ptr_array_index(buffer->rows, i));
    g_ptr_array_set_size(buffer->rows, 0);
    window_link_threads(list);
}

/* The selected row may have a new place in the order (a thread moves when it is answered), so its key is asked for first. */
static RowBuffer *read_at_selected(ModelList *list, guint before, guint after, gboolean *was_folded, GError **error)
{
    g_autoptr(StoreListRow) row = store_reader_row(list->model->reader, &list->spec, list->selected);
    *was_folded = row && is_inside_folded(list, row);
    g_autofree char *key = g_strdup(row ? row->order_key : list->key);
    StoreAnchor anchor = { key, list->selected };
    return row_buffer_read(list, key ? &anchor : NULL, before, after, error);
}

/* Where a list begins for the person: the newest, which is first when descending. */
static RowBuffer *read_at_newest(ModelList *list, guint *index, GError **error)
{
    StoreAnchor end = { NULL, -1 };
    gboolean at_end = !list->spec.descending && list->spec.order != STORE_ORDER_FROM && list->spec.order != STORE_ORDER_SUBJECT;
    RowBuffer *buffer = at_end ? row_buffer_read(list, &end, list->height + 1, 0, error)
                               : row_buffer_read(list, NULL, 0, list->height + 1, error);
    if (!buffer)
        return NULL;
    if (at_end) {
        *index = row_buffer_need_before(list, buffer, buffer->rows->len, 1);
        *index = buffer->rows->len ? buffer->rows->len - 1 : 0;
        list->line = list->height - 1;
    } else {
        row_buffer_need_after(list, buffer, 0, 1);
        *index = 0;
        list->line = 0;
    }
    return buffer;
}

RowBuffer *list_read_around(ModelList *list, guint before, guint after, guint *index, GError **error)
{
    gboolean was_folded = FALSE;
    g_autoptr(RowBuffer) buffer = list->selected ? read_at_selected(list, before, after, &was_folded, error)
                                                 : read_at_newest(list, index, error);
    if (!buffer)
        return NULL;
    int found = list->selected ? row_buffer_find(buffer, list->selected) : (int) *index;
    if (found < 0) { /* gone or hidden: what stood there next; for a folded one its thread's first row, which is before it */
        if (was_folded || buffer->place >= buffer->rows->len)
            row_buffer_need_before(list, buffer, buffer->place, 1);
        row_buffer_need_after(list, buffer, buffer->place, 1);
        found = buffer->place;
        if (found > 0 && (was_folded || (guint) found >= buffer->rows->len))
            found--;
    }
    *index = found;
    return (guint) found < buffer->rows->len ? g_steal_pointer(&buffer) : NULL;
}
