#include "config.h"
#include "term/cells.h"

#include <string.h>

#include "term/screen_private.h"

struct Surface {
    int rows, columns;
    Cell *cells;
    gboolean transliterate;
    gboolean has_cursor;
    int cursor_row, cursor_column;
    GPtrArray *links; /* of char*: targets of this frame */
    GArray *pictures; /* of SurfacePicture, of this frame */
};

static void blank(Cell *cell, CellStyle style)
{
    cell->text[0] = ' ';
    cell->text[1] = '\0';
    cell->width = 1;
    cell->link = 0;
    cell->style = style;
}

static void drop_picture(gpointer data)
{
    g_bytes_unref(((SurfacePicture *)data)->bytes);
}

Surface *surface_new(int rows, int columns)
{
    Surface *surface = g_new0(Surface, 1);
    surface->links = g_ptr_array_new_with_free_func(g_free);
    surface->pictures = g_array_new(FALSE, FALSE, sizeof(SurfacePicture));
    g_array_set_clear_func(surface->pictures, drop_picture);
    surface_resize(surface, rows, columns);
    return surface;
}

void surface_free(Surface *surface)
{
    if (!surface)
        return;
    g_free(surface->cells);
    g_ptr_array_unref(surface->links);
    g_array_unref(surface->pictures);
    g_free(surface);
}

void surface_resize(Surface *surface, int rows, int columns)
{
    /* A terminal may claim anything: 4096 each way is more than any has, and 16 M cells fit in memory. */
    surface->rows = CLAMP(rows, 1, 4096);
    surface->columns = CLAMP(columns, 1, 4096);
    g_free(surface->cells);
    surface->cells = g_new0(Cell, (gsize)surface->rows * surface->columns);
    surface_clear(surface, CELL_STYLE_PLAIN);
}

int surface_rows(const Surface *surface)
{
    return surface->rows;
}

int surface_columns(const Surface *surface)
{
    return surface->columns;
}

void surface_set_transliterate(Surface *surface, gboolean transliterate)
{
    surface->transliterate = transliterate;
}

static Cell *cell_at(const Surface *surface, int row, int column)
{
    return &surface->cells[(gsize)row * surface->columns + column];
}

const Cell *surface_cell(const Surface *surface, int row, int column)
{
    if (row < 0 || column < 0 || row >= surface->rows || column >= surface->columns)
        return NULL;
    return cell_at(surface, row, column);
}

void surface_copy_cell(Surface *to, const Surface *from, int row, int column)
{
    *cell_at(to, row, column) = *cell_at(from, row, column);
}

char *surface_row_text(const Surface *surface, int row)
{
    GString *text = g_string_new(NULL);
    for (int column = 0; column < surface->columns; column++)
        g_string_append(text, cell_at(surface, row, column)->text);
    while (text->len > 0 && text->str[text->len - 1] == ' ')
        g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}

void surface_clear(Surface *surface, CellStyle style)
{
    gsize n = (gsize)surface->rows * surface->columns;
    for (gsize i = 0; i < n; i++)
        blank(&surface->cells[i], style);
    surface->has_cursor = FALSE;
    g_ptr_array_set_size(surface->links, 0);
    g_array_set_size(surface->pictures, 0);
}

gboolean surface_cursor(const Surface *surface, int *row, int *column)
{
    *row = surface->cursor_row;
    *column = surface->cursor_column;
    return surface->has_cursor;
}

Area surface_area(Surface *surface)
{
    return (Area){ surface, 0, 0, surface->rows, surface->columns };
}

Area area_part(Area area, int row, int column, int rows, int columns)
{
    int top = CLAMP(row, 0, area.rows), left = CLAMP(column, 0, area.columns);
    int bottom = CLAMP(row + rows, top, area.rows), right = CLAMP(column + columns, left, area.columns);
    return (Area){ area.surface, area.row + top, area.column + left, bottom - top, right - left };
}

