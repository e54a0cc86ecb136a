#include "config.h"

#include "proto/imap/session-private.h"

#include "base/i18n.h"

/* Encoding stops here until the owner has taken what there is: a large APPEND is read as it leaves, and what
 * has not been encoded can still be cancelled or overtaken. */
#define HIGH_WATER ((gsize)64 * 1024)

static ImapEntry *entry_of(const GList *link)
{
    return link == NULL ? NULL : link->data;
}

static void free_entry(ImapEntry *entry)
{
    imap_command_free(entry->command);
    g_free(entry);
}

/* ---- completing ---- */

void imap_session_recount_states(ImapSession *session)
{
    ImapState state = session->state;
    for (GList *l = session->flight.head; l != NULL; l = l->next)
        state = imap_verb_state_after(entry_of(l)->verb, state, true);
    session->sent_state = state;
    for (GList *l = session->waiting.head; l != NULL; l = l->next)
        state = imap_verb_state_after(entry_of(l)->verb, state, true);
    session->final_state = state;
}

void imap_session_complete(ImapSession *session, ImapEntry *entry, ImapResult result, const ImapText *text)
{
    bool in_flight = entry->tag[0] != '\0';
    g_queue_unlink(in_flight ? &session->flight : &session->waiting, &entry->link);
    if (in_flight && entry->barrier)
        session->barriers--;
    if (imap_verb_does(entry->verb) & IMAP_DOES_STATE)
        imap_session_recount_states(session);
    entry->answered = true;
    session->completing = entry;
    if (entry->done != NULL)
        entry->done(session, entry->id, result, text, entry->user);
    session->completing = NULL;
    if (session->current != entry)
        free_entry(entry);
}

void imap_session_complete_locally(ImapSession *session, ImapEntry *entry, ImapResult result, const char *why)
{
    ImapText text = { .status = IMAP_STATUS_NO, .text = { why, strlen(why) } };
    imap_session_complete(session, entry, result, &text);
}

guint64 imap_session_done_octets(const ImapSession *session)
{
    const ImapEntry *entry = session->completing;
    if (entry == NULL || entry->tag[0] == '\0')
        return 0;
    guint64 end = entry->end != G_MAXUINT64 ? entry->end : session->output.taken + session->output.len;
    return end - entry->begin;
}

ImapEntry *imap_session_find_tag(ImapSession *session, ImapString tag)
{
    for (GList *l = session->flight.head; l != NULL; l = l->next) {
        ImapEntry *entry = entry_of(l);
        if (strlen(entry->tag) == tag.len && memcmp(entry->tag, tag.data, tag.len) == 0)
            return entry;
    }
    return NULL;
}

/* ---- leaving ---- */

static ImapEncoding encoding_now(const ImapSession *session)
{
    return (ImapEncoding){
        .literal_plus = imap_session_can(session, IMAP_CAP_LITERAL_PLUS),
        .literal_minus = imap_session_can(session, IMAP_CAP_LITERAL_MINUS),
        .utf8 = session->utf8,
    };
}

/* RFC 3501 §5.5: a sequence number means nothing while a command runs that lets the server renumber. What ran
 * before the last SELECT concerned another mailbox. */
static bool may_renumber(const ImapSession *session)
{
    for (const GList *l = session->flight.tail; l != NULL; l = l->prev) {
        const ImapEntry *entry = entry_of(l);
        if (entry->verb == IMAP_VERB_SELECT || entry->verb == IMAP_VERB_EXAMINE)
            return false;
        if ((imap_verb_does(entry->verb) & IMAP_DOES_NO_EXPUNGE) == 0)
            return true;
    }
    return false;
}

/* How a name that is not ASCII is spelled depends on whether the server enables what it was asked to. */
static bool waits_for_spelling(const ImapSession *session, const ImapEntry *entry)
{
    bool asked = false;
    for (const GList *l = session->flight.head; l != NULL && !session->utf8; l = l->next)
        asked |= entry_of(l)->respells;
    return asked && entry->command != NULL && imap_command_is_respelled(entry->command);
}

