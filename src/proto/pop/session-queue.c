#include "config.h"

#include "proto/pop/session-private.h"

#include <string.h>

#include "base/i18n.h"

/* Commands in order: what waits, what left, and what may leave when. */

static void entry_free(PopEntry *entry)
{
    if (entry->secret && entry->line != NULL)
        explicit_bzero(entry->line, strlen(entry->line));
    g_free(entry->line);
    g_free(entry);
}

PopEntry *pop_session_enqueue(PopSession *session, PopVerb verb, char *line, PopDoneFunc done, gpointer user)
{
    PopEntry *entry = g_new0(PopEntry, 1);
    entry->id = ++session->last_id;
    entry->verb = verb;
    entry->line = line;
    entry->done = done;
    entry->user = user;
    g_queue_push_tail(&session->waiting, entry);
    return entry;
}

/* ---- leaving ---- */

/* Nothing leaves behind these before they are answered. */
static bool is_barrier(PopVerb verb)
{
    return verb == POP_STLS || verb == POP_PASS || verb == POP_APOP || verb == POP_AUTH || verb == POP_QUIT ||
           verb == POP_GREETING;
}

static bool may_leave(const PopSession *session, const PopEntry *next)
{
    const PopEntry *last = g_queue_peek_tail((GQueue *)&session->flight);
    if (session->closed || session->leaving || session->wants_tls || session->output.len >= POP_OUTPUT_MAX)
        return false;
    if (!pop_session_believes(session) && next->verb != POP_CAPA && next->verb != POP_STLS && next->verb != POP_QUIT)
        return false;
    return last == NULL || (pop_can(session->capabilities, POP_CAP_PIPELINING) && !is_barrier(last->verb));
}

static void leave(PopSession *session, PopEntry *entry)
{
    g_queue_push_tail(&session->flight, entry);
    if (entry->line == NULL) {
        pop_session_auth_write(session);
        return;
    }
    proto_output_append(&session->output, entry->line, strlen(entry->line),
                        entry->secret ? PROTO_BYTES_SECRET : PROTO_BYTES_PLAIN);
    proto_output_text(&session->output, "\r\n");
    entry->end = session->output.taken + session->output.len;
}

void pop_session_pump(PopSession *session)
{
    PopEntry *next;
    while ((next = g_queue_peek_head(&session->waiting)) != NULL && may_leave(session, next)) {
        g_queue_pop_head(&session->waiting);
        leave(session, next);
    }
}

void pop_session_notify(PopSession *session)
{
    if (session->feeding || session->told || session->closed || session->output.len == 0)
        return;
    session->told = true;
    if (session->events.output != NULL)
        session->events.output(session, session->user);
}

/* ---- answers ---- */

/* "[IN-USE] text": the code, or NULL, and *text behind it. */
static char *split_code(const char **text)
{
    const char *end = (*text)[0] == '[' ? strchr(*text, ']') : NULL;
    if (end == NULL)
        return NULL;
    char *code = g_ascii_strup(*text + 1, end - *text - 1);
    *text = end + 1 + (end[1] == ' ');
    return code;
}

/* A USER that was refused: its PASS, if it has not left, need not. */
static void drop_pass(PopSession *session, PopDone done, const char *text)
{
    const PopEntry *next = g_queue_peek_head(&session->waiting);
    if (next == NULL || next->verb != POP_PASS)
        return;
    g_queue_push_head(&session->flight, g_queue_pop_head(&session->waiting));
    pop_session_complete(session, done, text);
}

void pop_session_complete(PopSession *session, PopDone done, const char *words)
{
    PopEntry *entry = g_queue_pop_head(&session->flight);
    bool silent = !pop_session_believes(session) && (done == POP_DONE_OK || done == POP_DONE_REFUSED);
    const char *rest = silent ? "" : words;
    g_autofree char *code = done == POP_DONE_REFUSED ? split_code(&rest) : NULL;
    PopText text = { rest, code };
    if (entry->done != NULL)
        entry->done(session, entry->id, done, &text, entry->user);
    if (entry->verb == POP_USER && done == POP_DONE_REFUSED)
        drop_pass(session, done, words);
    entry_free(entry);
}

