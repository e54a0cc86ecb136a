/* The list's life, its refreshing, and what is asked of its window. */
#include "config.h"

#include "model/list.h"

#include "model/list-private.h"

#include <string.h>

static const char *const order_names[] = {
    [STORE_ORDER_DATE] = "date", [STORE_ORDER_THREAD] = "thread", [STORE_ORDER_FROM] = "from",
    [STORE_ORDER_SUBJECT] = "subject", [STORE_ORDER_SIZE] = "size", [STORE_ORDER_ARRIVED] = "arrived",
};

static char *order_setting(const ModelList *list)
{
    return g_strdup_printf("list.%" G_GINT64_FORMAT ".order", model_list_mailbox(list));
}

static void load_order(ModelList *list)
{
    list->spec.order = list->model->default_order;
    list->spec.descending = list->model->default_descending;
    if (list->found_by) { /* what is looked for is more often a message than a thread */
        list->spec.order = STORE_ORDER_DATE;
        list->spec.descending = TRUE;
    }
    g_autofree char *name = order_setting(list);
    g_autofree char *kept = model_setting(list->model, name);
    for (guint i = 0; kept && i < G_N_ELEMENTS(order_names); i++) {
        gsize length = strlen(order_names[i]);
        if (strncmp(kept, order_names[i], length) == 0 && (kept[length] == '+' || kept[length] == '-')) {
            list->spec.order = i;
            list->spec.descending = kept[length] == '-';
        }
    }
}

/* Threads belong to one mailbox or view. */
static void make_order_possible(ModelList *list)
{
    if (list->inboxes && list->spec.order == STORE_ORDER_THREAD)
        list->spec.order = STORE_ORDER_DATE;
}

