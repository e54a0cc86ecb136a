/* Streams over a script: order, flow control, compression, ends. No sockets, no TLS (test-tls.c has those).
 */
#include "config.h"

#include "net/stream.h"

#include <string.h>
#include <zlib.h>

#include "net/connect.h"
#include "net/flights.h"
#include "net/scripted.h"
#include "stream-log.h"

typedef struct {
    GMainContext *context;
    ScriptedPeer *peer;
    StreamLog log;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->context = g_main_context_new();
    f->peer = scripted_peer_new(f->context);
    stream_log_init(&f->log, scripted_peer_stream(f->peer));
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    stream_log_clear(&f->log);
    scripted_peer_free(f->peer);
    g_main_context_unref(f->context);
}

static void run(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    scripted_peer_run(f->peer, &error);
    g_assert_no_error(error);
    g_assert_true(scripted_peer_finished(f->peer));
}

static void idle(Fixture *f)
{
    while (g_main_context_iteration(f->context, FALSE))
        continue;
}

/* --- bytes both ways ----------------------------------------------------------------------- */

static void test_dialogue(Fixture *f, gconstpointer data)
{
    StreamStatistics cost;

    (void)data;
    scripted_deliver(f->peer, "* OK ready\r\n");
    scripted_expect(f->peer, "A1 NOOP\r\n");
    scripted_expect_line(f->peer, "A[0-9]+ LOGOUT");
    scripted_deliver(f->peer, "A1 OK\r\n");
    scripted_cut(f->peer);
    stream_write_string(f->log.stream, "A1 NOOP\r\n");
    stream_write_string(f->log.stream, "A2 LOGOUT\r\n");
    g_assert_cmpuint(stream_queued(f->log.stream), ==, 20);
    run(f);
    g_assert_cmpstr(stream_log_text(&f->log), ==, "* OK ready\r\nA1 OK\r\n");
    g_assert_cmpstr(f->log.events->str, ==, "DC");
    g_assert_no_error(f->log.error);
    cost = stream_statistics(f->log.stream);
    g_assert_cmpuint(cost.payload_up, ==, 20);
    g_assert_cmpuint(cost.wire_up, ==, 20);
    g_assert_cmpuint(cost.payload_down, ==, 19);
    g_assert_cmpuint(cost.wire_down, ==, 19);
}

/* What a script that is not followed says. Without this, every test that uses one could be green for nothing.
 */
static void test_script_fails(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    scripted_expect(f->peer, "A1 NOOP\r\n");
    stream_write_string(f->log.stream, "A1 LOGOUT\r\n");
    g_assert_false(scripted_peer_run(f->peer, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "A1 NOOP\\r\\n"));
    g_assert_nonnull(strstr(error->message, "A1 LOGOUT\\r\\n"));
    g_assert_false(scripted_peer_finished(f->peer));
}

static void test_script_stuck(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    scripted_expect(f->peer, "A1 NOOP\r\n");
    stream_write_string(f->log.stream, "A1 NO");
    stream_expect_within(f->log.stream, 60000, "waiting"); /* far off: no reason to wait for it */
    g_assert_false(scripted_peer_run(f->peer, &error));
    g_assert_nonnull(strstr(error->message, "stuck"));
}

static void test_script_surplus(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    scripted_expect(f->peer, "A1 NOOP\r\n");
    stream_write_string(f->log.stream, "A1 NOOP\r\nA2 NOOP\r\n");
    g_assert_false(scripted_peer_run(f->peer, &error));
    g_assert_nonnull(strstr(error->message, "nothing more"));
}

/* Every cut of the same bytes gives the same bytes. */
static void test_chunks(Fixture *f, gconstpointer data)
{
    const char *text = "* OK one\r\n* 2 EXISTS\r\nA1 OK done\r\n";

    (void)data;
    for (gsize chunk = 1; chunk <= strlen(text); chunk++) {
        f->log.calls = 0;
        g_byte_array_set_size(f->log.got, 0);
        scripted_deliver_bytes(f->peer, text, strlen(text), chunk);
        run(f);
        g_assert_cmpstr(stream_log_text(&f->log), ==, text);
        g_assert_cmpuint(f->log.calls, ==, (strlen(text) + chunk - 1) / chunk);
    }
}

