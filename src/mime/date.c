/* Dates of header fields (see date.h).
 *
 * A mailbox of a hundred thousand messages has as many dates, so the usual form is read here in one pass;
 * whatever looks different goes to GMime, which has seen more of it. */
#include "config.h"
#include "mime/date.h"

#include <gmime/gmime.h>
#include <string.h>

typedef struct {
    const char *p, *end;
} Scan;

static void skip_space(Scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
        s->p++;
}

/* A number of at least one and at most `most` digits; -1 if there is none. */
static int scan_number(Scan *s, int most)
{
    int value = 0, digits = 0;
    while (s->p < s->end && g_ascii_isdigit(*s->p) && digits < most) {
        value = value * 10 + (*s->p++ - '0');
        digits++;
    }
    return digits > 0 ? value : -1;
}

static bool scan_char(Scan *s, char c)
{
    if (s->p >= s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

static int scan_month(Scan *s)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (s->end - s->p < 3)
        return -1;
    for (int m = 0; m < 12; m++) {
        if (g_ascii_strncasecmp(s->p, months + 3 * m, 3) == 0) {
            s->p += 3;
            return m + 1;
        }
    }
    return -1;
}

/* "+0100" or a zone by name; minutes. A zone that nobody defined is -0000 (RFC 5322 §4.3). */
static bool scan_zone(Scan *s, int *offset)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = { { "UT", 0 },   { "UTC", 0 },  { "GMT", 0 },  { "Z", 0 },    { "EST", -5 }, { "EDT", -4 },
                  { "CST", -6 }, { "CDT", -5 }, { "MST", -7 }, { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 } };
    skip_space(s);
    *offset = 0;
    if (s->p < s->end && (*s->p == '+' || *s->p == '-')) {
        int sign = *s->p++ == '-' ? -1 : 1;
        const char *start = s->p;
        int value = scan_number(s, 4);
        if (value < 0 || s->p - start != 4)
            return false;
        *offset = sign * (value / 100 * 60 + value % 100);
        return *offset > -24 * 60 && *offset < 24 * 60;
    }
    const char *start = s->p;
    while (s->p < s->end && g_ascii_isalpha(*s->p))
        s->p++;
    for (gsize i = 0; i < G_N_ELEMENTS(zones); i++)
        if ((gsize)(s->p - start) == strlen(zones[i].name) &&
            g_ascii_strncasecmp(start, zones[i].name, strlen(zones[i].name)) == 0)
            *offset = zones[i].hours * 60;
    return true;
}

/* Days from 1970-01-01 in the Gregorian calendar (H. Hinnant's algorithm). */
static gint64 days_from_civil(int year, int month, int day)
{
    year -= month <= 2;
    int era = year / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (gint64)era * 146097 + day_of_era - 719468;
}

static bool parse_usual(const char *text, gsize length, gint64 *date, int *offset)
{
    Scan s = { text, text + length };
    skip_space(&s);
    if (s.end - s.p > 4 && g_ascii_isalpha(s.p[0])) { /* "Tue," */
        while (s.p < s.end && g_ascii_isalpha(*s.p))
            s.p++;
        if (!scan_char(&s, ','))
            return false;
        skip_space(&s);
    }
    int day = scan_number(&s, 2);
    skip_space(&s);
    scan_char(&s, '-'); /* INTERNALDATE's "03-Mar-2026" */
    int month = scan_month(&s);
    scan_char(&s, '-');
    skip_space(&s);
    const char *year_start = s.p;
    int year = scan_number(&s, 4);
    gsize year_digits = (gsize)(s.p - year_start);
    skip_space(&s);
    int hour = scan_number(&s, 2);
    if (!scan_char(&s, ':'))
        return false;
    int minute = scan_number(&s, 2);
    int second = scan_char(&s, ':') ? scan_number(&s, 2) : 0;
    if (year_digits == 2)
        year += year < 50 ? 2000 : 1900;
    else if (year_digits == 3)
        year += 1900;
    if (day < 1 || day > 31 || month < 1 || year < 1970 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 60 || !scan_zone(&s, offset))
        return false;
    *date =
        days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - (gint64)*offset * 60;
    return *date > 0;
}

bool mime_date_parse(const char *text, gsize length, gint64 *date, int *offset)
{
    int zone = 0;
    *date = 0;
    if (offset)
        *offset = 0;
    if (length > 200)
        length = 200;
    if (!parse_usual(text, length, date, &zone)) {
        g_autofree char *copy = g_strndup(text, length);
        g_autoptr(GDateTime) time = *copy ? g_mime_utils_header_decode_date(copy) : NULL;
        if (!time || g_date_time_to_unix(time) <= 0) {
            *date = 0;
            return false;
        }
        *date = g_date_time_to_unix(time);
        zone = (int)(g_date_time_get_utc_offset(time) / G_TIME_SPAN_MINUTE);
    }
    if (offset)
        *offset = zone;
    return true;
}
