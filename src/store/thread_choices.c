#include "config.h"

#include "store/thread_choices.h"

#include "base/i18n.h"
#include "store/journal-private.h"
#include "store/thread_change.h"

static GHashTable *new_table(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}

static GHashTable *read_choices(Database *db, const char *sql, gint64 thread_id, GError **error)
{
    GHashTable *choices = new_table();
    sqlite3_stmt *s = database_query(db, error, sql, "i", thread_id);
    while (s != NULL && database_step(db, s, error)) {
        gint64 hash = column_int(s, 0), parent = column_int(s, 1);
        g_hash_table_insert(choices, g_memdup2(&hash, sizeof hash), g_memdup2(&parent, sizeof parent));
    }
    return choices;
}

GHashTable *thread_choices(StoreWriter *writer)
{
    if (writer->thread_choices == NULL)
        writer->thread_choices =
            read_choices(writer->db, "SELECT hash, parent FROM msgid INDEXED BY msgid_chosen WHERE parent IS NOT NULL AND ?1 = 0", 0, NULL);
    return writer->thread_choices;
}

GHashTable *thread_choices_of(Database *db, gint64 thread_id, GError **error)
{
    return read_choices(db, "SELECT hash, parent FROM msgid INDEXED BY msgid_chosen WHERE thread_id = ?1 AND parent IS NOT NULL", thread_id,
                        error);
}

gboolean thread_choices_begin(GHashTable *choices, gint64 hash)
{
    const gint64 *parent = hash != 0 ? g_hash_table_lookup(choices, &hash) : NULL;
    return parent != NULL && *parent == 0;
}

GArray *thread_choices_apply(GHashTable *choices, gint64 hash, const gint64 *refs, guint n_refs)
{
    GArray *followed = g_array_sized_new(FALSE, FALSE, sizeof(gint64), n_refs + 1);
    const gint64 *parent = hash != 0 ? g_hash_table_lookup(choices, &hash) : NULL;
    guint from = parent != NULL ? n_refs : 0;
    for (guint i = n_refs; i-- > 0 && parent == NULL;) {
        parent = g_hash_table_lookup(choices, &refs[i]);
        if (parent != NULL)
            from = i;
    }
    if (parent != NULL && *parent != 0 && *parent != hash)
        g_array_append_val(followed, *parent);
    for (guint i = from; i < n_refs; i++)
        if (parent == NULL || refs[i] != *parent)
            g_array_append_val(followed, refs[i]);
    return followed;
}