/* What is not taken is offered again, in front of what comes next, and not before something comes. */
static void test_untaken(Fixture *f, gconstpointer data)
{
    (void)data;
    f->log.take_at_most = 3;
    scripted_deliver(f->peer, "abcdef");
    run(f);
    g_assert_cmpstr(stream_log_text(&f->log), ==, "abc");
    g_assert_cmpuint(f->log.calls, ==, 1);
    f->log.take_at_most = G_MAXSIZE;
    scripted_deliver(f->peer, "ghi");
    run(f);
    g_assert_cmpstr(stream_log_text(&f->log), ==, "abcdefghi");
    g_assert_cmpuint(f->log.calls, ==, 2);
}

/* A reader that takes nothing holds the peer up instead of filling our memory. */
static void test_held_is_bounded(Fixture *f, gconstpointer data)
{
    g_autofree char *much = g_strnfill(4 * STREAM_HELD_MAX, 'x');

    (void)data;
    f->log.take_at_most = 0;
    scripted_deliver(f->peer, much);
    idle(f);
    g_assert_false(scripted_peer_finished(f->peer));
    g_assert_cmpuint(f->log.largest, <=, STREAM_HELD_MAX + STREAM_READ_MAX);
    g_assert_cmpuint(stream_statistics(f->log.stream).wire_down, <=, STREAM_HELD_MAX + STREAM_READ_MAX);
    f->log.take_at_most = 1000; /* slow, but it goes on by itself */
    stream_resume(f->log.stream);
    while (stream_statistics(f->log.stream).wire_down < 4 * STREAM_HELD_MAX) {
        g_assert_true(g_main_context_iteration(f->context, FALSE));
        g_assert_cmpuint(f->log.largest, <=, STREAM_HELD_MAX + STREAM_READ_MAX);
    }
    f->log.take_at_most = G_MAXSIZE;
    stream_resume(f->log.stream);
    run(f);
    g_assert_cmpuint(f->log.got->len, ==, 4 * STREAM_HELD_MAX);
}

static void test_pause(Fixture *f, gconstpointer data)
{
    (void)data;
    stream_pause(f->log.stream);
    scripted_deliver(f->peer, "hello");
    scripted_cut(f->peer);
    idle(f);
    g_assert_cmpuint(f->log.calls, ==, 0);
    g_assert_false(f->log.closed);
    stream_resume(f->log.stream);
    run(f);
    g_assert_cmpstr(stream_log_text(&f->log), ==, "hello");
    g_assert_cmpstr(f->log.events->str, ==, "C");
}

/* A full socket blocks nobody: reading goes on, and the queue is told when it has room. */
static void test_read_while_write_is_stuck(Fixture *f, gconstpointer data)
{
    g_autofree char *much = g_strnfill(1024 * 1024, 'y');

    (void)data;
    scripted_stop_taking(f->peer);
    scripted_deliver(f->peer, "meanwhile");
    idle(f);
    stream_write_string(f->log.stream, much);
    idle(f);
    g_assert_cmpuint(stream_queued(f->log.stream), ==, 1024 * 1024);
    g_assert_cmpstr(stream_log_text(&f->log), ==, "meanwhile");
    g_assert_cmpstr(f->log.events->str, ==, "");
    scripted_expect(f->peer, much);
    scripted_take_again(f->peer);
    run(f);
    g_assert_cmpuint(stream_queued(f->log.stream), ==, 0);
    g_assert_cmpstr(f->log.events->str, ==, "D");
}

static void test_broken(Fixture *f, gconstpointer data)
{
    (void)data;
    scripted_deliver(f->peer, "half a li");
    scripted_break(f->peer);
    run(f);
    g_assert_cmpstr(stream_log_text(&f->log), ==, "half a li");
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_IO);
    g_assert_true(net_error_is_transient(f->log.error));
    stream_write_string(f->log.stream, "too late"); /* does nothing */
    g_assert_cmpuint(stream_queued(f->log.stream), ==, 0);
}

static gsize free_in_received(Stream *stream, const guint8 *bytes, gsize length, gpointer user_data)
{
    (void)bytes;
    (*(guint *)user_data)++;
    stream_free(stream);
    return length;
}

