/* A conversation on one page: each message with a line that says who wrote it, when and where it lies, then its text without what it quotes. The message
 * that commands are about is the one whose line is marked; it follows the eye. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/rendered.h"
#include "base/time.h"
#include "term/scroller.h"
#include "ui/app.h"
#include "ui/conversation.h"
#include "ui/find_lines.h"
#include "ui/pictures.h"

/* Messages before the one on top of the screen that are opened as well, so that the first page back is there. */
#define OPENED_BEFORE 4u
/* Of a message: who, a line of text, a blank one. */
#define LEAST_LINES 3u
/* From this width on there is room for the hour. */
#define FULL_DATE_COLUMNS 96

typedef enum { LINE_HEAD, LINE_TEXT, LINE_QUOTE, LINE_WORDS, LINE_ATTACHMENTS, LINE_BLANK } LineKind;

typedef struct {
    LineKind kind;
    guint entry; /* of the conversation */
    guint index; /* TEXT, QUOTE: of the rendered line */
    guint count; /* QUOTE: lines that are not shown; ATTACHMENTS: how many */
} Line;

typedef struct {
    View view;
    ModelConversation *conversation;
    Scroller scroller;
    GArray *lines; /* of Line, rebuilt for each frame */
    int width;
    guint cursor;      /* entry */
    gint64 cursor_id;  /* its message: what is kept when others come and go */
    gint64 top_id;     /* the message on top of the screen, */
    int top_offset;    /* and the line of it: texts that arrive move nothing that is being read */
    gboolean show_quotes;
    int match_line; /* of the last match, −1 none */
} Conversation;

static Conversation *conversation_of(View *view)
{
    return (Conversation *)view;
}

/* --- the lines --------------------------------------------------------------------------------------- */

static void add_line(Conversation *self, LineKind kind, guint entry, guint index, guint count)
{
    Line line = { kind, entry, index, count };
    g_array_append_val(self->lines, line);
}

/* The header fields stand in the line above; the person's wish to see all of them is respected. */
static guint text_begin(const ModelMessage *message, const RenderedText *text)
{
    guint i = 0, n = rendered_line_count(text);
    if (model_message_show(message) != MODEL_SHOW_TEXT)
        return 0;
    while (i < n && rendered_line(text, i)->kind == RENDERED_HEADER)
        i++;
    return i < n ? i + 1 : i;
}

static gboolean is_blank(const RenderedText *text, guint index)
{
    gsize length;
    const char *bytes = rendered_line_text(text, index, &length);
    while (length > 0 && g_ascii_isspace(*bytes)) {
        bytes++;
        length--;
    }
    return length == 0 && rendered_line(text, index)->kind != RENDERED_PICTURE;
}

static guint quote_end(const RenderedText *text, guint from, guint n)
{
    while (from < n && rendered_line(text, from)->quote > 0)
        from++;
    return from;
}

static void add_text(Conversation *self, guint entry, const ModelMessage *message, const RenderedText *text)
{
    guint n = rendered_line_count(text);
    while (n > 0 && is_blank(text, n - 1))
        n--;
    for (guint i = text_begin(message, text); i < n; i++) {
        guint end = self->show_quotes ? i : quote_end(text, i, n);
        if (end > i + 1) {
            add_line(self, LINE_QUOTE, entry, i, end - i);
            i = end - 1;
        } else {
            add_line(self, LINE_TEXT, entry, i, 0);
        }
    }
}

static void add_attachments(Conversation *self, guint entry, ModelMessage *message)
{
    const GPtrArray *attachments = model_message_attachments(message);
    guint shown = 0;
    for (guint i = 0; attachments && i < attachments->len; i++)
        shown += !((ModelAttachment *)attachments->pdata[i])->is_inline;
    if (shown > 0)
        add_line(self, LINE_ATTACHMENTS, entry, 0, shown);
}

