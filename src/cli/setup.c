#include "config.h"

#include "cli/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/subprocess.h"
#include "cli/print.h"
#include "engine/engine.h"

enum { SECRET_LIMIT = 4096 };

static void complain_all(const GPtrArray *problems)
{
    for (guint i = 0; i < problems->len; i++) {
        g_autofree char *words = config_problem_format(g_ptr_array_index(problems, i));
        cli_complain("%s", words);
    }
}

Options *cli_load_options(void)
{
    g_autofree char *path = paths_locate(PATHS_CONFIG, "config");
    g_autoptr(GPtrArray) problems = config_problems_new();
    Options *options = options_new();
    options_load(options, path, problems);
    complain_all(problems);
    return options;
}

void cli_begin_log(const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = paths_file(PATHS_STATE, "log", &error);
    g_autofree char *level = options_format(options, OPTION_LOG_LEVEL);
    if (path == NULL || !log_start(path, log_level_from_name(level), &error))
        cli_complain("%s", error->message);
}

/* The one of that name alone; NULL when there is none. */
static GPtrArray *choose(GPtrArray *accounts, const char *name)
{
    for (guint i = 0; i < accounts->len; i++) {
        Account *account = g_ptr_array_index(accounts, i);
        if (g_ascii_strcasecmp(account->name, name) != 0)
            continue;
        GPtrArray *one = g_ptr_array_new_with_free_func((GDestroyNotify) account_free);
        g_ptr_array_add(one, account_copy(account));
        return one;
    }
    return NULL;
}

static void complain_no_such_account(const GPtrArray *accounts, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < accounts->len; i++)
        g_ptr_array_add(names, ((Account *) g_ptr_array_index(accounts, i))->name);
    g_ptr_array_add(names, NULL);
    g_autofree char *meant = config_suggest_words(name, (const char *const *) names->pdata);
    g_autofree char *all = g_strjoinv(", ", (char **) names->pdata);
    g_autofree char *words = g_strdup_printf(_("there is no account “%s”"), name);
    cli_complain("%s%s (%s)", words, meant, all);
}

GPtrArray *cli_load_accounts(const char *name, const Options *options, ExitCode *status)
{
    g_autofree char *path = paths_locate(PATHS_CONFIG, "accounts");
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(GPtrArray) accounts = accounts_read(path, problems);
    complain_all(problems);
    *status = EXIT_CODE_CONFIG;
    if (accounts->len == 0) {
        if (problems->len == 0)
            cli_complain(_("there is no account in %s; start malle to add one, or see malle-accounts(5)"), path);
        return NULL;
    }
    accounts_add_kept_here(accounts);
    accounts_fill_from_options(accounts, options);
    if (name == NULL)
        return g_steal_pointer(&accounts);
    GPtrArray *one = choose(accounts, name);
    if (one == NULL)
        complain_no_such_account(accounts, name);
    return one;
}

/* --- secrets --------------------------------------------------------------------------------------- */

static Secret *first_line(const char *text, gsize length, GError **error)
{
    const char *end = memchr(text, '\n', length);
    gsize line = end != NULL ? (gsize) (end - text) : length;
    if (line > 0 && text[line - 1] == '\r')
        line--;
    if (line > 0)
        return secret_new_length(text, line);
    g_set_error_literal(error, ENGINE_ERROR, ENGINE_ERROR_CONFIG, _("no password was given"));
    return NULL;
}

gboolean cli_has_terminal(void)
{
    return isatty(STDIN_FILENO);
}

/* Not base/subprocess: here a question of the command's (gpg's passphrase) may and should reach the terminal. */
static char *run_with_terminal(const char *command, GError **error)
{
    const char *argv[] = { "/bin/sh", "-c", command, NULL };
    g_autofree char *output = NULL;
    int wait_status = 0;
    if (!g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &output, NULL, &wait_status, error) ||
        !g_spawn_check_wait_status(wait_status, error)) {
        secret_free_text(g_steal_pointer(&output));
        return NULL;
    }
    return g_steal_pointer(&output);
}

