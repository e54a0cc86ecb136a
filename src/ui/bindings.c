/* The keys that hold: those of the set, the person's key file, and what was bound in this session. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "config/keys.h"
#include "config/problem.h"
#include "ui/app.h"
#include "ui/commands.h"
#include "ui/view_lines.h"

/* --- the key file ------------------------------------------------------------------------------ */

/* A key that was bound in the same file for the same place, or for a part of it: only one of the two lines can be meant. "any" first and a place later
 * is how exceptions are written, and is no mistake. */
static void tell_conflict(Keymap *keymap, const KeyBinding *binding, CommandContexts contexts, const char *file_source, GPtrArray *problems)
{
    const char *earlier = NULL;
    guint places = 0;
    for (guint bit = 1; bit <= CONTEXT_ANY; bit <<= 1) {
        const char *source = NULL;
        if (contexts & bit && keymap_line(keymap, bit, (const char *const *)binding->keys, &source) && source &&
            g_str_has_prefix(source, file_source))
            earlier = source;
    }
    for (guint bit = 1; earlier && bit <= CONTEXT_ANY; bit <<= 1) {
        const char *source = NULL;
        if (keymap_line(keymap, bit, (const char *const *)binding->keys, &source) && source == earlier)
            places |= bit;
    }
    if (!earlier || (places & ~contexts))
        return;
    g_autofree char *keys = key_words((const char *const *)binding->keys);
    config_problems_add(problems, binding->file, binding->line, CONFIG_ERROR_VALUE,
                        _("%s in “%s” is bound already, in line %s; this line counts"), keys, binding->context,
                        earlier + strlen(file_source));
}

static void bind_from_file(Ui *ui, const KeyBinding *binding, GPtrArray *problems)
{
    CommandContexts contexts = command_context_parse(binding->context);
    g_autoptr(GError) error = NULL;
    if (!contexts) {
        g_autofree char *meant = config_suggest_words(binding->context, command_context_names);
        config_problems_add(problems, binding->file, binding->line, CONFIG_ERROR_NAME,
                            _("there is no place “%s” for keys%s"), binding->context, meant);
        return;
    }
    if (binding->command && !macro_check(binding->command, &error)) {
        config_problems_take(problems, binding->file, binding->line, &error);
        return;
    }
    g_autofree char *file = g_strdup_printf("%s:", binding->file ? binding->file : "");
    g_autofree char *source = g_strdup_printf("%s%u", file, binding->line);
    if (binding->command)
        tell_conflict(ui->keymap, binding, contexts, file, problems);
    keymap_set_source(ui->keymap, source);
    keymap_bind(ui->keymap, contexts, (const char *const *)binding->keys, binding->command);
}

void ui_bind_keys(Ui *ui)
{
    keymap_free(ui->keymap);
    ui->keymap = keymap_new();
    keymap_add_defaults(ui->keymap, (CommandKeySet)options_choice(ui->options, OPTION_KEY_SET));
    g_autoptr(GPtrArray) problems = config_problems_new();
    for (guint i = 0; ui->context->bindings && i < ui->context->bindings->len; i++)
        bind_from_file(ui, ui->context->bindings->pdata[i], problems);
    keymap_set_source(ui->keymap, _("typed"));
    g_autoptr(GError) error = NULL;
    if (!config_problems_to_error(problems, &error))
        ui_complain(ui, error);
}

/* --- typed ------------------------------------------------------------------------------------- */

/* "CONTEXT KEYS" at the start of a line; *rest is what follows. */
static gboolean parse_place(Ui *ui, const char *argument, CommandContexts *contexts, char ***keys, const char **rest,
                            GError **error)
{
    g_auto(GStrv) words = g_strsplit(argument, " ", 3);
    if (!words[0] || !words[1]) {
        ui_fault_at(ui, strlen(argument), 0);
        g_set_error_literal(error, UI_ERROR, UI_ERROR_ARGUMENT,
                            _("A place and keys are needed, as in: bind list gg first-entry"));
        return FALSE;
    }
    *contexts = command_context_parse(words[0]);
    ui_fault_at(ui, 0, strlen(words[0]));
    if (!*contexts) {
        g_autofree char *meant = config_suggest_words(words[0], command_context_names);
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("There is no place “%s” for keys%s"), words[0],
                    meant);
        return FALSE;
    }
    ui_fault_at(ui, strlen(words[0]) + 1, strlen(words[1]));
    *keys = key_sequence_parse(words[1], error);
    *rest = words[2] ? argument + strlen(words[0]) + strlen(words[1]) + 2 : "";
    return *keys != NULL;
}