static void free_in_closed(Stream *stream, const GError *error, gpointer user_data)
{
    (void)error;
    (*(guint *)user_data)++;
    stream_free(stream);
}

static void test_free_in_handlers(void)
{
    static const StreamHandlers handlers = { .received = free_in_received, .closed = free_in_closed };

    for (int cut = 0; cut < 2; cut++) {
        GMainContext *context = g_main_context_new();
        ScriptedPeer *peer = scripted_peer_new(context);
        guint calls = 0;

        if (cut)
            scripted_cut(peer);
        else
            scripted_deliver(peer, "x");
        stream_set_handlers(scripted_peer_stream(peer), &handlers, &calls);
        while (g_main_context_iteration(context, FALSE))
            continue;
        g_assert_cmpuint(calls, ==, 1);
        scripted_peer_free(peer);
        g_main_context_unref(context);
    }
}

/* The deadline is of silence, not of the whole: bytes that trickle keep it away. */
static void test_deadline(Fixture *f, gconstpointer data)
{
    (void)data;
    stream_expect_within(f->log.stream, 20, "waiting for the greeting");
    stream_log_until(f->context, &f->log.closed);
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_TIMED_OUT);
    g_assert_nonnull(strstr(f->log.error->message, "waiting for the greeting"));
}

static void test_deadline_looks_first(Fixture *f, gconstpointer data)
{
    (void)data;
    idle(f);
    scripted_deliver(f->peer, "* OK in time\r\n");
    stream_expect_within(f->log.stream, 1, "waiting");
    stream_log_be_late(1); /* bytes and deadline are due together */
    run(f);
    g_assert_cmpstr(stream_log_text(&f->log), ==, "* OK in time\r\n");
    stream_log_until(f->context, &f->log.closed); /* and then silence ends it all the same */
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_TIMED_OUT);
}

static void tap(StreamDirection direction, const guint8 *bytes, gsize length, gpointer user_data)
{
    g_string_append_printf(user_data, "%c:%.*s", direction == STREAM_UP ? 'U' : 'D', (int)length, bytes);
}

static void test_tap(Fixture *f, gconstpointer data)
{
    g_autoptr(GString) seen = g_string_new(NULL);

    (void)data;
    stream_set_tap(f->log.stream, tap, seen, NULL);
    scripted_expect(f->peer, "ping");
    scripted_deliver(f->peer, "pong");
    stream_write_string(f->log.stream, "ping");
    run(f);
    g_assert_cmpstr(seen->str, ==, "U:pingD:pong");
}

/* --- STARTTLS, as far as it goes without TLS ------------------------------------------------ */

static void start_tls(gpointer data)
{
    StreamLog *log = data;
    TlsOptions options = { .host = "mail.example" };

    stream_start_tls(log->stream, &options, 0);
    stream_write_string(log->stream, "A2 CAPABILITY\r\n");
}

static void test_starttls(Fixture *f, gconstpointer data)
{
    (void)data;
    f->log.stop_at = "A1 OK\r\n";
    f->log.at_stop = start_tls;
    scripted_deliver(f->peer, "A1 OK\r\n");
    scripted_expect_tls(f->peer, NULL);
    scripted_expect(f->peer, "A2 CAPABILITY\r\n");
    run(f);
    g_assert_true(stream_is_encrypted(f->log.stream));
    g_assert_cmpstr(f->log.events->str, ==, "SD");
}

/* S4: responses behind the OK, in the same segment, were put there by somebody else. */
static void test_starttls_injected(Fixture *f, gconstpointer data)
{
    (void)data;
    f->log.stop_at = "A1 OK\r\n";
    f->log.at_stop = start_tls;
    scripted_deliver(f->peer, "A1 OK\r\n* PREAUTH welcome\r\n");
    idle(f);
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_INJECTED);
    g_assert_false(stream_is_encrypted(f->log.stream));
    g_assert_cmpstr(stream_log_text(&f->log), ==, "A1 OK\r\n");
    g_assert_cmpuint(f->log.calls, ==, 1);
    g_assert_cmpstr(scripted_peer_seen(f->peer, NULL), ==, ""); /* nothing of ours left in clear */
}

