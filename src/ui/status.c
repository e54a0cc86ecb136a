/* The three lines at the bottom: how the accounts are, what the keys do, and the newest notice. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/time.h"
#include "model/compose.h"
#include "ui/app.h"

#define BAR_CELLS 8

/* --- accounts ---------------------------------------------------------------------------------- */

static char *clock_words(gint64 when)
{
    return time_format_list(when, g_get_real_time() / G_USEC_PER_SEC, 6);
}

static char *account_words(const ModelAccount *account, ThemeRole *role)
{
    const AccountStatus *status = &account->status;
    g_autofree char *as_of = status->as_of > 0 ? clock_words(status->as_of) : NULL;
    *role = THEME_STATUS;
    switch (status->state) {
    case ACCOUNT_ONLINE:
        return g_strdup(status->busy ? _("online, working") : _("online"));
    case ACCOUNT_CONNECTING:
        return as_of ? g_strdup_printf(_("as of %s, connecting"), as_of) : g_strdup(_("connecting"));
    case ACCOUNT_WAITING: {
        gint64 seconds = MAX(0, status->retry_at - g_get_real_time() / G_USEC_PER_SEC);
        *role = THEME_WARNING;
        if (status->away && as_of)
            return g_strdup_printf(_("offline by itself as of %s, next try in %d s"), as_of, (int)seconds);
        if (status->away)
            return g_strdup_printf(_("offline by itself, next try in %d s"), (int)seconds);
        if (as_of)
            return g_strdup_printf(_("as of %s, reconnecting in %d s"), as_of, (int)seconds);
        return g_strdup_printf(_("trying again in %d s"), (int)seconds);
    }
    case ACCOUNT_STOPPED:
        *role = THEME_ERROR;
        return g_strdup_printf(_("stopped: %s"), status->words ? status->words : _("it needs you"));
    case ACCOUNT_LOCAL:
        return g_strdup(_("on this machine"));
    default:
        return as_of ? g_strdup_printf(_("offline by choice, as of %s"), as_of) : g_strdup(_("offline by choice"));
    }
}

/* "████░░░░" */
static char *bar_words(const Ui *ui, guint64 done, guint64 total)
{
    GString *bar = g_string_new(NULL);
    guint filled = (guint)((double)MIN(done, total) * BAR_CELLS / (double)MAX(total, 1));
    for (guint i = 0; i < BAR_CELLS; i++)
        g_string_append(bar, i < filled ? ui->glyphs->bar_done : ui->glyphs->bar_left);
    return g_string_free(bar, FALSE);
}

/* What was fetched and what still comes, as far as anybody can know. */
static char *prepare_words(const Ui *ui)
{
    guint64 done, total;
    gint64 seconds;
    if (!model_prepare_progress(ui->model, &done, &total, &seconds))
        return NULL;
    if (total == 0)
        return g_strdup(_("preparing to leave, Ctrl-C stops"));
    g_autofree char *bar = bar_words(ui, done, total);
    g_autofree char *left = g_format_size(total - MIN(done, total));
    int percent = (int)((double)MIN(done, total) * 100 / (double)total);
    if (seconds < 0)
        return g_strdup_printf(_("preparing %s %d %%, %s left"), bar, percent, left);
    if (seconds < 90)
        return g_strdup_printf(_("preparing %s %d %%, %s, %d s left"), bar, percent, left, (int)seconds);
    return g_strdup_printf(_("preparing %s %d %%, %s, %d min left"), bar, percent, left, (int)((seconds + 59) / 60));
}

static char *progress_words(const Ui *ui)
{
    char *preparing = prepare_words(ui);
    if (preparing)
        return preparing;
    const GPtrArray *transfers = model_transfers(ui->model);
    for (guint i = 0; transfers && i < transfers->len; i++) {
        const ModelTransfer *transfer = transfers->pdata[i];
        if (transfer->finished)
            continue;
        if (transfer->total > 0)
            return g_strdup_printf(_("fetching %s %d %%, Ctrl-C stops"), transfer->name,
                                   (int)(MIN(transfer->done, transfer->total) * 100 / transfer->total));
        return g_strdup_printf(_("fetching %s, Ctrl-C stops"), transfer->name);
    }
    for (guint i = 0; i < model_n_accounts(ui->model); i++) {
        const ModelAccount *account = model_account(ui->model, i);
        if (account->progress_mailbox && account->progress_total > 0 &&
            account->progress_done < account->progress_total)
            return g_strdup_printf(_("%s: reading the list %d %%"), account->account->name,
                                   (int)(account->progress_done * 100 / account->progress_total));
    }
    return NULL;
}

