/* Inside engine/: what the two files of a search on servers share. */
#ifndef MALLE_ENGINE_SERVER_SEARCH_PRIVATE_H
#define MALLE_ENGINE_SERVER_SEARCH_PRIVATE_H

#include "engine/account.h"
#include "engine/search_program.h"
#include "engine/server_search.h"

typedef struct ServerSearch ServerSearch;

/* One mailbox of one search. */
typedef struct {
    ServerSearch *search;
    gint64 account_id;
    StoreMailbox *mailbox;  /* as the store had it when the search began */
    SearchProgram *program;
    gboolean ended;
    /* What was asked. UIDs from `below` on up were; 1: all. */
    guint32 below;
    guint64 width;          /* UIDs of the next slice */
    guint in_flight;        /* commands */
    gboolean fetching;      /* a job fetches summaries */
    gboolean fetched;       /* has done so */
    gboolean failed;
    gboolean renumbered;    /* the UIDs here are others' there */
    gboolean asked_anew;    /* because what was found was not there */
    gboolean alone;         /* not by MULTISEARCH */
    gboolean visited;       /* in the round that is being sent */
    char *words;            /* of what went wrong */
    /* What was found. */
    ImapUidSet *found;      /* to be looked at in the store */
    ImapUidSet *missing;    /* not in the store */
    guint64 hits, more;     /* messages found; and that many more, whose summaries were too many to fetch */
} Place;

struct ServerSearch {
    gint references;
    Engine *engine;
    gint64 view_id;
    Query *query;
    gboolean by_words, stopped, filtered, texts_here;
    char **own_addresses;
    GPtrArray *places;      /* of Place* */
    guint open;             /* places not ended */
    GSource *looking;       /* at what was found */
};

ServerSearch *server_search_ref(ServerSearch *search);
void server_search_unref(ServerSearch *search);

/* These were found there; NULL: nothing more than before. To be called when a command of the place is answered. */
void place_found(Place *place, const ImapUidSet *uids);
void place_failed(Place *place, const char *words);
/* Everything of it was asked and looked at: told, once. Whoever calls holds the search: it may be over then. */
void place_end_if_through(Place *place);

/* --- server_search_account.c --- */

/* Asks for what is to be found in the places of this account, or in one of them. */
void server_search_ask(ServerSearch *search, EngineAccount *account, const Place *only);
/* Fetches the summaries of place->missing. */
void server_search_fetch(Place *place);

#endif
