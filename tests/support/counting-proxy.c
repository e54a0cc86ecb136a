/*
 * A TCP proxy on loopback that counts what passes, and can be a bad network.
 *
 *     counting-proxy PORT          forwards to 127.0.0.1:PORT; says {"port": N} on standard output
 *
 * Orders come as lines on standard input, each answered by one line of JSON; the end of input ends it.
 *
 *     stats              bytes up and down, flights (flights.h), commands, connections, what is outstanding
 *                        (login: the same three as they stood when the first login had succeeded)
 *     reset              sets the counts to nothing (what is outstanding stays known)
 *     rtt MS             delays what passes by half of it each way
 *     rate BYTES         at most so many bytes a second each way; 0 for no limit; 10 is a drip
 *     freeze | thaw      nothing passes, every connection stays, new ones are taken by the kernel and unanswered
 *     refuse | accept    closes the door (connection refused) and opens it again
 *     cut                breaks every connection now (reset)
 *     cut-down N         ends the connection once N more bytes have gone to the client
 *     cut-up N           ... once N more bytes have gone to the server
 *     hold-after N       what the client sends for a flight beyond the Nth after the first login is kept back, so that
 *                        what can be seen then needed no more; -1: everything passes again
 *     to PORT            later connections go there
 *     transcript FILE    appends what passes, inflated, to FILE
 */
#include "config.h"

#include "flights.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUE_LIMIT (4u << 20)

typedef struct {
    gint64 due;             /* monotonic microseconds */
    GBytes *bytes;
    gsize done;
} Chunk;

/* One direction of one connection. */
typedef struct {
    GQueue chunks;
    gsize queued;
    gint64 free_at;         /* when a limited line can take the next chunk */
    gboolean ended, shut;
} Way;

typedef struct {
    int client, server;     /* -1 once closed */
    Way up, down;
    Flights *flights;
    gboolean held;          /* what the client sends waits: "hold-after" */
} Link;

typedef struct {
    int listener;
    guint16 listen_port, target_port;
    GPtrArray *links;
    FlightCounts counts;
    guint64 up, down, connections;
    guint64 login_flights, login_up, login_down;
    gint64 rtt, rate;       /* microseconds; bytes a second */
    gboolean frozen;
    gint64 cut_down, cut_up;    /* -1: never */
    gint64 hold_after;          /* flights; -1: no */
    gint64 last_byte;
    FILE *transcript;
} Proxy;

static void chunk_free(gpointer data)
{
    Chunk *chunk = data;
    g_bytes_unref(chunk->bytes);
    g_free(chunk);
}

static void link_free(gpointer data)
{
    Link *self = data;
    if (self->client >= 0)
        close(self->client);
    if (self->server >= 0)
        close(self->server);
    g_queue_clear_full(&self->up.chunks, chunk_free);
    g_queue_clear_full(&self->down.chunks, chunk_free);
    flights_free(self->flights);
    g_free(self);
}

/* Reset, not a polite end: what a cable that is pulled looks like in the end. */
static void link_cut(Link *self)
{
    struct linger hard = { .l_onoff = 1, .l_linger = 0 };
    int *ends[] = { &self->client, &self->server };
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (*ends[i] < 0)
            continue;
        setsockopt(*ends[i], SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(*ends[i]);
        *ends[i] = -1;
    }
}

static int listen_on(guint16 *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(*port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    socklen_t size = sizeof address;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 64) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
        perror("counting-proxy: listen");
        exit(1);
    }
    *port = ntohs(address.sin_port);
    return fd;
}