/* How long the next letter can still be taken back. */
static char *outbox_words(guint letters, gint64 next)
{
    gint64 seconds = next > 0 ? (next - g_get_real_time() + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC : 0;
    g_autofree char *what = g_strdup_printf(ngettext("%u letter", "%u letters", letters), letters);
    if (seconds <= 0)
        return g_strdup_printf(ngettext("%u letter to send", "%u letters to send", letters), letters);
    if (seconds < 90)
        return g_strdup_printf(letters > 1 ? _("%s, the first leaves in %d s") : _("%s leaves in %d s"), what, (int)seconds);
    if (seconds < 5400)
        return g_strdup_printf(letters > 1 ? _("%s, the first leaves in %d min") : _("%s leaves in %d min"), what,
                               (int)((seconds + 59) / 60));
    g_autofree char *when = clock_words(next / G_USEC_PER_SEC);
    return g_strdup_printf(letters > 1 ? _("%s, the first leaves %s") : _("%s leaves %s"), what, when);
}

static char *right_words(const Ui *ui)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    char *progress = progress_words(ui);
    if (progress)
        g_ptr_array_add(words, progress);
    guint tagged = ui->list ? model_list_n_tagged(ui->list) : 0;
    if (tagged)
        g_ptr_array_add(words, g_strdup_printf(ngettext("%u tagged", "%u tagged", tagged), tagged));
    gint64 next;
    guint letters = model_outbox(ui->model, &next);
    if (letters)
        g_ptr_array_add(words, outbox_words(letters, next));
    if (ui->tag_moves)
        g_ptr_array_add(words, g_strdup(_("tagging what you pass")));
    guint pending = model_unfinished_intents(ui->model, 0);
    pending -= MIN(pending, letters);
    if (pending)
        g_ptr_array_add(
            words, g_strdup_printf(ngettext("%u change to send", "%u changes to send", pending), pending));
    g_ptr_array_add(words, NULL);
    g_autofree char *separator = g_strdup_printf(" %s ", ui->glyphs->dot);
    return words->len > 1 ? g_strjoinv(separator, (char **)words->pdata) : NULL;
}

static int draw_account(const Ui *ui, Area area, int column, const ModelAccount *account)
{
    ThemeRole role;
    g_autofree char *words = account_words(account, &role);
    CellStyle name = ui_style(ui, THEME_STATUS), style = ui_style(ui, role);
    name.attributes |= CELL_BOLD;
    style.background = name.background;
    if (name.attributes & CELL_REVERSE)
        style.attributes |= CELL_REVERSE;
    column = area_text(area, 0, column, account->account->name, -1, name) + 1;
    if (account->status.insecure) {
        CellStyle warning = ui_style(ui, THEME_WARNING);
        warning.attributes |= name.attributes & CELL_REVERSE;
        column = area_text(area, 0, column, _("NOT ENCRYPTED"), -1, warning) + 1;
    }
    return area_text(area, 0, column, words, -1, style) + 3;
}

void ui_draw_status(Ui *ui, Area area)
{
    if (area.rows < 1)
        return;
    CellStyle style = ui_style(ui, THEME_STATUS);
    area_fill(area, style);
    g_autofree char *right = right_words(ui);
    int right_cells = right ? MIN(text_display_width(right, -1), area.columns * 3 / 5) : 0;
    Area left = area_part(area, 0, 0, 1, area.columns - right_cells - 2);
    int column = 1;
    guint n = model_n_accounts(ui->model);
    if (n == 0)
        area_text(left, 0, column, _("Malle: no account yet"), -1, style);
    for (guint i = 0; i < n && column < left.columns; i++)
        column = draw_account(ui, left, column, model_account(ui->model, i));
    if (right)
        area_fit(area, 0, area.columns - right_cells - 1, right_cells, right, -1, TEXT_CUT_ELLIPSIS, TRUE,
                 style);
}

gint64 ui_next_tick(const Ui *ui)
{
    gint64 next = 0;
    if (model_outbox(ui->model, &next) > 0 && next > g_get_real_time())
        return g_get_monotonic_time() + G_USEC_PER_SEC;
    for (guint i = 0; i < model_n_accounts(ui->model); i++)
        if (model_account(ui->model, i)->status.state == ACCOUNT_WAITING || model_account(ui->model, i)->preparing)
            return g_get_monotonic_time() + G_USEC_PER_SEC;
    if (ui->list && strcmp(options_text(ui->options, OPTION_DATE_FORMAT), OPTIONS_DATE_RELATIVE) == 0)
        return g_get_monotonic_time() + 60 * G_USEC_PER_SEC; /* ages of messages */
    return 0;
}

