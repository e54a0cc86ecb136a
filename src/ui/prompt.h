/* Questions on the bottom line: a line of text, one of several keys. Asking returns at once; the answer comes
 * to a callback. At most one is open: a new one takes the place of an old one, which is cancelled. UI thread.
 */
#ifndef MALLE_UI_PROMPT_H
#define MALLE_UI_PROMPT_H

#include "term/cells.h"
#include "term/key.h"
#include "term/line_editor.h"

#include "ui/command.h"

typedef struct Prompt Prompt;

/* `text` NULL: cancelled. Called once, when the prompt is gone already (so it may ask again). */
typedef void (*PromptLineDone)(Ui *ui, const char *text, gpointer user_data);
typedef void (*PromptKeyDone)(Ui *ui, int choice, gpointer user_data); /* index, −1: cancelled */

typedef struct {
    const char *label;    /* translated; copied */
    const char *initial;  /* NULL: "" */
    LineHistory *history; /* not owned; NULL none */
    LineCompleter completer;
    gpointer completer_data;
    gboolean secret;
    const Command *command; /* whose argument is asked for; NULL none */
    const char *title;      /* with details: a box above the line; NULL none. Copied. */
    const char *details;    /* several lines, safe or not */
} PromptLine;

/* `user_data` is freed with `free_data` (may be NULL) after the callback. */
void prompt_line(Ui *ui, const PromptLine *line, PromptLineDone done, gpointer user_data,
                 GDestroyNotify free_data);

typedef struct {
    const char *key;   /* canonical key name; matched without regard to case when no other choice has it */
    const char *label; /* translated; the letter stands before it */
} PromptChoice;

/* `choices` ends with a NULL key; copied. */
void prompt_choice(Ui *ui, const char *question, const char *title, const char *details,
                   const PromptChoice *choices, PromptKeyDone done, gpointer user_data,
                   GDestroyNotify free_data);
/* y, n (Enter is n; Esc is n too). choice 0: yes. */
void prompt_yes_no(Ui *ui, const char *question, PromptKeyDone done, gpointer user_data,
                   GDestroyNotify free_data);

void prompt_key(Ui *ui, const Key *key);
void prompt_draw(Ui *ui, Area line, Area main);
/* The command whose argument is being typed; NULL none. */
const Command *prompt_command(const Ui *ui);
LineEditor *prompt_editor(const Ui *ui); /* NULL: no line is asked for */
void prompt_cancel(Ui *ui); /* nothing when none is open */

#endif
