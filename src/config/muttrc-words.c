#include "config.h"

#include "config/muttrc-private.h"

#include <string.h>

static gboolean is_end(char c)
{
    return c == '\0' || c == ';' || c == '#';
}

/* Within double quotes \n, \r, \t, \e are controls; \C, \x and other letters are left for those who read keys. */
static const char *take_escape(const char *p, GString *word)
{
    switch (p[1]) {
    case '\0':
        return p + 1;
    case '"':
    case '\'':
    case '\\':
    case ' ':
    case '#':
    case ';':
    case '$':
    case '`':
        g_string_append_c(word, p[1]);
        return p + 2;
    default:
        g_string_append_c(word, '\\');
        return p + 1;
    }
}

static const char *take_word(const char *p, GString *word)
{
    char quote = '\0';
    for (; *p != '\0';) {
        if (quote == '\0' && (g_ascii_isspace(*p) || is_end(*p)))
            break;
        if (*p == quote) {
            quote = '\0';
            p++;
        } else if (quote == '\0' && (*p == '"' || *p == '\'')) {
            quote = *p++;
        } else if (*p == '\\' && quote != '\'') {
            p = take_escape(p, word);
        } else {
            g_string_append_c(word, *p++);
        }
    }
    return p;
}

char **muttrc_words(const char *line, const char **rest)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    guint n = 0;
    const char *p = line;
    for (;;) {
        while (g_ascii_isspace(*p))
            p++;
        if (is_end(*p))
            break;
        g_autoptr(GString) word = g_string_new(NULL);
        p = take_word(p, word);
        g_strv_builder_add(words, word->str);
        n++;
    }
    *rest = *p == ';' ? p + 1 : NULL;
    return n > 0 ? g_strv_builder_end(words) : NULL;
}
