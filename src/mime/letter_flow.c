/* format=flowed as it is written (RFC 3676 §4). */
#include "config.h"

#include "mime/letter.h"

#include <string.h>

#include "base/text.h"

#define WIDTH 72

/* The part of LINE that fits in WIDTH cells and ends behind a space; all of it when no space is in reach. */
static gsize piece_of(const char *line, gsize len)
{
    if (text_display_width(line, (gssize)len) <= WIDTH)
        return len;
    int used;
    const char *cut = text_cut(line, (gssize)len, WIDTH - 1, &used);
    const char *at = cut;
    while (at > line && at[-1] != ' ')
        at--;
    if (at > line)
        return (gsize)(at - line);
    const char *space = memchr(cut, ' ', len - (gsize)(cut - line));
    return space != NULL ? (gsize)(space - line) + 1 : len;
}

static bool needs_stuffing(const char *line, gsize len)
{
    return len > 0 && (line[0] == ' ' || line[0] == '>' || (len >= 5 && memcmp(line, "From ", 5) == 0));
}

/* A line of the writer's own: fixed at its end, soft where it is broken. */
static void flow_line(GString *out, const char *line, gsize len)
{
    if (len == 3 && memcmp(line, "-- ", 3) == 0) { /* the mark of a signature keeps its space */
        g_string_append(out, "-- \n");
        return;
    }
    while (len > 0 && line[len - 1] == ' ')
        len--;
    do {
        gsize piece = piece_of(line, len);
        if (needs_stuffing(line, piece))
            g_string_append_c(out, ' ');
        g_string_append_len(out, line, (gssize)piece);
        g_string_append_c(out, '\n');
        line += piece;
        len -= piece;
    } while (len > 0);
}

/* A quoted line: as it is, but never soft by accident. */
static void keep_line(GString *out, const char *line, gsize len)
{
    while (len > 0 && line[len - 1] == ' ')
        len--;
    g_string_append_len(out, line, (gssize)len);
    g_string_append_c(out, '\n');
}

char *letter_flow(const char *text)
{
    GString *out = g_string_sized_new(strlen(text) + 64);
    const char *end = text + strlen(text);
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (gsize)(end - line));
        gsize len = (gsize)((stop != NULL ? stop : end) - line);
        if (*line == '>')
            keep_line(out, line, len);
        else
            flow_line(out, line, len);
        line += len + 1;
    }
    return g_string_free(out, FALSE);
}
