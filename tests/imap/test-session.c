/* What the scripts cannot show: ranges for the log, streamed sources, large output, the rest behind COMPRESS,
 * calls from inside callbacks, and what a hostile server costs. */
#include "config.h"

#include "render.h"

typedef struct {
    ImapSession *session;
    Render render;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    ImapSessionOptions options = { .security = IMAP_SECURITY_TLS };
    (void)data;
    render_init(&f->render);
    f->session = imap_session_new(&options, &render_events, &f->render);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    imap_session_free(f->session);
    render_clear(&f->render);
}

static void feed(Fixture *f, const char *text)
{
    g_autoptr(GError) error = NULL;
    gboolean ok = imap_session_feed(f->session, text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_true(ok);
}

static char *take(Fixture *f, GArray *ranges)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = imap_session_take_output(f->session, ranges, &error);
    g_assert_no_error(error);
    return bytes == NULL ? NULL : g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static ImapCommandId ask(Fixture *f, ImapCommand *command)
{
    g_autoptr(GError) error = NULL;
    ImapCommandId id = imap_session_send(f->session, command, render_done, &f->render, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(id, !=, 0);
    return id;
}

static void expect(Fixture *f, const char *event)
{
    g_autofree char *got = g_queue_pop_head(&f->render.lines);
    g_assert_cmpstr(got, ==, event);
}

static void forget_events(Fixture *f)
{
    g_queue_clear_full(&f->render.lines, g_free);
    g_queue_init(&f->render.lines);
}

/* ---- what a log must not show ---- */

static void expect_range(GArray *ranges, guint index, const char *output, ProtoOutputKind kind,
                         const char *hidden)
{
    g_assert_cmpuint(index, <, ranges->len);
    ProtoOutputRange range = g_array_index(ranges, ProtoOutputRange, index);
    g_assert_cmpint(range.kind, ==, kind);
    g_autofree char *text = g_strndup(output + range.offset, range.len);
    g_assert_cmpstr(text, ==, hidden);
}

static void test_ranges(Fixture *f, gconstpointer data)
{
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(ProtoOutputRange));
    (void)data;
    feed(f, "* OK [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n");
    ask(f, imap_command_login("user", "pass\"word"));
    g_autofree char *login = take(f, ranges);
    g_assert_cmpstr(login, ==, "a1 LOGIN user \"pass\\\"word\"\r\n");
    g_assert_cmpuint(ranges->len, ==, 1);
    expect_range(ranges, 0, login, PROTO_OUTPUT_SECRET, "pass\\\"word");
    feed(f, "a1 OK\r\n");

    g_autoptr(GBytes) letter = g_bytes_new_static("Subject: x\r\n", 12);
    ask(f, imap_command_noop());
    ask(f, imap_command_append("Sent", NULL, 0, imap_source_from_bytes(letter), false, false));
    g_autofree char *append = take(f, ranges);
    g_assert_cmpstr(append, ==, "a2 NOOP\r\na3 APPEND Sent {12+}\r\nSubject: x\r\n\r\n");
    g_assert_cmpuint(ranges->len, ==, 1);
    expect_range(ranges, 0, append, PROTO_OUTPUT_BODY, "Subject: x\r\n");
    g_assert_null(take(f, ranges));
    g_assert_cmpuint(ranges->len, ==, 0);
}

/* ---- sources ---- */

typedef struct {
    guint64 given, fail_at;
    guint destroyed;
    gsize largest;
} Source;

static gssize read_source(gpointer user, guint8 *buffer, gsize max, GError **error)
{
    Source *source = user;
    source->largest = MAX(source->largest, max);
    if (source->given >= source->fail_at) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_SOURCE, "the disk is gone");
        return -1;
    }
    memset(buffer, 'x', max);
    source->given += max;
    return (gssize)max;
}

static void destroy_source(gpointer user)
{
    ((Source *)user)->destroyed++;
}

static ImapCommand *append_of(Source *source, guint64 size)
{
    ImapSource from = { size, read_source, source, destroy_source };
    return imap_command_append("Sent", NULL, 0, from, false, false);
}

