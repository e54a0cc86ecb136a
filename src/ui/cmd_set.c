/* Options and keys, changed for this session; the files are the person's own and are not written to. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "config/keys.h"
#include "config/problem.h"
#include "ui/app.h"
#include "ui/commands.h"

static void apply(Ui *ui, OptionId id)
{
    switch (id) {
    case OPTION_THEME:
    case OPTION_ASCII:
        ui_load_theme(ui);
        break;
    case OPTION_KEY_SET:
        ui_bind_keys(ui);
        break;
    case OPTION_CACHE_SIZE:
        model_set_body_cache(ui->model, (guint64)options_number(ui->options, OPTION_CACHE_SIZE) << 20);
        break;
    case OPTION_SIDEBAR:
        ui->sidebar_wanted = options_bool(ui->options, OPTION_SIDEBAR);
        break;
    case OPTION_KEY_BAR:
        ui->key_bar_wanted = options_bool(ui->options, OPTION_KEY_BAR);
        break;
    case OPTION_SORT:
    case OPTION_SORT_DESCENDING:
    case OPTION_THREADS:
    case OPTION_TEXT_PREFERENCE:
        model_use_options(ui->model, ui->options);
        break;
    default: /* read where they are used */
        break;
    }
}

/* "NAME VALUE", "NAME = VALUE", or "NAME" to see it. */
gboolean cmd_set(Ui *ui, const CommandCall *call, GError **error)
{
    const char *end = call->argument + strcspn(call->argument, " =");
    g_autofree char *name = g_strndup(call->argument, (gsize)(end - call->argument));
    const OptionRow *row = option_find(name);
    while (*end == ' ')
        end++;
    if (*end == '=')
        end++;
    g_autofree char *value = g_strstrip(g_strdup(end));
    if (!row) {
        g_autofree char *meant = config_suggest_words(name, option_names());
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("There is no option “%s”%s"), name, meant);
        return FALSE;
    }
    if (*value) {
        if (!options_set(ui->options, row->name, value, error))
            return FALSE;
        apply(ui, row->id);
    }
    g_autofree char *now = options_format(ui->options, row->id);
    ui_say(ui, "%s = %s", row->name, now);
    return TRUE;
}

/* "CONTEXT KEYS" at the start of a line; *rest is what follows. */
static gboolean parse_place(const char *argument, CommandContexts *contexts, char ***keys, const char **rest,
                            GError **error)
{
    g_auto(GStrv) words = g_strsplit(argument, " ", 3);
    if (!words[0] || !words[1]) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_ARGUMENT,
                            _("A place and keys are needed, as in: bind list gg first-entry"));
        return FALSE;
    }
    *contexts = command_context_parse(words[0]);
    if (!*contexts) {
        g_autofree char *meant = config_suggest_words(words[0], command_context_names);
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("There is no place “%s” for keys%s"), words[0],
                    meant);
        return FALSE;
    }
    *keys = key_sequence_parse(words[1], error);
    *rest = words[2] ? argument + strlen(words[0]) + strlen(words[1]) + 2 : "";
    return *keys != NULL;
}

gboolean cmd_bind(Ui *ui, const CommandCall *call, GError **error)
{
    CommandContexts contexts;
    const char *line;
    g_auto(GStrv) keys = NULL;
    if (!parse_place(call->argument, &contexts, &keys, &line, error) || !command_parse(line, NULL, error))
        return FALSE;
    keymap_bind(ui->keymap, contexts, (const char *const *)keys, line);
    return TRUE;
}

gboolean cmd_unbind(Ui *ui, const CommandCall *call, GError **error)
{
    CommandContexts contexts;
    const char *line;
    g_auto(GStrv) keys = NULL;
    if (!parse_place(call->argument, &contexts, &keys, &line, error))
        return FALSE;
    keymap_bind(ui->keymap, contexts, (const char *const *)keys, NULL);
    return TRUE;
}
