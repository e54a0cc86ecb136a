#include "config.h"

#include "config/options.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "base/secret.h"
#include "config/columns.h"
#include "config/lines.h"
#include "config/problem.h"
#include "config/theme.h"

enum { LIST_LIMIT = 64, TEXT_LIMIT = 1024 };

typedef struct {
    gint64 number; /* BOOL, NUMBER, CHOICE */
    char *text;    /* TEXT */
    char **list;   /* LIST */
} Value;

struct Options {
    Value values[OPTION_COUNT];
};

static const char *const yes_words[] = { "yes", "true", "on", "1", NULL };
static const char *const no_words[] = { "no", "false", "off", "0", NULL };
static const char *const bool_words[] = { "yes", "no", NULL };

static void clear_value(Value *value)
{
    g_clear_pointer(&value->text, g_free);
    g_clear_pointer(&value->list, g_strfreev);
}

/* --- from text -------------------------------------------------------------------------------------- */

static gboolean fail(GError **error, const OptionRow *row, const char *text, const char *instead)
{
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, _("%s cannot be “%s”: %s"), row->name, text, instead);
    return FALSE;
}

static gboolean parse_bool(const OptionRow *row, const char *text, Value *value, GError **error)
{
    g_autofree char *word = g_ascii_strdown(text, -1);
    value->number = g_strv_contains(yes_words, word);
    if (value->number || g_strv_contains(no_words, word))
        return TRUE;
    g_autofree char *meant = config_suggest_words(word, bool_words);
    g_autofree char *instead = g_strconcat(_("it is yes or no"), meant, NULL);
    return fail(error, row, text, instead);
}

static gboolean parse_number(const OptionRow *row, const char *text, Value *value, GError **error)
{
    if (g_ascii_string_to_signed(text, 10, row->minimum, row->maximum, &value->number, NULL))
        return TRUE;
    /* Not within the translated text: xgettext does not know what the macro stands for. */
    g_autofree char *minimum = g_strdup_printf("%" G_GINT64_FORMAT, row->minimum);
    g_autofree char *maximum = g_strdup_printf("%" G_GINT64_FORMAT, row->maximum);
    g_autofree char *instead = g_strdup_printf(_("it is a number (%s) from %s to %s"), _(row->unit), minimum, maximum);
    return fail(error, row, text, instead);
}

static gboolean parse_choice(const OptionRow *row, const char *text, Value *value, GError **error)
{
    for (guint i = 0; row->choices[i] != NULL; i++)
        if (g_ascii_strcasecmp(row->choices[i], text) == 0) {
            value->number = i;
            return TRUE;
        }
    g_autofree char *meant = config_suggest_words(text, row->choices);
    g_autofree char *all = g_strjoinv(", ", (char **) row->choices);
    g_autofree char *one_of = g_strdup_printf(_("it is one of %s"), all);
    g_autofree char *instead = g_strconcat(one_of, meant, NULL);
    return fail(error, row, text, instead);
}

/* Quotes around a text keep the spaces at its ends; within them \" and \\ stand for " and \. */
static char *unquote(const char *text)
{
    gsize length = strlen(text);
    if (length < 2 || text[0] != '"' || text[length - 1] != '"')
        return g_strdup(text);
    GString *plain = g_string_sized_new(length);
    for (const char *p = text + 1; p < text + length - 1; p++) {
        if (*p == '\\' && p + 1 < text + length - 1 && (p[1] == '"' || p[1] == '\\'))
            p++;
        g_string_append_c(plain, *p);
    }
    return g_string_free(plain, FALSE);
}

static gboolean has_control(const char *text)
{
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        if (g_unichar_iscntrl(g_utf8_get_char(p)))
            return TRUE;
    return FALSE;
}

static gboolean parse_clock(const char *text, guint *minutes)
{
    guint64 hour, minute;
    g_auto(GStrv) parts = g_strsplit(text, ":", -1);
    if (g_strv_length(parts) != 2 || !g_ascii_string_to_unsigned(g_strstrip(parts[0]), 10, 0, 23, &hour, NULL) ||
        !g_ascii_string_to_unsigned(g_strstrip(parts[1]), 10, 0, 59, &minute, NULL))
        return FALSE;
    *minutes = (guint) (hour * 60 + minute);
    return TRUE;
}

gboolean options_parse_hours(const char *text, guint *from, guint *to)
{
    g_auto(GStrv) parts = g_strsplit(text, "-", -1);
    return g_strv_length(parts) == 2 && parse_clock(parts[0], from) && parse_clock(parts[1], to);
}

