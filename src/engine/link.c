#include "config.h"

#include "engine/link_private.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/pins.h"
#include "engine/refusal.h"
#include "engine/tls_options.h"
#include "net/connect.h"

/* Beyond this the pump waits for `drained`: bytes of an upload stay where they come from. */
#define QUEUE_HIGH_WATER (256 * 1024)

gboolean link_is_ready(const Link *link)
{
    return link != NULL && link->stage == LINK_STAGE_READY;
}

ImapSession *link_session(Link *link)
{
    return link->session;
}

const TlsInfo *link_tls(Link *link)
{
    return link->stream != NULL ? stream_tls_info(link->stream) : NULL;
}

/* --- the pump --------------------------------------------------------------------------------- */

static gboolean end_doomed(gpointer data)
{
    Link *link = data;
    engine_clear_source(&link->doomed);
    link_end(link, link->doom_kind, link->doom_words, NULL);
    return G_SOURCE_REMOVE;
}

void link_doom(Link *link, LinkEndKind kind, const char *words)
{
    if (link->doomed != NULL)
        return;
    link->doom_kind = kind;
    link->doom_words = g_strdup(words);
    link->doomed = engine_timer(link->account->engine, 0, end_doomed, link);
}

/* TRUE when TEXT is about the whole connection, which then ends. */
static gboolean hear_refusal(Link *link, const ImapText *text)
{
    Refusal refusal = refusal_read(text);
    if (refusal.kind == REFUSAL_ORDINARY && text->status != IMAP_STATUS_BYE)
        return FALSE;
    g_autofree char *said = refusal_words(text);
    g_autofree char *words = NULL;
    LinkEndKind kind = LINK_END_LOST;
    link->gave_up = refusal.kind != REFUSAL_ORDINARY;
    switch (refusal.kind) {
    case REFUSAL_EXPIRED:
        kind = LINK_END_EXPIRED;
        words = g_strdup_printf(_("The server says that the login has expired: “%s”."), said);
        break;
    case REFUSAL_THROTTLED:
        link->wait_ms = refusal.wait_ms;
        words = g_strdup_printf(_("The server asks us to wait: “%s”."), said);
        break;
    case REFUSAL_ORDINARY:
        words = g_strdup_printf(_("The server sends us away: “%s”."), said);
        break;
    }
    link_doom(link, kind, words);
    return TRUE;
}

/* RFC 3501 has BAD for what the server does not understand: it announced more than it can. All that was sent is asked again on a link
 * that knows, because what was in flight behind it may have counted on it. */
static void hear_lack(Link *link, ImapCap lacks, const ImapText *text)
{
    g_autofree char *said = refusal_words(text);
    g_autofree char *words = g_strdup_printf(_("The server announces %s and does not understand it: “%s”. It is used without."), imap_cap_name(lacks), said);
    link->lacks = lacks;
    link->gave_up = TRUE;
    link_doom(link, LINK_END_UNSUPPORTED, words);
}

