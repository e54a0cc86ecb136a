#include "config.h"

#include "net/scripted.h"

#include <gio/gio.h>
#include <string.h>

#include "net/stream_private.h"

typedef enum {
    STEP_EXPECT,
    STEP_EXPECT_LINE,
    STEP_DELIVER,
    STEP_TLS,
    STEP_STOP_TAKING,
    STEP_CALL,
    STEP_CUT,
    STEP_BREAK
} StepKind;

typedef struct {
    StepKind kind;
    GBytes *bytes; /* EXPECT, DELIVER */
    gsize chunk;   /* DELIVER: 0 whole */
    gsize done;    /* DELIVER: bytes delivered */
    GRegex *line;
    GError *failure;
    void (*call)(gpointer user_data);
    gpointer user_data;
} Step;

typedef struct {
    Transport base;
    ScriptedPeer *peer; /* NULL once the peer is gone */
} ScriptedTransport;

struct ScriptedPeer {
    GMainContext *context;
    ScriptedTransport *transport; /* NULL once the stream is gone */
    GQueue *steps;
    GByteArray *seen; /* all that the program sent */
    gsize met;        /* of seen: met by expectations */
    gsize chunk;
    gboolean reading, writing; /* what the stream wants */
    gboolean not_taking;
    gboolean at_end, broken;
    gboolean segment_over; /* the next read finds the socket empty, for once */
    GError *problem;
    GSource *wake;
};

static void step_free(gpointer data)
{
    Step *step = data;

    g_clear_pointer(&step->bytes, g_bytes_unref);
    g_clear_pointer(&step->line, g_regex_unref);
    g_clear_error(&step->failure);
    g_free(step);
}

/* Fit for a failing test's message: escaped, quoted, and the end of it left out when it is long. */
static char *quote(const void *bytes, gsize length)
{
    g_autofree char *shown = g_strndup(bytes, MIN(length, 300));
    g_autofree char *escaped = g_strescape(shown, NULL);

    if (length > 300)
        return g_strdup_printf("\"%s…\" (%" G_GSIZE_FORMAT " bytes)", escaped, length);
    return g_strdup_printf("\"%s\"", escaped);
}

static void fail(ScriptedPeer *peer, const char *wanted, const void *came, gsize length)
{
    g_autofree char *quoted = quote(came, length);

    if (!peer->problem)
        g_set_error(&peer->problem, G_IO_ERROR, G_IO_ERROR_FAILED, "expected: %s\ncame:     %s", wanted,
                    quoted);
}

static void wake(ScriptedPeer *peer)
{
    g_source_set_ready_time(peer->wake, 0);
}

/* --- the script's side --------------------------------------------------------------------- */

/* TRUE when the step is met. */
static gboolean meet_expectation(ScriptedPeer *peer, Step *step)
{
    gsize wanted_length;
    const guint8 *wanted = g_bytes_get_data(step->bytes, &wanted_length);
    gsize there = peer->seen->len - peer->met;
    const guint8 *came = peer->seen->data + peer->met;

    if (memcmp(came, wanted, MIN(there, wanted_length)) != 0) {
        g_autofree char *quoted = quote(wanted, wanted_length);

        fail(peer, quoted, came, there);
        return FALSE;
    }
    if (there < wanted_length)
        return FALSE;
    peer->met += wanted_length;
    return TRUE;
}

static gboolean meet_line(ScriptedPeer *peer, Step *step)
{
    gsize there = peer->seen->len - peer->met;
    const char *came = (const char *)peer->seen->data + peer->met;
    const char *end = there > 0 ? g_strstr_len(came, (gssize)there, "\r\n") : NULL;
    g_autofree char *line = NULL;

    if (!end)
        return FALSE;
    line = g_strndup(came, (gsize)(end - came));
    if (!g_regex_match(step->line, line, G_REGEX_MATCH_ANCHORED, NULL)) {
        fail(peer, g_regex_get_pattern(step->line), line, strlen(line));
        return FALSE;
    }
    peer->met += (gsize)(end - came) + 2;
    return TRUE;
}

