/* From a host name to a Stream: addresses (IPv6 and IPv4 raced, RFC 8305), proxy, TCP, and TLS when it comes
 * first.
 *
 * Everything runs on the GMainContext passed in. Each phase has its own deadline and its own words.
 */
#ifndef MALLE_NET_CONNECT_H
#define MALLE_NET_CONNECT_H

#include <gio/gio.h>

#include "net/stream.h"
#include "net/tls.h"

#define NET_DEFAULT_RESOLVE_MS 15000
#define NET_DEFAULT_CONNECT_MS 30000
#define NET_DEFAULT_TLS_MS 20000
#define NET_DEFAULT_GREETING_MS 30000

typedef enum {
    NET_SECURITY_TLS,      /* TLS before the first byte */
    NET_SECURITY_STARTTLS, /* in clear now; the protocol calls stream_start_tls() and never falls back */
    NET_SECURITY_NONE,     /* in clear for good: only where the account says "+insecure" */
} NetSecurity;

/* Copied by net_connect_async(). */
typedef struct {
    const char *host; /* a name (UTF-8 or A-labels) or an IP address without brackets */
    guint16 port;
    NetSecurity security;
    const char *proxy; /* "socks5://host:port", "socks4a://…", "http://[user:password@]host:port", "direct://"
                          for none; NULL: what the system says (GProxyResolver) */
    TlsOptions tls;    /* host and port are filled from the above when NULL and 0; context is required unless
                          NET_SECURITY_NONE */
    guint resolve_ms;  /* 0 in these three: the defaults above */
    guint connect_ms;  /* for all addresses together, and again for the proxy's work */
    guint greeting_ms; /* arms stream_expect_within() on the new stream */
    StreamTap tap;     /* watches from the first byte; or NULL */
    gpointer tap_data;
    GDestroyNotify tap_free;
} NetTarget;

typedef enum {
    NET_PHASE_RESOLVING,
    NET_PHASE_CONNECTING,
    NET_PHASE_PROXY,
    NET_PHASE_TLS,
    NET_PHASE_CONNECTED
} NetPhase;

/* Called once, by dispatching the context. Success: STREAM is the caller's, without handlers yet, with TLS
 * done if asked for; ERROR is NULL. Failure: STREAM is NULL; CERTIFICATE is what the server showed, if it
 * came so far (for NET_ERROR_CERTIFICATE and NET_ERROR_PIN_CHANGED always), owned by the caller of this
 * function, valid during the call. Cancelled: G_IO_ERROR_CANCELLED. */
typedef void (*NetConnected)(Stream *stream, const TlsCertificateInfo *certificate, const GError *error,
                             gpointer user_data);
/* For progress ("resolving", …); may be NULL. */
typedef void (*NetProgress)(NetPhase phase, gpointer user_data);

/* CANCELLABLE may be NULL; cancelling is answered from the loop. */
void net_connect_async(GMainContext *context, const NetTarget *target, GCancellable *cancellable,
                       NetProgress progress, NetConnected connected, gpointer user_data);

/* A stream over a socket that is already connected (a tunnel command's socket pair, an accepted peer in a
 * test). Takes the descriptor; when it is no socket (NULL and ERROR) it stays the caller's. */
Stream *net_stream_from_descriptor(GMainContext *context, int descriptor, GError **error);

/* Where a domain says that its service is (RFC 6186, RFC 8314: "imaps", "imap", "submissions", "pop3s"), best
 * first. HOSTS: of NetServiceHost*, empty when there is none (also for the "." that says "not offered").
 * Owned by the caller of the callback. */
typedef struct {
    char *host;
    guint16 port;
} NetServiceHost;
typedef void (*NetServiceFound)(GPtrArray *hosts, const GError *error, gpointer user_data);
void net_lookup_service_async(GMainContext *context, const char *service, const char *domain,
                              GCancellable *cancellable, NetServiceFound found, gpointer user_data);

#endif
