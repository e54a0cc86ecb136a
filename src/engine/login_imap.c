#include "config.h"

#include "engine/login_imap.h"

LoginOffer login_imap_offer(const ImapSession *session)
{
    return (LoginOffer){
        .mechanisms = imap_capabilities_mechanisms(imap_session_capabilities(session)),
        .plain_command = !imap_session_can(session, IMAP_CAP_LOGINDISABLED),
    };
}

LoginNext login_imap_after_refusal(LoginMeans *means, const SaslMechanism *mechanism, Stream *stream, const ImapSession *session, const ImapText *text)
{
    LoginOffer offer = login_imap_offer(session);
    /* One that knows the password to be wrong says so by AUTHENTICATIONFAILED. */
    gboolean plain = text->status == IMAP_STATUS_NO && text->code == IMAP_CODE_NONE;
    return login_after_refusal(means, mechanism, stream, &offer, imap_session_auth_error(session), plain);
}
