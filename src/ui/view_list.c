/* The list of messages: one line each, in columns that stay where they are whatever the messages say. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/time.h"
#include "ui/app.h"
#include "ui/list_columns.h"

/* Matches that a search stepping round to the other end passes over; with more than that, one of them will
 * do. */
#define WRAP_MAX 100

/* Threads deeper than this are drawn at this depth: the subject needs the room. */
#define MAX_DEPTH 10

/* The letters are mutt's. */
void ui_draw_signs(Area area, MailFlags flags, gboolean has_attachment, gboolean pending, CellStyle style)
{
    const char *state = flags & MAIL_FLAG_DELETED     ? "D"
                        : !(flags & MAIL_FLAG_SEEN)   ? "N"
                        : flags & MAIL_FLAG_DRAFT     ? "d"
                        : flags & MAIL_FLAG_ANSWERED  ? "r"
                        : flags & MAIL_FLAG_FORWARDED ? "f"
                                                      : " ";
    area_text(area, 0, 0, state, 1, style);
    area_text(area, 0, 1, flags & MAIL_FLAG_FLAGGED ? "!" : " ", 1, style);
    area_text(area, 0, 2, has_attachment ? "@" : " ", 1, style);
    area_text(area, 0, 3, pending ? "~" : " ", 1, style);
}

static void draw_signs(Area area, const ModelListRow *row, CellStyle style)
{
    area_text(area, 0, 0, row->tagged ? "*" : " ", 1, style);
    ui_draw_signs(area_part(area, 0, 1, 1, 4), row->flags, row->row->has_attachment, row->pending, style);
}

static CellStyle row_style(const Ui *ui, const ModelListRow *row, gboolean is_selected, gboolean focused)
{
    ThemeRole role = THEME_LIST;
    if (row->tagged)
        role = THEME_LIST_TAGGED;
    else if (row->flags & MAIL_FLAG_DELETED)
        role = THEME_LIST_DELETED;
    else if (row->flags & MAIL_FLAG_FLAGGED)
        role = THEME_LIST_FLAGGED;
    else if (!(row->flags & MAIL_FLAG_SEEN))
        role = THEME_LIST_UNREAD;
    CellStyle style =
        is_selected ? ui_style(ui, focused ? THEME_LIST_CURSOR : THEME_LIST_CURSOR_AWAY) : ui_style(ui, role);
    /* The person's own rules; tags and the selection stay what they are everywhere. */
    if (row->rule && row->rule <= ui->rule_styles->len && !row->tagged) {
        CellStyle rule = g_array_index(ui->rule_styles, CellStyle, row->rule - 1);
        style.attributes |= rule.attributes;
        if (!is_selected && rule.foreground >= 0)
            style.foreground = rule.foreground;
        if (!is_selected && rule.background >= 0)
            style.background = rule.background;
    }
    /* Unread is bold whatever else it is, so that it is told without colours. */
    if (!(row->flags & MAIL_FLAG_SEEN) || (row->folded && row->folded_unread))
        style.attributes |= CELL_BOLD;
    return style;
}

/* --- the thread tree --------------------------------------------------------------------------- */

/* Which branches go on below each line, found from the last line upward: bit d of line i says that at depth d
 * another message of the same parent follows further down, as far as the window shows. */
static void find_branches(const ModelList *list, guint n, guint32 *follows)
{
    guint32 open = 0;
    for (guint i = n; i-- > 0;) {
        const ModelListRow *row = model_list_row(list, i);
        guint depth = MIN(row->depth, MAX_DEPTH);
        if (i + 1 == n && row->continues)
            open |= 1u << depth;
        follows[i] = open;
        open |= 1u << depth;
        open &= (2u << depth) - 1;
    }
}

