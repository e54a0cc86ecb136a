#include "config.h"

#include "config/filters.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "config/lines.h"

typedef struct {
    const char *file;
    GPtrArray *problems;
    GPtrArray *filters;
    Filter *filter;   /* being read; NULL before the first heading */
    gboolean is_wrong; /* something of it has a problem: it is not used */
} Reading;

static void action_free(gpointer data)
{
    FilterAction *action = data;
    g_free(action->text);
    g_free(action);
}

void filter_free(Filter *filter)
{
    if (filter == NULL)
        return;
    g_free(filter->name);
    g_free(filter->account);
    g_free(filter->mailbox);
    g_free(filter->when);
    g_ptr_array_unref(filter->actions);
    g_free(filter);
}

/* --- values ----------------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    MailFlags flag;
    gboolean remove;
} flag_words[] = {
    { "read", MAIL_FLAG_SEEN, FALSE },        { "unread", MAIL_FLAG_SEEN, TRUE },     { "flagged", MAIL_FLAG_FLAGGED, FALSE },
    { "answered", MAIL_FLAG_ANSWERED, FALSE }, { "deleted", MAIL_FLAG_DELETED, FALSE }, { "junk", MAIL_FLAG_JUNK, FALSE },
    { "unflagged", MAIL_FLAG_FLAGGED, TRUE },
};

static gboolean is_keyword(const char *word)
{
    for (const char *p = word; *p != '\0'; p++)
        if (!g_ascii_isgraph(*p) || strchr("(){%*\"\\]", *p) != NULL)
            return FALSE;
    return *word != '\0';
}

static gboolean take_flag(Reading *reading, FilterAction *action, const char *value)
{
    for (guint i = 0; i < G_N_ELEMENTS(flag_words); i++)
        if (g_str_equal(flag_words[i].word, value)) {
            action->flags = flag_words[i].flag;
            action->remove = flag_words[i].remove;
            return TRUE;
        }
    const char *names[G_N_ELEMENTS(flag_words) + 1] = { NULL };
    for (guint i = 0; i < G_N_ELEMENTS(flag_words); i++)
        names[i] = flag_words[i].word;
    g_autofree char *meant = config_suggest_words(value, names);
    config_problems_add(reading->problems, reading->file, action->line, CONFIG_ERROR_VALUE,
                        _("there is no flag “%s”%s; they are read, unread, flagged, unflagged, answered, deleted and junk"), value, meant);
    return FALSE;
}

static gboolean take_keyword(Reading *reading, FilterAction *action, const char *value)
{
    action->remove = *value == '-';
    const char *word = action->remove ? value + 1 : value;
    action->text = g_strdup(word);
    if (is_keyword(word))
        return TRUE;
    config_problems_add(reading->problems, reading->file, action->line, CONFIG_ERROR_VALUE,
                        _("“%s” cannot be a keyword: it is one word of ASCII letters, digits and most signs, and with “-” before it, it is taken away"), value);
    return FALSE;
}

static gboolean take_address(Reading *reading, FilterAction *action, const char *value)
{
    const char *at = strchr(value, '@');
    action->text = g_strdup(value);
    if (at != NULL && at != value && at[1] != '\0' && strpbrk(value, " \t<>(),;:\"\\") == NULL && strchr(at + 1, '@') == NULL)
        return TRUE;
    config_problems_add(reading->problems, reading->file, action->line, CONFIG_ERROR_VALUE,
                        _("“%s” is not one bare address, such as somebody@example.org"), value);
    return FALSE;
}

static gboolean take_stop(Reading *reading, FilterAction *action, const char *value)
{
    if (g_str_equal(value, "yes"))
        return TRUE;
    config_problems_add(reading->problems, reading->file, action->line, CONFIG_ERROR_VALUE, _("“stop” is yes, or left out; not “%s”"), value);
    return FALSE;
}

static const struct {
    const char *name;
    FilterActionKind kind;
} action_names[] = {
    { "move", FILTER_MOVE },       { "copy", FILTER_COPY }, { "flag", FILTER_FLAG }, { "keyword", FILTER_KEYWORD },
    { "forward", FILTER_FORWARD }, { "run", FILTER_RUN },   { "stop", FILTER_STOP },
};

static gboolean take_action(Reading *reading, FilterActionKind kind, guint line, const char *value)
{
    FilterAction *action = g_new0(FilterAction, 1);
    action->kind = kind;
    action->line = line;
    g_ptr_array_add(reading->filter->actions, action);
    switch (kind) {
    case FILTER_FLAG:
        return take_flag(reading, action, value);
    case FILTER_KEYWORD:
        return take_keyword(reading, action, value);
    case FILTER_FORWARD:
        return take_address(reading, action, value);
    case FILTER_STOP:
        return take_stop(reading, action, value);
    default:
        action->text = g_strdup(value);
        return TRUE;
    }
}

/* --- lines ------------------------------------------------------------------------------------------ */

static gboolean take_once(Reading *reading, char **place, const char *name, guint line, const char *value)
{
    if (*place != NULL) {
        config_problems_add(reading->problems, reading->file, line, CONFIG_ERROR_SYNTAX, _("“%s” stands twice in this filter"), name);
        return FALSE;
    }
    *place = g_strdup(value);
    return TRUE;
}

