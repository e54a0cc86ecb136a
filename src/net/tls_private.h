/* Inside net: what the three files of TLS share. */
#ifndef MALLE_NET_TLS_PRIVATE_H
#define MALLE_NET_TLS_PRIVATE_H

#include <openssl/ssl.h>

#include "net/error.h"
#include "net/tls.h"

/* The SSL_CTX for these options' files; new reference. */
SSL_CTX *tls_context_get(TlsContext *context, const TlsOptions *options, GError **error);
/* Which sessions may be resumed by whom; newly allocated. */
char *tls_session_key(const TlsOptions *options);
/* New reference, or NULL. A TLS 1.3 ticket is given once (RFC 8446 §C.4). */
SSL_SESSION *tls_context_take_session(TlsContext *context, const char *key);
/* Takes the reference. */
void tls_context_keep_session(TlsContext *context, const char *key, SSL_SESSION *session);

TlsCertificateInfo *tls_certificate_info_new(X509 *certificate);
/* What OpenSSL's verification (X509_V_…) came to for HOST: sets trouble and problem. */
void tls_certificate_info_judge(TlsCertificateInfo *info, int code, const char *host);
/* The same digest whatever the notation. */
gboolean tls_digest_equal(const char *one, const char *other);
GBytes *tls_channel_binding(SSL *ssl, const char *kind);
/* What "tls-server-end-point" is of this certificate; NULL for none, and where its signature has no hash of its own. */
GBytes *tls_end_point(X509 *leaf);
/* The last of OpenSSL's queued reasons, as text; empties the queue. Newly allocated. */
char *tls_library_words(void);

#endif