/* Why a command that has come to the head may not leave, or NULL. Judged now and not when it was sent: what
 * was before it may have failed, and capabilities may have changed. */
static const char *refusal(const ImapSession *session, const ImapEntry *entry)
{
    bool secret = entry->verb == IMAP_VERB_LOGIN || entry->verb == IMAP_VERB_AUTHENTICATE;

    if (!imap_verb_is_legal(entry->verb, session->sent_state))
        return _("Not sent: what it depends on did not succeed.");
    if (secret && session->options.security == IMAP_SECURITY_STARTTLS && !session->tls)
        return _("Not sent: the connection is not protected, and a password would be readable on the way.");
    if (entry->verb == IMAP_VERB_LOGIN && imap_session_can(session, IMAP_CAP_LOGINDISABLED))
        return _("Not sent: the server does not allow a plain login on this connection.");
    if (entry->verb == IMAP_VERB_STARTTLS && session->tls)
        return _("Not sent: the connection is already under TLS.");
    return NULL;
}

void imap_session_finish_sending(ImapSession *session, ImapEntry *entry)
{
    entry->end = session->output.taken + session->output.len;
    g_clear_pointer(&entry->command, imap_command_free);
    if (entry->verb == IMAP_VERB_IDLE && !entry->answered) {
        session->idle = IDLE_SENT;
        session->idle_id = entry->id;
    }
    if (session->current == entry)
        session->current = NULL;
    if (entry->answered)
        free_entry(entry);
}

void imap_session_abandon_current(ImapSession *session)
{
    session->wait_continuation = false;
    session->current = NULL;
}

static void start(ImapSession *session, ImapEntry *entry)
{
    g_queue_unlink(&session->waiting, &entry->link);
    g_snprintf(entry->tag, sizeof entry->tag, "a%" G_GUINT64_FORMAT, entry->id);
    g_queue_push_tail_link(&session->flight, &entry->link);
    session->sent_state = imap_verb_state_after(entry->verb, session->sent_state, true);
    if (entry->verb == IMAP_VERB_LOGIN || entry->verb == IMAP_VERB_AUTHENTICATE)
        session->caps_since_auth = false;
    session->barriers += entry->barrier;
    session->current = entry;
    entry->begin = session->output.taken + session->output.len;
    session->encode = (ImapEncodeState){ 0 };
    if (entry->verb == IMAP_VERB_AUTHENTICATE) {
        imap_session_auth_begin(session, entry);
        return;
    }
    proto_output_printf(&session->output, "%s ", entry->tag);
}

/* More of the command that is leaving. False: it waits. */
static bool continue_current(ImapSession *session)
{
    ImapEntry *entry = session->current;
    ImapEncoding how = encoding_now(session);

    if (entry->verb == IMAP_VERB_AUTHENTICATE || session->wait_continuation)
        return false;
    switch (imap_encode(entry->command, &session->encode, &how, &session->output, HIGH_WATER,
                        &session->source_error)) {
    case IMAP_ENCODED_ALL:
        imap_session_finish_sending(session, entry);
        return true;
    case IMAP_ENCODED_WAIT:
        session->wait_continuation = true;
        return false;
    case IMAP_ENCODED_FULL:
    case IMAP_ENCODED_FAILED:
        break;
    }
    return false;
}

static bool end_idle(ImapSession *session)
{
    if (session->idle != IDLE_ON || (!session->idle_stop && g_queue_is_empty(&session->waiting)))
        return false;
    proto_output_text(&session->output, "DONE\r\n");
    session->idle = IDLE_NONE;
    session->idle_stop = false;
    return true;
}

