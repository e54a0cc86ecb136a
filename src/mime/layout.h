/* From styled paragraphs to lines of a RenderedText. For use within mime/. One thread. */
#ifndef MALLE_MIME_LAYOUT_H
#define MALLE_MIME_LAYOUT_H

#include "base/rendered.h"

/* Text with styles, not yet wrapped: safe UTF-8; '\n' is a break that stays. */
typedef struct {
    GString *text;
    GArray *spans; /* of Span, by offset; a span reaches to the next one */
} Paragraph;

typedef struct {
    guint32 offset;
    guint16 style, link;
} Span;

Paragraph *paragraph_new(void);
void paragraph_free(Paragraph *paragraph);
void paragraph_clear(Paragraph *paragraph);
void paragraph_add(Paragraph *paragraph, const char *text, gsize length, guint style, guint link);
/* "[3]", unless the link is 0. */
void paragraph_add_link_number(Paragraph *paragraph, guint style, guint link);
/* Blanks, hard ones too, and line ends at its end go. */
void paragraph_trim(Paragraph *paragraph);
/* Cells of its widest line. */
int paragraph_width(const Paragraph *paragraph);

typedef struct {
    RenderedText *out;
    int width;
    guint max_lines;
    bool full; /* max_lines reached: everything after is dropped and said in a notice at the end */
} Layout;

typedef struct {
    RenderedKind kind;
    guint quote, level;
    const char *first; /* in front of the first line, behind the quote marks; safe; NULL: nothing */
    const char *rest;  /* in front of the others */
    bool keep_lines;   /* break only where a line is longer than the width, at any character (preformatted) */
} LayoutStyle;

void layout_paragraph(Layout *layout, const Paragraph *paragraph, const LayoutStyle *style);
void layout_blank(Layout *layout, guint quote);
/* Begins a line and writes its quote marks. False when the layout is full. For those who write runs
 * themselves. */
bool layout_line_begin(Layout *layout, const LayoutStyle *style, bool continued);
/* Cells that remain beside the quote marks and `prefix` (may be NULL). At least 8. */
int layout_room(const Layout *layout, guint quote, const char *prefix);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paragraph, paragraph_free)

#endif
