/* What the person decided and how far it got: waiting, refused, in conflict, unknown; lately done. */
#include "config.h"

#include "base/i18n.h"
#include "base/time.h"
#include "term/scroller.h"
#include "ui/app.h"

#define SHOWN_MAX 500

typedef struct {
    View view;
    Scroller scroller;
    GPtrArray *intents; /* of Intent*, newest first */
    gint64 selected;    /* id: what stays selected when others come and go */
} Journal;

static const char *state_words(IntentState state, ThemeRole *role)
{
    *role = THEME_NORMAL;
    switch (state) {
    case INTENT_PENDING:
        return _("waits");
    case INTENT_SENDING:
        return _("is being sent");
    case INTENT_DONE:
        *role = THEME_DIM;
        return _("done");
    case INTENT_FAILED:
        *role = THEME_ERROR;
        return _("refused");
    case INTENT_CONFLICT:
        *role = THEME_WARNING;
        return _("conflict");
    case INTENT_UNKNOWN:
        *role = THEME_WARNING;
        return _("unknown");
    default:
        *role = THEME_DIM;
        return _("taken back");
    }
}

static void reload(Journal *journal)
{
    g_clear_pointer(&journal->intents, g_ptr_array_unref);
    journal->intents = model_intents(journal->view.ui->model, ~0u, SHOWN_MAX);
    guint count = journal->intents ? journal->intents->len : 0;
    for (guint i = 0; i < count; i++)
        if (((Intent *)journal->intents->pdata[i])->id == journal->selected)
            journal->scroller.selected = (int)i;
    journal->scroller.count = (int)count;
}

static const Intent *selected(const Journal *journal)
{
    int row = journal->scroller.selected;
    return journal->intents && row >= 0 && row < (int)journal->intents->len ? journal->intents->pdata[row]
                                                                            : NULL;
}

static void draw_intent(const Ui *ui, Area area, int row, const Intent *intent, gboolean is_selected,
                        gboolean focused)
{
    ThemeRole role;
    const char *state = state_words(intent->state, &role);
    CellStyle style = is_selected ? ui_style(ui, THEME_LIST_CURSOR) : ui_style(ui, role);
    area_repeat(area, row, 0, area.columns, " ", style);
    g_autofree char *when =
        time_format_list(intent->created / G_USEC_PER_SEC, g_get_real_time() / G_USEC_PER_SEC, 10);
    g_autofree char *words = model_intent_words(ui->model, intent);
    int column = area_fit(area, row, 1, 10, when, -1, TEXT_CUT_PLAIN, FALSE, style) + 1;
    column = area_fit(area, row, column, 13, state, -1, TEXT_CUT_ELLIPSIS, FALSE, style) + 1;
    column = area_text(area_part(area, 0, 0, area.rows, area.columns - 1), row, column, words, -1, style) + 2;
    if (intent->error)
        area_fit(area, row, column, area.columns - column - 1, intent->error, -1, TEXT_CUT_ELLIPSIS, FALSE,
                 style);
    if (is_selected && focused)
        area_put_cursor(area, row, 0);
}

/* How often it was begun, and what became of it; NULL when there is nothing to say. */
static char *history_words(const Intent *intent)
{
    g_autofree char *tries =
        intent->tries > 0 ? g_strdup_printf(ngettext("Sent %u time.", "Sent %u times.", intent->tries), intent->tries) : NULL;
    g_autofree char *reason = intent->error ? text_make_safe(intent->error, -1, TEXT_SINGLE_LINE) : NULL;
    if (!tries || !reason)
        return tries ? g_steal_pointer(&tries) : g_steal_pointer(&reason);
    return g_strdup_printf("%s %s", tries, reason);
}

/* What it means, and what can be done about it. */
static const char *way_out(const Intent *intent)
{
    gboolean goes_somewhere = intent->kind == INTENT_MOVE || intent->kind == INTENT_COPY || intent->kind == INTENT_APPEND;
    if (intent->kind == INTENT_SEND)
        return NULL; /* see the outbox */
    switch (intent->state) {
    case INTENT_PENDING:
        return _("It waits for the connection, or for what was decided before.");
    case INTENT_FAILED:
        return goes_somewhere ? _("What it showed was taken back. Try it again, let it go elsewhere, or give it up.")
                              : _("What it showed was taken back. Try it again, or give it up.");
    case INTENT_CONFLICT:
        return _("What it was about was changed elsewhere, and that holds. Giving it up takes it off this list.");
    case INTENT_UNKNOWN:
        return _("It may have been done: look on the server, then try it again or give it up.");
    default:
        return NULL;
    }
}

