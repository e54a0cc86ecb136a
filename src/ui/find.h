/* Finding words in lines on the screen, case not minded. Pure. */
#ifndef MALLE_UI_FIND_H
#define MALLE_UI_FIND_H

#include <glib.h>

/* Between lines that are searched as one text. A blank that is wanted is found in either; where a line was wrapped by Malle
 * (FIND_WRAP) nothing need be wanted there, because long words are cut as well. Blanks that indent the next line do not count. */
#define FIND_WRAP '\v'
#define FIND_LINE_END '\n'

/* The first place in `text` (`length` bytes, valid UTF-8) that is equal to `wanted` but for case.
 * *match_length gets its bytes there, which may differ from wanted's. NULL when there is none. */
const char *find_text(const char *text, gsize length, const char *wanted, gsize *match_length);

#endif
