#include "config.h"

#include "engine/housekeeping.h"

#include <time.h>

#include "engine/account.h"
#include "engine/spool.h"

#define TICK_MS 10000
#define SLEPT_US (5 * G_USEC_PER_SEC)
#define TICKS_PER_EVICTION 30

typedef struct {
    Engine *engine;
    gint64 boottime, monotonic;
    guint ticks;
} Housekeeping;

static gint64 read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gboolean housekeeping_slept(gint64 boottime_then, gint64 monotonic_then, gint64 boottime_now, gint64 monotonic_now)
{
    return (boottime_now - boottime_then) - (monotonic_now - monotonic_then) > SLEPT_US;
}

void housekeeping_evict(Engine *engine)
{
    g_autoptr(GError) error = NULL;
    if (!store_writer_evict(engine->writer, engine->body_cache_bytes, NULL, &error))
        g_warning("the body cache could not be made smaller: %s", error->message);
}

static gboolean tick(gpointer data)
{
    Housekeeping *keeping = data;
    Engine *engine = keeping->engine;
    gint64 boottime = read_clock(CLOCK_BOOTTIME), monotonic = read_clock(CLOCK_MONOTONIC);
    gboolean slept = housekeeping_slept(keeping->boottime, keeping->monotonic, boottime, monotonic);
    keeping->boottime = boottime;
    keeping->monotonic = monotonic;

    for (guint i = 0; i < engine->accounts->len; i++) {
        EngineAccount *account = g_ptr_array_index(engine->accounts, i);
        if (slept)
            engine_account_doubt_link(account);
        engine_account_poll_if_due(account);
    }
    if (++keeping->ticks % TICKS_PER_EVICTION == 0)
        housekeeping_evict(engine);
    spool_take(engine->spool);
    store_writer_checkpoint(engine->writer, NULL);
    return G_SOURCE_CONTINUE;
}

GSource *housekeeping_start(Engine *engine)
{
    Housekeeping *keeping = g_new0(Housekeeping, 1);
    keeping->engine = engine;
    keeping->boottime = read_clock(CLOCK_BOOTTIME);
    keeping->monotonic = read_clock(CLOCK_MONOTONIC);
    GSource *source = g_timeout_source_new(TICK_MS);
    g_source_set_priority(source, ENGINE_PRIORITY_IDLE);
    g_source_set_callback(source, tick, keeping, g_free);
    g_source_attach(source, engine->context);
    return source;
}
