/* A letter that is being written, as plain data, and as the octets that travel (RFC 5322, RFC 2045 to 2047, RFC
 * 2231, RFC 3676). One thread at a time.
 *
 * All text is UTF-8 as the person wrote it. Nothing of it can end a header field, whatever it holds: controls in
 * one-line values become spaces, and addresses are taken apart before they are written.
 */
#ifndef MALLE_MIME_LETTER_H
#define MALLE_MIME_LETTER_H

#include <glib.h>
#include <stdbool.h>

#define LETTER_ERROR letter_error_quark()
GQuark letter_error_quark(void);
typedef enum {
    LETTER_ERROR_ADDRESS,    /* a field holds something that is no address */
    LETTER_ERROR_ATTACHMENT, /* a file cannot be read */
    LETTER_ERROR_WRITE,      /* the letter cannot be written: path and reason in the message */
    LETTER_ERROR_URL,        /* no mailto: URL, or one that is refused */
} LetterErrorCode;

/* An attachment that lies on the mail server, in a message of the person's: it is passed on without being fetched (base/absent.h). */
typedef struct {
    gint64 message_id; /* of the store */
    char *section;     /* as in BODY[…]; "" the whole message */
    char *encoding;    /* the one that it has there: "base64" … */
    char *charset;     /* of a text, or NULL */
    guint64 octets;    /* as it lies there, as announced */
} LetterRemote;

typedef struct {
    char *path;        /* a file on this machine, read when the letter is written; NULL: remote has it */
    LetterRemote *remote; /* or NULL */
    char *type;        /* "application/pdf"; NULL: what libmagic sees, at letter_add_attachment() */
    char *name;        /* offered to the recipient; NULL: none */
    char *description; /* or NULL */
    gboolean is_inline;
} LetterAttachment;

typedef struct {
    char *from, *reply_to, *to, *cc, *bcc; /* address lists as written; NULL for none */
    char *sender;      /* only where it is another than from (RFC 5322 §3.6.2) */
    char *subject;     /* or NULL */
    char *message_id;  /* without brackets; NULL: letter_prepare() makes one */
    gint64 date;       /* Unix seconds; 0: letter_prepare() takes now */
    char *in_reply_to; /* message-id without brackets, or NULL */
    char **references; /* without brackets, oldest first; NULL for none */
    GPtrArray *fields; /* further header fields, "Name: value"; never NULL */
    char *text;        /* lines ended by LF */
    gboolean flowed;   /* long lines travel as format=flowed, so that they wrap to the reader's width */
    char *html;        /* an alternative to text, or NULL */
    GPtrArray *attachments; /* of LetterAttachment*, never NULL */
} Letter;

Letter *letter_new(void);
Letter *letter_copy(const Letter *letter);
void letter_free(Letter *letter);

LetterAttachment *letter_attachment_new(const char *path);
/* One that lies on the server. charset may be NULL. */
LetterAttachment *letter_attachment_new_remote(gint64 message_id, const char *section, const char *encoding, const char *charset, guint64 octets);
void letter_attachment_free(LetterAttachment *attachment);
/* The file has to be there and readable. Its type is seen, its name taken from the path. Owned by the letter. */
LetterAttachment *letter_add_attachment(Letter *letter, const char *path, GError **error);

/* Fills in what a letter has once: Message-ID (of the sender's domain, telling nothing of this machine) and date. */
void letter_prepare(Letter *letter, gint64 now);

/* Bare addresses of To, Cc and Bcc, each once, groups opened, international domains as A-labels; for the envelope.
 * LETTER_ERROR_ADDRESS names the first that is none. NULL-terminated; may be empty. g_strfreev. */
char **letter_recipients(const Letter *letter, GError **error);
/* The bare address of From. Caller frees. */
char *letter_sender(const Letter *letter, GError **error);

typedef enum { LETTER_WITHOUT_BCC, LETTER_WITH_BCC } LetterBcc;

/* Writes the letter to PATH (made anew, mode 0600, synchronised to the disk): CRLF, 7-bit, no line over 998 octets.
 * Attachments are read piece by piece; what lies on the server is noted beside PATH. *size: its octets; may be NULL. */
gboolean letter_write(const Letter *letter, LetterBcc bcc, const char *path, guint64 *size, GError **error);

/* The message in the file ORIGINAL as it is, under the fields that say who sends it on to whom (RFC 5322 §3.6.6): of
 * RESENT its From, To, Cc and Bcc, Message-ID and date. Written like a letter. */
gboolean letter_write_resent(const Letter *resent, const char *original, const char *path, GError **error);

/* TEXT with its long lines broken softly (RFC 3676 §4): wrapped at 72, lines that begin with a space, "From " or ">"
 * stuffed, quoted lines kept. Caller frees. */
char *letter_flow(const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Letter, letter_free)

#endif
