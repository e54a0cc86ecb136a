#include "config.h"
#include "ui/view_lines.h"

#include <string.h>

#include "base/i18n.h"
#include "term/scroller.h"
#include "ui/app.h"
#include "ui/find.h"

typedef struct {
    char *first, *text;
    int first_cells;
    ThemeRole first_role, role;
} TextLine;

struct LinesView {
    View view;
    char *title;
    LinesFill fill;
    gpointer user_data;
    GDestroyNotify free_data;
    GPtrArray *lines; /* of TextLine* */
    Scroller scroller;
    gboolean at_end; /* begin at, and stay at, the end */
    int match;       /* line of the last match, −1 none */
};

static void text_line_free(TextLine *line)
{
    g_free(line->first);
    g_free(line->text);
    g_free(line);
}

void lines_add_pair(LinesView *view, const char *first, ThemeRole first_role, int first_cells,
                    const char *text, ThemeRole role)
{
    TextLine *line = g_new0(TextLine, 1);
    line->first = g_strdup(first);
    line->first_role = first_role;
    line->first_cells = first_cells;
    line->text = g_strdup(text);
    line->role = role;
    g_ptr_array_add(view->lines, line);
}

void lines_add(LinesView *view, const char *text, ThemeRole role)
{
    lines_add_pair(view, NULL, THEME_NORMAL, 0, text, role);
}

void lines_begin_at_end(View *view)
{
    ((LinesView *)view)->at_end = TRUE;
}

static void mark(const Ui *ui, Area area, int row, int column, const char *text)
{
    gsize bytes;
    const char *found =
        ui->search_text && *ui->search_text ? find_text(text, strlen(text), ui->search_text, &bytes) : NULL;
    if (found)
        area_restyle(area, row, column + text_display_width(text, (gssize)(found - text)),
                     text_display_width(found, (gssize)bytes), ui_style(ui, THEME_MATCH), FALSE);
}

static void draw_line(const Ui *ui, Area area, int row, const TextLine *line)
{
    int column = 1;
    if (line->first) {
        int end = area_fit(area, row, column, line->first_cells, line->first, -1, TEXT_CUT_ELLIPSIS, FALSE,
                           ui_style(ui, line->first_role));
        mark(ui, area, row, column, line->first);
        column = end + 1;
    }
    area_text(area, row, column, line->text, -1, ui_style(ui, line->role));
    mark(ui, area, row, column, line->text);
}

static void lines_draw(View *view, Area area, gboolean focused)
{
    LinesView *lines = (LinesView *)view;
    Area body = area_part(area, 1, 0, area.rows - 1, area.columns);
    g_ptr_array_set_size(lines->lines, 0);
    lines->fill(lines, MAX(body.columns - 2, 10), lines->user_data);
    gboolean was_at_end =
        lines->at_end && lines->scroller.top >= lines->scroller.count - lines->scroller.height;
    scroller_set(&lines->scroller, (int)lines->lines->len, body.rows);
    if (was_at_end)
        scroller_edge(&lines->scroller, 1);
    char buffer[16];
    ui_draw_title(view->ui, area, lines->title, scroller_words(&lines->scroller, buffer), focused);
    for (int row = 0; row < body.rows && lines->scroller.top + row < lines->scroller.count; row++)
        draw_line(view->ui, body, row, lines->lines->pdata[lines->scroller.top + row]);
    if (focused)
        area_put_cursor(body, 0, 0);
}

static void lines_move(View *view, int rows)
{
    scroller_move(&((LinesView *)view)->scroller, rows);
}

static void lines_page(View *view, int half_pages)
{
    scroller_page(&((LinesView *)view)->scroller, half_pages);
}

static void lines_edge(View *view, int direction)
{
    scroller_edge(&((LinesView *)view)->scroller, direction);
}

static gboolean lines_search(View *view, const char *wanted, int direction, GError **error)
{
    LinesView *lines = (LinesView *)view;
    int from = lines->match >= 0 ? lines->match : lines->scroller.top - 1;
    for (int i = from + direction; i >= 0 && i < (int)lines->lines->len; i += direction) {
        const TextLine *line = lines->lines->pdata[i];
        gsize bytes;
        if (!find_text(line->text, strlen(line->text), wanted, &bytes) &&
            !(line->first && find_text(line->first, strlen(line->first), wanted, &bytes)))
            continue;
        lines->match = i;
        lines->scroller.top = MAX(0, i - lines->scroller.height / 3);
        scroller_set(&lines->scroller, lines->scroller.count, lines->scroller.height);
        return TRUE;
    }
    lines->match = -1;
    g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT,
                direction > 0 ? _("“%s” is not found further down.") : _("“%s” is not found further up."),
                wanted);
    return FALSE;
}

static void lines_changed(View *view, ModelRepaint what)
{
    if (what & (MODEL_REPAINT_NOTICE | MODEL_REPAINT_WIRE))
        ui_redraw(view->ui);
}

static char *lines_title(View *view)
{
    return g_strdup(((LinesView *)view)->title);
}

static void lines_free(View *view)
{
    LinesView *lines = (LinesView *)view;
    if (lines->free_data)
        lines->free_data(lines->user_data);
    g_ptr_array_unref(lines->lines);
    g_free(lines->title);
    g_free(lines);
}

static const ViewClass lines_class = {
    .context = CONTEXT_TEXT,
    .draw = lines_draw,
    .free = lines_free,
    .move = lines_move,
    .page = lines_page,
    .scroll = lines_move,
    .edge = lines_edge,
    .changed = lines_changed,
    .search = lines_search,
    .title = lines_title,
};

View *view_lines_new(Ui *ui, const char *title, LinesFill fill, gpointer user_data, GDestroyNotify free_data)
{
    LinesView *lines = g_new0(LinesView, 1);
    lines->view = (View){ &lines_class, ui };
    lines->title = g_strdup(title);
    lines->fill = fill;
    lines->user_data = user_data;
    lines->free_data = free_data;
    lines->lines = g_ptr_array_new_with_free_func((GDestroyNotify)text_line_free);
    lines->scroller.free = TRUE;
    lines->match = -1;
    return &lines->view;
}

/* --- a text by itself ------------------------------------------------------------------------------------
 */

static void fill_text(LinesView *view, int width, gpointer user_data)
{
    g_auto(GStrv) lines = text_wrap(user_data, width);
    for (guint i = 0; lines[i]; i++)
        lines_add(view, lines[i], THEME_BODY);
}

View *view_text_new(Ui *ui, const char *title, const char *text)
{
    return view_lines_new(ui, title, fill_text, text_make_safe(text, -1, TEXT_MULTI_LINE), g_free);
}
