/* Mail found on this machine, for the welcome screen. Looks, never changes. */
#ifndef MALLE_LOCAL_DISCOVER_H
#define MALLE_LOCAL_DISCOVER_H

#include "local/mailbox.h"

typedef struct {
    char *path;
    LocalFormat format;
    char *words;   /* for people: "Maildir ~/Maildir, 3 mailboxes"; safe, translated */
    char *trouble; /* found but not readable: why; NULL */
    guint mailboxes;
    bool has_mail; /* not empty */
} LocalPlace;

/* $MAIL and $MAILDIR, /var/mail/USER, /var/spool/mail/USER, ~/Maildir, ~/.maildir, ~/Mail, ~/mail, ~/mbox;
 * each place once however many names lead to it. `home`, `user` NULL: the real ones. Of LocalPlace*, free
 * func set; empty when there is none. */
GPtrArray *local_discover(const char *home, const char *user);
void local_place_free(LocalPlace *place);

#endif
