/* uuencoded content (see uudecode.h).
 *
 * GMime's decoder leaves finding the "begin" line to its caller; and the length at the start of each line is
 * a claim that has hurt other clients (CVE-2022-1328), so each byte is written only against what the line
 * both promised and delivered. */
#include "config.h"
#include "mime/uudecode.h"

#include <string.h>

static void put_group(UuDecoder *decoder, GByteArray *out)
{
    guint8 group[3] = { (guint8)(decoder->bits >> 16), (guint8)(decoder->bits >> 8), (guint8)decoder->bits };
    guint have = decoder->count > 0 ? decoder->count - 1
                                    : 0; /* four characters carry three bytes, three two, two one */
    guint n = MIN(MIN(decoder->left, have), 3u);
    g_byte_array_append(out, group, n);
    decoder->left -= n;
    decoder->count = 0;
    decoder->bits = 0;
}

static void end_line(UuDecoder *decoder, GByteArray *out)
{
    if (decoder->state == UU_DATA) {
        decoder->bits <<= 6 * (4 - decoder->count) % 24;
        put_group(decoder, out);
        decoder->damaged = decoder->damaged || decoder->left > 0;
    }
    if (decoder->state == UU_BEFORE || (decoder->state == UU_SKIP && decoder->matched == 0))
        decoder->state = UU_BEFORE;
    else if (decoder->state != UU_AFTER)
        decoder->state = UU_LINE;
    if (decoder->state == UU_BEFORE)
        decoder->matched = 0;
}

static void feed(UuDecoder *decoder, char c, GByteArray *out)
{
    static const char begin[] = "begin ";
    switch (decoder->state) {
    case UU_BEFORE:
        if (c == begin[decoder->matched])
            decoder->matched++;
        else
            decoder->matched = 0;
        /* The rest of the line is its mode and name, or something else: neither is looked at. */
        if (decoder->matched == 0 || !begin[decoder->matched])
            decoder->state = UU_SKIP;
        break;
    case UU_LINE:
        if (c < ' ' || c > '`') {
            decoder->damaged = decoder->damaged || c != 'e'; /* "end" without its empty line */
            decoder->state = c == 'e' ? UU_AFTER : UU_SKIP;
            break;
        }
        decoder->left = (guint)(c - ' ') & 63;
        decoder->state = decoder->left > 0 ? UU_DATA : UU_AFTER;
        break;
    case UU_DATA:
        if (decoder->left == 0)
            break; /* padding, and check characters of old encoders */
        decoder->damaged = decoder->damaged || c < ' ' || c > '`';
        decoder->bits = decoder->bits << 6 | ((guint32)(c - ' ') & 63);
        if (++decoder->count == 4)
            put_group(decoder, out);
        break;
    case UU_SKIP:
    case UU_AFTER:
        break;
    }
}

void uudecode_push(UuDecoder *decoder, const char *bytes, gsize length, GByteArray *out)
{
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] == '\n')
            end_line(decoder, out);
        else if (bytes[i] != '\r')
            feed(decoder, bytes[i], out);
    }
}
