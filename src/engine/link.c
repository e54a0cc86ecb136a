#include "config.h"

#include "engine/link_private.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/pins.h"
#include "engine/refusal.h"
#include "engine/tls_options.h"
#include "net/connect.h"

/* Beyond this the pump waits for `drained`: bytes of an upload stay where they come from. */
#define QUEUE_HIGH_WATER (256 * 1024)
/* A server that searches for long says a line now and then ("* OK Still here"), and is waited for. So many lines without an answer, or line
 * ends inside a literal, are no sign of work any more: from then on only octets count (STREAM_PROGRESS_BYTES). */
#define SLOW_LINES_MAX 100

gboolean link_is_ready(const Link *link)
{
    return link != NULL && link->stage == LINK_STAGE_READY;
}

ImapSession *link_session(Link *link)
{
    return link->session;
}

const TlsInfo *link_tls(Link *link)
{
    return link->stream != NULL ? stream_tls_info(link->stream) : NULL;
}

/* --- what the server says of the whole connection --------------------------------------------- */

/* TRUE when TEXT is about the whole connection, which then ends. */
static gboolean hear_refusal(Link *link, const ImapText *text)
{
    Refusal refusal = refusal_read(text);
    if (refusal.kind == REFUSAL_ORDINARY && text->status != IMAP_STATUS_BYE)
        return FALSE;
    g_autofree char *said = refusal_words(text);
    g_autofree char *words = NULL;
    LinkEndKind kind = LINK_END_LOST;
    link->gave_up = refusal.kind != REFUSAL_ORDINARY;
    switch (refusal.kind) {
    case REFUSAL_EXPIRED:
        kind = LINK_END_EXPIRED;
        words = g_strdup_printf(_("The server says that the login has expired: “%s”."), said);
        break;
    case REFUSAL_THROTTLED:
        connection_wait_before_next(link->connection, refusal.wait_ms);
        words = g_strdup_printf(_("The server asks us to wait: “%s”."), said);
        break;
    case REFUSAL_ORDINARY:
        words = g_strdup_printf(_("The server sends us away: “%s”."), said);
        break;
    }
    connection_doom(link->connection, kind, words);
    return TRUE;
}

/* RFC 3501 has BAD for what the server does not understand: it announced more than it can. All that was sent is asked again on a link
 * that knows, because what was in flight behind it may have counted on it. */
static void hear_lack(Link *link, ImapCap lacks, const ImapText *text)
{
    g_autofree char *said = refusal_words(text);
    g_autofree char *words = g_strdup_printf(_("The server announces %s and does not understand it: “%s”. It is used without."), imap_cap_name(lacks), said);
    connection_lacks(link->connection, lacks);
    link->gave_up = TRUE;
    connection_doom(link->connection, LINK_END_UNSUPPORTED, words);
}

/* --- the pump --------------------------------------------------------------------------------- */

static GBytes *on_take(gpointer user, GError **error)
{
    Link *link = user;
    return imap_session_wants(link->session) == IMAP_WANTS_NOTHING ? imap_session_take_output(link->session, NULL, error) : NULL;
}

static gboolean on_owed(gpointer user)
{
    Link *link = user;
    return link_pending(link) > 0 || (imap_session_outstanding(link->session) > 0 && !imap_session_is_idle(link->session));
}

/* How many of the bytes belong to the session as it is: behind the answer to STARTTLS or COMPRESS they mean something else.
 * Fed line by line, so that each line is counted for the command that it answers. */
static gsize feed(Link *link, const guint8 *bytes, gsize length, GError **error)
{
    gsize taken = 0;
    while (taken < length && imap_session_wants(link->session) == IMAP_WANTS_NOTHING) {
        gsize piece = length - taken;
        const guint8 *end = memchr(bytes + taken, '\n', piece);
        if (end != NULL)
            piece = (gsize) (end - (bytes + taken)) + 1;
        link_cost_received(link, piece);
        gboolean fed = imap_session_feed(link->session, bytes + taken, piece, error);
        taken += piece;
        if (!fed)
            break;
        if (end != NULL && link->slow_lines < SLOW_LINES_MAX) {
            link->slow_lines++;
            stream_progressed(link->stream); /* a whole line, however short */
        }
    }
    return taken;
}

static gboolean on_computes(gpointer user)
{
    return imap_session_auth_busy(((Link *) user)->session);
}

static void on_compute(gpointer user)
{
    Link *link = user;
    imap_session_auth_resume(link->session);
    connection_flush(link->connection);
    link_login_step(link);
}

static void change_stream(Link *link)
{
    switch (imap_session_wants(link->session)) {
    case IMAP_WANTS_COMPRESSION:
        link->compressing = FALSE;
        stream_start_deflate(link->stream);
        imap_session_compression_started(link->session);
        break;
    case IMAP_WANTS_TLS:
        connection_start_tls(link->connection);
        break;
    case IMAP_WANTS_NOTHING:
        break;
    }
}

