/* malle doctor [--json] [--timeout SECONDS] [--store | ACCOUNT] */
#include "config.h"

#include "cli/doctor.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "cli/json.h"
#include "cli/print.h"
#include "cli/setup.h"
#include "engine/engine.h"
#include "engine/login.h"

static void on_progress(const ProbeReport *report, ProbeStage finished, gpointer user_data)
{
    doctor_say_stage(report, finished, user_data);
}

/* malle(1) has this table for scripts. */
static ExitCode report_code(const ProbeReport *report)
{
    switch (probe_report_class(report)) {
    case PROBE_CLASS_NONE:
    case PROBE_CLASS_NOTE:
        return EXIT_CODE_OK;
    case PROBE_CLASS_NAME:
        return EXIT_CODE_NO_HOST;
    case PROBE_CLASS_CONNECTION:
        return EXIT_CODE_TEMPORARY;
    case PROBE_CLASS_SERVICE:
        return EXIT_CODE_UNAVAILABLE;
    case PROBE_CLASS_ENCRYPTION:
        return EXIT_CODE_PROTOCOL;
    case PROBE_CLASS_LOGIN:
        return EXIT_CODE_NO_PERMISSION;
    case PROBE_CLASS_MAILBOX:
        return EXIT_CODE_DATA;
    case PROBE_CLASS_CONFIG:
        return EXIT_CODE_CONFIG;
    }
    return EXIT_CODE_SOFTWARE;
}

/* Without a password the look goes on as far as it can: it may well be the connection that is ill. */
static Secret *password_or_note(const Account *account, guint timeout_ms, gboolean in_words)
{
    g_autoptr(GError) error = NULL;
    if (login_needs_no_secret(account) && account->password == NULL && account->password_command == NULL && account->token_command == NULL)
        return NULL;
    Secret *password = cli_password(account, timeout_ms != 0 ? timeout_ms : CLI_COMMAND_DEADLINE_MS, &error);
    if (password == NULL && in_words)
        doctor_say(DOCTOR_FAILED, login_uses_token(account) ? _("token") : _("password"), error->message);
    else if (password == NULL)
        cli_complain("%s: %s", account->name, error->message);
    return password;
}

static ExitCode examine_server(Account *account, guint timeout_ms, GString *json)
{
    g_autofree char *pins = paths_locate(PATHS_STATE, "pins");
    g_autofree char *pin = probe_pin(pins, account);
    g_autoptr(Secret) password = password_or_note(account, timeout_ms, json == NULL);
    ProbeOptions options = {
        .pin_sha256 = pin,
        .secret = password,
        .phase_ms = timeout_ms,
        .progress = json == NULL ? on_progress : NULL,
        .user_data = account,
    };
    g_autoptr(ProbeReport) report = probe_run(account, &options);
    if (json != NULL)
        doctor_write_json(json, report, account);
    else
        doctor_say_end(report);
    return report_code(report);
}

/* The server of `send`, as far as the log-in. */
static ExitCode examine_submission(Account *account, guint timeout_ms, GString *json)
{
    g_autoptr(Account) shown = account_copy(account); /* so that its stages are told as of a server of its own */
    AccountUrl *receive = shown->receive;
    shown->receive = shown->send;
    shown->send = receive;
    g_autofree char *url = account_url_format(shown->receive);
    if (json == NULL)
        cli_print(_("%s  sends by %s\n"), account->name, url);
    g_autofree char *pins = paths_locate(PATHS_STATE, "pins");
    g_autofree char *pin = probe_pin(pins, shown);
    g_autoptr(Secret) password = shown->receive->user != NULL ? password_or_note(shown, timeout_ms, json == NULL) : NULL;
    ProbeOptions options = {
        .pin_sha256 = pin,
        .secret = password,
        .phase_ms = timeout_ms,
        .progress = json == NULL ? on_progress : NULL,
        .user_data = shown,
    };
    g_autoptr(ProbeReport) report = probe_run_submission(account, &options);
    if (json != NULL)
        doctor_write_json(json, report, shown);
    else
        doctor_say_end(report);
    return report_code(report);
}

