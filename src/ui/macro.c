/* Lines of several commands. */
#include "config.h"

#include <string.h>

#include "ui/app.h"

/* The " ; " that ends a command, NULL when there is none. */
static const char *find_end(const char *line)
{
    for (const char *p = line; (p = strchr(p, ';')) != NULL; p++)
        if (p > line && p[-1] == ' ' && (p[1] == ' ' || p[1] == '\0'))
            return p;
    return NULL;
}

static char *unescape(const char *text, gsize length)
{
    GString *plain = g_string_sized_new(length);
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '\\' && i + 1 < length && text[i + 1] == ';')
            continue;
        g_string_append_c(plain, text[i]);
    }
    return g_string_free(plain, FALSE);
}

const char *macro_next(const char *line, char **first)
{
    const Command *command = command_parse(line, NULL, NULL);
    const char *end = command && command->takes_rest ? NULL : find_end(line);
    *first = command && command->takes_rest ? g_strdup(line) : unescape(line, end ? (gsize)(end - line) : strlen(line));
    if (!end)
        return NULL;
    for (end++; *end == ' ';)
        end++;
    return *end ? end : NULL;
}

gboolean macro_check(const char *line, GError **error)
{
    while (line) {
        g_autofree char *one = NULL;
        line = macro_next(line, &one);
        if (!command_parse(one, NULL, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean run_one(Ui *ui, const char *line)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *argument = NULL;
    const Command *command = command_parse(line, &argument, &error);
    if (!command)
        ui_complain(ui, error);
    return command && command_run(ui, command, argument);
}

static void run_all(Ui *ui, const char *line)
{
    const char *whole = line;
    while (line && !ui->quit) {
        g_autofree char *one = NULL;
        ui_typed_at(ui, (gsize)(line - whole));
        line = macro_next(line, &one);
        if (!run_one(ui, one))
            return;
        if (line && ui->prompt) {
            ui->macro_rest = g_strdup(line);
            return;
        }
    }
}

void command_run_line(Ui *ui, const char *line)
{
    g_clear_pointer(&ui->macro_rest, g_free);
    run_all(ui, line);
}

void macro_answered(Ui *ui, gboolean answered)
{
    g_autofree char *rest = g_steal_pointer(&ui->macro_rest);
    if (!rest || !answered)
        return;
    if (ui->prompt) /* one answer led to the next question */
        ui->macro_rest = g_steal_pointer(&rest);
    else
        run_all(ui, rest);
}
