/* One IMAP connection without the connection: bytes in, events out; commands in, bytes out (RFC 3501, RFC
 * 9051).
 *
 * No I/O, no clock, no thread: the owner reads from its stream and feeds, and writes what
 * imap_session_take_output() gives. All calls from one thread; no call blocks. Every callback may call
 * anything here but imap_session_feed() and imap_session_free(). What is legal in which state, and what waits
 * for what: doc/internals/imap-session.md.
 *
 * Life of a connection that uses STARTTLS:
 *   new → feed (greeting) → send(STARTTLS) → done(OK); imap_session_wants() == IMAP_WANTS_TLS → TLS handshake
 * → imap_session_tls_started() (which asks CAPABILITY again by itself) → authenticate → …
 */
#ifndef MALLE_PROTO_IMAP_SESSION_H
#define MALLE_PROTO_IMAP_SESSION_H

#include "proto/imap/command.h"
#include "proto/imap/error.h"
#include "proto/imap/limits.h"
#include "proto/imap/response.h"
#include "proto/output.h"
#include "sasl/sasl.h"

typedef struct ImapSession ImapSession;
typedef guint64 ImapCommandId; /* 0: none; grows; never used twice in a session */

typedef enum {
    IMAP_STATE_GREETING, /* nothing has arrived */
    IMAP_STATE_NOT_AUTHENTICATED,
    IMAP_STATE_AUTHENTICATED,
    IMAP_STATE_SELECTED,
    IMAP_STATE_LOGOUT, /* BYE, LOGOUT answered, or failed: close */
} ImapState;

typedef enum {
    IMAP_RESULT_OK,
    IMAP_RESULT_NO,
    IMAP_RESULT_BAD,
    IMAP_RESULT_NOT_SENT, /* the connection ended, or the state forbade it, before the command had left whole:
                           * the server cannot have acted on it */
    IMAP_RESULT_UNKNOWN,  /* it left, and no answer came: the server may have acted on it */
} ImapResult;

/* text is never NULL; for NOT_SENT and UNKNOWN text->text is our own explanation, or the server's BYE. */
typedef void (*ImapDoneFunc)(ImapSession *session, ImapCommandId id, ImapResult result, const ImapText *text,
                             gpointer user);

typedef enum {
    IMAP_SECURITY_TLS,      /* the stream is under TLS from the first byte */
    IMAP_SECURITY_STARTTLS, /* must be raised with STARTTLS: before, no secret leaves, no untagged data is
                             * believed, and PREAUTH is an error */
    IMAP_SECURITY_NONE, /* the account says +insecure (or a local pipe): everything is allowed in clear text
                         */
} ImapSecurity;

typedef struct {
    ImapSecurity security;
    ImapLimits limits;
} ImapSessionOptions;

