#include "config.h"

#include "net/layer.h"

#include <zlib.h>

#include "base/i18n.h"

typedef struct {
    Filter base;
    z_stream in, out;
    GByteArray *compressed; /* fed and not yet inflated */
    gsize used;             /* of compressed */
    gboolean ended;
} DeflateFilter;

static void deflate_feed(Filter *filter, const guint8 *bytes, gsize length)
{
    DeflateFilter *self = (DeflateFilter *)filter;

    if (self->used > 0) {
        g_byte_array_remove_range(self->compressed, 0, (guint)self->used);
        self->used = 0;
    }
    g_byte_array_append(self->compressed, bytes, (guint)length);
}

/* The caller's SIZE bounds what one call can inflate, so a bomb costs its sender as many round trips through
 * the reader's own limits as the plain text would have: nothing is inflated ahead. */
static gssize deflate_pull(Filter *filter, guint8 *bytes, gsize size, GError **error)
{
    DeflateFilter *self = (DeflateFilter *)filter;
    int result;

    if (self->ended)
        return LAYER_END;
    self->in.next_in = self->compressed->data + self->used;
    self->in.avail_in = (uInt)(self->compressed->len - self->used);
    self->in.next_out = bytes;
    self->in.avail_out = (uInt)size;
    /* Even without new input the inflater may hold output that did not fit last time. */
    result = inflate(&self->in, Z_SYNC_FLUSH);
    self->used = self->compressed->len - self->in.avail_in;
    if (result == Z_STREAM_END)
        self->ended = TRUE;
    else if (result != Z_OK && result != Z_BUF_ERROR) {
        g_set_error(error, NET_ERROR, NET_ERROR_COMPRESSION,
                    _("The server's compressed data is damaged (%s); the connection was closed."),
                    self->in.msg ? self->in.msg : "zlib");
        return LAYER_ERROR;
    }
    if (self->in.avail_out < size)
        return (gssize)(size - self->in.avail_out);
    return self->ended ? LAYER_END : LAYER_AGAIN;
}

static gboolean deflate_push(Filter *filter, const guint8 *bytes, gsize length, gboolean last,
                             GByteArray *down, GError **error)
{
    DeflateFilter *self = (DeflateFilter *)filter;
    int flush = last ? Z_SYNC_FLUSH : Z_NO_FLUSH;

    self->out.next_in = (Bytef *)bytes;
    self->out.avail_in = (uInt)length;
    do {
        guint before = down->len;
        guint room = 4096;

        g_byte_array_set_size(down, before + room);
        self->out.next_out = down->data + before;
        self->out.avail_out = room;
        if (deflate(&self->out, flush) == Z_STREAM_ERROR) {
            g_byte_array_set_size(down, before);
            g_set_error_literal(error, NET_ERROR, NET_ERROR_COMPRESSION, _("Data could not be compressed."));
            return FALSE;
        }
        g_byte_array_set_size(down, before + room - self->out.avail_out);
    } while (self->out.avail_out == 0);
    return TRUE;
}

/* Servers end a compressed session by closing, most without a final block, so the end of the link is the end
 * of the data. Whether a response was cut is for the protocol to see, as it is without compression; whether
 * somebody cut the link, for TLS. */
static gboolean deflate_ended_below(Filter *filter, GError **error)
{
    (void)filter;
    (void)error;
    return TRUE;
}

static void deflate_free(Filter *filter)
{
    DeflateFilter *self = (DeflateFilter *)filter;

    inflateEnd(&self->in);
    deflateEnd(&self->out);
    g_byte_array_unref(self->compressed);
    g_free(self);
}

static const FilterClass deflate_class = {
    .feed = deflate_feed,
    .pull = deflate_pull,
    .push = deflate_push,
    .ended_below = deflate_ended_below,
    .free = deflate_free,
};

Filter *deflate_filter_new(void)
{
    DeflateFilter *self = g_new0(DeflateFilter, 1);

    self->base.class = &deflate_class;
    self->compressed = g_byte_array_new();
    /* Negative window bits: raw deflate, as RFC 4978 §4 wants. 15 bits up as down: a smaller window would
     * save 100 kB and cost bytes on the dearer side of an asymmetric link. */
    if (inflateInit2(&self->in, -15) != Z_OK ||
        deflateInit2(&self->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        g_error("zlib: out of memory"); /* as g_malloc() would say */
    return &self->base;
}
