/* A letter being written: its fields, edited in place, its attachments, its text. The text itself is the editor's. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/time.h"
#include "model/typed.h"
#include "term/scroller.h"
#include "ui/compose.h"

#include <sys/stat.h>

#define CANDIDATES 8

typedef struct {
    View view;
    ModelCompose *compose;
    Scroller rows;      /* fields, then attachments, then the text */
    LineEditor *editor; /* of the selected field; NULL: none is being edited */
    gboolean leading;   /* a new letter: from one field to the next, and then to the text */
    int text_top;       /* first line of the text in view */
    int text_lines, text_height;
} Compose;

static const char *const labels[COMPOSE_FIELDS] = { N_("From"), N_("To"),       N_("Cc"),
                                                    N_("Bcc"),  N_("Reply-To"), N_("Subject") };

static int attachments(const Compose *compose)
{
    return (int)model_compose_attachments(compose->compose)->len;
}

static int text_row(const Compose *compose)
{
    return COMPOSE_FIELDS + attachments(compose);
}

ModelCompose *view_compose_letter(View *view)
{
    return ((Compose *)view)->compose;
}

int view_compose_attachment(View *view)
{
    Compose *compose = (Compose *)view;
    int index = compose->rows.selected - COMPOSE_FIELDS;
    return index >= 0 && index < attachments(compose) ? index : -1;
}

void view_compose_select_attachment(View *view, int index)
{
    Compose *compose = (Compose *)view;
    compose->rows.count = text_row(compose) + 1;
    scroller_select(&compose->rows, COMPOSE_FIELDS + CLAMP(index, 0, MAX(attachments(compose) - 1, 0)));
    ui_redraw(view->ui);
}

void view_compose_select_text(View *view)
{
    Compose *compose = (Compose *)view;
    compose->rows.count = text_row(compose) + 1;
    scroller_select(&compose->rows, text_row(compose));
    compose->text_top = 0;
    ui_redraw(view->ui);
}

/* --- drawing ------------------------------------------------------------------------------------------- */

/* The longest name of a field, and a cell behind it: languages differ. */
static int label_cells(void)
{
    int cells = 0;
    for (guint i = 0; i < COMPOSE_FIELDS; i++)
        cells = MAX(cells, text_display_width(_(labels[i]), -1));
    return MIN(cells, 16) + 2;
}

static void draw_field(Compose *compose, Area area, int row, ComposeField field, gboolean selected, gboolean focused)
{
    const Ui *ui = compose->view.ui;
    CellStyle name = ui_style(ui, THEME_HEADER_NAME), value = ui_style(ui, THEME_HEADER_VALUE);
    gboolean editing = selected && compose->editor != NULL;
    int cells = label_cells();
    if (selected && !editing) {
        name = value = ui_style(ui, THEME_LIST_CURSOR);
        area_repeat(area, row, 0, area.columns, " ", value);
    }
    area_fit(area, row, 1, cells - 1, _(labels[field]), -1, TEXT_CUT_ELLIPSIS, FALSE, name);
    Area rest = area_part(area, row, cells + 1, 1, area.columns - cells - 2);
    if (editing) {
        CellStyle box = ui_style(ui, THEME_NORMAL);
        box.attributes |= CELL_UNDERLINE;
        line_editor_draw(compose->editor, rest, 0, 0, rest.columns, box, focused && ui->prompt == NULL);
        return;
    }
    const char *text = model_compose_field(compose->compose, field);
    area_fit(rest, 0, 0, rest.columns, text, -1, TEXT_CUT_ELLIPSIS, FALSE, value);
    if (selected && focused)
        area_put_cursor(area, row, 0);
}

static gint64 file_size(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 ? (gint64)facts.st_size : -1;
}

/* −1: it is not there any more. */
static gint64 attachment_size(const LetterAttachment *attachment)
{
    const LetterRemote *remote = attachment->remote;
    if (remote == NULL)
        return file_size(attachment->path);
    guint64 octets = MIN(remote->octets, G_MAXINT64 / 4);
    return (gint64)(g_str_equal(remote->encoding, "base64") ? octets * 57 / 78 : octets);
}

