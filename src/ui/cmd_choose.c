/* Finding, limiting, sorting, tagging. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "config/searches.h"
#include "ui/app.h"
#include "ui/commands.h"

/* --- searching: in whatever has the keys ------------------------------------------------------- */

static gboolean search_now(Ui *ui, int direction, GError **error)
{
    View *view = ui_focused(ui);
    if (!view->class->search) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("There is nothing to search here."));
        return FALSE;
    }
    return view->class->search(view, ui->search_text, direction, error);
}

static gboolean search(Ui *ui, const CommandCall *call, int direction, GError **error)
{
    g_free(ui->search_text);
    ui->search_text = g_strdup(call->argument);
    ui->search_direction = direction;
    return search_now(ui, direction, error);
}

gboolean cmd_search(Ui *ui, const CommandCall *call, GError **error)
{
    return search(ui, call, 1, error);
}

gboolean cmd_search_back(Ui *ui, const CommandCall *call, GError **error)
{
    return search(ui, call, -1, error);
}

static gboolean search_again(Ui *ui, int direction, GError **error)
{
    if (ui->search_text && *ui->search_text)
        return search_now(ui, direction, error);
    command_run(ui, command_find("search"), "");
    return TRUE;
}

gboolean cmd_search_next(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return search_again(ui, ui->search_direction, error);
}

gboolean cmd_search_opposite(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return search_again(ui, -ui->search_direction, error);
}

gboolean cmd_search_all(Ui *ui, const CommandCall *call, GError **error)
{
    return ui_open_search(ui, call->argument, error);
}

static gboolean write_search(Ui *ui, const char *name, const char *query, GError **error)
{
    g_autofree char *path = paths_locate(PATHS_CONFIG, "searches");
    if (!saved_searches_write(path, name, query, error))
        return FALSE;
    ui_load_searches(ui);
    mailbox_tree_refresh(ui->tree, NULL);
    ui_redraw(ui);
    return TRUE;
}

gboolean cmd_save_search(Ui *ui, const CommandCall *call, GError **error)
{
    const char *found_by = model_list_found_by(ui->list), *limit = model_list_limit(ui->list);
    if (!found_by) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("Search all mailboxes first: the search on the screen is what is saved."));
        return FALSE;
    }
    g_autofree char *query = limit ? g_strdup_printf("( %s ) ( %s )", found_by, limit) : g_strdup(found_by);
    if (!write_search(ui, call->argument, query, error))
        return FALSE;
    ui_say(ui, _("Saved as %s: it stands in the sidebar."), call->argument);
    return TRUE;
}

gboolean cmd_delete_search(Ui *ui, const CommandCall *call, GError **error)
{
    for (guint i = 0; i < ui->searches->len; i++)
        if (strcmp(((const SavedSearch *)g_ptr_array_index(ui->searches, i))->name, call->argument) == 0)
            return write_search(ui, call->argument, NULL, error);
    g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("No saved search is called “%s”."), call->argument);
    return FALSE;
}

GPtrArray *complete_search(Ui *ui, const char *text, gsize length, gsize *start)
{
    *start = 0;
    GPtrArray *found = completions_new();
    for (guint i = 0; ui->searches && i < ui->searches->len; i++) {
        const SavedSearch *search = g_ptr_array_index(ui->searches, i);
        if (strncmp(search->name, text, length) == 0)
            g_ptr_array_add(found, completion_new(search->name, search->query));
    }
    return found;
}

/* --- limiting ---------------------------------------------------------------------------------- */

gboolean cmd_limit(Ui *ui, const CommandCall *call, GError **error)
{
    static const EngineSearchWhere wheres[] = { [SEARCH_WHERE_AUTO] = ENGINE_SEARCH_AUTO, [SEARCH_WHERE_HERE] = ENGINE_SEARCH_HERE,
                                                [SEARCH_WHERE_SERVER] = ENGINE_SEARCH_SERVER };
    gboolean none = !*call->argument || strcmp(call->argument, "all") == 0;
    model_list_set_search_where(ui->list, wheres[options_choice(ui->options, OPTION_SEARCH_WHERE)]);
    if (!model_list_set_limit(ui->list, none ? NULL : call->argument, NULL, error))
        return FALSE;
    ui_close_reader(ui);
    return TRUE;
}

gboolean cmd_show_limit(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    const char *limit = model_list_limit(ui->list);
    g_autofree char *where = limit ? ui_list_searched_words(ui->list) : NULL;
    if (limit && where)
        ui_say(ui, _("Limited to: %s (%s)"), limit, where);
    else if (limit)
        ui_say(ui, _("Limited to: %s"), limit);
    else
        ui_say(ui, "%s", _("All messages are shown."));
    return TRUE;
}

gboolean cmd_show_searched(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui_push(ui, view_searched_new(ui));
    return TRUE;
}

/* --- sorting ----------------------------------------------------------------------------------- */

typedef struct {
    const char *word, *key, *label;
    StoreOrder order;
    gboolean descending; /* what people expect first: the newest, the largest */
} OrderWord;

