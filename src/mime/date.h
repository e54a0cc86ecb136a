/* RFC 5322 §3.3 dates, with the obsolete zones of §4.3 and what real mail writes. Any thread. */
#ifndef MALLE_MIME_DATE_H
#define MALLE_MIME_DATE_H

#include <glib.h>
#include <stdbool.h>

/* Seconds since 1970 UTC, and the sender's offset from UTC in minutes (`offset` may be NULL). False when it
 * makes no sense; then *date is 0. Years 1970 to 9999. */
bool mime_date_parse(const char *text, gsize length, gint64 *date, int *offset);

#endif
