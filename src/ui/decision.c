/* Questions of the engine: a password, a certificate, a secret command that needs the terminal. One at a
 * time; the person may look around in the meantime by cancelling: the account then is left alone until asked
 * again. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "ui/app.h"

typedef struct {
    guint64 id;
    char *command;
} Pending;

static void pending_free(gpointer data)
{
    Pending *pending = data;
    g_free(pending->command);
    g_free(pending);
}

static Pending *pending_new(const Decision *decision)
{
    Pending *pending = g_new0(Pending, 1);
    pending->id = decision->id;
    pending->command = g_strdup(decision->command);
    return pending;
}

static void answer(Ui *ui, guint64 id, const char *text, const char *secret)
{
    ui->decision_shown = 0;
    model_answer(ui->model, id, text, secret);
    ui_check_decision(ui);
}

static void password_done(Ui *ui, const char *text, gpointer user_data)
{
    const Pending *pending = user_data;
    gboolean given = text && *text;
    answer(ui, pending->id, given ? "password" : NULL, given ? text : NULL);
}

static void certificate_done(Ui *ui, int choice, gpointer user_data)
{
    const Pending *pending = user_data;
    answer(ui, pending->id, choice == 0 ? "pin" : NULL, NULL);
}

/* The first line of what the command printed is the secret, as everywhere. */
static void run_secret_command(Ui *ui, const Pending *pending)
{
    g_autoptr(GError) error = NULL;
    char *output = NULL;
    int status = screen_run_shell(ui->screen, pending->command, NULL, FALSE, &output, &error);
    ui_redraw(ui);
    char *end = output ? strpbrk(output, "\r\n") : NULL;
    if (end)
        *end = '\0';
    if (status == 0 && output && *output) {
        answer(ui, pending->id, "retry", output);
    } else {
        if (error)
            ui_complain(ui, error);
        else if (status == 0)
            model_say(ui->model, MODEL_NOTICE_ERROR, _("The command printed no password: %s"),
                      pending->command);
        else
            model_say(ui->model, MODEL_NOTICE_ERROR, _("The command ended with status %d: %s"), status,
                      pending->command);
        answer(ui, pending->id, NULL, NULL);
    }
    secret_free_text(output);
}

static void command_done(Ui *ui, int choice, gpointer user_data)
{
    const Pending *pending = user_data;
    if (choice == 0 && ui->screen)
        run_secret_command(ui, pending);
    else
        answer(ui, pending->id, NULL, NULL);
}

static void ask(Ui *ui, const ModelDecision *waiting)
{
    const Decision *decision = waiting->decision;
    const ModelAccount *account = model_account_by_id(ui->model, waiting->account_id);
    const char *title = account ? account->account->name : _("Account");
    Pending *pending = pending_new(decision);
    switch (decision->kind) {
    case DECISION_PASSWORD: {
        g_autofree char *details =
            g_strdup_printf("%s\n\n%s", decision->details ? decision->details : decision->question,
                            _("It is used for this session only and never written down. Esc leaves the "
                              "account alone for now; checking for mail asks again."));
        PromptLine line = { .label = decision->question, .secret = TRUE, .title = title, .details = details };
        prompt_line(ui, &line, password_done, pending, pending_free);
        break;
    }
    case DECISION_CERTIFICATE: {
        const PromptChoice choices[] = { { _("t"), _("trust this certificate for this account") },
                                         { _("r"), _("refuse") },
                                         { NULL, NULL } };
        prompt_choice(ui, decision->question, title, decision->details, choices, certificate_done, pending,
                      pending_free);
        break;
    }
    case DECISION_COMMAND: {
        const PromptChoice choices[] = { { _("r"), _("run it again with the terminal") },
                                         { _("l"), _("leave the account alone") },
                                         { NULL, NULL } };
        prompt_choice(ui, decision->question, title,
                      decision->details ? decision->details : decision->command, choices, command_done,
                      pending, pending_free);
        break;
    }
    }
}

void ui_check_decision(Ui *ui)
{
    const ModelDecision *waiting = model_is_attached(ui->model) ? model_decision(ui->model) : NULL;
    /* A question never breaks into a line being typed: the next key would answer it. */
    if (!waiting || ui->prompt || ui->closing || ui->quit || waiting->decision->id == ui->decision_shown)
        return;
    ui->decision_shown = waiting->decision->id;
    ask(ui, waiting);
}
