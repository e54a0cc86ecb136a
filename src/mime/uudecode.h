/* uuencoded content, as a stream (POSIX uuencode). For use within mime/. */
#ifndef MALLE_MIME_UUDECODE_H
#define MALLE_MIME_UUDECODE_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    enum { UU_BEFORE, UU_SKIP, UU_LINE, UU_DATA, UU_AFTER } state;
    guint matched; /* UU_BEFORE: how much of "begin " the line has */
    guint left;    /* bytes that the line still promises */
    guint count;   /* characters of the group of four */
    guint32 bits;
    bool damaged;
} UuDecoder; /* all zero to start with */

void uudecode_push(UuDecoder *decoder, const char *bytes, gsize length, GByteArray *out);

#endif
