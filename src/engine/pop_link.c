#include "config.h"

#include "engine/pop_link.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/login.h"
#include "net/flights.h"

/* A server that asks to be left alone without saying for how long. */
#define DEFAULT_LOGIN_DELAY_S 60

struct PopLink {
    EngineAccount *account;
    const PopLinkOwner *owner;
    gpointer user;
    Connection *connection;
    Stream *stream;
    PopSession *session;
    LoginMeans means;
    SaslMechanism *mechanism;
    gboolean apop_tried;
    gboolean ready;       /* logged in, and the owner knows */
    gboolean ended;
    FlightCounter flights;
    guint heard_outstanding; /* commands that were outstanding when they were last counted */
    guint answered;
    guint64 up_before, down_before;
    gint64 began;         /* µs, monotonic: the log-in */
};

static void login(PopLink *link);

const PopCapabilities *pop_link_capabilities(const PopLink *link)
{
    return pop_session_capabilities(link->session);
}

static void end(PopLink *link, LinkEndKind kind, const char *words)
{
    connection_end(link->connection, kind, words);
}

void pop_link_doom(PopLink *link, LinkEndKind kind, const char *words)
{
    connection_doom(link->connection, kind, words);
}

gboolean pop_link_is_doomed(const PopLink *link)
{
    return link->ended || connection_is_doomed(link->connection);
}

/* --- cost ------------------------------------------------------------------------------------- */

static void count_answers(PopLink *link)
{
    guint now = pop_session_outstanding(link->session);
    if (link->ready && now < link->heard_outstanding) {
        link->answered += link->heard_outstanding - now;
        flight_counter_answered(&link->flights, link->heard_outstanding - now);
    }
    link->heard_outstanding = now;
}

static void count_sent(PopLink *link)
{
    guint now = pop_session_outstanding(link->session);
    if (link->ready && now > link->heard_outstanding)
        flight_counter_sent(&link->flights, now - link->heard_outstanding);
    link->heard_outstanding = now;
}

WireCost pop_link_cost(PopLink *link)
{
    StreamStatistics now = link->stream != NULL ? stream_statistics(link->stream) : (StreamStatistics){ 0 };
    gboolean pipelining = pop_can(pop_link_capabilities(link), POP_CAP_PIPELINING);
    return (WireCost){
        .flights = pipelining ? link->flights.flights : link->answered,
        .up = now.wire_up - MIN(now.wire_up, link->up_before),
        .down = now.wire_down - MIN(now.wire_down, link->down_before),
        .wait_ms = link->ready ? (guint64) (g_get_monotonic_time() - link->began) / 1000 : 0,
    };
}

/* --- the log-in ------------------------------------------------------------------------------- */

static void logged_in(PopLink *link)
{
    StreamStatistics now = stream_statistics(link->stream);
    link->up_before = now.wire_up;
    link->down_before = now.wire_down;
    link->began = g_get_monotonic_time();
    link->ready = TRUE;
    link->heard_outstanding = pop_session_outstanding(link->session);
    link->owner->ready(link, link->user);
}

/* Servers of before RESP-CODES say in prose that somebody else has the mailbox, which is no reason to doubt the password. */
static gboolean sounds_in_use(const char *text)
{
    g_autofree char *low = g_ascii_strdown(text, -1);
    return strstr(low, "lock") != NULL || strstr(low, "in use") != NULL || strstr(low, "already open") != NULL;
}

static void refused(PopLink *link, const PopText *text)
{
    const GError *inside = pop_session_auth_error(link->session);
    const char *said = inside != NULL ? inside->message : text->text, *code = text->code != NULL ? text->code : "";
    g_autofree char *words = NULL;
    LinkEndKind kind = LINK_END_LOST;
    if (strcmp(code, "IN-USE") == 0 || (*code == '\0' && inside == NULL && sounds_in_use(said))) {
        words = g_strdup_printf(_("Another program has this mailbox open on the server: “%s”."), said);
    } else if (strcmp(code, "LOGIN-DELAY") == 0) {
        guint delay = pop_link_capabilities(link)->login_delay;
        connection_wait_before_next(link->connection, (delay > 0 ? MIN(delay, 86400u) : DEFAULT_LOGIN_DELAY_S) * 1000);
        words = g_strdup_printf(_("The server asks for more time between logins: “%s”."), said);
    } else if (strcmp(code, "SYS/TEMP") == 0) {
        words = g_strdup_printf(_("The server cannot log you in now: “%s”."), said);
    } else if (strcmp(code, "SYS/PERM") == 0) {
        kind = LINK_END_REFUSED;
        words = g_strdup_printf(_("The server says that this mailbox needs somebody who looks after the server: “%s”."), said);
    } else {
        kind = LINK_END_LOGIN;
        words = g_strdup_printf(_("The server refuses the login of %s: “%s”."), link->account->config->receive->user, said);
    }
    end(link, kind, words);
}