static int draw_tree(const Ui *ui, Area area, int line, int column, const ModelListRow *row, guint32 follows,
                     CellStyle style, gboolean is_selected)
{
    guint depth = MIN(row->depth, MAX_DEPTH);
    CellStyle lines = style;
    if (!is_selected)
        lines = ui_style(ui, THEME_THREAD_LINES);
    for (guint level = 1; level < depth; level++)
        column = area_text(area, line, column, follows & (1u << level) ? ui->glyphs->trunk : "  ", -1, lines);
    if (depth > 0)
        column = area_text(area, line, column,
                           follows & (1u << depth) ? ui->glyphs->branch : ui->glyphs->last_branch, -1, lines);
    return column;
}

static void draw_subject(const Ui *ui, Area area, int line, int column, int cells, const ModelListRow *row,
                         guint32 follows, CellStyle style, gboolean is_selected, gboolean with_keywords)
{
    Area room = area_part(area, line, column, 1, cells);
    int at = draw_tree(ui, room, 0, 0, row, follows, style, is_selected);
    if (row->folded) {
        g_autofree char *count =
            row->folded_unread
                ? g_strdup_printf("%s%u (%u) ", ui->glyphs->folded, row->folded, row->folded_unread)
                : g_strdup_printf("%s%u ", ui->glyphs->folded, row->folded);
        at = area_text(room, 0, at, count, -1, style);
    }
    int keywords = with_keywords && row->keywords && *row->keywords ? text_display_width(row->keywords, -1) : 0;
    keywords = MIN(keywords, cells / 4);
    int subject = cells - at - (keywords ? keywords + 2 : 0);
    area_fit(room, 0, at, subject, *row->subject ? row->subject : _("(no subject)"), -1, TEXT_CUT_ELLIPSIS,
             FALSE, style);
    if (keywords) {
        CellStyle faint = is_selected ? style : ui_style(ui, THEME_DIM);
        area_fit(room, 0, cells - keywords, keywords, row->keywords, -1, TEXT_CUT_ELLIPSIS, FALSE, faint);
    }
}

/* --- drawing ----------------------------------------------------------------------------------- */

static char *date_words(const Ui *ui, gint64 date, gint64 now, int width)
{
    const char *format = options_text(ui->options, OPTION_DATE_FORMAT);
    if (!format || !*format)
        return time_format_list(date, now, width);
    if (strcmp(format, OPTIONS_DATE_RELATIVE) == 0)
        return time_format_age(date, now);
    if (strcmp(format, OPTIONS_DATE_ABSOLUTE) == 0)
        return time_format_locale(date);
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_local(date);
    char *words = when ? g_date_time_format(when, format) : NULL;
    return words ? words : g_strdup("");
}

/* What a date takes in the person's format: one with wide names of month and day. 0: the usual format. */
static int date_cells(const Ui *ui)
{
    const char *format = options_text(ui->options, OPTION_DATE_FORMAT);
    if (!format || !*format)
        return 0;
    gint64 late = 1790805540; /* Wednesday 30 September 2026, late: wide names */
    static const gint64 ages[] = { 0, 59 * 60, 23 * 3600, 13 * 86400, 50 * 86400, 700 * 86400, 5000 * (gint64)86400 }; /* in each of their units */
    int cells = 1;
    for (guint i = 0; i < G_N_ELEMENTS(ages); i++) {
        g_autofree char *wide = date_words(ui, late, late + ages[i], 0);
        cells = MAX(cells, text_display_width(wide, -1));
    }
    return MIN(cells, 40);
}

/* "30 sept." where months are long: a day that is some weeks old. */
static int day_cells(gint64 now)
{
    g_autofree char *day = time_format_list(now - now % (365 * 86400) + 272 * (gint64)86400, now, 10);
    return text_display_width(day, -1);
}

