#include "config.h"
#include "ui/prompt.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"

/* How many candidates of a completion are shown at once. */
#define CANDIDATE_ROWS 10

typedef struct {
    char *key, *label;
} Choice;

struct Prompt {
    char *label;
    char *title, *details;
    const Command *command;
    LineEditor *editor; /* NULL: a choice of keys */
    GArray *choices;    /* of Choice */
    PromptLineDone line_done;
    PromptKeyDone key_done;
    gpointer user_data;
    GDestroyNotify free_data;
};

static void prompt_free(Prompt *prompt)
{
    for (guint i = 0; prompt->choices && i < prompt->choices->len; i++) {
        Choice *choice = &g_array_index(prompt->choices, Choice, i);
        g_free(choice->key);
        g_free(choice->label);
    }
    g_clear_pointer(&prompt->choices, g_array_unref);
    line_editor_free(prompt->editor);
    g_free(prompt->label);
    g_free(prompt->title);
    g_free(prompt->details);
    if (prompt->free_data)
        prompt->free_data(prompt->user_data);
    g_free(prompt);
}

/* The prompt is taken off before the callback, which may ask the next question. */
static void finish(Ui *ui, const char *text, int choice)
{
    Prompt *prompt = g_steal_pointer(&ui->prompt);
    ui_redraw(ui);
    if (prompt->editor)
        prompt->line_done(ui, text, prompt->user_data);
    else
        prompt->key_done(ui, choice, prompt->user_data);
    macro_answered(ui, prompt->editor ? text != NULL : choice >= 0);
    prompt_free(prompt);
    ui_check_decision(ui); /* one may have been held back */
}

void prompt_cancel(Ui *ui)
{
    if (ui->prompt)
        finish(ui, NULL, -1);
}

const Command *prompt_command(const Ui *ui)
{
    return ui->prompt ? ui->prompt->command : NULL;
}

LineEditor *prompt_editor(const Ui *ui)
{
    return ui->prompt ? ui->prompt->editor : NULL;
}

void ui_complete_again(Ui *ui, const char *typed)
{
    View *view = ui_focused(ui);
    LineEditor *editor = ui->prompt ? prompt_editor(ui) : view->class->editor ? view->class->editor(view) : NULL;
    if (!editor || !g_str_has_suffix(line_editor_text(editor), typed))
        return;
    g_autofree char *text = g_strdup(line_editor_text(editor));
    line_editor_set_text(editor, text);
    Key tab = key_named("<Tab>");
    line_editor_key(editor, &tab);
    ui_redraw(ui);
}

static Prompt *open_prompt(Ui *ui, const char *label, const char *title, const char *details,
                           gpointer user_data, GDestroyNotify free_data)
{
    prompt_cancel(ui);
    Prompt *prompt = g_new0(Prompt, 1);
    prompt->label = g_strdup(label);
    prompt->title = g_strdup(title);
    prompt->details = details ? text_make_safe(details, -1, TEXT_MULTI_LINE) : NULL;
    prompt->user_data = user_data;
    prompt->free_data = free_data;
    ui->prompt = prompt;
    ui_redraw(ui);
    return prompt;
}

void prompt_line(Ui *ui, const PromptLine *line, PromptLineDone done, gpointer user_data,
                 GDestroyNotify free_data)
{
    Prompt *prompt = open_prompt(ui, line->label, line->title, line->details, user_data, free_data);
    prompt->command = line->command;
    prompt->editor = line_editor_new(line->initial);
    line_editor_set_history(prompt->editor, line->history);
    line_editor_set_completer(prompt->editor, line->completer, line->completer_data);
    line_editor_set_secret(prompt->editor, line->secret);
    prompt->line_done = done;
}

void prompt_choice(Ui *ui, const char *question, const char *title, const char *details,
                   const PromptChoice *choices, PromptKeyDone done, gpointer user_data,
                   GDestroyNotify free_data)
{
    Prompt *prompt = open_prompt(ui, question, title, details, user_data, free_data);
    prompt->choices = g_array_new(FALSE, TRUE, sizeof(Choice));
    for (guint i = 0; choices[i].key; i++) {
        Choice choice = { g_strdup(choices[i].key), g_strdup(choices[i].label) };
        g_array_append_val(prompt->choices, choice);
    }
    prompt->key_done = done;
}

void prompt_yes_no(Ui *ui, const char *question, PromptKeyDone done, gpointer user_data,
                   GDestroyNotify free_data)
{
    /* Translators: the keys for yes and no, one letter each. */
    const PromptChoice choices[] = { { _("y"), _("yes") }, { _("n"), _("no") }, { NULL, NULL } };
    prompt_choice(ui, question, NULL, NULL, choices, done, user_data, free_data);
}

static int find_choice(const Prompt *prompt, const char *name)
{
    for (guint i = 0; i < prompt->choices->len; i++)
        if (strcmp(g_array_index(prompt->choices, Choice, i).key, name) == 0)
            return (int)i;
    for (guint i = 0; i < prompt->choices->len && strlen(name) == 1; i++)
        if (g_ascii_strcasecmp(g_array_index(prompt->choices, Choice, i).key, name) == 0)
            return (int)i;
    return -1;
}

