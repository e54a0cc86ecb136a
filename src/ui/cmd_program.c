/* The program itself: the command line, help, leaving, the look of the screen. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/commands.h"

static void line_typed(Ui *ui, const char *text, gpointer user_data)
{
    (void)user_data;
    if (!text || !*text) {
        ui->tag_prefix = FALSE;
        return;
    }
    ui_typed_begin(ui, ":", text, NULL);
    command_run_line(ui, text);
    ui_typed_end(ui);
}

gboolean cmd_command_line(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    PromptLine line = {
        .label = ":", .history = ui->history, .completer = command_complete_line, .completer_data = ui
    };
    prompt_line(ui, &line, line_typed, NULL, NULL);
    return TRUE;
}

static void help_about(Ui *ui, const Command *command)
{
    CommandContexts context = command->contexts & ui_context_now(ui)
                                  ? ui_context_now(ui)
                                  : (CommandContexts)(command->contexts & -command->contexts);
    g_autofree char *keys = keymap_find_all(ui->keymap, context, command->name);
    g_autofree char *argument =
        command->argument_name ? g_strdup_printf(" %s", _(command->argument_name)) : g_strdup("");
    if (keys)
        ui_say(ui, _(":%s%s (%s): %s"), command->name, argument, keys, _(command->help));
    else
        ui_say(ui, ":%s%s: %s", command->name, argument, _(command->help));
}

gboolean cmd_help(Ui *ui, const CommandCall *call, GError **error)
{
    if (*call->argument) {
        const Command *command = command_parse(call->argument, NULL, error);
        if (command)
            help_about(ui, command);
        return command != NULL;
    }
    ui_push(ui, view_help_new(ui, ui_context_now(ui)));
    return TRUE;
}

gboolean cmd_cancel(Ui *ui, const CommandCall *call, GError **error)
{
    keymap_reset(ui->keymap);
    if (ui_context_now(ui) == CONTEXT_COMPOSE) /* a letter does not go away unasked */
        return cmd_close_letter(ui, call, error);
    ui->tag_moves = FALSE;
    g_clear_pointer(&ui->search_text, g_free); /* takes the marks away */
    if (ui->overlays->len > 0)
        ui_pop(ui);
    else if (ui->focus == ui->sidebar && ui->list_view)
        ui_set_focus(ui, ui->list_view);
    return TRUE;
}

static void quit_answered(Ui *ui, int choice, gpointer user_data)
{
    (void)user_data;
    if (choice == 0)
        ui->quit = TRUE;
}

gboolean cmd_quit(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    guint running = 0;
    const GPtrArray *transfers = model_is_attached(ui->model) ? model_transfers(ui->model) : NULL;
    for (guint i = 0; transfers && i < transfers->len; i++)
        running += !((ModelTransfer *)transfers->pdata[i])->finished;
    if (running > 0)
        prompt_yes_no(ui, _("Something is being fetched. Quit all the same?"), quit_answered, NULL, NULL);
    else if (options_bool(ui->options, OPTION_CONFIRM_QUIT))
        prompt_yes_no(ui, _("Quit Malle?"), quit_answered, NULL, NULL);
    else
        ui->quit = TRUE;
    return TRUE;
}

gboolean cmd_suspend(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    if (!ui->screen)
        return TRUE;
    screen_suspend(ui->screen);
    signals_stop_process();
    screen_resume(ui->screen);
    signals_take();
    return TRUE;
}

gboolean cmd_redraw(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    if (ui->screen) {
        screen_resize(ui->screen);
        screen_forget(ui->screen);
    }
    if (ui->list && model_list_limit(ui->list))
        model_list_refresh_limit(ui->list);
    return TRUE;
}

gboolean cmd_shell(Ui *ui, const CommandCall *call, GError **error)
{
    if (!ui->screen)
        return TRUE;
    const char *shell = g_getenv("SHELL");
    const char *command = *call->argument ? call->argument : shell && *shell ? shell : "sh";
    return screen_run_shell(ui->screen, command, NULL, *call->argument != '\0', NULL, error) >= 0;
}

/* List, reader, sidebar, round. */
gboolean cmd_switch_pane(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    if (ui->overlays->len > 0 || !ui->list_view)
        return TRUE;
    if (ui->focus == ui->list_view && ui->reader)
        ui_set_focus(ui, ui->reader);
    else if (ui->focus == ui->sidebar)
        ui_set_focus(ui, ui->list_view);
    else
        ui_set_focus(ui, ui->sidebar);
    return TRUE;
}

gboolean cmd_toggle_sidebar(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    gboolean shown = ui->layout.sidebar.columns > 0;
    if (shown && ui->focus == ui->sidebar)
        ui_set_focus(ui, ui->list_view);
    ui->sidebar_wanted = !shown;
    /* Where there is no room beside the list it can only be shown by going there. */
    if (!shown && ui->layout.main.columns < LAYOUT_SIDEBAR_MIN_COLUMNS)
        ui_set_focus(ui, ui->sidebar);
    return TRUE;
}

gboolean cmd_toggle_key_bar(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui->key_bar_wanted = !ui->key_bar_wanted;
    if (model_is_attached(ui->model))
        model_set_setting(ui->model, "key-bar", ui->key_bar_wanted ? "1" : "0");
    return TRUE;
}

gboolean cmd_version(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui_say(ui, "Malle %s", PACKAGE_VERSION);
    return TRUE;
}

/* For keys that should do nothing, and not complain. */
gboolean cmd_nothing(Ui *ui, const CommandCall *call, GError **error)
{
    (void)ui;
    (void)call;
    (void)error;
    return TRUE;
}