/* A folder or file on this machine: is it there, and can it be read? */
static ExitCode examine_local(const Account *account, GString *json)
{
    struct stat status;
    const char *path = account->receive->path;
    gboolean folder = account->receive->scheme != ACCOUNT_SCHEME_MBOX;
    g_autofree char *trouble = NULL;
    if (stat(path, &status) != 0)
        trouble = g_strdup_printf("%s: %s", path, g_strerror(errno));
    else if (folder && !S_ISDIR(status.st_mode))
        trouble = g_strdup_printf(_("%s is not a directory; perhaps mbox:// was meant"), path);
    if (json != NULL) {
        json_open(json, NULL, '{');
        json_string(json, "account", account->name);
        json_bool(json, "ok", trouble == NULL);
        json_string(json, "error", trouble);
        json_close(json, '}');
    } else {
        doctor_say(trouble == NULL ? DOCTOR_OK : DOCTOR_FAILED, _("local mail"), trouble == NULL ? path : trouble);
    }
    return trouble == NULL ? EXIT_CODE_OK : EXIT_CODE_CONFIG;
}

static ExitCode examine(Account *account, guint timeout_ms, GString *json)
{
    if (json == NULL) {
        g_autofree char *url = account_url_format(account->receive);
        cli_print("%s  %s\n", account->name, url);
    }
    return account_url_has_server(account->receive) ? examine_server(account, timeout_ms, json) : examine_local(account, json);
}

/* Whole seconds, from one to an hour; 0 when it is none. */
static guint timeout_milliseconds(const char *text)
{
    guint64 seconds = 0;
    return text != NULL && g_ascii_string_to_unsigned(text, 10, 1, 3600, &seconds, NULL) ? (guint) seconds * 1000 : 0;
}

int cli_doctor(const CliSettings *settings, int argc, char **argv)
{
    const char *name = settings->account;
    gboolean as_json = FALSE, store = FALSE;
    guint timeout_ms = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            as_json = TRUE;
        } else if (strcmp(argv[i], "--store") == 0) {
            store = TRUE;
        } else if (strcmp(argv[i], "--timeout") == 0) {
            timeout_ms = timeout_milliseconds(argv[i + 1]);
            if (timeout_ms == 0) {
                cli_complain(_("--timeout wants a number of seconds, from 1 to 3600"));
                return EXIT_CODE_USAGE;
            }
            i++;
        } else if (argv[i][0] == '-' || name != NULL) {
            cli_complain(_("this is not: malle doctor [--json] [--timeout SECONDS] [--store | ACCOUNT]"));
            return EXIT_CODE_USAGE;
        } else {
            name = argv[i];
        }
    }
    if (store && name == NULL)
        return (int) doctor_examine_store(settings, as_json);
    if (settings->demo) {
        cli_complain(_("the demonstration has no server to look at"));
        return EXIT_CODE_USAGE;
    }
    ExitCode status;
    g_autoptr(Options) options = cli_load_options();
    g_autoptr(GPtrArray) accounts = cli_load_accounts(name, options, &status);
    if (accounts == NULL)
        return (int) status;

    g_autoptr(GString) json = as_json ? g_string_new(NULL) : NULL;
    status = EXIT_CODE_OK;
    if (as_json)
        json_open(json, NULL, '[');
    for (guint i = 0; i < accounts->len; i++) {
        if (!as_json && i > 0)
            cli_print("\n");
        ExitCode one = examine(g_ptr_array_index(accounts, i), timeout_ms, json);
        if (status == EXIT_CODE_OK)
            status = one; /* of several ills the first is told */
        Account *account = g_ptr_array_index(accounts, i);
        one = account->send != NULL ? examine_submission(account, timeout_ms, json) : EXIT_CODE_OK;
        if (status == EXIT_CODE_OK)
            status = one;
    }
    if (as_json) {
        json_close(json, ']');
        g_string_append_c(json, '\n');
        cli_write(json);
    }
    return (int) status;
}
