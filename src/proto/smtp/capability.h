/* What the server said in its answer to EHLO (RFC 5321 §4.1.1.1). */
#ifndef MALLE_PROTO_SMTP_CAPABILITY_H
#define MALLE_PROTO_SMTP_CAPABILITY_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    SMTP_CAP_STARTTLS = 1 << 0,           /* RFC 3207 */
    SMTP_CAP_AUTH = 1 << 1,               /* RFC 4954 */
    SMTP_CAP_SIZE = 1 << 2,               /* RFC 1870 */
    SMTP_CAP_PIPELINING = 1 << 3,         /* RFC 2920 */
    SMTP_CAP_8BITMIME = 1 << 4,           /* RFC 6152 */
    SMTP_CAP_SMTPUTF8 = 1 << 5,           /* RFC 6531 */
    SMTP_CAP_CHUNKING = 1 << 6,           /* RFC 3030 */
    SMTP_CAP_BINARYMIME = 1 << 7,         /* RFC 3030 */
    SMTP_CAP_DSN = 1 << 8,                /* RFC 3461 */
    SMTP_CAP_ENHANCEDSTATUSCODES = 1 << 9, /* RFC 2034 */
    SMTP_CAP_REQUIRETLS = 1 << 10,        /* RFC 8689 */
    SMTP_CAP_FUTURERELEASE = 1 << 11,     /* RFC 4865 */
    SMTP_CAP_BURL = 1 << 12,              /* RFC 4468 */
} SmtpCap;

typedef struct {
    guint caps;               /* SmtpCap bits */
    guint64 size;             /* octets the server takes; 0: it does not say */
    char **mechanisms;        /* NULL-terminated, upper case; never NULL */
    char **burl;              /* what BURL may name: "imap", "imap://host"; never NULL */
    guint64 hold_max;         /* FUTURERELEASE: seconds */
    guint recipients_max;     /* LIMITS RCPTMAX (RFC 9422); 0: not said */
    char *host;               /* what the server calls itself */
} SmtpCapabilities;

/* TEXT: the lines of the reply to EHLO, joined by LF. */
SmtpCapabilities *smtp_capabilities_parse(const char *text);
void smtp_capabilities_free(SmtpCapabilities *capabilities);
bool smtp_can(const SmtpCapabilities *capabilities, SmtpCap cap); /* NULL can nothing */
/* BURL may name HOST's messages: "imap" alone, or the very server. */
bool smtp_can_burl(const SmtpCapabilities *capabilities, const char *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpCapabilities, smtp_capabilities_free)

#endif
