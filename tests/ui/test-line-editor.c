/* A line that is typed. */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "term/line_editor.h"

/* Types words (canonical key names) and single characters; the last key's result. */
static LineResult type(LineEditor *editor, const char *keys)
{
    g_auto(GStrv) names = g_strsplit(keys, " ", -1);
    LineResult result = LINE_IGNORED;
    for (guint i = 0; names[i]; i++) {
        Key key = key_named(names[i]);
        result = line_editor_key(editor, &key);
    }
    return result;
}

static void test_editing(void)
{
    static const char *const cases[][3] = {
        { "", "a b c", "abc" },
        { "hello", "<Left> <Left> X", "helXlo" },
        { "hello", "<Home> <Delete> <End> !", "ello!" },
        { "hello world", "<C-w>", "hello " },
        { "hello world", "<M-Backspace> <M-Backspace>", "" },
        { "hello", "<C-a> <C-k>", "" },
        { "hello", "<C-a> <C-k> <C-y> <C-y>", "hellohello" },
        { "hello", "<Left> <C-u>", "o" },
        { "日本語", "<Left> <Backspace>", "日語" },
        { "e\xcc\x81x", "<Left> <Backspace>", "x" }, /* a letter and its mark go together */
        { "one two", "<M-b> <M-b> <M-d>", " two" },
        { "a", "<Space> b", "a b" },
        { "", "<lt> <Space>", "< " },
        { "x", "<F5> <PageUp>", "x" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(LineEditor) editor = line_editor_new(cases[i][0]);
        type(editor, cases[i][1]);
        g_assert_cmpstr(line_editor_text(editor), ==, cases[i][2]);
    }
}

static void test_ends(void)
{
    g_autoptr(LineEditor) editor = line_editor_new("x");
    g_assert_cmpint(type(editor, "<Enter>"), ==, LINE_ACCEPTED);
    g_assert_cmpint(type(editor, "<C-j>"), ==, LINE_ACCEPTED);
    g_assert_cmpint(type(editor, "<Esc>"), ==, LINE_CANCELLED);
    g_assert_cmpint(type(editor, "<C-g>"), ==, LINE_CANCELLED);
    g_assert_cmpint(type(editor, "<F9>"), ==, LINE_IGNORED);
}

static void test_paste(void)
{
    g_autoptr(LineEditor) editor = line_editor_new("");
    Key paste = { .kind = KEY_PASTE, .text = g_strdup("one\r\ntwo\033[2J\n") };
    g_assert_cmpint(line_editor_key(editor, &paste), ==,
                    LINE_EDITING); /* never accepted by a line end in it */
    key_clear(&paste);
    g_assert_true(g_str_has_prefix(line_editor_text(editor), "one"));
    g_assert_null(strpbrk(line_editor_text(editor), "\r\n\033"));
}

static void test_history(void)
{
    g_autofree char *directory = g_dir_make_tmp("malle-history-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "history", NULL);
    LineHistory *history = line_history_new(path);
    line_history_add(history, "move Lists");
    line_history_add(history, "quit");
    line_history_add(history, "move Archive");
    line_history_add(history, "quit");
    g_assert_cmpuint(line_history_count(history), ==, 3);
    LineEditor *editor = line_editor_new("");
    line_editor_set_history(editor, history);
    type(editor, "<Up>");
    g_assert_cmpstr(line_editor_text(editor), ==, "quit");
    type(editor, "<Up>");
    g_assert_cmpstr(line_editor_text(editor), ==, "move Archive");
    type(editor, "<Down> <Down>");
    g_assert_cmpstr(line_editor_text(editor), ==, "");
    line_editor_free(editor);
    editor = line_editor_new("move"); /* only what begins like that */
    line_editor_set_history(editor, history);
    type(editor, "<Up>");
    g_assert_cmpstr(line_editor_text(editor), ==, "move Archive");
    type(editor, "<Up>");
    g_assert_cmpstr(line_editor_text(editor), ==, "move Lists");
    type(editor, "<Up>");
    g_assert_cmpstr(line_editor_text(editor), ==, "move Lists");
    line_editor_free(editor);
    line_history_free(history);

    GStatBuf status;
    g_assert_cmpint(g_stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    history = line_history_new(path);
    g_assert_cmpuint(line_history_count(history), ==, 3);
    g_assert_cmpstr(line_history_get(history, 2), ==, "quit");
    for (guint i = 0; i < LINE_HISTORY_MAX + 20; i++) {
        g_autofree char *line = g_strdup_printf("line %u", i);
        line_history_add(history, line);
    }
    g_assert_cmpuint(line_history_count(history), ==, LINE_HISTORY_MAX);
    line_history_free(history);
    g_unlink(path);
    g_rmdir(directory);
}

static GPtrArray *complete(const char *text, gsize cursor, gsize *start, gpointer user_data)
{
    static const char *const words[] = { "Lists/debian", "Lists/kernel", "Archive" };
    (void)user_data;
    while (*start > 0 && text[*start - 1] != ' ')
        (*start)--;
    GPtrArray *found = completions_new();
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strncasecmp(words[i], text + *start, cursor - *start) == 0)
            g_ptr_array_add(found, completion_new(words[i], "help"));
    return found;
}

static void test_completion(void)
{
    g_autoptr(LineEditor) editor = line_editor_new("move A");
    line_editor_set_completer(editor, complete, NULL);
    type(editor, "<Tab>");
    g_assert_cmpstr(line_editor_text(editor), ==, "move Archive");
    line_editor_set_text(editor, "move l");
    type(editor, "<Tab>"); /* as far as all agree, in the candidates' spelling */
    g_assert_cmpstr(line_editor_text(editor), ==, "move Lists/");
    int chosen;
    g_assert_cmpuint(line_editor_candidates(editor, &chosen)->len, ==, 2);
    g_assert_cmpint(chosen, ==, -1);
    type(editor, "<Tab>");
    g_assert_cmpstr(line_editor_text(editor), ==, "move Lists/debian");
    type(editor, "<Tab> <Tab>");
    g_assert_cmpstr(line_editor_text(editor), ==, "move Lists/debian");
    type(editor, "<S-Tab>");
    g_assert_cmpstr(line_editor_text(editor), ==, "move Lists/kernel");
    type(editor, "x");
    g_assert_null(line_editor_candidates(editor, NULL));
    line_editor_set_text(editor, "move zzz");
    type(editor, "<Tab>");
    g_assert_cmpstr(line_editor_text(editor), ==, "move zzz");
}

static void test_drawing(void)
{
    Surface *surface = surface_new(1, 20);
    g_autoptr(LineEditor) editor = line_editor_new("");
    for (guint i = 0; i < 30; i++)
        type(editor, "日");
    line_editor_draw(editor, surface_area(surface), 0, 4, 10, CELL_STYLE_PLAIN, TRUE);
    int row, column;
    g_assert_true(surface_cursor(surface, &row, &column));
    g_assert_cmpint(column, >=, 4);
    g_assert_cmpint(column, <, 14);
    g_assert_cmpint(surface_cell(surface, 0, 3)->text[0], ==, ' ');
    g_assert_cmpint(surface_cell(surface, 0, 14)->text[0], ==, ' ');
    type(editor, "<Home>");
    line_editor_draw(editor, surface_area(surface), 0, 4, 10, CELL_STYLE_PLAIN, TRUE);
    surface_cursor(surface, &row, &column);
    g_assert_cmpint(column, ==, 4);
    surface_free(surface);
}

static void test_secret(void)
{
    Surface *surface = surface_new(1, 40);
    g_autoptr(LineEditor) editor = line_editor_new("");
    LineHistory *history = line_history_new(NULL);
    line_editor_set_history(editor, history);
    line_editor_set_secret(editor, TRUE);
    type(editor, "s e c r e t");
    line_editor_draw(editor, surface_area(surface), 0, 0, 40, CELL_STYLE_PLAIN, TRUE);
    g_autofree char *text = surface_row_text(surface, 0);
    g_assert_cmpstr(text, ==, "******");
    g_assert_cmpint(type(editor, "<Enter>"), ==, LINE_ACCEPTED);
    g_assert_cmpstr(line_editor_text(editor), ==, "secret");
    g_assert_cmpuint(line_history_count(history), ==, 0);
    type(editor, "<C-u> <C-y>"); /* nothing of it is kept */
    g_assert_cmpstr(line_editor_text(editor), ==, "");
    line_history_free(history);
    surface_free(surface);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/term/line-editor/editing", test_editing);
    g_test_add_func("/term/line-editor/ends", test_ends);
    g_test_add_func("/term/line-editor/paste", test_paste);
    g_test_add_func("/term/line-editor/history", test_history);
    g_test_add_func("/term/line-editor/completion", test_completion);
    g_test_add_func("/term/line-editor/drawing", test_drawing);
    g_test_add_func("/term/line-editor/secret", test_secret);
    return g_test_run();
}