static void build_lines(Conversation *self)
{
    g_array_set_size(self->lines, 0);
    for (guint i = 0; i < model_conversation_count(self->conversation); i++) {
        ModelMessage *message =
            model_conversation_is_opened(self->conversation, i) ? model_conversation_message(self->conversation, i) : NULL;
        add_line(self, LINE_HEAD, i, 0, 0);
        if (message) {
            add_text(self, i, message, model_message_text(message, self->width));
            add_attachments(self, i, message);
        } else {
            add_line(self, LINE_WORDS, i, 0, 0);
        }
        add_line(self, LINE_BLANK, i, 0, 0);
    }
}

static int head_of(const Conversation *self, guint entry)
{
    for (guint i = 0; i < self->lines->len; i++) {
        const Line *line = &g_array_index(self->lines, Line, i);
        if (line->kind == LINE_HEAD && line->entry == entry)
            return (int)i;
    }
    return 0;
}

static gint64 id_of(const Conversation *self, guint entry)
{
    return model_conversation_entry(self->conversation, entry)->row->id;
}

/* --- the place ----------------------------------------------------------------------------------------- */

static guint top_entry(const Conversation *self)
{
    int found = model_conversation_find(self->conversation, self->top_id);
    return found >= 0 ? (guint)found : MIN(self->cursor, model_conversation_count(self->conversation) - 1);
}

static void remember_top(Conversation *self)
{
    int top = self->scroller.top;
    if (top < 0 || top >= (int)self->lines->len)
        return;
    guint entry = g_array_index(self->lines, Line, top).entry;
    self->top_id = id_of(self, entry);
    self->top_offset = top - head_of(self, entry);
}

static void restore_top(Conversation *self, int height)
{
    guint entry = top_entry(self);
    int head = head_of(self, entry);
    int next = entry + 1 < model_conversation_count(self->conversation) ? head_of(self, entry + 1) : (int)self->lines->len;
    scroller_set(&self->scroller, (int)self->lines->len, height);
    self->scroller.top = MIN(head + self->top_offset, next - 1);
    scroller_set(&self->scroller, (int)self->lines->len, height);
}

/* Opens what is on the screen, and what lies close before and behind it: as many as fit when each has one line of text. */
static void open_near(Conversation *self, int height)
{
    guint first = top_entry(self), from = first > OPENED_BEFORE ? first - OPENED_BEFORE : 0;
    model_conversation_open_range(self->conversation, from, first + (guint)height / LEAST_LINES + OPENED_BEFORE);
}

static void lay_out(Conversation *self, int height)
{
    open_near(self, height);
    build_lines(self);
    restore_top(self, height);
}

/* --- the message that is meant --------------------------------------------------------------------------- */

static void mean(Conversation *self, guint entry)
{
    Ui *ui = self->view.ui;
    gint64 delay = options_number(ui->options, OPTION_MARK_READ_DELAY);
    self->cursor = entry;
    self->cursor_id = id_of(self, entry);
    ui->message = model_conversation_message(self->conversation, entry);
    if (ui->message && delay == 0)
        model_message_mark_read(ui->message);
    ui->mark_read_at = delay > 0 ? g_get_monotonic_time() + delay * 1000 : 0;
    ui_redraw(ui);
}

/* What was scrolled past has been read. */
static void mark_passed(Conversation *self, guint from, guint to)
{
    if (options_number(self->view.ui->options, OPTION_MARK_READ_DELAY) < 0)
        return;
    for (guint i = from; i < to; i++) {
        ModelMessage *message = model_conversation_message(self->conversation, i);
        if (message && model_message_state(message) == MODEL_MESSAGE_HERE)
            model_message_mark_read(message);
    }
}

static gboolean is_on_screen(const Conversation *self, guint entry)
{
    int end = MIN(self->scroller.top + self->scroller.height, (int)self->lines->len);
    for (int i = self->scroller.top; i < end; i++) {
        const Line *line = &g_array_index(self->lines, Line, i);
        if (line->entry == entry && line->kind != LINE_BLANK)
            return TRUE;
    }
    return FALSE;
}

