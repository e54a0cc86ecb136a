/* Errors of base/, and what every room's errors have in common.
 *
 * A GError's message is for the person: translated, one sentence or a few, no newline at the end, no program name in
 * front. It says what failed, in whose words (a server's or the system's are quoted after a colon), what was kept, and
 * what to do. Codes are for the program: each room has one domain, and a code exists only where a caller acts on it.
 * Any thread.
 */
#ifndef MALLE_BASE_ERROR_H
#define MALLE_BASE_ERROR_H

#include <glib.h>

#define BASE_ERROR base_error_quark()
GQuark base_error_quark(void);

typedef enum {
    BASE_ERROR_PATH,      /* a directory or file of Malle's own cannot be made, read or written */
    BASE_ERROR_COMMAND,   /* a command line could not be started at all */
    BASE_ERROR_DEADLINE,  /* it ran longer than it may */
    BASE_ERROR_TOO_MUCH,  /* it wrote more than it may */
    BASE_ERROR_CANCELLED,
    BASE_ERROR_VALUE,     /* a text that the person wrote makes no sense */
} BaseErrorCode;

/* Sets a BASE_ERROR_PATH whose words are `what` (already translated, naming the path) and the system's for `number`
 * (errno). Returns FALSE, so that `return error_set_errno(…)` reads well. */
gboolean error_set_errno(GError **error, int number, const char *what);

#endif
