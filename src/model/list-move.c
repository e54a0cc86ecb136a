/* Moving in a list. Within the window nothing is read at all; beyond it, what the new window needs. */
#include "config.h"

#include "model/list-private.h"

#define MAX_STEP 10000 /* rows in one move: more is what first and last are for */

gboolean model_list_select_line(ModelList *list, guint index)
{
    list->touched = TRUE;
    if (index >= list->window->len || index == list->line)
        return FALSE;
    const WindowRow *row = g_ptr_array_index(list->window, index);
    list->line = index;
    list_select(list, row->stored->id, row->stored->order_key);
    return TRUE;
}

/* Reads around the selected message and gives the new place to `place`: the buffer's row to select and its screen line. */
typedef void (*Place)(ModelList *list, RowBuffer *buffer, int rows, guint *index, int *line);

static gboolean move_by(ModelList *list, int rows, Place place)
{
    guint index;
    gint64 before = list->selected;
    list->touched = TRUE;
    rows = CLAMP(rows, -MAX_STEP, MAX_STEP);
    if (!model_frame_begin(list->model, NULL))
        return FALSE;
    g_autoptr(RowBuffer) buffer = list_read_around(list, list->height + 1 + (rows < 0 ? -rows : 0),
                                                   list->height + 1 + (rows > 0 ? rows : 0), &index, NULL);
    if (buffer) {
        int line = list->line;
        index = row_buffer_need_before(list, buffer, index, list->height + (rows < 0 ? -rows : 0));
        row_buffer_need_after(list, buffer, index, list->height + 1 + (rows > 0 ? rows : 0));
        place(list, buffer, rows, &index, &line);
        list_lay_out(list, buffer, index, CLAMP(line, 0, (int) list->height - 1), STICK_NONE);
    }
    model_frame_end(list->model);
    return list->selected != before;
}

static void step_place(ModelList *list, RowBuffer *buffer, int rows, guint *index, int *line)
{
    (void) list;
    int target = CLAMP((int) *index + rows, 0, (int) buffer->rows->len - 1);
    *line += target - (int) *index;
    *index = target;
}

gboolean model_list_move(ModelList *list, int rows)
{
    int target = (int) list->line + CLAMP(rows, -MAX_STEP, MAX_STEP);
    if (list->window->len == 0 || rows == 0)
        return FALSE;
    if (target >= 0 && target < (int) list->window->len)
        return model_list_select_line(list, target);
    if ((rows < 0 && list->at_start) || (rows > 0 && list->at_end))
        return model_list_select_line(list, rows < 0 ? 0 : list->window->len - 1);
    return move_by(list, rows, step_place);
}

/* The window moves by as much as the selection, so the selected line stays where the eye is. */
static void page_place(ModelList *list, RowBuffer *buffer, int rows, guint *index, int *line)
{
    (void) list;
    (void) line;
    *index = CLAMP((int) *index + rows, 0, (int) buffer->rows->len - 1);
}

gboolean model_list_page(ModelList *list, int half_pages)
{
    int rows = half_pages * (int) list->height / 2;
    if (rows == 0)
        rows = half_pages;
    if (list->window->len == 0)
        return FALSE;
    if ((rows < 0 && list->at_start) || (rows > 0 && list->at_end))
        return model_list_select_line(list, rows < 0 ? 0 : list->window->len - 1);
    return move_by(list, rows, page_place);
}

static void scroll_place(ModelList *list, RowBuffer *buffer, int rows, guint *index, int *line)
{
    int last = (int) list->height - 1, wanted = *line - rows;
    int shift = wanted < 0 ? -wanted : wanted > last ? last - wanted : 0;
    *index = CLAMP((int) *index + shift, 0, (int) buffer->rows->len - 1);
    *line = CLAMP(wanted, 0, last);
}

gboolean model_list_scroll(ModelList *list, int rows)
{
    if (list->window->len == 0 || (rows < 0 && list->at_start) || (rows > 0 && list->at_end))
        return FALSE;
    return move_by(list, rows, scroll_place);
}

static gboolean go_to_end(ModelList *list, gboolean last)
{
    StoreAnchor end = { NULL, -1 };
    gint64 before = list->selected;
    list->touched = TRUE;
    if (!model_frame_begin(list->model, NULL))
        return FALSE;
    g_autoptr(RowBuffer) buffer = last ? row_buffer_read(list, &end, list->height + 1, 0, NULL)
                                       : row_buffer_read(list, NULL, 0, list->height + 1, NULL);
    if (buffer) {
        if (last)
            row_buffer_need_before(list, buffer, buffer->rows->len, list->height + 1);
        else
            row_buffer_need_after(list, buffer, 0, list->height + 1);
        if (buffer->rows->len > 0)
            list_lay_out(list, buffer, last ? buffer->rows->len - 1 : 0, last ? list->height - 1 : 0, STICK_NONE);
    }
    model_frame_end(list->model);
    return list->selected != before;
}

gboolean model_list_first(ModelList *list)
{
    return go_to_end(list, FALSE);
}

gboolean model_list_last(ModelList *list)
{
    return go_to_end(list, TRUE);
}

static int line_of(const ModelList *list, gint64 message_id)
{
    for (guint i = 0; i < list->window->len; i++)
        if (((const WindowRow *) g_ptr_array_index(list->window, i))->stored->id == message_id)
            return i;
    return -1;
}

gboolean model_list_go(ModelList *list, gint64 message_id)
{
    int line = line_of(list, message_id);
    list->touched = TRUE;
    if (line >= 0) {
        model_list_select_line(list, line);
        return TRUE;
    }
    if (!model_frame_begin(list->model, NULL))
        return FALSE;
    g_autoptr(StoreListRow) row = store_reader_row(list->model->reader, &list->spec, message_id);
    if (row) {
        guint index;
        if (list->spec.order == STORE_ORDER_THREAD && row->thread_count == 0)
            list_set_folded(list, row->thread_id, FALSE);
        list_select(list, row->id, row->order_key);
        g_autoptr(RowBuffer) buffer = list_read_around(list, list->height + 1, list->height + 1, &index, NULL);
        if (buffer)
            list_lay_out(list, buffer, index, list->height / 2, STICK_NONE);
    }
    model_frame_end(list->model);
    return row != NULL && list->selected == message_id;
}
