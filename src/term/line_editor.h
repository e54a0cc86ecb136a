/* A line that is typed: editing, history, completion with help texts, and never an echo of a secret. One
 * thread.
 */
#ifndef MALLE_TERM_LINE_EDITOR_H
#define MALLE_TERM_LINE_EDITOR_H

#include "term/cells.h"
#include "term/history.h"
#include "term/key.h"

typedef struct LineEditor LineEditor;

typedef struct {
    char *text; /* takes the place of the word */
    char *help; /* shown beside it; NULL for none */
} Completion;

Completion *completion_new(const char *text, const char *help);
void completion_free(Completion *completion);
GPtrArray *completions_new(void); /* of Completion*, free func set */

/* What could stand at the cursor. `*word_start` (a byte offset, the cursor at first) is set to where the word
 * begins that the candidates replace. NULL or empty: nothing. */
typedef GPtrArray *(*LineCompleter)(const char *text, gsize cursor, gsize *word_start, gpointer user_data);

typedef enum {
    LINE_EDITING,   /* the key was used */
    LINE_IGNORED,   /* the key means nothing here */
    LINE_ACCEPTED,  /* Enter */
    LINE_CANCELLED, /* Esc, Ctrl-G, Ctrl-C */
} LineResult;

LineEditor *line_editor_new(const char *text);
void line_editor_free(LineEditor *editor);                              /* the text is overwritten first */
void line_editor_set_history(LineEditor *editor, LineHistory *history); /* not owned; NULL: none */
void line_editor_set_completer(LineEditor *editor, LineCompleter completer, gpointer user_data);
/* Nothing of it is shown but one mark per character; no history, no completion. */
void line_editor_set_secret(LineEditor *editor, gboolean secret);

LineResult line_editor_key(LineEditor *editor, const Key *key);
const char *line_editor_text(const LineEditor *editor); /* safe, single line */
gsize line_editor_cursor(const LineEditor *editor);     /* byte offset */
void line_editor_set_text(LineEditor *editor, const char *text);
void line_editor_set_cursor(LineEditor *editor, gsize offset); /* a byte offset at a character */

/* Paints it into one row of `area`, scrolled so that the cursor is in view, and places the terminal's cursor
 * there if `focused`. */
void line_editor_draw(LineEditor *editor, Area area, int row, int column, int cells, CellStyle style,
                      gboolean focused);

/* The candidates that Tab found: NULL when there are none to choose from. `*chosen` is the one put in, −1
 * none yet. */
const GPtrArray *line_editor_candidates(const LineEditor *editor, int *chosen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineEditor, line_editor_free)

#endif
