#include "config.h"
#include "ui/layout.h"

/* A list of fewer rows, or a text of fewer columns, is no help beside another. */
#define LIST_MIN_ROWS 6
#define READER_MIN_ROWS 16
#define READER_MIN_COLUMNS 72
#define LIST_MIN_COLUMNS 72

static LayoutReader resolve_reader(const LayoutWish *wish, int rows, int columns)
{
    gboolean fits_right = columns >= LIST_MIN_COLUMNS + 1 + READER_MIN_COLUMNS;
    gboolean fits_below = rows >= LIST_MIN_ROWS + READER_MIN_ROWS;
    switch (wish->reader) {
    case LAYOUT_READER_RIGHT:
        return columns >= 80 ? LAYOUT_READER_RIGHT : LAYOUT_READER_FULL;
    case LAYOUT_READER_BELOW:
        return rows >= 10 ? LAYOUT_READER_BELOW : LAYOUT_READER_FULL;
    case LAYOUT_READER_FULL:
        return LAYOUT_READER_FULL;
    default:
        if (fits_below && rows >= 34)
            return LAYOUT_READER_BELOW;
        return fits_right ? LAYOUT_READER_RIGHT : LAYOUT_READER_FULL;
    }
}

/* Bottom rows, by what can be spared first: the key bar, then the status line. The line for prompts stays. */
static int place_bottom(const LayoutWish *wish, Layout *layout)
{
    int rows = wish->rows;
    gboolean status = rows >= 5, key_bar = wish->key_bar && rows >= 10;
    layout->line = (LayoutBox){ rows - 1, 0, 1, wish->columns };
    rows--;
    if (key_bar) {
        layout->key_bar = (LayoutBox){ rows - 1, 0, 1, wish->columns };
        rows--;
    }
    if (status) {
        layout->status = (LayoutBox){ rows - 1, 0, 1, wish->columns };
        rows--;
    }
    return MAX(rows, 0);
}

static void place_sidebar(const LayoutWish *wish, Layout *layout, int rows)
{
    int left = 0;
    if ((wish->sidebar && wish->columns >= LAYOUT_SIDEBAR_MIN_COLUMNS) || wish->sidebar_focused) {
        int width = CLAMP(wish->sidebar_width, 12, MAX(12, wish->columns / 3));
        if (wish->columns < 40)
            width = wish->columns;
        layout->sidebar = (LayoutBox){ 0, 0, rows, width };
        if (width + 1 < wish->columns)
            layout->sidebar_border = width;
        left = MIN(width + 1, wish->columns);
    }
    layout->main = (LayoutBox){ 0, left, rows, wish->columns - left };
}

void layout_compute(const LayoutWish *wish, Layout *layout)
{
    *layout = (Layout){ .sidebar_border = -1, .reader_border = -1 };
    int rows = place_bottom(wish, layout);
    place_sidebar(wish, layout, rows);
    LayoutBox main = layout->main;
    layout->list = main;
    if (!wish->reader_open)
        return;
    int percent = CLAMP(wish->reader_percent, 10, 90);
    switch (resolve_reader(wish, main.rows, main.columns)) {
    case LAYOUT_READER_BELOW: {
        int list_rows =
            CLAMP(main.rows * (100 - percent) / 100, MIN(LIST_MIN_ROWS, main.rows / 2), main.rows - 4);
        layout->list.rows = list_rows;
        layout->reader =
            (LayoutBox){ main.row + list_rows, main.column, main.rows - list_rows, main.columns };
        break;
    }
    case LAYOUT_READER_RIGHT: {
        int list_columns =
            CLAMP(main.columns * (100 - percent) / 100, MIN(40, main.columns / 2), main.columns - 30);
        layout->list.columns = list_columns;
        layout->reader_border = main.column + list_columns;
        layout->reader = (LayoutBox){ main.row, main.column + list_columns + 1, main.rows,
                                      main.columns - list_columns - 1 };
        break;
    }
    default:
        layout->reader = main;
        layout->list.rows = 0;
        break;
    }
}