/* The mark stays while anything of its message is on the screen. */
static void follow_eye(Conversation *self, int direction)
{
    remember_top(self);
    if (self->lines->len == 0 || is_on_screen(self, self->cursor))
        return;
    int last = MIN(self->scroller.top + self->scroller.height, (int)self->lines->len) - 1;
    int at = direction > 0 ? self->scroller.top : MAX(last, 0);
    const Line *line = &g_array_index(self->lines, Line, at);
    guint entry = line->entry;
    if (direction > 0 && line->kind == LINE_BLANK && entry + 1 < model_conversation_count(self->conversation))
        entry++;
    if (direction > 0)
        mark_passed(self, self->cursor, entry);
    mean(self, entry);
}

static void go_to(Conversation *self, guint entry)
{
    mark_passed(self, self->cursor, MIN(self->cursor + 1, entry));
    self->top_id = id_of(self, entry);
    self->top_offset = 0;
    mean(self, entry);
    lay_out(self, MAX(self->scroller.height, 1));
    remember_top(self);
}

gboolean view_conversation_step(View *view, int direction)
{
    Conversation *self = conversation_of(view);
    int to = (int)self->cursor + direction;
    if (to < 0 || to >= (int)model_conversation_count(self->conversation))
        return FALSE;
    go_to(self, (guint)to);
    return TRUE;
}

gboolean view_conversation_seek_unread(View *view, int direction)
{
    Conversation *self = conversation_of(view);
    int n = (int)model_conversation_count(self->conversation);
    for (int i = (int)self->cursor + direction; i >= 0 && i < n; i += direction)
        if (!(model_conversation_entry(self->conversation, (guint)i)->flags & MAIL_FLAG_SEEN)) {
            go_to(self, (guint)i);
            return TRUE;
        }
    return FALSE;
}

/* --- hearing ------------------------------------------------------------------------------------------------ */

gboolean view_conversation_refresh(View *view)
{
    Conversation *self = conversation_of(view);
    view->ui->message = NULL; /* it may be freed */
    if (!model_conversation_refresh(self->conversation))
        return FALSE;
    int found = model_conversation_find(self->conversation, self->cursor_id);
    guint n = model_conversation_count(self->conversation);
    self->cursor = found >= 0 ? (guint)found : MIN(self->cursor, n - 1);
    if (found < 0)
        mean(self, self->cursor);
    else
        view->ui->message = model_conversation_message(self->conversation, self->cursor);
    return view->ui->message != NULL;
}

static void conversation_changed(View *view, ModelRepaint what)
{
    if ((what & (MODEL_REPAINT_LIST | MODEL_REPAINT_MESSAGE)) && !view_conversation_refresh(view))
        ui_close_reader(view->ui);
}

/* --- drawing ---------------------------------------------------------------------------------------------- */

static char *head_words(const ModelConversationEntry *entry)
{
    g_autofree char *who = entry->outgoing ? g_strdup(_("you")) : g_strdup(entry->who);
    g_autofree char *whom = *entry->to ? g_strdup_printf(_("%s to %s"), who, entry->to) : g_strdup(who);
    return entry->place ? g_strdup_printf(_("%s (in %s)"), whom, entry->place) : g_steal_pointer(&whom);
}

