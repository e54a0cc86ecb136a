/* The probe's second half: logging in, and what the server is asked of itself once logged in. */
#include "config.h"

#include "base/i18n.h"
#include "engine/engine.h"
#include "engine/probe_private.h"

enum { ROUND_TRIPS = G_N_ELEMENTS(((ProbeReport *) 0)->round_trip_us) };

/* --- after login ------------------------------------------------------------------------------------------ */

static void round_trip_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) session;
    (void) id;
    Probe *probe = user;
    if (result != IMAP_RESULT_OK) {
        probe_refused(probe, PROBE_CAUSE_COMMAND_REFUSED, result, text, _("the server refuses to do nothing (NOOP): “%s”"));
        return;
    }
    probe->report->round_trip_us[probe->round_trips++] = (guint) (g_get_monotonic_time() - probe->since);
    if (probe->round_trips < ROUND_TRIPS) {
        probe->since = g_get_monotonic_time();
        probe_send(probe, imap_command_noop(), round_trip_answered);
        return;
    }
    probe_next_stage(probe, PROBE_MAILBOXES);
    probe_mailboxes(probe);
}

static void id_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) session;
    (void) id;
    (void) text;
    Probe *probe = user;
    if (result == IMAP_RESULT_NOT_SENT || result == IMAP_RESULT_UNKNOWN)
        return; /* the end of the link says why */
    probe_next_stage(probe, PROBE_ROUND_TRIP);
    probe->since = g_get_monotonic_time();
    probe_send(probe, imap_command_noop(), round_trip_answered);
}

static void capabilities_known(Probe *probe)
{
    static const char *const who[] = { "name", PACKAGE_NAME, "version", PACKAGE_VERSION, NULL };
    if (!imap_session_can(probe->session, IMAP_CAP_IMAP4REV1) && !imap_session_can(probe->session, IMAP_CAP_IMAP4REV2)) {
        probe_fail(probe, PROBE_CAUSE_NO_IMAP4,
                   _("the server speaks neither IMAP4rev1 nor IMAP4rev2: it is of a time before 1996, or something on the way changes its words"));
        return;
    }
    probe_report_capabilities(probe->report, imap_session_capabilities(probe->session));
    /* Asked before the stage is told, so that it can say what the server is. */
    if (imap_session_can(probe->session, IMAP_CAP_ID)) {
        probe_send(probe, imap_command_id(who), id_answered);
        return;
    }
    ImapText nothing = { .status = IMAP_STATUS_OK, .text = IMAP_STRING("") };
    id_answered(probe->session, 0, IMAP_RESULT_OK, &nothing, probe);
}

static void capability_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) session;
    (void) id;
    Probe *probe = user;
    if (result == IMAP_RESULT_OK)
        capabilities_known(probe);
    else
        probe_refused(probe, PROBE_CAUSE_NO_CAPABILITIES, result, text, _("the server refuses to say what it can do (CAPABILITY): “%s”"));
}

void probe_logged_in(Probe *probe)
{
    probe_next_stage(probe, PROBE_CAPABILITIES);
    if (probe->stop_after_login) {
        probe_send(probe, imap_command_logout(), NULL);
        probe_flush(probe);
        probe_finish(probe);
    } else if (imap_session_capabilities_stale(probe->session) || imap_session_capabilities(probe->session) == NULL) {
        probe_send(probe, imap_command_capability(), capability_answered);
    } else {
        capabilities_known(probe);
    }
}

/* --- login --------------------------------------------------------------------------------------------------- */

static void login_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) session;
    (void) id;
    if (result == IMAP_RESULT_OK)
        probe_logged_in(user);
    else
        probe_refused(user, probe_cause_of_login(text->code), result, text, _("the server refuses the login: “%s”"));
}

static void login_command(Probe *probe)
{
    g_free(probe->report->mechanism);
    probe->report->mechanism = g_strdup("LOGIN");
    probe_send(probe, imap_command_login(probe->account->receive->user, secret_text(probe->means.secret)), login_answered);
}

static void authenticate(Probe *probe);

static void authenticate_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    Probe *probe = user;
    const GError *own = imap_session_auth_error(session);
    gboolean refused = result == IMAP_RESULT_NO || result == IMAP_RESULT_BAD || (result == IMAP_RESULT_NOT_SENT && own != NULL);
    switch (refused ? login_imap_after_refusal(&probe->means, probe->mechanism, probe->stream, session, text) : LOGIN_GIVES_UP) {
    case LOGIN_TRIES_AGAIN:
        g_clear_pointer(&probe->mechanism, sasl_mechanism_free);
        g_clear_pointer(&probe->report->mechanism, g_free);
        authenticate(probe);
        break;
    case LOGIN_BY_COMMAND:
        login_command(probe);
        break;
    case LOGIN_GIVES_UP:
        if (refused && own != NULL)
            probe_fail_with(probe, own); /* the mechanism gave up; the server's NO only says so */
        else
            login_answered(session, id, result, text, user);
        break;
    }
}

static ProbeCause no_way_in(const Probe *probe)
{
    gboolean disabled = imap_session_can(probe->session, IMAP_CAP_LOGINDISABLED);
    return disabled && *probe->report->mechanisms == '\0' ? PROBE_CAUSE_LOGIN_DISABLED : PROBE_CAUSE_NO_MECHANISM;
}

static void authenticate(Probe *probe)
{
    g_autoptr(GError) error = NULL;
    LoginOffer offer = login_imap_offer(probe->session);
    probe->mechanism = login_mechanism(&probe->means, probe->stream, &offer);
    if (probe->mechanism != NULL) {
        probe->report->mechanism = g_strdup(sasl_mechanism_name(probe->mechanism));
        if (imap_session_authenticate(probe->session, probe->mechanism, authenticate_answered, probe, &error) == 0)
            probe_fail_with(probe, error);
    } else if (login_may_show_password(&probe->means, probe->stream, &offer)) {
        login_command(probe);
    } else {
        g_autofree char *words = login_impossible_words(&probe->means, probe->stream, &offer);
        probe_fail(probe, no_way_in(probe), words);
    }
}

void probe_log_in(Probe *probe)
{
    const char *const *offered = imap_capabilities_mechanisms(imap_session_capabilities(probe->session));
    g_free(probe->report->mechanisms);
    probe->report->mechanisms = g_strjoinv(" ", (char **) offered);
    probe->report->initial_response = imap_session_can(probe->session, IMAP_CAP_SASL_IR);
    probe_next_stage(probe, PROBE_LOGIN);
    if (probe->account->receive->user == NULL)
        probe_fail(probe, PROBE_CAUSE_NO_USER, _("the account does not say who logs in: write imaps://USER@HOST"));
    else if (probe->means.secret == NULL && !login_needs_no_secret(probe->account))
        if (login_uses_token(probe->account))
            probe_fail(probe, PROBE_CAUSE_NO_TOKEN, _("there is no token to log in with: the token command gave none"));
        else
            probe_fail(probe, PROBE_CAUSE_NO_PASSWORD, _("there is no password to log in with"));
    else
        authenticate(probe);
}
