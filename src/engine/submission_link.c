#include "config.h"

#include "engine/submission_link.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/login.h"
#include "engine/submission_words.h"
#include "engine/wire_log.h"

/* RFC 5321 §4.5.3.2.6: a server may take ten minutes over a whole letter. */
#define PATIENCE_WITH_LETTER 13
#define PATIENCE 2

typedef enum {
    STAGE_GREETING,
    STAGE_LOGIN,
    STAGE_READY,
    STAGE_ENDED,
} Stage;

struct SubmissionLink {
    EngineAccount *account;
    const AccountUrl *url;
    const SubmissionLinkOwner *owner;
    gpointer user;
    Connection *connection;
    SmtpSession *session;
    LoginMeans means;
    SaslMechanism *mechanism;
    Stage stage;
    gboolean ask_again, asked_again, logged_in;
    guint64 saved;        /* by the letter under way */
    gboolean released;    /* the last octets of a letter were let go */
    GError *unfit;        /* why the letter cannot be sent as it is */
    guint flights;        /* waits for the server since the letter before (net/flights.h) */
    guint64 awaited;      /* replies of the session at which the one under way ends */
    gint64 began;         /* monotonic µs: of what the next letter costs */
    guint64 up, down;     /* counted for letters before */
};

gboolean submission_link_is_ready(const SubmissionLink *link)
{
    return link != NULL && link->stage == STAGE_READY;
}

const SmtpCapabilities *submission_link_capabilities(const SubmissionLink *link)
{
    return link->stage == STAGE_READY ? smtp_session_capabilities(link->session) : NULL;
}

static void end(SubmissionLink *link, LinkEndKind kind, const char *words)
{
    connection_doom(link->connection, kind, words); /* callers are inside of the session */
}

/* --- the log-in ------------------------------------------------------------------------------- */

static void ready(SubmissionLink *link)
{
    link->stage = STAGE_READY;
    link->owner->ready(link->user);
}

static void authenticate(SubmissionLink *link);

static void login_refused(SubmissionLink *link, const SmtpReply *reply)
{
    const GError *inside = smtp_session_auth_error(link->session);
    g_autofree char *said = inside != NULL ? g_strdup(inside->message) : submission_reply_words(reply);
    gboolean passing = inside == NULL && smtp_reply_is_transient(reply);
    g_autofree char *words =
        passing ? g_strdup_printf(_("The submission server cannot log you in now: “%s”."), said)
                : g_strdup_printf(_("The submission server refuses the login of %s: “%s”."), link->url->user, said);
    end(link, passing ? LINK_END_LOST : LINK_END_LOGIN, words);
}

static LoginOffer offer_of(const SubmissionLink *link)
{
    const SmtpCapabilities *capabilities = smtp_session_capabilities(link->session);
    return (LoginOffer){ .mechanisms = capabilities != NULL ? (const char *const *) capabilities->mechanisms : NULL };
}

gboolean submission_link_ask_again(SubmissionLink *link)
{
    if (link->asked_again || !link->logged_in)
        return FALSE;
    link->asked_again = TRUE;
    if (!smtp_session_hello(link->session, NULL))
        return FALSE;
    link->stage = STAGE_LOGIN;
    connection_watch(link->connection);
    return TRUE;
}

static void authenticated(SmtpSession *session, SmtpDone done, const SmtpReply *reply, gpointer user)
{
    SubmissionLink *link = user;
    const GError *inside = smtp_session_auth_error(session);
    if (link->stage == STAGE_ENDED)
        return;
    if (done == SMTP_DONE_OK) {
        link->logged_in = TRUE;
        if (!link->ask_again || smtp_can(smtp_session_capabilities(session), SMTP_CAP_BURL) || !submission_link_ask_again(link))
            ready(link);
    } else if (done == SMTP_DONE_REFUSED) {
        LoginOffer offer = offer_of(link);
        if (login_after_refusal(&link->means, link->mechanism, connection_stream(link->connection), &offer, inside, FALSE) == LOGIN_TRIES_AGAIN) {
            g_clear_pointer(&link->mechanism, sasl_mechanism_free);
            authenticate(link);
        } else {
            login_refused(link, reply);
        }
    } else if (inside != NULL) { /* there is nothing to begin with */
        end(link, LINK_END_REFUSED, inside->message);
    }
}

static gboolean on_computes(gpointer user)
{
    return smtp_session_auth_busy(((SubmissionLink *) user)->session);
}

static void on_compute(gpointer user)
{
    smtp_session_auth_resume(((SubmissionLink *) user)->session);
}

