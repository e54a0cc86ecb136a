#include "config.h"

#include "net/stream_private.h"

/* Payload is encoded only as fast as the wire takes it: encoded bytes cannot be counted back into payload,
 * and a queue of both would hold everything twice. */
#define WIRE_AHEAD (64 * 1024)
/* One TLS record. */
#define ENCODE_CHUNK (16 * 1024)
/* Written in one turn before the loop gets to serve others. */
#define WRITE_PASS_MAX (256 * 1024)

static gsize wire_length(const Stream *stream)
{
    return stream->wire->len - stream->wire_from;
}

static gsize plain_length(const Stream *stream)
{
    return stream->plain->len - stream->plain_from;
}

gsize stream_queued(const Stream *stream)
{
    return stream->ended ? 0 : plain_length(stream) + wire_length(stream);
}

/* Drops what is done from the front of a queue: moving the rest only when it is the smaller part keeps a long
 * queue linear. */
static void compact(GByteArray *queue, gsize *from)
{
    if (*from == queue->len)
        g_byte_array_set_size(queue, 0);
    else if (*from > queue->len / 2)
        g_byte_array_remove_range(queue, 0, (guint)*from);
    else
        return;
    *from = 0;
}

/* LAST: the queue is empty behind these bytes, so the compressor has to let go of everything. */
static gboolean encode(Stream *stream, const guint8 *bytes, gsize length, gboolean last, GError **error)
{
    Filter *tls = stream->tls ? tls_filter_base(stream->tls) : NULL;

    if (stream->deflate) {
        g_byte_array_set_size(stream->squeezed, 0);
        if (!stream->deflate->class->push(stream->deflate, bytes, length, last, stream->squeezed, error))
            return FALSE;
        bytes = stream->squeezed->data;
        length = stream->squeezed->len;
    }
    if (length == 0)
        return TRUE;
    if (tls)
        return tls->class->push(tls, bytes, length, last, stream->wire, error);
    g_byte_array_append(stream->wire, bytes, (guint)length);
    return TRUE;
}

/* Encodes payload from the front of the queue until AHEAD bytes wait for the wire. */
static gboolean encode_some(Stream *stream, gsize ahead)
{
    GError *error = NULL;

    while (plain_length(stream) > 0 && wire_length(stream) < ahead) {
        gsize length = MIN(plain_length(stream), ENCODE_CHUNK);
        gboolean last = length == plain_length(stream);

        if (!encode(stream, stream->plain->data + stream->plain_from, length, last, &error)) {
            stream_end(stream, error);
            return FALSE;
        }
        stream->plain_from += length;
        compact(stream->plain, &stream->plain_from);
    }
    return TRUE;
}

gboolean stream_encode_all(Stream *stream)
{
    return encode_some(stream, G_MAXSIZE);
}

void stream_collect(Stream *stream)
{
    if (stream->tls)
        tls_filter_base(stream->tls)->class->emit(tls_filter_base(stream->tls), stream->wire);
}

static void take_wire(Stream *stream, gsize count)
{
    stream->wire_from += count;
    stream->statistics.wire_up += count;
    stream->expect_from = g_get_monotonic_time();
    if (stream->transport->class->unsent)
        stream->expect_unsent = stream->transport->class->unsent(stream->transport);
    compact(stream->wire, &stream->wire_from);
}

void stream_write_pass(Stream *stream)
{
    gsize written = 0;

    while (!stream->ended && !stream->write_error && written < WRITE_PASS_MAX) {
        gssize count;

        if (!stream->handshaking && !encode_some(stream, WIRE_AHEAD))
            return;
        if (wire_length(stream) == 0)
            return;
        count = stream->transport->class->write(stream->transport, stream->wire->data + stream->wire_from,
                                                wire_length(stream), &stream->write_error);
        if (count == LAYER_AGAIN)
            return;
        if (count < 0) {
            /* The peer may have said why before it hung up ("* BYE …"): reading goes on to its end, see
             * stream_turn(). */
            g_byte_array_set_size(stream->plain, 0);
            g_byte_array_set_size(stream->wire, 0);
            stream->plain_from = stream->wire_from = 0;
            stream_schedule(stream);
            return;
        }
        take_wire(stream, (gsize)count);
        written += (gsize)count;
    }
}

void stream_write_last(Stream *stream)
{
    gssize count;

    if (stream->write_error || wire_length(stream) == 0)
        return;
    count = stream->transport->class->write(stream->transport, stream->wire->data + stream->wire_from,
                                            wire_length(stream), NULL);
    if (count > 0)
        take_wire(stream, (gsize)count);
}

void stream_write(Stream *stream, const void *bytes, gsize length)
{
    if (stream->ended || stream->write_error || length == 0)
        return;
    g_return_if_fail(length <=
                     G_MAXINT -
                         stream->plain->len); /* callers keep the queue short; this is arithmetic's limit */
    if (stream->tap)
        stream->tap(STREAM_UP, bytes, length, stream->tap_data);
    stream->statistics.payload_up += length;
    g_byte_array_append(stream->plain, bytes, (guint)length);
    stream->unflushed = TRUE;
    stream_schedule(stream);
}

void stream_write_string(Stream *stream, const char *text)
{
    stream_write(stream, text, strlen(text));
}
