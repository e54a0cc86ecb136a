/* SASL mechanisms (RFC 4422) as step functions: bytes of a challenge in, bytes of a response out.
 * There is no I/O in here, and no base64.
 *
 * EXTERNAL, GSSAPI (RFC 4752, where built with GNU SASL), SCRAM-SHA-256(-PLUS), SCRAM-SHA-1(-PLUS) (RFC 5802, RFC 7677), OAUTHBEARER (RFC 7628), XOAUTH2,
 * CRAM-MD5 (RFC 2195), PLAIN (RFC 4616), LOGIN. A mechanism belongs to one thread at a time. Secrets are
 * wiped when it is freed.
 *
 *     names = sasl_candidates(offered, &credentials, SASL_LINK_ENCRYPTED);    strongest first
 *     mechanism = sasl_mechanism_new(names->pdata[0], &credentials, &error);
 *     sasl_step(mechanism, NULL, &response, &error);         only with an initial response
 *     sasl_step(mechanism, challenge, &response, &error);    for each challenge
 *     sasl_succeeded(mechanism, NULL, &error);               when the server says yes
 *
 * Only when the last is TRUE has the server shown that it may say so.
 */
#ifndef MALLE_SASL_SASL_H
#define MALLE_SASL_SASL_H

#include <glib.h>

#define SASL_ERROR (sasl_error_quark())
GQuark sasl_error_quark(void);

typedef enum {
    SASL_ERROR_UNKNOWN_MECHANISM,
    SASL_ERROR_CREDENTIALS, /* what this mechanism needs is missing or not UTF-8 */
    SASL_ERROR_CHALLENGE,   /* the server's challenge is malformed, too long or out of turn */
    SASL_ERROR_REFUSED,     /* the server refused inside the mechanism (SCRAM e=, OAuth's error status) */
    SASL_ERROR_IMPOSTOR,    /* the server said yes without proving that it knows the password (SCRAM) */
} SaslError;

/* Longest challenge that is looked at, decoded. */
#define SASL_CHALLENGE_MAX (64 * 1024)
/* SCRAM: most iterations that are computed. The server may ask for more and is refused. */
#define SASL_ITERATIONS_MAX 10000000

/* All strings UTF-8, NUL-terminated, copied; NULL for what there is not. */
typedef struct {
    const char *authcid;         /* who logs in */
    const char *authzid;         /* as whom to act, or NULL for the same */
    const char *secret;          /* password */
    const char *token;           /* OAuth 2 bearer token */
    gboolean client_certificate; /* one was given to TLS: EXTERNAL is possible */
    gboolean kerberos;           /* the person has, or is to have, a ticket: GSSAPI and nothing else */
    const char *service;         /* for GSSAPI: "imap" (NULL is that too), "smtp" … */
    const char *host;            /* for OAUTHBEARER: the server as the account names it */
    guint16 port;
    const char *binding_name; /* channel binding: "tls-exporter" …; NULL when the link has none */
    GBytes *binding_data;
    gboolean plus_offered; /* the server offered a -PLUS: a plain SCRAM then says "n", otherwise "y" (RFC 5802
                              §6, downgrade protection) */
} SaslCredentials;

typedef enum {
    SASL_LINK_CLEAR = 0,
    SASL_LINK_ENCRYPTED = 1 << 0,
    SASL_LINK_INSECURE_ALLOWED = 1 << 1, /* the account says "+insecure" */
} SaslLink;

/* The offered mechanisms (NULL-terminated, any case) that can be used with these credentials, strongest
 * first; of static strings, container owned by the caller, never NULL. On a clear link nothing that shows the
 * password or token, unless SASL_LINK_INSECURE_ALLOWED. When there is a token, only OAuth's mechanisms are
 * candidates. PLUS ones only with binding data. */
GPtrArray *sasl_candidates(const char *const *offered, const SaslCredentials *credentials, SaslLink link);
/* This Malle was built with it, in any case of letters. */
gboolean sasl_is_known(const char *name);
/* The first of them, static, or NULL. */
const char *sasl_select(const char *const *offered, const SaslCredentials *credentials, SaslLink link);
/* TRUE for those that show the secret to whoever reads the link: PLAIN, LOGIN, OAUTHBEARER, XOAUTH2. */
gboolean sasl_is_plain_text(const char *name);
/* TRUE if one of the offered is a -PLUS (for plus_offered). */
gboolean sasl_offers_plus(const char *const *offered);

typedef struct SaslMechanism SaslMechanism;

SaslMechanism *sasl_mechanism_new(const char *name, const SaslCredentials *credentials, GError **error);
void sasl_mechanism_free(SaslMechanism *mechanism);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaslMechanism, sasl_mechanism_free)
/* Static, as registered. */
const char *sasl_mechanism_name(const SaslMechanism *mechanism);
/* TRUE when the client speaks first: the response may travel with the command (SASL-IR), and otherwise
 * answers the empty challenge. */
gboolean sasl_has_initial_response(const SaslMechanism *mechanism);

typedef enum {
    SASL_STEP_FAILED, /* ERROR is set; the exchange must be cancelled ("*") */
    SASL_STEP_SEND,   /* send *RESPONSE (may be empty) */
    SASL_STEP_BUSY, /* a bounded piece of a long computation was done: call again with the same challenge in a
                       later turn of the loop */
} SaslStep;

/* CHALLENGE: decoded bytes, NULL for the initial response. The response is the caller's; free it with
 * sasl_response_free(), which wipes. A mechanism may fail with SASL_ERROR_REFUSED and still set *RESPONSE:
 * OAuth's error challenge wants an answer before the server says NO; send it in place of "*". */
SaslStep sasl_step(SaslMechanism *mechanism, GBytes *challenge, GBytes **response, GError **error);
void sasl_response_free(GBytes *response);

/* The protocol reported success. ADDITIONAL: data that came with it (SMTP, POP and Sieve can), or NULL. FALSE
 * when the mechanism had more to prove: a SCRAM server that did not show its signature is an impostor, and
 * the link has to be closed. */
gboolean sasl_succeeded(SaslMechanism *mechanism, GBytes *additional, GError **error);
/* After a refusal: TRUE when it may have been about the channel's binding and not about the password, so that
 * the same login without binding data (plus_offered stays TRUE) is worth one more try. ERROR: what
 * sasl_step() said, or NULL. */
gboolean sasl_may_try_unbound(const SaslMechanism *mechanism, const GError *error);
/* What the server said inside the mechanism when it refused (SCRAM's e=, OAuth's JSON), or NULL. UTF-8, not
 * terminal-safe. Owned. */
const char *sasl_refusal(const SaslMechanism *mechanism);

#endif
