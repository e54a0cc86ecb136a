/* What commands without a screen say: everything made safe for a terminal and written in the locale's charset. */
#ifndef MALLE_CLI_PRINT_H
#define MALLE_CLI_PRINT_H

#include <glib.h>

/* To standard output. The result of the format may hold foreign text in several lines: it is made safe as a whole. */
void cli_print(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* To standard error: "malle: " in front, a newline behind. */
void cli_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* To standard error, as it is. */
void cli_tell(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The cells of a line of standard output; 0 when it goes to no terminal and is not to be broken. */
int cli_columns(void);
/* One line on standard error that the next one overwrites; NULL clears it. */
void cli_progress(const char *line);
/* Bytes to standard output as they are: JSON, which is ASCII where it matters. */
void cli_write(const GString *text);

#endif
