/* The probe of a POP3 server: greeting, CAPA, STLS, log-in, what it offers, NOOP, and how much is there (STAT). Nothing is fetched or deleted. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/engine.h"
#include "engine/probe_private.h"

enum { ROUND_TRIPS = G_N_ELEMENTS(((ProbeReport *) 0)->round_trip_us) };

static const struct {
    PopCap capability;
    const char *name, *use, *cost;
} extensions[] = {
    { POP_CAP_UIDL, "UIDL", N_("letters are known again by the server's own names for them"),
      N_("letters are known again by their headers, which are asked for at each visit") },
    { POP_CAP_TOP, "TOP", N_("headers of large letters alone, and proof that a letter is the one that is to be deleted"),
      N_("large letters are always fetched whole, and a letter is only deleted in the session that fetched it") },
    { POP_CAP_PIPELINING, "PIPELINING", N_("all letters are asked for at once"), N_("each letter waits for the one before it: one round trip each") },
    { POP_CAP_RESP_CODES, "RESP-CODES", N_("why a log-in is refused is said so that programs can read it"),
      N_("a mailbox that is in use may look like a wrong password") },
    { POP_CAP_UTF8, "UTF8", N_("letters come as they were sent, with addresses in any script"), N_("addresses in other scripts come in a form that the server made up") },
};

void probe_pop_flush(Probe *probe)
{
    GBytes *bytes;
    while (!probe->ended && (bytes = pop_session_take_output(probe->pop, NULL)) != NULL) {
        stream_write(probe->stream, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_bytes_unref(bytes);
    }
}

static void refused(Probe *probe, ProbeCause cause, const PopText *text, const char *format)
{
    g_autofree char *said = g_utf8_make_valid(text->text, -1);
    g_autofree char *words = g_strdup_printf(format, said);
    probe_fail(probe, cause, words);
}

/* --- after the log-in --------------------------------------------------------------------------------------- */

static void counted(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) id;
    Probe *probe = user;
    if (done == POP_DONE_REFUSED)
        refused(probe, PROBE_CAUSE_INBOX_REFUSED, text, _("the server does not say what is there (STAT): “%s”"));
    if (probe->ended || done != POP_DONE_OK)
        return;
    probe_next_stage(probe, PROBE_DONE);
    pop_session_send(session, POP_QUIT, 0, 0, NULL, NULL, NULL);
    probe_pop_flush(probe);
    probe_finish(probe);
}

static void send(Probe *probe, PopVerb verb, PopDoneFunc done)
{
    g_autoptr(GError) error = NULL;
    probe->since = g_get_monotonic_time();
    if (pop_session_send(probe->pop, verb, 0, 0, done, probe, &error) == 0)
        probe_fail_with(probe, error);
    probe_pop_flush(probe);
}

static void round_trip_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    Probe *probe = user;
    if (done == POP_DONE_REFUSED)
        refused(probe, PROBE_CAUSE_NOT_POP, text, _("the server refuses to do nothing (NOOP): “%s”"));
    if (probe->ended || done != POP_DONE_OK)
        return;
    probe->report->round_trip_us[probe->round_trips++] = (guint) (g_get_monotonic_time() - probe->since);
    if (probe->round_trips < ROUND_TRIPS) {
        send(probe, POP_NOOP, round_trip_answered);
        return;
    }
    probe_next_stage(probe, PROBE_MAILBOXES);
    send(probe, POP_STAT, counted);
}

/* What the server asks for, or does by itself, where it concerns the account's policy. */
static void find(Probe *probe, const PopCapabilities *capabilities)
{
    if (capabilities->login_delay > 0)
        probe_report_finding(probe->report, PROBE_CAUSE_LOGIN_DELAY,
                             g_strdup_printf(ngettext("the server asks for %u second between logins; Malle keeps to it",
                                                      "the server asks for %u seconds between logins; Malle keeps to it", capabilities->login_delay),
                                             capabilities->login_delay));
    if (pop_can(capabilities, POP_CAP_EXPIRE) && capabilities->expire_days != POP_EXPIRE_NEVER)
        probe_report_finding(probe->report, PROBE_CAUSE_EXPIRES,
                             g_strdup_printf(ngettext("the server deletes by itself what is older than %u day, whatever pop-policy says",
                                                      "the server deletes by itself what is older than %u days, whatever pop-policy says", capabilities->expire_days),
                                             capabilities->expire_days));
}

