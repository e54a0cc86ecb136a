/* What cells.c gives to screen.c alone. */
#ifndef MALLE_TERM_SCREEN_PRIVATE_H
#define MALLE_TERM_SCREEN_PRIVATE_H

#include "term/cells.h"

void surface_copy_cell(Surface *to, const Surface *from, int row, int column); /* both of one size */

/* Straight to the terminal, behind what curses has sent. */
void screen_send_raw(const char *bytes);
void screen_draw_links(const Surface *surface, int row, guint colours); /* of one row of the frame */

#endif
