#include "config.h"

#include "engine/connection.h"

#include <gio/gio.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/tls_options.h"
#include "net/connect.h"

/* Beyond this the pump waits for `drained`: bytes of an upload stay where they come from. */
#define QUEUE_HIGH_WATER (256 * 1024)

struct Connection {
    Engine *engine;
    EngineAccount *account;
    const AccountUrl *url;
    const ConnectionOwner *owner;
    gpointer user;
    GCancellable *connecting; /* NULL once it is connected, or will not be */
    Stream *stream;
    gboolean ended;
    guint inside;             /* calls of ours that will look at this again */
    gboolean receiving;       /* what is sent from inside leaves behind it, in one piece */
    GSource *computing;       /* the next turn of the log-in's mechanism */
    GSource *doomed;          /* ends in the next turn, so and with these words */
    LinkEndKind doom_kind;
    char *doom_words;
    guint wait_ms;
    guint lacks;
};

Stream *connection_stream(Connection *connection)
{
    return connection->stream;
}

gboolean connection_is_doomed(const Connection *connection)
{
    return connection->doomed != NULL;
}

void connection_wait_before_next(Connection *connection, guint wait_ms)
{
    connection->wait_ms = wait_ms;
}

void connection_lacks(Connection *connection, guint capability)
{
    connection->lacks = capability;
}

/* --- the end ------------------------------------------------------------------------------------ */

static void destroy(Connection *connection)
{
    connection->owner->gone(connection->user);
    engine_clear_source(&connection->doomed);
    engine_clear_source(&connection->computing);
    stream_free(connection->stream);
    g_clear_object(&connection->connecting);
    g_free(connection->doom_words);
    g_free(connection);
}

/* Behind it nobody may use the connection who has not checked. */
static void leave(Connection *connection)
{
    if (--connection->inside == 0 && connection->ended && connection->connecting == NULL)
        destroy(connection);
}

static void end_with(Connection *connection, LinkEndKind kind, const char *words, const TlsCertificateInfo *certificate)
{
    if (connection->ended)
        return;
    g_autofree char *kept_words = g_strdup(words); /* they may be the stream's, or ours */
    g_autoptr(TlsCertificateInfo) shown = certificate != NULL ? tls_certificate_info_copy(certificate) : NULL;
    connection->inside++;
    connection->ended = TRUE;
    if (connection->connecting != NULL)
        g_cancellable_cancel(connection->connecting); /* on_connected() comes, cancelled, and frees */
    if (connection->stream != NULL)
        stream_close(connection->stream);
    LinkEnd end = { kind, kept_words, shown, connection->wait_ms, connection->lacks };
    connection->owner->ended(connection, &end, connection->user);
    leave(connection);
}

void connection_end(Connection *connection, LinkEndKind kind, const char *words)
{
    end_with(connection, kind, words, NULL);
}

static gboolean end_doomed(gpointer data)
{
    Connection *connection = data;
    engine_clear_source(&connection->doomed);
    connection_end(connection, connection->doom_kind, connection->doom_words);
    return G_SOURCE_REMOVE;
}

void connection_doom(Connection *connection, LinkEndKind kind, const char *words)
{
    if (connection->doomed != NULL || connection->ended)
        return;
    connection->doom_kind = kind;
    connection->doom_words = g_strdup(words);
    connection->doomed = engine_timer(connection->engine, 0, end_doomed, connection);
}

