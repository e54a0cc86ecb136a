#include "config.h"

#include "proto/imap/session-private.h"

#include "base/i18n.h"

bool imap_session_believes(const ImapSession *session)
{
    return session->tls || session->options.security != IMAP_SECURITY_STARTTLS;
}

static bool protocol_error(GError **error, const char *message)
{
    g_set_error_literal(error, IMAP_ERROR, IMAP_ERROR_PROTOCOL, message);
    return false;
}

/* Words that came over a link which is not protected yet are nobody's: they are not shown. */
static void distrust(ImapSession *session, ImapText *text)
{
    if (imap_session_believes(session))
        return;
    text->text = IMAP_STRING("");
    text->argument = IMAP_STRING_NIL;
}

static bool parse_status_word(ImapString word, ImapStatus *status)
{
    static const char *const WORDS[] = {
        [IMAP_STATUS_OK] = "OK",           [IMAP_STATUS_NO] = "NO",   [IMAP_STATUS_BAD] = "BAD",
        [IMAP_STATUS_PREAUTH] = "PREAUTH", [IMAP_STATUS_BYE] = "BYE",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++) {
        if (!imap_string_is(word, WORDS[i]))
            continue;
        *status = (ImapStatus)i;
        return true;
    }
    return false;
}

/* What every OK, NO or BAD may bring, tagged or not. */
void imap_session_note_text(ImapSession *session, const ImapText *text)
{
    if (text->code == IMAP_CODE_CAPABILITY)
        imap_session_take_capabilities(session, text->argument);
    if (text->code == IMAP_CODE_ALERT && imap_session_believes(session))
        IMAP_CALL(session, alert, text->text);
}

/* ---- greeting ---- */

/* What greeted is no IMAP server; servers of other kinds tell themselves by their first word. */
static bool not_a_greeting(ImapString word, GError **error)
{
    static const struct {
        const char *prefix, *words;
    } others[] = {
        { "HTTP/", N_("A web server answers here: a network that wants you to sign in first (open a page in a browser), or the wrong port.") },
        { "+OK", N_("A POP3 server answers here, not an IMAP server: is the port the right one?") },
        { "220", N_("An SMTP server answers here, not an IMAP server: is the port the right one?") },
        { "SSH-", N_("An SSH server answers here, not an IMAP server: is the port the right one?") },
    };

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        gsize length = strlen(others[i].prefix);

        if (word.len >= length && memcmp(word.data, others[i].prefix, length) == 0) {
            g_set_error_literal(error, IMAP_ERROR, IMAP_ERROR_FOREIGN, _(others[i].words));
            return false;
        }
    }
    return protocol_error(error, _("The server did not greet as an IMAP server does."));
}

static bool receive_greeting(ImapSession *session, ImapStatus status, ImapText *text, GError **error)
{
    switch (status) {
    case IMAP_STATUS_PREAUTH:
        if (!imap_session_believes(session)) {
            g_set_error(error, IMAP_ERROR, IMAP_ERROR_INSECURE,
                        _("The server skips the login, so that the connection can no longer be protected. "
                          "It was closed before anything was sent."));
            return false;
        }
        imap_session_note_text(session, text);
        session->caps_stale = session->caps == NULL;
        imap_session_set_state(session, IMAP_STATE_AUTHENTICATED);
        break;
    case IMAP_STATUS_OK:
        imap_session_note_text(session, text);
        imap_session_set_state(session, IMAP_STATE_NOT_AUTHENTICATED);
        break;
    case IMAP_STATUS_BYE:
        session->bye = true;
        imap_session_set_state(session, IMAP_STATE_LOGOUT);
        break;
    default:
        return protocol_error(error, _("The server did not greet as an IMAP server does."));
    }
    distrust(session, text);
    IMAP_CALL(session, greeting, text);
    return true;
}

/* ---- tagged ---- */

