/* Inside proto/: bytes of a session that wait to be written. Growing never leaves a copy of a secret behind.
 */
#ifndef MALLE_PROTO_OUTPUT_H
#define MALLE_PROTO_OUTPUT_H

#include <glib.h>
#include <stdbool.h>

/* What a log must not show of bytes that were taken. */
typedef enum { PROTO_OUTPUT_SECRET, PROTO_OUTPUT_BODY } ProtoOutputKind;
typedef struct {
    gsize offset, len;
    ProtoOutputKind kind;
} ProtoOutputRange;

typedef enum {
    PROTO_BYTES_PLAIN = -1,
    PROTO_BYTES_SECRET = PROTO_OUTPUT_SECRET,
    PROTO_BYTES_BODY = PROTO_OUTPUT_BODY
} ProtoBytesKind;

typedef struct {
    guint8 *data;
    gsize len, allocated;
    guint64 taken;  /* octets handed out before data[0], over the whole session */
    GArray *ranges; /* of ProtoOutputRange */
    bool secret;    /* one of them is a secret */
} ProtoOutput;

void proto_output_init(ProtoOutput *output);
void proto_output_clear(ProtoOutput *output);
void proto_output_append(ProtoOutput *output, const void *bytes, gsize len, ProtoBytesKind kind);
void proto_output_text(ProtoOutput *output, const char *text);
void proto_output_printf(ProtoOutput *output, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Room for `len` octets at the end, to be filled by the caller, then proto_output_filled(). */
guint8 *proto_output_room(ProtoOutput *output, gsize len);
void proto_output_filled(ProtoOutput *output, gsize len, ProtoBytesKind kind);
/* Everything, or NULL when empty. */
GBytes *proto_output_take(ProtoOutput *output, GArray *ranges);

#endif
