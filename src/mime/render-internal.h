/* The pieces of the renderer. For use within mime/. */
#ifndef MALLE_MIME_RENDER_INTERNAL_H
#define MALLE_MIME_RENDER_INTERNAL_H

#include "mime/layout.h"
#include "mime/render.h"

/* Safe text (text_make_safe, multi-line) to lines. */
void render_plain(Layout *layout, const char *text, gsize length, const MessagePart *part,
                  const RenderOptions *options);

/* HTML in UTF-8, not safe, to lines. */
void render_html(Layout *layout, const char *html, gsize length, const RenderOptions *options);

/* HTML reduced to what the renderer reads, so that the parser's work is bounded whatever was sent: see
 * html-clean.c. *cut (may be NULL) is set when something readable was left out. Caller frees. */
char *html_clean(const char *html, gsize length, bool *cut);

#endif
