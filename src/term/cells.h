/* A surface of cells in memory, and the one place where text becomes cells.
 *
 * Views paint a surface; screen.h shows it. Nothing here knows a terminal, so whatever a view paints can be
 * looked at by a test. Everything drawn passes text_make_safe() here once more (it costs a look at each
 * byte), so that no path from outside reaches the terminal unsafe, whatever a caller forgot. One thread at a
 * time.
 */
#ifndef MALLE_TERM_CELLS_H
#define MALLE_TERM_CELLS_H

#include <glib.h>

#include "base/text.h"
#include "term/style.h"

#define CELL_BYTES 24 /* a base and TEXT_MAX_MARKS marks of 4 bytes each, and the NUL */

typedef struct {
    char text[CELL_BYTES]; /* one cluster, UTF-8; "" in the right half of a wide one */
    guint8 width;          /* 1 or 2; 0: the right half of the cell before it */
    guint8 link;           /* of surface_add_link(); 0 none */
    CellStyle style;
} Cell;

typedef struct Surface Surface;

Surface *surface_new(int rows, int columns); /* at least 1 by 1; all blank */
void surface_free(Surface *surface);
void surface_resize(Surface *surface, int rows, int columns); /* all blank again */
int surface_rows(const Surface *surface);
int surface_columns(const Surface *surface);
/* In a locale that is not UTF-8 text is drawn in the characters that the locale has ("é" → "e", "—" → "-").
 */
void surface_set_transliterate(Surface *surface, gboolean transliterate);
const Cell *surface_cell(const Surface *surface, int row, int column); /* NULL outside */
/* A target that cells may lead to, on terminals that can (OSC 8), for this frame: its number for area_link(); 0 when there is no room, or it is nothing that
 * may be sent to a terminal: only http, https and mailto, in printable ASCII. */
guint8 surface_add_link(Surface *surface, const char *target);
const char *surface_link(const Surface *surface, guint8 link); /* NULL for 0 */
/* One row as text, for tests: trailing blanks cut. Caller frees. */
char *surface_row_text(const Surface *surface, int row);
void surface_clear(Surface *surface, CellStyle style);
/* Where the terminal's cursor stands after the frame; FALSE when hidden (nobody placed it since the last
 * clear). */
gboolean surface_cursor(const Surface *surface, int *row, int *column);

/* A rectangle of a surface: what a view is given to paint in. All coordinates are its own; what lies outside
 * is clipped. */
typedef struct {
    Surface *surface; /* not owned */
    int row, column, rows, columns;
} Area;

Area surface_area(Surface *surface);
/* A part of it, clipped to it (may become empty). */
Area area_part(Area area, int row, int column, int rows, int columns);

/* Text from `column` on, clipped at the area's edge; '\n' is drawn as a space. Returns the column behind it.
 * A wide cluster that would be halved is left out. */
int area_text(Area area, int row, int column, const char *text, gssize length, CellStyle style);
/* Text in exactly `cells` cells: cut (as `cut` says) or padded; with `right` padded on the left. Returns the
 * column behind. */
int area_fit(Area area, int row, int column, int cells, const char *text, gssize length, TextCut cut,
             gboolean right, CellStyle style);
/* printf, as area_text(). */
int area_format(Area area, int row, int column, CellStyle style, const char *format, ...) G_GNUC_PRINTF(5, 6);
/* The same character (one cell wide) so many times. */
int area_repeat(Area area, int row, int column, int cells, const char *character, CellStyle style);
void area_fill(Area area, CellStyle style);
/* Changes only the look of cells that are there: the selected row, what a search found. `keep_colour`:
 * attributes are added. */
void area_restyle(Area area, int row, int column, int cells, CellStyle style, gboolean keep_colour);
/* These cells lead to a link. */
void area_link(Area area, int row, int column, int cells, guint8 link);
/* A picture in cells that are blank: `bytes` (a reference is taken) is what the terminal gets for it, by picture.h; `id` is its number. Nothing happens where it would
 * not lie whole within the area: terminals cut in their own ways. */
void area_picture(Area area, int row, int column, int rows, int columns, guint id, GBytes *bytes);
typedef struct {
    guint id;
    int row, column, rows, columns; /* cells of the surface */
    GBytes *bytes;                  /* the surface's */
} SurfacePicture;
GArray *surface_pictures(const Surface *surface); /* of this frame, but for those that something was drawn over. Caller unrefs. */
void area_put_cursor(Area area, int row, int column);

#endif
