/* GSSAPI (RFC 4752): Kerberos, by GNU SASL.
 *
 * Getting a ticket for the service asks the key distribution centre, which may be slow or gone. So each step runs on a thread of its own, and the
 * engine's looks again in later turns (SASL_STEP_BUSY). That thread owns the exchange until it is done; one that is given up meanwhile is freed by it.
 */
#include "config.h"

#include "sasl/mechanism.h"

#ifdef HAVE_GSASL

#include <gsasl.h>
#include <string.h>

#include "base/i18n.h"

/* How long one look waits for the thread: most steps need no network and are done at once. */
#define LOOK_US (5 * G_TIME_SPAN_MILLISECOND)

typedef struct {
    gatomicrefcount references;
    GMutex lock;
    GCond finished;
    gboolean done;
    Gsasl *library;
    Gsasl_session *session;
    GBytes *challenge;
    char *output;
    gsize output_length;
    int result;
} Exchange;

typedef struct {
    SaslMechanism base;
    Exchange *exchange;
    gboolean stepping;
    gboolean authenticated; /* both ends have proved who they are */
} Gssapi;

/* --- the exchange ------------------------------------------------------------------------------ */

static void exchange_unref(Exchange *exchange)
{
    if (!g_atomic_ref_count_dec(&exchange->references))
        return;
    gsasl_finish(exchange->session);
    gsasl_done(exchange->library);
    g_clear_pointer(&exchange->challenge, g_bytes_unref);
    gsasl_free(exchange->output);
    g_mutex_clear(&exchange->lock);
    g_cond_clear(&exchange->finished);
    g_free(exchange);
}

static gpointer run_step(gpointer data)
{
    Exchange *exchange = data;
    gsize length = 0;
    const char *bytes = exchange->challenge ? g_bytes_get_data(exchange->challenge, &length) : NULL;

    exchange->result = gsasl_step(exchange->session, bytes, length, &exchange->output, &exchange->output_length);
    g_mutex_lock(&exchange->lock);
    exchange->done = TRUE;
    g_cond_signal(&exchange->finished);
    g_mutex_unlock(&exchange->lock);
    exchange_unref(exchange);
    return NULL;
}

static void begin_step(Gssapi *self, GBytes *challenge)
{
    Exchange *exchange = self->exchange;

    exchange->done = FALSE;
    g_clear_pointer(&exchange->challenge, g_bytes_unref);
    exchange->challenge = challenge ? g_bytes_ref(challenge) : NULL;
    g_atomic_ref_count_inc(&exchange->references);
    g_thread_unref(g_thread_new("gssapi", run_step, exchange));
    self->stepping = TRUE;
}

static gboolean is_done(Exchange *exchange)
{
    gint64 until = g_get_monotonic_time() + LOOK_US;

    g_mutex_lock(&exchange->lock);
    while (!exchange->done && g_cond_wait_until(&exchange->finished, &exchange->lock, until))
        ;
    gboolean done = exchange->done;
    g_mutex_unlock(&exchange->lock);
    return done;
}

/* --- life ---------------------------------------------------------------------------------------- */

static gboolean usable(const SaslCredentials *credentials)
{
    return credentials->kerberos && credentials->host && credentials->authcid && *credentials->authcid;
}

static SaslMechanism *gssapi_new(const SaslCredentials *credentials, GError **error)
{
    Exchange *exchange = g_new0(Exchange, 1);
    Gssapi *self;
    int result = gsasl_init(&exchange->library);

    if (result == GSASL_OK && (result = gsasl_client_start(exchange->library, "GSSAPI", &exchange->session)) != GSASL_OK)
        gsasl_done(exchange->library);
    if (result != GSASL_OK) {
        g_free(exchange);
        g_set_error(error, SASL_ERROR, SASL_ERROR_CREDENTIALS, _("Kerberos cannot be used here: %s."), gsasl_strerror(result));
        return NULL;
    }
    g_atomic_ref_count_init(&exchange->references);
    g_mutex_init(&exchange->lock);
    g_cond_init(&exchange->finished);
    gsasl_property_set(exchange->session, GSASL_SERVICE, credentials->service ? credentials->service : "imap");
    gsasl_property_set(exchange->session, GSASL_HOSTNAME, credentials->host);
    gsasl_property_set(exchange->session, GSASL_AUTHZID, credentials->authzid ? credentials->authzid : credentials->authcid);
    self = (Gssapi *)sasl_mechanism_allocate(sizeof(Gssapi), credentials);
    self->exchange = exchange;
    return &self->base;
}

static void gssapi_free(SaslMechanism *mechanism)
{
    exchange_unref(((Gssapi *)mechanism)->exchange);
}

/* --- steps --------------------------------------------------------------------------------------- */

static SaslStep failed(const Gssapi *self, GError **error)
{
    int result = self->exchange->result;

    if (self->base.step == 0)
        g_set_error(error, SASL_ERROR, SASL_ERROR_CREDENTIALS,
                    _("There is no Kerberos ticket for this server (%s). “kinit” gets one; nothing was sent."), gsasl_strerror(result));
    else
        g_set_error(error, SASL_ERROR, SASL_ERROR_CHALLENGE,
                    _("The server did not follow the login method %s: %s."), "GSSAPI", gsasl_strerror(result));
    return SASL_STEP_FAILED;
}

static SaslStep gssapi_step(SaslMechanism *mechanism, GBytes *challenge, GBytes **response, GError **error)
{
    Gssapi *self = (Gssapi *)mechanism;
    Exchange *exchange = self->exchange;

    if (self->authenticated)
        return sasl_out_of_turn(mechanism, error);
    if (!self->stepping)
        begin_step(self, challenge);
    if (!is_done(exchange))
        return SASL_STEP_BUSY;
    self->stepping = FALSE;
    if (exchange->result != GSASL_OK && exchange->result != GSASL_NEEDS_MORE)
        return failed(self, error);
    self->authenticated = exchange->result == GSASL_OK;
    *response = g_bytes_new(exchange->output ? exchange->output : "", exchange->output_length);
    gsasl_free(exchange->output);
    exchange->output = NULL;
    return SASL_STEP_SEND;
}

static gboolean succeeded(SaslMechanism *mechanism, GBytes *additional, GError **error)
{
    (void)additional;
    if (((Gssapi *)mechanism)->authenticated)
        return TRUE;
    g_set_error_literal(
        error, SASL_ERROR, SASL_ERROR_IMPOSTOR,
        _("The server said yes before the login was done: it is not the one it says it is, or somebody is "
          "in between."));
    return FALSE;
}

const MechanismClass sasl_gssapi = {
    .name = "GSSAPI",
    .client_first = TRUE,
    .usable = usable,
    .new = gssapi_new,
    .step = gssapi_step,
    .succeeded = succeeded,
    .free = gssapi_free,
};

#endif