static const char *attachment_state(const LetterAttachment *attachment, gint64 bytes)
{
    if (bytes < 0)
        return _("gone");
    if (attachment->remote != NULL)
        return _("on server"); /* TRANSLATORS: at most 10 cells */
    return attachment->is_inline ? _("inline") : "";
}

static void draw_attachment(const Compose *compose, Area area, int row, int index, gboolean selected, gboolean focused)
{
    const Ui *ui = compose->view.ui;
    const LetterAttachment *attachment = g_ptr_array_index(model_compose_attachments(compose->compose), (guint)index);
    gint64 bytes = attachment_size(attachment);
    g_autofree char *size = text_human_size(bytes);
    const char *state = attachment_state(attachment, bytes);
    CellStyle style = ui_style(ui, selected ? THEME_LIST_CURSOR : bytes < 0 ? THEME_ERROR : THEME_ATTACHMENT);
    area_repeat(area, row, 0, area.columns, " ", style);
    int type = MIN(26, area.columns / 4), described = area.columns >= 100 && attachment->description ? area.columns / 4 : 0;
    int name = MAX(8, area.columns - type - 4 - 9 - 12 - described - (described ? 1 : 0));
    int column = area_format(area, row, 1, style, "%d ", index + 1) + 1;
    const char *shown = attachment->name != NULL ? attachment->name : _("(no name)");
    column = area_fit(area, row, column, name - 2, shown, -1, TEXT_CUT_MIDDLE, FALSE, style) + 1;
    if (described)
        column = area_fit(area, row, column, described, attachment->description, -1, TEXT_CUT_ELLIPSIS, FALSE, style) + 1;
    column = area_fit(area, row, column, type, attachment->type ? attachment->type : "", -1, TEXT_CUT_ELLIPSIS, FALSE, style) + 1;
    column = area_fit(area, row, column, 8, size, -1, TEXT_CUT_PLAIN, TRUE, style) + 2;
    area_fit(area, row, column, area.columns - column - 1, state, -1, TEXT_CUT_ELLIPSIS, FALSE, style);
    if (selected && focused)
        area_put_cursor(area, row, 0);
}

/* A rule with words in it: "── Text ───────". */
static void draw_rule(const Ui *ui, Area area, int row, const char *left, const char *right, gboolean selected)
{
    area_repeat(area, row, 0, area.columns, ui->glyphs->horizontal, ui_style(ui, THEME_BORDER));
    g_autofree char *title = g_strdup_printf(" %s ", left);
    area_text(area, row, 2, title, -1, ui_style(ui, selected ? THEME_LIST_CURSOR : THEME_HEADING));
    int cells = right ? text_display_width(right, -1) + 2 : 0;
    if (cells > 2 && cells + text_display_width(title, -1) + 8 < area.columns) {
        g_autofree char *padded = g_strdup_printf(" %s ", right);
        area_text(area, row, area.columns - cells - 2, padded, -1, ui_style(ui, THEME_DIM));
    }
}

static ThemeRole role_of_line(const char *line, gboolean *signature)
{
    guint depth = 0;
    for (; *line == '>' || (*line == ' ' && line[1] == '>'); line++)
        depth += *line == '>';
    *signature |= depth == 0 && strcmp(line, "-- ") == 0;
    if (depth > 0)
        return (ThemeRole)(THEME_QUOTE_1 + (depth - 1) % 5);
    return *signature ? THEME_SIGNATURE : THEME_BODY;
}

static void draw_text(Compose *compose, Area area)
{
    const Ui *ui = compose->view.ui;
    g_autofree char *safe = text_make_safe(model_compose_text(compose->compose), -1, TEXT_MULTI_LINE);
    g_auto(GStrv) lines = g_strsplit(safe, "\n", -1);
    int wish = (int)options_number(ui->options, OPTION_WRAP), room = MAX(area.columns - 2, 10);
    int width = wish > 0 ? MIN(wish, room) : room, number = 0;
    gboolean signature = FALSE;
    compose->text_height = area.rows;
    for (guint i = 0; lines[i] && (lines[i + 1] || *lines[i]); i++) {
        ThemeRole role = role_of_line(lines[i], &signature);
        const char *p = lines[i], *end = p + strlen(p), *stop;
        do {
            const char *next = p < end ? text_wrap_next(p, end, width, &stop) : (stop = end);
            int row = number++ - compose->text_top;
            if (row >= 0 && row < area.rows)
                area_text(area, row, 1, p, (gssize)(stop - p), ui_style(ui, role));
            p = next;
        } while (p < end);
    }
    compose->text_lines = number;
    g_autofree char *key = number == 0 ? keymap_find(ui->keymap, CONTEXT_COMPOSE, "edit-text") : NULL;
    if (key && area.rows > 1)
        area_format(area, 1, 2, ui_style(ui, THEME_DIM), _("Nothing written yet: %s opens the editor."), key);
}

