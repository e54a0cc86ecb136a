#include "config.h"

#include "proto/smtp/session-private.h"

#include <string.h>

#include "base/i18n.h"

/* AUTH (RFC 4954). Nothing else is under way, and nothing leaves behind it before its last reply. */

/* RFC 4954 §4: an initial response that makes the line longer than this has to wait for the first 334. */
#define COMMAND_MAX 12288

static bool go_on(SmtpSession *session, ProtoExchangeStep did, GError **error)
{
    switch (did) {
    case PROTO_EXCHANGE_WROTE:
        smtp_session_owe(session, SMTP_OWED_AUTH);
        break;
    case PROTO_EXCHANGE_BUSY:
        break;
    case PROTO_EXCHANGE_GAVE_UP:
        smtp_session_finish(session, SMTP_DONE_ENDED, NULL);
        break;
    case PROTO_EXCHANGE_OUT_OF_TURN:
    case PROTO_EXCHANGE_ENDLESS:
        return smtp_session_protocol_error(error, proto_exchange_words(did));
    }
    return true;
}

bool smtp_session_authenticate(SmtpSession *session, SaslMechanism *mechanism, SmtpDoneFunc done, gpointer user,
                               GError **error)
{
    if (!smtp_session_may_begin(session, error))
        return false;
    if (!session->tls && session->options.security == SMTP_SECURITY_STARTTLS) {
        g_set_error_literal(error, SMTP_ERROR, SMTP_ERROR_INSECURE,
                            _("The connection is not protected. The password was not sent."));
        return false;
    }
    session->done = done;
    session->done_user = user;
    go_on(session, proto_exchange_begin(&session->auth, mechanism, "AUTH", COMMAND_MAX, &session->output), NULL);
    smtp_session_notify(session);
    return true;
}

bool smtp_session_auth_reply(SmtpSession *session, const SmtpReply *reply, GError **error)
{
    if (reply->code == 334)
        return go_on(session, proto_exchange_challenge(&session->auth, reply->text, strlen(reply->text), &session->output), error);
    session->authenticated = reply->code / 100 == 2;
    if (session->authenticated && !proto_exchange_proved(&session->auth, SMTP_ERROR, SMTP_ERROR_INSECURE, error)) {
        session->authenticated = false;
        return false;
    }
    proto_exchange_end(&session->auth);
    smtp_session_finish(session, session->authenticated ? SMTP_DONE_OK : SMTP_DONE_REFUSED, reply);
    return true;
}

bool smtp_session_auth_busy(const SmtpSession *session)
{
    return session->auth.working && !session->closed;
}

void smtp_session_auth_resume(SmtpSession *session)
{
    if (!smtp_session_auth_busy(session))
        return;
    go_on(session, proto_exchange_resume(&session->auth, &session->output), NULL);
    smtp_session_notify(session);
}

const GError *smtp_session_auth_error(const SmtpSession *session)
{
    return session->auth.error;
}
