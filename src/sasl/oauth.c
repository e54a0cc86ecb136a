/* OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's and Microsoft's older form of it): a bearer token instead of a
 * password. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "sasl/mechanism.h"

typedef struct {
    SaslMechanism base;
    char *host;
    guint16 port;
} Oauth;

static gboolean has_token(const SaslCredentials *credentials)
{
    return credentials->authcid && *credentials->authcid && credentials->token && *credentials->token;
}

/* The parts are separated by ^A: nothing of them may hold one, nor may a token end the line (RFC 6750 §2.1
 * has no such bytes). */
static gboolean is_clean(const char *text)
{
    for (; text && *text; text++)
        if ((guchar)*text < 0x20 || *text == 0x7f)
            return FALSE;
    return TRUE;
}

static SaslMechanism *oauth_new(const SaslCredentials *credentials, GError **error)
{
    Oauth *self;

    if (!is_clean(credentials->authcid) || !is_clean(credentials->authzid) || !is_clean(credentials->token) ||
        !is_clean(credentials->host)) {
        g_set_error_literal(error, SASL_ERROR, SASL_ERROR_CREDENTIALS,
                            _("The account's name or token holds control characters; nothing was sent."));
        return NULL;
    }
    self = (Oauth *)sasl_mechanism_allocate(sizeof(Oauth), credentials);
    self->host = g_strdup(credentials->host);
    self->port = credentials->port;
    return &self->base;
}

static void oauth_free(SaslMechanism *mechanism)
{
    g_free(((Oauth *)mechanism)->host);
}

/* The value of a member of the error that the server sends (RFC 7628 §3.2.2, one flat JSON object): a short word, or NULL. */
static char *error_member(const char *json, const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/ ";
    g_autofree char *key = g_strdup_printf("\"%s\"", name);
    const char *at = strstr(json, key);
    if (at == NULL)
        return NULL;
    at += strlen(key);
    at += strspn(at, " \t\r\n:");
    if (*at != '"')
        return NULL;
    gsize length = strspn(at + 1, letters);
    return length > 0 && length <= 100 && at[1 + length] == '"' ? g_strndup(at + 1, length) : NULL;
}

static char *refusal_in_words(const char *json)
{
    g_autofree char *status = error_member(json, "status");
    g_autofree char *scope = error_member(json, "scope");
    if (g_strcmp0(status, "insufficient_scope") == 0 || g_strcmp0(status, "403") == 0)
        return g_strdup_printf(_("The server did not accept the token: it was made for something else (what is wanted: %s)."), scope != NULL ? scope : "–");
    if (status != NULL)
        return g_strdup_printf(_("The server did not accept the token (%s): it may have expired or have been withdrawn."), status);
    return g_strdup(_("The server did not accept the token: it may have expired or have been withdrawn."));
}

/* A challenge after the token is the server's refusal, as JSON. It wants one more answer before it says NO,
 * so that a client that hangs up here leaves it waiting. */
static SaslStep refused(SaslMechanism *self, GBytes *challenge, const char *acknowledgement,
                        GBytes **response, GError **error)
{
    const char *words;
    gsize length;

    if (self->step > 1 || !challenge)
        return sasl_out_of_turn(self, error);
    words = g_bytes_get_data(challenge, &length);
    self->refusal = length > 0 ? g_utf8_make_valid(words, (gssize)length) : g_strdup("");
    *response = g_bytes_new(acknowledgement, strlen(acknowledgement));
    self->step++;
    g_autofree char *said = refusal_in_words(self->refusal);
    g_set_error_literal(error, SASL_ERROR, SASL_ERROR_REFUSED, said);
    return SASL_STEP_FAILED;
}

/* RFC 5801 §4: "," and "=" of a name in the GS2 header. */
static char *gs2_name(const char *name)
{
    GString *text = g_string_new(NULL);

    for (; *name; name++) {
        if (*name == ',')
            g_string_append(text, "=2C");
        else if (*name == '=')
            g_string_append(text, "=3D");
        else
            g_string_append_c(text, *name);
    }
    return g_string_free(text, FALSE);
}

static SaslStep oauthbearer_step(SaslMechanism *mechanism, GBytes *challenge, GBytes **response,
                                 GError **error)
{
    Oauth *self = (Oauth *)mechanism;
    g_autofree char *name = NULL;
    g_autofree char *where = NULL;
    char *text;

    if (mechanism->step > 0)
        return refused(mechanism, challenge, "\001", response, error);
    name = gs2_name(*mechanism->authzid ? mechanism->authzid : mechanism->authcid);
    where = self->host ? g_strdup_printf("host=%s\001port=%u\001", self->host, self->port) : g_strdup("");
    text = g_strdup_printf("n,a=%s,\001%sauth=Bearer %s\001\001", name, where, mechanism->token);
    *response = sasl_response_take(text, strlen(text));
    return SASL_STEP_SEND;
}

static SaslStep xoauth2_step(SaslMechanism *mechanism, GBytes *challenge, GBytes **response, GError **error)
{
    char *text;

    if (mechanism->step > 0)
        return refused(mechanism, challenge, "", response, error);
    text = g_strdup_printf("user=%s\001auth=Bearer %s\001\001", mechanism->authcid, mechanism->token);
    *response = sasl_response_take(text, strlen(text));
    return SASL_STEP_SEND;
}

const MechanismClass sasl_oauthbearer = {
    .name = "OAUTHBEARER",
    .client_first = TRUE,
    .plain_text = TRUE,
    .usable = has_token,
    .new = oauth_new,
    .step = oauthbearer_step,
    .free = oauth_free,
};

const MechanismClass sasl_xoauth2 = {
    .name = "XOAUTH2",
    .client_first = TRUE,
    .plain_text = TRUE,
    .usable = has_token,
    .new = oauth_new,
    .step = xoauth2_step,
    .free = oauth_free,
};
