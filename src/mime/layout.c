/* Paragraphs to lines (see layout.h). */
#include "config.h"
#include "mime/layout.h"

#include "base/text.h"

#include <string.h>

#define MIN_ROOM 8

Paragraph *paragraph_new(void)
{
    Paragraph *paragraph = g_new0(Paragraph, 1);
    paragraph->text = g_string_new(NULL);
    paragraph->spans = g_array_new(FALSE, FALSE, sizeof(Span));
    return paragraph;
}

void paragraph_free(Paragraph *paragraph)
{
    if (!paragraph)
        return;
    g_string_free(paragraph->text, TRUE);
    g_array_free(paragraph->spans, TRUE);
    g_free(paragraph);
}

void paragraph_clear(Paragraph *paragraph)
{
    g_string_truncate(paragraph->text, 0);
    g_array_set_size(paragraph->spans, 0);
}

void paragraph_add(Paragraph *paragraph, const char *text, gsize length, guint style, guint link)
{
    if (length == 0)
        return;
    guint n = paragraph->spans->len;
    const Span *last = n > 0 ? &g_array_index(paragraph->spans, Span, n - 1) : NULL;
    if (!last || last->style != style || last->link != link) {
        Span span = { (guint32)paragraph->text->len, (guint16)style, (guint16)link };
        g_array_append_val(paragraph->spans, span);
    }
    g_string_append_len(paragraph->text, text, (gssize)length);
}

void paragraph_add_link_number(Paragraph *paragraph, guint style, guint link)
{
    if (link == 0)
        return;
    char number[16];
    int length = g_snprintf(number, sizeof number, "[%u]", link);
    paragraph_add(paragraph, number, (gsize)length, style | RUN_LINK_NUMBER, link);
}

void paragraph_trim(Paragraph *paragraph)
{
    const char *text = paragraph->text->str;
    gsize length = paragraph->text->len;
    for (;;) {
        if (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\n'))
            length--;
        else if (length > 1 && memcmp(text + length - 2, "\302\240", 2) == 0)
            length -= 2;
        else
            break;
    }
    g_string_truncate(paragraph->text, length);
    guint spans = paragraph->spans->len;
    while (spans > 0 && g_array_index(paragraph->spans, Span, spans - 1).offset >= length)
        spans--;
    g_array_set_size(paragraph->spans, spans);
}

int paragraph_width(const Paragraph *paragraph)
{
    int widest = 0;
    const char *p = paragraph->text->str, *end = p + paragraph->text->len;
    while (p < end) {
        const char *newline = memchr(p, '\n', (gsize)(end - p));
        const char *stop = newline ? newline : end;
        widest = MAX(widest, text_display_width(p, stop - p));
        p = newline ? newline + 1 : end;
    }
    return widest;
}

/* Deep quotes would leave no room for words: beyond a third of the width the marks become "12> ". */
static int quote_marks(const Layout *layout, guint quote, char *marks, gsize size)
{
    marks[0] = '\0';
    if (quote == 0)
        return 0;
    if ((int)quote * 2 > layout->width / 3 || quote * 2 >= size)
        return g_snprintf(marks, size, "%u> ", quote);
    gsize n = 0;
    for (guint i = 0; i < quote; i++) {
        marks[n++] = '>';
        marks[n++] = ' ';
    }
    marks[n] = '\0';
    return (int)n;
}

int layout_room(const Layout *layout, guint quote, const char *prefix)
{
    char marks[128];
    int room = layout->width - quote_marks(layout, quote, marks, sizeof marks);
    if (prefix)
        room -= text_display_width(prefix, -1);
    return MAX(room, MIN_ROOM);
}

bool layout_line_begin(Layout *layout, const LayoutStyle *style, bool continued)
{
    if (rendered_line_count(layout->out) >= layout->max_lines) {
        layout->full = true;
        return false;
    }
    rendered_line_begin(layout->out, style->kind, style->quote, style->level, continued);
    char marks[128];
    int length = quote_marks(layout, style->quote, marks, sizeof marks);
    rendered_run_add(layout->out, marks, (gsize)length, RUN_QUOTE_MARK, 0);
    return true;
}

void layout_blank(Layout *layout, guint quote)
{
    LayoutStyle style = { .kind = RENDERED_TEXT, .quote = quote };
    layout_line_begin(layout, &style, false);
}

/* The runs of text[from, to). `*span` only moves forward, so a paragraph costs one pass over its spans. */
static void add_runs(Layout *layout, const Paragraph *paragraph, gsize from, gsize to, guint *span)
{
    const GArray *spans = paragraph->spans;
    while (from < to) {
        while (*span + 1 < spans->len && g_array_index(spans, Span, *span + 1).offset <= from)
            (*span)++;
        gsize stop =
            *span + 1 < spans->len ? MIN(to, (gsize)g_array_index(spans, Span, *span + 1).offset) : to;
        const Span *current = &g_array_index(spans, Span, *span);
        rendered_run_add(layout->out, paragraph->text->str + from, stop - from, current->style,
                         current->link);
        from = stop;
    }
}

/* One line of preformatted text: cut only where it is too long. */
static const char *next_kept(const char *p, const char *end, int cells, const char **line_end)
{
    const char *newline = memchr(p, '\n', (gsize)(end - p));
    const char *stop = newline ? newline : end;
    const char *cut = text_cut(p, stop - p, cells, NULL);
    if (cut == stop) {
        *line_end = stop;
        return newline ? newline + 1 : end;
    }
    if (cut == p)
        cut = text_next_cluster(p, end, NULL);
    *line_end = cut;
    return cut;
}

void layout_paragraph(Layout *layout, const Paragraph *paragraph, const LayoutStyle *style)
{
    const char *start = paragraph->text->str, *p = start, *end = start + paragraph->text->len;
    guint span = 0;
    bool first = true;
    const char *prefix = style->first;
    do {
        const char *line_end = p, *next = p;
        bool continued = !first && p[-1] != '\n';
        int room = layout_room(layout, style->quote, prefix);
        if (p < end)
            next = style->keep_lines ? next_kept(p, end, room, &line_end)
                                     : text_wrap_next(p, end, room, &line_end);
        if (!layout_line_begin(layout, style, continued))
            return;
        if (prefix)
            rendered_run_add(layout->out, prefix, strlen(prefix), RUN_PLAIN, 0);
        add_runs(layout, paragraph, (gsize)(p - start), (gsize)(line_end - start), &span);
        p = next;
        first = false;
        prefix = style->rest;
    } while (p < end);
}