static gboolean take_pair(Reading *reading, guint line, guint column, const char *name, const char *value)
{
    Filter *filter = reading->filter;
    if (*value == '\0') {
        config_problems_add(reading->problems, reading->file, line, CONFIG_ERROR_VALUE, _("“%s” needs something behind the “=”"), name);
        return FALSE;
    }
    if (g_str_equal(name, "account"))
        return take_once(reading, &filter->account, name, line, value);
    if (g_str_equal(name, "in"))
        return take_once(reading, &filter->mailbox, name, line, value);
    if (g_str_equal(name, "when")) {
        filter->when_line = line;
        filter->when_column = column;
        return take_once(reading, &filter->when, name, line, value);
    }
    for (guint i = 0; i < G_N_ELEMENTS(action_names); i++)
        if (g_str_equal(action_names[i].name, name))
            return take_action(reading, action_names[i].kind, line, value);
    static const char *const names[] = { "account", "in", "when", "move", "copy", "flag", "keyword", "forward", "run", "stop", NULL };
    g_autofree char *meant = config_suggest_words(name, names);
    config_problems_add(reading->problems, reading->file, line, CONFIG_ERROR_NAME, _("a filter has no “%s”%s"), name, meant);
    return FALSE;
}

static void end_filter(Reading *reading)
{
    g_autoptr(Filter) filter = g_steal_pointer(&reading->filter);
    if (filter == NULL)
        return;
    if (!reading->is_wrong && filter->when == NULL)
        config_problems_add(reading->problems, reading->file, filter->line, CONFIG_ERROR_SYNTAX,
                            _("filter “%s” has no line “when = …”: “when = ~A” is for every message"), filter->name);
    else if (!reading->is_wrong && filter->actions->len == 0)
        config_problems_add(reading->problems, reading->file, filter->line, CONFIG_ERROR_SYNTAX, _("filter “%s” does nothing"), filter->name);
    else if (!reading->is_wrong)
        g_ptr_array_add(reading->filters, g_steal_pointer(&filter));
}

/* "[filter NAME]" */
static void begin_filter(Reading *reading, guint line, const char *heading)
{
    end_filter(reading);
    gsize length = strlen(heading);
    gboolean ok = g_str_has_prefix(heading, "[filter ") && heading[length - 1] == ']' && length > strlen("[filter ]");
    reading->is_wrong = !ok;
    Filter *filter = g_new0(Filter, 1);
    filter->line = line;
    filter->actions = g_ptr_array_new_with_free_func(action_free);
    filter->name = ok ? g_strstrip(g_strndup(heading + 8, length - 9)) : g_strdup("");
    reading->filter = filter;
    if (!ok)
        config_problems_add(reading->problems, reading->file, line, CONFIG_ERROR_SYNTAX, _("a filter begins with “[filter NAME]”, not with “%s”"), heading);
}

static void take_line(Reading *reading, guint number, const char *line)
{
    g_autofree char *name = NULL, *value = NULL;
    if (*line == '[') {
        begin_filter(reading, number, line);
    } else if (!config_line_split(line, &name, &value)) {
        config_problems_add(reading->problems, reading->file, number, CONFIG_ERROR_SYNTAX, _("this is not “name = value”: %s"), line);
        reading->is_wrong = TRUE;
    } else if (reading->filter == NULL) {
        config_problems_add(reading->problems, reading->file, number, CONFIG_ERROR_SYNTAX, _("“%s” stands before the first “[filter NAME]”"), name);
    } else {
        const char *begin = strchr(line, '=') + 1;
        guint column = (guint) (begin - line + (gssize) strspn(begin, " \t"));
        if (!take_pair(reading, number, column, name, value))
            reading->is_wrong = TRUE;
    }
}

GPtrArray *filters_parse(const char *text, const char *file, GPtrArray *problems)
{
    Reading reading = { .file = file, .problems = problems, .filters = g_ptr_array_new_with_free_func((GDestroyNotify) filter_free) };
    ConfigLines lines;
    config_lines_start(&lines, text);
    for (char *line; (line = config_lines_next(&lines)) != NULL; g_free(line))
        take_line(&reading, lines.number, line);
    end_filter(&reading);
    return reading.filters;
}

GPtrArray *filters_read(const char *path, GPtrArray *problems)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = config_file_read(path, NULL, &error);
    g_autofree char *shown = paths_shorten(path);
    if (text == NULL && !g_error_matches(error, CONFIG_ERROR, CONFIG_ERROR_NO_FILE))
        config_problems_take(problems, shown, 0, &error);
    return filters_parse(text != NULL ? text : "", shown, problems);
}

char *filter_action_format(const FilterAction *action)
{
    switch (action->kind) {
    case FILTER_MOVE:
        return g_strdup_printf(_("move to %s"), action->text);
    case FILTER_COPY:
        return g_strdup_printf(_("copy to %s"), action->text);
    case FILTER_FLAG:
        for (guint i = 0; i < G_N_ELEMENTS(flag_words); i++)
            if (flag_words[i].flag == action->flags && flag_words[i].remove == action->remove)
                return g_strdup_printf(_("mark as %s"), flag_words[i].word);
        return g_strdup("");
    case FILTER_KEYWORD:
        return g_strdup_printf(action->remove ? _("take the keyword %s away") : _("set the keyword %s"), action->text);
    case FILTER_FORWARD:
        return g_strdup_printf(_("forward to %s"), action->text);
    case FILTER_RUN:
        return g_strdup_printf(_("run %s"), action->text);
    case FILTER_STOP:
        return g_strdup(_("stop here"));
    }
    return g_strdup("");
}
