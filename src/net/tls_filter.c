#include "config.h"

#include "net/tls_filter.h"

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/i18n.h"
#include "net/tls_private.h"

struct TlsFilter {
    Filter base;
    TlsOptions *options;
    SSL *ssl;
    BIO *in, *out; /* owned by ssl: ciphertext from and to the wire */
    char *session_key;
    TlsInfo info;
    TlsCertificateInfo *certificate;
    int verify_code; /* of the chain and the name, before any pin */
    gboolean pin_changed;
    gboolean secured;
    gboolean owes_flight; /* in the handshake: something was sent and nothing came since */
    gboolean broken;      /* a fatal error: the session is not fit to be resumed */
    char first[8];        /* what the far end began with: a web server says so */
    gsize first_length;
};

/* --- options ------------------------------------------------------------------------------- */

TlsOptions *tls_options_copy(const TlsOptions *options)
{
    TlsOptions *copy = g_memdup2(options, sizeof *options);

    if (copy->context)
        tls_context_ref(copy->context);
    copy->host = g_strdup(options->host);
    copy->account = g_strdup(options->account);
    copy->ca_file = g_strdup(options->ca_file);
    copy->client_certificate = g_strdup(options->client_certificate);
    copy->client_key = g_strdup(options->client_key);
    copy->pin_sha256 = g_strdup(options->pin_sha256);
    return copy;
}

void tls_options_free(TlsOptions *options)
{
    if (!options)
        return;
    tls_context_unref(options->context);
    g_free((char *)options->host);
    g_free((char *)options->account);
    g_free((char *)options->ca_file);
    g_free((char *)options->client_certificate);
    g_free((char *)options->client_key);
    g_free((char *)options->pin_sha256);
    g_free(options);
}

/* --- trust --------------------------------------------------------------------------------- */

/* OpenSSL's own verification, chain and name, and then the pin's word over it. Everything is decided here,
 * inside the handshake, so that not a byte of the protocol is passed on a link that is not trusted. */
static int verify(X509_STORE_CTX *store, void *unused)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    TlsFilter *self = SSL_get_app_data(ssl);
    gboolean trusted = X509_verify_cert(store) == 1;

    (void)unused;
    self->verify_code = trusted ? X509_V_OK : X509_STORE_CTX_get_error(store);
    tls_certificate_info_free(self->certificate);
    self->certificate = tls_certificate_info_new(X509_STORE_CTX_get0_cert(store));
    tls_certificate_info_judge(self->certificate, self->verify_code, self->options->host);
    if (!self->options->pin_sha256)
        return trusted;
    if (!tls_digest_equal(self->options->pin_sha256, self->certificate->sha256)) {
        self->pin_changed = TRUE;
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
        return 0;
    }
    self->info.pinned = TRUE;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

/* A resumed session shows no certificate: the one it began with stands for it, and must still be good. */
static gboolean check_resumed(TlsFilter *self)
{
    X509 *leaf = SSL_get0_peer_certificate(self->ssl);

    if (!leaf)
        return FALSE;
    self->certificate = tls_certificate_info_new(leaf);
    if (self->options->pin_sha256) {
        self->info.pinned = tls_digest_equal(self->options->pin_sha256, self->certificate->sha256);
        self->pin_changed = !self->info.pinned;
        return self->info.pinned;
    }
    self->verify_code = (int)SSL_get_verify_result(self->ssl);
    if (self->verify_code == X509_V_OK && X509_cmp_current_time(X509_get0_notAfter(leaf)) < 0)
        self->verify_code = X509_V_ERR_CERT_HAS_EXPIRED;
    tls_certificate_info_judge(self->certificate, self->verify_code, self->options->host);
    return self->verify_code == X509_V_OK;
}

static gboolean set_peer_name(TlsFilter *self, GError **error)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(self->ssl);
    g_autofree char *host = g_strdup(self->options->host);
    g_autofree char *ascii = NULL;
    gsize length = strlen(host);

    if (length > 0 && host[length - 1] == '.')
        host[length - 1] = '\0';
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                               X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (g_hostname_is_ip_address(host)) {
        char *zone = strchr(host, '%');

        if (zone) /* of a link-local address; no part of what a certificate says */
            *zone = '\0';
        if (X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1)
            return TRUE;
    } else {
        ascii = g_hostname_to_ascii(host);
        if (ascii && *ascii && X509_VERIFY_PARAM_set1_host(param, ascii, 0) == 1 &&
            SSL_set_tlsext_host_name(self->ssl, ascii) == 1)
            return TRUE;
    }
    ERR_clear_error();
    g_set_error(error, NET_ERROR, NET_ERROR_TLS, _("“%s” is not a host name that TLS can verify."),
                self->options->host);
    return FALSE;
}

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    TlsFilter *self = SSL_get_app_data(ssl);

    tls_context_keep_session(self->options->context, self->session_key, session);
    return 1; /* the reference is ours */
}

