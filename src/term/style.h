/* How a cell looks. Plain data. term/ knows nothing of themes: ui/ turns a theme's roles into these.
 */
#ifndef MALLE_TERM_STYLE_H
#define MALLE_TERM_STYLE_H

#include <glib.h>

typedef enum {
    CELL_BOLD = 1 << 0,
    CELL_FAINT = 1 << 1,
    CELL_ITALIC = 1 << 2,
    CELL_UNDERLINE = 1 << 3,
    CELL_REVERSE = 1 << 4,
    CELL_STRIKE = 1 << 5,
} CellAttributes;

#define CELL_RGB 0x1000000 /* only where screen_colours() says SCREEN_COLOURS_DIRECT */

typedef struct {
    gint32 foreground, background; /* 0…255 of xterm's palette, CELL_RGB | 0xrrggbb, −1 the terminal's default */
    guint16 attributes;            /* CellAttributes */
} CellStyle;

#define CELL_STYLE_PLAIN ((CellStyle){ -1, -1, 0 })

#endif
