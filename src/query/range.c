/* Ranges of dates and sizes: mutt's spellings, and ISO 8601's. Days are days of the local time zone. */
#include "config.h"

#include "query/node.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

typedef struct {
    const char *text, *p;
    gint64 now;
} Cursor;

static void complain(const Cursor *cursor, const char *start, gsize *at, const char *meant, GError **error)
{
    *at = start - cursor->text;
    g_autofree char *safe = text_make_safe(start, -1, TEXT_SINGLE_LINE);
    if (*safe)
        g_set_error(error, QUERY_ERROR, QUERY_ERROR_SYNTAX, _("“%s” stands where %s is expected"), safe, meant);
    else
        g_set_error(error, QUERY_ERROR, QUERY_ERROR_SYNTAX, _("%s is expected here"), meant);
}

static const char *date_meant(void)
{
    return _("a date like 2026-01-31, 31/1/2026 or yesterday, or a time ago like <2w (y, m, w, d, H, M, S)");
}

/* Up to `max` digits; their count is returned. */
static guint digits(Cursor *cursor, guint max, int *value)
{
    guint n = 0;
    for (*value = 0; n < max && g_ascii_isdigit(*cursor->p); n++, cursor->p++)
        *value = *value * 10 + (*cursor->p - '0');
    return n;
}

/* "2w": a time in the past, counted from `from`. */
static GDateTime *ago(Cursor *cursor, GDateTime *from, int sign, char *unit)
{
    Cursor start = *cursor;
    int n;
    guint count = digits(cursor, 5, &n);
    *unit = *cursor->p;
    if (count == 0 || !*unit || !strchr("ymwdHMS", *unit)) {
        *cursor = start;
        return NULL;
    }
    cursor->p++;
    n *= sign;
    switch (*unit) {
    case 'y':
        return g_date_time_add_years(from, n);
    case 'm':
        return g_date_time_add_months(from, n);
    case 'w':
        return g_date_time_add_weeks(from, n);
    case 'd':
        return g_date_time_add_days(from, n);
    case 'H':
        return g_date_time_add_hours(from, n);
    case 'M':
        return g_date_time_add_minutes(from, n);
    default:
        return g_date_time_add_seconds(from, n);
    }
}

static gboolean period(int year, int month, int day, gint64 *low, gint64 *high)
{
    g_autoptr(GDateTime) start = g_date_time_new_local(year, month ? month : 1, day ? day : 1, 0, 0, 0);
    if (!start)
        return FALSE;
    g_autoptr(GDateTime) end = day ? g_date_time_add_days(start, 1)
                               : month ? g_date_time_add_months(start, 1)
                                       : g_date_time_add_years(start, 1);
    if (!end)
        return FALSE;
    *low = g_date_time_to_unix(start);
    *high = g_date_time_to_unix(end);
    return TRUE;
}

static gboolean day_of(GDateTime *moment, gint64 *low, gint64 *high)
{
    int year, month, day;
    g_date_time_get_ymd(moment, &year, &month, &day);
    return period(year, month, day, low, high);
}

static gboolean named_day(Cursor *cursor, GDateTime *now, gint64 *low, gint64 *high)
{
    static const char *const names[] = { "today", "yesterday" };
    for (int i = 0; i < 2; i++) {
        gsize length = strlen(names[i]);
        if (g_ascii_strncasecmp(cursor->p, names[i], length) != 0 || g_ascii_isalnum(cursor->p[length]))
            continue;
        g_autoptr(GDateTime) day = g_date_time_add_days(now, -i);
        cursor->p += length;
        return day && day_of(day, low, high);
    }
    return FALSE;
}

/* mutt's D[/M[/[CC]YY]]; what is left out is this month, this year. */
static gboolean slash_date(Cursor *cursor, int day, GDateTime *now, gint64 *low, gint64 *high)
{
    int year = g_date_time_get_year(now), month = g_date_time_get_month(now);
    if (*cursor->p == '/') {
        cursor->p++;
        if (digits(cursor, 2, &month) == 0 || month == 0)
            return FALSE;
        if (*cursor->p == '/') {
            cursor->p++;
            guint n = digits(cursor, 4, &year);
            if (n != 2 && n != 4)
                return FALSE;
            if (n == 2)
                year += year < 70 ? 2000 : 1900;
        }
    }
    return day > 0 && period(year, month, day, low, high);
}

