#include "config.h"
#include "term/scroller.h"

#include "base/i18n.h"

static int last_top(const Scroller *scroller)
{
    return MAX(0, scroller->count - scroller->height);
}

static void settle(Scroller *scroller)
{
    if (scroller->free) {
        scroller->selected = -1;
    } else {
        scroller->selected = scroller->count > 0 ? CLAMP(scroller->selected, 0, scroller->count - 1) : -1;
        if (scroller->selected >= 0)
            scroller->top =
                CLAMP(scroller->top, scroller->selected - scroller->height + 1, scroller->selected);
    }
    scroller->top = CLAMP(scroller->top, 0, last_top(scroller));
}

void scroller_set(Scroller *scroller, int count, int height)
{
    scroller->count = MAX(0, count);
    scroller->height = MAX(1, height);
    settle(scroller);
}

void scroller_select(Scroller *scroller, int row)
{
    scroller->selected = row;
    settle(scroller);
}

void scroller_move(Scroller *scroller, int rows)
{
    if (scroller->free)
        scroller->top += rows;
    else
        scroller->selected += rows;
    settle(scroller);
}

void scroller_page(Scroller *scroller, int half_pages)
{
    /* One line of the page before stays, to find one's place again. */
    int rows = half_pages % 2 == 0 ? half_pages / 2 * MAX(1, scroller->height - 1)
                                   : half_pages * MAX(1, scroller->height / 2);
    scroller->top = CLAMP(scroller->top + rows, 0, last_top(scroller));
    if (!scroller->free)
        scroller->selected += rows;
    settle(scroller);
}

void scroller_scroll(Scroller *scroller, int rows)
{
    scroller->top = CLAMP(scroller->top + rows, 0, last_top(scroller));
    if (!scroller->free && scroller->selected >= 0)
        scroller->selected = CLAMP(scroller->selected, scroller->top, scroller->top + scroller->height - 1);
    settle(scroller);
}

void scroller_edge(Scroller *scroller, int direction)
{
    scroller->top = direction < 0 ? 0 : last_top(scroller);
    scroller->selected = direction < 0 ? 0 : scroller->count - 1;
    settle(scroller);
}

const char *scroller_words(const Scroller *scroller, char buffer[16])
{
    if (scroller->count <= scroller->height)
        return _("all");
    if (scroller->top == 0)
        return _("top");
    if (scroller->top >= last_top(scroller))
        return _("end");
    g_snprintf(buffer, 16, "%d %%", (scroller->top + scroller->height) * 100 / scroller->count);
    return buffer;
}