/* Puts one cluster of `width` cells at a place of the surface that is known to have room for it. A wide
 * character of which a half is overwritten loses its other half too: a terminal does the same, but not every
 * one in the same way. */
static void put(Surface *surface, int row, int column, const char *bytes, gsize length, int width,
                CellStyle style)
{
    Cell *cell = cell_at(surface, row, column);
    if (cell->width == 0 && column > 0)
        blank(cell - 1, (cell - 1)->style);
    Cell *last = cell + width - 1;
    if (last->width == 2 && column + width < surface->columns)
        blank(last + 1, (last + 1)->style);
    if (length >= CELL_BYTES) {
        /* more marks than text_make_safe() lets through cannot come here, but joiners can */
        length = CELL_BYTES - 1;
        while (length > 0 && ((guchar)bytes[length] & 0xc0) == 0x80)
            length--;
    }
    memset(cell->text, 0, CELL_BYTES);
    memcpy(cell->text, bytes, length);
    cell->width = (guint8)width;
    cell->link = 0;
    cell->style = style;
    if (width == 2) {
        memset(cell[1].text, 0, CELL_BYTES);
        cell[1].width = 0;
        cell[1].style = style;
    }
}

static gboolean is_printable_ascii(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (text[i] < 0x20 || text[i] > 0x7e)
            return FALSE;
    return TRUE;
}

/* The text as it may be drawn: NULL when `text` itself may. */
static char *drawable(const Surface *surface, const char *text, gsize length)
{
    if (is_printable_ascii(text, length))
        return NULL;
    char *safe = text_is_safe(text, (gssize)length, TEXT_MULTI_LINE)
                     ? NULL
                     : text_make_safe(text, (gssize)length, TEXT_MULTI_LINE);
    if (!surface->transliterate)
        return safe;
    g_autofree char *owned G_GNUC_UNUSED = safe; /* freed at the end */
    g_autofree char *local = text_to_locale(safe ? safe : text, safe ? -1 : (gssize)length);
    char *back = g_locale_to_utf8(local, -1, NULL, NULL, NULL);
    return back ? back : text_to_ascii(safe ? safe : text, safe ? -1 : (gssize)length);
}

static int draw_clusters(Area area, int row, int column, const char *text, gsize length, CellStyle style)
{
    const char *end = text + length;
    for (const char *p = text; p < end && column < area.columns;) {
        int width = 0;
        const char *next = text_next_cluster(p, end, &width);
        if (*p == '\n')
            width = 1;
        if (width > 0) {
            if (column + width > area.columns)
                break;
            if (column >= 0)
                put(area.surface, area.row + row, area.column + column, *p == '\n' ? " " : p,
                    *p == '\n' ? 1 : next - p, width, style);
            column += width;
        }
        p = next;
    }
    return column;
}

int area_text(Area area, int row, int column, const char *text, gssize length, CellStyle style)
{
    gsize bytes = length < 0 ? strlen(text) : (gsize)length;
    if (row < 0 || row >= area.rows || column >= area.columns)
        return column;
    g_autofree char *safe = drawable(area.surface, text, bytes);
    return safe ? draw_clusters(area, row, column, safe, strlen(safe), style)
                : draw_clusters(area, row, column, text, bytes, style);
}

int area_fit(Area area, int row, int column, int cells, const char *text, gssize length, TextCut cut,
             gboolean right, CellStyle style)
{
    if (cells <= 0)
        return column;
    g_autofree char *safe = drawable(area.surface, text, length < 0 ? strlen(text) : (gsize)length);
    g_autoptr(GString) fitted = g_string_sized_new((gsize)cells * 2);
    text_append_fit(fitted, safe ? safe : text, safe ? -1 : length, cells, cut, right);
    area_text(area, row, column, fitted->str, (gssize)fitted->len, style);
    return column + cells;
}

