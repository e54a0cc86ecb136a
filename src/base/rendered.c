/* A text laid out for the reader (see rendered.h). */
#include "config.h"
#include "base/rendered.h"

#include <string.h>

#define MAX_LINKS 65535

static void link_free(gpointer data)
{
    RenderedLink *link = data;
    g_free(link->text);
    g_free(link->target);
    g_free(link);
}

static void picture_free(gpointer data)
{
    RenderedPicture *picture = data;
    g_free(picture->source);
    g_free(picture);
}

RenderedText *rendered_text_new(void)
{
    RenderedText *rendered = g_new0(RenderedText, 1);
    rendered->text = g_string_new(NULL);
    rendered->runs = g_array_new(FALSE, FALSE, sizeof(RenderedRun));
    rendered->lines = g_array_new(FALSE, FALSE, sizeof(RenderedLine));
    rendered->links = g_ptr_array_new_with_free_func(link_free);
    rendered->pictures = g_ptr_array_new_with_free_func(picture_free);
    return rendered;
}

void rendered_text_free(RenderedText *rendered)
{
    if (!rendered)
        return;
    g_string_free(rendered->text, TRUE);
    g_array_free(rendered->runs, TRUE);
    g_array_free(rendered->lines, TRUE);
    g_ptr_array_free(rendered->links, TRUE);
    g_ptr_array_free(rendered->pictures, TRUE);
    g_free(rendered);
}

void rendered_line_begin(RenderedText *rendered, RenderedKind kind, guint quote, guint level, bool continued)
{
    RenderedLine line = {
        .first_run = rendered->runs->len,
        .kind = (guint8)kind,
        .quote = (guint8)MIN(quote, 255u),
        .level = (guint8)level,
        .continued = continued,
    };
    g_array_append_val(rendered->lines, line);
}

void rendered_run_add(RenderedText *rendered, const char *text, gsize length, guint style, guint link)
{
    g_return_if_fail(rendered->lines->len > 0);
    if (length == 0 || rendered->text->len + length > G_MAXUINT32 / 2)
        return;

    RenderedLine *line = &g_array_index(rendered->lines, RenderedLine, rendered->lines->len - 1);
    guint32 offset = (guint32)rendered->text->len;
    g_string_append_len(rendered->text, text, (gssize)length);
    if (line->runs > 0) {
        RenderedRun *last = &g_array_index(rendered->runs, RenderedRun, rendered->runs->len - 1);
        if (last->style == style && last->link == link) {
            last->length += (guint32)length;
            return;
        }
    }
    RenderedRun run = { offset, (guint32)length, (guint16)style, (guint16)link };
    g_array_append_val(rendered->runs, run);
    line->runs++;
}

void rendered_notice(RenderedText *rendered, const char *text)
{
    rendered_line_begin(rendered, RENDERED_NOTICE, 0, 0, false);
    rendered_run_add(rendered, text, strlen(text), RUN_PLAIN, 0);
}

guint rendered_link(RenderedText *rendered, const char *text, const char *target, bool mismatch)
{
    /* Only the latest few are compared: a newsletter repeats a link at once (picture, title, "read on"), and
     * a table of a thousand links must not cost a million comparisons. */
    guint first = rendered->links->len > 32 ? rendered->links->len - 32 : 0;
    for (guint i = rendered->links->len; i > first; i--) {
        RenderedLink *known = g_ptr_array_index(rendered->links, i - 1);
        if (strcmp(known->target, target) != 0)
            continue;
        known->mismatch = known->mismatch || mismatch;
        if (!*known->text) {
            g_free(known->text);
            known->text = g_strdup(text);
        }
        return i;
    }
    if (rendered->links->len >= MAX_LINKS)
        return 0;
    RenderedLink *link = g_new0(RenderedLink, 1);
    link->text = g_strdup(text);
    link->target = g_strdup(target);
    link->mismatch = mismatch;
    g_ptr_array_add(rendered->links, link);
    return rendered->links->len;
}

