/* TLS against a real server: who is trusted, who is not, and what happens then. */
#include "config.h"

#include "net/tls.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"
#include "net/connect.h"
#include "net/tls_private.h"
#include "stream-log.h"
#include "tls-server.h"

/* Made once: keys take time. */
typedef struct {
    char *directory;
    char *ca_file;
    Identity *root, *other_root;
    Identity *good;
} World;

typedef struct {
    const World *world;
    GMainContext *context;
    TlsContext *tls;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    f->world = data;
    f->context = g_main_context_new();
    f->tls = tls_context_new();
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    tls_context_unref(f->tls);
    g_main_context_unref(f->context);
}

static NetTarget target_for(Fixture *f, TlsServer *server, const char *host)
{
    return (NetTarget){
        .host = "127.0.0.1",
        .port = tls_server_port(server),
        .security = NET_SECURITY_TLS,
        .proxy = "direct://",
        .tls = { .context = f->tls, .host = host, .ca_file = f->world->ca_file },
    };
}

/* Sends LINE and returns the answer line; static. */
static const char *ask(Fixture *f, StreamLog *log, const char *line, gsize answer_length)
{
    gsize before = log->got->len;

    stream_write_string(log->stream, line);
    stream_log_until_got(f->context, log, before + answer_length);
    return stream_log_text(log) + before;
}

/* --- who is trusted ------------------------------------------------------------------------ */

static void test_right_host(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = f->world->good });
    NetTarget target = target_for(f, server, "Mail.Test");
    g_auto(Attempt) attempt = { 0 };
    const TlsInfo *info;
    StreamLog log;

    (void)data;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_no_error(attempt.error);
    g_assert_cmpstr(attempt.phases->str, ==, "RCT=");
    g_assert_true(stream_is_encrypted(attempt.stream));
    info = stream_tls_info(attempt.stream);
    g_assert_cmpstr(info->version, ==, "TLSv1.3");
    g_assert_false(info->resumed);
    g_assert_false(info->pinned);
    g_assert_cmpuint(info->flights, ==, 1);
    g_assert_cmpuint(stream_statistics(attempt.stream).setup_flights, ==, 2); /* TCP and TLS */
    g_assert_null(attempt.certificate->problem);
    g_assert_cmpstr(attempt.certificate->subject, ==, "CN=mail.test");
    g_assert_cmpstr(attempt.certificate->issuer, ==, "CN=Malle's test root");
    g_assert_true(
        g_ptr_array_find_with_equal_func(attempt.certificate->names, "DNS:mail.test", g_str_equal, NULL));
    g_assert_true(g_str_has_prefix(stream_peer(attempt.stream), "127.0.0.1:"));

    stream_log_init(&log, g_steal_pointer(&attempt.stream));
    stream_log_until_got(f->context, &log, 12);
    g_assert_cmpstr(stream_log_text(&log), ==, "* OK ready\r\n");
    g_assert_cmpstr(ask(f, &log, "hello\r\n", 7), ==, "hello\r\n");
    stream_write_string(log.stream, "quit\r\n");
    stream_log_until(f->context, &log.closed);
    g_assert_no_error(log.error); /* close_notify came */
    g_assert_cmpuint(stream_statistics(log.stream).payload_down, ==, 19);
    g_assert_cmpuint(stream_statistics(log.stream).wire_down, >,
                     500); /* the handshake costs, and is counted */
    stream_log_clear(&log);
}

typedef struct {
    const char *host; /* as verified */
    const char *common_name;
    const char *names;
    long from, to;
    enum { BY_ROOT, BY_OTHER, BY_ITSELF } issuer;
    const char *problem; /* part of the words, or NULL when it is trusted */
} Trust;

