/* One SQLite connection: opening, prepared statements kept for reuse, errors in the store's words. Internal
 * to store/; a Database belongs to one thread.
 *
 * Arguments of the helpers are described by a format, one letter each:
 *   i gint64, s const char* (NULL is SQL NULL), b const void* and gint64 length (NULL is SQL NULL), n nothing
 * (SQL NULL). Texts and blobs are bound without copying: they must outlive the call (for statements that are
 * stepped, the stepping).
 */
#ifndef MALLE_STORE_DATABASE_H
#define MALLE_STORE_DATABASE_H

#include <glib.h>
#include <sqlite3.h>

typedef struct Database Database;

#define STORE_PAGE_BYTES 4096

typedef enum {
    DATABASE_WRITE, /* makes the file (0600) when it is not there */
    DATABASE_READ,  /* STORE_ERROR_OPEN when it is not there; refuses to write */
} DatabaseMode;

Database *database_open(const char *path, DatabaseMode mode, guint cache_kib, GError **error);
void database_close(Database *database); /* NULL is ignored */
sqlite3 *database_handle(Database *database);
/* Rows that statements of this connection have delivered, and steps that SQLite's machine took for it (which
 * also count the rows that it passed over inside). */
guint64 database_rows(const Database *database);
guint64 database_work(Database *database);

/* Sets *error from the connection's last failure; always FALSE. */
gboolean database_fail(Database *database, GError **error);

/* The prepared statement for `sql`, ready for binding. NULL with error. Owned by the database. Not to be used
 * recursively. Everywhere else `sql` must be a literal: it is told by its address. */
sqlite3_stmt *database_prepare(Database *database, const char *sql, GError **error);
/* The same with arguments bound. */
sqlite3_stmt *database_query(Database *database, GError **error, const char *sql, const char *format, ...);
/* TRUE: there is a row. FALSE: none, or error (*error set); the statement is reset either way. */
gboolean database_step(Database *database, sqlite3_stmt *statement, GError **error);
void database_done(sqlite3_stmt *statement); /* reset early; NULL is ignored */

/* Runs a statement that returns nothing. */
gboolean database_run(Database *database, GError **error, const char *sql, const char *format, ...);
/* The first column of the first row, or `otherwise` when there is none (or NULL, or error: *error set). */
gint64 database_int(Database *database, GError **error, gint64 otherwise, const char *sql, const char *format,
                    ...);
char *database_text(Database *database, GError **error, const char *sql, const char *format,
                    ...); /* NULL when none; g_free */
/* Several statements, not kept. */
gboolean database_script(Database *database, const char *sql, GError **error);

/* Statements changed by the last run. */
gint64 database_changes(Database *database);
gint64 database_last_id(Database *database);

/* A column as a new string, or NULL. */
char *column_text(sqlite3_stmt *statement, int column);
#define column_int(statement, column) sqlite3_column_int64(statement, column)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Database, database_close)

#endif
