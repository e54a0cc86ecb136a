/* From a name to a stream: proxies, races of addresses, and every phase that can hang. */
#include "config.h"

#include "net/connect.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attempt.h"
#include "fake-resolver.h"
#include "net/network.h"
#include "proxy-server.h"
#include "stream-log.h"
#include "tls-server.h"

typedef struct {
    GMainContext *context;
    TlsServer *clear; /* a greeting, no TLS */
    TlsServer *silent;
    GResolver *system;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->context = g_main_context_new();
    f->clear = tls_server_start(&(ServerOptions){ .how = SERVE_CLEAR });
    f->silent = tls_server_start(&(ServerOptions){ .how = SERVE_SILENT });
    f->system = g_resolver_get_default();
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    g_resolver_set_default(f->system);
    g_object_unref(f->system);
    tls_server_stop(f->clear);
    tls_server_stop(f->silent);
    g_main_context_unref(f->context);
}

static NetTarget target_for(TlsServer *server, const char *host)
{
    return (NetTarget){
        .host = host, .port = tls_server_port(server), .security = NET_SECURITY_NONE, .proxy = "direct://"
    };
}

static void use_resolver(const char *addresses, const char *services)
{
    g_autoptr(GResolver) resolver = fake_resolver_new(addresses, services);

    g_resolver_set_default(resolver);
}

static void expect_greeting(Fixture *f, Attempt *attempt)
{
    StreamLog log;

    g_assert_no_error(attempt->error);
    stream_log_init(&log, g_steal_pointer(&attempt->stream));
    stream_log_until_got(f->context, &log, strlen("* OK in clear\r\n"));
    g_assert_cmpstr(stream_log_text(&log), ==, "* OK in clear\r\n");
    stream_log_clear(&log);
}

