/* Letters begun: new ones, answers, forwards, drafts taken up again. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "model/addresses.h"
#include "ui/compose.h"

static ModelMessage *message_meant(Ui *ui, GError **error)
{
    if (ui->message && (ui->focus == ui->reader || ui->overlays->len > 0))
        return model_message_open(ui->model, model_message_id(ui->message), TRUE, error);
    const ModelListRow *row = ui->list ? model_list_selected(ui->list) : NULL;
    if (row)
        return model_message_open(ui->model, row->row->id, TRUE, error);
    g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("No message is selected."));
    return NULL;
}

/* One letter at a time fills the screen; the one that is open has its draft. */
static gboolean none_open(Ui *ui, GError **error)
{
    for (guint i = 0; i < ui->overlays->len; i++)
        if (((View *)ui->overlays->pdata[i])->class->context == CONTEXT_COMPOSE) {
            g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("A letter is open: send, postpone or close it first."));
            return FALSE;
        }
    return TRUE;
}

gboolean cmd_compose_message(Ui *ui, const CommandCall *call, GError **error)
{
    Letter *letter = letter_new();
    if (*call->argument)
        letter->to = g_strdup(call->argument);
    ModelCompose *compose = NULL;
    if (none_open(ui, error))
        compose = model_compose_from_letter(ui->model, ui_account_id(ui), letter, error);
    else
        letter_free(letter);
    if (compose)
        ui_open_letter(ui, compose, LETTER_LEAD);
    return compose != NULL;
}

static gboolean answer(Ui *ui, int kind, GError **error)
{
    ui_forget_answer(ui);
    ui->answered = none_open(ui, error) ? message_meant(ui, error) : NULL;
    if (!ui->answered)
        return FALSE;
    ui->answer_kind = kind;
    if (!model_message_answerable(ui->answered))
        ui_say(ui, _("The message is being fetched; the answer opens when it is here"));
    ui_check_letters(ui);
    return TRUE;
}

gboolean cmd_leave_list(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return answer(ui, LEAVE_LIST, error);
}

gboolean cmd_reply(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return answer(ui, LETTER_REPLY_SENDER, error);
}

gboolean cmd_reply_all(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return answer(ui, LETTER_REPLY_ALL, error);
}

gboolean cmd_reply_list(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return answer(ui, LETTER_REPLY_LIST, error);
}

static gboolean take_up(Ui *ui, ComposeFromWhole how, GError **error)
{
    ModelMessage *message = none_open(ui, error) ? message_meant(ui, error) : NULL;
    guint64 id = message ? model_message_take_up(message, how, error) : 0;
    model_message_free(message);
    return id != 0;
}

static gboolean forward(Ui *ui, ComposeFromWhole how, GError **error)
{
    ModelMessage *message = none_open(ui, error) ? message_meant(ui, error) : NULL;
    if (!message)
        return FALSE;
    if (!model_message_stays_there(message)) {
        guint64 id = model_message_take_up(message, how, error);
        model_message_free(message);
        return id != 0;
    }
    ui_forget_answer(ui);
    ui->answered = message;
    ui->answer_kind = how == COMPOSE_FORWARD_ATTACHED ? FORWARD_WHOLE : FORWARD_TEXT;
    if (model_message_state(message) == MODEL_MESSAGE_LOADING)
        ui_say(ui, _("The message is being fetched; the letter opens when it is here"));
    ui_check_letters(ui);
    return TRUE;
}

gboolean cmd_forward_message(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    gboolean attached = options_choice(ui->options, OPTION_FORWARD) == FORWARD_ATTACHED;
    return forward(ui, attached ? COMPOSE_FORWARD_ATTACHED : COMPOSE_FORWARD, error);
}

gboolean cmd_forward_attached(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return forward(ui, COMPOSE_FORWARD_ATTACHED, error);
}

typedef struct {
    gint64 message_id;
    char *to;
} Bounce;

static void bounce_free(gpointer data)
{
    g_free(((Bounce *)data)->to);
    g_free(data);
}

