/* The flags of a message, as every room that handles them spells them.
 *
 * The predefined flags of RFC 9051 §2.3.2 and the registered keywords that Malle acts on are bits; every other keyword
 * is a string (see Keywords below). \Recent is left out: RFC 9051 dropped it and nothing here depends on it.
 */
#ifndef MALLE_BASE_MAILFLAGS_H
#define MALLE_BASE_MAILFLAGS_H

#include <glib.h>

typedef enum {
    MAIL_FLAG_SEEN = 1 << 0,      /* \Seen */
    MAIL_FLAG_ANSWERED = 1 << 1,  /* \Answered */
    MAIL_FLAG_FLAGGED = 1 << 2,   /* \Flagged */
    MAIL_FLAG_DELETED = 1 << 3,   /* \Deleted */
    MAIL_FLAG_DRAFT = 1 << 4,     /* \Draft */
    MAIL_FLAG_FORWARDED = 1 << 5, /* $Forwarded */
    MAIL_FLAG_MDN_SENT = 1 << 6,  /* $MDNSent */
    MAIL_FLAG_JUNK = 1 << 7,      /* $Junk */
    MAIL_FLAG_NOT_JUNK = 1 << 8,  /* $NotJunk */
    MAIL_FLAG_PHISHING = 1 << 9,  /* $Phishing */
    MAIL_FLAG_ALL = (1 << 10) - 1,
} MailFlags;

/* The bit of one flag as it stands on the wire ("\\Seen", "$Forwarded"; case does not matter), or 0 for a keyword
 * that has no bit. */
MailFlags mail_flag_from_name(const char *name, gsize length);

/* The wire name of one bit, static. */
const char *mail_flag_name(MailFlags one_bit);

/* Keywords without a bit are kept as one string: the names separated by single spaces, sorted without regard to
 * ASCII case, no doubles, "" for none (NULL is read as ""). The functions return new strings, owned by the caller. */
char *keywords_add(const char *keywords, const char *more);
char *keywords_remove(const char *keywords, const char *less);
gboolean keywords_contain(const char *keywords, const char *name);

#endif
