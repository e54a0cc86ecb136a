/* One frame: the layout, every view once, one send to the terminal. All reads of it stand in one picture of
 * the store. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"

void ui_redraw(Ui *ui)
{
    ui->dirty = TRUE;
}

CellStyle ui_style(const Ui *ui, ThemeRole role)
{
    return ui->styles.roles[role];
}

View *ui_focused(const Ui *ui)
{
    if (ui->overlays->len > 0)
        return ui->overlays->pdata[ui->overlays->len - 1];
    return ui->focus;
}

CommandContexts ui_context_now(const Ui *ui)
{
    return ui_focused(ui)->class->context;
}

void view_free(View *view)
{
    if (view)
        view->class->free(view);
}

void ui_draw_title(const Ui *ui, Area area, const char *left, const char *right, gboolean focused)
{
    /* Which part of the screen has the keys is told by its title, with colours or without. */
    CellStyle style = ui_style(ui, focused ? THEME_TITLE : THEME_STATUS);
    if (focused)
        style.attributes |= CELL_BOLD;
    else
        style.attributes &= ~CELL_BOLD;
    Area bar = area_part(area, 0, 0, 1, area.columns);
    area_fill(bar, style);
    int room = bar.columns - 2, wanted = right ? text_display_width(right, -1) : 0;
    /* The right text gives way first, but the left one is cut before it is all of the bar. */
    int right_cells = MIN(wanted, MAX(room - text_display_width(left, -1) - 2, room / 3));
    if (right_cells < 4)
        right_cells = 0;
    area_fit(bar, 0, 1, room - right_cells - (right_cells ? 2 : 0), left, -1, TEXT_CUT_ELLIPSIS, FALSE,
             style);
    if (right_cells)
        area_fit(bar, 0, bar.columns - 1 - right_cells, right_cells, right, -1, TEXT_CUT_ELLIPSIS, TRUE,
                 style);
}

Area ui_draw_box(const Ui *ui, Area area, int rows, int columns, const char *title)
{
    rows = MIN(rows, area.rows);
    columns = MIN(columns, area.columns);
    Area box = area_part(area, (area.rows - rows) / 2, (area.columns - columns) / 2, rows, columns);
    const Glyphs *glyphs = ui->glyphs;
    CellStyle border = ui_style(ui, THEME_BORDER);
    area_fill(box, ui_style(ui, THEME_NORMAL));
    for (int side = 0; side < 2; side++) {
        int row = side ? rows - 1 : 0;
        area_repeat(box, row, 0, columns, glyphs->horizontal, border);
        area_text(box, row, 0, side ? glyphs->corner_bottom_left : glyphs->corner_top_left, -1, border);
        area_text(box, row, columns - 1, side ? glyphs->corner_bottom_right : glyphs->corner_top_right, -1,
                  border);
    }
    for (int row = 1; row < rows - 1; row++) {
        area_text(box, row, 0, glyphs->vertical, -1, border);
        area_text(box, row, columns - 1, glyphs->vertical, -1, border);
    }
    if (title && columns > 8) {
        g_autofree char *padded = g_strdup_printf(" %s ", title);
        area_fit(box, 0, 2, MIN(text_display_width(padded, -1), columns - 4), padded, -1, TEXT_CUT_ELLIPSIS,
                 FALSE, ui_style(ui, THEME_HEADING));
    }
    return area_part(box, 1, 1, rows - 2, columns - 2);
}

static Area boxed(Surface *surface, LayoutBox box)
{
    return area_part(surface_area(surface), box.row, box.column, box.rows, box.columns);
}

static void compute_layout(Ui *ui, Surface *surface)
{
    LayoutWish wish = {
        .rows = surface_rows(surface),
        .columns = surface_columns(surface),
        .sidebar = ui->sidebar && ui->sidebar_wanted,
        .sidebar_focused = ui->sidebar && ui->focus == ui->sidebar && ui->overlays->len == 0,
        .sidebar_width = ui->sidebar_width,
        .reader_open = ui->reader != NULL,
        .reader = (LayoutReader)options_choice(ui->options, OPTION_READER),
        .reader_percent = ui->reader_percent,
        .key_bar = ui->key_bar_wanted,
    };
    layout_compute(&wish, &ui->layout);
}

static void draw_border(Ui *ui, Area screen, int column, const LayoutBox *beside)
{
    for (int row = 0; column >= 0 && row < beside->rows; row++)
        area_text(screen, beside->row + row, column, ui->glyphs->vertical, -1, ui_style(ui, THEME_BORDER));
}

static void draw_view(Ui *ui, View *view, Surface *surface, LayoutBox box)
{
    if (view && box.rows > 0 && box.columns > 0)
        view->class->draw(view, boxed(surface, box), view == ui_focused(ui));
}

static void draw_views(Ui *ui, Surface *surface)
{
    Area screen = surface_area(surface);
    draw_view(ui, ui->sidebar, surface, ui->layout.sidebar);
    draw_border(ui, screen, ui->layout.sidebar_border, &ui->layout.main);
    if (ui->overlays->len > 0) {
        draw_view(ui, ui_focused(ui), surface, ui->layout.main);
        return;
    }
    draw_view(ui, ui->list_view, surface, ui->layout.list);
    draw_view(ui, ui->reader, surface, ui->layout.reader);
    draw_border(ui, screen, ui->layout.reader_border, &ui->layout.reader);
}

static void set_title(Ui *ui)
{
    View *view = ui_focused(ui);
    g_autofree char *title = view->class->title ? view->class->title(view) : NULL;
    g_autofree char *whole = title ? g_strdup_printf("%s — Malle", title) : g_strdup("Malle");
    if (g_strcmp0(whole, ui->window_title) == 0)
        return;
    screen_set_title(ui->screen, whole);
    g_free(ui->window_title);
    ui->window_title = g_steal_pointer(&whole);
}

void ui_paint_surface(Ui *ui, Surface *surface)
{
    g_autoptr(GError) error = NULL;
    surface_clear(surface, ui_style(ui, THEME_NORMAL));
    compute_layout(ui, surface);
    g_array_set_size(ui->link_numbers, 0);
    gboolean framed = model_is_attached(ui->model) && model_frame_begin(ui->model, &error);
    draw_views(ui, surface);
    if (framed)
        model_frame_end(ui->model);
    if (error)
        ui_complain(ui, error);
    ui_draw_status(ui, boxed(surface, ui->layout.status));
    ui_draw_key_bar(ui, boxed(surface, ui->layout.key_bar));
    if (ui->prompt)
        prompt_draw(ui, boxed(surface, ui->layout.line), boxed(surface, ui->layout.main));
    else
        ui_draw_line(ui, boxed(surface, ui->layout.line));
    if (!ui->prompt)
        ui_fault_draw(ui, surface_area(surface), ui->layout.line.row);
    ui->changed = 0;
    ui->dirty = FALSE;
}

void ui_paint(Ui *ui)
{
    ui_paint_surface(ui, screen_surface(ui->screen));
    screen_show(ui->screen);
    set_title(ui);
    /* What is on the screen is what the engine should fetch ahead for: told after the person has seen the
     * frame. */
    if (ui->list && ui->overlays->len == 0)
        model_list_report(ui->list);
}
