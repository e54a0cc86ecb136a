#include "config.h"

#include "tls-server.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- certificates -------------------------------------------------------------------------- */

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    g_assert_nonnull(extension);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Identity *identity_new(const Identity *issuer, gboolean authority, const char *common_name, const char *names,
                       long from, long to)
{
    Identity *self = g_new0(Identity, 1);
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);

    self->key = EVP_EC_gen("P-256");
    self->certificate = certificate;
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), g_random_int() | 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from);
    X509_gmtime_adj(X509_getm_notAfter(certificate), to);
    X509_set_pubkey(certificate, self->key);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const guchar *)common_name, -1, -1, 0);
    X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer->certificate) : name);
    add_extension(certificate, issuer ? issuer->certificate : certificate, NID_basic_constraints,
                  authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(certificate, issuer ? issuer->certificate : certificate, NID_subject_key_identifier,
                  "hash");
    if (names)
        add_extension(certificate, issuer ? issuer->certificate : certificate, NID_subject_alt_name, names);
    g_assert_cmpint(X509_sign(certificate, issuer ? issuer->key : self->key, EVP_sha256()), >, 0);
    return self;
}

void identity_free(Identity *self)
{
    X509_free(self->certificate);
    EVP_PKEY_free(self->key);
    g_free(self);
}

char *identity_fingerprint(const Identity *self)
{
    guint8 digest[32];
    GString *text = g_string_new(NULL);

    X509_digest(self->certificate, EVP_sha256(), digest, NULL);
    for (int i = 0; i < 32; i++)
        g_string_append_printf(text, "%s%02X", i ? ":" : "", digest[i]);
    return g_string_free(text, FALSE);
}

void identity_save(const Identity *self, const char *path, gboolean with_key)
{
    BIO *file = BIO_new_file(path, "w");

    g_assert_nonnull(file);
    PEM_write_bio_X509(file, self->certificate);
    if (with_key)
        PEM_write_bio_PrivateKey(file, self->key, NULL, NULL, 0, NULL, NULL);
    BIO_free(file);
    g_chmod(path, with_key ? 0600 : 0644);
}

/* --- the server ------------------------------------------------------------------------------ */

struct TlsServer {
    ServerOptions options;
    SSL_CTX *context;
    int listener;
    guint16 port;
    gint accepted; /* atomic */
    int current;   /* the connection being served, or -1; atomic */
    gint stopping; /* atomic */
    GThread *thread;
};

static void send_text(int descriptor, const char *text)
{
    g_assert_cmpint(send(descriptor, text, strlen(text), MSG_NOSIGNAL), ==, (gssize)strlen(text));
}

static gboolean read_line(int descriptor, char *line, gsize size)
{
    gsize length = 0;

    while (length + 1 < size && recv(descriptor, line + length, 1, 0) == 1)
        if (line[length++] == '\n') {
            line[length] = '\0';
            return TRUE;
        }
    return FALSE;
}

static void say(SSL *ssl, const char *text)
{
    SSL_write(ssl, text, (int)strlen(text));
}

static void say_binding(SSL *ssl)
{
    guint8 data[32];
    g_autoptr(GString) text = g_string_new("binding ");

    SSL_export_keying_material(ssl, data, sizeof data, "EXPORTER-Channel-Binding", 24, NULL, 0, 0);
    for (int i = 0; i < 32; i++)
        g_string_append_printf(text, "%02x", data[i]);
    g_string_append(text, "\r\n");
    say(ssl, text->str);
}

static void say_client(SSL *ssl)
{
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    char name[200] = "nobody";
    g_autofree char *text = NULL;

    if (certificate)
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    text = g_strdup_printf("client %s\r\n", name);
    say(ssl, text);
}

