/* Text in a query. A person may type any regular expression, and a client that freezes on one is broken: PCRE2 is given
 * a bound on its work in the pattern itself (the lowest bound wins, so one typed by the person cannot raise it). */
#include "config.h"

#include "query/node.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

#define MATCH_LIMIT "(*LIMIT_MATCH=100000)(*LIMIT_DEPTH=5000)(*LIMIT_HEAP=4096)"
#define MAX_REGEX 1000

static QueryText *text_new(const char *source)
{
    QueryText *text = g_new0(QueryText, 1);
    text->source = g_strdup(source);
    return text;
}

void query_text_free(QueryText *text)
{
    if (!text)
        return;
    g_free(text->source);
    g_free(text->folded);
    g_free(text->words);
    g_clear_pointer(&text->regex, g_regex_unref);
    g_free(text);
}

QueryText *query_text_plain(const char *source)
{
    QueryText *text = text_new(source);
    text->folded = text_sort_key(source, -1);
    text->words = text_words(source, -1);
    return text;
}

/* What is matched is folded, so the pattern must be too; but folding ASCII would turn \S into \s, and the case of ASCII
 * letters is left to the matcher. */
static char *fold_pattern(const char *source)
{
    GString *out = g_string_new(MATCH_LIMIT);
    for (const char *p = source; *p; p = g_utf8_next_char(p)) {
        if ((guchar) *p < 0x80) {
            g_string_append_c(out, *p);
            continue;
        }
        g_autofree char *folded = text_sort_key(p, g_utf8_next_char(p) - p);
        g_string_append(out, folded);
    }
    return g_string_free(out, FALSE);
}

QueryText *query_text_regex(const char *source, GError **error)
{
    if (strlen(source) > MAX_REGEX) {
        g_set_error(error, QUERY_ERROR, QUERY_ERROR_LIMIT, _("this pattern is longer than %d bytes"), MAX_REGEX);
        return NULL;
    }
    g_autofree char *pattern = fold_pattern(source);
    g_autoptr(GError) trouble = NULL;
    GRegex *regex = g_regex_new(pattern, G_REGEX_CASELESS | G_REGEX_MULTILINE | G_REGEX_OPTIMIZE, 0, &trouble);
    if (!regex) {
        g_autofree char *safe = text_make_safe(source, -1, TEXT_SINGLE_LINE);
        g_set_error(error, QUERY_ERROR, QUERY_ERROR_PATTERN,
                    _("“%s” is no regular expression; to look for exactly these characters write = instead of ~"), safe);
        return NULL;
    }
    QueryText *text = text_new(source);
    text->regex = regex;
    return text;
}

/* A full stop between letters or digits is one of "example.org" or "3.14": nobody means "any character" there. */
static gboolean looks_like_regex(const char *source)
{
    for (const char *p = source; *p; p++) {
        if (strchr("*+?[](){}|^$\\", *p))
            return TRUE;
        if (*p == '.' && (p == source || !g_ascii_isalnum(p[-1]) || !g_ascii_isalnum(p[1])))
            return TRUE;
    }
    return FALSE;
}

QueryText *query_text_guess(const char *source, GError **error)
{
    return looks_like_regex(source) ? query_text_regex(source, error) : query_text_plain(source);
}

/* A phrase may be broken over two lines of a body: a space finds a line end. */
static gboolean same_text(const char *p, const char *needle)
{
    for (; *needle; needle++, p++)
        if (*p != *needle && !(*needle == ' ' && *p == '\n'))
            return FALSE;
    return TRUE;
}

static gboolean find_plain(const char *haystack, const char *needle)
{
    const char *space = strchr(needle, ' ');
    if (!space || !strchr(haystack, '\n'))
        return strstr(haystack, needle) != NULL;
    g_autofree char *first = g_strndup(needle, space - needle);
    for (const char *p = haystack; (p = strstr(p, first)) != NULL; p++)
        if (same_text(p, needle))
            return TRUE;
    return FALSE;
}

QueryAnswer query_text_find(const QueryText *text, const char *folded)
{
    if (!text->regex)
        return find_plain(folded, text->folded) ? QUERY_YES : QUERY_NO;
    g_autoptr(GError) trouble = NULL;
    if (g_regex_match_full(text->regex, folded, -1, 0, 0, NULL, &trouble))
        return QUERY_YES;
    return trouble ? QUERY_UNKNOWN : QUERY_NO;
}

QueryAnswer query_text_find_words(const QueryText *text, const char *folded)
{
    if (!text->words || !*text->words)
        return query_text_find(text, folded);
    g_autofree char *words = text_words(folded, -1);
    return text_words_hold(words, text->words) ? QUERY_YES : QUERY_NO;
}

char *query_fold_lines(const char *text, gssize length)
{
    const char *end = text + (length < 0 ? strlen(text) : (gsize) length);
    GString *out = g_string_sized_new(end - text + 1);
    while (text < end) {
        const char *eol = memchr(text, '\n', end - text);
        const char *stop = eol ? eol : end;
        g_autofree char *line = text_sort_key(text, stop - text);
        g_string_append(out, line);
        if (eol)
            g_string_append_c(out, '\n');
        text = eol ? eol + 1 : end;
    }
    return g_string_free(out, FALSE);
}
