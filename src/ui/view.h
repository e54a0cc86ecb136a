/* A view: something that fills a rectangle and has a context for keys. One view per file; each is made by a
 * function of its own. */
#ifndef MALLE_UI_VIEW_H
#define MALLE_UI_VIEW_H

#include "model/model.h"
#include "term/cells.h"
#include "term/key.h"
#include "ui/command.h"

typedef struct View View;

/* Any of these may be NULL but draw and free. */
typedef struct {
    CommandContexts context; /* one bit */
    void (*draw)(View *view, Area area, gboolean focused);
    void (*free)(View *view);
    void (*move)(View *view, int rows);       /* the selection, or the text where there is none */
    void (*page)(View *view, int half_pages); /* 2: a page down */
    void (*scroll)(View *view, int rows);
    void (*edge)(View *view, int direction);        /* −1: the first, 1: the last */
    void (*activate)(View *view);                   /* Enter */
    gboolean (*key)(View *view, const Key *key);    /* before the keymap sees it; TRUE: used. For forms. */
    void (*changed)(View *view, ModelRepaint what); /* the model has something new */
    gboolean (*search)(View *view, const char *text, int direction,
                       GError **error); /* text NULL: again; FALSE with error, or not found */
    LineEditor *(*editor)(View *view); /* the line being edited in it, NULL none */
    char *(*title)(View *view);         /* for the window's title; caller frees */
} ViewClass;

struct View {
    const ViewClass *class;
    Ui *ui;
};

void view_free(View *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(View, view_free)

#endif