/* ---- the owner's commands ---- */

static const char *const WORDS[] = {
    [POP_STAT] = "STAT", [POP_LIST] = "LIST", [POP_UIDL] = "UIDL", [POP_TOP] = "TOP",   [POP_RETR] = "RETR",
    [POP_DELE] = "DELE", [POP_NOOP] = "NOOP", [POP_RSET] = "RSET", [POP_UTF8] = "UTF8", [POP_QUIT] = "QUIT",
};

bool pop_verb_is_multi(const PopEntry *entry)
{
    switch (entry->verb) {
    case POP_CAPA:
    case POP_RETR:
    case POP_TOP:
        return true;
    case POP_LIST:
    case POP_UIDL:
        return strchr(entry->line, ' ') == NULL;
    default:
        return false;
    }
}

static bool needs_log_in(PopVerb verb)
{
    return verb <= POP_RSET;
}

static bool needs_number(PopVerb verb)
{
    return verb == POP_TOP || verb == POP_RETR || verb == POP_DELE;
}

PopCommandId pop_session_send(PopSession *session, PopVerb verb, guint32 number, guint lines, PopDoneFunc done,
                              gpointer user, GError **error)
{
    if (session->closed || session->leaving || (verb != POP_QUIT && needs_log_in(verb) != session->logged_in)) {
        pop_session_error(error, POP_ERROR_STATE, _("That is not possible on this connection now."));
        return 0;
    }
    if (verb > POP_QUIT || (needs_number(verb) && number == 0)) {
        pop_session_error(error, POP_ERROR_ARGUMENT, _("That is no command that can be sent."));
        return 0;
    }
    char *line = verb == POP_TOP ? g_strdup_printf("TOP %u %u", number, lines)
                 : number != 0   ? g_strdup_printf("%s %u", WORDS[verb], number)
                                 : g_strdup(WORDS[verb]);
    PopCommandId id = pop_session_enqueue(session, verb, line, done, user)->id;
    pop_session_pump(session);
    pop_session_notify(session);
    return id;
}

PopCommandId pop_session_language(PopSession *session, const char *tag, PopDoneFunc done, gpointer user, GError **error)
{
    for (const char *at = tag; *at != '\0'; at++) {
        if (g_ascii_isalnum(*at) || *at == '-' || *at == '*')
            continue;
        pop_session_error(error, POP_ERROR_ARGUMENT, _("That is no language tag."));
        return 0;
    }
    PopCommandId id = pop_session_enqueue(session, POP_LANG, g_strdup_printf("LANG %s", tag), done, user)->id;
    pop_session_pump(session);
    pop_session_notify(session);
    return id;
}

static void capabilities_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void)id;
    (void)text;
    (void)user;
    if (done == POP_DONE_NOT_SENT || done == POP_DONE_UNKNOWN)
        return;
    if (session->coming == NULL)
        session->coming = pop_capabilities_new();
    session->coming->asked = done == POP_DONE_OK;
    if (done == POP_DONE_REFUSED)
        session->coming->caps = POP_CAP_USER; /* what every server of before CAPA knows */
    pop_session_ready(session);
}

void pop_session_ask_capabilities(PopSession *session)
{
    pop_session_enqueue(session, POP_CAPA, g_strdup("CAPA"), capabilities_answered, NULL);
}

void pop_session_capa(PopSession *session)
{
    pop_session_ask_capabilities(session);
    pop_session_pump(session);
    pop_session_notify(session);
}

guint pop_session_outstanding(const PopSession *session)
{
    return g_queue_get_length((GQueue *)&session->flight) + g_queue_get_length((GQueue *)&session->waiting);
}
