/* Cells and grapheme clusters.
 *
 * GLib's tables decide what is wide and what is a mark, so that all of Malle agrees with itself whatever
 * libc says. The cluster rules are the part of UAX #29 that a mail client meets: marks, joiners, emoji
 * modifiers, flag pairs, Hangul jamo (which GLib calls zero-width beyond the first). */
#include "config.h"
#include "base/text.h"

#include <string.h>

#define ZWJ 0x200d

static bool is_regional_indicator(gunichar c)
{
    return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static bool is_emoji_modifier(gunichar c)
{
    return c >= 0x1f3fb && c <= 0x1f3ff;
}

/* Marks that take a cell of their own (type Mc: Indic vowel signs) are still part of the cluster. */
static bool extends_cluster(gunichar c)
{
    if (c < 0x300)
        return false;
    if (is_emoji_modifier(c))
        return true;
    return g_unichar_ismark(c) || (g_unichar_iszerowidth(c) && c != ZWJ);
}

int text_char_width(gunichar c)
{
    if (c < 0x20 || c == 0x7f)
        return 0;
    if (c < 0x7f)
        return 1;
    if (c < 0xa0)
        return 0;
    if (c < 0x300)
        return 1; /* SOFT HYPHEN too: terminals draw it, but text_make_safe() has removed it */
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

const char *text_next_cluster(const char *p, const char *end, int *width)
{
    unsigned char first = (unsigned char)*p;
    /* Two ASCII characters in a row: the first is a cluster. Most text is that. */
    if (first < 0x80 && (p + 1 == end || (unsigned char)p[1] < 0x80)) {
        if (width)
            *width = first >= 0x20 && first != 0x7f;
        return p + 1;
    }

    gunichar base = g_utf8_get_char(p);
    int cells = text_char_width(base);
    const char *next = g_utf8_next_char(p);
    if (base < 0x20 || base == 0x7f)
        goto out;

    if (is_regional_indicator(base) && next < end && is_regional_indicator(g_utf8_get_char(next))) {
        cells = 2;
        next = g_utf8_next_char(next);
    }
    while (next < end) {
        gunichar c = g_utf8_get_char(next);
        if (c == ZWJ) {
            /* A joiner glues the next character when both are pictures; between letters it only shapes. */
            const char *after = g_utf8_next_char(next);
            next = after;
            if (base >= 0x2190 && after < end && g_utf8_get_char(after) >= 0x2190 &&
                !g_unichar_ismark(g_utf8_get_char(after)))
                next = g_utf8_next_char(after);
            continue;
        }
        if (!extends_cluster(c))
            break;
        if (cells < 2 && !is_emoji_modifier(c))
            cells += text_char_width(c) > 0 && base >= 0x300; /* spacing marks: Indic vowel signs */
        next = g_utf8_next_char(next);
    }
    if (cells > 2)
        cells = 2;
out:
    if (next > end)
        next = end;
    if (width)
        *width = cells;
    return next;
}

const char *text_previous_cluster(const char *start, const char *p)
{
    /* Clusters are only known forward; an ASCII character (not LF) can begin one, so start there. */
    const char *from = p - 1;
    while (from > start && (unsigned char)*from >= 0x80)
        from--;
    for (;;) {
        const char *next = text_next_cluster(from, p, NULL);
        if (next >= p)
            return from;
        from = next;
    }
}

int text_display_width(const char *text, gssize len)
{
    const char *end = text + (len < 0 ? (gssize)strlen(text) : len);
    int total = 0;
    while (text < end) {
        int cells;
        text = text_next_cluster(text, end, &cells);
        total += cells;
    }
    return total;
}

const char *text_cut(const char *text, gssize len, int cells, int *used)
{
    const char *end = text + (len < 0 ? (gssize)strlen(text) : len);
    int total = 0;
    while (text < end) {
        int width;
        const char *next = text_next_cluster(text, end, &width);
        if (total + width > cells)
            break;
        total += width;
        text = next;
    }
    if (used)
        *used = total;
    return text;
}
