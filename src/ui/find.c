#include "config.h"
#include "ui/find.h"

static gsize match_here(const char *p, const char *end, const char *wanted)
{
    const char *start = p;
    for (; *wanted; wanted = g_utf8_next_char(wanted), p = g_utf8_next_char(p))
        if (p >= end || g_unichar_tolower(g_utf8_get_char(p)) != g_unichar_tolower(g_utf8_get_char(wanted)))
            return 0;
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
