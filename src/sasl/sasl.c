#include "config.h"

#include "sasl/sasl.h"

#include <string.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "sasl/mechanism.h"

G_DEFINE_QUARK(malle_sasl_error, sasl_error)

/* Strongest first. A certificate was asked for by the person, so it goes before everything; a token is not a
 * password and meets only its own two; a channel binding beats a better hash, because it is what stops a man
 * in the middle who has a certificate. CRAM-MD5, weak as it is, does not show the password to a server that
 * turns out to be another. */
static const MechanismClass *const mechanisms[] = {
    &sasl_external,
#ifdef HAVE_GSASL
    &sasl_gssapi,
#endif
    &sasl_oauthbearer,
    &sasl_xoauth2,
    &sasl_scram_sha_256_plus,
    &sasl_scram_sha_1_plus,
    &sasl_scram_sha_256,
    &sasl_scram_sha_1,
    &sasl_cram_md5,
    &sasl_plain,
    &sasl_login,
};

static const MechanismClass *find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(mechanisms); i++)
        if (g_ascii_strcasecmp(mechanisms[i]->name, name) == 0)
            return mechanisms[i];
    return NULL;
}

gboolean sasl_is_known(const char *name)
{
    return find(name) != NULL;
}

static gboolean is_offered(const char *const *offered, const char *name)
{
    for (; offered && *offered; offered++)
        if (g_ascii_strcasecmp(*offered, name) == 0)
            return TRUE;
    return FALSE;
}

GPtrArray *sasl_candidates(const char *const *offered, const SaslCredentials *credentials, SaslLink link)
{
    GPtrArray *names = g_ptr_array_new();

    for (gsize i = 0; i < G_N_ELEMENTS(mechanisms); i++) {
        const MechanismClass *class = mechanisms[i];

        if (class->plain_text && !(link & (SASL_LINK_ENCRYPTED | SASL_LINK_INSECURE_ALLOWED)))
            continue;
        if (class->usable(credentials) && is_offered(offered, class->name))
            g_ptr_array_add(names, (gpointer) class->name);
    }
    return names;
}

const char *sasl_select(const char *const *offered, const SaslCredentials *credentials, SaslLink link)
{
    g_autoptr(GPtrArray) names = sasl_candidates(offered, credentials, link);

    return names->len > 0 ? names->pdata[0] : NULL;
}

gboolean sasl_is_plain_text(const char *name)
{
    const MechanismClass *class = find(name);

    return class && class->plain_text;
}

gboolean sasl_offers_plus(const char *const *offered)
{
    for (; offered && *offered; offered++) {
        gsize length = strlen(*offered);

        if (length > 5 && g_ascii_strcasecmp(*offered + length - 5, "-PLUS") == 0)
            return TRUE;
    }
    return FALSE;
}

/* --- secrets ------------------------------------------------------------------------------- */

typedef struct {
    char *text;
    gsize length;
} WipedText;

static void wiped_text_free(gpointer data)
{
    WipedText *wiped = data;

    secret_wipe(wiped->text, wiped->length);
    g_free(wiped->text);
    g_free(wiped);
}

GBytes *sasl_response_take(char *text, gsize length)
{
    WipedText *wiped = g_new(WipedText, 1);

    wiped->text = text;
    wiped->length = length;
    return g_bytes_new_with_free_func(text, length, wiped_text_free, wiped);
}

void sasl_response_free(GBytes *response)
{
    if (response)
        g_bytes_unref(response); /* wiped_text_free() wipes with the last reference */
}

gboolean sasl_has_password(const SaslCredentials *credentials)
{
    return credentials->authcid && *credentials->authcid && credentials->secret && !credentials->token &&
           !credentials->kerberos;
}

/* --- life ---------------------------------------------------------------------------------- */

SaslMechanism *sasl_mechanism_allocate(gsize size, const SaslCredentials *credentials)
{
    SaslMechanism *mechanism = g_malloc0(size);

    mechanism->authcid = g_strdup(credentials->authcid);
    mechanism->authzid = g_strdup(credentials->authzid ? credentials->authzid : "");
    mechanism->secret = g_strdup(credentials->secret);
    mechanism->token = g_strdup(credentials->token);
    return mechanism;
}

