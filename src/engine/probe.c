#include "config.h"

#include "engine/probe.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/engine.h"
#include "engine/probe_private.h"
#include "net/connect.h"

static void clear_source(GSource **source)
{
    if (*source != NULL)
        g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

static void probe_free(Probe *probe)
{
    clear_source(&probe->deadline);
    clear_source(&probe->turn);
    if (probe->session != NULL)
        imap_session_free(probe->session);
    smtp_session_free(probe->smtp);
    g_clear_pointer(&probe->pop, pop_session_free);
    sasl_mechanism_free(probe->mechanism);
    stream_free(probe->stream);
    g_clear_pointer(&probe->tls, tls_context_unref);
    g_clear_object(&probe->cancellable);
    g_clear_pointer(&probe->report, probe_report_free);
    g_clear_pointer(&probe->means.secret, secret_unref);
    account_free(probe->account);
    g_free(probe->pin);
    g_free(probe->silence);
    g_main_context_unref(probe->context);
    g_free(probe);
}

/* --- turns, stages, the end -------------------------------------------------------------------------- */

void probe_in_next_turn(Probe *probe, GSourceFunc function)
{
    clear_source(&probe->turn);
    probe->turn = g_idle_source_new();
    g_source_set_priority(probe->turn, G_PRIORITY_DEFAULT);
    g_source_set_callback(probe->turn, function, probe, NULL);
    g_source_attach(probe->turn, probe->context);
}

static gboolean tell_and_free(gpointer data)
{
    Probe *probe = data;
    ProbeReport *report = g_steal_pointer(&probe->report);
    ProbeDone done = probe->done;
    gpointer user_data = probe->user_data;
    probe_free(probe);
    done(report, user_data);
    return G_SOURCE_REMOVE;
}

void probe_finish(Probe *probe)
{
    if (probe->ended)
        return;
    probe->ended = TRUE;
    if (probe->session != NULL)
        imap_session_close(probe->session, NULL);
    if (probe->smtp != NULL)
        smtp_session_close(probe->smtp, NULL);
    if (probe->pop != NULL)
        pop_session_close(probe->pop, NULL);
    if (probe->stream != NULL)
        stream_close(probe->stream);
    probe_in_next_turn(probe, tell_and_free);
}

void probe_fail(Probe *probe, ProbeCause cause, const char *words)
{
    if (probe->ended)
        return;
    probe->report->cause = cause;
    probe->report->error = g_error_new_literal(ENGINE_ERROR, (int) probe_cause_code(cause), words);
    probe->report->transient = probe_cause_class(cause) == PROBE_CLASS_CONNECTION;
    probe_finish(probe);
}

void probe_fail_with(Probe *probe, const GError *error)
{
    probe_fail(probe, probe_cause_of(probe, error), error->message);
}

void probe_next_stage(Probe *probe, ProbeStage next)
{
    ProbeStage finished = probe->report->stage;
    probe->report->stage = next;
    if (probe->progress != NULL)
        probe->progress(probe->report, finished, probe->user_data);
}

static guint milliseconds_since(gint64 since)
{
    return (guint) ((g_get_monotonic_time() - since + 500) / 1000);
}

/* The server's NO or BAD; FALSE when it was none of them and the end of the link will say why. */
gboolean probe_refused(Probe *probe, ProbeCause cause, ImapResult result, const ImapText *text, const char *format)
{
    if (result != IMAP_RESULT_NO && result != IMAP_RESULT_BAD)
        return FALSE;
    g_autofree char *said = probe_string(text->text);
    g_autofree char *words = g_strdup_printf(format, said != NULL ? said : "");
    gboolean passing = text->code == IMAP_CODE_UNAVAILABLE || text->code == IMAP_CODE_THROTTLED || text->code == IMAP_CODE_INUSE ||
                       text->code == IMAP_CODE_LIMIT;
    probe_fail(probe, passing ? PROBE_CAUSE_BUSY : cause, words);
    return TRUE;
}

static guint answer_ms(const Probe *probe)
{
    return probe->phase_ms > 0 ? probe->phase_ms : PROBE_ANSWER_MS;
}

/* --- the pump ------------------------------------------------------------------------------------------ */

void probe_flush(Probe *probe)
{
    g_autoptr(GError) error = NULL;
    while (!probe->ended && imap_session_wants(probe->session) == IMAP_WANTS_NOTHING) {
        GBytes *bytes = imap_session_take_output(probe->session, NULL, &error);
        if (bytes == NULL)
            break;
        stream_write(probe->stream, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_bytes_unref(bytes);
    }
    if (error != NULL)
        probe_fail_with(probe, error);
}

void probe_send(Probe *probe, ImapCommand *command, ImapDoneFunc done)
{
    g_autoptr(GError) error = NULL;
    if (imap_session_send(probe->session, command, done, probe, &error) == 0)
        probe_fail_with(probe, error);
    else if (!probe->ended)
        stream_expect_within(probe->stream, answer_ms(probe), _("waiting for the server's answer"));
}

static void fill_tls(Probe *probe, TlsOptions *options)
{
    const Account *account = probe->account;
    *options = (TlsOptions){
        .context = probe->tls,
        .host = account->receive->host,
        .port = account->receive->port,
        .account = account->name,
        .ca_file = account->ca_file,
        .client_certificate = account->client_certificate,
        .pin_sha256 = probe->pin,
        .handshake_ms = probe->phase_ms,
    };
}

/* A mechanism that computes for long does so in pieces, one a turn. */
static gboolean resume_mechanism(gpointer data)
{
    Probe *probe = data;
    g_clear_pointer(&probe->turn, g_source_unref);
    imap_session_auth_resume(probe->session);
    probe_flush(probe);
    if (!probe->ended && imap_session_auth_busy(probe->session))
        probe_in_next_turn(probe, resume_mechanism);
    return G_SOURCE_REMOVE;
}

/* --- greeting, STARTTLS ------------------------------------------------------------------------------------------ */

static void starttls_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) session;
    (void) id;
    /* OK: the stream changes behind this answer. */
    probe_refused(user, PROBE_CAUSE_STARTTLS_REFUSED, result, text, _("the server refuses STARTTLS, so no password was sent: “%s”"));
}