static void draw_head(const Conversation *self, Area area, int row, guint index, gboolean focused)
{
    const Ui *ui = self->view.ui;
    const ModelConversationEntry *entry = model_conversation_entry(self->conversation, index);
    gboolean is_meant = index == self->cursor, unread = !(entry->flags & MAIL_FLAG_SEEN);
    CellStyle style = is_meant ? ui_style(ui, focused ? THEME_LIST_CURSOR : THEME_LIST_CURSOR_AWAY)
                               : ui_style(ui, unread ? THEME_LIST_UNREAD : entry->flags & MAIL_FLAG_FLAGGED ? THEME_LIST_FLAGGED : THEME_HEADER_NAME);
    g_autofree char *words = head_words(entry);
    g_autofree char *date = area.columns >= FULL_DATE_COLUMNS ? time_format_full(entry->row->date)
                                                              : time_format_list(entry->row->date, g_get_real_time() / G_USEC_PER_SEC, 20);
    int cells = text_display_width(date, -1);
    area_repeat(area, row, 0, area.columns, is_meant ? " " : ui->glyphs->horizontal, is_meant ? style : ui_style(ui, THEME_BORDER));
    ui_draw_signs(area_part(area, row, 1, 1, MIN(4, area.columns)), entry->flags, entry->row->has_attachment, entry->pending, style);
    int room = MAX(area.columns - 6 - cells - 3, 8);
    g_autofree char *fitted = text_fit(words, room, TEXT_CUT_ELLIPSIS);
    int column = area_text(area, row, 5, " ", 1, style);
    column = area_text(area, row, column, fitted, -1, style);
    area_text(area, row, column, " ", 1, style);
    area_text(area, row, MAX(area.columns - cells - 2, column + 1), " ", 1, style);
    area_text(area, row, MAX(area.columns - cells - 1, column + 1), date, -1, style);
    if (is_meant && focused)
        area_put_cursor(area, row, 0);
}

static void draw_attachments(const Conversation *self, Area area, int row, const Line *line)
{
    const Ui *ui = self->view.ui;
    ModelMessage *message = model_conversation_message(self->conversation, line->entry);
    const GPtrArray *attachments = message ? model_message_attachments(message) : NULL;
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; attachments && i < attachments->len; i++) {
        const ModelAttachment *one = attachments->pdata[i];
        if (!one->is_inline)
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", one->name);
    }
    g_autofree char *words = g_strdup_printf(ngettext("%u attachment: %s", "%u attachments: %s", line->count), line->count, names->str);
    area_fit(area, row, 1, area.columns - 2, words, -1, TEXT_CUT_ELLIPSIS, FALSE, ui_style(ui, THEME_ATTACHMENT));
}

static void draw_line(const Conversation *self, Area area, int row, const Line *line, gboolean focused)
{
    const Ui *ui = self->view.ui;
    ModelMessage *message = line->kind == LINE_HEAD || line->kind == LINE_BLANK || !model_conversation_is_opened(self->conversation, line->entry)
                                ? NULL
                                : model_conversation_message(self->conversation, line->entry);
    switch (line->kind) {
    case LINE_HEAD:
        draw_head(self, area, row, line->entry, focused);
        break;
    case LINE_TEXT:
        ui_draw_rendered_line(ui, area, row, model_message_text(message, self->width), line->index);
        break;
    case LINE_QUOTE: {
        g_autofree char *key = keymap_find(ui->keymap, CONTEXT_READER, "toggle-quoted");
        area_text(area, row, 0, ui->glyphs->vertical, -1, ui_style(ui, THEME_WARNING));
        area_format(area, row, 1, ui_style(ui, THEME_DIM),
                    ngettext("%u quoted line (%s shows it)", "%u quoted lines (%s shows them)", line->count), line->count,
                    key ? key : ":toggle-quoted");
        break;
    }
    case LINE_WORDS:
        area_text(area, row, 0, ui->glyphs->vertical, -1, ui_style(ui, THEME_WARNING));
        area_text(area, row, 1, "…", -1, ui_style(ui, THEME_DIM));
        break;
    case LINE_ATTACHMENTS:
        draw_attachments(self, area, row, line);
        break;
    case LINE_BLANK:
        break;
    }
}

/* Messages whose text cannot be had now, of those that were looked for. */
static guint count_not_here(const Conversation *self)
{
    guint lacking = 0;
    for (guint i = 0; i < model_conversation_count(self->conversation); i++) {
        ModelMessage *message =
            model_conversation_is_opened(self->conversation, i) ? model_conversation_message(self->conversation, i) : NULL;
        lacking += message && model_message_state(message) == MODEL_MESSAGE_OFFLINE;
    }
    return lacking;
}

