/* From what the server said to what the store keeps. */
#ifndef MALLE_ENGINE_CONVERT_H
#define MALLE_ENGINE_CONVERT_H

#include "mime/part.h"
#include "mime/summary.h"
#include "proto/imap/response.h"

/* references: the header section that came with the ENVELOPE, NIL when none. */
MessageSummary *summary_from_envelope(const ImapEnvelope *envelope, ImapString references);
MessagePart *structure_from_body(const ImapBody *body);
/* Keywords without a bit, as one sorted string (base/mailflags.h). */
char *keywords_from_flags(const ImapFlags *flags);

/* X-GM-LABELS as readable names, one a line; system labels without their backslash. NULL when the server did not tell them. utf8: as
 * imap_session_utf8(). */
char *labels_from_fetch(const ImapFetch *fetch, gboolean utf8);

#endif