static const Trust trusts[] = {
    { "mail.test", "x", "DNS:mail.test", -DAY, DAY, BY_ROOT, NULL },
    { "mail.test.", "x", "DNS:mail.test", -DAY, DAY, BY_ROOT, NULL },
    { "bücher.test", "x", "DNS:xn--bcher-kva.test", -DAY, DAY, BY_ROOT, NULL },
    { "a.wild.test", "x", "DNS:*.wild.test", -DAY, DAY, BY_ROOT, NULL },
    { "127.0.0.1", "x", "IP:127.0.0.1", -DAY, DAY, BY_ROOT, NULL },
    { "::1", "x", "IP:::1", -DAY, DAY, BY_ROOT, NULL },
    { "other.test", "mail.test", "DNS:mail.test", -DAY, DAY, BY_ROOT, "not for other.test" },
    { "a.b.wild.test", "x", "DNS:*.wild.test", -DAY, DAY, BY_ROOT, "not for" },
    { "wild.test", "x", "DNS:*.wild.test", -DAY, DAY, BY_ROOT, "not for" },
    { "mail.wild.test", "x", "DNS:ma*.wild.test", -DAY, DAY, BY_ROOT, "not for" },
    { "mail.test", "mail.test", NULL, -DAY, DAY, BY_ROOT, "not for" },            /* CN only */
    { "mail.test", "mail.test", "DNS:x.test", -DAY, DAY, BY_ROOT, "not for" },    /* CN beside a SAN */
    { "127.0.0.1", "127.0.0.1", "DNS:127.0.0.1", -DAY, DAY, BY_ROOT, "not for" }, /* an address is no name */
    { "127.0.0.1", "x", "IP:127.0.0.2", -DAY, DAY, BY_ROOT, "not for" },
    { "mail.test", "x", "DNS:mail.test", -2 * DAY, -DAY, BY_ROOT, "expired" },
    { "mail.test", "x", "DNS:mail.test", DAY, 2 * DAY, BY_ROOT, "valid only from" },
    { "mail.test", "x", "DNS:mail.test", -DAY, DAY, BY_OTHER, "issuer is not known" },
    { "mail.test", "x", "DNS:mail.test", -DAY, DAY, BY_ITSELF, "self-signed" },
};

static void test_trust(Fixture *f, gconstpointer data)
{
    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(trusts); i++) {
        const Trust *trust = &trusts[i];
        const Identity *issuer = trust->issuer == BY_ROOT    ? f->world->root
                                 : trust->issuer == BY_OTHER ? f->world->other_root
                                                             : NULL;
        g_autoptr(Identity) identity =
            identity_new(issuer, FALSE, trust->common_name, trust->names, trust->from, trust->to);
        g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = identity });
        NetTarget target = target_for(f, server, trust->host);
        g_auto(Attempt) attempt = { 0 };
        g_autofree char *fingerprint = identity_fingerprint(identity);
        g_autofree char *seen = NULL;

        g_test_message("%s against %s: %s", trust->host, trust->names ? trust->names : "CN only",
                       trust->problem ? trust->problem : "trusted");
        attempt_run(&attempt, f->context, &target, NULL);
        g_assert_nonnull(attempt.certificate);
        if (trust->problem) {
            g_assert_error(attempt.error, NET_ERROR, NET_ERROR_CERTIFICATE);
            g_assert_nonnull(attempt.certificate->problem);
            g_assert_nonnull(strstr(attempt.certificate->problem, trust->problem));
            g_assert_nonnull(strstr(attempt.error->message, trust->problem));
        } else {
            g_assert_no_error(attempt.error);
            g_assert_null(attempt.certificate->problem);
        }
        /* What the person is shown is the certificate that was there. */
        seen = g_strdup(fingerprint);
        for (char *at = seen, *to = seen;; at++) {
            if (*at != ':')
                *to++ = g_ascii_tolower(*at);
            if (!*at)
                break;
        }
        g_assert_cmpstr(attempt.certificate->sha256, ==, seen);
        g_assert_cmpint(
            ABS(attempt.certificate->not_after - (g_get_real_time() / G_USEC_PER_SEC + trust->to)), <, 600);
    }
}

/* Without a root of ours, the system's store decides: it does not know our test root. */
static void test_unknown_to_system(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = f->world->good });
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    target.tls.ca_file = NULL;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_error(attempt.error, NET_ERROR, NET_ERROR_CERTIFICATE);
    g_assert_false(net_error_is_transient(attempt.error));
}

