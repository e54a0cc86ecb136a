/* The probe of a submission server: greeting, STARTTLS, log-in. Nothing is submitted. */
#include "config.h"

#include "base/i18n.h"
#include "engine/engine.h"
#include "engine/probe_private.h"
#include "engine/submission_words.h"

void probe_smtp_flush(Probe *probe)
{
    GBytes *bytes;
    while (!probe->ended && (bytes = smtp_session_take_output(probe->smtp, NULL, NULL)) != NULL) {
        stream_write(probe->stream, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_bytes_unref(bytes);
    }
}

static void refused(Probe *probe, ProbeCause cause, const SmtpReply *reply, const char *format)
{
    g_autofree char *said = submission_reply_words(reply);
    g_autofree char *words = g_strdup_printf(format, said);
    probe_fail(probe, smtp_reply_is_transient(reply) ? PROBE_CAUSE_BUSY : cause, words);
}

/* --- the log-in ------------------------------------------------------------------------------------------- */

static void logged_in(Probe *probe)
{
    probe_next_stage(probe, PROBE_DONE);
    smtp_session_quit(probe->smtp);
    probe_smtp_flush(probe);
    probe_finish(probe);
}

static LoginOffer offer_of(const Probe *probe)
{
    const SmtpCapabilities *capabilities = smtp_session_capabilities(probe->smtp);
    return (LoginOffer){ .mechanisms = capabilities != NULL ? (const char *const *) capabilities->mechanisms : NULL };
}

static void authenticate(Probe *probe);

static void authenticated(SmtpSession *session, SmtpDone done, const SmtpReply *reply, gpointer user)
{
    Probe *probe = user;
    const GError *own = smtp_session_auth_error(session);
    LoginOffer offer = offer_of(probe);
    if (probe->ended)
        return;
    if (done == SMTP_DONE_OK) {
        logged_in(probe);
    } else if (done == SMTP_DONE_REFUSED && login_after_refusal(&probe->means, probe->mechanism, probe->stream, &offer, own, FALSE) == LOGIN_TRIES_AGAIN) {
        g_clear_pointer(&probe->mechanism, sasl_mechanism_free);
        authenticate(probe);
    } else if (own != NULL) {
        probe_fail_with(probe, own);
    } else if (done == SMTP_DONE_REFUSED) {
        gboolean wrong = reply->code == 535;
        refused(probe, wrong ? PROBE_CAUSE_WRONG_CREDENTIALS : PROBE_CAUSE_LOGIN_REFUSED, reply, _("the submission server refuses the login: “%s”"));
    }
}

static void authenticate(Probe *probe)
{
    g_autoptr(GError) error = NULL;
    LoginOffer offer = offer_of(probe);
    probe->mechanism = login_mechanism(&probe->means, probe->stream, &offer);
    if (probe->mechanism == NULL) {
        g_autofree char *words = login_impossible_words(&probe->means, probe->stream, &offer);
        probe_fail(probe, PROBE_CAUSE_NO_MECHANISM, words);
        return;
    }
    g_free(probe->report->mechanism);
    probe->report->mechanism = g_strdup(sasl_mechanism_name(probe->mechanism));
    if (!smtp_session_authenticate(probe->smtp, probe->mechanism, authenticated, probe, &error))
        probe_fail_with(probe, error);
}

static void log_in(Probe *probe)
{
    g_free(probe->report->mechanisms);
    probe->report->mechanisms = g_strjoinv(" ", smtp_session_capabilities(probe->smtp)->mechanisms);
    probe_next_stage(probe, PROBE_LOGIN);
    if (probe->account->receive->user == NULL)
        logged_in(probe); /* it knows us by where we are */
    else if (probe->means.secret == NULL && !login_needs_no_secret(probe->account))
        probe_fail(probe, PROBE_CAUSE_NO_PASSWORD, _("there is no password to log in with"));
    else
        authenticate(probe);
}

/* --- greeting, STARTTLS ------------------------------------------------------------------------------------ */

static void starttls_answered(SmtpSession *session, SmtpDone done, const SmtpReply *reply, gpointer user)
{
    (void) session;
    (void) reply; /* whoever is on the way may have written it */
    if (done == SMTP_DONE_REFUSED)
        probe_fail(user, PROBE_CAUSE_STARTTLS_REFUSED, _("the submission server refuses STARTTLS, so no password was sent"));
}

static void on_hello(SmtpSession *session, const SmtpCapabilities *capabilities, gpointer user)
{
    Probe *probe = user;
    g_autoptr(GError) error = NULL;
    if (probe->ended || probe->report->stage != PROBE_GREETING)
        return;
    if (probe->account->receive->security != ACCOUNT_SECURITY_STARTTLS || smtp_session_is_protected(session)) {
        log_in(probe);
        return;
    }
    probe->securing = TRUE;
    if (!smtp_can(capabilities, SMTP_CAP_STARTTLS))
        probe_fail(probe, PROBE_CAUSE_STARTTLS_MISSING,
                   _("the submission server does not offer STARTTLS, so no password was sent; perhaps it is reached by smtps://"));
    else if (!smtp_session_starttls(session, starttls_answered, probe, &error))
        probe_fail_with(probe, error);
}

static void on_refused(SmtpSession *session, const SmtpReply *reply, gpointer user)
{
    (void) session;
    Probe *probe = user;
    if (!probe->ended)
        refused(probe, PROBE_CAUSE_SENT_AWAY, reply, _("the submission server sends us away: “%s”"));
}

void probe_smtp_begin(Probe *probe)
{
    static const SmtpSecurity securities[] = {
        [ACCOUNT_SECURITY_TLS] = SMTP_SECURITY_TLS,
        [ACCOUNT_SECURITY_STARTTLS] = SMTP_SECURITY_STARTTLS,
        [ACCOUNT_SECURITY_INSECURE] = SMTP_SECURITY_NONE,
    };
    static const SmtpSessionEvents events = { .hello = on_hello, .refused = on_refused };
    SmtpSessionOptions options = { .security = securities[probe->account->receive->security] };
    probe->smtp = smtp_session_new(&options, &events, probe);
}

/* --- what arrives ------------------------------------------------------------------------------------------ */

static gboolean resume_mechanism(gpointer data)
{
    Probe *probe = data;
    g_clear_pointer(&probe->turn, g_source_unref);
    smtp_session_auth_resume(probe->smtp);
    probe_smtp_flush(probe);
    if (!probe->ended && smtp_session_auth_busy(probe->smtp))
        probe_in_next_turn(probe, resume_mechanism);
    return G_SOURCE_REMOVE;
}

/* Of what is no SMTP: who it is that answers there. */
static void fail_to_read(Probe *probe, const GError *error)
{
    if (g_error_matches(error, SMTP_ERROR, SMTP_ERROR_INSECURE))
        probe_fail(probe, PROBE_CAUSE_STARTTLS_INJECTED, error->message);
    else if (error->domain == SMTP_ERROR)
        probe_fail(probe, probe->greeted_as_web ? PROBE_CAUSE_WEB_SERVER : PROBE_CAUSE_NOT_SUBMISSION, error->message);
    else
        probe_fail_with(probe, error);
}

gboolean probe_smtp_received(Probe *probe, const guint8 *bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    if (!smtp_session_feed(probe->smtp, bytes, length, &error)) {
        fail_to_read(probe, error);
        return FALSE;
    }
    if (!probe->ended && smtp_session_wants_tls(probe->smtp))
        return TRUE;
    if (!probe->ended && smtp_session_auth_busy(probe->smtp) && probe->turn == NULL)
        probe_in_next_turn(probe, resume_mechanism);
    probe_smtp_flush(probe);
    return FALSE;
}

ProbeReport *probe_run_submission(const Account *account, const ProbeOptions *options)
{
    g_autoptr(Account) submission = account_copy(account);
    AccountUrl *receive = submission->receive;
    submission->receive = submission->send;
    submission->send = receive;
    return probe_run(submission, options);
}
