/* One message: its header, its text, and below it what is attached. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/rendered.h"
#include "term/scroller.h"
#include "ui/app.h"
#include "ui/conversation.h"
#include "ui/find_lines.h"
#include "ui/pictures.h"

/* A quotation of more lines than this is folded to its first one. */
#define QUOTE_KEPT 3
/* Lines to each side in which the place is looked for after a change of width. */
#define ANCHOR_REACH 200

typedef enum { LINE_TEXT, LINE_FOLDED, LINE_BLANK, LINE_WORDS, LINE_ATTACHMENTS, LINE_ATTACHMENT } LineKind;

typedef struct {
    LineKind kind;
    guint index; /* TEXT, FOLDED: of the rendered line; ATTACHMENT: of the attachment */
    guint count; /* FOLDED: lines that are not shown */
} Line;

typedef struct {
    View view;
    Scroller scroller;
    GArray *lines; /* of Line: the message as it is shown, rebuilt for each frame */
    int width;
    guint anchor; /* logical lines before the first one on the screen: what is kept when the width changes */
    gboolean fold_quotes;
    guint match_line;  /* index into lines of the last match + 1; 0 none */
    guint part;        /* the attachment that is chosen, its number among all + 1; 0 none */
    char *anchor_word; /* and the first word there: tables are laid out otherwise where there is less room */
} Reader;

/* --- what is shown ----------------------------------------------------------------------------- */

static void add_line(Reader *reader, LineKind kind, guint index, guint count)
{
    Line line = { kind, index, count };
    g_array_append_val(reader->lines, line);
}

static guint quote_end(const RenderedText *text, guint from, guint n)
{
    while (from < n && rendered_line(text, from)->quote > 0)
        from++;
    return from;
}

static void build_lines(Reader *reader, const RenderedText *text)
{
    Ui *ui = reader->view.ui;
    g_array_set_size(reader->lines, 0);
    guint n = rendered_line_count(text);
    for (guint i = 0; i < n; i++) {
        guint end = reader->fold_quotes ? quote_end(text, i, n) : i;
        add_line(reader, LINE_TEXT, i, 0);
        if (end > i + QUOTE_KEPT) {
            add_line(reader, LINE_FOLDED, i, end - i - 1);
            i = end - 1;
        }
    }
    if (model_message_words(ui->message)) {
        add_line(reader, LINE_BLANK, 0, 0);
        add_line(reader, LINE_WORDS, 0, 0);
    }
    const GPtrArray *attachments = model_message_attachments(ui->message);
    guint shown = 0;
    for (guint i = 0; attachments && i < attachments->len; i++)
        shown += !((ModelAttachment *)attachments->pdata[i])->is_inline;
    if (shown == 0 || model_message_show(ui->message) == MODEL_SHOW_SOURCE)
        return;
    add_line(reader, LINE_BLANK, 0, 0);
    add_line(reader, LINE_ATTACHMENTS, 0, shown);
    for (guint i = 0; i < attachments->len; i++)
        if (!((ModelAttachment *)attachments->pdata[i])->is_inline)
            add_line(reader, LINE_ATTACHMENT, i, 0);
}

/* Logical lines (paragraphs, however often wrapped) before a shown line, and back. */
static guint anchor_of(const Reader *reader, const RenderedText *text, guint line)
{
    guint anchor = 0;
    for (guint i = 0; i < line && i < reader->lines->len; i++) {
        const Line *shown = &g_array_index(reader->lines, Line, i);
        anchor += shown->kind != LINE_TEXT || !rendered_line(text, shown->index)->continued;
    }
    return anchor;
}

static guint line_of(const Reader *reader, const RenderedText *text, guint anchor)
{
    guint seen = 0, i = 0;
    for (; i < reader->lines->len; i++) {
        const Line *shown = &g_array_index(reader->lines, Line, i);
        if (shown->kind == LINE_TEXT && rendered_line(text, shown->index)->continued)
            continue;
        if (seen++ == anchor)
            break;
    }
    return i;
}

