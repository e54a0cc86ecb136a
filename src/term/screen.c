#include "config.h"
#include "term/screen.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/i18n.h"
#include "term/direct.h"
#include "term/screen_pictures.h"
#include "term/screen_private.h"

/* curses.h and term.h have macros of these names. */
#undef lines
#undef columns

struct Screen {
    SCREEN *curses;
    Surface *surface;
    Surface *shown; /* what the terminal holds */
    gboolean shown_valid;
    KeyDecoder *keys;
    guint colours;
    gboolean bright_by_bold; /* eight colours only */
    gboolean utf8;
    gboolean title_set;
    gboolean mouse, links;
    PictureProtocol protocol;
    ShownPictures *pictures;
    GPtrArray *rows_sent; /* of row numbers + 1 of this frame: where links are drawn anew */
};

GQuark screen_error_quark(void)
{
    return g_quark_from_static_string("malle-screen-error-quark");
}

/* Straight to the terminal, behind what curses has sent. */
void screen_send_raw(const char *bytes)
{
    fflush(stdout);
    gsize length = strlen(bytes);
    while (length > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) { /* a slow line, and whoever shares the terminal has made it non-blocking */
            struct pollfd ready = { STDOUT_FILENO, POLLOUT, 0 };
            poll(&ready, 1, -1);
            continue;
        }
        if (n <= 0)
            return;
        bytes += n;
        length -= (gsize)n;
    }
}

static void paste_mode(gboolean on)
{
    screen_send_raw(on ? "\033[?2004h" : "\033[?2004l");
}

static gboolean wants_no_colour(void)
{
    const char *no_color = g_getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
    return no_color && *no_color;
}

static guint count_colours(gboolean direct)
{
    if (wants_no_colour() || !has_colors())
        return 0;
    start_color();
    if (use_default_colors() == ERR)
        return 0; /* without the person's own background every theme would be a guess */
    if (direct)
        return COLORS > 256 ? SCREEN_COLOURS_DIRECT : 256;
    return COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
}

static void add_terminfo_keys(KeyDecoder *keys)
{
    static const struct {
        const char *capability, *name;
    } known[] = {
        { "kcuu1", "<Up>" },     { "kcud1", "<Down>" },   { "kcub1", "<Left>" }, { "kcuf1", "<Right>" },
        { "khome", "<Home>" },   { "kend", "<End>" },     { "kpp", "<PageUp>" }, { "knp", "<PageDown>" },
        { "kich1", "<Insert>" }, { "kdch1", "<Delete>" }, { "kcbt", "<S-Tab>" }, { "kf1", "<F1>" },
        { "kf2", "<F2>" },       { "kf3", "<F3>" },       { "kf4", "<F4>" },     { "kf5", "<F5>" },
        { "kf6", "<F6>" },       { "kf7", "<F7>" },       { "kf8", "<F8>" },     { "kf9", "<F9>" },
        { "kf10", "<F10>" },     { "kf11", "<F11>" },     { "kf12", "<F12>" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        const char *bytes = tigetstr(known[i].capability);
        if (bytes && bytes != (char *)-1)
            key_decoder_add(keys, bytes, known[i].name);
    }
}

/* newterm() with the description that knows all colours, where the terminal has them; else with its own. */
static SCREEN *open_curses(gboolean *direct)
{
    int found = 0;
    g_autofree char *before = g_strdup(g_getenv("TERMINFO"));
    g_autofree char *description = NULL;
    if (!wants_no_colour() && setupterm(NULL, STDOUT_FILENO, &found) == OK) {
        description = direct_terminfo();
        del_curterm(cur_term);
    }
    if (description)
        g_setenv("TERMINFO", description, TRUE);
    SCREEN *curses = newterm(NULL, stdout, stdin);
    if (before && description)
        g_setenv("TERMINFO", before, TRUE);
    else if (description)
        g_unsetenv("TERMINFO");
    *direct = curses && description;
    return curses || !description ? curses : newterm(NULL, stdout, stdin);
}

Screen *screen_open(GError **error)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        g_set_error_literal(error, SCREEN_ERROR, SCREEN_ERROR_NO_TERMINAL,
                            _("Malle needs a terminal: standard input and output are not one."));
        return NULL;
    }
    gboolean direct = FALSE;
    SCREEN *curses = open_curses(&direct);
    if (!curses) {
        const char *term = g_getenv("TERM");
        g_set_error(
            error, SCREEN_ERROR, SCREEN_ERROR_NO_TERMINAL,
            _("The terminal type “%s” is not known here: set TERM to one that is, for example xterm."),
            term ? term : "");
        return NULL;
    }
    Screen *screen = g_new0(Screen, 1);
    screen->curses = curses;
    screen->utf8 = text_locale_is_utf8();
    set_term(curses);
    raw(); /* every key is ours, Ctrl-C and Ctrl-Z too */
    noecho();
    nonl();
    typeahead(-1); /* input is read by screen_read(); curses must not look at it */
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    screen->colours = count_colours(direct);
    screen->keys = key_decoder_new(screen->utf8);
    add_terminfo_keys(screen->keys);
    screen->surface = surface_new(LINES, COLS);
    screen->shown = surface_new(LINES, COLS);
    screen->rows_sent = g_ptr_array_new();
    screen->pictures = shown_pictures_new();
    surface_set_transliterate(screen->surface, !screen->utf8);
    if (!signals_open(error)) {
        screen_close(screen);
        return NULL;
    }
    erase();
    refresh();
    paste_mode(TRUE);
    return screen;
}

