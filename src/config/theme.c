#include "config.h"

#include "config/theme.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "config/lines.h"
#include "config/problem.h"

static const char *const role_names[THEME_ROLE_COUNT + 1] = {
    [THEME_NORMAL] = "normal",
    [THEME_DIM] = "dim",
    [THEME_ERROR] = "error",
    [THEME_WARNING] = "warning",
    [THEME_GOOD] = "good",
    [THEME_TITLE] = "title",
    [THEME_STATUS] = "status",
    [THEME_KEY_BAR] = "key-bar",
    [THEME_KEY_BAR_KEY] = "key-bar-key",
    [THEME_BORDER] = "border",
    [THEME_SIDEBAR] = "sidebar",
    [THEME_SIDEBAR_ACCOUNT] = "sidebar-account",
    [THEME_SIDEBAR_UNREAD] = "sidebar-unread",
    [THEME_SIDEBAR_CURSOR] = "sidebar-cursor",
    [THEME_LIST] = "list",
    [THEME_LIST_UNREAD] = "list-unread",
    [THEME_LIST_FLAGGED] = "list-flagged",
    [THEME_LIST_DELETED] = "list-deleted",
    [THEME_LIST_TAGGED] = "list-tagged",
    [THEME_LIST_CURSOR] = "list-cursor",
    [THEME_LIST_CURSOR_AWAY] = "list-cursor-away",
    [THEME_THREAD_LINES] = "thread-lines",
    [THEME_PENDING] = "pending",
    [THEME_HEADER_NAME] = "header-name",
    [THEME_HEADER_VALUE] = "header-value",
    [THEME_BODY] = "body",
    [THEME_SIGNATURE] = "signature",
    [THEME_LINK] = "link",
    [THEME_ATTACHMENT] = "attachment",
    [THEME_MATCH] = "match",
    [THEME_EMPHASIS] = "emphasis",
    [THEME_HEADING] = "heading",
    [THEME_CODE] = "code",
    [THEME_QUOTE_1] = "quote-1",
    [THEME_QUOTE_2] = "quote-2",
    [THEME_QUOTE_3] = "quote-3",
    [THEME_QUOTE_4] = "quote-4",
    [THEME_QUOTE_5] = "quote-5",
};

enum {
    DEFAULT = -1,
    BLACK = 0,
    RED,
    GREEN,
    YELLOW,
    BLUE,
    MAGENTA,
    CYAN,
    WHITE,
    GREY,
    BRIGHT_RED,
    BRIGHT_GREEN,
    BRIGHT_YELLOW,
    BRIGHT_BLUE,
    BRIGHT_MAGENTA,
    BRIGHT_CYAN,
    BRIGHT_WHITE,
};

static const char *const colour_names[] = { "black",      "red",           "green",       "yellow",     "blue",
                                            "magenta",    "cyan",          "white",       "grey",       "bright-red",
                                            "bright-green", "bright-yellow", "bright-blue", "bright-magenta",
                                            "bright-cyan", "bright-white", "default",     NULL };

static const struct {
    const char *name;
    ThemeAttributes bit;
} attribute_names[] = {
    { "bold", THEME_BOLD },           { "faint", THEME_FAINT },     { "italic", THEME_ITALIC },
    { "underline", THEME_UNDERLINE }, { "reverse", THEME_REVERSE }, { "strike", THEME_STRIKE },
};

/* --- built in ----------------------------------------------------------------------------------------
 *
 * dark and light take the 256 colours; sixteen and sixteen-light stay within the terminal's own 16, which the person has chosen to be
 * readable there, and stand in for the two on terminals that have no more. Roles differ by more than colour wherever the difference
 * matters, and by light rather than by red and green, for those who do not see it.
 */

#define PLAIN(colour) { colour, DEFAULT, 0 }
#define WITH(colour, attributes) { colour, DEFAULT, attributes }

