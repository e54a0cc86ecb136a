/* Bytes in any charset to UTF-8. Any thread.
 *
 * A charset label is a claim. It is tried; where it is unknown or the bytes contradict it, UTF-8 is tried,
 * then windows-1252, which takes any byte. So no mail is unreadable because of its label, and nothing ever
 * fails.
 */
#ifndef MALLE_MIME_CHARSET_H
#define MALLE_MIME_CHARSET_H

#include <glib.h>
#include <stdbool.h>

/* Valid UTF-8 without NUL, not yet terminal-safe. `charset` may be NULL (none declared). *exact (may be NULL)
 * is set to false when the label was unknown or some bytes were not valid in it. Linear. Caller frees. */
char *mime_to_utf8(const char *bytes, gsize length, const char *charset, bool *exact);

#endif
