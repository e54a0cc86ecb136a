/* The parts of the open message: open, save, pipe, show as text. */
#include "config.h"

#include "base/i18n.h"
#include "term/scroller.h"
#include "ui/app.h"

typedef struct {
    View view;
    Scroller scroller;
} Attachments;

static const GPtrArray *parts(const View *view)
{
    return view->ui->message ? model_message_attachments(view->ui->message) : NULL;
}

static char *state_words(const Ui *ui, const ModelAttachment *part)
{
    const GPtrArray *transfers = model_transfers(ui->model);
    gint64 id = model_message_id(ui->message);
    for (guint i = 0; transfers && i < transfers->len; i++) {
        const ModelTransfer *transfer = transfers->pdata[i];
        if (transfer->message_id != id || transfer->finished ||
            g_strcmp0(transfer->section, part->section) != 0)
            continue;
        if (transfer->total)
            return g_strdup_printf("%d %%",
                                   (int)(MIN(transfer->done, transfer->total) * 100 / transfer->total));
        return g_strdup("…");
    }
    return g_strdup(part->here ? _("here") : part->is_inline ? _("in the text") : "");
}

static void draw_part(const Ui *ui, Area area, int row, guint number, const ModelAttachment *part,
                      gboolean is_selected, gboolean focused)
{
    CellStyle style = is_selected ? ui_style(ui, THEME_LIST_CURSOR) : ui_style(ui, THEME_LIST);
    g_autofree char *size = text_human_size((gint64)MIN(part->octets, G_MAXINT64));
    g_autofree char *state = state_words(ui, part);
    int type = MIN(28, area.columns / 4), name = MAX(8, area.columns - type - 8 - 14 - 8);
    area_repeat(area, row, 0, area.columns, " ", style);
    int column = area_format(area, row, 1, style, "%3u  ", number);
    column = area_fit(area, row, column, name, part->name, -1, TEXT_CUT_MIDDLE, FALSE, style) + 1;
    column = area_fit(area, row, column, type, part->type, -1, TEXT_CUT_ELLIPSIS, FALSE, style) + 1;
    column = area_fit(area, row, column, 8, size, -1, TEXT_CUT_PLAIN, TRUE, style) + 2;
    area_fit(area, row, column, 12, state, -1, TEXT_CUT_ELLIPSIS, FALSE, style);
    if (is_selected && focused)
        area_put_cursor(area, row, 0);
}

static void attachments_draw(View *view, Area area, gboolean focused)
{
    Attachments *attachments = (Attachments *)view;
    const GPtrArray *list = parts(view);
    const StoreListRow *message = view->ui->message ? model_message_row(view->ui->message) : NULL;
    g_autofree char *title = g_strdup_printf(
        _("Parts of: %s"),
        message && message->subject && *message->subject ? message->subject : _("(no subject)"));
    ui_draw_title(view->ui, area, title, NULL, focused);
    Area body = area_part(area, 1, 0, area.rows - 1, area.columns);
    scroller_set(&attachments->scroller, list ? (int)list->len : 0, body.rows);
    for (int row = 0; row < body.rows && attachments->scroller.top + row < attachments->scroller.count;
         row++) {
        int index = attachments->scroller.top + row;
        draw_part(view->ui, body, row, (guint)index + 1, list->pdata[index],
                  index == attachments->scroller.selected, focused);
    }
    if (attachments->scroller.count == 0)
        area_text(body, 1, 2, _("The structure of this message is not known yet."), -1,
                  ui_style(view->ui, THEME_DIM));
}

static void attachments_move(View *view, int rows)
{
    scroller_move(&((Attachments *)view)->scroller, rows);
}

static void attachments_page(View *view, int half_pages)
{
    scroller_page(&((Attachments *)view)->scroller, half_pages);
}

static void attachments_edge(View *view, int direction)
{
    scroller_edge(&((Attachments *)view)->scroller, direction);
}

static void attachments_activate(View *view)
{
    command_run(view->ui, command_find("open-attachment"), "");
}

static void attachments_free(View *view)
{
    g_free(view);
}

static const ViewClass attachments_class = {
    .context = CONTEXT_ATTACHMENTS,
    .draw = attachments_draw,
    .free = attachments_free,
    .move = attachments_move,
    .page = attachments_page,
    .edge = attachments_edge,
    .activate = attachments_activate,
};

View *view_attachments_new(Ui *ui)
{
    Attachments *attachments = g_new0(Attachments, 1);
    attachments->view = (View){ &attachments_class, ui };
    /* Begin at what is not part of the text: that is what one came for. */
    const GPtrArray *list = parts(&attachments->view);
    for (guint i = 0; list && i < list->len; i++)
        if (!((ModelAttachment *)list->pdata[i])->is_inline) {
            attachments->scroller.selected = (int)i;
            break;
        }
    return &attachments->view;
}

const ModelAttachment *view_attachments_selected(View *view)
{
    const GPtrArray *list = parts(view);
    int row = ((Attachments *)view)->scroller.selected;
    return list && row >= 0 && row < (int)list->len ? list->pdata[row] : NULL;
}