static GHashTable *id_set(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static ModelList *list_new(Model *model, gint64 mailbox_id, const char *found_by)
{
    ModelList *list = g_new0(ModelList, 1);
    list->model = model;
    list->inboxes = mailbox_id == MODEL_INBOXES;
    list->mailbox_id = list->inboxes ? 0 : mailbox_id;
    list->found_by = g_strdup(found_by);
    list->spec.mailbox_id = list->mailbox_id;
    list->spec.inboxes = list->inboxes;
    list->height = 1;
    list->window = g_ptr_array_new_with_free_func((GDestroyNotify) window_row_free);
    list->tags = id_set();
    list->fold_exceptions = id_set();
    list->reported = g_array_new(FALSE, FALSE, sizeof(gint64));
    load_order(list);
    make_order_possible(list);
    g_ptr_array_add(model->lists, list);
    return list;
}

/* Each account has its own open. */
static void look_at_inboxes(Model *model)
{
    for (guint i = 0; i < model_n_accounts(model); i++) {
        g_autoptr(StoreMailbox) inbox = store_reader_mailbox_by_role(model->reader, model_account(model, i)->id, MAILBOX_ROLE_INBOX);
        if (inbox)
            engine_look_at_mailbox(model->engine, inbox->id);
    }
}

ModelList *model_list_new(Model *model, gint64 mailbox_id)
{
    if (mailbox_id == MODEL_INBOXES)
        look_at_inboxes(model);
    else
        engine_look_at_mailbox(model->engine, mailbox_id);
    return list_new(model, mailbox_id, NULL);
}

/* The mailbox that was open stays so in the engine: going back there costs nothing, and what comes there may belong to the search. */
ModelList *model_list_new_search(Model *model, const char *text, gsize *offset, GError **error)
{
    if (!list_check_query(text, TRUE, offset, error))
        return NULL;
    ModelList *list = list_new(model, 0, text);
    model_list_refresh_limit(list);
    return list;
}

void model_list_free(ModelList *list)
{
    if (!list)
        return;
    list_drop_limit(list);
    g_ptr_array_remove(list->model->lists, list);
    store_mailbox_free(list->mailbox);
    g_ptr_array_unref(list->window);
    g_hash_table_unref(list->tags);
    g_hash_table_unref(list->fold_exceptions);
    g_array_unref(list->reported);
    row_query_free(list->search);
    list_task_free(list->task);
    g_free(list->found_by);
    g_free(list->limit);
    g_free(list->limit_error);
    g_free(list->seek_key);
    g_free(list->key);
    g_free(list);
}

gint64 model_list_mailbox(const ModelList *list)
{
    return list->inboxes ? MODEL_INBOXES : list->mailbox_id;
}

const char *model_list_found_by(const ModelList *list)
{
    return list->found_by;
}

guint64 model_list_unknown(const ModelList *list)
{
    return list->unknown;
}

const StoreMailbox *model_list_mailbox_row(const ModelList *list)
{
    return list->mailbox;
}

/* --- refreshing --------------------------------------------------------------------------------------- */

void model_list_set_height(ModelList *list, guint rows)
{
    list->height = MAX(rows, 1u);
}

/* While a mailbox is being filled for the first time and nobody has moved, the newest message is the one to begin at, whichever it is by now. */
static void begin_at_newest_while_filling(ModelList *list)
{
    gboolean filling = list->mailbox && !list->mailbox->complete;
    /* once more when it has become complete: what came last may be the newest */
    gboolean was_filling = list->was_filling;
    list->was_filling = filling;
    if (list->found_by && !list->touched && list->limit_state == MODEL_LIMIT_SEARCHING)
        list_select(list, 0, NULL);
    if (list->touched || list->spec.view_id || !list->mailbox || (!filling && !was_filling))
        return;
    list_select(list, 0, NULL);
}

static gboolean read_window(ModelList *list, GError **error)
{
    if (list->found_by && !list->spec.view_id) {
        list_clear_window(list); /* nothing is found yet */
        return TRUE;
    }
    begin_at_newest_while_filling(list);
    GError *trouble = NULL;
    guint index, line = MIN(list->line, list->height - 1);
    Stick stick = !list->selected || list->window->len == 0 ? STICK_NONE
                  : list->at_start                          ? STICK_START
                  : list->at_end                            ? STICK_END
                                                            : STICK_NONE;
    g_autoptr(RowBuffer) buffer = list_read_around(list, line + 1, list->height - line + 1, &index, &trouble);
    if (buffer) {
        list_lay_out(list, buffer, index, MIN(list->line, list->height - 1), stick);
        return TRUE;
    }
    if (trouble) {
        g_propagate_error(error, trouble);
        return FALSE;
    }
    list_clear_window(list);
    list_select(list, 0, NULL);
    return TRUE;
}

gboolean model_list_refresh(ModelList *list, GError **error)
{
    if (!model_frame_begin(list->model, error))
        return FALSE;
    store_mailbox_free(list->mailbox);
    list->mailbox = list->mailbox_id ? store_reader_mailbox(list->model->reader, list->mailbox_id) : NULL;
    list->total = list->found_by && !list->spec.view_id ? 0 : store_reader_list_total(list->model->reader, &list->spec);
    gboolean good = read_window(list, error);
    model_frame_end(list->model);
    return good;
}

void model_list_touch(Model *model, gint64 message_id)
{
    for (guint i = 0; i < model->lists->len; i++) {
        ModelList *list = g_ptr_array_index(model->lists, i);
        if (list->selected == message_id)
            list->touched = TRUE;
    }
}

guint model_list_n_rows(const ModelList *list)
{
    return list->window->len;
}

const ModelListRow *model_list_row(const ModelList *list, guint index)
{
    if (index >= list->window->len)
        return NULL;
    const WindowRow *row = g_ptr_array_index(list->window, index);
    return &row->public;
}

int model_list_cursor(const ModelList *list)
{
    return list->window->len ? (int) list->line : -1;
}

const ModelListRow *model_list_selected(const ModelList *list)
{
    return list->window->len ? model_list_row(list, list->line) : NULL;
}

gboolean model_list_at_start(const ModelList *list)
{
    return list->at_start;
}

gboolean model_list_at_end(const ModelList *list)
{
    return list->at_end;
}

guint64 model_list_total(const ModelList *list)
{
    if (list->limit_state == MODEL_LIMIT_SEARCHING && !list->limit_shown)
        return 0; /* nothing found yet: what is still on the screen is of before */
    return list->total;
}

/* The selected one first, then its neighbours outward: the order in which they will be wanted. */
void model_list_report(ModelList *list)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    int n = list->window->len, at = list->line;
    for (int distance = 0; distance < n; distance++) {
        for (int side = 1; side >= -1; side -= 2) {
            int index = at + distance * side;
            if (index < 0 || index >= n || (distance == 0 && side < 0))
                continue;
            const WindowRow *row = g_ptr_array_index(list->window, index);
            g_array_append_val(ids, row->stored->id);
        }
    }
    if (ids->len == list->reported->len && (ids->len == 0 || memcmp(ids->data, list->reported->data, ids->len * sizeof(gint64)) == 0))
        return;
    g_array_set_size(list->reported, 0);
    g_array_append_vals(list->reported, ids->data, ids->len);
    engine_look_at_messages(list->model->engine, (const gint64 *) (void *) ids->data, ids->len);
}