static LoginOffer offer_of(const PopLink *link)
{
    const PopCapabilities *capabilities = pop_link_capabilities(link);
    return (LoginOffer){
        .mechanisms = (const char *const *) capabilities->mechanisms,
        /* Many that know USER do not say so; one that lists mechanisms and not USER means it. */
        .plain_command = !capabilities->asked || pop_can(capabilities, POP_CAP_USER) || capabilities->mechanisms[0] == NULL,
    };
}

static void plain_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    if (done == POP_DONE_OK)
        logged_in(user);
    else if (done == POP_DONE_REFUSED)
        refused(user, text);
}

static void login_plain(PopLink *link)
{
    g_autoptr(GError) error = NULL;
    if (!pop_session_login_plain(link->session, link->account->config->receive->user, secret_text(link->means.secret), plain_answered, link, &error))
        end(link, LINK_END_REFUSED, error->message);
}

/* It may know the name and have no secret to compute with (RFC 1939 §7; GNU pop3d keeps those in a file of its own): then the password
 * has to be shown, if that is allowed. */
static void apop_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    PopLink *link = user;
    LoginOffer offer = offer_of(link);
    gboolean not_so = done == POP_DONE_REFUSED && (text->code == NULL || strcmp(text->code, "AUTH") == 0) && !sounds_in_use(text->text);
    if (not_so && login_may_show_password(&link->means, link->stream, &offer))
        login_plain(link);
    else
        plain_answered(session, id, done, text, user);
}

static gboolean login_apop(PopLink *link)
{
    if (link->apop_tried || link->means.secret == NULL || login_uses_token(link->account->config) || stream_is_encrypted(link->stream) ||
        link->account->config->receive->security != ACCOUNT_SECURITY_INSECURE || !pop_session_offers_apop(link->session))
        return FALSE;
    link->apop_tried = TRUE;
    return pop_session_login_apop(link->session, link->account->config->receive->user, secret_text(link->means.secret), apop_answered, link, NULL);
}

static void authenticate_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    PopLink *link = user;
    const GError *inside = pop_session_auth_error(session);
    LoginNext next = LOGIN_GIVES_UP;
    LoginOffer offer = offer_of(link);
    if (done == POP_DONE_NOT_SENT && inside != NULL) { /* there is nothing to begin with */
        pop_link_doom(link, LINK_END_REFUSED, inside->message);
        return;
    }
    if (done == POP_DONE_REFUSED)
        next = login_after_refusal(&link->means, link->mechanism, link->stream, &offer, inside, text->code == NULL && !sounds_in_use(text->text));
    switch (next) {
    case LOGIN_TRIES_AGAIN:
        g_clear_pointer(&link->mechanism, sasl_mechanism_free);
        login(link);
        break;
    case LOGIN_BY_COMMAND:
        login_plain(link);
        break;
    case LOGIN_GIVES_UP:
        plain_answered(session, id, done, text, user);
        break;
    }
}

static gboolean shows_password(const SaslMechanism *mechanism)
{
    return strcmp(sasl_mechanism_name(mechanism), "PLAIN") == 0 || strcmp(sasl_mechanism_name(mechanism), "LOGIN") == 0;
}

static void login(PopLink *link)
{
    g_autoptr(GError) error = NULL;
    LoginOffer offer = offer_of(link);
    link->mechanism = login_mechanism(&link->means, link->stream, &offer);
    if ((link->mechanism == NULL || shows_password(link->mechanism)) && login_apop(link))
        return;
    if (link->mechanism != NULL) {
        if (!pop_session_authenticate(link->session, link->mechanism, authenticate_answered, link, &error))
            end(link, LINK_END_REFUSED, error->message);
    } else if (login_may_show_password(&link->means, link->stream, &offer)) {
        login_plain(link);
    } else {
        g_autofree char *words = login_impossible_words(&link->means, link->stream, &offer);
        end(link, LINK_END_REFUSED, words);
    }
}

