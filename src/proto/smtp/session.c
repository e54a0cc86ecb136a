#include "config.h"

#include "proto/smtp/session-private.h"

#include "base/i18n.h"

/* Tells nothing of this machine; RFC 5321 §4.1.3 allows a literal where there is no name. */
#define ANONYMOUS_NAME "[127.0.0.1]"
#define INLINE_MAX (32 * 1024)

SmtpSession *smtp_session_new(const SmtpSessionOptions *options, const SmtpSessionEvents *events, gpointer user)
{
    SmtpSession *session = g_new0(SmtpSession, 1);
    session->options = *options;
    if (session->options.inline_max == 0)
        session->options.inline_max = INLINE_MAX;
    session->name = g_strdup(options->name != NULL && *options->name != '\0' ? options->name : ANONYMOUS_NAME);
    session->events = *events;
    session->user = user;
    session->reader = smtp_reader_new();
    proto_output_init(&session->output);
    session->owed = g_array_new(FALSE, FALSE, sizeof(SmtpOwed));
    session->tls = options->security == SMTP_SECURITY_TLS;
    smtp_session_owe(session, SMTP_OWED_GREETING);
    return session;
}

void smtp_session_free(SmtpSession *session)
{
    if (session == NULL)
        return;
    smtp_session_close(session, NULL);
    smtp_reader_free(session->reader);
    proto_output_clear(&session->output);
    g_array_unref(session->owed);
    smtp_capabilities_free(session->capabilities);
    proto_exchange_clear(&session->auth);
    g_free(session->name);
    g_free(session);
}

/* ---- small things ---- */

bool smtp_session_protocol_error(GError **error, const char *words)
{
    g_set_error_literal(error, SMTP_ERROR, SMTP_ERROR_PROTOCOL, words);
    return false;
}

void smtp_session_owe(SmtpSession *session, SmtpOwed owed)
{
    g_array_append_val(session->owed, owed);
}

bool smtp_session_is_protected(const SmtpSession *session)
{
    return session->tls;
}

const SmtpCapabilities *smtp_session_capabilities(const SmtpSession *session)
{
    return session->capabilities;
}

bool smtp_session_wants_tls(const SmtpSession *session)
{
    return session->wants_tls;
}

bool smtp_session_is_busy(const SmtpSession *session)
{
    return session->owed->len > 0 || session->wants_tls || session->auth.mechanism != NULL ||
           session->letter.stage != LETTER_NONE;
}

guint smtp_session_owed(const SmtpSession *session)
{
    return session->owed->len;
}

guint64 smtp_session_heard(const SmtpSession *session)
{
    return session->heard;
}

bool smtp_session_may_begin(SmtpSession *session, GError **error)
{
    if (!session->closed && !session->quitting && session->capabilities != NULL && !smtp_session_is_busy(session))
        return true;
    g_set_error_literal(error, SMTP_ERROR, SMTP_ERROR_STATE, _("That is not possible on this connection now."));
    return false;
}

/* There is, or there will be at once, something to take. */
static bool has_output(const SmtpSession *session)
{
    return session->output.len > 0 || session->letter.stage == LETTER_CONTENT;
}

void smtp_session_notify(SmtpSession *session)
{
    if (session->feeding || session->told || session->closed || !has_output(session))
        return;
    session->told = true;
    if (session->events.output != NULL)
        session->events.output(session, session->user);
}

void smtp_session_finish(SmtpSession *session, SmtpDone done, const SmtpReply *reply)
{
    SmtpDoneFunc function = session->done;
    session->done = NULL;
    if (function != NULL)
        function(session, done, reply, session->done_user);
}

/* ---- hello ---- */

void smtp_session_say_hello(SmtpSession *session)
{
    proto_output_printf(&session->output, "EHLO %s\r\n", session->name);
    smtp_session_owe(session, SMTP_OWED_EHLO);
}

bool smtp_session_hello(SmtpSession *session, GError **error)
{
    if (!smtp_session_may_begin(session, error))
        return false;
    smtp_session_say_hello(session);
    smtp_session_notify(session);
    return true;
}

/* What is said in clear where TLS is required is nobody's word. */
static bool believes(const SmtpSession *session)
{
    return session->tls || session->options.security != SMTP_SECURITY_STARTTLS;
}

void smtp_session_turn_away(SmtpSession *session, SmtpReply *reply)
{
    if (!believes(session)) {
        g_free(reply->text);
        reply->text = g_strdup("");
    }
    session->quitting = true;
    if (session->events.refused != NULL)
        session->events.refused(session, reply, session->user);
}

static void hello_answered(SmtpSession *session, const SmtpReply *reply, bool extended)
{
    smtp_capabilities_free(session->capabilities);
    session->capabilities = smtp_capabilities_parse(extended ? reply->text : "");
    if (session->tls)
        session->capabilities->caps &= ~(guint)SMTP_CAP_STARTTLS; /* RFC 3207 §4.2: not again */
    session->events.hello(session, session->capabilities, session->user);
}

static bool hello_reply(SmtpSession *session, SmtpOwed owed, SmtpReply *reply)
{
    if (reply->code / 100 == 2) {
        hello_answered(session, reply, owed == SMTP_OWED_EHLO);
    } else if (owed == SMTP_OWED_EHLO && session->authenticated && session->capabilities != NULL) {
        /* OpenSMTPD takes EHLO once only: it offers what it offered. */
        session->events.hello(session, session->capabilities, session->user);
    } else if (owed == SMTP_OWED_EHLO && reply->code / 100 == 5 && believes(session)) {
        proto_output_printf(&session->output, "HELO %s\r\n", session->name);
        smtp_session_owe(session, SMTP_OWED_HELO);
    } else {
        smtp_session_turn_away(session, reply);
    }
    return true;
}