static const Theme dark = { {
    [THEME_NORMAL] = PLAIN(DEFAULT),
    [THEME_DIM] = PLAIN(245),
    [THEME_ERROR] = WITH(203, THEME_BOLD),
    [THEME_WARNING] = WITH(214, THEME_BOLD),
    [THEME_GOOD] = PLAIN(114),
    [THEME_TITLE] = { 231, 24, THEME_BOLD },
    [THEME_STATUS] = { 252, 236, 0 },
    [THEME_KEY_BAR] = PLAIN(250),
    [THEME_KEY_BAR_KEY] = WITH(117, THEME_BOLD),
    [THEME_BORDER] = PLAIN(240),
    [THEME_SIDEBAR] = PLAIN(DEFAULT),
    [THEME_SIDEBAR_ACCOUNT] = WITH(117, THEME_BOLD),
    [THEME_SIDEBAR_UNREAD] = WITH(231, THEME_BOLD),
    [THEME_SIDEBAR_CURSOR] = { 231, 31, 0 },
    [THEME_LIST] = PLAIN(DEFAULT),
    [THEME_LIST_UNREAD] = WITH(231, THEME_BOLD),
    [THEME_LIST_FLAGGED] = PLAIN(215),
    [THEME_LIST_DELETED] = WITH(242, THEME_STRIKE),
    [THEME_LIST_TAGGED] = WITH(183, THEME_ITALIC),
    [THEME_LIST_CURSOR] = { 231, 31, 0 },
    [THEME_LIST_CURSOR_AWAY] = { DEFAULT, 238, 0 },
    [THEME_THREAD_LINES] = PLAIN(67),
    [THEME_PENDING] = PLAIN(179),
    [THEME_HEADER_NAME] = WITH(110, THEME_BOLD),
    [THEME_HEADER_VALUE] = PLAIN(DEFAULT),
    [THEME_BODY] = PLAIN(DEFAULT),
    [THEME_SIGNATURE] = PLAIN(245),
    [THEME_LINK] = WITH(75, THEME_UNDERLINE),
    [THEME_ATTACHMENT] = PLAIN(215),
    [THEME_MATCH] = { 16, 221, 0 },
    [THEME_EMPHASIS] = WITH(DEFAULT, THEME_BOLD),
    [THEME_HEADING] = WITH(231, THEME_BOLD | THEME_UNDERLINE),
    [THEME_CODE] = PLAIN(151),
    [THEME_QUOTE_1] = PLAIN(110),
    [THEME_QUOTE_2] = PLAIN(150),
    [THEME_QUOTE_3] = PLAIN(179),
    [THEME_QUOTE_4] = PLAIN(176),
    [THEME_QUOTE_5] = PLAIN(109),
} };

static const Theme light = { {
    [THEME_NORMAL] = PLAIN(DEFAULT),
    [THEME_DIM] = PLAIN(243),
    [THEME_ERROR] = WITH(124, THEME_BOLD),
    [THEME_WARNING] = { 16, 222, THEME_BOLD },
    [THEME_GOOD] = PLAIN(28),
    [THEME_TITLE] = { 231, 25, THEME_BOLD },
    [THEME_STATUS] = { 236, 253, 0 },
    [THEME_KEY_BAR] = PLAIN(240),
    [THEME_KEY_BAR_KEY] = WITH(25, THEME_BOLD),
    [THEME_BORDER] = PLAIN(248),
    [THEME_SIDEBAR] = PLAIN(DEFAULT),
    [THEME_SIDEBAR_ACCOUNT] = WITH(25, THEME_BOLD),
    [THEME_SIDEBAR_UNREAD] = WITH(DEFAULT, THEME_BOLD),
    [THEME_SIDEBAR_CURSOR] = { 231, 25, 0 },
    [THEME_LIST] = PLAIN(DEFAULT),
    [THEME_LIST_UNREAD] = WITH(DEFAULT, THEME_BOLD),
    [THEME_LIST_FLAGGED] = PLAIN(130),
    [THEME_LIST_DELETED] = WITH(246, THEME_STRIKE),
    [THEME_LIST_TAGGED] = WITH(90, THEME_ITALIC),
    [THEME_LIST_CURSOR] = { 231, 25, 0 },
    [THEME_LIST_CURSOR_AWAY] = { DEFAULT, 254, 0 },
    [THEME_THREAD_LINES] = PLAIN(67),
    [THEME_PENDING] = PLAIN(130),
    [THEME_HEADER_NAME] = WITH(25, THEME_BOLD),
    [THEME_HEADER_VALUE] = PLAIN(DEFAULT),
    [THEME_BODY] = PLAIN(DEFAULT),
    [THEME_SIGNATURE] = PLAIN(243),
    [THEME_LINK] = WITH(25, THEME_UNDERLINE),
    [THEME_ATTACHMENT] = PLAIN(130),
    [THEME_MATCH] = { 16, 221, 0 },
    [THEME_EMPHASIS] = WITH(DEFAULT, THEME_BOLD),
    [THEME_HEADING] = WITH(DEFAULT, THEME_BOLD | THEME_UNDERLINE),
    [THEME_CODE] = PLAIN(28),
    [THEME_QUOTE_1] = PLAIN(25),
    [THEME_QUOTE_2] = PLAIN(28),
    [THEME_QUOTE_3] = PLAIN(94),
    [THEME_QUOTE_4] = PLAIN(90),
    [THEME_QUOTE_5] = PLAIN(30),
} };

