/* A text on the whole screen, in styled lines: help, notices, wire, the output of a program. What it shows is
 * made anew when it is told to. */
#ifndef MALLE_UI_VIEW_LINES_H
#define MALLE_UI_VIEW_LINES_H

#include "config/theme.h"
#include "ui/view.h"

typedef struct LinesView LinesView;

/* Adds the lines for a width, with lines_add(). */
typedef void (*LinesFill)(LinesView *view, int width, gpointer user_data);

View *view_lines_new(Ui *ui, const char *title, LinesFill fill, gpointer user_data, GDestroyNotify free_data);
/* `length` −1: all of it. A line may be of two parts: the first in its own style and padded to `first_cells`
 * (0: no first part). */
void lines_add(LinesView *view, const char *text, ThemeRole role);
void lines_add_pair(LinesView *view, const char *first, ThemeRole first_role, int first_cells,
                    const char *text, ThemeRole role);
void lines_begin_at_end(View *view); /* the newest is below */

#endif