/* Goes on when the session has what the next step needs; called whenever something has arrived. */
static void step(Probe *probe)
{
    if (probe->ended)
        return;
    if (imap_session_auth_busy(probe->session)) {
        if (probe->turn == NULL)
            probe_in_next_turn(probe, resume_mechanism);
        return;
    }
    ImapState state = imap_session_state(probe->session);
    if (probe->report->stage != PROBE_GREETING || probe->securing || imap_session_outstanding(probe->session) > 0 ||
        imap_session_waiting(probe->session) > 0 || imap_session_wants(probe->session) != IMAP_WANTS_NOTHING)
        return;
    if (state == IMAP_STATE_AUTHENTICATED) { /* PREAUTH */
        probe_next_stage(probe, PROBE_LOGIN);
        probe->report->mechanism = g_strdup("PREAUTH");
        probe_logged_in(probe);
    } else if (state != IMAP_STATE_NOT_AUTHENTICATED || imap_session_capabilities(probe->session) == NULL) {
        return;
    } else if (probe->account->receive->security == ACCOUNT_SECURITY_STARTTLS && !stream_is_encrypted(probe->stream)) {
        if (!imap_session_can(probe->session, IMAP_CAP_STARTTLS)) {
            probe_fail(probe, PROBE_CAUSE_STARTTLS_MISSING,
                 _("the server does not offer STARTTLS, so no password was sent; perhaps it is reached by imaps://"));
            return;
        }
        probe->securing = TRUE;
        probe_send(probe, imap_command_starttls(), starttls_answered);
    } else {
        probe_log_in(probe);
        if (!probe->ended && imap_session_auth_busy(probe->session)) /* its first step may take long */
            probe_in_next_turn(probe, resume_mechanism);
    }
}

static void capability_first_answered(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) session;
    (void) id;
    /* OK: step() goes on. */
    probe_refused(user, PROBE_CAUSE_NO_CAPABILITIES, result, text, _("the server refuses to say what it can do (CAPABILITY): “%s”"));
}

static void on_greeting(ImapSession *session, const ImapText *text, gpointer user)
{
    Probe *probe = user;
    probe->report->greeting = probe_string(text->text);
    if (text->status == IMAP_STATUS_BYE) {
        g_autofree char *words = g_strdup_printf(_("the server sends us away: “%s”"), probe->report->greeting);
        probe_fail(probe, PROBE_CAUSE_SENT_AWAY, words);
    } else if (text->status != IMAP_STATUS_PREAUTH && imap_session_capabilities(session) == NULL) {
        probe_send(probe, imap_command_capability(), capability_first_answered);
    }
}

/* --- the session's events ------------------------------------------------------------------------------------------- */

