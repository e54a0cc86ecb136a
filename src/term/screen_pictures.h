/* Pictures on the screen, beside curses, which knows none: what is shown, and what of it a frame changes. For screen.c alone. */
#ifndef MALLE_TERM_SCREEN_PICTURES_H
#define MALLE_TERM_SCREEN_PICTURES_H

#include "term/cells.h"
#include "term/picture.h"

typedef struct ShownPictures ShownPictures;

ShownPictures *shown_pictures_new(void);
void shown_pictures_free(ShownPictures *shown);
/* Nothing is on the terminal any more, nor in its memory. */
void shown_pictures_forget(ShownPictures *shown);
/* The terminal's memory of them is given back. */
void shown_pictures_close(ShownPictures *shown);
/* Before curses sends the frame: those that are not in it go. `row` is told of each row that has to be painted anew for that. */
void shown_pictures_take_away(ShownPictures *shown, PictureProtocol protocol, const Surface *frame, void (*row)(int row, gpointer user_data), gpointer user_data);
/* Behind it: those that are new, or were painted over; `rows` are the numbers + 1 of the rows that were sent. */
void shown_pictures_draw(ShownPictures *shown, PictureProtocol protocol, const Surface *frame, const GPtrArray *rows);

#endif