static const Theme sixteen = { {
    [THEME_NORMAL] = PLAIN(DEFAULT),
    [THEME_DIM] = PLAIN(GREY),
    [THEME_ERROR] = WITH(BRIGHT_RED, THEME_BOLD),
    [THEME_WARNING] = WITH(BRIGHT_YELLOW, THEME_BOLD),
    [THEME_GOOD] = PLAIN(BRIGHT_GREEN),
    [THEME_TITLE] = { BRIGHT_WHITE, BLUE, THEME_BOLD },
    [THEME_STATUS] = { BRIGHT_WHITE, BLUE, 0 },
    [THEME_KEY_BAR] = PLAIN(DEFAULT),
    [THEME_KEY_BAR_KEY] = WITH(DEFAULT, THEME_REVERSE),
    [THEME_BORDER] = PLAIN(GREY),
    [THEME_SIDEBAR] = PLAIN(DEFAULT),
    [THEME_SIDEBAR_ACCOUNT] = WITH(BRIGHT_CYAN, THEME_BOLD),
    [THEME_SIDEBAR_UNREAD] = WITH(BRIGHT_WHITE, THEME_BOLD),
    [THEME_SIDEBAR_CURSOR] = { BLACK, CYAN, 0 },
    [THEME_LIST] = PLAIN(DEFAULT),
    [THEME_LIST_UNREAD] = WITH(BRIGHT_WHITE, THEME_BOLD),
    [THEME_LIST_FLAGGED] = PLAIN(BRIGHT_YELLOW),
    [THEME_LIST_DELETED] = WITH(GREY, THEME_STRIKE),
    [THEME_LIST_TAGGED] = PLAIN(BRIGHT_MAGENTA),
    [THEME_LIST_CURSOR] = { BLACK, CYAN, 0 },
    [THEME_LIST_CURSOR_AWAY] = WITH(DEFAULT, THEME_UNDERLINE),
    [THEME_THREAD_LINES] = PLAIN(CYAN),
    [THEME_PENDING] = PLAIN(YELLOW),
    [THEME_HEADER_NAME] = WITH(CYAN, THEME_BOLD),
    [THEME_HEADER_VALUE] = PLAIN(DEFAULT),
    [THEME_BODY] = PLAIN(DEFAULT),
    [THEME_SIGNATURE] = PLAIN(GREY),
    [THEME_LINK] = WITH(BRIGHT_BLUE, THEME_UNDERLINE),
    [THEME_ATTACHMENT] = PLAIN(BRIGHT_YELLOW),
    [THEME_MATCH] = { BLACK, BRIGHT_YELLOW, 0 },
    [THEME_EMPHASIS] = WITH(DEFAULT, THEME_BOLD),
    [THEME_HEADING] = WITH(BRIGHT_WHITE, THEME_BOLD | THEME_UNDERLINE),
    [THEME_CODE] = PLAIN(BRIGHT_GREEN),
    [THEME_QUOTE_1] = PLAIN(CYAN),
    [THEME_QUOTE_2] = PLAIN(GREEN),
    [THEME_QUOTE_3] = PLAIN(YELLOW),
    [THEME_QUOTE_4] = PLAIN(MAGENTA),
    [THEME_QUOTE_5] = PLAIN(BRIGHT_BLUE),
} };