/* The name tells more than the account: it comes first, where there is not room for both. */
static char *mailbox_words(const Ui *ui, gint64 mailbox_id)
{
    const MailboxRow *row = mailbox_tree_mailbox(ui->tree, mailbox_id);
    if (!row)
        return g_strdup("");
    if (model_list_mailbox(ui->list) == MODEL_INBOXES && row->account)
        return g_strdup(row->account->account->name); /* which of the inboxes is that of which account */
    return model_n_accounts(ui->model) > 1 && row->account ? g_strdup_printf("%s (%s)", row->label, row->account->account->name)
                                                           : g_strdup(row->label);
}

static char *cell_words(const Ui *ui, const ModelListRow *row, const PlacedColumn *column, gint64 now)
{
    const StoreListRow *stored = row->row;
    switch (column->kind) {
    case LIST_COLUMN_DATE:
        return date_words(ui, stored->date ? stored->date : stored->internal_date, now, column->cells);
    case LIST_COLUMN_RECEIVED:
        return date_words(ui, stored->internal_date ? stored->internal_date : stored->date, now, column->cells);
    case LIST_COLUMN_WHO:
        return row->outgoing ? g_strdup_printf(_("to %s"), row->who) : g_strdup(row->who);
    case LIST_COLUMN_FROM:
        return g_strdup(stored->from_name && *stored->from_name ? stored->from_name : stored->from_address ? stored->from_address : "");
    case LIST_COLUMN_ADDRESS:
        return g_strdup(stored->from_address ? stored->from_address : "");
    case LIST_COLUMN_SIZE:
        return text_human_size((gint64)MIN(stored->size, G_MAXINT64));
    case LIST_COLUMN_KEYWORDS:
        return g_strdup(row->keywords ? row->keywords : "");
    case LIST_COLUMN_MAILBOX:
        return mailbox_words(ui, stored->mailbox_id);
    default:
        return g_strdup("");
    }
}

typedef struct {
    ColumnPlan plan;
    gint64 now;
    gboolean focused;
} RowsLook;

static void draw_row(const Ui *ui, Area area, int line, const RowsLook *look, const ModelListRow *row,
                     guint32 follows, gboolean is_selected)
{
    CellStyle style = row_style(ui, row, is_selected, look->focused);
    area_repeat(area, line, 0, area.columns, " ", style);
    for (guint i = 0; i < look->plan.n; i++) {
        const PlacedColumn *column = &look->plan.columns[i];
        if (column->cells == 0)
            continue;
        if (column->kind == LIST_COLUMN_SIGNS) {
            draw_signs(area_part(area, line, column->column, 1, column->cells), row, style);
        } else if (column->kind == LIST_COLUMN_SUBJECT) {
            draw_subject(ui, area, line, column->column, column->cells, row, follows, style, is_selected, !look->plan.has_keywords);
        } else {
            g_autofree char *words = cell_words(ui, row, column, look->now);
            gboolean is_date = column->kind == LIST_COLUMN_DATE || column->kind == LIST_COLUMN_RECEIVED;
            area_fit(area, line, column->column, column->cells, words, -1, is_date ? TEXT_CUT_PLAIN : TEXT_CUT_ELLIPSIS,
                     column->kind == LIST_COLUMN_SIZE, style);
        }
    }
    if (is_selected && look->focused)
        area_put_cursor(area, line, 0);
}

static const char *order_words(StoreOrder order, gboolean descending)
{
    switch (order) {
    case STORE_ORDER_THREAD:
        return descending ? _("threads, newest first") : _("threads, oldest first");
    case STORE_ORDER_FROM:
        return descending ? _("by sender, Z first") : _("by sender");
    case STORE_ORDER_SUBJECT:
        return descending ? _("by subject, Z first") : _("by subject");
    case STORE_ORDER_SIZE:
        return descending ? _("by size, largest first") : _("by size, smallest first");
    case STORE_ORDER_ARRIVED:
        return descending ? _("by arrival, newest first") : _("by arrival, oldest first");
    default:
        return descending ? _("newest first") : _("oldest first");
    }
}