/* The first word of a shown line: not terminated, `*length` 0 for none. */
static const char *first_word(const Reader *reader, const RenderedText *text, guint index, gsize *length)
{
    const Line *line = &g_array_index(reader->lines, Line, index);
    *length = 0;
    if (line->kind != LINE_TEXT)
        return NULL;
    gsize bytes;
    const char *p = rendered_line_text(text, line->index, &bytes), *end = p + bytes;
    while (p < end && *p == ' ')
        p++;
    while (p + *length < end && p[*length] != ' ')
        ++*length;
    return p;
}

static gboolean is_continued(const Reader *reader, const RenderedText *text, guint index)
{
    const Line *line = index < reader->lines->len ? &g_array_index(reader->lines, Line, index) : NULL;
    return line && line->kind == LINE_TEXT && rendered_line(text, line->index)->continued;
}

static void keep_anchor(Reader *reader, const RenderedText *text)
{
    guint top = (guint)reader->scroller.top;
    reader->anchor = anchor_of(reader, text, top);
    g_clear_pointer(&reader->anchor_word, g_free);
    gsize length = 0;
    const char *word = NULL;
    /* the start of the paragraph: where its other lines break depends on the width */
    while (top > 0 && is_continued(reader, text, top))
        top--;
    for (guint i = top; i < reader->lines->len && length == 0; i++)
        word = first_word(reader, text, i, &length);
    if (length)
        reader->anchor_word = g_strndup(word, length);
}

static gboolean begins_with_anchor(const Reader *reader, const RenderedText *text, int index)
{
    if (index < 0 || index >= (int)reader->lines->len)
        return FALSE;
    gsize length;
    const char *word = first_word(reader, text, (guint)index, &length);
    return length && length == strlen(reader->anchor_word) && memcmp(word, reader->anchor_word, length) == 0;
}

/* The line to begin at after a change of width: the nearest to the anchor that begins with the same word. */
static int find_anchor(const Reader *reader, const RenderedText *text)
{
    int near = (int)line_of(reader, text, reader->anchor);
    for (int away = 0; reader->anchor_word && away < ANCHOR_REACH; away++)
        for (int side = -1; side <= 1; side += 2)
            if (begins_with_anchor(reader, text, near + side * away))
                return near + side * away;
    return near;
}

/* --- drawing ----------------------------------------------------------------------------------- */

static CellStyle line_style(const Ui *ui, const RenderedLine *line)
{
    switch (line->kind) {
    case RENDERED_HEADER:
        return ui_style(ui, THEME_HEADER_VALUE);
    case RENDERED_SIGNATURE:
        return ui_style(ui, THEME_SIGNATURE);
    case RENDERED_HEADING:
        return ui_style(ui, THEME_HEADING);
    case RENDERED_NOTICE:
        return ui_style(ui, THEME_DIM);
    case RENDERED_RULE:
        return ui_style(ui, THEME_BORDER);
    default:
        return line->quote > 0 ? ui_style(ui, THEME_QUOTE_1 + (line->quote - 1) % 5)
                               : ui_style(ui, THEME_BODY);
    }
}

static CellStyle run_style(const Ui *ui, const RenderedLine *line, const RenderedRun *run, CellStyle base)
{
    CellStyle style = base;
    if (run->style & RUN_WARNING)
        style = ui_style(ui, THEME_WARNING);
    else if (line->kind == RENDERED_HEADER && (run->style & RUN_BOLD))
        return ui_style(ui, THEME_HEADER_NAME);
    else if (run->style & (RUN_LINK | RUN_LINK_TARGET))
        style = ui_style(ui, THEME_LINK);
    else if (run->style & (RUN_LINK_NUMBER | RUN_IMAGE))
        style = ui_style(ui, THEME_DIM);
    else if (run->style & RUN_CODE)
        style = ui_style(ui, THEME_CODE);
    if (run->style & RUN_BOLD)
        style.attributes |= CELL_BOLD;
    if (run->style & RUN_ITALIC)
        style.attributes |= CELL_ITALIC;
    if (run->style & RUN_UNDERLINE)
        style.attributes |= CELL_UNDERLINE;
    if (run->style & RUN_STRUCK)
        style.attributes |= CELL_STRIKE;
    return style;
}

