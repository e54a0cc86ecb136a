/* Finding words in lines on the screen, case not minded. Pure. */
#ifndef MALLE_UI_FIND_H
#define MALLE_UI_FIND_H

#include <glib.h>

/* The first place in `text` (`length` bytes, valid UTF-8) that is equal to `wanted` but for case.
 * *match_length gets its bytes there, which may differ from wanted's. NULL when there is none. */
const char *find_text(const char *text, gsize length, const char *wanted, gsize *match_length);

#endif
