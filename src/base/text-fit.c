/* Cutting, padding and wrapping by cells. */
#include "config.h"
#include "base/text.h"

#include <string.h>

static const char ELLIPSIS[] = "\342\200\246";

static void append_spaces(GString *out, int count)
{
    for (; count > 0; count--)
        g_string_append_c(out, ' ');
}

/* The start of the shortest tail of whole clusters that is at least `skip` cells into the text. */
static const char *skip_cells(const char *p, const char *end, int skip)
{
    while (p < end && skip > 0) {
        int width;
        p = text_next_cluster(p, end, &width);
        skip -= width;
    }
    return p;
}

static int append_middle_cut(GString *out, const char *text, const char *end, int cells, int total)
{
    int head_cells = (cells - 1) / 2;
    int used;
    const char *head = text_cut(text, end - text, head_cells, &used);
    g_string_append_len(out, text, head - text);
    g_string_append(out, ELLIPSIS);
    const char *tail = skip_cells(head, end, total - used - (cells - 1 - used));
    g_string_append_len(out, tail, end - tail);
    return used + 1 + text_display_width(tail, end - tail);
}

void text_append_fit(GString *out, const char *text, gssize len, int cells, TextCut cut, bool right)
{
    if (cells <= 0)
        return;
    const char *end = text + (len < 0 ? (gssize)strlen(text) : len);
    int used;
    const char *fits = text_cut(text, end - text, cells, &used);

    if (fits == end) {
        if (right)
            append_spaces(out, cells - used);
        g_string_append_len(out, text, end - text);
        if (!right)
            append_spaces(out, cells - used);
        return;
    }
    if (cut == TEXT_CUT_PLAIN) {
        g_string_append_len(out, text, fits - text);
    } else if (cut == TEXT_CUT_MIDDLE && cells >= 3) {
        used = append_middle_cut(out, text, end, cells, text_display_width(text, end - text));
    } else {
        fits = text_cut(text, end - text, cells - 1, &used);
        g_string_append_len(out, text, fits - text);
        g_string_append(out, ELLIPSIS);
        used++;
    }
    append_spaces(out, cells - used);
}

char *text_fit(const char *text, int cells, TextCut cut)
{
    GString *out = g_string_new(NULL);
    text_append_fit(out, text, -1, cells, cut, false);
    return g_string_free(out, FALSE);
}

/* Punctuation that must not begin a line when breaking between wide characters (the core of JIS X 4051's
 * first class). */
static bool may_not_begin_line(gunichar c)
{
    static const gunichar closing[] = {
        0x3001, 0x3002, 0x3005, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011, 0x3015, 0x3017, 0x3019, 0x301f,
        0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x309d, 0x309e, 0x30a1,
        0x30a3, 0x30a5, 0x30a7, 0x30a9, 0x30c3, 0x30e3, 0x30e5, 0x30e7, 0x30fb, 0x30fc, 0x30fd, 0x30fe,
        0xff01, 0xff09, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f, 0xff3d, 0xff5d,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(closing); i++)
        if (closing[i] == c)
            return true;
    return false;
}

/* May a line break between the clusters that start at `before` and at `after`? (Spaces apart.) */
static bool may_break_between(const char *before, int before_width, const char *after, const char *end,
                              int after_width)
{
    if (*before == '-')
        return after < end && g_ascii_isalpha(*after);
    if (before_width < 2 && after_width < 2)
        return false;
    if (before_width == 2 && after_width == 2)
        return !may_not_begin_line(g_utf8_get_char(after));
    /* Wide beside narrow: only next to a letter or digit, so that punctuation sticks. */
    const char *narrow = before_width == 2 ? after : before;
    return g_ascii_isalnum(*narrow) || g_utf8_get_char(narrow) >= 0x300;
}

const char *text_wrap_next(const char *p, const char *end, int cells, const char **line_end)
{
    if (cells < 1)
        cells = 1;
    const char *start = p;
    const char *last_end = NULL;  /* where this line's text may end ... */
    const char *last_next = NULL; /* ... and where the next line would then start */
    const char *previous = NULL;
    int used = 0, previous_width = 0;

    while (p < end) {
        if (*p == '\n') {
            *line_end = p;
            return p + 1;
        }
        int width;
        const char *next = text_next_cluster(p, end, &width);
        if (*p == ' ') {
            /* A run of spaces may hang over the edge: it vanishes at the break. */
            const char *run = p;
            while (p < end && *p == ' ')
                p++;
            used += (int)MIN(p - run, (gssize)cells + 1);
            if (run > start || used <= cells) {
                last_end = run;
                last_next = p;
            }
            if (used > cells) {
                *line_end = run;
                return p < end && *p == '\n' ? p + 1 : p;
            }
            previous = NULL;
            continue;
        }
        if (previous && may_break_between(previous, previous_width, p, end, width)) {
            last_end = p;
            last_next = p;
        }
        if (used + width > cells) {
            if (last_next && last_next > start && last_end > start) {
                *line_end = last_end;
                return last_next;
            }
            if (p == start) /* a wide character in one cell: it goes out all the same */
                p = next;
            *line_end = p;
            return p;
        }
        used += width;
        previous = p;
        previous_width = width;
        p = next;
    }
    *line_end = end;
    return end;
}

char **text_wrap(const char *text, int cells)
{
    GPtrArray *lines = g_ptr_array_new();
    const char *end = text + strlen(text);
    const char *p = text;
    while (p < end) {
        const char *line_end;
        const char *next = text_wrap_next(p, end, cells, &line_end);
        g_ptr_array_add(lines, g_strndup(p, line_end - p));
        p = next;
    }
    if (lines->len == 0)
        g_ptr_array_add(lines, g_strdup(""));
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, FALSE);
}
