/* One POP3 connection of an account, from the host name to a session that is logged in, upon connection.h and login.h.
 *
 * Engine thread. It lives once, never tries again and never asks the person. Ending it without QUIT deletes nothing on the server
 * (RFC 1939 §6), and that is how everything ends here that did not go as it should.
 */
#ifndef MALLE_ENGINE_POP_LINK_H
#define MALLE_ENGINE_POP_LINK_H

#include "base/secret.h"
#include "engine/connection.h"
#include "proto/pop/session.h"

typedef struct PopLink PopLink;

/* None may be NULL. */
typedef struct {
    void (*ready)(PopLink *link, gpointer user); /* logged in */
    void (*size)(PopLink *link, guint32 number, guint64 size, gpointer user);
    void (*uidl)(PopLink *link, guint32 number, const char *uidl, gpointer user);
    void (*data)(PopLink *link, PopCommandId id, const char *octets, gsize length, gpointer user);
    /* All that arrived in one piece has been told: the moment for what comes in batches. */
    void (*heard)(PopLink *link, gpointer user);
    /* Once, unless pop_link_close() came before; every command has been told. The link frees itself behind it. */
    void (*ended)(PopLink *link, const LinkEnd *end, gpointer user);
} PopLinkOwner;

/* owner is static; user outlives the link or closes it. */
PopLink *pop_link_open(EngineAccount *account, const PopLinkOwner *owner, Secret *secret, gpointer user);
/* At once and without QUIT; nobody is called any more. */
void pop_link_close(PopLink *link);
/* Ends in the next turn, also from inside an event; told by ended(). */
void pop_link_doom(PopLink *link, LinkEndKind kind, const char *words);
gboolean pop_link_is_doomed(const PopLink *link);

const PopCapabilities *pop_link_capabilities(const PopLink *link);
/* As pop_session_send(); done is called also when it cannot be sent (POP_DONE_NOT_SENT). 0: it was not sent. */
PopCommandId pop_link_send(PopLink *link, PopVerb verb, guint32 number, guint lines, PopDoneFunc done, gpointer user);
/* Asks for the capabilities anew; those after the log-in may be others. */
void pop_link_ask_capabilities(PopLink *link);

/* What was sent since the log-in cost, for the record: flights, octets on the wire, and how long it took. */
WireCost pop_link_cost(PopLink *link);

#endif