static void tell_capabilities(Probe *probe, const PopCapabilities *capabilities)
{
    ProbeReport *report = probe->report;
    g_autoptr(GString) names = g_string_new(NULL);
    report->extensions = g_array_new(FALSE, FALSE, sizeof(ProbeCapability));
    for (guint i = 0; i < G_N_ELEMENTS(extensions); i++) {
        ProbeCapability extension = { extensions[i].name, pop_can(capabilities, extensions[i].capability), _(extensions[i].use), _(extensions[i].cost) };
        g_array_append_val(report->extensions, extension);
        if (extension.offered)
            g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", extension.name);
    }
    report->capabilities = g_strdup(names->str);
    report->server = capabilities->implementation != NULL ? g_utf8_make_valid(capabilities->implementation, -1) : NULL;
    find(probe, capabilities);
}

static void go_on_behind_login(Probe *probe, const PopCapabilities *capabilities)
{
    tell_capabilities(probe, capabilities);
    probe_next_stage(probe, PROBE_ROUND_TRIP);
    send(probe, POP_NOOP, round_trip_answered);
}

static void logged_in(Probe *probe)
{
    const PopCapabilities *capabilities = pop_session_capabilities(probe->pop);
    probe_next_stage(probe, PROBE_CAPABILITIES);
    if (probe->stop_after_login) {
        pop_session_send(probe->pop, POP_QUIT, 0, 0, NULL, NULL, NULL);
        probe_pop_flush(probe);
        probe_finish(probe);
    } else if (capabilities->per_user) {
        pop_session_capa(probe->pop); /* on_capabilities() goes on */
        probe_pop_flush(probe);
    } else {
        go_on_behind_login(probe, capabilities);
    }
}

/* --- the log-in --------------------------------------------------------------------------------------------- */

static LoginOffer offer_of(const Probe *probe)
{
    const PopCapabilities *capabilities = pop_session_capabilities(probe->pop);
    return (LoginOffer){
        .mechanisms = (const char *const *) capabilities->mechanisms,
        .plain_command = !capabilities->asked || pop_can(capabilities, POP_CAP_USER) || capabilities->mechanisms[0] == NULL,
    };
}

static ProbeCause cause_of(const PopText *text)
{
    static const struct {
        const char *code;
        ProbeCause cause;
    } causes[] = {
        { "AUTH", PROBE_CAUSE_WRONG_CREDENTIALS }, { "IN-USE", PROBE_CAUSE_BUSY },        { "LOGIN-DELAY", PROBE_CAUSE_BUSY },
        { "SYS/TEMP", PROBE_CAUSE_BUSY },          { "SYS/PERM", PROBE_CAUSE_CONTACT_ADMIN },
    };
    for (guint i = 0; text->code != NULL && i < G_N_ELEMENTS(causes); i++)
        if (strcmp(causes[i].code, text->code) == 0)
            return causes[i].cause;
    return PROBE_CAUSE_LOGIN_REFUSED;
}

static void plain_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    if (done == POP_DONE_OK)
        logged_in(user);
    else if (done == POP_DONE_REFUSED)
        refused(user, cause_of(text), text, _("the server refuses the login: “%s”"));
}

static void name_way(Probe *probe, const char *way)
{
    g_free(probe->report->mechanism);
    probe->report->mechanism = g_strdup(way);
}

static void by_password(Probe *probe)
{
    g_autoptr(GError) error = NULL;
    name_way(probe, "USER");
    if (!pop_session_login_plain(probe->pop, probe->account->receive->user, secret_text(probe->means.secret), plain_answered, probe, &error))
        probe_fail(probe, PROBE_CAUSE_NO_MECHANISM, error->message);
}

