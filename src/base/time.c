/* Dates as people read them (see time.h).
 *
 * Month and day names come through gettext, not strftime(): the screen then speaks one language even when
 * LC_TIME and LC_MESSAGES differ, and nothing here depends on setlocale(). */
#include "config.h"
#include "base/time.h"

#include <stdio.h>
#include "base/i18n.h"
#include "base/text.h"

#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#define DAY ((gint64)86400)

static const char *const short_months[] = {
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
};

static const char *const long_months[] = {
    N_("January"), N_("February"), N_("March"),     N_("April"),   N_("May"),      N_("June"),
    N_("July"),    N_("August"),   N_("September"), N_("October"), N_("November"), N_("December"),
};

static const char *const short_days[] = {
    N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"),
};

static const char *const long_days[] = {
    N_("Sunday"), N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
};

/* Years beyond what people write make gmtime fail or columns overflow; such a date is a lie anyway. */
static bool split_local(gint64 date, struct tm *tm)
{
    time_t t = (time_t)date;
    return date > 0 && date < (gint64)253402300799 && localtime_r(&t, tm) != NULL;
}

/* Days since some fixed day, by the calendar that tm shows. */
static gint64 day_number(const struct tm *tm)
{
    gint64 year = tm->tm_year + 1899;
    return year * 365 + year / 4 - year / 100 + year / 400 + tm->tm_yday;
}

char *time_format_list(gint64 date, gint64 now, int width)
{
    struct tm then, today;
    if (!split_local(date, &then) || !split_local(now, &today))
        return g_strdup("");

    gint64 days_ago = day_number(&today) - day_number(&then);
    if (days_ago == 0)
        return g_strdup_printf("%02d:%02d", then.tm_hour, then.tm_min);
    if (days_ago == 1) {
        const char *yesterday = _("yesterday");
        if (text_display_width(yesterday, -1) <= width)
            return g_strdup(yesterday);
    }
    /* Eleven months, so that "3 Mar" never means two days of a year apart. */
    if (days_ago >= -1 && days_ago < 335 && width >= 6)
        /* TRANSLATORS: day of the month, short name of the month: "3 Mar" */
        return g_strdup_printf(_("%1$d %2$s"), then.tm_mday, _(short_months[then.tm_mon]));
    if (days_ago >= -1 && days_ago < 335)
        return g_strdup_printf("%02d-%02d", then.tm_mon + 1, then.tm_mday);
    if (width < 10)
        return g_strdup_printf("%02d/%02d", then.tm_mon + 1, (then.tm_year + 1900) % 100);
    return g_strdup_printf("%04d-%02d-%02d", then.tm_year + 1900, then.tm_mon + 1, then.tm_mday);
}

