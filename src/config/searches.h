/* The person's saved searches in $XDG_CONFIG_HOME/malle/searches: "name = query", one a line, in the order of the sidebar. Plain data, any
 * thread. Whether a query makes sense is said by query/, when it is asked.
 */
#ifndef MALLE_CONFIG_SEARCHES_H
#define MALLE_CONFIG_SEARCHES_H

#include <glib.h>

typedef struct {
    char *name, *query;
} SavedSearch;

/* Of SavedSearch*, free func set. Never NULL: a missing file is no search, lines that are none are passed over. `error` (may be NULL) tells
 * of a file that cannot be read. */
GPtrArray *saved_searches_read(const char *path, GError **error);
/* Written behind the others, or in the place of the one that is called so; query NULL: taken out. FALSE with CONFIG_ERROR_VALUE for a name
 * that a line cannot begin with. */
gboolean saved_searches_write(const char *path, const char *name, const char *query, GError **error);

#endif