static const Theme sixteen_light = { {
    [THEME_NORMAL] = PLAIN(DEFAULT),
    [THEME_DIM] = PLAIN(GREY),
    [THEME_ERROR] = WITH(RED, THEME_BOLD),
    [THEME_WARNING] = { BLACK, YELLOW, THEME_BOLD },
    [THEME_GOOD] = PLAIN(GREEN),
    [THEME_TITLE] = { BRIGHT_WHITE, BLUE, THEME_BOLD },
    [THEME_STATUS] = { BRIGHT_WHITE, BLUE, 0 },
    [THEME_KEY_BAR] = PLAIN(DEFAULT),
    [THEME_KEY_BAR_KEY] = WITH(DEFAULT, THEME_REVERSE),
    [THEME_BORDER] = PLAIN(GREY),
    [THEME_SIDEBAR] = PLAIN(DEFAULT),
    [THEME_SIDEBAR_ACCOUNT] = WITH(BLUE, THEME_BOLD),
    [THEME_SIDEBAR_UNREAD] = WITH(DEFAULT, THEME_BOLD),
    [THEME_SIDEBAR_CURSOR] = { BRIGHT_WHITE, BLUE, 0 },
    [THEME_LIST] = PLAIN(DEFAULT),
    [THEME_LIST_UNREAD] = WITH(DEFAULT, THEME_BOLD),
    [THEME_LIST_FLAGGED] = PLAIN(RED),
    [THEME_LIST_DELETED] = WITH(GREY, THEME_STRIKE),
    [THEME_LIST_TAGGED] = PLAIN(MAGENTA),
    [THEME_LIST_CURSOR] = { BRIGHT_WHITE, BLUE, 0 },
    [THEME_LIST_CURSOR_AWAY] = WITH(DEFAULT, THEME_UNDERLINE),
    [THEME_THREAD_LINES] = PLAIN(BLUE),
    [THEME_PENDING] = PLAIN(MAGENTA),
    [THEME_HEADER_NAME] = WITH(BLUE, THEME_BOLD),
    [THEME_HEADER_VALUE] = PLAIN(DEFAULT),
    [THEME_BODY] = PLAIN(DEFAULT),
    [THEME_SIGNATURE] = PLAIN(GREY),
    [THEME_LINK] = WITH(BLUE, THEME_UNDERLINE),
    [THEME_ATTACHMENT] = PLAIN(MAGENTA),
    [THEME_MATCH] = { BLACK, YELLOW, 0 },
    [THEME_EMPHASIS] = WITH(DEFAULT, THEME_BOLD),
    [THEME_HEADING] = WITH(DEFAULT, THEME_BOLD | THEME_UNDERLINE),
    [THEME_CODE] = PLAIN(GREEN),
    [THEME_QUOTE_1] = PLAIN(BLUE),
    [THEME_QUOTE_2] = PLAIN(GREEN),
    [THEME_QUOTE_3] = PLAIN(MAGENTA),
    [THEME_QUOTE_4] = PLAIN(RED),
    [THEME_QUOTE_5] = PLAIN(CYAN),
} };

