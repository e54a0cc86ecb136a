#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "config/options.h"
#include "config/problem.h"
#include "config/theme.h"

static void test_table(void)
{
    g_autoptr(Options) options = options_new();
    for (guint id = 0; id < OPTION_COUNT; id++) {
        const OptionRow *row = option_row(id);
        g_assert_cmpuint(row->id, ==, id);
        g_assert_nonnull(row->name);
        g_assert_cmpuint(strlen(row->help), >, 10);
        g_assert_true(option_find(row->name) == row);
        g_assert_cmpstr(option_names()[id], ==, row->name);
        g_assert_true((row->type == OPTION_TYPE_NUMBER) == (row->unit != NULL));
        g_assert_true(row->type != OPTION_TYPE_CHOICE || row->choices != NULL);
        for (guint other = 0; other < id; other++)
            g_assert_cmpstr(option_row(other)->name, !=, row->name);
        /* What is set formats to what sets it. */
        g_autofree char *text = options_format(options, id);
        g_assert_cmpstr(text, ==, row->default_value);
        g_assert_true(options_is_default(options, id));
        if (row->example != NULL) {
            g_autoptr(GError) error = NULL;
            g_assert_true(options_set(options, row->name, row->example, &error));
            g_assert_no_error(error);
            g_assert_false(options_is_default(options, id));
        }
    }
    g_assert_null(option_names()[OPTION_COUNT]);
}

static void test_set(void)
{
    g_autoptr(Options) options = options_new();
    g_assert_true(options_set(options, "threads", "No", NULL));
    g_assert_false(options_bool(options, OPTION_THREADS));
    g_assert_true(options_set(options, "sort", "Size", NULL));
    g_assert_cmpuint(options_choice(options, OPTION_SORT), ==, SORT_SIZE);
    g_assert_true(options_set(options, "MARK-READ-DELAY", "-1", NULL));
    g_assert_cmpint(options_number(options, OPTION_MARK_READ_DELAY), ==, -1);
    g_assert_true(options_set(options, "date-format", "\" %d \\\"%b\\\" \"", NULL));
    g_assert_cmpstr(options_text(options, OPTION_DATE_FORMAT), ==, " %d \"%b\" ");
    g_autofree char *format = options_format(options, OPTION_DATE_FORMAT);
    g_assert_cmpstr(format, ==, "\" %d \\\"%b\\\" \"");
    g_assert_true(options_set(options, "headers", "From,,  Date ,", NULL));
    const char *const *headers = options_list(options, OPTION_HEADERS);
    g_assert_cmpuint(g_strv_length((char **) headers), ==, 2);
    g_assert_cmpstr(headers[1], ==, "Date");

    g_autoptr(Options) copy = options_copy(options);
    g_assert_true(options_set(options, "headers", "", NULL));
    g_assert_null(options_list(options, OPTION_HEADERS)[0]);
    g_assert_cmpstr(options_list(copy, OPTION_HEADERS)[0], ==, "From");
}

/* Every choice word stands for the number of the enum that callers compare with. */
static void test_choices(void)
{
    static const struct {
        const char *name, *word;
        OptionId id;
        guint value;
    } cases[] = {
        { "sort", "date", OPTION_SORT, SORT_DATE },
        { "sort", "arrived", OPTION_SORT, SORT_ARRIVED },
        { "sort", "from", OPTION_SORT, SORT_FROM },
        { "sort", "subject", OPTION_SORT, SORT_SUBJECT },
        { "reader", "auto", OPTION_READER, READER_AUTO },
        { "reader", "below", OPTION_READER, READER_BELOW },
        { "reader", "right", OPTION_READER, READER_RIGHT },
        { "reader", "full", OPTION_READER, READER_FULL },
        { "key-set", "mutt", OPTION_KEY_SET, KEY_SET_MUTT },
        { "key-set", "alpine", OPTION_KEY_SET, KEY_SET_ALPINE },
        { "key-set", "vi", OPTION_KEY_SET, KEY_SET_VI },
        { "ascii", "auto", OPTION_ASCII, ASCII_AUTO },
        { "ascii", "yes", OPTION_ASCII, ASCII_YES },
        { "ascii", "no", OPTION_ASCII, ASCII_NO },
        { "delete", "trash", OPTION_DELETE, DELETE_TRASH },
        { "delete", "expunge", OPTION_DELETE, DELETE_EXPUNGE },
    };
    g_autoptr(Options) options = options_new();
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_true(options_set(options, cases[i].name, cases[i].word, NULL));
        g_assert_cmpuint(options_choice(options, cases[i].id), ==, cases[i].value);
    }
}

