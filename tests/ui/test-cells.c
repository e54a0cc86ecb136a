/* Text becomes cells: clipped, in the right columns, and never unsafe. */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "term/cells.h"

static void assert_row(const Surface *surface, int row, const char *expected)
{
    g_autofree char *text = surface_row_text(surface, row);
    g_assert_cmpstr(text, ==, expected);
}

/* No half of a wide character without its other half. */
static void assert_whole(const Surface *surface)
{
    for (int row = 0; row < surface_rows(surface); row++)
        for (int column = 0; column < surface_columns(surface); column++) {
            const Cell *cell = surface_cell(surface, row, column);
            if (cell->width == 2) {
                g_assert_cmpint(column + 1, <, surface_columns(surface));
                g_assert_cmpint(surface_cell(surface, row, column + 1)->width, ==, 0);
            } else if (cell->width == 0) {
                g_assert_cmpint(column, >, 0);
                g_assert_cmpint(surface_cell(surface, row, column - 1)->width, ==, 2);
            }
            g_assert_cmpuint(strlen(cell->text), <, CELL_BYTES);
        }
}

static void test_clipping(void)
{
    Surface *surface = surface_new(3, 10);
    Area area = surface_area(surface);
    g_assert_cmpint(area_text(area, 0, 8, "hello", -1, CELL_STYLE_PLAIN), ==, 10);
    assert_row(surface, 0, "        he");
    area_text(area, 1, -2, "hello", -1, CELL_STYLE_PLAIN);
    assert_row(surface, 1, "llo");
    area_text(area, 7, 0, "outside", -1, CELL_STYLE_PLAIN);
    area_text(area, -1, 0, "outside", -1, CELL_STYLE_PLAIN);
    Area part = area_part(area, 2, 3, 5, 4);
    g_assert_cmpint(part.rows, ==, 1);
    area_text(part, 0, 0, "abcdefgh", -1, CELL_STYLE_PLAIN);
    assert_row(surface, 2, "   abcd");
    Area empty = area_part(area, 5, 20, 3, 3);
    g_assert_cmpint(empty.rows * empty.columns, ==, 0);
    area_text(empty, 0, 0, "x", -1, CELL_STYLE_PLAIN);
    surface_free(surface);
}

static void test_wide(void)
{
    Surface *surface = surface_new(4, 6);
    Area area = surface_area(surface);
    area_text(area, 0, 0, "日本語", -1, CELL_STYLE_PLAIN);
    assert_row(surface, 0, "日本語");
    area_text(area, 1, 1, "日本語", -1, CELL_STYLE_PLAIN); /* the third does not fit, not even by half */
    assert_row(surface, 1, " 日本");
    assert_whole(surface);
    area_text(area, 0, 1, "x", -1, CELL_STYLE_PLAIN); /* overwriting a half takes the other one too */
    assert_row(surface, 0, " x本語");
    area_text(area, 0, 2, "y", -1, CELL_STYLE_PLAIN);
    assert_row(surface, 0, " xy 語");
    area_text(area, 0, 3, "界", -1, CELL_STYLE_PLAIN);
    assert_whole(surface);
    area_text(area, 2, 0,
              "e\xcc\x81"
              "a",
              -1, CELL_STYLE_PLAIN); /* a mark stands on its letter */
    g_assert_cmpstr(surface_cell(surface, 2, 0)->text, ==, "e\xcc\x81");
    g_assert_cmpstr(surface_cell(surface, 2, 1)->text, ==, "a");
    surface_free(surface);
}

static void test_fit(void)
{
    Surface *surface = surface_new(3, 12);
    Area area = surface_area(surface);
    area_fit(area, 0, 0, 6, "abcdefgh", -1, TEXT_CUT_ELLIPSIS, FALSE, CELL_STYLE_PLAIN);
    assert_row(surface, 0, "abcde…");
    g_assert_cmpint(area_fit(area, 1, 0, 8, "12 kB", -1, TEXT_CUT_PLAIN, TRUE, CELL_STYLE_PLAIN), ==, 8);
    assert_row(surface, 1, "   12 kB");
    area_fit(area, 2, 0, 4, "日本語", -1, TEXT_CUT_PLAIN, FALSE, CELL_STYLE_PLAIN);
    assert_row(surface, 2, "日本");
    surface_free(surface);
}