/* One step; false when nothing more can leave now. */
static bool advance(ImapSession *session)
{
    if (session->closed || session->wants != IMAP_WANTS_NOTHING || session->source_error != NULL ||
        session->state == IMAP_STATE_GREETING)
        return false;
    if (session->current != NULL)
        return continue_current(session);
    if (session->bye || session->hold > 0)
        return false;
    if (session->idle != IDLE_NONE)
        return end_idle(session);
    if (session->barriers > 0)
        return false;
    ImapEntry *entry = entry_of(session->waiting.head);
    if (entry == NULL)
        return false;
    if (entry->verb == IMAP_VERB_IDLE && (entry->link.next != NULL || session->idle_stop)) {
        session->idle_stop = false;
        imap_session_complete_locally(session, entry, IMAP_RESULT_NOT_SENT,
                                      _("Not needed: there is work to do."));
        return true;
    }
    const char *why = refusal(session, entry);
    if (why != NULL) {
        imap_session_complete_locally(session, entry, IMAP_RESULT_NOT_SENT, why);
        return true;
    }
    if (((imap_verb_does(entry->verb) & IMAP_DOES_USE_SEQ) && may_renumber(session)) || waits_for_spelling(session, entry))
        return false;
    start(session, entry);
    return true;
}

void imap_session_pump(ImapSession *session)
{
    if (session->pumping)
        return;
    session->pumping = true;
    while (session->output.len < HIGH_WATER && advance(session))
        continue;
    session->pumping = false;
}

void imap_session_notify(ImapSession *session)
{
    if (session->notified || session->closed || !imap_session_has_output(session))
        return;
    session->notified = true;
    IMAP_CALL(session, output);
}

bool imap_session_has_output(const ImapSession *session)
{
    return session->output.len > 0 || (session->source_error != NULL && !session->closed);
}

GBytes *imap_session_take_output(ImapSession *session, GArray *ranges, GError **error)
{
    imap_session_pump(session);
    GBytes *bytes = proto_output_take(&session->output, ranges);
    if (bytes == NULL) {
        session->notified = false;
        if (session->source_error != NULL && error != NULL && !session->closed)
            *error = g_error_copy(session->source_error);
        return NULL;
    }
    imap_session_pump(session);
    session->notified = imap_session_has_output(session);
    return bytes;
}

/* ---- arriving ---- */

/* Behind those that were sent ahead before, and behind what must not be overtaken. */
static GList *place_ahead(ImapSession *session)
{
    GList *after = NULL;
    for (GList *l = session->waiting.head; l != NULL; l = l->next)
        if (entry_of(l)->ahead || (imap_verb_does(entry_of(l)->verb) & IMAP_DOES_STATE))
            after = l;
    return after;
}

ImapCommandId imap_session_enqueue(ImapSession *session, ImapEntry *entry, bool ahead)
{
    entry->id = ++session->last_id;
    entry->end = G_MAXUINT64;
    entry->link.data = entry;
    entry->ahead = ahead;
    entry->barrier |= (imap_verb_does(entry->verb) & IMAP_DOES_BARRIER) != 0;
    if (ahead) {
        GList *after = place_ahead(session);
        if (after == NULL)
            g_queue_push_head_link(&session->waiting, &entry->link);
        else
            g_queue_insert_after_link(&session->waiting, after, &entry->link);
    } else {
        g_queue_push_tail_link(&session->waiting, &entry->link);
    }
    session->final_state = imap_verb_state_after(entry->verb, session->final_state, true);
    ImapCommandId id = entry->id;
    if (!session->feeding) {
        imap_session_pump(session);
        imap_session_notify(session);
    }
    return id;
}

static ImapCommandId send_command(ImapSession *session, ImapCommand *command, bool ahead, ImapDoneFunc done,
                                  gpointer user, GError **error)
{
    g_autoptr(ImapCommand) owned = command;
    ImapVerb verb = command->verb;

    if (command->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&owned->error));
        return 0;
    }
    if (session->closed || session->bye || !imap_verb_is_legal(verb, session->final_state)) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_STATE, _("%s is not possible on this connection now."),
                    imap_verb_name(verb));
        return 0;
    }
    ImapEntry *entry = g_new0(ImapEntry, 1);
    entry->verb = verb;
    entry->respells = command->respells;
    /* What is plainly refused is refused here and not by done. */
    const char *why =
        g_queue_is_empty(&session->waiting) && session->barriers == 0 && session->state != IMAP_STATE_GREETING
            ? refusal(session, entry)
            : NULL;
    if (why != NULL) {
        g_set_error_literal(error, IMAP_ERROR, IMAP_ERROR_STATE, why);
        g_free(entry);
        return 0;
    }
    entry->command = g_steal_pointer(&owned);
    entry->done = done;
    entry->user = user;
    return imap_session_enqueue(session, entry, ahead);
}