void link_flush(Link *link)
{
    while (link->stream != NULL && imap_session_wants(link->session) == IMAP_WANTS_NOTHING &&
           stream_queued(link->stream) < QUEUE_HIGH_WATER) {
        g_autoptr(GError) error = NULL;
        GBytes *bytes = imap_session_take_output(link->session, NULL, &error);
        if (bytes == NULL) {
            if (error != NULL)
                link_doom(link, LINK_END_LOST, error->message);
            return;
        }
        stream_write(link->stream, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_bytes_unref(bytes);
    }
}

static void watch_for_answer(Link *link)
{
    gboolean owed = link_pending(link) > 0 || (imap_session_outstanding(link->session) > 0 && !imap_session_is_idle(link->session));
    stream_expect_within(link->stream, owed ? link->account->engine->answer_ms : 0, _("waiting for the server's answer"));
}

/* How many of the bytes belong to the session as it is: behind the answer to STARTTLS or COMPRESS they mean something else.
 * Fed line by line, so that each line is counted for the command that it answers. */
static gsize feed(Link *link, const guint8 *bytes, gsize length, GError **error)
{
    gsize taken = 0;
    while (taken < length && imap_session_wants(link->session) == IMAP_WANTS_NOTHING) {
        gsize piece = length - taken;
        const guint8 *end = memchr(bytes + taken, '\n', piece);
        if (end != NULL)
            piece = (gsize) (end - (bytes + taken)) + 1;
        link_cost_received(link, piece);
        gboolean fed = imap_session_feed(link->session, bytes + taken, piece, error);
        taken += piece;
        if (!fed)
            break;
        if (end != NULL)
            stream_progressed(link->stream); /* a whole line, however short */
    }
    return taken;
}

static void change_stream(Link *link)
{
    switch (imap_session_wants(link->session)) {
    case IMAP_WANTS_COMPRESSION:
        link->compressing = FALSE;
        stream_start_deflate(link->stream);
        imap_session_compression_started(link->session);
        break;
    case IMAP_WANTS_TLS: {
        TlsOptions options;
        engine_tls_options(link->account, &options);
        stream_start_tls(link->stream, &options, 0);
        break;
    }
    case IMAP_WANTS_NOTHING:
        break;
    }
}

static void destroy(Link *link);

static gsize on_received(Stream *stream, const guint8 *bytes, gsize length, gpointer user_data)
{
    (void) stream;
    Link *link = user_data;
    g_autoptr(GError) error = NULL;
    link->in_received = TRUE;
    link_cost_chunk(link, length);
    gsize taken = feed(link, bytes, length, &error);
    if (error != NULL)
        link_end(link, g_error_matches(error, IMAP_ERROR, IMAP_ERROR_INSECURE) ? LINK_END_REFUSED : LINK_END_LOST,
                 error->message, NULL);
    if (link->stage != LINK_STAGE_ENDED) {
        change_stream(link);
        link_login_step(link);
    }
    if (link->stage == LINK_STAGE_READY && link->doomed == NULL && link_pending(link) == 0)
        link->owner.quiet(link->account);
    if (link->stage != LINK_STAGE_ENDED) {
        link_flush(link); /* all that was sent from inside, in one write */
        watch_for_answer(link);
    }
    link->in_received = FALSE;
    if (link->stage == LINK_STAGE_ENDED)
        destroy(link);
    return taken;
}

static void on_secured(Stream *stream, gpointer user_data)
{
    (void) stream;
    Link *link = user_data;
    imap_session_tls_started(link->session);
    link_login_secured(link);
    link_flush(link);
}

static void on_drained(Stream *stream, gpointer user_data)
{
    (void) stream;
    link_flush(user_data);
}

static LinkEndKind end_kind(const GError *error)
{
    if (error == NULL)
        return LINK_END_LOST;
    if (g_error_matches(error, NET_ERROR, NET_ERROR_CERTIFICATE))
        return LINK_END_CERTIFICATE;
    if (g_error_matches(error, NET_ERROR, NET_ERROR_PIN_CHANGED))
        return LINK_END_PIN_CHANGED;
    return error->domain != NET_ERROR || net_error_is_transient(error) ? LINK_END_LOST : LINK_END_REFUSED;
}

static void on_closed(Stream *stream, const GError *error, gpointer user_data)
{
    Link *link = user_data;
    if (link->doomed != NULL) /* the server has said why */
        link_end(link, link->doom_kind, link->doom_words, NULL);
    else
        link_end(link, end_kind(error), error != NULL ? error->message : _("The server closed the connection."),
                 stream_certificate(stream));
}

/* A server that sends us away says why, and the connection's end behind it says nothing more. */
static void on_bye(ImapSession *session, const ImapText *text, gpointer user)
{
    (void) session;
    Link *link = ((EngineAccount *) user)->link;
    if (link != NULL && link->stage == LINK_STAGE_READY)
        hear_refusal(link, text);
}

void link_hear_text(Link *link, const ImapText *text)
{
    if (link->stage == LINK_STAGE_READY && (text->status == IMAP_STATUS_NO || text->status == IMAP_STATUS_BAD))
        hear_refusal(link, text);
}

static const StreamHandlers stream_handlers = {
    .received = on_received,
    .secured = on_secured,
    .drained = on_drained,
    .closed = on_closed,
};

/* --- life ------------------------------------------------------------------------------------- */

static void on_output(ImapSession *session, gpointer user)
{
    (void) session;
    Link *link = ((EngineAccount *) user)->link;
    if (link != NULL && link->stream != NULL && !link->in_received)
        link_flush(link);
}

static void on_greeting(ImapSession *session, const ImapText *text, gpointer user)
{
    (void) session;
    link_login_greeted(((EngineAccount *) user)->link, text);
}

static void on_connected(Stream *stream, const TlsCertificateInfo *certificate, const GError *error, gpointer user_data)
{
    Link *link = user_data;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        destroy(link);
        return;
    }
    g_clear_object(&link->connecting);
    if (stream == NULL) {
        link_end(link, end_kind(error), error->message, certificate);
        return;
    }
    link->stream = stream;
    link->stage = LINK_STAGE_GREETING;
    stream_set_handlers(stream, &stream_handlers, link);
}

