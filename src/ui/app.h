/* The inside of ui/: what views and commands share. Nobody outside ui/ includes this. UI thread. */
#ifndef MALLE_UI_APP_H
#define MALLE_UI_APP_H

#include "model/actions.h"
#include "model/list.h"
#include "model/mailbox_tree.h"
#include "model/message.h"
#include "term/history.h"
#include "term/screen.h"
#include "ui/fault.h"
#include "ui/keymap.h"
#include "ui/layout.h"
#include "ui/prompt.h"
#include "ui/styles.h"
#include "ui/ui.h"
#include "ui/view.h"

typedef struct AddressQuery AddressQuery;
typedef struct Pictures Pictures;
typedef enum { DRAG_NONE, DRAG_SIDEBAR, DRAG_READER_BESIDE, DRAG_READER_BELOW } MouseDrag;

struct Ui {
    const UiContext *context;
    Model *model;
    Options *options;
    Screen *screen;
    Theme *theme;
    Styles styles;
    GArray *rule_styles; /* of CellStyle, of the context's colour rules */
    const Glyphs *glyphs;
    Keymap *keymap;
    LineHistory *history;        /* of the ":" line */
    LineHistory *search_history; /* of patterns and searches */

    /* What is on the screen. */
    Layout layout;
    gboolean sidebar_wanted, key_bar_wanted;
    int sidebar_width, reader_percent; /* as the person left them, else as the options say */
    View *sidebar, *list_view; /* NULL while there is no account */
    View *reader;              /* NULL unless a message is open */
    GPtrArray *overlays;       /* of View*: the last one fills `main` and has the keys */
    View *focus;               /* sidebar, list_view or reader; the last overlay comes before it */
    Prompt *prompt;            /* has all keys while it is there */
    Fault *fault;              /* of fault.h; NULL */
    Pictures *pictures;        /* of pictures.h; NULL */
    gint64 pictures_at;        /* monotonic µs: when pictures that moved are drawn again; 0: now */

    /* What the views show. All NULL while the model is detached. */
    MailboxTree *tree;
    GPtrArray *searches; /* of SavedSearch*, as the file says */
    ModelList *list;
    ModelMessage *message;

    ModelRepaint changed;     /* since the last frame */
    gboolean dirty;           /* a frame is due */
    gboolean tag_prefix;      /* ";" was typed */
    gboolean tag_moves;       /* what the selection passes over is tagged */
    char *macro_rest;         /* commands that wait for the answer to a question of the one before them */
    guint64 notice_dismissed; /* serial of the notice that a key press took away */
    guint64 decision_shown;   /* id of the decision that a dialog is open for */
    gint64 mark_read_at;      /* monotonic µs; 0: nothing to mark */
    gint64 key_deadline;      /* monotonic µs: when a waiting key sequence is taken as it is; 0 none */
    gint64 escape_deadline;   /* the same within an escape sequence */
    gboolean key_taken;        /* since the last frame: it is answered at once, not in the next 16 ms */
    gint64 last_move_target;  /* mailbox of the last move or copy: offered again */
    char *search_text;        /* for "n" */
    int search_direction;
    gboolean mouse; /* taken */
    MouseDrag drag;
    gint64 clicked_at; /* monotonic µs of the last click, and where */
    int clicked_row, clicked_column;
    GArray *link_numbers; /* of guint: of the cells' links in this frame, their numbers in the message */
    GPtrArray *watches; /* of UiWatch*: other descriptors to poll */
    char *window_title;
    gpointer pattern; /* cmd_message.c's: a deletion by pattern that is being looked for; freed with
                         pattern_free() there */
    AddressQuery *address_query; /* what the person's command was last asked; NULL */
    ModelMessage *answered; /* what an answer is about that waits for its text; NULL */
    int answer_kind;        /* LetterReplyKind; FORWARD_* of compose.h */
    gboolean closing; /* views are being taken down: no question is opened */
    gboolean quit;
};

/* `screen` may be NULL in tests, which paint a surface of their own. */
Ui *ui_new(const UiContext *context, Screen *screen);
void ui_free(Ui *ui);

/* --- the frame --- */
void ui_redraw(Ui *ui); /* something changed: a frame is due */
CellStyle ui_style(const Ui *ui, ThemeRole role);
void ui_paint(Ui *ui);
void ui_paint_surface(Ui *ui, Surface *surface); /* without a terminal, for tests */
View *ui_focused(const Ui *ui);                  /* what has the keys; never NULL */
CommandContexts ui_context_now(const Ui *ui);
/* An address that is being completed has become known: completed again if it is still what stands there. */
void ui_complete_again(Ui *ui, const char *typed);
/* The candidates that Tab found, over the bottom of `area`, at most `most` of them. */
void ui_draw_candidates(Ui *ui, const LineEditor *editor, Area area, int most);
/* The bar on top of a view: left and right text. */
void ui_draw_title(const Ui *ui, Area area, const char *left, const char *right, gboolean focused);
/* A framed box of about this size in the middle of `area`; returns its inside. */
Area ui_draw_box(const Ui *ui, Area area, int rows, int columns, const char *title);
void ui_draw_status(Ui *ui, Area area);
void ui_draw_key_bar(Ui *ui, Area area);
void ui_draw_line(Ui *ui, Area area);
/* A line of a message's text, with links and what a search found (view_reader.c). */
void ui_draw_rendered_line(const Ui *ui, Area area, int row, const RenderedText *text, guint index);
/* Four signs: state, flagged, attachment, waiting for the server (view_list.c). */
void ui_draw_signs(Area area, MailFlags flags, gboolean has_attachment, gboolean pending, CellStyle style);
/* Monotonic µs at which words like "in 8 s" change by themselves; 0 never. */
gint64 ui_next_tick(const Ui *ui);