static void mark_matches(const Ui *ui, Area area, int row, const RenderedText *text, guint index)
{
    if (!ui->search_text || !*ui->search_text)
        return;
    guint from = index > FIND_LINES_REACH ? index - FIND_LINES_REACH : 0;
    g_autoptr(FindLines) near =
        find_lines_new(text, from, MIN(index + FIND_LINES_REACH + 1, rendered_line_count(text)));
    gsize length, offset;
    const char *bytes = rendered_line_text(text, index, &length);
    for (FindMatch match = { 0 }; find_lines_next(near, ui->search_text, &match);)
        if (find_lines_part(near, &match, index, &offset, &length))
            area_restyle(area, row, 1 + text_display_width(bytes, (gssize)offset),
                         text_display_width(bytes + offset, (gssize)length), ui_style(ui, THEME_MATCH), FALSE);
}

/* Cells of a link lead to it, for the mouse and for terminals that can. Not where the text names another place: that is for a question to say. */
static void link_cells(const Ui *ui, Area cells, const RenderedText *text, guint number)
{
    const RenderedLink *link = rendered_link_at(text, number);
    guint8 id = link && !link->mismatch ? surface_add_link(cells.surface, link->target) : 0;
    if (id == 0)
        return;
    g_array_set_size(ui->link_numbers, id);
    g_array_index(ui->link_numbers, guint, id - 1) = number;
    area_link(cells, 0, 0, cells.columns, id);
}

/* Text stands one cell in from the edge; the edge is Malle's own, so that a notice there cannot be imitated
 * by mail. */
void ui_draw_rendered_line(const Ui *ui, Area area, int row, const RenderedText *text, guint index)
{
    const RenderedLine *line = rendered_line(text, index);
    CellStyle base = line_style(ui, line);
    int column = 1;
    if (line->kind == RENDERED_NOTICE)
        area_text(area, row, 0, ui->glyphs->vertical, -1, ui_style(ui, THEME_WARNING));
    for (guint i = 0; i < line->runs; i++) {
        const RenderedRun *run = rendered_run(text, line->first_run + i);
        int start = column;
        column = area_text(area, row, column, text->text->str + run->offset, run->length,
                           run_style(ui, line, run, base));
        if (run->link)
            link_cells(ui, area_part(area, row, start, 1, column - start), text, run->link);
    }
    mark_matches(ui, area, row, text, index);
}

static void draw_attachment(const Ui *ui, Area area, int row, guint index, gboolean chosen)
{
    const GPtrArray *attachments = model_message_attachments(ui->message);
    const ModelAttachment *attachment = index < attachments->len ? attachments->pdata[index] : NULL;
    if (!attachment)
        return;
    CellStyle style = ui_style(ui, THEME_ATTACHMENT);
    g_autofree char *size = text_human_size((gint64)MIN(attachment->octets, G_MAXINT64));
    int column = area_format(area, row, 1, style, "%2u  ", index + 1);
    int type = MIN(26, area.columns / 4), name = MAX(8, area.columns - column - type - 12);
    column =
        area_fit(area, row, column, MIN(name, 48), attachment->name, -1, TEXT_CUT_MIDDLE, FALSE, style) + 2;
    column = area_fit(area, row, column, type, attachment->type, -1, TEXT_CUT_ELLIPSIS, FALSE,
                      ui_style(ui, THEME_DIM)) +
             1;
    column = area_fit(area, row, column, 8, size, -1, TEXT_CUT_PLAIN, TRUE, ui_style(ui, THEME_DIM));
    if (chosen)
        area_restyle(area, row, 0, column, ui_style(ui, THEME_LIST_CURSOR), FALSE);
}