/* The system's roots, by hash in a directory or all in one file, as the environment says. */
static void test_system_store(Fixture *f, gconstpointer data)
{
    g_autofree char *file_before = g_strdup(g_getenv("SSL_CERT_FILE"));
    g_autofree char *directory_before = g_strdup(g_getenv("SSL_CERT_DIR"));
    g_autofree char *hash = g_strdup_printf(
        "%08lx.0", X509_NAME_hash_ex(X509_get_subject_name(f->world->root->certificate), NULL, NULL, NULL));
    g_autofree char *link = g_build_filename(f->world->directory, hash, NULL);

    (void)data;
    identity_save(f->world->root, link, FALSE);
    for (int by_file = 0; by_file < 2; by_file++) {
        g_autoptr(TlsServer) server = NULL;
        g_auto(Attempt) attempt = { 0 };
        NetTarget target;

        g_setenv("SSL_CERT_DIR", by_file ? "/nonexistent" : f->world->directory, TRUE);
        g_unsetenv("SSL_CERT_FILE");
        if (by_file)
            g_setenv("SSL_CERT_FILE", f->world->ca_file, TRUE);
        g_clear_pointer(&f->tls, tls_context_unref);
        f->tls = tls_context_new(); /* which reads the environment at its first connection */
        server = tls_server_start(&(ServerOptions){ .identity = f->world->good });
        target = target_for(f, server, "mail.test");
        target.tls.ca_file = NULL;
        attempt_run(&attempt, f->context, &target, NULL);
        g_assert_no_error(attempt.error);
    }
    g_unlink(link);
    g_unsetenv("SSL_CERT_FILE");
    g_unsetenv("SSL_CERT_DIR");
    if (file_before)
        g_setenv("SSL_CERT_FILE", file_before, TRUE);
    if (directory_before)
        g_setenv("SSL_CERT_DIR", directory_before, TRUE);
}

/* The server's own certificate as ca-file: trusted for what it says, and for no other name or time. */
static void test_own_certificate(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *host;
        long from, to;
        gboolean self_signed, trusted;
    } cases[] = {
        { "mail.test", -DAY, DAY, FALSE, TRUE },       { "mail.test", -DAY, DAY, TRUE, TRUE },
        { "other.test", -DAY, DAY, FALSE, FALSE },     { "other.test", -DAY, DAY, TRUE, FALSE },
        { "mail.test", -2 * DAY, -DAY, FALSE, FALSE }, { "mail.test", -2 * DAY, -DAY, TRUE, FALSE },
    };

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Identity) identity = identity_new(cases[i].self_signed ? NULL : f->world->other_root, FALSE,
                                                    "x", "DNS:mail.test", cases[i].from, cases[i].to);
        g_autofree char *name = g_strdup_printf("own-%u.pem", (guint)i);
        g_autofree char *path = g_build_filename(f->world->directory, name, NULL);
        g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = identity });
        NetTarget target = target_for(f, server, cases[i].host);
        g_auto(Attempt) attempt = { 0 };

        identity_save(identity, path, FALSE);
        target.tls.ca_file = path;
        attempt_run(&attempt, f->context, &target, NULL);
        if (cases[i].trusted)
            g_assert_no_error(attempt.error);
        else
            g_assert_error(attempt.error, NET_ERROR, NET_ERROR_CERTIFICATE);
        g_unlink(path);
    }
}

static void test_ca_file_missing(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = f->world->good });
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    target.tls.ca_file = "/nonexistent/ca.pem";
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_error(attempt.error, NET_ERROR, NET_ERROR_CA_FILE);
    g_assert_nonnull(strstr(attempt.error->message, "/nonexistent/ca.pem"));
}

/* --- pins ---------------------------------------------------------------------------------- */