static gboolean parse_text(const OptionRow *row, const char *text, Value *value, GError **error)
{
    g_autofree char *plain = unquote(text);
    if (strlen(plain) > TEXT_LIMIT || has_control(plain))
        return fail(error, row, text, _("it is too long, or holds control characters"));
    if (row->id == OPTION_DATE_FORMAT && *plain != '\0') {
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();
        g_autofree char *formatted = g_date_time_format(now, plain);
        if (formatted == NULL)
            return fail(error, row, text, _("a percent sign is not followed by a letter that strftime(3) knows"));
    }
    guint from, to;
    if (row->id == OPTION_QUIET_HOURS && *plain != '\0' && !options_parse_hours(plain, &from, &to))
        return fail(error, row, text, _("hours are written like 22:00-07:00"));
    value->text = g_steal_pointer(&plain);
    return TRUE;
}

/* What the entries of a list must look like. */
static gboolean check_entry(const OptionRow *row, const char *entry, GError **error)
{
    gint32 colour;
    ListColumn column;
    switch (row->id) {
    case OPTION_LIST_COLUMNS:
        return list_column_parse(entry, &column, error);
    case OPTION_QUOTE_COLOURS:
        return theme_colour_parse(entry, &colour, error);
    case OPTION_HEADERS: /* RFC 5322 §2.2: printable ASCII without the colon */
        for (const char *p = entry; *p != '\0'; p++)
            if (!g_ascii_isgraph(*p) || *p == ':')
                return fail(error, row, entry, _("names of header lines are separated by commas and have no spaces or colons"));
        return TRUE;
    case OPTION_TEXT_PREFERENCE:
        if (strchr(entry, '/') == NULL || strpbrk(entry, " \t") != NULL)
            return fail(error, row, entry, _("kinds are written like text/plain, separated by commas"));
        return TRUE;
    default:
        return TRUE;
    }
}

static gboolean parse_list(const OptionRow *row, const char *text, Value *value, GError **error)
{
    g_auto(GStrv) entries = g_strsplit(text, ",", LIST_LIMIT + 1);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    if (g_strv_length(entries) > LIST_LIMIT)
        return fail(error, row, text, _("it is too long"));
    for (char **entry = entries; *entry != NULL; entry++) {
        g_strstrip(*entry);
        if (**entry == '\0')
            continue;
        if (!check_entry(row, *entry, error))
            return FALSE;
        g_strv_builder_add(builder, *entry);
    }
    value->list = g_strv_builder_end(builder);
    return TRUE;
}

static gboolean parse_value(const OptionRow *row, const char *text, Value *value, GError **error)
{
    switch (row->type) {
    case OPTION_TYPE_BOOL:
        return parse_bool(row, text, value, error);
    case OPTION_TYPE_NUMBER:
        return parse_number(row, text, value, error);
    case OPTION_TYPE_CHOICE:
        return parse_choice(row, text, value, error);
    case OPTION_TYPE_TEXT:
        return parse_text(row, text, value, error);
    case OPTION_TYPE_LIST:
        return parse_list(row, text, value, error);
    }
    return FALSE;
}

gboolean options_set(Options *options, const char *name, const char *text, GError **error)
{
    const OptionRow *row = option_find(name);
    if (row == NULL) {
        g_autofree char *meant = config_suggest_words(name, option_names());
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_NAME, _("there is no option “%s”%s"), name, meant);
        return FALSE;
    }
    Value value = { 0 };
    if (!parse_value(row, text, &value, error))
        return FALSE;
    clear_value(&options->values[row->id]);
    options->values[row->id] = value;
    return TRUE;
}

/* --- life ---------------------------------------------------------------------------------------------- */

Options *options_new(void)
{
    Options *options = g_new0(Options, 1);
    for (guint id = 0; id < OPTION_COUNT; id++) {
        const OptionRow *row = option_row(id);
        g_autoptr(GError) error = NULL;
        if (!options_set(options, row->name, row->default_value, &error))
            g_critical("option table: %s", error->message); /* tests/config/test-options looks at every row */
    }
    return options;
}

Options *options_copy(const Options *options)
{
    Options *copy = g_new(Options, 1);
    *copy = *options;
    for (guint id = 0; id < OPTION_COUNT; id++) {
        copy->values[id].text = g_strdup(options->values[id].text);
        copy->values[id].list = g_strdupv(options->values[id].list);
    }
    return copy;
}

void options_free(Options *options)
{
    if (options == NULL)
        return;
    for (guint id = 0; id < OPTION_COUNT; id++)
        clear_value(&options->values[id]);
    g_free(options);
}

/* --- the file --------------------------------------------------------------------------------------------- */

