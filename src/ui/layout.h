/* Which view stands where: pure arithmetic, from 20×4 to any size. */
#ifndef MALLE_UI_LAYOUT_H
#define MALLE_UI_LAYOUT_H

#include <glib.h>

typedef struct {
    int row, column, rows, columns; /* rows or columns 0: not shown */
} LayoutBox;

typedef enum {
    LAYOUT_READER_AUTO,
    LAYOUT_READER_BELOW,
    LAYOUT_READER_RIGHT,
    LAYOUT_READER_FULL
} LayoutReader;

typedef struct {
    int rows, columns;        /* of the terminal */
    gboolean sidebar;         /* wanted */
    gboolean sidebar_focused; /* then it is shown even where there is little room */
    int sidebar_width;        /* wished */
    gboolean reader_open;
    LayoutReader reader;
    int reader_percent; /* of the room that list and reader share */
    gboolean key_bar;
} LayoutWish;

typedef struct {
    LayoutBox sidebar, list, reader,
        main;                        /* main: list and reader together, also what a whole-screen view gets */
    LayoutBox status, key_bar, line; /* line: prompts and notices */
    int sidebar_border;              /* column of the thin line, −1 none */
    int reader_border;               /* column of it when the reader stands to the right, −1 none */
} Layout;

/* Below this width the sidebar gives way unless it is focused. */
#define LAYOUT_SIDEBAR_MIN_COLUMNS 96

void layout_compute(const LayoutWish *wish, Layout *layout);

#endif