static void test_pin(Fixture *f, gconstpointer data)
{
    g_autoptr(Identity) identity = identity_new(NULL, FALSE, "x", "DNS:elsewhere.test", -2 * DAY, -DAY);
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = identity });
    g_autofree char *fingerprint = identity_fingerprint(identity);
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) refused = { 0 };
    g_auto(Attempt) pinned = { 0 };
    g_auto(Attempt) colons = { 0 };

    (void)data;
    attempt_run(&refused, f->context, &target, NULL);
    g_assert_error(refused.error, NET_ERROR, NET_ERROR_CERTIFICATE);
    /* The person looked at it and pinned what was shown. */
    target.tls.pin_sha256 = refused.certificate->sha256;
    attempt_run(&pinned, f->context, &target, NULL);
    g_assert_no_error(pinned.error);
    g_assert_true(stream_tls_info(pinned.stream)->pinned);
    g_clear_pointer(&pinned.stream, stream_free);
    target.tls.pin_sha256 = fingerprint; /* as others print it */
    attempt_run(&colons, f->context, &target, NULL);
    g_assert_no_error(colons.error);
}

/* A pinned certificate that changes is refused, even for one that would be trusted. */
static void test_pin_changed(Fixture *f, gconstpointer data)
{
    static const char *const pins[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "",
        "zz",
    };
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = f->world->good });
    NetTarget target = target_for(f, server, "mail.test");

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(pins); i++) {
        g_auto(Attempt) attempt = { 0 };

        target.tls.pin_sha256 = pins[i];
        attempt_run(&attempt, f->context, &target, NULL);
        g_assert_error(attempt.error, NET_ERROR, NET_ERROR_PIN_CHANGED);
        g_assert_nonnull(attempt.certificate);
        g_assert_nonnull(strstr(attempt.error->message, attempt.certificate->sha256));
        g_assert_false(net_error_is_transient(attempt.error));
    }
}

/* --- resuming ------------------------------------------------------------------------------ */

static void connect_and_quit(Fixture *f, const NetTarget *target, gboolean expect_resumed, gboolean politely)
{
    g_auto(Attempt) attempt = { 0 };
    StreamLog log;

    attempt_run(&attempt, f->context, target, NULL);
    g_assert_no_error(attempt.error);
    g_assert_cmpint(stream_tls_info(attempt.stream)->resumed, ==, expect_resumed);
    g_assert_nonnull(attempt.certificate);
    g_assert_null(attempt.certificate->problem);
    stream_log_init(&log, g_steal_pointer(&attempt.stream));
    stream_log_until_got(f->context, &log, 12);
    stream_write_string(log.stream, politely ? "quit\r\n" : "cut\r\n");
    stream_log_until(f->context, &log.closed);
    stream_log_clear(&log);
}

static void test_resumed(Fixture *f, gconstpointer data)
{
    static const int versions[] = { TLS1_3_VERSION, TLS1_2_VERSION };

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autoptr(TlsServer) server =
            tls_server_start(&(ServerOptions){ .identity = f->world->good, .max_version = versions[i] });
        NetTarget target = target_for(f, server, "mail.test");
        NetTarget pinned;
        g_autofree char *fingerprint = identity_fingerprint(f->world->good);

        target.tls.account = "one";
        connect_and_quit(f, &target, FALSE, TRUE);
        g_assert_cmpuint(tls_context_session_count(f->tls), >, 0);
        connect_and_quit(f, &target, TRUE, FALSE);
        connect_and_quit(f, &target, TRUE, TRUE); /* a link that broke spoils nothing */
        target.tls.account = "two";               /* accounts share nothing */
        connect_and_quit(f, &target, FALSE, TRUE);
        /* Another rule of trust is no matter for an old verdict. */
        target.tls.account = "one";
        pinned = target;
        pinned.tls.pin_sha256 = fingerprint;
        connect_and_quit(f, &pinned, FALSE, TRUE);
        connect_and_quit(f, &pinned, TRUE, TRUE);
        tls_context_forget(f->tls, "one");
        connect_and_quit(f, &target, FALSE, TRUE);
        tls_context_forget(f->tls, "one");
        tls_context_forget(f->tls, "two");
        g_assert_cmpuint(tls_context_session_count(f->tls), ==, 0);
    }
}

