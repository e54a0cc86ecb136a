/* To and from the terminal: the clipboard, the mouse. */
#include "config.h"

#include "base/i18n.h"
#include "base/rendered.h"
#include "ui/app.h"
#include "ui/commands.h"

void ui_set_mouse(Ui *ui, gboolean on)
{
    ui->mouse = on;
    ui->drag = DRAG_NONE;
    if (ui->screen)
        screen_set_mouse(ui->screen, on);
}

gboolean cmd_toggle_mouse(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui_set_mouse(ui, !ui->mouse);
    if (model_is_attached(ui->model))
        model_set_setting(ui->model, "mouse", ui->mouse ? "1" : "0");
    ui_say(ui, "%s", ui->mouse ? _("The mouse is taken; with Shift held the terminal selects text.") : _("The mouse is left to the terminal."));
    return TRUE;
}

static gboolean copy(Ui *ui, const char *text, GError **error)
{
    if (!text || !*text) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("There is nothing of that kind in this message."));
        return FALSE;
    }
    if (ui->screen && !screen_copy(ui->screen, text)) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("It is too long for the terminal's clipboard."));
        return FALSE;
    }
    ui_say(ui, _("Copied: %s"), text);
    return TRUE;
}

gboolean cmd_copy_address(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    const ModelListRow *row = model_list_selected(ui->list);
    return copy(ui, row ? row->row->from_address : NULL, error);
}

gboolean cmd_copy_link(Ui *ui, const CommandCall *call, GError **error)
{
    const RenderedText *text = model_message_text(ui->message, MAX(ui->layout.reader.columns - 2, 20));
    guint64 number;
    if (text->links->len == 0 || !g_ascii_string_to_unsigned(call->argument, 10, 1, text->links->len, &number, NULL)) {
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("There are links 1 to %u in this message."), text->links->len);
        return FALSE;
    }
    return copy(ui, rendered_link_at(text, (guint)number)->target, error);
}

gboolean cmd_copy_message_id(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    ModelMessage *message = ui_message(ui, error);
    const MessageSummary *summary = message ? model_message_summary(message) : NULL;
    return message && copy(ui, summary ? summary->message_id : NULL, error);
}
