/* Addresses: from a header value to a list, and how they are shown so that nobody is deceived. Any thread. */
#ifndef MALLE_MIME_ADDRESS_H
#define MALLE_MIME_ADDRESS_H

#include "mime/summary.h"

#include <stdbool.h>

/* RFC 5322 §3.4 address list. Structure is parsed before encoded words are decoded, so an encoded comma or
 * bracket is only text (Mailsploit). Of MailAddress*, free func set; members of groups follow their group's
 * row. At most 10,000. */
GPtrArray *mime_addresses_parse(const char *value, gsize length);

/* One address out of the raw pieces of an IMAP ENVELOPE (RFC 9051 §7.5.2: name, mailbox, host; each NULL for
 * NIL). A group's start (host NIL) has address NULL and the group's name; its end gives NULL, as does nothing
 * at all. */
MailAddress *mime_address_from_envelope(const char *name, gsize name_length, const char *mailbox,
                                        gsize mailbox_length, const char *host, gsize host_length);

/* ADDRESS (without a name) as it stands in commands and in fields that we write: its domain as A-labels, its local part in quotes
 * where it has to be. NULL for what is no address, and for what would be taken for more than one. Caller frees. */
char *mime_address_on_wire(const char *address);

/* What a list column shows: the name, or the address when there is none. When the name itself looks like an
 * address (and is not this one), the true address is shown behind it: "boss@bank.com <eve@evil.example>".
 * Safe, one line. Caller frees. */
char *mime_address_show_short(const char *name, const char *address);

/* What the reader shows: "Name <local@domain>", the domain as mime_domain_show() says. Safe, one line. Caller
 * frees. */
char *mime_address_show(const char *name, const char *address);

/* Does the name claim to be an address other than `address`? */
bool mime_name_deceives(const char *name, const char *address);

/* A domain for people: punycode as its letters; with the wire form behind it in brackets when the letters
 * come from mixed scripts or imitate Latin: "аpple.com (xn--pple-43d.com)". Safe. Caller frees. */
char *mime_domain_show(const char *domain);

#endif
