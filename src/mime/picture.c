#include "config.h"
#include "mime/picture.h"

#include <string.h>

static guint be16(const guint8 *p)
{
    return (guint)p[0] << 8 | p[1];
}

static guint le16(const guint8 *p)
{
    return (guint)p[1] << 8 | p[0];
}

static bool accept(guint width, guint height, int *into_width, int *into_height)
{
    if (width == 0 || height == 0 || width > 65535 || height > 65535)
        return false;
    *into_width = (int)width;
    *into_height = (int)height;
    return true;
}

/* Segments up to the first start of a frame (ITU T.81 B.2.2). */
static bool jpeg_size(const guint8 *bytes, gsize length, int *width, int *height)
{
    for (gsize at = 2; at + 9 <= length && bytes[at] == 0xff;) {
        guint8 kind = bytes[at + 1];
        if (kind == 0xff) { /* filling */
            at++;
            continue;
        }
        if (kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc)
            return accept(be16(bytes + at + 7), be16(bytes + at + 5), width, height);
        guint size = be16(bytes + at + 2);
        if (size < 2)
            return false;
        at += 2 + size;
    }
    return false;
}

static bool webp_size(const guint8 *bytes, int *width, int *height)
{
    if (memcmp(bytes + 12, "VP8X", 4) == 0)
        return accept((le16(bytes + 24) | (guint)bytes[26] << 16) + 1, (le16(bytes + 27) | (guint)bytes[29] << 16) + 1, width, height);
    if (memcmp(bytes + 12, "VP8 ", 4) == 0)
        return accept(le16(bytes + 26) & 0x3fff, le16(bytes + 28) & 0x3fff, width, height);
    if (memcmp(bytes + 12, "VP8L", 4) == 0) {
        guint packed = le16(bytes + 21) | le16(bytes + 23) << 16;
        return accept((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1, width, height);
    }
    return false;
}

bool mime_picture_size(const guint8 *bytes, gsize length, int *width, int *height)
{
    if (length >= 24 && memcmp(bytes, "\211PNG\r\n\032\n", 8) == 0)
        return be16(bytes + 16) == 0 && be16(bytes + 20) == 0 && accept(be16(bytes + 18), be16(bytes + 22), width, height);
    if (length >= 10 && (memcmp(bytes, "GIF87a", 6) == 0 || memcmp(bytes, "GIF89a", 6) == 0))
        return accept(le16(bytes + 6), le16(bytes + 8), width, height);
    if (length >= 30 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0)
        return webp_size(bytes, width, height);
    return length >= 4 && bytes[0] == 0xff && bytes[1] == 0xd8 && jpeg_size(bytes, length, width, height);
}
