#include "config.h"

#include "net/stream.h"

#include "base/i18n.h"
#include "net/connect.h"
#include "net/stream_private.h"

/* --- sources ------------------------------------------------------------------------------- */

/* A source that is woken by its ready time only. */
static gboolean due_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    g_source_set_ready_time(source, -1);
    return callback(user_data);
}

static GSourceFuncs due_funcs = { .dispatch = due_dispatch };

static GSource *due_source_new(GMainContext *context, GSourceFunc callback, gpointer user_data,
                               const char *name)
{
    GSource *source = g_source_new(&due_funcs, sizeof(GSource));

    g_source_set_callback(source, callback, user_data, NULL);
    g_source_set_static_name(source, name);
    g_source_attach(source, context);
    return source;
}

void stream_schedule(Stream *stream)
{
    if (!stream->end_told)
        g_source_set_ready_time(stream->work, 0);
}

/* --- one turn ------------------------------------------------------------------------------ */

static void stream_destroy(Stream *stream)
{
    g_source_destroy(stream->work);
    g_source_unref(stream->work);
    g_source_destroy(stream->timer);
    g_source_unref(stream->timer);
    stream->transport->class->free(stream->transport);
    if (stream->tls)
        tls_filter_base(stream->tls)->class->free(tls_filter_base(stream->tls));
    if (stream->deflate)
        stream->deflate->class->free(stream->deflate);
    if (stream->tap_free)
        stream->tap_free(stream->tap_data);
    tls_options_free(stream->tls_due);
    g_byte_array_unref(stream->held);
    g_byte_array_unref(stream->plain);
    g_byte_array_unref(stream->wire);
    g_byte_array_unref(stream->squeezed);
    g_free(stream->raw);
    g_free(stream->expect_doing);
    g_clear_error(&stream->end_error);
    g_clear_error(&stream->write_error);
    g_free(stream);
}

static void update_wants(Stream *stream)
{
    gboolean reading, writing;

    if (stream->ended)
        return;
    reading = stream->handshaking || (stream->handlers.received && !stream->paused && !stream->stalled &&
                                      stream_held_length(stream) < STREAM_HELD_MAX);
    /* A pass may end with all that was encoded written and more waiting to be encoded. */
    writing = !stream->write_error &&
              (stream->wire->len > stream->wire_from || (stream_queued(stream) > 0 && !stream->handshaking));
    stream->transport->class->wants(stream->transport, reading, writing);
}

static guint progress_limit(const Stream *stream)
{
    return stream->progress_ms > 0 ? stream->progress_ms : stream->expect_ms * STREAM_DRIP_FACTOR;
}

static gint64 drip_due(const Stream *stream)
{
    return stream->progress_from + (gint64)progress_limit(stream) * 1000;
}

void stream_progressed(Stream *stream)
{
    stream->progress_from = g_get_monotonic_time();
    stream->progress_bytes = stream->statistics.wire_up + stream->statistics.wire_down;
}

static gint64 timer_due(const Stream *stream)
{
    gint64 silent;

    if (stream->ended)
        return -1;
    if (stream->handshaking)
        return stream->handshake_deadline;
    if (stream->expect_ms == 0 || stream->paused)
        return -1;
    silent = MAX(stream->statistics.last_received, stream->expect_from) + (gint64)stream->expect_ms * 1000;
    return MIN(silent, drip_due(stream));
}

static void update_timer(Stream *stream)
{
    const StreamStatistics *passed = &stream->statistics;

    if (passed->wire_up + passed->wire_down - stream->progress_bytes >= STREAM_PROGRESS_BYTES)
        stream_progressed(stream);
    g_source_set_ready_time(stream->timer, timer_due(stream));
}