/* A session of another name must not open a door for this one. */
static void test_not_resumed_for_other_host(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = f->world->good });
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    connect_and_quit(f, &target, FALSE, TRUE);
    target.tls.host = "other.test";
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_error(attempt.error, NET_ERROR, NET_ERROR_CERTIFICATE);
}

/* --- versions, ends, odd servers -------------------------------------------------------------- */

static void test_old_versions(Fixture *f, gconstpointer data)
{
    static const int versions[] = { TLS1_VERSION, TLS1_1_VERSION };

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autoptr(TlsServer) server =
            tls_server_start(&(ServerOptions){ .identity = f->world->good, .max_version = versions[i] });
        NetTarget target = target_for(f, server, "mail.test");
        g_auto(Attempt) attempt = { 0 };

        attempt_run(&attempt, f->context, &target, NULL);
        g_assert_error(attempt.error, NET_ERROR, NET_ERROR_OLD_TLS);
        g_assert_nonnull(strstr(attempt.error->message, "TLS 1.2"));
    }
}

static void test_tls_1_2(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server =
        tls_server_start(&(ServerOptions){ .identity = f->world->good, .max_version = TLS1_2_VERSION });
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) attempt = { 0 };
    g_autoptr(GBytes) unique = NULL;

    (void)data;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_no_error(attempt.error);
    g_assert_cmpstr(stream_tls_info(attempt.stream)->version, ==, "TLSv1.2");
    g_assert_cmpuint(stream_tls_info(attempt.stream)->flights, ==, 2);
    g_assert_null(stream_channel_binding(attempt.stream, "tls-exporter"));
    unique = stream_channel_binding(attempt.stream, "tls-unique");
    g_assert_cmpuint(g_bytes_get_size(unique), ==, 12);
}

static void test_truncated(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = f->world->good });
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) attempt = { 0 };
    StreamLog log;

    (void)data;
    attempt_run(&attempt, f->context, &target, NULL);
    stream_log_init(&log, g_steal_pointer(&attempt.stream));
    stream_log_until_got(f->context, &log, 12);
    stream_write_string(log.stream, "cut\r\n");
    stream_log_until(f->context, &log.closed);
    g_assert_error(log.error, NET_ERROR, NET_ERROR_TRUNCATED);
    g_assert_true(net_error_is_transient(log.error));
    stream_log_clear(&log);
}

static void test_not_tls(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .how = SERVE_CLEAR });
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_error(attempt.error, NET_ERROR, NET_ERROR_NO_TLS);
    g_assert_nonnull(strstr(attempt.error->message, "STARTTLS"));
    g_assert_null(attempt.certificate);
}

static void test_handshake_deadline(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .how = SERVE_SILENT });
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    target.tls.handshake_ms = 50;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_error(attempt.error, NET_ERROR, NET_ERROR_TIMED_OUT);
    g_assert_nonnull(strstr(attempt.error->message, "handshake"));
    g_assert_cmpstr(attempt.phases->str, ==, "RCT");
}

static void test_cancelled_in_handshake(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .how = SERVE_SILENT });
    NetTarget target = target_for(f, server, "mail.test");
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_auto(Attempt) attempt = { 0 };

    (void)data;
    attempt_start(&attempt, f->context, &target, cancellable);
    while (!g_str_has_suffix(attempt.phases->str, "T"))
        g_main_context_iteration(f->context, TRUE);
    g_cancellable_cancel(cancellable);
    while (!attempt.done)
        g_main_context_iteration(f->context, TRUE);
    g_assert_error(attempt.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void test_binding(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = f->world->good });
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) attempt = { 0 };
    g_autoptr(GBytes) exporter = NULL;
    g_autoptr(GBytes) end_point = NULL;
    g_autoptr(GString) wanted = g_string_new("binding ");
    guint8 digest[32];
    StreamLog log;

    (void)data;
    attempt_run(&attempt, f->context, &target, NULL);
    exporter = stream_channel_binding(attempt.stream, "tls-exporter");
    end_point = stream_channel_binding(attempt.stream, "tls-server-end-point");
    g_assert_null(stream_channel_binding(attempt.stream, "tls-unique"));
    g_assert_null(stream_channel_binding(attempt.stream, "tls-nonsense"));
    X509_digest(f->world->good->certificate, EVP_sha256(), digest, NULL);
    g_assert_cmpmem(g_bytes_get_data(end_point, NULL), g_bytes_get_size(end_point), digest, sizeof digest);
    for (gsize i = 0; i < g_bytes_get_size(exporter); i++)
        g_string_append_printf(wanted, "%02x", ((const guint8 *)g_bytes_get_data(exporter, NULL))[i]);
    g_string_append(wanted, "\r\n");
    stream_log_init(&log, g_steal_pointer(&attempt.stream));
    stream_log_until_got(f->context, &log, 12);
    g_assert_cmpstr(ask(f, &log, "binding\r\n", wanted->len), ==, wanted->str); /* both ends see the same */
    stream_log_clear(&log);
}

