/* mailto: URLs (RFC 6068). A page on the web may have written one, so nothing of it is obeyed but what is listed here.
 * Pure, any thread.
 */
#ifndef MALLE_MIME_MAILTO_H
#define MALLE_MIME_MAILTO_H

#include "mime/letter.h"

gboolean mailto_is_one(const char *text);

/* Fills in to, cc, bcc, subject, text, in_reply_to and references; what stands in LETTER already is kept, the URL's
 * addresses behind it. Every other field is left out, and named in *ignored (of char*, UTF-8, not terminal-safe; may be
 * NULL; caller unrefs): attach among them, always.
 *
 * FALSE with LETTER_ERROR_URL, and LETTER is as it was: %00, a line end in anything but the body, octets that are no
 * UTF-8, a "%" that escapes nothing, more than MAILTO_MOST octets. */
gboolean mailto_read(const char *url, Letter *letter, GPtrArray **ignored, GError **error);

#define MAILTO_MOST (4u << 20)

#endif