static void mouse_mode(gboolean on)
{
    screen_send_raw(on ? "\033[?1002h\033[?1006h" : "\033[?1006l\033[?1002l");
}

void screen_set_mouse(Screen *screen, gboolean on)
{
    if (screen->mouse != on)
        mouse_mode(on);
    screen->mouse = on;
}

void screen_set_pictures(Screen *screen, PictureProtocol protocol)
{
    screen->protocol = protocol;
}

void screen_ask(Screen *screen)
{
    (void)screen;
    screen_send_raw("\033[c");
}

gboolean screen_says_sixel(const Screen *screen)
{
    return key_decoder_heard_sixel(screen->keys);
}

void screen_cell_size(const Screen *screen, int *width, int *height)
{
    struct winsize size;
    (void)screen;
    gboolean known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_xpixel >= size.ws_col * 2 && size.ws_ypixel >= size.ws_row * 4;
    *width = known ? size.ws_xpixel / MAX(size.ws_col, 1) : 10;
    *height = known ? size.ws_ypixel / MAX(size.ws_row, 1) : 20;
}

void screen_set_links(Screen *screen, gboolean on)
{
    screen->links = on;
}

void screen_close(Screen *screen)
{
    if (!screen)
        return;
    screen_set_mouse(screen, FALSE);
    if (screen->pictures)
        shown_pictures_close(screen->pictures);
    if (screen->title_set)
        screen_send_raw("\033[23;0t");
    paste_mode(FALSE);
    curs_set(1);
    endwin();
    delscreen(screen->curses);
    signals_close();
    key_decoder_free(screen->keys);
    surface_free(screen->surface);
    surface_free(screen->shown);
    g_ptr_array_unref(screen->rows_sent);
    if (screen->pictures)
        shown_pictures_free(screen->pictures);
    g_free(screen);
}

Surface *screen_surface(Screen *screen)
{
    return screen->surface;
}

guint screen_colours(const Screen *screen)
{
    return screen->colours;
}

gboolean screen_is_utf8(const Screen *screen)
{
    return screen->utf8;
}

void screen_bell(Screen *screen)
{
    (void)screen;
    beep();
}

void screen_set_title(Screen *screen, const char *title)
{
    const char *term = g_getenv("TERM");
    if (!screen->utf8 || !term ||
        !(g_str_has_prefix(term, "xterm") || g_str_has_prefix(term, "foot") ||
          g_str_has_prefix(term, "alacritty")))
        return;
    if (!screen->title_set)
        screen_send_raw("\033[22;0t"); /* the terminal keeps the old one */
    screen->title_set = TRUE;
    g_autofree char *safe = text_make_safe(title, -1, TEXT_SINGLE_LINE);
    g_autofree char *sequence = g_strdup_printf("\033]2;%s\033\\", safe);
    screen_send_raw(sequence);
}

/* --- frames ------------------------------------------------------------------------------------ */

static attr_t attributes_of(const Screen *screen, CellStyle style)
{
    attr_t attributes = A_NORMAL;
    if (style.attributes & CELL_BOLD)
        attributes |= A_BOLD;
    if (style.attributes & CELL_FAINT)
        attributes |= A_DIM;
    if (style.attributes & CELL_ITALIC)
        attributes |= A_ITALIC;
    if (style.attributes & CELL_UNDERLINE)
        attributes |= A_UNDERLINE;
    if (style.attributes & CELL_REVERSE)
        attributes |= A_REVERSE;
    if (screen->colours == 8 && style.foreground >= 8)
        attributes |= A_BOLD;
    return attributes;
}

static int pair_of(const Screen *screen, CellStyle style)
{
    if (screen->colours == 0 || (style.foreground < 0 && style.background < 0))
        return 0;
    if (screen->colours == SCREEN_COLOURS_DIRECT) {
        int direct = alloc_pair(style.foreground < 0 ? -1 : direct_colour(style.foreground),
                                style.background < 0 ? -1 : direct_colour(style.background));
        return direct > 0 ? direct : 0;
    }
    int limit = (int)screen->colours;
    int foreground = style.foreground < limit ? style.foreground : style.foreground & 7;
    int background = style.background < limit ? style.background : style.background & 7;
    int pair = alloc_pair(foreground, background);
    return pair > 0 ? pair : 0;
}