static void proxy_take_connection(Proxy *self)
{
    int client = accept4(self->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1;
    if (client < 0)
        return;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(self->target_port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    /* Blocking, as this is loopback: it answers at once, or refuses at once. */
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server < 0 || connect(server, (struct sockaddr *)&address, sizeof address) < 0) {
        close(client);
        if (server >= 0)
            close(server);
        return;
    }
    fcntl(server, F_SETFL, O_NONBLOCK);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Link *link = g_new0(Link, 1);
    link->client = client;
    link->server = server;
    link->flights = flights_new(&self->counts, self->transcript);
    g_ptr_array_add(self->links, link);
    self->connections++;
}

static void way_put(Proxy *self, Way *way, const guint8 *data, gsize size)
{
    gint64 now = g_get_monotonic_time();
    gsize piece = self->rate > 0 ? (gsize)CLAMP(self->rate / 50, 1, 16384) : 65536;
    for (gsize at = 0; at < size; at += piece) {
        gsize length = MIN(piece, size - at);
        Chunk *chunk = g_new0(Chunk, 1);
        way->free_at = MAX(way->free_at, now);
        if (self->rate > 0)
            way->free_at += (gint64)length * G_USEC_PER_SEC / self->rate;
        chunk->due = way->free_at + self->rtt / 2;
        chunk->bytes = g_bytes_new(data + at, length);
        g_queue_push_tail(&way->chunks, chunk);
        way->queued += length;
    }
}

/* Reads what a side has sent; false when it has ended. */
static void link_read(Proxy *self, Link *link, gboolean from_client)
{
    guint8 data[65536];
    int fd = from_client ? link->client : link->server;
    Way *way = from_client ? &link->up : &link->down;
    ssize_t got = read(fd, data, sizeof data);
    if (got > 0) {
        self->last_byte = g_get_monotonic_time();
        if (from_client) {
            self->up += (guint64)got;
            flights_sent(link->flights, data, (gsize)got);
            if (self->hold_after >= 0 && self->counts.logins > 0 &&
                self->counts.flights - self->login_flights > (guint64)self->hold_after)
                link->held = TRUE;
        }
        way_put(self, way, data, (gsize)got);
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        way->ended = TRUE;
    }
}

/* Hands over what is due. */
static void link_write(Proxy *self, Link *link, gboolean to_client)
{
    int fd = to_client ? link->client : link->server;
    Way *way = to_client ? &link->down : &link->up;
    gint64 *cut = to_client ? &self->cut_down : &self->cut_up;
    Chunk *chunk;
    while (fd >= 0 && (to_client || !link->held) && (chunk = g_queue_peek_head(&way->chunks)) != NULL && chunk->due <= g_get_monotonic_time()) {
        gsize size;
        const guint8 *data = g_bytes_get_data(chunk->bytes, &size);
        gsize length = size - chunk->done;
        if (*cut >= 0)
            length = MIN(length, (gsize)*cut);
        ssize_t put = length > 0 ? send(fd, data + chunk->done, length, MSG_NOSIGNAL) : 0;
        if (put < 0) {
            if (errno != EAGAIN && errno != EINTR)
                link_cut(link);
            return;
        }
        self->last_byte = g_get_monotonic_time();
        if (to_client) {
            self->down += (guint64)put;
            gboolean before = self->counts.logins == 0;
            flights_delivered(link->flights, data + chunk->done, (gsize)put);
            if (before && self->counts.logins > 0) {
                self->login_flights = self->counts.flights;
                self->login_up = self->up;
                self->login_down = self->down;
            }
        }
        chunk->done += (gsize)put;
        way->queued -= (gsize)put;
        if (*cut >= 0 && (*cut -= put) == 0) {
            *cut = -1;
            /* A polite end here, so that the N bytes do arrive. */
            close(link->client);
            close(link->server);
            link->client = link->server = -1;
            return;
        }
        if (chunk->done == size)
            chunk_free(g_queue_pop_head(&way->chunks));
        else
            return;
    }
    if (way->ended && !way->shut && g_queue_is_empty(&way->chunks) && fd >= 0) {
        shutdown(fd, SHUT_WR);
        way->shut = TRUE;
    }
}

static void answer_stats(const Proxy *self)
{
    guint outstanding = 0, idling = 0, open = 0;
    for (guint i = 0; i < self->links->len; i++) {
        const Link *link = self->links->pdata[i];
        outstanding += flights_outstanding(link->flights);
        idling += flights_idling(link->flights) ? 1 : 0;
        open += link->client >= 0 ? 1 : 0;
    }
    printf("{\"up\": %" G_GUINT64_FORMAT ", \"down\": %" G_GUINT64_FORMAT ", \"flights\": %" G_GUINT64_FORMAT
           ", \"commands\": %" G_GUINT64_FORMAT ", \"turns\": %" G_GUINT64_FORMAT ", \"connections\": %" G_GUINT64_FORMAT
           ", \"open\": %u, \"outstanding\": %u, \"idling\": %u, \"quiet_ms\": %" G_GINT64_FORMAT
           ", \"logins\": %" G_GUINT64_FORMAT ", \"login\": {\"flights\": %" G_GUINT64_FORMAT ", \"up\": %" G_GUINT64_FORMAT
           ", \"down\": %" G_GUINT64_FORMAT "}}\n",
           self->up, self->down, self->counts.flights, self->counts.commands, self->counts.turns, self->connections,
           open, outstanding, idling, (g_get_monotonic_time() - self->last_byte) / 1000, self->counts.logins,
           self->login_flights, self->login_up, self->login_down);
}

static void proxy_obey(Proxy *self, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 2);
    const char *order = words[0] != NULL ? words[0] : "", *rest = words[0] != NULL && words[1] != NULL ? words[1] : "";
    gint64 number = g_ascii_strtoll(rest, NULL, 10);
    gboolean known = TRUE;
    if (strcmp(order, "stats") == 0) {
        answer_stats(self);
        return;
    } else if (strcmp(order, "reset") == 0) {
        self->counts = (FlightCounts){ 0 };
        self->up = self->down = self->connections = 0;
        self->login_flights = self->login_up = self->login_down = 0;
    } else if (strcmp(order, "rtt") == 0) {
        self->rtt = number * 1000;
    } else if (strcmp(order, "rate") == 0) {
        self->rate = number;
    } else if (strcmp(order, "freeze") == 0) {
        self->frozen = TRUE;
    } else if (strcmp(order, "thaw") == 0) {
        self->frozen = FALSE;
    } else if (strcmp(order, "refuse") == 0 && self->listener >= 0) {
        close(self->listener);
        self->listener = -1;
    } else if (strcmp(order, "accept") == 0 && self->listener < 0) {
        self->listener = listen_on(&self->listen_port);
    } else if (strcmp(order, "cut") == 0) {
        g_ptr_array_foreach(self->links, (GFunc)(void (*)(void))link_cut, NULL);
    } else if (strcmp(order, "cut-down") == 0) {
        self->cut_down = number;
    } else if (strcmp(order, "cut-up") == 0) {
        self->cut_up = number;
    } else if (strcmp(order, "hold-after") == 0) {
        self->hold_after = number;
        for (guint i = 0; number < 0 && i < self->links->len; i++)
            ((Link *)self->links->pdata[i])->held = FALSE;
    } else if (strcmp(order, "to") == 0) {
        self->target_port = (guint16)number;
    } else if (strcmp(order, "transcript") == 0) {
        if (self->transcript == NULL)
            self->transcript = fopen(rest, "ab");
        if (self->transcript != NULL)
            setvbuf(self->transcript, NULL, _IOLBF, 0);
        known = self->transcript != NULL;
    } else {
        known = FALSE;
    }
    puts(known ? "{}" : "{\"error\": \"not understood\"}");
}

