/* Where views stand: at every size, nothing overlaps, nothing lies outside, nothing that is needed is
 * missing. */
#include "config.h"

#include "ui/layout.h"

static void assert_inside(const LayoutBox *box, int rows, int columns)
{
    g_assert_cmpint(box->rows, >=, 0);
    g_assert_cmpint(box->columns, >=, 0);
    g_assert_cmpint(box->row, >=, 0);
    g_assert_cmpint(box->column, >=, 0);
    g_assert_cmpint(box->row + box->rows, <=, rows);
    g_assert_cmpint(box->column + box->columns, <=, columns);
}

static gboolean overlap(const LayoutBox *a, const LayoutBox *b)
{
    return a->rows > 0 && a->columns > 0 && b->rows > 0 && b->columns > 0 && a->row < b->row + b->rows &&
           b->row < a->row + a->rows && a->column < b->column + b->columns &&
           b->column < a->column + a->columns;
}

static void check(const LayoutWish *wish)
{
    Layout layout;
    layout_compute(wish, &layout);
    const LayoutBox *boxes[] = { &layout.sidebar, &layout.list,    &layout.reader,
                                 &layout.status,  &layout.key_bar, &layout.line };
    for (guint i = 0; i < G_N_ELEMENTS(boxes); i++) {
        assert_inside(boxes[i], wish->rows, wish->columns);
        for (guint j = 0; j < i; j++)
            g_assert_false(overlap(boxes[i], boxes[j]));
    }
    g_assert_cmpint(layout.line.rows, ==, 1);
    /* what has the person's attention is there */
    if (wish->rows >= 4 && wish->columns >= 40) {
        if (wish->reader_open)
            g_assert_cmpint(layout.reader.rows, >, 0);
        else
            g_assert_cmpint(layout.list.rows, >, 0);
        if (wish->sidebar_focused)
            g_assert_cmpint(layout.sidebar.columns, >, 0);
    }
}

static void test_all_sizes(void)
{
    for (int rows = 2; rows <= 110; rows += rows < 40 ? 1 : 7)
        for (int columns = 10; columns <= 310; columns += columns < 120 ? 3 : 17)
            for (guint bits = 0; bits < 64; bits++) {
                LayoutWish wish = {
                    .rows = rows,
                    .columns = columns,
                    .sidebar = bits & 1,
                    .sidebar_focused = (bits & 2) != 0,
                    .sidebar_width = 26,
                    .reader_open = (bits & 4) != 0,
                    .key_bar = (bits & 8) != 0,
                    .reader = (LayoutReader)(bits >> 4),
                    .reader_percent = 60,
                };
                check(&wish);
            }
}

static Layout at(int rows, int columns, gboolean reader)
{
    LayoutWish wish = { rows, columns, TRUE, FALSE, 26, reader, LAYOUT_READER_AUTO, 60, TRUE };
    Layout layout;
    layout_compute(&wish, &layout);
    return layout;
}

static void test_usual_sizes(void)
{
    Layout small = at(24, 80, TRUE);
    g_assert_cmpint(small.sidebar.columns, ==, 0);
    g_assert_cmpint(small.list.rows, ==, 0); /* the reader takes the list's place */
    g_assert_cmpint(small.reader.rows, ==, 21);
    g_assert_cmpint(small.reader.columns, ==, 80);
    Layout tall = at(50, 160, TRUE);
    g_assert_cmpint(tall.sidebar.columns, ==, 26);
    g_assert_cmpint(tall.list.rows, >=, 6);
    g_assert_cmpint(tall.reader.row, ==, tall.list.rows); /* below */
    g_assert_cmpint(tall.reader.columns, ==, 133);
    Layout wide = at(28, 200, TRUE);
    g_assert_cmpint(wide.reader.row, ==, 0); /* beside */
    g_assert_cmpint(wide.reader_border, >, 0);
    g_assert_cmpint(wide.list.columns, >=, 40);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/layout/all-sizes", test_all_sizes);
    g_test_add_func("/ui/layout/usual-sizes", test_usual_sizes);
    return g_test_run();
}
