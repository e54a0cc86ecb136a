/* A list of messages as a window that is as high as the screen. UI thread.
 *
 * Nothing here knows the list whole: rows are read by keyset around an anchor, and the anchor is a message, never a
 * row number (DESIGN §4). So the cost of a repaint is the cost of a screen, and new mail, expunges and resizes leave the
 * person where they were: the selected message stays on its screen line, unless the first (or last) line of the list was in view, which
 * then stays in view as long as the selected one does.
 *
 * The person's own decisions are shown at once, laid over what is read, until the engine says that they are committed.
 *
 * How to use: model_frame_begin(); model_list_refresh(); paint model_list_row(0 … n−1); model_frame_end(). All moves take effect
 * on the window at once (they read what they need in a frame of their own).
 */
#ifndef MALLE_MODEL_LIST_H
#define MALLE_MODEL_LIST_H

#include "model/model.h"
#include "query/query.h"
#include "store/rows.h"

typedef struct ModelList ModelList;

typedef struct {
    const StoreListRow *row; /* as stored */
    MailFlags flags;         /* with what is not yet committed laid over */
    const char *keywords;
    gboolean tagged;
    gboolean pending;        /* a decision about it has not reached the server */
    gboolean outgoing;       /* `who` is the recipient: Sent and Drafts, and one's own letters */
    char *who;               /* display name or address, safe; "" when there is none */
    char *subject;           /* safe; "" when there is none */
    guint depth;             /* thread order: how deep it is drawn */
    gboolean continues;      /* thread order: a sibling follows at this depth within the window */
    guint folded;            /* this row stands for a folded thread of so many messages, else 0 */
    guint folded_unread;
    guint rule;              /* the first of model_set_rules() that fits + 1; 0 none */
} ModelListRow;

/* Of a mailbox, or MODEL_INBOXES; order and threads as kept for it. */
ModelList *model_list_new(Model *model, gint64 mailbox_id);
/* What a search finds in all mailboxes of all accounts (its plain words are looked for everywhere, see query.md). NULL with error and *offset. */
ModelList *model_list_new_search(Model *model, const char *text, gsize *offset, GError **error);
void model_list_free(ModelList *list);
const char *model_list_found_by(const ModelList *list); /* as typed; NULL: the list of a mailbox */
/* How many messages may or may not be among them, because not all of what is looked for in is here. */
guint64 model_list_unknown(const ModelList *list);
gint64 model_list_mailbox(const ModelList *list); /* 0: of a search; may be MODEL_INBOXES */
const StoreMailbox *model_list_mailbox_row(const ModelList *list); /* as of the last refresh; NULL when the mailbox is gone */

/* Questions that are asked of each row shown (for its colour), the first that fits first. Copied. Only what the list itself knows may be asked: flags,
 * addresses, subject, dates, size, structure. A query that is wrong, or asks for more, is left out and told in `errors` (may be NULL): of GError*, NULL
 * where the query of that place is good. */
void model_set_rules(Model *model, const char *const *queries, GPtrArray *errors);

/* --- the window ---------------------------------------------------------------------------- */

void model_list_set_height(ModelList *list, guint rows); /* screen lines, at least 1; keeps the place */
gboolean model_list_refresh(ModelList *list, GError **error);
guint model_list_n_rows(const ModelList *list);          /* rows in the window, at most the height */
const ModelListRow *model_list_row(const ModelList *list, guint index); /* valid until the next refresh or move */
int model_list_cursor(const ModelList *list);            /* screen line of the selected message; −1 when the list is empty */
const ModelListRow *model_list_selected(const ModelList *list); /* NULL when the list is empty */
gboolean model_list_at_start(const ModelList *list);     /* the window begins with the list's first row */
gboolean model_list_at_end(const ModelList *list);
guint64 model_list_total(const ModelList *list);         /* kept count; with a limit what was found so far */
/* Tells the engine what is on the screen (structures, then texts of neighbours, are fetched ahead). Call after painting; costs nothing when nothing changed. */
void model_list_report(ModelList *list);

/* --- moving: TRUE when the selection changed ---------------------------------------------------- */

gboolean model_list_move(ModelList *list, int rows);
gboolean model_list_page(ModelList *list, int half_pages); /* 2: a page down, −1: half a page up */
gboolean model_list_scroll(ModelList *list, int rows);     /* the window moves, the selection only as far as it must */
gboolean model_list_first(ModelList *list);
gboolean model_list_last(ModelList *list);
gboolean model_list_go(ModelList *list, gint64 message_id);
gboolean model_list_select_line(ModelList *list, guint index); /* a row of the window: the mouse */

