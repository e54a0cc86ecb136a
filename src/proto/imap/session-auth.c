#include "config.h"

#include "proto/imap/session-private.h"

#include "base/i18n.h"

/* AUTHENTICATE (RFC 9051 §6.2.2, RFC 4959). The command and each response leave at once: nothing else is
 * under way. */

static void append_base64(ImapOutput *output, GBytes *response)
{
    gsize size;
    const guchar *data = g_bytes_get_data(response, &size);
    char *text = g_base64_encode(data, size);
    gsize len = strlen(text);
    imap_output_append(output, text, len, IMAP_BYTES_SECRET);
    explicit_bzero(text, len);
    g_free(text);
}

/* The command line; response NULL: without an initial one. */
static void write_command(ImapSession *session, GBytes *response)
{
    ImapEntry *entry = session->auth_entry;
    imap_output_printf(&session->output, "%s AUTHENTICATE %s", entry->tag,
                       sasl_mechanism_name(entry->mechanism));
    if (response != NULL) {
        imap_output_text(&session->output, " ");
        if (g_bytes_get_size(response) == 0)
            imap_output_text(&session->output, "="); /* RFC 4959 §3 */
        else
            append_base64(&session->output, response);
    }
    imap_output_text(&session->output, "\r\n");
    session->auth = AUTH_WAIT;
    imap_session_finish_sending(session, entry);
}

static void write_response(ImapSession *session, GBytes *response)
{
    if (response == NULL)
        imap_output_text(&session->output, "*");
    else
        append_base64(&session->output, response);
    imap_output_text(&session->output, "\r\n");
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

/* g_base64_decode() passes over what is not base64; a challenge has to be all of it. */
static GBytes *decode_challenge(ImapString text)
{
    gsize padding = 0;
    if (text.len > SASL_CHALLENGE_MAX / 3 * 4 || text.len % 4 != 0)
        return NULL;
    for (gsize i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '=' && i + 2 >= text.len)
            padding++;
        else if (padding > 0 || !(g_ascii_isalnum(c) || c == '+' || c == '/'))
            return NULL;
    }
    g_autofree char *copy = g_strndup(text.len == 0 ? "" : text.data, text.len);
    gsize size;
    guchar *data = g_base64_decode(copy, &size);
    return g_bytes_new_take(data, size);
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
    session->challenge = decode_challenge(text);
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
