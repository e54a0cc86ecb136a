/* Accounts and mailboxes, with what is unread in them. */
#include "config.h"

#include "base/i18n.h"
#include "term/scroller.h"
#include "ui/app.h"

typedef struct {
    View view;
    Scroller scroller;
    gint64 wanted; /* to be selected once the tree has it */
} Sidebar;

static const MailboxRow *selected(Sidebar *sidebar)
{
    MailboxTree *tree = sidebar->view.ui->tree;
    int row = sidebar->scroller.selected;
    return row >= 0 && row < (int)mailbox_tree_n_rows(tree) ? mailbox_tree_row(tree, (guint)row) : NULL;
}

static const char *account_sign(const ModelAccount *account)
{
    if (!account)
        return "?";
    switch (account->status.state) {
    case ACCOUNT_ONLINE:
    case ACCOUNT_LOCAL:
        return "";
    case ACCOUNT_STOPPED:
        return "!";
    default:
        return "~";
    }
}

/* "12/340", "340", or nothing for nothing. */
static char *count_words(const MailboxRow *row)
{
    guint unread = row->unread + (row->folded ? row->folded_unread : 0);
    if (row->kind == MAILBOX_ROW_ACCOUNT)
        return unread ? g_strdup_printf("%u", unread) : g_strdup("");
    if (!row->selectable)
        return unread ? g_strdup_printf("%u", unread) : g_strdup("");
    if (unread)
        return g_strdup_printf("%u/%u", unread, row->total);
    return row->total ? g_strdup_printf("%u", row->total) : g_strdup("");
}

/* What is kept of it for offline use; "" nothing. */
static const char *kept_sign(const Ui *ui, const MailboxRow *row)
{
    if (row->kind != MAILBOX_ROW_MAILBOX || !row->selectable)
        return "";
    switch (row->keep.level) {
    case KEEP_SUMMARIES:
        return ui->glyphs->kept_summaries;
    case KEEP_TEXTS:
        return ui->glyphs->kept_texts;
    case KEEP_EVERYTHING:
        return ui->glyphs->kept_everything;
    default:
        return "";
    }
}

static CellStyle row_style(Sidebar *sidebar, const MailboxRow *row)
{
    Ui *ui = sidebar->view.ui;
    if (row->kind == MAILBOX_ROW_ACCOUNT)
        return ui_style(ui, THEME_SIDEBAR_ACCOUNT);
    if (row->unread > 0 || (row->folded && row->folded_unread > 0))
        return ui_style(ui, THEME_SIDEBAR_UNREAD);
    return row->selectable ? ui_style(ui, THEME_SIDEBAR) : ui_style(ui, THEME_DIM);
}

static void draw_row(Sidebar *sidebar, Area area, int line, const MailboxRow *row, gboolean is_selected,
                     gboolean focused)
{
    Ui *ui = sidebar->view.ui;
    CellStyle style = row_style(sidebar, row);
    gboolean open = ui->list && row->mailbox_id && model_list_mailbox(ui->list) == row->mailbox_id;
    if (is_selected && focused)
        style = ui_style(ui, THEME_SIDEBAR_CURSOR);
    else if (open)
        style = ui_style(ui, THEME_LIST_CURSOR_AWAY);
    if (row->unread > 0)
        style.attributes |= CELL_BOLD;
    area_repeat(area, line, 0, area.columns, " ", style);
    g_autofree char *counts = count_words(row);
    int counts_width = text_display_width(counts, -1);
    int column = 1 + (int)MIN(row->depth ? (row->depth - 1) * 2 : 0, (guint)area.columns / 3);
    if (row->kind == MAILBOX_ROW_MAILBOX)
        column += 1;
    if (row->has_children)
        area_text(area, line, column - 1, row->folded ? ui->glyphs->folded : ui->glyphs->unfolded, -1, style);
    column += 1;
    const char *kept = kept_sign(ui, row);
    int kept_width = *kept ? 2 : 0;
    area_fit(area, line, column, area.columns - column - counts_width - kept_width - 2, row->label, -1, TEXT_CUT_ELLIPSIS,
             FALSE, style);
    area_text(area, line, area.columns - counts_width - kept_width - (counts_width ? 1 : 0), kept, -1, style);
    area_fit(area, line, area.columns - counts_width - 1, counts_width, counts, -1, TEXT_CUT_PLAIN, TRUE,
             style);
    if (row->kind == MAILBOX_ROW_ACCOUNT)
        area_text(area, line, column + text_display_width(row->label, -1) + 1, account_sign(row->account), -1,
                  ui_style(ui, THEME_WARNING));
    if (is_selected && focused)
        area_put_cursor(area, line, column);
}

