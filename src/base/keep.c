#include "config.h"

#include "base/keep.h"

#include <string.h>

#include "base/error.h"
#include "base/i18n.h"

enum { MOST_DAYS = 36500 };

static const char *const words[] = { "nothing", "summaries", "texts", "everything", NULL };

/* Powers of ten, as disks and mail providers count. */
static const struct {
    const char *word;
    guint64 bytes;
} units[] = {
    { "GB", 1000 * 1000 * 1000 },
    { "MB", 1000 * 1000 },
    { "KB", 1000 },
};

const char *const *keep_level_words(void)
{
    return words;
}

static gboolean refuse(GError **error, const char *format, const char *what)
{
    g_autofree char *text = g_strdup_printf(format, what);
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_VALUE, text);
    return FALSE;
}

static gboolean parse_level(const char *word, KeepRule *rule, GError **error)
{
    for (guint level = 0; words[level] != NULL; level++)
        if (g_ascii_strcasecmp(word, words[level]) == 0) {
            rule->level = (KeepLevel) level;
            return TRUE;
        }
    return refuse(error, _("what is kept for offline use is nothing, summaries, texts or everything, not “%s”"), word);
}

static gboolean is_days(const char *unit)
{
    return g_ascii_strcasecmp(unit, "days") == 0 || g_ascii_strcasecmp(unit, "day") == 0;
}

/* 0: there is no such unit. */
static guint64 bytes_of(const char *unit)
{
    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_ascii_strcasecmp(unit, units[i].word) == 0)
            return units[i].bytes;
    return 0;
}

static gboolean parse_limit(const char *number, const char *unit, KeepRule *rule, GError **error)
{
    guint64 value = 0, most = MOST_DAYS, bytes = bytes_of(unit);
    if (bytes > 0)
        most = G_MAXINT64 / bytes;
    else if (!is_days(unit))
        return refuse(error, _("“%s” is neither days nor a size: write 90 days, 500 MB or 2 GB"), unit);
    if (!g_ascii_string_to_unsigned(number, 10, 1, most, &value, NULL))
        return refuse(error, _("“%s” is not a number that can stand here: write 90 days, 500 MB or 2 GB"), number);
    if ((bytes > 0 && rule->bytes > 0) || (bytes == 0 && rule->days > 0))
        return refuse(error, _("there are two limits of one kind: %s"), unit);
    if (bytes > 0)
        rule->bytes = value * bytes;
    else
        rule->days = (guint) value;
    return TRUE;
}

/* The words between spaces; what is written together, as 500MB, is cut in two. */
static GPtrArray *split(const char *text)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) pieces = g_strsplit_set(text, " \t", -1);
    for (char **piece = pieces; *piece != NULL; piece++) {
        gsize digits = strspn(*piece, "0123456789");
        if (digits > 0)
            g_ptr_array_add(parts, g_strndup(*piece, digits));
        if ((*piece)[digits] != '\0')
            g_ptr_array_add(parts, g_strdup(*piece + digits));
    }
    return parts;
}

/* Of the words from `first` on. */
static gboolean parse_limits(const GPtrArray *parts, guint first, KeepRule *rule, GError **error)
{
    for (guint i = first; i < parts->len; i += 2)
        if (!parse_limit(g_ptr_array_index(parts, i), i + 1 < parts->len ? g_ptr_array_index(parts, i + 1) : "", rule, error))
            return FALSE;
    return TRUE;
}

gboolean keep_rule_parse(const char *text, KeepRule *rule, GError **error)
{
    KeepRule parsed = { 0 };
    g_autoptr(GPtrArray) parts = split(text);
    if (!parse_level(parts->len > 0 ? g_ptr_array_index(parts, 0) : "", &parsed, error))
        return FALSE;
    if (parts->len > 1 && parsed.level < KEEP_TEXTS)
        return refuse(error, _("“%s” has no limit: days and sizes are for texts and everything"), words[parsed.level]);
    if (!parse_limits(parts, 1, &parsed, error))
        return FALSE;
    *rule = parsed;
    return TRUE;
}

gboolean keep_limits_parse(const char *text, KeepRule *rule, GError **error)
{
    KeepRule parsed = { .level = rule->level };
    g_autoptr(GPtrArray) parts = split(text);
    if (!parse_limits(parts, 0, &parsed, error))
        return FALSE;
    *rule = parsed;
    return TRUE;
}

gboolean keep_size_parse(const char *text, guint64 *bytes, GError **error)
{
    KeepRule parsed = { 0 };
    if (!keep_limits_parse(text, &parsed, NULL) || parsed.bytes == 0 || parsed.days != 0)
        return refuse(error, _("“%s” is not a size: write 200 kB or 5 MB"), text);
    *bytes = parsed.bytes;
    return TRUE;
}

char *keep_limits_format(const KeepRule *rule)
{
    GString *text = g_string_new(NULL);
    if (rule->days > 0)
        g_string_append_printf(text, " %u days", rule->days);
    for (guint i = 0; rule->bytes > 0 && i < G_N_ELEMENTS(units); i++)
        if (rule->bytes % units[i].bytes == 0) {
            g_string_append_printf(text, " %" G_GUINT64_FORMAT " %s", rule->bytes / units[i].bytes, units[i].word);
            break;
        }
    return g_string_free(text, FALSE);
}

char *keep_rule_format(const KeepRule *rule)
{
    g_autofree char *limits = keep_limits_format(rule);
    return g_strconcat(words[MIN(rule->level, KEEP_EVERYTHING)], limits, NULL);
}

gboolean keep_rule_equal(const KeepRule *a, const KeepRule *b)
{
    return a->level == b->level && a->days == b->days && a->bytes == b->bytes;
}