static void bounce_answered(Ui *ui, int choice, gpointer user_data)
{
    const Bounce *bounce = user_data;
    g_autoptr(GError) error = NULL;
    ModelMessage *message = choice == 0 ? model_message_open(ui->model, bounce->message_id, TRUE, &error) : NULL;
    if (message)
        model_message_bounce(message, bounce->to, &error);
    model_message_free(message);
    if (error)
        ui_complain(ui, error);
}

/* It goes under the author's name and cannot be changed any more, so it is asked about once. */
gboolean cmd_bounce_message(Ui *ui, const CommandCall *call, GError **error)
{
    ModelMessage *message = model_bounce_check(ui->model, call->argument, error) ? message_meant(ui, error) : NULL;
    if (!message)
        return FALSE;
    Bounce *bounce = g_new0(Bounce, 1);
    *bounce = (Bounce){ model_message_id(message), g_strdup(call->argument) };
    g_autofree char *question = g_strdup_printf(_("Send it on as it is, to %s?"), bounce->to);
    model_message_free(message);
    prompt_yes_no(ui, question, bounce_answered, bounce, bounce_free);
    return TRUE;
}

gboolean cmd_edit_as_new(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return take_up(ui, COMPOSE_EDIT_AS_NEW, error);
}

/* The selected draft of the server, a letter of the outbox, or what lies on this machine; else to the Drafts mailbox. */
gboolean cmd_recall_message(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    if (!none_open(ui, error))
        return FALSE;
    View *view = ui_focused(ui);
    if (view->class->context == CONTEXT_JOURNAL)
        return model_intent_take_back(ui->model, view_journal_selected(view), error);
    const ModelListRow *row = ui->list ? model_list_selected(ui->list) : NULL;
    const StoreMailbox *mailbox = ui->list ? model_list_mailbox_row(ui->list) : NULL;
    gboolean draft = row && ((row->row->flags & MAIL_FLAG_DRAFT) || (mailbox && mailbox->role == MAILBOX_ROLE_DRAFTS));
    if (draft && ui->overlays->len == 0)
        return take_up(ui, COMPOSE_RECALL, error);
    g_autoptr(GPtrArray) here = model_drafts(ui->model);
    if (here->len > 0) {
        ModelCompose *letter = model_compose_open(ui->model, ((ModelDraft *)here->pdata[0])->id, error);
        if (letter)
            ui_open_letter(ui, letter, LETTER_SHOW);
        return letter != NULL;
    }
    gint64 drafts = model_drafts_mailbox(ui->model, ui_account_id(ui), error);
    if (!drafts)
        return FALSE;
    ui_open_mailbox(ui, drafts);
    ui_say(ui, _("Choose a draft: the same key takes it up again"));
    return TRUE;
}

gboolean cmd_add_contact(Ui *ui, const CommandCall *call, GError **error)
{
    return model_contact_add(ui->model, call->argument, error);
}

static void query_answered(Ui *ui, const char *text, gpointer user_data)
{
    (void)user_data;
    if (text && *text)
        command_run(ui, command_find("query-address"), text);
}

static GPtrArray *complete_query(const char *text, gsize cursor, gsize *word_start, gpointer user_data)
{
    return complete_address(user_data, text, cursor, word_start);
}

/* Several fit: the line comes back with all of them below it, one Tab further. */
static void offer_people(Ui *ui, const char *typed)
{
    PromptLine line = { .label = _(command_find("query-address")->prompt), .initial = typed, .completer = complete_query, .completer_data = ui };
    prompt_line(ui, &line, query_answered, NULL, NULL);
    ui_complete_again(ui, typed);
}

gboolean cmd_query_address(Ui *ui, const CommandCall *call, GError **error)
{
    if (strchr(call->argument, '@'))
        return cmd_compose_message(ui, call, error);
    g_autoptr(GPtrArray) people = model_addresses(ui->model, call->argument);
    if (people->len == 1) {
        CommandCall one = { call->command, ((ModelPerson *)people->pdata[0])->text, FALSE };
        return cmd_compose_message(ui, &one, error);
    }
    if (people->len > 1 || *options_text(ui->options, OPTION_ADDRESS_COMMAND)) {
        offer_people(ui, call->argument);
        return TRUE;
    }
    g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("Nobody is known by “%s”: not in the address book, and no letter went there."), call->argument);
    return FALSE;
}
