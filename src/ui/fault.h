/* Errors of what was typed point at the place: the line stands there once more above the words of the error, with the bytes marked that they are about,
 * until the next key. UI thread. */
#ifndef MALLE_UI_FAULT_H
#define MALLE_UI_FAULT_H

#include "term/cells.h"
#include "ui/command.h"

typedef struct Fault Fault;

/* A typed line is run from here to ui_typed_end(). `label` stands before it (":", a question). `command`: the line is this command's argument; NULL: it begins
 * with a command's name. */
void ui_typed_begin(Ui *ui, const char *label, const char *line, const Command *command);
void ui_typed_end(Ui *ui);
/* Of a line of several commands, the one that begins at this byte is run now. */
void ui_typed_at(Ui *ui, gsize offset);
/* For a command that knows better than "my argument": the error that it is about to give is about these bytes of it. */
void ui_fault_at(Ui *ui, gsize start, gsize length);
/* An error of what is being run is told now. Nothing unless a line was typed. */
void ui_fault_tell(Ui *ui, const GError *error);
/* Above that row, which has the words; words that need more rows get them. Nothing when there is no error. */
void ui_fault_draw(Ui *ui, Area screen, int bottom);
void ui_fault_free(Ui *ui);

#endif
