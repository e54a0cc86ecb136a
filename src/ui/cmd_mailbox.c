/* Mailboxes: going to one, and making, renaming, deleting them. */
#include "config.h"

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/commands.h"

gboolean cmd_change_mailbox(Ui *ui, const CommandCall *call, GError **error)
{
    gint64 mailbox = mailbox_tree_resolve(ui->tree, ui_account_id(ui), call->argument, error);
    if (mailbox)
        ui_open_mailbox(ui, mailbox);
    return mailbox != 0;
}

gboolean cmd_inboxes(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    if (mailbox_tree_find(ui->tree, MODEL_INBOXES) < 0) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("There is one account, and one inbox."));
        return FALSE;
    }
    ui_open_mailbox(ui, MODEL_INBOXES);
    return TRUE;
}

gboolean cmd_mailboxes(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    g_ptr_array_set_size(ui->overlays, 0);
    ui_set_focus(ui, ui->sidebar);
    return TRUE;
}

gboolean cmd_next_unread_mailbox(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    int from = ui->list ? mailbox_tree_find(ui->tree, model_list_mailbox(ui->list)) : 0;
    int row = mailbox_tree_next_unread(ui->tree, (guint)MAX(from, 0), 1);
    gint64 mailbox = row >= 0 ? mailbox_tree_row(ui->tree, (guint)row)->mailbox_id : 0;
    if (!mailbox || (ui->list && mailbox == model_list_mailbox(ui->list)))
        ui_say(ui, "%s", _("No other mailbox has unread messages."));
    else
        ui_open_mailbox(ui, mailbox);
    return TRUE;
}

static gboolean step_mailbox(Ui *ui, int direction)
{
    int from = ui->list ? mailbox_tree_find(ui->tree, model_list_mailbox(ui->list)) : -1;
    int rows = (int)mailbox_tree_n_rows(ui->tree);
    for (int at = from + direction; at >= 0 && at < rows; at += direction) {
        const MailboxRow *row = mailbox_tree_row(ui->tree, (guint)at);
        if (!row->mailbox_id || !row->selectable)
            continue;
        ui_open_mailbox(ui, row->mailbox_id);
        return TRUE;
    }
    ui_say(ui, "%s", direction > 0 ? _("This is the last mailbox.") : _("This is the first mailbox."));
    return TRUE;
}

gboolean cmd_next_mailbox(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    return step_mailbox(ui, 1);
}

gboolean cmd_previous_mailbox(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    return step_mailbox(ui, -1);
}

gboolean cmd_fold_mailbox(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    view_sidebar_fold(ui->sidebar, -1);
    return TRUE;
}

/* The mailbox that a command is about: the one under the cursor in the sidebar, else the open one. */
static const MailboxRow *mailbox_here(Ui *ui, GError **error)
{
    gint64 id = ui->focus == ui->sidebar ? view_sidebar_mailbox(ui->sidebar)
                : ui->list               ? model_list_mailbox(ui->list)
                                         : 0;
    const MailboxRow *row = id ? mailbox_tree_mailbox(ui->tree, id) : NULL;
    if (!row)
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("No mailbox is selected."));
    return row;
}

static void expunge_answered(Ui *ui, int choice, gpointer user_data)
{
    const gint64 *mailbox = user_data;
    g_autoptr(GError) error = NULL;
    if (choice == 0 && !model_expunge(ui->model, *mailbox, &error))
        ui_complain(ui, error);
}

gboolean cmd_expunge(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    const MailboxRow *row = mailbox_here(ui, error);
    if (!row)
        return FALSE;
    g_autofree char *question =
        g_strdup_printf(_("Remove the messages marked as deleted in %s for good?"), row->full_name);
    prompt_yes_no(ui, question, expunge_answered, g_memdup2(&row->mailbox_id, sizeof row->mailbox_id),
                  g_free);
    return TRUE;
}

gboolean cmd_create_mailbox(Ui *ui, const CommandCall *call, GError **error)
{
    gint64 account = ui->focus == ui->sidebar ? view_sidebar_account(ui->sidebar) : ui_account_id(ui);
    return model_mailbox_create(ui->model, account, call->argument, error);
}

gboolean cmd_rename_mailbox(Ui *ui, const CommandCall *call, GError **error)
{
    const MailboxRow *row = mailbox_here(ui, error);
    return row && model_mailbox_rename(ui->model, row->mailbox_id, call->argument, error);
}

static void delete_answered(Ui *ui, int choice, gpointer user_data)
{
    const gint64 *mailbox = user_data;
    g_autoptr(GError) error = NULL;
    if (choice == 0 && !model_mailbox_delete(ui->model, *mailbox, &error))
        ui_complain(ui, error);
}

gboolean cmd_delete_mailbox(Ui *ui, const CommandCall *call, GError **error)
{
    const MailboxRow *row = NULL;
    if (*call->argument) {
        gint64 id = mailbox_tree_resolve(ui->tree, ui_account_id(ui), call->argument, error);
        row = id ? mailbox_tree_mailbox(ui->tree, id) : NULL;
    } else {
        row = mailbox_here(ui, error);
    }
    if (!row)
        return FALSE;
    g_autofree char *question =
        g_strdup_printf(ngettext("Delete the mailbox %s and the %u message in it?",
                                 "Delete the mailbox %s and the %u messages in it?", row->total),
                        row->full_name, row->total);
    prompt_yes_no(ui, question, delete_answered, g_memdup2(&row->mailbox_id, sizeof row->mailbox_id), g_free);
    return TRUE;
}

static gboolean subscribe(Ui *ui, gboolean subscribed, GError **error)
{
    const MailboxRow *row = mailbox_here(ui, error);
    return row && model_mailbox_subscribe(ui->model, row->mailbox_id, subscribed, error);
}

gboolean cmd_subscribe(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return subscribe(ui, TRUE, error);
}

gboolean cmd_unsubscribe(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return subscribe(ui, FALSE, error);
}