static gboolean on_computes(gpointer user)
{
    return pop_session_auth_busy(((PopLink *) user)->session);
}

static void on_compute(gpointer user)
{
    pop_session_auth_resume(((PopLink *) user)->session);
}

/* --- TLS -------------------------------------------------------------------------------------- */

static void stls_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    (void) text; /* whoever is on the way may have written it */
    if (done == POP_DONE_REFUSED)
        end(user, LINK_END_REFUSED,
            _("The server refuses STLS. No password was sent. If the server has TLS on a port of its own, write pop3s:// in the accounts file."));
}

static void secure(PopLink *link)
{
    g_autoptr(GError) error = NULL;
    const PopCapabilities *capabilities = pop_link_capabilities(link);
    if (capabilities->asked && !pop_can(capabilities, POP_CAP_STLS))
        end(link, LINK_END_REFUSED,
            _("The server does not offer STLS. No password was sent. If the server has TLS on a port of its own, write pop3s:// in the accounts file."));
    else if (!pop_session_stls(link->session, stls_answered, link, &error))
        end(link, LINK_END_REFUSED, error->message);
}

/* --- what the session says -------------------------------------------------------------------- */

static void on_output(PopSession *session, gpointer user)
{
    (void) session;
    PopLink *link = user;
    if (link->connection != NULL)
        connection_output(link->connection);
}

/* Its words in the person's language (RFC 6856 §3), where reasons are told from them by codes. Its answer is not waited for. */
static void ask_for_language(PopSession *session, const PopCapabilities *capabilities)
{
    const char *name = g_get_language_names()[0];
    g_autofree char *tag = g_strndup(name, strcspn(name, "_.@"));
    if (!pop_can(capabilities, POP_CAP_LANG) || !pop_can(capabilities, POP_CAP_RESP_CODES) || strlen(tag) < 2 || strlen(tag) > 8)
        return;
    for (const char *p = tag; *p != '\0'; p++)
        if (!g_ascii_isalpha(*p))
            return;
    pop_session_language(session, tag, NULL, NULL, NULL);
}

/* Capabilities: behind the greeting, under TLS, and after the log-in where they were asked for again. */
static void on_capabilities(PopSession *session, const PopCapabilities *capabilities, gpointer user)
{
    PopLink *link = user;
    if (link->ready)
        return;
    if (link->account->config->receive->security == ACCOUNT_SECURITY_STARTTLS && !pop_session_is_protected(session)) {
        secure(link);
        return;
    }
    ask_for_language(session, capabilities);
    /* Letters as they were sent, not turned into ASCII on the way (RFC 6856 §2). Its answer is not waited for. */
    if (pop_can(capabilities, POP_CAP_UTF8))
        pop_session_send(session, POP_UTF8, 0, 0, NULL, NULL, NULL);
    login(link);
}

static void on_refused(PopSession *session, const PopText *text, gpointer user)
{
    (void) session;
    g_autofree char *words = g_strdup_printf(_("The server sends us away: “%s”."), text->text);
    pop_link_doom(user, LINK_END_LOST, words);
}

static void on_size(PopSession *session, PopCommandId id, guint32 number, guint64 size, gpointer user)
{
    (void) session;
    (void) id;
    PopLink *link = user;
    link->owner->size(link, number, size, link->user);
}

static void on_uidl(PopSession *session, PopCommandId id, guint32 number, const char *uidl, gpointer user)
{
    (void) session;
    (void) id;
    PopLink *link = user;
    link->owner->uidl(link, number, uidl, link->user);
}

static void on_data(PopSession *session, PopCommandId id, const char *octets, gsize length, gpointer user)
{
    (void) session;
    PopLink *link = user;
    link->owner->data(link, id, octets, length, link->user);
}

static const PopSessionEvents session_events = {
    .output = on_output,
    .ready = on_capabilities,
    .refused = on_refused,
    .size = on_size,
    .uidl = on_uidl,
    .data = on_data,
};

/* --- the pump --------------------------------------------------------------------------------- */

static void on_opened(Connection *connection, gpointer user)
{
    PopLink *link = user;
    link->stream = connection_stream(connection);
    connection_expect(connection, 0, _("waiting for the greeting"));
}

