/* The UI's only door: what the store holds and the engine does, in the shape that a screen needs.
 *
 * UI thread only, everything in model/. Nothing here waits: reading is a short read transaction on the store, deciding is
 * handed to the engine, and what comes of it arrives through model_dispatch(). Texts handed out by functions that say "safe" have
 * passed text_make_safe(); words in GErrors and notices are safe too, and in the person's language.
 *
 * Life: model_new() works with nothing (no accounts, no store: the welcome screen). model_attach() gives it an engine and the
 * store that engine opened; model_detach() takes them away again (before engine_stop()). Lists, trees and messages made from the
 * model belong to whoever made them and must be freed before model_detach().
 */
#ifndef MALLE_MODEL_MODEL_H
#define MALLE_MODEL_MODEL_H

#include <glib.h>

#include "config/account.h"
#include "config/options.h"
#include "engine/engine.h"
#include "model/queue.h"
#include "store/rows.h"

#define MODEL_ERROR model_error_quark()
GQuark model_error_quark(void);

typedef enum {
    MODEL_ERROR_NOTHING,   /* nothing selected, nothing tagged, nothing to undo */
    MODEL_ERROR_REFUSED,   /* cannot be done here: read-only mailbox, keyword not permitted, no such mailbox … */
    MODEL_ERROR_NOT_HERE,  /* needs a body that is not in the store yet */
    MODEL_ERROR_FILE,      /* a file that cannot be written or exists */
    MODEL_ERROR_DETACHED,  /* no engine: the welcome screen */
} ModelErrorCode;

typedef struct Model Model;

/* In the place of a mailbox's id: the INBOXes of all accounts as one list. No mailbox has it. */
#define MODEL_INBOXES G_GINT64_CONSTANT(-1)
/* The same for saved searches, by their place in the file. */
#define MODEL_SAVED_SEARCH(index) (-2 - (gint64) (index))

/* What has to be painted again. A mask. */
typedef enum {
    MODEL_REPAINT_SIDEBAR = 1 << 0,  /* mailboxes, their names and counts; account states beside them */
    MODEL_REPAINT_LIST = 1 << 1,
    MODEL_REPAINT_MESSAGE = 1 << 2,
    MODEL_REPAINT_STATUS = 1 << 3,   /* account states, progress, transfers, unfinished intents */
    MODEL_REPAINT_NOTICE = 1 << 4,
    MODEL_REPAINT_DECISION = 1 << 5, /* model_decision() has something new, or no longer */
    MODEL_REPAINT_WIRE = 1 << 6,
    MODEL_REPAINT_ALL = (1 << 7) - 1,
} ModelRepaint;

/* Called once per model_dispatch() that changed anything. */
typedef void (*ModelObserver)(Model *model, ModelRepaint what, gpointer user_data);

Model *model_new(ChangeQueue *queue);
void model_free(Model *model); /* detaches first */
void model_set_observer(Model *model, ModelObserver observer, gpointer user_data);

/* `accounts` of Account* is copied. NULL error on success; on failure the model stays detached. */
gboolean model_attach(Model *model, Engine *engine, const char *store_path, const GPtrArray *accounts, GError **error);
void model_detach(Model *model);
gboolean model_is_attached(const Model *model);

/* Starting over with other accounts (the welcome screen, account set-up): main.c says how; ui/ only asks. `accounts` of Account*
 * (copied), `demo` for the embedded demo. All lists, trees and messages must have been freed. */
typedef gboolean (*ModelRestart)(Model *model, const GPtrArray *accounts, gboolean demo, gpointer user_data, GError **error);
void model_set_restart(Model *model, ModelRestart restart, gpointer user_data);
gboolean model_restart(Model *model, const GPtrArray *accounts, gboolean demo, GError **error);

/* Poll this for reading, then call model_dispatch(): it takes all changes that wait (and one slice of longer work, see list.h),
 * brings the model up to date, calls the observer once, and returns what it told. */
int model_fd(const Model *model);
ModelRepaint model_dispatch(Model *model);

/* New mail, told once for each time that the engine tells it. Words are safe; those of the newest message are NULL where it is not here yet. */
typedef struct {
    const char *account, *mailbox;
    guint count;
    const char *from, *address, *subject;
} ModelNewMail;
typedef void (*ModelNewMailHeard)(Model *model, const ModelNewMail *mail, gpointer user_data);
void model_set_new_mail(Model *model, ModelNewMailHeard heard, gpointer user_data);