static void draw_words(const Ui *ui, Area area, int row)
{
    const char *words = model_message_words(ui->message);
    if (!words)
        return;
    ThemeRole role = model_message_state(ui->message) == MODEL_MESSAGE_FAILED ? THEME_ERROR : THEME_DIM;
    guint64 total = 0, loaded = model_message_loaded(ui->message, &total);
    area_text(area, row, 0, ui->glyphs->vertical, -1, ui_style(ui, THEME_WARNING));
    int column = area_text(area, row, 1, words, -1, ui_style(ui, role));
    if (model_message_state(ui->message) == MODEL_MESSAGE_LOADING && total > 0)
        area_format(area, row, column + 1, ui_style(ui, role), "%d %%",
                    (int)(MIN(loaded, total) * 100 / total));
}

static void draw_line(const Reader *reader, Area area, int row, const RenderedText *text, const Line *line)
{
    const Ui *ui = reader->view.ui;
    switch (line->kind) {
    case LINE_TEXT:
        ui_draw_rendered_line(ui, area, row, text, line->index);
        break;
    case LINE_FOLDED: {
        g_autofree char *key = keymap_find(ui->keymap, CONTEXT_READER, "toggle-quoted");
        area_text(area, row, 0, ui->glyphs->vertical, -1, ui_style(ui, THEME_WARNING));
        area_format(area, row, 1, ui_style(ui, THEME_DIM),
                    ngettext("%u more quoted line (%s shows it)", "%u more quoted lines (%s shows them)",
                             line->count),
                    line->count, key ? key : ":toggle-quoted");
        break;
    }
    case LINE_WORDS:
        draw_words(ui, area, row);
        break;
    case LINE_ATTACHMENTS: {
        g_autofree char *key = keymap_find(ui->keymap, CONTEXT_READER, "view-attachments");
        g_autofree char *words =
            g_strdup_printf(ngettext(" %u attachment, %s opens and saves ",
                                     " %u attachments, %s opens and saves ", line->count),
                            line->count, key ? key : ":view-attachments");
        area_repeat(area, row, 0, area.columns, ui->glyphs->horizontal, ui_style(ui, THEME_BORDER));
        area_text(area, row, 2, words, -1, ui_style(ui, THEME_ATTACHMENT));
        break;
    }
    case LINE_ATTACHMENT:
        draw_attachment(ui, area, row, line->index, reader->part == line->index + 1);
        break;
    default:
        break;
    }
}

/* Where a line of the text is among those shown; −1 when it is folded away. */
static int shown_line(const Reader *reader, guint line)
{
    for (guint i = 0; i < reader->lines->len; i++) {
        const Line *shown = &g_array_index(reader->lines, Line, i);
        if (shown->kind == LINE_TEXT && shown->index == line)
            return (int)i;
    }
    return -1;
}

/* Those that lie whole within the rows; of the others the place says what is there. */
static void draw_pictures(const Reader *reader, Area body, const RenderedText *text)
{
    Ui *ui = reader->view.ui;
    gboolean wait = ui_pictures_wait(ui, reader->scroller.top);
    for (guint i = 0; i < text->pictures->len; i++) {
        const RenderedPicture *picture = text->pictures->pdata[i];
        int line = picture->rows ? shown_line(reader, picture->line) : -1, row = line - reader->scroller.top, rows = (int)picture->rows;
        if (line < 0 || row >= body.rows || row + rows <= 0)
            continue;
        if (row < 0 || row + rows > body.rows)
            area_text(body, row < 0 ? row + rows - 1 : row, 1, _("(a picture: it shows when all of it is in view)"), -1, ui_style(ui, THEME_DIM));
        else if (!wait)
            ui_picture_draw(ui, body, row, ui->message, picture);
    }
}

