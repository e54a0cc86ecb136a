/* Mechanisms against the vectors of their RFCs, and against servers that lie. */
#include "config.h"

#include "sasl/sasl.h"

#include <string.h>

#include "sasl/pbkdf2.h"
#include "sasl/saslprep.h"
#include "sasl/scram.h"

/* One step with text; NULL challenge: the initial response. Fails the test on an error. */
static char *answer(SaslMechanism *mechanism, const char *challenge)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) asked = challenge ? g_bytes_new(challenge, strlen(challenge)) : NULL;
    GBytes *response = NULL;
    SaslStep step;
    char *text;

    do
        step = sasl_step(mechanism, asked, &response, &error);
    while (step == SASL_STEP_BUSY);
    g_assert_no_error(error);
    g_assert_cmpint(step, ==, SASL_STEP_SEND);
    g_assert_nonnull(response);
    text = g_strndup(g_bytes_get_size(response) ? g_bytes_get_data(response, NULL) : "",
                     g_bytes_get_size(response));
    sasl_response_free(response);
    return text;
}

static void expect(SaslMechanism *mechanism, const char *challenge, const char *wanted)
{
    g_autofree char *text = answer(mechanism, challenge);

    g_assert_cmpstr(text, ==, wanted);
}

static void expect_failure(SaslMechanism *mechanism, const void *challenge, gsize length, SaslError code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) asked = g_bytes_new(challenge, length);
    GBytes *response = NULL;
    SaslStep step;

    do
        step = sasl_step(mechanism, asked, &response, &error);
    while (step == SASL_STEP_BUSY);
    g_assert_cmpint(step, ==, SASL_STEP_FAILED);
    g_assert_error(error, SASL_ERROR, (int)code);
    g_assert_null(response);
}

static SaslMechanism *begin(const char *name, const SaslCredentials *credentials)
{
    g_autoptr(GError) error = NULL;
    SaslMechanism *mechanism = sasl_mechanism_new(name, credentials, &error);

    g_assert_no_error(error);
    g_assert_nonnull(mechanism);
    g_assert_cmpstr(sasl_mechanism_name(mechanism), ==, name);
    return mechanism;
}

/* --- SCRAM --------------------------------------------------------------------------------- */

typedef struct {
    const char *name, *nonce, *first, *server_first, *final, *server_final;
} Exchange;

/* RFC 5802 §5 and RFC 7677 §3. */
static const Exchange sha_1 = {
    "SCRAM-SHA-1",
    "fyko+d2lbbFgONRv9qkxdawL",
    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
};
static const Exchange sha_256 = {
    "SCRAM-SHA-256",
    "rOprNGfwEbeRWgbNEkqO",
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+"
    "Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
};

static const SaslCredentials user = { .authcid = "user", .secret = "pencil" };

static SaslMechanism *begin_exchange(const Exchange *exchange)
{
    SaslMechanism *mechanism = begin(exchange->name, &user);

    scram_use_nonce(mechanism, exchange->nonce);
    g_assert_true(sasl_has_initial_response(mechanism));
    expect(mechanism, NULL, exchange->first);
    return mechanism;
}

static void test_scram_vector(gconstpointer data)
{
    const Exchange *exchange = data;
    g_autoptr(SaslMechanism) mechanism = begin_exchange(exchange);
    g_autoptr(GError) error = NULL;

    expect(mechanism, exchange->server_first, exchange->final);
    expect(mechanism, exchange->server_final, "");
    g_assert_true(sasl_succeeded(mechanism, NULL, &error));
    g_assert_no_error(error);
    expect_failure(mechanism, "more", 4, SASL_ERROR_CHALLENGE);
}

/* The signature may come with the success itself (SMTP, POP3). */
static void test_scram_additional(gconstpointer data)
{
    const Exchange *exchange = data;
    g_autoptr(SaslMechanism) mechanism = begin_exchange(exchange);
    g_autoptr(GBytes) proof = g_bytes_new(exchange->server_final, strlen(exchange->server_final));
    g_autoptr(GError) error = NULL;

    expect(mechanism, exchange->server_first, exchange->final);
    g_assert_true(sasl_succeeded(mechanism, proof, &error));
    g_assert_no_error(error);
}