static gboolean is_utf8(const char *text)
{
    return !text || g_utf8_validate(text, -1, NULL);
}

SaslMechanism *sasl_mechanism_new(const char *name, const SaslCredentials *credentials, GError **error)
{
    const MechanismClass *class = find(name);
    SaslMechanism *mechanism;

    if (!class) {
        g_set_error(error, SASL_ERROR, SASL_ERROR_UNKNOWN_MECHANISM, _("The login method %s is not known."),
                    name);
        return NULL;
    }
    if (!class->usable(credentials)) {
        g_set_error(error, SASL_ERROR, SASL_ERROR_CREDENTIALS,
                    _("The account does not have what the login method %s needs (name, password, token or "
                      "certificate)."),
                    class->name);
        return NULL;
    }
    if (!is_utf8(credentials->authcid) || !is_utf8(credentials->authzid) || !is_utf8(credentials->secret) ||
        !is_utf8(credentials->token)) {
        g_set_error_literal(error, SASL_ERROR, SASL_ERROR_CREDENTIALS,
                            _("The account's name or password is not UTF-8 text."));
        return NULL;
    }
    mechanism = class->new (credentials, error);
    if (mechanism)
        mechanism->class = class;
    return mechanism;
}

void sasl_mechanism_free(SaslMechanism *mechanism)
{
    if (!mechanism)
        return;
    if (mechanism->class && mechanism->class->free)
        mechanism->class->free(mechanism);
    g_free(mechanism->authcid);
    g_free(mechanism->authzid);
    secret_free_text(mechanism->secret);
    secret_free_text(mechanism->token);
    g_free(mechanism->refusal);
    g_free(mechanism);
}

const char *sasl_mechanism_name(const SaslMechanism *mechanism)
{
    return mechanism->class->name;
}

gboolean sasl_has_initial_response(const SaslMechanism *mechanism)
{
    return mechanism->class->client_first;
}

/* No capability of IMAP says which kinds of binding a server knows, and some offer -PLUS with one that does
 * not exist for the TLS in use (Cyrus binds TLS 1.3 by tls-unique). A server that showed itself to be an
 * impostor gets no second try. */
gboolean sasl_may_try_unbound(const SaslMechanism *mechanism, const GError *error)
{
    return g_str_has_suffix(mechanism->class->name, "-PLUS") &&
           (!error || g_error_matches(error, SASL_ERROR, SASL_ERROR_REFUSED));
}

const char *sasl_refusal(const SaslMechanism *mechanism)
{
    return mechanism->refusal;
}

/* --- steps --------------------------------------------------------------------------------- */

SaslStep sasl_out_of_turn(const SaslMechanism *mechanism, GError **error)
{
    g_set_error(error, SASL_ERROR, SASL_ERROR_CHALLENGE,
                _("The server did not follow the login method %s: it asked once too often."),
                mechanism->class->name);
    return SASL_STEP_FAILED;
}

SaslStep sasl_step(SaslMechanism *mechanism, GBytes *challenge, GBytes **response, GError **error)
{
    SaslStep result;

    *response = NULL;
    if (challenge && g_bytes_get_size(challenge) > SASL_CHALLENGE_MAX) {
        g_set_error(
            error, SASL_ERROR, SASL_ERROR_CHALLENGE,
            _("The server's question in the login method %s is unreasonably long; nothing was answered."),
            mechanism->class->name);
        return SASL_STEP_FAILED;
    }
    result = mechanism->class->step(mechanism, challenge, response, error);
    if (result == SASL_STEP_SEND)
        mechanism->step++;
    return result;
}

gboolean sasl_succeeded(SaslMechanism *mechanism, GBytes *additional, GError **error)
{
    return !mechanism->class->succeeded || mechanism->class->succeeded(mechanism, additional, error);
}