/* Lines until one of them ends it. */
static void converse(SSL *ssl)
{
    char line[1024];
    int length;

    say(ssl, "* OK ready\r\n");
    while ((length = SSL_read(ssl, line, sizeof line - 1)) > 0) {
        line[length] = '\0';
        if (strcmp(line, "quit\r\n") == 0) {
            SSL_shutdown(ssl);
            return;
        }
        if (strcmp(line, "cut\r\n") == 0)
            return;
        if (strcmp(line, "binding\r\n") == 0)
            say_binding(ssl);
        else if (strcmp(line, "client\r\n") == 0)
            say_client(ssl);
        else
            SSL_write(ssl, line, length);
    }
}

static void wait_for_end(int descriptor)
{
    char bytes[256];

    while (recv(descriptor, bytes, sizeof bytes, 0) > 0)
        continue;
}

static void serve(TlsServer *self, int descriptor)
{
    const ServerOptions *options = &self->options;
    char line[200];
    SSL *ssl;

    if (options->how == SERVE_SILENT) {
        wait_for_end(descriptor);
        return;
    }
    if (options->how != SERVE_TLS) {
        send_text(descriptor, "* OK in clear\r\n");
        if (options->how == SERVE_CLEAR) {
            wait_for_end(descriptor);
            return;
        }
        if (!read_line(descriptor, line, sizeof line))
            return;
        g_assert_cmpstr(line, ==, "STARTTLS\r\n");
        send_text(descriptor, "OK\r\n");
        if (options->injected)
            send_text(descriptor, options->injected);
    }
    ssl = SSL_new(self->context);
    SSL_set_fd(ssl, descriptor);
    if (SSL_accept(ssl) == 1)
        converse(ssl);
    ERR_clear_error();
    SSL_free(ssl);
}

static gpointer run(gpointer user_data)
{
    TlsServer *self = user_data;
    int descriptor;

    while ((descriptor = accept4(self->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        g_atomic_int_inc(&self->accepted);
        g_atomic_int_set(&self->current, descriptor);
        if (!g_atomic_int_get(&self->stopping))
            serve(self, descriptor);
        g_atomic_int_set(&self->current, -1);
        close(descriptor);
    }
    return NULL;
}

static SSL_CTX *server_context(const ServerOptions *options)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    SSL_CTX_set_session_id_context(context, (const guchar *)"test", 4);
    if (options->max_version) {
        /* Debian forbids what is under test. */
        g_assert_cmpint(SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0"), ==, 1);
        SSL_CTX_set_min_proto_version(context, 0);
        SSL_CTX_set_max_proto_version(context, options->max_version);
    }
    if (options->identity) {
        SSL_CTX_use_certificate(context, options->identity->certificate);
        SSL_CTX_use_PrivateKey(context, options->identity->key);
    }
    if (options->client_root) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), options->client_root->certificate);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    return context;
}

TlsServer *tls_server_start(const ServerOptions *options)
{
    TlsServer *self = g_new0(TlsServer, 1);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;

    self->options = *options;
    self->context = server_context(options);
    self->current = -1;
    self->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(self->listener, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(listen(self->listener, 16), ==, 0);
    g_assert_cmpint(getsockname(self->listener, (struct sockaddr *)&address, &length), ==, 0);
    self->port = ntohs(address.sin_port);
    self->thread = g_thread_new("tls server", run, self);
    return self;
}

guint16 tls_server_port(TlsServer *self)
{
    return self->port;
}

guint tls_server_accepted(TlsServer *self)
{
    return (guint)g_atomic_int_get(&self->accepted);
}

void tls_server_stop(TlsServer *self)
{
    int current;

    g_atomic_int_set(&self->stopping, 1);
    shutdown(self->listener, SHUT_RDWR); /* accept() returns */
    current = g_atomic_int_get(&self->current);
    if (current >= 0)
        shutdown(current, SHUT_RDWR); /* and so does whatever it waits for */
    g_thread_join(self->thread);
    close(self->listener);
    SSL_CTX_free(self->context);
    g_free(self);
}
