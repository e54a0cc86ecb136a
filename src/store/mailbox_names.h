/* Names of mailboxes as people write them. On some servers all that is a person's own lies below a prefix (RFC 2342: "INBOX."), which is
 * neither shown nor has to be typed: "Garden" is the server's "INBOX.Garden". The store's names are the short ones, its wire names the
 * server's.
 *
 * Pure. UTF-8, decoded; a prefix that is NULL or "" changes nothing. Whoever writes the prefix all the same is understood.
 */
#ifndef MALLE_STORE_MAILBOX_NAMES_H
#define MALLE_STORE_MAILBOX_NAMES_H

#include <glib.h>

/* Without the prefix, unless what is left would mean something else: "INBOX.INBOX" is not where mail arrives. */
char *mailbox_name_short(const char *prefix, const char *name);
/* The way back: mailbox_name_full(p, mailbox_name_short(p, n)) is n for each n that lies below the prefix, and for INBOX. */
char *mailbox_name_full(const char *prefix, const char *name);

#endif
