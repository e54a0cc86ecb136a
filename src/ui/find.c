#include "config.h"
#include "ui/find.h"

/* A line's end stands at `p`: what must be wanted there is passed in `*wanted`. FALSE when it does not fit. */
static gboolean pass_line_end(const char *start, const char **p, const char *end, const char **wanted)
{
    if (*p == start)
        return FALSE;
    if (**wanted == ' ')
        ++*wanted;
    else if (**p == FIND_LINE_END && (*p)[-1] != ' ')
        return FALSE;
    ++*p;
    while (*p < end && **p == ' ' && **wanted != ' ')
        ++*p;
    return TRUE;
}

static gboolean is_line_end(char c)
{
    return c == FIND_WRAP || c == FIND_LINE_END;
}

static gsize match_here(const char *start, const char *end, const char *wanted)
{
    const char *p = start;
    while (*wanted) {
        if (p >= end || (is_line_end(*p) && !pass_line_end(start, &p, end, &wanted)))
            return 0;
        if (!*wanted || (p < end && is_line_end(*p)))
            continue;
        if (p >= end || g_unichar_tolower(g_utf8_get_char(p)) != g_unichar_tolower(g_utf8_get_char(wanted)))
            return 0;
        wanted = g_utf8_next_char(wanted);
        p = g_utf8_next_char(p);
    }
    return (gsize)(p - start);
}

const char *find_text(const char *text, gsize length, const char *wanted, gsize *match_length)
{
    const char *end = text + length;
    for (const char *p = text; p < end && *wanted; p = g_utf8_next_char(p)) {
        *match_length = match_here(p, end, wanted);
        if (*match_length)
            return p;
    }
    return NULL;
}
