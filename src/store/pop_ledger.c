#include "config.h"

#include "store/pop_ledger.h"

#include "store/reader-private.h"
#include "store/store-private.h"

#define COLUMNS                                                                                                       \
    "id, account_id, uidl, copy, place, size, first_seen, maildir, name, octets, sha256, header_sha256, stored, verified," \
    " due, decided, gone, words"

static PopLetter *letter_from_row(sqlite3_stmt *s)
{
    PopLetter *letter = g_new0(PopLetter, 1);
    letter->id = column_int(s, 0);
    letter->account_id = column_int(s, 1);
    letter->uidl = column_text(s, 2);
    letter->copy = (PopCopy) column_int(s, 3);
    letter->place = (PopPlace) column_int(s, 4);
    letter->size = (guint64) column_int(s, 5);
    letter->first_seen = column_int(s, 6);
    letter->maildir = column_text(s, 7);
    letter->name = column_text(s, 8);
    letter->octets = (guint64) column_int(s, 9);
    letter->sha256 = column_text(s, 10);
    letter->header_sha256 = column_text(s, 11);
    letter->stored = column_int(s, 12);
    letter->verified = column_int(s, 13);
    letter->due = column_int(s, 14);
    letter->decided = column_int(s, 15);
    letter->gone = column_int(s, 16);
    letter->words = column_text(s, 17);
    return letter;
}

/* --- writing ---------------------------------------------------------------------------------------------- */

static gboolean insert(StoreWriter *writer, PopLetter *letter, GError **error)
{
    if (!database_run(writer->db, error, "INSERT INTO pop_letter (account_id, uidl, size, first_seen, name) VALUES (?1, ?2, ?3, ?4, ?5)", "isiis",
                      letter->account_id, letter->uidl, (gint64) MIN(letter->size, (guint64) G_MAXINT64), letter->first_seen, letter->name))
        return FALSE;
    letter->id = database_last_id(writer->db);
    return TRUE;
}

static gboolean update(StoreWriter *writer, const PopLetter *letter, GError **error)
{
    if (!database_run(writer->db, error,
                      "UPDATE pop_letter SET uidl = ?2, copy = ?3, place = ?4, size = ?5, first_seen = ?6, maildir = ?7, name = ?8, octets = ?9,"
                      " sha256 = ?10, header_sha256 = ?11, stored = ?12, verified = ?13, due = ?14, decided = ?15, gone = ?16, words = ?17"
                      " WHERE id = ?1",
                      "isiiiississiiiiis", letter->id, letter->uidl, (gint64) letter->copy, (gint64) letter->place,
                      (gint64) MIN(letter->size, (guint64) G_MAXINT64), letter->first_seen, letter->maildir, letter->name, (gint64) letter->octets,
                      letter->sha256, letter->header_sha256, letter->stored, letter->verified, letter->due, letter->decided, letter->gone,
                      letter->words))
        return FALSE;
    return database_changes(writer->db) > 0 || store_no_such(error, "letter of the ledger", letter->id);
}

gboolean pop_ledger_add(StoreWriter *writer, PopLetter *const *letters, guint count, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = TRUE;
    for (guint i = 0; ok && i < count; i++)
        ok = insert(writer, letters[i], error) && update(writer, letters[i], error);
    return store_end(writer, ok, error);
}

gboolean pop_ledger_write(StoreWriter *writer, PopLetter *const *letters, guint count, gboolean durable, GError **error)
{
    if (!store_begin(writer, durable, error))
        return FALSE;
    gboolean ok = TRUE;
    for (guint i = 0; ok && i < count; i++)
        ok = update(writer, letters[i], error);
    return store_end(writer, ok, error);
}

gboolean pop_ledger_forget(StoreWriter *writer, gint64 account_id, gint64 then, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error, "DELETE FROM pop_letter WHERE account_id = ?1 AND place >= 2 AND gone < ?2", "ii", account_id, then);
    return store_end(writer, ok, error);
}

/* --- reading ---------------------------------------------------------------------------------------------- */