void rendered_link_number_add(RenderedText *rendered, guint style, guint link)
{
    char number[16];
    int length = g_snprintf(number, sizeof number, "[%u]", link);
    if (link > 0)
        rendered_run_add(rendered, number, (gsize)length, style | RUN_LINK_NUMBER, link);
}

void rendered_picture_add(RenderedText *rendered, const char *source, guint rows, guint columns)
{
    g_return_if_fail(rendered->lines->len > 0);
    RenderedPicture *picture = g_new0(RenderedPicture, 1);
    *picture = (RenderedPicture){ g_strdup(source), rendered->lines->len - 1, rows, columns };
    g_ptr_array_add(rendered->pictures, picture);
}

void rendered_append(RenderedText *rendered, const RenderedText *more)
{
    guint link_base = rendered->links->len, line_base = rendered->lines->len;
    for (guint i = 0; i < more->links->len && rendered->links->len < MAX_LINKS; i++) {
        const RenderedLink *link = g_ptr_array_index(more->links, i);
        RenderedLink *copy = g_new0(RenderedLink, 1);
        copy->text = g_strdup(link->text);
        copy->target = g_strdup(link->target);
        copy->mismatch = link->mismatch;
        g_ptr_array_add(rendered->links, copy);
    }
    for (guint i = 0; i < more->lines->len; i++) {
        const RenderedLine *line = rendered_line(more, i);
        rendered_line_begin(rendered, line->kind, line->quote, line->level, line->continued);
        for (guint r = 0; r < line->runs; r++) {
            const RenderedRun *run = rendered_run(more, line->first_run + r);
            guint link = run->link && run->link + link_base <= MAX_LINKS ? run->link + link_base : 0;
            if (run->style & RUN_LINK_NUMBER)
                rendered_link_number_add(rendered, run->style, link);
            else
                rendered_run_add(rendered, more->text->str + run->offset, run->length, run->style, link);
        }
    }
    for (guint i = 0; i < more->pictures->len; i++) {
        RenderedPicture *copy = g_memdup2(more->pictures->pdata[i], sizeof(RenderedPicture));
        copy->source = g_strdup(copy->source);
        copy->line += line_base;
        g_ptr_array_add(rendered->pictures, copy);
    }
    rendered->in_part = rendered->in_part || more->in_part;
    rendered->pictures_blocked += more->pictures_blocked;
}

guint rendered_line_count(const RenderedText *rendered)
{
    return rendered->lines->len;
}

const RenderedLine *rendered_line(const RenderedText *rendered, guint index)
{
    return &g_array_index(rendered->lines, RenderedLine, index);
}

const RenderedRun *rendered_run(const RenderedText *rendered, guint index)
{
    return &g_array_index(rendered->runs, RenderedRun, index);
}

const RenderedLink *rendered_link_at(const RenderedText *rendered, guint number)
{
    if (number < 1 || number > rendered->links->len)
        return NULL;
    return g_ptr_array_index(rendered->links, number - 1);
}

const char *rendered_line_text(const RenderedText *rendered, guint index, gsize *length)
{
    const RenderedLine *line = rendered_line(rendered, index);
    if (line->runs == 0) {
        *length = 0;
        return "";
    }
    /* The runs of a line lie one behind the other in the buffer. */
    const RenderedRun *first = rendered_run(rendered, line->first_run);
    const RenderedRun *last = rendered_run(rendered, line->first_run + line->runs - 1);
    *length = last->offset + last->length - first->offset;
    return rendered->text->str + first->offset;
}

char *rendered_to_string(const RenderedText *rendered)
{
    GString *out = g_string_sized_new(rendered->text->len + rendered->lines->len + 1);
    for (guint i = 0; i < rendered->lines->len; i++) {
        gsize length;
        const char *text = rendered_line_text(rendered, i, &length);
        g_string_append_len(out, text, (gssize)length);
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}