static void on_id(ImapSession *session, const ImapIdField *fields, guint count, gpointer user)
{
    (void) session;
    probe_report_id(((Probe *) user)->report, fields, count);
}

static void on_namespaces(ImapSession *session, const ImapNamespaces *namespaces, gpointer user)
{
    (void) session;
    probe_report_namespaces(((Probe *) user)->report, namespaces);
}

static void on_list(ImapSession *session, const ImapList *list, gpointer user)
{
    (void) session;
    probe_report_list(((Probe *) user)->report, list);
}

static void on_text(ImapSession *session, const ImapText *text, gpointer user)
{
    (void) session;
    probe_inbox_text(user, text);
}

/* A server's operator has something to say to whoever logs in (RFC 9051 §7.1): that is shown as it is. */
static void on_alert(ImapSession *session, ImapString text, gpointer user)
{
    (void) session;
    probe_report_finding(((Probe *) user)->report, PROBE_CAUSE_ALERT, probe_string(text));
}

static void on_status(ImapSession *session, const ImapMailboxStatus *status, gpointer user)
{
    (void) session;
    probe_report_status(((Probe *) user)->report, status);
}

/* --- the stream's events ---------------------------------------------------------------------------------------------- */

/* Behind the answer to STARTTLS bytes are no longer the session's: then it is fed line by line, and what is left is the stream's to
 * judge. */
static gsize feed(Probe *probe, const guint8 *bytes, gsize length, GError **error)
{
    gsize taken = 0;
    while (taken < length && imap_session_wants(probe->session) == IMAP_WANTS_NOTHING) {
        const guint8 *end = probe->securing ? memchr(bytes + taken, '\n', length - taken) : NULL;
        gsize piece = end != NULL ? (gsize) (end - (bytes + taken)) + 1 : length - taken;
        if (!imap_session_feed(probe->session, bytes + taken, piece, error))
            return taken + piece;
        taken += piece;
    }
    return taken;
}

static void start_tls(Probe *probe)
{
    TlsOptions options;
    fill_tls(probe, &options);
    stream_start_tls(probe->stream, &options, 0);
}

static gsize received_by_pop(Probe *probe, const guint8 *bytes, gsize length)
{
    gboolean begin_tls;
    if (memchr(bytes, '\n', length) != NULL)
        stream_progressed(probe->stream);
    gsize taken = probe_pop_received(probe, bytes, length, &begin_tls);
    if (begin_tls)
        start_tls(probe);
    else if (!probe->ended)
        stream_expect_within(probe->stream, answer_ms(probe), _("waiting for the server's answer"));
    return taken;
}

static gsize on_received(Stream *stream, const guint8 *bytes, gsize length, gpointer user)
{
    Probe *probe = user;
    g_autoptr(GError) error = NULL;
    if (probe->ended)
        return length;
    probe->greeted_as_web |= !probe->heard && length >= 5 && memcmp(bytes, "HTTP/", 5) == 0;
    probe->heard = TRUE;
    if (probe->smtp != NULL) {
        if (memchr(bytes, '\n', length) != NULL)
            stream_progressed(stream);
        if (probe_smtp_received(probe, bytes, length))
            start_tls(probe);
        return length;
    }
    if (probe->pop != NULL)
        return received_by_pop(probe, bytes, length);
    gsize taken = feed(probe, bytes, length, &error);
    if (memchr(bytes, '\n', length) != NULL)
        stream_progressed(stream); /* a whole line, however short */
    if (error != NULL) {
        probe_fail_with(probe, error);
        return taken;
    }
    if (!probe->ended && imap_session_wants(probe->session) == IMAP_WANTS_TLS) {
        start_tls(probe);
        return taken;
    }
    step(probe);
    if (!probe->ended)
        probe_flush(probe);
    return taken;
}

static void on_secured(Stream *stream, gpointer user)
{
    Probe *probe = user;
    probe->securing = FALSE;
    probe_report_stream(probe->report, stream);
    if (probe->smtp != NULL) {
        smtp_session_tls_started(probe->smtp);
        probe_smtp_flush(probe);
    } else if (probe->pop != NULL) {
        pop_session_tls_started(probe->pop);
        probe_pop_flush(probe);
    } else {
        imap_session_tls_started(probe->session);
        probe_flush(probe);
    }
    stream_expect_within(stream, answer_ms(probe), _("waiting for the server's answer"));
}

static void ask_for_tls(Probe *probe, const GError *silence);