/* A "yes" without a proof, before or after ours, is an impostor's. */
static void test_scram_impostor(gconstpointer data)
{
    const Exchange *exchange = data;
    g_autofree char *forged = g_strdup(exchange->server_final);

    for (int when = 0; when < 2; when++) {
        g_autoptr(SaslMechanism) mechanism = begin_exchange(exchange);
        g_autoptr(GError) error = NULL;

        if (when == 1)
            expect(mechanism, exchange->server_first, exchange->final);
        g_assert_false(sasl_succeeded(mechanism, NULL, &error));
        g_assert_error(error, SASL_ERROR, SASL_ERROR_IMPOSTOR);
    }
    forged[4] ^= 1; /* one bit of the signature */
    {
        g_autoptr(SaslMechanism) mechanism = begin_exchange(exchange);
        g_autoptr(GError) error = NULL;

        expect(mechanism, exchange->server_first, exchange->final);
        expect_failure(mechanism, forged, strlen(forged), SASL_ERROR_IMPOSTOR);
        g_assert_false(sasl_succeeded(mechanism, NULL, &error));
        g_assert_error(error, SASL_ERROR, SASL_ERROR_IMPOSTOR);
    }
}

static void test_scram_refused(void)
{
    g_autoptr(SaslMechanism) mechanism = begin_exchange(&sha_256);

    expect(mechanism, sha_256.server_first, sha_256.final);
    expect_failure(mechanism, "e=invalid-proof", 15, SASL_ERROR_REFUSED);
    g_assert_cmpstr(sasl_refusal(mechanism), ==, "invalid-proof");
}

static void test_scram_bad_first(void)
{
    static const char with_nul[] = "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=1\0";
    static const struct {
        const char *text;
        gsize length; /* 0: strlen */
    } cases[] = {
        { "", 0 },
        { "r=", 0 },
        { "e=other-error", 0 },
        { "r=someoneelse,s=QSXCR+Q6sek8bf92,i=4096", 0 },               /* not our nonce */
        { "r=rOprNGfwEbeRWgbNEkqO,s=QSXCR+Q6sek8bf92,i=4096", 0 },      /* nothing added to it */
        { "r=rOprNGfwEbeRWgbNEkqO\001x,s=QSXCR+Q6sek8bf92,i=4096", 0 }, /* control character */
        { "m=mandatory,r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=4096", 0 },
        { "s=QSXCR+Q6sek8bf92,r=rOprNGfwEbeRWgbNEkqOx,i=4096", 0 }, /* order */
        { "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", 0 },                 /* no salt */
        { "r=rOprNGfwEbeRWgbNEkqOx,s=!!!!,i=4096", 0 },             /* not base64 */
        { "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf9,i=4096", 0 },  /* not whole base64 */
        { "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92", 0 },
        { "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=", 0 },
        { "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=0", 0 },
        { "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=-1", 0 },
        { "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=4096x", 0 },
        { "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=10000001", 0 },   /* a day of computing */
        { "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=4294967297", 0 }, /* 1 in 32 bits */
        { with_nul, sizeof with_nul - 1 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SaslMechanism) mechanism = begin_exchange(&sha_256);
        gsize length = cases[i].length ? cases[i].length : strlen(cases[i].text);

        g_test_message("%s", cases[i].text);
        expect_failure(mechanism, cases[i].text, length, SASL_ERROR_CHALLENGE);
    }
}

/* S24: a challenge of a megabyte is not even looked at. */
static void test_too_long(void)
{
    g_autofree char *text = g_strnfill(1024 * 1024, 'r');
    static const char *const names[] = { "SCRAM-SHA-256", "CRAM-MD5", "LOGIN", "PLAIN" };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(SaslMechanism) mechanism = begin(names[i], &user);

        expect_failure(mechanism, text, strlen(text), SASL_ERROR_CHALLENGE);
    }
}

/* Many iterations are computed in pieces: nothing on the engine's thread may take long. */
static void test_scram_busy(void)
{
    g_autoptr(SaslMechanism) mechanism = begin_exchange(&sha_1);
    const char *text = "r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=100000";
    g_autoptr(GBytes) challenge = g_bytes_new(text, strlen(text));
    GBytes *response = NULL;
    guint pieces = 0;

    while (sasl_step(mechanism, challenge, &response, NULL) == SASL_STEP_BUSY)
        pieces++;
    g_assert_cmpuint(pieces, >=, 5);
    g_assert_nonnull(response);
    sasl_response_free(response);
}

