#include "config.h"

#include <string.h>

#include "config/keys.h"
#include "config/problem.h"

static void test_sequences(void)
{
    static const struct {
        const char *text, *canonical; /* keys separated by spaces */
    } cases[] = {
        { "d", "d" },
        { "gg", "g g" },
        { "<Esc>v", "<Esc> v" },
        { "^Dx", "<C-d> x" },
        { "^", "^" },
        { "\\Ce\\ev", "<C-e> <Esc> v" },
        { "<enter><SPACE><PgDn>", "<Enter> <Space> <PageDown>" },
        { "<C-X>", "<C-x>" },
        { "<C-i><C-m><C-[>", "<Tab> <Enter> <Esc>" },
        { "<M-v><A-v>", "<M-v> <M-v>" },
        { "<M-C-v>", "<C-M-v>" },
        { "<M-V>", "<M-V>" },
        { "<S-C-Up>", "<C-S-Up>" },
        { "<BackTab>", "<S-Tab>" },
        { "<f5><F20>", "<F5> <F20>" },
        { "<lt>>", "<lt> >" },
        { "<M->>", "<M->>" },
        { "<M-->", "<M-->" },
        { "é\xe2\x82\xac", "é \xe2\x82\xac" },
        { "<x>", "x" },
        { "<<>", "<lt>" },
        { "<^>d<\\>Cd", "^ d \\ C d" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) keys = key_sequence_parse(cases[i].text, &error);
        g_assert_no_error(error);
        g_autofree char *joined = g_strjoinv(" ", keys);
        g_assert_cmpstr(joined, ==, cases[i].canonical);
        /* The canonical spelling stands for itself. */
        g_autofree char *formatted = key_sequence_format((const char *const *) keys);
        g_auto(GStrv) again = key_sequence_parse(formatted, &error);
        g_assert_no_error(error);
        g_assert_true(g_strv_equal((const char *const *) keys, (const char *const *) again));
    }
}

static void test_wrong_sequences(void)
{
    static const struct {
        const char *text, *must_say;
    } cases[] = {
        { "", "no key" },
        { "<", "<lt>" },
        { "<>", "<lt>" },
        { "<Entr>", "did you mean “Enter”?" },
        { "<F21>", "no key <F21>" },
        { "<F0>", "no key <F0>" },
        { "<S-d>", "Shift" },
        { "<C-1>", "Ctrl" },
        { "<C-é>", "Ctrl" },
        { "abcdefghi", "eight" },
        { "a\x01", "no key makes" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(key_sequence_parse(cases[i].text, &error));
        g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE);
        if (strstr(error->message, cases[i].must_say) == NULL)
            g_error("%s: “%s” does not say “%s”", cases[i].text, error->message, cases[i].must_say);
    }
}

static void test_file(void)
{
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(GPtrArray) bindings = key_bindings_parse("# mine\n"
                                                       "bind list d delete-message\n"
                                                       "bind List  gg\tsort  size\n"
                                                       "bnid list x y\n"
                                                       "bind list x\n"
                                                       "unbind list # \n"
                                                       "unbind list x y\n"
                                                       "bind any <Foo> check-mail\n",
                                                       "keys", problems);
    g_assert_cmpuint(bindings->len, ==, 3);
    const KeyBinding *first = g_ptr_array_index(bindings, 0), *second = g_ptr_array_index(bindings, 1);
    const KeyBinding *third = g_ptr_array_index(bindings, 2);
    g_assert_cmpstr(first->context, ==, "list");
    g_assert_cmpstr(first->command, ==, "delete-message");
    g_assert_cmpuint(first->line, ==, 2);
    g_assert_cmpstr(second->context, ==, "list");
    g_assert_cmpstr(second->command, ==, "sort  size");
    g_assert_cmpuint(g_strv_length(second->keys), ==, 2);
    g_assert_null(third->command);
    g_assert_cmpstr(third->keys[0], ==, "#");

    g_autoptr(GError) error = NULL;
    g_assert_false(config_problems_to_error(problems, &error));
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 4);
    g_assert_true(g_str_has_prefix(lines[0], "keys:4: a line starts with bind or unbind, not with “bnid”; did you mean “bind”?"));
    g_assert_true(g_str_has_prefix(lines[1], "keys:5: this is not: bind CONTEXT KEY COMMAND"));
    g_assert_true(g_str_has_prefix(lines[2], "keys:7: this is not: unbind CONTEXT KEY"));
    g_assert_true(g_str_has_prefix(lines[3], "keys:8: there is no key <Foo>"));

    g_autoptr(GPtrArray) none = key_bindings_load("/nonexistent/keys", problems);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpuint(problems->len, ==, 4);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keys/sequences", test_sequences);
    g_test_add_func("/keys/wrong-sequences", test_wrong_sequences);
    g_test_add_func("/keys/file", test_file);
    return g_test_run();
}
