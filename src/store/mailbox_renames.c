/* A mailbox that another client renamed is not in the list any more, and one that nobody knows is there instead. It is the same one when
 * it has the UIDVALIDITY that the other had, no other mailbox has that, and it has not gone back in numbers: then its row follows, and
 * with it its messages, bodies and decisions (RFC 9051 §6.3.6 lets UIDVALIDITY follow a name only where the UIDs stay true). */
#include "config.h"

#include "store/store-private.h"

typedef struct {
    gint64 id;
    guint32 uidvalidity, uidnext;
    gboolean absent;
} Known;

static GHashTable *names_of(const GPtrArray *mailboxes)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < mailboxes->len; i++) {
        StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        g_hash_table_insert(names, mailbox->wire_name, mailbox);
    }
    return names;
}

/* Takes those that are known out of `fresh`. */
static GArray *read_known(StoreWriter *writer, gint64 account_id, GHashTable *fresh, GError **failed)
{
    GArray *known = g_array_new(FALSE, FALSE, sizeof(Known));
    sqlite3_stmt *s = database_query(writer->db, failed,
                                     "SELECT id, uidvalidity, uidnext, wire_name FROM mailbox WHERE account_id = ? AND "
                                     "local_intent = 0 AND wire_stale = 0",
                                     "i", account_id);
    while (s != NULL && database_step(writer->db, s, failed)) {
        Known one = { column_int(s, 0), (guint32) column_int(s, 1), (guint32) column_int(s, 2), FALSE };
        one.absent = !g_hash_table_remove(fresh, sqlite3_column_text(s, 3));
        g_array_append_val(known, one);
    }
    return known;
}

static guint count_bearers(const GArray *known, guint32 uidvalidity)
{
    guint count = 0;
    for (guint i = 0; i < known->len; i++)
        count += g_array_index(known, Known, i).uidvalidity == uidvalidity;
    return count;
}

static const StoreMailbox *find_successor(const Known *absent, GHashTable *fresh)
{
    const StoreMailbox *found = NULL;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, fresh);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const StoreMailbox *mailbox = value;
        if (mailbox->uidvalidity != absent->uidvalidity)
            continue;
        if (found != NULL)
            return NULL;
        found = mailbox;
    }
    return found != NULL && found->uidnext >= absent->uidnext ? found : NULL;
}

gboolean mailboxes_follow_renames(StoreWriter *writer, gint64 account_id, const GPtrArray *mailboxes, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GHashTable) fresh = names_of(mailboxes);
    g_autoptr(GArray) known = read_known(writer, account_id, fresh, &failed);
    for (guint i = 0; i < known->len && failed == NULL; i++) {
        const Known *one = &g_array_index(known, Known, i);
        if (!one->absent || one->uidvalidity == 0 || count_bearers(known, one->uidvalidity) != 1)
            continue;
        const StoreMailbox *successor = find_successor(one, fresh);
        if (successor != NULL)
            database_run(writer->db, &failed, "UPDATE mailbox SET name = ?2, wire_name = ?3 WHERE id = ?1", "iss", one->id, successor->name,
                         successor->wire_name);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}
