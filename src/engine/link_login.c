/* From the greeting to an authenticated session: STARTTLS where the account says so, the strongest mechanism that both
 * sides have, LOGIN as the last resort. Nothing falls back to less protection than the account asks for.
 */
#include "config.h"

#include "engine/link_private.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"

static void authenticate(Link *link);
static void login_command(Link *link);

static char *server_words(const ImapText *text)
{
    g_autofree char *words = imap_string_dup(text->text);
    return g_utf8_make_valid(words != NULL ? words : "", -1);
}

static void ready(Link *link)
{
    link->stage = LINK_STAGE_READY;
    link->owner.ready(link->account);
}

/* --- capabilities ----------------------------------------------------------------------------- */

static void capabilities_after_login(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    (void) user;
    /* A server that refuses CAPABILITY is read as one that can nothing special. */
    if (result != IMAP_RESULT_NOT_SENT && result != IMAP_RESULT_UNKNOWN)
        ready(account->link);
}

static void logged_in(Link *link)
{
    if (imap_session_capabilities_stale(link->session))
        link_send(link, NULL, imap_command_capability(), capabilities_after_login, NULL);
    else
        ready(link);
}

/* --- TLS -------------------------------------------------------------------------------------- */

static void starttls_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text; /* whoever is on the way may have written it: the session does not pass it on */
    (void) user;
    if (result == IMAP_RESULT_OK || result == IMAP_RESULT_NOT_SENT || result == IMAP_RESULT_UNKNOWN)
        return; /* OK: the stream changes behind this answer; else the end of the link says why */
    link_end(account->link, LINK_END_REFUSED,
             _("The server refuses STARTTLS. No password was sent. If the server has TLS on a port of its own, write imaps:// in the accounts file."),
             NULL);
}

static void secure(Link *link)
{
    if (!imap_session_can(link->session, IMAP_CAP_STARTTLS)) {
        link_end(link, LINK_END_REFUSED,
                 _("The server does not offer STARTTLS. No password was sent. If the server has TLS on a port of its own, write imaps:// in the accounts file."),
                 NULL);
        return;
    }
    link->stage = LINK_STAGE_SECURING;
    link_send(link, NULL, imap_command_starttls(), starttls_answered, NULL);
}

void link_login_secured(Link *link)
{
    link->stage = LINK_STAGE_LOGIN; /* the session asks CAPABILITY by itself; link_login_step() goes on when they are here */
}

/* --- authentication --------------------------------------------------------------------------- */

static void refused(Link *link, const ImapText *text)
{
    const GError *inside = imap_session_auth_error(link->session);
    g_autofree char *said = inside != NULL ? g_strdup(inside->message) : server_words(text);
    g_autofree char *words = NULL;
    gboolean passing = text->code == IMAP_CODE_UNAVAILABLE || text->code == IMAP_CODE_THROTTLED || text->code == IMAP_CODE_INUSE ||
                       text->code == IMAP_CODE_LIMIT;
    if (passing)
        words = g_strdup_printf(_("The server cannot log you in now: “%s”."), said);
    else
        words = g_strdup_printf(_("The server refuses the login of %s: “%s”."), link->account->config->receive->user, said);
    link_end(link, passing ? LINK_END_LOST : LINK_END_LOGIN, words, NULL);
}

static void login_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) user;
    if (result == IMAP_RESULT_OK)
        logged_in(account->link);
    else if (result == IMAP_RESULT_NO || result == IMAP_RESULT_BAD)
        refused(account->link, text);
}

static gboolean is_protected(const Link *link)
{
    return stream_is_encrypted(link->stream);
}

/* May the password be shown to the server? */
static gboolean may_show_password(const Link *link)
{
    return (is_protected(link) || link->account->config->receive->security == ACCOUNT_SECURITY_INSECURE) && link->password != NULL &&
           !imap_session_can(link->session, IMAP_CAP_LOGINDISABLED);
}

static void authenticate(Link *link);

static void authenticate_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) id;
    Link *link = user;
    if (link->stage == LINK_STAGE_ENDED)
        return;
    if ((result == IMAP_RESULT_NO || result == IMAP_RESULT_BAD) &&
        sasl_may_try_unbound(link->mechanism, imap_session_auth_error(session))) {
        link->unbound = TRUE;
        g_clear_pointer(&link->mechanism, sasl_mechanism_free);
        authenticate(link);
        return;
    }
    /* Some servers offer mechanisms that they have no secrets for (GNU mailutils' imap4d with the system's passwords), and only the LOGIN
     * command works. One that knows the password to be wrong says so by AUTHENTICATIONFAILED, and is not asked again. */
    if (result == IMAP_RESULT_NO && text->code == IMAP_CODE_NONE && imap_session_auth_error(session) == NULL && may_show_password(link))
        login_command(link);
    else
        login_answered(link->account, result, text, NULL);
}

