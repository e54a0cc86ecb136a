#include "config.h"

#include "proto/pop/session-private.h"

#include "base/i18n.h"

G_DEFINE_QUARK(malle-pop-error-quark, pop_error)

PopSession *pop_session_new(const PopSessionOptions *options, const PopSessionEvents *events, gpointer user)
{
    PopSession *session = g_new0(PopSession, 1);
    session->options = *options;
    if (session->options.items_max == 0)
        session->options.items_max = POP_ITEMS_MAX;
    session->events = *events;
    session->user = user;
    session->tls = options->security == POP_SECURITY_TLS;
    session->line = g_string_new(NULL);
    proto_output_init(&session->output);
    PopEntry *greeting = g_new0(PopEntry, 1);
    greeting->verb = POP_GREETING;
    g_queue_push_tail(&session->flight, greeting);
    return session;
}

void pop_session_free(PopSession *session)
{
    if (session == NULL)
        return;
    pop_session_close(session, NULL);
    proto_output_clear(&session->output);
    pop_capabilities_free(session->capabilities);
    pop_capabilities_free(session->coming);
    g_string_free(session->line, TRUE);
    proto_exchange_clear(&session->auth);
    g_free(session->multi_text);
    g_free(session->timestamp);
    g_free(session);
}

bool pop_session_error(GError **error, PopError code, const char *words)
{
    g_set_error_literal(error, POP_ERROR, (gint)code, words);
    return false;
}

/* What is said in clear where TLS is required is nobody's word. */
bool pop_session_believes(const PopSession *session)
{
    return session->tls || session->options.security != POP_SECURITY_STLS;
}

bool pop_session_is_protected(const PopSession *session)
{
    return session->tls;
}

bool pop_session_is_logged_in(const PopSession *session)
{
    return session->logged_in;
}

const PopCapabilities *pop_session_capabilities(const PopSession *session)
{
    return session->capabilities;
}

bool pop_session_wants_tls(const PopSession *session)
{
    return session->wants_tls;
}

void pop_session_ready(PopSession *session)
{
    pop_capabilities_free(session->capabilities);
    session->capabilities = g_steal_pointer(&session->coming);
    if (session->tls)
        session->capabilities->caps &= ~(guint)POP_CAP_STLS;
    session->events.ready(session, session->capabilities, session->user);
}

void pop_session_tls_started(PopSession *session)
{
    session->wants_tls = false;
    session->tls = true;
    g_clear_pointer(&session->timestamp, g_free); /* it came in clear */
    pop_session_ask_capabilities(session);
    pop_session_pump(session);
    pop_session_notify(session);
}

bool pop_session_feed(PopSession *session, const void *bytes, gsize len, GError **error)
{
    g_return_val_if_fail(!session->feeding, false);
    if (session->closed)
        return pop_session_error(error, POP_ERROR_STATE, _("The connection is closed."));
    session->feeding = true;
    bool ok = pop_session_receive(session, bytes, len, error);
    session->feeding = false;
    if (!ok) {
        session->leaving = true; /* nothing leaves any more */
        return false;
    }
    pop_session_pump(session);
    pop_session_notify(session);
    return true;
}

GBytes *pop_session_take_output(PopSession *session, GArray *ranges)
{
    session->told = false;
    if (session->closed || session->wants_tls)
        return NULL;
    pop_session_pump(session);
    return proto_output_take(&session->output, ranges);
}

void pop_session_close(PopSession *session, const char *reason)
{
    if (session->closed)
        return;
    session->closed = true;
    session->mechanism = NULL;
    proto_exchange_end(&session->auth);
    const char *words = reason != NULL ? reason : _("The connection was closed.");
    while (!g_queue_is_empty(&session->flight)) {
        PopEntry *entry = g_queue_peek_head(&session->flight);
        bool left = entry->end != 0 && entry->end <= session->output.taken;
        pop_session_complete(session, left ? POP_DONE_UNKNOWN : POP_DONE_NOT_SENT, words);
    }
    while (!g_queue_is_empty(&session->waiting)) {
        g_queue_push_tail(&session->flight, g_queue_pop_head(&session->waiting));
        pop_session_complete(session, POP_DONE_NOT_SENT, words);
    }
}
