#include "config.h"
#include "term/line_editor.h"

#include <string.h>

struct LineEditor {
    GString *text; /* safe, single line but for spaces at its ends */
    gsize cursor;
    gsize first; /* the byte that is drawn leftmost */
    gboolean secret;
    LineHistory *history;
    int history_at; /* index into the history; its count: the line being typed */
    char *typed;    /* what was typed before going up */
    LineCompleter completer;
    gpointer completer_data;
    GPtrArray *candidates;
    int chosen;
    gsize word_start;
    char *killed;
};

Completion *completion_new(const char *text, const char *help)
{
    Completion *completion = g_new0(Completion, 1);
    completion->text = g_strdup(text);
    completion->help = g_strdup(help);
    return completion;
}

void completion_free(Completion *completion)
{
    if (!completion)
        return;
    g_free(completion->text);
    g_free(completion->help);
    g_free(completion);
}

GPtrArray *completions_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)completion_free);
}

LineEditor *line_editor_new(const char *text)
{
    LineEditor *editor = g_new0(LineEditor, 1);
    /* Room at once: a string that grows leaves copies of a password behind it. */
    editor->text = g_string_sized_new(1024);
    editor->chosen = -1;
    line_editor_set_text(editor, text ? text : "");
    return editor;
}

static void wipe(char *bytes, gsize length)
{
    volatile char *p = bytes;
    while (length--)
        *p++ = 0;
}

static void drop_candidates(LineEditor *editor)
{
    g_clear_pointer(&editor->candidates, g_ptr_array_unref);
    editor->chosen = -1;
}

void line_editor_free(LineEditor *editor)
{
    if (!editor)
        return;
    wipe(editor->text->str, editor->text->allocated_len);
    g_string_free(editor->text, TRUE);
    drop_candidates(editor);
    if (editor->killed)
        wipe(editor->killed, strlen(editor->killed));
    g_free(editor->killed);
    g_free(editor->typed);
    g_free(editor);
}

void line_editor_set_history(LineEditor *editor, LineHistory *history)
{
    editor->history = history;
    editor->history_at = history ? (int)line_history_count(history) : 0;
}

void line_editor_set_completer(LineEditor *editor, LineCompleter completer, gpointer user_data)
{
    editor->completer = completer;
    editor->completer_data = user_data;
}

void line_editor_set_secret(LineEditor *editor, gboolean secret)
{
    editor->secret = secret;
}

const char *line_editor_text(const LineEditor *editor)
{
    return editor->text->str;
}

gsize line_editor_cursor(const LineEditor *editor)
{
    return editor->cursor;
}

void line_editor_set_text(LineEditor *editor, const char *text)
{
    g_string_assign(editor->text, text);
    editor->cursor = editor->text->len;
    editor->first = 0;
    drop_candidates(editor);
}

void line_editor_set_cursor(LineEditor *editor, gsize offset)
{
    editor->cursor = MIN(offset, editor->text->len);
    drop_candidates(editor);
}

const GPtrArray *line_editor_candidates(const LineEditor *editor, int *chosen)
{
    if (chosen)
        *chosen = editor->chosen;
    return editor->candidates;
}

/* --- editing ----------------------------------------------------------------------------------- */

/* text_make_safe() trims a single line at its ends; a space just typed must stay. A password must stay as it
 * was pasted. */
static void insert(LineEditor *editor, const char *text)
{
    g_autofree char *flat = g_strdup(text);
    gsize length = strlen(flat);
    while (length > 0 && (flat[length - 1] == '\n' || flat[length - 1] == '\r'))
        flat[--length] = '\0';
    g_strdelimit(flat, "\r\n\t", ' ');
    g_autofree char *safe = editor->secret ? g_strdup(flat) : text_make_safe(flat, -1, TEXT_MULTI_LINE);
    gsize bytes = strlen(safe);
    if (editor->text->len + bytes <= 64 * 1024) {
        g_string_insert(editor->text, (gssize)editor->cursor, safe);
        editor->cursor += bytes;
    }
    if (editor->secret) {
        wipe(safe, bytes);
        wipe(flat, length);
    }
}

static gsize cluster_before(const LineEditor *editor, gsize at)
{
    const char *start = editor->text->str;
    return at == 0 ? 0 : (gsize)(text_previous_cluster(start, start + at) - start);
}

static gsize cluster_after(const LineEditor *editor, gsize at)
{
    const char *start = editor->text->str;
    return at >= editor->text->len
               ? at
               : (gsize)(text_next_cluster(start + at, start + editor->text->len, NULL) - start);
}

static gboolean in_word(const LineEditor *editor, gsize at)
{
    return g_unichar_isalnum(g_utf8_get_char(editor->text->str + at));
}