/* RFC 5929 §4.1: the hash of the certificate's own signature, and SHA-256 in place of MD5 and SHA-1. */
static void test_end_point(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *signature, *digest;
    } hashes[] = { { "SHA256", "SHA256" }, { "SHA384", "SHA384" }, { "SHA512", "SHA512" }, { "SHA1", "SHA256" }, { "MD5", "SHA256" } };

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(hashes); i++) {
        g_autoptr(Identity) leaf = identity_new(f->world->root, FALSE, "mail.test", "DNS:mail.test", -DAY, DAY);
        EVP_PKEY *rsa = EVP_RSA_gen(2048); /* ECDSA knows no MD5 */
        guint8 digest[EVP_MAX_MD_SIZE];
        guint length;
        g_assert_cmpint(X509_sign(leaf->certificate, rsa, EVP_get_digestbyname(hashes[i].signature)), >, 0);
        g_autoptr(GBytes) end_point = tls_end_point(leaf->certificate);
        X509_digest(leaf->certificate, EVP_get_digestbyname(hashes[i].digest), digest, &length);
        g_assert_cmpmem(g_bytes_get_data(end_point, NULL), g_bytes_get_size(end_point), digest, length);
        EVP_PKEY_free(rsa);
    }
    g_autoptr(Identity) leaf = identity_new(f->world->root, FALSE, "mail.test", "DNS:mail.test", -DAY, DAY);
    EVP_PKEY *without_hash = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    g_assert_cmpint(X509_sign(leaf->certificate, without_hash, NULL), >, 0);
    g_assert_null(tls_end_point(leaf->certificate));
    g_assert_null(tls_end_point(NULL));
    EVP_PKEY_free(without_hash);
}

static void test_client_certificate(Fixture *f, gconstpointer data)
{
    g_autoptr(Identity) person = identity_new(f->world->root, FALSE, "anna", NULL, -DAY, DAY);
    g_autoptr(TlsServer) server =
        tls_server_start(&(ServerOptions){ .identity = f->world->good, .client_root = f->world->root });
    g_autofree char *path = g_build_filename(f->world->directory, "anna.pem", NULL);
    g_autofree char *bare = g_build_filename(f->world->directory, "bare.pem", NULL);
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) attempt = { 0 };
    g_autofree char *shared = g_build_filename(f->world->directory, "shared.pem", NULL);
    g_auto(Attempt) without_key = { 0 };
    g_auto(Attempt) readable = { 0 };
    StreamLog log;

    (void)data;
    identity_save(person, path, TRUE);
    identity_save(person, bare, FALSE);
    identity_save(person, shared, TRUE);
    target.tls.client_certificate = path;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_no_error(attempt.error);
    stream_log_init(&log, g_steal_pointer(&attempt.stream));
    stream_log_until_got(f->context, &log, 12);
    g_assert_cmpstr(ask(f, &log, "client\r\n", 13), ==, "client anna\r\n");
    stream_log_clear(&log);
    target.tls.client_certificate = bare;
    attempt_run(&without_key, f->context, &target, NULL);
    g_assert_error(without_key.error, NET_ERROR, NET_ERROR_CLIENT_CERTIFICATE);
    g_assert_cmpint(g_chmod(shared, 0644), ==, 0);
    target.tls.client_certificate = shared;
    attempt_run(&readable, f->context, &target, NULL);
    g_assert_error(readable.error, NET_ERROR, NET_ERROR_CLIENT_CERTIFICATE);
    g_assert_nonnull(strstr(readable.error->message, "chmod 600"));
    g_unlink(shared);
    g_unlink(path);
    g_unlink(bare);
}