static char *conversation_title(View *view)
{
    const Conversation *self = conversation_of(view);
    const StoreListRow *row = model_conversation_entry(self->conversation, self->cursor)->row;
    g_autofree char *subject = text_make_safe(row->subject && *row->subject ? row->subject : _("(no subject)"), -1, TEXT_SINGLE_LINE);
    return g_strdup_printf(_("%s, message %u of %u"), subject, self->cursor + 1, model_conversation_count(self->conversation));
}

/* The pictures that begin within the rows, where all of them is in view. */
static void draw_pictures(const Conversation *self, Area body)
{
    Ui *ui = self->view.ui;
    gboolean wait = ui_pictures_wait(ui, self->scroller.top);
    for (int row = 0; row < body.rows && self->scroller.top + row < (int)self->lines->len && !wait; row++) {
        const Line *line = &g_array_index(self->lines, Line, self->scroller.top + row);
        ModelMessage *message = line->kind == LINE_TEXT ? model_conversation_message(self->conversation, line->entry) : NULL;
        const RenderedText *text = message ? model_message_text(message, self->width) : NULL;
        for (guint i = 0; text && i < text->pictures->len; i++) {
            const RenderedPicture *picture = text->pictures->pdata[i];
            if (picture->line == line->index && picture->rows > 0)
                ui_picture_draw(ui, body, row, message, picture);
        }
    }
}

static void conversation_draw(View *view, Area area, gboolean focused)
{
    Conversation *self = conversation_of(view);
    Ui *ui = view->ui;
    Area body = area_part(area, 1, 0, area.rows - 1, area.columns);
    int width = MAX(body.columns - 2, 1), wrap = (int)options_number(ui->options, OPTION_WRAP);
    self->width = wrap > 0 ? MIN(width, wrap) : width;
    lay_out(self, MAX(body.rows, 1));
    char buffer[16];
    g_autofree char *title = conversation_title(view);
    guint lacking = count_not_here(self);
    const char *where = scroller_words(&self->scroller, buffer);
    g_autofree char *right = lacking ? g_strdup_printf(ngettext("%u text not here %s %s", "%u texts not here %s %s", lacking), lacking,
                                                       ui->glyphs->dot, where)
                                     : g_strdup(where);
    ui_draw_title(ui, area, title, right, focused);
    for (int row = 0; row < body.rows && self->scroller.top + row < (int)self->lines->len; row++)
        draw_line(self, body, row, &g_array_index(self->lines, Line, self->scroller.top + row), focused);
    draw_pictures(self, body);
}

/* --- moving -------------------------------------------------------------------------------------------------- */

static void conversation_move(View *view, int rows)
{
    Conversation *self = conversation_of(view);
    scroller_move(&self->scroller, rows);
    follow_eye(self, rows);
}

static void conversation_page(View *view, int half_pages)
{
    Conversation *self = conversation_of(view);
    int top = self->scroller.top;
    scroller_page(&self->scroller, half_pages);
    follow_eye(self, half_pages);
    if (half_pages > 0 && self->scroller.top == top) {
        mark_passed(self, self->cursor, model_conversation_count(self->conversation));
        ui_say(view->ui, "%s", _("This is the end of the conversation."));
    }
}

static void conversation_edge(View *view, int direction)
{
    Conversation *self = conversation_of(view);
    if (direction < 0) {
        go_to(self, 0);
        return;
    }
    mean(self, model_conversation_count(self->conversation) - 1);
    self->top_id = self->cursor_id;
    self->top_offset = 0;
    lay_out(self, MAX(self->scroller.height, 1));
    scroller_edge(&self->scroller, direction);
    remember_top(self);
}

void view_conversation_toggle_quoted(View *view)
{
    conversation_of(view)->show_quotes = !conversation_of(view)->show_quotes;
    ui_redraw(view->ui);
}

