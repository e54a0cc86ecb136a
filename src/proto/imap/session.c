#include "config.h"

#include "proto/imap/session-private.h"

#include "base/i18n.h"

static void set_default(gsize *limit, gsize value)
{
    if (*limit == 0)
        *limit = value;
}

static void set_limits(ImapLimits *limits)
{
    set_default(&limits->line, (gsize)32 * 1024 * 1024);
    set_default(&limits->small_literal, (gsize)16 * 1024);
    if (limits->literal == 0)
        limits->literal = (guint64)2 * 1024 * 1024 * 1024;
    if (limits->depth == 0)
        limits->depth = 64;
    if (limits->parts == 0)
        limits->parts = 10000;
    if (limits->addresses == 0)
        limits->addresses = 10000;
    if (limits->messages == 0)
        limits->messages = 20 * 1000 * 1000;
    if (limits->unasked == 0)
        limits->unasked = 500 * 1000;
}

ImapSession *imap_session_new(const ImapSessionOptions *options, const ImapSessionEvents *events,
                              gpointer user)
{
    ImapSession *session = g_new0(ImapSession, 1);
    session->options = *options;
    set_limits(&session->options.limits);
    session->events = *events;
    session->user = user;
    session->tls = options->security == IMAP_SECURITY_TLS;
    session->reader_events = (ImapReaderEvents){
        .response = imap_session_receive,
        .literal = imap_session_receive_literal,
        .data = imap_session_receive_data,
        .end = imap_session_receive_end,
    };
    session->reader = imap_reader_new(&session->options.limits, &session->reader_events, session);
    session->rest = g_byte_array_new();
    session->enabled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    proto_output_init(&session->output);
    return session;
}

void imap_session_free(ImapSession *session)
{
    if (session == NULL)
        return;
    imap_session_close(session, NULL);
    imap_reader_free(session->reader);
    imap_capabilities_free(session->caps);
    g_byte_array_unref(session->rest);
    g_hash_table_unref(session->enabled);
    proto_output_clear(&session->output);
    g_clear_error(&session->source_error);
    proto_exchange_clear(&session->auth);
    g_free(session);
}

/* ---- feeding ---- */

static bool take_rest(ImapSession *session, const char *bytes, gsize len, GError **error)
{
    if (session->wants == IMAP_WANTS_TLS) {
        /* Whoever can write into the connection before TLS would have it read after TLS: S4 of the field
         * notes, CVE-2020-14954 and its kin. There is no honest reason for such bytes. */
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_INSECURE,
                    _("The server, or somebody on the way, sent data before the connection was protected. "
                      "The connection was closed."));
        return false;
    }
    g_byte_array_append(session->rest, (const guint8 *)bytes, (guint)len);
    return true;
}

bool imap_session_feed(ImapSession *session, const void *bytes, gsize len, GError **error)
{
    gsize taken = 0;
    bool ok = true;

    g_return_val_if_fail(!session->feeding, false);
    if (session->closed) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_PROTOCOL, _("The connection is closed."));
        return false;
    }
    session->feeding = true;
    if (session->wants == IMAP_WANTS_NOTHING)
        ok = imap_reader_feed(session->reader, bytes, len, &taken, error);
    if (ok && taken < len && session->wants != IMAP_WANTS_NOTHING)
        ok = take_rest(session, (const char *)bytes + taken, len - taken, error);
    session->feeding = false;
    if (!ok) {
        session->bye = true; /* nothing leaves any more */
        return false;
    }
    imap_session_pump(session);
    imap_session_notify(session);
    return true;
}

ImapWants imap_session_wants(const ImapSession *session)
{
    return session->wants;
}

GBytes *imap_session_take_rest(ImapSession *session)
{
    if (session->rest->len == 0)
        return NULL;
    GBytes *rest = g_bytes_new(session->rest->data, session->rest->len);
    g_byte_array_set_size(session->rest, 0);
    return rest;
}

static void go_on(ImapSession *session)
{
    session->wants = IMAP_WANTS_NOTHING;
    if (session->feeding)
        return;
    imap_session_pump(session);
    imap_session_notify(session);
}

void imap_session_compression_started(ImapSession *session)
{
    g_return_if_fail(session->wants == IMAP_WANTS_COMPRESSION);
    go_on(session);
}

