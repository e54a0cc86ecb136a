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

/* The account's password: from the file, its command (run with the terminal, since there is no screen to spoil), or the person at the
 * terminal. NULL with error. */
Secret *cli_password(const Account *account, GError **error);
/* Asks at the terminal without showing what is typed. NULL with error when there is none. */
Secret *cli_ask_secret(const char *question, GError **error);
/* Runs it with the terminal and takes its first line. NULL with error. */
Secret *cli_run_secret_command(const char *command, GError **error);

ExitCode cli_exit_code(const GError *error);

#endif