static const Theme mono = { {
    [THEME_NORMAL] = PLAIN(DEFAULT),
    [THEME_DIM] = WITH(DEFAULT, THEME_FAINT),
    [THEME_ERROR] = WITH(DEFAULT, THEME_BOLD),
    [THEME_WARNING] = WITH(DEFAULT, THEME_BOLD | THEME_REVERSE),
    [THEME_GOOD] = PLAIN(DEFAULT),
    [THEME_TITLE] = WITH(DEFAULT, THEME_REVERSE | THEME_BOLD),
    [THEME_STATUS] = WITH(DEFAULT, THEME_REVERSE),
    [THEME_KEY_BAR] = PLAIN(DEFAULT),
    [THEME_KEY_BAR_KEY] = WITH(DEFAULT, THEME_REVERSE),
    [THEME_BORDER] = PLAIN(DEFAULT),
    [THEME_SIDEBAR] = PLAIN(DEFAULT),
    [THEME_SIDEBAR_ACCOUNT] = WITH(DEFAULT, THEME_BOLD),
    [THEME_SIDEBAR_UNREAD] = WITH(DEFAULT, THEME_BOLD),
    [THEME_SIDEBAR_CURSOR] = WITH(DEFAULT, THEME_REVERSE),
    [THEME_LIST] = PLAIN(DEFAULT),
    [THEME_LIST_UNREAD] = WITH(DEFAULT, THEME_BOLD),
    [THEME_LIST_FLAGGED] = PLAIN(DEFAULT),
    [THEME_LIST_DELETED] = WITH(DEFAULT, THEME_FAINT | THEME_STRIKE),
    [THEME_LIST_TAGGED] = WITH(DEFAULT, THEME_UNDERLINE),
    [THEME_LIST_CURSOR] = WITH(DEFAULT, THEME_REVERSE),
    [THEME_LIST_CURSOR_AWAY] = WITH(DEFAULT, THEME_UNDERLINE),
    [THEME_THREAD_LINES] = PLAIN(DEFAULT),
    [THEME_PENDING] = PLAIN(DEFAULT),
    [THEME_HEADER_NAME] = WITH(DEFAULT, THEME_BOLD),
    [THEME_HEADER_VALUE] = PLAIN(DEFAULT),
    [THEME_BODY] = PLAIN(DEFAULT),
    [THEME_SIGNATURE] = WITH(DEFAULT, THEME_FAINT),
    [THEME_LINK] = WITH(DEFAULT, THEME_UNDERLINE),
    [THEME_ATTACHMENT] = WITH(DEFAULT, THEME_BOLD),
    [THEME_MATCH] = WITH(DEFAULT, THEME_REVERSE),
    [THEME_EMPHASIS] = WITH(DEFAULT, THEME_BOLD),
    [THEME_HEADING] = WITH(DEFAULT, THEME_BOLD | THEME_UNDERLINE),
    [THEME_CODE] = PLAIN(DEFAULT),
    [THEME_QUOTE_1] = PLAIN(DEFAULT),
    [THEME_QUOTE_2] = WITH(DEFAULT, THEME_FAINT),
    [THEME_QUOTE_3] = WITH(DEFAULT, THEME_FAINT),
    [THEME_QUOTE_4] = WITH(DEFAULT, THEME_FAINT),
    [THEME_QUOTE_5] = WITH(DEFAULT, THEME_FAINT),
} };

static const struct {
    const char *name;
    const Theme *theme;
} builtins[] = {
    { "dark", &dark }, { "light", &light }, { "sixteen", &sixteen }, { "sixteen-light", &sixteen_light }, { "mono", &mono },
};
const char *const theme_builtin_names[] = { "dark", "light", "sixteen", "sixteen-light", "mono", NULL };

const char *theme_role_name(ThemeRole role)
{
    g_return_val_if_fail(role < THEME_ROLE_COUNT, NULL);
    return role_names[role];
}

const Theme *theme_builtin(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(builtins); i++)
        if (g_ascii_strcasecmp(builtins[i].name, name) == 0)
            return builtins[i].theme;
    return NULL;
}

const char *theme_for_colours(const char *name, guint colours)
{
    if (colours == 0)
        return "mono";
    if (colours >= 256)
        return name;
    return g_ascii_strcasecmp(name, "dark") == 0 ? "sixteen" : g_ascii_strcasecmp(name, "light") == 0 ? "sixteen-light" : name;
}

/* --- colours ------------------------------------------------------------------------------------------ */

/* xterm's palette above 15: a cube of 6 × 6 × 6, then 24 greys. */
static const guint8 cube_levels[6] = { 0, 95, 135, 175, 215, 255 };

static guint square(guint a, guint b)
{
    return a > b ? (a - b) * (a - b) : (b - a) * (b - a);
}

