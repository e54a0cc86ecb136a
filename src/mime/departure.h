/* What of a written letter leaves for its recipients, and what it needs on the way. Pure, no copy. Any thread. */
#ifndef MALLE_MIME_DEPARTURE_H
#define MALLE_MIME_DEPARTURE_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    gsize offset, length;
} DepartureSpan;

typedef struct {
    GArray *left_out;  /* of DepartureSpan, in order: the fields Bcc and Resent-Bcc, which only the sender's copy has (RFC 5322 §3.6.3) */
    gsize header;      /* octets of the header block, its empty line included */
    guint64 size;      /* octets that leave */
    bool utf8_header;  /* beyond ASCII in a field that leaves: the way has to take SMTPUTF8 (RFC 6532) */
    bool eight_bit;    /* beyond ASCII in the body: 8BITMIME (RFC 6152) */
    bool binary;       /* NUL or a line over 998 octets in the body: only BINARYMIME takes it (RFC 3030) */
} Departure;

/* octets: header and body with CRLF line ends; a block that no empty line ends is all header. */
void departure_read(Departure *departure, const char *octets, gsize length);
void departure_clear(Departure *departure);
/* The header block as it leaves. Caller frees. */
GBytes *departure_header(const Departure *departure, const char *octets);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Departure, departure_clear)

#endif
