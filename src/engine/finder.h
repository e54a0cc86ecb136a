/* A search in what is on this machine: the full-text index answers where it knows a message, and where it does not (it came a moment
 * ago, or the query asks for what no index has) the message is looked at. Words are found by their beginnings, see query.md.
 * The reader's thread; the index is asked once, when the finder is made, so one finder belongs to one moment.
 */
#ifndef MALLE_ENGINE_FINDER_H
#define MALLE_ENGINE_FINDER_H

#include "query/query.h"
#include "store/fulltext.h"

typedef struct Finder Finder;

/* `own_addresses` must outlive it. NULL with error. Caller: finder_free(). */
Finder *finder_new(StoreReader *reader, Query *query, char *const *own_addresses /* or NULL */, GError **error);
void finder_free(Finder *finder);

/* Contents that may be found: no other can. NULL: any may. */
const IdSet *finder_candidates(const Finder *finder);
/* How many others might be found, if their texts were here. 0 when there are no candidates: then every message has to be asked. */
guint64 finder_n_unknown(const Finder *finder);
/* QUERY_UNKNOWN: it depends on a text that is not here. */
QueryAnswer finder_ask(Finder *finder, const StoreListRow *row);

/* For match.c: whether the index alone tells if the content holds the query's text number `place`. */
gboolean finder_settles(const Finder *finder, gint64 content_id, guint place, QueryAnswer *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Finder, finder_free)

#endif
