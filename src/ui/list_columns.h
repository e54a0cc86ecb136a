/* Where the columns of the list stand for a width. Pure. */
#ifndef MALLE_UI_LIST_COLUMNS_H
#define MALLE_UI_LIST_COLUMNS_H

#include "config/columns.h"

typedef struct {
    ListColumnKind kind;
    int column, cells;
} PlacedColumn;

#define LIST_COLUMNS_MAX 16

typedef struct {
    guint n;
    PlacedColumn columns[LIST_COLUMNS_MAX];
    gboolean has_keywords; /* in a column of their own */
} ColumnPlan;

/* `words`: as in the option, each known to be right. `date_cells`: what a date takes in the person's format, 0 for the usual
 * one; `day_cells`: what a day and a month take in the usual one, where there is no room for more. `several_mailboxes`: the mailbox is
 * among the columns, before the subject where the words do not name it. */
void list_columns_plan(const char *const *words, int columns, int date_cells, int day_cells, gboolean several_mailboxes, ColumnPlan *plan);

#endif