/* A port of this machine where nobody listens. */
static guint16 closed_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);

    g_assert_cmpint(bind(descriptor, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(getsockname(descriptor, (struct sockaddr *)&address, &length), ==, 0);
    close(descriptor);
    return ntohs(address.sin_port);
}

/* --- direct -------------------------------------------------------------------------------- */

static void test_direct(Fixture *f, gconstpointer data)
{
    NetTarget target = target_for(f->clear, "127.0.0.1");
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_cmpstr(attempt.phases->str, ==, "RC=");
    g_assert_cmpuint(stream_statistics(attempt.stream).setup_flights, ==, 1);
    expect_greeting(f, &attempt);
}

/* Two addresses, one of which is dead: the other is found without anybody asking for it. */
static void test_second_address(Fixture *f, gconstpointer data)
{
    NetTarget target = target_for(f->clear, "mail.test");
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    use_resolver("::1 127.0.0.1", ""); /* the server listens on 127.0.0.1 only */
    attempt_run(&attempt, f->context, &target, NULL);
    expect_greeting(f, &attempt);
}

static void test_refused(Fixture *f, gconstpointer data)
{
    NetTarget target = {
        .host = "127.0.0.1", .port = closed_port(), .security = NET_SECURITY_NONE, .proxy = "direct://"
    };
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_error(attempt.error, NET_ERROR, NET_ERROR_REFUSED);
    g_assert_true(net_error_is_transient(attempt.error));
    g_assert_nonnull(strstr(attempt.error->message, "127.0.0.1"));
}

static void test_no_such_name(Fixture *f, gconstpointer data)
{
    /* Where there is no network at all that is what is said. */
    int wanted = net_has_network() ? NET_ERROR_NO_SUCH_HOST : NET_ERROR_UNREACHABLE;
    NetTarget target = target_for(f->clear, "nobody.test");
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    use_resolver("", "");
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_error(attempt.error, NET_ERROR, wanted);
    g_assert_nonnull(strstr(attempt.error->message, "nobody.test"));
    g_assert_cmpstr(attempt.phases->str, ==, "R");
}

/* --- half-dead peers: each phase ends by its own deadline, with its own words ------------------ */

static void test_resolver_hangs(Fixture *f, gconstpointer data)
{
    NetTarget target = target_for(f->clear, "mail.test");
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    use_resolver("never", "");
    target.resolve_ms = 20;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_error(attempt.error, NET_ERROR, NET_ERROR_TIMED_OUT);
    g_assert_nonnull(strstr(attempt.error->message, "name server"));
}

/* A listener whose queue is full answers no SYN: as good as a host that is down. */
static void test_connect_hangs(Fixture *f, gconstpointer data)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int fillers[4];
    NetTarget target = {
        .host = "127.0.0.1", .security = NET_SECURITY_NONE, .proxy = "direct://", .connect_ms = 50
    };
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    g_assert_cmpint(bind(listener, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(listen(listener, 0), ==, 0);
    g_assert_cmpint(getsockname(listener, (struct sockaddr *)&address, &length), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(fillers); i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(fillers[i], (struct sockaddr *)&address, sizeof address);
    }
    target.port = ntohs(address.sin_port);
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_error(attempt.error, NET_ERROR, NET_ERROR_TIMED_OUT);
    g_assert_nonnull(strstr(attempt.error->message, "did not accept"));
    g_assert_cmpstr(attempt.phases->str, ==, "RC");
    for (gsize i = 0; i < G_N_ELEMENTS(fillers); i++)
        close(fillers[i]);
    close(listener);
}

static void test_proxy_hangs(Fixture *f, gconstpointer data)
{
    static const char *const schemes[] = { "socks5", "http" };

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        g_autoptr(ProxyServer) proxy = proxy_server_start(PROXY_SILENT);
        g_autofree char *uri = g_strdup_printf("%s://127.0.0.1:%u", schemes[i], proxy_server_port(proxy));
        NetTarget target = target_for(f->clear, "mail.test");
        g_auto(Attempt) attempt = { 0 };

        target.proxy = uri;
        target.connect_ms = 50;
        attempt_run(&attempt, f->context, &target, NULL);
        g_assert_error(attempt.error, NET_ERROR, NET_ERROR_TIMED_OUT);
        g_assert_nonnull(strstr(attempt.error->message, "proxy"));
        g_assert_cmpstr(attempt.phases->str, ==, "RCP");
    }
}

static void test_no_greeting(Fixture *f, gconstpointer data)
{
    NetTarget target = target_for(f->silent, "127.0.0.1");
    g_auto(Attempt) attempt = { 0 };
    StreamLog log;

    (void)data;
    target.greeting_ms = 30;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_no_error(attempt.error);
    stream_log_init(&log, g_steal_pointer(&attempt.stream));
    stream_log_until(f->context, &log.closed);
    g_assert_error(log.error, NET_ERROR, NET_ERROR_TIMED_OUT);
    g_assert_nonnull(strstr(log.error->message, "greeting"));
    stream_log_clear(&log);
}

/* --- cancelling -------------------------------------------------------------------------------- */

static void test_cancelled(Fixture *f, gconstpointer data)
{
    (void)data;
    for (int when = 0; when < 3; when++) {
        NetTarget target = target_for(f->clear, "mail.test");
        g_autoptr(GCancellable) cancellable = g_cancellable_new();
        g_auto(Attempt) attempt = { 0 };

        use_resolver("never", "");
        if (when == 0)
            g_cancellable_cancel(cancellable); /* before it begins */
        attempt_start(&attempt, f->context, &target, cancellable);
        if (when == 1)
            g_cancellable_cancel(cancellable); /* before its first turn */
        while (when == 2 && attempt.phases->len == 0)
            g_main_context_iteration(f->context, TRUE);
        g_cancellable_cancel(cancellable);
        while (!attempt.done)
            g_main_context_iteration(f->context, TRUE);
        g_assert_error(attempt.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_assert_null(attempt.stream);
    }
}

/* --- proxies ----------------------------------------------------------------------------------- */

static void test_proxy(Fixture *f, gconstpointer data)
{
    static const struct {
        ProxyKind kind;
        const char *uri, *login;
        guint flights;
    } cases[] = {
        { PROXY_SOCKS5, "socks5://127.0.0.1:%u", "", 3 },
        { PROXY_HTTP, "http://127.0.0.1:%u", "", 2 },
        { PROXY_HTTP, "http://anna:open%%20sesame@127.0.0.1:%u", " anna:open sesame", 2 },
    };

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ProxyServer) proxy = proxy_server_start(cases[i].kind);
        g_autoptr(GString) uri = g_string_new(NULL);
        NetTarget target = target_for(f->clear, "only-the-proxy-knows.test");
        g_autofree char *asked = NULL;
        g_auto(Attempt) attempt = { 0 };

        g_string_printf(uri, cases[i].uri, proxy_server_port(proxy));
        target.proxy = uri->str;
        attempt_run(&attempt, f->context, &target, NULL);
        g_assert_no_error(attempt.error);
        g_assert_cmpstr(attempt.phases->str, ==, "RCP=");
        g_assert_cmpuint(stream_statistics(attempt.stream).setup_flights, ==, cases[i].flights);
        expect_greeting(f, &attempt);
        asked = g_strdup_printf("only-the-proxy-knows.test:%u%s", target.port, cases[i].login);
        g_assert_cmpstr(proxy_server_asked(proxy), ==, asked);
    }
}