/* Where the server has no secret to compute with, the password has to be shown, if that is allowed. */
static void apop_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    Probe *probe = user;
    LoginOffer offer = offer_of(probe);
    if (done == POP_DONE_REFUSED && login_may_show_password(&probe->means, probe->stream, &offer))
        by_password(probe);
    else
        plain_answered(session, id, done, text, user);
}

static gboolean by_apop(Probe *probe)
{
    if (probe->means.secret == NULL || login_uses_token(probe->account) || stream_is_encrypted(probe->stream) || !pop_session_offers_apop(probe->pop))
        return FALSE;
    name_way(probe, "APOP");
    return pop_session_login_apop(probe->pop, probe->account->receive->user, secret_text(probe->means.secret), apop_answered, probe, NULL);
}

static void authenticate(Probe *probe);

static void authenticate_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    Probe *probe = user;
    const GError *inside = pop_session_auth_error(session);
    LoginOffer offer = offer_of(probe);
    LoginNext next = done == POP_DONE_REFUSED ? login_after_refusal(&probe->means, probe->mechanism, probe->stream, &offer, inside, text->code == NULL)
                                              : LOGIN_GIVES_UP;
    if (probe->ended)
        return;
    g_clear_pointer(&probe->mechanism, sasl_mechanism_free);
    if (next == LOGIN_TRIES_AGAIN)
        authenticate(probe);
    else if (next == LOGIN_BY_COMMAND)
        by_password(probe);
    else if (inside != NULL)
        probe_fail_with(probe, inside);
    else
        plain_answered(session, id, done, text, user);
}

static void authenticate(Probe *probe)
{
    g_autoptr(GError) error = NULL;
    LoginOffer offer = offer_of(probe);
    probe->mechanism = login_mechanism(&probe->means, probe->stream, &offer);
    const char *name = probe->mechanism != NULL ? sasl_mechanism_name(probe->mechanism) : "PLAIN";
    if ((strcmp(name, "PLAIN") == 0 || strcmp(name, "LOGIN") == 0) && by_apop(probe))
        return;
    if (probe->mechanism != NULL) {
        name_way(probe, name);
        if (!pop_session_authenticate(probe->pop, probe->mechanism, authenticate_answered, probe, &error))
            probe_fail_with(probe, error);
    } else if (login_may_show_password(&probe->means, probe->stream, &offer)) {
        by_password(probe);
    } else {
        g_autofree char *words = login_impossible_words(&probe->means, probe->stream, &offer);
        probe_fail(probe, PROBE_CAUSE_NO_MECHANISM, words);
    }
}

static void log_in(Probe *probe, const PopCapabilities *capabilities)
{
    g_autofree char *sasl = g_strjoinv(" ", capabilities->mechanisms);
    g_free(probe->report->mechanisms);
    probe->report->mechanisms = g_strconcat(sasl, *sasl != '\0' ? " " : "", offer_of(probe).plain_command ? "USER" : "",
                                            pop_session_offers_apop(probe->pop) ? " APOP" : "", NULL);
    probe_next_stage(probe, PROBE_LOGIN);
    if (probe->account->receive->user == NULL)
        probe_fail(probe, PROBE_CAUSE_NO_USER, _("the account does not say who logs in: write pop3s://USER@HOST"));
    else if (probe->means.secret == NULL && !login_needs_no_secret(probe->account))
        probe_fail(probe, login_uses_token(probe->account) ? PROBE_CAUSE_NO_TOKEN : PROBE_CAUSE_NO_PASSWORD, _("there is no password to log in with"));
    else
        authenticate(probe);
}

/* --- greeting, STLS ----------------------------------------------------------------------------------------- */

static void stls_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    (void) text; /* whoever is on the way may have written it */
    if (done == POP_DONE_REFUSED)
        probe_fail(user, PROBE_CAUSE_STARTTLS_REFUSED, _("the server refuses STLS, so no password was sent"));
}