/* --- orders and folding ----------------------------------------------------------------------------------- */

StoreOrder model_list_order(const ModelList *list, gboolean *descending)
{
    if (descending)
        *descending = list->spec.descending;
    return list->spec.order;
}

/* A key of the old order means nothing in the new one. */
static void forget_place_in_order(ModelList *list)
{
    g_clear_pointer(&list->key, g_free);
    list->at_start = list->at_end = FALSE;
    list->line = list->height / 2;
    model_list_refresh_limit(list);
}

void model_list_order_again(ModelList *list)
{
    StoreListSpec before = list->spec;
    load_order(list);
    make_order_possible(list);
    if (list->spec.order != before.order || list->spec.descending != before.descending)
        forget_place_in_order(list);
}

void model_list_set_order(ModelList *list, StoreOrder order, gboolean descending)
{
    if (list->spec.order == order && list->spec.descending == descending)
        return;
    list->spec.order = order;
    list->spec.descending = descending;
    make_order_possible(list);
    order = list->spec.order;
    g_autofree char *name = order_setting(list);
    g_autofree char *value = g_strdup_printf("%s%c", order_names[order], descending ? '-' : '+');
    model_set_setting(list->model, name, value);
    forget_place_in_order(list);
    model_repaint(list->model, MODEL_REPAINT_LIST);
}

void model_list_fold_thread(ModelList *list, gboolean folded)
{
    list->touched = TRUE;
    const ModelListRow *row = model_list_selected(list);
    if (!row || list->spec.order != STORE_ORDER_THREAD)
        return;
    list_set_folded(list, row->row->thread_id, folded);
    model_repaint(list->model, MODEL_REPAINT_LIST);
}

void model_list_toggle_thread(ModelList *list)
{
    const ModelListRow *row = model_list_selected(list);
    if (row)
        model_list_fold_thread(list, !list_thread_is_folded(list, row->row->thread_id));
}

void model_list_fold_all(ModelList *list, gboolean folded)
{
    list->fold_all = folded;
    g_hash_table_remove_all(list->fold_exceptions);
    model_repaint(list->model, MODEL_REPAINT_LIST);
}

/* --- what the engine tells ----------------------------------------------------------------------------------- */

void model_list_hear(ModelList *list, const Change *change)
{
    switch (change->kind) {
    case CHANGE_MAILBOX:
    case CHANGE_NEW_MAIL:
    case CHANGE_MESSAGE:
        if (change->mailbox_id == list->mailbox_id || change->mailbox_id == 0 || list->mailbox_id == 0)
            model_repaint(list->model, MODEL_REPAINT_LIST);
        break;
    case CHANGE_VIEW:
        list_hear_view(list, change);
        break;
    case CHANGE_SEARCHED:
        list_hear_searched(list, change);
        break;
    default:
        break;
    }
}