/* Megabytes both ways at once, through records of every size; nobody waits for the other to read. */
static void test_much_both_ways(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = f->world->good });
    NetTarget target = target_for(f, server, "mail.test");
    g_auto(Attempt) attempt = { 0 };
    gsize size = 4 * 1024 * 1024;
    g_autofree char *much = g_malloc(size);
    StreamLog log;

    (void)data;
    for (gsize i = 0; i < size; i++)
        much[i] = (char)('a' + (i * 7 + i / 1000) % 26);
    attempt_run(&attempt, f->context, &target, NULL);
    stream_log_init(&log, g_steal_pointer(&attempt.stream));
    stream_log_until_got(f->context, &log, 12);
    stream_write(log.stream, much, size);
    stream_log_until_got(f->context, &log, 12 + size);
    g_assert_cmpmem(log.got->data + 12, log.got->len - 12, much, size);
    g_assert_cmpuint(log.largest, <=, STREAM_READ_MAX);
    stream_log_clear(&log);
}

/* --- STARTTLS ------------------------------------------------------------------------------- */

typedef struct {
    StreamLog log;
    TlsOptions options;
} Upgrade;

static void upgrade(gpointer data)
{
    Upgrade *self = data; /* the log is its first member */

    stream_start_tls(self->log.stream, &self->options, 0);
}

static void run_starttls(Fixture *f, Upgrade *self, TlsServer *server, const char *host)
{
    NetTarget target = target_for(f, server, host);
    g_auto(Attempt) attempt = { 0 };

    target.security = NET_SECURITY_STARTTLS;
    attempt_run(&attempt, f->context, &target, NULL);
    g_assert_no_error(attempt.error);
    g_assert_false(stream_is_encrypted(attempt.stream));
    g_assert_cmpstr(attempt.phases->str, ==, "RC=");
    stream_log_init(&self->log, g_steal_pointer(&attempt.stream));
    self->options = target.tls;
    self->log.stop_at = "OK\r\n"; /* which the greeting does not hold */
    self->log.at_stop = upgrade;
    stream_write_string(self->log.stream, "STARTTLS\r\n");
    while (!self->log.closed && !stream_is_encrypted(self->log.stream))
        g_main_context_iteration(f->context, TRUE);
}

static void test_starttls(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server =
        tls_server_start(&(ServerOptions){ .identity = f->world->good, .how = SERVE_STARTTLS });
    Upgrade self;

    (void)data;
    memset(&self, 0, sizeof self);
    run_starttls(f, &self, server, "mail.test");
    g_assert_no_error(self.log.error);
    g_assert_true(stream_is_encrypted(self.log.stream));
    stream_write_string(self.log.stream, "quit\r\n");
    stream_log_until(f->context, &self.log.closed);
    g_assert_no_error(self.log.error);
    g_assert_nonnull(strstr(stream_log_text(&self.log), "OK\r\n* OK ready\r\n"));
    g_assert_nonnull(strchr(self.log.events->str, 'S'));
    stream_log_clear(&self.log);
}

/* S4 on a real socket, in the OK's own segment: nothing of it is offered, and no byte of TLS goes out. */
static void test_starttls_injected(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){
        .identity = f->world->good, .how = SERVE_STARTTLS, .injected = "* PREAUTH hello\r\n" });
    Upgrade self;

    (void)data;
    memset(&self, 0, sizeof self);
    run_starttls(f, &self, server, "mail.test");
    /* In one segment it is seen at once, in the next one it is what the handshake stumbles over: refused
     * either way. */
    g_assert_nonnull(self.log.error);
    g_assert_cmpuint(self.log.error->domain, ==, NET_ERROR);
    g_assert_true(self.log.error->code == NET_ERROR_INJECTED || self.log.error->code == NET_ERROR_TLS);
    g_assert_null(strstr(stream_log_text(&self.log), "PREAUTH"));
    g_assert_null(strchr(self.log.events->str, 'S'));
    stream_log_clear(&self.log);
}

