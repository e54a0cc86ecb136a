#include "config.h"

#include "proto/pop/session-private.h"

#include <string.h>

#include "base/i18n.h"

/* STLS (RFC 2595), USER and PASS, APOP (RFC 1939 §7), AUTH (RFC 5034). */

/* RFC 5034 §4: a command with an initial response has at most 255 octets. */
#define COMMAND_MAX 255

static bool may_log_in(PopSession *session, GError **error)
{
    if (session->closed || session->leaving || session->logged_in || session->mechanism != NULL || session->auth.mechanism != NULL ||
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

static bool go_on(PopSession *session, ProtoExchangeStep did, GError **error)
{
    PopEntry *entry = g_queue_peek_head(&session->flight);
    g_autofree char *words = NULL;

    switch (did) {
    case PROTO_EXCHANGE_WROTE:
        entry->end = session->output.taken + session->output.len;
        break;
    case PROTO_EXCHANGE_BUSY:
        break;
    case PROTO_EXCHANGE_GAVE_UP:
        words = g_strdup(session->auth.error->message);
        pop_session_complete(session, POP_DONE_NOT_SENT, words);
        break;
    case PROTO_EXCHANGE_OUT_OF_TURN:
    case PROTO_EXCHANGE_ENDLESS:
        return pop_session_error(error, POP_ERROR_PROTOCOL, proto_exchange_words(did));
    }
    return true;
}

void pop_session_auth_write(PopSession *session)
{
    SaslMechanism *mechanism = g_steal_pointer(&session->mechanism);
    go_on(session, proto_exchange_begin(&session->auth, mechanism, "AUTH", COMMAND_MAX, &session->output), NULL);
}

bool pop_session_authenticate(PopSession *session, SaslMechanism *mechanism, PopDoneFunc done, gpointer user, GError **error)
{
    if (!may_log_in(session, error))
        return false;
    session->mechanism = mechanism;
    pop_session_enqueue(session, POP_AUTH, NULL, done, user);
    begin(session);
    return true;
}

bool pop_session_auth_challenge(PopSession *session, const char *text, GError **error)
{
    return go_on(session, proto_exchange_challenge(&session->auth, text, strlen(text), &session->output), error);
}

bool pop_session_auth_succeeded(PopSession *session, GError **error)
{
    bool proved = proto_exchange_proved(&session->auth, POP_ERROR, POP_ERROR_INSECURE, error);
    proto_exchange_end(&session->auth);
    return proved;
}

bool pop_session_auth_busy(const PopSession *session)
{
    return session->auth.working && !session->closed;
}

void pop_session_auth_resume(PopSession *session)
{
    if (!pop_session_auth_busy(session))
        return;
    go_on(session, proto_exchange_resume(&session->auth, &session->output), NULL);
    pop_session_pump(session);
    pop_session_notify(session);
}

const GError *pop_session_auth_error(const PopSession *session)
{
    return session->auth.error;
}
