/* What cells.c gives to screen.c alone. */
#ifndef MALLE_TERM_SCREEN_PRIVATE_H
#define MALLE_TERM_SCREEN_PRIVATE_H

#include "term/cells.h"

void surface_copy_cell(Surface *to, const Surface *from, int row, int column); /* both of one size */

#endif
