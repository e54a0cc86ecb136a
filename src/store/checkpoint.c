#include "config.h"

#include "store/checkpoint.h"

/* A checkpoint needs no cache: it copies pages from file to file. */
#define CHECKPOINT_CACHE_KIB 64

struct Checkpointer {
    char *path;
    GMutex lock;        /* one run at a time, and the guard of the connection */
    Database *database; /* opened by the first run */
    GThreadPool *pool;  /* one thread at most, made when first poked */
    gint poked;
};

static void run_in_pool(gpointer data, gpointer user_data)
{
    (void) data;
    Checkpointer *checkpointer = user_data;
    g_atomic_int_set(&checkpointer->poked, 0);
    g_autoptr(GError) error = NULL;
    if (!checkpointer_run(checkpointer, &error))
        g_debug("store: checkpoint: %s", error->message);
}

Checkpointer *checkpointer_new(const char *path)
{
    Checkpointer *checkpointer = g_new0(Checkpointer, 1);
    checkpointer->path = g_strdup(path);
    g_mutex_init(&checkpointer->lock);
    return checkpointer;
}

void checkpointer_free(Checkpointer *checkpointer)
{
    if (checkpointer == NULL)
        return;
    if (checkpointer->pool != NULL)
        g_thread_pool_free(checkpointer->pool, TRUE, TRUE);
    database_close(checkpointer->database);
    g_mutex_clear(&checkpointer->lock);
    g_free(checkpointer->path);
    g_free(checkpointer);
}

void checkpointer_poke(Checkpointer *checkpointer)
{
    if (checkpointer == NULL || !g_atomic_int_compare_and_exchange(&checkpointer->poked, 0, 1))
        return;
    if (checkpointer->pool == NULL)
        checkpointer->pool = g_thread_pool_new(run_in_pool, checkpointer, 1, FALSE, NULL);
    g_thread_pool_push(checkpointer->pool, checkpointer, NULL);
}

gboolean checkpointer_run(Checkpointer *checkpointer, GError **error)
{
    g_mutex_lock(&checkpointer->lock);
    gboolean ok = TRUE;
    if (checkpointer->database == NULL)
        checkpointer->database =
            database_open(checkpointer->path, DATABASE_READ, CHECKPOINT_CACHE_KIB, error);
    if (checkpointer->database == NULL) {
        ok = FALSE;
    } else {
        sqlite3 *handle = database_handle(checkpointer->database);
        sqlite3_exec(handle, "PRAGMA query_only = OFF", NULL, NULL, NULL);
        /* Passive: waits for nobody. What a reader still needs stays in the log for the next time. */
        int result = sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        ok = result == SQLITE_OK || result == SQLITE_BUSY || database_fail(checkpointer->database, error);
    }
    g_mutex_unlock(&checkpointer->lock);
    return ok;
}