static void on_capabilities(PopSession *session, const PopCapabilities *capabilities, gpointer user)
{
    Probe *probe = user;
    g_autoptr(GError) error = NULL;
    if (probe->ended)
        return;
    if (probe->report->stage == PROBE_CAPABILITIES) {
        go_on_behind_login(probe, capabilities);
        return;
    }
    if (probe->account->receive->security != ACCOUNT_SECURITY_STARTTLS || pop_session_is_protected(session)) {
        log_in(probe, capabilities);
        return;
    }
    probe->securing = TRUE;
    if (capabilities->asked && !pop_can(capabilities, POP_CAP_STLS))
        probe_fail(probe, PROBE_CAUSE_STARTTLS_MISSING, _("the server does not offer STLS, so no password was sent; perhaps it is reached by pop3s://"));
    else if (!pop_session_stls(session, stls_answered, probe, &error))
        probe_fail(probe, PROBE_CAUSE_STARTTLS_MISSING, error->message);
}

static void on_refused(PopSession *session, const PopText *text, gpointer user)
{
    Probe *probe = user;
    gboolean clear = probe->account->receive->security == ACCOUNT_SECURITY_STARTTLS && !pop_session_is_protected(session);
    if (clear) /* whoever is on the way may have written it */
        probe_fail(probe, PROBE_CAUSE_SENT_AWAY, _("the server sends us away"));
    else
        refused(probe, PROBE_CAUSE_SENT_AWAY, text, _("the server sends us away: “%s”"));
}

static void on_size(PopSession *session, PopCommandId id, guint32 number, guint64 size, gpointer user)
{
    (void) session;
    (void) id;
    ProbeReport *report = ((Probe *) user)->report;
    report->letters = number;
    report->octets = size;
}

void probe_pop_begin(Probe *probe)
{
    static const PopSecurity securities[] = {
        [ACCOUNT_SECURITY_TLS] = POP_SECURITY_TLS,
        [ACCOUNT_SECURITY_STARTTLS] = POP_SECURITY_STLS,
        [ACCOUNT_SECURITY_INSECURE] = POP_SECURITY_NONE,
    };
    static const PopSessionEvents events = { .ready = on_capabilities, .refused = on_refused, .size = on_size };
    PopSessionOptions options = { .security = securities[probe->account->receive->security] };
    probe->pop = pop_session_new(&options, &events, probe);
}

/* --- what arrives ------------------------------------------------------------------------------------------- */

static gboolean resume_mechanism(gpointer data)
{
    Probe *probe = data;
    g_clear_pointer(&probe->turn, g_source_unref);
    pop_session_auth_resume(probe->pop);
    probe_pop_flush(probe);
    if (!probe->ended && pop_session_auth_busy(probe->pop))
        probe_in_next_turn(probe, resume_mechanism);
    return G_SOURCE_REMOVE;
}

static void fail_to_read(Probe *probe, const GError *error)
{
    if (g_error_matches(error, POP_ERROR, POP_ERROR_INSECURE))
        probe_fail(probe, probe->report->stage >= PROBE_LOGIN ? PROBE_CAUSE_MECHANISM : PROBE_CAUSE_STARTTLS_INJECTED, error->message);
    else if (error->domain == POP_ERROR)
        probe_fail(probe, probe->greeted_as_web ? PROBE_CAUSE_WEB_SERVER : PROBE_CAUSE_NOT_POP, error->message);
    else
        probe_fail_with(probe, error);
}

/* Behind the answer to STLS octets are the stream's to judge. */
gsize probe_pop_received(Probe *probe, const guint8 *bytes, gsize length, gboolean *begin_tls)
{
    g_autoptr(GError) error = NULL;
    gsize taken = 0;
    while (error == NULL && taken < length && !pop_session_wants_tls(probe->pop)) {
        const guint8 *end = probe->securing ? memchr(bytes + taken, '\n', length - taken) : NULL;
        gsize piece = end != NULL ? (gsize) (end - (bytes + taken)) + 1 : length - taken;
        pop_session_feed(probe->pop, bytes + taken, piece, &error);
        taken += piece;
    }
    if (error != NULL)
        fail_to_read(probe, error);
    *begin_tls = !probe->ended && pop_session_wants_tls(probe->pop);
    if (!probe->ended && !*begin_tls && pop_session_auth_busy(probe->pop) && probe->turn == NULL)
        probe_in_next_turn(probe, resume_mechanism);
    if (!*begin_tls)
        probe_pop_flush(probe);
    return taken;
}
