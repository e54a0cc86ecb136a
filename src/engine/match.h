/* Whether a message of the store answers a query: fields are read and folded when the query asks for them, bodies only where they are
 * cached. Reads within the reader's transaction if there is one; the reader's thread.
 */
#ifndef MALLE_ENGINE_MATCH_H
#define MALLE_ENGINE_MATCH_H

#include "config/account.h"
#include "query/query.h"
#include "store/reader.h"

/* The folded addresses of the accounts' owners (of Account*), for ~p and ~P. Caller: g_strfreev. */
char **match_own_addresses(const GPtrArray *accounts);

/* A row, and what is known of it beyond the store. */
typedef struct {
    StoreReader *reader;
    const StoreListRow *row;
    MailFlags flags;      /* as they are shown */
    const char *keywords; /* space separated */
    gboolean tagged, in_folded_thread;
    char *const *own_addresses;  /* or NULL */
    const char *text_preference; /* of mime/choose.h, or NULL */
    guint64 told; /* mask of 1 << place: texts that a server says the message holds; 0 most of the time */
    const struct Finder *finder; /* a search: by words, and what the index knows is not looked at; NULL: a limit */
} MatchAsked;

/* The names of attachments, a line each; NULL: the structure is not known. Caller frees. */
char *match_file_names(const StoreMessage *message);

QueryAnswer match_ask(const Query *query, const MatchAsked *asked);

/* TRUE only for a certain yes: what cannot be told from what is here is no. The row is one that a list was read with; the message
 * itself is read only when the query asks for what a row does not have. */
gboolean match_row(StoreReader *reader, const Query *query, char *const *own_addresses /* or NULL */, const StoreListRow *row);

#endif