/* Behind the answer to STLS no octet is the session's: they stay with the stream, which refuses them. */
static gsize feed(PopLink *link, const guint8 *bytes, gsize length, GError **error)
{
    gsize taken = 0;
    gboolean fed = TRUE;
    if (pop_session_is_protected(link->session) || link->account->config->receive->security != ACCOUNT_SECURITY_STARTTLS) {
        pop_session_feed(link->session, bytes, length, error);
        return length;
    }
    while (fed && taken < length && !pop_session_wants_tls(link->session)) {
        const guint8 *newline = memchr(bytes + taken, '\n', length - taken);
        gsize piece = newline != NULL ? (gsize) (newline - (bytes + taken)) + 1 : length - taken;
        fed = pop_session_feed(link->session, bytes + taken, piece, error);
        taken += piece;
    }
    return taken;
}

static gsize on_received(Connection *connection, const guint8 *bytes, gsize length, gpointer user)
{
    PopLink *link = user;
    g_autoptr(GError) error = NULL;
    gsize taken = feed(link, bytes, length, &error);
    count_answers(link);
    if (error != NULL)
        connection_end(connection, g_error_matches(error, POP_ERROR, POP_ERROR_INSECURE) ? LINK_END_REFUSED : LINK_END_LOST, error->message);
    if (link->ended)
        return taken;
    stream_progressed(link->stream);
    if (pop_session_wants_tls(link->session))
        connection_start_tls(connection);
    if (link->ready)
        link->owner->heard(link, link->user);
    return taken;
}

static void on_secured(Connection *connection, gpointer user)
{
    (void) connection;
    pop_session_tls_started(((PopLink *) user)->session);
}

static GBytes *on_take(gpointer user, GError **error)
{
    (void) error;
    return pop_session_take_output(((PopLink *) user)->session, NULL);
}

static gboolean on_owed(gpointer user)
{
    return pop_session_outstanding(((PopLink *) user)->session) > 0;
}

static void on_ended(Connection *connection, const LinkEnd *end, gpointer user)
{
    (void) connection;
    PopLink *link = user;
    link->ended = TRUE;
    pop_session_close(link->session, end->words);
    link->owner->ended(link, end, link->user);
}

static void on_gone(gpointer user)
{
    PopLink *link = user;
    pop_session_free(link->session);
    sasl_mechanism_free(link->mechanism);
    g_clear_pointer(&link->means.secret, secret_unref);
    g_free(link);
}

static const ConnectionOwner connection_owner = {
    .opened = on_opened,
    .received = on_received,
    .secured = on_secured,
    .take = on_take,
    .owed = on_owed,
    .computes = on_computes,
    .compute = on_compute,
    .ended = on_ended,
    .gone = on_gone,
};

/* --- the door --------------------------------------------------------------------------------- */

PopLink *pop_link_open(EngineAccount *account, const PopLinkOwner *owner, Secret *secret, gpointer user)
{
    static const PopSecurity securities[] = {
        [ACCOUNT_SECURITY_TLS] = POP_SECURITY_TLS,
        [ACCOUNT_SECURITY_STARTTLS] = POP_SECURITY_STLS,
        [ACCOUNT_SECURITY_INSECURE] = POP_SECURITY_NONE,
    };
    const AccountUrl *url = account->config->receive;
    PopSessionOptions options = { .security = securities[url->security] };
    PopLink *link = g_new0(PopLink, 1);
    link->account = account;
    link->owner = owner;
    link->user = user;
    link->means = (LoginMeans){ .account = account->config, .url = url, .secret = secret != NULL ? secret_ref(secret) : NULL };
    link->session = pop_session_new(&options, &session_events, link);
    link->connection = connection_open(account, url, &connection_owner, link);
    return link;
}

void pop_link_close(PopLink *link)
{
    if (link->ended)
        return;
    link->ended = TRUE;
    pop_session_close(link->session, NULL);
    connection_close(link->connection);
}

PopCommandId pop_link_send(PopLink *link, PopVerb verb, guint32 number, guint lines, PopDoneFunc done, gpointer user)
{
    g_autoptr(GError) error = NULL;
    PopCommandId id = link->ended ? 0 : pop_session_send(link->session, verb, number, lines, done, user, &error);
    if (id == 0) {
        PopText text = { error != NULL ? error->message : "", NULL };
        done(link->session, 0, POP_DONE_NOT_SENT, &text, user);
        return 0;
    }
    count_sent(link);
    connection_watch(link->connection);
    return id;
}

void pop_link_ask_capabilities(PopLink *link)
{
    pop_session_capa(link->session);
    count_sent(link);
}