/* 10 MB leave in pieces as they are taken, and are never all in memory. */
static void test_streamed_append(Fixture *f, gconstpointer data)
{
    Source source = { .fail_at = G_MAXUINT64 };
    const guint64 size = 10 * 1000 * 1000;
    guint64 total = 0;
    gsize largest = 0;
    GBytes *bytes;
    (void)data;

    feed(f, "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
    ask(f, append_of(&source, size));
    g_autofree char *head = take(f, NULL);
    g_assert_cmpstr(head, ==, "a1 APPEND Sent {10000000}\r\n");
    g_assert_cmpuint(source.given, ==, 0);
    ask(f, imap_command_noop());
    g_assert_null(take(f, NULL));
    feed(f, "+ go\r\n");
    while ((bytes = imap_session_take_output(f->session, NULL, NULL)) != NULL) {
        total += g_bytes_get_size(bytes);
        largest = MAX(largest, g_bytes_get_size(bytes));
        g_bytes_unref(bytes);
    }
    g_assert_cmpuint(total, ==, size + strlen("\r\na2 NOOP\r\n"));
    g_assert_cmpuint(largest, <=, 96 * 1024);
    g_assert_cmpuint(source.destroyed, ==, 1);
    g_assert_cmpuint(source.given, ==, size);
}

/* An early NO to a literal that is on its way: its octets were announced and have to follow. */
static void test_early_refusal(Fixture *f, gconstpointer data)
{
    Source source = { .fail_at = G_MAXUINT64 };
    guint64 total = 0;
    GBytes *bytes;
    (void)data;

    feed(f, "* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n");
    forget_events(f);
    ask(f, append_of(&source, 1000 * 1000));
    ask(f, imap_command_noop());
    g_autofree char *begin = take(f, NULL);
    g_assert_true(g_str_has_prefix(begin, "a1 APPEND Sent {1000000+}\r\nxxx"));
    feed(f, "a1 NO [TOOBIG] no\r\n");
    expect(f, "done 1 no: NO [TOOBIG] \"no\"");
    total = strlen(begin);
    while ((bytes = imap_session_take_output(f->session, NULL, NULL)) != NULL) {
        total += g_bytes_get_size(bytes);
        g_bytes_unref(bytes);
    }
    g_assert_cmpuint(total, ==,
                     strlen("a1 APPEND Sent {1000000+}\r\n") + 1000 * 1000 + strlen("\r\na2 NOOP\r\n"));
    g_assert_cmpuint(source.destroyed, ==, 1);
    g_assert_cmpuint(imap_session_outstanding(f->session), ==, 1);
}

static void test_failing_source(Fixture *f, gconstpointer data)
{
    Source source = { .fail_at = 20000 };
    g_autoptr(GError) error = NULL;
    GBytes *bytes;
    (void)data;

    feed(f, "* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n");
    forget_events(f);
    ask(f, append_of(&source, 100000));
    while ((bytes = imap_session_take_output(f->session, NULL, &error)) != NULL)
        g_bytes_unref(bytes);
    g_assert_error(error, IMAP_ERROR, IMAP_ERROR_SOURCE);
    imap_session_close(f->session, error->message);
    expect(f, "done 1 not-sent: NO \"the disk is gone\"");
    expect(f, "state logout");
    g_assert_cmpuint(source.destroyed, ==, 1);
}

static void test_refused_source(Fixture *f, gconstpointer data)
{
    Source source = { .fail_at = G_MAXUINT64 };
    ImapSource from = { 5, read_source, &source, destroy_source };
    g_autoptr(GError) error = NULL;
    (void)data;
    feed(f, "* PREAUTH hi\r\n");
    ImapCommand *bad = imap_command_append("a\nb", NULL, 0, from, false, false);
    g_assert_cmpuint(imap_session_send(f->session, bad, NULL, NULL, &error), ==, 0);
    g_assert_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT);
    g_assert_cmpuint(source.destroyed, ==, 1);
}