/* --- errors -------------------------------------------------------------------------------- */

static gboolean speaks_no_tls(int reason)
{
    return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
           reason == SSL_R_PACKET_LENGTH_TOO_LONG || reason == SSL_R_WRONG_SSL_VERSION;
}

static gboolean is_too_old(int reason)
{
    return reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION ||
           reason == SSL_R_UNSUPPORTED_SSL_VERSION || reason == SSL_R_VERSION_TOO_LOW;
}

static gboolean speaks_http(const TlsFilter *self)
{
    return self->first_length == sizeof self->first && memcmp(self->first, "HTTP/", 5) == 0;
}

static void set_handshake_error(TlsFilter *self, GError **error)
{
    unsigned long code = ERR_peek_last_error();
    int reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
    const char *host = self->options->host;
    g_autofree char *words = tls_library_words();

    if (self->pin_changed)
        g_set_error(error, NET_ERROR, NET_ERROR_PIN_CHANGED,
                    _("The certificate of %s is not the one that was pinned for it (it is %s now). Nothing "
                      "was sent. If its "
                      "operator says that it was renewed, remove the pin and look at the new one."),
                    host, self->certificate->sha256);
    else if (self->certificate && self->certificate->problem)
        g_set_error(error, NET_ERROR, NET_ERROR_CERTIFICATE,
                    _("The certificate of %s is not trusted: %s. Nothing was sent."), host,
                    self->certificate->problem);
    else if (speaks_http(self))
        g_set_error(error, NET_ERROR, NET_ERROR_WEB_SERVER,
                    _("A web server answers in place of %s: a network that wants you to sign in first (open a "
                      "page in a browser), or the wrong port."),
                    host);
    else if (speaks_no_tls(reason) && self->options->agreed)
        g_set_error(error, NET_ERROR, NET_ERROR_TLS,
                    _("%s agreed to begin TLS and then spoke something else: it is broken, or somebody stands in between. Nothing was sent."), host);
    else if (speaks_no_tls(reason))
        g_set_error(error, NET_ERROR, NET_ERROR_NO_TLS,
                    _("%s does not speak TLS on this port (a port for STARTTLS, perhaps)."), host);
    else if (is_too_old(reason))
        g_set_error(error, NET_ERROR, NET_ERROR_OLD_TLS,
                    _("%s offers no TLS 1.2 or later; what it offers is not safe any more."), host);
    else
        g_set_error(error, NET_ERROR, NET_ERROR_TLS, _("TLS with %s could not be set up: %s"), host, words);
}

/* --- the filter ---------------------------------------------------------------------------- */

static void tls_feed(Filter *filter, const guint8 *bytes, gsize length)
{
    TlsFilter *self = (TlsFilter *)filter;

    if (!self->secured && self->owes_flight) {
        self->info.flights++;
        self->owes_flight = FALSE;
    }
    if (self->first_length < sizeof self->first) {
        gsize count = MIN(length, sizeof self->first - self->first_length);

        memcpy(self->first + self->first_length, bytes, count);
        self->first_length += count;
    }
    BIO_write(self->in, bytes, (int)length);
}

static gssize handshake(TlsFilter *self, GError **error)
{
    int result;

    ERR_clear_error();
    result = SSL_do_handshake(self->ssl);
    if (result != 1 && SSL_get_error(self->ssl, result) == SSL_ERROR_WANT_READ)
        return LAYER_AGAIN;
    if (result != 1 || (SSL_session_reused(self->ssl) && !check_resumed(self))) {
        self->broken = TRUE;
        set_handshake_error(self, error);
        return LAYER_ERROR;
    }
    self->secured = TRUE;
    self->info.version = SSL_get_version(self->ssl);
    self->info.cipher = SSL_get_cipher_name(self->ssl);
    self->info.resumed = SSL_session_reused(self->ssl);
    return LAYER_AGAIN;
}

static gssize tls_pull(Filter *filter, guint8 *bytes, gsize size, GError **error)
{
    TlsFilter *self = (TlsFilter *)filter;
    gsize count = 0;
    int result;

    if (!self->secured)
        return handshake(self, error);
    ERR_clear_error();
    if (SSL_read_ex(self->ssl, bytes, size, &count) == 1)
        return (gssize)count;
    result = SSL_get_error(self->ssl, 0);
    if (result == SSL_ERROR_WANT_READ)
        return LAYER_AGAIN;
    if (result == SSL_ERROR_ZERO_RETURN)
        return LAYER_END;
    self->broken = TRUE;
    g_autofree char *words = tls_library_words();
    g_set_error(error, NET_ERROR, NET_ERROR_TLS, _("The encrypted connection to %s failed: %s"),
                self->options->host, words);
    return LAYER_ERROR;
}