/* The head of the script as far as it goes without reading or TLS. */
static void advance(ScriptedPeer *peer)
{
    Step *step;

    while (!peer->problem && (step = g_queue_peek_head(peer->steps))) {
        gboolean done = FALSE;

        switch (step->kind) {
        case STEP_EXPECT:
            done = meet_expectation(peer, step);
            break;
        case STEP_EXPECT_LINE:
            done = meet_line(peer, step);
            break;
        case STEP_STOP_TAKING:
            peer->not_taking = done = TRUE;
            break;
        case STEP_CUT:
            peer->at_end = done = TRUE;
            break;
        case STEP_BREAK:
            peer->broken = done = TRUE;
            break;
        case STEP_CALL:
            g_queue_pop_head(peer->steps);
            step->call(step->user_data);
            step_free(step);
            continue;
        case STEP_DELIVER:
        case STEP_TLS:
            return; /* the stream fetches these */
        }
        if (!done)
            return;
        step_free(g_queue_pop_head(peer->steps));
    }
}

static gboolean readable(const ScriptedPeer *peer)
{
    const Step *step = g_queue_peek_head(peer->steps);

    return peer->at_end || peer->broken || (step && step->kind == STEP_DELIVER);
}

static gboolean on_wake(gpointer user_data)
{
    ScriptedPeer *peer = user_data;

    advance(peer);
    if (peer->transport && peer->transport->base.ready &&
        ((peer->reading && readable(peer)) || (peer->writing && !peer->not_taking)))
        peer->transport->base.ready(peer->transport->base.ready_data);
    return G_SOURCE_CONTINUE;
}

/* --- the stream's side --------------------------------------------------------------------- */

static gssize scripted_read(Transport *transport, guint8 *bytes, gsize size, GError **error)
{
    ScriptedPeer *peer = ((ScriptedTransport *)transport)->peer;
    Step *step;
    const guint8 *data;
    gsize length, count;

    if (!peer)
        return LAYER_END;
    if (peer->segment_over) {
        peer->segment_over = FALSE;
        wake(peer);
        return LAYER_AGAIN;
    }
    advance(peer);
    step = g_queue_peek_head(peer->steps);
    if (!peer->problem && step && step->kind == STEP_DELIVER) {
        data = g_bytes_get_data(step->bytes, &length);
        count = MIN(size, length - step->done);
        if (step->chunk > 0)
            count = MIN(count, step->chunk - step->done % step->chunk);
        memcpy(bytes, data + step->done, count);
        step->done += count;
        peer->segment_over = step->done == length || (step->chunk > 0 && step->done % step->chunk == 0);
        if (step->done == length)
            step_free(g_queue_pop_head(peer->steps));
        wake(peer);
        return (gssize)count;
    }
    if (peer->broken) {
        g_set_error_literal(error, NET_ERROR, NET_ERROR_IO, "broken by the script");
        return LAYER_ERROR;
    }
    return peer->at_end ? LAYER_END : LAYER_AGAIN;
}

static gssize scripted_write(Transport *transport, const guint8 *bytes, gsize length, GError **error)
{
    ScriptedPeer *peer = ((ScriptedTransport *)transport)->peer;

    if (!peer)
        return (gssize)length;
    if (peer->not_taking)
        return LAYER_AGAIN;
    if (peer->broken) {
        g_set_error_literal(error, NET_ERROR, NET_ERROR_IO, "broken by the script");
        return LAYER_ERROR;
    }
    g_byte_array_append(peer->seen, bytes, (guint)length);
    wake(peer);
    return (gssize)length;
}

static void scripted_wants(Transport *transport, gboolean reading, gboolean writing)
{
    ScriptedPeer *peer = ((ScriptedTransport *)transport)->peer;

    if (!peer)
        return;
    peer->reading = reading;
    peer->writing = writing;
    if ((reading && readable(peer)) || (writing && !peer->not_taking))
        wake(peer);
}