/* Calls the handlers that are due; each may free the stream. */
static void tell(Stream *stream)
{
    if (stream->secured_due && !stream->ended) {
        stream->secured_due = FALSE;
        stream_schedule(stream);
        if (stream->handlers.secured)
            stream->handlers.secured(stream, stream->user_data);
    }
    if (stream->doomed)
        return;
    if (stream->unflushed && !stream->ended && stream_queued(stream) <= STREAM_LOW_WATER) {
        stream->unflushed = FALSE;
        if (stream->handlers.drained)
            stream->handlers.drained(stream, stream->user_data);
    }
    if (stream->doomed)
        return;
    if (stream->ended && !stream->end_told && stream->handlers.closed) {
        stream->end_told = TRUE;
        stream->handlers.closed(stream, stream->end_error, stream->user_data);
    }
}

/* Everything that dispatching does, in one place: write, read, write what reading caused, tell. */
static void stream_turn(Stream *stream)
{
    stream->busy++;
    stream_write_pass(stream);
    stream_read_pass(stream);
    if (!stream->doomed && stream->write_error && !stream->ended) {
        /* Read to the end of what came; a reader that is paused would keep the news for ever, so it is told
         * without. */
        gint64 before = stream->statistics.last_received;

        stream_read_pass(stream);
        if (!stream->doomed && !stream->ended && stream->statistics.last_received == before)
            stream_end(stream, g_steal_pointer(&stream->write_error));
        else
            stream_schedule(stream);
    }
    if (!stream->doomed)
        stream_write_pass(stream);
    if (!stream->doomed)
        tell(stream);
    if (!stream->doomed) {
        update_wants(stream);
        update_timer(stream);
    }
    if (--stream->busy == 0 && stream->doomed)
        stream_destroy(stream);
}

static gboolean on_work(gpointer user_data)
{
    stream_turn(user_data);
    return G_SOURCE_CONTINUE;
}

static void on_ready(gpointer user_data)
{
    stream_turn(user_data);
}

/* A large upload is slow in the kernel long after we have written its end: as long as that goes down, the
 * peer lives. */
static void look_at_unsent(Stream *stream)
{
    gsize unsent;

    if (stream->ended || stream->handshaking || !stream->transport->class->unsent)
        return;
    unsent = stream->transport->class->unsent(stream->transport);
    if (unsent < stream->expect_unsent) {
        stream->expect_from = g_get_monotonic_time();
        stream_progressed(stream);
    }
    stream->expect_unsent = unsent;
}

static GError *timed_out(const Stream *stream, gint64 now)
{
    if (stream->handshaking)
        return g_error_new(NET_ERROR, NET_ERROR_TIMED_OUT,
                           _("The server did not finish the TLS handshake within %u seconds."),
                           (stream->handshake_ms + 999) / 1000);
    if (drip_due(stream) <= now)
        return g_error_new(NET_ERROR, NET_ERROR_TIMED_OUT,
                           _("The server sends single drops: nothing whole came for %u seconds (%s)."),
                           (progress_limit(stream) + 999) / 1000, stream->expect_doing);
    return g_error_new(NET_ERROR, NET_ERROR_TIMED_OUT, _("Nothing came from the server for %u seconds (%s)."),
                       (stream->expect_ms + 999) / 1000, stream->expect_doing);
}

static gboolean on_timer(gpointer user_data)
{
    Stream *stream = user_data;
    gint64 due, now;

    /* The loop may have been late itself, with the awaited bytes lying in the kernel: look before saying so.
     */
    stream->busy++;
    stream_read_pass(stream);
    look_at_unsent(stream);
    if (!stream->doomed) {
        update_timer(stream);
        now = g_get_monotonic_time();
        if ((due = timer_due(stream)) >= 0 && due <= now)
            stream_end(stream, timed_out(stream, now));
    }
    stream->busy--;
    stream_turn(stream); /* tells, re-arms, or destroys */
    return G_SOURCE_CONTINUE;
}

void stream_end(Stream *stream, GError *error)
{
    if (stream->ended) {
        g_clear_error(&error);
        return;
    }
    stream_collect(stream);
    stream_write_last(stream); /* perhaps an alert that says why */
    stream->ended = TRUE;
    stream->transport->class->close(stream->transport);
    /* A write that failed explains more than the end of reading that follows from it. */
    if (!error && stream->write_error)
        error = g_steal_pointer(&stream->write_error);
    stream->end_error = error;
    stream_schedule(stream);
}

