#include "config.h"

#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "store/writer.h"

/* A repaint or a commit of the other connection may hold a lock for moments only; whoever waits longer met a
 * second writer, which the lock beside the file should have kept out. */
#define BUSY_MS 2000

struct Database {
    sqlite3 *handle;
    char *path;
    GHashTable *statements; /* SQL text -> sqlite3_stmt* */
    GHashTable *literals;   /* address of a literal -> the same statements: no text to hash where it is hot */
    guint64 rows;
    guint64 work;
};

static void finalize(gpointer statement)
{
    sqlite3_finalize(statement);
}

G_DEFINE_QUARK(malle - store - error, store_error)

static StoreErrorCode code_for(sqlite3 *handle, int result)
{
    switch (result & 0xff) {
    case SQLITE_FULL:
        return STORE_ERROR_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return STORE_ERROR_DAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STORE_ERROR_BUSY;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return STORE_ERROR_OPEN;
    case SQLITE_IOERR: {
        int system = handle != NULL ? sqlite3_system_errno(handle) : 0;
        return system == ENOSPC || system == EDQUOT ? STORE_ERROR_FULL : STORE_ERROR_SQL;
    }
    default:
        return STORE_ERROR_SQL;
    }
}

gboolean database_fail(Database *database, GError **error)
{
    sqlite3 *handle = database->handle;
    StoreErrorCode code = code_for(handle, sqlite3_extended_errcode(handle));
    const char *words = sqlite3_errmsg(handle);
    switch (code) {
    case STORE_ERROR_FULL:
        g_set_error(error, STORE_ERROR, code,
                    _("No room left on the disk that holds %s. Nothing that was already kept is lost; "
                      "make room and try again."),
                    database->path);
        break;
    case STORE_ERROR_DAMAGED:
        g_set_error(
            error, STORE_ERROR, code,
            _("The store %s is damaged (%s). Decisions not yet sent are also kept in journal.log beside it; "
              "“malle doctor --store” puts the store aside and makes a new one with them."),
            database->path, words);
        break;
    case STORE_ERROR_BUSY:
        g_set_error(error, STORE_ERROR, code, _("The store %s is in use by another program (%s)."),
                    database->path, words);
        break;
    case STORE_ERROR_OPEN:
        g_set_error(error, STORE_ERROR, code, _("Cannot open the store %s: %s"), database->path, words);
        break;
    default:
        g_set_error(error, STORE_ERROR, code, _("The store %s could not be used: %s"), database->path, words);
    }
    return FALSE;
}

/* SQLite gives the write-ahead log and its index the mode of the database, so the file is made here, before
 * SQLite would make it with whatever the umask leaves. */
static gboolean make_file(const char *path, GError **error)
{
    int fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || fchmod(fd, 0600) < 0) {
        int failure = errno;
        g_set_error(error, STORE_ERROR, failure == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_OPEN,
                    _("Cannot open the store %s: %s"), path, g_strerror(failure));
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    close(fd);
    return TRUE;
}

static gboolean set_up(Database *database, DatabaseMode mode, guint cache_kib, GError **error)
{
    sqlite3_busy_timeout(database->handle, BUSY_MS);
    sqlite3_extended_result_codes(database->handle, 1);
    sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /* No mmap: its pages would count as resident without bound. Temporary tables stay in memory, so that no
     * text of a mail lands in a file outside the store's directory. */
    g_autofree char *pragmas =
        g_strdup_printf("PRAGMA page_size = %d; PRAGMA cache_size = -%u; PRAGMA mmap_size = 0; PRAGMA "
                        "temp_store = MEMORY; PRAGMA foreign_keys = OFF;"
                        "PRAGMA trusted_schema = OFF;%s",
                        STORE_PAGE_BYTES, cache_kib, mode == DATABASE_READ ? "PRAGMA query_only = ON;" : "");
    return database_script(database, pragmas, error);
}

Database *database_open(const char *path, DatabaseMode mode, guint cache_kib, GError **error)
{
    if (mode == DATABASE_WRITE && !make_file(path, error))
        return NULL;
    g_autoptr(Database) database = g_new0(Database, 1);
    database->path = g_strdup(path);
    database->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize);
    database->literals = g_hash_table_new(g_direct_hash, g_direct_equal);
    /* A read-only handle could not make the shared index of the write-ahead log; query_only does what is
     * meant. */
    int result = sqlite3_open_v2(path, &database->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (database->handle == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, _("Cannot open the store %s: %s"), path,
                    sqlite3_errstr(result));
        return NULL;
    }
    if (result != SQLITE_OK) {
        database_fail(database, error);
        return NULL;
    }
    if (!set_up(database, mode, cache_kib, error))
        return NULL;
    return g_steal_pointer(&database);
}

