/* Colours of single messages: the file $XDG_CONFIG_HOME/malle/colours.
 *
 *     # what it looks like, "if", and which messages (malle-config(5), COLOURS OF MESSAGES)
 *     bold bright-red if from:boss@example.org
 *     75 if keyword:work
 *     faint if before:1y
 *
 * The first rule that fits holds. A rule without a colour leaves that of the theme and adds its attributes. Plain data, read once.
 */
#ifndef MALLE_CONFIG_COLOUR_RULES_H
#define MALLE_CONFIG_COLOUR_RULES_H

#include "config/theme.h"

typedef struct {
    ThemeStyle style;
    char *query; /* not parsed here: what a query is, query/ knows */
    char *file;
    guint line;
} ColourRule;

/* Of ColourRule*, free func set. Bad lines go to `problems` (may be NULL). No file: none. */
GPtrArray *colour_rules_load(const char *path, GPtrArray *problems);
GPtrArray *colour_rules_parse(const char *text, const char *file, GPtrArray *problems);

#endif
