/* A set of small positive numbers (row ids), one bit each: a million take 125 kB. Not thread-safe. */
#ifndef MALLE_BASE_ID_SET_H
#define MALLE_BASE_ID_SET_H

#include <glib.h>

typedef struct IdSet IdSet;

IdSet *id_set_new(void);
void id_set_free(IdSet *set); /* NULL is ignored */
IdSet *id_set_copy(const IdSet *set);

void id_set_add(IdSet *set, gint64 id); /* ids below 1 are ignored */
gboolean id_set_has(const IdSet *set, gint64 id);
guint64 id_set_count(const IdSet *set);
/* The greatest member below `id`, or 0. id_set_before(set, G_MAXINT64) is the greatest of all. */
gint64 id_set_before(const IdSet *set, gint64 id);

void id_set_unite(IdSet *set, const IdSet *other);
void id_set_intersect(IdSet *set, const IdSet *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(IdSet, id_set_free)

#endif
