/* Content-Transfer-Encoding undone while the bytes arrive: a part of any size passes through in chunks of any
 * cut. One thread.
 *
 * Lenient as RFC 2045 §6 advises: what is not of the alphabet is skipped and noted, nothing fails. */
#ifndef MALLE_MIME_DECODER_H
#define MALLE_MIME_DECODER_H

#include <glib.h>
#include <stdbool.h>

typedef struct MimeDecoder MimeDecoder;

/* `encoding` in any case: "base64", "quoted-printable", "x-uuencode" ("x-uue", "uuencode"); anything else and
 * NULL pass through. */
MimeDecoder *mime_decoder_new(const char *encoding);
void mime_decoder_free(MimeDecoder *decoder);

/* Decoded bytes are appended to `out`, at most `length` + 8 of them. */
void mime_decoder_push(MimeDecoder *decoder, const char *bytes, gsize length, GByteArray *out);
/* The end of the part: what is still held back. */
void mime_decoder_finish(MimeDecoder *decoder, GByteArray *out);
/* Something was not of the encoding: the result may not be what was sent. */
bool mime_decoder_is_damaged(const MimeDecoder *decoder);

/* All at once, for small parts. */
GBytes *mime_decode(const char *encoding, const char *bytes, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeDecoder, mime_decoder_free)

#endif
