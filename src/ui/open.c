/* What is open: mailbox, message, views on top; and how they come and go together. */
#include "config.h"

#include "base/i18n.h"
#include "base/paths.h"
#include "config/searches.h"
#include "ui/compose.h"
#include "ui/conversation.h"
#include "ui/pictures.h"

void ui_say(Ui *ui, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *words = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    model_say(ui->model, MODEL_NOTICE_INFO, "%s", words);
    ui_redraw(ui);
}

void ui_complain(Ui *ui, const GError *error)
{
    model_say_error(ui->model, error);
    ui_fault_tell(ui, error);
    ui_redraw(ui);
}

void ui_push(Ui *ui, View *view)
{
    g_ptr_array_add(ui->overlays, view);
    keymap_reset(ui->keymap);
    ui_redraw(ui);
}

void ui_pop(Ui *ui)
{
    /* The last view is the one that a program without accounts stands on. */
    if (ui->overlays->len > (ui->list_view ? 0u : 1u))
        g_ptr_array_remove_index(ui->overlays, ui->overlays->len - 1);
    keymap_reset(ui->keymap);
    ui_redraw(ui);
}

void ui_set_focus(Ui *ui, View *view)
{
    ui->focus = view;
    keymap_reset(ui->keymap);
    ui_redraw(ui);
}

gint64 ui_account_id(const Ui *ui)
{
    const StoreMailbox *mailbox = ui->list ? model_list_mailbox_row(ui->list) : NULL;
    if (mailbox)
        return mailbox->account_id;
    /* A list over several mailboxes: of the message that is selected. */
    const ModelListRow *selected = ui->list ? model_list_selected(ui->list) : NULL;
    const MailboxRow *row = selected ? mailbox_tree_mailbox(ui->tree, selected->row->mailbox_id) : NULL;
    return row ? row->account_id : 0;
}

/* That of a conversation belongs to the conversation. */
static void drop_message(Ui *ui)
{
    if (!view_is_conversation(ui->reader))
        model_message_free(ui->message);
    ui->message = NULL;
}

void ui_close_reader(Ui *ui)
{
    if (!ui->reader)
        return;
    if (ui->focus == ui->reader)
        ui_set_focus(ui, ui->list_view);
    ui_pictures_forget(ui);
    drop_message(ui);
    g_clear_pointer(&ui->reader, view_free);
    ui->mark_read_at = 0;
    ui_redraw(ui);
}

/* takes it */
static void show_list(Ui *ui, ModelList *list)
{
    ui_close_reader(ui);
    ui_forget_pattern(ui);
    ui->tag_moves = FALSE;
    g_clear_pointer(&ui->list, model_list_free);
    ui->list = list;
    ui_set_focus(ui, ui->list_view);
}

void ui_load_searches(Ui *ui)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = paths_locate(PATHS_CONFIG, "searches");
    g_clear_pointer(&ui->searches, g_ptr_array_unref);
    ui->searches = saved_searches_read(path, &error);
    if (error)
        ui_complain(ui, error);
    mailbox_tree_set_searches(ui->tree, ui->searches);
}

static void open_saved(Ui *ui, gint64 id)
{
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < ui->searches->len; i++)
        if (MODEL_SAVED_SEARCH(i) == id && !ui_open_search(ui, ((const SavedSearch *)g_ptr_array_index(ui->searches, i))->query, &error))
            ui_complain(ui, error);
}

void ui_open_mailbox(Ui *ui, gint64 mailbox_id)
{
    if (mailbox_id < MODEL_INBOXES) {
        open_saved(ui, mailbox_id);
        return;
    }
    if (ui->list && model_list_mailbox(ui->list) == mailbox_id) {
        ui_close_reader(ui);
        ui_set_focus(ui, ui->list_view);
        return;
    }
    show_list(ui, model_list_new(ui->model, mailbox_id));
    mailbox_tree_opened(ui->tree, mailbox_id);
    view_sidebar_select(ui->sidebar, mailbox_id);
}

gboolean ui_open_search(Ui *ui, const char *text, GError **error)
{
    ModelList *list = model_list_new_search(ui->model, text, NULL, error);
    if (!list)
        return FALSE;
    g_ptr_array_set_size(ui->overlays, 0);
    show_list(ui, list);
    return TRUE;
}

gboolean ui_open_message(Ui *ui, gboolean focus, GError **error)
{
    const ModelListRow *row = ui->list ? model_list_selected(ui->list) : NULL;
    if (!row) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("No message is selected."));
        return FALSE;
    }
    gint64 delay = options_number(ui->options, OPTION_MARK_READ_DELAY);
    ModelMessage *message = model_message_open(ui->model, row->row->id, delay != 0, error);
    if (!message)
        return FALSE;
    drop_message(ui);
    if (view_is_conversation(ui->reader)) {
        if (ui->focus == ui->reader)
            ui_set_focus(ui, ui->list_view);
        g_clear_pointer(&ui->reader, view_free);
    }
    ui->message = message;
    ui->mark_read_at = delay > 0 ? g_get_monotonic_time() + delay * 1000 : 0;
    if (ui->reader)
        view_reader_reset(ui->reader);
    else
        ui->reader = view_reader_new(ui);
    if (focus)
        ui_set_focus(ui, ui->reader);
    ui_redraw(ui);
    return TRUE;
}

