/* Reading: what is shown of the open message, its links, and handing it to programs. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/rendered.h"
#include "ui/app.h"
#include "ui/commands.h"

gboolean cmd_back(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    if (ui->overlays->len > 0)
        ui_pop(ui);
    else if (ui->focus == ui->reader && ui->reader)
        ui_close_reader(ui);
    else if (ui->list_view)
        ui_set_focus(ui, ui->list_view);
    return TRUE;
}

static gboolean toggle_show(Ui *ui, ModelShow show, GError **error)
{
    ModelMessage *message = ui_message(ui, error);
    if (!message)
        return FALSE;
    model_message_set_show(message, model_message_show(message) == show ? MODEL_SHOW_TEXT : show);
    view_reader_reset(ui->reader);
    return TRUE;
}

gboolean cmd_toggle_headers(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return toggle_show(ui, MODEL_SHOW_HEADERS, error);
}

gboolean cmd_toggle_source(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return toggle_show(ui, MODEL_SHOW_SOURCE, error);
}

gboolean cmd_toggle_quoted(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    view_reader_toggle_quoted(ui->reader);
    return TRUE;
}

gboolean cmd_skip_quoted(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    view_reader_skip_quoted(ui->reader);
    return TRUE;
}

gboolean cmd_next_alternative(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    if (!model_message_next_alternative(ui->message))
        ui_say(ui, "%s", _("This message comes in one form only."));
    else
        view_reader_reset(ui->reader);
    return TRUE;
}

gboolean cmd_show_address(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    const ModelListRow *row = model_list_selected(ui->list);
    const char *name = row->row->from_name, *address = row->row->from_address;
    if (name && address)
        ui_say(ui, "%s <%s>", name, address);
    else
        ui_say(ui, "%s", address ? address : name ? name : _("No sender is given."));
    return TRUE;
}

/* --- links ------------------------------------------------------------------------------------- */

/* Only what a browser or a mail program is for: a link never runs a program of another kind. */
static gboolean is_openable(const char *target)
{
    static const char *const schemes[] = { "http://", "https://",  "ftp://",
                                           "mailto:", "gopher://", "gemini://" };
    for (guint i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (g_ascii_strncasecmp(target, schemes[i], strlen(schemes[i])) == 0)
            return TRUE;
    return FALSE;
}

static void open_target(Ui *ui, const char *target)
{
    g_autoptr(GError) error = NULL;
    const char *browser = g_getenv("BROWSER");
    if (browser && *browser && ui->screen) {
        g_autofree char *quoted = g_shell_quote(target);
        g_autofree char *command = g_strdup_printf("%s %s", browser, quoted);
        if (screen_run_shell(ui->screen, command, NULL, FALSE, NULL, &error) < 0)
            ui_complain(ui, error);
        return;
    }
    const char *argv[] = { "xdg-open", target, NULL };
    if (g_spawn_async(NULL, (char **)argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                      NULL, NULL, NULL))
        ui_say(ui, _("Opened: %s"), target);
    else
        ui_say(ui, _("No browser is known here (set BROWSER). The link: %s"), target);
}

static void deceptive_answered(Ui *ui, int choice, gpointer user_data)
{
    if (choice == 0)
        open_target(ui, user_data);
}

gboolean cmd_open_link(Ui *ui, const CommandCall *call, GError **error)
{
    const RenderedText *text = model_message_text(ui->message, MAX(ui->layout.reader.columns - 2, 20));
    guint64 number;
    if (text->links->len == 0) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_ARGUMENT, _("There are no links in this message."));
        return FALSE;
    }
    if (!g_ascii_string_to_unsigned(call->argument, 10, 1, text->links->len, &number, NULL)) {
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("There are links 1 to %u in this message."),
                    text->links->len);
        return FALSE;
    }
    const RenderedLink *link = rendered_link_at(text, (guint)number);
    if (!is_openable(link->target)) {
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("This kind of link is not opened: %s"),
                    link->target);
        return FALSE;
    }
    if (!link->mismatch) {
        open_target(ui, link->target);
        return TRUE;
    }
    g_autofree char *question =
        g_strdup_printf(_("It says “%s” but leads to %s. Open it?"), link->text, link->target);
    prompt_yes_no(ui, question, deceptive_answered, g_strdup(link->target), g_free);
    return TRUE;
}

/* --- to programs ------------------------------------------------------------------------------- */

gboolean cmd_pipe_message(Ui *ui, const CommandCall *call, GError **error)
{
    ModelMessage *message = ui_message(ui, error);
    return message && model_message_pipe(message, "", call->argument, error) != 0;
}

/* The text as it is read, not the source: that is what one wants on paper. */
gboolean cmd_print_message(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    ModelMessage *message = ui_message(ui, error);
    if (!message || !ui->screen)
        return FALSE;
    g_autofree char *lpr = g_find_program_in_path("lpr");
    g_autofree char *found = lpr ? g_strdup(lpr) : g_find_program_in_path("lp");
    if (!found) {
        g_set_error_literal(
            error, UI_ERROR, UI_ERROR_IMPOSSIBLE,
            _("Neither lpr nor lp is installed here; | sends the message to any other command."));
        return FALSE;
    }
    g_autofree char *text = rendered_to_string(model_message_text(message, 78));
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("malle-print-XXXXXX", &path, error);
    if (fd < 0)
        return FALSE;
    gboolean ok =
        g_close(fd, error) && g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error);
    int status = ok ? screen_run_shell(ui->screen, found, path, FALSE, NULL, error) : -1;
    g_remove(path);
    if (status == 0)
        ui_say(ui, "%s", _("Printed."));
    else if (status > 0)
        model_say(ui->model, MODEL_NOTICE_ERROR, _("%s ended with status %d."), found, status);
    return status >= 0;
}
