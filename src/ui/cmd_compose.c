/* What can be done with the letter on the screen. All of them act in the context "compose" only. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/time.h"
#include "ui/compose.h"

/* The view with the letter, NULL with words. */
static View *letter_view(Ui *ui, GError **error)
{
    View *view = ui_focused(ui);
    if (view->class->context == CONTEXT_COMPOSE)
        return view;
    g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("No letter is being written."));
    return NULL;
}

/* --- fields --------------------------------------------------------------------------------------------- */

static gboolean edit_field(Ui *ui, const CommandCall *call, ComposeField field, GError **error)
{
    View *view = letter_view(ui, error);
    if (!view)
        return FALSE;
    if (*call->argument) {
        ModelCompose *letter = view_compose_letter(view);
        return model_compose_set_field(letter, field, call->argument, error) &&
               (field == COMPOSE_SUBJECT || model_compose_check_field(letter, field, error));
    }
    view_compose_edit(view, field);
    return TRUE;
}

#define EDIT_FIELD(name, field)                                                                                      \
    gboolean name(Ui *ui, const CommandCall *call, GError **error)                                                   \
    {                                                                                                                \
        return edit_field(ui, call, field, error);                                                                   \
    }

EDIT_FIELD(cmd_edit_from, COMPOSE_FROM)
EDIT_FIELD(cmd_edit_to, COMPOSE_TO)
EDIT_FIELD(cmd_edit_cc, COMPOSE_CC)
EDIT_FIELD(cmd_edit_bcc, COMPOSE_BCC)
EDIT_FIELD(cmd_edit_reply_to, COMPOSE_REPLY_TO)
EDIT_FIELD(cmd_edit_subject, COMPOSE_SUBJECT)

gboolean cmd_next_identity(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    View *view = letter_view(ui, error);
    return view && model_compose_next_identity(view_compose_letter(view), error);
}

gboolean cmd_edit_text(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    View *view = letter_view(ui, error);
    if (view)
        ui_edit_letter(ui, view, FALSE);
    return view != NULL;
}

gboolean cmd_edit_headers(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    View *view = letter_view(ui, error);
    if (view)
        ui_edit_letter(ui, view, TRUE);
    return view != NULL;
}

gboolean cmd_toggle_markdown(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    View *view = letter_view(ui, error);
    if (!view)
        return FALSE;
    ModelCompose *letter = view_compose_letter(view);
    if (*options_text(ui->options, OPTION_MARKDOWN_COMMAND) == '\0') {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE,
                            _("Which command makes HTML of Markdown? The option markdown-command says so."));
        return FALSE;
    }
    return model_compose_set_markdown(letter, !model_compose_markdown(letter), error);
}

static gboolean toggle_option(Ui *ui, guint option, guint without, GError **error)
{
    View *view = letter_view(ui, error);
    if (!view)
        return FALSE;
    ModelCompose *letter = view_compose_letter(view);
    return model_compose_set_options(letter, (model_compose_options(letter) ^ option) & ~without, error);
}

gboolean cmd_delivery_report(Ui *ui, const CommandCall *call, GError **error)
{
    if (g_strcmp0(call->argument, "never") == 0)
        return toggle_option(ui, COMPOSE_REPORT_NEVER, COMPOSE_REPORT, error);
    if (*call->argument) {
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT, _("“%s” is no such wish: nothing, or never"), call->argument);
        return FALSE;
    }
    return toggle_option(ui, COMPOSE_REPORT, COMPOSE_REPORT_NEVER, error);
}

gboolean cmd_require_tls(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return toggle_option(ui, COMPOSE_REQUIRE_TLS, 0, error);
}

gboolean cmd_insert_template(Ui *ui, const CommandCall *call, GError **error)
{
    View *view = letter_view(ui, error);
    if (!view || !model_compose_template(view_compose_letter(view), call->argument, error))
        return FALSE;
    view_compose_select_text(view);
    return TRUE;
}

/* --- attachments ---------------------------------------------------------------------------------------------- */

