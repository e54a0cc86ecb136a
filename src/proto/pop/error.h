/* What can go wrong in the POP3 protocol. Messages are translated and may be shown. */
#ifndef MALLE_PROTO_POP_ERROR_H
#define MALLE_PROTO_POP_ERROR_H

#include <glib.h>

typedef enum {
    POP_ERROR_PROTOCOL, /* what arrived is not POP3; close the connection */
    POP_ERROR_LIMIT,    /* a line or a list longer than can be right; close the connection */
    POP_ERROR_INSECURE, /* bytes behind the answer to STLS, or a secret over a link in clear */
    POP_ERROR_ARGUMENT, /* a value that cannot be written; nothing left */
    POP_ERROR_STATE,    /* not possible now */
} PopError;

#define POP_ERROR (pop_error_quark())
GQuark pop_error_quark(void);

#endif