static void proxy_read_orders(Proxy *self, GString *orders)
{
    char data[4096];
    ssize_t got = read(STDIN_FILENO, data, sizeof data);
    if (got <= 0)
        exit(0);
    g_string_append_len(orders, data, got);
    char *newline;
    while ((newline = strchr(orders->str, '\n')) != NULL) {
        *newline = '\0';
        proxy_obey(self, orders->str);
        g_string_erase(orders, 0, newline - orders->str + 1);
    }
    fflush(stdout);
}

static short wanted(const Proxy *self, const Link *link, gboolean client, int *timeout)
{
    const Way *in = client ? &link->up : &link->down, *out = client ? &link->down : &link->up;
    short events = 0;
    if (self->frozen)
        return 0;
    if (!in->ended && in->queued < QUEUE_LIMIT)
        events |= POLLIN;
    const Chunk *chunk = g_queue_peek_head((GQueue *)&out->chunks);
    if (!client && link->held) {
        /* nothing goes to the server */
    } else if (chunk != NULL) {
        gint64 wait = (chunk->due - g_get_monotonic_time() + 999) / 1000;
        if (wait <= 0)
            events |= POLLOUT;
        else if (*timeout < 0 || wait < *timeout)
            *timeout = (int)wait;
    } else if (out->ended && !out->shut) {
        events |= POLLOUT;
    }
    return events;
}

static void proxy_drop_finished(Proxy *self)
{
    for (guint i = self->links->len; i-- > 0;) {
        Link *link = self->links->pdata[i];
        if (link->client < 0 || (link->up.shut && link->down.shut))
            g_ptr_array_remove_index_fast(self->links, i);
    }
}

static void proxy_turn(Proxy *self, GString *orders)
{
    guint count = self->links->len;
    g_autofree struct pollfd *polls = g_new0(struct pollfd, 2 + 2 * count);
    int timeout = -1;
    polls[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
    polls[1] = (struct pollfd){ .fd = self->frozen ? -1 : self->listener, .events = POLLIN };
    for (guint i = 0; i < count; i++) {
        Link *link = self->links->pdata[i];
        short client = wanted(self, link, TRUE, &timeout), server = wanted(self, link, FALSE, &timeout);
        /* Nothing wanted: not even to be told of an end, which would turn this loop for ever. */
        polls[2 + 2 * i] = (struct pollfd){ .fd = client ? link->client : -1, .events = client };
        polls[3 + 2 * i] = (struct pollfd){ .fd = server ? link->server : -1, .events = server };
    }
    if (poll(polls, 2 + 2 * count, timeout) < 0 && errno != EINTR)
        exit(1);
    for (guint i = 0; i < count && !self->frozen; i++) {
        Link *link = self->links->pdata[i];
        struct pollfd *client = &polls[2 + 2 * i], *server = &polls[3 + 2 * i];
        if ((client->events & POLLIN) && (client->revents & (POLLIN | POLLHUP | POLLERR)))
            link_read(self, link, TRUE);
        if ((server->events & POLLIN) && (server->revents & (POLLIN | POLLHUP | POLLERR)))
            link_read(self, link, FALSE);
        link_write(self, link, FALSE);
        link_write(self, link, TRUE);
    }
    if (polls[1].revents & POLLIN)
        proxy_take_connection(self);
    if (polls[0].revents != 0)
        proxy_read_orders(self, orders);
    proxy_drop_finished(self);
}

int main(int count, char **arguments)
{
    Proxy proxy = { .cut_down = -1, .cut_up = -1, .hold_after = -1 };
    if (count != 2) {
        fputs("usage: counting-proxy PORT\n", stderr);
        return 64;
    }
    proxy.target_port = (guint16)atoi(arguments[1]);
    proxy.links = g_ptr_array_new_with_free_func(link_free);
    proxy.listener = listen_on(&proxy.listen_port);
    printf("{\"port\": %u}\n", proxy.listen_port);
    fflush(stdout);
    GString *orders = g_string_new(NULL);
    for (;;)
        proxy_turn(&proxy, orders);
}