static ModelCompose *with_attachment(Ui *ui, View **view, guint *index, GError **error)
{
    *view = letter_view(ui, error);
    int selected = *view ? view_compose_attachment(*view) : -1;
    if (*view && selected < 0)
        g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("No attachment is selected."));
    *index = (guint)MAX(selected, 0);
    return selected >= 0 ? view_compose_letter(*view) : NULL;
}

gboolean cmd_attach_file(Ui *ui, const CommandCall *call, GError **error)
{
    View *view = letter_view(ui, error);
    if (!view || !model_compose_attach(view_compose_letter(view), call->argument, error))
        return FALSE;
    view_compose_select_attachment(view, G_MAXINT);
    return TRUE;
}

gboolean cmd_detach_file(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    View *view;
    guint index;
    ModelCompose *letter = with_attachment(ui, &view, &index, error);
    return letter && model_compose_detach(letter, index, error);
}

static gboolean move_attachment(Ui *ui, int by, GError **error)
{
    View *view;
    guint index;
    ModelCompose *letter = with_attachment(ui, &view, &index, error);
    if (!letter || !model_compose_move_attachment(letter, index, by, error))
        return FALSE;
    view_compose_select_attachment(view, (int)index + by);
    return TRUE;
}

gboolean cmd_attachment_up(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return move_attachment(ui, -1, error);
}

gboolean cmd_attachment_down(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return move_attachment(ui, 1, error);
}

static gboolean describe(Ui *ui, const CommandCall *call, ComposeAttachmentText what, GError **error)
{
    View *view;
    guint index;
    ModelCompose *letter = with_attachment(ui, &view, &index, error);
    return letter && model_compose_describe(letter, index, what, call->argument, error);
}

gboolean cmd_rename_attachment(Ui *ui, const CommandCall *call, GError **error)
{
    return describe(ui, call, COMPOSE_ATTACHMENT_NAME, error);
}

gboolean cmd_attachment_type(Ui *ui, const CommandCall *call, GError **error)
{
    return describe(ui, call, COMPOSE_ATTACHMENT_TYPE, error);
}

gboolean cmd_describe_attachment(Ui *ui, const CommandCall *call, GError **error)
{
    return describe(ui, call, COMPOSE_ATTACHMENT_DESCRIPTION, error);
}

gboolean cmd_toggle_inline(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    View *view;
    guint index;
    ModelCompose *letter = with_attachment(ui, &view, &index, error);
    return letter && model_compose_toggle_inline(letter, index, error);
}

/* Fetched, and shown when it is here. */
static gboolean open_there(Ui *ui, const LetterRemote *remote, GError **error)
{
    ModelMessage *message = model_message_open(ui->model, remote->message_id, TRUE, error);
    guint64 id = message ? model_message_open_part(message, remote->section, error) : 0;
    model_message_free(message);
    return id != 0;
}

gboolean cmd_view_attached(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    View *view;
    guint index;
    ModelCompose *letter = with_attachment(ui, &view, &index, error);
    const LetterAttachment *attachment = letter ? model_compose_attachments(letter)->pdata[index] : NULL;
    if (attachment && attachment->remote)
        return open_there(ui, attachment->remote, error);
    g_autoptr(ModelOpener) opener = letter ? model_compose_opener(letter, index, error) : NULL;
    return opener && ui_run_opener(ui, opener, attachment->name ? attachment->name : "", attachment->path, error);
}

/* --- leaving -------------------------------------------------------------------------------------------------------- */

static gboolean send_now(Ui *ui, View *view, gint64 later, GError **error)
{
    const char *markdown = options_text(ui->options, OPTION_MARKDOWN_COMMAND);
    if (!model_compose_send(view_compose_letter(view), ui_send_hold(ui), later, markdown, error))
        return FALSE;
    ui_pop(ui);
    return TRUE;
}

gint64 ui_send_hold(const Ui *ui)
{
    gint64 seconds = options_number(ui->options, OPTION_SEND_HOLD);
    return seconds > 0 ? g_get_real_time() + seconds * G_USEC_PER_SEC : 0;
}

