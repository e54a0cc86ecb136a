/* What filters want done with a message: as decisions in the journal, and programs that get the letter. Engine thread. */
#ifndef MALLE_ENGINE_FILTER_ACTIONS_H
#define MALLE_ENGINE_FILTER_ACTIONS_H

#include "engine/filters.h"
#include "engine/account.h"

/* Set on messages that were forwarded or handed to a program, so that another Malle, on another machine, does not do it again. */
#define FILTER_MARK_KEYWORD "$MalleFiltered"

typedef struct FilterActions FilterActions;
/* rested(user): the last program has ended. */
FilterActions *filter_actions_new(Engine *engine, void (*rested)(gpointer user), gpointer user);
gboolean filter_actions_are_running(const FilterActions *actions);
/* Programs that wait are not started; one that runs is ended. */
void filter_actions_free(FilterActions *actions);

/* All that the filters which answered yes want, in one transaction with the mark that this message was looked at in
 * `arrived_in` (0: by hand, no mark); programs start behind it, so that none runs twice for a message. FALSE: nothing was done. */
gboolean filter_actions_do(FilterActions *actions, EngineAccount *account, const StoreMailbox *mailbox, const StoreMessage *message,
                           const GArray *opinions, gint64 arrived_in, GError **error);

#endif