static GPtrArray *collect(Database *db, sqlite3_stmt *s, GError **error)
{
    g_autoptr(GPtrArray) letters = g_ptr_array_new_with_free_func((GDestroyNotify) pop_letter_free);
    GError *failed = NULL;
    if (s == NULL)
        return NULL;
    while (database_step(db, s, &failed))
        g_ptr_array_add(letters, letter_from_row(s));
    if (failed == NULL)
        return g_steal_pointer(&letters);
    g_propagate_error(error, failed);
    return NULL;
}

static PopLetter *only(Database *db, sqlite3_stmt *s)
{
    if (s == NULL || !database_step(db, s, NULL))
        return NULL;
    PopLetter *letter = letter_from_row(s);
    database_done(s);
    return letter;
}

GPtrArray *pop_ledger_there(StoreWriter *writer, gint64 account_id, gint64 after_id, guint limit, GError **error)
{
    return collect(writer->db,
                   database_query(writer->db, error,
                                  "SELECT " COLUMNS " FROM pop_letter WHERE account_id = ?1 AND place < 2 AND id > ?2 ORDER BY id LIMIT ?3",
                                  "iii", account_id, after_id, (gint64) limit),
                   error);
}

PopLetter *pop_ledger_departed(StoreWriter *writer, gint64 account_id, const char *uidl)
{
    return only(writer->db,
                database_query(writer->db, NULL,
                               "SELECT " COLUMNS " FROM pop_letter WHERE account_id = ?1 AND uidl = ?2 AND place >= 2 ORDER BY id DESC LIMIT 1",
                               "is", account_id, uidl));
}

PopLetter *pop_ledger_by_name(StoreWriter *writer, const char *name)
{
    return only(writer->db,
                database_query(writer->db, NULL, "SELECT " COLUMNS " FROM pop_letter WHERE name = ? ORDER BY id DESC LIMIT 1", "s", name));
}

PopLetter *pop_ledger_by_id(StoreWriter *writer, gint64 id)
{
    return only(writer->db, database_query(writer->db, NULL, "SELECT " COLUMNS " FROM pop_letter WHERE id = ?", "i", id));
}

gboolean pop_ledger_is_empty(StoreWriter *writer, gint64 account_id)
{
    return database_int(writer->db, NULL, 0, "SELECT 1 FROM pop_letter WHERE account_id = ? LIMIT 1", "i", account_id) == 0;
}

GPtrArray *store_reader_pop_letters(StoreReader *reader, gint64 account_id, gint64 after_id, guint limit)
{
    GPtrArray *letters =
        collect(reader->db,
                database_query(reader->db, NULL, "SELECT " COLUMNS " FROM pop_letter WHERE account_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
                               "iii", account_id, after_id, (gint64) limit),
                NULL);
    return letters != NULL ? letters : g_ptr_array_new();
}

/* --- the server's rules ------------------------------------------------------------------------------------- */

PopServerFacts pop_ledger_server(StoreWriter *writer, gint64 account_id)
{
    PopServerFacts facts = { .expire_days = -1 };
    sqlite3_stmt *s =
        database_query(writer->db, NULL, "SELECT last_login, login_delay, expire_days FROM pop_server WHERE account_id = ?", "i", account_id);
    if (s != NULL && database_step(writer->db, s, NULL)) {
        facts.last_login = column_int(s, 0);
        facts.login_delay = (guint) column_int(s, 1);
        facts.expire_days = (int) column_int(s, 2);
        database_done(s);
    }
    return facts;
}

gboolean pop_ledger_set_server(StoreWriter *writer, gint64 account_id, const PopServerFacts *facts, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error,
                               "INSERT INTO pop_server (account_id, last_login, login_delay, expire_days) VALUES (?1, ?2, ?3, ?4)"
                               " ON CONFLICT (account_id) DO UPDATE SET last_login = ?2, login_delay = ?3, expire_days = ?4",
                               "iiii", account_id, facts->last_login, (gint64) facts->login_delay, (gint64) facts->expire_days);
    return store_end(writer, ok, error);
}
