/* What can go wrong in the IMAP protocol engine. Messages are translated and may be shown. */
#ifndef MALLE_PROTO_IMAP_ERROR_H
#define MALLE_PROTO_IMAP_ERROR_H

#include <glib.h>

typedef enum {
    IMAP_ERROR_PROTOCOL, /* what arrived is not IMAP; the connection cannot be used any more */
    IMAP_ERROR_FOREIGN,  /* it greeted as a server of another kind: the message says which */
    IMAP_ERROR_LIMIT,    /* a line, literal or list beyond what ImapLimits allows; close the connection */
    IMAP_ERROR_INSECURE, /* bytes behind the STARTTLS answer, PREAUTH where TLS is required; close the
                            connection */
    IMAP_ERROR_ARGUMENT, /* a command was refused before it left: CR, LF, NUL or an impossible value in it */
    IMAP_ERROR_STATE,    /* a command that is not legal now, or a secret over a link that is not protected */
    IMAP_ERROR_SOURCE,   /* the bytes of a literal could not be read; close the connection */
} ImapError;

#define IMAP_ERROR (imap_error_quark())
GQuark imap_error_quark(void);

#endif
