/* Dates as people read them. Times are seconds since 1970 UTC (gint64); shown in the local time zone.
 * Pure functions but for the time zone database; any thread. Strings returned are the caller's. */
#ifndef MALLE_BASE_TIME_H
#define MALLE_BASE_TIME_H

#include <glib.h>

/* The date for a list column of `width` cells (at least 5; 10 shows all in full): "14:32" today,
 * "yesterday" if there is room, "3 Mar" within a year, else "2019-05-03" ("05/19" if narrower than 10).
 * A date more than a day ahead of `now` is shown in full. Nothing known (<= 0): "". Not padded.
 * Cheap: the zone's rules are looked up once for each call, and no locale database is read. */
char *time_format_list(gint64 date, gint64 now, int width);

/* How old, in a few cells: "now", "5 min", "3 h", "2 d", "3 wk", "5 mo", "2 yr"; a date ahead of `now` is "now" for a day, then told in full. */
char *time_format_age(gint64 date, gint64 now);

/* Day and time as the locale (LC_TIME) writes them in figures: "03/03/2026 14:32"; "2026-03-03 14:32" in the C locale. */
char *time_format_locale(gint64 date);

/* "Tuesday 3 March 2026 at 14:32" */
char *time_format_full(gint64 date);

/* "Tue 3 Mar 2026 14:32 +0100" in the sender's own offset from UTC, in minutes. */
char *time_format_sender(gint64 date, int offset_minutes);

/* How long ago, in words: "just now", "5 min ago", "3 h ago", "yesterday", "12 days ago"; a date ahead of
 * `now` is "in 5 min" and so on. */
char *time_format_relative(gint64 date, gint64 now);

/* A heading for a day in a list: "Today", "Yesterday", "Monday", "Earlier this month", "March",
 * "2019". */
char *time_format_period(gint64 date, gint64 now);

/* A moment to come as people type it: "18:30" (the next one), "90m", "2h", "3d", "1w", "2026-12-24" (in the morning),
 * "2026-12-24 08:00". 0: not understood, or not after `now`. */
gint64 time_parse_future(const char *text, gint64 now);

#endif
