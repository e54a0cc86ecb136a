/* How letters come to the screen: begun, answered, taken up again; and the editor. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/time.h"
#include "ui/compose.h"

/* --- the editor ------------------------------------------------------------------------------------------- */

static const char *editor_command(const Ui *ui)
{
    const char *const wishes[] = { options_text(ui->options, OPTION_EDITOR), g_getenv("VISUAL"), g_getenv("EDITOR"), "vi" };
    guint i = 0;
    while (wishes[i] == NULL || *wishes[i] == '\0')
        i++;
    return wishes[i];
}

/* The command is the person's own line for the shell; the file's name is never part of it. */
static int run_editor(Ui *ui, const char *path, GError **error)
{
    g_autofree char *line = g_strdup_printf("%s \"$1\"", editor_command(ui));
    const char *const argv[] = { "/bin/sh", "-c", line, "sh", path, NULL };
    return screen_run(ui->screen, argv, NULL, FALSE, NULL, error);
}

void ui_edit_letter(Ui *ui, View *view, gboolean header)
{
    ModelCompose *letter = view_compose_letter(view);
    g_autoptr(GError) error = NULL;
    const char *path = ui->screen ? model_compose_editor_file(letter, header, &error) : NULL;
    g_autofree char *file = g_strdup(path);
    int status = file ? run_editor(ui, file, &error) : -1;
    /* However it ended: what is in the file is what the person wrote. */
    if (file && !model_compose_edited(letter, error ? NULL : &error) && !error)
        ui_say(ui, _("The text is in %s"), file);
    if (error)
        ui_complain(ui, error);
    else if (status > 0)
        model_say(ui->model, MODEL_NOTICE_WARNING, _("The editor ended with status %d: %s"), status, editor_command(ui));
    view_compose_select_text(view);
}

/* --- opening --------------------------------------------------------------------------------------------------- */

void ui_open_letter(Ui *ui, ModelCompose *letter, LetterBeginning beginning)
{
    model_compose_set_flowed(letter, options_bool(ui->options, OPTION_FLOWED));
    View *view = view_compose_new(ui, letter);
    ui_push(ui, view);
    if (beginning == LETTER_LEAD)
        view_compose_lead(view);
    else if (beginning == LETTER_EDIT)
        ui_edit_letter(ui, view, FALSE);
    else
        view_compose_select_text(view);
}

void ui_forget_answer(Ui *ui)
{
    g_clear_pointer(&ui->answered, model_message_free);
}

/* Its attachments stay on the server if they can; else all of it is fetched. */
static void forward_now(Ui *ui, ModelMessage *message)
{
    ComposeFromWhole how = ui->answer_kind == FORWARD_WHOLE ? COMPOSE_FORWARD_ATTACHED : COMPOSE_FORWARD;
    g_autoptr(GError) error = NULL;
    ModelCompose *letter = model_message_pass_on(message, how, &error);
    if (letter)
        ui_open_letter(ui, letter, LETTER_LEAD);
    else if (!error)
        model_message_take_up(message, how, &error);
    if (error)
        ui_complain(ui, error);
    model_message_free(message);
}

static void answer_now(Ui *ui)
{
    g_autoptr(GError) error = NULL;
    ModelMessage *message = g_steal_pointer(&ui->answered);
    if (ui->answer_kind == LEAVE_LIST) {
        ui_leave_list(ui, message);
        model_message_free(message);
        return;
    }
    if (ui->answer_kind < 0) {
        forward_now(ui, message);
        return;
    }
    ModelCompose *letter = model_compose_answer(message, (LetterReplyKind)ui->answer_kind,
                                                options_text(ui->options, OPTION_ATTRIBUTION), &error);
    model_message_free(message);
    if (letter)
        ui_open_letter(ui, letter, LETTER_EDIT);
    else
        ui_complain(ui, error);
}