/* --- what is open --- */
void ui_push(Ui *ui, View *view); /* takes it */
void ui_pop(Ui *ui);              /* the last overlay goes */
void ui_set_focus(Ui *ui, View *view);
void ui_open_mailbox(Ui *ui, gint64 mailbox_id);
void ui_load_searches(Ui *ui);
gboolean ui_open_search(Ui *ui, const char *text, GError **error); /* in all mailboxes */
gboolean ui_open_message(Ui *ui, gboolean focus, GError **error); /* the selected one, in the reader */
void ui_close_reader(Ui *ui);
void ui_load_sizes(Ui *ui);                    /* of the panes: what was remembered, else the options */
void ui_set_sizes(Ui *ui, int sidebar_width, int reader_percent); /* made sane, shown, remembered */
gboolean ui_list_move(Ui *ui, int rows); /* the selection of the list; TRUE when it moved */
void ui_attach_views(Ui *ui); /* after the model was attached */
void ui_detach_views(Ui *ui); /* before it is detached or restarted */
gboolean ui_restart(Ui *ui, const GPtrArray *accounts, gboolean demo, GError **error);
void ui_load_theme(Ui *ui);
void ui_load_colour_rules(Ui *ui); /* once: their queries go to the model */
void ui_set_option(Ui *ui, OptionId id); /* it was changed: takes effect */
void ui_bind_keys(Ui *ui);          /* the table's keys, then the person's (bindings.c) */
gint64 ui_account_id(const Ui *ui); /* of the open mailbox; 0 none */

/* --- keys --- */
void ui_take_key(Ui *ui, const Key *key);
void ui_keys_expire(Ui *ui);

void ui_take_mouse(Ui *ui, const Key *key);
void ui_set_mouse(Ui *ui, gboolean on);
const Command *ui_key_bar_command(Ui *ui, int column); /* what stands in the key bar there; NULL nothing */

/* --- new mail --- */
void ui_hear_new_mail(Model *model, const ModelNewMail *mail, gpointer user_data); /* ModelNewMailHeard; user_data: the Ui */
gboolean ui_is_quiet(const char *hours, guint minute_of_day);

/* --- words --- */
void ui_say(Ui *ui, const char *format, ...) G_GNUC_PRINTF(2, 3);
void ui_complain(Ui *ui, const GError *error);

/* --- commands' helpers --- */
/* What the command works on: tagged, the open message, or the selected one. Of gint64; NULL with error. */
GArray *ui_targets(Ui *ui, const CommandCall *call, GError **error);
/* After something was done to the selected message: on to the next one, in the list or the reader, as the
 * options say. */
void ui_advance(Ui *ui, const CommandCall *call);
/* The message that reading commands are about: the open one, else the selected one opened without a reader.
 * NULL with error. */
ModelMessage *ui_message(Ui *ui, GError **error);

void ui_forget_pattern(Ui *ui); /* gives a deletion by pattern up that is being looked for */

/* --- other descriptors --- */
typedef void (*UiWatchDone)(Ui *ui, int fd, gpointer user_data);
void ui_watch(Ui *ui, int fd, UiWatchDone done, gpointer user_data);
void ui_unwatch(Ui *ui, int fd);

/* --- decisions of the engine --- */
void ui_check_decision(Ui *ui);

/* --- transfers --- */
gboolean ui_run_opener(Ui *ui, const ModelOpener *opener, const char *name, const char *path, GError **error);
void ui_check_transfers(Ui *ui); /* runs what finished transfers are for */

/* --- views --- */
View *view_sidebar_new(Ui *ui);
View *view_list_new(Ui *ui);
/* Where the list's limit was looked for, if that is not plain; else NULL. Caller frees. */
char *ui_list_searched_words(const ModelList *list);
View *view_reader_new(Ui *ui);
View *view_attachments_new(Ui *ui);
View *view_journal_new(Ui *ui);
View *view_wire_new(Ui *ui);
View *view_pop_ledger_new(Ui *ui);
View *view_notices_new(Ui *ui);
View *view_searched_new(Ui *ui);
View *view_help_new(Ui *ui, CommandContexts about);
View *view_text_new(Ui *ui, const char *title, const char *text); /* text is made safe */
View *view_welcome_new(Ui *ui);
View *view_setup_new(Ui *ui);

void view_sidebar_select(View *view, gint64 mailbox_id);
void view_sidebar_fold(View *view, int how); /* 0: close, 1: open, −1: toggle */
gint64 view_sidebar_mailbox(View *view);     /* 0: an account's row */
gint64 view_sidebar_account(View *view);
gboolean view_sidebar_click(View *view, int line); /* of the view's body: selects what is there; FALSE: nothing is */
const MailboxRow *view_sidebar_row(View *view); /* NULL: none */
/* The mailbox under the cursor of the sidebar, else the open one; NULL: none that holds messages. */
const MailboxRow *ui_meant_mailbox(Ui *ui);
void view_reader_reset(View *view); /* another message is open */
void view_reader_skip_quoted(View *view);
void view_reader_toggle_quoted(View *view);
/* The attachment below the text that is chosen there: `step` further on (0: stay). The only one is chosen by itself. NULL: none. */
const ModelAttachment *view_reader_part(View *view, int step);
const ModelAttachment *view_attachments_selected(View *view);
gint64 view_journal_selected(View *view); /* intent id, 0 none */
gboolean view_journal_is_doubtful(View *view); /* it is a letter that nobody knows the fate of */

#endif