static void on_closed(Stream *stream, const GError *error, gpointer user)
{
    Probe *probe = user;
    probe_report_certificate(probe->report, stream_certificate(stream));
    if (g_error_matches(error, NET_ERROR, NET_ERROR_TIMED_OUT) && !probe->heard && !stream_is_encrypted(stream))
        ask_for_tls(probe, error);
    else if (error != NULL)
        probe_fail_with(probe, error);
    else
        probe_fail(probe, PROBE_CAUSE_CUT, _("the server closed the connection"));
}

/* --- connecting --------------------------------------------------------------------------------------------------------- */

static void make_session(Probe *probe)
{
    static const ImapSecurity securities[] = {
        [ACCOUNT_SECURITY_TLS] = IMAP_SECURITY_TLS,
        [ACCOUNT_SECURITY_STARTTLS] = IMAP_SECURITY_STARTTLS,
        [ACCOUNT_SECURITY_INSECURE] = IMAP_SECURITY_NONE,
    };
    static const ImapSessionEvents events = {
        .greeting = on_greeting,
        .id = on_id,
        .namespaces = on_namespaces,
        .list = on_list,
        .status = on_status,
        .text = on_text,
        .alert = on_alert,
    };
    ImapSessionOptions options = { .security = securities[probe->account->receive->security] };
    probe->session = imap_session_new(&options, &events, probe);
}

static void on_connected(Stream *stream, const TlsCertificateInfo *certificate, const GError *error, gpointer user)
{
    static const StreamHandlers handlers = { .received = on_received, .secured = on_secured, .closed = on_closed };
    Probe *probe = user;
    if (probe->done == NULL) { /* cancelled */
        stream_free(stream);
        probe_free(probe);
        return;
    }
    g_clear_object(&probe->cancellable);
    probe->report->connect_ms = milliseconds_since(probe->since);
    if (stream == NULL) {
        probe_report_certificate(probe->report, certificate);
        probe_fail_with(probe, error);
        return;
    }
    probe->stream = stream;
    probe_report_stream(probe->report, stream);
    probe_next_stage(probe, PROBE_GREETING);
    if (probe->account->receive->scheme == ACCOUNT_SCHEME_SMTP)
        probe_smtp_begin(probe);
    else if (probe->account->receive->scheme == ACCOUNT_SCHEME_POP3)
        probe_pop_begin(probe);
    else
        make_session(probe);
    stream_set_handlers(stream, &handlers, probe);
    stream_expect_within(stream, answer_ms(probe), _("waiting for the greeting"));
}

static void connect_with(Probe *probe, NetSecurity security, NetConnected connected)
{
    const AccountUrl *url = probe->account->receive;
    NetTarget target = {
        .host = url->host,
        .port = url->port,
        .security = security,
        .proxy = probe->account->proxy,
        .resolve_ms = probe->phase_ms,
        .connect_ms = probe->phase_ms,
        .greeting_ms = probe->phase_ms,
    };
    fill_tls(probe, &target.tls);
    probe->since = g_get_monotonic_time();
    net_connect_async(probe->context, &target, probe->cancellable, NULL, connected, probe);
}

static void connect_now(Probe *probe)
{
    static const NetSecurity securities[] = {
        [ACCOUNT_SECURITY_TLS] = NET_SECURITY_TLS,
        [ACCOUNT_SECURITY_STARTTLS] = NET_SECURITY_STARTTLS,
        [ACCOUNT_SECURITY_INSECURE] = NET_SECURITY_NONE,
    };
    connect_with(probe, securities[probe->account->receive->security], on_connected);
}

/* --- a silent port -------------------------------------------------------------------------------------------------------- */

/* A certificate that is not trusted is an answer in TLS as well. */
static void on_tls_tried(Stream *stream, const TlsCertificateInfo *certificate, const GError *error, gpointer user)
{
    Probe *probe = user;
    gboolean speaks_tls = stream != NULL || certificate != NULL || g_error_matches(error, NET_ERROR, NET_ERROR_OLD_TLS);
    stream_free(stream);
    if (probe->done == NULL) { /* cancelled */
        probe_free(probe);
        return;
    }
    g_clear_object(&probe->cancellable);
    g_autofree char *silence = g_steal_pointer(&probe->silence);
    if (speaks_tls)
        probe_fail(probe, PROBE_CAUSE_TLS_EXPECTED,
                   _("the server waits for TLS from the first byte on this port, and the account begins without; nothing was sent"));
    else
        probe_fail(probe, PROBE_CAUSE_TIMED_OUT, silence);
}

