#include "config.h"

#include "net/connect.h"

#include "base/i18n.h"
#include "net/network.h"
#include "net/socket.h"
#include "net/stream_private.h"
#include "net/tls_filter.h"

typedef struct {
    GMainContext *context;
    char *host;
    guint16 port;
    NetSecurity security;
    char *proxy;
    TlsOptions *tls; /* NULL without TLS */
    guint resolve_ms, connect_ms, greeting_ms;
    StreamTap tap;
    gpointer tap_data;
    GDestroyNotify tap_free;

    NetProgress progress;
    NetConnected connected;
    gpointer user_data;

    NetPhase phase;
    gboolean resolved; /* the connecting deadline is one for all addresses */
    guint proxy_flights;
    GCancellable *own;  /* what GIO is given: cancelled by the caller's or by a deadline */
    GSource *cancelled; /* watches the caller's */
    GSource *deadline;
    GError *verdict; /* why `own` was cancelled */
    Stream *stream;  /* while TLS is being set up */
} Connecting;

static void connecting_free(Connecting *self)
{
    if (self->cancelled) {
        g_source_destroy(self->cancelled);
        g_source_unref(self->cancelled);
    }
    if (self->deadline) {
        g_source_destroy(self->deadline);
        g_source_unref(self->deadline);
    }
    if (self->tap_free)
        self->tap_free(self->tap_data);
    g_free(self->host);
    g_free(self->proxy);
    tls_options_free(self->tls);
    g_object_unref(self->own);
    g_clear_error(&self->verdict);
    g_main_context_unref(self->context);
    g_free(self);
}

/* Tells the caller, who may do what he likes in there, and ends. */
static void finish(Connecting *self, Stream *stream, const TlsCertificateInfo *certificate,
                   const GError *error)
{
    if (stream) {
        stream_expect_within(stream, self->greeting_ms, _("waiting for its greeting"));
        if (self->progress)
            self->progress(NET_PHASE_CONNECTED, self->user_data);
    }
    self->connected(stream, certificate, error, self->user_data);
    connecting_free(self);
}

/* --- phases and deadlines ------------------------------------------------------------------ */

static gboolean on_deadline(gpointer user_data)
{
    Connecting *self = user_data;

    if (self->phase == NET_PHASE_RESOLVING)
        g_set_error(&self->verdict, NET_ERROR, NET_ERROR_TIMED_OUT,
                    _("No name server answered for %s within %u seconds."), self->host,
                    (self->resolve_ms + 999) / 1000);
    else if (self->phase == NET_PHASE_PROXY)
        g_set_error(&self->verdict, NET_ERROR, NET_ERROR_TIMED_OUT,
                    _("The proxy did not reach %s within %u seconds."), self->host,
                    (self->connect_ms + 999) / 1000);
    else
        g_set_error(&self->verdict, NET_ERROR, NET_ERROR_TIMED_OUT,
                    _("%s port %u did not accept the connection within %u seconds."), self->host, self->port,
                    (self->connect_ms + 999) / 1000);
    g_cancellable_cancel(self->own);
    return G_SOURCE_REMOVE;
}

static void set_deadline(Connecting *self, guint milliseconds)
{
    if (self->deadline) {
        g_source_destroy(self->deadline);
        g_clear_pointer(&self->deadline, g_source_unref);
    }
    if (milliseconds == 0)
        return;
    self->deadline = g_timeout_source_new(milliseconds);
    g_source_set_callback(self->deadline, on_deadline, self, NULL);
    g_source_attach(self->deadline, self->context);
}

static void enter(Connecting *self, NetPhase phase, guint milliseconds)
{
    self->phase = phase;
    set_deadline(self, milliseconds);
    if (self->progress)
        self->progress(phase, self->user_data);
}

static void on_event(GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
                     GIOStream *connection, gpointer user_data)
{
    Connecting *self = user_data;

    (void)client;
    (void)connectable;
    (void)connection;
    if (event == G_SOCKET_CLIENT_CONNECTING && !self->resolved) {
        self->resolved = TRUE;
        enter(self, NET_PHASE_CONNECTING, self->connect_ms);
    } else if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING)
        enter(self, NET_PHASE_PROXY, self->connect_ms);
}

static gboolean on_cancelled(GCancellable *cancellable, gpointer user_data)
{
    Connecting *self = user_data;
    g_autoptr(GError) error = NULL;

    g_cancellable_set_error_if_cancelled(cancellable, &error);
    if (!self->stream) {
        if (!self->verdict)
            self->verdict = g_steal_pointer(&error);
        g_cancellable_cancel(self->own); /* on_connected() finishes */
        return G_SOURCE_REMOVE;
    }
    stream_free(g_steal_pointer(&self->stream));
    finish(self, NULL, NULL, error);
    return G_SOURCE_REMOVE;
}

