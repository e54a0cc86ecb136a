/* From a message to the letter that answers it, passes it on, or takes it up again. Pure but for the attachments that
 * letter_read() writes out. One thread at a time.
 *
 * What is quoted is what the reader has rendered, part by part: nothing that the person did not see can stand in a
 * reply (hidden HTML, second parts, attached messages).
 */
#ifndef MALLE_MIME_LETTER_REPLY_H
#define MALLE_MIME_LETTER_REPLY_H

#include "base/absent.h"
#include "mime/letter.h"
#include "mime/part.h"
#include "mime/summary.h"

/* The message that a letter is about. Nothing of it is owned. */
typedef struct {
    const MessageSummary *summary;
    const char *header; /* its header block; NULL when it is not here: then nothing is known of lists */
    gsize header_length;
    const char *body; /* by letter_append_text(); NULL or "": nothing of it is taken over */
} LetterOriginal;

typedef enum {
    LETTER_REPLY_SENDER, /* to Reply-To, else From; to its recipients when it is the person's own */
    LETTER_REPLY_ALL,    /* and to all others who got it; Mail-Followup-To where there is one */
    LETTER_REPLY_LIST,   /* to the list: Mail-Followup-To, else List-Post (RFC 2369 §3.4) */
} LetterReplyKind;

/* `own`: the person's addresses, NULL-terminated; they are left out unless nobody else would be left. `attribution`
 * stands above the quoted text: %n name, %a address, %d date, %s subject, %% a percent sign; NULL or "": the usual
 * words. LETTER_ERROR_ADDRESS in words when there is nobody to answer, or no list. */
Letter *letter_reply(const LetterOriginal *original, LetterReplyKind kind, const char *const *own,
                     const char *attribution, GError **error);
/* The text below a few header lines. Attachments are the caller's business. */
Letter *letter_forward(const LetterOriginal *original);
/* The message itself is to be attached by the caller. */
Letter *letter_forward_attached(const LetterOriginal *original);
/* A file name for the message when it is attached: its subject. Caller frees. */
char *letter_forward_name(const MessageSummary *summary);

/* Which of `own` the message came to, as To, Cc, Bcc and the fields of delivery say, or was written from; also for an
 * address with a tag (alice+list@…). −1: none. */
int letter_own_address(const LetterOriginal *original, const char *const *own);

/* --- the text (letter_quote.c) -------------------------------------------------------------- */

typedef enum {
    LETTER_TEXT_QUOTED, /* each line marked with ">", the signature left out */
    LETTER_TEXT_WHOLE,  /* as it is read */
} LetterTextKind;

/* A text part as it is taken over, its transfer encoding undone: HTML as text, format=flowed put together, long lines
 * wrapped, safe. */
void letter_append_text(GString *out, const char *bytes, gsize length, const MessagePart *part, LetterTextKind kind);

/* The line that matches one of `words` (NULL-terminated; word beginnings, without regard to case and accents) in what
 * the writer wrote: not in quotations, forwarded messages and signatures. NULL: none. Caller frees. */
char *letter_promises_attachment(const char *text, const char *const *words);

/* --- taking up again (letter_read.c, letter_draft.c) ----------------------------------------- */

/* A message written before as a letter: its fields, its own text, its attachments as new files in `directory` (made
 * 0700 with the first one). HTML beside a text is left out, since it is made anew from that. Message-ID and date are
 * the caller's to clear. absent: what of it lies on the server (absent_parts_read()); NULL: it has all. */
Letter *letter_read(GBytes *raw, const GPtrArray *absent, const char *directory, GError **error);
/* What letter_read() would take for attachments of such a message, as attachments that stay on the server. Of LetterAttachment*, free func set;
 * NULL: one of them cannot be passed on in the encoding that it has. */
GPtrArray *letter_remote_attachments(gint64 message_id, const MessagePart *root);
/* The message as a whole can be attached in seven bits, as far as its structure says. */
bool letter_travels_as_it_is(const MessagePart *root);

/* A letter that is being written, as a text file: header fields in UTF-8, an empty line, the text. Attachments are
 * named, not held. `notes` (name to value, may be NULL) is what the caller wants to find again. Caller frees. */
char *letter_draft_format(const Letter *letter, GHashTable *notes);
/* Never fails: what is not understood is left out. Also reads templates. `notes` may be NULL. */
Letter *letter_draft_parse(const char *text, gsize length, GHashTable *notes);

#endif
