#include "config.h"

#include "store/reader-private.h"
#include "store/store-private.h"

gint64 store_writer_put_account(StoreWriter *writer, const char *name, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return 0;
    GError *failed = NULL;
    gint64 id = 0;
    if (database_run(writer->db, &failed, "INSERT OR IGNORE INTO account (name) VALUES (?)", "s", name))
        id = database_int(writer->db, &failed, 0, "SELECT id FROM account WHERE name = ?", "s", name);
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error) ? id : 0;
}

gboolean store_writer_set_account(StoreWriter *writer, const StoreAccount *account, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(
        writer->db, error,
        "UPDATE account SET capabilities = ?2, delimiter = ?3, prefix = ?4, server = ?5 WHERE id = ?1", "issss",
        account->id, account->capabilities, account->delimiter, account->prefix != NULL ? account->prefix : "",
        account->server);
    if (ok && database_changes(writer->db) == 0)
        ok = store_no_such(error, "account", account->id);
    return store_end(writer, ok, error);
}

#define ACCOUNT_COLUMNS "id, name, capabilities, delimiter, prefix, server"

static StoreAccount *account_from_row(sqlite3_stmt *s)
{
    StoreAccount *account = g_new0(StoreAccount, 1);
    account->id = column_int(s, 0);
    account->name = column_text(s, 1);
    account->capabilities = column_text(s, 2);
    account->delimiter = column_text(s, 3);
    account->prefix = column_text(s, 4);
    account->server = column_text(s, 5);
    return account;
}

GPtrArray *store_reader_accounts(StoreReader *reader)
{
    GPtrArray *accounts = g_ptr_array_new_with_free_func((GDestroyNotify) store_account_free);
    sqlite3_stmt *s =
        database_query(reader->db, NULL, "SELECT " ACCOUNT_COLUMNS " FROM account ORDER BY id", "");
    while (s != NULL && database_step(reader->db, s, NULL))
        g_ptr_array_add(accounts, account_from_row(s));
    return accounts;
}

StoreAccount *store_reader_account_by_name(StoreReader *reader, const char *name)
{
    sqlite3_stmt *s =
        database_query(reader->db, NULL, "SELECT " ACCOUNT_COLUMNS " FROM account WHERE name = ?", "s", name);
    if (s == NULL || !database_step(reader->db, s, NULL))
        return NULL;
    StoreAccount *account = account_from_row(s);
    database_done(s);
    return account;
}