static void test_scram_binding(void)
{
    g_autoptr(GBytes) data = g_bytes_new("\000\001binding", 9);
    SaslCredentials bound = user;
    g_autofree char *proof = NULL;

    bound.binding_name = "tls-exporter";
    bound.binding_data = data;
    {
        g_autoptr(SaslMechanism) plus = begin("SCRAM-SHA-256-PLUS", &bound);

        scram_use_nonce(plus, "abc");
        expect(plus, NULL, "p=tls-exporter,,n=user,r=abc");
        proof = answer(plus, "r=abcdef,s=QSXCR+Q6sek8bf92,i=1");
        /* base64("p=tls-exporter,,\0\1binding") */
        g_assert_true(g_str_has_prefix(proof, "c=cD10bHMtZXhwb3J0ZXIsLAABYmluZGluZw==,r=abcdef,p="));
    }
    {
        /* The server offered no -PLUS, though we could: "y" lets it notice that somebody took the offer out.
         */
        g_autoptr(SaslMechanism) plain = begin("SCRAM-SHA-256", &bound);

        scram_use_nonce(plain, "abc");
        expect(plain, NULL, "y,,n=user,r=abc");
    }
    {
        g_autoptr(SaslMechanism) plain = NULL;

        bound.plus_offered = TRUE;
        plain = begin("SCRAM-SHA-256", &bound);
        scram_use_nonce(plain, "abc");
        expect(plain, NULL, "n,,n=user,r=abc");
    }
}

static void test_scram_names(void)
{
    SaslCredentials odd = { .authcid = "a,b=c\xc2\xad", .authzid = "x=,y", .secret = "\xe2\x85\xa8" };
    g_autoptr(SaslMechanism) mechanism = begin("SCRAM-SHA-1", &odd);

    scram_use_nonce(mechanism, "n");
    expect(mechanism, NULL, "n,a=x=3D=2Cy,n=a=2Cb=3Dc,r=n");
}

static void test_scram_nonces_differ(void)
{
    g_autoptr(SaslMechanism) one = begin("SCRAM-SHA-256", &user);
    g_autoptr(SaslMechanism) other = begin("SCRAM-SHA-256", &user);
    g_autofree char *first = answer(one, NULL);
    g_autofree char *second = answer(other, NULL);

    g_assert_cmpstr(first, !=, second);
    g_assert_cmpuint(strlen(first), >=, strlen("n,,n=user,r=") + 32);
}

