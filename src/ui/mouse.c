/* The mouse: the wheel scrolls what is under it, a click selects, two open, borders are dragged. It does nothing that a key does not. */
#include "config.h"

#include "ui/app.h"

#define WHEEL_ROWS 3
#define DOUBLE_CLICK_US (400 * 1000)

static gboolean is_in(const LayoutBox *box, const Key *key)
{
    return box->rows > 0 && box->columns > 0 && key->row >= box->row && key->row < box->row + box->rows && key->column >= box->column &&
           key->column < box->column + box->columns;
}

static View *view_under(Ui *ui, const Key *key)
{
    if (is_in(&ui->layout.sidebar, key))
        return ui->sidebar;
    if (ui->overlays->len > 0)
        return is_in(&ui->layout.main, key) ? ui_focused(ui) : NULL;
    if (is_in(&ui->layout.reader, key))
        return ui->reader;
    return is_in(&ui->layout.list, key) ? ui->list_view : NULL;
}

/* --- borders ------------------------------------------------------------------------------------- */

static MouseDrag border_under(const Ui *ui, const Key *key)
{
    const Layout *layout = &ui->layout;
    if (layout->sidebar_border >= 0 && key->column == layout->sidebar_border && key->row < layout->main.rows)
        return DRAG_SIDEBAR;
    if (ui->overlays->len > 0 || layout->reader.rows == 0 || layout->list.rows == 0)
        return DRAG_NONE;
    if (layout->reader_border >= 0)
        return key->column == layout->reader_border ? DRAG_READER_BESIDE : DRAG_NONE;
    return key->row == layout->reader.row && is_in(&layout->reader, key) ? DRAG_READER_BELOW : DRAG_NONE; /* its title is the border */
}

static int percent_of(int part, int whole)
{
    return whole > 0 ? (part * 100 + whole / 2) / whole : 0;
}

static void drag(Ui *ui, const Key *key)
{
    const LayoutBox *main = &ui->layout.main;
    if (ui->drag == DRAG_SIDEBAR)
        ui_set_sizes(ui, key->column, ui->reader_percent);
    else if (ui->drag == DRAG_READER_BESIDE)
        ui_set_sizes(ui, ui->sidebar_width, percent_of(main->column + main->columns - key->column, main->columns));
    else if (ui->drag == DRAG_READER_BELOW)
        ui_set_sizes(ui, ui->sidebar_width, percent_of(main->row + main->rows - key->row, main->rows));
}

/* --- clicks -------------------------------------------------------------------------------------- */

static gboolean is_double(Ui *ui, const Key *key)
{
    gint64 now = g_get_monotonic_time();
    gboolean twice = now - ui->clicked_at < DOUBLE_CLICK_US && ui->clicked_row == key->row && ABS(ui->clicked_column - key->column) <= 1;
    ui->clicked_at = twice ? 0 : now; /* a third click is a first one */
    ui->clicked_row = key->row;
    ui->clicked_column = key->column;
    return twice;
}

static void click_list(Ui *ui, const Key *key, gboolean twice)
{
    int line = key->row - ui->layout.list.row - 1;
    ui_set_focus(ui, ui->list_view);
    if (!ui->list || line < 0 || (guint)line >= model_list_n_rows(ui->list))
        return;
    model_list_select_line(ui->list, (guint)line);
    if (twice)
        command_run_line(ui, "open-message");
}

static void click_sidebar(Ui *ui, const Key *key)
{
    ui_set_focus(ui, ui->sidebar);
    if (view_sidebar_click(ui->sidebar, key->row - ui->layout.sidebar.row - 1))
        command_run_line(ui, "open-mailbox");
}

static void click_reader(Ui *ui, const Key *key, gboolean twice)
{
    ui_set_focus(ui, ui->reader);
    const Cell *cell = ui->screen ? surface_cell(screen_surface(ui->screen), key->row, key->column) : NULL;
    if (!twice || !cell || cell->link == 0 || cell->link > ui->link_numbers->len)
        return;
    g_autofree char *line = g_strdup_printf("open-link %u", g_array_index(ui->link_numbers, guint, cell->link - 1));
    command_run_line(ui, line);
}

static void click(Ui *ui, const Key *key)
{
    gboolean twice = is_double(ui, key);
    View *view = view_under(ui, key);
    if (ui->layout.key_bar.rows > 0 && key->row == ui->layout.key_bar.row) {
        const Command *command = ui_key_bar_command(ui, key->column);
        if (command)
            command_run(ui, command, "");
    } else if (!view) {
        return;
    } else if (view == ui->sidebar) {
        click_sidebar(ui, key);
    } else if (view == ui->list_view) {
        click_list(ui, key, twice);
    } else if (view == ui->reader) {
        click_reader(ui, key, twice);
    } else if (twice && view->class->activate) {
        view->class->activate(view);
    }
}

void ui_take_mouse(Ui *ui, const Key *key)
{
    if (ui->prompt)
        return; /* a question is answered with keys */
    View *view = view_under(ui, key);
    switch (key->mouse) {
    case MOUSE_WHEEL_UP:
    case MOUSE_WHEEL_DOWN:
        if (view && view->class->scroll)
            view->class->scroll(view, key->mouse == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
        break;
    case MOUSE_PRESS:
        ui->drag = key->button == 1 ? border_under(ui, key) : DRAG_NONE;
        if (key->button == 1 && ui->drag == DRAG_NONE)
            click(ui, key);
        break;
    case MOUSE_DRAG:
        drag(ui, key);
        break;
    case MOUSE_RELEASE:
        ui->drag = DRAG_NONE;
        break;
    }
    ui_redraw(ui);
}
