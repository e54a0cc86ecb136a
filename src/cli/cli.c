#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "base/exit_codes.h"
#include "base/i18n.h"
#include "cli/print.h"
#include "config/problem.h"
#include "mime/mailto.h"

static const CliCommand commands[] = {
    { "doctor", cli_doctor, "[--json] [--timeout SECONDS] [--store | ACCOUNT]", N_("look at an account's server step by step and say what works") },
    { "sync", cli_sync, "[--json] [--account ACCOUNT] [--mailbox MAILBOX]", N_("fetch what is new, send what was decided, and end") },
    { "send", cli_send, "[-s SUBJECT] [-a FILE…] [-c ADDRESS] [-b ADDRESS] [-i FILE] [-H FILE] [-t] [--] ADDRESS…",
      N_("send the letter that standard input holds") },
    { "filter", cli_filter, "[--dry-run] [--mailbox MAILBOX]", N_("apply the filters to a mailbox, or say what each would do") },
    { "search", cli_search, "[--json] [--here | --server] [--account ACCOUNT] [--in MAILBOX] QUERY",
      N_("list the messages that match, on this machine and on servers") },
    { "do", cli_do, "'COMMAND ARGUMENTS'…", N_("run commands of the screen without a screen") },
    { "journal", cli_journal, "[--json] [--all] [retry ID | cancel ID | undo ID | change ID MAILBOX | sent ID | draft ID]", N_("show the decisions that have not reached the server") },
    { "pop-ledger", cli_pop_ledger, "[--json]", N_("show what POP3 servers had, what of it is here, and what was deleted there") },
    { "import", cli_import, "muttrc FILE [--dry-run]", N_("take keys, colours, aliases and options over from mutt, and list what could not be") },
    { NULL, NULL, NULL, NULL },
};

static const struct {
    const char *option, *argument, *help;
} options[] = {
    { "-a", "ACCOUNT", N_("of the accounts in the accounts file, only this one") },
    { "--offline", NULL, N_("do not connect: work with what is on this machine") },
    { "--demo", NULL, N_("open the mail of the demonstration, without a network") },
    { "--wire-log", "FILE", N_("write what each action costs on the network, as JSON lines") },
    { "--version", NULL, N_("show the version") },
    { "--help", NULL, N_("show this") },
};

const CliCommand *cli_commands(void)
{
    return commands;
}

static int show_help(void)
{
    cli_print("%s\n\n", _("Usage: malle [OPTION…] [COMMAND [ARGUMENT…] | mailto:ADDRESS]"));
    cli_print("%s\n\n", _("Without a command, the screen. Options:"));
    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        g_autofree char *left = g_strjoin(" ", options[i].option, options[i].argument, NULL);
        cli_print("  %-17s %s\n", left, _(options[i].help));
    }
    cli_print("\n%s\n\n", _("Commands:"));
    for (const CliCommand *command = commands; command->name != NULL; command++)
        cli_print("  %s %s\n  %-17s %s\n", command->name, command->arguments, "", _(command->help));
    cli_print("\n%s\n", _("The manual: malle(1), malle-accounts(5), malle-config(5), malle-filters(5), malle-keys(5)."));
    return EXIT_CODE_OK;
}

static int wrong_use(const char *format, const char *what, const char *meant)
{
    g_autofree char *words = g_strdup_printf(format, what);
    cli_complain("%s%s", words, meant);
    return EXIT_CODE_USAGE;
}

static int run_command(const CliSettings *settings, int argc, char **argv)
{
    const char *names[G_N_ELEMENTS(commands)];
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        names[i] = commands[i].name; /* the last is NULL, which ends the list of candidates */
        if (names[i] != NULL && strcmp(names[i], argv[0]) == 0)
            return commands[i].run(settings, argc, argv);
    }
    g_autofree char *meant = config_suggest_words(argv[0], names);
    return wrong_use(_("there is no command “%s”; “malle --help” lists them"), argv[0], meant);
}

/* One global option at argv[*index], which is moved on to its argument. FALSE: *status is what to return. */
static gboolean read_option(CliSettings *settings, int argc, char **argv, int *index, int *status)
{
    static const char *const names[] = { "--offline", "--demo", "--wire-log", "--version", "--help", NULL };
    const char *option = argv[*index];
    const char **target = strcmp(option, "-a") == 0 ? &settings->account : strcmp(option, "--wire-log") == 0 ? &settings->wire_log : NULL;
    if (target != NULL) {
        if (*index + 1 < argc) {
            *target = argv[++*index];
            return TRUE;
        }
        *status = wrong_use(_("“%s” needs something behind it"), option, "");
    } else if (g_str_has_prefix(option, "--wire-log=")) {
        settings->wire_log = strchr(option, '=') + 1;
        return TRUE;
    } else if (strcmp(option, "--offline") == 0) {
        return settings->offline = TRUE;
    } else if (strcmp(option, "--demo") == 0) {
        return settings->demo = TRUE;
    } else if (strcmp(option, "--version") == 0) {
        cli_print("malle %s\n", PACKAGE_VERSION);
        *status = EXIT_CODE_OK;
    } else if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
        *status = show_help();
    } else {
        g_autofree char *meant = config_suggest_words(option, names);
        *status = wrong_use(_("there is no option “%s”; “malle --help” lists them"), option, meant);
    }
    return FALSE;
}

int cli_main(int argc, char **argv, CliSettings *settings)
{
    int status = EXIT_CODE_OK, index = 1;
    *settings = (CliSettings){ 0 };
    for (; index < argc && argv[index][0] == '-' && argv[index][1] != '\0'; index++) {
        if (strcmp(argv[index], "--") == 0) {
            index++;
            break;
        }
        if (!read_option(settings, argc, argv, &index, &status))
            return status;
    }
    if (index + 1 == argc && mailto_is_one(argv[index]))
        settings->mailto = argv[index++];
    if (index >= argc)
        return CLI_START_SCREEN;
    return run_command(settings, argc - index, argv + index);
}