/* ---- the stream changes ---- */

static void test_compress_rest(Fixture *f, gconstpointer data)
{
    (void)data;
    feed(f, "* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n");
    ask(f, imap_command_compress());
    g_free(take(f, NULL));
    ask(f, imap_command_noop());
    g_assert_false(imap_session_has_output(f->session));
    feed(f, "a1 OK active\r\n\x01\x02\x03");
    g_assert_cmpint(imap_session_wants(f->session), ==, IMAP_WANTS_COMPRESSION);
    feed(f, "\x04");
    g_assert_false(imap_session_has_output(f->session));
    g_autoptr(GBytes) rest = imap_session_take_rest(f->session);
    g_assert_cmpmem(g_bytes_get_data(rest, NULL), g_bytes_get_size(rest), "\x01\x02\x03\x04", 4);
    g_assert_null(imap_session_take_rest(f->session));
    imap_session_compression_started(f->session);
    g_autofree char *noop = take(f, NULL);
    g_assert_cmpstr(noop, ==, "a2 NOOP\r\n");
}

static void test_starttls_late_injection(Fixture *f, gconstpointer data)
{
    ImapSessionOptions options = { .security = IMAP_SECURITY_STARTTLS };
    g_autoptr(GError) error = NULL;
    (void)data;
    imap_session_free(f->session);
    f->session = imap_session_new(&options, &render_events, &f->render);
    feed(f, "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n");
    ask(f, imap_command_starttls());
    g_free(take(f, NULL));
    feed(f, "a1 OK begin\r\n");
    g_assert_cmpint(imap_session_wants(f->session), ==, IMAP_WANTS_TLS);
    g_assert_null(imap_session_capabilities(f->session));
    g_assert_false(imap_session_feed(f->session, "* 1 EXISTS\r\n", 12, &error)); /* in a segment of its own */
    g_assert_error(error, IMAP_ERROR, IMAP_ERROR_INSECURE);
}

/* ---- calls from inside callbacks ---- */

static void send_next(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text,
                      gpointer user)
{
    guint *left = user;
    (void)id;
    (void)text;
    g_assert_cmpint(result, ==, IMAP_RESULT_OK);
    if ((*left)-- > 1)
        imap_session_send(session, imap_command_noop(), send_next, left, NULL);
}

static void test_send_from_done(Fixture *f, gconstpointer data)
{
    guint left = 3;
    (void)data;
    feed(f, "* PREAUTH hi\r\n");
    imap_session_send(f->session, imap_command_noop(), send_next, &left, NULL);
    for (guint i = 1; i <= 3; i++) {
        g_autofree char *expected = g_strdup_printf("a%u NOOP\r\n", i),
                        *answer = g_strdup_printf("a%u OK\r\n", i);
        g_autofree char *got = take(f, NULL);
        g_assert_cmpstr(got, ==, expected);
        feed(f, answer);
    }
    g_assert_cmpuint(left, ==, 0);
    g_assert_null(take(f, NULL));
}

static void close_now(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text,
                      gpointer user)
{
    (void)id;
    (void)result;
    (void)text;
    (*(guint *)user)++;
    imap_session_close(session, "enough");
}

/* Closing from a callback: nothing behind it is heard, everything is done exactly once. */
static void test_close_from_done(Fixture *f, gconstpointer data)
{
    guint closed = 0;
    (void)data;
    feed(f, "* PREAUTH hi\r\n");
    forget_events(f);
    imap_session_send(f->session, imap_command_noop(), close_now, &closed, NULL);
    ask(f, imap_command_noop());
    g_free(take(f, NULL));
    g_autoptr(GError) error = NULL;
    g_assert_true(imap_session_feed(f->session, "a1 OK\r\n* 5 EXISTS\r\na2 OK\r\n", 26, &error));
    g_assert_cmpuint(closed, ==, 1);
    expect(f, "done 2 unknown: NO \"enough\"");
    expect(f, "state logout");
    g_assert_true(g_queue_is_empty(&f->render.lines));
    g_assert_false(imap_session_feed(f->session, "x", 1, &error));
}

