#include "config.h"

#include "net/tls_private.h"

#include <glib/gstdio.h>
#include <openssl/err.h>
#include <string.h>

#include "base/i18n.h"

/* A connection or two per account resume at once, and servers send two tickets for each. */
#define SESSIONS_PER_KEY 4
#define KEYS_MAX 256

struct TlsContext {
    int references;
    GHashTable *contexts; /* files and their times → SSL_CTX */
    GHashTable *sessions; /* key → GQueue of SSL_SESSION, newest first */
};

static void session_queue_free(gpointer data)
{
    g_queue_free_full(data, (GDestroyNotify)SSL_SESSION_free);
}

TlsContext *tls_context_new(void)
{
    TlsContext *context = g_new0(TlsContext, 1);

    context->references = 1;
    context->contexts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)SSL_CTX_free);
    context->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, session_queue_free);
    return context;
}

TlsContext *tls_context_ref(TlsContext *context)
{
    context->references++;
    return context;
}

void tls_context_unref(TlsContext *context)
{
    if (!context || --context->references > 0)
        return;
    g_hash_table_unref(context->contexts);
    g_hash_table_unref(context->sessions);
    g_free(context);
}

/* --- sessions ------------------------------------------------------------------------------ */

/* The account comes first, so that forgetting it is a prefix. The pin and the roots are part of the key: a
 * session that was verified under other rules must not smuggle its verdict in. */
char *tls_session_key(const TlsOptions *options)
{
    return g_strdup_printf("%s\n%s\n%u\n%s\n%s\n%s", options->account ? options->account : "", options->host,
                           options->port, options->pin_sha256 ? options->pin_sha256 : "",
                           options->ca_file ? options->ca_file : "",
                           options->client_certificate ? options->client_certificate : "");
}

SSL_SESSION *tls_context_take_session(TlsContext *context, const char *key)
{
    GQueue *queue = g_hash_table_lookup(context->sessions, key);
    SSL_SESSION *session;

    while (queue && (session = g_queue_pop_head(queue))) {
        gint64 expires = (gint64)SSL_SESSION_get_time(session) + SSL_SESSION_get_timeout(session);

        if (expires <= g_get_real_time() / G_USEC_PER_SEC || !SSL_SESSION_is_resumable(session)) {
            SSL_SESSION_free(session);
            continue;
        }
        if (SSL_SESSION_get_protocol_version(session) < TLS1_3_VERSION) {
            SSL_SESSION_up_ref(session);
            g_queue_push_tail(queue, session);
        }
        return session;
    }
    return NULL;
}

void tls_context_keep_session(TlsContext *context, const char *key, SSL_SESSION *session)
{
    GQueue *queue = g_hash_table_lookup(context->sessions, key);

    if (!queue) {
        if (g_hash_table_size(context->sessions) >= KEYS_MAX)
            g_hash_table_remove_all(
                context->sessions); /* no one has so many accounts; resuming is only a saving */
        queue = g_queue_new();
        g_hash_table_insert(context->sessions, g_strdup(key), queue);
    }
    g_queue_push_head(queue, session);
    while (g_queue_get_length(queue) > SESSIONS_PER_KEY)
        SSL_SESSION_free(g_queue_pop_tail(queue));
}

guint tls_context_session_count(TlsContext *context)
{
    GHashTableIter iter;
    gpointer queue;
    guint count = 0;

    g_hash_table_iter_init(&iter, context->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &queue))
        count += g_queue_get_length(queue);
    return count;
}

static gboolean is_of_account(gpointer key, gpointer value, gpointer user_data)
{
    (void)value;
    return g_str_has_prefix(key, user_data);
}

void tls_context_forget(TlsContext *context, const char *account)
{
    g_autofree char *prefix = g_strconcat(account ? account : "", "\n", NULL);

    g_hash_table_foreach_remove(context->sessions, is_of_account, prefix);
}

/* --- trust --------------------------------------------------------------------------------- */

/* Files are read again when they change: people renew certificates while the program runs. */
static void append_file_key(GString *key, const char *path)
{
    GStatBuf info;

    if (path && g_stat(path, &info) == 0)
        g_string_append_printf(key, "%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n", path,
                               (gint64)info.st_mtime, (gint64)info.st_ino);
    else
        g_string_append_printf(key, "%s\n", path ? path : "");
}

