/* Disconnected use: going offline and coming back, and what is kept for it. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/keep.h"
#include "ui/app.h"
#include "ui/commands.h"

gboolean cmd_online(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    model_set_online(ui->model, TRUE);
    model_check_mail(ui->model, 0); /* what waits for its next try tries now */
    return TRUE;
}

gboolean cmd_offline(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    model_set_online(ui->model, FALSE);
    ui_say(ui, "%s", _("Offline: everything works on what is here, and is sent when you go online again."));
    return TRUE;
}

gboolean cmd_toggle_online(Ui *ui, const CommandCall *call, GError **error)
{
    return model_is_online(ui->model) ? cmd_offline(ui, call, error) : cmd_online(ui, call, error);
}

static guint count_chosen(Ui *ui)
{
    guint chosen = 0;
    for (guint i = 0; i < mailbox_tree_n_rows(ui->tree); i++)
        chosen += mailbox_tree_row(ui->tree, i)->keep.level > KEEP_NOTHING;
    return chosen;
}

gboolean cmd_prepare_to_leave(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    if (!model_prepare(ui->model, error))
        return FALSE;
    if (count_chosen(ui) == 0)
        ui_say(ui, "%s", _("No mailbox is kept for offline use yet: keep-offline in the mailbox list chooses one."));
    return TRUE;
}

const MailboxRow *ui_meant_mailbox(Ui *ui)
{
    const MailboxRow *row = NULL;
    if (ui->focus == ui->sidebar)
        row = view_sidebar_row(ui->sidebar);
    else if (ui->list && model_list_mailbox(ui->list))
        row = mailbox_tree_mailbox(ui->tree, model_list_mailbox(ui->list));
    return row && row->mailbox_id && row->selectable ? row : NULL;
}

/* --- what is kept ------------------------------------------------------------------------------- */

static const MailboxRow *meant(Ui *ui, GError **error)
{
    const MailboxRow *row = ui_meant_mailbox(ui);
    if (row)
        return row;
    g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("No mailbox is selected."));
    return NULL;
}

static const char *level_words(KeepLevel level)
{
    switch (level) {
    case KEEP_SUMMARIES:
        return _("summaries");
    case KEEP_TEXTS:
        return _("texts");
    case KEEP_EVERYTHING:
        return _("everything");
    default:
        return _("nothing");
    }
}

static char *rule_words(const KeepRule *rule)
{
    GString *words = g_string_new(level_words(rule->level));
    if (rule->days)
        g_string_append_printf(words, ngettext(", of the last %u day", ", of the last %u days", rule->days), rule->days);
    if (rule->bytes) {
        g_autofree char *size = g_format_size(rule->bytes);
        g_string_append_printf(words, _(", up to %s"), size);
    }
    return g_string_free(words, FALSE);
}

/* "texts 90 days", or "default". */
gboolean cmd_keep_offline(Ui *ui, const CommandCall *call, GError **error)
{
    const MailboxRow *row = meant(ui, error);
    if (!row)
        return FALSE;
    KeepRule rule = { 0 };
    gboolean given = strcmp(call->argument, "default") != 0;
    g_autofree char *name = g_strdup(row->full_name);
    if (!model_set_keep(ui->model, row->mailbox_id, given ? call->argument : NULL, error))
        return FALSE;
    if (!given) {
        ui_say(ui, _("%s is kept as the accounts file says."), name);
        return TRUE;
    }
    keep_rule_parse(call->argument, &rule, NULL);
    g_autofree char *words = rule_words(&rule);
    ui_say(ui, _("To be kept of %s for offline use: %s"), name, words);
    return TRUE;
}

/* --- the cache -------------------------------------------------------------------------------------- */

gboolean cmd_cache(Ui *ui, const CommandCall *call, GError **error)
{
    if (*call->argument) {
        if (!options_set(ui->options, "cache-size", call->argument, error))
            return FALSE;
        model_set_body_cache(ui->model, (guint64)options_number(ui->options, OPTION_CACHE_SIZE) << 20);
    }
    guint64 cached, kept;
    model_body_sizes(ui->model, &cached, &kept);
    g_autofree char *cached_words = g_format_size_full(cached, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *kept_words = g_format_size_full(kept, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *limit = g_format_size_full((guint64)options_number(ui->options, OPTION_CACHE_SIZE) << 20, G_FORMAT_SIZE_IEC_UNITS);
    ui_say(ui, _("Cache: %s of at most %s. Kept for offline use: %s."), cached_words, limit, kept_words);
    return TRUE;
}
