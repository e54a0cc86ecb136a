/* One letter on its way through a submission server: the envelope (RFC 5321 §3.3, RFC 6409), what may be
 * asked of it, and what became of it. Plain data.
 */
#ifndef MALLE_PROTO_SMTP_SUBMISSION_H
#define MALLE_PROTO_SMTP_SUBMISSION_H

#include "proto/output.h"
#include "proto/smtp/capability.h"
#include "proto/smtp/reply.h"

typedef enum {
    SMTP_NOTIFY_DEFAULT = 0, /* the server's habit: when it fails */
    SMTP_NOTIFY_NEVER = 1 << 0, /* alone */
    SMTP_NOTIFY_SUCCESS = 1 << 1,
    SMTP_NOTIFY_FAILURE = 1 << 2,
    SMTP_NOTIFY_DELAY = 1 << 3,
} SmtpNotify;

typedef enum { SMTP_BODY_7BIT, SMTP_BODY_8BITMIME, SMTP_BODY_BINARYMIME } SmtpBody;

/* Borrowed until the submission is done. Addresses are bare: "alice@example.org"; sender "" is the null path. */
typedef struct {
    const char *sender;
    const char *const *recipients; /* NULL-terminated, at least one */
    GBytes *header;         /* octets that go before those of message; NULL: none */
    GBytes *message;        /* with CRLF; NULL when burl is set. A mapped file is never in memory whole */
    const char *burl;       /* an IMAP URL with URLAUTH, in place of the message (RFC 4468) */
    guint64 size;           /* octets; 0: those of header and message */
    SmtpBody body;
    bool smtputf8;          /* addresses or header fields hold more than ASCII (RFC 6531) */
    bool require_tls;       /* RFC 8689 */
    SmtpNotify notify;      /* DSN, for each recipient (RFC 3461) */
    bool return_full;       /* RET=FULL; only with notify */
    const char *envelope_id; /* ENVID, or NULL */
    guint64 hold_seconds;   /* FUTURERELEASE (RFC 4865); 0: at once */
} SmtpSubmission;

typedef enum {
    SMTP_OUTCOME_ACCEPTED, /* for all recipients */
    SMTP_OUTCOME_PARTIAL,  /* for some: see the recipients' replies */
    SMTP_OUTCOME_REFUSED,  /* by `reply`, or by every recipient's; nothing was accepted */
    SMTP_OUTCOME_NOT_SENT, /* the connection ended, or could not be used, before the letter can have been taken */
    SMTP_OUTCOME_UNKNOWN,  /* its last octet left, and the answer did not come: it may have been sent */
} SmtpOutcome;

typedef struct {
    SmtpOutcome outcome;
    const SmtpReply *reply;      /* what decided; NULL for NOT_SENT and UNKNOWN */
    const char *words;           /* our own, for NOT_SENT and UNKNOWN; else NULL */
    const SmtpReply *const *recipients; /* one for each, in order; NULL where none came */
    guint accepted;              /* recipients */
} SmtpResult;

/* Whether the letter can go through this server; the reasons it cannot are in the person's words. */
bool smtp_submission_check(const SmtpSubmission *submission, const SmtpCapabilities *capabilities, GError **error);
/* The lines MAIL and RCPT, checked before. */
void smtp_submission_write_mail(const SmtpSubmission *submission, const SmtpCapabilities *capabilities, ProtoOutput *output);
void smtp_submission_write_recipient(const SmtpSubmission *submission, const SmtpCapabilities *capabilities,
                                     guint index, ProtoOutput *output);
guint64 smtp_submission_size(const SmtpSubmission *submission);

#endif
