/* What a list shows of a message, and what threading needs: plain data, shared by the engine (which fills it
 * from an ENVELOPE), the local formats (from a header block) and the store (which keeps it).
 *
 * Every string is valid UTF-8, decoded (RFC 2047) but NOT made safe for a terminal: it is what the sender
 * wrote. Whoever draws it calls text_make_safe() (base/text.h). Owned by the structure; may be NULL where
 * stated. Any thread.
 */
#ifndef MALLE_MIME_SUMMARY_H
#define MALLE_MIME_SUMMARY_H

#include <glib.h>

typedef struct {
    char *name;    /* display name, or NULL */
    char *address; /* local@domain; NULL only for the start of a group (then name is the group's) */
} MailAddress;

typedef struct {
    char *subject;   /* decoded; NULL when the message has none */
    GPtrArray *from; /* of MailAddress*, each list possibly empty, never NULL */
    GPtrArray *sender;
    GPtrArray *reply_to;
    GPtrArray *to;
    GPtrArray *cc;
    GPtrArray *bcc;
    gint64 date;       /* the Date: field, Unix seconds; 0 when absent or senseless */
    char *message_id;  /* without the angle brackets; NULL when absent */
    char **references; /* message_references(); never NULL */
    char *list_id;     /* RFC 2919 identifier, or NULL (unknown when it came from an ENVELOPE) */
} MessageSummary;

/* What a message refers to, oldest first, no brackets, NULL-terminated: its References, or where it has none the first Message-ID of its
 * In-Reply-To (RFC 5256, REFERENCES, step 1). Takes both, either may be NULL. Caller: g_strfreev. */
char **message_references(char **references, char **in_reply_to);

MailAddress *mail_address_new(const char *name, const char *address);
void mail_address_free(MailAddress *address);
/* "Name <address>", quoted where RFC 5322 asks; list joined by ", ". Caller frees. */
char *mail_address_format(const MailAddress *address);
char *mail_address_list_format(const GPtrArray *addresses);

MessageSummary *message_summary_new(void);
void message_summary_free(MessageSummary *summary);
/* From the header block of a message (ends at the empty line or the end). Never fails: what is broken is left
 * out. */
MessageSummary *message_summary_from_header(const char *bytes, gsize length);

/* The base subject of RFC 5256 §2.1 (also without localised "AW:", "RV:", "TR:" …), upper-cased for
 * comparison; "" when nothing is left. *is_reply (may be NULL) tells whether a reply or forward marker was
 * taken away. Caller frees. */
char *message_base_subject(const char *subject, gboolean *is_reply);

/* The subject of an answer and of a message passed on: "Re: " or "Fwd: " once, whatever was written before the colon
 * in whatever language. `subject` may be NULL. Caller frees. */
char *message_reply_subject(const char *subject);
char *message_forward_subject(const char *subject);

/* Message-IDs out of a References or In-Reply-To value, brackets removed, junk between them skipped. Caller:
 * g_strfreev. */
char **message_id_list_parse(const char *value, gsize length);

/* A raw header value from an ENVELOPE string: RFC 2047 words decoded, raw 8-bit bytes guessed, NUL and line
 * ends dropped. Never NULL. */
char *mime_decode_header_text(const char *bytes, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailAddress, mail_address_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MessageSummary, message_summary_free)

#endif