typedef enum {
    MODEL_SEEK_UNREAD,
    MODEL_SEEK_FLAGGED,
    MODEL_SEEK_TAGGED,
    MODEL_SEEK_THREAD,  /* the first message of the next thread, or of this or the previous one */
    MODEL_SEEK_MATCH,   /* the query of model_list_set_search() */
} ModelSeek;
/* direction 1: towards the end; −1: towards the start. At most MODEL_SEEK_ROWS rows are looked at in one call; *more (may be NULL) tells that
 * the search stopped there: the selection has not moved, and calling again goes on from where it stopped. */
#define MODEL_SEEK_ROWS 3000
gboolean model_list_seek(ModelList *list, ModelSeek what, int direction, gboolean *more);
gboolean model_list_set_search(ModelList *list, const char *text, gsize *offset, GError **error); /* NULL: none */

/* --- orders, threads, limits -------------------------------------------------------------------- */

StoreOrder model_list_order(const ModelList *list, gboolean *descending);
void model_list_set_order(ModelList *list, StoreOrder order, gboolean descending); /* kept for this mailbox; threads are no order of MODEL_INBOXES: then by date */
/* Folding, in thread order; the selected message's thread. Folding selects the thread's first message. */
void model_list_fold_thread(ModelList *list, gboolean folded);
void model_list_toggle_thread(ModelList *list);
void model_list_fold_all(ModelList *list, gboolean folded);

/* A limit: only what matches. The rows come as the engine finds them; until the first, the list stays as it is. What stops matching stays
 * until model_list_refresh_limit(), so that reading in "unread" never moves the list. NULL or "~A": no limit. In what a search found it narrows that. The selection is kept when it matches. */
gboolean model_list_set_limit(ModelList *list, const char *text, gsize *offset, GError **error);
const char *model_list_limit(const ModelList *list); /* as typed, NULL when none */
void model_list_refresh_limit(ModelList *list);

typedef enum {
    MODEL_LIMIT_NONE,
    MODEL_LIMIT_SEARCHING, /* model_list_total() so far */
    MODEL_LIMIT_DONE,
    MODEL_LIMIT_FAILED,    /* words in model_list_limit_error() */
} ModelLimitState;
ModelLimitState model_list_limit_state(const ModelList *list);
const char *model_list_limit_error(const ModelList *list);
/* Where limits are looked for from now on; AUTO as long as nobody says. */
void model_list_set_search_where(ModelList *list, EngineSearchWhere where);
/* Where this one was looked for. */
typedef struct {
    guint asking, on_server, not_there; /* mailboxes: of whom the server is being asked, was asked, and could not be */
    guint64 more;                       /* messages found there that were not fetched */
    const char *words;                  /* why one of them could not be; NULL */
} ModelSearched;
void model_list_limit_searched(const ModelList *list, ModelSearched *searched);
/* The same, mailbox by mailbox: of Change* (CHANGE_SEARCHED; text is the mailbox's name, safe to show), NULL: nobody has said. The list's. */
const GPtrArray *model_list_searched_places(const ModelList *list);

/* --- tags: the person's selection ------------------------------------------------------------------ */

guint model_list_n_tagged(const ModelList *list);
void model_list_tag(ModelList *list, gint64 message_id, gboolean tagged);
void model_list_toggle_tag(ModelList *list); /* the selected message; of a folded thread all */
void model_list_tag_thread(ModelList *list, gboolean tagged);
void model_list_untag_all(ModelList *list);
/* Tags (or untags) all in this list that match. The work is done in slices of model_dispatch(); `done` (may be NULL) is called at the end with how many
 * were tagged anew and how many could not be told because their text is not here; not called when the list is freed before. */
typedef void (*ModelTagged)(ModelList *list, guint tagged, guint unknown, gpointer user_data);
gboolean model_list_tag_query(ModelList *list, const char *text, gboolean tagged, ModelTagged done, gpointer user_data, gsize *offset, GError **error);
gboolean model_list_is_tagging(const ModelList *list);

/* What an action is to work on: of gint64, caller unrefs. NULL with error when there is nothing. */
typedef enum {
    MODEL_TARGET_SELECTED,  /* the selected message; of a folded thread all */
    MODEL_TARGET_TAGGED,
    MODEL_TARGET_THREAD,    /* the selected message's thread, as far as it is in this mailbox */
} ModelTarget;
GArray *model_list_targets(ModelList *list, ModelTarget target, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelList, model_list_free)

#endif
