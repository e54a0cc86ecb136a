#include "config.h"

#include "config/problem.h"

#include <stdarg.h>
#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"

G_DEFINE_QUARK(malle-config-error, config_error)

static void problem_free(gpointer data)
{
    config_problem_free(data);
}

void config_problem_free(ConfigProblem *problem)
{
    if (problem == NULL)
        return;
    g_free(problem->file);
    g_free(problem->words);
    g_free(problem);
}

GPtrArray *config_problems_new(void)
{
    return g_ptr_array_new_with_free_func(problem_free);
}

/* Takes words. Callers that do not want to know pass no list. */
static void add(GPtrArray *problems, const char *file, guint line, ConfigErrorCode code, char *words)
{
    if (problems == NULL) {
        g_free(words);
        return;
    }
    ConfigProblem *problem = g_new(ConfigProblem, 1);
    *problem = (ConfigProblem){ g_strdup(file), line, code, words };
    g_ptr_array_add(problems, problem);
}

void config_problems_add(GPtrArray *problems, const char *file, guint line, ConfigErrorCode code, const char *format,
                         ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(problems, file, line, code, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void config_problems_take(GPtrArray *problems, const char *file, guint line, GError **error)
{
    ConfigErrorCode code = (*error)->domain == CONFIG_ERROR ? (ConfigErrorCode) (*error)->code : CONFIG_ERROR_VALUE;
    add(problems, file, line, code, g_strdup((*error)->message));
    g_clear_error(error);
}

char *config_problem_format(const ConfigProblem *problem)
{
    if (problem->file == NULL)
        return g_strdup(problem->words);
    g_autofree char *file = paths_shorten(problem->file);
    if (problem->line == 0)
        return g_strdup_printf("%s: %s", file, problem->words);
    return g_strdup_printf("%s:%u: %s", file, problem->line, problem->words);
}

gboolean config_problems_to_error(const GPtrArray *problems, GError **error)
{
    if (problems->len == 0)
        return TRUE;
    const ConfigProblem *first = g_ptr_array_index(problems, 0);
    g_autoptr(GString) words = g_string_new(NULL);
    for (guint i = 0; i < problems->len; i++) {
        g_autofree char *line = config_problem_format(g_ptr_array_index(problems, i));
        g_string_append_printf(words, "%s%s", i > 0 ? "\n" : "", line);
    }
    g_set_error_literal(error, CONFIG_ERROR, first->code, words->str);
    return FALSE;
}

/* --- what was meant ------------------------------------------------------------------------------- */

enum { LONGEST_WORD = 40 }; /* nobody's option name is longer; what is longer is not a slip of the finger */

/* The number of letters inserted, left out, replaced or swapped with their neighbour (optimal string alignment), without
 * regard to case. Both at most LONGEST_WORD bytes. */
static guint distance(const char *a, const char *b)
{
    guint rows[3][LONGEST_WORD + 1];
    gsize length_a = strlen(a), length_b = strlen(b);
    for (gsize j = 0; j <= length_b; j++)
        rows[0][j] = (guint) j;
    for (gsize i = 1; i <= length_a; i++) {
        guint *now = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];
        now[0] = (guint) i;
        for (gsize j = 1; j <= length_b; j++) {
            char x = g_ascii_tolower(a[i - 1]), y = g_ascii_tolower(b[j - 1]);
            guint best = MIN(before[j], now[j - 1]) + 1;
            best = MIN(best, before[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) && g_ascii_tolower(a[i - 2]) == y)
                best = MIN(best, two_before[j - 2] + 1);
            now[j] = best;
        }
    }
    return rows[length_a % 3][length_b];
}

const char *config_suggest(const char *word, const char *const *candidates)
{
    const char *nearest = NULL;
    guint least = G_MAXUINT;
    gsize length = strlen(word);
    if (length == 0 || length > LONGEST_WORD)
        return NULL;
    for (const char *const *candidate = candidates; *candidate != NULL; candidate++) {
        gsize candidate_length = strlen(*candidate);
        if (candidate_length > LONGEST_WORD)
            continue;
        guint changes = distance(word, *candidate);
        gsize tolerated = MAX(1, MIN(length, candidate_length) / 3);
        if (changes <= tolerated && changes < least) {
            least = changes;
            nearest = *candidate;
        }
    }
    return nearest;
}

char *config_suggest_words(const char *word, const char *const *candidates)
{
    const char *meant = config_suggest(word, candidates);
    return meant != NULL ? g_strdup_printf(_("; did you mean “%s”?"), meant) : g_strdup("");
}
