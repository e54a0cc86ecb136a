/* A summary as bytes for the content table: one blob, read back whole. Internal to store/.
 * Layout: a version byte (1), then strings, each an LEB128 length + 1 (0: NULL) and its bytes: Message-ID,
 * subject, list id; six address lists (count + 2, or 1: the same as From) of name and address; a count and
 * the references. */
#ifndef MALLE_STORE_ENVELOPE_H
#define MALLE_STORE_ENVELOPE_H

#include "mime/summary.h"

void envelope_append(GString *out, const MessageSummary *summary);
/* Never NULL: what cannot be read is left out (a damaged row shows less, it does not stop the list). */
MessageSummary *envelope_read(const void *bytes, gsize length, gint64 date);

#endif
