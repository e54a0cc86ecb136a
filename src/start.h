/* The screen put together: options, accounts, engine, model, ui. Part of main.c's wiring. */
#ifndef MALLE_START_H
#define MALLE_START_H

#include "cli/cli.h"
#include "config/account.h"
#include "ui/ui.h"

/* Runs the screen until the person leaves it. Returns an ExitCode. */
int start_screen(const CliSettings *settings);

/* An attempt to log in, for account set-up; any thread, waits (start_login.c). */
UiLoginResult *start_try_login(const Account *account, gpointer user_data);

#endif
