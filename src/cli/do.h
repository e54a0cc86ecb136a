/* What of the screen's commands runs without a screen. */
#ifndef MALLE_CLI_DO_H
#define MALLE_CLI_DO_H

/* NULL-terminated, static. */
const char *const *do_command_names(void);

#endif
