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

gboolean cmd_retry_decision(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    gint64 id = selected_decision(ui, error);
    if (id)
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

gboolean cmd_wire(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    (void)error;
    ui_push(ui, view_wire_new(ui));
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
