/* The text of a message as a person reads it, from what is kept of it here. The reader's thread. */
#ifndef MALLE_ENGINE_READABLE_H
#define MALLE_ENGINE_READABLE_H

#include "store/reader.h"

/* A section as it came, or cut out of the whole message where that is here; NULL: not here. */
GBytes *readable_section(StoreReader *reader, gint64 message_id, const char *section);
/* The parts that would be shown, as UTF-8 text that is not made safe, a line end behind each. NULL: not all of them are here, or the
 * structure is not known. `preference` is mime/choose.h's, or NULL. Caller frees. */
char *readable_text(StoreReader *reader, const StoreMessage *message, const char *preference);

#endif