/* YYYY, YYYY-MM or YYYY-MM-DD; "2026-01-01-" leaves the last hyphen to the range. */
static gboolean iso_date(Cursor *cursor, int year, gint64 *low, gint64 *high)
{
    int month = 0, day = 0;
    Cursor before = *cursor;
    if (*cursor->p == '-' && (cursor->p++, digits(cursor, 2, &month) == 2 && !g_ascii_isalnum(*cursor->p))) {
        before = *cursor;
        if (*cursor->p == '-') {
            cursor->p++;
            if (digits(cursor, 2, &day) != 2 || g_ascii_isalnum(*cursor->p) || *cursor->p == '/') {
                *cursor = before;
                day = 0;
            }
        }
    } else {
        *cursor = before;
        month = 0;
    }
    if (month == 0 && cursor->p != before.p)
        return FALSE;
    return period(year, month, day, low, high);
}

static gboolean one_date(Cursor *cursor, gint64 *low, gint64 *high)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(cursor->now);
    if (!now)
        return FALSE;
    if (named_day(cursor, now, low, high))
        return TRUE;
    Cursor start = *cursor;
    int number;
    guint n = digits(cursor, 8, &number);
    gboolean good = FALSE;
    if (n == 8)
        good = number % 100 && number / 100 % 100 && period(number / 10000, number / 100 % 100, number % 100, low, high);
    else if (n == 4)
        good = number > 0 && iso_date(cursor, number, low, high);
    else if (n == 1 || n == 2)
        good = slash_date(cursor, number, now, low, high);
    if (good && g_ascii_isalnum(*cursor->p))
        good = FALSE;
    if (!good)
        *cursor = start;
    return good;
}

/* "<2w", ">2w", "=2w". */
static gboolean relative(Cursor *cursor, gint64 *low, gint64 *high)
{
    char sign = *cursor->p++, unit;
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(cursor->now);
    g_autoptr(GDateTime) then = now ? ago(cursor, now, -1, &unit) : NULL;
    if (!then)
        return FALSE;
    gint64 moment = g_date_time_to_unix(then);
    if (sign == '<')
        *low = moment;
    else if (sign == '>')
        *high = moment;
    else if (strchr("ymwd", unit))
        return day_of(then, low, high);
    else {
        *low = moment;
        *high = moment + (unit == 'H' ? 3600 : unit == 'M' ? 60 : 1);
    }
    return TRUE;
}

/* After a date: "*2w" either side, "+2w" from it on so far, "-2w" up to it. */
static gboolean margin(Cursor *cursor, gint64 *low, gint64 *high)
{
    char sign = *cursor->p, unit;
    Cursor start = *cursor;
    cursor->p++;
    g_autoptr(GDateTime) from = g_date_time_new_from_unix_local(*low);
    g_autoptr(GDateTime) to = g_date_time_new_from_unix_local(*high);
    Cursor again = *cursor;
    g_autoptr(GDateTime) earlier = ago(cursor, from, -1, &unit);
    g_autoptr(GDateTime) later = ago(&again, to, 1, &unit);
    if (!earlier || !later || *cursor->p) {
        *cursor = start;
        return FALSE;
    }
    if (sign != '+')
        *low = g_date_time_to_unix(earlier);
    if (sign != '-')
        *high = g_date_time_to_unix(later);
    return TRUE;
}

static gboolean range_mark(Cursor *cursor)
{
    gsize length = g_str_has_prefix(cursor->p, "..") ? 2 : *cursor->p == '-' ? 1 : 0;
    cursor->p += length;
    return length > 0;
}

/* "@low..high" in seconds: what query_format() writes for moments that are no midnight. */
static gboolean seconds_range(Cursor *cursor, gint64 *low, gint64 *high)
{
    char *end;
    cursor->p++;
    if (g_ascii_isdigit(*cursor->p)) {
        *low = g_ascii_strtoll(cursor->p, &end, 10);
        cursor->p = end;
    }
    if (!g_str_has_prefix(cursor->p, ".."))
        return FALSE;
    cursor->p += 2;
    if (g_ascii_isdigit(*cursor->p)) {
        *high = g_ascii_strtoll(cursor->p, &end, 10);
        cursor->p = end;
    }
    return TRUE;
}

