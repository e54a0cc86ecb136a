/* An invitation (text/calendar, RFC 5545, its methods RFC 5546) as text that people read: what, when, where, who, and what is asked. Pure; any thread. */
#ifndef MALLE_MIME_CALENDAR_H
#define MALLE_MIME_CALENDAR_H

#include <glib.h>

/* `text` is UTF-8, safe or not. The events and tasks in it, each as some lines; NULL when there is none, and the text is best shown as it is.
 * Times are told in the zone of this machine. Not safe yet: what the sender wrote is in it. Caller frees. */
char *mime_calendar_text(const char *text, gsize length);

#endif
