/* One POP3 connection without the connection: bytes in, events out; commands in, bytes out (RFC 1939, RFC 2449,
 * RFC 2595, RFC 5034, RFC 6856).
 *
 * No I/O, no clock, no thread: the owner reads from its stream and feeds, and writes what
 * pop_session_take_output() gives. All calls from one thread; no call blocks. Every callback may call anything
 * here but pop_session_feed() and pop_session_free().
 *
 *   new → feed (greeting; CAPA leaves by itself) → ready
 *       → pop_session_stls() → done; pop_session_wants_tls() → handshake → pop_session_tls_started() (CAPA again
 *         by itself) → ready
 *       → pop_session_login_…() → done → pop_session_send() … → pop_session_send(POP_QUIT) → done
 *
 * Commands leave in order: with PIPELINING all at once, else one by one. Nothing leaves behind a log-in, STLS or
 * QUIT before its answer (Courier loses what it announces to keep).
 */
#ifndef MALLE_PROTO_POP_SESSION_H
#define MALLE_PROTO_POP_SESSION_H

#include "proto/output.h"
#include "proto/pop/capability.h"
#include "proto/pop/error.h"
#include "sasl/sasl.h"

typedef struct PopSession PopSession;
typedef guint64 PopCommandId; /* 0: none; grows */

typedef enum {
    POP_SECURITY_TLS,  /* the stream is under TLS from the first byte */
    POP_SECURITY_STLS, /* has to be raised: before, no secret leaves, and nobody's words are shown */
    POP_SECURITY_NONE, /* the account says +insecure */
} PopSecurity;

typedef struct {
    PopSecurity security;
    guint64 items_max; /* lines of one LIST or UIDL; 0: 2 million */
} PopSessionOptions;

typedef enum {
    POP_STAT,
    POP_LIST, /* all, or one */
    POP_UIDL,
    POP_TOP,  /* with lines */
    POP_RETR,
    POP_DELE,
    POP_NOOP,
    POP_RSET,
    POP_UTF8, /* before the log-in only (RFC 6856 §2) */
    POP_QUIT,
    /* begun by functions of their own */
    POP_LANG,
    POP_CAPA,
    POP_STLS,
    POP_USER,
    POP_PASS,
    POP_APOP,
    POP_AUTH,
    POP_GREETING,
} PopVerb;

typedef enum {
    POP_DONE_OK,
    POP_DONE_REFUSED,  /* -ERR */
    POP_DONE_NOT_SENT, /* the connection ended before the command had left whole */
    POP_DONE_UNKNOWN,  /* it left, and no whole answer came: a QUIT may have deleted, a RETR is incomplete */
} PopDone;

/* What stands behind +OK or -ERR. */
typedef struct {
    const char *text; /* valid UTF-8, NOT safe for a terminal; our own words for NOT_SENT and UNKNOWN */
    const char *code; /* "IN-USE", "LOGIN-DELAY", "SYS/TEMP", "SYS/PERM", "AUTH" (RFC 2449 §8, RFC 3206), or NULL */
} PopText;

typedef void (*PopDoneFunc)(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user);

/* Any may be NULL but ready. */
typedef struct {
    void (*output)(PopSession *session, gpointer user); /* there is output to take, where there was none */
    /* Capabilities were told, or are not known to the server (asked false); before and after the log-in. */
    void (*ready)(PopSession *session, const PopCapabilities *capabilities, gpointer user);
    void (*refused)(PopSession *session, const PopText *text, gpointer user); /* greeting -ERR. Close. */
    /* STAT: number and size of all. LIST: of each. */
    void (*size)(PopSession *session, PopCommandId id, guint32 number, guint64 size, gpointer user);
    void (*uidl)(PopSession *session, PopCommandId id, guint32 number, const char *uidl, gpointer user);
    /* RETR and TOP: octets as they were before dots were added, with CRLF, in pieces; then done. */
    void (*data)(PopSession *session, PopCommandId id, const char *octets, gsize len, gpointer user);
} PopSessionEvents;

/* Both are copied. */
PopSession *pop_session_new(const PopSessionOptions *options, const PopSessionEvents *events, gpointer user);
void pop_session_free(PopSession *session); /* closes first */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopSession, pop_session_free)

/* ---- the stream's side ---- */

/* False: close the stream, then pop_session_close(). */
bool pop_session_feed(PopSession *session, const void *bytes, gsize len, GError **error);
/* What may be written now; NULL when there is nothing. Call until NULL. `ranges` as in IMAP. */
GBytes *pop_session_take_output(PopSession *session, GArray *ranges);
bool pop_session_wants_tls(const PopSession *session);
void pop_session_tls_started(PopSession *session);
/* The connection is gone: every command not done is done now, in order. reason: nullable. */
void pop_session_close(PopSession *session, const char *reason);

/* ---- the owner's side ---- */

bool pop_session_is_protected(const PopSession *session);
bool pop_session_is_logged_in(const PopSession *session);
const PopCapabilities *pop_session_capabilities(const PopSession *session); /* NULL before the first answer */
guint pop_session_outstanding(const PopSession *session); /* sent or waiting, and not answered */

/* All of these: 0 or false with error when it cannot be; then done is never called; else it is called once. */
bool pop_session_stls(PopSession *session, PopDoneFunc done, gpointer user, GError **error);
/* USER and PASS: together under PIPELINING, else PASS leaves when USER was accepted. */
bool pop_session_login_plain(PopSession *session, const char *name, const char *secret, PopDoneFunc done, gpointer user, GError **error);
/* The greeting holds what APOP needs (RFC 1939 §7). MD5 is weak, and yet better than the password in clear. */
bool pop_session_offers_apop(const PopSession *session);
bool pop_session_login_apop(PopSession *session, const char *name, const char *secret, PopDoneFunc done, gpointer user, GError **error);
/* The mechanism is borrowed until done. */
bool pop_session_authenticate(PopSession *session, SaslMechanism *mechanism, PopDoneFunc done, gpointer user, GError **error);
bool pop_session_auth_busy(const PopSession *session);
void pop_session_auth_resume(PopSession *session);
const GError *pop_session_auth_error(const PopSession *session);

/* CAPA once more: after the log-in some answers are others (PopCapabilities.per_user). Told by `ready`. */
void pop_session_capa(PopSession *session);
/* number 0: all (LIST, UIDL) or none. lines: of the body, for TOP. */
PopCommandId pop_session_send(PopSession *session, PopVerb verb, guint32 number, guint lines, PopDoneFunc done, gpointer user, GError **error);
/* LANG (RFC 6856 §3). tag: "fr", or "*" for what the server chooses. */
PopCommandId pop_session_language(PopSession *session, const char *tag, PopDoneFunc done, gpointer user, GError **error);

#endif