static char *run_without(const char *command, guint deadline_ms, GError **error)
{
    const SubprocessSpec spec = { .command = command, .deadline_ms = deadline_ms };
    g_autoptr(SubprocessResult) result = subprocess_run(&spec, error);
    if (result == NULL)
        return NULL;
    if (result->status != 0) {
        g_autofree char *words = subprocess_result_words(result);
        g_set_error_literal(error, ENGINE_ERROR, ENGINE_ERROR_CONFIG, words);
        return NULL;
    }
    gsize length;
    const char *bytes = g_bytes_get_data(result->output, &length);
    return g_strndup(bytes != NULL ? bytes : "", length);
}

Secret *cli_run_secret_command(const char *command, guint deadline_ms, GError **error)
{
    g_autoptr(GError) local = NULL;
    char *output = cli_has_terminal() ? run_with_terminal(command, &local) : run_without(command, deadline_ms, &local);
    if (output == NULL) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_CONFIG, _("the command failed: %s"), local->message);
        return NULL;
    }
    Secret *secret = first_line(output, strlen(output), error);
    secret_free_text(output);
    return secret;
}

static gboolean write_all(int descriptor, const char *text)
{
    gsize length = strlen(text);
    while (length > 0) {
        ssize_t count = write(descriptor, text, length);
        if (count <= 0)
            return FALSE;
        text += count;
        length -= (gsize) count;
    }
    return TRUE;
}

/* A line, without echo; the terminal is as before when this returns. */
static Secret *read_hidden(int terminal, GError **error)
{
    struct termios before, hidden;
    char typed[SECRET_LIMIT];
    gsize length = 0;
    if (tcgetattr(terminal, &before) != 0) {
        error_set_errno(error, errno, _("the terminal cannot be asked"));
        return NULL;
    }
    hidden = before;
    hidden.c_lflag &= ~(tcflag_t) ECHO;
    tcsetattr(terminal, TCSAFLUSH, &hidden);
    while (length < sizeof typed) {
        ssize_t count = read(terminal, typed + length, sizeof typed - length);
        if (count <= 0)
            break;
        length += (gsize) count;
        if (typed[length - 1] == '\n')
            break;
    }
    tcsetattr(terminal, TCSAFLUSH, &before);
    write_all(terminal, "\n");
    Secret *secret = first_line(typed, length, error);
    secret_wipe(typed, sizeof typed);
    return secret;
}

Secret *cli_ask_secret(const char *question, GError **error)
{
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0) {
        g_set_error_literal(error, ENGINE_ERROR, ENGINE_ERROR_CONFIG,
                            _("there is no terminal to ask for the password; write password-command = COMMAND in the accounts file"));
        return NULL;
    }
    Secret *secret = write_all(terminal, question) && write_all(terminal, " ") ? read_hidden(terminal, error) : NULL;
    close(terminal);
    return secret;
}

Secret *cli_password(const Account *account, guint deadline_ms, GError **error)
{
    if (account->password != NULL)
        return secret_new(account->password);
    if (account->token_command != NULL || account->password_command != NULL)
        return cli_run_secret_command(account->token_command != NULL ? account->token_command : account->password_command, deadline_ms, error);
    g_autofree char *url = account_url_format(account->receive);
    g_autofree char *question = g_strdup_printf(_("Password for %s (%s):"), account->name, url);
    return cli_ask_secret(question, error);
}

/* --- exit codes -------------------------------------------------------------------------------------- */

ExitCode cli_exit_code(const GError *error)
{
    if (error->domain == CONFIG_ERROR)
        return EXIT_CODE_CONFIG;
    if (error->domain == BASE_ERROR)
        return EXIT_CODE_CANT_CREATE;
    if (error->domain != ENGINE_ERROR)
        return EXIT_CODE_DATA;
    switch ((EngineErrorCode) error->code) {
    case ENGINE_ERROR_CONFIG:
        return EXIT_CODE_CONFIG;
    case ENGINE_ERROR_CONNECT:
    case ENGINE_ERROR_PROTOCOL:
        return EXIT_CODE_UNAVAILABLE;
    case ENGINE_ERROR_CERTIFICATE:
        return EXIT_CODE_PROTOCOL;
    case ENGINE_ERROR_LOGIN:
        return EXIT_CODE_NO_PERMISSION;
    case ENGINE_ERROR_OFFLINE:
    case ENGINE_ERROR_CANCELLED:
        return EXIT_CODE_TEMPORARY;
    case ENGINE_ERROR_REFUSED:
    case ENGINE_ERROR_STORE:
        return EXIT_CODE_DATA;
    }
    return EXIT_CODE_SOFTWARE;
}
