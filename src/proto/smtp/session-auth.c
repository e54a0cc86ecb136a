#include "config.h"

#include "proto/smtp/session-private.h"

#include <string.h>

#include "base/i18n.h"
#include "proto/challenge.h"

/* AUTH (RFC 4954). Nothing else is under way, and nothing leaves behind it before its last reply. */

/* RFC 4954 §4: an initial response that makes the line longer than this has to wait for the first 334. */
#define INITIAL_MAX (12288 / 4 * 3 - 64)

static void write_line(SmtpSession *session, GBytes *response)
{
    if (response == NULL)
        proto_output_text(&session->output, "*");
    else
        proto_response_encode(&session->output, response);
    proto_output_text(&session->output, "\r\n");
    smtp_session_owe(session, SMTP_OWED_AUTH);
}

static void write_command(SmtpSession *session, GBytes *response)
{
    proto_output_printf(&session->output, "AUTH %s", sasl_mechanism_name(session->mechanism));
    if (response != NULL) {
        proto_output_text(&session->output, g_bytes_get_size(response) == 0 ? " =" : " ");
        if (g_bytes_get_size(response) > 0)
            proto_response_encode(&session->output, response);
    }
    proto_output_text(&session->output, "\r\n");
    smtp_session_owe(session, SMTP_OWED_AUTH);
}

/* An initial response that cannot be made: nothing was sent, so there is nothing to take back. */
static void give_up(SmtpSession *session)
{
    smtp_session_auth_end(session);
    smtp_session_finish(session, SMTP_DONE_ENDED, NULL);
}

static void begin_with(SmtpSession *session, GBytes *response)
{
    bool fits = g_bytes_get_size(response) <= INITIAL_MAX;
    write_command(session, fits ? response : NULL);
    if (!fits)
        session->auth_held = g_bytes_ref(response);
}

static void send_held(SmtpSession *session)
{
    write_line(session, session->auth_held);
    sasl_response_free(g_steal_pointer(&session->auth_held));
}

static void step(SmtpSession *session)
{
    GBytes *response = NULL;
    GError *error = NULL;
    SaslStep did = sasl_step(session->mechanism, session->challenge, &response, &error);

    session->auth_working = did == SASL_STEP_BUSY;
    if (session->auth_working)
        return;
    g_clear_pointer(&session->challenge, g_bytes_unref);
    if (did == SASL_STEP_FAILED) {
        g_clear_error(&session->auth_error);
        session->auth_error = error;
    }
    bool initial = session->auth_initial;
    session->auth_initial = false;
    if (initial && did == SASL_STEP_FAILED)
        give_up(session);
    else if (initial)
        begin_with(session, response);
    else
        write_line(session, response); /* a failed step may still have an answer (OAuth), else "*" */
    if (response != NULL)
        sasl_response_free(response);
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
    g_clear_error(&session->auth_error);
    session->mechanism = mechanism;
    session->done = done;
    session->done_user = user;
    session->auth_initial = sasl_has_initial_response(mechanism);
    if (session->auth_initial)
        step(session);
    else
        write_command(session, NULL);
    smtp_session_notify(session);
    return true;
}

static bool challenge(SmtpSession *session, const SmtpReply *reply)
{
    session->challenge = proto_challenge_decode(reply->text, strlen(reply->text));
    if (session->challenge == NULL) {
        g_clear_error(&session->auth_error);
        session->auth_error =
            g_error_new(SASL_ERROR, SASL_ERROR_CHALLENGE, _("The server's challenge cannot be read."));
        write_line(session, NULL);
        return true;
    }
    step(session);
    return true;
}

static bool succeeded(SmtpSession *session, GError **error)
{
    GError *impostor = NULL;
    if (!sasl_succeeded(session->mechanism, NULL, &impostor)) {
        g_set_error_literal(error, SMTP_ERROR, SMTP_ERROR_INSECURE,
                            impostor != NULL ? impostor->message : _("The server could not prove that it knows the password."));
        g_clear_error(&impostor);
        return false;
    }
    return true;
}

bool smtp_session_auth_reply(SmtpSession *session, const SmtpReply *reply, GError **error)
{
    if (reply->code == 334 && session->auth_held != NULL) {
        send_held(session);
        return true;
    }
    if (reply->code == 334)
        return challenge(session, reply);
    if (reply->code / 100 == 2 && !succeeded(session, error))
        return false;
    session->authenticated = reply->code / 100 == 2;
    smtp_session_auth_end(session);
    smtp_session_finish(session, session->authenticated ? SMTP_DONE_OK : SMTP_DONE_REFUSED, reply);
    return true;
}

void smtp_session_auth_end(SmtpSession *session)
{
    session->mechanism = NULL;
    session->auth_working = session->auth_initial = false;
    g_clear_pointer(&session->challenge, g_bytes_unref);
    if (session->auth_held != NULL)
        sasl_response_free(g_steal_pointer(&session->auth_held));
}

bool smtp_session_auth_busy(const SmtpSession *session)
{
    return session->auth_working && !session->closed;
}

void smtp_session_auth_resume(SmtpSession *session)
{
    if (!smtp_session_auth_busy(session))
        return;
    step(session);
    smtp_session_notify(session);
}

const GError *smtp_session_auth_error(const SmtpSession *session)
{
    return session->auth_error;
}
