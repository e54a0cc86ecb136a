/* The person's filters in $XDG_CONFIG_HOME/malle/filters (malle-filters(5)): what is done with messages as they arrive. Plain
 * data, any thread. Whether the queries and mailboxes make sense is said by engine/filters.h, which knows them.
 */
#ifndef MALLE_CONFIG_FILTERS_H
#define MALLE_CONFIG_FILTERS_H

#include <glib.h>

#include "base/mailflags.h"
#include "config/problem.h"

typedef enum {
    FILTER_MOVE,    /* text: a mailbox */
    FILTER_COPY,    /* text: a mailbox */
    FILTER_FLAG,    /* flags, remove */
    FILTER_KEYWORD, /* text: one keyword; remove */
    FILTER_FORWARD, /* text: an address */
    FILTER_RUN,     /* text: a shell command line; the message on its standard input */
    FILTER_STOP,    /* no filter behind this one */
} FilterActionKind;

typedef struct {
    FilterActionKind kind;
    guint line;
    char *text; /* or NULL */
    MailFlags flags;
    gboolean remove;
} FilterAction;

typedef struct {
    char *name;
    guint line;       /* of its heading */
    char *account;    /* NULL: all */
    char *mailbox;    /* NULL: INBOX */
    char *when;       /* a query; never NULL */
    guint when_line, when_column; /* where the query begins, from 1 and from 0 */
    GPtrArray *actions; /* of FilterAction*, in the order of the file */
} Filter;

void filter_free(Filter *filter);

/* Of Filter*, in the order of the file; those that have no problem. `file` is for the messages. Never NULL. */
GPtrArray *filters_parse(const char *text, const char *file, GPtrArray *problems);
/* The same from the file; a missing one is no problem, and no filter. */
GPtrArray *filters_read(const char *path, GPtrArray *problems);

/* "move to Lists", for people; translated. Caller frees. */
char *filter_action_format(const FilterAction *action);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Filter, filter_free)

#endif
