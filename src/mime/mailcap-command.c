/* Commands from mailcap entries (see mailcap-internal.h; S42).
 *
 * Two lines of defence. What comes from the message is reduced to harmless characters before it is used at
 * all; and it is quoted for the place where the entry's author put it, quotes of his own included ('%s' is as
 * common as %s). */
#include "config.h"
#include "mime/mailcap-internal.h"

#include <string.h>

static bool is_harmless(char c)
{
    return g_ascii_isalnum(c) || (c && strchr(".+-_:", c));
}

bool mailcap_is_plain_type(const MessagePart *part)
{
    const char *const names[] = { part->type, part->subtype };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!*names[i] || strlen(names[i]) > 127 || !g_ascii_isalnum(*names[i]))
            return false;
        for (const char *p = names[i]; *p; p++)
            if (!is_harmless(*p) || *p == ':')
                return false;
    }
    return true;
}

/* A parameter's value: harmless characters, nothing that a program would take for an option. */
static char *harmless_value(const char *value)
{
    char *result = g_strndup(value ? value : "", 100);
    for (char *p = result; *p; p++)
        if (!is_harmless(*p))
            *p = '_';
    if (*result == '-' || *result == '+')
        *result = '_';
    return result;
}

/* The value of the placeholder at p ("%s", "%t", "%{name}", "%%"), and where it ends. NULL: no placeholder.
 */
static char *placeholder(const char *p, const MessagePart *part, const char *path, const char **end,
                         bool *uses_path)
{
    *end = p + 2;
    switch (p[1]) {
    case 's':
        *uses_path = true;
        return g_strdup(path);
    case 't':
        return g_strconcat(part->type, "/", part->subtype, NULL);
    case '%':
        return g_strdup("%");
    case 'n':
    case 'F': /* parts of a multipart: never handed out whole */
        return g_strdup("");
    case '{': {
        const char *close = strchr(p, '}');
        if (!close)
            return NULL;
        *end = close + 1;
        g_autofree char *name = g_strndup(p + 2, (gsize)(close - p - 2));
        return harmless_value(message_part_parameter(part, name));
    }
    default:
        return NULL;
    }
}

static void append_in_single_quotes(GString *out, const char *value)
{
    for (; *value; value++) {
        if (*value == '\'')
            g_string_append(out, "'\\''");
        else
            g_string_append_c(out, *value);
    }
}

static void append_in_double_quotes(GString *out, const char *value)
{
    for (; *value; value++) {
        if (strchr("$`\"\\", *value))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *value);
    }
}

char *mailcap_expand_for_shell(const char *template, const MessagePart *part, const char *path,
                               bool *uses_path)
{
    g_autoptr(GString) out = g_string_new(NULL);
    char quote = 0;
    bool word_begins = true;
    bool substitution = strchr(template, '`') || strstr(template, "$(");
    *uses_path = false;
    for (const char *p = template; *p; p++) {
        const char *end;
        g_autofree char *value = *p == '%' ? placeholder(p, part, path, &end, uses_path) : NULL;
        if (value) {
            /* Within a substitution quoting begins anew, and only a shell could say where it ends. */
            if (substitution && p[1] != '%')
                return NULL;
            if (p[1] == '%') {
                g_string_append_c(out, '%');
            } else if (quote == '\'') {
                append_in_single_quotes(out, value);
            } else if (quote == '"') {
                append_in_double_quotes(out, value);
            } else {
                g_string_append_c(out, '\'');
                append_in_single_quotes(out, value);
                g_string_append_c(out, '\'');
            }
            p = end - 1;
            word_begins = false;
            continue;
        }
        /* A comment: an apostrophe there quotes nothing, and nothing there is needed. */
        if (*p == '#' && !quote && word_begins)
            break;
        word_begins = !quote && strchr(" \t\n|&;<>()", *p);
        if (*p == '\\' && quote != '\'' && p[1]) {
            g_string_append_c(out, *p++);
        } else if (*p == '\'' || *p == '"') {
            if (!quote)
                quote = *p;
            else if (quote == *p)
                quote = 0;
        }
        g_string_append_c(out, *p);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Nothing but words and quotes: no shell is needed. */
static bool is_simple(const char *template)
{
    for (const char *p = template; *p; p++) {
        if (*p == '%' && p[1] == '{') {
            const char *close = strchr(p, '}');
            if (!close)
                return false;
            p = close;
            continue;
        }
        if (strchr("|&;<>()$`\\*?[]#~{}!=\n", *p))
            return false;
    }
    return true;
}

static char *expand_word(const char *word, const MessagePart *part, const char *path, bool *uses_path)
{
    GString *out = g_string_new(NULL);
    for (const char *p = word; *p; p++) {
        const char *end;
        g_autofree char *value = *p == '%' ? placeholder(p, part, path, &end, uses_path) : NULL;
        if (!value) {
            g_string_append_c(out, *p);
            continue;
        }
        g_string_append(out, value);
        p = end - 1;
    }
    return g_string_free(out, FALSE);
}

static char **words_without_shell(const char *template, const MessagePart *part, const char *path,
                                  bool *uses_path)
{
    g_auto(GStrv) words = NULL;
    if (!is_simple(template) || !g_shell_parse_argv(template, NULL, &words, NULL))
        return NULL;
    GPtrArray *argv = g_ptr_array_new();
    for (char **word = words; *word; word++)
        g_ptr_array_add(argv, expand_word(*word, part, path, uses_path));
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}

MailcapCommand *mailcap_command_build(const char *template, const MessagePart *part, const char *path)
{
    bool uses_path = false;
    char **argv = words_without_shell(template, part, path, &uses_path);
    if (!argv) {
        g_autofree char *line = mailcap_expand_for_shell(template, part, path, &uses_path);
        if (!line)
            return NULL;
        const char *const shell[] = { "/bin/sh", "-c", line, NULL };
        argv = g_strdupv((char **)shell);
    }
    MailcapCommand *command = g_new0(MailcapCommand, 1);
    command->argv = argv;
    command->command = g_strdup(template);
    command->on_stdin = !uses_path;
    return command;
}
