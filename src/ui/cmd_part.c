/* The parts of a message: opened, shown, saved, piped. */
#include "config.h"

#include "base/i18n.h"
#include "base/paths.h"
#include "ui/app.h"
#include "ui/commands.h"

gboolean cmd_view_attachments(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    if (!ui_message(ui, error))
        return FALSE;
    ui_push(ui, view_attachments_new(ui));
    return TRUE;
}

static const ModelAttachment *selected_part(Ui *ui, GError **error)
{
    View *view = ui_focused(ui);
    const ModelAttachment *part = NULL;
    if (view->class->context == CONTEXT_ATTACHMENTS)
        part = view_attachments_selected(view);
    else if (view == ui->reader)
        part = view_reader_part(view, 0);
    if (!part)
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE,
                            _("No attachment is selected: v lists them."));
    return part;
}

gboolean cmd_open_attachment(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    const ModelAttachment *part = selected_part(ui, error);
    if (!part)
        return FALSE;
    if (part->is_text)
        return cmd_show_attachment(ui, call, error);
    return model_message_open_part(ui->message, part->section, error) != 0;
}

gboolean cmd_show_attachment(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    const ModelAttachment *part = selected_part(ui, error);
    if (!part)
        return FALSE;
    if (!model_message_choose(ui->message, part->section)) {
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT,
                    _("%s is not text; Enter opens it with the program for its kind."), part->name);
        return FALSE;
    }
    ui_pop(ui);
    view_reader_reset(ui->reader);
    ui_set_focus(ui, ui->reader);
    return TRUE;
}

static gboolean step_part(Ui *ui, int step, GError **error)
{
    if (ui->reader && view_reader_part(ui->reader, step))
        return TRUE;
    g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("This message has no attachments."));
    return FALSE;
}

gboolean cmd_next_part(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return step_part(ui, 1, error);
}

gboolean cmd_previous_part(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return step_part(ui, -1, error);
}

typedef struct {
    char *section, *path;
} Overwrite;

static void overwrite_free(gpointer data)
{
    Overwrite *overwrite = data;
    g_free(overwrite->section);
    g_free(overwrite->path);
    g_free(overwrite);
}

static void overwrite_answered(Ui *ui, int choice, gpointer user_data)
{
    const Overwrite *overwrite = user_data;
    g_autoptr(GError) error = NULL;
    if (choice == 0 && ui->message &&
        !model_message_save(ui->message, overwrite->section, overwrite->path, TRUE, &error))
        ui_complain(ui, error);
}

static gboolean save(Ui *ui, const char *section, const char *typed, GError **error)
{
    g_autofree char *path = paths_expand(typed);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return model_message_save(ui->message, section, path, FALSE, error) != 0;
    Overwrite *overwrite = g_new0(Overwrite, 1);
    *overwrite = (Overwrite){ g_strdup(section), g_strdup(path) };
    g_autofree char *question = g_strdup_printf(_("%s is there already. Write over it?"), typed);
    prompt_yes_no(ui, question, overwrite_answered, overwrite, overwrite_free);
    return TRUE;
}

gboolean cmd_save_attachment(Ui *ui, const CommandCall *call, GError **error)
{
    const ModelAttachment *part = selected_part(ui, error);
    return part && save(ui, part->section, call->argument, error);
}

gboolean cmd_save_message(Ui *ui, const CommandCall *call, GError **error)
{
    return ui_message(ui, error) && save(ui, "", call->argument, error);
}

gboolean cmd_pipe_attachment(Ui *ui, const CommandCall *call, GError **error)
{
    const ModelAttachment *part = selected_part(ui, error);
    return part && model_message_pipe(ui->message, part->section, call->argument, error) != 0;
}

gboolean cmd_stop_transfer(Ui *ui, const CommandCall *call, GError **error)
{
    (void)error;
    const GPtrArray *transfers = model_is_attached(ui->model) ? model_transfers(ui->model) : NULL;
    for (guint i = 0; transfers && i < transfers->len; i++) {
        const ModelTransfer *transfer = transfers->pdata[i];
        if (!transfer->finished) {
            ui_say(ui, _("Stopped: %s"), transfer->name);
            model_transfer_stop(ui->model, transfer->id);
            return TRUE;
        }
    }
    guint64 done, total;
    gint64 seconds;
    if (model_prepare_progress(ui->model, &done, &total, &seconds)) {
        model_prepare_stop(ui->model);
        return TRUE;
    }
    return cmd_cancel(ui, call, error);
}
