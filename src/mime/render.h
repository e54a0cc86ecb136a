/* A text part laid out for the reader (base/rendered.h). Never any network or file access, whatever the text
 * asks for. Pure; any thread.
 *
 * text/plain: charset, format=flowed with DelSp (RFC 3676), quote levels, signature, addresses in it numbered
 * as links. text/html: headings, paragraphs, lists, tables, quotes, preformatted text, links numbered once;
 * scripts, styles, hidden text and tracking pixels are left out; remote pictures are counted, never fetched.
 * text/enriched and other text types are read as plain. Each part is rendered by itself: an open tag in one
 * cannot swallow the next. */
#ifndef MALLE_MIME_RENDER_H
#define MALLE_MIME_RENDER_H

#include "base/rendered.h"
#include "mime/part.h"

/* Addresses told of one field; beyond, the names only hide the letter. All of them stand in the whole header. */
#define MIME_ADDRESSES_SHOWN 50

typedef struct {
    int width;        /* cells; less than 20 is taken as 20 */
    bool hide_quotes; /* quotes of more than three lines become one notice line with their count */
    bool no_link_numbers;
    bool pictures; /* HTML: pictures that came with the message (cid:) get a line of their own behind their
                      paragraph, RENDERED_PICTURE; not together with hide_quotes */
    gsize max_bytes; /* of decoded text looked at; 0: 4 MB. What lies beyond is said in a notice. */
    guint max_lines; /* of output; 0: 100,000 */
} RenderOptions;

/* `bytes` is the part's content with the transfer encoding undone; `part` says type, charset and format
 * (NULL: plain text, charset guessed); `options` may be NULL (80 cells). Never NULL. Caller frees. */
RenderedText *mime_render_text(const char *bytes, gsize length, const MessagePart *part,
                               const RenderOptions *options);

/* The text of a part as one string for indexing, searching and quoting in a reply: decoded, HTML as text,
 * unwrapped, no link numbers. Valid UTF-8, safe (multi-line). Caller frees. */
char *mime_text_content(const char *bytes, gsize length, const MessagePart *part);

/* The header of a message as lines for the reader: with `all` every field as sent (decoded, safe), else From,
 * To, Cc, Date, Subject. */
RenderedText *mime_render_header(const char *header, gsize length, bool all, int width);

/* A whole message of which all bytes are here (local mail, the demo, a forwarded message): header lines, text
 * parts, attachments as notices. */
RenderedText *mime_render_message(GBytes *raw, const char *preference, const RenderOptions *options);

#endif