/* --- life ---------------------------------------------------------------------------------- */

Stream *stream_new(GMainContext *context, Transport *transport)
{
    Stream *stream = g_new0(Stream, 1);

    stream->context = context;
    stream->transport = transport;
    transport->ready = on_ready;
    transport->ready_data = stream;
    stream->held = g_byte_array_sized_new(256);     /* never NULL inside: offsets are added to it */
    stream->plain = g_byte_array_sized_new(256);    /* never NULL inside: offsets are added to it */
    stream->wire = g_byte_array_sized_new(256);     /* never NULL inside: offsets are added to it */
    stream->squeezed = g_byte_array_sized_new(256); /* never NULL inside: offsets are added to it */
    stream->statistics.last_received = g_get_monotonic_time();
    stream->work = due_source_new(context, on_work, stream, "malle stream work");
    stream->timer = due_source_new(context, on_timer, stream, "malle stream timer");
    return stream;
}

void stream_set_handlers(Stream *stream, const StreamHandlers *handlers, gpointer user_data)
{
    stream->handlers = *handlers;
    stream->user_data = user_data;
    stream->reoffer = stream_held_length(stream) > 0;
    stream_schedule(stream);
}

void stream_close(Stream *stream)
{
    if (!stream->ended) {
        if (!stream->handshaking && !stream->write_error)
            stream_encode_all(stream);
        if (stream->tls && !stream->handshaking && !stream->ended)
            tls_filter_base(stream->tls)->class->finish(tls_filter_base(stream->tls), stream->wire);
        stream_end(stream, NULL);
    }
    stream->end_told = TRUE;
    memset(&stream->handlers, 0, sizeof stream->handlers);
    g_source_set_ready_time(stream->work, -1);
    g_source_set_ready_time(stream->timer, -1);
}

void stream_free(Stream *stream)
{
    if (!stream || stream->doomed)
        return;
    stream_close(stream);
    stream->doomed = TRUE;
    if (stream->busy == 0)
        stream_destroy(stream);
}

void stream_pause(Stream *stream)
{
    stream->paused = TRUE;
    stream_schedule(stream);
}

void stream_resume(Stream *stream)
{
    stream->paused = FALSE;
    stream->stalled = FALSE;
    stream->reoffer = TRUE;
    stream->expect_from = g_get_monotonic_time();
    stream_progressed(stream);
    stream_schedule(stream);
}

void stream_expect_progress_within(Stream *stream, guint milliseconds)
{
    stream->progress_ms = milliseconds;
    update_timer(stream);
}

void stream_expect_within(Stream *stream, guint milliseconds, const char *doing)
{
    if (stream->expect_ms == 0)
        stream_progressed(stream);
    stream->expect_ms = milliseconds;
    g_free(stream->expect_doing);
    stream->expect_doing = g_strdup(doing ? doing : "");
    stream->expect_from = g_get_monotonic_time();
    update_timer(stream);
}

/* --- filters ------------------------------------------------------------------------------- */

static GError *injected(void)
{
    return g_error_new_literal(
        NET_ERROR, NET_ERROR_INJECTED,
        _("Data came unencrypted after the server agreed to start TLS. Somebody may be tampering with "
          "the connection; it was closed, and nothing of that data was used."));
}

static gboolean may_start_tls(Stream *stream)
{
    if (!stream->tls && !stream->pretended_tls && !stream->tls_due && !stream->deflate &&
        stream_queued(stream) == 0)
        return TRUE;
    stream_end(stream, g_error_new_literal(NET_ERROR, NET_ERROR_MISUSE,
                                           _("TLS cannot be started in the middle of this connection.")));
    return FALSE;
}

