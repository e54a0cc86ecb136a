#include "config.h"
#include "ui/find_lines.h"

#include "ui/find.h"

typedef struct {
    gsize start, end; /* in the joined text */
    gsize skipped;    /* bytes of the line before what is joined: marks of quotation */
} Place;

struct FindLines {
    guint from;
    GString *text;
    GArray *places; /* of Place, one for each line */
};

static gsize quote_marks(const RenderedText *text, const RenderedLine *line)
{
    gsize bytes = 0;
    for (guint i = 0; i < line->runs; i++) {
        const RenderedRun *run = rendered_run(text, line->first_run + i);
        if (!(run->style & RUN_QUOTE_MARK))
            break;
        bytes += run->length;
    }
    return bytes;
}

FindLines *find_lines_new(const RenderedText *text, guint from, guint to)
{
    FindLines *lines = g_new0(FindLines, 1);
    lines->from = from;
    lines->text = g_string_new(NULL);
    lines->places = g_array_new(FALSE, FALSE, sizeof(Place));
    for (guint i = from; i < to; i++) {
        const RenderedLine *line = rendered_line(text, i);
        gsize length, skipped = quote_marks(text, line);
        const char *bytes = rendered_line_text(text, i, &length);
        if (i > from)
            g_string_append_c(lines->text, line->continued ? FIND_WRAP : FIND_LINE_END);
        Place place = { .start = lines->text->len, .skipped = skipped };
        g_string_append_len(lines->text, bytes + skipped, (gssize)(length - skipped));
        place.end = lines->text->len;
        g_array_append_val(lines->places, place);
    }
    return lines;
}

void find_lines_free(FindLines *lines)
{
    if (!lines)
        return;
    g_string_free(lines->text, TRUE);
    g_array_unref(lines->places);
    g_free(lines);
}

/* The line that a place in the joined text is in. */
static guint line_at(const FindLines *lines, gsize at)
{
    guint low = 0, high = lines->places->len;
    while (low + 1 < high) {
        guint middle = (low + high) / 2;
        if (g_array_index(lines->places, Place, middle).start <= at)
            low = middle;
        else
            high = middle;
    }
    return lines->from + low;
}

gboolean find_lines_next(const FindLines *lines, const char *wanted, FindMatch *match)
{
    gsize bytes;
    const char *text = lines->text->str, *found = find_text(text + match->end, lines->text->len - match->end, wanted, &bytes);
    if (!found)
        return FALSE;
    match->begin = (gsize)(found - text);
    match->end = match->begin + bytes;
    match->first_line = line_at(lines, match->begin);
    match->last_line = line_at(lines, match->end - 1);
    return TRUE;
}

gboolean find_lines_part(const FindLines *lines, const FindMatch *match, guint line, gsize *offset, gsize *length)
{
    if (line < match->first_line || line > match->last_line)
        return FALSE;
    const Place *place = &g_array_index(lines->places, Place, line - lines->from);
    gsize begin = MAX(match->begin, place->start), end = MIN(match->end, place->end);
    if (begin >= end)
        return FALSE;
    *offset = begin - place->start + place->skipped;
    *length = end - begin;
    return TRUE;
}