static void test_starttls_unparsed(Fixture *f, gconstpointer data)
{
    TlsOptions options = { .host = "mail.example" };

    (void)data;
    stream_start_tls(f->log.stream, &options, 1);
    idle(f);
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_INJECTED);
    g_assert_false(net_error_is_transient(f->log.error));
}

static void test_starttls_behind_queue(Fixture *f, gconstpointer data)
{
    TlsOptions options = { .host = "mail.example" };

    (void)data;
    stream_write_string(f->log.stream, "A1 LOGIN a secret\r\n");
    stream_start_tls(f->log.stream, &options, 0);
    idle(f);
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_MISUSE);
    g_assert_cmpstr(scripted_peer_seen(f->peer, NULL), ==, "");
}

static void test_starttls_refused(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) failure = g_error_new_literal(NET_ERROR, NET_ERROR_CERTIFICATE, "not this one");

    (void)data;
    f->log.stop_at = "A1 OK\r\n";
    f->log.at_stop = start_tls;
    scripted_deliver(f->peer, "A1 OK\r\n");
    scripted_expect_tls(f->peer, failure);
    idle(f);
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_CERTIFICATE);
    g_assert_cmpstr(f->log.events->str, ==, "C");
    g_assert_cmpstr(scripted_peer_seen(f->peer, NULL), ==, "");
}

/* --- COMPRESS=DEFLATE ------------------------------------------------------------------------ */

static GByteArray *squeeze(const void *bytes, gsize length, int flush)
{
    GByteArray *out = g_byte_array_new();
    z_stream z = { 0 };

    g_assert_cmpint(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
    g_byte_array_set_size(out, (guint)(deflateBound(&z, length) + 64));
    z.next_in = (Bytef *)bytes;
    z.avail_in = (uInt)length;
    z.next_out = out->data;
    z.avail_out = out->len;
    deflate(&z, flush);
    g_assert_cmpuint(z.avail_in, ==, 0);
    g_byte_array_set_size(out, out->len - z.avail_out);
    deflateEnd(&z);
    return out;
}

static void start_deflate(gpointer data)
{
    StreamLog *log = data;

    stream_start_deflate(log->stream);
    stream_write_string(log->stream, "A2 NOOP\r\n");
}

static void expect_squeezed(Fixture *f, const char *plain)
{
    gsize length;
    const char *seen = scripted_peer_seen(f->peer, &length);
    guint8 out[4096];
    z_stream z = {
        .next_in = (Bytef *)seen, .avail_in = (uInt)length, .next_out = out, .avail_out = sizeof out
    };

    g_assert_cmpint(inflateInit2(&z, -15), ==, Z_OK);
    g_assert_cmpint(inflate(&z, Z_SYNC_FLUSH), ==, Z_OK);
    inflateEnd(&z);
    g_assert_cmpmem(out, sizeof out - z.avail_out, plain, strlen(plain));
}

/* The server compresses at once behind its OK, in the same segment; every cut of it has to work. */
static void test_deflate(gconstpointer data)
{
    gsize chunk = GPOINTER_TO_SIZE(data);
    g_autoptr(GByteArray) answer = squeeze("A2 OK\r\n", 7, Z_SYNC_FLUSH);
    g_autoptr(GByteArray) all = g_byte_array_new();
    StreamStatistics cost;
    Fixture f;

    set_up(&f, NULL);
    g_byte_array_append(all, (const guint8 *)"A1 OK\r\n", 7);
    g_byte_array_append(all, answer->data, answer->len);
    f.log.stop_at = "A1 OK\r\n";
    f.log.at_stop = start_deflate;
    if (chunk < 7 && chunk > 0) { /* the reader finds its line only whole: deliver the OK first */
        scripted_deliver(f.peer, "A1 OK\r\n");
        scripted_deliver_bytes(f.peer, answer->data, answer->len, chunk);
    } else
        scripted_deliver_bytes(f.peer, all->data, all->len, chunk);
    while (!g_str_has_suffix(stream_log_text(&f.log), "A2 OK\r\n"))
        g_assert_true(g_main_context_iteration(f.context, FALSE));
    g_assert_cmpstr(stream_log_text(&f.log), ==, "A1 OK\r\nA2 OK\r\n");
    idle(&f);
    expect_squeezed(&f, "A2 NOOP\r\n");
    g_assert_true(stream_is_compressed(f.log.stream));
    cost = stream_statistics(f.log.stream);
    g_assert_cmpuint(cost.payload_down, ==, 14);
    g_assert_cmpuint(cost.wire_down, ==, all->len);
    g_assert_cmpuint(cost.payload_up, ==, 9);
    tear_down(&f, NULL);
}

/* S26: 64 MiB in 64 kB. Never more than one read's worth is offered, and nothing is inflated ahead of a
 * reader that rests. */
static void test_deflate_bomb(Fixture *f, gconstpointer data)
{
    gsize size = 64 * 1024 * 1024;
    g_autofree char *zeros = g_malloc0(size);
    g_autoptr(GByteArray) bomb = squeeze(zeros, size, Z_SYNC_FLUSH);

    (void)data;
    g_assert_cmpuint(bomb->len, <, 100 * 1024);
    stream_start_deflate(f->log.stream);
    f->log.take_at_most = 0;
    scripted_deliver_bytes(f->peer, bomb->data, bomb->len, 0);
    idle(f);
    g_assert_cmpuint(stream_statistics(f->log.stream).payload_down, <=, STREAM_HELD_MAX + STREAM_READ_MAX);
    g_assert_cmpuint(f->log.largest, <=, STREAM_HELD_MAX + STREAM_READ_MAX);
    f->log.take_at_most = G_MAXSIZE;
    f->log.largest = 0;
    stream_resume(f->log.stream);
    stream_log_until_got(f->context, &f->log, STREAM_HELD_MAX + STREAM_READ_MAX);
    f->log.largest = 0;
    stream_log_until_got(f->context, &f->log, size);
    g_assert_cmpuint(f->log.got->len, ==, size);
    g_assert_cmpuint(f->log.largest, <=, STREAM_READ_MAX);
}

static void test_deflate_garbage(Fixture *f, gconstpointer data)
{
    (void)data;
    stream_start_deflate(f->log.stream);
    scripted_deliver_bytes(f->peer, "\xff\xff\xff\xff garbage", 12, 0);
    stream_log_until(f->context, &f->log.closed);
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_COMPRESSION);
    g_assert_cmpuint(f->log.got->len, ==, 0);
}