static void sidebar_draw(View *view, Area area, gboolean focused)
{
    Sidebar *sidebar = (Sidebar *)view;
    MailboxTree *tree = view->ui->tree;
    ui_draw_title(view->ui, area, _("Mailboxes"), NULL, focused);
    Area body = area_part(area, 1, 0, area.rows - 1, area.columns);
    scroller_set(&sidebar->scroller, (int)mailbox_tree_n_rows(tree), body.rows);
    for (int line = 0; line < body.rows; line++) {
        int row = sidebar->scroller.top + line;
        if (row < sidebar->scroller.count)
            draw_row(sidebar, body, line, mailbox_tree_row(tree, (guint)row),
                     row == sidebar->scroller.selected, focused);
    }
    if (sidebar->scroller.count == 0)
        area_text(body, 0, 2, _("nothing here yet"), -1, ui_style(view->ui, THEME_DIM));
}

static void sidebar_changed(View *view, ModelRepaint what)
{
    Sidebar *sidebar = (Sidebar *)view;
    if (!(what & MODEL_REPAINT_SIDEBAR))
        return;
    /* The row that is selected may have moved: it is kept by what it is. */
    const MailboxRow *row = selected(sidebar);
    gint64 mailbox = sidebar->wanted ? sidebar->wanted : row ? row->mailbox_id : 0;
    g_autoptr(GError) error = NULL;
    if (!mailbox_tree_refresh(view->ui->tree, &error))
        ui_complain(view->ui, error);
    if (mailbox)
        view_sidebar_select(view, mailbox);
}

static void sidebar_move(View *view, int rows)
{
    scroller_move(&((Sidebar *)view)->scroller, rows);
}

static void sidebar_page(View *view, int half_pages)
{
    scroller_page(&((Sidebar *)view)->scroller, half_pages);
}

static void sidebar_scroll(View *view, int rows)
{
    scroller_scroll(&((Sidebar *)view)->scroller, rows);
}

static void sidebar_edge(View *view, int direction)
{
    scroller_edge(&((Sidebar *)view)->scroller, direction);
}

static void sidebar_activate(View *view)
{
    Sidebar *sidebar = (Sidebar *)view;
    const MailboxRow *row = selected(sidebar);
    if (!row)
        return;
    if (row->mailbox_id && row->selectable)
        ui_open_mailbox(view->ui, row->mailbox_id);
    else
        view_sidebar_fold(view, -1);
}

static void sidebar_free(View *view)
{
    g_free(view);
}

/* Finds the next row with these words in its name, from the selected one on, going round. */
static gboolean sidebar_search(View *view, const char *text, int direction, GError **error)
{
    Sidebar *sidebar = (Sidebar *)view;
    int count = (int)mailbox_tree_n_rows(view->ui->tree);
    g_autofree char *wanted = text_sort_key(text, -1);
    for (int step = 1; step <= count; step++) {
        int at = ((sidebar->scroller.selected + direction * step) % count + count) % count;
        const MailboxRow *row = mailbox_tree_row(view->ui->tree, (guint)at);
        g_autofree char *name = text_sort_key(*row->full_name ? row->full_name : row->label, -1);
        if (g_strstr_len(name, -1, wanted)) {
            scroller_select(&sidebar->scroller, at);
            return TRUE;
        }
    }
    g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("No mailbox is called “%s”."), text);
    return FALSE;
}

static const ViewClass sidebar_class = {
    .context = CONTEXT_SIDEBAR,
    .draw = sidebar_draw,
    .free = sidebar_free,
    .move = sidebar_move,
    .page = sidebar_page,
    .scroll = sidebar_scroll,
    .edge = sidebar_edge,
    .activate = sidebar_activate,
    .changed = sidebar_changed,
    .search = sidebar_search,
};

View *view_sidebar_new(Ui *ui)
{
    Sidebar *sidebar = g_new0(Sidebar, 1);
    sidebar->view = (View){ &sidebar_class, ui };
    return &sidebar->view;
}

void view_sidebar_select(View *view, gint64 mailbox_id)
{
    Sidebar *sidebar = (Sidebar *)view;
    int row = mailbox_tree_find(view->ui->tree, mailbox_id);
    sidebar->wanted = row < 0 ? mailbox_id : 0;
    if (row < 0)
        return;
    sidebar->scroller.count = (int)mailbox_tree_n_rows(view->ui->tree);
    scroller_select(&sidebar->scroller, row);
}

void view_sidebar_fold(View *view, int how)
{
    Sidebar *sidebar = (Sidebar *)view;
    const MailboxRow *row = selected(sidebar);
    if (!row || !row->has_children)
        return;
    mailbox_tree_fold(view->ui->tree, (guint)sidebar->scroller.selected, how < 0 ? !row->folded : how == 0);
    ui_redraw(view->ui);
}

gint64 view_sidebar_mailbox(View *view)
{
    const MailboxRow *row = selected((Sidebar *)view);
    return row ? row->mailbox_id : 0;
}

gboolean view_sidebar_click(View *view, int line)
{
    Sidebar *sidebar = (Sidebar *)view;
    int row = sidebar->scroller.top + line;
    if (line < 0 || row >= sidebar->scroller.count)
        return FALSE;
    scroller_select(&sidebar->scroller, row);
    return TRUE;
}

const MailboxRow *view_sidebar_row(View *view)
{
    return selected((Sidebar *)view);
}

gint64 view_sidebar_account(View *view)
{
    const MailboxRow *row = selected((Sidebar *)view);
    return row ? row->account_id : 0;
}