static void authenticate(SubmissionLink *link)
{
    g_autoptr(GError) error = NULL;
    Stream *stream = connection_stream(link->connection);
    LoginOffer offer = offer_of(link);
    link->mechanism = login_mechanism(&link->means, stream, &offer);
    if (link->mechanism == NULL) {
        g_autofree char *words = login_impossible_words(&link->means, stream, &offer);
        end(link, LINK_END_REFUSED, words);
    } else if (!smtp_session_authenticate(link->session, link->mechanism, authenticated, link, &error)) {
        end(link, LINK_END_REFUSED, error->message);
    }
}

/* --- the order of things ---------------------------------------------------------------------- */

static void starttls_answered(SmtpSession *session, SmtpDone done, const SmtpReply *reply, gpointer user)
{
    (void) session;
    (void) reply; /* whoever is on the way may have written it */
    if (done == SMTP_DONE_REFUSED)
        end(user, LINK_END_REFUSED,
            _("The submission server refuses STARTTLS. Nothing was sent. If the server has TLS on a port of its own, write smtps:// in the accounts file."));
}

static void secure(SubmissionLink *link)
{
    g_autoptr(GError) error = NULL;
    if (!smtp_can(smtp_session_capabilities(link->session), SMTP_CAP_STARTTLS))
        end(link, LINK_END_REFUSED,
            _("The submission server does not offer STARTTLS. Nothing was sent. If the server has TLS on a port of its own, write smtps:// in the accounts file."));
    else if (!smtp_session_starttls(link->session, starttls_answered, link, &error))
        end(link, LINK_END_REFUSED, error->message);
}

static void on_hello(SmtpSession *session, const SmtpCapabilities *capabilities, gpointer user)
{
    (void) capabilities;
    SubmissionLink *link = user;
    if (link->stage == STAGE_READY || link->stage == STAGE_ENDED)
        return;
    link->stage = STAGE_LOGIN;
    if (link->logged_in)
        ready(link);
    else if (link->url->security == ACCOUNT_SECURITY_STARTTLS && !smtp_session_is_protected(session))
        secure(link);
    else if (link->url->user == NULL)
        ready(link); /* one that knows us by where we are */
    else
        authenticate(link);
}

/* The server turns us away. */
static void on_refused(SmtpSession *session, const SmtpReply *reply, gpointer user)
{
    (void) session;
    g_autofree char *said = submission_reply_words(reply);
    g_autofree char *words = g_strdup_printf(_("The submission server sends us away: “%s”."), said);
    end(user, LINK_END_LOST, words);
}

static void on_output(SmtpSession *session, gpointer user)
{
    (void) session;
    connection_output(((SubmissionLink *) user)->connection);
}

static void on_last_octets(SmtpSession *session, gpointer user)
{
    SubmissionLink *link = user;
    if (!link->owner->last_octets(link->user)) {
        end(link, LINK_END_LOST, _("The letter was not sent."));
        return;
    }
    link->released = TRUE;
    smtp_session_release(session);
}

static SmtpSession *make_session(SubmissionLink *link)
{
    static const SmtpSecurity securities[] = {
        [ACCOUNT_SECURITY_TLS] = SMTP_SECURITY_TLS,
        [ACCOUNT_SECURITY_STARTTLS] = SMTP_SECURITY_STARTTLS,
        [ACCOUNT_SECURITY_INSECURE] = SMTP_SECURITY_NONE,
    };
    static const SmtpSessionEvents events = { .output = on_output, .hello = on_hello, .refused = on_refused, .last_octets = on_last_octets };
    SmtpSessionOptions options = { .security = securities[link->url->security] };
    return smtp_session_new(&options, &events, link);
}

/* --- letters ---------------------------------------------------------------------------------- */

/* What it took since the letter before, the connection and the log-in counted with the first. */
static void record_cost(SubmissionLink *link)
{
    StreamStatistics now = stream_statistics(connection_stream(link->connection));
    WireCost cost = {
        .action = (char *) "send",
        .flights = link->flights,
        .up = now.wire_up - link->up,
        .down = now.wire_down - link->down,
        .wait_ms = (guint64) (g_get_monotonic_time() - link->began) / 1000,
        .rows = 1,
        .saved = link->saved,
    };
    link->up = now.wire_up;
    link->down = now.wire_down;
    link->flights = 0;
    engine_record_cost(link->account, &cost);
}