static void test_wrong(void)
{
    static const struct {
        const char *name, *value, *must_say;
        int code;
    } cases[] = {
        { "sotr", "date", "did you mean “sort”?", CONFIG_ERROR_NAME },
        { "quote-colors", "red", "did you mean “quote-colours”?", CONFIG_ERROR_NAME },
        { "zzz", "1", "there is no option “zzz”", CONFIG_ERROR_NAME },
        { "sort", "dat", "one of date, arrived, from, subject, size; did you mean “date”?", CONFIG_ERROR_VALUE },
        { "threads", "yess", "yes or no; did you mean “yes”?", CONFIG_ERROR_VALUE },
        { "sidebar-width", "9", "from 10 to 80", CONFIG_ERROR_VALUE },
        { "sidebar-width", "24 columns", "from 10 to 80", CONFIG_ERROR_VALUE },
        { "poll", "99999999999999999999", "from 0 to 604800", CONFIG_ERROR_VALUE },
        { "headers", "From Date", "separated by commas", CONFIG_ERROR_VALUE },
        { "text-preference", "html", "text/plain", CONFIG_ERROR_VALUE },
        { "quote-colours", "red, gren", "did you mean “green”?", CONFIG_ERROR_VALUE },
        { "date-format", "%d \x1b[31m", "control characters", CONFIG_ERROR_VALUE },
    };
    g_autoptr(Options) options = options_new();
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(options_set(options, cases[i].name, cases[i].value, &error));
        g_assert_error(error, CONFIG_ERROR, cases[i].code);
        if (strstr(error->message, cases[i].must_say) == NULL)
            g_error("“%s” does not say “%s”", error->message, cases[i].must_say);
    }
    for (guint id = 0; id < OPTION_COUNT; id++)
        g_assert_true(options_is_default(options, id));
}

static void test_load(void)
{
    g_autofree char *folder = g_dir_make_tmp("malle-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "config", NULL);
    g_autoptr(Options) options = options_new();
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_assert_true(options_load(options, path, problems)); /* none is a good one */

    g_assert_true(g_file_set_contents(path,
                                      "# comment\n"
                                      "sort = size\n"
                                      "set threads no\n"
                                      "sidebar-width = wide\n"
                                      "wrap = 72\n"
                                      "wrap = 80\n"
                                      "what\n",
                                      -1, NULL));
    g_assert_false(options_load(options, path, problems));
    g_autoptr(GError) error = NULL;
    g_assert_false(config_problems_to_error(problems, &error));
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 4);
    g_assert_nonnull(strstr(lines[0], "config:3: there is no “=” here; write threads = VALUE"));
    g_assert_nonnull(strstr(lines[1], "config:4: sidebar-width cannot be “wide”"));
    g_assert_nonnull(strstr(lines[2], "config:6: “wrap” is given already, in line 5"));
    g_assert_nonnull(strstr(lines[3], "config:7: this is not NAME = VALUE"));
    /* What can be understood is used. */
    g_assert_cmpuint(options_choice(options, OPTION_SORT), ==, SORT_SIZE);
    g_assert_cmpint(options_number(options, OPTION_SIDEBAR_WIDTH), ==, 24);
    g_assert_cmpint(options_number(options, OPTION_WRAP), ==, 80);
    g_unlink(path);
    g_rmdir(folder);
}

static void test_suggest(void)
{
    static const char *const words[] = { "sort", "sidebar", "sidebar-width", NULL };
    g_assert_cmpstr(config_suggest("SORT", words), ==, "sort");
    g_assert_cmpstr(config_suggest("srot", words), ==, "sort");
    g_assert_cmpstr(config_suggest("sidbar", words), ==, "sidebar");
    g_assert_cmpstr(config_suggest("sidebar_width", words), ==, "sidebar-width");
    g_assert_null(config_suggest("", words));
    g_assert_null(config_suggest("xyzw", words));
    g_autofree char *long_word = g_strnfill(100000, 's');
    g_assert_null(config_suggest(long_word, words));
}