/* --- TLS ----------------------------------------------------------------------------------- */

static void on_secured(Stream *stream, gpointer user_data)
{
    static const StreamHandlers none = { 0 };
    Connecting *self = user_data;

    self->stream = NULL;
    stream_set_handlers(stream, &none, NULL);
    finish(self, stream, stream_certificate(stream), NULL);
}

static void on_closed(Stream *stream, const GError *error, gpointer user_data)
{
    Connecting *self = user_data;
    g_autoptr(GError) silent = NULL;

    self->stream = NULL;
    if (!error)
        error = silent = g_error_new(NET_ERROR, NET_ERROR_TRUNCATED,
                                     _("%s closed the connection during the TLS handshake."), self->host);
    finish(self, NULL, stream_certificate(stream), error);
    stream_free(stream);
}

static void begin_tls(Connecting *self)
{
    static const StreamHandlers handlers = { .secured = on_secured, .closed = on_closed };

    enter(self, NET_PHASE_TLS, 0); /* the stream has the handshake's deadline */
    stream_set_handlers(self->stream, &handlers, self);
    stream_begin_tls(self->stream, self->tls);
}

/* --- GIO's part ---------------------------------------------------------------------------- */

/* A proxy's address may carry a password. */
static char *proxy_words(const char *proxy)
{
    g_autoptr(GUri) uri = g_uri_parse(proxy, G_URI_FLAGS_NONE, NULL);

    return uri ? g_uri_to_string_partial(uri, G_URI_HIDE_USERINFO) : g_strdup("?");
}

/* Which of the ways in which no connection comes about; GIO keeps refused and unreachable apart, of several addresses for the last. */
static NetError connect_code(const GError *cause)
{
    if (cause->domain == G_RESOLVER_ERROR && !net_has_network())
        return NET_ERROR_UNREACHABLE;
    if (g_error_matches(cause, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
        return NET_ERROR_NO_SUCH_HOST;
    if (cause->domain == G_RESOLVER_ERROR)
        return NET_ERROR_RESOLVE;
    if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        return NET_ERROR_REFUSED;
    if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
        g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
        return NET_ERROR_UNREACHABLE;
    if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)) /* reset as soon as it was there */
        return NET_ERROR_IO;
    return NET_ERROR_CONNECT;
}

static GError *connect_error(Connecting *self, const GError *cause)
{
    g_autofree char *proxy = self->proxy ? proxy_words(self->proxy) : NULL;

    if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return g_error_copy(cause);
    if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED) ||
        g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED) ||
        g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH) ||
        g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED) || self->phase == NET_PHASE_PROXY)
        return g_error_new(NET_ERROR, NET_ERROR_PROXY, _("The proxy did not connect to %s port %u: %s"),
                           self->host, self->port, cause->message);
    if (proxy)
        return g_error_new(NET_ERROR, NET_ERROR_PROXY, _("The proxy %s cannot be reached: %s"), proxy,
                           cause->message);
    NetError code = connect_code(cause);

    if (code == NET_ERROR_UNREACHABLE && cause->domain == G_RESOLVER_ERROR)
        return g_error_new(NET_ERROR, code, _("This machine has no network, so the address of %s cannot be found."),
                           self->host);
    switch (code) {
    case NET_ERROR_NO_SUCH_HOST:
        return g_error_new(NET_ERROR, NET_ERROR_NO_SUCH_HOST, _("The name %s has no address: %s"), self->host,
                           cause->message);
    case NET_ERROR_RESOLVE:
        return g_error_new(NET_ERROR, NET_ERROR_RESOLVE, _("The address of %s was not found: %s"), self->host,
                           cause->message);
    default:
        return g_error_new(NET_ERROR, code, _("%s port %u cannot be reached: %s"), self->host,
                           self->port, cause->message);
    }
}

static void on_connected(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Connecting *self = user_data;
    g_autoptr(GError) cause = NULL;
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &cause);

    g_signal_handlers_disconnect_by_data(source, self); /* attempts that lost the race may outlive us */
    set_deadline(self, 0);
    if (connection && G_IS_TCP_WRAPPER_CONNECTION(
                          connection)) /* an https:// proxy: GIO put its own TLS around the socket */
        cause = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_PROXY_FAILED,
                                    _("proxies that speak TLS are not supported"));
    if (self->verdict || cause) {
        g_autoptr(GError) error =
            self->verdict ? g_steal_pointer(&self->verdict) : connect_error(self, cause);

        finish(self, NULL, NULL, error);
        return;
    }
    self->stream = stream_new(self->context,
                              socket_transport_new(self->context, g_socket_connection_get_socket(connection),
                                                   G_OBJECT(connection)));
    stream_add_setup_flights(self->stream, 1 + (self->phase == NET_PHASE_PROXY ? self->proxy_flights : 0));
    stream_set_tap(self->stream, self->tap, self->tap_data, self->tap_free);
    self->tap_free = NULL;
    if (self->security == NET_SECURITY_TLS)
        begin_tls(self);
    else
        finish(self, g_steal_pointer(&self->stream), NULL, NULL);
}

