#include "config.h"

#include "engine/account.h"

#include "base/i18n.h"
#include "engine/carry.h"
#include "engine/decisions.h"
#include "engine/fetches.h"
#include "engine/keep_rules.h"
#include "engine/local_account.h"
#include "engine/login.h"
#include "engine/mailbox_list.h"
#include "engine/mirror.h"
#include "engine/pop_account.h"
#include "engine/remembered.h"
#include "engine/replay.h"
#include "engine/selected.h"
#include "engine/server_search.h"
#include "engine/submission.h"
#include "engine/trust.h"
#include "net/network.h"
#include "net/tls.h"

#define FIRST_RETRY_S 1
#define LAST_RETRY_S 60
#define TRIES_UNTIL_AWAY 3 /* a lost link is usually back with the first or second */
#define IDLE_AFTER_MS 300
#define IDLE_RENEWAL_MS (9 * 60 * 1000) /* below the idle limits of common NATs */
#define NOOP_EVERY_MS (60 * 1000)

static const LinkOwner link_owner;
static const CredentialsOwner credentials_owner;

/* Every account has an INBOX (RFC 9051 §5.1): it can be opened with the first flight, before the list of mailboxes is known. */
static void make_inbox(EngineAccount *account)
{
    const StoreMailbox inbox = { .account_id = account->id, .name = (char *) "INBOX", .wire_name = (char *) "INBOX", .role = MAILBOX_ROLE_INBOX };
    g_autoptr(StoreMailbox) known = store_reader_mailbox_by_role(account->engine->reader, account->id, MAILBOX_ROLE_INBOX);
    if (known == NULL)
        store_writer_put_mailbox(account->engine->writer, account->id, &inbox, NULL);
}

EngineAccount *engine_account_new(Engine *engine, const Account *config, GError **error)
{
    gint64 id = store_writer_put_account(engine->writer, config->name, error);
    if (id == 0)
        return NULL;
    EngineAccount *account = g_new0(EngineAccount, 1);
    account->engine = engine;
    account->config = account_copy(config);
    account->id = id;
    account->jobs = job_queue_new(account);
    account->parts = g_queue_new();
    account->searches = g_queue_new();
    account->replaying = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    account->replay_commands = g_queue_new();
    account->status.state = ACCOUNT_OFFLINE;
    account->status.insecure = config->receive->security == ACCOUNT_SECURITY_INSECURE && account_url_has_server(config->receive);
    if (account_url_has_server(account->config->receive))
        account->credentials = credentials_new(account, account->config->receive, &credentials_owner);
    if (config->receive->scheme == ACCOUNT_SCHEME_POP3)
        account->pop = pop_account_new(account);
    account->submission = submission_queue_new(account);
    if (config->receive->scheme != ACCOUNT_SCHEME_IMAP)
        account->local = local_source_new(account);
    else
        make_inbox(account);
    keep_rules_resolve(account);
    return account;
}

void engine_account_free(EngineAccount *account)
{
    decisions_drop(account);
    submission_queue_free(g_steal_pointer(&account->submission));
    engine_clear_source(&account->retry);
    engine_clear_source(&account->idle_timer);
    engine_clear_source(&account->idle_renewal);
    engine_clear_source(&account->replay_later);
    if (account->link != NULL)
        link_close(g_steal_pointer(&account->link));
    credentials_free(account->credentials);
    mirror_free(account->mirror);
    pop_account_free(account->pop);
    local_source_free(account->local);
    job_queue_free(account->jobs);
    selected_clear(account);
    g_queue_free(account->parts);
    g_queue_free(account->searches);
    g_hash_table_unref(account->replaying);
    g_queue_free(account->replay_commands);
    g_free(account->status.words);
    g_free(account->told_url);
    account_free(account->config);
    g_free(account);
}

void engine_account_start(EngineAccount *account)
{
    if (account->local != NULL)
        local_source_start(account->local);
    /* Headless commands visit a POP3 server when they are asked to, and not because they run. */
    if (account->local == NULL || (account->pop != NULL && !account->engine->only_when_asked && account->status.state != ACCOUNT_STOPPED))
        engine_account_set_online(account, account->engine->online);
    submission_queue_ready(account->submission);
}

void engine_account_leave(EngineAccount *account)
{
    engine_clear_source(&account->retry);
    if (account->link != NULL)
        link_close(g_steal_pointer(&account->link));
    if (account->pop != NULL)
        pop_account_leave(account->pop);
}

/* --- state for the screen ----------------------------------------------------------------------- */