static gsize word_before(const LineEditor *editor, gsize at)
{
    while (at > 0 && !in_word(editor, cluster_before(editor, at)))
        at = cluster_before(editor, at);
    while (at > 0 && in_word(editor, cluster_before(editor, at)))
        at = cluster_before(editor, at);
    return at;
}

static gsize word_after(const LineEditor *editor, gsize at)
{
    while (at < editor->text->len && !in_word(editor, at))
        at = cluster_after(editor, at);
    while (at < editor->text->len && in_word(editor, at))
        at = cluster_after(editor, at);
    return at;
}

/* Back to the space before the word, as the shell's Ctrl-W does. */
static gsize space_before(const LineEditor *editor, gsize at)
{
    const char *text = editor->text->str;
    while (at > 0 && text[at - 1] == ' ')
        at--;
    while (at > 0 && text[at - 1] != ' ')
        at--;
    return at;
}

static void cut(LineEditor *editor, gsize from, gsize to, gboolean keep)
{
    if (from >= to)
        return;
    if (keep && !editor->secret) {
        g_free(editor->killed);
        editor->killed = g_strndup(editor->text->str + from, to - from);
    }
    g_string_erase(editor->text, (gssize)from, (gssize)(to - from));
    editor->cursor = from;
}

/* --- history ----------------------------------------------------------------------------------- */

static void recall(LineEditor *editor, int direction)
{
    if (!editor->history || editor->secret)
        return;
    int count = (int)line_history_count(editor->history), at = editor->history_at;
    if (at >= count) {
        g_free(editor->typed);
        editor->typed = g_strdup(editor->text->str);
    }
    /* Only lines that begin with what was typed: Up after "move" finds the last move. */
    do
        at += direction;
    while (at >= 0 && at < count &&
           !g_str_has_prefix(line_history_get(editor->history, (guint)at), editor->typed));
    if (at < 0)
        return;
    editor->history_at = MIN(at, count);
    g_autofree char *line =
        g_strdup(at < count ? line_history_get(editor->history, (guint)at) : editor->typed);
    line_editor_set_text(editor, line ? line : "");
}

/* --- completion -------------------------------------------------------------------------------- */

static void replace_word(LineEditor *editor, const char *text, gsize length)
{
    g_string_erase(editor->text, (gssize)editor->word_start, (gssize)(editor->cursor - editor->word_start));
    g_string_insert_len(editor->text, (gssize)editor->word_start, text, (gssize)length);
    editor->cursor = editor->word_start + length;
}

