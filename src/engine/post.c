/* How work comes down to the engine and how changes go up. */
#include "config.h"

#include "engine/core.h"

#include "engine/filter_arrivals.h"
#include "engine/indexing.h"
#include "engine/muted.h"
#include "engine/spool.h"
#include "engine/views.h"

typedef struct {
    Engine *engine;
    EngineWork work;
    gpointer data;
    GDestroyNotify destroy;
} PostedWork;

static gboolean run_posted(gpointer data)
{
    PostedWork *posted = data;
    /* Work may still wait when the engine stops and lets cancelled operations report: by then there are no accounts. */
    if (posted->engine->accounts != NULL)
        posted->work(posted->engine, posted->data);
    return G_SOURCE_REMOVE;
}

static void free_posted(gpointer data)
{
    PostedWork *posted = data;
    if (posted->destroy != NULL)
        posted->destroy(posted->data);
    g_free(posted);
}

void engine_post(Engine *engine, int priority, EngineWork work, gpointer data, GDestroyNotify destroy)
{
    PostedWork *posted = g_new(PostedWork, 1);
    *posted = (PostedWork){ engine, work, data, destroy };
    /* Attached, never g_main_context_invoke(): that would run in place when the caller owns the context. */
    GSource *source = g_idle_source_new();
    g_source_set_priority(source, priority);
    g_source_set_callback(source, run_posted, posted, free_posted);
    g_source_attach(source, engine->context);
    g_source_unref(source);
}

guint64 engine_fresh_id(Engine *engine)
{
    return (guint) g_atomic_int_add(&engine->next_id, 1) + 1u;
}

void engine_tell(Engine *engine, Change *change)
{
    const WireCost *cost = change->cost;
    if (cost != NULL)
        g_debug("wire: %s: %u flights, %" G_GUINT64_FORMAT " up, %" G_GUINT64_FORMAT " down, %" G_GUINT64_FORMAT " ms", cost->action,
                cost->flights, cost->up, cost->down, cost->wait_ms);
    if (change->kind == CHANGE_MAILBOX || change->kind == CHANGE_NEW_MAIL)
        views_mailbox_changed(engine, change->mailbox_id);
    if (change->kind == CHANGE_MAILBOX || change->kind == CHANGE_NEW_MAIL || change->kind == CHANGE_MESSAGE || change->kind == CHANGE_BODY)
        indexing_wake(engine);
    if (change->kind == CHANGE_MAILBOX || change->kind == CHANGE_NEW_MAIL)
        muted_consider(engine);
    if (change->kind == CHANGE_MAILBOX)
        filter_arrivals_consider(engine, change->mailbox_id);
    if (change->kind == CHANGE_BODY)
        filter_arrivals_text_came(engine, change->message_id, change->error == NULL);
    if (engine->listener != NULL)
        engine->listener(change, engine->listener_data);
    else
        change_free(change);
}

void engine_tell_mailbox(Engine *engine, gint64 account_id, gint64 mailbox_id)
{
    Change *change = change_new(CHANGE_MAILBOX);
    change->account_id = account_id;
    change->mailbox_id = mailbox_id;
    engine_tell(engine, change);
}

void engine_tell_notice(Engine *engine, gint64 account_id, const char *words)
{
    engine_tell_trouble(engine, account_id, 0, words);
}

void engine_tell_trouble(Engine *engine, gint64 account_id, gint64 mailbox_id, const char *words)
{
    g_info("notice: %s", words);
    Change *change = change_new(CHANGE_NOTICE);
    change->account_id = account_id;
    change->mailbox_id = mailbox_id;
    change->text = g_strdup(words);
    engine_tell(engine, change);
}

void engine_tell_intent(Engine *engine, gint64 intent_id, IntentState state, const char *words)
{
    g_info("decision %" G_GINT64_FORMAT ": %s%s%s", intent_id, intent_state_name(state), words != NULL ? ": " : "", words != NULL ? words : "");
    spool_hear_intent(engine->spool, intent_id, state, words);
    Change *change = change_new(CHANGE_INTENT);
    change->intent_id = intent_id;
    change->intent_state = state;
    change->error = g_strdup(words);
    engine_tell(engine, change);
}

static GSource *attach(Engine *engine, GSource *source, int priority, GSourceFunc func, gpointer data)
{
    g_source_set_priority(source, priority);
    g_source_set_callback(source, func, data, NULL);
    g_source_attach(source, engine->context);
    return source;
}

GSource *engine_timer(Engine *engine, guint milliseconds, GSourceFunc func, gpointer data)
{
    return attach(engine, g_timeout_source_new(milliseconds), ENGINE_PRIORITY_SOCKET, func, data);
}

GSource *engine_idle(Engine *engine, GSourceFunc func, gpointer data)
{
    return attach(engine, g_idle_source_new(), ENGINE_PRIORITY_IDLE, func, data);
}

void engine_clear_source(GSource **source)
{
    if (*source == NULL)
        return;
    g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}