static ImapSession *make_session(EngineAccount *account, const ImapSessionEvents *events)
{
    static const ImapSecurity securities[] = {
        [ACCOUNT_SECURITY_TLS] = IMAP_SECURITY_TLS,
        [ACCOUNT_SECURITY_STARTTLS] = IMAP_SECURITY_STARTTLS,
        [ACCOUNT_SECURITY_INSECURE] = IMAP_SECURITY_NONE,
    };
    ImapSessionOptions options = { .security = securities[account->config->receive->security] };
    ImapSessionEvents mine = *events;
    mine.output = on_output;
    mine.greeting = on_greeting;
    mine.bye = on_bye;
    return imap_session_new(&options, &mine, account);
}

Link *link_open(EngineAccount *account, const LinkOwner *owner, const ImapSessionEvents *events, Secret *secret)
{
    static const NetSecurity securities[] = {
        [ACCOUNT_SECURITY_TLS] = NET_SECURITY_TLS,
        [ACCOUNT_SECURITY_STARTTLS] = NET_SECURITY_STARTTLS,
        [ACCOUNT_SECURITY_INSECURE] = NET_SECURITY_NONE,
    };
    const Account *config = account->config;
    Link *link = g_new0(Link, 1);
    link->account = account;
    link->owner = *owner;
    link->means = (LoginMeans){ .account = config, .secret = secret != NULL ? secret_ref(secret) : NULL };
    link->actions = g_ptr_array_new();
    link->session = make_session(account, events);
    for (guint i = 0; i < IMAP_CAP_COUNT; i++)
        if (account->lacks[i])
            imap_session_disable(link->session, (ImapCap) i);
    link->connecting = g_cancellable_new();

    NetTarget target = {
        .host = config->receive->host,
        .port = config->receive->port,
        .security = securities[config->receive->security],
        .proxy = config->proxy,
    };
    engine_tls_options(account, &target.tls);
    net_connect_async(account->engine->context, &target, link->connecting, NULL, on_connected, link);
    return link;
}

static void destroy(Link *link)
{
    engine_clear_source(&link->login_turn);
    engine_clear_source(&link->doomed);
    link_cost_abandon(link);
    imap_session_free(link->session);
    sasl_mechanism_free(link->mechanism);
    stream_free(link->stream);
    g_clear_object(&link->connecting);
    g_clear_pointer(&link->means.secret, secret_unref);
    g_ptr_array_unref(link->actions);
    g_free(link->doom_words);
    g_free(link);
}

void link_end(Link *link, LinkEndKind kind, const char *words, const TlsCertificateInfo *certificate)
{
    if (link->stage == LINK_STAGE_ENDED)
        return;
    EngineAccount *account = link->account;
    TlsCertificateInfo *shown = certificate != NULL ? tls_certificate_info_copy(certificate) : NULL;
    g_autofree char *kept_words = g_strdup(words);
    link->stage = LINK_STAGE_ENDED;
    engine_clear_source(&link->login_turn);
    /* Every command in flight hears its fate while the account still has its link's state. */
    imap_session_close(link->session, kept_words);
    if (link->stream != NULL)
        stream_close(link->stream);
    LinkEnd end = { kind, kept_words, shown, link->wait_ms, link->lacks };
    account->link = NULL;
    link->owner.ended(account, &end);
    g_clear_pointer(&shown, tls_certificate_info_free);
    if (!link->in_received)
        destroy(link);
}

void link_abandon(Link *link, const char *words)
{
    link_end(link, LINK_END_LOST, words, NULL);
}

void link_close(Link *link)
{
    if (link->stage == LINK_STAGE_ENDED)
        return;
    if (link->connecting != NULL) { /* on_connected() comes, cancelled, and frees */
        link->stage = LINK_STAGE_ENDED;
        link->account = NULL;
        g_cancellable_cancel(link->connecting);
        return;
    }
    if (link->stage == LINK_STAGE_READY) {
        imap_session_send(link->session, imap_command_logout(), NULL, NULL, NULL);
        link_flush(link);
    }
    link->owner.ended = NULL;
    link->stage = LINK_STAGE_ENDED;
    imap_session_close(link->session, NULL);
    if (link->stream != NULL)
        stream_close(link->stream);
    if (!link->in_received)
        destroy(link);
}

