/* Options: changed for this session, or written into the person's file where that is asked for. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "config/problem.h"
#include "ui/app.h"
#include "ui/commands.h"
#include "ui/pictures.h"

static void apply(Ui *ui, OptionId id)
{
    switch (id) {
    case OPTION_IMAGES:
    case OPTION_IMAGE_SIZE:
    case OPTION_IMAGE_FETCH:
        ui_pictures_forget(ui);
        ui_pictures_begin(ui);
        break;
    case OPTION_THEME:
    case OPTION_QUOTE_COLOURS:
    case OPTION_ASCII:
        ui_load_theme(ui);
        break;
    case OPTION_KEY_SET:
        ui_bind_keys(ui);
        break;
    case OPTION_CACHE_SIZE:
        model_set_body_cache(ui->model, (guint64)options_number(ui->options, OPTION_CACHE_SIZE) << 20);
        break;
    case OPTION_SIDEBAR_WIDTH: /* said in words, it counts more than what was dragged before */
    case OPTION_READER_SIZE:
        ui_set_sizes(ui, (int)options_number(ui->options, OPTION_SIDEBAR_WIDTH), (int)options_number(ui->options, OPTION_READER_SIZE));
        break;
    case OPTION_MOUSE:
        ui_set_mouse(ui, options_bool(ui->options, OPTION_MOUSE));
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
    case OPTION_THREAD_SUBJECTS:
    case OPTION_TEXT_PREFERENCE:
        model_use_options(ui->model, ui->options);
        break;
    default: /* read where they are used */
        break;
    }
}

void ui_set_option(Ui *ui, OptionId id)
{
    apply(ui, id);
    ui_redraw(ui);
}

/* --- what an option is about --------------------------------------------------------------------- */

static char *kind_words(const OptionRow *row)
{
    switch (row->type) {
    case OPTION_TYPE_BOOL:
        return g_strdup(_("yes or no"));
    case OPTION_TYPE_NUMBER:
        return g_strdup_printf(_("a number of %s, from %d to %d"), _(row->unit), (int)row->minimum, (int)row->maximum);
    case OPTION_TYPE_CHOICE: {
        g_autofree char *all = g_strjoinv(", ", (char **)row->choices);
        return g_strdup_printf(_("one of %s"), all);
    }
    case OPTION_TYPE_LIST:
        return g_strdup(_("a list, separated by commas"));
    default:
        return g_strdup(_("a text"));
    }
}

static void explain(Ui *ui, const OptionRow *row)
{
    g_autofree char *now = options_format(ui->options, row->id);
    g_autofree char *kind = kind_words(row);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%s\n\n", _(row->help));
    g_string_append_printf(text, _("It is: %s\n"), kind);
    g_string_append_printf(text, _("Now: %s\n"), *now ? now : _("(empty)"));
    g_string_append_printf(text, _("By default: %s\n"), *row->default_value ? row->default_value : _("(empty)"));
    if (row->example)
        g_string_append_printf(text, _("For example: set %s %s\n"), row->name, row->example);
    g_string_append_printf(text, _("set-always %s VALUE writes it into your config file as well."), row->name);
    g_autofree char *title = g_strdup_printf(_("The option %s"), row->name);
    ui_push(ui, view_text_new(ui, title, text->str));
}

/* --- setting ------------------------------------------------------------------------------------- */

/* "NAME VALUE", "NAME = VALUE", "NAME" to see it, "NAME?" to have it explained. NULL with error. */
static const OptionRow *parse_option(Ui *ui, const char *argument, char **value, GError **error)
{
    const char *end = argument + strcspn(argument, " =?");
    g_autofree char *name = g_strndup(argument, (gsize)(end - argument));
    const OptionRow *row = option_find(name);
    while (*end == ' ')
        end++;
    if (*end == '=')
        end++;
    *value = g_strstrip(g_strdup(end));
    if (!row) {
        ui_fault_at(ui, 0, strlen(name));
        g_autofree char *meant = config_suggest_words(name, option_names());
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("There is no option “%s”%s"), name, meant);
    }
    return row;
}

/* Of a list the entry that cannot be, of other values all of it. */
static void point_at_value(Ui *ui, const OptionRow *row, const char *argument, const char *value)
{
    gsize length = strlen(value), start = strlen(argument) - length; /* it is what the argument ends with */
    g_auto(GStrv) entries = g_strsplit(row->type == OPTION_TYPE_LIST ? value : "", ",", -1);
    g_autoptr(Options) probe = options_copy(ui->options);
    gsize offset = start;
    for (guint i = 0; entries[i]; i++) {
        if (!options_set(probe, row->name, entries[i], NULL)) {
            start = offset + strspn(entries[i], " ");
            length = strlen(g_strstrip(entries[i]));
            break;
        }
        offset += strlen(entries[i]) + 1;
    }
    ui_fault_at(ui, start, length);
}

static gboolean set_one(Ui *ui, const OptionRow *row, const CommandCall *call, const char *value, GError **error)
{
    if (!options_set(ui->options, row->name, value, error)) {
        point_at_value(ui, row, call->argument, value);
        return FALSE;
    }
    apply(ui, row->id);
    return TRUE;
}

gboolean cmd_set(Ui *ui, const CommandCall *call, GError **error)
{
    g_autofree char *value = NULL;
    const OptionRow *row = parse_option(ui, call->argument, &value, error);
    if (!row)
        return FALSE;
    if (strcmp(value, "?") == 0) {
        explain(ui, row);
        return TRUE;
    }
    if (*value && !set_one(ui, row, call, value, error))
        return FALSE;
    g_autofree char *now = options_format(ui->options, row->id);
    ui_say(ui, "%s = %s", row->name, now);
    return TRUE;
}

gboolean cmd_set_always(Ui *ui, const CommandCall *call, GError **error)
{
    g_autofree char *value = NULL;
    const OptionRow *row = parse_option(ui, call->argument, &value, error);
    if (!row)
        return FALSE;
    if (!*value) {
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("A value is needed, as in: set-always %s %s"), row->name, row->default_value);
        return FALSE;
    }
    if (!ui->context->config_path) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("There is no config file to write to here."));
        return FALSE;
    }
    if (!set_one(ui, row, call, value, error) || !options_remember(ui->options, row->id, ui->context->config_path, error))
        return FALSE;
    ui_say(ui, _("%s = %s, written into %s"), row->name, value, ui->context->config_path);
    return TRUE;
}
