/* Inside proto/smtp: the octets of a letter as DATA and BDAT write them. Whatever is not in the form that may
 * be sent (a bare CR or LF, NUL, a line over 998 octets) is refused and never mended here: a letter that one
 * server reads as one and another as two is how mail is smuggled past checks.
 */
#ifndef MALLE_PROTO_SMTP_DATA_H
#define MALLE_PROTO_SMTP_DATA_H

#include <glib.h>
#include <stdbool.h>

#include "proto/output.h"

#define SMTP_TEXT_LINE_MAX 998 /* octets without CRLF (RFC 5322 §2.1.1) */

typedef struct {
    bool binary;    /* BINARYMIME: anything goes */
    bool stuff;     /* DATA: a dot at the beginning of a line becomes two (RFC 5321 §4.5.2) */
    gsize line;     /* octets of the line so far */
    bool after_cr;
} SmtpData;

/* Writes LEN octets. False: SMTP_ERROR_MESSAGE, and the connection has to be closed. */
bool smtp_data_write(SmtpData *data, const guint8 *octets, gsize len, ProtoOutput *output, GError **error);
/* Writes what is missing to an end of line. */
bool smtp_data_end(SmtpData *data, ProtoOutput *output, GError **error);
/* Whether the letter ends at an end of line; empty ones do. */
bool smtp_data_ends_line(const guint8 *octets, gsize len);

#endif
