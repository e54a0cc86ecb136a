/* What every command needs before it starts: the person's files read, their problems told, an account chosen, its secret had. */
#ifndef MALLE_CLI_SETUP_H
#define MALLE_CLI_SETUP_H

#include "base/exit_codes.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "config/account.h"

/* Everything at its default where the file does not say otherwise; problems are complained about. */
Options *cli_load_options(void);
/* From now on what happens is written to malle/log in the state folder, as the options say. Where that is not possible it is complained about. */
void cli_begin_log(const Options *options);
/* The accounts that can be used (`name` not NULL: that one alone), filled from the options. NULL: nothing can be done, it was complained about,
 * and *status says what to exit with. */
GPtrArray *cli_load_accounts(const char *name, const Options *options, ExitCode *status);

/* Without a terminal a command that hangs is waited for so long. */
#define CLI_COMMAND_DEADLINE_MS 60000

/* The account's password or token: from the file, its command, or the person at the terminal. deadline_ms: for a command that has no
 * terminal. NULL with error. */
Secret *cli_password(const Account *account, guint deadline_ms, GError **error);
/* Asks at the terminal without showing what is typed. NULL with error when there is none. */
Secret *cli_ask_secret(const char *question, GError **error);
/* A person is there, and may be asked. */
gboolean cli_has_terminal(void);
/* Takes the first line of what it prints. With a terminal it may ask there, and has all the time it needs (there is no screen to spoil);
 * without one it is ended after deadline_ms. NULL with error. */
Secret *cli_run_secret_command(const char *command, guint deadline_ms, GError **error);

ExitCode cli_exit_code(const GError *error);

#endif