static char *search_title(const ModelList *list)
{
    const char *text = model_list_found_by(list), *limit = model_list_limit(list);
    g_autofree char *where = ui_list_searched_words(list);
    g_autofree char *title = limit ? g_strdup_printf(_("Search: %s, limited to %s"), text, limit) : g_strdup_printf(_("Search: %s"), text);
    return where ? g_strdup_printf("%s (%s)", title, where) : g_steal_pointer(&title);
}

char *ui_list_searched_words(const ModelList *list)
{
    ModelSearched searched;
    model_list_limit_searched(list, &searched);
    if (searched.asking > 1)
        return g_strdup_printf(ngettext("the server is asked about %u mailbox", "the server is asked about %u mailboxes", searched.asking), searched.asking);
    if (searched.asking == 1)
        return g_strdup(_("the server is asked"));
    if (searched.not_there > 1)
        return g_strdup_printf(ngettext("%u mailbox only here: %s", "%u mailboxes only here: %s", searched.not_there), searched.not_there,
                               searched.words ? searched.words : "?");
    if (searched.not_there == 1)
        return g_strdup_printf(_("only here: %s"), searched.words ? searched.words : "?");
    guint more = (guint)MIN(searched.more, G_MAXUINT);
    if (more > 0)
        return g_strdup_printf(ngettext("on the server too, which has %u more", "on the server too, which has %u more", more), more);
    return searched.on_server > 0 ? g_strdup(_("on the server too")) : NULL;
}

static char *title_left(const Ui *ui)
{
    if (ui->list && model_list_found_by(ui->list))
        return search_title(ui->list);
    if (ui->list && model_list_mailbox(ui->list) == MODEL_INBOXES)
        return model_list_limit(ui->list) ? g_strdup_printf(_("%s, limited to %s"), _("All inboxes"), model_list_limit(ui->list))
                                          : g_strdup(_("All inboxes"));
    const StoreMailbox *mailbox = ui->list ? model_list_mailbox_row(ui->list) : NULL;
    const MailboxRow *row = mailbox ? mailbox_tree_mailbox(ui->tree, mailbox->id) : NULL;
    if (!row)
        return g_strdup(ui->list ? _("This mailbox is gone") : _("No mailbox"));
    const char *name = *row->full_name ? row->full_name : row->label;
    const char *limit = model_list_limit(ui->list);
    g_autofree char *place = model_n_accounts(ui->model) > 1 && row->account
                                 ? g_strdup_printf("%s: %s", row->account->account->name, name)
                                 : g_strdup(name);
    if (mailbox->attributes & MAILBOX_READ_ONLY) {
        g_autofree char *bare = g_steal_pointer(&place);
        place = g_strdup_printf(_("%s (read-only)"), bare);
    }
    g_autofree char *where = limit ? ui_list_searched_words(ui->list) : NULL;
    if (where)
        return g_strdup_printf(_("%s, limited to %s (%s)"), place, limit, where);
    return limit ? g_strdup_printf(_("%s, limited to %s"), place, limit) : g_steal_pointer(&place);
}

/* In a narrow window the counts only: half an order tells nothing. */
#define ORDER_MIN_COLUMNS 64