gboolean ui_open_conversation(Ui *ui, GError **error)
{
    const ModelListRow *row = ui->list ? model_list_selected(ui->list) : NULL;
    gint64 id = ui->message && ui->focus == ui->reader ? model_message_id(ui->message) : row ? row->row->id : 0;
    if (!id) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("No message is selected."));
        return FALSE;
    }
    ModelConversation *conversation = model_conversation_open(ui->model, id, error);
    if (!conversation)
        return FALSE;
    ui_close_reader(ui);
    ui->reader = view_conversation_new(ui, conversation, id);
    ui_set_focus(ui, ui->reader);
    return TRUE;
}

/* The next message of the conversation takes the place of the one that was decided about. */
static void advance_conversation(Ui *ui)
{
    gint64 decided_on = model_message_id(ui->message);
    if (!view_conversation_refresh(ui->reader))
        ui_close_reader(ui);
    else if (model_message_id(ui->message) == decided_on)
        view_conversation_step(ui->reader, 1);
}

/* --- with and without accounts ---------------------------------------------------------------------------
 */

void ui_attach_views(Ui *ui)
{
    ui->tree = mailbox_tree_new(ui->model);
    ui_load_searches(ui);
    ui->sidebar = view_sidebar_new(ui);
    ui->list_view = view_list_new(ui);
    g_ptr_array_set_size(ui->overlays, 0);
    ui_set_focus(ui, ui->list_view);
}

void ui_detach_views(Ui *ui)
{
    ui->closing = TRUE;
    prompt_cancel(ui);
    ui->decision_shown = 0;
    g_ptr_array_set_size(ui->overlays, 0);
    ui_close_reader(ui);
    ui_forget_answer(ui);
    ui_forget_pattern(ui);
    g_clear_pointer(&ui->list, model_list_free);
    g_clear_pointer(&ui->list_view, view_free);
    g_clear_pointer(&ui->sidebar, view_free);
    g_clear_pointer(&ui->tree, mailbox_tree_free);
    g_clear_pointer(&ui->searches, g_ptr_array_unref);
    ui->focus = NULL;
    ui->closing = FALSE;
}

gboolean ui_restart(Ui *ui, const GPtrArray *accounts, gboolean demo, GError **error)
{
    ui_detach_views(ui);
    gboolean ok = model_restart(ui->model, accounts, demo, error);
    if (model_is_attached(ui->model))
        ui_attach_views(ui);
    else
        ui_push(ui, view_welcome_new(ui));
    return ok;
}

GArray *ui_targets(Ui *ui, const CommandCall *call, GError **error)
{
    if (call->tagged)
        return model_list_targets(ui->list, MODEL_TARGET_TAGGED, error);
    if (ui->message && (ui->focus == ui->reader || ui->overlays->len > 0)) {
        gint64 id = model_message_id(ui->message);
        return g_array_append_vals(g_array_new(FALSE, FALSE, sizeof(gint64)), &id, 1);
    }
    if (!ui->list) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("No mailbox is open."));
        return NULL;
    }
    return model_list_targets(ui->list, MODEL_TARGET_SELECTED, error);
}

ModelMessage *ui_message(Ui *ui, GError **error)
{
    if (ui->message && (ui->focus == ui->reader || ui->overlays->len > 0))
        return ui->message;
    return ui_open_message(ui, TRUE, error) ? ui->message : NULL;
}

void ui_advance(Ui *ui, const CommandCall *call)
{
    if (call->tagged || !ui->list || !options_bool(ui->options, OPTION_ADVANCE))
        return;
    gboolean reading = ui->reader && ui->focus == ui->reader;
    if (reading && view_is_conversation(ui->reader)) {
        advance_conversation(ui);
        return;
    }
    const ModelListRow *row = model_list_selected(ui->list);
    gint64 decided_on = reading ? model_message_id(ui->message) : row ? row->row->id : 0;
    /* A message that leaves the list gives its place to the next one when the list is read again; one that
     * stays (flagged, marked) is still selected. */
    model_list_refresh(ui->list, NULL);
    row = model_list_selected(ui->list);
    if (row && row->row->id == decided_on)
        model_list_move(ui->list, 1);
    if (!reading)
        return;
    row = model_list_selected(ui->list);
    if (!row || row->row->id == model_message_id(ui->message))
        ui_close_reader(ui);
    else
        ui_open_message(ui, TRUE, NULL);
}