static char *reader_title(View *view)
{
    const StoreListRow *row = model_message_row(view->ui->message);
    return g_strdup(row && row->subject && *row->subject ? row->subject : _("(no subject)"));
}

static void reader_draw(View *view, Area area, gboolean focused)
{
    Reader *reader = (Reader *)view;
    Ui *ui = view->ui;
    Area body = area_part(area, 1, 0, area.rows - 1, area.columns);
    int width = MAX(body.columns - 2, 1), wrap = (int)options_number(ui->options, OPTION_WRAP);
    if (wrap > 0)
        width = MIN(width, wrap);
    const RenderedText *text = model_message_text(ui->message, width);
    gboolean resized = reader->width != width && reader->width != 0;
    build_lines(reader, text);
    scroller_set(&reader->scroller, (int)reader->lines->len, body.rows);
    if (resized) {
        reader->scroller.top = find_anchor(reader, text);
        scroller_set(&reader->scroller, (int)reader->lines->len, body.rows);
    }
    reader->width = width;
    keep_anchor(reader, text);
    char buffer[16];
    g_autofree char *title = reader_title(view);
    ui_draw_title(ui, area, title, scroller_words(&reader->scroller, buffer), focused);
    for (int row = 0; row < body.rows && reader->scroller.top + row < (int)reader->lines->len; row++)
        draw_line(reader, body, row, text, &g_array_index(reader->lines, Line, reader->scroller.top + row));
    draw_pictures(reader, body, text);
    if (focused)
        area_put_cursor(body, 0, 0);
}

/* --- moving ------------------------------------------------------------------------------------ */

static void reader_move(View *view, int rows)
{
    scroller_move(&((Reader *)view)->scroller, rows);
}

static void reader_page(View *view, int half_pages)
{
    Reader *reader = (Reader *)view;
    int top = reader->scroller.top;
    scroller_page(&reader->scroller, half_pages);
    /* Space at the end goes on to the next message, as readers of mutt expect. */
    if (half_pages == 2 && reader->scroller.top == top)
        ui_say(view->ui, "%s", _("This is the end of the message; j goes to the next one."));
}

static void reader_edge(View *view, int direction)
{
    scroller_edge(&((Reader *)view)->scroller, direction);
}

/* The nearest shown line beyond `from` in which a match begins; −1 when there is none. */
static int find_match(const Reader *reader, const RenderedText *text, const char *wanted, int from, int direction)
{
    g_autoptr(FindLines) all = find_lines_new(text, 0, rendered_line_count(text));
    int found = -1;
    for (FindMatch match = { 0 }; find_lines_next(all, wanted, &match);) {
        int line = shown_line(reader, match.first_line);
        if (line < 0 || (direction > 0 && line <= from))
            continue;
        if (direction < 0 && line >= from)
            break;
        found = line;
        if (direction > 0)
            break;
    }
    return found;
}

static gboolean reader_search(View *view, const char *wanted, int direction, GError **error)
{
    Reader *reader = (Reader *)view;
    const RenderedText *text = model_message_text(view->ui->message, reader->width);
    int n = (int)reader->lines->len;
    /* From the last match while it is on the screen, else from the top of the screen. */
    int top = reader->scroller.top, from = direction > 0 ? top - 1 : top + reader->scroller.height;
    int last = (int)reader->match_line - 1;
    if (last >= top && last < top + reader->scroller.height)
        from = last;
    int found = find_match(reader, text, wanted, from, direction);
    if (found < 0) {
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT,
                    direction > 0 ? _("“%s” is not found further down.") : _("“%s” is not found further up."),
                    wanted);
        return FALSE;
    }
    reader->match_line = (guint)found + 1;
    if (found < top || found >= top + reader->scroller.height)
        reader->scroller.top = MAX(0, found - reader->scroller.height / 3);
    scroller_set(&reader->scroller, n, reader->scroller.height);
    return TRUE;
}

