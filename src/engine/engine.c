#include "config.h"

#include "engine/engine.h"

#include <time.h>

#include "engine/absent.h"
#include "engine/account.h"
#include "engine/core.h"
#include "engine/carry.h"
#include "engine/decisions.h"
#include "engine/filter_arrivals.h"
#include "engine/housekeeping.h"
#include "engine/indexing.h"
#include "engine/pins.h"
#include "engine/server_search.h"
#include "engine/spool.h"
#include "engine/submission.h"
#include "engine/unsubscribe.h"
#include "engine/views.h"
#include "engine/wire_log.h"
#include "net/tls.h"
#include "net/watch.h"

#define DEFAULT_FIRST_WINDOW 50
#define DEFAULT_ANSWER_MS 45000
#define DEFAULT_BODY_CACHE (256u << 20)
#define LEAVE_MS 15000

G_DEFINE_QUARK(malle-engine-error-quark, engine_error)

/* With a network that is there again nobody waits for the next try; without one, what does not answer soon is gone. */
static void network_changed(gboolean has_network, gpointer user)
{
    Engine *engine = user;
    for (guint i = 0; i < engine->accounts->len; i++) {
        EngineAccount *account = g_ptr_array_index(engine->accounts, i);
        engine_account_doubt_link(account);
        if (!has_network)
            engine_account_tell(account);
    }
}

/* What is wrong in the file is said, and the rest of it is used. */
static void load_filters(Engine *engine, const char *path, const GPtrArray *accounts)
{
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(Filters) filters = path != NULL ? filters_load(path, accounts, problems) : NULL;
    for (guint i = 0; i < problems->len; i++) {
        g_autofree char *words = config_problem_format(g_ptr_array_index(problems, i));
        engine_tell_notice(engine, 0, words);
    }
    if (filters != NULL && filters_count(filters) > 0)
        engine->filtering = filter_arrivals_new(engine, g_steal_pointer(&filters));
}

Engine *engine_new(const EngineOptions *options, const GPtrArray *accounts, EngineListener listener, gpointer user_data,
                   GError **error)
{
    g_autoptr(StoreWriter) writer = store_writer_open(options->store_path, error);
    if (writer == NULL)
        return NULL;
    g_autoptr(StoreReader) reader = store_reader_open(options->store_path, error);
    if (reader == NULL)
        return NULL;
    WireLog *wire_log = NULL;
    if (options->wire_log_path != NULL && (wire_log = wire_log_open(options->wire_log_path, error)) == NULL)
        return NULL;

    Engine *engine = g_new0(Engine, 1);
    engine->context = g_main_context_new();
    engine->loop = g_main_loop_new(engine->context, FALSE);
    engine->writer = g_steal_pointer(&writer);
    engine->reader = g_steal_pointer(&reader);
    engine->listener = listener;
    engine->listener_data = user_data;
    engine->online = !options->offline;
    engine->answer_ms = options->answer_ms > 0 ? options->answer_ms : DEFAULT_ANSWER_MS;
    engine->first_window = options->first_window > 0 ? options->first_window : DEFAULT_FIRST_WINDOW;
    engine->body_cache_bytes = options->body_cache_bytes > 0 ? options->body_cache_bytes : DEFAULT_BODY_CACHE;
    engine->text_preference = g_strdup(options->text_preference);
    engine->only_when_asked = options->only_when_asked;
    engine->wire_log = wire_log;
    engine->tls = tls_context_new();
    engine->pins = pins_open(options->pins_path);
    engine->decisions = decisions_table_new();
    engine->carries = carries_table_new();
    engine->fills = views_table_new();
    engine->server_searches = g_ptr_array_new_with_free_func(server_search_free);
    engine->accounts = g_ptr_array_new_with_free_func((GDestroyNotify) engine_account_free);

    for (guint i = 0; i < accounts->len; i++) {
        EngineAccount *account = engine_account_new(engine, g_ptr_array_index(accounts, i), error);
        if (account == NULL) {
            engine_stop(engine);
            return NULL;
        }
        g_ptr_array_add(engine->accounts, account);
    }
    engine->spool = spool_open(engine);
    load_filters(engine, options->filters_path, accounts);
    engine->housekeeping = housekeeping_start(engine);
    engine->network = net_watch_new(network_changed, engine);
    if (engine->network != NULL)
        g_source_attach(engine->network, engine->context);
    for (guint i = 0; i < engine->accounts->len; i++)
        engine_account_start(g_ptr_array_index(engine->accounts, i));
    return engine;
}