static void palette_rgb(guint colour, guint8 rgb[3])
{
    /* What the 16 usually look like; people change them, which is why the built-in themes use them by name. */
    static const guint8 low[16][3] = {
        { 0, 0, 0 },       { 205, 0, 0 },   { 0, 205, 0 },   { 205, 205, 0 },   { 0, 0, 238 },    { 205, 0, 205 },
        { 0, 205, 205 },   { 229, 229, 229 }, { 127, 127, 127 }, { 255, 0, 0 },   { 0, 255, 0 },    { 255, 255, 0 },
        { 92, 92, 255 },   { 255, 0, 255 }, { 0, 255, 255 }, { 255, 255, 255 },
    };
    if (colour < 16) {
        memcpy(rgb, low[colour], 3);
    } else if (colour < 232) {
        rgb[0] = cube_levels[(colour - 16) / 36];
        rgb[1] = cube_levels[(colour - 16) / 6 % 6];
        rgb[2] = cube_levels[(colour - 16) % 6];
    } else {
        rgb[0] = rgb[1] = rgb[2] = (guint8) (8 + (colour - 232) * 10);
    }
}

static gint32 nearest(const guint8 rgb[3], guint from, guint to)
{
    guint best = from, least = G_MAXUINT;
    for (guint colour = from; colour < to; colour++) {
        guint8 other[3];
        palette_rgb(colour, other);
        guint far = square(rgb[0], other[0]) + square(rgb[1], other[1]) + square(rgb[2], other[2]);
        if (far < least) {
            least = far;
            best = colour;
        }
    }
    return (gint32) best;
}

gint32 theme_colour_fit(gint32 colour, guint colours)
{
    guint8 rgb[3];
    if (colour < 16 || colours >= THEME_RGB || (colour < 256 && colours >= 256))
        return colour;
    if (colour & THEME_RGB)
        for (guint i = 0; i < 3; i++)
            rgb[i] = (guint8) (colour >> (16 - 8 * i) & 0xff);
    else
        palette_rgb((guint) colour, rgb);
    /* the first 16 are whatever the person made of them */
    return colours >= 256 ? nearest(rgb, 16, 256) : nearest(rgb, 0, 16);
}

static gboolean parse_hexadecimal(const char *text, gint32 *colour)
{
    guint8 rgb[3];
    if (strlen(text) != 6)
        return FALSE;
    for (guint i = 0; i < 3; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return FALSE;
        rgb[i] = (guint8) (high * 16 + low);
    }
    *colour = THEME_RGB | rgb[0] << 16 | rgb[1] << 8 | rgb[2];
    return TRUE;
}

gboolean theme_colour_parse(const char *text, gint32 *colour, GError **error)
{
    guint64 number;
    if (*text == '#' && parse_hexadecimal(text + 1, colour))
        return TRUE;
    if (g_ascii_string_to_unsigned(text, 10, 0, 255, &number, NULL)) {
        *colour = (gint32) number;
        return TRUE;
    }
    g_autofree char *word = g_ascii_strdown(text, -1);
    const char *plain = strcmp(word, "gray") == 0 ? "grey" : word;
    for (guint i = 0; colour_names[i] != NULL; i++)
        if (strcmp(colour_names[i], plain) == 0) {
            *colour = strcmp(plain, "default") == 0 ? DEFAULT : (gint32) i;
            return TRUE;
        }
    g_autofree char *meant = config_suggest_words(text, colour_names);
    if (*meant != '\0')
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("there is no colour “%s”%s"), text, meant);
    else
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                    _("“%s” is not a colour; colours are names like red or bright-blue, numbers from 0 to 255, #rrggbb, or default"),
                    text);
    return FALSE;
}

/* --- styles ----------------------------------------------------------------------------------------------- */

static ThemeAttributes attribute_bit(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(attribute_names); i++)
        if (g_ascii_strcasecmp(attribute_names[i].name, word) == 0)
            return attribute_names[i].bit;
    return 0;
}