void engine_account_tell(EngineAccount *account)
{
    account->status.away = account->status.state == ACCOUNT_WAITING && (account->failures >= TRIES_UNTIL_AWAY || !net_has_network());
    account->status.busy = (account->link != NULL && link_is_ready(account->link) && link_pending(account->link) > 0) ||
                           (account->pop != NULL && pop_account_is_busy(account->pop));
    Change *change = change_new(CHANGE_ACCOUNT);
    change->account_id = account->id;
    change->status = g_new(AccountStatus, 1);
    *change->status = account->status;
    change->status->words = g_strdup(account->status.words);
    engine_tell(account->engine, change);
}

void engine_account_set_state(EngineAccount *account, AccountState state, const char *words)
{
    static const char *const names[] = {
        [ACCOUNT_OFFLINE] = "offline", [ACCOUNT_CONNECTING] = "connecting", [ACCOUNT_ONLINE] = "online",
        [ACCOUNT_WAITING] = "waiting", [ACCOUNT_STOPPED] = "stopped",       [ACCOUNT_LOCAL] = "local",
    };
    if (state != account->status.state)
        g_info("account %s: %s%s%s", account->config->name, names[state], words != NULL ? ": " : "", words != NULL ? words : "");
    char *copy = g_strdup(words); /* may be the old ones */
    g_free(account->status.words);
    account->status.words = copy;
    account->status.state = state;
    if (state != ACCOUNT_WAITING)
        account->status.retry_at = 0;
    engine_account_tell(account);
    if (state == ACCOUNT_OFFLINE || state == ACCOUNT_WAITING || state == ACCOUNT_STOPPED)
        server_search_account_lost(account, NULL);
}

gboolean engine_account_is_ready(const EngineAccount *account)
{
    return account->link != NULL && link_is_ready(account->link);
}

gboolean engine_account_can(const EngineAccount *account, ImapCap capability)
{
    return account->link != NULL && imap_session_can(link_session(account->link), capability);
}

/* --- connecting, waiting, trying again ---------------------------------------------------------- */

void engine_account_connect(EngineAccount *account)
{
    if (account->link != NULL || (account->local != NULL && account->pop == NULL) || !account->engine->online)
        return;
    engine_clear_source(&account->retry);
    if ((account->pop != NULL && !pop_account_may_connect(account->pop)) || !credentials_ready(account->credentials))
        return;
    engine_account_set_state(account, ACCOUNT_CONNECTING, NULL);
    if (account->pop != NULL)
        pop_account_connect(account->pop, credentials_secret(account->credentials));
    else
        account->link = link_open(account, &link_owner, &account_session_events, credentials_secret(account->credentials));
}

static gboolean retry(gpointer data)
{
    EngineAccount *account = data;
    engine_clear_source(&account->retry);
    engine_account_connect(account);
    return G_SOURCE_REMOVE;
}

void engine_account_wait(EngineAccount *account, const char *words, guint asked_ms)
{
    guint own = MIN((guint) LAST_RETRY_S, (guint) FIRST_RETRY_S << MIN(account->failures, 6u));
    guint seconds = MAX(own, (asked_ms + 999) / 1000);
    account->failures++;
    engine_clear_source(&account->retry);
    account->retry = engine_timer(account->engine, seconds * 1000, retry, account);
    account->status.retry_at = g_get_real_time() / G_USEC_PER_SEC + seconds;
    engine_account_set_state(account, ACCOUNT_WAITING, words);
}

static void trust_answered(EngineAccount *account, gboolean trusted, gpointer user)
{
    (void) user;
    if (trusted)
        engine_account_connect(account);
    else
        engine_account_set_state(account, ACCOUNT_STOPPED, _("The certificate is not trusted: nothing was sent."));
}

static void ask_about_certificate(EngineAccount *account, const LinkEnd *end)
{
    engine_account_set_state(account, ACCOUNT_STOPPED, end->words);
    trust_ask(account, account->config->receive, end->certificate, trust_answered, NULL);
}

static void credentials_wait(EngineAccount *account, gboolean stopped, const char *words)
{
    engine_account_set_state(account, stopped ? ACCOUNT_STOPPED : ACCOUNT_CONNECTING, words);
}

static const CredentialsOwner credentials_owner = { .given = engine_account_connect, .waits = credentials_wait };

/* --- a log-in that does not hold ------------------------------------------------------------------ */

static void log_in_refused(EngineAccount *account, const char *words)
{
    gboolean token = login_uses_token(account->config), again = credentials_refused(account->credentials);
    if (token && again)
        g_info("account %s: the token was refused, a new one is got: %s", account->config->name, words);
    else
        engine_tell_notice(account->engine, account->id, words);
    if (again) {
        engine_account_connect(account); /* which gets the next one, or asks the person */
        return;
    }
    g_autofree char *stopped = g_strdup_printf(_("%s A new one was refused as well: see whether its command still gives what the server takes. “:check” tries again."), words);
    engine_account_set_state(account, ACCOUNT_STOPPED, stopped);
}