/* What had come of a session that ends is offered before its end is told. */
static void test_deflate_end(Fixture *f, gconstpointer data)
{
    g_autoptr(GByteArray) bytes = squeeze("A1 OK this is a line\r\n", 22, Z_SYNC_FLUSH);

    (void)data;
    stream_start_deflate(f->log.stream);
    scripted_deliver_bytes(f->peer, bytes->data, bytes->len, 0);
    scripted_cut(f->peer);
    stream_log_until(f->context, &f->log.closed);
    g_assert_no_error(f->log.error);
    g_assert_cmpstr(stream_log_text(&f->log), ==, "A1 OK this is a line\r\n");
}

/* Damaged in any way, compressed data ends in an error or gives bytes, and never more than was asked for.
 * --seed=… repeats. */
static void test_deflate_damaged(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GByteArray) whole = NULL;

    for (int i = 0; i < 300; i++)
        g_string_append_printf(text, "* %d FETCH (UID %d FLAGS (\\Seen))\r\n", i, i * 3);
    whole = squeeze(text->str, text->len, Z_SYNC_FLUSH);
    for (int round = 0; round < 500; round++) {
        g_autofree guint8 *bytes = g_memdup2(whole->data, whole->len);
        int damages = g_test_rand_int_range(1, 4);
        Fixture f;

        while (damages-- > 0)
            bytes[g_test_rand_int_range(0, (gint32)whole->len)] ^= (guint8)(1 << g_test_rand_int_range(0, 8));
        set_up(&f, NULL);
        stream_start_deflate(f.log.stream);
        scripted_deliver_bytes(f.peer, bytes, whole->len, (gsize)g_test_rand_int_range(1, 2000));
        scripted_cut(f.peer);
        stream_log_until(f.context, &f.log.closed);
        if (f.log.error)
            g_assert_error(f.log.error, NET_ERROR, NET_ERROR_COMPRESSION);
        g_assert_cmpuint(f.log.largest, <=, STREAM_READ_MAX);
        tear_down(&f, NULL);
    }
}