/* One picture: all reads of one repaint between these two, each pair within a frame. May nest. */
gboolean model_frame_begin(Model *model, GError **error);
void model_frame_end(Model *model);
guint64 model_rows_read(const Model *model); /* rows the store stepped over so far: what tests assert */

/* --- accounts ---------------------------------------------------------------------------- */

typedef struct {
    const Account *account;
    gint64 id;                   /* in the store; 0 until the engine has put it there */
    AccountStatus status;        /* words are safe */
    gint64 progress_mailbox;     /* back-fill going on there: 0 none */
    guint64 progress_done, progress_total;
    gboolean preparing;          /* what is kept for offline use is being fetched because the person said so */
    guint64 prepared, prepare_total; /* bytes, the second an estimate */
    gint64 prepare_began;        /* monotonic µs */
} ModelAccount;

guint model_n_accounts(const Model *model);
const ModelAccount *model_account(const Model *model, guint index); /* valid until the next dispatch */
const ModelAccount *model_account_by_id(const Model *model, gint64 account_id); /* NULL when unknown */
guint model_unfinished_intents(const Model *model, gint64 account_id /* 0: all */); /* committed or not, not yet done */
gboolean model_is_online(const Model *model); /* as chosen by the person */
void model_set_online(Model *model, gboolean online);
void model_check_mail(Model *model, gint64 account_id /* 0: all */);

/* --- disconnected use (offline.c) ----------------------------------------------------------- */

/* Fetch what is lacking of what is to be kept for offline use, of all accounts. */
gboolean model_prepare(Model *model, GError **error);
void model_prepare_stop(Model *model);
/* How far all of it is: bytes, the second an estimate, and the seconds it will still take, −1 when nobody can know. FALSE: nothing is under way. */
gboolean model_prepare_progress(const Model *model, guint64 *done, guint64 *total, gint64 *seconds_left);
/* What is kept of a mailbox, in the words of keep_rule_parse(); NULL: as the accounts file says. */
gboolean model_set_keep(Model *model, gint64 mailbox_id, const char *rule, GError **error);
/* Bytes of bodies here: those that may be thrown away, and those that are kept for offline use. */
void model_body_sizes(const Model *model, guint64 *cached, guint64 *kept);
/* Room for bodies that are not kept for offline use. */
void model_set_body_cache(Model *model, guint64 bytes);

/* --- words for the person ------------------------------------------------------------------ */

typedef enum { MODEL_NOTICE_INFO, MODEL_NOTICE_WARNING, MODEL_NOTICE_ERROR } ModelNoticeKind;

typedef struct {
    guint64 serial;   /* grows: a new one is a new notice */
    ModelNoticeKind kind;
    gint64 when;      /* Unix seconds */
    gint64 account_id;
    char *text;       /* one line, safe */
    gint64 undo_group; /* what "undo" would take back, 0: nothing */
} ModelNotice;

#define MODEL_NOTICES_KEPT 200
void model_say(Model *model, ModelNoticeKind kind, const char *format, ...) G_GNUC_PRINTF(3, 4); /* made safe */
void model_say_error(Model *model, const GError *error);
const ModelNotice *model_notice(const Model *model); /* the newest, NULL when none */
const GPtrArray *model_notices(const Model *model);   /* of ModelNotice*, oldest first */

/* --- decisions waiting for the person ------------------------------------------------------- */

typedef struct {
    Decision *decision; /* question and details are safe */
    gint64 account_id;
} ModelDecision;

const ModelDecision *model_decision(const Model *model); /* the oldest that waits, NULL when none; valid until answered */
guint model_n_decisions(const Model *model);
/* `secret` may be zeroised by the caller afterwards; the engine keeps its own copy and zeroises that. */
void model_answer(Model *model, guint64 decision_id, const char *answer, const char *secret);

/* What of the options concerns the model: the order of mailboxes that have not been given one of their own (sort, sort-descending, threads), and what
 * is read of several alternatives (text-preference). To be told again when they change. Until told: newest date first, plain text first. */
void model_use_options(Model *model, const Options *options);

/* --- settings kept across runs (column widths, folded rows …) --------------------------------- */

char *model_setting(Model *model, const char *name); /* NULL when unset; caller frees. What was set here is seen here at once. */
void model_set_setting(Model *model, const char *name, const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Model, model_free)

#endif