static gboolean scripted_pretend_tls(Transport *transport, GError **error)
{
    ScriptedPeer *peer = ((ScriptedTransport *)transport)->peer;
    gboolean accepted;
    Step *step;

    if (!peer)
        return TRUE;
    advance(peer);
    step = g_queue_peek_head(peer->steps);
    if (step && step->kind == STEP_DELIVER) {
        g_set_error_literal(error, NET_ERROR, NET_ERROR_INJECTED, "the script delivers before TLS");
        return FALSE;
    }
    if (!step || step->kind != STEP_TLS) {
        fail(peer, "no TLS yet", "stream_start_tls()", strlen("stream_start_tls()"));
        g_set_error_literal(error, NET_ERROR, NET_ERROR_TLS, "the script does not expect TLS here");
        return FALSE;
    }
    g_queue_pop_head(peer->steps);
    accepted = step->failure == NULL;
    if (!accepted)
        g_propagate_error(error, g_steal_pointer(&step->failure));
    wake(peer);
    step_free(step);
    return accepted;
}

static void scripted_close(Transport *transport)
{
    ScriptedTransport *self = (ScriptedTransport *)transport;

    if (!self->peer)
        return;
    self->peer->transport = NULL;
    wake(self->peer);
    self->peer = NULL;
}

static void scripted_transport_free(Transport *transport)
{
    scripted_close(transport);
    g_free(transport);
}

static const TransportClass scripted_class = {
    .read = scripted_read,
    .write = scripted_write,
    .wants = scripted_wants,
    .pretend_tls = scripted_pretend_tls,
    .close = scripted_close,
    .free = scripted_transport_free,
};

/* --- writing a script ---------------------------------------------------------------------- */

static Step *add(ScriptedPeer *peer, StepKind kind)
{
    Step *step = g_new0(Step, 1);

    step->kind = kind;
    g_queue_push_tail(peer->steps, step);
    wake(peer);
    return step;
}

void scripted_expect(ScriptedPeer *peer, const char *text)
{
    scripted_expect_bytes(peer, text, strlen(text));
}

void scripted_expect_bytes(ScriptedPeer *peer, const void *bytes, gsize length)
{
    add(peer, STEP_EXPECT)->bytes = g_bytes_new(bytes, length);
}

void scripted_expect_line(ScriptedPeer *peer, const char *pattern)
{
    g_autofree char *whole = g_strconcat("(?:", pattern, ")$", NULL);
    g_autoptr(GError) error = NULL;
    GRegex *line = g_regex_new(whole, G_REGEX_RAW | G_REGEX_DOLLAR_ENDONLY, 0, &error);

    if (!line)
        g_error("%s: %s", pattern, error->message); /* the test itself is wrong */
    add(peer, STEP_EXPECT_LINE)->line = line;
}

void scripted_deliver(ScriptedPeer *peer, const char *text)
{
    scripted_deliver_bytes(peer, text, strlen(text), peer->chunk);
}

void scripted_deliver_bytes(ScriptedPeer *peer, const void *bytes, gsize length, gsize chunk)
{
    Step *step;

    if (length == 0)
        return;
    step = add(peer, STEP_DELIVER);
    step->bytes = g_bytes_new(bytes, length);
    step->chunk = chunk;
}

void scripted_set_chunk(ScriptedPeer *peer, gsize chunk)
{
    peer->chunk = chunk;
}

void scripted_expect_tls(ScriptedPeer *peer, const GError *failure_or_null)
{
    add(peer, STEP_TLS)->failure = failure_or_null ? g_error_copy(failure_or_null) : NULL;
}

void scripted_stop_taking(ScriptedPeer *peer)
{
    add(peer, STEP_STOP_TAKING);
}

void scripted_take_again(ScriptedPeer *peer)
{
    peer->not_taking = FALSE;
    wake(peer);
}

void scripted_call(ScriptedPeer *peer, void (*call)(gpointer user_data), gpointer user_data)
{
    Step *step = add(peer, STEP_CALL);

    step->call = call;
    step->user_data = user_data;
}

void scripted_cut(ScriptedPeer *peer)
{
    add(peer, STEP_CUT);
}

void scripted_break(ScriptedPeer *peer)
{
    add(peer, STEP_BREAK);
}

/* --- running it ---------------------------------------------------------------------------- */

static gboolean wake_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    g_source_set_ready_time(source, -1);
    return callback(user_data);
}

static GSourceFuncs wake_funcs = { .dispatch = wake_dispatch };