/* FALSE when the proxy's address makes no sense; then nothing may go out around it. */
static gboolean set_proxy(Connecting *self, GSocketClient *client, GError **error)
{
    static const char *const known[] = { "socks5", "socks4", "socks4a", "socks", "http", NULL };
    g_autoptr(GProxyResolver) resolver = NULL;
    g_autoptr(GUri) uri = NULL;

    self->proxy_flights = 1;
    if (!self->proxy)
        return TRUE;
    if (g_str_has_prefix(self->proxy, "direct:")) {
        g_socket_client_set_enable_proxy(client, FALSE);
        g_clear_pointer(&self->proxy, g_free);
        return TRUE;
    }
    uri = g_uri_parse(self->proxy, G_URI_FLAGS_NONE, NULL);
    if (!uri || !g_uri_get_host(uri) || !g_strv_contains(known, g_uri_get_scheme(uri))) {
        g_set_error_literal(error, NET_ERROR, NET_ERROR_PROXY_ADDRESS,
                            _("The proxy's address is not understood; it is written socks5://host:port or "
                              "http://host:port. Nothing was sent."));
        return FALSE;
    }
    if (strcmp(g_uri_get_scheme(uri), "socks5") == 0)
        self->proxy_flights = 2; /* method, then request */
    resolver = g_simple_proxy_resolver_new(self->proxy, NULL);
    g_socket_client_set_proxy_resolver(client, resolver);
    return TRUE;
}

static gboolean start(gpointer user_data)
{
    Connecting *self = user_data;
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnectable) address = g_network_address_new(self->host, self->port);
    g_autoptr(GError) error = NULL;

    if (self->verdict || !set_proxy(self, client, &error)) {
        finish(self, NULL, NULL, self->verdict ? self->verdict : error);
        return G_SOURCE_REMOVE;
    }
    g_signal_connect(client, "event", G_CALLBACK(on_event), self);
    enter(self, NET_PHASE_RESOLVING, self->resolve_ms);
    /* GIO delivers where the thread's default context is: ours, whatever the caller's is. */
    g_main_context_push_thread_default(self->context);
    g_socket_client_connect_async(client, address, self->own, on_connected, self);
    g_main_context_pop_thread_default(self->context);
    return G_SOURCE_REMOVE;
}

void net_connect_async(GMainContext *context, const NetTarget *target, GCancellable *cancellable,
                       NetProgress progress, NetConnected connected, gpointer user_data)
{
    Connecting *self = g_new0(Connecting, 1);
    g_autoptr(GSource) starting = g_idle_source_new();

    self->context = g_main_context_ref(context);
    self->host = g_strdup(target->host);
    self->port = target->port;
    self->security = target->security;
    self->proxy = g_strdup(target->proxy);
    self->resolve_ms = target->resolve_ms ? target->resolve_ms : NET_DEFAULT_RESOLVE_MS;
    self->connect_ms = target->connect_ms ? target->connect_ms : NET_DEFAULT_CONNECT_MS;
    self->greeting_ms = target->greeting_ms ? target->greeting_ms : NET_DEFAULT_GREETING_MS;
    self->tap = target->tap;
    self->tap_data = target->tap_data;
    self->tap_free = target->tap_free;
    self->progress = progress;
    self->connected = connected;
    self->user_data = user_data;
    self->own = g_cancellable_new();
    if (target->security == NET_SECURITY_TLS) {
        TlsOptions options = target->tls;

        options.host = options.host ? options.host : target->host;
        options.port = options.port ? options.port : target->port;
        self->tls = tls_options_copy(&options);
    }
    if (cancellable) {
        self->cancelled = g_cancellable_source_new(cancellable);
        g_source_set_callback(self->cancelled, G_SOURCE_FUNC(on_cancelled), self, NULL);
        g_source_attach(self->cancelled, context);
    }
    g_source_set_priority(starting, G_PRIORITY_DEFAULT);
    g_source_set_callback(starting, start, self, NULL);
    g_source_attach(starting, context);
}