static char *title_right(const Ui *ui, int columns)
{
    if (!ui->list)
        return NULL;
    gboolean descending;
    StoreOrder order = model_list_order(ui->list, &descending);
    const StoreMailbox *mailbox = model_list_mailbox_row(ui->list);
    const MailboxRow *row = mailbox ? mailbox_tree_mailbox(ui->tree, mailbox->id) : NULL;
    if (model_list_mailbox(ui->list) == MODEL_INBOXES && mailbox_tree_find(ui->tree, MODEL_INBOXES) >= 0)
        row = mailbox_tree_row(ui->tree, (guint)mailbox_tree_find(ui->tree, MODEL_INBOXES));
    g_autofree char *total = g_strdup_printf("%" G_GUINT64_FORMAT, model_list_total(ui->list));
    if (model_list_limit_state(ui->list) == MODEL_LIMIT_SEARCHING)
        return g_strdup_printf(_("%s found, searching %s %s"), total, ui->glyphs->dot,
                               order_words(order, descending));
    guint64 unknown = model_list_found_by(ui->list) ? model_list_unknown(ui->list) : 0;
    if (unknown > 0) {
        guint count = (guint)MIN(unknown, G_MAXUINT);
        return g_strdup_printf(ngettext("%s found; %u letter could not be searched whole: it is not all here",
                                        "%s found; %u letters could not be searched whole: they are not all here", count),
                               total, count);
    }
    if (columns < ORDER_MIN_COLUMNS)
        return row && row->unread && !model_list_limit(ui->list) ? g_strdup_printf(_("%u unread of %s"), row->unread, total)
                                                                 : g_steal_pointer(&total);
    if (row && row->unread && !model_list_limit(ui->list))
        return g_strdup_printf(_("%u unread of %s %s %s"), row->unread, total, ui->glyphs->dot,
                               order_words(order, descending));
    return g_strdup_printf("%s %s %s", total, ui->glyphs->dot, order_words(order, descending));
}

static gboolean is_coming(const Ui *ui, const StoreMailbox *mailbox)
{
    const ModelAccount *account = model_account_by_id(ui->model, mailbox->account_id);
    return account && (account->status.state == ACCOUNT_ONLINE ||
                       account->status.state == ACCOUNT_CONNECTING || account->status.state == ACCOUNT_LOCAL);
}

/* An empty list says why it is empty. */
static void draw_empty(const Ui *ui, Area area)
{
    const char *words = _("There are no messages here.");
    const StoreMailbox *mailbox = ui->list ? model_list_mailbox_row(ui->list) : NULL;
    if (!ui->list)
        words = _("Choose a mailbox: y shows them all, c asks for a name.");
    else if (model_list_found_by(ui->list) && model_list_limit_state(ui->list) == MODEL_LIMIT_DONE)
        words = _("Nothing was found. X asks anew, y shows the mailboxes.");
    else if (!mailbox && model_list_mailbox(ui->list) > 0)
        words = _("This mailbox does not exist any more. Choose another one: y shows them all.");
    else if (model_list_limit_state(ui->list) == MODEL_LIMIT_FAILED)
        words = model_list_limit_error(ui->list);
    else if (model_list_limit_state(ui->list) == MODEL_LIMIT_SEARCHING)
        words = _("Searching …");
    else if (model_list_limit(ui->list))
        words = _("Nothing here matches. l and an empty line shows all messages again.");
    else if (mailbox && !mailbox->complete && (mailbox->server_messages > 0 || mailbox->synced_at == 0))
        words = is_coming(ui, mailbox)
                    ? _("The list is on its way.")
                    : _("Nothing of this mailbox is here yet; it comes with the connection.");
    area_fit(area, MIN(1, area.rows - 1), 2, area.columns - 4, words, -1, TEXT_CUT_ELLIPSIS, FALSE,
             ui_style(ui, THEME_DIM));
}

static void list_draw(View *view, Area area, gboolean focused)
{
    Ui *ui = view->ui;
    Area body = area_part(area, 1, 0, area.rows - 1, area.columns);
    g_autoptr(GError) error = NULL;
    if (ui->list) {
        model_list_set_height(ui->list, (guint)MAX(1, body.rows));
        if (!model_list_refresh(ui->list, &error))
            ui_complain(ui, error);
    }
    g_autofree char *left = title_left(ui);
    g_autofree char *right = title_right(ui, area.columns);
    ui_draw_title(ui, area, left, right, focused);
    guint n = ui->list ? MIN(model_list_n_rows(ui->list), (guint)MAX(body.rows, 0)) : 0;
    if (n == 0) {
        draw_empty(ui, body);
        return;
    }
    g_autofree guint32 *follows = g_new0(guint32, n);
    find_branches(ui->list, n, follows);
    RowsLook look = { .now = g_get_real_time() / G_USEC_PER_SEC, .focused = focused };
    list_columns_plan(options_list(ui->options, OPTION_LIST_COLUMNS), body.columns, date_cells(ui), day_cells(look.now),
                      model_list_mailbox(ui->list) <= 0, &look.plan);
    int cursor = model_list_cursor(ui->list);
    for (guint i = 0; i < n; i++)
        draw_row(ui, body, (int)i, &look, model_list_row(ui->list, i), follows[i], (int)i == cursor);
}