void ui_letter_taken_up(Ui *ui, const ModelTransfer *transfer)
{
    g_autoptr(GError) error = NULL;
    if (model_transfer_is_bounce(transfer)) {
        if (!model_bounce_fetched(ui->model, transfer, ui_send_hold(ui), &error))
            ui_complain(ui, error);
        return;
    }
    ModelCompose *letter = model_compose_taken_up(ui->model, transfer, &error);
    if (!letter)
        ui_complain(ui, error);
    else
        ui_open_letter(ui, letter, *model_compose_field(letter, COMPOSE_TO) ? LETTER_SHOW : LETTER_LEAD);
}

static void open_draft(Ui *ui, const char *id)
{
    g_autoptr(GError) error = NULL;
    ModelCompose *letter = model_compose_open(ui->model, id, &error);
    if (letter)
        ui_open_letter(ui, letter, LETTER_SHOW);
    else
        ui_complain(ui, error);
}

void ui_check_letters(Ui *ui)
{
    /* Not into a line that is being typed, nor over another letter. */
    if (ui->prompt || !model_is_attached(ui->model) || ui_focused(ui)->class->context == CONTEXT_COMPOSE)
        return;
    gboolean needs_header = ui->answer_kind >= 0 || ui->answer_kind == LEAVE_LIST;
    if (ui->answered && (!needs_header ? model_message_state(ui->answered) != MODEL_MESSAGE_LOADING : model_message_answerable(ui->answered)))
        answer_now(ui);
    g_autofree char *back = model_draft_taken_back(ui->model);
    if (back)
        open_draft(ui, back);
}

/* --- what was left behind ------------------------------------------------------------------------------------------ */

static void left_behind_answered(Ui *ui, int choice, gpointer user_data)
{
    const char *id = user_data;
    if (choice == 0) {
        open_draft(ui, id);
    } else if (choice == 2) {
        model_draft_discard(ui->model, id);
        ui_say(ui, _("The letter was thrown away"));
    } else {
        g_autofree char *key = keymap_find(ui->keymap, ui_context_now(ui), "recall-message");
        ui_say(ui, _("It stays on this machine: %s opens it"), key ? key : ":recall-message");
    }
}

/* Shown, not led through: the person sees what somebody else's address has filled in before anything else. */
void ui_begin_letter(Ui *ui, Letter *letter, const char *note)
{
    g_autoptr(GError) error = NULL;
    ModelCompose *begun = model_compose_from_letter(ui->model, 0, letter, &error);
    if (begun == NULL) {
        model_say_error(ui->model, error);
        return;
    }
    ui_open_letter(ui, begun, LETTER_SHOW);
    if (note)
        ui_say(ui, "%s", note);
}

gboolean ui_begin_mailto(Ui *ui, const char *url, const char *note, GError **error)
{
    ModelCompose *letter = model_compose_from_mailto(ui->model, ui_account_id(ui), url, error);
    if (letter) {
        ui_open_letter(ui, letter, LETTER_SHOW);
        ui_say(ui, "%s", note);
    }
    return letter != NULL;
}

void ui_offer_drafts(Ui *ui)
{
    g_autoptr(GPtrArray) drafts = model_drafts(ui->model);
    if (drafts->len == 0 || ui->prompt)
        return;
    const ModelDraft *draft = drafts->pdata[0];
    g_autofree char *when = time_format_full(draft->when);
    g_autofree char *more = drafts->len > 1 ? g_strdup_printf(ngettext("\n\n%u more lies behind it.", "\n\n%u more lie behind it.", drafts->len - 1),
                                                              drafts->len - 1)
                                            : g_strdup("");
    g_autofree char *details = g_strdup_printf(_("Subject: %s\nTo: %s\nSaved: %s%s"), *draft->subject ? draft->subject : _("(no subject)"),
                                               *draft->to ? draft->to : _("nobody yet"), when, more);
    const PromptChoice choices[] = {
        { "o", _("open it and go on writing") }, { "l", _("later: it stays where it is") }, { "d", _("throw it away") }, { NULL, NULL }
    };
    prompt_choice(ui, _("A letter was not finished:"), _("A letter that was being written"), details, choices, left_behind_answered,
                  g_strdup(draft->id), g_free);
}
