/* TLS: what it is asked to trust, what it remembers, what it says about a certificate.
 *
 * TLS 1.2 or later; the whole chain and the host name are verified before a byte of the protocol is passed in
 * either direction; only subjectAltName counts, never the CN (RFC 9525); IP addresses match iPAddress SANs
 * only and send no SNI (RFC 6066 §3). No compression, no renegotiation. Strings about certificates are UTF-8
 * and NOT terminal-safe. Everything here belongs to the engine thread.
 */
#ifndef MALLE_NET_TLS_H
#define MALLE_NET_TLS_H

#include <glib.h>

/* Trust stores, loaded once, and the sessions that can be resumed: made once per engine and passed to every
 * connection, which holds a reference. Kept in memory only. */
typedef struct TlsContext TlsContext;
TlsContext *tls_context_new(void);
TlsContext *tls_context_ref(TlsContext *context);
void tls_context_unref(TlsContext *context);
/* How many resumable sessions are kept (for tests and doctor). */
guint tls_context_session_count(TlsContext *context);
/* Forget the sessions of an account (its password or certificate settings changed). */
void tls_context_forget(TlsContext *context, const char *account);

/* All strings are copied by whoever takes the options; any may be NULL unless said. */
typedef struct {
    TlsContext *context; /* required */
    const char *host;    /* verified, and sent as SNI when it is a name; UTF-8 or A-labels. Required
                            (net_connect_async() fills it from its target) */
    guint16 port;        /* part of the session's key */
    const char *account; /* part of the session's key: accounts never share sessions */
    const char *ca_file; /* PEM: more roots, beside the system's */
    const char *client_certificate; /* PEM: certificate chain, and the key unless client_key names it */
    const char *client_key;         /* PEM, unencrypted */
    /* Hex digits of SHA-256 over the leaf's DER, colons and case ignored: exactly this certificate is
     * trusted, whatever its issuer, names or dates, and no other. */
    const char *pin_sha256;
    gboolean agreed;    /* set by stream_start_tls(): the far end has said that TLS begins */
    guint handshake_ms; /* deadline for the handshake; 0: NET_DEFAULT_TLS_MS of connect.h */
} TlsOptions;

typedef enum {
    TLS_TROUBLE_NONE,
    TLS_TROUBLE_WRONG_NAME,
    TLS_TROUBLE_EXPIRED,
    TLS_TROUBLE_NOT_YET_VALID,
    TLS_TROUBLE_SELF_SIGNED,
    TLS_TROUBLE_UNKNOWN_ISSUER,
    TLS_TROUBLE_REVOKED,
    TLS_TROUBLE_OTHER,
} TlsTrouble;

typedef struct {
    char *subject;     /* RFC 2253 */
    char *issuer;      /* RFC 2253 */
    GPtrArray *names;  /* of char*: subjectAltName entries, "DNS:…" or "IP:…", at most 100; never NULL */
    gint64 not_before; /* Unix seconds */
    gint64 not_after;  /* Unix seconds */
    char *sha256;      /* 64 lower-case hex digits, what pin_sha256 takes */
    TlsTrouble trouble; /* why it is not trusted */
    char *problem;     /* the same in words (translated), or NULL when it is trusted */
} TlsCertificateInfo;

TlsCertificateInfo *tls_certificate_info_copy(const TlsCertificateInfo *info);
void tls_certificate_info_free(TlsCertificateInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TlsCertificateInfo, tls_certificate_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TlsContext, tls_context_unref)

/* What was agreed. Static or owned by the stream, valid until it is freed. */
typedef struct {
    const char *version; /* "TLSv1.3" */
    const char *cipher;  /* "TLS_AES_256_GCM_SHA384" */
    gboolean resumed;
    gboolean pinned; /* trusted because of pin_sha256 */
    guint flights;   /* round trips the handshake took */
} TlsInfo;

#endif
