/* The engine: every account's sessions, the sync, the replay of the journal, and the one writing store connection, on one
 * thread with one GMainContext.
 *
 * Functions marked [any thread] post to the engine's context and return at once: they never block and never run anything
 * in place. With engine_run_here() the same engine is driven by the caller (headless commands and tests), single-threaded.
 */
#ifndef MALLE_ENGINE_ENGINE_H
#define MALLE_ENGINE_ENGINE_H

#include <glib.h>

#include "config/account.h"
#include "engine/change.h"
#include "store/intent.h"
#include "store/rows.h"

#define ENGINE_ERROR engine_error_quark()
GQuark engine_error_quark(void);

typedef enum {
    ENGINE_ERROR_CONFIG,      /* 78 */
    ENGINE_ERROR_CONNECT,     /* 69 unavailable, or 75 when it may pass */
    ENGINE_ERROR_CERTIFICATE, /* 76 */
    ENGINE_ERROR_LOGIN,       /* 77 */
    ENGINE_ERROR_PROTOCOL,    /* 69 */
    ENGINE_ERROR_REFUSED,     /* the server said NO */
    ENGINE_ERROR_OFFLINE,     /* not here and no link */
    ENGINE_ERROR_STORE,
    ENGINE_ERROR_CANCELLED,
} EngineErrorCode;

/* Of any room below: does it pass by itself (another Malle holds the store, no link), so that trying later makes sense? */
gboolean engine_error_is_transient(const GError *error);

typedef struct Engine Engine;

typedef struct {
    const char *store_path;
    const char *pins_path;        /* pinned certificates; NULL: none are kept */
    const char *filters_path;     /* the person's filters; NULL: none are used */
    const char *wire_log_path;    /* JSON lines; NULL: none */
    gboolean only_when_asked;     /* what is kept for offline use is fetched by engine_mirror() alone, never by itself */
    gboolean offline;             /* start without connecting */
    guint64 body_cache_bytes;     /* evict above; 0: default 256 MB */
    const char *text_preference;  /* which version of a text is read: see mime_choose_text(); NULL: its own */
    guint answer_ms;              /* no byte for this long while an answer is owed: the link is lost; 0: default 45 s */
    guint first_window;           /* rows fetched before anything else when a mailbox is opened; 0: default 50 */
} EngineOptions;

/* Called on the engine's thread, transfer full. It must only queue and wake. */
typedef void (*EngineListener)(Change *change, gpointer user_data);

/* Opens the store (so that a reader can be opened as soon as this returns). `accounts` of Account* is copied. */
Engine *engine_new(const EngineOptions *options, const GPtrArray *accounts, EngineListener listener, gpointer user_data, GError **error);
/* Starts the engine thread. */
void engine_start(Engine *engine);
/* Drives the engine on the calling thread until *done is set or it has nothing left to do; no thread is started. */
void engine_run_here(Engine *engine, gboolean *done);
GMainContext *engine_context(Engine *engine);
/* Ends sessions cleanly (LOGOUT within a short bound, then close), commits what is committed, joins the thread, frees. */
void engine_stop(Engine *engine);

/* --- decisions [any thread] --- */

/* Takes the intents (of Intent*, transfer full) as one group. Answered by CHANGE_COMMITTED with the same submit_id. */
guint64 engine_submit(Engine *engine, GPtrArray *intents);
/* What the person's filters want with these messages, whatever was done with them before. */
void engine_filter_messages(Engine *engine, const gint64 *message_ids, guint count);
/* Filters have messages to look at, wait for a text, or have started a program. A CHANGE_ACCOUNT follows when that ends. */
gboolean engine_is_filtering(Engine *engine);
guint64 engine_undo(Engine *engine, gint64 group /* 0: the newest */);
void engine_retry(Engine *engine, gint64 intent_id);
/* A move, copy or append that did not come about goes to this mailbox instead. Answered by CHANGE_COMMITTED. */
guint64 engine_retarget(Engine *engine, gint64 intent_id, gint64 mailbox_id);
void engine_cancel_intent(Engine *engine, gint64 intent_id);
/* A letter that nobody knows the fate of (INTENT_UNKNOWN): the person looked, and it went; or it is kept as a draft and not sent again. To send
 * it again is engine_retry(). */
