/* Inside proto/imap: bytes that wait to be written. Growing never leaves a copy of a secret behind. */
#ifndef MALLE_PROTO_IMAP_OUTPUT_H
#define MALLE_PROTO_IMAP_OUTPUT_H

#include "proto/imap/session.h"

typedef enum {
    IMAP_BYTES_PLAIN = -1,
    IMAP_BYTES_SECRET = IMAP_OUTPUT_SECRET,
    IMAP_BYTES_BODY = IMAP_OUTPUT_BODY
} ImapBytesKind;

typedef struct {
    guint8 *data;
    gsize len, allocated;
    guint64 taken;  /* octets handed out before data[0], over the whole session */
    GArray *ranges; /* of ImapOutputRange */
    bool secret;    /* one of them is a secret */
} ImapOutput;

void imap_output_init(ImapOutput *output);
void imap_output_clear(ImapOutput *output);
void imap_output_append(ImapOutput *output, const void *bytes, gsize len, ImapBytesKind kind);
void imap_output_text(ImapOutput *output, const char *text);
void imap_output_printf(ImapOutput *output, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Room for `len` octets at the end, to be filled by the caller, then imap_output_filled(). */
guint8 *imap_output_room(ImapOutput *output, gsize len);
void imap_output_filled(ImapOutput *output, gsize len, ImapBytesKind kind);
/* Everything, or NULL when empty. */
GBytes *imap_output_take(ImapOutput *output, GArray *ranges);

#endif
