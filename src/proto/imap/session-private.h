/* Inside proto/imap: what the parts of the session share. */
#ifndef MALLE_PROTO_IMAP_SESSION_PRIVATE_H
#define MALLE_PROTO_IMAP_SESSION_PRIVATE_H

#include "proto/exchange.h"
#include "proto/imap/encode.h"
#include "proto/output.h"
#include "proto/imap/parse.h"
#include "proto/imap/reader.h"
#include "proto/imap/session.h"

/* ---- verbs.c: which command is legal where, and what it does to the session ---- */

enum {
    IMAP_IN_NOT_AUTHENTICATED = 1 << 0,
    IMAP_IN_AUTHENTICATED = 1 << 1,
    IMAP_IN_SELECTED = 1 << 2,
};

enum {
    IMAP_DOES_BARRIER = 1 << 0,    /* nothing leaves behind it before its tagged answer */
    IMAP_DOES_NO_EXPUNGE = 1 << 1, /* no EXPUNGE may come while it runs (RFC 9051 §7.5.1) */
    IMAP_DOES_USE_SEQ = 1 << 2,    /* it names or answers with sequence numbers */
    IMAP_DOES_STATE = 1 << 3,      /* it changes the state: others do not overtake it */
};

bool imap_verb_is_legal(ImapVerb verb, ImapState state);
guint imap_verb_does(ImapVerb verb);
ImapState imap_verb_state_after(ImapVerb verb, ImapState state, bool succeeded);

/* ---- one command on its way ---- */

typedef struct {
    ImapCommandId id;
    char tag[24];
    ImapVerb verb;
    ImapCommand *command; /* NULL for AUTHENTICATE and once encoded */
    SaslMechanism *mechanism;
    ImapDoneFunc done;
    gpointer user;
    bool ahead; /* imap_session_send_first() */
    bool barrier;
    bool respells; /* an ENABLE of UTF-8 names */
    guint64 begin; /* offset in the output of its first octet */
    guint64 end;   /* offset in the output behind its last octet; G_MAXUINT64 while it is not out */
    bool searched; /* a SEARCH response was taken for its result */
    bool answered; /* done was called; only its octets have still to leave */
    GList link;    /* in waiting or in flight */
} ImapEntry;

typedef enum { IDLE_NONE, IDLE_SENT, IDLE_ON } ImapIdle;

struct ImapSession {
    ImapSessionOptions options;
    ImapSessionEvents events;
    gpointer user;
    ImapReader *reader;
    ImapReaderEvents reader_events;
    ImapState state;
    bool tls, closed, bye;
    const ImapEntry *completing; /* whose done is being called */
    ImapWants wants;
    GByteArray *rest;

    ImapCapabilities *caps;
    bool caps_stale, caps_since_auth;
    guint disabled_n;
    ImapCap disabled[IMAP_CAP_COUNT];
    GHashTable *enabled; /* upper-case names */
    bool utf8;

    GQueue waiting, flight; /* of ImapEntry, by their link */
    ImapCommandId last_id;
    ImapState sent_state;  /* when all in flight succeed */
    ImapState final_state; /* and all waiting too */

    ProtoOutput output;
    ImapEntry *current; /* its octets are leaving */
    ImapEncodeState encode;
    bool wait_continuation;
    ImapIdle idle;
    ImapCommandId idle_id; /* whose idle this is */
    bool idle_stop;
    guint barriers; /* of the commands in flight */
    guint hold;
    bool pumping, notified, feeding;
    GError *source_error;

    ProtoExchange auth;
    ImapEntry *auth_entry;

    guint64 unasked; /* responses since a command was answered */
    guint32 largest; /* EXISTS of the largest mailbox that was open */

    ImapFetchScan scan;
    bool section_muted;
    bool section_open;
};

#define IMAP_CALL(session, event, ...)                                                                       \
    G_STMT_START                                                                                             \
    {                                                                                                        \
        if ((session)->events.event != NULL)                                                                 \
            (session)->events.event((session), ##__VA_ARGS__, (session)->user);                              \
    }                                                                                                        \
    G_STMT_END

/* ---- session-queue.c ---- */

ImapCommandId imap_session_enqueue(ImapSession *session, ImapEntry *entry, bool ahead);
void imap_session_pump(ImapSession *session);
/* After anything that may have made output: tells the owner once. */
void imap_session_notify(ImapSession *session);
/* Whose result a SEARCH response is, which names no command: servers that are given several at once may send the results of all before the
 * first tagged OK. So the oldest that has none yet; the oldest when all have one. NULL: nobody searches. */
const ImapEntry *imap_session_searcher(ImapSession *session);
ImapEntry *imap_session_find_tag(ImapSession *session, ImapString tag);
/* Takes the entry out of its list and calls done. */
void imap_session_complete(ImapSession *session, ImapEntry *entry, ImapResult result, const ImapText *text);
void imap_session_complete_locally(ImapSession *session, ImapEntry *entry, ImapResult result,
                                   const char *why);
void imap_session_finish_sending(ImapSession *session, ImapEntry *entry);
void imap_session_recount_states(ImapSession *session);
/* Answered while its literal waited for "+": the rest never leaves. */
void imap_session_abandon_current(ImapSession *session);

/* ---- session-auth.c ---- */

void imap_session_auth_begin(ImapSession *session, ImapEntry *entry);
bool imap_session_auth_challenge(ImapSession *session, ImapString text, GError **error);
void imap_session_auth_end(ImapSession *session);

/* ---- session-receive.c ---- */

bool imap_session_receive(ImapCursor *cursor, gpointer user, GError **error);
bool imap_session_receive_literal(ImapCursor *cursor, guint64 size, gpointer user);
void imap_session_receive_data(const char *data, gsize len, gpointer user);
void imap_session_receive_end(bool complete, gpointer user);
/* False while the link is to be protected and is not yet: what arrives is anybody's. */
bool imap_session_believes(const ImapSession *session);
void imap_session_set_state(ImapSession *session, ImapState state);
void imap_session_take_capabilities(ImapSession *session, ImapString list);

/* ---- session-untagged.c ---- */

bool imap_session_untagged(ImapSession *session, ImapCursor *cursor);
void imap_session_note_text(ImapSession *session, const ImapText *text);

#endif
