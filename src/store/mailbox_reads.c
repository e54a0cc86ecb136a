/* Mailboxes as the sidebar shows them. */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "store/mailbox_names.h"
#include "store/reader-private.h"
#include "store/store-private.h"

typedef struct {
    StoreMailbox *mailbox;
    char *key;
} Sorted;

static StoreMailbox *read_one(StoreReader *reader, sqlite3_stmt *s)
{
    if (s == NULL || !database_step(reader->db, s, NULL))
        return NULL;
    StoreMailbox *mailbox = mailbox_from_row(s);
    database_done(s);
    return mailbox;
}

StoreMailbox *store_reader_mailbox(StoreReader *reader, gint64 mailbox_id)
{
    return read_one(reader, database_query(reader->db, NULL,
                                           "SELECT " STORE_MAILBOX_COLUMNS " FROM mailbox WHERE id = ?", "i",
                                           mailbox_id));
}

char *store_reader_short_name(StoreReader *reader, gint64 account_id, const char *name)
{
    g_autofree char *prefix = database_text(reader->db, NULL, "SELECT prefix FROM account WHERE id = ?", "i", account_id);
    return mailbox_name_short(prefix, name);
}

static StoreMailbox *called(StoreReader *reader, gint64 account_id, const char *name)
{
    /* INBOX is the one name whose case does not matter (RFC 9051 §5.1). */
    return read_one(
        reader, database_query(
                    reader->db, NULL,
                    "SELECT " STORE_MAILBOX_COLUMNS " FROM mailbox WHERE account_id = ?1 AND shown_gone = 0"
                    " AND (shown_name = ?2 OR (upper(?2) = 'INBOX' AND upper(shown_name) = 'INBOX')) LIMIT 1",
                    "is", account_id, name));
}

StoreMailbox *store_reader_mailbox_by_name(StoreReader *reader, gint64 account_id, const char *name)
{
    StoreMailbox *found = called(reader, account_id, name);
    if (found != NULL)
        return found;
    g_autofree char *rest = store_reader_short_name(reader, account_id, name);
    return called(reader, account_id, rest);
}

gboolean store_reader_is_called(StoreReader *reader, const StoreMailbox *mailbox, const char *name)
{
    g_autoptr(StoreMailbox) found = store_reader_mailbox_by_name(reader, mailbox->account_id, name);
    return found != NULL && found->id == mailbox->id;
}

StoreMailbox *store_reader_mailbox_by_wire_name(StoreReader *reader, gint64 account_id, const char *wire_name)
{
    return read_one(reader, database_query(reader->db, NULL,
                                           "SELECT " STORE_MAILBOX_COLUMNS
                                           " FROM mailbox WHERE account_id = ?1 AND wire_name = ?2",
                                           "is", account_id, wire_name));
}

StoreMailbox *store_reader_mailbox_by_role(StoreReader *reader, gint64 account_id, MailboxRole role)
{
    return read_one(
        reader,
        database_query(
            reader->db, NULL,
            "SELECT " STORE_MAILBOX_COLUMNS
            " FROM mailbox WHERE account_id = ?1 AND role = ?2 AND shown_gone = 0 ORDER BY id LIMIT 1",
            "ii", account_id, (gint64) role));
}

/* One step of the tree: mailboxes with a role come first, in the order of the roles, then the others by name.
 */
static void append_level(GString *key, GHashTable *roles, const char *name, gsize length, gsize from)
{
    g_autofree char *prefix = g_strndup(name, length);
    g_autofree char *word = text_sort_key(prefix + from, -1);
    guint role = GPOINTER_TO_UINT(g_hash_table_lookup(roles, prefix));
    g_string_append_c(key, (char) ('A' + (role == MAILBOX_ROLE_NONE ? 25 : role)));
    g_string_append(key, word);
    g_string_append_c(key, '\001');
}

static char *tree_key(const StoreMailbox *mailbox, GHashTable *roles)
{
    GString *key = g_string_new(NULL);
    const char *name = mailbox->name;
    gsize from = 0;
    for (gsize i = 0; name[i] != '\0'; i++) {
        if (mailbox->delimiter == '\0' || name[i] != mailbox->delimiter)
            continue;
        append_level(key, roles, name, i, from);
        from = i + 1;
    }
    append_level(key, roles, name, strlen(name), from);
    return g_string_free(key, FALSE);
}

static int compare_sorted(gconstpointer a, gconstpointer b)
{
    const Sorted *left = a, *right = b;
    int order = strcmp(left->key, right->key);
    return order != 0 ? order : strcmp(left->mailbox->name, right->mailbox->name);
}

GPtrArray *store_reader_mailboxes(StoreReader *reader, gint64 account_id)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(Sorted));
    g_autoptr(GHashTable) roles = g_hash_table_new(g_str_hash, g_str_equal);
    sqlite3_stmt *s = database_query(reader->db, NULL,
                                     "SELECT " STORE_MAILBOX_COLUMNS
                                     " FROM mailbox WHERE account_id = ? AND shown_gone = 0",
                                     "i", account_id);
    while (s != NULL && database_step(reader->db, s, NULL)) {
        Sorted one = { mailbox_from_row(s), NULL };
        g_hash_table_insert(roles, one.mailbox->name, GUINT_TO_POINTER(one.mailbox->role));
        g_array_append_val(sorted, one);
    }
    for (guint i = 0; i < sorted->len; i++) {
        Sorted *one = &g_array_index(sorted, Sorted, i);
        one->key = tree_key(one->mailbox, roles);
    }
    g_array_sort(sorted, compare_sorted);
    GPtrArray *mailboxes = g_ptr_array_new_with_free_func((GDestroyNotify) store_mailbox_free);
    for (guint i = 0; i < sorted->len; i++) {
        g_ptr_array_add(mailboxes, g_array_index(sorted, Sorted, i).mailbox);
        g_free(g_array_index(sorted, Sorted, i).key);
    }
    return mailboxes;
}
