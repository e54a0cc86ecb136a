/* Limits: the engine fills a view, the list reads it. Until the view has its first rows (or turns out empty) the list stays as
 * it is, so nothing blanks. A view does not lose rows that stop matching: that is what refreshing a limit is for. */
#include "config.h"

#include "model/list-private.h"

#include <string.h>

#include "base/i18n.h"

static void show_view(ModelList *list, gint64 view_id)
{
    if (list->spec.view_id && list->spec.view_id != view_id && list->model->engine)
        engine_drop_view(list->model->engine, list->spec.view_id);
    list->spec.view_id = view_id;
    list->spec.mailbox_id = view_id ? 0 : list->mailbox_id;
    list->spec.inboxes = !view_id && list->inboxes;
    list->coming_view = 0;
    list->at_start = list->at_end = FALSE;
}

static void forget_coming(ModelList *list)
{
    if (list->coming_view && list->model->engine)
        engine_drop_view(list->model->engine, list->coming_view);
    list->coming_view = 0;
    list->limit_submit = 0;
}

static void forget_searched(ModelList *list)
{
    g_clear_pointer(&list->searched, g_ptr_array_unref);
}

void list_drop_limit(ModelList *list)
{
    forget_searched(list);
    forget_coming(list);
    if (list->spec.view_id)
        show_view(list, 0);
    g_clear_pointer(&list->limit, g_free);
    g_clear_pointer(&list->limit_error, g_free);
    list->limit_state = MODEL_LIMIT_NONE;
}

/* What the view is filled with. NULL: all of the mailbox, which needs none. */
static char *wanted(const ModelList *list)
{
    if (list->found_by && list->limit)
        return g_strdup_printf("( %s ) ( %s )", list->found_by, list->limit);
    if (list->inboxes && list->limit)
        return g_strdup_printf("in:INBOX ( %s )", list->limit);
    return g_strdup(list->found_by ? list->found_by : list->limit);
}

void model_list_refresh_limit(ModelList *list)
{
    g_autofree char *query = wanted(list);
    if (!query)
        return;
    forget_coming(list);
    g_clear_pointer(&list->limit_error, g_free);
    list->limit_state = MODEL_LIMIT_SEARCHING;
    forget_searched(list);
    list->limit_shown = FALSE;
    list->limit_submit = engine_fill_view(list->model->engine, list->mailbox_id, query, list->spec.order, list->spec.descending,
                                          list->found_by ? ENGINE_SEARCH_AUTO : list->search_where);
    model_repaint(list->model, MODEL_REPAINT_LIST | MODEL_REPAINT_STATUS);
}

gboolean list_check_query(const char *text, gboolean search, gsize *offset, GError **error)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autoptr(Query) query = search ? query_parse_search(text, now, offset, error) : query_parse(text, now, offset, error);
    if (!query)
        return FALSE;
    if (!(query_needs(query) & QUERY_NEEDS_LIST))
        return TRUE;
    if (offset)
        *offset = 0;
    g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED,
                        search ? _("A search cannot ask for tags, folded threads or duplicates")
                               : _("A limit cannot ask for tags, folded threads or duplicates"));
    return FALSE;
}

static void remove_limit(ModelList *list)
{
    if (!list->found_by) {
        list_drop_limit(list);
        return;
    }
    g_clear_pointer(&list->limit, g_free);
    model_list_refresh_limit(list);
}

gboolean model_list_set_limit(ModelList *list, const char *text, gsize *offset, GError **error)
{
    if (!text || !*text || strcmp(text, "~A") == 0) {
        remove_limit(list);
        model_repaint(list->model, MODEL_REPAINT_LIST | MODEL_REPAINT_STATUS);
        return TRUE;
    }
    if (!list_check_query(text, list->found_by || list->inboxes, offset, error))
        return FALSE;
    g_free(list->limit);
    list->limit = g_strdup(text);
    model_list_refresh_limit(list);
    return TRUE;
}

const char *model_list_limit(const ModelList *list)
{
    return list->limit;
}

ModelLimitState model_list_limit_state(const ModelList *list)
{
    return list->limit_state;
}

const char *model_list_limit_error(const ModelList *list)
{
    return list->limit_error;
}

void model_list_set_search_where(ModelList *list, EngineSearchWhere where)
{
    list->search_where = where;
}

void model_list_limit_searched(const ModelList *list, ModelSearched *searched)
{
    *searched = (ModelSearched){ 0 };
    for (guint i = 0; list->searched && i < list->searched->len; i++) {
        const Change *change = g_ptr_array_index(list->searched, i);
        searched->asking += change->searched == ENGINE_SEARCHED_NOT_YET;
        searched->on_server += change->searched == ENGINE_SEARCHED_SERVER;
        searched->more += change->unknown;
        if (change->searched != ENGINE_SEARCHED_NOT_THERE)
            continue;
        searched->not_there++;
        if (!searched->words)
            searched->words = change->error;
    }
}

const GPtrArray *model_list_searched_places(const ModelList *list)
{
    return list->searched;
}

/* A copy with words that are safe to show, and the mailbox's name. */
static Change *keep_searched(ModelList *list, const Change *change)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(list->model->reader, change->mailbox_id);
    Change *kept = change_new(CHANGE_SEARCHED);
    kept->mailbox_id = change->mailbox_id;
    kept->searched = change->searched;
    kept->count = change->count;
    kept->unknown = change->unknown;
    kept->error = change->error ? model_safe(change->error) : NULL;
    kept->text = mailbox ? model_safe(mailbox->name) : NULL;
    return kept;
}

void list_hear_searched(ModelList *list, const Change *change)
{
    if (change->view_id == 0 || (change->view_id != list->coming_view && change->view_id != list->spec.view_id))
        return;
    if (!list->searched)
        list->searched = g_ptr_array_new_with_free_func((GDestroyNotify)change_free);
    for (guint i = 0; i < list->searched->len; i++) {
        const Change *other = g_ptr_array_index(list->searched, i);
        if (other->mailbox_id == change->mailbox_id) {
            g_ptr_array_remove_index(list->searched, i);
            break;
        }
    }
    g_ptr_array_add(list->searched, keep_searched(list, change));
    model_repaint(list->model, MODEL_REPAINT_LIST | MODEL_REPAINT_STATUS);
}

/* An answer to a limit that was replaced meanwhile: its view is of no use. */
static gboolean is_stale(ModelList *list, const Change *change)
{
    return list->limit_submit == 0 || change->submit_id != list->limit_submit;
}

void list_hear_view(ModelList *list, const Change *change)
{
    if (is_stale(list, change)) {
        if (change->view_id && change->view_id == list->spec.view_id)
            model_repaint(list->model, MODEL_REPAINT_LIST);
        return;
    }
    list->unknown = change->unknown;
    if (change->error) {
        list->limit_state = MODEL_LIMIT_FAILED;
        g_free(list->limit_error);
        list->limit_error = model_safe(change->error);
        forget_coming(list);
    } else if (change->view_id && (change->count > 0 || change->done > 0 || change->finished)) {
        if (list->spec.view_id != change->view_id)
            show_view(list, change->view_id);
        list->limit_shown = TRUE;
    } else {
        list->coming_view = change->view_id;
    }
    if (change->finished && !change->error) {
        list->limit_state = MODEL_LIMIT_DONE;
        list->limit_submit = 0;
    }
    model_repaint(list->model, MODEL_REPAINT_LIST | MODEL_REPAINT_STATUS);
}
