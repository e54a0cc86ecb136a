/* How large a picture is, by its first bytes; nothing is decoded. Pure; any thread. */
#ifndef MALLE_MIME_PICTURE_H
#define MALLE_MIME_PICTURE_H

#include <glib.h>
#include <stdbool.h>

/* PNG, GIF, JPEG and WebP; false for anything else, and for what does not say its size. Both at least 1, at most 65,535. */
bool mime_picture_size(const guint8 *bytes, gsize length, int *width, int *height);

#endif
