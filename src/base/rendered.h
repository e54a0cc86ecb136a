/* A text laid out for the reader: lines of runs, without any escape, safe for the terminal (text.h). Made by
 * mime/render.h, drawn by ui/, which needs nothing of MIME for that. Plain data; any thread.
 *
 * All text stands in one buffer; a run is a stretch of it in one style; a line is a stretch of runs. So a
 * long mail costs three blocks of memory and not a hundred thousand, and finding (`/`) searches one string.
 */
#ifndef MALLE_BASE_RENDERED_H
#define MALLE_BASE_RENDERED_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    RENDERED_TEXT,
    RENDERED_SIGNATURE, /* from "-- " to the end of the part */
    RENDERED_HEADING,
    RENDERED_PRE, /* preformatted: not wrapped by words */
    RENDERED_TABLE,
    RENDERED_RULE,   /* a horizontal rule; its text is the rule drawn over the width */
    RENDERED_NOTICE, /* Malle's own words, not the sender's: "shown in part", "no text in this message". Draw
                        it so that mail cannot imitate it. */
    RENDERED_HEADER, /* "From: …" of a forwarded message, and of the message itself */
    RENDERED_PICTURE, /* has no text: the place of a picture */
} RenderedKind;

typedef enum {
    RUN_PLAIN = 0,
    RUN_BOLD = 1 << 0,
    RUN_ITALIC = 1 << 1,
    RUN_UNDERLINE = 1 << 2,
    RUN_STRUCK = 1 << 3,
    RUN_CODE = 1 << 4,
    RUN_LINK = 1 << 5,        /* text of link `link` */
    RUN_LINK_NUMBER = 1 << 6, /* the "[3]" behind it */
    RUN_LINK_TARGET = 1 << 7, /* the target written out, because text and target disagree */
    RUN_IMAGE = 1 << 8,       /* what stands for a picture */
    RUN_QUOTE_MARK = 1 << 9,  /* "> > " */
    RUN_WARNING = 1 << 10,    /* a link whose text names another place than it leads to */
} RunStyle;

typedef struct {
    guint32 offset, length; /* bytes, in RenderedText.text */
    guint16 style;          /* RunStyle bits */
    guint16 link;           /* 1-based index into links; 0: none */
} RenderedRun;

typedef struct {
    guint32 first_run, runs;
    guint8 kind;    /* RenderedKind */
    guint8 quote;   /* level of quotation, 0: the sender's own words */
    guint8 level;   /* of a heading, 1 … 6 */
    bool continued; /* goes on a logical line that was wrapped: find and copy join them with a space or
                       nothing */
} RenderedLine;

typedef struct {
    char *text;    /* what the sender calls it, safe; may be "" */
    char *target;  /* the address as it will be opened: pure printable ASCII or safe UTF-8, never with a
                      control */
    bool mismatch; /* the text looks like an address and leads elsewhere, or the host is written to deceive */
} RenderedLink;

typedef struct {
    char *source; /* what the renderer found ("cid:…", not safe), then whatever the reader puts in its place */
    guint line;   /* its first line, RENDERED_PICTURE */
    guint rows, columns; /* cells that it takes, from there on; 0: one line, width not known */
} RenderedPicture;

typedef struct {
    GString *text;
    GArray *runs;           /* of RenderedRun */
    GArray *lines;          /* of RenderedLine */
    GPtrArray *links;       /* of RenderedLink*, numbered from 1 */
    GPtrArray *pictures;    /* of RenderedPicture*, in order of their lines */
    bool in_part;           /* something was left out for its size; a RENDERED_NOTICE says so */
    guint pictures_blocked; /* remote pictures that were not fetched */
} RenderedText;

RenderedText *rendered_text_new(void);
void rendered_text_free(RenderedText *rendered);

/* Building: a line is begun, runs are added to it; text is copied. A run like the one before it is joined to
 * it. */
void rendered_line_begin(RenderedText *rendered, RenderedKind kind, guint quote, guint level, bool continued);
void rendered_run_add(RenderedText *rendered, const char *text, gsize length, guint style, guint link);
/* "[3]" for link 3; nothing for link 0. */
void rendered_link_number_add(RenderedText *rendered, guint style, guint link);
/* A whole line in Malle's own words. */
void rendered_notice(RenderedText *rendered, const char *text);
/* Returns the number (from 1) of the link with that target, a new one if need be; 0 when there are 65,535
 * already. */
guint rendered_link(RenderedText *rendered, const char *text, const char *target, bool mismatch);
/* The line that was begun last is the place of a picture. */
void rendered_picture_add(RenderedText *rendered, const char *source, guint rows, guint columns);
/* Appends the lines of `more` (links renumbered) to `rendered`. */
void rendered_append(RenderedText *rendered, const RenderedText *more);

/* Reading. */
guint rendered_line_count(const RenderedText *rendered);
const RenderedLine *rendered_line(const RenderedText *rendered, guint index);
const RenderedRun *rendered_run(const RenderedText *rendered, guint index);
const RenderedLink *rendered_link_at(const RenderedText *rendered, guint number);
/* The text of one line; the bytes belong to `rendered`, are not NUL-terminated, and *length says how many. */
const char *rendered_line_text(const RenderedText *rendered, guint index, gsize *length);
/* All of it as plain text, lines ended by LF. */
char *rendered_to_string(const RenderedText *rendered);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RenderedText, rendered_text_free)

#endif
