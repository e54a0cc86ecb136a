#include "config.h"

#include "net/stream_private.h"

/* A TLS record's worth and some: what one read from the wire takes when a filter lies above. */
#define RAW_SIZE (32 * 1024)

gsize stream_held_length(const Stream *stream)
{
    return stream->held->len - stream->held_from;
}

static gssize read_wire(Stream *stream, guint8 *bytes, gsize size, GError **error)
{
    gssize count = stream->transport->class->read(stream->transport, bytes, size, error);

    if (count > 0) {
        stream->statistics.wire_down += (guint64)count;
        stream->statistics.last_received = g_get_monotonic_time();
    }
    return count;
}

/* Pulls from FILTER, feeding it from BELOW (the wire when NULL) as often as it asks. */
static gssize pull_filter(Stream *stream, Filter *filter, Filter *below, guint8 *bytes, gsize size,
                          GError **error)
{
    for (;;) {
        gssize count = filter->class->pull(filter, bytes, size, error);

        if (count != LAYER_AGAIN)
            return count;
        if (stream->tls && filter == tls_filter_base(stream->tls) && stream->handshaking &&
            tls_filter_is_secured(stream->tls))
            return LAYER_AGAIN; /* to be told before anything else is read */
        if (!stream->raw)
            stream->raw = g_malloc(RAW_SIZE);
        count = below ? pull_filter(stream, below, NULL, stream->raw, RAW_SIZE, error)
                      : read_wire(stream, stream->raw, RAW_SIZE, error);
        if (count == LAYER_END)
            return filter->class->ended_below(filter, error) ? LAYER_END : LAYER_ERROR;
        if (count < 0)
            return count;
        filter->class->feed(filter, stream->raw, (gsize)count);
    }
}

static gssize produce(Stream *stream, guint8 *bytes, gsize size, GError **error)
{
    Filter *tls = stream->tls ? tls_filter_base(stream->tls) : NULL;

    if (stream->deflate)
        return pull_filter(stream, stream->deflate, tls, bytes, size, error);
    if (tls)
        return pull_filter(stream, tls, NULL, bytes, size, error);
    return read_wire(stream, bytes, size, error);
}

/* Takes up to STREAM_READ_MAX new bytes into held. Returns how many; notes the end in *END and *ERROR. */
static gsize fill(Stream *stream, gboolean *end, GError **error)
{
    gsize total = 0;

    while (total < STREAM_READ_MAX) {
        guint before = stream->held->len;
        gsize room = STREAM_READ_MAX - total;
        gssize count;

        g_byte_array_set_size(stream->held, before + (guint)room);
        count = produce(stream, stream->held->data + before, room, error);
        g_byte_array_set_size(stream->held, before + (guint)MAX(count, 0));
        if (count <= 0) {
            *end = count != LAYER_AGAIN;
            break;
        }
        if (stream->tap)
            stream->tap(STREAM_DOWN, stream->held->data + before, (gsize)count, stream->tap_data);
        total += (gsize)count;
    }
    stream->statistics.payload_down += total;
    return total;
}

static void take_held(Stream *stream, gsize count)
{
    stream->held_from += count;
    if (stream->held_from == stream->held->len) {
        g_byte_array_set_size(stream->held, 0);
        stream->held_from = 0;
    } else if (stream->held_from > stream->held->len / 2) {
        g_byte_array_remove_range(stream->held, 0, (guint)stream->held_from);
        stream->held_from = 0;
    }
}

/* The reader asked for deflate while it was offered bytes: what it left is compressed. */
void stream_take_held_into_deflate(Stream *stream)
{
    gsize length = stream_held_length(stream);

    stream->deflate_due = FALSE;
    if (length > 0) {
        stream->deflate->class->feed(stream->deflate, stream->held->data + stream->held_from, length);
        stream->statistics.payload_down -= length; /* they were counted as payload and are not */
        take_held(stream, length);
    }
    stream_schedule(stream);
}

static void offer(Stream *stream)
{
    gsize length = stream_held_length(stream);
    gsize taken;

    stream->offering = TRUE;
    taken =
        stream->handlers.received(stream, stream->held->data + stream->held_from, length, stream->user_data);
    stream->offering = FALSE;
    if (stream->doomed)
        return;
    g_return_if_fail(taken <= length);
    take_held(stream, taken);
    if (stream_held_length(stream) >= STREAM_HELD_MAX) {
        stream->stalled = taken == 0;
        stream->reoffer = taken > 0;
    }
    if (stream->tls_due) {
        TlsOptions *options = g_steal_pointer(&stream->tls_due);

        stream_upgrade(stream, options);
        tls_options_free(options);
    }
    if (stream->deflate_due)
        stream_take_held_into_deflate(stream);
}

void stream_read_pass(Stream *stream)
{
    GError *error = NULL;
    gboolean end = FALSE;
    gsize fresh;

    if (stream->ended || stream->secured_due) /* secured is told before anything is offered */
        return;
    if (!stream->handshaking && (stream->paused || stream->stalled || !stream->handlers.received))
        return;
    fresh = stream_held_length(stream) < STREAM_HELD_MAX ? fill(stream, &end, &error) : 0;
    stream_collect(stream);
    if (stream->handshaking && stream->tls && tls_filter_is_secured(stream->tls)) {
        stream->handshaking = FALSE;
        stream->secured_due = TRUE;
        stream->expect_from = g_get_monotonic_time();
        stream->statistics.setup_flights += tls_filter_info(stream->tls)->flights;
    }
    if (fresh > 0 || (stream->reoffer && stream_held_length(stream) > 0)) {
        stream->reoffer = FALSE;
        offer(stream);
    }
    if (stream->doomed) {
        g_clear_error(&error);
        return;
    }
    if (end)
        stream_end(stream, error);
    else if (stream->secured_due || stream->reoffer || fresh == STREAM_READ_MAX)
        stream_schedule(stream); /* a filter may hold more, of which poll() knows nothing */
}