/* --- keys -------------------------------------------------------------------------------------- */

static int by_rank(gconstpointer a, gconstpointer b)
{
    const Command *one = *(const Command *const *)a, *other = *(const Command *const *)b;
    return one->bar_rank < other->bar_rank ? -1 : one->bar_rank > other->bar_rank;
}

/* The rows of the table that stand in the key bar here, most useful first. Container owned by the caller. */
static GPtrArray *bar_commands(CommandContexts context)
{
    GPtrArray *found = g_ptr_array_new();
    guint count;
    const Command *table = command_table(&count);
    for (guint i = 0; i < count; i++)
        if (table[i].bar && ((table[i].bar_contexts ? table[i].bar_contexts : table[i].contexts) & context))
            g_ptr_array_add(found, (gpointer)&table[i]);
    g_ptr_array_sort(found, by_rank);
    return found;
}

typedef void (*BarVisit)(const Ui *ui, const Command *command, const char *key, int column, int end, gpointer user_data);

/* What stands in the bar, from left to right: as many as fit. */
static void each_in_bar(const Ui *ui, int columns, BarVisit visit, gpointer user_data)
{
    CommandContexts context = ui_context_now(ui);
    g_autoptr(GPtrArray) commands = bar_commands(context);
    int column = 1;
    for (guint i = 0; i < commands->len; i++) {
        const Command *command = commands->pdata[i];
        g_autofree char *key = keymap_find(ui->keymap, context, command->name);
        if (!key)
            continue;
        int wanted = text_display_width(key, -1) + 1 + text_display_width(_(command->bar), -1);
        if (column + wanted > columns)
            break;
        visit(ui, command, key, column, column + wanted, user_data);
        column += wanted + 2;
    }
}

static void draw_in_bar(const Ui *ui, const Command *command, const char *key, int column, int end, gpointer user_data)
{
    const Area *area = user_data;
    (void)end;
    column = area_text(*area, 0, column, key, -1, ui_style(ui, THEME_KEY_BAR_KEY)) + 1;
    area_text(*area, 0, column, _(command->bar), -1, ui_style(ui, THEME_KEY_BAR));
}

void ui_draw_key_bar(Ui *ui, Area area)
{
    if (area.rows < 1)
        return;
    area_fill(area, ui_style(ui, THEME_KEY_BAR));
    each_in_bar(ui, area.columns, draw_in_bar, &area);
}

typedef struct {
    int column;
    const Command *found;
} BarClick;

static void find_in_bar(const Ui *ui, const Command *command, const char *key, int column, int end, gpointer user_data)
{
    BarClick *click = user_data;
    (void)ui;
    (void)key;
    if (click->column >= column && click->column < end)
        click->found = command;
}

const Command *ui_key_bar_command(Ui *ui, int column)
{
    BarClick click = { column, NULL };
    each_in_bar(ui, ui->layout.key_bar.columns, find_in_bar, &click);
    return click.found;
}

/* --- the newest notice -----------------------------------------------------------------------------------
 */

/* "3 messages moved to Archive; u takes it back" */
static char *notice_words(Ui *ui, const ModelNotice *notice)
{
    if (!notice->undo_group)
        return g_strdup(notice->text);
    CommandContexts context = ui_context_now(ui);
    g_autofree char *key = keymap_find(ui->keymap, context, "undelete-message");
    if (!key)
        key = keymap_find(ui->keymap, context, "undo");
    return key ? g_strdup_printf(_("%s; %s takes it back"), notice->text, key) : g_strdup(notice->text);
}

void ui_draw_line(Ui *ui, Area area)
{
    if (area.rows < 1)
        return;
    g_autofree char *pending = keymap_pending(ui->keymap);
    int keys = text_display_width(pending, -1);
    if (keys > 0)
        area_text(area, 0, area.columns - keys - 1, pending, -1, ui_style(ui, THEME_DIM));
    Area left = area_part(area, 0, 0, 1, area.columns - (keys > 0 ? keys + 2 : 0));
    if (ui->tag_prefix) {
        area_text(left, 0, 0, _("For all tagged messages: which command?"), -1, ui_style(ui, THEME_EMPHASIS));
        return;
    }
    const ModelNotice *notice = model_notice(ui->model);
    if (!notice || notice->serial <= ui->notice_dismissed)
        return;
    static const ThemeRole roles[] = { THEME_NORMAL, THEME_WARNING, THEME_ERROR };
    g_autofree char *words = notice_words(ui, notice);
    area_fit(left, 0, 0, left.columns, words, -1, TEXT_CUT_ELLIPSIS, FALSE,
             ui_style(ui, roles[notice->kind]));
}
