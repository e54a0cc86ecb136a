#include "config.h"
#include "ui/list_columns.h"

/* A subject of fewer cells tells nothing: other columns give way before. */
#define SUBJECT_MIN 14
#define SIGNS_CELLS 5

/* What goes first where there is no room. */
static const ListColumnKind spared[] = { LIST_COLUMN_SIZE, LIST_COLUMN_MAILBOX, LIST_COLUMN_ADDRESS, LIST_COLUMN_RECEIVED, LIST_COLUMN_KEYWORDS, LIST_COLUMN_DATE };

static int usual_cells(ListColumnKind kind, int columns, int date_cells, int day_cells)
{
    switch (kind) {
    case LIST_COLUMN_SIGNS:
        return SIGNS_CELLS;
    case LIST_COLUMN_DATE:
    case LIST_COLUMN_RECEIVED:
        return date_cells > 0 ? date_cells : columns >= 72 ? 10 : CLAMP(day_cells, 6, 10);
    case LIST_COLUMN_SIZE:
        return columns >= 64 ? 7 : 0;
    case LIST_COLUMN_MAILBOX:
        return CLAMP(columns / 6, 8, 22);
    case LIST_COLUMN_KEYWORDS:
        return CLAMP(columns / 8, 8, 20);
    default:
        return CLAMP(columns * 22 / 100, 10, 32);
    }
}

static int cells_of(const ListColumn *column, int columns, int date_cells, int day_cells)
{
    if (column->width == 0)
        return usual_cells(column->kind, columns, date_cells, day_cells);
    return MAX(1, column->percent ? columns * column->width / 100 : column->width);
}

/* Behind figures that stand to the right two cells are left, or they would touch what follows. */
static int gap_behind(ListColumnKind kind)
{
    return kind == LIST_COLUMN_SIZE ? 2 : 1;
}

static int taken(const ColumnPlan *plan)
{
    int cells = 0;
    for (guint i = 0; i < plan->n; i++)
        if (plan->columns[i].cells > 0)
            cells += plan->columns[i].cells + gap_behind(plan->columns[i].kind);
    return cells;
}

static PlacedColumn *find(ColumnPlan *plan, ListColumnKind kind)
{
    for (guint i = 0; i < plan->n; i++)
        if (plan->columns[i].kind == kind)
            return &plan->columns[i];
    return NULL;
}

void list_columns_plan(const char *const *words, int columns, int date_cells, int day_cells, gboolean several_mailboxes, ColumnPlan *plan)
{
    *plan = (ColumnPlan){ 0 };
    gboolean lacks_mailbox = several_mailboxes;
    for (guint i = 0; words[i] && lacks_mailbox; i++)
        lacks_mailbox = !g_str_has_prefix(words[i], list_column_names[LIST_COLUMN_MAILBOX]);
    for (guint i = 0; words[i] && plan->n < LIST_COLUMNS_MAX; i++) {
        ListColumn column;
        if (!list_column_parse(words[i], &column, NULL))
            continue;
        if (column.kind == LIST_COLUMN_SUBJECT && lacks_mailbox && plan->n + 1 < LIST_COLUMNS_MAX)
            plan->columns[plan->n++] =
                (PlacedColumn){ LIST_COLUMN_MAILBOX, 0, usual_cells(LIST_COLUMN_MAILBOX, columns, date_cells, day_cells) };
        gboolean rest = column.kind == LIST_COLUMN_SUBJECT && column.width == 0;
        plan->columns[plan->n++] = (PlacedColumn){ column.kind, 0, rest ? 0 : cells_of(&column, columns, date_cells, day_cells) };
        plan->has_keywords |= column.kind == LIST_COLUMN_KEYWORDS;
    }
    PlacedColumn *subject = find(plan, LIST_COLUMN_SUBJECT), *who = find(plan, LIST_COLUMN_WHO);
    for (guint i = 0; i < G_N_ELEMENTS(spared) && columns - taken(plan) < SUBJECT_MIN; i++)
        if (find(plan, spared[i]))
            find(plan, spared[i])->cells = 0;
    if (who && columns - taken(plan) < SUBJECT_MIN)
        who->cells = MAX(columns / 3, 1);
    if (subject && subject->cells == 0)
        subject->cells = MAX(columns - taken(plan) - 1, 0);
    int at = 0;
    for (guint i = 0; i < plan->n; i++) {
        plan->columns[i].column = at;
        if (plan->columns[i].cells > 0)
            at += plan->columns[i].cells + gap_behind(plan->columns[i].kind);
    }
}
