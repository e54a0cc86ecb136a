#include "config.h"

#include "proto/imap/session-private.h"

#include "base/i18n.h"
#include "proto/challenge.h"

/* AUTHENTICATE (RFC 9051 §6.2.2, RFC 4959). The command and each response leave at once: nothing else is
 * under way. */

/* The command line; response NULL: without an initial one. */
static void write_command(ImapSession *session, GBytes *response)
{
    ImapEntry *entry = session->auth_entry;
    proto_output_printf(&session->output, "%s AUTHENTICATE %s", entry->tag,
                       sasl_mechanism_name(entry->mechanism));
    if (response != NULL) {
        proto_output_text(&session->output, " ");
        if (g_bytes_get_size(response) == 0)
            proto_output_text(&session->output, "="); /* RFC 4959 §3 */
        else
            proto_response_encode(&session->output, response);
    }
    proto_output_text(&session->output, "\r\n");
    session->auth = AUTH_WAIT;
    imap_session_finish_sending(session, entry);
}

static void write_response(ImapSession *session, GBytes *response)
{
    if (response == NULL)
        proto_output_text(&session->output, "*");
    else
        proto_response_encode(&session->output, response);
    proto_output_text(&session->output, "\r\n");
    session->auth = AUTH_WAIT;
}

/* An initial response that cannot be made: nothing was sent, so that nothing has to be taken back. */
static void give_up(ImapSession *session)
{
    ImapEntry *entry = session->auth_entry;
    session->auth = AUTH_NONE;
    session->auth_entry = NULL;
    session->current = NULL;
    imap_session_complete_locally(session, entry, IMAP_RESULT_NOT_SENT,
                                  session->auth_error != NULL ? session->auth_error->message : "");
}

static void step(ImapSession *session)
{
    GBytes *response = NULL;
    GError *error = NULL;
    SaslStep did = sasl_step(session->auth_entry->mechanism, session->challenge, &response, &error);

    if (did == SASL_STEP_BUSY)
        return;
    g_clear_pointer(&session->challenge, g_bytes_unref);
    if (did == SASL_STEP_FAILED) {
        g_clear_error(&session->auth_error);
        session->auth_error = error;
    }
    if (session->auth == AUTH_INITIAL && did == SASL_STEP_FAILED)
        give_up(session);
    else if (session->auth == AUTH_INITIAL)
        write_command(session, response);
    else
        write_response(session, response); /* a failed step may still have an answer (OAuth), else "*" */
    if (response != NULL)
        sasl_response_free(response);
}

bool imap_session_auth_begin(ImapSession *session, ImapEntry *entry)
{
    bool initial = sasl_has_initial_response(entry->mechanism);

    g_clear_error(&session->auth_error);
    session->auth_entry = entry;
    if (initial && imap_session_can(session, IMAP_CAP_SASL_IR)) {
        session->auth_initial_due = false;
        session->auth = AUTH_INITIAL;
        step(session);
    } else {
        session->auth_initial_due = initial;
        write_command(session, NULL);
    }
    return true;
}

bool imap_session_auth_challenge(ImapSession *session, ImapString text, GError **error)
{
    if (session->auth != AUTH_WAIT) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_PROTOCOL,
                    _("The server asked for something while it had not been answered."));
        return false;
    }
    session->auth = AUTH_STEP;
    if (session->auth_initial_due) {
        session->auth_initial_due = false;
        step(session); /* whatever stands behind the first "+": no challenge */
        return true;
    }
    session->challenge = proto_challenge_decode(text.data, text.len);
    if (session->challenge == NULL) {
        g_clear_error(&session->auth_error);
        session->auth_error =
            g_error_new(SASL_ERROR, SASL_ERROR_CHALLENGE, _("The server's challenge cannot be read."));
        write_response(session, NULL);
        return true;
    }
    step(session);
    return true;
}

void imap_session_auth_end(ImapSession *session)
{
    session->auth = AUTH_NONE;
    session->auth_entry = NULL;
    g_clear_pointer(&session->challenge, g_bytes_unref);
}

bool imap_session_auth_busy(const ImapSession *session)
{
    return !session->closed && (session->auth == AUTH_INITIAL || session->auth == AUTH_STEP);
}

void imap_session_auth_resume(ImapSession *session)
{
    if (!imap_session_auth_busy(session))
        return;
    step(session);
    imap_session_pump(session);
    imap_session_notify(session);
}

const GError *imap_session_auth_error(const ImapSession *session)
{
    return session->auth_error;
}

ImapCommandId imap_session_authenticate(ImapSession *session, SaslMechanism *mechanism, ImapDoneFunc done,
                                        gpointer user, GError **error)
{
    if (session->closed || session->bye ||
        !imap_verb_is_legal(IMAP_VERB_AUTHENTICATE, session->final_state)) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_STATE, _("%s is not possible on this connection now."),
                    imap_verb_name(IMAP_VERB_AUTHENTICATE));
        return 0;
    }
    ImapEntry *entry = g_new0(ImapEntry, 1);
    entry->verb = IMAP_VERB_AUTHENTICATE;
    entry->mechanism = mechanism;
    entry->done = done;
    entry->user = user;
    return imap_session_enqueue(session, entry, false);
}
