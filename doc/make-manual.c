/* Fills a template of a manual page from the program's own tables, so that the manual cannot say anything else than the program does:
 *
 *     make-manual TEMPLATE > PAGE
 *     make-manual --keys SET > FILE      a key set as a key file
 *     make-manual --config > FILE        all options, explained, in comments
 *     make-manual --theme NAME > FILE    a built-in theme as a theme file
 *
 * Lines of the template that are @OPTIONS@, @ROLES@ or @KEYS@ are replaced. `make update-manual` runs it, tests/house/test_manual.py holds the
 * pages to it. Not installed.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "config/options.h"
#include "config/theme.h"
#include "ui/ui.h"

/* Text for roff: a backslash is \e, a hyphen is a minus sign that can be copied, and no line starts with a control character. */
static void put_text(GString *out, const char *text)
{
    gboolean line_start = out->len == 0 || out->str[out->len - 1] == '\n';
    for (const char *p = text; *p != '\0'; p++) {
        if (line_start && (*p == '.' || *p == '\''))
            g_string_append(out, "\\&");
        line_start = *p == '\n';
        if (*p == '\\')
            g_string_append(out, "\\e");
        else
            g_string_append_c(out, *p);
    }
}

/* One sentence a line, as roff wants it. */
static void put_sentences(GString *out, const char *text)
{
    for (const char *rest = text; *rest != '\0';) {
        const char *end = strstr(rest, ". ");
        gsize length = end != NULL ? (gsize) (end - rest) + 1 : strlen(rest);
        g_autofree char *sentence = g_strndup(rest, length);
        put_text(out, sentence);
        g_string_append_c(out, '\n');
        rest += length + (end != NULL ? 1 : 0);
    }
}

static char *values_of(const OptionRow *row)
{
    switch (row->type) {
    case OPTION_TYPE_BOOL:
        return g_strdup("yes | no");
    case OPTION_TYPE_NUMBER:
        return g_strdup(row->unit);
    case OPTION_TYPE_CHOICE:
        return g_strjoinv(" | ", (char **) row->choices);
    case OPTION_TYPE_TEXT:
        return g_strdup("text");
    case OPTION_TYPE_LIST:
        break;
    }
    return g_strdup("list, separated by commas");
}

/* A value that is not the default where there is another. */
static const char *example_of(const OptionRow *row)
{
    if (row->example != NULL)
        return row->example;
    if (row->type == OPTION_TYPE_BOOL)
        return strcmp(row->default_value, "yes") == 0 ? "no" : "yes";
    for (guint i = 0; row->type == OPTION_TYPE_CHOICE && row->choices[i] != NULL; i++)
        if (strcmp(row->choices[i], row->default_value) != 0)
            return row->choices[i];
    return row->default_value;
}

static void put_options(GString *out)
{
    for (guint id = 0; id < OPTION_COUNT; id++) {
        const OptionRow *row = option_row(id);
        g_autofree char *values = values_of(row);
        g_string_append_printf(out, ".It Ic %s No = Ar %s\n", row->name, values);
        put_sentences(out, row->help);
        if (row->type == OPTION_TYPE_NUMBER)
            g_string_append_printf(out, "From %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ".\n", row->minimum, row->maximum);
        if (*row->default_value == '\0')
            g_string_append(out, "Default: empty.\n");
        else
            g_string_append_printf(out, "Default: \\fB%s\\fR.\n", row->default_value);
        g_string_append_printf(out, "Example:\n.Dl %s = %s\n", row->name, example_of(row));
    }
}

/* A config file with all options at their defaults, each explained: to be copied, and its lines taken out of comment. */
static void put_config(GString *out)
{
    g_string_append(out, "# All options of Malle, as they are without a config file. To change one, take the # away before it.\n"
                         "# The file is ~/.config/malle/config; malle-config(5) says more.\n");
    for (guint id = 0; id < OPTION_COUNT; id++) {
        const OptionRow *row = option_row(id);
        g_autofree char *values = values_of(row);
        g_auto(GStrv) lines = text_wrap(row->help, 98);
        g_string_append_c(out, '\n');
        for (char **line = lines; *line != NULL; line++)
            g_string_append_printf(out, "# %s\n", *line);
        g_string_append_printf(out, "# (%s)\n#%s = %s\n", values, row->name, row->default_value);
        if (strcmp(example_of(row), row->default_value) != 0)
            g_string_append_printf(out, "#%s = %s\n", row->name, example_of(row));
    }
}

static void put_roles(GString *out)
{
    for (guint role = 0; role < THEME_ROLE_COUNT; role++)
        g_string_append_printf(out, ".Ic %s%s\n", theme_role_name(role), role + 1 < THEME_ROLE_COUNT ? " ," : " .");
}

static void put_keys(GString *out)
{
    g_autofree char *keys = ui_keys_manual();
    g_string_append(out, keys);
    if (out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
}

static void put_line(GString *out, const char *line)
{
    if (strcmp(line, "@OPTIONS@") == 0)
        put_options(out);
    else if (strcmp(line, "@ROLES@") == 0)
        put_roles(out);
    else if (strcmp(line, "@KEYS@") == 0)
        put_keys(out);
    else
        g_string_append_printf(out, "%s\n", line);
}

int main(int argc, char **argv)
{
    g_autofree char *template = NULL;
    g_autoptr(GError) error = NULL;
    if (argc == 2 && strcmp(argv[1], "--config") == 0) {
        g_autoptr(GString) config = g_string_new(NULL);
        put_config(config);
        return fputs(config->str, stdout) < 0;
    }
    if (argc == 3 && g_str_has_prefix(argv[1], "--")) {
        g_autofree char *file = strcmp(argv[1], "--keys") == 0 ? ui_keys_file(argv[2]) : theme_file(argv[2]);
        return file == NULL || fputs(file, stdout) < 0;
    }
    if (argc != 2 || !g_file_get_contents(argv[1], &template, NULL, &error)) {
        fprintf(stderr, "make-manual: %s\n", error != NULL ? error->message : "a template is needed");
        return 1;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(template), "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        put_line(out, *line);
    fwrite(out->str, 1, out->len, stdout);
    return 0;
}
