/* Options, changed for this session; the file is the person's own and is not written to. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
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
