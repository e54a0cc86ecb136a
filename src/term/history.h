/* Lines that were typed, newest last, kept in a file between runs. One thread.
 */
#ifndef MALLE_TERM_HISTORY_H
#define MALLE_TERM_HISTORY_H

#include <glib.h>

typedef struct LineHistory LineHistory;

#define LINE_HISTORY_MAX 500

/* `path` NULL: kept in memory only. A file that cannot be read is an empty history. */
LineHistory *line_history_new(const char *path);
void line_history_free(LineHistory *history); /* writes the file if lines were added; mode 0600 */
/* An empty line and one that equals the newest are not added; an older equal one moves to the end. */
void line_history_add(LineHistory *history, const char *line);
guint line_history_count(const LineHistory *history);
const char *line_history_get(const LineHistory *history, guint index); /* 0 is the oldest */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineHistory, line_history_free)

#endif
