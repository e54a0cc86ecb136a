/* Accounts, and what waits to be sent. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/commands.h"

gboolean cmd_check_mail(Ui *ui, const CommandCall *call, GError **error)
{
    gint64 id = 0;
    if (*call->argument) {
        for (guint i = 0; i < model_n_accounts(ui->model); i++)
            if (strcmp(model_account(ui->model, i)->account->name, call->argument) == 0)
                id = model_account(ui->model, i)->id;
        if (!id) {
            g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("There is no account “%s”."), call->argument);
            return FALSE;
        }
    }
    model_check_mail(ui->model, id);
    ui_say(ui, "%s", _("Looking for new mail."));
    return TRUE;
}

gboolean cmd_journal(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui_push(ui, view_journal_new(ui));
    return TRUE;
}

static gint64 selected_decision(Ui *ui, GError **error)
{
    View *view = ui_focused(ui);
    gint64 id = view->class->context == CONTEXT_JOURNAL ? view_journal_selected(view) : 0;
    if (!id)
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE,
                            _("Nothing is selected: :journal lists what you decided."));
    return id;
}

static void doubt_answered(Ui *ui, int choice, gpointer user_data)
{
    gint64 id = *(gint64 *)user_data;
    if (choice == 0)
        model_letter_went(ui->model, id);
    else if (choice == 1)
        model_intent_retry(ui->model, id);
    else if (choice == 2)
        model_letter_to_drafts(ui->model, id);
}

/* What may have been sent is never sent again without this question. */
static void ask_about_letter(Ui *ui, gint64 id)
{
    const PromptChoice choices[] = { { "y", _("it was sent") }, { "a", _("send it again") }, { "k", _("keep it as a draft") }, { NULL, NULL } };
    prompt_choice(ui, _("Was this letter sent?"), _("It may have been sent"),
                  _("The connection ended after the whole letter had gone and before the server's answer. Look whether it arrived."),
                  choices, doubt_answered, g_memdup2(&id, sizeof id), g_free);
}

gboolean cmd_retry_decision(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    gint64 id = selected_decision(ui, error);
    if (id && view_journal_is_doubtful(ui_focused(ui)))
        ask_about_letter(ui, id);
    else if (id)
        model_intent_retry(ui->model, id);
    return id != 0;
}

gboolean cmd_cancel_decision(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    gint64 id = selected_decision(ui, error);
    if (id)
        model_intent_cancel(ui->model, id);
    return id != 0;
}

gboolean cmd_undo_decision(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    gint64 id = selected_decision(ui, error);
    return id && model_intent_undo(ui->model, id, error);
}

gboolean cmd_change_decision(Ui *ui, const CommandCall *call, GError **error)
{
    gint64 id = selected_decision(ui, error);
    gint64 mailbox = id ? mailbox_tree_resolve(ui->tree, ui_account_id(ui), call->argument, error) : 0;
    return mailbox && model_intent_change(ui->model, id, mailbox, error);
}

gboolean cmd_wire(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui_push(ui, view_wire_new(ui));
    return TRUE;
}

gboolean cmd_pop_ledger(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui_push(ui, view_pop_ledger_new(ui));
    return TRUE;
}

gboolean cmd_notices(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui_push(ui, view_notices_new(ui));
    return TRUE;
}

/* A question that was put off is asked again. */
gboolean cmd_answer(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    if (!model_decision(ui->model))
        ui_say(ui, "%s", _("No account is waiting for you."));
    ui->decision_shown = 0;
    ui_check_decision(ui);
    return TRUE;
}

gboolean cmd_add_account(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui_push(ui, view_setup_new(ui));
    return TRUE;
}