static char *title_right(const Compose *compose)
{
    gint64 when = model_compose_saved_at(compose->compose);
    g_autofree char *clock = when ? time_format_list(when, g_get_real_time() / G_USEC_PER_SEC, 6) : NULL;
    return clock ? g_strdup_printf(_("draft saved %s"), clock) : NULL;
}

/* What is special about the letter. */
static char *text_kind(const Compose *compose)
{
    guint options = model_compose_options(compose->compose);
    const char *words[4] = { NULL };
    guint count = 0;
    if (model_compose_markdown(compose->compose))
        words[count++] = _("Markdown, also sent as HTML");
    if ((options & (COMPOSE_REPORT | COMPOSE_REPORT_NEVER)) != 0)
        words[count++] = (options & COMPOSE_REPORT) != 0 ? _("delivery report") : _("no delivery reports");
    if ((options & COMPOSE_REQUIRE_TLS) != 0)
        words[count++] = _("encrypted all the way");
    return count > 0 ? g_strjoinv(", ", (char **)words) : NULL;
}

static char *attachments_words(const Compose *compose)
{
    gint64 bytes = 0;
    int count = attachments(compose);
    for (int i = 0; i < count; i++)
        bytes += MAX(0, attachment_size(model_compose_attachments(compose->compose)->pdata[i]));
    g_autofree char *size = text_human_size(bytes);
    g_autofree char *number = g_strdup_printf(ngettext("%d attachment", "%d attachments", (gulong)count), count);
    return g_strdup_printf("%s, %s", number, size);
}

/* The rows between the fields and the text: as many as there is room for, the selected one among them. */
static int draw_attachments(Compose *compose, Area area, int row, gboolean focused)
{
    int count = attachments(compose), room = MAX(1, (area.rows - row) / 2 - 1);
    if (count == 0 || area.rows - row < 4)
        return row;
    g_autofree char *words = attachments_words(compose);
    draw_rule(compose->view.ui, area, row++, words, NULL, FALSE);
    int selected = compose->rows.selected - COMPOSE_FIELDS, shown = MIN(count, room);
    int first = CLAMP(selected - shown + 1, 0, count - shown);
    for (int i = first; i < first + shown; i++)
        draw_attachment(compose, area, row++, i, i == selected, focused);
    return row;
}

static void compose_draw(View *view, Area area, gboolean focused)
{
    Compose *compose = (Compose *)view;
    g_autofree char *right = title_right(compose);
    const char *subject = model_compose_field(compose->compose, COMPOSE_SUBJECT);
    g_autofree char *title = g_strdup_printf(_("Letter: %s"), *subject ? subject : _("(no subject)"));
    ui_draw_title(view->ui, area, title, right, focused);
    compose->rows.count = text_row(compose) + 1;
    compose->rows.height = compose->rows.count;
    scroller_set(&compose->rows, compose->rows.count, compose->rows.count);
    int row = 1, selected = compose->rows.selected;
    for (int field = 0; field < COMPOSE_FIELDS && row < area.rows; field++)
        draw_field(compose, area, row++, (ComposeField)field, field == selected, focused);
    row = draw_attachments(compose, area, row, focused);
    gboolean on_text = selected == text_row(compose);
    g_autofree char *kind = text_kind(compose);
    if (row < area.rows)
        draw_rule(view->ui, area, row, _("Text"), kind, on_text);
    if (on_text && focused && row < area.rows)
        area_put_cursor(area, row, 2);
    row++;
    if (row < area.rows)
        draw_text(compose, area_part(area, row, 0, area.rows - row, area.columns));
    if (compose->editor)
        ui_draw_candidates(view->ui, compose->editor, area, CANDIDATES);
}