/* What a tagged OK changes in the session itself, before anybody hears of it. */
static bool apply_success(ImapSession *session, ImapEntry *entry, GError **error)
{
    switch (entry->verb) {
    case IMAP_VERB_AUTHENTICATE:
        if (!proto_exchange_proved(&session->auth, IMAP_ERROR, IMAP_ERROR_INSECURE, error))
            return false;
        G_GNUC_FALLTHROUGH;
    case IMAP_VERB_LOGIN:
        session->caps_stale = !session->caps_since_auth;
        break;
    case IMAP_VERB_STARTTLS:
        session->wants = IMAP_WANTS_TLS;
        g_clear_pointer(&session->caps, imap_capabilities_free);
        imap_reader_stop(session->reader);
        break;
    case IMAP_VERB_COMPRESS:
        session->wants = IMAP_WANTS_COMPRESSION;
        imap_reader_stop(session->reader);
        break;
    default:
        break;
    }
    return true;
}

static bool receive_tagged(ImapSession *session, ImapString tag, ImapCursor *cursor, GError **error)
{
    ImapEntry *entry = imap_session_find_tag(session, tag);
    ImapString word;
    ImapStatus status;
    ImapText text;

    if (entry == NULL)
        return protocol_error(error, _("The server answered a command that was not sent."));
    if (!imap_cursor_space(cursor) || !imap_cursor_atom(cursor, &word) || !parse_status_word(word, &status) ||
        status > IMAP_STATUS_BAD)
        return protocol_error(error, _("The server's answer to a command cannot be read."));
    if (session->current == entry && (session->wait_continuation || session->auth_entry == entry))
        imap_session_abandon_current(session);
    else if (entry->end == G_MAXUINT64 && status == IMAP_STATUS_OK)
        return protocol_error(error, _("The server answered a command before it had been sent."));
    if (session->idle == IDLE_SENT && session->idle_id == entry->id && status != IMAP_STATUS_OK)
        imap_session_disable(session, IMAP_CAP_IDLE); /* asking again at every quiet moment would be a loop */
    if (session->idle != IDLE_NONE && session->idle_id == entry->id)
        session->idle = IDLE_NONE;
    session->unasked = 0;
    imap_parse_text(cursor, status, &text);
    imap_session_note_text(session, &text);
    if (status == IMAP_STATUS_OK && !apply_success(session, entry, error)) {
        imap_text_clear(&text);
        return false;
    }
    if (session->auth_entry == entry)
        imap_session_auth_end(session);
    distrust(session, &text);
    imap_session_set_state(session,
                           imap_verb_state_after(entry->verb, session->state, status == IMAP_STATUS_OK));
    static const ImapResult RESULTS[] = { IMAP_RESULT_OK, IMAP_RESULT_NO, IMAP_RESULT_BAD };
    imap_session_complete(session, entry, RESULTS[status], &text);
    imap_text_clear(&text);
    return true;
}

/* ---- without an end ---- */

#define UNASKED_PER_MESSAGE 3u

static bool limit_error(GError **error, const char *message)
{
    g_set_error_literal(error, IMAP_ERROR, IMAP_ERROR_LIMIT, message);
    return false;
}

/* Each line is bounded and shows that the server works; only their number tells one that never comes to an end. */
static bool count_unasked(ImapSession *session, GError **error)
{
    guint64 most = session->options.limits.unasked + (guint64)UNASKED_PER_MESSAGE * session->largest;
    if (session->unasked++ < most)
        return true;
    return limit_error(error, _("The server goes on and on without coming to the end of an answer: more lines than can be right."));
}

/* ---- continuation ---- */

static bool receive_continuation(ImapSession *session, ImapCursor *cursor, GError **error)
{
    if (!count_unasked(session, error))
        return false;
    imap_cursor_char(cursor, '+');
    imap_cursor_space(cursor);
    if (session->wait_continuation) {
        session->wait_continuation = false;
        return true;
    }
    if (session->auth.mechanism != NULL)
        return imap_session_auth_challenge(session, imap_cursor_rest(cursor), error);
    if (session->idle == IDLE_SENT) {
        session->idle = IDLE_ON;
        IMAP_CALL(session, idling);
        return true;
    }
    if (session->idle == IDLE_ON)
        return true; /* some say "+ still here" */
    return protocol_error(error, _("The server asked for more where nothing was to come."));
}