static void test_proxy_refuses(Fixture *f, gconstpointer data)
{
    static const struct {
        ProxyKind kind;
        const char *uri;
    } cases[] = { { PROXY_REFUSING_SOCKS5, "socks5://127.0.0.1:%u" },
                  { PROXY_REFUSING_HTTP, "http://anna:secret@127.0.0.1:%u" } };

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ProxyServer) proxy = proxy_server_start(cases[i].kind);
        g_autoptr(GString) uri = g_string_new(NULL);
        NetTarget target = target_for(f->clear, "mail.test");
        g_auto(Attempt) attempt = { 0 };

        g_string_printf(uri, cases[i].uri, proxy_server_port(proxy));
        target.proxy = uri->str;
        attempt_run(&attempt, f->context, &target, NULL);
        g_assert_error(attempt.error, NET_ERROR, NET_ERROR_PROXY);
        g_assert_null(strstr(attempt.error->message, "secret"));
    }
}

static void test_proxy_unreachable(Fixture *f, gconstpointer data)
{
    g_autofree char *uri = g_strdup_printf("socks5://anna:secret@127.0.0.1:%u", closed_port());
    NetTarget target = target_for(f->clear, "127.0.0.1");
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    target.proxy = uri;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_error(attempt.error, NET_ERROR, NET_ERROR_PROXY);
    g_assert_null(strstr(attempt.error->message, "secret"));
    /* And nobody went around it. */
    g_assert_cmpuint(tls_server_accepted(f->clear), ==, 0);
}

static void test_proxy_nonsense(Fixture *f, gconstpointer data)
{
    static const char *const uris[] = {
        "", "socks5", "socks5:", "gopher://127.0.0.1:1", "https://127.0.0.1:1", "a b"
    };

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(uris); i++) {
        NetTarget target = target_for(f->clear, "127.0.0.1");
        g_auto(Attempt) attempt = { 0 };

        target.proxy = uris[i];
        attempt_run(&attempt, f->context, &target, NULL);
        g_assert_error(attempt.error, NET_ERROR, NET_ERROR_PROXY_ADDRESS);
    }
    g_assert_cmpuint(tls_server_accepted(f->clear), ==, 0);
}

/* --- services ---------------------------------------------------------------------------------- */

typedef struct {
    gboolean done;
    GString *hosts;
    GError *error;
} Services;

static void on_services(GPtrArray *hosts, const GError *error, gpointer user_data)
{
    Services *self = user_data;

    for (guint i = 0; i < hosts->len; i++) {
        const NetServiceHost *host = hosts->pdata[i];

        g_string_append_printf(self->hosts, "%s:%u ", host->host, host->port);
    }
    self->error = error ? g_error_copy(error) : NULL;
    self->done = TRUE;
}

static void test_services(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *records, *wanted;
        gboolean error;
    } cases[] = {
        { "20:0:993:second.test 10:0:1993:first.test", "first.test:1993 second.test:993 ", FALSE },
        { "0:0:0:.", "", FALSE },
        { "", "", FALSE },
        { "broken", "", TRUE },
    };

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Services services = { .hosts = g_string_new(NULL) };

        use_resolver("", cases[i].records);
        net_lookup_service_async(f->context, "imaps", "example.test", NULL, on_services, &services);
        while (!services.done)
            g_main_context_iteration(f->context, TRUE);
        g_assert_cmpstr(services.hosts->str, ==, cases[i].wanted);
        if (cases[i].error)
            g_assert_error(services.error, NET_ERROR, NET_ERROR_RESOLVE);
        else
            g_assert_no_error(services.error);
        g_clear_error(&services.error);
        g_string_free(services.hosts, TRUE);
    }
}

