/* A real TLS server in a thread of the test, with certificates made on the spot: everything that may be wrong
 * with a server, on request.
 */
#ifndef MALLE_TESTS_TLS_SERVER_H
#define MALLE_TESTS_TLS_SERVER_H

#include <glib.h>
#include <openssl/ssl.h>

typedef struct {
    X509 *certificate;
    EVP_PKEY *key;
} Identity;

#define DAY (24 * 60 * 60)

/* ISSUER NULL: self-signed. NAMES: as in openssl's subjectAltName ("DNS:a,IP:1.2.3.4"), or NULL for none. The
 * validity is in seconds from now. */
Identity *identity_new(const Identity *issuer, gboolean authority, const char *common_name, const char *names,
                       long from, long to);
void identity_free(Identity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Identity, identity_free)
/* SHA-256 of the certificate as OpenSSL's command line prints it: upper case with colons. */
char *identity_fingerprint(const Identity *identity);
void identity_save(const Identity *identity, const char *path, gboolean with_key);

typedef enum {
    SERVE_TLS,      /* TLS at once, then a greeting */
    SERVE_STARTTLS, /* a greeting; "STARTTLS" → "OK", TLS */
    SERVE_CLEAR,    /* speaks no TLS at all */
    SERVE_SILENT,   /* takes the connection and says nothing, ever */
} ServeHow;

typedef struct {
    const Identity *identity;
    ServeHow how;
    int max_version;             /* 0: OpenSSL's newest */
    const char *injected;        /* sent in clear behind the OK to STARTTLS */
    const Identity *client_root; /* asks for a client certificate issued by this one */
} ServerOptions;

/* What it does behind TLS, a line at a time: "quit" closes in good order, "cut" closes TCP without
 * close_notify, "binding" answers its own channel binding ("tls-exporter", hex), "client" the client
 * certificate's subject, anything else is echoed. */
typedef struct TlsServer TlsServer;
TlsServer *tls_server_start(const ServerOptions *options);
guint16 tls_server_port(TlsServer *server);
/* Connections that were accepted so far. */
guint tls_server_accepted(TlsServer *server);
void tls_server_stop(TlsServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TlsServer, tls_server_stop)

#endif
