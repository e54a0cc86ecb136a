/* Mailbox names: the wire name is the mailbox's identity, the UTF-8 name is what people read.
 *
 * Wire names are modified UTF-7 (RFC 3501 §5.1.3), also where UTF8=ACCEPT or IMAP4rev2 is enabled and names travel as UTF-8 (RFC 6855): the
 * session spells them when they leave and when they arrive, so that a mailbox stays the same one whatever is enabled. A wire name that is not valid in its encoding is shown as it is (bytes that are not UTF-8 as U+FFFD)
 * and can be used all the same, because commands take wire names.
 */
#ifndef MALLE_PROTO_IMAP_MAILBOX_H
#define MALLE_PROTO_IMAP_MAILBOX_H

#include <glib.h>
#include <stdbool.h>

/* The readable name: valid UTF-8, not safe for a terminal (text_make_safe()). *exact (may be NULL) is false
 * when imap_mailbox_encode() would not give back these very bytes. len < 0: NUL-terminated. g_free. */
char *imap_mailbox_decode(const char *wire, gssize len, bool utf8, bool *exact);
/* The wire name for a new mailbox; NULL when `name` is not UTF-8 or holds a control character. g_free. */
char *imap_mailbox_encode(const char *name, bool utf8);
/* "INBOX" in any case (RFC 9051 §5.1). */
bool imap_mailbox_is_inbox(const char *wire);

#endif