static void test_deflate_twice(Fixture *f, gconstpointer data)
{
    (void)data;
    stream_start_deflate(f->log.stream);
    stream_start_deflate(f->log.stream);
    idle(f);
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_MISUSE);
}

/* What compression saves both ways on what mail sessions look like. */
static void test_deflate_saves(Fixture *f, gconstpointer data)
{
    StreamStatistics cost;

    (void)data;
    stream_start_deflate(f->log.stream);
    for (int i = 0; i < 1000; i++) {
        g_autofree char *line = g_strdup_printf("A%d UID FETCH %d:%d (UID FLAGS)\r\n", i, i * 7, i * 7 + 6);

        stream_write_string(f->log.stream, line);
    }
    idle(f);
    cost = stream_statistics(f->log.stream);
    g_assert_cmpuint(cost.wire_up * 3, <, cost.payload_up);
}

/* --- flights ----------------------------------------------------------------------------------- */

static void test_flights(void)
{
    FlightCounter counter = { 0 };

    flight_counter_sent(&counter, 3); /* a pipeline is one */
    g_assert_cmpuint(counter.flights, ==, 1);
    flight_counter_answered(&counter, 1);
    flight_counter_sent(&counter, 1); /* answers still arriving: none */
    g_assert_cmpuint(counter.flights, ==, 1);
    flight_counter_answered(&counter, 3);
    flight_counter_sent(&counter, 1);
    g_assert_cmpuint(counter.flights, ==, 2);
    flight_counter_went_ahead(&counter); /* "+" before a literal */
    g_assert_cmpuint(counter.flights, ==, 3);
    flight_counter_answered(&counter, 9);
    g_assert_cmpuint(counter.outstanding, ==, 0);
    flight_counter_sent(&counter, 0);
    g_assert_cmpuint(counter.flights, ==, 3);
    flight_counter_sent(&counter, 2);
    flight_counter_link_lost(&counter);
    flight_counter_sent(&counter, 1);
    g_assert_cmpuint(counter.flights, ==, 5);
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/stream/dialogue", test_dialogue);
    ADD("/script/fails", test_script_fails);
    ADD("/script/stuck", test_script_stuck);
    ADD("/script/surplus", test_script_surplus);
    ADD("/stream/chunks", test_chunks);
    ADD("/stream/untaken", test_untaken);
    ADD("/stream/held-is-bounded", test_held_is_bounded);
    ADD("/stream/pause", test_pause);
    ADD("/stream/read-while-write-is-stuck", test_read_while_write_is_stuck);
    ADD("/stream/broken", test_broken);
    g_test_add_func("/stream/free-in-handlers", test_free_in_handlers);
    ADD("/stream/deadline", test_deadline);
    ADD("/stream/deadline-looks-first", test_deadline_looks_first);
    ADD("/stream/tap", test_tap);
    ADD("/starttls/works", test_starttls);
    ADD("/starttls/injected", test_starttls_injected);
    ADD("/starttls/unparsed", test_starttls_unparsed);
    ADD("/starttls/behind-queue", test_starttls_behind_queue);
    ADD("/starttls/refused", test_starttls_refused);
    g_test_add_data_func("/deflate/same-segment", GSIZE_TO_POINTER(0), test_deflate);
    g_test_add_data_func("/deflate/chunk-1", GSIZE_TO_POINTER(1), test_deflate);
    g_test_add_data_func("/deflate/chunk-7", GSIZE_TO_POINTER(7), test_deflate);
    g_test_add_data_func("/deflate/chunk-9", GSIZE_TO_POINTER(9), test_deflate);
    ADD("/deflate/bomb", test_deflate_bomb);
    ADD("/deflate/garbage", test_deflate_garbage);
    ADD("/deflate/end", test_deflate_end);
    g_test_add_func("/deflate/damaged", test_deflate_damaged);
    ADD("/deflate/twice", test_deflate_twice);
    ADD("/deflate/saves", test_deflate_saves);
    g_test_add_func("/flights", test_flights);
    return g_test_run();
}