gboolean theme_style_parse(const char *text, ThemeStyle *style, GError **error)
{
    ThemeStyle parsed = { DEFAULT, DEFAULT, 0 };
    gboolean background = FALSE, any = FALSE;
    g_auto(GStrv) words = g_strsplit_set(text, " \t", 16);
    for (char **word = words; *word != NULL; word++) {
        if (**word == '\0')
            continue;
        any = TRUE;
        ThemeAttributes bit = attribute_bit(*word);
        if (bit != 0) {
            parsed.attributes |= bit;
        } else if (g_ascii_strcasecmp(*word, "on") == 0 && word[1] != NULL) {
            background = TRUE;
            continue;
        } else if (!theme_colour_parse(*word, background ? &parsed.background : &parsed.foreground, error)) {
            return FALSE;
        }
        background = FALSE;
    }
    if (!any) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("a style is written like: bold white on blue"));
        return FALSE;
    }
    *style = parsed;
    return TRUE;
}

/* --- files --------------------------------------------------------------------------------------------------- */

static int role_index(const char *name)
{
    for (guint i = 0; i < THEME_ROLE_COUNT; i++)
        if (g_ascii_strcasecmp(role_names[i], name) == 0)
            return (int) i;
    return -1;
}

static void set_base(Theme *theme, const char *name, const char *file, guint line, GPtrArray *problems)
{
    const Theme *base = theme_builtin(name);
    if (base != NULL) {
        *theme = *base;
        return;
    }
    g_autofree char *meant = config_suggest_words(name, theme_builtin_names);
    config_problems_add(problems, file, line, CONFIG_ERROR_VALUE, _("the base is dark, light, sixteen, sixteen-light or mono, not “%s”%s"), name, meant);
}

static void parse_line(Theme *theme, const char *text, const char *file, guint line, gboolean *started, GPtrArray *problems)
{
    g_autofree char *name = NULL;
    g_autofree char *value = NULL;
    if (!config_line_split(text, &name, &value)) {
        config_problems_add(problems, file, line, CONFIG_ERROR_SYNTAX, _("this is not ROLE = STYLE"));
        return;
    }
    if (g_ascii_strcasecmp(name, "base") == 0) {
        if (*started)
            config_problems_add(problems, file, line, CONFIG_ERROR_SYNTAX,
                                _("“base” must stand before all roles: it would undo what is above it"));
        else
            set_base(theme, value, file, line, problems);
        return;
    }
    *started = TRUE;
    g_autoptr(GError) error = NULL;
    int role = role_index(name);
    if (role < 0) {
        g_autofree char *meant = config_suggest_words(name, role_names);
        config_problems_add(problems, file, line, CONFIG_ERROR_NAME, _("there is no role “%s”%s"), name, meant);
    } else if (!theme_style_parse(value, &theme->styles[role], &error)) {
        config_problems_take(problems, file, line, &error);
    }
}

Theme *theme_parse(const char *text, const char *file, GPtrArray *problems)
{
    Theme *theme = g_new(Theme, 1);
    *theme = dark;
    gboolean started = FALSE;
    ConfigLines lines;
    config_lines_start(&lines, text);
    for (char *line; (line = config_lines_next(&lines)) != NULL; g_free(line))
        parse_line(theme, line, file, lines.number, &started, problems);
    return theme;
}

Theme *theme_load(const char *name, GPtrArray *problems)
{
    const Theme *builtin = theme_builtin(name);
    if (builtin == NULL && (strchr(name, '/') != NULL || *name == '\0' || *name == '.')) {
        config_problems_add(problems, NULL, 0, CONFIG_ERROR_VALUE, _("“%s” cannot be the name of a theme"), name);
        builtin = &dark;
    }
    if (builtin != NULL) {
        Theme *theme = g_new(Theme, 1);
        *theme = *builtin;
        return theme;
    }
    g_autofree char *themes = paths_locate(PATHS_CONFIG, "themes");
    g_autofree char *path = g_build_filename(themes, name, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = config_file_read(path, NULL, &error);
    if (text == NULL) {
        config_problems_take(problems, path, 0, &error);
        return theme_load("dark", NULL);
    }
    return theme_parse(text, path, problems);
}
