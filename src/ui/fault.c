#include "config.h"
#include "ui/fault.h"

#include <string.h>

#include "model/typed.h"
#include "ui/app.h"
#include "ui/commands.h"

struct Fault {
    /* the line that is being run */
    char *label, *typed; /* NULL: none is */
    const Command *command;
    gsize word, word_end, argument; /* bytes of `typed`: the command's name, and what stands behind it */
    gboolean placed;
    gsize start, length;
    /* what is shown */
    char *text; /* label and line; NULL: nothing */
    gsize text_start, text_length;
    guint64 serial; /* of the notice with its words */
};

static Fault *fault_of(Ui *ui)
{
    if (!ui->fault)
        ui->fault = g_new0(Fault, 1);
    return ui->fault;
}

void ui_fault_free(Ui *ui)
{
    Fault *fault = g_steal_pointer(&ui->fault);
    if (!fault)
        return;
    g_free(fault->label);
    g_free(fault->typed);
    g_free(fault->text);
    g_free(fault);
}

/* --- what is run ------------------------------------------------------------------------------------ */

void ui_typed_begin(Ui *ui, const char *label, const char *line, const Command *command)
{
    ui_typed_end(ui);
    Fault *fault = fault_of(ui);
    fault->label = g_strdup(label);
    fault->typed = g_strdup(line);
    fault->command = command;
    fault->word = fault->word_end = fault->argument = 0;
    fault->placed = FALSE;
    if (!command)
        ui_typed_at(ui, 0);
    else
        while (line[fault->argument] == ' ')
            fault->argument++;
}

void ui_typed_at(Ui *ui, gsize offset)
{
    Fault *fault = ui->fault;
    if (!fault || !fault->typed)
        return;
    const char *line = fault->typed;
    gsize at = MIN(offset, strlen(line));
    at += strspn(line + at, " :");
    fault->word = at;
    fault->word_end = at + strcspn(line + at, " ");
    fault->argument = fault->word_end + strspn(line + fault->word_end, " ");
    fault->placed = FALSE;
    g_autofree char *name = g_strndup(line + fault->word, fault->word_end - fault->word);
    fault->command = command_parse(name, NULL, NULL);
}

void ui_typed_end(Ui *ui)
{
    if (ui->fault) {
        g_clear_pointer(&ui->fault->label, g_free);
        g_clear_pointer(&ui->fault->typed, g_free);
    }
}

void ui_fault_at(Ui *ui, gsize start, gsize length)
{
    if (!ui->fault || !ui->fault->typed)
        return;
    ui->fault->placed = TRUE;
    ui->fault->start = ui->fault->argument + start;
    ui->fault->length = length;
}

/* --- where it is wrong ------------------------------------------------------------------------------- */

static gboolean is_pattern(Ui *ui, const Command *command)
{
    return command->complete == complete_pattern ||
           (ui_context_now(ui) == CONTEXT_LIST && (command->run == cmd_search || command->run == cmd_search_back));
}

static void find_place(Ui *ui, Fault *fault, const GError *error)
{
    const char *argument = fault->typed + fault->argument;
    const Command *command = fault->command;
    gboolean about_command = error->domain == UI_ERROR && error->code != UI_ERROR_ARGUMENT;
    if (about_command || !*argument) {
        fault->start = fault->word;
        fault->length = fault->word_end - fault->word;
        return;
    }
    fault->start = 0;
    fault->length = strlen(argument);
    if (command && is_pattern(ui, command))
        model_query_fault(argument, &fault->start, &fault->length);
    else if (command && command->complete == complete_address)
        model_addresses_fault(argument, &fault->start, &fault->length);
    fault->start += fault->argument;
}

void ui_fault_tell(Ui *ui, const GError *error)
{
    Fault *fault = ui->fault;
    const ModelNotice *notice = model_notice(ui->model);
    if (!fault || !fault->typed || !notice)
        return;
    if (!fault->placed)
        find_place(ui, fault, error);
    g_free(fault->text);
    gboolean is_question = strcmp(fault->label, ":") != 0;
    fault->text = g_strconcat(fault->label, is_question ? " " : "", fault->typed, NULL);
    fault->text_start = strlen(fault->label) + is_question + fault->start;
    fault->text_length = fault->length;
    fault->serial = notice->serial;
}

/* --- drawing ------------------------------------------------------------------------------------------ */

#define WORDS_MAX 5 /* rows */

/* The words on as many rows as they need, up to the bottom one; returns the first of them. */
static int draw_words(Area screen, int bottom, const char *words, CellStyle plain, CellStyle error)
{
    g_auto(GStrv) lines = text_wrap(words, screen.columns - 1);
    int count = MIN((int)g_strv_length(lines), MIN(WORDS_MAX, bottom - 1)), first = bottom - count + 1;
    for (int i = 0; count > 1 && i < count; i++) { /* one is where all notices are */
        area_repeat(screen, first + i, 0, screen.columns, " ", plain);
        area_text(screen, first + i, 0, lines[i], -1, error);
    }
    return count > 1 ? first : bottom;
}

void ui_fault_draw(Ui *ui, Area screen, int bottom)
{
    Fault *fault = ui->fault;
    const ModelNotice *notice = model_notice(ui->model);
    if (!fault || !fault->text || bottom < 3 || !notice || notice->serial != fault->serial || notice->serial <= ui->notice_dismissed)
        return;
    CellStyle plain = ui_style(ui, THEME_NORMAL), error = ui_style(ui, THEME_ERROR);
    bottom = draw_words(screen, bottom, notice->text, plain, error);
    const char *text = fault->text, *at = text + fault->text_start;
    int before = text_display_width(text, (gssize)fault->text_start);
    int marked = MAX(1, text_display_width(at, (gssize)fault->text_length));
    /* A line longer than the screen is shown from where its mark ends within it. */
    int left = MAX(0, MIN(before, before + marked + 1 - screen.columns));
    for (int row = bottom - 2; row < bottom; row++)
        area_repeat(screen, row, 0, screen.columns, " ", plain);
    area_text(screen, bottom - 2, -left, text, -1, plain);
    area_restyle(screen, bottom - 2, before - left, text_display_width(at, (gssize)fault->text_length), error, FALSE);
    area_repeat(screen, bottom - 1, before - left, MIN(marked, screen.columns - before + left), "^", error);
}