void imap_session_tls_started(ImapSession *session)
{
    g_return_if_fail(session->wants == IMAP_WANTS_TLS);
    session->tls = true;
    g_clear_pointer(&session->caps, imap_capabilities_free);
    /* Ahead of everything, and nothing behind it before its answer: whether LOGIN may be sent is what it
     * says. */
    ImapEntry *entry = g_new0(ImapEntry, 1);
    entry->verb = IMAP_VERB_CAPABILITY;
    entry->command = imap_command_capability();
    entry->barrier = true;
    session->hold++;
    imap_session_enqueue(session, entry, true);
    g_queue_unlink(&session->waiting, &entry->link);
    g_queue_push_head_link(&session->waiting, &entry->link);
    session->hold--;
    go_on(session);
}

/* ---- the end ---- */

static const char *words_or(const char *reason, const char *otherwise)
{
    return reason != NULL && *reason != '\0' ? reason : otherwise;
}

void imap_session_close(ImapSession *session, const char *reason)
{
    if (session->closed)
        return;
    g_autofree char *why = g_strdup(words_or(reason, _("The connection was closed.")));
    bool current_answered = session->current != NULL && session->current->answered;

    session->closed = true;
    imap_reader_stop(session->reader);
    imap_reader_close(session->reader);
    imap_session_auth_end(session);
    if (current_answered)
        imap_session_finish_sending(session, session->current);
    session->current = NULL;
    while (session->flight.head != NULL) {
        ImapEntry *entry = session->flight.head->data;
        bool left = entry->end <= session->output.taken;
        imap_session_complete_locally(session, entry, left ? IMAP_RESULT_UNKNOWN : IMAP_RESULT_NOT_SENT, why);
    }
    while (session->waiting.head != NULL)
        imap_session_complete_locally(session, session->waiting.head->data, IMAP_RESULT_NOT_SENT, why);
    imap_session_set_state(session, IMAP_STATE_LOGOUT);
}

/* ---- what is known ---- */

ImapState imap_session_state(const ImapSession *session)
{
    return session->state;
}

void imap_session_set_state(ImapSession *session, ImapState state)
{
    if (session->state == state)
        return;
    session->state = state;
    imap_session_recount_states(session);
    IMAP_CALL(session, state, state);
}

const ImapCapabilities *imap_session_capabilities(const ImapSession *session)
{
    return session->caps;
}

bool imap_session_can(const ImapSession *session, ImapCap cap)
{
    return imap_capabilities_have(session->caps, cap);
}

void imap_session_disable(ImapSession *session, ImapCap cap)
{
    for (guint i = 0; i < session->disabled_n; i++)
        if (session->disabled[i] == cap)
            return;
    session->disabled[session->disabled_n++] = cap;
    if (session->caps != NULL)
        imap_capabilities_disable(session->caps, cap);
}

void imap_session_take_capabilities(ImapSession *session, ImapString list)
{
    imap_capabilities_free(session->caps);
    session->caps = imap_capabilities_parse(list.data == NULL ? "" : list.data, (gssize)list.len);
    for (guint i = 0; i < session->disabled_n; i++)
        imap_capabilities_disable(session->caps, session->disabled[i]);
    if (imap_session_enabled(session, "IMAP4REV2"))
        imap_capabilities_add_rev2(session->caps);
    session->caps_since_auth = true;
    session->caps_stale = false;
    IMAP_CALL(session, capability, session->caps);
}

bool imap_session_capabilities_stale(const ImapSession *session)
{
    return session->caps_stale;
}

void imap_session_assume_capabilities(ImapSession *session, const char *list)
{
    g_return_if_fail(session->caps_stale);
    imap_capabilities_free(session->caps);
    session->caps = imap_capabilities_parse(list, -1);
    imap_capabilities_disable(session->caps, IMAP_CAP_LITERAL_PLUS);
    imap_capabilities_disable(session->caps, IMAP_CAP_LITERAL_MINUS);
    for (guint i = 0; i < session->disabled_n; i++)
        imap_capabilities_disable(session->caps, session->disabled[i]);
}

bool imap_session_enabled(const ImapSession *session, const char *name)
{
    g_autofree char *upper = g_ascii_strup(name, -1);
    return g_hash_table_contains(session->enabled, upper);
}

bool imap_session_utf8(const ImapSession *session)
{
    return session->utf8;
}
