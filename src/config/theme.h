/* Colours: what each role on the screen looks like. Built in: dark, light, sixteen, sixteen-light, mono; more as files $XDG_CONFIG_HOME/malle/themes/NAME:
 *
 *     # start from a built-in one; "dark" when left out
 *     base = dark
 *     list-unread = bold
 *     list-cursor = white on blue
 *     # one of 256 colours, or of 16 million; where the terminal has fewer, the nearest is taken
 *     quote-1 = 75
 *     status = #d0d0d0 on default reverse
 *
 * Plain data, read once. term/ turns a style into cells; NO_COLOR makes ui/ take mono.
 */
#ifndef MALLE_CONFIG_THEME_H
#define MALLE_CONFIG_THEME_H

#include <glib.h>

typedef enum {
    THEME_NORMAL,
    THEME_DIM,            /* what matters less: dates gone by, signatures' frames */
    THEME_ERROR,
    THEME_WARNING,        /* also the mark of an unprotected link */
    THEME_GOOD,
    THEME_TITLE,          /* the bar on top of a view */
    THEME_STATUS,         /* the status line */
    THEME_KEY_BAR,
    THEME_KEY_BAR_KEY,
    THEME_BORDER,
    THEME_SIDEBAR,
    THEME_SIDEBAR_ACCOUNT,
    THEME_SIDEBAR_UNREAD,
    THEME_SIDEBAR_CURSOR,
    THEME_LIST,
    THEME_LIST_UNREAD,
    THEME_LIST_FLAGGED,
    THEME_LIST_DELETED,
    THEME_LIST_TAGGED,
    THEME_LIST_CURSOR,    /* the selected row, in the view that has the keys */
    THEME_LIST_CURSOR_AWAY, /* the selected row, when another view has them */
    THEME_THREAD_LINES,
    THEME_PENDING,        /* the mark of a decision not yet with the server */
    THEME_HEADER_NAME,
    THEME_HEADER_VALUE,
    THEME_BODY,
    THEME_SIGNATURE,
    THEME_LINK,
    THEME_ATTACHMENT,
    THEME_MATCH,          /* what a search found */
    THEME_EMPHASIS,       /* bold in HTML */
    THEME_HEADING,
    THEME_CODE,
    THEME_QUOTE_1,        /* quote levels, in order, behind one another */
    THEME_QUOTE_2,
    THEME_QUOTE_3,
    THEME_QUOTE_4,
    THEME_QUOTE_5,
    THEME_ROLE_COUNT,
} ThemeRole;

#define THEME_RGB 0x1000000

typedef enum {
    THEME_BOLD = 1 << 0,
    THEME_FAINT = 1 << 1,
    THEME_ITALIC = 1 << 2,
    THEME_UNDERLINE = 1 << 3,
    THEME_REVERSE = 1 << 4,
    THEME_STRIKE = 1 << 5,
} ThemeAttributes;

typedef struct {
    gint32 foreground, background; /* 0…255 of xterm's palette (0…15 the terminal's own), THEME_RGB | 0xrrggbb, −1 the terminal's default */
    ThemeAttributes attributes;
} ThemeStyle;

typedef struct {
    ThemeStyle styles[THEME_ROLE_COUNT];
} Theme;

/* "list-unread"; static. */
const char *theme_role_name(ThemeRole role);
extern const char *const theme_builtin_names[]; /* NULL-terminated */
/* The name of the theme that stands in for `name` on a terminal of so many colours: what was made for 16 where there are no 256, mono for 0. */
const char *theme_for_colours(const char *name, guint colours);
/* A built-in theme as a file; NULL for another name. Caller frees. */
char *theme_file(const char *name);
/* As theme_style_parse() reads it. Caller frees. */
char *theme_style_format(const ThemeStyle *style);
/* A built-in one; NULL for another name. Static. */
const Theme *theme_builtin(const char *name);
/* The built-in of that name, else the file themes/NAME. Bad lines go to `problems` (may be NULL) and keep the base's style. Always a theme. Caller: g_free. */
Theme *theme_load(const char *name, GPtrArray *problems);
Theme *theme_parse(const char *text, const char *file, GPtrArray *problems);
/* "bold white on blue", "75 on default", "#d0d0d0". FALSE with CONFIG_ERROR_VALUE, nothing changed. */
gboolean theme_style_parse(const char *text, ThemeStyle *style, GError **error);
/* One colour: a name (black, red … white, bright-red … , default), a number, #rrggbb. */
gboolean theme_colour_parse(const char *text, gint32 *colour, GError **error);
/* What a terminal of so many colours can show that is nearest to it; −1, and the 16, stay as they are. */
gint32 theme_colour_fit(gint32 colour, guint colours);

#endif
