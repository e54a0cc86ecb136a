#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/secret.h"

static char *scratch; /* made by main(), removed by it */

static void test_xdg(void)
{
    g_setenv("XDG_STATE_HOME", scratch, TRUE);
    g_autofree char *expected = g_build_filename(scratch, "malle", "log", NULL);
    g_autofree char *located = paths_locate(PATHS_STATE, "log");
    g_assert_cmpstr(located, ==, expected);
    g_autofree char *folder = g_build_filename(scratch, "malle", NULL);
    g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));

    g_autoptr(GError) error = NULL;
    g_autofree char *made = paths_file(PATHS_STATE, "log", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(made, ==, expected);
    struct stat status;
    g_assert_cmpint(stat(folder, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 07777, ==, 0700);

    /* The specification: a relative path is not valid and is ignored. */
    g_setenv("XDG_CONFIG_HOME", "relative", TRUE);
    g_autofree char *config = paths_locate(PATHS_CONFIG, "accounts");
    g_autofree char *fallback = g_build_filename(g_get_home_dir(), ".config", "malle", "accounts", NULL);
    g_assert_cmpstr(config, ==, fallback);

    g_unsetenv("XDG_RUNTIME_DIR");
    g_autofree char *runtime = paths_locate(PATHS_RUNTIME, "x");
    g_autofree char *below_state = g_build_filename(scratch, "malle", "run", "x", NULL);
    g_assert_cmpstr(runtime, ==, below_state);
}

static void test_cannot_make(void)
{
    g_autofree char *file = g_build_filename(scratch, "a-file", NULL);
    g_assert_true(g_file_set_contents(file, "", 0, NULL));
    g_setenv("XDG_CACHE_HOME", file, TRUE);
    g_autoptr(GError) error = NULL;
    g_assert_null(paths_directory(PATHS_CACHE, &error));
    g_assert_error(error, BASE_ERROR, BASE_ERROR_PATH);
    g_assert_nonnull(strstr(error->message, file));
}

static void test_home(void)
{
    const char *home = g_get_home_dir();
    g_autofree char *inside = g_build_filename(home, "a", "b", NULL);
    g_autofree char *expanded = paths_expand("~/a/b");
    g_assert_cmpstr(expanded, ==, inside);
    g_autofree char *shortened = paths_shorten(inside);
    g_assert_cmpstr(shortened, ==, "~/a/b");
    g_autofree char *user = paths_expand("~other/x");
    g_assert_cmpstr(user, ==, "~other/x");
    g_autofree char *longer = g_strconcat(home, "more", NULL);
    g_autofree char *not_home = paths_shorten(longer);
    g_assert_cmpstr(not_home, ==, longer);
}

static void test_redact(void)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        { "connected", "connected" },
        { "a1 LOGIN ada secret", "a1 LOGIN ***" },
        { "a1 authenticate PLAIN AGFkYQ==\r\nnext", "a1 authenticate ***\\x0d\\x0anext" },
        { "PASS hunter2", "PASS ***" },
        { "BYPASS x", "BYPASS x" },
        { "Authorization: Bearer ya29.abc", "Authorization: Bearer ***" },
        { "imaps://ada:se@cret@mail.example/x", "imaps://ada:***@mail.example/x" },
        { "imaps://ada@mail.example:993/", "imaps://ada@mail.example:993/" },
        { "http://[::1]:80/a:b@c", "http://[::1]:80/a:b@c" },
        { "\x1b[31m \xff \xc3\xa9 \xc2\x9b", "\\x1b[31m \\xff \xc3\xa9 \\x9b" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *redacted = log_redact(cases[i].text);
        g_assert_cmpstr(redacted, ==, cases[i].expected);
    }
}

static void test_secret_for_a_server(void)
{
    g_autoptr(Secret) token = secret_new_for("tok", 3, "imap.example.org");
    g_assert_cmpstr(secret_text_for(token, "IMAP.example.org"), ==, "tok");
    g_assert_null(secret_text_for(token, "imap.example.org.evil.example"));
    g_assert_null(secret_text_for(token, ""));
    g_autoptr(Secret) password = secret_new("pw");
    g_assert_null(secret_text_for(password, "imap.example.org"));
}

static void test_secret(void)
{
    char *text = g_strdup("hunter2");
    g_autoptr(Secret) secret = secret_take(&text);
    g_assert_null(text);
    g_assert_cmpstr(secret_text(secret), ==, "hunter2");
    g_assert_cmpuint(secret_length(secret), ==, 7);
    g_autoptr(Secret) other = secret_ref(secret);
    g_assert_true(other == secret);
    g_autoptr(Secret) binary = secret_new_length("a\0b", 3);
    g_assert_cmpmem(secret_text(binary), secret_length(binary) + 1, "a\0b\0", 4);

    char bytes[] = "overwritten";
    secret_wipe(bytes, sizeof bytes);
    for (gsize i = 0; i < sizeof bytes; i++)
        g_assert_cmpint(bytes[i], ==, 0);
    g_assert_null(secret_take(&text));
}

/* Last: the log's writer stays for the life of the process. */
static void test_log(void)
{
    g_autofree char *path = g_build_filename(scratch, "log", NULL);
    g_autofree char *old = g_strconcat(path, ".old", NULL);
    g_autofree char *much = g_strnfill(5 * 1024 * 1024, 'x');
    g_assert_true(g_file_set_contents(path, much, -1, NULL));

    g_autoptr(GError) error = NULL;
    g_assert_false(log_start("/nonexistent/malle/log", G_LOG_LEVEL_INFO, &error));
    g_assert_error(error, BASE_ERROR, BASE_ERROR_PATH);
    g_clear_error(&error);

    g_assert_true(log_start(path, log_level_from_name("info"), &error));
    g_assert_no_error(error);
    g_assert_true(g_file_test(old, G_FILE_TEST_EXISTS));
    g_info("work: LOGIN ada secret");
    g_debug("not at this level");
    g_log("GLib-GIO", G_LOG_LEVEL_MESSAGE, "theirs");

    g_autofree char *written = NULL;
    g_assert_true(g_file_get_contents(path, &written, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(written, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 3);
    g_assert_true(g_str_has_suffix(lines[0], "Z info    work: LOGIN ***"));
    g_assert_true(g_str_has_suffix(lines[1], "Z message GLib-GIO: theirs"));
    g_assert_cmpstr(lines[2], ==, "");
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 07777, ==, 0600);
    g_unlink(old);
    g_unlink(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scratch = g_dir_make_tmp("malle-test-XXXXXX", NULL);
    g_test_add_func("/paths/xdg", test_xdg);
    g_test_add_func("/paths/cannot-make", test_cannot_make);
    g_test_add_func("/paths/home", test_home);
    g_test_add_func("/log/redact", test_redact);
    g_test_add_func("/secret", test_secret);
    g_test_add_func("/secret-for-a-server", test_secret_for_a_server);
    g_test_add_func("/zlog/file", test_log);
    int status = g_test_run();
    g_autofree char *made = g_build_filename(scratch, "malle", NULL);
    g_autofree char *file = g_build_filename(scratch, "a-file", NULL);
    g_rmdir(made);
    g_unlink(file);
    g_rmdir(scratch);
    g_free(scratch);
    return status;
}
