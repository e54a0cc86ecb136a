/* Flags and keywords as they are written on the wire. */
#ifndef MALLE_ENGINE_WIRE_FLAGS_H
#define MALLE_ENGINE_WIRE_FLAGS_H

#include "base/mailflags.h"
#include "store/rows.h"

/* NULL-terminated; caller: g_strfreev. keywords: space separated, may be NULL. mailbox: without the keywords that it does not keep,
 * as far as that is known; NULL: all of them. */
char **wire_flags(MailFlags flags, const char *keywords, const StoreMailbox *mailbox);
/* Those that it does not keep, "work, later"; NULL: it keeps them all, or it is not known. Caller frees. */
char *wire_flags_left_out(const char *keywords, const StoreMailbox *mailbox);

#endif
