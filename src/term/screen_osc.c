/* What goes to the terminal beside the cells: links, the clipboard, notices. Everything in it is made safe here; the bytes are whole sequences. */
#include "config.h"

#include <string.h>

#include "term/screen.h"
#include "term/screen_private.h"

/* --- links (OSC 8) ------------------------------------------------------------------------------ */

gboolean screen_knows_links(void)
{
    static const char *const programs[] = { "iTerm.app", "WezTerm", "vscode", "ghostty" };
    const char *term = g_getenv("TERM"), *program = g_getenv("TERM_PROGRAM"), *vte = g_getenv("VTE_VERSION");
    if (!term || g_str_has_prefix(term, "screen") || g_str_has_prefix(term, "tmux") || g_getenv("TMUX"))
        return FALSE; /* what stands in between may swallow them, or not */
    if (g_str_has_prefix(term, "xterm-kitty") || g_str_has_prefix(term, "foot") || g_str_has_prefix(term, "alacritty") ||
        g_str_has_prefix(term, "xterm-ghostty") || g_getenv("KONSOLE_VERSION"))
        return TRUE;
    for (guint i = 0; program && i < G_N_ELEMENTS(programs); i++)
        if (strcmp(program, programs[i]) == 0)
            return TRUE;
    return vte && g_ascii_strtoull(vte, NULL, 10) >= 5000;
}

static void append_colour(GString *out, int colour, gboolean background, guint colours)
{
    if (colour < 0 || colours == 0)
        return;
    if (colour < 8 || colours < 16)
        g_string_append_printf(out, ";%d", (background ? 40 : 30) + (colour & 7));
    else if (colour < 16)
        g_string_append_printf(out, ";%d", (background ? 100 : 90) + colour - 8);
    else if (colour >= CELL_RGB)
        g_string_append_printf(out, ";%d;2;%d;%d;%d", background ? 48 : 38, colour >> 16 & 0xff, colour >> 8 & 0xff, colour & 0xff);
    else
        g_string_append_printf(out, ";%d;5;%d", background ? 48 : 38, colour);
}

static void append_style(GString *out, CellStyle style, guint colours)
{
    static const struct {
        CellAttributes bit;
        int code;
    } codes[] = { { CELL_BOLD, 1 }, { CELL_FAINT, 2 }, { CELL_ITALIC, 3 }, { CELL_UNDERLINE, 4 }, { CELL_REVERSE, 7 } };
    g_string_append(out, "\033[0");
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
        if (style.attributes & codes[i].bit)
            g_string_append_printf(out, ";%d", codes[i].code);
    append_colour(out, style.foreground, FALSE, colours);
    append_colour(out, style.background, TRUE, colours);
    g_string_append_c(out, 'm');
}

/* Curses knows no links: the cells that have one are drawn over once more, in the same look, and the cursor and its look put back (DECSC, DECRC). The id
 * makes one link of its parts on several lines. */
void screen_draw_links(const Surface *surface, int row, guint colours)
{
    g_autoptr(GString) out = g_string_new(NULL);
    int columns = surface_columns(surface);
    guint8 open = 0;
    for (int column = 0; column < columns; column++) {
        const Cell *cell = surface_cell(surface, row, column);
        const char *target = surface_link(surface, cell->link);
        if (cell->width == 0)
            continue;
        if (cell->link != open && open)
            g_string_append(out, "\033]8;;\033\\");
        if (cell->link != open && target)
            g_string_append_printf(out, "\033[%d;%dH\033]8;id=%u;%s\033\\", row + 1, column + 1, g_str_hash(target), target);
        open = target ? cell->link : 0;
        if (open) {
            append_style(out, cell->style, colours);
            g_string_append(out, cell->text);
        }
    }
    if (out->len == 0)
        return;
    if (open)
        g_string_append(out, "\033]8;;\033\\");
    g_string_prepend(out, "\0337");
    g_string_append(out, "\0338");
    screen_send_raw(out->str);
}

/* --- the clipboard (OSC 52) ----------------------------------------------------------------------- */

#define COPY_MAX 50000 /* bytes: more, and terminals throw all of it away */

gboolean screen_copy(Screen *screen, const char *text)
{
    (void)screen;
    gsize length = strlen(text);
    if (length > COPY_MAX)
        return FALSE;
    g_autofree char *encoded = g_base64_encode((const guchar *)text, length);
    g_autofree char *sequence = g_strdup_printf("\033]52;c;%s\033\\", encoded);
    screen_send_raw(sequence);
    return TRUE;
}

/* --- notices (OSC 9, OSC 777) --------------------------------------------------------------------- */

/* A semicolon would begin the next field. */
static char *field(const char *text)
{
    char *safe = text_make_safe(text, -1, TEXT_SINGLE_LINE);
    return g_strdelimit(safe, ";", ',');
}

void screen_notify(Screen *screen, const char *title, const char *text)
{
    (void)screen;
    const char *term = g_getenv("TERM");
    if (!term || g_str_has_prefix(term, "linux") || g_str_has_prefix(term, "vt"))
        return; /* these show what they do not know */
    g_autofree char *first = field(title);
    g_autofree char *second = field(text);
    /* rxvt and its kin know 777, iTerm, kitty, Windows' and others 9; VTE knows 777. Who knows both would tell twice. */
    gboolean nine = g_getenv("KITTY_WINDOW_ID") || g_getenv("WT_SESSION") || g_strcmp0(g_getenv("TERM_PROGRAM"), "iTerm.app") == 0 ||
                    !(g_getenv("VTE_VERSION") || g_str_has_prefix(term, "rxvt") || g_str_has_prefix(term, "foot"));
    g_autofree char *sequence = nine ? g_strdup_printf("\033]9;%s: %s\033\\", first, second)
                                     : g_strdup_printf("\033]777;notify;%s;%s\033\\", first, second);
    screen_send_raw(sequence);
}
