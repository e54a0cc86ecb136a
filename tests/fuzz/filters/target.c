/* The filters file: whatever stands there, problems stand on a line of the file and can be shown, and every filter that is used has
 * a name, a query and something to do. */
#include "config.h"

#include "config/filters.h"

#include <string.h>

#include "../fuzz.h"

static guint count_lines(const char *text)
{
    guint lines = 1;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

static void check_action(const FilterAction *action, guint lines)
{
    g_assert_cmpuint(action->line, >=, 1);
    g_assert_cmpuint(action->line, <=, lines);
    g_autofree char *words = filter_action_format(action);
    g_assert_cmpstr(words, !=, "");
    fuzz_assert_showable(words);
    if (action->kind == FILTER_FLAG)
        g_assert_true(action->flags != 0 && (action->flags & ~MAIL_FLAG_ALL) == 0);
    else if (action->kind != FILTER_STOP)
        g_assert_true(action->text != NULL && *action->text != '\0');
    if (action->kind == FILTER_FORWARD)
        g_assert_true(strchr(action->text, '@') != NULL && strpbrk(action->text, " <>,\r\n") == NULL);
}

static void check_filter(const Filter *filter, const char *text, guint lines)
{
    g_assert_true(filter->when != NULL && *filter->when != '\0');
    g_assert_cmpuint(filter->line, <=, lines);
    g_assert_cmpuint(filter->when_line, <=, lines);
    g_assert_nonnull(strstr(text, filter->when));
    g_assert_cmpuint(filter->actions->len, >, 0);
    for (guint i = 0; i < filter->actions->len; i++)
        check_action(g_ptr_array_index(filter->actions, i), lines);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = fuzz_string(data, size, true); /* a file that is not UTF-8 is refused */
    g_autoptr(GPtrArray) problems = config_problems_new();
    guint lines = count_lines(text);
    g_autoptr(GPtrArray) filters = filters_parse(text, "filters", problems);
    for (guint i = 0; i < filters->len; i++)
        check_filter(g_ptr_array_index(filters, i), text, lines);
    for (guint i = 0; i < problems->len; i++) {
        const ConfigProblem *problem = g_ptr_array_index(problems, i);
        g_assert_cmpuint(problem->line, >=, 1);
        g_assert_cmpuint(problem->line, <=, lines);
        fuzz_assert_showable(problem->words);
    }
    return 0;
}
