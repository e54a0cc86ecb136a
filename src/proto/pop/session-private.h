/* What the files session*.c share. */
#ifndef MALLE_PROTO_POP_SESSION_PRIVATE_H
#define MALLE_PROTO_POP_SESSION_PRIVATE_H

#include "proto/exchange.h"
#include "proto/pop/session.h"

#define POP_LINE_MAX (16 * 1024)
#define POP_ITEMS_MAX 2000000
#define POP_CAPABILITIES_MAX 1000
/* Output that waits to be taken; beyond it commands wait, too. */
#define POP_OUTPUT_MAX (64 * 1024)

typedef struct {
    PopCommandId id;
    PopVerb verb;
    char *line;       /* without CRLF; NULL: written by session-auth.c */
    bool secret;      /* the line is one */
    PopDoneFunc done;
    gpointer user;
    guint64 end;      /* octets of output at its end; 0: has not left */
} PopEntry;

struct PopSession {
    PopSessionOptions options;
    PopSessionEvents events;
    gpointer user;
    PopCapabilities *capabilities, *coming; /* coming: CAPA is being answered */
    ProtoOutput output;
    GQueue waiting;   /* of PopEntry*, in order */
    GQueue flight;    /* of PopEntry*, the oldest is answered next */
    PopCommandId last_id;
    bool tls, wants_tls, closed, logged_in, feeding, told, leaving;
    char *timestamp;  /* of the greeting, for APOP; NULL */

    /* receiving */
    GString *line;    /* what came of the line that is not whole */
    bool multi;       /* inside a multi-line answer, which is flight's oldest */
    bool line_begins; /* the next octet of it is the first of a line */
    char *multi_text; /* what stood behind its +OK */
    guint64 items;
    guint8 held;      /* of a RETR's line that begins with a dot: 0, '.' or CR behind it */
    guint8 last;      /* the octet before the next one of a RETR */

    SaslMechanism *mechanism; /* of an AUTH that has not left */
    ProtoExchange auth;
};

/* session-queue.c */
PopEntry *pop_session_enqueue(PopSession *session, PopVerb verb, char *line /* taken */, PopDoneFunc done, gpointer user);
void pop_session_pump(PopSession *session);
void pop_session_notify(PopSession *session);
/* Takes the oldest off the flight, tells, frees. */
void pop_session_complete(PopSession *session, PopDone done, const char *text);
void pop_session_ask_capabilities(PopSession *session);
bool pop_verb_is_multi(const PopEntry *entry);

/* session-auth.c */
/* AUTH leaves; it is the oldest of the flight. */
void pop_session_auth_write(PopSession *session);
/* The server asks for more ("+ …"). */
bool pop_session_auth_challenge(PopSession *session, const char *text, GError **error);
/* +OK to AUTH, PASS, APOP: false when the server did not prove itself. */
bool pop_session_auth_succeeded(PopSession *session, GError **error);

/* session-receive.c */
bool pop_session_receive(PopSession *session, const char *bytes, gsize len, GError **error);

/* session.c */
bool pop_session_error(GError **error, PopError code, const char *words);
void pop_session_ready(PopSession *session);
bool pop_session_believes(const PopSession *session);

#endif
