#include "config.h"

#include "proto/pop/session-private.h"

#include <string.h>

#include "base/i18n.h"
#include "proto/challenge.h"

/* STLS (RFC 2595), USER and PASS, APOP (RFC 1939 §7), AUTH (RFC 5034). */

/* RFC 5034 §4: a command with an initial response has at most 255 octets. */
#define COMMAND_MAX 255

static bool may_log_in(PopSession *session, GError **error)
{
    if (session->closed || session->leaving || session->logged_in || session->mechanism != NULL ||
        session->capabilities == NULL)
        return pop_session_error(error, POP_ERROR_STATE, _("That is not possible on this connection now."));
    if (!pop_session_believes(session))
        return pop_session_error(error, POP_ERROR_INSECURE, _("The connection is not protected. The password was not sent."));
    return true;
}

static void begin(PopSession *session)
{
    pop_session_pump(session);
    pop_session_notify(session);
}

bool pop_session_stls(PopSession *session, PopDoneFunc done, gpointer user, GError **error)
{
    if (session->tls || !pop_can(session->capabilities, POP_CAP_STLS))
        return pop_session_error(error, POP_ERROR_INSECURE,
                                 _("The server does not offer to protect the connection (STLS). Nothing was sent."));
    pop_session_enqueue(session, POP_STLS, g_strdup("STLS"), done, user);
    begin(session);
    return true;
}

/* ---- names and passwords ---- */

static bool is_writable(const char *text, bool may_hold_spaces)
{
    return *text != '\0' && strpbrk(text, may_hold_spaces ? "\r\n" : "\r\n \t") == NULL;
}

bool pop_session_login_plain(PopSession *session, const char *name, const char *secret, PopDoneFunc done, gpointer user,
                             GError **error)
{
    if (!may_log_in(session, error))
        return false;
    if (!is_writable(name, false) || !is_writable(secret, true))
        return pop_session_error(error, POP_ERROR_ARGUMENT, _("The name or the password cannot be sent in POP3: it is empty, or holds a line end, or the name a space."));
    pop_session_enqueue(session, POP_USER, g_strdup_printf("USER %s", name), NULL, NULL);
    pop_session_enqueue(session, POP_PASS, g_strdup_printf("PASS %s", secret), done, user)->secret = true;
    begin(session);
    return true;
}

bool pop_session_offers_apop(const PopSession *session)
{
    return session->timestamp != NULL;
}

bool pop_session_login_apop(PopSession *session, const char *name, const char *secret, PopDoneFunc done, gpointer user,
                            GError **error)
{
    if (!may_log_in(session, error))
        return false;
    if (session->timestamp == NULL || !is_writable(name, false))
        return pop_session_error(error, POP_ERROR_ARGUMENT, _("The server does not offer APOP, or the name cannot be sent."));
    GChecksum *md5 = g_checksum_new(G_CHECKSUM_MD5);
    g_checksum_update(md5, (const guchar *)session->timestamp, -1);
    g_checksum_update(md5, (const guchar *)secret, -1);
    pop_session_enqueue(session, POP_APOP, g_strdup_printf("APOP %s %s", name, g_checksum_get_string(md5)), done, user);
    g_checksum_free(md5);
    begin(session);
    return true;
}

/* ---- SASL ---- */

static void write_line(PopSession *session, GBytes *response)
{
    PopEntry *entry = g_queue_peek_head(&session->flight);
    if (response == NULL)
        proto_output_text(&session->output, "*");
    else
        proto_response_encode(&session->output, response);
    proto_output_text(&session->output, "\r\n");
    entry->end = session->output.taken + session->output.len;
}

static gsize encoded_length(GBytes *response)
{
    return (g_bytes_get_size(response) + 2) / 3 * 4;
}

static void write_command(PopSession *session, GBytes *response)
{
    PopEntry *entry = g_queue_peek_head(&session->flight);
    const char *name = sasl_mechanism_name(session->mechanism);
    proto_output_printf(&session->output, "AUTH %s", name);
    if (response != NULL && strlen("AUTH  \r\n") + strlen(name) + encoded_length(response) <= COMMAND_MAX) {
        proto_output_text(&session->output, g_bytes_get_size(response) == 0 ? " =" : " ");
        proto_response_encode(&session->output, response);
    } else if (response != NULL) {
        session->auth_held = g_bytes_ref(response);
    }
    proto_output_text(&session->output, "\r\n");
    entry->end = session->output.taken + session->output.len;
}

/* An initial response that cannot be made: nothing was sent, so there is nothing to take back. */
static void give_up(PopSession *session)
{
    g_autofree char *words = g_strdup(session->auth_error != NULL ? session->auth_error->message : "");
    pop_session_auth_end(session);
    pop_session_complete(session, POP_DONE_NOT_SENT, words);
}

static void step(PopSession *session)
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
        write_command(session, response);
    else
        write_line(session, response); /* a failed step may still have an answer (OAuth), else "*" */
    if (response != NULL)
        sasl_response_free(response);
}

void pop_session_auth_write(PopSession *session, PopEntry *entry)
{
    (void)entry;
    session->auth_initial = sasl_has_initial_response(session->mechanism);
    if (session->auth_initial)
        step(session);
    else
        write_command(session, NULL);
}

bool pop_session_authenticate(PopSession *session, SaslMechanism *mechanism, PopDoneFunc done, gpointer user, GError **error)
{
    if (!may_log_in(session, error))
        return false;
    g_clear_error(&session->auth_error);
    session->mechanism = mechanism;
    pop_session_enqueue(session, POP_AUTH, NULL, done, user);
    begin(session);
    return true;
}

bool pop_session_auth_challenge(PopSession *session, const char *text, GError **error)
{
    if (session->mechanism == NULL || session->auth_working)
        return pop_session_error(error, POP_ERROR_PROTOCOL, _("The server asked for something while it had not been answered."));
    if (session->auth_held != NULL) {
        write_line(session, session->auth_held);
        sasl_response_free(g_steal_pointer(&session->auth_held));
        return true;
    }
    session->challenge = proto_challenge_decode(text, strlen(text));
    if (session->challenge == NULL) {
        g_clear_error(&session->auth_error);
        session->auth_error = g_error_new(SASL_ERROR, SASL_ERROR_CHALLENGE, _("The server's challenge cannot be read."));
        write_line(session, NULL);
        return true;
    }
    step(session);
    return true;
}

bool pop_session_auth_succeeded(PopSession *session, GError **error)
{
    GError *impostor = NULL;
    SaslMechanism *mechanism = session->mechanism;
    pop_session_auth_end(session);
    if (mechanism == NULL || sasl_succeeded(mechanism, NULL, &impostor))
        return true;
    pop_session_error(error, POP_ERROR_INSECURE,
                      impostor != NULL ? impostor->message : _("The server could not prove that it knows the password."));
    g_clear_error(&impostor);
    return false;
}

void pop_session_auth_end(PopSession *session)
{
    session->mechanism = NULL;
    session->auth_working = session->auth_initial = false;
    g_clear_pointer(&session->challenge, g_bytes_unref);
    if (session->auth_held != NULL)
        sasl_response_free(g_steal_pointer(&session->auth_held));
}

bool pop_session_auth_busy(const PopSession *session)
{
    return session->auth_working && !session->closed;
}

void pop_session_auth_resume(PopSession *session)
{
    if (!pop_session_auth_busy(session))
        return;
    step(session);
    pop_session_pump(session);
    pop_session_notify(session);
}

const GError *pop_session_auth_error(const PopSession *session)
{
    return session->auth_error;
}
