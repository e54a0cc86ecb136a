/* The lines of a text that was laid out, searched as one: a phrase is found wherever the lines happen to be broken, and without the
 * marks of quotation that each of them begins with. Pure.
 */
#ifndef MALLE_UI_FIND_LINES_H
#define MALLE_UI_FIND_LINES_H

#include "base/rendered.h"

/* How many lines a match can span that is shown. */
#define FIND_LINES_REACH 8

typedef struct FindLines FindLines;

/* Lines `from` to before `to` of `text`. */
FindLines *find_lines_new(const RenderedText *text, guint from, guint to);
void find_lines_free(FindLines *lines);

/* A match: the line it begins in and the one it ends in, and the bytes of each line that belong to it. */
typedef struct {
    guint first_line, last_line;
    gsize begin, end; /* in FindLines' own text: for find_lines_part() and the next call */
} FindMatch;

/* The next match that begins at or after `*match`'s end (all zero: the first). FALSE when there is none. */
gboolean find_lines_next(const FindLines *lines, const char *wanted, FindMatch *match);
/* The bytes of a line that a match covers, counted from the beginning of the line as it is drawn. FALSE when it covers none. */
gboolean find_lines_part(const FindLines *lines, const FindMatch *match, guint line, gsize *offset, gsize *length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FindLines, find_lines_free)

#endif