/* --- descriptors ------------------------------------------------------------------------------- */

static void test_descriptor(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    int ends[2], pipes[2];
    char bytes[16];
    StreamLog log;

    (void)data;
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
    stream_log_init(&log, net_stream_from_descriptor(f->context, ends[0], &error));
    g_assert_no_error(error);
    stream_write_string(log.stream, "ping");
    g_assert_cmpint(write(ends[1], "pong", 4), ==, 4);
    stream_log_until_got(f->context, &log, 4);
    g_assert_cmpint(read(ends[1], bytes, sizeof bytes), ==, 4);
    g_assert_cmpmem(bytes, 4, "ping", 4);
    /* What a peer says before it hangs up on our writing is read. */
    g_assert_cmpint(write(ends[1], "* BYE", 5), ==, 5);
    close(ends[1]);
    stream_write_string(log.stream, "into the void");
    stream_log_until(f->context, &log.closed);
    g_assert_cmpstr(stream_log_text(&log), ==, "pong* BYE");
    stream_log_clear(&log);

    g_assert_cmpint(pipe(pipes), ==, 0);
    g_assert_null(net_stream_from_descriptor(f->context, pipes[0], &error));
    g_assert_error(error, NET_ERROR, NET_ERROR_IO);
    close(pipes[0]);
    close(pipes[1]);
}

/* A peer that takes a long upload slowly, without a word, is alive as long as it takes; when it stops, it is
 * not. */
static void test_slow_upload(Fixture *f, gconstpointer data)
{
    gsize size = 8 * 1024 * 1024;
    g_autofree char *much = g_malloc0(size);
    g_autofree char *bytes = g_malloc(256 * 1024);
    gsize seen = 0;
    int ends[2];
    StreamLog log;

    (void)data;
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), ==, 0);
    stream_log_init(&log, net_stream_from_descriptor(f->context, ends[0], NULL));
    stream_write(log.stream, much, size);
    stream_expect_within(log.stream, 20, "waiting for the answer");
    while (seen < size) {
        gssize count = read(ends[1], bytes, 256 * 1024);

        seen += (gsize)MAX(count, 0);
        if (count > 0)
            stream_log_be_late(20); /* the timer is due in each turn that moved something */
        g_main_context_iteration(f->context, FALSE);
        if (seen < size) /* with the last byte taken it may end in this very turn */
            g_assert_false(log.closed);
    }
    stream_log_until(f->context, &log.closed); /* it has everything and does not answer */
    g_assert_error(log.error, NET_ERROR, NET_ERROR_TIMED_OUT);
    stream_log_clear(&log);
    close(ends[1]);
}

/* The same when only the kernel is still sending: our own queue has long been empty. */
static void test_slow_kernel(Fixture *f, gconstpointer data)
{
    gsize size = 150 * 1024; /* fits into the socket's buffer */
    g_autofree char *much = g_malloc0(size);
    g_autofree char *bytes = g_malloc(64 * 1024);
    gsize seen = 0;
    int ends[2];
    StreamLog log;

    (void)data;
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), ==, 0);
    stream_log_init(&log, net_stream_from_descriptor(f->context, ends[0], NULL));
    stream_write(log.stream, much, size);
    while (stream_queued(log.stream) > 0)
        g_main_context_iteration(f->context, TRUE);
    stream_expect_within(log.stream, 20, "waiting for the answer");
    while (seen < size) {
        gssize count = read(ends[1], bytes,
                            64 * 1024); /* as much as one write of ours, and so one buffer of the kernel's */

        g_assert_cmpint(count, >, 0);
        seen += (gsize)count;
        stream_log_be_late(20);
        g_main_context_iteration(f->context, FALSE);
        if (seen < size) /* with the last byte taken it may end in this very turn */
            g_assert_false(log.closed);
    }
    stream_log_until(f->context, &log.closed);
    g_assert_error(log.error, NET_ERROR, NET_ERROR_TIMED_OUT);
    stream_log_clear(&log);
    close(ends[1]);
}

/* Two streams that talk to each other, with everything that readers and writers may do mixed at random: each
 * byte arrives, once, in order. --seed=… repeats a failure. */