static void tls_emit(Filter *filter, GByteArray *down)
{
    TlsFilter *self = (TlsFilter *)filter;
    char *data = NULL;
    long length = BIO_get_mem_data(self->out, &data);

    if (length <= 0)
        return;
    if (!self->secured)
        self->owes_flight = TRUE;
    g_byte_array_append(down, (const guint8 *)data, (guint)length);
    (void)BIO_reset(self->out);
}

static gboolean tls_push(Filter *filter, const guint8 *bytes, gsize length, gboolean last, GByteArray *down,
                         GError **error)
{
    TlsFilter *self = (TlsFilter *)filter;
    gsize done = 0;

    (void)last;
    ERR_clear_error();
    /* Onto a memory BIO a write is whole, or it failed for good. */
    if (SSL_write_ex(self->ssl, bytes, length, &done) == 1 && done == length) {
        tls_emit(filter, down);
        return TRUE;
    }
    self->broken = TRUE;
    g_autofree char *words = tls_library_words();
    g_set_error(error, NET_ERROR, NET_ERROR_TLS, _("The encrypted connection to %s failed: %s"),
                self->options->host, words);
    return FALSE;
}

static gboolean tls_ended_below(Filter *filter, GError **error)
{
    TlsFilter *self = (TlsFilter *)filter;

    if (SSL_get_shutdown(self->ssl) & SSL_RECEIVED_SHUTDOWN)
        return TRUE;
    if (!self->secured)
        g_set_error(error, NET_ERROR, NET_ERROR_TRUNCATED,
                    _("%s closed the connection during the TLS handshake."), self->options->host);
    else
        /* Anybody on the way can end TCP; only the server can end TLS. */
        g_set_error(error, NET_ERROR, NET_ERROR_TRUNCATED,
                    _("The connection to %s was cut off; what came last may be incomplete."),
                    self->options->host);
    return FALSE;
}

static void tls_finish(Filter *filter, GByteArray *down)
{
    TlsFilter *self = (TlsFilter *)filter;

    if (self->secured && !self->broken) {
        SSL_shutdown(self->ssl);
        ERR_clear_error();
    }
    tls_emit(filter, down);
}

static void tls_free(Filter *filter)
{
    TlsFilter *self = (TlsFilter *)filter;

    if (self->ssl) {
        /* OpenSSL takes a link that just broke for a reason to spoil its session; a lost Wi-Fi is none. */
        if (self->secured && !self->broken)
            SSL_set_shutdown(self->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_free(self->ssl);
    }
    tls_options_free(self->options);
    tls_certificate_info_free(self->certificate);
    g_free(self->session_key);
    g_free(self);
}

static const FilterClass tls_class = {
    .feed = tls_feed,
    .pull = tls_pull,
    .push = tls_push,
    .emit = tls_emit,
    .ended_below = tls_ended_below,
    .finish = tls_finish,
    .free = tls_free,
};

static void offer_session(TlsFilter *self)
{
    SSL_SESSION *session = tls_context_take_session(self->options->context, self->session_key);

    if (!session)
        return;
    SSL_set_session(self->ssl, session);
    SSL_SESSION_free(session);
}

TlsFilter *tls_filter_new(const TlsOptions *options, GError **error)
{
    SSL_CTX *context = tls_context_get(options->context, options, error);
    TlsFilter *self;

    if (!context)
        return NULL;
    self = g_new0(TlsFilter, 1);
    self->base.class = &tls_class;
    self->options = tls_options_copy(options);
    self->session_key = tls_session_key(options);
    self->verify_code = X509_V_OK;
    SSL_CTX_set_cert_verify_callback(context, verify, NULL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
    self->ssl = SSL_new(context);
    SSL_CTX_free(context); /* the SSL holds it */
    self->in = BIO_new(BIO_s_mem());
    self->out = BIO_new(BIO_s_mem());
    if (!self->ssl || !self->in || !self->out)
        g_error("OpenSSL: out of memory"); /* as g_malloc() would say */
    BIO_set_mem_eof_return(self->in, -1);  /* empty means later, not the end */
    SSL_set_bio(self->ssl, self->in, self->out);
    SSL_set_app_data(self->ssl, self);
    SSL_set_verify(self->ssl, SSL_VERIFY_PEER, NULL);
    SSL_set_connect_state(self->ssl);
    if (!set_peer_name(self, error)) {
        tls_free(&self->base);
        return NULL;
    }
    offer_session(self);
    return self;
}

Filter *tls_filter_base(TlsFilter *filter)
{
    return &filter->base;
}

gboolean tls_filter_is_secured(const TlsFilter *filter)
{
    return filter->secured;
}

const TlsInfo *tls_filter_info(const TlsFilter *filter)
{
    return &filter->info;
}

const TlsCertificateInfo *tls_filter_certificate(const TlsFilter *filter)
{
    return filter->certificate;
}

GBytes *tls_filter_channel_binding(TlsFilter *filter, const char *kind)
{
    return tls_channel_binding(filter->ssl, kind);
}
