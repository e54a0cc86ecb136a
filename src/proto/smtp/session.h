/* One submission connection without the connection: bytes in, events out; letters in, bytes out (RFC 6409, RFC
 * 5321, RFC 3207, RFC 4954, RFC 2920, RFC 3030, RFC 4468).
 *
 * No I/O, no clock, no thread: the owner reads from its stream and feeds, and writes what
 * smtp_session_take_output() gives. All calls from one thread; no call blocks. Every callback may call anything
 * here but smtp_session_feed() and smtp_session_free().
 *
 *   new → feed (greeting; EHLO leaves by itself) → hello
 *       → smtp_session_starttls() → done; smtp_session_wants_tls() → handshake → smtp_session_tls_started()
 *         (EHLO again by itself) → hello
 *       → smtp_session_authenticate() → done → smtp_session_submit() → done → … → smtp_session_quit()
 *
 * One thing at a time: an operation begins when the one before it is done (smtp_session_is_busy()).
 */
#ifndef MALLE_PROTO_SMTP_SESSION_H
#define MALLE_PROTO_SMTP_SESSION_H

#include "proto/output.h"
#include "proto/smtp/capability.h"
#include "proto/smtp/error.h"
#include "proto/smtp/submission.h"
#include "sasl/sasl.h"

typedef struct SmtpSession SmtpSession;

typedef enum {
    SMTP_SECURITY_TLS,      /* the stream is under TLS from the first byte */
    SMTP_SECURITY_STARTTLS, /* has to be raised: before, no secret and no envelope leaves, and nobody's words are
                             * shown */
    SMTP_SECURITY_NONE,     /* the account says +insecure */
} SmtpSecurity;

typedef struct {
    SmtpSecurity security;
    const char *name;       /* what EHLO says; NULL: an address literal that tells nothing of this machine */
    gsize inline_max;       /* a letter up to this many octets leaves with its envelope in one piece (BDAT); a
                             * larger one waits until its recipients were accepted. 0: 32 KiB */
} SmtpSessionOptions;

typedef enum {
    SMTP_DONE_OK,
    SMTP_DONE_REFUSED, /* `reply` says why */
    SMTP_DONE_ENDED,   /* the connection ended first; reply NULL */
} SmtpDone;
typedef void (*SmtpDoneFunc)(SmtpSession *session, SmtpDone done, const SmtpReply *reply, gpointer user);
/* result lives until it returns. */
typedef void (*SmtpSubmittedFunc)(SmtpSession *session, const SmtpResult *result, gpointer user);

/* Any may be NULL but hello. */
typedef struct {
    /* There is output to take, where there was none. */
    void (*output)(SmtpSession *session, gpointer user);
    /* The answer to EHLO came (or HELO's: then without capabilities). Also behind STARTTLS and
     * smtp_session_hello(). */
    void (*hello)(SmtpSession *session, const SmtpCapabilities *capabilities, gpointer user);
    /* The server turns us away: a greeting that is no 220, EHLO and HELO refused, or 421 at any time. Close. */
    void (*refused)(SmtpSession *session, const SmtpReply *reply, gpointer user);
    /* The last octets of a letter are next: from smtp_session_release() on, a connection that breaks leaves its
     * fate unknown. The owner makes that durable, then releases (from inside, or later). NULL: released at once. */
    void (*last_octets)(SmtpSession *session, gpointer user);
} SmtpSessionEvents;

/* All are copied. */
SmtpSession *smtp_session_new(const SmtpSessionOptions *options, const SmtpSessionEvents *events, gpointer user);
/* Calls smtp_session_close(session, NULL) first. */
void smtp_session_free(SmtpSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpSession, smtp_session_free)

/* ---- the stream's side ---- */

/* False: protocol error, limit or attack; close the stream, then smtp_session_close(). */
bool smtp_session_feed(SmtpSession *session, const void *bytes, gsize len, GError **error);
/* What may be written now, some 64 KiB at most at a time; NULL when there is nothing. Call until NULL. NULL with
 * error: the letter cannot be sent as it is (SMTP_ERROR_MESSAGE); the connection must be closed. `ranges`
 * (nullable, of ProtoOutputRange) is replaced: what a log must not show. */
GBytes *smtp_session_take_output(SmtpSession *session, GArray *ranges, GError **error);
bool smtp_session_wants_tls(const SmtpSession *session);
void smtp_session_tls_started(SmtpSession *session);
/* The connection is gone: what is under way is done now, with ENDED, NOT_SENT or UNKNOWN. reason: nullable. */
void smtp_session_close(SmtpSession *session, const char *reason);

/* ---- the owner's side ---- */

bool smtp_session_is_busy(const SmtpSession *session);
guint smtp_session_owed(const SmtpSession *session); /* replies that have not come yet */
guint64 smtp_session_heard(const SmtpSession *session); /* replies that have come */
bool smtp_session_is_protected(const SmtpSession *session);
/* NULL before the first EHLO was answered, and between STARTTLS and its EHLO. */
const SmtpCapabilities *smtp_session_capabilities(const SmtpSession *session);

/* All of these: false with error when it cannot be begun, and then done is never called; else it is called once. */
bool smtp_session_starttls(SmtpSession *session, SmtpDoneFunc done, gpointer user, GError **error);
/* The mechanism is borrowed until done. SMTP_ERROR_INSECURE from feed: a success without proof. */
bool smtp_session_authenticate(SmtpSession *session, SaslMechanism *mechanism, SmtpDoneFunc done, gpointer user,
                               GError **error);
/* A mechanism that computes for long does it piece by piece: while busy, resume in later turns of the loop. */
bool smtp_session_auth_busy(const SmtpSession *session);
void smtp_session_auth_resume(SmtpSession *session);
const GError *smtp_session_auth_error(const SmtpSession *session); /* what the mechanism said, or NULL */
/* EHLO once more: some servers say only now what they offer to whom (BURL). Told by `hello`. */
bool smtp_session_hello(SmtpSession *session, GError **error);
/* submission and what it points to stay the caller's, and as they are, until done. */
bool smtp_session_submit(SmtpSession *session, const SmtpSubmission *submission, SmtpSubmittedFunc done,
                         gpointer user, GError **error);
void smtp_session_release(SmtpSession *session); /* see last_octets */
/* Says QUIT; the answer is not worth waiting for. */
void smtp_session_quit(SmtpSession *session);

#endif