static void test_random(gconstpointer data)
{
    gboolean compressed = GPOINTER_TO_INT(data);
    GMainContext *context = g_main_context_new();
    GString *sent[2] = { g_string_new(NULL), g_string_new(NULL) };
    StreamLog logs[2];
    int ends[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
    for (int i = 0; i < 2; i++) {
        stream_log_init(&logs[i], net_stream_from_descriptor(context, ends[i], NULL));
        if (compressed)
            stream_start_deflate(logs[i].stream);
    }
    for (int step = 0; step < 3000; step++) {
        int side = g_test_rand_int_range(0, 2);
        gsize length = (gsize)1 << g_test_rand_int_range(0, 17);
        char letter = (char)g_test_rand_int_range('a', 'z');

        switch (g_test_rand_int_range(0, 8)) {
        case 0:
        case 1:
            for (gsize i = 0; i < length; i++)
                g_string_append_c(sent[side], (char)(letter + i % 5));
            stream_write(logs[side].stream, sent[side]->str + sent[side]->len - length, length);
            break;
        case 2:
            stream_pause(logs[side].stream);
            break;
        case 3:
            stream_resume(logs[side].stream);
            break;
        case 4:
            logs[side].take_at_most = length;
            break;
        case 5:
            logs[side].take_at_most = g_test_rand_bit() ? 0 : G_MAXSIZE;
            break;
        default:
            g_main_context_iteration(context, FALSE);
        }
    }
    for (int i = 0; i < 2; i++) {
        logs[i].take_at_most = G_MAXSIZE;
        stream_resume(logs[i].stream);
    }
    for (int i = 0; i < 2; i++) {
        stream_log_until_got(context, &logs[i], sent[1 - i]->len);
        g_assert_cmpmem(logs[i].got->data, logs[i].got->len, sent[1 - i]->str, sent[1 - i]->len);
        g_assert_no_error(logs[i].error);
    }
    for (int i = 0; i < 2; i++) {
        stream_log_clear(&logs[i]);
        g_string_free(sent[i], TRUE);
    }
    g_main_context_unref(context);
}

/* A hang-up while nothing is wanted must not make the loop spin. */
static void test_paused_hang_up(Fixture *f, gconstpointer data)
{
    int ends[2];
    guint turns = 0;
    StreamLog log;

    (void)data;
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
    stream_log_init(&log, net_stream_from_descriptor(f->context, ends[0], NULL));
    while (g_main_context_iteration(f->context, FALSE)) /* the descriptor is watched */
        continue;
    stream_pause(log.stream);
    while (g_main_context_iteration(f->context, FALSE)) /* and not any more */
        continue;
    close(ends[1]);
    while (g_main_context_iteration(f->context, FALSE) && turns < 100)
        turns++;
    g_assert_cmpuint(turns, <, 10);
    g_assert_false(log.closed);
    stream_resume(log.stream);
    stream_log_until(f->context, &log.closed);
    stream_log_clear(&log);
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/connect/direct", test_direct);
    ADD("/connect/second-address", test_second_address);
    ADD("/connect/refused", test_refused);
    ADD("/connect/no-such-name", test_no_such_name);
    ADD("/deadline/resolver", test_resolver_hangs);
    ADD("/deadline/connect", test_connect_hangs);
    ADD("/deadline/proxy", test_proxy_hangs);
    ADD("/deadline/greeting", test_no_greeting);
    ADD("/connect/cancelled", test_cancelled);
    ADD("/proxy/works", test_proxy);
    ADD("/proxy/refuses", test_proxy_refuses);
    ADD("/proxy/unreachable", test_proxy_unreachable);
    ADD("/proxy/nonsense", test_proxy_nonsense);
    ADD("/services", test_services);
    ADD("/descriptor", test_descriptor);
    ADD("/deadline/slow-upload", test_slow_upload);
    ADD("/deadline/slow-kernel", test_slow_kernel);
    g_test_add_data_func("/random/plain", GINT_TO_POINTER(FALSE), test_random);
    g_test_add_data_func("/random/compressed", GINT_TO_POINTER(TRUE), test_random);
    ADD("/paused-hang-up", test_paused_hang_up);
    return g_test_run();
}
