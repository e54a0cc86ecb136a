/* base/time.h, in a fixed zone. */
#include "config.h"
#include "base/time.h"

#include <locale.h>
#include <stdlib.h>
#include <time.h>

/* 2026-03-03 14:32:10 UTC, a Tuesday. */
#define NOW ((gint64)1772548330)
#define HOUR ((gint64)3600)
#define DAY (24 * HOUR)

static void assert_list(gint64 date, int width, const char *expected)
{
    g_autofree char *text = time_format_list(date, NOW, width);
    g_assert_cmpstr(text, ==, expected);
}

static void test_list(void)
{
    assert_list(NOW, 10, "14:32");
    assert_list(NOW - 14 * HOUR, 10, "00:32");
    assert_list(NOW - 15 * HOUR, 10, "yesterday");
    assert_list(NOW - 15 * HOUR, 6, "2 Mar");
    assert_list(NOW - 15 * HOUR, 5, "03-02");
    assert_list(NOW - 70 * DAY, 10, "23 Dec");
    assert_list(NOW - 400 * DAY, 10, "2025-01-27");
    assert_list(NOW - 400 * DAY, 6, "01/25");
    assert_list(NOW - 364 * DAY, 10, "2025-03-04"); /* not "4 Mar": that would be tomorrow */
    assert_list(NOW + 3 * DAY, 10, "2026-03-06");
    assert_list(0, 10, "");
    assert_list(-5, 10, "");
    assert_list(G_MAXINT64, 10, "");
}

static void test_words(void)
{
    g_autofree char *full = time_format_full(NOW);
    g_assert_cmpstr(full, ==, "Tuesday 3 March 2026 at 14:32");
    g_autofree char *sender = time_format_sender(NOW, 60);
    g_assert_cmpstr(sender, ==, "Tue 3 Mar 2026 15:32 +0100");
    g_autofree char *west = time_format_sender(NOW, -210);
    g_assert_cmpstr(west, ==, "Tue 3 Mar 2026 11:02 -0330");
    g_autofree char *mad = time_format_sender(G_MAXINT64, 100000);
    g_assert_cmpstr(mad, ==, "no date");
}

static void assert_relative(gint64 seconds, const char *expected)
{
    g_autofree char *text = time_format_relative(NOW - seconds, NOW);
    g_assert_cmpstr(text, ==, expected);
}

static void test_relative(void)
{
    assert_relative(0, "just now");
    assert_relative(59, "just now");
    assert_relative(300, "5 min ago");
    assert_relative(3 * HOUR, "3 h ago");
    assert_relative(DAY, "1 day ago");
    assert_relative(12 * DAY, "12 days ago");
    assert_relative(-300, "in 5 min");
}

static void assert_age(gint64 seconds, const char *expected)
{
    g_autofree char *text = time_format_age(NOW - seconds, NOW);
    g_assert_cmpstr(text, ==, expected);
}

static void test_age(void)
{
    assert_age(-HOUR, "now"); /* clocks differ */
    assert_age(59, "now");
    assert_age(60, "1 min");
    assert_age(HOUR - 1, "59 min");
    assert_age(23 * HOUR, "23 h");
    assert_age(DAY, "1 d");
    assert_age(14 * DAY - 1, "13 d");
    assert_age(14 * DAY, "2 wk");
    assert_age(60 * DAY, "2 mo");
    assert_age(729 * DAY, "24 mo");
    assert_age(730 * DAY, "2 yr");
    assert_age(-2 * DAY, "2026-03-05");
    assert_age(NOW, "");
}

static void test_locale(void)
{
    g_autofree char *text = time_format_locale(NOW); /* other locales: tests/screen/test_dates.py */
    g_assert_cmpstr(text, ==, "2026-03-03 14:32");
    g_autofree char *none = time_format_locale(0);
    g_assert_cmpstr(none, ==, "");
}

static void assert_period(gint64 date, const char *expected)
{
    g_autofree char *text = time_format_period(date, NOW);
    g_assert_cmpstr(text, ==, expected);
}

static void test_period(void)
{
    assert_period(NOW, "Today");
    assert_period(NOW - DAY, "Yesterday");
    assert_period(NOW - 3 * DAY, "Saturday");
    assert_period(NOW - 30 * DAY, "February");
    assert_period(NOW - 400 * DAY, "2025");
    assert_period(0, "No date");
}

static void test_future(void)
{
    static const struct {
        const char *text;
        gint64 moment; /* after NOW; 0: not understood */
    } cases[] = {
        { "90m", 90 * 60 }, { " 2h ", 7200 }, { "3d", 3 * DAY }, { "1w", 7 * DAY }, { "0h", 0 }, { "h", 0 }, { "", 0 },
        { "tomorrow", 0 }, { "25:00", 0 }, { "12:61", 0 }, { "1999-01-01", 0 }, { "2026-13-01", 0 }, { "2h x", 0 }, { "-2h", 0 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(time_parse_future(cases[i].text, NOW), ==, cases[i].moment ? NOW + cases[i].moment : 0);
    gint64 midnight = NOW / DAY * DAY;
    for (int minutes = 0; minutes < 24 * 60; minutes += 7) {
        g_autofree char *text = g_strdup_printf("%d:%02d", minutes / 60, minutes % 60);
        gint64 then = midnight + minutes * 60;
        g_assert_cmpint(time_parse_future(text, NOW), ==, then > NOW ? then : then + DAY);
    }
    g_autoptr(GDateTime) day = g_date_time_new_from_unix_utc(midnight + 5 * DAY);
    g_autofree char *date = g_date_time_format(day, "%Y-%m-%d");
    g_autofree char *dated = g_strconcat(date, " 17:45", NULL);
    g_assert_cmpint(time_parse_future(date, NOW), ==, midnight + 5 * DAY + 8 * 3600);
    g_assert_cmpint(time_parse_future(dated, NOW), ==, midnight + 5 * DAY + 17 * 3600 + 45 * 60);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C");
    g_setenv("TZ", "UTC", TRUE);
    tzset();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/time/list", test_list);
    g_test_add_func("/time/words", test_words);
    g_test_add_func("/time/relative", test_relative);
    g_test_add_func("/time/age", test_age);
    g_test_add_func("/time/locale", test_locale);
    g_test_add_func("/time/period", test_period);
    g_test_add_func("/time/future", test_future);
    return g_test_run();
}