static gsize on_received(Connection *connection, const guint8 *bytes, gsize length, gpointer user)
{
    Link *link = user;
    g_autoptr(GError) error = NULL;
    link_cost_chunk(link, length);
    gsize taken = feed(link, bytes, length, &error);
    if (error != NULL)
        connection_end(connection, g_error_matches(error, IMAP_ERROR, IMAP_ERROR_INSECURE) ? LINK_END_REFUSED : LINK_END_LOST, error->message);
    if (link->stage != LINK_STAGE_ENDED) {
        change_stream(link);
        link_login_step(link);
    }
    if (link->stage == LINK_STAGE_READY && !connection_is_doomed(connection) && link_pending(link) == 0)
        link->owner.quiet(link->account);
    return taken;
}

static void on_secured(Connection *connection, gpointer user)
{
    (void) connection;
    Link *link = user;
    imap_session_tls_started(link->session);
    link_login_secured(link);
}

/* A server that sends us away says why, and the connection's end behind it says nothing more. */
static void on_bye(ImapSession *session, const ImapText *text, gpointer user)
{
    (void) session;
    Link *link = ((EngineAccount *) user)->link;
    if (link != NULL && link->stage == LINK_STAGE_READY)
        hear_refusal(link, text);
}

void link_hear_text(Link *link, const ImapText *text)
{
    if (link->stage == LINK_STAGE_READY && (text->status == IMAP_STATUS_NO || text->status == IMAP_STATUS_BAD))
        hear_refusal(link, text);
}

/* --- life ------------------------------------------------------------------------------------- */

static void on_output(ImapSession *session, gpointer user)
{
    (void) session;
    Link *link = ((EngineAccount *) user)->link;
    if (link != NULL)
        connection_output(link->connection);
}

static void on_greeting(ImapSession *session, const ImapText *text, gpointer user)
{
    (void) session;
    link_login_greeted(((EngineAccount *) user)->link, text);
}

static void on_opened(Connection *connection, gpointer user)
{
    Link *link = user;
    link->stream = connection_stream(connection);
    link->stage = LINK_STAGE_GREETING;
}

static void on_ended(Connection *connection, const LinkEnd *end, gpointer user)
{
    (void) connection;
    Link *link = user;
    EngineAccount *account = link->account;
    link->stage = LINK_STAGE_ENDED;
    /* Every command in flight hears its fate while the account still has its link's state. */
    imap_session_close(link->session, end->words);
    account->link = NULL;
    link->owner.ended(account, end);
}

static void on_gone(gpointer user)
{
    Link *link = user;
    link_cost_abandon(link);
    imap_session_free(link->session);
    sasl_mechanism_free(link->mechanism);
    g_clear_pointer(&link->means.secret, secret_unref);
    g_ptr_array_unref(link->actions);
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

static ImapSession *make_session(EngineAccount *account, const ImapSessionEvents *events)
{
    static const ImapSecurity securities[] = {
        [ACCOUNT_SECURITY_TLS] = IMAP_SECURITY_TLS,
        [ACCOUNT_SECURITY_STARTTLS] = IMAP_SECURITY_STARTTLS,
        [ACCOUNT_SECURITY_INSECURE] = IMAP_SECURITY_NONE,
    };
    ImapSessionOptions options = { .security = securities[account->config->receive->security] };
    ImapSessionEvents mine = *events;
    mine.output = on_output;
    mine.greeting = on_greeting;
    mine.bye = on_bye;
    return imap_session_new(&options, &mine, account);
}

Link *link_open(EngineAccount *account, const LinkOwner *owner, const ImapSessionEvents *events, Secret *secret)
{
    const Account *config = account->config;
    Link *link = g_new0(Link, 1);
    link->account = account;
    link->owner = *owner;
    link->means = (LoginMeans){ .account = config, .url = config->receive, .secret = secret != NULL ? secret_ref(secret) : NULL };
    link->actions = g_ptr_array_new();
    link->session = make_session(account, events);
    for (guint i = 0; i < IMAP_CAP_COUNT; i++)
        if (account->lacks[i])
            imap_session_disable(link->session, (ImapCap) i);
    link->connection = connection_open(account, config->receive, &connection_owner, link);
    return link;
}

void link_end(Link *link, LinkEndKind kind, const char *words)
{
    connection_end(link->connection, kind, words);
}

void link_abandon(Link *link, const char *words)
{
    connection_end(link->connection, LINK_END_LOST, words);
}

void link_close(Link *link)
{
    if (link->stage == LINK_STAGE_ENDED)
        return;
    if (link->stage == LINK_STAGE_READY) {
        imap_session_send(link->session, imap_command_logout(), NULL, NULL, NULL);
        connection_flush(link->connection);
    }
    link->stage = LINK_STAGE_ENDED;
    imap_session_close(link->session, NULL);
    connection_close(link->connection);
}

/* --- sending ---------------------------------------------------------------------------------- */

/* What was refused because of the connection was not refused for itself: it waits for the next link, like what was never sent. */
static ImapResult result_for_owner(Link *link, const SentCommand *sent, ImapResult result, const ImapText *text)
{
    if (result != IMAP_RESULT_NO && result != IMAP_RESULT_BAD)
        return result;
    if (!link->gave_up && link->stage == LINK_STAGE_READY && !hear_refusal(link, text) && result == IMAP_RESULT_BAD &&
        sent->needs != IMAP_CAP_COUNT && imap_session_can(link->session, sent->needs))
        hear_lack(link, sent->needs, text);
    return link->gave_up ? IMAP_RESULT_NOT_SENT : result;
}

static void on_done(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) id;
    SentCommand *sent = user;
    Link *link = sent->link;
    result = result_for_owner(link, sent, result, text);
    link->slow_lines = 0;
    if (sent->action != NULL)
        sent->action->up += imap_session_done_octets(session);
    if (sent->done != NULL)
        sent->done(link->account, result, text, sent->user);
    link_cost_answered(link, sent);
    g_free(sent);
}