static void send_all_the_same(Ui *ui, int choice, gpointer user_data)
{
    const gint64 *later = user_data;
    g_autoptr(GError) error = NULL;
    View *view = letter_view(ui, NULL);
    if (choice == 0 && view && !send_now(ui, view, *later, &error))
        ui_complain(ui, error);
}

/* One question for all that a person may have forgotten. NULL: nothing. Caller frees. */
static char *forgotten(Ui *ui, ModelCompose *letter)
{
    const char *const *words = options_list(ui->options, OPTION_ATTACHMENT_WORDS);
    g_autofree char *promise = model_compose_attachments(letter)->len == 0 && *words
                                   ? model_compose_promise(letter, words) : NULL;
    if (promise) {
        g_autofree char *safe = text_make_safe(promise, -1, TEXT_SINGLE_LINE);
        g_autofree char *cut = g_strstrip(text_fit(safe, MIN(text_display_width(safe, -1), 40), TEXT_CUT_ELLIPSIS));
        return g_strdup_printf(_("Nothing is attached: “%s” Send it all the same?"), cut);
    }
    if (*model_compose_field(letter, COMPOSE_SUBJECT) == '\0')
        return g_strdup(_("The letter has no subject. Send it all the same?"));
    return NULL;
}

static gboolean send_letter(Ui *ui, gint64 later, GError **error)
{
    View *view = letter_view(ui, error);
    if (!view)
        return FALSE;
    if (!model_compose_check(view_compose_letter(view), error)) {
        view_compose_point(view);
        return FALSE;
    }
    g_autofree char *question = forgotten(ui, view_compose_letter(view));
    if (!question)
        return send_now(ui, view, later, error);
    prompt_yes_no(ui, question, send_all_the_same, g_memdup2(&later, sizeof later), g_free);
    return TRUE;
}

gboolean cmd_send_message(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return send_letter(ui, 0, error);
}

gboolean cmd_send_later(Ui *ui, const CommandCall *call, GError **error)
{
    gint64 when = time_parse_future(call->argument, g_get_real_time() / G_USEC_PER_SEC);
    if (when == 0) {
        g_set_error(error, UI_ERROR, UI_ERROR_ARGUMENT,
                    _("“%s” is no time to come; write 18:30, 2h, 3d, or 2026-12-24 08:00"), call->argument);
        return FALSE;
    }
    return send_letter(ui, when * G_USEC_PER_SEC, error);
}

static gboolean postpone(Ui *ui, View *view, GError **error)
{
    gboolean here = FALSE;
    if (!model_compose_postpone(view_compose_letter(view), &here, error))
        return FALSE;
    if (here)
        ui_say(ui, _("The draft stays on this machine: the account has no mailbox for drafts"));
    ui_pop(ui);
    return TRUE;
}

gboolean cmd_postpone_message(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    View *view = letter_view(ui, error);
    return view && postpone(ui, view, error);
}

static void close_answered(Ui *ui, int choice, gpointer user_data)
{
    (void)user_data;
    g_autoptr(GError) error = NULL;
    View *view = letter_view(ui, NULL);
    if (!view)
        return;
    if (choice == 0 && !postpone(ui, view, &error)) {
        ui_complain(ui, error);
    } else if (choice == 1) {
        model_compose_discard(view_compose_letter(view));
        ui_pop(ui);
        ui_say(ui, _("The letter was thrown away"));
    }
}

gboolean cmd_close_letter(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    View *view = letter_view(ui, error);
    if (!view)
        return FALSE;
    if (model_compose_is_blank(view_compose_letter(view))) {
        model_compose_discard(view_compose_letter(view));
        ui_pop(ui);
        return TRUE;
    }
    const PromptChoice choices[] = { { "p", _("draft") }, { "d", _("throw it away") }, { "<Esc>", _("write on") }, { NULL, NULL } };
    prompt_choice(ui, _("What becomes of the letter?"), NULL, NULL, choices, close_answered, NULL, NULL);
    return TRUE;
}