ImapCommandId imap_session_send(ImapSession *session, ImapCommand *command, ImapDoneFunc done, gpointer user,
                                GError **error)
{
    return send_command(session, command, false, done, user, error);
}

ImapCommandId imap_session_send_first(ImapSession *session, ImapCommand *command, ImapDoneFunc done,
                                      gpointer user, GError **error)
{
    bool ahead = (imap_verb_does(command->verb) & IMAP_DOES_STATE) == 0;
    return send_command(session, command, ahead, done, user, error);
}

bool imap_session_cancel(ImapSession *session, ImapCommandId id)
{
    for (GList *l = session->waiting.head; l != NULL; l = l->next) {
        if (entry_of(l)->id != id)
            continue;
        imap_session_complete_locally(session, entry_of(l), IMAP_RESULT_NOT_SENT, _("Cancelled."));
        return true;
    }
    return false;
}

ImapCommandId imap_session_idle(ImapSession *session, ImapDoneFunc done, gpointer user, GError **error)
{
    const ImapEntry *last = entry_of(session->waiting.tail);
    session->idle_stop = false;
    if (last != NULL && last->verb == IMAP_VERB_IDLE && done == NULL)
        return last->id;
    return imap_session_send(session, imap_command_new(IMAP_VERB_IDLE, "IDLE"), done, user, error);
}

void imap_session_idle_done(ImapSession *session)
{
    bool waits =
        !g_queue_is_empty(&session->waiting) && entry_of(session->waiting.tail)->verb == IMAP_VERB_IDLE;
    if (session->idle == IDLE_NONE && !waits)
        return;
    session->idle_stop = true;
    if (!session->feeding) {
        imap_session_pump(session);
        imap_session_notify(session);
    }
}

bool imap_session_is_idle(const ImapSession *session)
{
    return session->idle != IDLE_NONE && !session->idle_stop && g_queue_is_empty((GQueue *)&session->waiting);
}

void imap_session_hold(ImapSession *session)
{
    session->hold++;
}

void imap_session_release(ImapSession *session)
{
    g_return_if_fail(session->hold > 0);
    if (--session->hold > 0 || session->feeding)
        return;
    imap_session_pump(session);
    imap_session_notify(session);
}

guint imap_session_outstanding(const ImapSession *session)
{
    return session->flight.length;
}

guint imap_session_waiting(const ImapSession *session)
{
    return session->waiting.length;
}

ImapCommandId imap_session_oldest(const ImapSession *session, ImapVerb verb)
{
    for (const GList *l = session->flight.head; l != NULL; l = l->next)
        if (entry_of(l)->verb == verb)
            return entry_of(l)->id;
    return 0;
}

const ImapEntry *imap_session_searcher(ImapSession *session)
{
    ImapEntry *oldest = NULL;
    for (GList *l = session->flight.head; l != NULL; l = l->next) {
        ImapEntry *entry = entry_of(l);
        if (entry->verb != IMAP_VERB_SEARCH && entry->verb != IMAP_VERB_UID_SEARCH)
            continue;
        if (!entry->searched) {
            entry->searched = true;
            return entry;
        }
        if (oldest == NULL)
            oldest = entry;
    }
    return oldest;
}

gpointer imap_session_command_user(const ImapSession *session, ImapCommandId id)
{
    const GQueue *queues[] = { &session->flight, &session->waiting };
    for (gsize i = 0; i < G_N_ELEMENTS(queues); i++)
        for (const GList *l = queues[i]->head; l != NULL; l = l->next)
            if (entry_of(l)->id == id)
                return entry_of(l)->user;
    return NULL;
}
