/* A search that servers do: the query becomes a SEARCH program for each mailbox (search_program.h), what is found there becomes rows of the
 * store (summaries that are not here are fetched, the newest first), and what the rows say for certain against it is left out. What is
 * found goes into a view (views.h) as it comes; where each mailbox was searched is told by CHANGE_SEARCHED.
 *
 * server_search.c: which mailboxes, and what is found. server_search_account.c: one account's commands. Engine thread.
 */
#ifndef MALLE_ENGINE_SERVER_SEARCH_H
#define MALLE_ENGINE_SERVER_SEARCH_H

#include "engine/core.h"
#include "query/query.h"

/* mailbox_id 0: all of all accounts. by_words: a search, not a limit (query.md). where HERE: only tells. */
void server_search_begin(Engine *engine, gint64 view_id, gint64 mailbox_id, Query *query, gboolean by_words, EngineSearchWhere where);
/* The view goes: what is in flight is heard and dropped. */
void server_search_stop(Engine *engine, gint64 view_id);
/* Of the table engine->server_searches. */
void server_search_free(gpointer search);
/* The account has no link, and none is being made: nobody waits for it. */
void server_search_account_lost(EngineAccount *account, const char *words);

#endif
