#include "config.h"

#include "proto/pop/session-private.h"

#include <string.h>

#include "base/i18n.h"

/* Answers: a status line, and behind some of them lines up to a dot. */

/* ---- octets of a letter ---- */

static void give(PopSession *session, const char *octets, gsize len)
{
    const PopEntry *entry = g_queue_peek_head(&session->flight);
    if (len > 0 && session->events.data != NULL)
        session->events.data(session, entry->id, octets, len, session->user);
}

static void end_of_answer(PopSession *session)
{
    g_autofree char *text = g_steal_pointer(&session->multi_text);
    session->multi = false;
    pop_session_complete(session, POP_DONE_OK, text);
}

/* A line that began with a dot: *at stands behind it. True: it was the end. */
static bool take_held(PopSession *session, const char *bytes, gsize len, gsize *at)
{
    while (session->held != 0 && *at < len) {
        char next = bytes[*at];
        if (session->held == '.' && next == '\r') {
            session->held = '\r';
            (*at)++;
        } else if (session->held == '\r' && next == '\n') {
            (*at)++;
            return true;
        } else {
            /* Stuffed: the dot goes (RFC 1939 §3). What stood behind it is the letter's. */
            if (session->held == '\r')
                give(session, "\r", 1);
            session->last = session->held == '\r' ? '\r' : '.';
            session->held = 0;
            session->line_begins = false;
        }
    }
    return false;
}

/* Only CRLF ends a line: a letter that holds "LF . LF" does not end there. */
static gsize take_letter(PopSession *session, const char *bytes, gsize len)
{
    gsize at = 0;
    while (at < len) {
        if (session->held != 0) {
            if (take_held(session, bytes, len, &at)) {
                session->held = 0;
                end_of_answer(session);
                return at;
            }
            continue;
        }
        gsize from = at;
        while (at < len && !(session->line_begins && bytes[at] == '.')) {
            session->line_begins = bytes[at] == '\n' && session->last == '\r';
            session->last = (guint8)bytes[at++];
        }
        give(session, bytes + from, at - from);
        if (at < len) {
            session->held = '.';
            at++;
        }
    }
    return at;
}

/* ---- lines ---- */

/* "N VALUE…": *rest behind the space. */
static bool parse_number(const char *text, guint32 *number, const char **rest)
{
    guint64 value = 0;
    const char *at = text;
    for (; g_ascii_isdigit(*at) && value <= G_MAXUINT32; at++)
        value = value * 10 + (guint64)(*at - '0');
    if (at == text || value == 0 || value > G_MAXUINT32 || *at != ' ')
        return false;
    while (*at == ' ')
        at++;
    *number = (guint32)value;
    *rest = at;
    return true;
}

/* A size is a hint: what cannot be one is 0 (S28). */
static guint64 parse_size(const char *text)
{
    g_autofree char *word = g_strndup(text, strcspn(text, " "));
    guint64 size = 0;
    return g_ascii_string_to_unsigned(word, 10, 0, G_MAXINT64, &size, NULL) ? size : 0;
}

static void tell_uidl(PopSession *session, PopCommandId id, guint32 number, const char *rest)
{
    g_autofree char *uidl = g_strndup(rest, strcspn(rest, " "));
    if (*uidl != '\0' && session->events.uidl != NULL)
        session->events.uidl(session, id, number, uidl, session->user);
}

/* "N SIZE" or "N UIDL". A line that is none is passed over: what it should have told is then missing. */
static void take_item(PopSession *session, const PopEntry *entry, const char *text)
{
    guint32 number;
    const char *rest;
    if (!parse_number(text, &number, &rest))
        return;
    if (entry->verb == POP_UIDL)
        tell_uidl(session, entry->id, number, rest);
    else if (session->events.size != NULL)
        session->events.size(session, entry->id, number, parse_size(rest), session->user);
}

/* "+OK 2 320": an empty mailbox is no N that parse_number() takes. */
static void take_stat(PopSession *session, const PopEntry *entry, const char *text)
{
    guint64 count = parse_size(text);
    const char *rest = strchr(text, ' ');
    if (session->events.size != NULL)
        session->events.size(session, entry->id, (guint32)MIN(count, G_MAXUINT32), rest != NULL ? parse_size(rest + 1) : 0,
                             session->user);
}

static bool take_list_line(PopSession *session, const char *text, GError **error)
{
    const PopEntry *entry = g_queue_peek_head(&session->flight);
    if (strcmp(text, ".") == 0) {
        end_of_answer(session);
        return true;
    }
    if (++session->items > (entry->verb == POP_CAPA ? POP_CAPABILITIES_MAX : session->options.items_max))
        return pop_session_error(error, POP_ERROR_LIMIT, _("The server lists more than can be right."));
    text += *text == '.';
    if (entry->verb != POP_CAPA)
        take_item(session, entry, text);
    else if (session->coming != NULL)
        pop_capabilities_add(session->coming, text);
    return true;
}

