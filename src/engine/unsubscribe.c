#include "config.h"

#include "engine/unsubscribe.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "mime/unsubscribe.h"
#include "net/connect.h"

#define ANSWER_MS 30000
#define STATUS_LINE_MAX 1024 /* octets: nothing behind it is read */
#define BODY "List-Unsubscribe=One-Click"

typedef struct {
    Engine *engine;
    gint64 account_id;
    char *host, *request;
    GCancellable *connecting; /* NULL: that is over */
    Stream *stream;           /* NULL: not yet */
} Unsubscribe;

static void release(Unsubscribe *unsubscribe)
{
    stream_free(unsubscribe->stream);
    g_clear_object(&unsubscribe->connecting);
    g_free(unsubscribe->host);
    g_free(unsubscribe->request);
    g_free(unsubscribe);
}

static void over(Unsubscribe *unsubscribe, const char *words)
{
    engine_tell_notice(unsubscribe->engine, unsubscribe->account_id, words);
    g_ptr_array_remove_fast(unsubscribe->engine->unsubscribing, unsubscribe);
    release(unsubscribe);
}

static void fail(Unsubscribe *unsubscribe, const char *reason)
{
    g_autofree char *words = g_strdup_printf(_("The list at %s was not left: %s"), unsubscribe->host, reason);
    over(unsubscribe, words);
}

/* --- the answer ------------------------------------------------------------------------------- */

/* "HTTP/1.1 202 Accepted"; 0: it is no such line. */
static guint status_of(const char *line)
{
    gboolean http = g_str_has_prefix(line, "HTTP/1.") && g_ascii_isdigit(line[7]) && line[8] == ' ';
    guint64 status = 0;
    g_autofree char *digits = http ? g_strndup(line + 9, 3) : NULL;
    return digits != NULL && g_ascii_string_to_unsigned(digits, 10, 100, 599, &status, NULL) ? (guint) status : 0;
}

static void judge(Unsubscribe *unsubscribe, const char *line)
{
    guint status = status_of(line);
    g_autofree char *words = NULL;
    if (status / 100 == 2)
        words = g_strdup_printf(_("You have been taken off the list, says %s."), unsubscribe->host);
    else if (status / 100 == 3)
        words = g_strdup_printf(_("The list at %s was not left: it sends on elsewhere, which is not followed."), unsubscribe->host);
    else
        words = g_strdup_printf(_("The list at %s was not left: it answers “%s”."), unsubscribe->host, line);
    over(unsubscribe, words);
}

static gsize on_received(Stream *stream, const guint8 *bytes, gsize length, gpointer user)
{
    (void) stream;
    Unsubscribe *unsubscribe = user;
    const guint8 *end = memchr(bytes, '\n', MIN(length, STATUS_LINE_MAX));
    if (end == NULL && length < STATUS_LINE_MAX)
        return 0;
    if (end == NULL) {
        fail(unsubscribe, _("the answer makes no sense."));
        return length;
    }
    g_autofree char *raw = g_strndup((const char *) bytes, (gsize) (end - bytes)), *line = g_utf8_make_valid(raw, -1);
    judge(unsubscribe, g_strchomp(line));
    return length;
}

static void on_closed(Stream *stream, const GError *error, gpointer user)
{
    (void) stream;
    fail(user, error != NULL ? error->message : _("the server closed the connection without an answer."));
}

/* --- the request ------------------------------------------------------------------------------ */

static void on_connected(Stream *stream, const TlsCertificateInfo *certificate, const GError *error, gpointer user)
{
    static const StreamHandlers handlers = { .received = on_received, .closed = on_closed };
    Unsubscribe *unsubscribe = user;
    (void) certificate; /* nobody is asked to trust one for this */
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        release(unsubscribe); /* the engine ends */
        return;
    }
    g_clear_object(&unsubscribe->connecting);
    if (stream == NULL) {
        fail(unsubscribe, error->message);
        return;
    }
    unsubscribe->stream = stream;
    stream_set_handlers(stream, &handlers, unsubscribe);
    stream_write_string(stream, unsubscribe->request);
    stream_expect_within(stream, ANSWER_MS, _("waiting for the answer"));
}

static char *request_of(const char *host, guint16 port, const char *target)
{
    g_autofree char *name = strchr(host, ':') != NULL ? g_strdup_printf("[%s]", host) : g_strdup(host);
    g_autofree char *number = port != 443 ? g_strdup_printf(":%u", port) : g_strdup("");
    return g_strdup_printf("POST %s HTTP/1.1\r\nHost: %s%s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n"
                           "Connection: close\r\n\r\n" BODY,
                           target, name, number, strlen(BODY));
}

void unsubscribe_begin(EngineAccount *account, const char *url)
{
    Engine *engine = account->engine;
    g_autofree char *host = NULL, *target = NULL;
    guint16 port = 0;
    if (!mime_https_split(url, &host, &port, &target)) {
        engine_tell_notice(engine, account->id, _("The list names no place that it can be left at by one click."));
        return;
    }
    if (!engine->online) {
        engine_tell_notice(engine, account->id, _("You are offline: the list was not left."));
        return;
    }
    Unsubscribe *unsubscribe = g_new0(Unsubscribe, 1);
    *unsubscribe = (Unsubscribe){ engine, account->id, g_strdup(host), request_of(host, port, target), g_cancellable_new(), NULL };
    if (engine->unsubscribing == NULL)
        engine->unsubscribing = g_ptr_array_new();
    g_ptr_array_add(engine->unsubscribing, unsubscribe);
    NetTarget where = { .host = unsubscribe->host, .port = port, .security = NET_SECURITY_TLS, .proxy = account->config->proxy };
    where.tls = (TlsOptions){ .context = engine->tls, .host = unsubscribe->host, .port = port, .account = account->config->name,
                              .ca_file = account->config->ca_file };
    net_connect_async(engine->context, &where, unsubscribe->connecting, NULL, on_connected, unsubscribe);
}

void unsubscribe_stop_all(GPtrArray *running)
{
    for (guint i = 0; running != NULL && i < running->len; i++) {
        Unsubscribe *unsubscribe = running->pdata[i];
        if (unsubscribe->connecting != NULL)
            g_cancellable_cancel(unsubscribe->connecting); /* on_connected() comes, and frees */
        else
            release(unsubscribe);
    }
    if (running != NULL)
        g_ptr_array_unref(running);
}
