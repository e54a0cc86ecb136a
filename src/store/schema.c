#include "config.h"

#include "store/schema.h"

#include "base/i18n.h"
#include "store/writer.h"

/* "MALL" in the header of the file (PRAGMA application_id), so that file(1) and we know our own. */
#define APPLICATION_ID 0x4d414c4c

static guint count_steps(const char *const *steps)
{
    guint count = 0;
    while (steps[count] != NULL)
        count++;
    return count;
}

guint schema_version(void)
{
    return count_steps(schema_steps);
}

static gboolean read_version(Database *database, const char *path, guint known, gint64 *version,
                             GError **error)
{
    GError *failed = NULL;
    gint64 application = database_int(database, &failed, 0, "PRAGMA application_id", "");
    if (failed == NULL)
        *version = database_int(database, &failed, 0, "PRAGMA user_version", "");
    gint64 tables =
        failed == NULL ? database_int(database, &failed, 0, "SELECT count(*) FROM sqlite_master", "") : 0;
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if ((application != APPLICATION_ID || *version < 1) && tables > 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED,
                    _("%s is a database, but not one of Malle's. It was left untouched."), path);
        return FALSE;
    }
    if (*version > known) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_NEWER,
                    _("%s was written by a newer Malle (step %d; this one knows %u). It was left untouched: "
                      "use the newer program, or move the file away to start again from the server."),
                    path, (int) *version, known);
        return FALSE;
    }
    return TRUE;
}

static gboolean take_step(Database *database, const char *sql, guint number, GError **error)
{
    g_autofree char *mark = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %u; COMMIT;",
                                            APPLICATION_ID, number);
    if (database_script(database, "BEGIN EXCLUSIVE;", error) && database_script(database, sql, error) &&
        database_script(database, mark, error))
        return TRUE;
    database_script(database, "ROLLBACK;", NULL);
    return FALSE;
}

gboolean schema_migrate(Database *database, const char *path, const char *const *steps, GError **error)
{
    gint64 version = 0;
    guint known = count_steps(steps);
    if (!read_version(database, path, known, &version, error))
        return FALSE;
    for (guint number = (guint) version + 1; number <= known; number++)
        if (!take_step(database, steps[number - 1], number, error))
            return FALSE;
    return TRUE;
}

gboolean schema_check(Database *database, const char *path, GError **error)
{
    gint64 version = 0;
    if (!read_version(database, path, schema_version(), &version, error))
        return FALSE;
    if (version < schema_version()) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, _("%s has not been brought up to date yet."), path);
        return FALSE;
    }
    return TRUE;
}
