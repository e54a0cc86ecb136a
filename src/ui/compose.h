/* What the files about letters share. Private to ui/. UI thread. */
#ifndef MALLE_UI_COMPOSE_H
#define MALLE_UI_COMPOSE_H

#include "model/compose.h"
#include "ui/app.h"
#include "ui/commands.h"

/* --- view_compose.c --- */
View *view_compose_new(Ui *ui, ModelCompose *letter); /* takes it */
ModelCompose *view_compose_letter(View *view);
int view_compose_attachment(View *view); /* the selected one, −1 none */
void view_compose_select_attachment(View *view, int index);
void view_compose_select_text(View *view);
void view_compose_edit(View *view, ComposeField field);
void view_compose_point(View *view); /* at the first address that is none, if there is one */
/* From field to field, and then to the editor: how a new letter begins. */
void view_compose_lead(View *view);

/* Ui.answer_kind of messages that are forwarded. */
#define FORWARD_TEXT (-1)
#define FORWARD_WHOLE (-2)
#define LEAVE_LIST (-3) /* it is no letter at all, but its header is waited for in the same way */

/* --- letters.c --- */
/* The letter is shown, and taken. `lead`: as a new one; otherwise its text goes to the editor at once with `edit`. */
typedef enum { LETTER_SHOW, LETTER_LEAD, LETTER_EDIT } LetterBeginning;
void ui_open_letter(Ui *ui, ModelCompose *letter, LetterBeginning beginning);
void ui_edit_letter(Ui *ui, View *view, gboolean header);
/* Answers, taken-up messages and letters taken back that have become ready. */
void ui_check_letters(Ui *ui);
void ui_forget_answer(Ui *ui);
/* When a letter sent now may leave (Unix µs): the hold in which it can be taken back. */
gint64 ui_send_hold(const Ui *ui);
/* A letter as the mailto: URL wants it, shown; note: said with it. FALSE with error. */
gboolean ui_begin_mailto(Ui *ui, const char *url, const char *note, GError **error);
/* cmd_leave_list.c: the message's header is here. */
void ui_leave_list(Ui *ui, ModelMessage *message);
void ui_letter_taken_up(Ui *ui, const ModelTransfer *transfer);
/* The letter that the program was started for is opened; taken. note: said with it; NULL: nothing. */
void ui_begin_letter(Ui *ui, Letter *letter, const char *note);
/* What a program that died left behind is offered. */
void ui_offer_drafts(Ui *ui);

#endif
