/* The lines of Malle's configuration files, which all share one form: UTF-8, one thing a line, blank lines and lines that start with
 * "#" (after spaces) are nothing. A comment cannot follow something on its line, because a password or a colour may hold a "#".
 */
#ifndef MALLE_CONFIG_LINES_H
#define MALLE_CONFIG_LINES_H

#include <glib.h>

typedef struct {
    const char *next; /* private */
    guint number;     /* of the line just read, from 1 */
} ConfigLines;

/* The whole file. NULL with CONFIG_ERROR_NO_FILE or CONFIG_ERROR_READ (also: larger than 1 MiB, not UTF-8, holds NUL). *mode
 * (may be NULL) gets its permissions. Caller: secret_free_text(), for it may hold a password. */
char *config_file_read(const char *path, guint *mode, GError **error);

/* text must outlive the walk. */
void config_lines_start(ConfigLines *lines, const char *text);
/* The next line that is something, without the spaces around it; NULL at the end. Caller frees. */
char *config_lines_next(ConfigLines *lines);
/* "name = value" cut in two, spaces around both removed. FALSE when there is no "=" or no name: nothing set. */
gboolean config_line_split(const char *line, char **name, char **value);
/* Writes "name = value" in the place of the first line of that name (others of that name go), else at the end; value NULL: takes it out. All else
 * stays as it is: comments, order, what Malle does not understand. FALSE with CONFIG_ERROR_READ. In options-file.c. */
gboolean config_file_set_line(const char *path, const char *name, const char *value, GError **error);

#endif
