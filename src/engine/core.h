/* The engine's inside, shared by the files of engine/ only. Engine thread, unless a function says otherwise.
 *
 * Who owns what: Engine owns the context, the writer, a reader of its own and the accounts; an EngineAccount owns its link and
 * its tasks. Nothing here is visible to the UI thread; it posts work (engine_post) and hears changes (engine_tell).
 */
#ifndef MALLE_ENGINE_CORE_H
#define MALLE_ENGINE_CORE_H

#include "engine/engine.h"
#include "store/reader.h"
#include "store/writer.h"

typedef struct EngineAccount EngineAccount;
typedef struct WireLog WireLog;
typedef struct Pins Pins;
typedef struct Spool Spool;

/* The person's intents go before sockets, sockets before what nobody waits for (DESIGN §2). */
enum {
    ENGINE_PRIORITY_INTENT = G_PRIORITY_HIGH,
    ENGINE_PRIORITY_SOCKET = G_PRIORITY_DEFAULT,
    ENGINE_PRIORITY_IDLE = G_PRIORITY_LOW,
};

struct Engine {
    GMainContext *context;
    GMainLoop *loop;
    GThread *thread;
    StoreWriter *writer;
    StoreReader *reader;
    GPtrArray *accounts; /* of EngineAccount* */
    EngineListener listener;
    gpointer listener_data;
    gboolean online;
    guint first_window;
    guint answer_ms;
    guint64 body_cache_bytes;
    gboolean only_when_asked;
    char *text_preference; /* NULL: mime_choose_text()'s own */
    guint next_id; /* atomic: submit, transfer and decision ids */
    gint64 looked_at_mailbox;
    WireLog *wire_log;     /* NULL: none */
    Pins *pins;
    struct TlsContext *tls;
    GHashTable *carries;   /* intent id → Carry* (carry.c) */
    GHashTable *decisions; /* id → PendingDecision* */
    Spool *spool;          /* letters from other programs */
    GSource *housekeeping;
    GSource *network;      /* hears when there is a network, or none any more; NULL: cannot be heard */
    gboolean stopping;     /* nothing more is begun */
    GSource *indexing;     /* NULL: the index is level, as far as is known (indexing.c) */
    struct FilterArrivals *filtering; /* NULL: there are no filters */
    gint filters_busy;     /* atomic */
    GHashTable *absent_fills; /* letter's path → what is being fetched for it (absent.c); NULL: none ever was */
    GPtrArray *unsubscribing; /* lists being left (unsubscribe.c); NULL: none ever was */
    GPtrArray *fills;      /* views being filled and kept current (views.c) */
    GPtrArray *server_searches; /* of ServerSearch*: under way (server_search.c) */
    WireCost total;
};

typedef void (*EngineWork)(Engine *engine, gpointer data);

/* [any thread] Runs work(engine, data) on the engine's context, then destroy(data). Never in place. */
void engine_post(Engine *engine, int priority, EngineWork work, gpointer data, GDestroyNotify destroy);
/* [any thread] A fresh id. */
guint64 engine_fresh_id(Engine *engine);
/* Hands a change to the listener (transfer full). */
void engine_tell(Engine *engine, Change *change);
void engine_tell_mailbox(Engine *engine, gint64 account_id, gint64 mailbox_id);
void engine_tell_notice(Engine *engine, gint64 account_id, const char *words);
/* That mailbox cannot be opened. */
void engine_tell_trouble(Engine *engine, gint64 account_id, gint64 mailbox_id, const char *words);
void engine_tell_intent(Engine *engine, gint64 intent_id, IntentState state, const char *words);

/* Something was decided: whoever may carry it out looks. */
void engine_replay_everywhere(Engine *engine);
/* Decisions that were committed here, and not by the person: shown, and carried out. Of gint64 (intent ids). */
void engine_decided(Engine *engine, const GArray *ids);

EngineAccount *engine_account_by_id(Engine *engine, gint64 account_id);
EngineAccount *engine_account_of_mailbox(Engine *engine, gint64 mailbox_id);

/* A source on the engine's context; unref'd and destroyed through the pointer by engine_clear_source(). */
GSource *engine_timer(Engine *engine, guint milliseconds, GSourceFunc func, gpointer data);
GSource *engine_idle(Engine *engine, GSourceFunc func, gpointer data);
void engine_clear_source(GSource **source);

#endif
