/* Tags: the person's own selection, by message and not by row, so that it survives orders, limits and refreshes. */
#include "config.h"

#include "model/list-private.h"

#include "base/i18n.h"

#define SLICE 200u /* rows looked at in one round of model_dispatch() */

static void set_tag(ModelList *list, gint64 message_id, gboolean tagged)
{
    if (tagged)
        g_hash_table_add(list->tags, g_memdup2(&message_id, sizeof message_id));
    else
        g_hash_table_remove(list->tags, &message_id);
}

/* The window's rows know whether they are tagged. */
static void tags_changed(ModelList *list)
{
    for (guint i = 0; i < list->window->len; i++) {
        WindowRow *row = g_ptr_array_index(list->window, i);
        row->public.tagged = g_hash_table_contains(list->tags, &row->stored->id);
    }
    model_repaint(list->model, MODEL_REPAINT_LIST | MODEL_REPAINT_STATUS);
}

guint model_list_n_tagged(const ModelList *list)
{
    return g_hash_table_size(list->tags);
}

void model_list_tag(ModelList *list, gint64 message_id, gboolean tagged)
{
    set_tag(list, message_id, tagged);
    tags_changed(list);
}

void model_list_untag_all(ModelList *list)
{
    g_hash_table_remove_all(list->tags);
    tags_changed(list);
}

void model_list_forget_tags(ModelList *list, GHashTable *ids)
{
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, ids);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        g_hash_table_remove(list->tags, id);
}

/* --- threads -------------------------------------------------------------------------------------------- */

GArray *list_thread_ids(ModelList *list, const StoreListRow *row)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!model_frame_begin(list->model, NULL))
        return ids;
    g_autoptr(GPtrArray) rows = store_reader_thread(list->model->reader, row->thread_id, list->mailbox_id);
    for (guint i = 0; rows && i < rows->len; i++) {
        const StoreListRow *one = g_ptr_array_index(rows, i);
        if (!model_overlay_hides(list->model, one->id))
            g_array_append_val(ids, one->id);
    }
    model_frame_end(list->model);
    if (ids->len == 0)
        g_array_append_val(ids, row->id);
    return ids;
}

static void tag_ids(ModelList *list, const GArray *ids, gboolean tagged)
{
    for (guint i = 0; i < ids->len; i++)
        set_tag(list, g_array_index(ids, gint64, i), tagged);
    tags_changed(list);
}

void model_list_tag_thread(ModelList *list, gboolean tagged)
{
    const ModelListRow *row = model_list_selected(list);
    if (!row)
        return;
    g_autoptr(GArray) ids = list_thread_ids(list, row->row);
    tag_ids(list, ids, tagged);
}

void model_list_toggle_tag(ModelList *list)
{
    list->touched = TRUE;
    const ModelListRow *row = model_list_selected(list);
    if (!row)
        return;
    if (row->folded)
        model_list_tag_thread(list, !row->tagged);
    else
        model_list_tag(list, row->row->id, !row->tagged);
}

/* --- targets -------------------------------------------------------------------------------------------- */

static gint compare_ids(gconstpointer a, gconstpointer b)
{
    gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;
    return left < right ? -1 : left > right;
}

static GArray *tagged_ids(const ModelList *list)
{
    GArray *ids = g_array_sized_new(FALSE, FALSE, sizeof(gint64), g_hash_table_size(list->tags));
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, list->tags);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        g_array_append_val(ids, *(gint64 *) id);
    g_array_sort(ids, compare_ids);
    return ids;
}

GArray *model_list_targets(ModelList *list, ModelTarget target, GError **error)
{
    const ModelListRow *row = model_list_selected(list);
    list->touched = TRUE;
    if (target == MODEL_TARGET_TAGGED) {
        if (g_hash_table_size(list->tags) > 0)
            return tagged_ids(list);
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOTHING, _("No message is tagged"));
        return NULL;
    }
    if (!row) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOTHING, _("There is no message here"));
        return NULL;
    }
    if (target == MODEL_TARGET_THREAD || row->folded)
        return list_thread_ids(list, row->row);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(ids, row->row->id);
    return ids;
}

/* --- tagging by query, a slice at a time ------------------------------------------------------------------ */

struct ListTask {
    RowQuery *asker;
    gboolean tagged;
    ModelTagged done;
    gpointer user_data;
    StoreListSpec spec;
    StoreAnchor at;     /* key NULL: not begun */
    guint changed, unknown;
};

void list_task_free(struct ListTask *task)
{
    if (!task)
        return;
    row_query_free(task->asker);
    g_free(task->at.key);
    g_free(task);
}

gboolean model_list_tag_query(ModelList *list, const char *text, gboolean tagged, ModelTagged done, gpointer user_data,
                              gsize *offset, GError **error)
{
    g_autoptr(Query) query = query_parse(text, g_get_real_time() / G_USEC_PER_SEC, offset, error);
    if (!query)
        return FALSE;
    list_task_free(list->task);
    list->task = g_new0(struct ListTask, 1);
    list->task->asker = row_query_new(list->model, query);
    list->task->tagged = tagged;
    list->task->done = done;
    list->task->user_data = user_data;
    list->task->spec = list->spec;
    change_queue_wake(list->model->queue);
    return TRUE;
}

gboolean model_list_is_tagging(const ModelList *list)
{
    return list->task != NULL;
}

static void tag_row(ModelList *list, struct ListTask *task, const StoreListRow *row)
{
    gboolean pending = FALSE, had = g_hash_table_contains(list->tags, &row->id);
    if (model_overlay_hides(list->model, row->id))
        return;
    g_autofree char *keywords = g_strdup(row->keywords);
    MailFlags flags = model_overlay_flags(list->model, row->id, row->flags, &keywords, &pending);
    QueryAnswer answer = row_query_ask(task->asker, row, flags, keywords, had, list_thread_is_folded(list, row->thread_id));
    task->unknown += answer == QUERY_UNKNOWN;
    if (answer != QUERY_YES || had == task->tagged)
        return;
    set_tag(list, row->id, task->tagged);
    task->changed++;
}

/* TRUE when the end of the list is reached. */
static gboolean tag_slice(ModelList *list, struct ListTask *task)
{
    guint place = 0, fresh = 0;
    gint64 known = task->at.id;
    g_autoptr(GPtrArray) rows = store_reader_window(list->model->reader, &task->spec, task->at.key ? &task->at : NULL, 0,
                                                    SLICE + 1, &place, NULL);
    for (guint i = 0; rows && i < rows->len; i++) {
        const StoreListRow *row = g_ptr_array_index(rows, i);
        if (task->at.key && row->id == known)
            continue;
        fresh++;
        tag_row(list, task, row);
        if (i + 1 == rows->len) {
            g_free(task->at.key);
            task->at.key = g_strdup(row->order_key);
            task->at.id = row->id;
        }
    }
    return fresh < SLICE;
}

gboolean model_list_slice(ModelList *list)
{
    struct ListTask *task = list->task;
    if (!task || !model_frame_begin(list->model, NULL))
        return FALSE;
    gboolean finished = tag_slice(list, task);
    model_frame_end(list->model);
    tags_changed(list);
    if (!finished)
        return TRUE;
    list->task = NULL;
    if (task->done)
        task->done(list, task->changed, task->unknown, task->user_data);
    list_task_free(task);
    return FALSE;
}