void stream_begin_tls(Stream *stream, const TlsOptions *options)
{
    GError *error = NULL;

    stream->handshake_ms = options->handshake_ms ? options->handshake_ms : NET_DEFAULT_TLS_MS;
    stream->handshake_deadline = g_get_monotonic_time() + (gint64)stream->handshake_ms * 1000;
    stream->handshaking = TRUE;
    if (stream->transport->class->pretend_tls) {
        stream->handshaking = FALSE;
        if (!stream->transport->class->pretend_tls(stream->transport, &error)) {
            stream_end(stream, error);
            return;
        }
        stream->pretended_tls = stream->secured_due = TRUE;
    } else {
        stream->tls = tls_filter_new(options, &error);
        if (!stream->tls) {
            stream->handshaking = FALSE;
            stream_end(stream, error);
            return;
        }
    }
    update_timer(stream);
    stream_schedule(stream);
}

void stream_upgrade(Stream *stream, const TlsOptions *options)
{
    GError *error = NULL;
    guint8 byte;
    gssize count;

    stream->handshaking = FALSE;
    if (stream->ended)
        return;
    /* A server that follows the protocol is silent until it sees our ClientHello: a byte in the kernel is as
     * wrong as one held here. */
    count = stream_held_length(stream) > 0
                ? 1
                : stream->transport->class->read(stream->transport, &byte, 1, &error);
    if (count > 0)
        stream_end(stream, injected());
    else if (count != LAYER_AGAIN)
        stream_end(stream, error);
    else
        stream_begin_tls(stream, options);
}

void stream_start_tls(Stream *stream, const TlsOptions *options, gsize unparsed)
{
    if (stream->ended || !may_start_tls(stream))
        return;
    TlsOptions *agreed = tls_options_copy(options);
    agreed->agreed = TRUE;
    if (unparsed > 0)
        stream_end(stream, injected());
    else if (stream->offering) {
        stream->tls_due = g_steal_pointer(&agreed);
        stream->handshaking = TRUE; /* what is written from now on waits */
    } else
        stream_upgrade(stream, agreed);
    g_clear_pointer(&agreed, tls_options_free);
}

void stream_start_deflate(Stream *stream)
{
    if (stream->ended)
        return;
    if (stream->deflate || stream->handshaking) {
        stream_end(stream,
                   g_error_new_literal(NET_ERROR, NET_ERROR_MISUSE,
                                       _("Compression cannot be started in the middle of this connection.")));
        return;
    }
    if (!stream_encode_all(stream))
        return;
    stream->deflate = deflate_filter_new();
    if (stream->offering)
        stream->deflate_due = TRUE;
    else {
        stream->stalled = FALSE;
        stream_take_held_into_deflate(stream);
    }
}

/* --- looking at it ------------------------------------------------------------------------- */

gboolean stream_is_encrypted(const Stream *stream)
{
    return stream->pretended_tls || (stream->tls && !stream->handshaking);
}

gboolean stream_is_compressed(const Stream *stream)
{
    return stream->deflate != NULL;
}

const TlsInfo *stream_tls_info(const Stream *stream)
{
    return stream->tls && !stream->handshaking ? tls_filter_info(stream->tls) : NULL;
}

const TlsCertificateInfo *stream_certificate(const Stream *stream)
{
    return stream->tls ? tls_filter_certificate(stream->tls) : NULL;
}

GBytes *stream_channel_binding(Stream *stream, const char *kind)
{
    return stream->tls && !stream->handshaking ? tls_filter_channel_binding(stream->tls, kind) : NULL;
}

const char *stream_peer(const Stream *stream)
{
    return stream->transport->class->peer ? stream->transport->class->peer(stream->transport) : NULL;
}

StreamStatistics stream_statistics(const Stream *stream)
{
    return stream->statistics;
}

void stream_add_setup_flights(Stream *stream, guint flights)
{
    stream->statistics.setup_flights += flights;
}

void stream_set_tap(Stream *stream, StreamTap tap, gpointer user_data, GDestroyNotify free_data)
{
    if (stream->tap_free)
        stream->tap_free(stream->tap_data);
    stream->tap = tap;
    stream->tap_data = user_data;
    stream->tap_free = free_data;
}
