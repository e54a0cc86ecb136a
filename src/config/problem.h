/* What is wrong in a file that the person wrote: where, and in words that say what was meant.
 *
 * Reading goes on behind a bad line: everything that can be understood is used, and the list of problems is shown. Plain
 * data, any thread.
 */
#ifndef MALLE_CONFIG_PROBLEM_H
#define MALLE_CONFIG_PROBLEM_H

#include <glib.h>

#define CONFIG_ERROR config_error_quark()
GQuark config_error_quark(void);

typedef enum {
    CONFIG_ERROR_NO_FILE,  /* there is none: not a fault, a beginning */
    CONFIG_ERROR_READ,     /* it cannot be read or written */
    CONFIG_ERROR_READABLE_BY_OTHERS, /* it holds a secret that others can read */
    CONFIG_ERROR_SYNTAX,   /* not of the form that the manual page says */
    CONFIG_ERROR_NAME,     /* no such key, option, section, role, key name … */
    CONFIG_ERROR_VALUE,    /* a value that the name cannot have */
} ConfigErrorCode;

typedef struct {
    char *file; /* as the person would type it; NULL: not from a file */
    guint line; /* from 1; 0: the file as a whole */
    ConfigErrorCode code;
    char *words; /* translated; without file and line */
} ConfigProblem;

/* A list to be filled: of ConfigProblem*, free func set. */
GPtrArray *config_problems_new(void);
void config_problems_add(GPtrArray *problems, const char *file, guint line, ConfigErrorCode code, const char *format, ...) G_GNUC_PRINTF(5, 6);
/* Takes the error's words; the error is freed and *error is NULL. */
void config_problems_take(GPtrArray *problems, const char *file, guint line, GError **error);
/* "~/.config/malle/config:12: there is no option “sotr”; did you mean “sort”?" Caller frees. */
char *config_problem_format(const ConfigProblem *problem);
/* Sets the error to all of them, one line each. FALSE when there are some, else TRUE and nothing is set. */
gboolean config_problems_to_error(const GPtrArray *problems, GError **error);
void config_problem_free(ConfigProblem *problem);

/* The candidate (NULL-terminated list) that `word` most probably stands for: equal but for case, or at most a third of it mistyped
 * (letters wrong, missing, superfluous or swapped). NULL when nothing is near. Static as the list is. */
const char *config_suggest(const char *word, const char *const *candidates);
/* "; did you mean “sort”?" or "" when nothing is near. Caller frees. */
char *config_suggest_words(const char *word, const char *const *candidates);

#endif
