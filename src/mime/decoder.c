/* Transfer encodings, undone as a stream (see decoder.h).
 *
 * GMime's step decoders do the work for base64 and quoted-printable; they keep their state between pushes and
 * skip what is not of the alphabet. What is added here is noticing that something was skipped. */
#include "config.h"
#include "mime/decoder.h"

#include "mime/uudecode.h"

#include <gmime/gmime.h>
#include <string.h>

/* GMime needs room for what it held back before; far more than it does. */
#define SLACK 64
#define CHUNK 65536

struct MimeDecoder {
    GMimeEncoding step;
    UuDecoder uu;
    bool damaged;
    guint8 equals; /* quoted-printable: how far into "=XY" */
};

static GMimeContentEncoding encoding_from_name(const char *name)
{
    if (!name)
        return GMIME_CONTENT_ENCODING_DEFAULT;
    g_autofree char *trimmed = g_strstrip(g_strdup(name));
    return g_mime_content_encoding_from_string(trimmed);
}

MimeDecoder *mime_decoder_new(const char *encoding)
{
    MimeDecoder *decoder = g_new0(MimeDecoder, 1);
    g_mime_encoding_init_decode(&decoder->step, encoding_from_name(encoding));
    return decoder;
}

void mime_decoder_free(MimeDecoder *decoder)
{
    g_free(decoder);
}

static void watch_base64(MimeDecoder *decoder, const char *bytes, gsize length)
{
    for (gsize i = 0; i < length && !decoder->damaged; i++) {
        char c = bytes[i];
        if (!g_ascii_isalnum(c) && !memchr("+/=\r\n \t", c, 8))
            decoder->damaged = true;
    }
}

static void watch_quoted_printable(MimeDecoder *decoder, const char *bytes, gsize length)
{
    for (gsize i = 0; i < length && !decoder->damaged; i++) {
        char c = bytes[i];
        if (decoder->equals == 0) {
            decoder->equals = c == '=';
        } else if (g_ascii_isxdigit(c)) {
            decoder->equals = decoder->equals == 1 ? 2 : 0;
        } else if (decoder->equals == 1 && memchr("\r\n \t", c, 4)) {
            decoder->equals = c == '\n' ? 0 : 1;
        } else {
            decoder->damaged = true;
        }
    }
}

static void watch(MimeDecoder *decoder, const char *bytes, gsize length)
{
    if (decoder->step.encoding == GMIME_CONTENT_ENCODING_BASE64)
        watch_base64(decoder, bytes, length);
    else if (decoder->step.encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
        watch_quoted_printable(decoder, bytes, length);
}

static bool passes_through(const MimeDecoder *decoder)
{
    switch (decoder->step.encoding) {
    case GMIME_CONTENT_ENCODING_BASE64:
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
        return false;
    default:
        return true;
    }
}

void mime_decoder_push(MimeDecoder *decoder, const char *bytes, gsize length, GByteArray *out)
{
    if (length == 0)
        return;
    if (decoder->step.encoding == GMIME_CONTENT_ENCODING_UUENCODE) {
        uudecode_push(&decoder->uu, bytes, length, out);
        return;
    }
    if (passes_through(decoder)) {
        g_byte_array_append(out, (const guint8 *)bytes, (guint)length);
        return;
    }
    watch(decoder, bytes, length);
    for (gsize done = 0; done < length; done += CHUNK) {
        gsize piece = MIN(length - done, (gsize)CHUNK);
        guint had = out->len;
        gsize room = MAX(g_mime_encoding_outlen(&decoder->step, piece), piece) + SLACK;
        g_byte_array_set_size(out, (guint)(had + room));
        gsize n = g_mime_encoding_step(&decoder->step, bytes + done, piece, (char *)out->data + had);
        g_byte_array_set_size(out, (guint)(had + n));
    }
}

void mime_decoder_finish(MimeDecoder *decoder, GByteArray *out)
{
    if (decoder->step.encoding == GMIME_CONTENT_ENCODING_UUENCODE) {
        uudecode_push(&decoder->uu, "\n", 1, out);
        return;
    }
    if (passes_through(decoder))
        return;
    guint had = out->len;
    g_byte_array_set_size(out, had + SLACK);
    gsize n = g_mime_encoding_flush(&decoder->step, "", 0, (char *)out->data + had);
    g_byte_array_set_size(out, (guint)(had + n));
    if (decoder->equals)
        decoder->damaged = true;
}

bool mime_decoder_is_damaged(const MimeDecoder *decoder)
{
    return decoder->damaged || decoder->uu.damaged;
}

GBytes *mime_decode(const char *encoding, const char *bytes, gsize length)
{
    g_autoptr(MimeDecoder) decoder = mime_decoder_new(encoding);
    GByteArray *out = g_byte_array_sized_new((guint)MIN(length + SLACK, (gsize)G_MAXUINT));
    mime_decoder_push(decoder, bytes, length, out);
    mime_decoder_finish(decoder, out);
    return g_byte_array_free_to_bytes(out);
}
