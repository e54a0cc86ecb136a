/* How an account logs in to the server at the other end of a stream: which mechanism, and what comes after a refusal. Shared by the links
 * at work (link_login.c) and the probe (probe_login.c), so that `malle doctor` sees what Malle does.
 */
#ifndef MALLE_ENGINE_LOGIN_H
#define MALLE_ENGINE_LOGIN_H

#include "base/secret.h"
#include "config/account.h"
#include "net/stream.h"
#include "proto/imap/session.h"

typedef struct {
    const Account *account;
    Secret *secret;         /* the password; with token-command the token. NULL: none. Counted by whoever holds this */
    gboolean unbound;       /* the server refused a log-in that was bound to the channel */
    gboolean no_external;   /* the server does not take the certificate as a log-in */
} LoginMeans;

/* The account's secret is an OAuth 2 token, which is never tried as a password. */
gboolean login_uses_token(const Account *account);
/* There is something to log in with beside a secret: a certificate or a Kerberos ticket. */
gboolean login_needs_no_secret(const Account *account);

/* The strongest mechanism that both sides have, or NULL: then the LOGIN command, if login_may_show_password(), else nothing. */
SaslMechanism *login_mechanism(const LoginMeans *means, Stream *stream, const ImapSession *session);
/* May the password be shown to the server, by the LOGIN command? */
gboolean login_may_show_password(const LoginMeans *means, Stream *stream, const ImapSession *session);
/* There is neither: why, in words for the person. Caller frees. */
char *login_impossible_words(const LoginMeans *means, Stream *stream, const ImapSession *session);

typedef enum {
    LOGIN_GIVES_UP,    /* the refusal stands */
    LOGIN_TRIES_AGAIN, /* login_mechanism() gives another now */
    LOGIN_BY_COMMAND,
} LoginNext;

/* AUTHENTICATE was answered NO or BAD, as TEXT says. Notes in MEANS what is not to be tried again. */
LoginNext login_after_refusal(LoginMeans *means, const SaslMechanism *mechanism, Stream *stream, const ImapSession *session, const ImapText *text);

#endif