static void close_from_section(ImapSession *session, const char *data, gsize len, gpointer user)
{
    (void)data;
    (void)len;
    (void)user;
    imap_session_close(session, NULL);
}

static void test_close_from_section(Fixture *f, gconstpointer data)
{
    ImapSessionOptions options = { .security = IMAP_SECURITY_TLS, .limits.small_literal = 10 };
    ImapSessionEvents events = { .section_data = close_from_section };
    (void)data;
    imap_session_free(f->session);
    f->session = imap_session_new(&options, &events, NULL);
    feed(f, "* PREAUTH hi\r\n* 1 FETCH (BODY[] {20}\r\n0123456789012345678901234567890 FLAGS ())\r\n");
    g_assert_cmpint(imap_session_state(f->session), ==, IMAP_STATE_LOGOUT);
}

static void test_outputs_told_once(Fixture *f, gconstpointer data)
{
    (void)data;
    feed(f, "* PREAUTH hi\r\n");
    g_assert_cmpuint(f->render.outputs, ==, 0);
    ask(f, imap_command_noop());
    ask(f, imap_command_noop());
    g_assert_cmpuint(f->render.outputs, ==, 1);
    while (imap_session_has_output(f->session))
        g_free(take(f, NULL));
    ask(f, imap_command_noop());
    g_assert_cmpuint(f->render.outputs, ==, 2);
}

static void test_attribution(Fixture *f, gconstpointer data)
{
    (void)data;
    feed(f, "* PREAUTH hi\r\n");
    ImapCommandId first = ask(f, imap_command_status("a", IMAP_STATUS_ITEM_MESSAGES));
    ImapCommandId second = ask(f, imap_command_status("b", IMAP_STATUS_ITEM_MESSAGES));
    g_assert_cmpuint(imap_session_outstanding(f->session), ==, 2);
    g_assert_cmpuint(imap_session_oldest(f->session, IMAP_VERB_STATUS), ==, first);
    g_assert_true(imap_session_command_user(f->session, first) == &f->render);
    feed(f, "a1 OK\r\n");
    g_assert_cmpuint(imap_session_oldest(f->session, IMAP_VERB_STATUS), ==, second);
    g_assert_null(imap_session_command_user(f->session, first));
    g_assert_cmpuint(imap_session_oldest(f->session, IMAP_VERB_NOOP), ==, 0);
}

static void test_capabilities_over_login(Fixture *f, gconstpointer data)
{
    (void)data;
    feed(f, "* OK [CAPABILITY IMAP4rev1 IDLE] hi\r\n");
    imap_session_disable(f->session, IMAP_CAP_IDLE);
    g_assert_false(imap_session_can(f->session, IMAP_CAP_IDLE));
    ask(f, imap_command_login("u", "p"));
    feed(f, "a1 OK in\r\n");
    g_assert_true(imap_session_capabilities_stale(f->session));
    feed(f, "* CAPABILITY IMAP4rev1 IDLE MOVE\r\n");
    g_assert_false(imap_session_capabilities_stale(f->session));
    g_assert_false(imap_session_can(f->session, IMAP_CAP_IDLE)); /* F29: it answered BAD once */
    g_assert_true(imap_session_can(f->session, IMAP_CAP_MOVE));
}

#define ADD(name, function) g_test_add("/imap/session/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("ranges", test_ranges);
    ADD("streamed-append", test_streamed_append);
    ADD("early-refusal", test_early_refusal);
    ADD("failing-source", test_failing_source);
    ADD("refused-source", test_refused_source);
    ADD("compress-rest", test_compress_rest);
    ADD("starttls-late-injection", test_starttls_late_injection);
    ADD("send-from-done", test_send_from_done);
    ADD("close-from-done", test_close_from_done);
    ADD("close-from-section", test_close_from_section);
    ADD("outputs-told-once", test_outputs_told_once);
    ADD("attribution", test_attribution);
    ADD("capabilities-over-login", test_capabilities_over_login);
    return g_test_run();
}
