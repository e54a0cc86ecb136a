/* Where one is in a list of rows that is known whole: the selected row, and the first one on the screen.
 * Pure. */
#ifndef MALLE_TERM_SCROLLER_H
#define MALLE_TERM_SCROLLER_H

#include <glib.h>

typedef struct {
    int count, height; /* rows there are, rows that fit */
    int selected, top; /* selected is −1 when there are none */
    gboolean free;     /* a text: nothing is selected, only `top` moves */
} Scroller;

/* New numbers; keeps the selected row in view. */
void scroller_set(Scroller *scroller, int count, int height);
void scroller_select(Scroller *scroller, int row);
void scroller_move(Scroller *scroller, int rows);
void scroller_page(Scroller *scroller, int half_pages);
void scroller_scroll(Scroller *scroller,
                     int rows); /* the window moves, the selection only as far as it must */
void scroller_edge(Scroller *scroller, int direction);
/* "top", "43 %", "end", "all": how much has been seen, for a title. Translated; static or in `buffer`. */
const char *scroller_words(const Scroller *scroller, char buffer[16]);

#endif
