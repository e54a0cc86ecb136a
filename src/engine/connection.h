/* A connection of an account to one of its servers, whatever is spoken on it: proxy, TLS with the account's authorities and pins, deadlines,
 * the pump between stream and protocol, and the end. IMAP (link.c), submission and POP3 stand upon it.
 *
 * Engine thread. It lives once, never tries again, never asks the person and knows no protocol: what was received goes to its owner, what
 * is to be sent is taken from its owner.
 */
#ifndef MALLE_ENGINE_CONNECTION_H
#define MALLE_ENGINE_CONNECTION_H

#include "config/account.h"
#include "engine/core.h"
#include "net/stream.h"

typedef enum {
    LINK_END_CLOSED,      /* by us, or by the server in good order */
    LINK_END_LOST,        /* passes by itself: try again */
    LINK_END_REFUSED,     /* needs the person: configuration, protocol, no TLS … */
    LINK_END_CERTIFICATE, /* not trusted: `certificate` is what was shown */
    LINK_END_PIN_CHANGED,
    LINK_END_LOGIN,       /* the password or token was refused */
    LINK_END_EXPIRED,     /* the log-in does not hold any more: log in anew */
    LINK_END_UNSUPPORTED, /* the server does not have what it announces (`lacks`): connect anew, and do without */
} LinkEndKind;

typedef struct {
    LinkEndKind kind;
    const char *words;                     /* for the person; NULL for LINK_END_CLOSED */
    const TlsCertificateInfo *certificate; /* NULL unless it is about that */
    guint wait_ms;                         /* the server asks us not to come back sooner; 0: nothing asked */
    guint lacks;                           /* with LINK_END_UNSUPPORTED: of the protocol's capabilities */
} LinkEnd;

typedef struct Connection Connection;

/* The owner of a connection. None of them may be NULL but `owed`, `patience` and the two of computing. */
typedef struct {
    /* The stream is there, under TLS where that comes first; the greeting is waited for. */
    void (*opened)(Connection *connection, gpointer user);
    /* As StreamHandlers.received. Behind it everything that take() gives is written, in one piece. */
    gsize (*received)(Connection *connection, const guint8 *bytes, gsize length, gpointer user);
    /* The handshake of connection_start_tls() is done. */
    void (*secured)(Connection *connection, gpointer user);
    /* What is to be sent next, or NULL; with error: it cannot be sent, and the connection ends. Transfer full. */
    GBytes *(*take)(gpointer user, GError **error);
    /* Is an answer of the server waited for? Else silence is no fault. NULL: never. */
    gboolean (*owed)(gpointer user);
    /* How many times as long as usual it may take. NULL: once. */
    guint (*patience)(gpointer user);
    /* A mechanism of the log-in computes for long (SCRAM's many rounds): while `computes` says so, `compute` does a part of it in a turn of
     * the loop of its own, beside everything else. */
    gboolean (*computes)(gpointer user);
    void (*compute)(gpointer user);
    /* Once, unless connection_close() came before. */
    void (*ended)(Connection *connection, const LinkEnd *end, gpointer user);
    /* The last call, from inside no other: what it used may be freed. The connection frees itself behind it. */
    void (*gone)(gpointer user);
} ConnectionOwner;

/* Begins to connect to URL, which is one of the account's and stays as it is. owner is static, or outlives the connection. */
Connection *connection_open(EngineAccount *account, const AccountUrl *url, const ConnectionOwner *owner, gpointer user);
/* Closes and calls nobody any more but gone(). */
void connection_close(Connection *connection);
/* Ends it now. Words and certificate (NULL: none) are copied. The second end says nothing. */
void connection_end(Connection *connection, LinkEndKind kind, const char *words);
/* The same in a later turn, for what runs inside calls whose callers go on using it; the first one counts. */
void connection_doom(Connection *connection, LinkEndKind kind, const char *words);
gboolean connection_is_doomed(const Connection *connection);
/* What the end will say beside its words. */
void connection_wait_before_next(Connection *connection, guint wait_ms);
void connection_lacks(Connection *connection, guint capability);

/* NULL before it was opened. */
Stream *connection_stream(Connection *connection);
/* From inside received(), or later: TLS over what is there, with this account's rules. */
void connection_start_tls(Connection *connection);
/* There is something to take where there was nothing: it is written now, or behind received() with all else. */
void connection_output(Connection *connection);
/* The same at once, also from inside received(). */
void connection_flush(Connection *connection);
/* What owed() says has changed from outside of received(). */
void connection_watch(Connection *connection);
/* An answer, or a sign of life, has to come within so long from now. 0: as long as any answer may take. */
void connection_expect(Connection *connection, guint within_ms, const char *doing);

#endif