static gboolean date_range(Cursor *cursor, gint64 *low, gint64 *high)
{
    gint64 other_low = 0, other_high = G_MAXINT64;
    if (*cursor->p == '@')
        return seconds_range(cursor, low, high);
    if (*cursor->p && strchr("<>=", *cursor->p))
        return relative(cursor, low, high);
    if (range_mark(cursor))
        return one_date(cursor, &other_low, high);
    if (!one_date(cursor, low, high))
        return FALSE;
    if (*cursor->p && strchr("*+-", *cursor->p) && margin(cursor, low, high))
        return TRUE;
    if (!range_mark(cursor))
        return TRUE;
    if (!*cursor->p) {
        *high = G_MAXINT64;
        return TRUE;
    }
    if (!one_date(cursor, &other_low, &other_high))
        return FALSE;
    *low = MIN(*low, other_low);
    *high = MAX(*high, other_high);
    return TRUE;
}

gboolean query_parse_dates(const char *text, gint64 now, gint64 *low, gint64 *high, gsize *at, GError **error)
{
    Cursor cursor = { text, text, now };
    *low = 0;
    *high = G_MAXINT64;
    if (date_range(&cursor, low, high) && !*cursor.p)
        return TRUE;
    complain(&cursor, cursor.p, at, date_meant(), error);
    return FALSE;
}

gboolean query_parse_date(const char *text, gint64 now, gint64 *low, gint64 *high, gsize *at, GError **error)
{
    Cursor cursor = { text, text, now };
    char unit;
    g_autoptr(GDateTime) from = g_date_time_new_from_unix_local(now);
    g_autoptr(GDateTime) then = from ? ago(&cursor, from, -1, &unit) : NULL;
    if (then && !*cursor.p) {
        *low = *high = g_date_time_to_unix(then);
        return TRUE;
    }
    cursor.p = text;
    if (one_date(&cursor, low, high) && !*cursor.p)
        return TRUE;
    complain(&cursor, cursor.p, at, _("a date like 2026-01-31, 31/1/2026 or yesterday, or a time ago like 2w"), error);
    return FALSE;
}

/* Sizes as mutt counts them: K is 1024 bytes. */
static gboolean one_size(Cursor *cursor, gint64 *size)
{
    gint64 value = 0;
    if (!g_ascii_isdigit(*cursor->p))
        return FALSE;
    for (; g_ascii_isdigit(*cursor->p); cursor->p++) {
        if (value > G_MAXINT64 / 10 - 9)
            return FALSE;
        value = value * 10 + (*cursor->p - '0');
    }
    int shift = 0;
    switch (g_ascii_toupper(*cursor->p)) {
    case 'K':
        shift = 10;
        break;
    case 'M':
        shift = 20;
        break;
    case 'G':
        shift = 30;
        break;
    }
    if (shift)
        cursor->p++;
    if (g_ascii_toupper(*cursor->p) == 'B' && !g_ascii_isalnum(cursor->p[1]))
        cursor->p++;
    if (value > G_MAXINT64 >> shift)
        return FALSE;
    *size = value << shift;
    return TRUE;
}

static gboolean size_range(Cursor *cursor, gint64 *low, gint64 *high)
{
    gint64 size;
    if (*cursor->p == '<' || *cursor->p == '>') {
        gboolean smaller = *cursor->p++ == '<';
        if (!one_size(cursor, &size))
            return FALSE;
        if (smaller)
            *high = size - 1;
        else
            *low = size == G_MAXINT64 ? size : size + 1;
        return TRUE;
    }
    if (range_mark(cursor))
        return one_size(cursor, high);
    if (!one_size(cursor, low))
        return FALSE;
    *high = *low;
    if (!range_mark(cursor))
        return TRUE;
    *high = G_MAXINT64;
    if (*cursor->p && !one_size(cursor, high))
        return FALSE;
    if (*low > *high) {
        gint64 swap = *low;
        *low = *high;
        *high = swap;
    }
    return TRUE;
}

static const char *size_meant(void)
{
    return _("a size like 200, 10K or 1M");
}

gboolean query_parse_sizes(const char *text, gint64 *low, gint64 *high, gsize *at, GError **error)
{
    Cursor cursor = { text, text, 0 };
    *low = 0;
    *high = G_MAXINT64;
    if (size_range(&cursor, low, high) && !*cursor.p)
        return TRUE;
    complain(&cursor, cursor.p, at, size_meant(), error);
    return FALSE;
}

gboolean query_parse_size(const char *text, gint64 *size, gsize *at, GError **error)
{
    Cursor cursor = { text, text, 0 };
    if (one_size(&cursor, size) && !*cursor.p)
        return TRUE;
    complain(&cursor, cursor.p, at, size_meant(), error);
    return FALSE;
}
