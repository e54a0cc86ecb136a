/* Pictures within the text: the two ways in which terminals take them, and what of a converter's output may be sent to one. Pure; any thread.
 *
 * kitty: https://sw.kovidgoyal.net/kitty/graphics-protocol/ ; sixel: DEC VT340, as xterm, foot, mlterm and others understand it. */
#ifndef MALLE_TERM_PICTURE_H
#define MALLE_TERM_PICTURE_H

#include <glib.h>

typedef enum { PICTURES_NONE, PICTURES_KITTY, PICTURES_SIXEL } PictureProtocol;

/* What the terminal is known for by the environment; sixel is also learnt from its answer (screen_ask()). */
PictureProtocol picture_protocol_by_name(void);

/* `output` is what chafa(1) wrote with --format sixels: the one picture in it, checked character by character, so that nothing else can reach the terminal. NULL: there is
 * none, or something is wrong with it. */
GBytes *picture_sixel(const char *output, gsize length);
/* The same with --format kitty: its pixels, packed anew (RFC 1950) as picture number `id` of ours, without being shown. */
GBytes *picture_kitty(const char *output, gsize length, guint id);
/* Shows picture `id` in so many cells at the cursor; takes it away. Static, until the next call. */
const char *picture_kitty_place(guint id, int columns, int rows);
const char *picture_kitty_remove(guint id);

#endif