/* Nobody greets: does the port begin with TLS, so that both sides wait for each other? Asked over a connection of its own, of which nothing
 * is used. */
static void ask_for_tls(Probe *probe, const GError *silence)
{
    probe->silence = g_strdup(silence->message);
    g_clear_pointer(&probe->session, imap_session_free);
    g_clear_pointer(&probe->smtp, smtp_session_free);
    g_clear_pointer(&probe->pop, pop_session_free);
    stream_free(g_steal_pointer(&probe->stream));
    probe->cancellable = g_cancellable_new();
    connect_with(probe, NET_SECURITY_TLS, on_tls_tried);
}

static guint resolve_ms(const Probe *probe)
{
    return probe->phase_ms > 0 ? probe->phase_ms : PROBE_RESOLVE_MS;
}

static gboolean on_too_late(gpointer user)
{
    Probe *probe = user;
    g_clear_pointer(&probe->deadline, g_source_unref);
    g_cancellable_cancel(probe->cancellable); /* on_resolved() goes on */
    return G_SOURCE_REMOVE;
}

static void on_resolved(GObject *source, GAsyncResult *result, gpointer user)
{
    Probe *probe = user;
    g_autoptr(GError) error = NULL;
    GList *addresses = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, &error);
    gboolean too_late = probe->deadline == NULL;
    clear_source(&probe->deadline);
    if (probe->done == NULL) { /* cancelled */
        g_resolver_free_addresses(addresses);
        probe_free(probe);
        return;
    }
    if (too_late && probe->account->proxy == NULL) {
        g_autofree char *words = g_strdup_printf(_("no name server says within %u seconds where %s is"), (resolve_ms(probe) + 999) / 1000,
                                                 probe->account->receive->host);
        g_clear_object(&probe->cancellable);
        probe_fail(probe, PROBE_CAUSE_NO_NAME_SERVER, words);
        return;
    }
    if (too_late) { /* the proxy may know; what was cancelled stays so */
        g_object_unref(probe->cancellable);
        probe->cancellable = g_cancellable_new();
    }
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (GList *address = addresses; address != NULL; address = address->next) {
        g_autofree char *text = g_inet_address_to_string(address->data);
        g_strv_builder_add(builder, text);
    }
    g_resolver_free_addresses(addresses);
    probe->report->addresses = g_strv_builder_end(builder);
    probe->report->resolve_ms = milliseconds_since(probe->since);
    /* A host that only a proxy can resolve is no failure yet: connecting says. */
    probe_next_stage(probe, PROBE_CONNECTION);
    connect_now(probe);
}

/* It was got for this account's server just now, by whoever runs the probe. */
static Secret *secret_for_probe(const Account *account, Secret *secret)
{
    if (secret == NULL)
        return NULL;
    return login_uses_token(account) ? secret_new_for(secret_text(secret), secret_length(secret), account->receive->host) : secret_ref(secret);
}

/* --- the door ------------------------------------------------------------------------------------------------------------- */

Probe *probe_start(GMainContext *context, const Account *account, const ProbeOptions *options)
{
    Probe *probe = g_new0(Probe, 1);
    probe->context = g_main_context_ref(context);
    probe->account = account_copy(account);
    probe->means = (LoginMeans){ .account = probe->account, .url = probe->account->receive, .secret = secret_for_probe(probe->account, options->secret) };
    probe->pin = g_strdup(options->pin_sha256);
    probe->stop_after_login = options->stop_after_login;
    probe->phase_ms = options->phase_ms;
    probe->progress = options->progress;
    probe->done = options->done;
    probe->user_data = options->user_data;
    probe->report = probe_report_new();
    probe->report->is_pop = account->receive->scheme == ACCOUNT_SCHEME_POP3;
    probe->tls = tls_context_new();
    probe->cancellable = g_cancellable_new();
    probe->since = g_get_monotonic_time();

    probe->deadline = g_timeout_source_new(resolve_ms(probe));
    g_source_set_callback(probe->deadline, on_too_late, probe, NULL);
    g_source_attach(probe->deadline, context);
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    g_main_context_push_thread_default(context);
    g_resolver_lookup_by_name_async(resolver, account->receive->host, probe->cancellable, on_resolved, probe);
    g_main_context_pop_thread_default(context);
    return probe;
}

void probe_cancel(Probe *probe)
{
    probe->done = NULL;
    probe->progress = NULL;
    if (probe->cancellable != NULL && !probe->ended)
        g_cancellable_cancel(probe->cancellable); /* its callback frees */
    else
        probe_free(probe);
}