/* --- editing a field --------------------------------------------------------------------------------------- */

static GPtrArray *complete_field(const char *text, gsize cursor, gsize *word_start, gpointer user_data)
{
    Compose *compose = user_data;
    Ui *ui = compose->view.ui;
    if (compose->rows.selected == COMPOSE_SUBJECT)
        return NULL;
    if (compose->rows.selected != COMPOSE_FROM)
        return complete_address(ui, text, cursor, word_start);
    *word_start = 0;
    GPtrArray *found = completions_new();
    g_auto(GStrv) identities = model_compose_identities(compose->compose);
    g_autofree char *typed = g_utf8_casefold(text, (gssize)cursor);
    for (guint i = 0; identities[i]; i++) {
        g_autofree char *folded = g_utf8_casefold(identities[i], -1);
        if (strstr(folded, typed))
            g_ptr_array_add(found, completion_new(identities[i], NULL));
    }
    return found;
}

void view_compose_edit(View *view, ComposeField field)
{
    Compose *compose = (Compose *)view;
    scroller_select(&compose->rows, (int)field);
    line_editor_free(compose->editor);
    const char *value = model_compose_field(compose->compose, field);
    gboolean list = field >= COMPOSE_TO && field <= COMPOSE_REPLY_TO && *value;
    g_autofree char *open = g_strdup_printf("%s%s", value, list ? ", " : "");
    compose->editor = line_editor_new(open);
    line_editor_set_completer(compose->editor, complete_field, compose);
    ui_redraw(view->ui);
}

/* "a@b, " and blanks are what is left of having meant to add somebody. */
static char *trimmed_list(const char *text)
{
    char *value = g_strstrip(g_strdup(text));
    for (gsize n = strlen(value); n > 0 && (value[n - 1] == ',' || value[n - 1] == ' '); n--)
        value[n - 1] = '\0';
    return value;
}

/* FALSE when there is something in it that is no address: it is kept all the same. */
static gboolean keep_field(Compose *compose)
{
    Ui *ui = compose->view.ui;
    ComposeField field = (ComposeField)compose->rows.selected;
    g_autoptr(GError) error = NULL;
    g_autofree char *value = field == COMPOSE_SUBJECT ? g_strdup(line_editor_text(compose->editor))
                                                      : trimmed_list(line_editor_text(compose->editor));
    g_clear_pointer(&compose->editor, line_editor_free);
    gboolean ok = model_compose_set_field(compose->compose, field, value, &error);
    if (ok && field != COMPOSE_SUBJECT)
        ok = model_compose_check_field(compose->compose, field, &error);
    if (!ok)
        ui_complain(ui, error);
    return ok;
}

/* Back in the field, behind what is no address. */
static gboolean point_at_fault(Compose *compose, ComposeField field)
{
    gsize start, length;
    if (!model_addresses_fault(model_compose_field(compose->compose, field), &start, &length))
        return FALSE;
    view_compose_edit(&compose->view, field);
    line_editor_set_text(compose->editor, model_compose_field(compose->compose, field));
    line_editor_set_cursor(compose->editor, start + length);
    return TRUE;
}

void view_compose_point(View *view)
{
    static const ComposeField addressed[] = { COMPOSE_TO, COMPOSE_CC, COMPOSE_BCC };
    for (guint i = 0; i < G_N_ELEMENTS(addressed); i++)
        if (point_at_fault((Compose *)view, addressed[i]))
            return;
}

/* A new letter leads from field to field: To, Subject, and then the text. */
static void lead_on(Compose *compose, ComposeField from)
{
    gboolean addressed = *model_compose_field(compose->compose, COMPOSE_TO) != '\0';
    if (!compose->leading)
        return;
    if (from == COMPOSE_TO && addressed) {
        view_compose_edit(&compose->view, COMPOSE_SUBJECT);
    } else if (from == COMPOSE_SUBJECT) {
        compose->leading = FALSE;
        view_compose_select_text(&compose->view);
        ui_edit_letter(compose->view.ui, &compose->view, FALSE);
    } else {
        compose->leading = FALSE;
    }
}

