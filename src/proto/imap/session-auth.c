#include "config.h"

#include "proto/imap/session-private.h"

#include "base/i18n.h"

/* AUTHENTICATE (RFC 9051 §6.2.2, RFC 4959). The command and each response leave at once: nothing else is
 * under way. */

static bool go_on(ImapSession *session, ProtoExchangeStep did, GError **error)
{
    ImapEntry *entry = session->auth_entry;

    switch (did) {
    case PROTO_EXCHANGE_WROTE:
        imap_session_finish_sending(session, entry);
        break;
    case PROTO_EXCHANGE_BUSY:
        break;
    case PROTO_EXCHANGE_GAVE_UP:
        session->auth_entry = NULL;
        session->current = NULL;
        imap_session_complete_locally(session, entry, IMAP_RESULT_NOT_SENT, session->auth.error->message);
        break;
    case PROTO_EXCHANGE_OUT_OF_TURN:
    case PROTO_EXCHANGE_ENDLESS:
        g_set_error_literal(error, IMAP_ERROR, IMAP_ERROR_PROTOCOL, proto_exchange_words(did));
        return false;
    }
    return true;
}

void imap_session_auth_begin(ImapSession *session, ImapEntry *entry)
{
    g_autofree char *command = g_strdup_printf("%s AUTHENTICATE", entry->tag);
    gsize line_max = imap_session_can(session, IMAP_CAP_SASL_IR) ? PROTO_EXCHANGE_ANY_INITIAL : PROTO_EXCHANGE_NO_INITIAL;

    session->auth_entry = entry;
    go_on(session, proto_exchange_begin(&session->auth, entry->mechanism, command, line_max, &session->output), NULL);
}

bool imap_session_auth_challenge(ImapSession *session, ImapString text, GError **error)
{
    return go_on(session, proto_exchange_challenge(&session->auth, text.data, text.len, &session->output), error);
}

void imap_session_auth_end(ImapSession *session)
{
    session->auth_entry = NULL;
    proto_exchange_end(&session->auth);
}

bool imap_session_auth_busy(const ImapSession *session)
{
    return !session->closed && session->auth.working;
}

void imap_session_auth_resume(ImapSession *session)
{
    if (!imap_session_auth_busy(session))
        return;
    go_on(session, proto_exchange_resume(&session->auth, &session->output), NULL);
    imap_session_pump(session);
    imap_session_notify(session);
}

const GError *imap_session_auth_error(const ImapSession *session)
{
    return session->auth.error;
}

ImapCommandId imap_session_authenticate(ImapSession *session, SaslMechanism *mechanism, ImapDoneFunc done,
                                        gpointer user, GError **error)
{
    if (session->closed || session->bye ||
        !imap_verb_is_legal(IMAP_VERB_AUTHENTICATE, session->final_state)) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_STATE, _("%s is not possible on this connection now."),
                    imap_verb_name(IMAP_VERB_AUTHENTICATE));
        return 0;
    }
    ImapEntry *entry = g_new0(ImapEntry, 1);
    entry->verb = IMAP_VERB_AUTHENTICATE;
    entry->mechanism = mechanism;
    entry->done = done;
    entry->user = user;
    return imap_session_enqueue(session, entry, false);
}