static void login_command(Link *link)
{
    if (!may_show_password(link)) {
        link_end(link, LINK_END_REFUSED,
                 _("The server offers no way to log in that this account allows. “malle doctor” lists what it offers."), NULL);
        return;
    }
    link_send(link, NULL, imap_command_login(link->account->config->receive->user, secret_text(link->password)), login_answered, NULL);
}

static SaslMechanism *choose_mechanism(Link *link)
{
    const Account *config = link->account->config;
    const char *const *offered = imap_capabilities_mechanisms(imap_session_capabilities(link->session));
    g_autoptr(GBytes) binding = NULL;
    SaslCredentials credentials = {
        .authcid = config->receive->user,
        .secret = link->password != NULL ? secret_text(link->password) : NULL,
        .client_certificate = config->client_certificate != NULL,
        .host = config->receive->host,
        .port = config->receive->port,
        .plus_offered = sasl_offers_plus(offered),
    };
    /* Asked for even where no -PLUS is offered: a SCRAM that could have bound the channel says so, and the server notices
     * when somebody on the way took its offer out (RFC 5802 §6). */
    static const char *const bindings[] = { "tls-exporter", "tls-unique", "tls-server-end-point" };
    for (guint i = 0; i < G_N_ELEMENTS(bindings) && binding == NULL && !link->unbound; i++)
        if ((binding = stream_channel_binding(link->stream, bindings[i])) != NULL)
            credentials.binding_name = bindings[i];
    credentials.binding_data = binding;

    SaslLink kind = is_protected(link) ? SASL_LINK_ENCRYPTED : SASL_LINK_CLEAR;
    if (config->receive->security == ACCOUNT_SECURITY_INSECURE)
        kind |= SASL_LINK_INSECURE_ALLOWED;
    const char *name = sasl_select(offered, &credentials, kind);
    return name != NULL ? sasl_mechanism_new(name, &credentials, NULL) : NULL;
}

static void authenticate(Link *link)
{
    link->mechanism = choose_mechanism(link);
    g_autoptr(GError) error = NULL;
    if (link->mechanism == NULL)
        login_command(link);
    else if (imap_session_authenticate(link->session, link->mechanism, authenticate_answered, link, &error) == 0)
        link_end(link, LINK_END_REFUSED, error->message, NULL);
}

static gboolean resume_mechanism(gpointer data)
{
    Link *link = data;
    engine_clear_source(&link->login_turn);
    imap_session_auth_resume(link->session);
    link_flush(link);
    link_login_step(link);
    return G_SOURCE_REMOVE;
}

/* --- the order of things ---------------------------------------------------------------------- */

static void capabilities_before_login(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) user;
    if (result == IMAP_RESULT_OK)
        return; /* link_login_step() goes on */
    if (result == IMAP_RESULT_NO || result == IMAP_RESULT_BAD) {
        g_autofree char *said = server_words(text);
        link_end(account->link, LINK_END_REFUSED, said, NULL);
    }
}

void link_login_greeted(Link *link, const ImapText *text)
{
    g_autofree char *said = server_words(text);
    if (text->status == IMAP_STATUS_BYE) {
        g_autofree char *words = g_strdup_printf(_("The server sends us away: “%s”."), said);
        link_end(link, LINK_END_LOST, words, NULL);
        return;
    }
    link->stage = LINK_STAGE_LOGIN;
    if (text->status == IMAP_STATUS_PREAUTH)
        logged_in(link);
    else if (imap_session_capabilities(link->session) == NULL)
        link_send(link, NULL, imap_command_capability(), capabilities_before_login, NULL);
}

void link_login_step(Link *link)
{
    if (imap_session_auth_busy(link->session) && link->login_turn == NULL)
        link->login_turn = engine_idle(link->account->engine, resume_mechanism, link);
    if (link->stage != LINK_STAGE_LOGIN || imap_session_capabilities(link->session) == NULL ||
        imap_session_state(link->session) != IMAP_STATE_NOT_AUTHENTICATED || imap_session_outstanding(link->session) > 0 ||
        imap_session_waiting(link->session) > 0 || link->mechanism != NULL)
        return;
    if (link->account->config->receive->security == ACCOUNT_SECURITY_STARTTLS && !is_protected(link))
        secure(link);
    else
        authenticate(link);
}
