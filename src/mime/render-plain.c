/* text/plain for the reader: quotes, format=flowed (RFC 3676), signatures, addresses as links. See render.h.
 */
#include "config.h"
#include "mime/render-internal.h"

#include "base/text.h"
#include "mime/links.h"

#include <string.h>

typedef struct {
    Layout *layout;
    const RenderOptions *options;
    bool flowed, delete_space;
    Paragraph *paragraph;
    bool open;   /* the paragraph goes on with the next line, if that has the same quote level */
    guint quote; /* of the paragraph */
    bool in_signature;
    guint signature_quote;
} Plain;

typedef struct {
    const char *text, *end;
    guint quote;
} PlainLine;

/* Quote marks of flowed text stand side by side (RFC 3676 §4.5); elsewhere people and programs put blanks
 * between them. */
static PlainLine cut_quote_marks(const Plain *plain, const char *p, const char *end)
{
    PlainLine line = { p, end, 0 };
    while (line.text < end && line.quote < 200) {
        const char *mark = line.text;
        if (!plain->flowed && *mark == ' ' && mark + 1 < end && mark[1] == '>' && line.quote > 0)
            mark++;
        if (*mark != '>')
            break;
        line.text = mark + 1;
        line.quote++;
    }
    /* One blank: stuffing (RFC 3676 §4.4) or the blank that everybody writes after the marks. */
    if (line.text < end && *line.text == ' ' && (plain->flowed || line.quote > 0))
        line.text++;
    return line;
}

static void add_text_with_links(Plain *plain, const char *p, const char *end)
{
    Paragraph *paragraph = plain->paragraph;
    const char *start, *stop;
    while (link_find(p, end, &start, &stop)) {
        g_autofree char *text = g_strndup(start, (gsize)(stop - start));
        g_autofree char *target = link_clean_target(text);
        guint link = target ? rendered_link(plain->layout->out, text, target, link_deceives("", target)) : 0;
        paragraph_add(paragraph, p, (gsize)(start - p), RUN_PLAIN, 0);
        paragraph_add(paragraph, start, (gsize)(stop - start), link ? RUN_LINK : RUN_PLAIN, link);
        if (!plain->options->no_link_numbers)
            paragraph_add_link_number(paragraph, RUN_PLAIN, link);
        p = stop;
    }
    paragraph_add(paragraph, p, (gsize)(end - p), RUN_PLAIN, 0);
}

static void flush(Plain *plain)
{
    if (!plain->open)
        return;
    plain->open = false;
    bool signature = plain->in_signature && plain->quote == plain->signature_quote;
    LayoutStyle style = { .kind = signature ? RENDERED_SIGNATURE : RENDERED_TEXT, .quote = plain->quote };
    /* What wraps keeps the indentation that its first line has. */
    const char *text = plain->paragraph->text->str;
    gsize blanks = strspn(text, " ");
    g_autofree char *indent = NULL;
    if (blanks > 0 && (int)blanks <= plain->layout->width / 3)
        style.rest = indent = g_strnfill(blanks, ' ');
    layout_paragraph(plain->layout, plain->paragraph, &style);
    paragraph_clear(plain->paragraph);
}

static bool is_signature_mark(const PlainLine *line)
{
    return line->end - line->text == 3 && memcmp(line->text, "-- ", 3) == 0;
}

static void feed_line(Plain *plain, const char *p, const char *end)
{
    PlainLine line = cut_quote_marks(plain, p, end);
    bool mark = is_signature_mark(&line);
    if (plain->open && (line.quote != plain->quote || mark))
        flush(plain);
    /* A signature lasts to the end of the text at its level, or until a quote of a lesser level takes over.
     */
    if (plain->in_signature && line.quote < plain->signature_quote)
        plain->in_signature = false;
    if (mark) {
        plain->in_signature = true;
        plain->signature_quote = line.quote;
    }
    plain->quote = line.quote;
    plain->open = true;

    bool goes_on = plain->flowed && !mark && line.end > line.text && line.end[-1] == ' ';
    if (goes_on && plain->delete_space)
        line.end--;
    add_text_with_links(plain, line.text, line.end);
    if (!goes_on)
        flush(plain);
}

static bool parameter_is(const MessagePart *part, const char *name, const char *value)
{
    const char *given = part ? message_part_parameter(part, name) : NULL;
    return given && g_ascii_strcasecmp(given, value) == 0;
}

void render_plain(Layout *layout, const char *text, gsize length, const MessagePart *part,
                  const RenderOptions *options)
{
    Plain plain = {
        .layout = layout,
        .options = options,
        .flowed = parameter_is(part, "format", "flowed"),
        .delete_space = parameter_is(part, "delsp", "yes"),
        .paragraph = paragraph_new(),
    };
    const char *p = text, *end = text + length;
    while (p < end && !layout->full) {
        const char *newline = memchr(p, '\n', (gsize)(end - p));
        const char *stop = newline ? newline : end;
        feed_line(&plain, p, stop);
        p = newline ? newline + 1 : end;
    }
    flush(&plain);
    paragraph_free(plain.paragraph);
}