void engine_letter_went(Engine *engine, gint64 intent_id);
void engine_letter_to_drafts(Engine *engine, gint64 intent_id);
/* secret is zeroised after use. */
void engine_answer(Engine *engine, guint64 decision_id, const char *answer, const char *secret);

/* --- looking [any thread] --- */

/* This mailbox is on the screen: open it (SELECT, IDLE), newest first. 0: none. */
void engine_look_at_mailbox(Engine *engine, gint64 mailbox_id);
/* These rows are on the screen, the first of the array is the selected one: structures, then texts of the neighbours are fetched for them when idle. */
void engine_look_at_messages(Engine *engine, const gint64 *message_ids, guint count);
/* These sections are wanted now (NULL sections: the text that the structure says should be read, structure first). Answered by CHANGE_BODY for each. */
void engine_want_body(Engine *engine, gint64 message_id, const char *const *sections);
/* A part, decoded, into a file that must not exist: streamed, with CHANGE_TRANSFER; returns the transfer id. */
guint64 engine_save_part(Engine *engine, gint64 message_id, const char *section, const char *path);
void engine_stop_transfer(Engine *engine, guint64 transfer_id);
/* Leaves a list by one click (RFC 8058), at the https: URL that the person has seen. What came of it: CHANGE_NOTICE. */
void engine_unsubscribe(Engine *engine, gint64 account_id, const char *url);
/* Look at the server now: the open mailbox and the counts of all others. */
void engine_check(Engine *engine, gint64 account_id /* 0: all */);
void engine_set_online(Engine *engine, gboolean online);
void engine_set_setting(Engine *engine, const char *name, const char *value);
/* What is kept of a mailbox for offline use, in the words of keep_rule_parse(); NULL: as the accounts file says. Answered by
 * CHANGE_MAILBOX_LIST. */
void engine_set_keep(Engine *engine, gint64 mailbox_id, const char *rule);
/* Room for bodies that are not kept for offline use; what was used longest ago goes at once. */
void engine_set_body_cache(Engine *engine, guint64 bytes);
/* The option text-preference; NULL: its default. */
void engine_set_text_preference(Engine *engine, const char *preference);
/* Whether threads with the same subject are one; all are gathered anew when that changes. */
void engine_merge_subjects(Engine *engine, gboolean merge);
/* Brings mailboxes level with the server and fetches what their rules say, newest first. mailbox_id: only this one, else of the account
 * (0: all accounts) those that the scope says. Told by CHANGE_MIRROR; CHANGE_KEPT for each mailbox that is through. What is under way
 * already is joined. */
typedef enum {
    ENGINE_MIRROR_CHOSEN, /* a rule keeps at least summaries */
    ENGINE_MIRROR_ALL,    /* and those that nobody chose a rule for: their summaries */
} EngineMirrorScope;
void engine_mirror(Engine *engine, gint64 account_id, EngineMirrorScope scope, gint64 mailbox_id);
void engine_stop_mirror(Engine *engine);
typedef enum {
    ENGINE_SEARCH_AUTO,   /* here, and on the server what is not all here */
    ENGINE_SEARCH_HERE,
    ENGINE_SEARCH_SERVER, /* only there, and what the server finds is found */
} EngineSearchWhere;
/* Fill a view with the messages of a mailbox that match the query (query/ language), in `order`, first window first; or (mailbox 0) with
 * what a search finds in all mailboxes, the newest first: CHANGE_VIEW. Servers are asked for what is not here, as `where` says, and where
 * each mailbox was searched is told by CHANGE_SEARCHED. Returns a submit id, the view's id comes with the first CHANGE_VIEW. */
guint64 engine_fill_view(Engine *engine, gint64 mailbox_id, const char *query, StoreOrder order, gboolean descending, EngineSearchWhere where);
void engine_drop_view(Engine *engine, gint64 view_id);

/* Cost of everything so far, for tests and headless commands; answered through the listener as CHANGE_WIRE with action "total". */
void engine_ask_cost(Engine *engine);

#endif