static void send_cell(const Screen *screen, int row, int column, const Cell *cell)
{
    wchar_t wide[CCHARW_MAX + 1];
    gsize n = 0;
    for (const char *p = cell->text; *p && n < CCHARW_MAX; p = g_utf8_next_char(p))
        wide[n++] = (wchar_t)g_utf8_get_char(p);
    wide[n] = L'\0';
    int pair = pair_of(screen, cell->style);
    cchar_t character;
    if (setcchar(&character, wide, attributes_of(screen, cell->style), 0, &pair) == ERR) {
        wchar_t replacement[] = L"?";
        setcchar(&character, replacement, A_NORMAL, 0, &pair);
    }
    mvadd_wch(row, column, &character);
}

static gboolean same_cell(const Cell *a, const Cell *b)
{
    return a->width == b->width && a->link == b->link && a->style.foreground == b->style.foreground &&
           a->style.background == b->style.background && a->style.attributes == b->style.attributes &&
           strcmp(a->text, b->text) == 0;
}

static gboolean row_differs(const Screen *screen, int row, int columns)
{
    if (!screen->shown_valid)
        return TRUE;
    for (int column = 0; column < columns; column++)
        if (!same_cell(surface_cell(screen->surface, row, column), surface_cell(screen->shown, row, column)))
            return TRUE;
    return FALSE;
}

/* Curses has not drawn what lies there: the row is painted whole. */
static void paint_anew(int row, gpointer user_data)
{
    Screen *screen = user_data;
    wredrawln(stdscr, row, 1);
    g_ptr_array_add(screen->rows_sent, GINT_TO_POINTER(row + 1));
}

void screen_show(Screen *screen)
{
    int rows = surface_rows(screen->surface), columns = surface_columns(screen->surface);
    set_term(screen->curses);
    for (int row = 0; row < rows; row++) {
        if (!row_differs(screen, row, columns))
            continue;
        g_ptr_array_add(screen->rows_sent, GINT_TO_POINTER(row + 1));
        /* A changed row goes to curses whole: wide characters that move by one would leave halves behind.
         * curses sends what differs. */
        for (int column = 0; column < columns; column++) {
            const Cell *cell = surface_cell(screen->surface, row, column);
            if (cell->width > 0)
                send_cell(screen, row, column, cell);
            surface_copy_cell(screen->shown, screen->surface, row, column);
        }
    }
    screen->shown_valid = TRUE;
    int cursor_row, cursor_column;
    gboolean visible = surface_cursor(screen->surface, &cursor_row, &cursor_column);
    curs_set(visible ? 1 : 0);
    move(visible ? cursor_row : rows - 1, visible ? cursor_column : 0);
    shown_pictures_take_away(screen->pictures, screen->protocol, screen->surface, paint_anew, screen);
    wnoutrefresh(stdscr);
    doupdate();
    shown_pictures_draw(screen->pictures, screen->protocol, screen->surface, screen->rows_sent);
    for (guint i = 0; screen->links && i < screen->rows_sent->len; i++)
        screen_draw_links(screen->surface, GPOINTER_TO_INT(screen->rows_sent->pdata[i]) - 1, screen->colours);
    g_ptr_array_set_size(screen->rows_sent, 0);
}

void screen_forget(Screen *screen)
{
    screen->shown_valid = FALSE;
    shown_pictures_forget(screen->pictures);
    clearok(curscr, TRUE);
}

gboolean screen_resize(Screen *screen)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
        return FALSE;
    if (size.ws_row == surface_rows(screen->surface) && size.ws_col == surface_columns(screen->surface))
        return FALSE;
    resizeterm(size.ws_row, size.ws_col);
    surface_resize(screen->surface, size.ws_row, size.ws_col);
    surface_resize(screen->shown, size.ws_row, size.ws_col);
    erase();
    screen_forget(screen);
    return TRUE;
}

/* --- keys -------------------------------------------------------------------------------------- */

int screen_fd(const Screen *screen)
{
    (void)screen;
    return STDIN_FILENO;
}

gboolean screen_read(Screen *screen)
{
    char bytes[4096];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n > 0)
        key_decoder_feed(screen->keys, bytes, (gsize)n);
    return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

gboolean screen_next_key(Screen *screen, gboolean final, Key *key)
{
    return key_decoder_next(screen->keys, final, key);
}

gboolean screen_has_partial_key(const Screen *screen)
{
    return key_decoder_is_waiting(screen->keys);
}

/* --- giving the terminal away ------------------------------------------------------------------ */

void screen_suspend(Screen *screen)
{
    set_term(screen->curses);
    paste_mode(FALSE);
    if (screen->mouse)
        mouse_mode(FALSE);
    curs_set(1);
    endwin();
    fflush(stdout);
}

void screen_resume(Screen *screen)
{
    set_term(screen->curses);
    reset_prog_mode();
    refresh(); /* back to the terminal's second screen */
    paste_mode(TRUE);
    if (screen->mouse)
        mouse_mode(TRUE);
    screen_forget(screen);
    screen_resize(screen);
}