static gpointer engine_thread(gpointer data)
{
    Engine *engine = data;
    g_main_context_push_thread_default(engine->context);
    g_main_loop_run(engine->loop);
    g_main_context_pop_thread_default(engine->context);
    return NULL;
}

void engine_start(Engine *engine)
{
    engine->thread = g_thread_new("engine", engine_thread, engine);
}

void engine_run_here(Engine *engine, gboolean *done)
{
    g_main_context_push_thread_default(engine->context);
    while (done == NULL || !*done)
        g_main_context_iteration(engine->context, TRUE);
    g_main_context_pop_thread_default(engine->context);
}

GMainContext *engine_context(Engine *engine)
{
    return engine->context;
}

static void quit_loop(Engine *engine, gpointer data)
{
    (void) data;
    for (guint i = 0; i < engine->accounts->len; i++)
        engine_account_leave(g_ptr_array_index(engine->accounts, i));
    g_main_loop_quit(engine->loop);
}

static gboolean is_over(gpointer data)
{
    *(gboolean *) data = TRUE;
    return G_SOURCE_REMOVE;
}

/* A letter that has left and is not answered would be one of which nobody knows whether it went: worth waiting for a little. */
static void wait_for_letters(Engine *engine)
{
    gboolean over = FALSE, owed = TRUE;
    GSource *deadline = engine_timer(engine, LEAVE_MS, is_over, &over);
    while (owed && !over) {
        owed = FALSE;
        for (guint i = 0; i < engine->accounts->len; i++)
            owed = submission_queue_leave(((EngineAccount *) g_ptr_array_index(engine->accounts, i))->submission) || owed;
        if (owed)
            g_main_context_iteration(engine->context, TRUE);
    }
    engine_clear_source(&deadline);
}

void engine_stop(Engine *engine)
{
    if (engine == NULL)
        return;
    if (engine->thread != NULL) {
        engine_post(engine, ENGINE_PRIORITY_INTENT, quit_loop, NULL, NULL);
        g_thread_join(engine->thread);
    }
    /* From here on there is one thread. Sources die before what they point at. */
    g_main_context_push_thread_default(engine->context);
    wait_for_letters(engine);
    engine->stopping = TRUE; /* ending links still put into the store what they heard */
    g_clear_pointer(&engine->spool, spool_close);
    engine_clear_source(&engine->housekeeping);
    engine_clear_source(&engine->network);
    engine_clear_source(&engine->indexing);
    if (engine->only_when_asked && engine->accounts != NULL)
        indexing_finish(engine);
    g_clear_pointer(&engine->server_searches, g_ptr_array_unref);
    g_clear_pointer(&engine->fills, g_ptr_array_unref);
    g_clear_pointer(&engine->filtering, filter_arrivals_free);
    g_clear_pointer(&engine->unsubscribing, unsubscribe_stop_all);
    g_clear_pointer(&engine->accounts, g_ptr_array_unref);
    while (g_main_context_iteration(engine->context, FALSE))
        ; /* lets cancelled GIO operations report and be freed */
    g_main_context_pop_thread_default(engine->context);
    g_hash_table_unref(engine->decisions);
    g_hash_table_unref(engine->carries);
    absent_fills_free(engine->absent_fills);
    pins_close(engine->pins);
    tls_context_unref(engine->tls);
    wire_log_close(engine->wire_log);
    store_reader_close(engine->reader);
    store_writer_close(engine->writer);
    g_main_loop_unref(engine->loop);
    g_main_context_unref(engine->context);
    g_free(engine->total.action);
    g_free(engine->text_preference);
    g_free(engine);
}

EngineAccount *engine_account_by_id(Engine *engine, gint64 account_id)
{
    for (guint i = 0; engine->accounts != NULL && i < engine->accounts->len; i++) {
        EngineAccount *account = g_ptr_array_index(engine->accounts, i);
        if (account->id == account_id)
            return account;
    }
    return NULL;
}

EngineAccount *engine_account_of_mailbox(Engine *engine, gint64 mailbox_id)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(engine->reader, mailbox_id);
    return mailbox != NULL ? engine_account_by_id(engine, mailbox->account_id) : NULL;
}
