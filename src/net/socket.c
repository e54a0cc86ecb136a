#include "config.h"

#include "net/socket.h"

#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

#include "base/i18n.h"
#include "net/connect.h"
#include "net/stream_private.h"

/* A peer that vanished without a word is asked after a minute of silence, and given up after three more
 * unanswered questions: home routers forget a silent connection after some five minutes, and an IDLE is
 * silent for up to 29. */
#define KEEPALIVE_IDLE_S 60
#define KEEPALIVE_INTERVAL_S 20
#define KEEPALIVE_COUNT 3

typedef struct {
    Transport base;
    GSocket *socket; /* NULL once closed */
    GObject *owner;
    GSource *source;
    gpointer tag; /* NULL while nothing is wanted */
    GIOCondition wanted;
    char *peer;
} SocketTransport;

typedef struct {
    GSource base;
    SocketTransport *transport;
} SocketSource;

static gboolean socket_check(GSource *source)
{
    SocketTransport *self = ((SocketSource *)source)->transport;

    return self && self->tag && g_source_query_unix_fd(source, self->tag) != 0;
}

static gboolean socket_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    SocketTransport *self = ((SocketSource *)source)->transport;

    (void)callback;
    (void)user_data;
    if (self)
        self->base.ready(self->base.ready_data);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs socket_funcs = { .check = socket_check, .dispatch = socket_dispatch };

static void set_io_error(GError **error, const GError *cause)
{
    g_set_error(error, NET_ERROR, NET_ERROR_IO, _("The connection broke: %s"), cause->message);
}

static gssize socket_read(Transport *transport, guint8 *bytes, gsize size, GError **error)
{
    SocketTransport *self = (SocketTransport *)transport;
    g_autoptr(GError) cause = NULL;
    gssize count = g_socket_receive_with_blocking(self->socket, (char *)bytes, size, FALSE, NULL, &cause);

    if (count >= 0)
        return count;
    if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return LAYER_AGAIN;
    set_io_error(error, cause);
    return LAYER_ERROR;
}

static gssize socket_write(Transport *transport, const guint8 *bytes, gsize length, GError **error)
{
    SocketTransport *self = (SocketTransport *)transport;
    g_autoptr(GError) cause = NULL;
    gssize count =
        g_socket_send_with_blocking(self->socket, (const char *)bytes, length, FALSE, NULL, &cause);

    if (count >= 0)
        return count;
    if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return LAYER_AGAIN;
    set_io_error(error, cause);
    return LAYER_ERROR;
}

/* poll() reports a hang-up even to who asks for nothing, so a descriptor that is not of interest is taken out
 * altogether. */
static void socket_wants(Transport *transport, gboolean reading, gboolean writing)
{
    SocketTransport *self = (SocketTransport *)transport;
    GIOCondition wanted = (reading ? G_IO_IN : 0) | (writing ? G_IO_OUT : 0);

    if (!self->socket || wanted == self->wanted)
        return;
    if (wanted && self->tag)
        g_source_modify_unix_fd(self->source, self->tag, wanted);
    else if (wanted)
        self->tag = g_source_add_unix_fd(self->source, g_socket_get_fd(self->socket), wanted);
    else {
        g_source_remove_unix_fd(self->source, self->tag);
        self->tag = NULL;
    }
    self->wanted = wanted;
}

static gsize socket_unsent(Transport *transport)
{
    SocketTransport *self = (SocketTransport *)transport;
    int count = 0;

#ifdef SIOCOUTQ
    if (!self->socket || ioctl(g_socket_get_fd(self->socket), SIOCOUTQ, &count) != 0 || count < 0)
        return 0;
#else
    (void)self; /* elsewhere an upload has to get its answer in time once it is written */
#endif
    return (gsize)count;
}

static const char *socket_peer(Transport *transport)
{
    return ((SocketTransport *)transport)->peer;
}

static void socket_close(Transport *transport)
{
    SocketTransport *self = (SocketTransport *)transport;

    if (!self->socket)
        return;
    ((SocketSource *)self->source)->transport = NULL;
    g_source_destroy(self->source);
    g_clear_pointer(&self->source, g_source_unref);
    self->tag = NULL;
    g_socket_close(self->socket, NULL);
    g_clear_object(&self->socket);
    g_clear_object(&self->owner);
}

static void socket_free(Transport *transport)
{
    socket_close(transport);
    g_free(((SocketTransport *)transport)->peer);
    g_free(transport);
}

static const TransportClass socket_class = {
    .read = socket_read,
    .write = socket_write,
    .wants = socket_wants,
    .unsent = socket_unsent,
    .peer = socket_peer,
    .close = socket_close,
    .free = socket_free,
};

static char *peer_words(GSocket *socket)
{
    g_autoptr(GSocketAddress) address = g_socket_get_remote_address(socket, NULL);

    if (!G_IS_INET_SOCKET_ADDRESS(address))
        return NULL;
    return g_socket_connectable_to_string(G_SOCKET_CONNECTABLE(address));
}

static void set_options(GSocket *socket)
{
    if (g_socket_get_family(socket) != G_SOCKET_FAMILY_IPV4 &&
        g_socket_get_family(socket) != G_SOCKET_FAMILY_IPV6)
        return;
    /* Whole requests are written at once: Nagle's waiting could only delay them. */
    g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
    g_socket_set_keepalive(socket, TRUE);
    g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S, NULL);
    g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S, NULL);
    g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT, NULL);
}

Transport *socket_transport_new(GMainContext *context, GSocket *socket, GObject *owner)
{
    SocketTransport *self = g_new0(SocketTransport, 1);

    self->base.class = &socket_class;
    self->socket = g_object_ref(socket);
    self->owner = owner ? g_object_ref(owner) : NULL;
    g_socket_set_blocking(socket, FALSE);
    /* GSocket's own timeout would end a silent IDLE: deadlines are the stream's. */
    g_socket_set_timeout(socket, 0);
    set_options(socket);
    self->peer = peer_words(socket);
    self->source = g_source_new(&socket_funcs, sizeof(SocketSource));
    ((SocketSource *)self->source)->transport = self;
    g_source_set_static_name(self->source, "malle socket");
    g_source_attach(self->source, context);
    return &self->base;
}

Stream *net_stream_from_descriptor(GMainContext *context, int descriptor, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GSocket) socket = g_socket_new_from_fd(descriptor, &cause);

    if (socket)
        return stream_new(context, socket_transport_new(context, socket, NULL));
    set_io_error(error, cause);
    return NULL;
}