/* A line that is not NAME = VALUE: perhaps another program's habit. */
static void tell_syntax(GPtrArray *problems, const char *path, guint line, const char *text)
{
    g_autofree char *plain = g_strdup(text);
    g_auto(GStrv) words = g_strsplit_set(plain, " \t", 3);
    const char *name = g_strcmp0(words[0], "set") == 0 && words[1] != NULL ? words[1] : words[0];
    if (option_find(name) != NULL)
        config_problems_add(problems, path, line, CONFIG_ERROR_SYNTAX, _("there is no “=” here; write %s = VALUE"), name);
    else
        config_problems_add(problems, path, line, CONFIG_ERROR_SYNTAX, _("this is not NAME = VALUE"));
}

gboolean options_parse(Options *options, const char *text, const char *file, GPtrArray *problems)
{
    g_autoptr(GPtrArray) unwanted = problems == NULL ? config_problems_new() : NULL;
    GPtrArray *told = problems != NULL ? problems : unwanted;
    guint told_before = told->len;
    guint seen[OPTION_COUNT] = { 0 };
    g_autoptr(GError) error = NULL;
    ConfigLines lines;
    config_lines_start(&lines, text);
    for (char *line; (line = config_lines_next(&lines)) != NULL; g_free(line)) {
        g_autofree char *name = NULL;
        g_autofree char *value = NULL;
        if (!config_line_split(line, &name, &value)) {
            tell_syntax(told, file, lines.number, line);
            continue;
        }
        const OptionRow *row = option_find(name);
        if (row != NULL && seen[row->id] > 0)
            config_problems_add(told, file, lines.number, CONFIG_ERROR_VALUE, _("“%s” is given already, in line %u; this one counts"),
                                name, seen[row->id]);
        if (!options_set(options, name, value, &error))
            config_problems_take(told, file, lines.number, &error);
        else if (row != NULL)
            seen[row->id] = lines.number;
    }
    return told->len == told_before;
}

gboolean options_load(Options *options, const char *path, GPtrArray *problems)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = config_file_read(path, NULL, &error);
    if (text != NULL)
        return options_parse(options, text, path, problems);
    if (g_error_matches(error, CONFIG_ERROR, CONFIG_ERROR_NO_FILE))
        return TRUE;
    if (problems != NULL)
        config_problems_take(problems, path, 0, &error);
    return FALSE;
}

/* --- to text ------------------------------------------------------------------------------------------------ */

static char *quote(const char *text)
{
    gsize length = strlen(text);
    if (length == 0 || (!g_ascii_isspace(text[0]) && !g_ascii_isspace(text[length - 1]) && text[0] != '"'))
        return g_strdup(text);
    GString *quoted = g_string_new("\"");
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, *p);
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

char *options_format(const Options *options, OptionId id)
{
    const OptionRow *row = option_row(id);
    const Value *value = &options->values[id];
    switch (row->type) {
    case OPTION_TYPE_BOOL:
        return g_strdup(value->number ? "yes" : "no");
    case OPTION_TYPE_NUMBER:
        return g_strdup_printf("%" G_GINT64_FORMAT, value->number);
    case OPTION_TYPE_CHOICE:
        return g_strdup(row->choices[value->number]);
    case OPTION_TYPE_TEXT:
        return quote(value->text);
    case OPTION_TYPE_LIST:
        return g_strjoinv(", ", value->list);
    }
    return NULL;
}

gboolean options_is_default(const Options *options, OptionId id)
{
    g_autofree char *text = options_format(options, id);
    return strcmp(text, option_row(id)->default_value) == 0;
}

/* --- getters -------------------------------------------------------------------------------------------------- */

gboolean options_bool(const Options *options, OptionId id)
{
    g_return_val_if_fail(option_row(id)->type == OPTION_TYPE_BOOL, FALSE);
    return options->values[id].number != 0;
}

gint64 options_number(const Options *options, OptionId id)
{
    g_return_val_if_fail(option_row(id)->type == OPTION_TYPE_NUMBER, 0);
    return options->values[id].number;
}

guint options_choice(const Options *options, OptionId id)
{
    g_return_val_if_fail(option_row(id)->type == OPTION_TYPE_CHOICE, 0);
    return (guint) options->values[id].number;
}

const char *options_text(const Options *options, OptionId id)
{
    g_return_val_if_fail(option_row(id)->type == OPTION_TYPE_TEXT, NULL);
    return options->values[id].text;
}

const char *const *options_list(const Options *options, OptionId id)
{
    g_return_val_if_fail(option_row(id)->type == OPTION_TYPE_LIST, NULL);
    return (const char *const *) options->values[id].list;
}