/* The selected one stands whole below, for a line is often too short for a server's words. */
static int draw_selected(const Ui *ui, Area area, const Intent *intent)
{
    g_autofree char *history = intent ? history_words(intent) : NULL;
    const char *way = intent ? way_out(intent) : NULL;
    if (!intent || area.rows < 8)
        return 0;
    g_autofree char *words = model_intent_words(ui->model, intent);
    g_autofree char *wish = intent->kind == INTENT_SEND ? model_sending_words(intent) : NULL;
    g_autofree char *all = g_strjoin("\n", words, wish ? wish : "", history ? history : way ? way : "", history && way ? way : NULL, NULL);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) paragraphs = g_strsplit(all, "\n", -1);
    for (char **paragraph = paragraphs; *paragraph; paragraph++) {
        g_auto(GStrv) wrapped = text_wrap(*paragraph, MAX(area.columns - 4, 10));
        for (char **line = wrapped; *line; line++)
            if (**line)
                g_ptr_array_add(lines, g_strdup(*line));
    }
    int rows = MIN((int)lines->len, area.rows / 2);
    area_repeat(area, area.rows - rows - 1, 0, area.columns, ui->glyphs->horizontal, ui_style(ui, THEME_BORDER));
    for (int i = 0; i < rows; i++)
        area_text(area, area.rows - rows + i, 2, g_ptr_array_index(lines, i), -1, ui_style(ui, THEME_NORMAL));
    return rows + 1;
}

static void journal_draw(View *view, Area area, gboolean focused)
{
    Journal *journal = (Journal *)view;
    reload(journal);
    guint waiting = model_unfinished_intents(view->ui->model, 0);
    g_autofree char *right =
        waiting ? g_strdup_printf(ngettext("%u not done yet", "%u not done yet", waiting), waiting)
                : g_strdup(_("all done"));
    ui_draw_title(view->ui, area, _("What you decided, and how far it got"), right, focused);
    Area body = area_part(area, 1, 0, area.rows - 1, area.columns);
    body.rows -= draw_selected(view->ui, body, selected(journal));
    scroller_set(&journal->scroller, journal->scroller.count, body.rows);
    for (int row = 0; row < body.rows && journal->scroller.top + row < journal->scroller.count; row++) {
        int index = journal->scroller.top + row;
        draw_intent(view->ui, body, row, journal->intents->pdata[index], index == journal->scroller.selected,
                    focused);
    }
    if (journal->scroller.count == 0)
        area_text(body, 1, 2, _("Nothing yet. What you delete, move or flag is listed here."), -1,
                  ui_style(view->ui, THEME_DIM));
    const Intent *now = selected(journal);
    journal->selected = now ? now->id : 0;
}

static void remember(Journal *journal)
{
    const Intent *now = selected(journal);
    journal->selected = now ? now->id : 0;
}

static void journal_move(View *view, int rows)
{
    scroller_move(&((Journal *)view)->scroller, rows);
    remember((Journal *)view);
}

static void journal_page(View *view, int half_pages)
{
    scroller_page(&((Journal *)view)->scroller, half_pages);
    remember((Journal *)view);
}

static void journal_edge(View *view, int direction)
{
    scroller_edge(&((Journal *)view)->scroller, direction);
    remember((Journal *)view);
}

static void journal_free(View *view)
{
    g_clear_pointer(&((Journal *)view)->intents, g_ptr_array_unref);
    g_free(view);
}

static const ViewClass journal_class = {
    .context = CONTEXT_JOURNAL,
    .draw = journal_draw,
    .free = journal_free,
    .move = journal_move,
    .page = journal_page,
    .edge = journal_edge,
};

View *view_journal_new(Ui *ui)
{
    Journal *journal = g_new0(Journal, 1);
    journal->view = (View){ &journal_class, ui };
    return &journal->view;
}

gint64 view_journal_selected(View *view)
{
    const Intent *intent = selected((Journal *)view);
    return intent ? intent->id : 0;
}

gboolean view_journal_is_doubtful(View *view)
{
    const Intent *intent = selected((Journal *)view);
    return intent && intent->kind == INTENT_SEND && intent->state == INTENT_UNKNOWN;
}
