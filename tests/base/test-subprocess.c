#include "config.h"

#include "base/subprocess.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static SubprocessResult *run_shell(const char *command)
{
    g_autoptr(GError) error = NULL;
    SubprocessSpec spec = { .command = command };
    SubprocessResult *result = subprocess_run(&spec, &error);
    g_assert_no_error(error);
    return result;
}

static void assert_output(const SubprocessResult *result, const char *expected)
{
    gsize length;
    const char *bytes = g_bytes_get_data(result->output, &length);
    g_assert_cmpmem(bytes, length, expected, strlen(expected));
}

static void test_output_and_status(void)
{
    g_autoptr(SubprocessResult) result = run_shell("echo out; echo err >&2; exit 3");
    assert_output(result, "out\n");
    g_assert_cmpint(result->status, ==, 3);
    g_assert_cmpstr(result->errors, ==, "err");
    g_autofree char *words = subprocess_result_words(result);
    g_assert_nonnull(strstr(words, "3"));
    g_assert_nonnull(strstr(words, "err"));

    g_autoptr(SubprocessResult) killed = run_shell("kill -9 $$");
    g_assert_cmpint(killed->status, ==, 128 + 9);
}

static void test_no_shell(void)
{
    /* What a mail says must not be read by a shell, however it is spelt. */
    const char *const argv[] = { "printf", "%s|", "$(id)", "; echo x", "a b", NULL };
    const char *const environment[] = { "FROM_MAIL=`id`=x", NULL };
    SubprocessSpec spec = { .argv = argv, .environment = environment };
    g_autoptr(GError) error = NULL;
    g_autoptr(SubprocessResult) result = subprocess_run(&spec, &error);
    g_assert_no_error(error);
    assert_output(result, "$(id)|; echo x|a b|");

    const char *const show[] = { "sh", "-c", "printf '%s' \"$FROM_MAIL\"", NULL };
    spec.argv = show;
    g_autoptr(SubprocessResult) shown = subprocess_run(&spec, &error);
    assert_output(shown, "`id`=x");
}

static void test_no_terminal(void)
{
    g_setenv("GPG_TTY", "/dev/tty", TRUE);
    g_autoptr(SubprocessResult) result =
        run_shell("test -z \"$GPG_TTY\" && ! (: </dev/tty) 2>/dev/null && ! read x && echo alone");
    assert_output(result, "alone\n");
}

static void test_input(void)
{
    /* More than a pipe holds, both ways at once. */
    g_autofree char *much = g_strnfill(300000, 'm');
    g_autoptr(GBytes) input = g_bytes_new_static(much, 300000);
    SubprocessSpec spec = { .command = "cat", .input = input };
    g_autoptr(GError) error = NULL;
    g_autoptr(SubprocessResult) result = subprocess_run(&spec, &error);
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(result->output, input));

    /* A child that does not want it: no SIGPIPE, no error. */
    spec.command = "exec 0<&-; echo done";
    g_autoptr(SubprocessResult) unread = subprocess_run(&spec, &error);
    g_assert_no_error(error);
    assert_output(unread, "done\n");
}

static void test_limits(void)
{
    SubprocessSpec spec = { .command = "yes", .output_limit = 1000 };
    g_autoptr(GError) error = NULL;
    g_assert_null(subprocess_run(&spec, &error));
    g_assert_error(error, BASE_ERROR, BASE_ERROR_TOO_MUCH);
    g_clear_error(&error);

    /* Exactly the limit is not too much. */
    spec.command = "printf 1234567890";
    spec.output_limit = 10;
    g_autoptr(SubprocessResult) result = subprocess_run(&spec, &error);
    g_assert_no_error(error);
    assert_output(result, "1234567890");

    g_autoptr(SubprocessResult) noisy = run_shell("head -c 100000 /dev/zero | tr '\\0' e >&2");
    g_assert_cmpuint(strlen(noisy->errors), ==, 4096);
}

static void test_deadline(void)
{
    /* Neither a child that ignores the first signal nor its own children live on: the pipe would stay open. */
    SubprocessSpec spec = { .command = "trap '' TERM; sleep 1000 & wait; sleep 1000", .deadline_ms = 10 };
    g_autoptr(GError) error = NULL;
    g_assert_null(subprocess_run(&spec, &error));
    g_assert_error(error, BASE_ERROR, BASE_ERROR_DEADLINE);
}

static void test_daemon_left_behind(void)
{
    /* The pipe stays open in the background child; were it waited for, this test would take 1,000 seconds. */
    g_autoptr(SubprocessResult) result = run_shell("sleep 1000 & echo $!");
    g_autofree char *pid = g_strndup(g_bytes_get_data(result->output, NULL), g_bytes_get_size(result->output));
    g_assert_cmpint(atoi(pid), >, 1);
    g_assert_cmpint(kill(atoi(pid), SIGKILL), ==, 0);
}

static void must_not_come(const SubprocessResult *result, const GError *error, gpointer data)
{
    (void) result;
    (void) error;
    (void) data;
    g_assert_not_reached();
}

static void note_end(const SubprocessResult *result, const GError *error, gpointer data)
{
    (void) result;
    g_assert_no_error(error);
    *(gboolean *) data = TRUE;
}

static void test_cancel(void)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    SubprocessSpec spec = { .command = "sleep 1000" };
    Subprocess *process = subprocess_start(&spec, context, must_not_come, NULL, NULL);
    g_assert_nonnull(process);
    subprocess_cancel(process);

    gboolean ended = FALSE;
    spec.command = "true";
    g_assert_nonnull(subprocess_start(&spec, context, note_end, &ended, NULL));
    while (!ended)
        g_main_context_iteration(context, TRUE);
    /* What is left of the cancelled one is waited for too. */
    while (g_main_context_iteration(context, FALSE))
        ;
}

static void test_cannot_start(void)
{
    const char *const argv[] = { "malle-no-such-program", NULL };
    SubprocessSpec spec = { .argv = argv };
    g_autoptr(GError) error = NULL;
    g_assert_null(subprocess_run(&spec, &error));
    g_assert_error(error, BASE_ERROR, BASE_ERROR_COMMAND);
    g_assert_nonnull(strstr(error->message, "malle-no-such-program"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* Not "/subprocess/…": GLib skips tests of that name. */
    g_test_add_func("/command/output-and-status", test_output_and_status);
    g_test_add_func("/command/no-shell", test_no_shell);
    g_test_add_func("/command/no-terminal", test_no_terminal);
    g_test_add_func("/command/input", test_input);
    g_test_add_func("/command/limits", test_limits);
    g_test_add_func("/command/deadline", test_deadline);
    g_test_add_func("/command/daemon-left-behind", test_daemon_left_behind);
    g_test_add_func("/command/cancel", test_cancel);
    g_test_add_func("/command/cannot-start", test_cannot_start);
    return g_test_run();
}
