/* Sixteen million colours: on a terminal that has them (by its terminfo entry, or by COLORTERM, for most entries do not say it), curses is given a description
 * that says so. UI thread. */
#ifndef MALLE_TERM_DIRECT_H
#define MALLE_TERM_DIRECT_H

#include <glib.h>

#include "term/style.h"

/* To be called before newterm(), and after setupterm(): the value of TERMINFO under which newterm() finds the description (hex:…). NULL where the terminal has no
 * such colours. Caller frees. */
char *direct_terminfo(void);
/* The number by which curses knows a colour of a cell then. */
int direct_colour(gint32 colour);

#endif