void connection_close(Connection *connection)
{
    if (connection->ended)
        return;
    connection->inside++;
    connection->ended = TRUE;
    if (connection->connecting != NULL)
        g_cancellable_cancel(connection->connecting);
    if (connection->stream != NULL)
        stream_close(connection->stream);
    leave(connection);
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

/* --- the pump --------------------------------------------------------------------------------- */

void connection_flush(Connection *connection)
{
    while (!connection->ended && connection->stream != NULL && stream_queued(connection->stream) < QUEUE_HIGH_WATER) {
        g_autoptr(GError) error = NULL;
        GBytes *bytes = connection->owner->take(connection->user, &error);
        if (bytes == NULL) {
            if (error != NULL)
                connection_doom(connection, LINK_END_LOST, error->message);
            return;
        }
        stream_write(connection->stream, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_bytes_unref(bytes);
    }
}

void connection_output(Connection *connection)
{
    if (!connection->receiving)
        connection_flush(connection);
}

void connection_expect(Connection *connection, guint within_ms, const char *doing)
{
    guint answer_ms = connection->engine->answer_ms;
    if (connection->stream != NULL && !connection->ended)
        stream_expect_within(connection->stream, within_ms != 0 ? MIN(within_ms, answer_ms) : answer_ms, doing);
}

void connection_watch(Connection *connection)
{
    if (connection->stream == NULL || connection->ended)
        return;
    gboolean owed = connection->owner->owed != NULL && connection->owner->owed(connection->user);
    guint times = connection->owner->patience != NULL ? connection->owner->patience(connection->user) : 1;
    stream_expect_within(connection->stream, owed ? connection->engine->answer_ms * times : 0, _("waiting for the server's answer"));
}

static void compute_later(Connection *connection);

static gboolean compute(gpointer data)
{
    Connection *connection = data;
    engine_clear_source(&connection->computing);
    connection->inside++;
    if (!connection->ended)
        connection->owner->compute(connection->user);
    connection_flush(connection);
    compute_later(connection);
    leave(connection);
    return G_SOURCE_REMOVE;
}

static void compute_later(Connection *connection)
{
    if (!connection->ended && connection->computing == NULL && connection->owner->computes != NULL && connection->owner->computes(connection->user))
        connection->computing = engine_idle(connection->engine, compute, connection);
}

static gsize on_received(Stream *stream, const guint8 *bytes, gsize length, gpointer user_data)
{
    (void) stream;
    Connection *connection = user_data;
    connection->inside++;
    connection->receiving = TRUE;
    gsize taken = connection->owner->received(connection, bytes, length, connection->user);
    connection->receiving = FALSE;
    if (!connection->ended) {
        connection_flush(connection);
        connection_watch(connection);
        compute_later(connection);
    }
    leave(connection);
    return taken;
}

static void on_secured(Stream *stream, gpointer user_data)
{
    (void) stream;
    Connection *connection = user_data;
    connection->inside++;
    connection->owner->secured(connection, connection->user);
    connection_flush(connection);
    compute_later(connection);
    leave(connection);
}

static void on_drained(Stream *stream, gpointer user_data)
{
    (void) stream;
    connection_flush(user_data);
}

static void on_closed(Stream *stream, const GError *error, gpointer user_data)
{
    Connection *connection = user_data;
    if (connection->doomed != NULL) /* the server has said why */
        connection_end(connection, connection->doom_kind, connection->doom_words);
    else
        end_with(connection, end_kind(error), error != NULL ? error->message : _("The server closed the connection."),
                 stream_certificate(stream));
}

static const StreamHandlers stream_handlers = {
    .received = on_received,
    .secured = on_secured,
    .drained = on_drained,
    .closed = on_closed,
};

/* --- the beginning ---------------------------------------------------------------------------- */

static void on_connected(Stream *stream, const TlsCertificateInfo *certificate, const GError *error, gpointer user_data)
{
    Connection *connection = user_data;
    connection->inside++;
    g_clear_object(&connection->connecting);
    if (connection->ended) {
        stream_free(stream);
    } else if (stream == NULL) {
        end_with(connection, end_kind(error), error->message, certificate);
    } else {
        connection->stream = stream;
        stream_set_handlers(stream, &stream_handlers, connection);
        connection->owner->opened(connection, connection->user);
    }
    leave(connection);
}

void connection_start_tls(Connection *connection)
{
    TlsOptions options;
    engine_tls_options(connection->account, connection->url, &options);
    stream_start_tls(connection->stream, &options, 0);
}

Connection *connection_open(EngineAccount *account, const AccountUrl *url, const ConnectionOwner *owner, gpointer user)
{
    static const NetSecurity securities[] = {
        [ACCOUNT_SECURITY_TLS] = NET_SECURITY_TLS,
        [ACCOUNT_SECURITY_STARTTLS] = NET_SECURITY_STARTTLS,
        [ACCOUNT_SECURITY_INSECURE] = NET_SECURITY_NONE,
    };
    Connection *connection = g_new0(Connection, 1);
    connection->engine = account->engine;
    connection->account = account;
    connection->url = url;
    connection->owner = owner;
    connection->user = user;
    connection->connecting = g_cancellable_new();

    NetTarget target = {
        .host = url->host,
        .port = url->port,
        .security = securities[url->security],
        .proxy = account->config->proxy,
    };
    engine_tls_options(account, url, &target.tls);
    net_connect_async(account->engine->context, &target, connection->connecting, NULL, on_connected, connection);
    return connection;
}
