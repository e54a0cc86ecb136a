/* Threads: the conversation on one page; taken apart, put together, muted, flagged and moved as one. */
#include "config.h"

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/commands.h"
#include "ui/conversation.h"

gboolean cmd_conversation(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    if (view_is_conversation(ui->reader) && ui->focus == ui->reader)
        return ui_open_message(ui, TRUE, error); /* back to one message */
    return ui_open_conversation(ui, error);
}

/* The message that a thread command is about: the open one, else the selected one. 0 with error. */
static gint64 meant(Ui *ui, GError **error)
{
    const ModelListRow *row = ui->list ? model_list_selected(ui->list) : NULL;
    if (ui->message && ui->focus == ui->reader)
        return model_message_id(ui->message);
    if (row)
        return row->row->id;
    g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("No message is selected."));
    return 0;
}

gboolean cmd_break_thread(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    gint64 id = meant(ui, error);
    if (!id)
        return FALSE;
    g_autoptr(GArray) ids = g_array_append_vals(g_array_new(FALSE, FALSE, sizeof(gint64)), &id, 1);
    return model_break_threads(ui->model, ids, error);
}

gboolean cmd_join_threads(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    gint64 parent = meant(ui, error);
    g_autoptr(GArray) tagged = parent ? model_list_targets(ui->list, MODEL_TARGET_TAGGED, error) : NULL;
    if (!tagged || !model_join_threads(ui->model, tagged, parent, error))
        return FALSE;
    model_list_untag_all(ui->list);
    return TRUE;
}

gboolean cmd_mute_thread(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    gint64 id = meant(ui, error);
    return id && model_mute_thread(ui->model, id, !model_thread_is_muted(ui->model, id), error);
}

gboolean cmd_flag_thread(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    g_autoptr(GArray) targets = model_list_targets(ui->list, MODEL_TARGET_THREAD, error);
    return targets && model_toggle_flag(ui->model, targets, MAIL_FLAG_FLAGGED, error);
}

gboolean cmd_move_thread(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = model_list_targets(ui->list, MODEL_TARGET_THREAD, error);
    gint64 mailbox = targets ? mailbox_tree_resolve(ui->tree, ui_account_id(ui), call->argument, error) : 0;
    if (!mailbox || !model_move(ui->model, targets, mailbox, error))
        return FALSE;
    ui->last_move_target = mailbox;
    ui_advance(ui, call);
    return TRUE;
}