static const OrderWord orders[] = {
    { "date", "d", N_("date"), STORE_ORDER_DATE, TRUE },
    { "threads", "t", N_("threads"), STORE_ORDER_THREAD, TRUE },
    { "from", "f", N_("sender"), STORE_ORDER_FROM, FALSE },
    { "subject", "s", N_("subject"), STORE_ORDER_SUBJECT, FALSE },
    { "size", "z", N_("size"), STORE_ORDER_SIZE, TRUE },
    { "arrived", "r", N_("arrival"), STORE_ORDER_ARRIVED, TRUE },
};

GPtrArray *complete_order(Ui *ui, const char *text, gsize length, gsize *start)
{
    (void)ui;
    *start = 0;
    GPtrArray *found = completions_new();
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
        if (strncmp(orders[i].word, text, length) == 0)
            g_ptr_array_add(found, completion_new(orders[i].word, _(orders[i].label)));
    return found;
}

static void order_chosen(Ui *ui, int choice, gpointer user_data)
{
    gboolean reverse = GPOINTER_TO_INT(user_data);
    if (choice >= 0 && ui->list)
        model_list_set_order(ui->list, orders[choice].order, orders[choice].descending != reverse);
}

static gboolean sort(Ui *ui, const CommandCall *call, gboolean reverse, GError **error)
{
    if (!*call->argument) {
        PromptChoice choices[G_N_ELEMENTS(orders) + 1] = { { NULL, NULL } };
        for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
            choices[i] = (PromptChoice){ orders[i].key, _(orders[i].label) };
        prompt_choice(ui, reverse ? _("Sort the other way round by") : _("Sort by"), NULL, NULL, choices,
                      order_chosen, GINT_TO_POINTER(reverse), NULL);
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
        if (strcmp(orders[i].word, call->argument) == 0) {
            order_chosen(ui, (int)i, GINT_TO_POINTER(reverse));
            return TRUE;
        }
    g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT,
                _("“%s” is no order; there are date, threads, from, subject, size and arrived."),
                call->argument);
    return FALSE;
}

gboolean cmd_sort(Ui *ui, const CommandCall *call, GError **error)
{
    return sort(ui, call, FALSE, error);
}

gboolean cmd_sort_reverse(Ui *ui, const CommandCall *call, GError **error)
{
    return sort(ui, call, TRUE, error);
}

gboolean cmd_fold_thread(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    model_list_toggle_thread(ui->list);
    return TRUE;
}

gboolean cmd_fold_all(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    /* One key for both: when something on the screen is folded, all is opened. */
    gboolean any_folded = FALSE;
    for (guint i = 0; i < model_list_n_rows(ui->list); i++)
        any_folded |= model_list_row(ui->list, i)->folded > 0;
    model_list_fold_all(ui->list, !any_folded);
    return TRUE;
}

gboolean cmd_unfold_all(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    model_list_fold_all(ui->list, FALSE);
    return TRUE;
}

/* --- tagging ----------------------------------------------------------------------------------- */

gboolean cmd_tag_message(Ui *ui, const CommandCall *call, GError **error)
{
    (void)error;
    model_list_toggle_tag(ui->list);
    ui_advance(ui, call);
    return TRUE;
}

/* vi's visual mode: see list_move() in view_list.c. */
gboolean cmd_tag_moves(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui->tag_moves = !ui->tag_moves;
    if (ui->tag_moves)
        model_list_tag(ui->list, model_list_selected(ui->list)->row->id, TRUE);
    return TRUE;
}

gboolean cmd_tag_thread(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    const ModelListRow *row = model_list_selected(ui->list);
    model_list_tag_thread(ui->list, row && !row->tagged);
    return TRUE;
}

static void tagged_done(ModelList *list, guint tagged, guint unknown, gpointer user_data)
{
    (void)list;
    Ui *ui = user_data;
    if (unknown)
        ui_say(ui,
               ngettext("%u message; %u could not be told: their text is not here",
                        "%u messages; %u could not be told: their text is not here", tagged),
               tagged, unknown);
    else
        ui_say(ui, ngettext("%u message", "%u messages", tagged), tagged);
}

gboolean cmd_tag_pattern(Ui *ui, const CommandCall *call, GError **error)
{
    return model_list_tag_query(ui->list, call->argument, TRUE, tagged_done, ui, NULL, error);
}

gboolean cmd_untag_pattern(Ui *ui, const CommandCall *call, GError **error)
{
    return model_list_tag_query(ui->list, call->argument, FALSE, tagged_done, ui, NULL, error);
}

gboolean cmd_untag_all(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    model_list_untag_all(ui->list);
    return TRUE;
}

gboolean cmd_tag_prefix(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    if (model_list_n_tagged(ui->list) == 0) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE,
                            _("Nothing is tagged: t tags a message, T all that match a pattern."));
        return FALSE;
    }
    ui->tag_prefix = TRUE;
    return TRUE;
}
