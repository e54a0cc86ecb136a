#include "config.h"

#include "config/columns.h"

#include <string.h>

#include "base/i18n.h"
#include "config/problem.h"

enum { WIDTH_LIMIT = 200 };

const char *const list_column_names[] = { "signs", "date", "received", "who", "from", "address", "size", "subject", "keywords", "mailbox", NULL };

static gboolean parse_width(const char *text, ListColumn *column)
{
    gsize length = strlen(text);
    guint64 number;
    column->percent = length > 0 && text[length - 1] == '%';
    g_autofree char *digits = g_strndup(text, length - (column->percent ? 1 : 0));
    g_strstrip(digits);
    if (!g_ascii_string_to_unsigned(digits, 10, 1, column->percent ? 90 : WIDTH_LIMIT, &number, NULL))
        return FALSE;
    column->width = (int) number;
    return TRUE;
}

gboolean list_column_parse(const char *text, ListColumn *column, GError **error)
{
    gsize length = strcspn(text, " \t");
    g_autofree char *name = g_strndup(text, length);
    g_autofree char *width = g_strstrip(g_strdup(text + length));
    *column = (ListColumn){ LIST_COLUMN_KINDS, 0, FALSE };
    for (guint i = 0; list_column_names[i] != NULL; i++)
        if (g_ascii_strcasecmp(list_column_names[i], name) == 0)
            column->kind = (ListColumnKind) i;
    if (column->kind == LIST_COLUMN_KINDS) {
        g_autofree char *meant = config_suggest_words(name, list_column_names);
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("there is no column “%s”%s"), name, meant);
        return FALSE;
    }
    if (*width != '\0' && !parse_width(width, column)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                    _("“%s” is no width of a column: it is a number of cells, as in who 20, or a share of the list, as in who 22%%"), width);
        return FALSE;
    }
    return TRUE;
}
