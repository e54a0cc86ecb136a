/* COMPRESS=DEFLATE (RFC 4978): what the far end says is compressed, in any cut, and never more at a time than
 * was asked for; and what we say comes out as it went in. */
#include "config.h"

#include "net/layer.h"

#include <string.h>

#include "../fuzz.h"

enum { ROOM = 1024, MOST = 64 * 1024 };

/* Pulls what there is. LAYER_AGAIN, LAYER_END or LAYER_ERROR. */
static gssize pull_all(Filter *filter, gsize room, GByteArray *out)
{
    guint8 *bytes = g_malloc(room); /* exactly as large as we say */
    gssize count;
    while ((count = filter->class->pull(filter, bytes, room, NULL)) > 0) {
        g_assert_cmpuint((gsize)count, <=, room);
        g_byte_array_append(out, bytes, (guint)count);
        if (out->len > MOST) {
            count = LAYER_END;
            break;
        }
    }
    g_free(bytes);
    return count;
}

static void inflate_all(const guint8 *data, gsize size, gsize step, gsize room)
{
    Filter *filter = deflate_filter_new();
    GByteArray *out = g_byte_array_new();
    gssize state = LAYER_AGAIN;
    for (gsize at = 0; at < size && state == LAYER_AGAIN; at += step) {
        filter->class->feed(filter, data + at, MIN(step, size - at));
        state = pull_all(filter, room, out);
        /* Deflate makes 258 octets of a quarter octet at best (RFC 1951 §3.2.5). */
        g_assert_true(state == LAYER_ERROR || out->len <= MIN(at + step, size) * 1032 + ROOM);
    }
    g_byte_array_unref(out);
    filter->class->free(filter);
}

static void there_and_back(const guint8 *data, gsize size, gsize step)
{
    Filter *filter = deflate_filter_new();
    GByteArray *down = g_byte_array_new(), *up = g_byte_array_new();
    for (gsize at = 0; at < size; at += step) {
        gsize len = MIN(step, size - at);
        g_assert_true(filter->class->push(filter, data + at, len, at + len == size, down, NULL));
    }
    filter->class->feed(filter, down->data, down->len);
    gssize state = pull_all(filter, ROOM, up);
    g_assert_cmpint((int)state, ==, LAYER_AGAIN);
    g_assert_cmpmem(up->data, up->len, data, size);
    g_byte_array_unref(down);
    g_byte_array_unref(up);
    filter->class->free(filter);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size < 2)
        return 0;
    gsize step = 1 + (data[0] >> 1) % 64;
    if (data[0] & 1)
        there_and_back(data + 1, size - 1, step);
    else
        inflate_all(data + 1, size - 1, step, data[0] & 0x80 ? 3 : ROOM);
    return 0;
}
