/* What the walk over HTML and the layout of its tables share. For use within mime/. */
#ifndef MALLE_MIME_HTML_WALK_H
#define MALLE_MIME_HTML_WALK_H

#include "mime/layout.h"
#include "mime/render.h"

#include <gumbo.h>

typedef struct {
    const GumboNode *node;
    guint style; /* RunStyle of text here */
    guint link;  /* of text here, 0: none */
    guint quote, heading;
    int indent;
    bool hidden, no_size, pre;
    bool is_list, ordered;
    int counter;
    char *target;                     /* an <a>'s own */
    gsize link_start;                 /* where its text begins in the paragraph … */
    guint link_paragraph;             /* … of this serial number */
    bool new_link;                    /* this element's link was not known before */
    guint outer_used, outer_numbered; /* the walk's used_link and numbered of the link around */
    bool owns_table;                  /* the element that began walk->table */
} HtmlFrame;

typedef struct HtmlTable HtmlTable;

typedef struct {
    Layout *layout;
    const RenderOptions *options;
    Paragraph *paragraph; /* what is gathered now: the running text or a cell */
    guint paragraph_serial;
    GArray *stack; /* of HtmlFrame */
    GString *scratch;
    guint used_link;    /* the open link, once there is text or a picture in it */
    guint highest_used; /* no link up to this number is taken back */
    guint numbered;     /* the open link, once its number is written */
    char *marker;       /* of a list item that has had no text yet */
    int list_indent;
    bool blank_due;
    guint last_quote;
    guint first_line;  /* of this part in the layout */
    GHashTable *grids; /* set of the <table> nodes to be laid out as a grid */
    HtmlTable *table;  /* being gathered, NULL outside of one */
    GPtrArray *pictures; /* of char*: "cid:…" met since the last paragraph was written */
} HtmlWalk;

typedef enum { BLOCK_NONE, BLOCK_PLAIN, BLOCK_MARGIN } HtmlBlock; /* with an empty line around it */

/* What an element means by itself. */
guint html_inline_style(GumboTag tag);  /* RunStyle bits that it adds to its text */
guint html_heading_level(GumboTag tag); /* 1 … 6, 0 for others */
HtmlBlock html_block_kind(GumboTag tag);
bool html_is_void(GumboTag tag); /* has no content and no frame */

HtmlFrame *html_top(HtmlWalk *walk);
guint html_style(HtmlWalk *walk);
void html_flush(HtmlWalk *walk);

/* Pictures that came with the message: remembered where they are met (source: of <img>, may be NULL), given their lines behind the paragraph. */
void html_picture_met(HtmlWalk *walk, const char *source);
void html_pictures_write(HtmlWalk *walk);

/* The tables below `root` whose cells are short texts in rows: all others only arrange the page and are read
 * cell by cell. One pass. */
GHashTable *html_find_grids(const GumboNode *root);
/* Elements that belong to a table: no-ops unless the table is a grid. */
void html_table_enter(HtmlWalk *walk, const GumboNode *node, HtmlFrame *frame);
void html_table_leave(HtmlWalk *walk, const GumboNode *node, HtmlFrame *frame);
/* Within a grid, is the element one that the table lays out (so it breaks no line)? */
bool html_table_is_cell(const HtmlWalk *walk, GumboTag tag);

#endif