static void test_theme(void)
{
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autofree Theme *theme = theme_parse("base = light\n"
                                          "list-unread = bold underline bright-red on 17\n"
                                          "quote-1 = #ff0000\n"
                                          "quote-2 = on blue\n"
                                          "list-unred = bold\n"
                                          "status = bold blu\n"
                                          "base = dark\n"
                                          "error\n",
                                          "themes/mine", problems);
    const ThemeStyle *unread = &theme->styles[THEME_LIST_UNREAD];
    g_assert_cmpint(unread->foreground, ==, 9);
    g_assert_cmpint(unread->background, ==, 17);
    g_assert_cmpint(unread->attributes, ==, THEME_BOLD | THEME_UNDERLINE);
    g_assert_cmpint(theme->styles[THEME_QUOTE_1].foreground, ==, THEME_RGB | 0xff0000);
    g_assert_cmpint(theme->styles[THEME_QUOTE_2].foreground, ==, -1);
    g_assert_cmpint(theme->styles[THEME_QUOTE_2].background, ==, 4);
    const ThemeStyle *light_status = &theme_builtin("light")->styles[THEME_STATUS];
    g_assert_cmpint(theme->styles[THEME_STATUS].background, ==, light_status->background);

    g_autoptr(GError) error = NULL;
    g_assert_false(config_problems_to_error(problems, &error));
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 4);
    g_assert_cmpstr(lines[0], ==, "themes/mine:5: there is no role “list-unred”; did you mean “list-unread”?");
    g_assert_cmpstr(lines[1], ==, "themes/mine:6: there is no colour “blu”; did you mean “blue”?");
    g_assert_true(g_str_has_prefix(lines[2], "themes/mine:7: “base” must stand"));
    g_assert_cmpstr(lines[3], ==, "themes/mine:8: this is not ROLE = STYLE");
    for (guint role = 0; role < THEME_ROLE_COUNT; role++)
        g_assert_nonnull(theme_role_name(role));
    /* mono is what its name says. */
    for (guint role = 0; role < THEME_ROLE_COUNT; role++) {
        g_assert_cmpint(theme_builtin("mono")->styles[role].foreground, ==, -1);
        g_assert_cmpint(theme_builtin("mono")->styles[role].background, ==, -1);
    }
}

static void test_theme_load(void)
{
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autofree Theme *outside = theme_load("../accounts", problems);
    g_autofree Theme *missing = theme_load("nowhere", problems);
    g_assert_cmpuint(problems->len, ==, 2);
    g_assert_cmpmem(outside, sizeof *outside, theme_builtin("dark"), sizeof(Theme));
    g_assert_cmpmem(missing, sizeof *missing, theme_builtin("dark"), sizeof(Theme));
    g_assert_cmpint(theme_colour_fit(196, 16), ==, 9);
    g_assert_cmpint(theme_colour_fit(-1, 16), ==, -1);
    g_assert_cmpint(theme_colour_fit(231, 16), ==, 15);
    g_assert_cmpint(theme_colour_fit(THEME_RGB | 0xff0000, 256), ==, 196);
    g_assert_cmpint(theme_colour_fit(THEME_RGB | 0xd0d0d0, 256), ==, 252);
    g_assert_cmpint(theme_colour_fit(THEME_RGB | 0xff0000, 16), ==, 9);
    g_assert_cmpint(theme_colour_fit(THEME_RGB | 0x123456, 1 << 24), ==, THEME_RGB | 0x123456);
    ThemeStyle style = { 0 };
    g_assert_true(theme_style_parse("bold #123456 on #d0d0d0", &style, NULL));
    g_autofree char *text = theme_style_format(&style);
    g_assert_cmpstr(text, ==, "bold #123456 on #d0d0d0");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/options/table", test_table);
    g_test_add_func("/options/set", test_set);
    g_test_add_func("/options/choices", test_choices);
    g_test_add_func("/options/wrong", test_wrong);
    g_test_add_func("/options/load", test_load);
    g_test_add_func("/options/suggest", test_suggest);
    g_test_add_func("/theme/parse", test_theme);
    g_test_add_func("/theme/load", test_theme_load);
    return g_test_run();
}