static void take_greeting(PopSession *session, bool ok, const char *text)
{
    const char *from = strchr(text, '<');
    const char *to = from != NULL ? strchr(from, '>') : NULL;
    g_free(g_queue_pop_head(&session->flight));
    if (!ok) {
        PopText words = { pop_session_believes(session) ? text : "", NULL };
        session->leaving = true;
        if (session->events.refused != NULL)
            session->events.refused(session, &words, session->user);
        return;
    }
    if (to != NULL && memchr(from, '@', (gsize)(to - from)) != NULL)
        session->timestamp = g_strndup(from, (gsize)(to - from) + 1);
    pop_session_ask_capabilities(session);
}

static bool take_ok(PopSession *session, PopEntry *entry, const char *text, GError **error)
{
    if (pop_verb_is_multi(entry)) {
        session->multi = session->line_begins = true;
        session->items = 0;
        session->held = session->last = 0;
        session->multi_text = g_strdup(text);
        if (entry->verb == POP_CAPA) {
            pop_capabilities_free(session->coming);
            session->coming = pop_capabilities_new();
        }
        return true;
    }
    if (entry->verb == POP_PASS || entry->verb == POP_APOP || entry->verb == POP_AUTH) {
        if (!pop_session_auth_succeeded(session, error))
            return false;
        session->logged_in = true;
    }
    if (entry->verb == POP_STLS) {
        session->wants_tls = true;
        g_clear_pointer(&session->capabilities, pop_capabilities_free);
    }
    if (entry->verb == POP_STAT)
        take_stat(session, entry, text);
    else if (entry->verb == POP_LIST || entry->verb == POP_UIDL)
        take_item(session, entry, text);
    pop_session_complete(session, POP_DONE_OK, text);
    return true;
}

static bool take_status(PopSession *session, const char *line, GError **error)
{
    PopEntry *entry = g_queue_peek_head(&session->flight);
    bool ok = g_ascii_strncasecmp(line, "+OK", 3) == 0 && (line[3] == ' ' || line[3] == '\0');
    bool refused = g_ascii_strncasecmp(line, "-ERR", 4) == 0 && (line[4] == ' ' || line[4] == '\0');
    const char *text = line + (ok ? 3 : refused ? 4 : *line != '\0' ? 1 : 0);
    while (*text == ' ')
        text++;
    if (entry == NULL)
        return pop_session_error(error, POP_ERROR_PROTOCOL, _("The server answered a command that was not sent."));
    if (!ok && !refused && entry->verb == POP_AUTH && line[0] == '+')
        return pop_session_auth_challenge(session, text, error);
    if (!ok && !refused)
        return pop_session_error(error, POP_ERROR_PROTOCOL, _("The server does not answer as a POP3 server does."));
    if (entry->verb == POP_GREETING) {
        take_greeting(session, ok, text);
        return true;
    }
    if (ok)
        return take_ok(session, entry, text, error);
    if (entry->verb == POP_AUTH)
        proto_exchange_end(&session->auth);
    pop_session_complete(session, POP_DONE_REFUSED, text);
    return true;
}

static bool take_line(PopSession *session, const char *bytes, gsize len, gsize *at, GError **error)
{
    const char *end = memchr(bytes + *at, '\n', len - *at);
    gsize piece = end != NULL ? (gsize)(end - (bytes + *at)) + 1 : len - *at;
    g_string_append_len(session->line, bytes + *at, (gssize)piece);
    *at += piece;
    if (session->line->len > POP_LINE_MAX)
        return pop_session_error(error, POP_ERROR_LIMIT, _("The server sent a line longer than can be right."));
    if (end == NULL)
        return true;
    g_string_truncate(session->line, session->line->len - 1);
    if (session->line->len > 0 && session->line->str[session->line->len - 1] == '\r')
        g_string_truncate(session->line, session->line->len - 1);
    g_autofree char *text = g_utf8_make_valid(session->line->str, (gssize)session->line->len);
    g_string_truncate(session->line, 0);
    return session->multi ? take_list_line(session, text, error) : take_status(session, text, error);
}

bool pop_session_receive(PopSession *session, const char *bytes, gsize len, GError **error)
{
    gsize at = 0;
    while (at < len && !session->closed) {
        const PopEntry *entry = g_queue_peek_head(&session->flight);
        if (session->wants_tls)
            return pop_session_error(error, POP_ERROR_INSECURE,
                                     _("The server, or somebody on the way, sent data before the connection was protected. "
                                       "The connection was closed.")); /* S4, as in IMAP */
        if (session->multi && (entry->verb == POP_RETR || entry->verb == POP_TOP))
            at += take_letter(session, bytes + at, len - at);
        else if (!take_line(session, bytes, len, &at, error))
            return false;
    }
    return true;
}