/* Any may be NULL. Structures live until the callback returns. `user` is that of imap_session_new(). */
typedef struct {
    /* There is output to take, where there was none. Once per feed() or send(), at its end; not while held.
     */
    void (*output)(ImapSession *session, gpointer user);
    void (*greeting)(ImapSession *session, const ImapText *text, gpointer user); /* OK, PREAUTH or BYE */
    void (*state)(ImapSession *session, ImapState state, gpointer user);         /* after each change */
    /* From any source: greeting, response code, untagged. */
    void (*capability)(ImapSession *session, const ImapCapabilities *caps, gpointer user);
    void (*enabled)(ImapSession *session, const ImapString *names, guint n, gpointer user);
    void (*id)(ImapSession *session, const ImapIdField *fields, guint n, gpointer user);
    void (*namespaces)(ImapSession *session, const ImapNamespaces *namespaces, gpointer user);
    void (*list)(ImapSession *session, const ImapList *list, gpointer user);
    void (*status)(ImapSession *session, const ImapMailboxStatus *status, gpointer user);
    void (*flags)(ImapSession *session, const ImapFlags *flags, gpointer user); /* FLAGS */
    void (*exists)(ImapSession *session, guint32 n, gpointer user);
    void (*recent)(ImapSession *session, guint32 n, gpointer user);
    void (*expunge)(ImapSession *session, guint32 seq, gpointer user); /* never 0 */
    /* uids may be 1:4294967295: intersect before iterating. */
    void (*vanished)(ImapSession *session, const ImapUidSet *uids, bool earlier, gpointer user);
    /* A section larger than limits.small_literal. uid is 0 when the server sends the UID behind the body:
     * keep the bytes until the fetch event with this seq says whose they are. end: complete false when the
     * connection broke. */
    void (*section_begin)(ImapSession *session, guint32 seq, guint32 uid, const ImapSection *section,
                          gpointer user);
    void (*section_data)(ImapSession *session, const char *data, gsize len, gpointer user);
    void (*section_end)(ImapSession *session, bool complete, gpointer user);
    void (*fetch)(ImapSession *session, const ImapFetch *fetch, gpointer user);
    /* command: the one it answers (ESEARCH says so by tag; SEARCH: the oldest search in flight), 0 when
     * unknown. */
    void (*search)(ImapSession *session, const ImapSearchResult *result, ImapCommandId command,
                   gpointer user);
    /* The answer to a SORT or THREAD without RETURN, of which neither says which: command is the oldest in flight. */
    void (*sort)(ImapSession *session, const guint32 *uids, guint n, ImapCommandId command, gpointer user);
    void (*thread)(ImapSession *session, const ImapThreadNode *nodes, guint n, ImapCommandId command,
                   gpointer user);
    /* The answer to GENURLAUTH: one URL for each that was asked. */
    void (*urls)(ImapSession *session, const ImapString *urls, guint n, gpointer user);
    /* Untagged OK, NO, BAD with or without code: UIDVALIDITY, PERMANENTFLAGS, HIGHESTMODSEQ, CLOSED, COPYUID
     * of MOVE… */
    void (*text)(ImapSession *session, const ImapText *text, gpointer user);
    /* ALERT, tagged or not, as well as `text`; only what came under TLS (or with IMAP_SECURITY_NONE). */
    void (*alert)(ImapSession *session, ImapString text, gpointer user);
    void (*bye)(ImapSession *session, const ImapText *text, gpointer user); /* also in answer to LOGOUT */
    void (*idling)(ImapSession *session, gpointer user);                    /* the server's + to IDLE */
    /* A response that could not be read was left out; the session goes on. For the log: may hold mail. */
    void (*malformed)(ImapSession *session, const char *line, gsize len, gpointer user);
} ImapSessionEvents;

/* Both structures are copied. */
ImapSession *imap_session_new(const ImapSessionOptions *options, const ImapSessionEvents *events,
                              gpointer user);
/* Calls imap_session_close(session, NULL) first. */
void imap_session_free(ImapSession *session);

/* ---- the stream's side ---- */

/* Bytes as they came. Events are called from inside. False: protocol error, limit or attack; the connection
 * must be closed, then imap_session_close() tells the commands in flight. */
bool imap_session_feed(ImapSession *session, const void *bytes, gsize len, GError **error);

/* What may be written now, at most some 64 KiB beyond the last command begun; NULL when there is nothing.
 * Call until NULL (or until the stream is full). It stops by itself at a synchronising literal until its +,
 * at IDLE and AUTHENTICATE until theirs, and behind LOGIN, AUTHENTICATE, STARTTLS and COMPRESS until the
 * tagged answer. `ranges` (nullable, of ProtoOutputRange) is replaced: what a log must not show. Bytes with a
 * secret wipe themselves when the last reference goes. NULL with error set: a literal's source failed, and
 * the connection must be closed. */
GBytes *imap_session_take_output(ImapSession *session, GArray *ranges, GError **error);
bool imap_session_has_output(const ImapSession *session);

typedef enum { IMAP_WANTS_NOTHING, IMAP_WANTS_TLS, IMAP_WANTS_COMPRESSION } ImapWants;
/* What the stream must become before anything else is fed or taken: set when STARTTLS or COMPRESS was
 * answered OK. */
ImapWants imap_session_wants(const ImapSession *session);
/* Capabilities are forgotten and asked again. */
void imap_session_tls_started(ImapSession *session);
/* After wants COMPRESSION: the bytes behind the OK that were in the same feed, already compressed; feed them
 * to the inflater first. NULL when there are none. g_bytes_unref. */
GBytes *imap_session_take_rest(ImapSession *session);
void imap_session_compression_started(ImapSession *session);

/* The connection is gone. Every command not done is done now (NOT_SENT or UNKNOWN), in order. reason: shown,
 * nullable. */
void imap_session_close(ImapSession *session, const char *reason);

/* ---- the owner's side ---- */

