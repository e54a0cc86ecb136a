/* The mechanisms without a proof by the server: PLAIN, LOGIN, EXTERNAL, CRAM-MD5. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "sasl/mechanism.h"

static SaslMechanism *new_simple(const SaslCredentials *credentials, GError **error)
{
    (void)error;
    return sasl_mechanism_allocate(sizeof(SaslMechanism), credentials);
}

/* --- PLAIN (RFC 4616) ---------------------------------------------------------------------- */

static SaslStep plain_step(SaslMechanism *self, GBytes *challenge, GBytes **response, GError **error)
{
    gsize authzid = strlen(self->authzid), authcid = strlen(self->authcid), secret = strlen(self->secret);
    gsize length = authzid + 1 + authcid + 1 + secret;
    char *text;

    (void)challenge; /* the empty challenge of a protocol without initial responses; some servers put words in
                        it */
    if (self->step > 0)
        return sasl_out_of_turn(self, error);
    text = g_malloc(length + 1);
    memcpy(text, self->authzid, authzid + 1);
    memcpy(text + authzid + 1, self->authcid, authcid + 1);
    memcpy(text + authzid + 1 + authcid + 1, self->secret, secret + 1);
    *response = sasl_response_take(text, length);
    return SASL_STEP_SEND;
}

const MechanismClass sasl_plain = {
    .name = "PLAIN",
    .client_first = TRUE,
    .plain_text = TRUE,
    .usable = sasl_has_password,
    .new = new_simple,
    .step = plain_step,
};

/* --- LOGIN (no RFC; draft-murchison-sasl-login) ---------------------------------------------- */

/* Servers ask in various words ("Username:", "User Name", nothing at all): the order is what they agree on.
 */
static SaslStep login_step(SaslMechanism *self, GBytes *challenge, GBytes **response, GError **error)
{
    const char *answer = self->step == 0 ? self->authcid : self->secret;

    (void)challenge;
    if (self->step > 1)
        return sasl_out_of_turn(self, error);
    *response = sasl_response_take(g_strdup(answer), strlen(answer));
    return SASL_STEP_SEND;
}

static gboolean login_usable(const SaslCredentials *credentials)
{
    return sasl_has_password(credentials) && !(credentials->authzid && *credentials->authzid);
}

const MechanismClass sasl_login = {
    .name = "LOGIN",
    .plain_text = TRUE,
    .usable = login_usable,
    .new = new_simple,
    .step = login_step,
};

/* --- EXTERNAL (RFC 4422, appendix A) --------------------------------------------------------- */

static SaslStep external_step(SaslMechanism *self, GBytes *challenge, GBytes **response, GError **error)
{
    (void)challenge;
    if (self->step > 0)
        return sasl_out_of_turn(self, error);
    *response = g_bytes_new(self->authzid, strlen(self->authzid));
    return SASL_STEP_SEND;
}

static gboolean external_usable(const SaslCredentials *credentials)
{
    return credentials->client_certificate;
}

const MechanismClass sasl_external = {
    .name = "EXTERNAL",
    .client_first = TRUE,
    .usable = external_usable,
    .new = new_simple,
    .step = external_step,
};

/* --- CRAM-MD5 (RFC 2195) --------------------------------------------------------------------- */

/* The challenge is bytes, which may hold a NUL (CVE-2026-43859 was a string copy of it). */
static SaslStep cram_md5_step(SaslMechanism *self, GBytes *challenge, GBytes **response, GError **error)
{
    g_autofree char *digest = NULL;
    char *text;

    if (self->step > 0)
        return sasl_out_of_turn(self, error);
    if (!challenge || g_bytes_get_size(challenge) == 0) {
        g_set_error_literal(error, SASL_ERROR, SASL_ERROR_CHALLENGE,
                            _("The server did not ask anything in the login method CRAM-MD5."));
        return SASL_STEP_FAILED;
    }
    digest = g_compute_hmac_for_data(G_CHECKSUM_MD5, (const guchar *)self->secret, strlen(self->secret),
                                     g_bytes_get_data(challenge, NULL), g_bytes_get_size(challenge));
    text = g_strdup_printf("%s %s", self->authcid, digest);
    *response = sasl_response_take(text, strlen(text));
    return SASL_STEP_SEND;
}

const MechanismClass sasl_cram_md5 = {
    .name = "CRAM-MD5",
    .usable = login_usable,
    .new = new_simple,
    .step = cram_md5_step,
};
