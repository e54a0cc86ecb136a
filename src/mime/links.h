/* Addresses of the web: found in text, made safe, and compared with what they claim to be. For use within
 * mime/. Any thread. */
#ifndef MALLE_MIME_LINKS_H
#define MALLE_MIME_LINKS_H

#include <glib.h>
#include <stdbool.h>

/* The first address in [p, end): http, https, ftp, mailto, or beginning with "www.". False if there is none.
 */
bool link_find(const char *p, const char *end, const char **start, const char **stop);

/* An href as it may be opened: trimmed, safe, of a scheme that leads somewhere a person may want to go (http,
 * https, ftp, mailto, tel, sms, geo, xmpp, matrix, news, nntp, irc). NULL for all else (javascript:, data:,
 * file:, cid:, places within the page). Caller frees. */
char *link_clean_target(const char *href);

/* Does `text` look like an address or a domain, and lead elsewhere than it says? Or is the target written to
 * deceive (a user name before the host, letters of mixed scripts)? */
bool link_deceives(const char *text, const char *target);

/* Is `text` the same address as `target`, give or take the scheme and a slash? */
bool link_is_its_text(const char *text, const char *target);

#endif