void database_close(Database *database)
{
    if (database == NULL)
        return;
    g_hash_table_destroy(database->literals);
    g_hash_table_destroy(database->statements);
    sqlite3_close(database->handle);
    g_free(database->path);
    g_free(database);
}

sqlite3 *database_handle(Database *database)
{
    return database->handle;
}

guint64 database_rows(const Database *database)
{
    return database->rows;
}

guint64 database_work(Database *database)
{
    GHashTableIter iter;
    gpointer statement;
    guint64 work = database->work;
    g_hash_table_iter_init(&iter, database->statements);
    while (g_hash_table_iter_next(&iter, NULL, &statement))
        work += (guint) sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0);
    return work;
}

sqlite3_stmt *database_prepare(Database *database, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(database->statements, sql);
    if (statement != NULL) {
        sqlite3_reset(statement);
        return statement;
    }
    if (sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK) {
        database_fail(database, error);
        return NULL;
    }
    g_hash_table_insert(database->statements, g_strdup(sql), statement);
    return statement;
}

static sqlite3_stmt *prepare_literal(Database *database, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(database->literals, sql);
    if (statement != NULL) {
        sqlite3_reset(statement);
        return statement;
    }
    statement = database_prepare(database, sql, error);
    if (statement != NULL)
        g_hash_table_insert(database->literals, (gpointer) sql, statement);
    return statement;
}

static sqlite3_stmt *bind(Database *database, GError **error, const char *sql, const char *format,
                          va_list arguments)
{
    sqlite3_stmt *statement = prepare_literal(database, sql, error);
    if (statement == NULL)
        return NULL;
    int result = SQLITE_OK;
    for (int i = 1; *format != '\0' && result == SQLITE_OK; format++, i++) {
        switch (*format) {
        case 'i':
            result = sqlite3_bind_int64(statement, i, va_arg(arguments, gint64));
            break;
        case 's':
            result = sqlite3_bind_text(statement, i, va_arg(arguments, const char *), -1, SQLITE_STATIC);
            break;
        case 'b': {
            const void *bytes = va_arg(arguments, const void *);
            gint64 length = va_arg(arguments, gint64);
            result = sqlite3_bind_blob64(statement, i, bytes, (guint64) length, SQLITE_STATIC);
            break;
        }
        case 'n':
            result = sqlite3_bind_null(statement, i);
            break;
        default:
            g_assert_not_reached();
        }
    }
    if (result != SQLITE_OK) {
        database_fail(database, error);
        return NULL;
    }
    return statement;
}

sqlite3_stmt *database_query(Database *database, GError **error, const char *sql, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sqlite3_stmt *statement = bind(database, error, sql, format, arguments);
    va_end(arguments);
    return statement;
}

gboolean database_step(Database *database, sqlite3_stmt *statement, GError **error)
{
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        database->rows++;
        return TRUE;
    }
    if (result != SQLITE_DONE)
        database_fail(database, error);
    sqlite3_reset(statement);
    return FALSE;
}

void database_done(sqlite3_stmt *statement)
{
    if (statement != NULL)
        sqlite3_reset(statement);
}

gboolean database_run(Database *database, GError **error, const char *sql, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sqlite3_stmt *statement = bind(database, error, sql, format, arguments);
    va_end(arguments);
    if (statement == NULL)
        return FALSE;
    int result = sqlite3_step(statement);
    if (result != SQLITE_DONE && result != SQLITE_ROW) {
        database_fail(database, error);
        sqlite3_reset(statement);
        return FALSE;
    }
    sqlite3_reset(statement);
    return TRUE;
}

gint64 database_int(Database *database, GError **error, gint64 otherwise, const char *sql, const char *format,
                    ...)
{
    va_list arguments;
    va_start(arguments, format);
    sqlite3_stmt *statement = bind(database, error, sql, format, arguments);
    va_end(arguments);
    if (statement == NULL || !database_step(database, statement, error))
        return otherwise;
    gint64 value = sqlite3_column_type(statement, 0) == SQLITE_NULL ? otherwise : column_int(statement, 0);
    sqlite3_reset(statement);
    return value;
}

char *database_text(Database *database, GError **error, const char *sql, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sqlite3_stmt *statement = bind(database, error, sql, format, arguments);
    va_end(arguments);
    if (statement == NULL || !database_step(database, statement, error))
        return NULL;
    char *value = column_text(statement, 0);
    sqlite3_reset(statement);
    return value;
}

gboolean database_script(Database *database, const char *sql, GError **error)
{
    return sqlite3_exec(database->handle, sql, NULL, NULL, NULL) == SQLITE_OK ||
           database_fail(database, error);
}

gint64 database_changes(Database *database)
{
    return sqlite3_changes64(database->handle);
}

gint64 database_last_id(Database *database)
{
    return sqlite3_last_insert_rowid(database->handle);
}

char *column_text(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *) sqlite3_column_text(statement, column));
}
