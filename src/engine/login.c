#include "config.h"

#include "engine/login.h"

#include <string.h>

#include "base/i18n.h"

gboolean login_uses_token(const Account *account)
{
    return account->token_command != NULL;
}

gboolean login_needs_no_secret(const Account *account)
{
    return account->client_certificate != NULL || account->kerberos;
}

/* --- the mechanism ---------------------------------------------------------------------------- */

static gboolean is_insecure_allowed(const LoginMeans *means)
{
    return means->url->security == ACCOUNT_SECURITY_INSECURE;
}

static const char *const *offered_mechanisms(const LoginOffer *offer)
{
    static const char *const none[] = { NULL };
    return offer->mechanisms != NULL ? offer->mechanisms : none;
}

/* Asked for even where no -PLUS is offered: a SCRAM that could have bound the channel says so, and the server notices when somebody on
 * the way took its offer out (RFC 5802 §6). */
static GBytes *channel_binding(Stream *stream, const char **kind)
{
    static const char *const kinds[] = { "tls-exporter", "tls-unique", "tls-server-end-point" };
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        GBytes *data = stream_channel_binding(stream, kinds[i]);
        if (data != NULL) {
            *kind = kinds[i];
            return data;
        }
    }
    return NULL;
}

/* The token, if it was made for the server that is to see it. */
static const char *token_of(const LoginMeans *means)
{
    return login_uses_token(means->account) && means->secret != NULL ? secret_text_for(means->secret, means->url->host) : NULL;
}

SaslMechanism *login_mechanism(const LoginMeans *means, Stream *stream, const LoginOffer *offer)
{
    /* As GSSAPI names services (RFC 4752 §3.1, RFC 5034 §4). */
    static const char *const services[] = { [ACCOUNT_SCHEME_IMAP] = "imap", [ACCOUNT_SCHEME_POP3] = "pop", [ACCOUNT_SCHEME_SMTP] = "smtp" };
    const Account *account = means->account;
    const char *const *offered = offered_mechanisms(offer);
    const char *secret = means->secret != NULL ? secret_text(means->secret) : NULL;
    SaslCredentials credentials = {
        .authcid = means->url->user,
        .secret = login_uses_token(account) ? NULL : secret,
        .token = token_of(means),
        .client_certificate = account->client_certificate != NULL && !means->no_external,
        .kerberos = account->kerberos,
        .service = services[means->url->scheme],
        .host = means->url->host,
        .port = means->url->port,
        .plus_offered = sasl_offers_plus(offered),
    };
    g_autoptr(GBytes) binding = means->unbound ? NULL : channel_binding(stream, &credentials.binding_name);
    credentials.binding_data = binding;
    SaslLink link = (stream_is_encrypted(stream) ? SASL_LINK_ENCRYPTED : SASL_LINK_CLEAR) |
                    (is_insecure_allowed(means) ? SASL_LINK_INSECURE_ALLOWED : 0);

    /* One that cannot be made (a password that SCRAM may not prepare) makes way for the next. */
    g_autoptr(GPtrArray) names = sasl_candidates(offered, &credentials, link);
    SaslMechanism *mechanism = NULL;
    for (guint i = 0; i < names->len && mechanism == NULL; i++)
        mechanism = sasl_mechanism_new(names->pdata[i], &credentials, NULL);
    return mechanism;
}

gboolean login_may_show_password(const LoginMeans *means, Stream *stream, const LoginOffer *offer)
{
    return means->secret != NULL && !login_uses_token(means->account) && offer->plain_command &&
           (stream_is_encrypted(stream) || is_insecure_allowed(means));
}

char *login_impossible_words(const LoginMeans *means, Stream *stream, const LoginOffer *offer)
{
    const Account *account = means->account;
    g_autofree char *offered = g_strjoinv(" ", (char **) offered_mechanisms(offer));
    g_autofree char *valid = g_utf8_make_valid(offered, -1);
    const char *list = *valid != '\0' ? valid : "–";
    if (!stream_is_encrypted(stream) && !is_insecure_allowed(means))
        return g_strdup(_("The connection is not encrypted, so no password was sent."));
    if (login_uses_token(account) && means->secret != NULL && token_of(means) == NULL)
        return g_strdup(_("The token was made for another server. Nothing was sent."));
    if (login_uses_token(account))
        return g_strdup_printf(_("The server takes no tokens (it offers: %s). Nothing was sent; perhaps it wants a password: see password-command in malle-accounts(5)."), list);
    if (account->kerberos)
        return sasl_is_known("GSSAPI") ? g_strdup_printf(_("The server takes no Kerberos tickets (it offers: %s). Nothing was sent."), list)
                                       : g_strdup(_("This Malle was built without Kerberos (GNU SASL). Nothing was sent."));
    if (means->secret == NULL)
        return g_strdup_printf(_("The server does not take the client certificate as a log-in (it offers: %s), and the account has no password."), list);
    return g_strdup_printf(_("The server offers no way to log in that this account allows (it offers: %s). No password was sent."), list);
}

/* --- after a refusal -------------------------------------------------------------------------- */

LoginNext login_after_refusal(LoginMeans *means, const SaslMechanism *mechanism, Stream *stream, const LoginOffer *offer, const GError *inside,
                              gboolean plain_refusal)
{
    if (sasl_may_try_unbound(mechanism, inside)) {
        means->unbound = TRUE;
        return LOGIN_TRIES_AGAIN;
    }
    if (inside != NULL)
        return LOGIN_GIVES_UP;
    /* The certificate may only be what the server's TLS asks of everybody, with a password behind it. */
    if (strcmp(sasl_mechanism_name(mechanism), "EXTERNAL") == 0 && means->secret != NULL) {
        means->no_external = TRUE;
        return LOGIN_TRIES_AGAIN;
    }
    /* Some servers offer mechanisms that they have no secrets for (GNU mailutils' imap4d with the system's passwords), and only the LOGIN
     * command works. One that knows the password to be wrong, and says so, is not asked again. */
    if (plain_refusal && login_may_show_password(means, stream, offer))
        return LOGIN_BY_COMMAND;
    return LOGIN_GIVES_UP;
}
