/* What can go wrong on a link, as codes that the engine decides by.
 *
 * Every error that leaves this room is in this domain (cancelling is G_IO_ERROR_CANCELLED); its message is
 * translated and meant for the person. Words of a peer (a certificate's names, a proxy's answer) may stand in
 * it: they are UTF-8 but not terminal-safe.
 */
#ifndef MALLE_NET_ERROR_H
#define MALLE_NET_ERROR_H

#include <glib.h>

#define NET_ERROR (net_error_quark())
GQuark net_error_quark(void);

typedef enum {
    NET_ERROR_NO_SUCH_HOST, /* the name has no address */
    NET_ERROR_RESOLVE,     /* no resolver answers, or with a failure of its own */
    NET_ERROR_REFUSED,     /* the host is there and nobody listens on the port */
    NET_ERROR_UNREACHABLE, /* no way to the host: no network, no route */
    NET_ERROR_CONNECT,     /* anything else, on every address */
    NET_ERROR_PROXY,       /* the proxy could not be reached, or refused */
    NET_ERROR_PROXY_ADDRESS, /* what the account says of its proxy makes no sense */
    NET_ERROR_TIMED_OUT,   /* a deadline passed; the message says in which phase */
    NET_ERROR_IO,          /* the established link broke (reset, unreachable) */
    NET_ERROR_TRUNCATED,   /* TLS ended without close_notify: what came last may be cut */
    NET_ERROR_INJECTED,    /* bytes came in clear after the answer to STARTTLS: somebody may be tampering */
    NET_ERROR_TLS,         /* handshake or record failure that is none of the next three */
    NET_ERROR_NO_TLS,      /* the port speaks something, and in clear */
    NET_ERROR_WEB_SERVER,  /* the answer to the handshake was HTTP: a captive portal, or the wrong port */
    NET_ERROR_OLD_TLS,     /* nothing newer than TLS 1.1 */
    NET_ERROR_CERTIFICATE, /* the certificate is not trusted; stream_certificate() or NetConnected shows it,
                              it may be pinned */
    NET_ERROR_PIN_CHANGED, /* a pin exists and the server shows another certificate: never offer to go on
                              silently */
    NET_ERROR_CA_FILE,     /* the account's ca-file cannot be read */
    NET_ERROR_CLIENT_CERTIFICATE, /* the account's client certificate or its key cannot be read */
    NET_ERROR_COMPRESSION,        /* garbage where deflate data should be */
    NET_ERROR_MISUSE, /* a caller asked for what the stream's state forbids (bytes queued before TLS, TLS
                         twice) */
} NetError;

/* TRUE for what may pass by itself (retry with backoff), a name without an address among it: a network that has not come up yet, and a
 * captive portal, answer so. FALSE for what a person has to decide or repair. */
gboolean net_error_is_transient(const GError *error);

#endif
