#include "config.h"

#include "proxy-server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct ProxyServer {
    ProxyKind kind;
    int listener;
    guint16 port;
    int current; /* atomic; -1 */
    gint stopping;
    GString *asked;
    GThread *thread;
};

static gboolean receive(int descriptor, void *bytes, gsize length)
{
    return recv(descriptor, bytes, length, MSG_WAITALL) == (gssize)length;
}

static void reply(int descriptor, const void *bytes, gsize length)
{
    g_assert_cmpint(send(descriptor, bytes, length, MSG_NOSIGNAL), ==, (gssize)length);
}

static int connect_here(guint port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((guint16)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

/* Method selection without login, then one CONNECT by name. Returns the far end or -1. */
static int negotiate_socks5(ProxyServer *self, int client)
{
    guint8 head[2], methods[255], request[5], name[256], port[2];
    gboolean refusing = self->kind == PROXY_REFUSING_SOCKS5;
    int far;

    if (!receive(client, head, 2) || head[0] != 5 || !receive(client, methods, head[1]))
        return -1;
    reply(client, "\5\0", 2);
    if (!receive(client, request, 5) || request[1] != 1)
        return -1;
    g_assert_cmpint(request[3], ==, 3); /* a name: we did not resolve it */
    if (!receive(client, name, request[4]) || !receive(client, port, 2))
        return -1;
    name[request[4]] = '\0';
    g_string_printf(self->asked, "%s:%u", (char *)name, port[0] * 256u + port[1]);
    far = refusing ? -1 : connect_here(port[0] * 256u + port[1]);
    reply(client, far < 0 ? "\5\5\0\1\0\0\0\0\0\0" : "\5\0\0\1\0\0\0\0\0\0", 10);
    return far;
}

static int negotiate_http(ProxyServer *self, int client)
{
    g_autoptr(GString) request = g_string_new(NULL);
    gboolean refusing = self->kind == PROXY_REFUSING_HTTP;
    g_auto(GStrv) lines = NULL;
    g_auto(GStrv) words = NULL;
    const char *port;
    char byte;
    int far;

    while (!g_str_has_suffix(request->str, "\r\n\r\n") && receive(client, &byte, 1))
        g_string_append_c(request, byte);
    lines = g_strsplit(request->str, "\r\n", -1);
    words = g_strsplit(lines[0], " ", -1);
    g_assert_cmpstr(words[0], ==, "CONNECT");
    g_string_assign(self->asked, words[1]);
    for (char **line = lines; *line; line++)
        if (g_ascii_strncasecmp(*line, "Proxy-Authorization: Basic ", 27) == 0) {
            gsize length;
            g_autofree guchar *text = g_base64_decode(*line + 27, &length);

            g_string_append_printf(self->asked, " %.*s", (int)length, (char *)text);
        }
    port = strrchr(words[1], ':');
    far = refusing ? -1 : connect_here((guint)atoi(port + 1));
    if (far < 0)
        reply(client, "HTTP/1.0 403 Forbidden\r\n\r\n", 26);
    else
        reply(client, "HTTP/1.0 200 Connected\r\nX-Test: yes\r\n\r\n", 39);
    return far;
}

static gboolean pass(int from, int to)
{
    char bytes[4096];
    gssize length = recv(from, bytes, sizeof bytes, 0);

    if (length <= 0)
        return FALSE;
    return send(to, bytes, (gsize)length, MSG_NOSIGNAL) == length;
}

static void relay(int client, int far)
{
    struct pollfd ends[2] = { { .fd = client, .events = POLLIN }, { .fd = far, .events = POLLIN } };

    while (poll(ends, 2, -1) > 0) {
        if (ends[0].revents && !pass(client, far))
            return;
        if (ends[1].revents && !pass(far, client))
            return;
    }
}

static void serve(ProxyServer *self, int client)
{
    char byte;
    int far = -1;

    switch (self->kind) {
    case PROXY_SOCKS5:
    case PROXY_REFUSING_SOCKS5:
        far = negotiate_socks5(self, client);
        break;
    case PROXY_HTTP:
    case PROXY_REFUSING_HTTP:
        far = negotiate_http(self, client);
        break;
    case PROXY_SILENT:
        while (recv(client, &byte, 1, 0) > 0)
            continue;
        break;
    }
    if (far >= 0) {
        relay(client, far);
        close(far);
    }
}

static gpointer run(gpointer user_data)
{
    ProxyServer *self = user_data;
    int client;

    while ((client = accept4(self->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        g_atomic_int_set(&self->current, client);
        if (!g_atomic_int_get(&self->stopping))
            serve(self, client);
        g_atomic_int_set(&self->current, -1);
        close(client);
    }
    return NULL;
}

ProxyServer *proxy_server_start(ProxyKind kind)
{
    ProxyServer *self = g_new0(ProxyServer, 1);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;

    self->kind = kind;
    self->current = -1;
    self->asked = g_string_new(NULL);
    self->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(self->listener, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(listen(self->listener, 16), ==, 0);
    g_assert_cmpint(getsockname(self->listener, (struct sockaddr *)&address, &length), ==, 0);
    self->port = ntohs(address.sin_port);
    self->thread = g_thread_new("proxy", run, self);
    return self;
}

guint16 proxy_server_port(ProxyServer *self)
{
    return self->port;
}

const char *proxy_server_asked(ProxyServer *self)
{
    return self->asked->str;
}

void proxy_server_stop(ProxyServer *self)
{
    int current;

    g_atomic_int_set(&self->stopping, 1);
    shutdown(self->listener, SHUT_RDWR);
    current = g_atomic_int_get(&self->current);
    if (current >= 0)
        shutdown(current, SHUT_RDWR);
    g_thread_join(self->thread);
    close(self->listener);
    g_string_free(self->asked, TRUE);
    g_free(self);
}
