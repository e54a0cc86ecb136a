/* A far end that drips: each byte keeps the deadline of silence away, and all of them together are nothing. */
#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/connect.h"
#include "stream-log.h"

#define FAR_MS 600000 /* a deadline that is not the one under test */

typedef struct {
    GMainContext *context;
    StreamLog log;
    int far_end;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    int ends[2];

    (void)data;
    f->context = g_main_context_new();
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), ==, 0);
    stream_log_init(&f->log, net_stream_from_descriptor(f->context, ends[0], NULL));
    f->far_end = ends[1];
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    stream_log_clear(&f->log);
    close(f->far_end);
    g_main_context_unref(f->context);
}

/* COUNT bytes of one kind, in one piece. FALSE: the other end is closed. */
static gboolean say(Fixture *f, gsize count)
{
    g_autofree char *bytes = g_malloc(count);

    memset(bytes, '*', count);
    return send(f->far_end, bytes, count, MSG_NOSIGNAL) == (gssize)count;
}

static void turn(Fixture *f)
{
    g_main_context_iteration(f->context, FALSE);
}

/* Never silent for long, and never at an end: it ends all the same, with words of its own. */
static void test_drips(Fixture *f, gconstpointer data)
{
    guint drops = 0;

    (void)data;
    stream_expect_within(f->log.stream, FAR_MS, "waiting for the answer");
    stream_expect_progress_within(f->log.stream, 20);
    while (!f->log.closed) {
        if (drops < STREAM_PROGRESS_BYTES - 1 && say(f, 1))
            drops++;
        turn(f);
    }
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_TIMED_OUT);
    g_assert_nonnull(strstr(f->log.error->message, "drops"));
    g_assert_nonnull(strstr(f->log.error->message, "waiting for the answer"));
    g_assert_cmpuint(drops, >, 0);
    g_assert_true(net_error_is_transient(f->log.error));
}

/* Slow is not dripping: each time that enough has passed the wait begins anew. */
static void test_slow(Fixture *f, gconstpointer data)
{
    (void)data;
    stream_expect_within(f->log.stream, FAR_MS, "waiting for the answer");
    stream_expect_progress_within(f->log.stream, 20);
    for (guint i = 1; i <= 10; i++) {
        g_assert_true(say(f, STREAM_PROGRESS_BYTES));
        stream_log_be_late(20); /* the deadline is due, and the bytes are there: they are looked at first */
        stream_log_until_got(f->context, &f->log, i * STREAM_PROGRESS_BYTES);
        g_assert_false(f->log.closed);
    }
    stream_log_until(f->context, &f->log.closed); /* and then silence ends it */
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_TIMED_OUT);
}

typedef struct {
    guint lines;
    gboolean closed;
} Reader;

static gsize on_received(Stream *stream, const guint8 *bytes, gsize length, gpointer user_data)
{
    (void)bytes;
    ((Reader *)user_data)->lines++;
    stream_progressed(stream);
    return length;
}

static void on_closed(Stream *stream, const GError *error, gpointer user_data)
{
    (void)stream;
    (void)error;
    ((Reader *)user_data)->closed = TRUE;
}

/* Nor are short lines, when they are whole: "* OK still searching". */
static void test_whole(Fixture *f, gconstpointer data)
{
    static const StreamHandlers handlers = { .received = on_received, .closed = on_closed };
    Reader reader = { 0 };

    (void)data;
    stream_set_handlers(f->log.stream, &handlers, &reader);
    stream_expect_within(f->log.stream, FAR_MS, "waiting for the answer");
    stream_expect_progress_within(f->log.stream, 20);
    for (guint i = 1; i <= 10; i++) {
        g_assert_true(say(f, 1));
        stream_log_be_late(20);
        while (reader.lines < i && !reader.closed)
            g_main_context_iteration(f->context, TRUE);
        g_assert_false(reader.closed);
    }
    stream_log_until(f->context, &reader.closed);
}

/* What came while nobody waited, and the time itself, do not count against the next wait. */
static void test_between(Fixture *f, gconstpointer data)
{
    (void)data;
    stream_expect_progress_within(f->log.stream, 20);
    g_assert_true(say(f, 1));
    stream_log_until_got(f->context, &f->log, 1);
    stream_log_be_late(40);
    turn(f);
    g_assert_false(f->log.closed); /* an IDLE may say nothing for half an hour */
    stream_expect_within(f->log.stream, FAR_MS, "waiting for the answer");
    turn(f);
    g_assert_false(f->log.closed);
    stream_expect_within(f->log.stream, 0, NULL);
}

/* Who is asked for more often does not get more time for it. */
static void test_asking_again(Fixture *f, gconstpointer data)
{
    (void)data;
    stream_expect_progress_within(f->log.stream, 20);
    while (!f->log.closed) {
        stream_expect_within(f->log.stream, FAR_MS, "waiting for the answer");
        turn(f);
    }
    g_assert_error(f->log.error, NET_ERROR, NET_ERROR_TIMED_OUT);
}

#define ADD(path, data, function) g_test_add(path, Fixture, data, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/drip/ends", NULL, test_drips);
    ADD("/drip/slow-is-well", NULL, test_slow);
    ADD("/drip/whole-is-well", NULL, test_whole);
    ADD("/drip/between", NULL, test_between);
    ADD("/drip/asking-again", NULL, test_asking_again);
    return g_test_run();
}