gboolean cmd_bind(Ui *ui, const CommandCall *call, GError **error)
{
    CommandContexts contexts;
    const char *line;
    g_auto(GStrv) keys = NULL;
    if (!parse_place(ui, call->argument, &contexts, &keys, &line, error))
        return FALSE;
    if (!macro_check(line, error)) {
        ui_fault_at(ui, strlen(call->argument) - strlen(line), strlen(line));
        return FALSE;
    }
    CommandContexts first = (CommandContexts)(contexts & -contexts);
    g_autofree char *before = g_strdup(keymap_line(ui->keymap, first, (const char *const *)keys, NULL));
    keymap_bind(ui->keymap, contexts, (const char *const *)keys, line);
    g_autofree char *words = key_words((const char *const *)keys);
    if (before && strcmp(before, line) != 0)
        ui_say(ui, _("%s is now: %s (before: %s)"), words, line, before);
    else
        ui_say(ui, _("%s is now: %s"), words, line);
    return TRUE;
}

gboolean cmd_unbind(Ui *ui, const CommandCall *call, GError **error)
{
    CommandContexts contexts;
    const char *line;
    g_auto(GStrv) keys = NULL;
    if (!parse_place(ui, call->argument, &contexts, &keys, &line, error))
        return FALSE;
    g_autofree char *words = key_words((const char *const *)keys);
    gboolean any = FALSE;
    for (guint bit = 1; bit <= CONTEXT_ANY; bit <<= 1)
        any |= contexts & bit && keymap_line(ui->keymap, bit, (const char *const *)keys, NULL);
    if (!any) {
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("%s does nothing there already."), words);
        return FALSE;
    }
    keymap_bind(ui->keymap, contexts, (const char *const *)keys, NULL);
    ui_say(ui, _("%s does nothing there now."), words);
    return TRUE;
}

/* --- all of them ------------------------------------------------------------------------------- */

typedef struct {
    Ui *ui;
    CommandContexts contexts;
} Asked;

#define KEY_CELLS 16

static void add_key(const char *words, const char *line, const char *source, gpointer user_data)
{
    LinesView *view = user_data;
    g_autofree char *name = source ? g_path_get_basename(source) : NULL;
    g_autofree char *told = name ? g_strdup_printf("%s  (%s)", line, name) : g_strdup(line);
    lines_add_pair(view, words, THEME_KEY_BAR_KEY, KEY_CELLS, told, source ? THEME_EMPHASIS : THEME_NORMAL);
}

static void fill_keys(LinesView *view, int width, gpointer user_data)
{
    const Asked *asked = user_data;
    (void)width;
    for (guint bit = 1; bit <= CONTEXT_ANY; bit <<= 1) {
        if (!(asked->contexts & bit))
            continue;
        lines_add(view, "", THEME_NORMAL);
        lines_add(view, command_context_name(bit), THEME_HEADING);
        keymap_each(asked->ui->keymap, bit, add_key, view);
    }
}

gboolean cmd_keys(Ui *ui, const CommandCall *call, GError **error)
{
    CommandContexts contexts = *call->argument ? command_context_parse(call->argument) : ui_context_now(ui);
    if (!contexts) {
        g_autofree char *meant = config_suggest_words(call->argument, command_context_names);
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("There is no place “%s” for keys%s"), call->argument, meant);
        return FALSE;
    }
    Asked *asked = g_new0(Asked, 1);
    *asked = (Asked){ ui, contexts };
    ui_push(ui, view_lines_new(ui, _("Keys, and what they run"), fill_keys, asked, g_free));
    return TRUE;
}
