/* A link: one connection to an IMAP server (connection.h), from the greeting to a session that is authenticated and ready for work; and the
 * accounting of what each action costs.
 *
 * Engine thread. A link lives once: it goes through its stages, becomes ready, and ends; the account makes a new one. It
 * never asks the person and never tries again by itself.
 */
#ifndef MALLE_ENGINE_LINK_H
#define MALLE_ENGINE_LINK_H

#include "base/secret.h"
#include "engine/connection.h"
#include "net/flights.h"
#include "proto/imap/session.h"

/* Longer sets of UIDs are split over several commands of one write: RFC 7162 §4 advises lines of some 8,000 octets, and Exchange takes 4,096 at
 * most, with the rest of the command. */
#define LINK_SET_OCTETS 3600

typedef struct Link Link;

typedef struct {
    void (*ready)(EngineAccount *account);
    /* Once. Every command in flight has been told before. The link frees itself afterwards. */
    void (*ended)(EngineAccount *account, const LinkEnd *end);
    /* Nothing is in flight or waiting any more: the moment for new work, then for IDLE. */
    void (*quiet)(EngineAccount *account);
} LinkOwner;

/* What a stretch of work costs. Begun by the account, ended by it; recorded when its last command is answered. */
typedef struct LinkAction LinkAction;

/* Begins to connect. events are the data events (the link adds its own); their user pointer is the account. secret: see LoginMeans. */
Link *link_open(EngineAccount *account, const LinkOwner *owner, const ImapSessionEvents *events, Secret *secret);
/* Says LOGOUT where it can, closes, and calls nobody any more. */
void link_close(Link *link);
gboolean link_is_ready(const Link *link);
/* From inside an event: an untagged NO or BAD, which may be about the whole connection. */
void link_hear_text(Link *link, const ImapText *text);
ImapSession *link_session(Link *link);
const TlsInfo *link_tls(Link *link);

LinkAction *link_action_begin(Link *link, const char *name);
void link_action_add_rows(LinkAction *action, guint rows);
/* Octets that did not have to go up, for the server had them. */
void link_action_add_saved(LinkAction *action, guint64 octets);
/* From inside an event: what is being heard answers this action. */
void link_action_claim_line(LinkAction *action);
/* The caller has nothing more to send for it. NULL is nothing. */
void link_action_end(LinkAction *action);

typedef void (*LinkDone)(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user);
/* Sends as part of an action (NULL: as part of nothing). done may be NULL; it is called once, also when the command was refused
 * before it left (IMAP_RESULT_NOT_SENT). Ends an IDLE by itself. */
void link_send(Link *link, LinkAction *action, ImapCommand *command, LinkDone done, gpointer user);
/* Ahead of what has not left yet: what the person waits for. */
void link_send_first(Link *link, LinkAction *action, ImapCommand *command, LinkDone done, gpointer user);
/* The `user` of a command in flight, by the id that an event names; NULL when there is none. */
gpointer link_command_user(Link *link, ImapCommandId id);
/* Commands sent in between leave in one piece. */
void link_hold(Link *link);
void link_release(Link *link);
/* Commands not answered, IDLE not counted. */
guint link_pending(const Link *link);

/* Begins COMPRESS=DEFLATE where it is offered, once; everything sent later waits for it. */
void link_compress(Link *link, LinkAction *action);
/* Goes into IDLE, or does nothing where there is none (FALSE). */
gboolean link_idle(Link *link);
/* Ends the link at once, also from inside an event: what is in flight is answered IMAP_RESULT_UNKNOWN, and the account, told
 * LINK_END_LOST, connects again. */
void link_abandon(Link *link, const char *words);
/* The machine slept, or the answer is doubtful: a byte has to come soon or the link is lost. */
void link_doubt(Link *link);

#endif
