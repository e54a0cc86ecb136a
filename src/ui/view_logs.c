/* What was said, what things cost on the wire, what POP3 servers had, and where a search looked: lists that grow at their end. */
#include "config.h"

#include "base/i18n.h"
#include "base/time.h"
#include "model/pop_ledger.h"
#include "model/wire.h"
#include "ui/app.h"
#include "ui/view_lines.h"

static char *clock_words(gint64 when)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(when);
    return time ? g_date_time_format(time, "%H:%M:%S") : g_strdup("");
}

static void fill_notices(LinesView *view, int width, gpointer user_data)
{
    static const ThemeRole roles[] = { THEME_NORMAL, THEME_WARNING, THEME_ERROR };
    Ui *ui = user_data;
    const GPtrArray *notices = model_notices(ui->model);
    for (guint i = 0; i < notices->len; i++) {
        const ModelNotice *notice = notices->pdata[i];
        g_autofree char *when = clock_words(notice->when);
        g_auto(GStrv) lines = text_wrap(notice->text, MAX(width - 10, 10));
        for (guint j = 0; lines[j]; j++)
            lines_add_pair(view, j == 0 ? when : "", THEME_DIM, 9, lines[j], roles[notice->kind]);
    }
    if (notices->len == 0)
        lines_add(view, _("Nothing has been said yet."), THEME_DIM);
}

View *view_notices_new(Ui *ui)
{
    View *view = view_lines_new(ui, _("What was said"), fill_notices, ui, NULL);
    lines_begin_at_end(view);
    return view;
}

/* What the words may take beside the figures: 56 cells with the time and the gaps. */
static int action_cells(int width)
{
    return CLAMP(width - 56, 12, 40);
}

static void add_wire(LinesView *view, int width, const char *when, const char *action, const ModelWire *wire,
                     ThemeRole role)
{
    g_autofree char *up = text_human_size((gint64)MIN(wire->up, G_MAXINT64));
    g_autofree char *down = text_human_size((gint64)MIN(wire->down, G_MAXINT64));
    g_autoptr(GString) line = g_string_new(NULL);
    text_append_fit(line, action, -1, action_cells(width), TEXT_CUT_ELLIPSIS, FALSE);
    g_string_append_printf(line, " %7u ", wire->flights);
    text_append_fit(line, up, -1, 9, TEXT_CUT_PLAIN, TRUE);
    g_string_append_c(line, ' ');
    text_append_fit(line, down, -1, 9, TEXT_CUT_PLAIN, TRUE);
    g_string_append_printf(line, " %6" G_GUINT64_FORMAT " ms %6u", wire->wait_ms, wire->rows);
    lines_add_pair(view, when, THEME_DIM, 9, line->str, role);
    if (wire->saved == 0)
        return;
    g_autofree char *saved = text_human_size((gint64)MIN(wire->saved, G_MAXINT64));
    g_autofree char *words = g_strdup_printf(_("  %s did not have to be sent: the server had it"), saved);
    lines_add_pair(view, "", THEME_DIM, 9, words, role);
}

static void fill_wire(LinesView *view, int width, gpointer user_data)
{
    Ui *ui = user_data;
    const GPtrArray *actions = model_wire(ui->model);
    g_autoptr(GString) head = g_string_new(NULL);
    text_append_fit(head, _("what for"), -1, action_cells(width), TEXT_CUT_PLAIN, FALSE);
    const char *const names[] = { _("trips"), _("sent"), _("received"), _("waited"), _("rows") };
    static const int cells[] = { 8, 10, 10, 10, 7 };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        text_append_fit(head, names[i], -1, cells[i], TEXT_CUT_PLAIN, TRUE);
    lines_add_pair(view, _("when"), THEME_HEADING, 9, head->str, THEME_HEADING);
    for (guint i = 0; i < actions->len; i++) {
        const ModelWire *wire = actions->pdata[i];
        g_autofree char *when = clock_words(wire->when);
        add_wire(view, width, when, wire->action, wire, THEME_NORMAL);
    }
    ModelWire total = model_wire_total(ui->model);
    add_wire(view, width, "", _("all since the start"), &total, THEME_EMPHASIS);
}

View *view_wire_new(Ui *ui)
{
    View *view =
        view_lines_new(ui, _("What it cost on the wire: round trips and bytes"), fill_wire, ui, NULL);
    lines_begin_at_end(view);
    return view;
}

/* Older letters are told by malle pop-ledger. */
#define LEDGER_SHOWN 1000

static void fill_ledger(LinesView *view, int width, gpointer user_data)
{
    (void)width;
    Ui *ui = user_data;
    g_autoptr(GPtrArray) letters = model_pop_letters(ui->model, LEDGER_SHOWN);
    for (guint i = 0; i < letters->len; i++) {
        const ModelPopLetter *letter = letters->pdata[i];
        lines_add(view, letter->heading, THEME_EMPHASIS);
        lines_add_pair(view, "", THEME_DIM, 3, letter->copy, THEME_NORMAL);
        lines_add_pair(view, "", THEME_DIM, 3, letter->place, THEME_NORMAL);
        if (letter->trouble)
            lines_add_pair(view, "", THEME_DIM, 3, letter->trouble, THEME_WARNING);
    }
    if (letters->len == 0)
        lines_add(view, _("There is no letter of a POP3 account in the ledger."), THEME_DIM);
}

View *view_pop_ledger_new(Ui *ui)
{
    View *view = view_lines_new(ui, _("Letters of POP3 servers: what is here, and what became of them there"), fill_ledger, ui, NULL);
    lines_begin_at_end(view);
    return view;
}

/* --- where was searched ---------------------------------------------------------------------------- */

static char *searched_words(const Change *place)
{
    guint found = (guint)MIN(place->count, G_MAXUINT), more = (guint)MIN(place->unknown, G_MAXUINT);
    switch (place->searched) {
    case ENGINE_SEARCHED_NOT_YET:
        return g_strdup(_("the server is asked"));
    case ENGINE_SEARCHED_HERE:
        return g_strdup(_("here: all that was asked about is here"));
    case ENGINE_SEARCHED_NOT_THERE:
        return g_strdup_printf(_("only here: %s"), place->error ? place->error : "?");
    case ENGINE_SEARCHED_SERVER:
        break;
    }
    g_autofree char *words = g_strdup_printf(ngettext("on the server too: %u message found", "on the server too: %u messages found", found), found);
    return more == 0 ? g_steal_pointer(&words)
                     : g_strdup_printf(ngettext("%s, and %u more that was not fetched", "%s, and %u more that were not fetched", more), words, more);
}

static void fill_searched(LinesView *view, int width, gpointer user_data)
{
    const Ui *ui = user_data;
    const GPtrArray *places = ui->list ? model_list_searched_places(ui->list) : NULL;
    int first = CLAMP(width / 3, 10, 40);
    for (guint i = 0; places && i < places->len; i++) {
        const Change *place = g_ptr_array_index(places, i);
        g_autofree char *words = searched_words(place);
        g_auto(GStrv) lines = text_wrap(words, MAX(width - first - 1, 10));
        for (guint j = 0; lines[j]; j++)
            lines_add_pair(view, j == 0 && place->text ? place->text : "", THEME_NORMAL, first, lines[j],
                           place->searched == ENGINE_SEARCHED_NOT_THERE ? THEME_WARNING : THEME_DIM);
    }
    if (!places)
        lines_add(view, _("Nothing was searched."), THEME_DIM);
}

View *view_searched_new(Ui *ui)
{
    return view_lines_new(ui, _("Where was searched"), fill_searched, ui, NULL);
}