const ModelAttachment *view_conversation_part(View *view)
{
    const GPtrArray *all = view->ui->message ? model_message_attachments(view->ui->message) : NULL;
    const ModelAttachment *only = NULL;
    for (guint i = 0; all && i < all->len; i++)
        if (!((ModelAttachment *)all->pdata[i])->is_inline) {
            if (only)
                return NULL; /* the list of attachments asks which */
            only = all->pdata[i];
        }
    return only;
}

static gboolean has_match(const Conversation *self, const Line *line, const char *wanted)
{
    if (line->kind != LINE_TEXT)
        return FALSE;
    ModelMessage *message = model_conversation_message(self->conversation, line->entry);
    const RenderedText *text = message ? model_message_text(message, self->width) : NULL;
    if (!text || line->index >= rendered_line_count(text))
        return FALSE;
    g_autoptr(FindLines) near = find_lines_new(text, line->index, MIN(line->index + FIND_LINES_REACH, rendered_line_count(text)));
    FindMatch match = { 0 };
    return find_lines_next(near, wanted, &match) && match.first_line == line->index;
}

static gboolean conversation_search(View *view, const char *wanted, int direction, GError **error)
{
    Conversation *self = conversation_of(view);
    int n = (int)self->lines->len, top = self->scroller.top;
    gboolean seen = self->match_line >= top && self->match_line < top + self->scroller.height;
    int from = seen ? self->match_line : direction > 0 ? top - 1 : top + self->scroller.height;
    for (int i = from + direction; i >= 0 && i < n; i += direction) {
        const Line *line = &g_array_index(self->lines, Line, i);
        if (!has_match(self, line, wanted))
            continue;
        self->match_line = i;
        self->scroller.top = i < top || i >= top + self->scroller.height ? MAX(0, i - self->scroller.height / 3) : top;
        remember_top(self);
        mean(self, line->entry);
        return TRUE;
    }
    g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT,
                direction > 0 ? _("“%s” is not found further down.") : _("“%s” is not found further up."), wanted);
    return FALSE;
}

static void conversation_free(View *view)
{
    Conversation *self = conversation_of(view);
    model_conversation_free(self->conversation);
    g_array_unref(self->lines);
    g_free(self);
}

static const ViewClass conversation_class = {
    .context = CONTEXT_READER,
    .draw = conversation_draw,
    .free = conversation_free,
    .move = conversation_move,
    .page = conversation_page,
    .scroll = conversation_move,
    .edge = conversation_edge,
    .changed = conversation_changed,
    .search = conversation_search,
    .title = conversation_title,
};

gboolean view_is_conversation(const View *view)
{
    return view && view->class == &conversation_class;
}

/* It begins at the message it was opened from when that is unread, else at the first unread one, else again at that one. */
static guint beginning(const Conversation *self, gint64 message_id)
{
    int from = model_conversation_find(self->conversation, message_id);
    guint at = from >= 0 ? (guint)from : 0;
    for (guint i = 0; i < model_conversation_count(self->conversation); i++) {
        gboolean unread = !(model_conversation_entry(self->conversation, i)->flags & MAIL_FLAG_SEEN);
        if (unread && (!(model_conversation_entry(self->conversation, at)->flags & MAIL_FLAG_SEEN)))
            return at;
        if (unread)
            return i;
    }
    return at;
}

View *view_conversation_new(Ui *ui, ModelConversation *conversation, gint64 message_id)
{
    Conversation *self = g_new0(Conversation, 1);
    self->view = (View){ &conversation_class, ui };
    self->conversation = conversation;
    self->scroller.free = TRUE;
    self->lines = g_array_new(FALSE, TRUE, sizeof(Line));
    self->match_line = -1;
    guint at = beginning(self, message_id);
    self->top_id = id_of(self, at);
    open_near(self, MAX(ui->layout.main.rows, 1));
    mean(self, at);
    return &self->view;
}