/* --- sending ---------------------------------------------------------------------------------- */

/* What was refused because of the connection was not refused for itself: it waits for the next link, like what was never sent. */
static ImapResult result_for_owner(Link *link, const SentCommand *sent, ImapResult result, const ImapText *text)
{
    if (result != IMAP_RESULT_NO && result != IMAP_RESULT_BAD)
        return result;
    if (!link->gave_up && link->stage == LINK_STAGE_READY && !hear_refusal(link, text) && result == IMAP_RESULT_BAD &&
        sent->needs != IMAP_CAP_COUNT && imap_session_can(link->session, sent->needs))
        hear_lack(link, sent->needs, text);
    return link->gave_up ? IMAP_RESULT_NOT_SENT : result;
}

static void on_done(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) id;
    SentCommand *sent = user;
    Link *link = sent->link;
    result = result_for_owner(link, sent, result, text);
    if (sent->action != NULL)
        sent->action->up += imap_session_done_octets(session);
    if (sent->done != NULL)
        sent->done(link->account, result, text, sent->user);
    link_cost_answered(link, sent);
    g_free(sent);
}

static void send_command(Link *link, LinkAction *action, ImapCommand *command, LinkDone done, gpointer user, gboolean first)
{
    SentCommand *sent = g_new0(SentCommand, 1);
    *sent = (SentCommand){ link, action, done, user, IMAP_CAP_COUNT };
    imap_command_needs(command, &sent->needs);
    link_cost_sent(link, sent);
    g_autoptr(GError) error = NULL;
    ImapCommandId id = first ? imap_session_send_first(link->session, command, on_done, sent, &error)
                             : imap_session_send(link->session, command, on_done, sent, &error);
    if (id == 0) {
        ImapText text = { .status = IMAP_STATUS_BAD, .text = { error->message, strlen(error->message) } };
        on_done(link->session, 0, IMAP_RESULT_NOT_SENT, &text, sent);
        return;
    }
    if (link->stream != NULL)
        stream_expect_within(link->stream, link->account->engine->answer_ms, _("waiting for the server's answer"));
}

void link_send(Link *link, LinkAction *action, ImapCommand *command, LinkDone done, gpointer user)
{
    send_command(link, action, command, done, user, FALSE);
}

gpointer link_command_user(Link *link, ImapCommandId id)
{
    const SentCommand *sent = id != 0 ? imap_session_command_user(link->session, id) : NULL;
    return sent != NULL ? sent->user : NULL;
}

void link_send_first(Link *link, LinkAction *action, ImapCommand *command, LinkDone done, gpointer user)
{
    send_command(link, action, command, done, user, TRUE);
}

void link_hold(Link *link)
{
    imap_session_hold(link->session);
}

void link_release(Link *link)
{
    imap_session_release(link->session);
}

guint link_pending(const Link *link)
{
    return g_queue_get_length((GQueue *) &link->sent);
}

static void compress_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    (void) user;
    /* OK: `compressing` is cleared when the stream changes, right behind this answer. */
    if (account->link != NULL && result != IMAP_RESULT_OK) {
        account->link->compressing = FALSE;
        imap_session_disable(account->link->session, IMAP_CAP_COMPRESS_DEFLATE);
    }
}

void link_compress(Link *link, LinkAction *action)
{
    if (link->compressing || stream_is_compressed(link->stream) || !imap_session_can(link->session, IMAP_CAP_COMPRESS_DEFLATE))
        return;
    link->compressing = TRUE;
    link_send(link, action, imap_command_compress(), compress_answered, NULL);
}

static void idle_over(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) id;
    (void) text;
    (void) user;
    if (result == IMAP_RESULT_BAD)
        imap_session_disable(session, IMAP_CAP_IDLE);
}

gboolean link_idle(Link *link)
{
    if (!imap_session_can(link->session, IMAP_CAP_IDLE))
        return FALSE;
    if (!imap_session_is_idle(link->session) && imap_session_idle(link->session, idle_over, NULL, NULL) != 0)
        watch_for_answer(link);
    return TRUE;
}

void link_doubt(Link *link)
{
    if (link->stage != LINK_STAGE_READY)
        return;
    link_send(link, NULL, imap_command_noop(), NULL, NULL);
    stream_expect_within(link->stream, MIN(LINK_DOUBT_MS, link->account->engine->answer_ms), _("waiting for a sign of life after the machine slept"));
}
