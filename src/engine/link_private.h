/* What link.c (connecting, sending), link_login.c (the way to ready) and link_cost.c (accounting) share. */
#ifndef MALLE_ENGINE_LINK_PRIVATE_H
#define MALLE_ENGINE_LINK_PRIVATE_H

#include "engine/link.h"
#include "engine/login_imap.h"

/* After a suspend the link has to prove itself quickly. */
#define LINK_DOUBT_MS 8000

typedef enum {
    LINK_STAGE_CONNECTING,
    LINK_STAGE_GREETING,
    LINK_STAGE_SECURING,
    LINK_STAGE_LOGIN,
    LINK_STAGE_READY,
    LINK_STAGE_ENDED,
} LinkStage;

struct LinkAction {
    char *name;
    Link *link;            /* NULL once the link ended */
    FlightCounter flights;
    guint64 up, down, saved;
    gint64 began;          /* µs */
    guint rows;
    guint commands;        /* not answered */
    gboolean ended;        /* by its owner */
};

struct Link {
    EngineAccount *account;
    LinkOwner owner;
    LinkStage stage;
    Connection *connection;
    Stream *stream;        /* the connection's; NULL until it is there */
    ImapSession *session;
    LoginMeans means;
    guint slow_lines;      /* since a command was answered */
    SaslMechanism *mechanism;
    GQueue sent;           /* of SentCommand*, in the order sent: for the accounting */
    GPtrArray *actions;    /* of LinkAction*, those not recorded yet */
    guint64 seen_down;     /* bytes from the wire already counted */
    guint64 chunk_wire;    /* of those, what has not been shared out over lines yet */
    guint64 line;          /* what the line that is being heard was on the wire */
    LinkAction *line_action; /* and whom it was counted for */
    gsize chunk_left;      /* octets of the lines that they became */
    gboolean compressing;
    gboolean gave_up;      /* the answer that ends it came: no later one means more */
};

typedef struct {
    Link *link;
    LinkAction *action;    /* or NULL */
    LinkDone done;
    gpointer user;
    ImapCap needs;         /* IMAP_CAP_COUNT: nothing */
} SentCommand;

/* link.c */
void link_end(Link *link, LinkEndKind kind, const char *words);

/* link_login.c: called at the greeting and after TLS; ends in LINK_STAGE_READY or link_end(). */
void link_login_greeted(Link *link, const ImapText *text);
void link_login_secured(Link *link);
/* After every feed, and after each turn of a mechanism that computes: what comes next. */
void link_login_step(Link *link);

/* link_cost.c */
void link_cost_sent(Link *link, SentCommand *sent);
void link_cost_answered(Link *link, SentCommand *sent);
/* LENGTH octets came out of the stream; then, of each line of them, who they are for. */
void link_cost_chunk(Link *link, gsize length);
void link_cost_received(Link *link, gsize length);
void link_cost_abandon(Link *link);

#endif