char *time_format_age(gint64 date, gint64 now)
{
    static const struct {
        gint64 below, unit; /* seconds */
        const char *form;
    } steps[] = {
        /* TRANSLATORS: how old a message is, as short as can be: minutes, hours, days, weeks, months, years */
        { 3600, 60, N_("%d min") },       { DAY, 3600, N_("%d h") },           { 14 * DAY, DAY, N_("%d d") },
        { 60 * DAY, 7 * DAY, N_("%d wk") }, { 730 * DAY, 30 * DAY, N_("%d mo") }, { G_MAXINT64, 365 * DAY, N_("%d yr") },
    };
    struct tm tm;
    if (!split_local(date, &tm))
        return g_strdup("");
    if (date > now + DAY)
        return g_strdup_printf("%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    gint64 age = now - date;
    if (age < 60)
        return g_strdup(_("now"));
    guint step = 0;
    while (age >= steps[step].below)
        step++;
    return g_strdup_printf(_(steps[step].form), (int)(age / steps[step].unit));
}

/* Does the locale count the hours from one to twelve? */
static bool has_noon(void)
{
    const char *clock = nl_langinfo(T_FMT);
    return strstr(clock, "%r") || strstr(clock, "%I") || strstr(clock, "%p");
}

char *time_format_locale(gint64 date)
{
    struct tm tm;
    if (!split_local(date, &tm))
        return g_strdup("");
    const char *locale = setlocale(LC_TIME, NULL);
    gboolean plain = !locale || g_str_equal(locale, "C") || g_str_equal(locale, "POSIX") || g_str_has_prefix(locale, "C.");
    g_autoptr(GDateTime) then = g_date_time_new_from_unix_local(date);
    char *words = then ? g_date_time_format(then, plain ? "%Y-%m-%d %H:%M" : has_noon() ? "%x %I:%M %p" : "%x %H:%M") : NULL;
    return words ? words : g_strdup("");
}

char *time_format_full(gint64 date)
{
    struct tm tm;
    if (!split_local(date, &tm))
        return g_strdup(_("no date"));
    /* TRANSLATORS: week day, day, month, year, hour, minute: "Tuesday 3 March 2026 at 14:32" */
    return g_strdup_printf(_("%1$s %2$d %3$s %4$d at %5$02d:%6$02d"), _(long_days[tm.tm_wday]), tm.tm_mday,
                           _(long_months[tm.tm_mon]), tm.tm_year + 1900, tm.tm_hour, tm.tm_min);
}

char *time_format_sender(gint64 date, int offset_minutes)
{
    offset_minutes = CLAMP(offset_minutes, -24 * 60, 24 * 60);
    bool sensible = date > 0 && date < (gint64)253402200000;
    time_t shifted = sensible ? (time_t)(date + (gint64)offset_minutes * 60) : 0;
    struct tm tm;
    if (!sensible || !gmtime_r(&shifted, &tm))
        return g_strdup(_("no date"));
    int size = ABS(offset_minutes);
    /* TRANSLATORS: short week day, day, short month, year, hour, minute, offset from UTC */
    return g_strdup_printf(_("%1$s %2$d %3$s %4$d %5$02d:%6$02d %7$c%8$02d%9$02d"), _(short_days[tm.tm_wday]),
                           tm.tm_mday, _(short_months[tm.tm_mon]), tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                           offset_minutes < 0 ? '-' : '+', size / 60, size % 60);
}

char *time_format_relative(gint64 date, gint64 now)
{
    gint64 ago = now - date;
    gint64 distance = ABS(ago);
    if (distance < 60)
        return g_strdup(_("just now"));
    if (distance < 3600) {
        int minutes = (int)(distance / 60);
        return g_strdup_printf(ago > 0 ? _("%d min ago") : _("in %d min"), minutes);
    }
    if (distance < DAY) {
        int hours = (int)(distance / 3600);
        return g_strdup_printf(ago > 0 ? _("%d h ago") : _("in %d h"), hours);
    }
    int days = (int)MIN(distance / DAY, (gint64)G_MAXINT);
    if (ago > 0)
        return g_strdup_printf(ngettext("%d day ago", "%d days ago", (gulong)days), days);
    return g_strdup_printf(ngettext("in %d day", "in %d days", (gulong)days), days);
}

char *time_format_period(gint64 date, gint64 now)
{
    struct tm then, today;
    if (!split_local(date, &then) || !split_local(now, &today))
        return g_strdup(_("No date"));
    gint64 days_ago = day_number(&today) - day_number(&then);
    if (days_ago == 0)
        return g_strdup(_("Today"));
    if (days_ago == 1)
        return g_strdup(_("Yesterday"));
    if (days_ago > 1 && days_ago < 7)
        return g_strdup(_(long_days[then.tm_wday]));
    if (then.tm_year == today.tm_year && then.tm_mon == today.tm_mon)
        return g_strdup(days_ago > 0 ? _("Earlier this month") : _("Later this month"));
    if (then.tm_year == today.tm_year)
        return g_strdup(_(long_months[then.tm_mon]));
    return g_strdup_printf("%d", then.tm_year + 1900);
}

/* --- moments to come ----------------------------------------------------------------------------- */

#define MORNING 8 /* o'clock: a day without a time */

static gint64 parse_span(const char *text)
{
    static const struct {
        char unit;
        gint64 seconds;
    } units[] = { { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 7 * 86400 } };
    char *end = NULL;
    guint64 count = g_ascii_strtoull(text, &end, 10);
    for (gsize i = 0; end != text && i < G_N_ELEMENTS(units); i++)
        if (end[0] == units[i].unit && end[1] == '\0' && count > 0 && count <= 100000)
            return (gint64) count * units[i].seconds;
    return 0;
}

/* The next time of day like this after `now`. */
static gint64 next_clock(int hour, int minute, gint64 now)
{
    g_autoptr(GDateTime) today = g_date_time_new_from_unix_local(now);
    for (int days = 0; days < 2; days++) {
        g_autoptr(GDateTime) day = g_date_time_add_days(today, days);
        g_autoptr(GDateTime) then = g_date_time_new_local(g_date_time_get_year(day), g_date_time_get_month(day),
                                                          g_date_time_get_day_of_month(day), hour, minute, 0);
        if (then && g_date_time_to_unix(then) > now)
            return g_date_time_to_unix(then);
    }
    return 0;
}

gint64 time_parse_future(const char *text, gint64 now)
{
    int year, month, day, hour = MORNING, minute = 0, used = 0;
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    gint64 span = parse_span(trimmed);
    if (span > 0)
        return now + span;
    if (sscanf(trimmed, "%2d:%2d%n", &hour, &minute, &used) == 2 && trimmed[used] == '\0')
        return hour >= 0 && minute >= 0 ? next_clock(hour, minute, now) : 0;
    hour = MORNING;
    minute = 0;
    if (sscanf(trimmed, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3)
        return 0;
    int more = used;
    if (trimmed[used] != '\0' && (sscanf(trimmed + used, " %2d:%2d%n", &hour, &minute, &more) != 2 || trimmed[used + more] != '\0'))
        return 0;
    g_autoptr(GDateTime) then = g_date_time_new_local(year, month, day, hour, minute, 0);
    gint64 moment = then ? g_date_time_to_unix(then) : 0;
    return moment > now ? moment : 0;
}
