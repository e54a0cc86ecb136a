/* From the greeting to an authenticated session: STARTTLS where the account says so, the strongest mechanism that both
 * sides have, LOGIN as the last resort. Nothing falls back to less protection than the account asks for.
 */
#include "config.h"

#include "engine/link_private.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/refusal.h"
#include "engine/remembered.h"

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
    if (result == IMAP_RESULT_NOT_SENT || result == IMAP_RESULT_UNKNOWN)
        return;
    /* A server that refuses CAPABILITY is read as one that can nothing special. */
    if (imap_session_capabilities_stale(account->link->session))
        imap_session_assume_capabilities(account->link->session, "IMAP4rev1");
    if (account->link->stage == LINK_STAGE_READY)
        remember_capabilities(account);
    else
        ready(account->link);
}

/* Where the server does not tell its capabilities with the login, what it could do last time is believed until it has
 * answered: asking, and all that is asked on the strength of it, leave in one write. */
static void logged_in(Link *link)
{
    if (!imap_session_capabilities_stale(link->session)) {
        ready(link);
        return;
    }
    g_autofree char *remembered = remembered_capabilities(link->account);
    if (remembered == NULL) {
        link_send(link, NULL, imap_command_capability(), capabilities_after_login, NULL);
        return;
    }
    imap_session_assume_capabilities(link->session, remembered);
    link_hold(link);
    link_send(link, NULL, imap_command_capability(), capabilities_after_login, NULL);
    ready(link);
    link_release(link);
}

/* --- TLS -------------------------------------------------------------------------------------- */

static void starttls_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text; /* whoever is on the way may have written it: the session does not pass it on */
    (void) user;
    if (result == IMAP_RESULT_OK || result == IMAP_RESULT_NOT_SENT || result == IMAP_RESULT_UNKNOWN)
        return; /* OK: the stream changes behind this answer; else the end of the link says why */
    link_end(account->link, LINK_END_REFUSED,
             _("The server refuses STARTTLS. No password was sent. If the server has TLS on a port of its own, write imaps:// in the accounts file."));
}

static void secure(Link *link)
{
    if (!imap_session_can(link->session, IMAP_CAP_STARTTLS)) {
        link_end(link, LINK_END_REFUSED,
                 _("The server does not offer STARTTLS. No password was sent. If the server has TLS on a port of its own, write imaps:// in the accounts file."));
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
    g_autofree char *said = inside != NULL ? g_strdup(inside->message) : refusal_login_words(text);
    g_autofree char *words = NULL;
    Refusal refusal = refusal_read_login(text);
    gboolean passing = text->code == IMAP_CODE_UNAVAILABLE || text->code == IMAP_CODE_INUSE || text->code == IMAP_CODE_LIMIT ||
                       refusal.kind == REFUSAL_THROTTLED;
    connection_wait_before_next(link->connection, refusal.wait_ms);
    if (passing)
        words = g_strdup_printf(_("The server cannot log you in now: “%s”."), said);
    else
        words = g_strdup_printf(_("The server refuses the login of %s: “%s”."), link->account->config->receive->user, said);
    link_end(link, passing ? LINK_END_LOST : LINK_END_LOGIN, words);
}

static void login_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) user;
    if (result == IMAP_RESULT_OK)
        logged_in(account->link);
    else if (result == IMAP_RESULT_NO || result == IMAP_RESULT_BAD)
        refused(account->link, text);
}

static void authenticate(Link *link);

static void login_command(Link *link)
{
    link_send(link, NULL, imap_command_login(link->account->config->receive->user, secret_text(link->means.secret)), login_answered, NULL);
}

static void authenticate_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) id;
    Link *link = user;
    LoginNext next = LOGIN_GIVES_UP;
    if (link->stage == LINK_STAGE_ENDED)
        return;
    if (result == IMAP_RESULT_NOT_SENT && imap_session_auth_error(session) != NULL) { /* there is nothing to begin with */
        connection_doom(link->connection, LINK_END_REFUSED, imap_session_auth_error(session)->message);
        return;
    }
    if (result == IMAP_RESULT_NO || result == IMAP_RESULT_BAD)
        next = login_imap_after_refusal(&link->means, link->mechanism, link->stream, session, text);
    switch (next) {
    case LOGIN_TRIES_AGAIN:
        g_clear_pointer(&link->mechanism, sasl_mechanism_free);
        authenticate(link);
        break;
    case LOGIN_BY_COMMAND:
        login_command(link);
        break;
    case LOGIN_GIVES_UP:
        login_answered(link->account, result, text, NULL);
        break;
    }
}

static void authenticate(Link *link)
{
    g_autoptr(GError) error = NULL;
    LoginOffer offer = login_imap_offer(link->session);
    link->mechanism = login_mechanism(&link->means, link->stream, &offer);
    if (link->mechanism != NULL) {
        if (imap_session_authenticate(link->session, link->mechanism, authenticate_answered, link, &error) == 0)
            link_end(link, LINK_END_REFUSED, error->message);
    } else if (login_may_show_password(&link->means, link->stream, &offer)) {
        login_command(link);
    } else {
        g_autofree char *words = login_impossible_words(&link->means, link->stream, &offer);
        link_end(link, LINK_END_REFUSED, words);
    }
}

/* --- the order of things ---------------------------------------------------------------------- */

static void capabilities_before_login(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) user;
    if (result == IMAP_RESULT_OK)
        return; /* link_login_step() goes on */
    if (result == IMAP_RESULT_NO || result == IMAP_RESULT_BAD) {
        g_autofree char *said = server_words(text);
        link_end(account->link, LINK_END_REFUSED, said);
    }
}

void link_login_greeted(Link *link, const ImapText *text)
{
    g_autofree char *said = server_words(text);
    if (text->status == IMAP_STATUS_BYE) {
        g_autofree char *words = g_strdup_printf(_("The server sends us away: “%s”."), said);
        link_end(link, LINK_END_LOST, words);
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
    if (link->stage != LINK_STAGE_LOGIN || imap_session_capabilities(link->session) == NULL ||
        imap_session_state(link->session) != IMAP_STATE_NOT_AUTHENTICATED || imap_session_outstanding(link->session) > 0 ||
        imap_session_waiting(link->session) > 0 || link->mechanism != NULL)
        return;
    if (link->account->config->receive->security == ACCOUNT_SECURITY_STARTTLS && !stream_is_encrypted(link->stream))
        secure(link);
    else
        authenticate(link);
}
