#include "config.h"

#include "proto/output.h"

#include <stdarg.h>

void proto_output_init(ProtoOutput *output)
{
    *output = (ProtoOutput){ 0 };
    output->ranges = g_array_new(FALSE, FALSE, sizeof(ProtoOutputRange));
}

static void wipe_and_free(guint8 *data, gsize len, bool secret)
{
    if (secret && data != NULL)
        explicit_bzero(data, len);
    g_free(data);
}

void proto_output_clear(ProtoOutput *output)
{
    wipe_and_free(output->data, output->len, output->secret);
    g_array_unref(output->ranges);
    *output = (ProtoOutput){ 0 };
}

guint8 *proto_output_room(ProtoOutput *output, gsize len)
{
    if (len > output->allocated - output->len) {
        gsize allocated = MAX(output->allocated * 2, output->len + len + 512);
        guint8 *data = g_malloc(allocated); /* not realloc, which would leave the old bytes in free memory */
        if (output->len > 0)
            memcpy(data, output->data, output->len);
        wipe_and_free(output->data, output->len, output->secret);
        output->data = data;
        output->allocated = allocated;
    }
    return output->data + output->len;
}

void proto_output_filled(ProtoOutput *output, gsize len, ProtoBytesKind kind)
{
    if (kind != PROTO_BYTES_PLAIN && len > 0) {
        ProtoOutputRange *last = output->ranges->len == 0 ? NULL
                                                         : &g_array_index(output->ranges, ProtoOutputRange,
                                                                          output->ranges->len - 1);
        ProtoOutputRange range = { output->len, len, (ProtoOutputKind)kind };
        if (last != NULL && last->kind == range.kind && last->offset + last->len == range.offset)
            last->len += len;
        else
            g_array_append_val(output->ranges, range);
        output->secret |= kind == PROTO_BYTES_SECRET;
    }
    output->len += len;
}

void proto_output_append(ProtoOutput *output, const void *bytes, gsize len, ProtoBytesKind kind)
{
    if (len == 0)
        return;
    memcpy(proto_output_room(output, len), bytes, len);
    proto_output_filled(output, len, kind);
}

void proto_output_text(ProtoOutput *output, const char *text)
{
    proto_output_append(output, text, strlen(text), PROTO_BYTES_PLAIN);
}

void proto_output_printf(ProtoOutput *output, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    proto_output_text(output, text);
}

typedef struct {
    guint8 *data;
    gsize len;
} Secret;

static void free_secret(gpointer data)
{
    Secret *secret = data;
    wipe_and_free(secret->data, secret->len, true);
    g_free(secret);
}

GBytes *proto_output_take(ProtoOutput *output, GArray *ranges)
{
    GBytes *bytes;

    if (ranges != NULL) {
        g_array_set_size(ranges, 0);
        if (output->ranges->len > 0)
            g_array_append_vals(ranges, output->ranges->data, output->ranges->len);
    }
    if (output->len == 0)
        return NULL;
    if (output->secret) {
        Secret *secret = g_new(Secret, 1);
        *secret = (Secret){ output->data, output->len };
        bytes = g_bytes_new_with_free_func(output->data, output->len, free_secret, secret);
    } else {
        bytes = g_bytes_new_take(output->data, output->len);
    }
    output->taken += output->len;
    output->data = NULL;
    output->len = output->allocated = 0;
    output->secret = false;
    g_array_set_size(output->ranges, 0);
    return bytes;
}