static gboolean compose_key(View *view, const Key *key)
{
    Compose *compose = (Compose *)view;
    if (!compose->editor)
        return FALSE;
    ui_redraw(view->ui);
    ComposeField field = (ComposeField)compose->rows.selected;
    LineResult result = line_editor_key(compose->editor, key);
    if (result == LINE_CANCELLED) {
        model_compose_typing(compose->compose, field, model_compose_field(compose->compose, field));
        g_clear_pointer(&compose->editor, line_editor_free);
        compose->leading = FALSE;
    } else if (result == LINE_ACCEPTED) {
        if (keep_field(compose))
            lead_on(compose, field);
        else
            point_at_fault(compose, field);
    } else if (result == LINE_EDITING) {
        model_compose_typing(compose->compose, field, line_editor_text(compose->editor));
    } else if (result == LINE_IGNORED && (key_is(key, "<Down>") || key_is(key, "<Up>"))) {
        keep_field(compose);
        compose->leading = FALSE;
        scroller_move(&compose->rows, key_is(key, "<Down>") ? 1 : -1);
        if (compose->rows.selected < COMPOSE_FIELDS)
            view_compose_edit(view, (ComposeField)compose->rows.selected);
    }
    return TRUE;
}

/* --- moving ------------------------------------------------------------------------------------------------- */

static void scroll_text(Compose *compose, int lines)
{
    compose->text_top = CLAMP(compose->text_top + lines, 0, MAX(0, compose->text_lines - compose->text_height));
}

static void compose_move(View *view, int rows)
{
    Compose *compose = (Compose *)view;
    gboolean on_text = compose->rows.selected == text_row(compose);
    if (on_text && (rows > 0 || compose->text_top > 0))
        scroll_text(compose, rows);
    else
        scroller_move(&compose->rows, rows);
}

static void compose_page(View *view, int half_pages)
{
    Compose *compose = (Compose *)view;
    scroll_text(compose, half_pages * MAX(1, compose->text_height / 2));
}

static void compose_edge(View *view, int direction)
{
    Compose *compose = (Compose *)view;
    scroller_edge(&compose->rows, direction);
}

static void compose_activate(View *view)
{
    Compose *compose = (Compose *)view;
    int row = compose->rows.selected;
    if (row < COMPOSE_FIELDS)
        view_compose_edit(view, (ComposeField)row);
    else if (row < text_row(compose))
        command_run(view->ui, command_find("view-attached"), "");
    else
        ui_edit_letter(view->ui, view, FALSE);
}

static char *compose_title(View *view)
{
    const char *subject = model_compose_field(((Compose *)view)->compose, COMPOSE_SUBJECT);
    return g_strdup(*subject ? subject : _("Letter"));
}

/* A terminal that goes away takes nothing with it: not even the line being typed. */
static void compose_free(View *view)
{
    Compose *compose = (Compose *)view;
    if (compose->editor)
        keep_field(compose);
    model_compose_free(compose->compose);
    g_free(compose);
}

static LineEditor *compose_editor(View *view)
{
    return ((Compose *)view)->editor;
}

static const ViewClass compose_class = {
    .context = CONTEXT_COMPOSE,
    .draw = compose_draw,
    .free = compose_free,
    .move = compose_move,
    .page = compose_page,
    .scroll = compose_move,
    .edge = compose_edge,
    .activate = compose_activate,
    .key = compose_key,
    .editor = compose_editor,
    .title = compose_title,
};

View *view_compose_new(Ui *ui, ModelCompose *letter)
{
    Compose *compose = g_new0(Compose, 1);
    compose->view = (View){ &compose_class, ui };
    compose->compose = letter;
    compose->rows.count = text_row(compose) + 1;
    return &compose->view;
}

void view_compose_lead(View *view)
{
    Compose *compose = (Compose *)view;
    compose->leading = TRUE;
    if (*model_compose_field(compose->compose, COMPOSE_TO) == '\0')
        view_compose_edit(view, COMPOSE_TO);
    else
        lead_on(compose, COMPOSE_TO);
}
