/* Channel binding data for SASL, as the RFCs define each kind: what ties a login to this very TLS connection,
 * so that somebody in the middle with a certificate of his own cannot pass it on. */
#include "config.h"

#include "net/tls_private.h"

#include <openssl/err.h>

/* RFC 9266. The exporter is safe on TLS 1.3 always (on 1.2 only with the extended master secret, and servers
 * differ there). */
static GBytes *exporter(SSL *ssl)
{
    static const char label[] = "EXPORTER-Channel-Binding";
    guint8 data[32];

    if (SSL_version(ssl) < TLS1_3_VERSION ||
        SSL_export_keying_material(ssl, data, sizeof data, label, sizeof label - 1, NULL, 0, 0) != 1)
        return NULL;
    return g_bytes_new(data, sizeof data);
}

/* RFC 5929 §3: the first Finished of the handshake; ours, or the server's when the session was resumed.
 * Broken without the extended master secret (the triple handshake attack), undefined in TLS 1.3. */
static GBytes *unique(SSL *ssl)
{
    guint8 data[EVP_MAX_MD_SIZE];
    gsize length;

    if (SSL_version(ssl) != TLS1_2_VERSION || SSL_get_extms_support(ssl) != 1)
        return NULL;
    length = SSL_session_reused(ssl) ? SSL_get_peer_finished(ssl, data, sizeof data)
                                     : SSL_get_finished(ssl, data, sizeof data);
    return length > 0 && length <= sizeof data ? g_bytes_new(data, length) : NULL;
}

/* RFC 5929 §4.1: the certificate's digest under its own signature's hash, but never under MD5 or SHA-1. */
GBytes *tls_end_point(X509 *leaf)
{
    const EVP_MD *hash;
    guint8 data[EVP_MAX_MD_SIZE];
    guint length = 0;
    int nid = NID_undef;

    if (!leaf || X509_get_signature_info(leaf, &nid, NULL, NULL, NULL) != 1 || nid == NID_undef)
        return NULL; /* Ed25519 and such have no hash of their own: the binding is undefined */
    hash = nid == NID_md5 || nid == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(nid);
    if (!hash || X509_digest(leaf, hash, data, &length) != 1)
        return NULL;
    return g_bytes_new(data, length);
}

GBytes *tls_channel_binding(SSL *ssl, const char *kind)
{
    GBytes *data = NULL;

    if (strcmp(kind, "tls-exporter") == 0)
        data = exporter(ssl);
    else if (strcmp(kind, "tls-unique") == 0)
        data = unique(ssl);
    else if (strcmp(kind, "tls-server-end-point") == 0)
        data = tls_end_point(SSL_get0_peer_certificate(ssl));
    ERR_clear_error();
    return data;
}