/* --- moving ------------------------------------------------------------------------------------ */

/* While what is passed is tagged (tag-moves), a move goes row by row. */
gboolean ui_list_move(Ui *ui, int rows)
{
    if (!ui->tag_moves)
        return model_list_move(ui->list, rows);
    gboolean moved = FALSE;
    for (int left = ABS(rows); left > 0 && model_list_move(ui->list, rows > 0 ? 1 : -1); left--) {
        moved = TRUE;
        model_list_tag(ui->list, model_list_selected(ui->list)->row->id, TRUE);
    }
    return moved;
}

static void list_move(View *view, int rows)
{
    if (view->ui->list)
        ui_list_move(view->ui, rows);
}

static void list_page(View *view, int half_pages)
{
    Ui *ui = view->ui;
    if (ui->list && ui->tag_moves)
        ui_list_move(ui, half_pages * MAX(ui->layout.list.rows - 1, 2) / 2);
    else if (ui->list)
        model_list_page(ui->list, half_pages);
}

static void list_scroll(View *view, int rows)
{
    if (view->ui->list)
        model_list_scroll(view->ui->list, rows);
}

static void list_edge(View *view, int direction)
{
    if (!view->ui->list)
        return;
    if (direction < 0)
        model_list_first(view->ui->list);
    else
        model_list_last(view->ui->list);
}

static void list_activate(View *view)
{
    g_autoptr(GError) error = NULL;
    if (!ui_open_message(view->ui, TRUE, &error))
        ui_complain(view->ui, error);
}

/* Further on, then round from the other end, as mutt does. */
static gboolean list_search(View *view, const char *text, int direction, GError **error)
{
    ModelList *list = view->ui->list;
    if (!list || !model_list_set_search(list, text, NULL, error))
        return FALSE;
    gboolean more = FALSE, more_behind = FALSE;
    if (model_list_seek(list, MODEL_SEEK_MATCH, direction, &more))
        return TRUE;
    if (!more && model_list_seek(list, MODEL_SEEK_MATCH, -direction, &more_behind)) {
        /* the first one from the other end, not the nearest */
        for (guint i = 0; i < WRAP_MAX && model_list_seek(list, MODEL_SEEK_MATCH, -direction, NULL); i++)
            continue;
        ui_say(view->ui, "%s",
               direction > 0 ? _("Found from the top again.") : _("Found from the bottom again."));
        return TRUE;
    }
    if (more || more_behind)
        g_set_error_literal(error, UI_ERROR, UI_ERROR_ARGUMENT,
                            _("Not found yet: n goes on searching, l finds all at once."));
    else
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("“%s” is not found here."), text);
    return FALSE;
}

static char *list_title(View *view)
{
    return title_left(view->ui);
}

static void list_free(View *view)
{
    g_free(view);
}

static const ViewClass list_class = {
    .context = CONTEXT_LIST,
    .draw = list_draw,
    .free = list_free,
    .move = list_move,
    .page = list_page,
    .scroll = list_scroll,
    .edge = list_edge,
    .activate = list_activate,
    .search = list_search,
    .title = list_title,
};

View *view_list_new(Ui *ui)
{
    View *view = g_new0(View, 1);
    *view = (View){ &list_class, ui };
    return view;
}
