/* The command line: global options, and the commands that need no screen. One file per command, one table for all (cli.c), from which
 * `malle --help` and the completion of shells are made.
 */
#ifndef MALLE_CLI_CLI_H
#define MALLE_CLI_CLI_H

#include <glib.h>

#define CLI_START_SCREEN (-1)

/* What stood before the command. Strings point into argv. */
typedef struct {
    const char *account;  /* -a; NULL: all, or the first */
    const char *wire_log; /* --wire-log; NULL */
    gboolean offline;     /* --offline */
    gboolean demo;        /* --demo */
    gboolean without_filters; /* the person's filters are not at work: a command that only looks */
    const char *mailto;   /* a mailto: URL in the place of a command: the screen begins with a letter; NULL */
} CliSettings;

typedef struct {
    const char *name;
    int (*run)(const CliSettings *settings, int argc, char **argv); /* argv[0] is the name; returns an ExitCode */
    const char *arguments; /* as in a synopsis; "" for none */
    const char *help;      /* N_() */
} CliCommand;

/* Ends with a row without a name. */
const CliCommand *cli_commands(void);

/* Does what the command line says and returns the exit code, or fills settings and returns CLI_START_SCREEN when it is the screen that is
 * wanted. Called by main() after setlocale() and textdomain(). */
int cli_main(int argc, char **argv, CliSettings *settings);

/* Malle called by the name sendmail: the whole command line is sendmail's. */
gboolean cli_is_sendmail(const char *argv0);
int cli_sendmail(int argc, char **argv);

int cli_doctor(const CliSettings *settings, int argc, char **argv);
int cli_sync(const CliSettings *settings, int argc, char **argv);
int cli_journal(const CliSettings *settings, int argc, char **argv);
int cli_do(const CliSettings *settings, int argc, char **argv);
int cli_pop_ledger(const CliSettings *settings, int argc, char **argv);
int cli_send(const CliSettings *settings, int argc, char **argv);
int cli_import(const CliSettings *settings, int argc, char **argv);
int cli_filter(const CliSettings *settings, int argc, char **argv);
int cli_search(const CliSettings *settings, int argc, char **argv);

#endif