/* ---- STARTTLS ---- */

bool smtp_session_starttls(SmtpSession *session, SmtpDoneFunc done, gpointer user, GError **error)
{
    if (!smtp_session_may_begin(session, error))
        return false;
    if (session->tls || !smtp_can(session->capabilities, SMTP_CAP_STARTTLS)) {
        g_set_error_literal(error, SMTP_ERROR, SMTP_ERROR_INSECURE,
                            _("The server does not offer to protect the connection (STARTTLS). Nothing was sent."));
        return false;
    }
    session->done = done;
    session->done_user = user;
    proto_output_text(&session->output, "STARTTLS\r\n");
    smtp_session_owe(session, SMTP_OWED_STARTTLS);
    smtp_session_notify(session);
    return true;
}

static void starttls_reply(SmtpSession *session, const SmtpReply *reply)
{
    if (reply->code == 220) {
        session->wants_tls = true;
        g_clear_pointer(&session->capabilities, smtp_capabilities_free);
        smtp_session_finish(session, SMTP_DONE_OK, NULL);
        return;
    }
    SmtpReply quiet = { reply->code, { 0, 0, 0 }, (char *)"" };
    smtp_session_finish(session, SMTP_DONE_REFUSED, &quiet);
}

void smtp_session_tls_started(SmtpSession *session)
{
    session->wants_tls = false;
    session->tls = true;
    smtp_session_say_hello(session);
    smtp_session_notify(session);
}

/* ---- feeding ---- */

static bool greeting(SmtpSession *session, SmtpReply *reply)
{
    if (reply->code == 220)
        smtp_session_say_hello(session);
    else
        smtp_session_turn_away(session, reply);
    return true;
}

static bool dispatch(SmtpSession *session, SmtpOwed owed, SmtpReply *reply, GError **error)
{
    switch (owed) {
    case SMTP_OWED_GREETING:
        return greeting(session, reply);
    case SMTP_OWED_EHLO:
    case SMTP_OWED_HELO:
        return hello_reply(session, owed, reply);
    case SMTP_OWED_STARTTLS:
        starttls_reply(session, reply);
        return true;
    case SMTP_OWED_AUTH:
        return smtp_session_auth_reply(session, reply, error);
    case SMTP_OWED_RSET:
    case SMTP_OWED_QUIT:
        return true;
    case SMTP_OWED_MAIL:
    case SMTP_OWED_RCPT:
    case SMTP_OWED_DATA:
    case SMTP_OWED_CHUNK:
    case SMTP_OWED_LETTER:
        return smtp_session_letter_reply(session, owed, reply, error);
    }
    return true;
}

static bool receive(SmtpSession *session, SmtpReply *reply, GError **error)
{
    session->heard++;
    if (session->owed->len == 0) {
        if (smtp_session_letter_interrupted(session, reply))
            return true;
        if (reply->code != 421)
            return smtp_session_protocol_error(error, _("The server answered a command that was not sent."));
        smtp_session_turn_away(session, reply);
        return true;
    }
    SmtpOwed owed = g_array_index(session->owed, SmtpOwed, 0);
    g_array_remove_index(session->owed, 0);
    bool ok = dispatch(session, owed, reply, error);
    /* 421: the server hangs up whatever was asked (RFC 5321 §3.8). It answered this one command with it. */
    if (ok && reply->code == 421 && !session->quitting)
        smtp_session_turn_away(session, reply);
    return ok;
}

static bool feed_all(SmtpSession *session, const char *bytes, gsize len, GError **error)
{
    gsize at = 0;
    while (at < len && !session->closed) {
        if (session->wants_tls) {
            /* S4 of the attacks on STARTTLS: what came in clear must not be read as if it came under TLS. */
            g_set_error_literal(error, SMTP_ERROR, SMTP_ERROR_INSECURE,
                                _("The server, or somebody on the way, sent data before the connection was protected. "
                                  "The connection was closed."));
            return false;
        }
        gsize taken;
        GError *problem = NULL;
        g_autoptr(SmtpReply) reply = smtp_reader_feed(session->reader, bytes + at, len - at, &taken, &problem);
        at += taken;
        if (problem != NULL) {
            g_propagate_error(error, problem);
            return false;
        }
        if (reply != NULL && !receive(session, reply, error))
            return false;
    }
    return true;
}

bool smtp_session_feed(SmtpSession *session, const void *bytes, gsize len, GError **error)
{
    g_return_val_if_fail(!session->feeding, false);
    if (session->closed)
        return smtp_session_protocol_error(error, _("The connection is closed."));
    session->feeding = true;
    bool ok = feed_all(session, bytes, len, error);
    session->feeding = false;
    if (!ok) {
        session->quitting = true;
        return false;
    }
    smtp_session_notify(session);
    return true;
}

/* ---- output ---- */

GBytes *smtp_session_take_output(SmtpSession *session, GArray *ranges, GError **error)
{
    session->told = false;
    if (session->closed || session->wants_tls || !smtp_session_letter_pump(session, error))
        return NULL;
    return proto_output_take(&session->output, ranges);
}

void smtp_session_quit(SmtpSession *session)
{
    if (session->closed || session->quitting || smtp_session_is_busy(session))
        return;
    session->quitting = true;
    proto_output_text(&session->output, "QUIT\r\n");
    smtp_session_owe(session, SMTP_OWED_QUIT);
    smtp_session_notify(session);
}

void smtp_session_close(SmtpSession *session, const char *reason)
{
    if (session->closed)
        return;
    session->closed = true;
    g_array_set_size(session->owed, 0);
    proto_exchange_end(&session->auth);
    smtp_session_finish(session, SMTP_DONE_ENDED, NULL);
    smtp_session_letter_close(session, reason != NULL ? reason : _("The connection was closed."));
}
