/* What can go wrong in the submission protocol. Messages are translated and may be shown. */
#ifndef MALLE_PROTO_SMTP_ERROR_H
#define MALLE_PROTO_SMTP_ERROR_H

#include <glib.h>

typedef enum {
    SMTP_ERROR_PROTOCOL,    /* what arrived is not SMTP; close the connection */
    SMTP_ERROR_LIMIT,       /* a line or a reply longer than can be right; close the connection */
    SMTP_ERROR_INSECURE,    /* bytes behind the answer to STARTTLS, or a secret over a link in clear */
    SMTP_ERROR_ARGUMENT,    /* an address or parameter that cannot be written; nothing left */
    SMTP_ERROR_STATE,       /* not possible now */
    SMTP_ERROR_UNSUPPORTED, /* the letter needs what this server does not offer; nothing left */
    SMTP_ERROR_TOO_LARGE,   /* larger than the server takes (SIZE, RFC 1870); nothing left */
    SMTP_ERROR_MESSAGE,     /* the letter is not in the form that may be sent (bare CR or LF, lines over 998
                             * octets, NUL); close the connection, nothing was accepted */
} SmtpError;

#define SMTP_ERROR (smtp_error_quark())
GQuark smtp_error_quark(void);

#endif
