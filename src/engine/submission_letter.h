/* One letter of the outbox as what the protocol submits, and the server's answers as what the journal keeps of them. */
#ifndef MALLE_ENGINE_SUBMISSION_LETTER_H
#define MALLE_ENGINE_SUBMISSION_LETTER_H

#include "proto/smtp/submission.h"
#include "store/intent.h"

typedef struct {
    Intent *intent;            /* as it was when the letter was opened */
    SmtpSubmission submission; /* points into what follows */
    GPtrArray *addresses;      /* of those that wait; borrowed from the intent; NULL-terminated */
    GArray *positions;         /* of guint: where they stand in the intent's recipients */
    GBytes *header, *message;  /* what leaves, Bcc left out */
    guint64 octets;            /* that leave when it is uploaded */
    gboolean lacks_parts;      /* some lie on a server (base/absent.h): before it is uploaded its file has to be filled in */
    char *url;                 /* the letter lies on the IMAP server and is submitted by this; NULL: it is uploaded */
    gboolean is_binary;        /* only BINARYMIME takes it */
    gboolean put_off;          /* the server keeps nothing, and the letter is not to go before release_at */
} SubmissionLetter;

/* Opens the file that the intent keeps, and sees whether this server can take it: SIZE, SMTPUTF8, REQUIRETLS and what else it needs. NULL with
 * error in the person's words (SMTP_ERROR, G_FILE_ERROR): it cannot go as it is. now: Unix µs. */
SubmissionLetter *submission_letter_open(const Intent *intent, const SmtpCapabilities *capabilities, gint64 now, GError **error);
/* Submit it by this URL instead; again checked against what the server takes. */
gboolean submission_letter_name(SubmissionLetter *letter, const char *url, const SmtpCapabilities *capabilities, GError **error);
/* The letter as it leaves, into a file of its own with what is noted beside it; *kept_header: the octets of the kept file's header. */
gboolean submission_letter_write(const SubmissionLetter *letter, const char *path, guint64 *kept_header, GError **error);
void submission_letter_remove(const char *path); /* such a file */
void submission_letter_free(SubmissionLetter *letter);

/* What became of each recipient of the intent. Of IntentRecipient without addresses, in its order, clear func set. Not for NOT_SENT and
 * UNKNOWN. */
GArray *submission_letter_verdicts(const SubmissionLetter *letter, const SmtpResult *result);
/* The server did not refuse the letter or a recipient: it could not fetch the letter by its URL, or would not. */
gboolean submission_letter_url_refused(const SubmissionLetter *letter, const SmtpResult *result);
/* Some were refused only because they were too many at once: the others may go at once. */
gboolean submission_letter_more_at_once(const SubmissionLetter *letter, const SmtpResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SubmissionLetter, submission_letter_free)

#endif