/* What comes from outside: nothing that a terminal acts on is ever in a cell, whoever forgot to make it safe.
 */
static void test_hostile(void)
{
    static const char *const hostile[] = {
        "\033[2Jgone",
        "\033]52;c;aGk=\007",
        "a\x08\x08\x08"
        "b",
        "\x9b"
        "31m",
        "\xc2\x9b"
        "31m",
        "\xe2\x80\xae"
        "exe.txt",
        "\xff\xfe",
        "a\rb",
        "tab\there",
        "\xe2\x81\xa6isolate",
        "zwj\xe2\x80\x8d"
        "x",
        "\x7f",
    };
    Surface *surface = surface_new(G_N_ELEMENTS(hostile), 30);
    for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
        area_text(surface_area(surface), (int)i, 0, hostile[i], -1, CELL_STYLE_PLAIN);
        for (int column = 0; column < 30; column++) {
            const char *text = surface_cell(surface, (int)i, column)->text;
            g_assert_true(g_utf8_validate(text, -1, NULL));
            for (const char *p = text; *p; p = g_utf8_next_char(p)) {
                gunichar c = g_utf8_get_char(p);
                g_assert_false(c < 0x20 || (c >= 0x7f && c < 0xa0));
                g_assert_false((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069));
            }
        }
    }
    assert_whole(surface);
    surface_free(surface);
}

/* A locale that is not UTF-8 gets what its charset has. */
static void test_transliterate(void)
{
    g_autofree char *before = g_strdup(setlocale(LC_CTYPE, NULL));
    setlocale(LC_CTYPE, "C");
    Surface *surface = surface_new(2, 30);
    surface_set_transliterate(surface, TRUE);
    area_text(surface_area(surface), 0, 0, "Été — “naïve” │ 日", -1, CELL_STYLE_PLAIN);
    area_repeat(surface_area(surface), 1, 0, 5, "─", CELL_STYLE_PLAIN);
    for (int column = 0; column < 30; column++)
        for (const char *p = surface_cell(surface, 0, column)->text; *p; p++)
            g_assert_cmpint((guchar)*p, <, 0x80);
    g_autofree char *text = surface_row_text(surface, 0);
    g_assert_true(g_str_has_prefix(text, "Ete - \"naive\" |"));
    assert_row(surface, 1, "-----");
    surface_free(surface);
    setlocale(LC_CTYPE, before);
}

static void test_restyle_and_cursor(void)
{
    Surface *surface = surface_new(2, 8);
    CellStyle red = { 1, -1, 0 }, reverse = { -1, -1, CELL_REVERSE };
    area_text(surface_area(surface), 0, 0, "abcd", -1, red);
    area_restyle(surface_area(surface), 0, 1, 2, reverse, TRUE);
    g_assert_cmpint(surface_cell(surface, 0, 1)->style.foreground, ==, 1);
    g_assert_cmpint(surface_cell(surface, 0, 1)->style.attributes, ==, CELL_REVERSE);
    g_assert_cmpint(surface_cell(surface, 0, 3)->style.attributes, ==, 0);
    int row, column;
    g_assert_false(surface_cursor(surface, &row, &column));
    area_put_cursor(area_part(surface_area(surface), 1, 2, 1, 4), 0, 3);
    g_assert_true(surface_cursor(surface, &row, &column));
    g_assert_cmpint(row, ==, 1);
    g_assert_cmpint(column, ==, 5);
    surface_clear(surface, CELL_STYLE_PLAIN);
    g_assert_false(surface_cursor(surface, &row, &column));
    surface_free(surface);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/term/cells/clipping", test_clipping);
    g_test_add_func("/term/cells/wide", test_wide);
    g_test_add_func("/term/cells/fit", test_fit);
    g_test_add_func("/term/cells/hostile", test_hostile);
    g_test_add_func("/term/cells/transliterate", test_transliterate);
    g_test_add_func("/term/cells/restyle-and-cursor", test_restyle_and_cursor);
    return g_test_run();
}