ScriptedPeer *scripted_peer_new(GMainContext *context)
{
    ScriptedPeer *peer = g_new0(ScriptedPeer, 1);

    peer->context = g_main_context_ref(context);
    peer->steps = g_queue_new();
    peer->seen = g_byte_array_sized_new(256);
    peer->transport = g_new0(ScriptedTransport, 1);
    peer->transport->base.class = &scripted_class;
    peer->transport->peer = peer;
    peer->wake = g_source_new(&wake_funcs, sizeof(GSource));
    g_source_set_callback(peer->wake, on_wake, peer, NULL);
    g_source_attach(peer->wake, context);
    return peer;
}

void scripted_peer_free(ScriptedPeer *peer)
{
    if (!peer)
        return;
    if (peer->transport) {
        peer->transport->peer = NULL;
        if (!peer->transport->base.ready) /* nobody took the stream */
            g_free(peer->transport);
    }
    g_source_destroy(peer->wake);
    g_source_unref(peer->wake);
    g_queue_free_full(peer->steps, step_free);
    g_byte_array_unref(peer->seen);
    g_clear_error(&peer->problem);
    g_main_context_unref(peer->context);
    g_free(peer);
}

Stream *scripted_peer_stream(ScriptedPeer *peer)
{
    g_return_val_if_fail(peer->transport && !peer->transport->base.ready, NULL);
    return stream_new(peer->context, &peer->transport->base);
}

gboolean scripted_peer_finished(ScriptedPeer *peer)
{
    return !peer->problem && g_queue_is_empty(peer->steps) && peer->met == peer->seen->len;
}

const char *scripted_peer_seen(ScriptedPeer *peer, gsize *length)
{
    g_byte_array_append(peer->seen, (const guint8 *)"", 1); /* a NUL behind it, for those who print it */
    g_byte_array_set_size(peer->seen, peer->seen->len - 1);
    if (length)
        *length = peer->seen->len;
    return (const char *)peer->seen->data;
}

/* A timer that is due soon may carry the script on; one that is far off (a deadline of half a minute) means
 * that it is stuck. */
#define SOON_MS 2000

static gboolean has_something_soon(GMainContext *context)
{
    GPollFD descriptors[64];
    int timeout = -1, priority = 0;

    if (!g_main_context_acquire(context))
        return FALSE;
    g_main_context_prepare(context, &priority);
    g_main_context_query(context, priority, &timeout, descriptors, G_N_ELEMENTS(descriptors));
    g_main_context_release(context);
    return timeout >= 0 && timeout <= SOON_MS;
}

static char *step_words(const Step *step)
{
    static const char *const kinds[] = {
        "bytes", "a line", "a reader for the delivery", "stream_start_tls()", "stop taking", "a call",
        "a cut", "a break"
    };
    g_autofree char *detail = step->bytes
                                  ? quote(g_bytes_get_data(step->bytes, NULL), g_bytes_get_size(step->bytes))
                              : step->line ? g_strdup(g_regex_get_pattern(step->line))
                                           : g_strdup("");

    return g_strdup_printf("%s %s (stuck there)", kinds[step->kind], detail);
}

gboolean scripted_peer_run(ScriptedPeer *peer, GError **error)
{
    const Step *head;

    while (!peer->problem && !g_queue_is_empty(peer->steps)) {
        if (g_main_context_iteration(peer->context, FALSE))
            continue;
        if (!has_something_soon(peer->context))
            break;
        g_main_context_iteration(peer->context, TRUE);
    }
    /* What the last delivery causes. */
    while (!peer->problem && g_main_context_iteration(peer->context, FALSE))
        continue;
    head = g_queue_peek_head(peer->steps);
    if (!peer->problem && head) {
        g_autofree char *stuck = step_words(head);

        fail(peer, stuck, peer->seen->data + peer->met, peer->seen->len - peer->met);
    } else if (!peer->problem && peer->met < peer->seen->len)
        fail(peer, "nothing more", peer->seen->data + peer->met, peer->seen->len - peer->met);
    if (peer->problem && error && !*error)
        *error = g_error_copy(peer->problem);
    return !peer->problem;
}