void view_reader_reset(View *view)
{
    if (view_is_conversation(view))
        return; /* it is laid out anew for each frame, around the message that is meant */
    Reader *reader = (Reader *)view;
    reader->scroller.top = 0;
    reader->anchor = 0;
    reader->match_line = 0;
    reader->part = 0;
    reader->width = 0;
    ui_pictures_forget(view->ui);
}

const ModelAttachment *view_reader_part(View *view, int step)
{
    if (view_is_conversation(view))
        return view_conversation_part(view);
    Reader *reader = (Reader *)view;
    const GPtrArray *all = model_message_attachments(view->ui->message);
    g_autoptr(GArray) shown = g_array_new(FALSE, FALSE, sizeof(guint)); /* numbers of those below the text */
    guint at = 0;
    for (guint i = 0; all && i < all->len; i++)
        if (!((ModelAttachment *)all->pdata[i])->is_inline) {
            guint number = i + 1;
            g_array_append_val(shown, number);
            if (number == reader->part)
                at = shown->len;
        }
    if (shown->len == 1)
        at = 1;
    else if (shown->len > 1 && step)
        at = (guint)CLAMP((int)at + step, 1, (int)shown->len);
    if (at == 0)
        return NULL;
    reader->part = g_array_index(shown, guint, at - 1);
    for (guint i = 0; step && i < reader->lines->len; i++) { /* brought into view */
        const Line *line = &g_array_index(reader->lines, Line, i);
        int top = reader->scroller.top, row = (int)i;
        if (line->kind == LINE_ATTACHMENT && line->index + 1 == reader->part && (row < top || row >= top + reader->scroller.height))
            reader->scroller.top = MAX(0, row - reader->scroller.height + 1);
    }
    ui_redraw(view->ui);
    return all->pdata[reader->part - 1];
}

void view_reader_skip_quoted(View *view)
{
    if (view_is_conversation(view)) {
        view_conversation_step(view, 1); /* what is quoted is folded there */
        return;
    }
    Reader *reader = (Reader *)view;
    const RenderedText *text = model_message_text(view->ui->message, reader->width);
    gboolean in_quote = FALSE;
    for (guint i = (guint)reader->scroller.top; i < reader->lines->len; i++) {
        const Line *line = &g_array_index(reader->lines, Line, i);
        gboolean quoted = line->kind == LINE_FOLDED ||
                          (line->kind == LINE_TEXT && rendered_line(text, line->index)->quote > 0);
        if (in_quote && !quoted) {
            reader->scroller.top = (int)i;
            scroller_set(&reader->scroller, reader->scroller.count, reader->scroller.height);
            return;
        }
        in_quote |= quoted;
    }
    ui_say(view->ui, "%s", _("There is no quoted text further down."));
}

void view_reader_toggle_quoted(View *view)
{
    if (view_is_conversation(view)) {
        view_conversation_toggle_quoted(view);
        return;
    }
    Reader *reader = (Reader *)view;
    reader->fold_quotes = !reader->fold_quotes;
    ui_redraw(view->ui);
}

static void reader_free(View *view)
{
    g_free(((Reader *)view)->anchor_word);
    g_array_unref(((Reader *)view)->lines);
    g_free(view);
}

static const ViewClass reader_class = {
    .context = CONTEXT_READER,
    .draw = reader_draw,
    .free = reader_free,
    .move = reader_move,
    .page = reader_page,
    .scroll = reader_move,
    .edge = reader_edge,
    .search = reader_search,
    .title = reader_title,
};

View *view_reader_new(Ui *ui)
{
    Reader *reader = g_new0(Reader, 1);
    reader->view = (View){ &reader_class, ui };
    reader->scroller.free = TRUE;
    reader->lines = g_array_new(FALSE, TRUE, sizeof(Line));
    return &reader->view;
}
