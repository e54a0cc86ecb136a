/* Where a line that a person typed is wrong: for the screen, which points at the place. Pure; UI thread. */
#ifndef MALLE_MODEL_TYPED_H
#define MALLE_MODEL_TYPED_H

#include <glib.h>

/* TRUE when `text` is no query: *start and *length are the bytes that the trouble begins with (length 0: something is missing there). */
gboolean model_query_fault(const char *text, gsize *start, gsize *length);
/* TRUE when one of the addresses in a list is none: the first such one. */
gboolean model_addresses_fault(const char *text, gsize *start, gsize *length);

#endif