static void log_in_expired(EngineAccount *account, const char *words)
{
    if (credentials_expired(account->credentials)) {
        g_info("account %s: %s", account->config->name, words);
        engine_account_connect(account);
        return;
    }
    g_autofree char *stopped = g_strdup_printf(_("%s It did so again right after a new login. “:check” tries again."), words);
    engine_tell_notice(account->engine, account->id, stopped);
    engine_account_set_state(account, ACCOUNT_STOPPED, stopped);
}

static void link_ended(EngineAccount *account, const LinkEnd *end)
{
    engine_clear_source(&account->idle_timer);
    engine_clear_source(&account->idle_renewal);
    jobs_interrupted(account);
    selected_clear(account);
    account->listing = NULL;
    account->streaming = NULL;
    account->listed = account->introduced = FALSE;
    account->refused_mailbox = 0;
    replay_link_ended(account);
    mirror_link_ended(account);
    engine_account_after_end(account, end);
}

void engine_account_after_end(EngineAccount *account, const LinkEnd *end)
{
    submission_queue_ready(account->submission); /* what waits for this link is sent without it */
    switch (end->kind) {
    case LINK_END_CLOSED:
    case LINK_END_LOST:
        engine_account_wait(account, end->words, end->wait_ms);
        break;
    case LINK_END_CERTIFICATE:
        if (end->certificate != NULL)
            ask_about_certificate(account, end);
        else
            engine_account_set_state(account, ACCOUNT_STOPPED, end->words);
        break;
    case LINK_END_LOGIN:
        log_in_refused(account, end->words);
        break;
    case LINK_END_EXPIRED:
        log_in_expired(account, end->words);
        break;
    case LINK_END_UNSUPPORTED:
        g_warning("account %s: %s", account->config->name, end->words);
        account->lacks[end->lacks] = TRUE;
        engine_account_connect(account);
        break;
    case LINK_END_REFUSED:
    case LINK_END_PIN_CHANGED:
        engine_account_set_state(account, ACCOUNT_STOPPED, end->words);
        break;
    }
}

/* --- at work ------------------------------------------------------------------------------------ */

/* Courier answers "ENABLE QRESYNC" with "ENABLED UTF8=ACCEPT": what was not enabled is not there (F57). */
static void enabled(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    (void) user;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    if (result != IMAP_RESULT_OK)
        imap_session_disable(link_session(account->link), IMAP_CAP_ENABLE);
    if (!imap_session_enabled(link_session(account->link), "QRESYNC"))
        imap_session_disable(link_session(account->link), IMAP_CAP_QRESYNC);
}

/* Before the first SELECT, and in one write with it: what has to be switched on (RFC 5161). Mailbox names are the same to us with and without
 * (proto/imap/mailbox.h). */
static void enable_extensions(EngineAccount *account)
{
    const char *names[4] = { NULL };
    guint count = 0;
    if (!engine_account_can(account, IMAP_CAP_ENABLE))
        return;
    if (engine_account_can(account, IMAP_CAP_QRESYNC))
        names[count++] = "QRESYNC";
    if (engine_account_can(account, IMAP_CAP_IMAP4REV2))
        names[count++] = "IMAP4rev2";
    if (engine_account_can(account, IMAP_CAP_UTF8_ACCEPT))
        names[count++] = "UTF8=ACCEPT";
    if (count > 0)
        link_send(account->link, NULL, imap_command_enable(names), enabled, NULL);
}

void engine_account_introduce(EngineAccount *account)
{
    static const char *const who[] = { "name", PACKAGE_NAME, "version", PACKAGE_VERSION, NULL };
    if (!account->introduced && engine_account_can(account, IMAP_CAP_ID))
        link_send(account->link, NULL, imap_command_id(who), NULL, NULL);
    account->introduced = TRUE;
}

static void link_ready(EngineAccount *account)
{
    account->failures = 0;
    credentials_worked(account->credentials);
    account->polled_at = g_get_monotonic_time();
    account->status.as_of = g_get_real_time() / G_USEC_PER_SEC;
    remember_capabilities(account);
    engine_account_set_state(account, ACCOUNT_ONLINE, NULL);
    link_hold(account->link);
    enable_extensions(account);
    /* First of all: what is on the screen, else what is to be kept. */
    gint64 first = account->looked_at != 0 ? account->looked_at : mirror_first_mailbox(account);
    if (first != 0)
        selected_open(account, first);
    mailbox_list_refresh(account);
    /* Of a mailbox that is level, and with all counts in one answer, nothing more will have to be asked most of the time. */
    engine_account_foresee_idle(account, selected_is_opening(account) && account->selected->known->complete && mailbox_list_has_counts(account));
    carry_wake(account->engine);
    jobs_run(account);
    link_release(account->link);
}