static gboolean load_client_certificate(SSL_CTX *ssl, const TlsOptions *options, GError **error)
{
    const char *key = options->client_key ? options->client_key : options->client_certificate;
    GStatBuf info;

    /* As with a password in the accounts file: what others can read is no secret. */
    if (g_stat(key, &info) == 0 && (info.st_mode & 077) != 0) {
        g_set_error(error, NET_ERROR, NET_ERROR_CLIENT_CERTIFICATE,
                    _("Others can read the key in “%s”, so it is not used; run: chmod 600 %s"), key, key);
        return FALSE;
    }
    if (SSL_CTX_use_certificate_chain_file(ssl, options->client_certificate) == 1 &&
        SSL_CTX_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) == 1 && SSL_CTX_check_private_key(ssl) == 1)
        return TRUE;
    g_autofree char *words = tls_library_words();
    g_set_error(error, NET_ERROR, NET_ERROR_CLIENT_CERTIFICATE,
                _("The client certificate “%s” or its key “%s” cannot be used: %s"),
                options->client_certificate, key, words);
    return FALSE;
}

/* "1a2b3c4d.0": a root under the hash of its name, as OpenSSL looks it up. */
static gboolean is_hash_link(const char *name)
{
    return strlen(name) == 10 && strspn(name, "0123456789abcdef") == 8 && name[8] == '.' &&
           g_ascii_isdigit(name[9]);
}

static gboolean has_hash_links(const char *directory)
{
    g_autoptr(GDir) entries = g_dir_open(directory, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)))
        if (is_hash_link(name))
            return TRUE;
    return FALSE;
}

/* OpenSSL's default would read the bundle of all roots first: 30 ms and 3 MB before the first byte is sent,
 * for the one root that is needed. Where the system keeps them by hash as well, they are looked up there. Who
 * names a file in the environment gets that file. */
static void trust_system(SSL_CTX *ssl)
{
    const char *directory = g_getenv(X509_get_default_cert_dir_env());

    if (!g_getenv(X509_get_default_cert_file_env()) &&
        has_hash_links(directory ? directory : X509_get_default_cert_dir()))
        SSL_CTX_set_default_verify_dir(ssl);
    else
        SSL_CTX_set_default_verify_paths(ssl);
}

/* Never asks for a passphrase on the terminal, which is not ours. */
static int no_passphrase(char *buffer, int size, int writing, void *user_data)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)user_data;
    return 0;
}

static SSL_CTX *build(const TlsOptions *options, GError **error)
{
    SSL_CTX *ssl = SSL_CTX_new(TLS_client_method());

    if (!ssl)
        g_error("OpenSSL: out of memory"); /* as g_malloc() would say */
    SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
    SSL_CTX_set_options(ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_default_passwd_cb(ssl, no_passphrase);
    /* What is in the store is trusted for itself, whoever issued it: a ca-file may hold a server's own
     * certificate. */
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ssl), X509_V_FLAG_PARTIAL_CHAIN);
    trust_system(ssl);
    if (options->ca_file && SSL_CTX_load_verify_file(ssl, options->ca_file) != 1) {
        g_autofree char *words = tls_library_words();

        g_set_error(error, NET_ERROR, NET_ERROR_CA_FILE,
                    _("The file of trusted authorities “%s” cannot be read: %s"), options->ca_file, words);
        SSL_CTX_free(ssl);
        return NULL;
    }
    if (options->client_certificate && !load_client_certificate(ssl, options, error)) {
        SSL_CTX_free(ssl);
        return NULL;
    }
    ERR_clear_error(); /* a system without a trust store is no error here: nothing will verify, and that is
                          said then */
    return ssl;
}

SSL_CTX *tls_context_get(TlsContext *context, const TlsOptions *options, GError **error)
{
    g_autoptr(GString) key = g_string_new(NULL);
    SSL_CTX *ssl;

    append_file_key(key, options->ca_file);
    append_file_key(key, options->client_certificate);
    append_file_key(key, options->client_key);
    ssl = g_hash_table_lookup(context->contexts, key->str);
    if (!ssl) {
        ssl = build(options, error);
        if (!ssl)
            return NULL;
        g_hash_table_insert(context->contexts, g_strdup(key->str), ssl);
    }
    SSL_CTX_up_ref(ssl);
    return ssl;
}