static void submitted(SmtpSession *session, const SmtpResult *result, gpointer user)
{
    (void) session;
    SubmissionLink *link = user;
    link->released = FALSE;
    record_cost(link);
    link->owner->submitted(result, link->unfit, link->user);
    g_clear_error(&link->unfit);
}

gboolean submission_link_submit(SubmissionLink *link, const SmtpSubmission *submission, guint64 saved, GError **error)
{
    link->saved = saved;
    if (link->flights == 0)
        link->began = g_get_monotonic_time();
    if (!smtp_session_submit(link->session, submission, submitted, link, error))
        return FALSE;
    connection_watch(link->connection);
    return TRUE;
}

/* --- the connection --------------------------------------------------------------------------- */

static void on_opened(Connection *connection, gpointer user)
{
    (void) connection;
    (void) user;
}

static gsize on_received(Connection *connection, const guint8 *bytes, gsize length, gpointer user)
{
    SubmissionLink *link = user;
    g_autoptr(GError) error = NULL;
    if (!smtp_session_feed(link->session, bytes, length, &error)) {
        connection_end(connection, g_error_matches(error, SMTP_ERROR, SMTP_ERROR_INSECURE) ? LINK_END_REFUSED : LINK_END_LOST, error->message);
        return length;
    }
    if (smtp_session_wants_tls(link->session))
        connection_start_tls(connection);
    return length;
}

static void on_secured(Connection *connection, gpointer user)
{
    (void) connection;
    smtp_session_tls_started(((SubmissionLink *) user)->session);
}

/* One more wait, unless what was sent before is still being answered. */
static void count_flight(SubmissionLink *link)
{
    guint64 heard = smtp_session_heard(link->session);
    link->flights += heard >= link->awaited;
    link->awaited = MAX(link->awaited, heard + MAX(1, smtp_session_owed(link->session))); /* a letter's octets are answered once */
}

static GBytes *on_take(gpointer user, GError **error)
{
    SubmissionLink *link = user;
    g_autoptr(GError) failed = NULL;
    GBytes *bytes = smtp_session_take_output(link->session, NULL, &failed);
    if (failed != NULL) {
        g_clear_error(&link->unfit);
        link->unfit = g_error_copy(failed);
        g_propagate_error(error, g_steal_pointer(&failed));
    }
    if (bytes != NULL)
        count_flight(link);
    return bytes;
}

static gboolean on_owed(gpointer user)
{
    return smtp_session_owed(((SubmissionLink *) user)->session) > 0;
}

static guint on_patience(gpointer user)
{
    return ((SubmissionLink *) user)->released ? PATIENCE_WITH_LETTER : PATIENCE;
}

static void on_ended(Connection *connection, const LinkEnd *end, gpointer user)
{
    (void) connection;
    SubmissionLink *link = user;
    link->stage = STAGE_ENDED;
    smtp_session_close(link->session, end->words);
    link->owner->ended(end, link->user);
}

static void on_gone(gpointer user)
{
    SubmissionLink *link = user;
    smtp_session_free(link->session);
    sasl_mechanism_free(link->mechanism);
    g_clear_pointer(&link->means.secret, secret_unref);
    g_clear_error(&link->unfit);
    g_free(link);
}

static const ConnectionOwner connection_owner = {
    .opened = on_opened,
    .received = on_received,
    .secured = on_secured,
    .take = on_take,
    .owed = on_owed,
    .patience = on_patience,
    .computes = on_computes,
    .compute = on_compute,
    .ended = on_ended,
    .gone = on_gone,
};

SubmissionLink *submission_link_open(EngineAccount *account, const AccountUrl *url, Secret *secret, gboolean ask_again,
                                     const SubmissionLinkOwner *owner, gpointer user)
{
    SubmissionLink *link = g_new0(SubmissionLink, 1);
    link->ask_again = ask_again;
    link->account = account;
    link->url = url;
    link->owner = owner;
    link->user = user;
    link->means = (LoginMeans){ .account = account->config, .url = url, .secret = secret != NULL ? secret_ref(secret) : NULL };
    link->session = make_session(link);
    link->flights = 1; /* for the greeting */
    link->awaited = 1;
    link->began = g_get_monotonic_time();
    link->connection = connection_open(account, url, &connection_owner, link);
    return link;
}

void submission_link_close(SubmissionLink *link)
{
    if (link->stage == STAGE_ENDED)
        return;
    if (link->stage == STAGE_READY && !smtp_session_is_busy(link->session)) {
        smtp_session_quit(link->session);
        connection_flush(link->connection);
    }
    link->stage = STAGE_ENDED;
    smtp_session_close(link->session, NULL);
    connection_close(link->connection);
}