static void test_starttls_wrong_host(Fixture *f, gconstpointer data)
{
    g_autoptr(TlsServer) server =
        tls_server_start(&(ServerOptions){ .identity = f->world->good, .how = SERVE_STARTTLS });
    Upgrade self;

    (void)data;
    memset(&self, 0, sizeof self);
    run_starttls(f, &self, server, "other.test");
    g_assert_error(self.log.error, NET_ERROR, NET_ERROR_CERTIFICATE);
    g_assert_cmpstr(stream_certificate(self.log.stream)->subject, ==, "CN=mail.test");
    stream_log_clear(&self.log);
}

static void test_bad_host_names(Fixture *f, gconstpointer data)
{
    static const char *const hosts[] = { "", "a..b", "mail.test\r\n" };
    g_autoptr(TlsServer) server = tls_server_start(&(ServerOptions){ .identity = f->world->good });

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
        NetTarget target = target_for(f, server, hosts[i]);
        g_auto(Attempt) attempt = { 0 };

        attempt_run(&attempt, f->context, &target, NULL);
        g_assert_nonnull(attempt.error);
        g_assert_cmpuint(attempt.error->domain, ==, NET_ERROR);
    }
}

#define ADD(path, function) g_test_add(path, Fixture, &world, set_up, function, tear_down)

int main(int argc, char **argv)
{
    World world = { 0 };
    int result;

    g_test_init(&argc, &argv, NULL);
    world.directory = g_dir_make_tmp("malle-tls-XXXXXX", NULL);
    world.ca_file = g_build_filename(world.directory, "ca.pem", NULL);
    world.root = identity_new(NULL, TRUE, "Malle's test root", NULL, -DAY, 10 * DAY);
    world.other_root = identity_new(NULL, TRUE, "Another root", NULL, -DAY, 10 * DAY);
    world.good = identity_new(world.root, FALSE, "mail.test", "DNS:mail.test,IP:127.0.0.1", -DAY, DAY);
    identity_save(world.root, world.ca_file, FALSE);

    ADD("/trust/right-host", test_right_host);
    ADD("/trust/table", test_trust);
    ADD("/trust/unknown-to-system", test_unknown_to_system);
    ADD("/trust/system-store", test_system_store);
    ADD("/trust/own-certificate", test_own_certificate);
    ADD("/trust/ca-file-missing", test_ca_file_missing);
    ADD("/trust/bad-host-names", test_bad_host_names);
    ADD("/pin/pinned", test_pin);
    ADD("/pin/changed", test_pin_changed);
    ADD("/session/resumed", test_resumed);
    ADD("/session/not-for-another-host", test_not_resumed_for_other_host);
    ADD("/tls/old-versions", test_old_versions);
    ADD("/tls/1.2", test_tls_1_2);
    ADD("/tls/truncated", test_truncated);
    ADD("/tls/not-tls", test_not_tls);
    ADD("/tls/handshake-deadline", test_handshake_deadline);
    ADD("/tls/cancelled-in-handshake", test_cancelled_in_handshake);
    ADD("/tls/binding", test_binding);
    ADD("/tls/binding/end-point", test_end_point);
    ADD("/tls/client-certificate", test_client_certificate);
    ADD("/tls/much-both-ways", test_much_both_ways);
    ADD("/starttls/works", test_starttls);
    ADD("/starttls/injected", test_starttls_injected);
    ADD("/starttls/wrong-host", test_starttls_wrong_host);
    result = g_test_run();

    identity_free(world.root);
    identity_free(world.other_root);
    identity_free(world.good);
    g_unlink(world.ca_file);
    g_rmdir(world.directory);
    g_free(world.ca_file);
    g_free(world.directory);
    return result;
}