static gboolean renew_idle(gpointer data)
{
    EngineAccount *account = data;
    engine_clear_source(&account->idle_renewal);
    if (engine_account_is_ready(account))
        link_send(account->link, NULL, imap_command_noop(), NULL, NULL); /* ends the IDLE; quiet begins the next one */
    return G_SOURCE_REMOVE;
}

void engine_account_idle(EngineAccount *account)
{
    engine_clear_source(&account->idle_timer);
    engine_clear_source(&account->idle_renewal);
    gboolean idling = account->selected != NULL && link_idle(account->link);
    account->idle_renewal = engine_timer(account->engine, idling ? IDLE_RENEWAL_MS : NOOP_EVERY_MS, renew_idle, account);
}

void engine_account_foresee_idle(EngineAccount *account, gboolean foreseen)
{
    account->idle_behind = foreseen && account->mirror == NULL && !account->engine->only_when_asked;
}

static gboolean go_idle(gpointer data)
{
    EngineAccount *account = data;
    engine_clear_source(&account->idle_timer);
    if (engine_account_is_ready(account) && link_pending(account->link) == 0)
        engine_account_idle(account);
    return G_SOURCE_REMOVE;
}

static void link_quiet(EngineAccount *account)
{
    account->status.as_of = g_get_real_time() / G_USEC_PER_SEC;
    fetch_batch_flush(account);
    jobs_run(account);
    if (!engine_account_is_ready(account) || link_pending(account->link) > 0)
        return;
    credentials_hold(account->credentials);
    if (mirror_step(account))
        return;
    if (account->looked_at != 0 && !selected_is(account, account->looked_at) && jobs_idle(account)) {
        selected_open(account, account->looked_at);
        return;
    }
    if (account->status.busy)
        engine_account_tell(account);
    if (account->idle_timer == NULL && !imap_session_is_idle(link_session(account->link)))
        account->idle_timer = engine_timer(account->engine, IDLE_AFTER_MS, go_idle, account);
}

void engine_account_go_on(EngineAccount *account)
{
    if (engine_account_is_ready(account) && link_pending(account->link) == 0)
        mirror_step(account);
}

static const LinkOwner link_owner = { .ready = link_ready, .ended = link_ended, .quiet = link_quiet };

void engine_account_set_online(EngineAccount *account, gboolean online)
{
    submission_queue_set_online(account->submission, online);
    if (account->local != NULL && account->pop == NULL)
        return;
    if (online) {
        engine_account_connect(account);
        return;
    }
    engine_clear_source(&account->retry);
    if (account->link != NULL)
        link_close(g_steal_pointer(&account->link));
    if (account->pop != NULL)
        pop_account_leave(account->pop);
    jobs_interrupted(account);
    selected_clear(account);
    replay_link_ended(account);
    mirror_stop(account);
    engine_account_set_state(account, ACCOUNT_OFFLINE, NULL);
}

void engine_account_doubt_link(EngineAccount *account)
{
    submission_queue_network_changed(account->submission);
    if (engine_account_is_ready(account))
        link_doubt(account->link);
    else if (account->retry != NULL)
        engine_account_connect(account);
}

void engine_account_poll_if_due(EngineAccount *account)
{
    gint64 now = g_get_monotonic_time();
    guint seconds = account->config->poll_seconds;
    if (!engine_account_is_ready(account) || seconds == 0 || now - account->polled_at < (gint64) seconds * G_USEC_PER_SEC)
        return;
    account->polled_at = now;
    mailbox_list_poll(account);
}

/* A bare server may go by its directory's time stamp and never tell of what came within the same second (GNU imap4d): only
 * selecting anew makes it look, and keeps the flags that it holds in memory until then. */
static void look_again(EngineAccount *account)
{
    Selected *selected = account->selected;
    if (selected != NULL && selected->mailbox_id == account->looked_at && jobs_idle(account) && !engine_account_can(account, IMAP_CAP_CONDSTORE))
        selected_open(account, account->looked_at);
    else
        link_send(account->link, NULL, imap_command_noop(), NULL, NULL);
}

void engine_account_check(EngineAccount *account)
{
    submission_queue_try_now(account->submission);
    if (account->local != NULL) {
        local_source_check(account->local);
        if (account->pop == NULL)
            return;
    }
    if (!engine_account_is_ready(account)) {
        account->failures = 0;
        credentials_forgive(account->credentials);
        engine_account_connect(account);
        return;
    }
    account->polled_at = g_get_monotonic_time();
    look_again(account);
    mailbox_list_refresh(account);
    jobs_run(account);
}
