/* How an account logs in to a server, whatever is spoken there: which mechanism, and what comes after a refusal. Shared by the links at work
 * (IMAP, submission, POP3) and by the probe, so that `malle doctor` sees what Malle does.
 */
#ifndef MALLE_ENGINE_LOGIN_H
#define MALLE_ENGINE_LOGIN_H

#include "base/secret.h"
#include "config/account.h"
#include "net/stream.h"
#include "sasl/sasl.h"

typedef struct {
    const Account *account;
    const AccountUrl *url;  /* the server: the account's `receive` or `send` */
    Secret *secret;         /* the password; with token-command the token, made for that server. NULL: none. Counted by whoever holds this */
    gboolean unbound;       /* the server refused a log-in that was bound to the channel */
    gboolean no_external;   /* the server does not take the certificate as a log-in */
} LoginMeans;

/* What the server has for it. Borrowed. */
typedef struct {
    const char *const *mechanisms; /* of SASL, NULL-terminated; NULL: none */
    gboolean plain_command;        /* a command of the protocol's own that shows the password: IMAP's LOGIN where it is not disabled, POP3's
                                    * USER and PASS; SMTP has none */
} LoginOffer;

/* The account's secret is an OAuth 2 token, which is never tried as a password. */
gboolean login_uses_token(const Account *account);
/* There is something to log in with beside a secret: a certificate or a Kerberos ticket. */
gboolean login_needs_no_secret(const Account *account);

/* The strongest mechanism that both sides have, or NULL: then the protocol's command, if login_may_show_password(), else nothing. */
SaslMechanism *login_mechanism(const LoginMeans *means, Stream *stream, const LoginOffer *offer);
/* May the password be shown to the server, by the protocol's own command? */
gboolean login_may_show_password(const LoginMeans *means, Stream *stream, const LoginOffer *offer);
/* There is neither: why, in words for the person. Caller frees. */
char *login_impossible_words(const LoginMeans *means, Stream *stream, const LoginOffer *offer);

typedef enum {
    LOGIN_GIVES_UP,    /* the refusal stands */
    LOGIN_TRIES_AGAIN, /* login_mechanism() gives another now */
    LOGIN_BY_COMMAND,
} LoginNext;

/* The mechanism was refused: INSIDE is what it says itself, or NULL. PLAIN_REFUSAL: the server gave no reason that programs can read, so that it
 * may have been about the mechanism and not the password. Notes in MEANS what is not to be tried again. */
LoginNext login_after_refusal(LoginMeans *means, const SaslMechanism *mechanism, Stream *stream, const LoginOffer *offer, const GError *inside,
                              gboolean plain_refusal);

#endif
