/* Shared by the files of the list. Private to model/. */
#ifndef MALLE_MODEL_LIST_PRIVATE_H
#define MALLE_MODEL_LIST_PRIVATE_H

#include "model/internal.h"

typedef struct {
    ModelListRow public;
    StoreListRow *stored;
    char *keywords;
} WindowRow;

/* Rows read around a place, those that are not shown (folded, on their way out) left out. */
typedef struct {
    GPtrArray *rows;       /* of StoreListRow* */
    guint place;           /* where the anchor is or was, 0 … rows->len */
    gboolean start, end;   /* nothing lies before the first, after the last */
    char *first_key, *last_key; /* of the outermost rows read, shown or not */
    gint64 first_id, last_id;
} RowBuffer;

typedef enum { STICK_NONE, STICK_START, STICK_END } Stick;

struct ModelList {
    Model *model;
    gint64 mailbox_id;
    StoreMailbox *mailbox;
    StoreListSpec spec;    /* what is read: the mailbox, or the view of the limit */

    guint height, line;    /* of the window; of the selected row in it */
    gint64 selected;       /* 0: none yet, or the list is empty */
    gboolean touched;      /* the person has moved, or acted on what is selected */
    gboolean was_filling; /* at the last refresh the mailbox was not complete */
    char *key;             /* of the selected row in the order it was read in */
    GPtrArray *window;     /* of WindowRow* */
    gboolean at_start, at_end;
    guint64 total;

    gboolean fold_all;
    GHashTable *fold_exceptions; /* set of thread ids that are not as fold_all says */
    GHashTable *tags;            /* set of message ids */

    gboolean inboxes;      /* the INBOXes of all accounts */
    char *found_by;        /* a search in all mailboxes: what is looked for; NULL: the list of a mailbox */
    guint64 unknown;       /* messages that could not be searched whole */
    char *limit;
    ModelLimitState limit_state;
    char *limit_error;
    guint64 limit_submit;  /* of the view that is being filled; 0: none */
    gint64 coming_view;    /* asked for and not yet shown */
    EngineSearchWhere search_where;
    GPtrArray *searched;     /* of Change*: the last CHANGE_SEARCHED of each mailbox; NULL: none came */
    gboolean limit_shown;  /* what is shown is of the limit as it is now, not what was there before */

    RowQuery *search;
    gint64 seek_id;        /* where a search that stopped goes on; 0: at the selected row */
    char *seek_key;

    struct ListTask *task; /* tagging by query */
    GArray *reported;      /* of gint64: what the engine was last told is on the screen */
};

/* --- list-window.c --- */
RowBuffer *row_buffer_read(ModelList *list, const StoreAnchor *anchor, guint before, guint after, GError **error);
void row_buffer_free(RowBuffer *buffer);
/* Reads on until so many shown rows lie before (after) `index`, or the end is reached. Returns the index moved by what came before it. */
guint row_buffer_need_before(ModelList *list, RowBuffer *buffer, guint index, guint rows);
void row_buffer_need_after(ModelList *list, RowBuffer *buffer, guint index, guint rows);
int row_buffer_find(const RowBuffer *buffer, gint64 message_id);
/* Makes the window: row `index` of the buffer selected, on screen line `line` as far as the ends of the list allow. */
void list_lay_out(ModelList *list, RowBuffer *buffer, guint index, guint line, Stick stick);
void list_clear_window(ModelList *list);
/* The buffer around the selected message, *index its row. NULL when the list is empty or cannot be read. */
RowBuffer *list_read_around(ModelList *list, guint before, guint after, guint *index, GError **error);
gboolean list_thread_is_folded(const ModelList *list, gint64 thread_id);
void list_set_folded(ModelList *list, gint64 thread_id, gboolean folded);
void list_select(ModelList *list, gint64 message_id, const char *key);

/* --- list-rows.c --- */
WindowRow *window_row_new(ModelList *list, StoreListRow *stored); /* takes it */
void window_row_free(WindowRow *row);
void window_link_threads(ModelList *list);

/* --- list-tags.c --- */
void list_task_free(struct ListTask *task);
GArray *list_thread_ids(ModelList *list, const StoreListRow *row);

/* --- list-limit.c --- */
void list_hear_view(ModelList *list, const Change *change);
void list_hear_searched(ModelList *list, const Change *change);
void list_drop_limit(ModelList *list);
gboolean list_check_query(const char *text, gboolean search, gsize *offset, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RowBuffer, row_buffer_free)

#endif
