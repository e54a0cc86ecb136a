/* Every way in which an account's server can be wrong, as far as a look at it can tell: one cause each, with a name that scripts may
 * rely on (`malle doctor --json`) and a class. The words that a person reads are the error's; what to do about it is cli/doctor_advice.c.
 */
#ifndef MALLE_ENGINE_PROBE_CAUSE_H
#define MALLE_ENGINE_PROBE_CAUSE_H

#include <glib.h>

typedef enum {
    PROBE_CLASS_NONE,
    PROBE_CLASS_NOTE,       /* worth knowing; everything works */
    PROBE_CLASS_NAME,       /* the host's name */
    PROBE_CLASS_CONNECTION, /* it may pass by itself */
    PROBE_CLASS_SERVICE,    /* what answers is no mail server of that kind, or one that lacks what Malle cannot do without */
    PROBE_CLASS_ENCRYPTION, /* TLS, STARTTLS, certificates */
    PROBE_CLASS_LOGIN,
    PROBE_CLASS_MAILBOX,
    PROBE_CLASS_CONFIG,     /* what the accounts file says */
} ProbeClass;

/* clang-format off */
#define PROBE_CAUSES(X) \
    X(NO_SUCH_HOST, "no-such-host", NAME) \
    X(NO_NAME_SERVER, "no-name-server", CONNECTION) \
    X(REFUSED, "refused", CONNECTION) \
    X(UNREACHABLE, "unreachable", CONNECTION) \
    X(NOT_CONNECTED, "not-connected", CONNECTION) \
    X(TIMED_OUT, "timed-out", CONNECTION) \
    X(PROXY, "proxy", CONNECTION) \
    X(CUT, "cut", CONNECTION) \
    X(SENT_AWAY, "sent-away", CONNECTION) \
    X(BUSY, "busy", CONNECTION)                   /* [UNAVAILABLE], [INUSE], [LIMIT], [THROTTLED] */ \
    X(WEB_SERVER, "web-server", SERVICE)          /* a captive portal, or the wrong port */ \
    X(OTHER_SERVER, "other-server", SERVICE)      /* POP3, SMTP, SSH */ \
    X(NO_TLS, "no-tls", SERVICE)                  /* imaps:// where the port begins in clear */ \
    X(TLS_EXPECTED, "tls-expected", SERVICE)      /* imap:// where the port begins with TLS */ \
    X(NOT_IMAP, "not-imap", SERVICE) \
    X(NOT_SUBMISSION, "not-submission", SERVICE)  /* of `send`: what answers does not speak SMTP */ \
    X(NOT_POP, "not-pop", SERVICE) \
    X(TOO_MUCH, "too-much", SERVICE)              /* a line, literal or list beyond every bound */ \
    X(NO_CAPABILITIES, "no-capabilities", SERVICE) \
    X(NO_IMAP4, "no-imap4", SERVICE)              /* neither IMAP4rev1 nor IMAP4rev2 */ \
    X(COMMAND_REFUSED, "command-refused", SERVICE) \
    X(TLS, "tls", ENCRYPTION) \
    X(OLD_TLS, "old-tls", ENCRYPTION) \
    X(STARTTLS_MISSING, "starttls-missing", ENCRYPTION) \
    X(STARTTLS_REFUSED, "starttls-refused", ENCRYPTION) \
    X(STARTTLS_INJECTED, "starttls-injected", ENCRYPTION) \
    X(PREAUTH, "preauth", ENCRYPTION)             /* logged in before it can be encrypted */ \
    X(CERTIFICATE, "certificate", ENCRYPTION) \
    X(CERTIFICATE_EXPIRED, "certificate-expired", ENCRYPTION) \
    X(CERTIFICATE_NOT_YET_VALID, "certificate-not-yet-valid", ENCRYPTION) \
    X(CERTIFICATE_WRONG_NAME, "certificate-wrong-name", ENCRYPTION) \
    X(CERTIFICATE_SELF_SIGNED, "certificate-self-signed", ENCRYPTION) \
    X(CERTIFICATE_UNKNOWN_ISSUER, "certificate-unknown-issuer", ENCRYPTION) \
    X(CERTIFICATE_REVOKED, "certificate-revoked", ENCRYPTION) \
    X(PIN_CHANGED, "pin-changed", ENCRYPTION) \
    X(NO_MECHANISM, "no-mechanism", LOGIN)        /* none that both sides have and the account allows */ \
    X(LOGIN_DISABLED, "login-disabled", LOGIN) \
    X(LOGIN_REFUSED, "login-refused", LOGIN)      /* without a reason that programs can read */ \
    X(WRONG_CREDENTIALS, "wrong-credentials", LOGIN) \
    X(NOT_AUTHORIZED, "not-authorized", LOGIN) \
    X(CREDENTIALS_EXPIRED, "credentials-expired", LOGIN) \
    X(PRIVACY_REQUIRED, "privacy-required", LOGIN) \
    X(CONTACT_ADMIN, "contact-admin", LOGIN) \
    X(MECHANISM, "mechanism", LOGIN)              /* the mechanism failed: an impostor, a token that is refused */ \
    X(LIST_REFUSED, "list-refused", MAILBOX) \
    X(NO_INBOX, "no-inbox", MAILBOX) \
    X(INBOX_REFUSED, "inbox-refused", MAILBOX) \
    X(INBOX_READ_ONLY, "inbox-read-only", MAILBOX) \
    X(UIDS_NOT_KEPT, "uids-not-kept", MAILBOX)    /* no UIDVALIDITY, or [UIDNOTSTICKY] */ \
    X(NO_USER, "no-user", CONFIG) \
    X(NO_PASSWORD, "no-password", CONFIG) \
    X(NO_TOKEN, "no-token", CONFIG)               /* token-command gave none */ \
    X(CA_FILE, "ca-file", CONFIG) \
    X(CLIENT_CERTIFICATE, "client-certificate", CONFIG) \
    X(PROXY_ADDRESS, "proxy-address", CONFIG) \
    X(MAILBOX_MISSING, "mailbox-missing", CONFIG) /* one that the accounts file names */ \
    X(MAILBOX_HOLDS_NONE, "mailbox-holds-none", CONFIG) /* the same, \Noselect */ \
    X(ROLE_MISSING, "role-missing", NOTE) \
    X(NO_NEW_KEYWORDS, "no-new-keywords", NOTE) \
    X(NO_LEVELS, "no-levels", NOTE) \
    X(BELOW_INBOX, "below-inbox", NOTE) \
    X(DELIMITERS_DIFFER, "delimiters-differ", NOTE) \
    X(MANY_MAILBOXES, "many-mailboxes", NOTE) \
    X(LOGIN_DELAY, "login-delay", NOTE)           /* of POP3 (RFC 2449) */ \
    X(EXPIRES, "expires", NOTE) \
    X(ALERT, "alert", NOTE)

typedef enum {
    PROBE_CAUSE_NONE,
#define X(id, name, class) PROBE_CAUSE_##id,
    PROBE_CAUSES(X)
#undef X
        PROBE_CAUSE_COUNT
} ProbeCause;
/* clang-format on */

/* "certificate-expired"; NULL for none. Static, and part of the interface. */
const char *probe_cause_name(ProbeCause cause);
ProbeClass probe_cause_class(ProbeCause cause);
/* "connection", "encryption" …; NULL for none. Static. */
const char *probe_class_name(ProbeClass class);

#endif