/* ---- all ---- */

static bool receive_status(ImapSession *session, ImapStatus status, ImapCursor *cursor, GError **error)
{
    ImapText text;
    bool ok = true;

    imap_parse_text(cursor, status, &text);
    if (session->state == IMAP_STATE_GREETING) {
        ok = receive_greeting(session, status, &text, error);
    } else if (status == IMAP_STATUS_PREAUTH) {
        ok = protocol_error(error, _("The server greeted twice."));
    } else {
        imap_session_note_text(session, &text);
        distrust(session, &text);
        if (status == IMAP_STATUS_BYE) {
            bool asked = imap_session_oldest(session, IMAP_VERB_LOGOUT) != 0;
            session->bye = true;
            if (!asked)
                imap_session_set_state(session, IMAP_STATE_LOGOUT);
            IMAP_CALL(session, bye, &text);
        } else if (imap_session_believes(session)) {
            IMAP_CALL(session, text, &text);
        }
    }
    imap_text_clear(&text);
    return ok;
}

static bool receive_untagged(ImapSession *session, ImapCursor *cursor, GError **error)
{
    ImapCursor start = *cursor;
    ImapString word;
    ImapStatus status;

    if (!count_unasked(session, error))
        return false;
    if (imap_cursor_atom(cursor, &word) && parse_status_word(word, &status))
        return receive_status(session, status, cursor, error);
    *cursor = start;
    if (session->state == IMAP_STATE_GREETING)
        return protocol_error(error, _("The server did not greet as an IMAP server does."));
    if (!imap_session_untagged(session, cursor))
        IMAP_CALL(session, malformed, start.base, (gsize)(start.end - start.base));
    if (session->largest > session->options.limits.messages)
        return limit_error(error, _("The server counts more messages in a mailbox than can be right."));
    return true;
}

bool imap_session_receive(ImapCursor *cursor, gpointer user, GError **error)
{
    ImapSession *session = user;
    ImapString tag;
    bool ok;

    session->scan = (ImapFetchScan){ 0 };
    if (imap_cursor_peek(cursor) == '+' && (cursor->end - cursor->at == 1 || cursor->at[1] == ' '))
        ok = receive_continuation(session, cursor, error);
    else if (!imap_cursor_atom(cursor, &tag))
        ok = protocol_error(error, _("The server sent something that is not IMAP."));
    else if (!imap_string_is(tag, "*"))
        ok = session->state == IMAP_STATE_GREETING
                 ? not_a_greeting(tag, error)
                 : receive_tagged(session, tag, cursor, error);
    else if (!imap_cursor_space(cursor))
        ok = protocol_error(error, _("The server sent something that is not IMAP."));
    else
        ok = receive_untagged(session, cursor, error);
    if (session->closed)
        imap_reader_stop(session->reader);
    return ok;
}

/* ---- streamed sections ---- */

bool imap_session_receive_literal(ImapCursor *cursor, guint64 size, gpointer user)
{
    ImapSession *session = user;
    ImapSection section;
    (void)size;
    if (!imap_scan_fetch(cursor, &session->scan, &section))
        return false;
    session->section_muted = !imap_session_believes(session);
    session->section_open = true;
    if (!session->section_muted)
        IMAP_CALL(session, section_begin, session->scan.seq, session->scan.uid, &section);
    return true;
}

void imap_session_receive_data(const char *data, gsize len, gpointer user)
{
    ImapSession *session = user;
    if (!session->section_muted)
        IMAP_CALL(session, section_data, data, len);
}

void imap_session_receive_end(bool complete, gpointer user)
{
    ImapSession *session = user;
    if (session->section_open && !session->section_muted)
        IMAP_CALL(session, section_end, complete);
    session->section_open = false;
}