/* Takes the command in every case. 0 and IMAP_ERROR_ARGUMENT or IMAP_ERROR_STATE when it may not be sent: an
 * argument is impossible, or it is not legal in the state that the session will be in when those before it
 * succeed. Commands leave pipelined, in order. done (nullable) is called exactly once for each id returned.
 */
ImapCommandId imap_session_send(ImapSession *session, ImapCommand *command, ImapDoneFunc done, gpointer user,
                                GError **error);
/* The same, ahead of those that have not left yet, back to the last barrier (SELECT, LOGIN …): what the user
 * is waiting for. */
ImapCommandId imap_session_send_first(ImapSession *session, ImapCommand *command, ImapDoneFunc done,
                                      gpointer user, GError **error);
/* AUTHENTICATE (RFC 9051 §6.2.2) with SASL-IR where offered. The mechanism is not owned and must stay until
 * done. A failing step cancels with "*"; a server that says OK without having proved itself
 * (sasl_succeeded()) makes feed fail with IMAP_ERROR_INSECURE. Everything sent behind it waits for its tagged
 * answer. */
ImapCommandId imap_session_authenticate(ImapSession *session, SaslMechanism *mechanism, ImapDoneFunc done,
                                        gpointer user, GError **error);
/* A mechanism that computes for long (SCRAM's iterations) does it piece by piece: while busy, call resume in
 * later turns of the loop. */
bool imap_session_auth_busy(const ImapSession *session);
void imap_session_auth_resume(ImapSession *session);
/* What the mechanism said when it failed in the last authentication, behind the NO that the server then gave;
 * or NULL. */
const GError *imap_session_auth_error(const ImapSession *session);
/* IDLE (RFC 2177). Any command sent later ends it: DONE and the command leave in one piece, but never DONE
 * before the server's + (servers hang). An IDLE that has not left when another command comes is dropped: done
 * says NOT_SENT. Asked for while idling, it is renewed (servers log out after half an hour); asked for twice
 * without `done` while it waits, it leaves once. */
ImapCommandId imap_session_idle(ImapSession *session, ImapDoneFunc done, gpointer user, GError **error);
/* Ends it without another command; nothing when not idling. */
void imap_session_idle_done(ImapSession *session);
bool imap_session_is_idle(const ImapSession *session); /* IDLE is the last thing sent, and not ended */

/* Between these, sent commands gather; release gives them out in one piece. They nest. */
void imap_session_hold(ImapSession *session);
void imap_session_release(ImapSession *session);

/* A command that has not begun to leave is taken back (done: NOT_SENT). False: too late. */
bool imap_session_cancel(ImapSession *session, ImapCommandId id);

ImapState imap_session_state(const ImapSession *session);
/* NULL until the first came, and between STARTTLS and its new ones. Owned by the session. */
const ImapCapabilities *imap_session_capabilities(const ImapSession *session);
bool imap_session_can(const ImapSession *session, ImapCap cap);
/* The server announced it and answered BAD: not for this session any more. */
void imap_session_disable(ImapSession *session, ImapCap cap);
/* True when authentication succeeded and the capabilities known are from before it: ask again. */
bool imap_session_capabilities_stale(const ImapSession *session);
/* While they are stale: what this server could do last time ("IMAP4rev1 IDLE …"), until it says so again. They stay
 * stale. Literals that do not wait are not assumed: the octets of one that the server does not know would be
 * read as commands. */
void imap_session_assume_capabilities(ImapSession *session, const char *list);
bool imap_session_enabled(const ImapSession *session,
                          const char *name);        /* "QRESYNC", "UTF8=ACCEPT", by ENABLED */
bool imap_session_utf8(const ImapSession *session); /* UTF8=ACCEPT or IMAP4rev2 is enabled */

/* Sent and not answered, and waiting to be sent. */
guint imap_session_outstanding(const ImapSession *session);
guint imap_session_waiting(const ImapSession *session);
/* From inside `done`: the octets that this command was on the wire, literals included; 0 when it never left. */
guint64 imap_session_done_octets(const ImapSession *session);
/* The oldest command of that kind in flight, whose answers untagged data most likely are; 0 when there is
 * none. */
ImapCommandId imap_session_oldest(const ImapSession *session, ImapVerb verb);
gpointer imap_session_command_user(const ImapSession *session, ImapCommandId id); /* NULL when done */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSession, imap_session_free)

#endif