void prompt_key(Ui *ui, const Key *key)
{
    Prompt *prompt = ui->prompt;
    ui_redraw(ui);
    if (prompt->editor) {
        LineResult result = line_editor_key(prompt->editor, key);
        if (result == LINE_ACCEPTED || result == LINE_CANCELLED)
            finish(ui, result == LINE_ACCEPTED ? line_editor_text(prompt->editor) : NULL, -1);
        return;
    }
    if (key->kind == KEY_PASTE)
        return; /* an answer is typed, never pasted */
    int choice = find_choice(prompt, key->name);
    if (choice >= 0)
        finish(ui, NULL, choice);
    else if (key_is(key, "<Esc>") || key_is(key, "<C-g>") || key_is(key, "<C-c>") || key_is(key, "<Enter>"))
        finish(ui, NULL, -1);
}

/* --- drawing ----------------------------------------------------------------------------------- */

/* With details, the choices stand below them, one on a line: they are worth whole sentences. */
static void draw_details(Ui *ui, Area main)
{
    Prompt *prompt = ui->prompt;
    int width = MIN(main.columns - 6, 76);
    if (!prompt->details || width < 10)
        return;
    g_auto(GStrv) lines = text_wrap(prompt->details, width);
    int count = (int)g_strv_length(lines), choices = prompt->choices ? (int)prompt->choices->len + 1 : 0;
    int shown = MIN(count, main.rows - 2 - choices); /* the choices must be in view */
    Area inside = ui_draw_box(ui, main, shown + choices + 2, width + 4, prompt->title);
    for (int i = 0; i < shown; i++)
        area_text(inside, i, 1, lines[i], -1, ui_style(ui, THEME_NORMAL));
    for (int i = 0; i < choices - 1; i++) {
        const Choice *choice = &g_array_index(prompt->choices, Choice, i);
        const char *const keys[] = { choice->key, NULL };
        g_autofree char *words = key_words(keys);
        int column = area_text(inside, shown + 1 + i, 1, words, -1, ui_style(ui, THEME_KEY_BAR_KEY));
        area_text(inside, shown + 1 + i, column + 2, choice->label, -1, ui_style(ui, THEME_NORMAL));
    }
}

void ui_draw_candidates(Ui *ui, const LineEditor *editor, Area main, int most)
{
    int chosen;
    const GPtrArray *candidates = line_editor_candidates(editor, &chosen);
    if (!candidates || main.rows < 3)
        return;
    int rows = MIN((int)candidates->len, MIN(most, main.rows - 1));
    int first = CLAMP(chosen - rows + 1, 0, (int)candidates->len - rows);
    int names = 0;
    for (guint i = 0; i < candidates->len; i++)
        names = MAX(names, text_display_width(((Completion *)candidates->pdata[i])->text, -1));
    names = MIN(names, MAX(12, main.columns / 2));
    Area box = area_part(main, main.rows - rows - 1, 0, rows + 1, main.columns);
    area_fill(box, ui_style(ui, THEME_NORMAL));
    area_repeat(box, 0, 0, box.columns, ui->glyphs->horizontal, ui_style(ui, THEME_BORDER));
    if ((int)candidates->len > rows)
        area_format(box, 0, 2, ui_style(ui, THEME_DIM), _(" %d of %u; Tab goes on "), MAX(chosen, 0) + 1,
                    candidates->len);
    for (int i = 0; i < rows; i++) {
        const Completion *completion = candidates->pdata[first + i];
        int column = area_fit(box, i + 1, 1, names, completion->text, -1, TEXT_CUT_MIDDLE, FALSE,
                              ui_style(ui, THEME_NORMAL));
        if (completion->help)
            area_fit(box, i + 1, column + 2, box.columns - column - 3, completion->help, -1,
                     TEXT_CUT_ELLIPSIS, FALSE, ui_style(ui, THEME_DIM));
        if (first + i == chosen)
            area_restyle(box, i + 1, 0, box.columns, ui_style(ui, THEME_LIST_CURSOR), FALSE);
    }
}

static void draw_choices(Ui *ui, Area line)
{
    Prompt *prompt = ui->prompt;
    int column = area_text(line, 0, 0, prompt->label, -1, ui_style(ui, THEME_EMPHASIS)) + 1;
    area_put_cursor(line, 0, MIN(column, line.columns - 1));
    for (guint i = 0; !prompt->details && i < prompt->choices->len; i++) {
        const Choice *choice = &g_array_index(prompt->choices, Choice, i);
        const char *const keys[] = { choice->key, NULL };
        g_autofree char *words = key_words(keys);
        column = area_text(line, 0, column + 1, words, -1, ui_style(ui, THEME_KEY_BAR_KEY));
        column = area_text(line, 0, column + 1, choice->label, -1, ui_style(ui, THEME_NORMAL)) + 1;
    }
}

void prompt_draw(Ui *ui, Area line, Area main)
{
    Prompt *prompt = ui->prompt;
    draw_details(ui, main);
    if (!prompt->editor) {
        draw_choices(ui, line);
        return;
    }
    ui_draw_candidates(ui, prompt->editor, main, CANDIDATE_ROWS);
    int column = area_fit(line, 0, 0, MIN(text_display_width(prompt->label, -1), line.columns / 2),
                          prompt->label, -1, TEXT_CUT_ELLIPSIS, FALSE, ui_style(ui, THEME_EMPHASIS));
    column += column > 1 ? 1 : 0; /* ":" stands at its text */
    line_editor_draw(prompt->editor, line, 0, column, line.columns - column, ui_style(ui, THEME_NORMAL),
                     TRUE);
}
