/* A message that another program wrote and hands in to be sent (sendmail -t): read, made whole, and otherwise left as it is.
 * Pure, any thread. */
#ifndef MALLE_MIME_HANDED_IN_H
#define MALLE_MIME_HANDED_IN_H

#include <glib.h>

typedef struct {
    char *sender;      /* the bare address of Sender, else From (of Resent-Sender and Resent-From where it is resent); NULL: none */
    char *from;        /* the bare address of From; NULL: none */
    char **recipients; /* bare addresses of To, Cc and Bcc, or of Resent-To, Resent-Cc and Resent-Bcc where there is one; each once */
    GString *octets;   /* the message: as it came, with what was lacking */
} HandedIn;

/* `from`: the value for a message without From. `now`: Unix seconds, for one without Date.
 *
 * Added where lacking: From, Date, Message-ID; and where the header says nothing of MIME but the body needs it (octets beyond
 * ASCII, lines of more than 998 octets) its fields, with the body as quoted-printable. Header text beyond ASCII becomes encoded
 * words. Return-Path and an mbox separator go. A lone CR in the header becomes a space.
 *
 * NULL with LETTER_ERROR_ADDRESS (an address that is none) or LETTER_ERROR_WRITE (a NUL). */
HandedIn *handed_in_read(const char *octets, gsize length, const char *from, gint64 now, GError **error);
void handed_in_free(HandedIn *message);

/* What a program that does not know of "-i" means by a line that is only a dot: the end. Octets before it. */
gsize handed_in_up_to_dot(const char *octets, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HandedIn, handed_in_free)

#endif
