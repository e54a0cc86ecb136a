/* The theme, ready to draw with: a style per role, and the signs that the terminal can show. */
#ifndef MALLE_UI_STYLES_H
#define MALLE_UI_STYLES_H

#include "config/theme.h"
#include "term/style.h"

typedef struct {
    CellStyle roles[THEME_ROLE_COUNT];
} Styles;

/* `colours`: what the terminal has; 0 takes the attributes of the theme only, which then must be enough
 * (themes say "mono" for that). */
void styles_load(Styles *styles, const Theme *theme, guint colours);

/* One style of a theme, for a terminal of so many colours. */
CellStyle style_from_theme(ThemeStyle style, guint colours);

/* Signs of one cell each (two for the branches). Static. */
typedef struct {
    const char *vertical, *horizontal;
    const char *corner_top_left, *corner_top_right, *corner_bottom_left, *corner_bottom_right;
    const char *branch, *last_branch, *trunk; /* thread tree, two cells each */
    const char *folded, *unfolded;
    const char *more_above, *more_below;
    const char *dot; /* between words of a status line */
    const char *warning;
    const char *bar_done, *bar_left;
    const char *kept_summaries, *kept_texts, *kept_everything; /* what is kept for offline use */
} Glyphs;

const Glyphs *glyphs_get(gboolean ascii);

#endif
