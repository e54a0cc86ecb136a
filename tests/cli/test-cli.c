#include "config.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/do.h"
#include "cli/json.h"
#include "ui/command.h"

/* What `malle do` runs are commands of the screen: the same words mean the same. */
static void test_do_names(void)
{
    const char *const *names = do_command_names();
    guint count = 0;
    for (; names[count] != NULL; count++)
        if (command_find(names[count]) == NULL)
            g_error("%s is no command of the screen", names[count]);
    g_assert_cmpuint(count, >=, 18);
}

static void test_settings(void)
{
    CliSettings settings;
    const char *argv[] = { "malle", "-a", "work", "--offline", "--wire-log=x", "--demo", NULL };
    g_assert_cmpint(cli_main(6, (char **) argv, &settings), ==, CLI_START_SCREEN);
    g_assert_cmpstr(settings.account, ==, "work");
    g_assert_cmpstr(settings.wire_log, ==, "x");
    g_assert_true(settings.offline);
    g_assert_true(settings.demo);
    const char *nothing[] = { "malle", NULL };
    g_assert_cmpint(cli_main(1, (char **) nothing, &settings), ==, CLI_START_SCREEN);
    g_assert_null(settings.account);
    g_assert_false(settings.offline);
}

static void test_json(void)
{
    g_autoptr(GString) json = g_string_new(NULL);
    json_open(json, NULL, '[');
    json_open(json, NULL, '{');
    json_string(json, "a\"b", "x\\y\n\x1b[31m \xc2\x9b \xe2\x80\xae é \xff");
    json_string(json, "none", NULL);
    json_number(json, "n", -3);
    json_bool(json, "yes", TRUE);
    json_open(json, "list", '[');
    json_number(json, NULL, 1);
    json_number(json, NULL, 2);
    json_close(json, ']');
    json_close(json, '}');
    json_open(json, NULL, '{');
    json_close(json, '}');
    json_close(json, ']');
    g_assert_cmpstr(json->str, ==,
                    "[{\"a\\\"b\":\"x\\\\y\\n\\u001b[31m \\u009b \\u202e é \xef\xbf\xbd\",\"none\":null,\"n\":-3,\"yes\":true,\"list\":[1,2]},{}]");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/do-names", test_do_names);
    g_test_add_func("/cli/settings", test_settings);
    g_test_add_func("/cli/json", test_json);
    return g_test_run();
}
