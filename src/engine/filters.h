/* The person's filters (config/filters.h), ready to be asked about a message: what each would do with it.
 *
 * A Filters is immutable once made: any thread. Asking reads the store through the caller's reader.
 */
#ifndef MALLE_ENGINE_FILTERS_H
#define MALLE_ENGINE_FILTERS_H

#include "config/account.h"
#include "config/filters.h"
#include "query/query.h"
#include "store/reader.h"

typedef struct Filters Filters;

/* What is right of the file is used; what is wrong is in `problems`, with file, line and, for a query, the place. A missing file
 * is no filter. Never NULL. */
Filters *filters_load(const char *path, const GPtrArray *accounts /* of Account* */, GPtrArray *problems);
void filters_free(Filters *filters);
guint filters_count(const Filters *filters);
/* Is there a filter for what arrives in this mailbox? */
gboolean filters_concern(const Filters *filters, const char *account_name, const StoreMailbox *mailbox);

typedef struct {
    const Filter *filter;
    QueryAnswer answer;
} FilterOpinion;

/* What the filters say of a message, in their order, up to one that answers yes and stops. Of FilterOpinion. `needs` gets
 * what has to be here for the answers that are unknown. Caller unrefs. */
GArray *filters_ask(const Filters *filters, StoreReader *reader, const char *account_name, const StoreMailbox *mailbox,
                    const StoreListRow *row, QueryNeeds *needs);
/* Does one that answered yes hand the whole message to somebody? */
gboolean filters_need_whole(const GArray *opinions);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Filters, filters_free)

#endif