int area_format(Area area, int row, int column, CellStyle style, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return area_text(area, row, column, text, -1, style);
}

int area_repeat(Area area, int row, int column, int cells, const char *character, CellStyle style)
{
    if (row < 0 || row >= area.rows)
        return column + cells;
    g_autofree char *safe = drawable(area.surface, character, strlen(character));
    const char *shown = safe ? safe : character;
    int width = text_display_width(shown, -1);
    for (int i = 0; i < cells && width == 1; i++)
        if (column + i >= 0 && column + i < area.columns)
            put(area.surface, area.row + row, area.column + column + i, shown, strlen(shown), 1, style);
    return column + cells;
}

void area_fill(Area area, CellStyle style)
{
    for (int row = 0; row < area.rows; row++)
        area_repeat(area, row, 0, area.columns, " ", style);
}

void area_restyle(Area area, int row, int column, int cells, CellStyle style, gboolean keep_colour)
{
    if (row < 0 || row >= area.rows)
        return;
    int from = MAX(column, 0), to = MIN(column + cells, area.columns);
    for (int at = from; at < to; at++) {
        Cell *cell = cell_at(area.surface, area.row + row, area.column + at);
        if (keep_colour)
            cell->style.attributes |= style.attributes;
        else
            cell->style = style;
    }
}

#define LINKS_MAX 255
#define TARGET_MAX 2000

guint8 surface_add_link(Surface *surface, const char *target)
{
    static const char *const schemes[] = { "http://", "https://", "mailto:" };
    gboolean known = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(schemes); i++)
        known |= g_ascii_strncasecmp(target, schemes[i], strlen(schemes[i])) == 0;
    gsize length = strlen(target);
    if (!known || length > TARGET_MAX || surface->links->len >= LINKS_MAX)
        return 0;
    for (gsize i = 0; i < length; i++)
        if (target[i] <= 0x20 || target[i] > 0x7e)
            return 0;
    g_ptr_array_add(surface->links, g_strdup(target));
    return (guint8)surface->links->len;
}

const char *surface_link(const Surface *surface, guint8 link)
{
    return link > 0 && link <= surface->links->len ? surface->links->pdata[link - 1] : NULL;
}

void area_link(Area area, int row, int column, int cells, guint8 link)
{
    for (int at = MAX(column, 0); row >= 0 && row < area.rows && at < MIN(column + cells, area.columns); at++)
        cell_at(area.surface, area.row + row, area.column + at)->link = link;
}

void area_picture(Area area, int row, int column, int rows, int columns, guint id, GBytes *bytes)
{
    if (row < 0 || column < 0 || row + rows > area.rows || column + columns > area.columns)
        return;
    SurfacePicture picture = { id, area.row + row, area.column + column, rows, columns, g_bytes_ref(bytes) };
    g_array_append_val(area.surface->pictures, picture);
}

static gboolean is_bare(const Surface *surface, const SurfacePicture *picture)
{
    for (int row = picture->row; row < picture->row + picture->rows; row++)
        for (int column = picture->column; column < picture->column + picture->columns; column++)
            if (strcmp(cell_at(surface, row, column)->text, " ") != 0)
                return FALSE;
    return TRUE;
}

GArray *surface_pictures(const Surface *surface)
{
    GArray *bare = g_array_new(FALSE, FALSE, sizeof(SurfacePicture));
    for (guint i = 0; i < surface->pictures->len; i++) {
        const SurfacePicture *picture = &g_array_index(surface->pictures, SurfacePicture, i);
        if (is_bare(surface, picture))
            g_array_append_vals(bare, picture, 1);
    }
    return bare;
}

void area_put_cursor(Area area, int row, int column)
{
    if (row < 0 || column < 0 || row >= area.rows || column >= area.columns)
        return;
    area.surface->has_cursor = TRUE;
    area.surface->cursor_row = area.row + row;
    area.surface->cursor_column = area.column + column;
}
