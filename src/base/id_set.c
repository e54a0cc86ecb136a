#include "config.h"

#include "base/id_set.h"

#define BITS 64

struct IdSet {
    GArray *words; /* of guint64; bit 0 of word 0 is never set */
};

IdSet *id_set_new(void)
{
    IdSet *set = g_new(IdSet, 1);
    set->words = g_array_new(FALSE, TRUE, sizeof(guint64));
    return set;
}

void id_set_free(IdSet *set)
{
    if (set == NULL)
        return;
    g_array_unref(set->words);
    g_free(set);
}

IdSet *id_set_copy(const IdSet *set)
{
    IdSet *copy = g_new(IdSet, 1);
    copy->words = g_array_copy(set->words);
    return copy;
}

static guint64 word_at(const IdSet *set, gsize index)
{
    return index < set->words->len ? g_array_index(set->words, guint64, index) : 0;
}

void id_set_add(IdSet *set, gint64 id)
{
    if (id < 1)
        return;
    gsize index = (gsize) id / BITS;
    if (index >= set->words->len)
        g_array_set_size(set->words, (guint) index + 1);
    g_array_index(set->words, guint64, index) |= G_GUINT64_CONSTANT(1) << (id % BITS);
}

gboolean id_set_has(const IdSet *set, gint64 id)
{
    return id > 0 && (word_at(set, (gsize) id / BITS) >> (id % BITS) & 1) != 0;
}

guint64 id_set_count(const IdSet *set)
{
    guint64 count = 0;
    for (gsize i = 0; i < set->words->len; i++)
        count += (guint64) __builtin_popcountll(word_at(set, i));
    return count;
}

gint64 id_set_before(const IdSet *set, gint64 id)
{
    if (id < 1)
        return 0;
    gsize index = (gsize) (id - 1) / BITS;
    guint64 mask = G_MAXUINT64 >> (BITS - 1 - (id - 1) % BITS); /* what may be found in the first word */
    if (index >= set->words->len) {
        index = set->words->len;
        mask = 0;
    }
    for (;; index--, mask = G_MAXUINT64) {
        guint64 word = word_at(set, index) & mask;
        if (word != 0)
            return (gint64) index * BITS + (BITS - 1 - __builtin_clzll(word));
        if (index == 0)
            return 0;
    }
}

void id_set_unite(IdSet *set, const IdSet *other)
{
    if (other->words->len > set->words->len)
        g_array_set_size(set->words, other->words->len);
    for (gsize i = 0; i < other->words->len; i++)
        g_array_index(set->words, guint64, i) |= word_at(other, i);
}

void id_set_intersect(IdSet *set, const IdSet *other)
{
    for (gsize i = 0; i < set->words->len; i++)
        g_array_index(set->words, guint64, i) &= word_at(other, i);
}