/* Whatever a server says, nothing falls over, and only the right signature is believed. --seed=… repeats. */
static void test_any_challenges(void)
{
    static const char *const names[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5",
                                         "LOGIN",         "PLAIN",       "XOAUTH2" };
    static const char *const pieces[] = {
        "r=",   "s=", "i=",   "v=", "e=", "m=", ",", "=", "rOprNGfwEbeRWgbNEkqO", "QSXCR+Q6sek8bf92",
        "4096", "1",  "\xff", "+",  "A"
    };
    SaslCredentials credentials[] = { user, { .authcid = "user", .token = "t" } };

    for (int round = 0; round < 3000; round++) {
        const char *name = names[g_test_rand_int_range(0, G_N_ELEMENTS(names))];
        g_autoptr(SaslMechanism) mechanism = begin(name, &credentials[name[0] == 'X']);
        gboolean is_scram = g_str_has_prefix(name, "SCRAM");

        if (is_scram) {
            scram_use_nonce(mechanism, "rOprNGfwEbeRWgbNEkqO");
            g_free(answer(mechanism, NULL));
        }
        for (int step = 0; step < 4; step++) {
            g_autoptr(GString) text =
                g_string_new(is_scram && step == 0 ? "r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=" : NULL);
            g_autoptr(GBytes) challenge = NULL;
            g_autoptr(GError) error = NULL;
            GBytes *response = NULL;

            for (int count = g_test_rand_int_range(0, 8); count > 0; count--)
                g_string_append(text, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
            if (g_test_rand_int_range(0, 10) == 0)
                g_string_append_c(text, '\0');
            challenge = g_bytes_new(text->str, text->len);
            if (sasl_step(mechanism, challenge, &response, &error) == SASL_STEP_FAILED) {
                g_assert_nonnull(error);
                g_assert_true(g_utf8_validate(error->message, -1, NULL));
                sasl_response_free(response);
                break;
            }
            sasl_response_free(response);
        }
        if (is_scram)
            g_assert_false(sasl_succeeded(mechanism, NULL, NULL));
    }
}

/* --- the others ------------------------------------------------------------------------------ */

static void test_plain(void)
{
    SaslCredentials credentials = { .authcid = "tim", .authzid = "boss", .secret = "tanstaaf" };
    g_autoptr(SaslMechanism) mechanism = begin("PLAIN", &credentials);
    GBytes *response = NULL;

    g_assert_true(sasl_has_initial_response(mechanism));
    g_assert_cmpint(sasl_step(mechanism, NULL, &response, NULL), ==, SASL_STEP_SEND);
    g_assert_cmpmem(g_bytes_get_data(response, NULL), g_bytes_get_size(response), "boss\0tim\0tanstaaf", 17);
    sasl_response_free(response);
    g_assert_true(sasl_succeeded(mechanism, NULL, NULL));
    expect_failure(mechanism, "", 0, SASL_ERROR_CHALLENGE); /* the password is said once */
}

static void test_login(void)
{
    g_autoptr(SaslMechanism) mechanism = begin("LOGIN", &user);

    g_assert_false(sasl_has_initial_response(mechanism));
    expect(mechanism, "Username:", "user");
    expect(mechanism, "Password:", "pencil");
    expect_failure(mechanism, "Password:", 9, SASL_ERROR_CHALLENGE);
}

static void test_cram_md5(void)
{
    /* RFC 2195 §3. */
    SaslCredentials tim = { .authcid = "tim", .secret = "tanstaaftanstaaf" };
    g_autoptr(SaslMechanism) mechanism = begin("CRAM-MD5", &tim);
    g_autoptr(SaslMechanism) empty = begin("CRAM-MD5", &tim);
    g_autoptr(SaslMechanism) binary = begin("CRAM-MD5", &tim);
    g_autoptr(GBytes) with_nul = g_bytes_new("<a\0b>", 5);
    g_autofree char *wanted =
        g_compute_hmac_for_data(G_CHECKSUM_MD5, (const guchar *)tim.secret, 16, (const guchar *)"<a\0b>", 5);
    g_autofree char *full = g_strconcat("tim ", wanted, NULL);
    GBytes *response = NULL;

    g_assert_false(sasl_has_initial_response(mechanism));
    expect(mechanism, "<1896.697170952@postoffice.reston.mci.net>", "tim b913a602c7eda7a495b4e6e7334d3890");
    expect_failure(mechanism, "<again>", 7, SASL_ERROR_CHALLENGE);
    expect_failure(empty, "", 0, SASL_ERROR_CHALLENGE);
    g_assert_cmpint(sasl_step(binary, with_nul, &response, NULL), ==, SASL_STEP_SEND);
    g_assert_cmpmem(g_bytes_get_data(response, NULL), g_bytes_get_size(response), full, strlen(full));
    sasl_response_free(response);
}

static void test_external(void)
{
    SaslCredentials certificate = { .client_certificate = TRUE };
    SaslCredentials as_other = { .client_certificate = TRUE, .authzid = "boss" };
    g_autoptr(SaslMechanism) mechanism = begin("EXTERNAL", &certificate);
    g_autoptr(SaslMechanism) other = begin("EXTERNAL", &as_other);

    expect(mechanism, NULL, "");
    expect(other, NULL, "boss");
}

static void expect_oauth_refused(SaslMechanism *mechanism, const char *acknowledgement)
{
    const char *json = "{\"status\":\"invalid_token\"}";
    g_autoptr(GBytes) challenge = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    GBytes *response = NULL;

    g_assert_cmpint(sasl_step(mechanism, challenge, &response, &error), ==, SASL_STEP_FAILED);
    g_assert_error(error, SASL_ERROR, SASL_ERROR_REFUSED);
    g_assert_cmpmem(g_bytes_get_data(response, NULL), g_bytes_get_size(response), acknowledgement,
                    strlen(acknowledgement));
    g_assert_cmpstr(sasl_refusal(mechanism), ==, json);
    sasl_response_free(response);
    expect_failure(mechanism, json, strlen(json), SASL_ERROR_CHALLENGE);
}

static void test_oauth(void)
{
    /* RFC 7628 §4.1. */
    SaslCredentials credentials = {
        .authcid = "user@example.com",
        .token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
        .host = "server.example.com",
        .port = 143,
    };
    g_autoptr(SaslMechanism) bearer = begin("OAUTHBEARER", &credentials);
    g_autoptr(SaslMechanism) xoauth2 = begin("XOAUTH2", &credentials);
    g_autoptr(GError) error = NULL;

    expect(bearer, NULL,
           "n,a=user@example.com,\001host=server.example.com\001port=143\001auth=Bearer "
           "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\001\001");
    expect_oauth_refused(bearer, "\001");
    expect(xoauth2, NULL,
           "user=user@example.com\001auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\001\001");
    expect_oauth_refused(xoauth2, "");
    credentials.token = "abc\001auth=Bearer other"; /* S46: nothing of ours may end a field */
    g_assert_null(sasl_mechanism_new("OAUTHBEARER", &credentials, &error));
    g_assert_error(error, SASL_ERROR, SASL_ERROR_CREDENTIALS);
}

static void test_credentials(void)
{
    static const struct {
        const char *mechanism;
        SaslCredentials credentials;
        SaslError code;
    } cases[] = {
        { "PLAIN", { .authcid = "user" }, SASL_ERROR_CREDENTIALS },
        { "PLAIN", { .secret = "pencil" }, SASL_ERROR_CREDENTIALS },
        { "PLAIN", { .authcid = "us\xff", .secret = "pencil" }, SASL_ERROR_CREDENTIALS },
        { "SCRAM-SHA-256", { .authcid = "user", .secret = "\a" }, SASL_ERROR_CREDENTIALS },
        { "SCRAM-SHA-256", { .authcid = "user", .secret = "" }, SASL_ERROR_CREDENTIALS },
        { "SCRAM-SHA-256-PLUS", { .authcid = "user", .secret = "pencil" }, SASL_ERROR_CREDENTIALS },
        { "EXTERNAL", { .authcid = "user", .secret = "pencil" }, SASL_ERROR_CREDENTIALS },
        { "XOAUTH2", { .authcid = "user", .secret = "pencil" }, SASL_ERROR_CREDENTIALS },
        { "DIGEST-MD5", { .authcid = "user", .secret = "pencil" }, SASL_ERROR_UNKNOWN_MECHANISM },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(sasl_mechanism_new(cases[i].mechanism, &cases[i].credentials, &error));
        g_assert_error(error, SASL_ERROR, (int)cases[i].code);
    }
}

/* --- choosing ---------------------------------------------------------------------------------- */

static char *choose(const char *offered, const SaslCredentials *credentials, SaslLink link)
{
    g_auto(GStrv) names = g_strsplit(offered, " ", -1);
    g_autoptr(GPtrArray) candidates = sasl_candidates((const char *const *)names, credentials, link);
    const char *first = sasl_select((const char *const *)names, credentials, link);

    g_assert_cmpstr(first, ==, candidates->len > 0 ? candidates->pdata[0] : NULL);
    g_ptr_array_add(candidates, NULL);
    return g_strjoinv(" ", (char **)candidates->pdata);
}

static void test_select(void)
{
    static const char all[] =
        "LOGIN PLAIN XOAUTH2 OAUTHBEARER EXTERNAL CRAM-MD5 DIGEST-MD5 GSSAPI scram-sha-1 SCRAM-SHA-256 "
        "SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS";
    g_autoptr(GBytes) data = g_bytes_new("x", 1);
    SaslCredentials bound = {
        .authcid = "u", .secret = "s", .binding_name = "tls-exporter", .binding_data = data
    };
    SaslCredentials token = { .authcid = "u", .secret = "s", .token = "t" };
    SaslCredentials certificate = { .authcid = "u", .secret = "s", .client_certificate = TRUE };
    const struct {
        const char *offered;
        const SaslCredentials *credentials;
        SaslLink link;
        const char *wanted;
    } cases[] = {
        { all, &user, SASL_LINK_ENCRYPTED, "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN" },
        { all, &bound, SASL_LINK_ENCRYPTED,
          "SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN" },
        { all, &user, SASL_LINK_CLEAR, "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5" },
        { "PLAIN LOGIN", &user, SASL_LINK_CLEAR, "" },
        { "PLAIN LOGIN", &user, SASL_LINK_INSECURE_ALLOWED, "PLAIN LOGIN" },
        { all, &token, SASL_LINK_ENCRYPTED, "OAUTHBEARER XOAUTH2" },
        { all, &token, SASL_LINK_CLEAR, "" },
        { "PLAIN XOAUTH2", &token, SASL_LINK_ENCRYPTED, "XOAUTH2" },
        { all, &certificate, SASL_LINK_ENCRYPTED, "EXTERNAL SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN" },
        { "GSSAPI NTLM", &user, SASL_LINK_ENCRYPTED, "" },
        { "", &user, SASL_LINK_ENCRYPTED, "" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = choose(cases[i].offered, cases[i].credentials, cases[i].link);

        g_assert_cmpstr(got, ==, cases[i].wanted);
    }
    g_assert_true(sasl_is_plain_text("plain"));
    g_assert_false(sasl_is_plain_text("SCRAM-SHA-1"));
}

static void test_plus_offered(void)
{
    static const char *const with[] = { "PLAIN", "scram-sha-1-plus", NULL };
    static const char *const without[] = { "PLAIN", "-PLUS", "SCRAM-SHA-1", NULL };

    g_assert_true(sasl_offers_plus(with));
    g_assert_false(sasl_offers_plus(without));
    g_assert_false(sasl_offers_plus(NULL));
}

/* --- what they are made of ----------------------------------------------------------------------- */

static void test_pbkdf2(void)
{
    static const struct {
        GChecksumType type;
        const char *password, *salt;
        guint iterations;
        const char *wanted;
    } cases[] = {
        /* RFC 6070. */
        { G_CHECKSUM_SHA1, "password", "salt", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6" },
        { G_CHECKSUM_SHA1, "password", "salt", 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957" },
        { G_CHECKSUM_SHA1, "password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1" },
        /* A key longer than a block; by Python's hashlib. */
        { G_CHECKSUM_SHA256,
          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
          "xx",
          "saltsaltsaltsaltsaltsaltsaltsaltsalt", 777,
          "baebe0b2ba5def7d9b24b520ab5e4bcd167cedf447e25c91bcf32507d7895e4d" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Pbkdf2 *pbkdf2 = pbkdf2_new(cases[i].type, cases[i].password, (const guint8 *)cases[i].salt,
                                    strlen(cases[i].salt), cases[i].iterations);
        g_autoptr(GString) hex = g_string_new(NULL);

        while (!pbkdf2_run(pbkdf2, 100))
            continue;
        for (gssize at = 0; at < g_checksum_type_get_length(cases[i].type); at++)
            g_string_append_printf(hex, "%02x", pbkdf2_result(pbkdf2)[at]);
        g_assert_cmpstr(hex->str, ==, cases[i].wanted);
        pbkdf2_free(pbkdf2);
    }
}

static void test_saslprep(void)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        /* RFC 4013 §3. */
        { "I\xc2\xadX", "IX" },
        { "user", "user" },
        { "USER", "USER" },
        { "\xc2\xaa", "a" },
        { "\xe2\x85\xa8", "IX" },
        { "\a", NULL },
        /* Further rows of its tables. */
        { "", "" },
        { "a\xc2\xa0"
          "b\xe3\x80\x80"
          "c",
          "a b c" },
        { "e\xcc\x81", "\xc3\xa9" },
        { "a\x7f", NULL },
        { "\xe2\x80\xae", NULL },     /* U+202E */
        { "\xee\x80\x80", NULL },     /* private use */
        { "\xf0\x9f\xbf\xbf", NULL }, /* U+1FFFF */
        { "\xf0\x9f\x90\xa6", "\xf0\x9f\x90\xa6" },
        { "p\xc3\xa4ssw\xc3\xb6rd", "p\xc3\xa4ssw\xc3\xb6rd" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = saslprep(cases[i].text);

        g_assert_cmpstr(got, ==, cases[i].wanted);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/scram/sha-1", &sha_1, test_scram_vector);
    g_test_add_data_func("/scram/sha-256", &sha_256, test_scram_vector);
    g_test_add_data_func("/scram/additional", &sha_256, test_scram_additional);
    g_test_add_data_func("/scram/impostor", &sha_256, test_scram_impostor);
    g_test_add_func("/scram/refused", test_scram_refused);
    g_test_add_func("/scram/bad-first", test_scram_bad_first);
    g_test_add_func("/scram/busy", test_scram_busy);
    g_test_add_func("/scram/binding", test_scram_binding);
    g_test_add_func("/scram/names", test_scram_names);
    g_test_add_func("/scram/nonces-differ", test_scram_nonces_differ);
    g_test_add_func("/challenge/any", test_any_challenges);
    g_test_add_func("/challenge/too-long", test_too_long);
    g_test_add_func("/plain", test_plain);
    g_test_add_func("/login", test_login);
    g_test_add_func("/cram-md5", test_cram_md5);
    g_test_add_func("/external", test_external);
    g_test_add_func("/oauth", test_oauth);
    g_test_add_func("/credentials", test_credentials);
    g_test_add_func("/select", test_select);
    g_test_add_func("/plus-offered", test_plus_offered);
    g_test_add_func("/pbkdf2", test_pbkdf2);
    g_test_add_func("/saslprep", test_saslprep);
    return g_test_run();
}