static void send_command(Link *link, LinkAction *action, ImapCommand *command, LinkDone done, gpointer user, gboolean first)
{
    SentCommand *sent = g_new0(SentCommand, 1);
    *sent = (SentCommand){ link, action, done, user, IMAP_CAP_COUNT };
    imap_command_needs(command, &sent->needs);
    if (link_pending(link) == 0)
        link->slow_lines = 0;
    link_cost_sent(link, sent);
    g_autoptr(GError) error = NULL;
    ImapCommandId id = first ? imap_session_send_first(link->session, command, on_done, sent, &error)
                             : imap_session_send(link->session, command, on_done, sent, &error);
    if (id == 0) {
        ImapText text = { .status = IMAP_STATUS_BAD, .text = { error->message, strlen(error->message) } };
        on_done(link->session, 0, IMAP_RESULT_NOT_SENT, &text, sent);
        return;
    }
    connection_expect(link->connection, 0, _("waiting for the server's answer"));
}

void link_send(Link *link, LinkAction *action, ImapCommand *command, LinkDone done, gpointer user)
{
    send_command(link, action, command, done, user, FALSE);
}

gpointer link_command_user(Link *link, ImapCommandId id)
{
    const SentCommand *sent = id != 0 ? imap_session_command_user(link->session, id) : NULL;
    return sent != NULL ? sent->user : NULL;
}

void link_send_first(Link *link, LinkAction *action, ImapCommand *command, LinkDone done, gpointer user)
{
    send_command(link, action, command, done, user, TRUE);
}

void link_hold(Link *link)
{
    imap_session_hold(link->session);
}

void link_release(Link *link)
{
    imap_session_release(link->session);
}

guint link_pending(const Link *link)
{
    return g_queue_get_length((GQueue *) &link->sent);
}

static void compress_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    (void) user;
    /* OK: `compressing` is cleared when the stream changes, right behind this answer. */
    if (account->link != NULL && result != IMAP_RESULT_OK) {
        account->link->compressing = FALSE;
        imap_session_disable(account->link->session, IMAP_CAP_COMPRESS_DEFLATE);
    }
}

void link_compress(Link *link, LinkAction *action)
{
    if (link->compressing || stream_is_compressed(link->stream) || !imap_session_can(link->session, IMAP_CAP_COMPRESS_DEFLATE))
        return;
    link->compressing = TRUE;
    link_send(link, action, imap_command_compress(), compress_answered, NULL);
}

static void idle_over(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text, gpointer user)
{
    (void) id;
    (void) text;
    (void) user;
    if (result == IMAP_RESULT_BAD)
        imap_session_disable(session, IMAP_CAP_IDLE);
}

gboolean link_idle(Link *link)
{
    if (!imap_session_can(link->session, IMAP_CAP_IDLE))
        return FALSE;
    if (!imap_session_is_idle(link->session) && imap_session_idle(link->session, idle_over, NULL, NULL) != 0)
        connection_watch(link->connection);
    return TRUE;
}

void link_doubt(Link *link)
{
    if (link->stage != LINK_STAGE_READY)
        return;
    link_send(link, NULL, imap_command_noop(), NULL, NULL);
    connection_expect(link->connection, LINK_DOUBT_MS, _("waiting for a sign of life after the machine slept"));
}