static gsize common_prefix(const GPtrArray *candidates)
{
    const char *first = ((Completion *)candidates->pdata[0])->text;
    gsize length = strlen(first);
    for (guint i = 1; i < candidates->len; i++) {
        const char *other = ((Completion *)candidates->pdata[i])->text;
        gsize same = 0;
        while (same < length && first[same] == other[same])
            same++;
        length = same;
    }
    while (length > 0 && ((guchar)first[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static void complete(LineEditor *editor, int direction)
{
    if (!editor->completer || editor->secret)
        return;
    if (editor->candidates) {
        int n = (int)editor->candidates->len;
        editor->chosen = editor->chosen < 0 && direction < 0 ? n - 1 : (editor->chosen + direction + n) % n;
        const char *text = ((Completion *)editor->candidates->pdata[editor->chosen])->text;
        replace_word(editor, text, strlen(text));
        return;
    }
    editor->word_start = editor->cursor;
    g_autoptr(GPtrArray) found =
        editor->completer(editor->text->str, editor->cursor, &editor->word_start, editor->completer_data);
    if (!found || found->len == 0 || editor->word_start > editor->cursor)
        return;
    gsize common = common_prefix(found);
    const char *first = ((Completion *)found->pdata[0])->text;
    if (found->len == 1) {
        replace_word(editor, first, strlen(first));
        return;
    }
    /* What is found may differ from what was typed in case or accents: then the typed word stays until one is
     * chosen. */
    if (common >= editor->cursor - editor->word_start)
        replace_word(editor, first, common);
    editor->candidates = g_steal_pointer(&found);
    editor->chosen = -1;
}

/* --- keys -------------------------------------------------------------------------------------- */

static gboolean one_of(const Key *key, const char *a, const char *b)
{
    return key_is(key, a) || (b && key_is(key, b));
}

static gboolean move_cursor(LineEditor *editor, const Key *key)
{
    if (one_of(key, "<Left>", "<C-b>"))
        editor->cursor = cluster_before(editor, editor->cursor);
    else if (one_of(key, "<Right>", "<C-f>"))
        editor->cursor = cluster_after(editor, editor->cursor);
    else if (one_of(key, "<Home>", "<C-a>"))
        editor->cursor = 0;
    else if (one_of(key, "<End>", "<C-e>"))
        editor->cursor = editor->text->len;
    else if (one_of(key, "<M-b>", "<C-Left>"))
        editor->cursor = word_before(editor, editor->cursor);
    else if (one_of(key, "<M-f>", "<C-Right>"))
        editor->cursor = word_after(editor, editor->cursor);
    else
        return FALSE;
    return TRUE;
}

static gboolean delete_text(LineEditor *editor, const Key *key)
{
    gsize at = editor->cursor;
    if (one_of(key, "<Backspace>", "<C-h>"))
        cut(editor, cluster_before(editor, at), at, FALSE);
    else if (one_of(key, "<Delete>", "<C-d>"))
        cut(editor, at, cluster_after(editor, at), FALSE);
    else if (key_is(key, "<C-k>"))
        cut(editor, at, editor->text->len, TRUE);
    else if (key_is(key, "<C-u>"))
        cut(editor, 0, at, TRUE);
    else if (key_is(key, "<C-w>"))
        cut(editor, space_before(editor, at), at, TRUE);
    else if (one_of(key, "<M-Backspace>", NULL))
        cut(editor, word_before(editor, at), at, TRUE);
    else if (key_is(key, "<M-d>"))
        cut(editor, at, word_after(editor, at), TRUE);
    else if (key_is(key, "<C-y>") && editor->killed)
        insert(editor, editor->killed);
    else
        return FALSE;
    return TRUE;
}

LineResult line_editor_key(LineEditor *editor, const Key *key)
{
    if (one_of(key, "<Esc>", "<C-g>") || key_is(key, "<C-c>"))
        return LINE_CANCELLED;
    if (one_of(key, "<Enter>", "<C-j>")) {
        if (editor->history && !editor->secret)
            line_history_add(editor->history, editor->text->str);
        return LINE_ACCEPTED;
    }
    if (key_is(key, "<Tab>") || key_is(key, "<S-Tab>")) {
        complete(editor, key_is(key, "<Tab>") ? 1 : -1);
        return editor->completer && !editor->secret ? LINE_EDITING : LINE_IGNORED;
    }
    drop_candidates(editor);
    if (one_of(key, "<Up>", "<C-p>") || one_of(key, "<Down>", "<C-n>")) {
        recall(editor, one_of(key, "<Up>", "<C-p>") ? -1 : 1);
        return editor->history ? LINE_EDITING : LINE_IGNORED;
    }
    if (move_cursor(editor, key) || delete_text(editor, key))
        return LINE_EDITING;
    const char *text = key->kind == KEY_PASTE ? key->text : key_text(key);
    if (!text)
        return LINE_IGNORED;
    insert(editor, text);
    return LINE_EDITING;
}

/* --- drawing ----------------------------------------------------------------------------------- */

static void draw_secret(LineEditor *editor, Area area, int row, int column, int cells, CellStyle style,
                        gboolean focused)
{
    int before = 0, total = 0;
    for (gsize at = 0; at < editor->text->len; at = cluster_after(editor, at)) {
        total++;
        before += at < editor->cursor;
    }
    int first = MAX(0, before - (cells - 1));
    area_repeat(area, row, column, CLAMP(total - first, 0, cells), "*", style);
    if (focused)
        area_put_cursor(area, row, column + before - first);
}

void line_editor_draw(LineEditor *editor, Area area, int row, int column, int cells, CellStyle style,
                      gboolean focused)
{
    if (cells < 1)
        return;
    area_repeat(area, row, column, cells, " ", style);
    if (editor->secret) {
        draw_secret(editor, area, row, column, cells, style, focused);
        return;
    }
    const char *text = editor->text->str;
    if (editor->cursor < editor->first)
        editor->first = editor->cursor;
    /* The cursor itself needs a cell: scroll by a third, so that typing does not move the text at every key.
     */
    if (text_display_width(text + editor->first, (gssize)(editor->cursor - editor->first)) > cells - 1) {
        gsize at = editor->cursor;
        while (at > 0 && text_display_width(text + at, (gssize)(editor->cursor - at)) < cells * 2 / 3)
            at = cluster_before(editor, at);
        editor->first = at;
    }
    Area line = area_part(area, row, column, 1, cells);
    area_text(line, 0, 0, text + editor->first, (gssize)(editor->text->len - editor->first), style);
    if (focused)
        area_put_cursor(line, 0,
                        text_display_width(text + editor->first, (gssize)(editor->cursor - editor->first)));
}
