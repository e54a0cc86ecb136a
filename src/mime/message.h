/* A whole raw message: its structure, and where each section lies in it. For local mail, the demo and the
 * message source; mail on a server is read by its BODYSTRUCTURE instead. One thread at a time.
 *
 * Sections are numbered as IMAP numbers them (RFC 9051 §6.4.5), so callers do not care where a message lives.
 */
#ifndef MALLE_MIME_MESSAGE_H
#define MALLE_MIME_MESSAGE_H

#include "mime/part.h"
#include "mime/summary.h"

#include <stdbool.h>

typedef struct MimeMessage MimeMessage;

/* Takes a reference to `raw`. Never fails: bytes that are no message are one text part. Linear; nothing is
 * copied. */
MimeMessage *mime_message_new(GBytes *raw);
void mime_message_free(MimeMessage *message);

const MessagePart *mime_message_structure(MimeMessage *message);
/* Nesting or number of parts went over the caps of mime/part.h. */
bool mime_message_is_in_part(MimeMessage *message);

/* The bytes of a section, still transfer-encoded: "" the whole message, "HEADER" its header block, "TEXT" its
 * body, "2.1" a part's body, "2.MIME" a part's own header, "2.HEADER"/"2.TEXT" inside a message/rfc822. A
 * slice of `raw`; NULL when there is none. Caller unrefs. */
GBytes *mime_message_section(MimeMessage *message, const char *section);

/* Undone transfer encoding of part `section`. NULL when there is none. Caller unrefs. */
GBytes *mime_message_decoded(MimeMessage *message, const char *section);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeMessage, mime_message_free)

#endif
