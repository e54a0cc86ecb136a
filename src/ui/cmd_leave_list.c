/* Leaving a mailing list: what its message says of that is shown, and only the person's word does it (RFC 2369, RFC 8058). */
#include "config.h"

#include "base/i18n.h"
#include "ui/compose.h"

typedef struct {
    gint64 message_id;
    ModelUnsubscribe *how;
} Leaving;

static void leaving_free(gpointer data)
{
    model_unsubscribe_free(((Leaving *)data)->how);
    g_free(data);
}

static void write_letter(Ui *ui, const char *mailto)
{
    g_autoptr(GError) error = NULL;
    if (!ui_begin_mailto(ui, mailto, _("This letter takes you off the list when it is sent"), &error))
        ui_complain(ui, error);
}

static void answered(Ui *ui, int choice, gpointer user_data)
{
    const Leaving *leaving = user_data;
    g_autoptr(GError) error = NULL;
    if (choice == 1 && leaving->how->mailto) {
        write_letter(ui, leaving->how->mailto);
        return;
    }
    ModelMessage *message = choice == 0 ? model_message_open(ui->model, leaving->message_id, TRUE, &error) : NULL;
    if (message)
        model_unsubscribe_now(message, leaving->how);
    else if (error)
        ui_complain(ui, error);
    model_message_free(message);
}

static void ask(Ui *ui, ModelMessage *message, ModelUnsubscribe *how)
{
    Leaving *leaving = g_new0(Leaving, 1);
    *leaving = (Leaving){ model_message_id(message), how };
    g_autofree char *question = g_strdup_printf(_("Leave the list by one request to %s?"), how->host);
    g_autofree char *url = text_make_safe(how->one_click, -1, TEXT_SINGLE_LINE);
    g_autofree char *details = g_strdup_printf(_("%s\n\nThe request tells whoever is there that this address is read. Nothing else is sent."), url);
    const PromptChoice both[] = { { "y", _("send the request") }, { "m", _("write a letter to the list instead") }, { "<Esc>", _("stay") }, { NULL, NULL } };
    const PromptChoice one[] = { { "y", _("send the request") }, { "<Esc>", _("stay") }, { NULL, NULL } };
    prompt_choice(ui, question, _("Leaving a list"), details, how->mailto ? both : one, answered, leaving, leaving_free);
}

void ui_leave_list(Ui *ui, ModelMessage *message)
{
    ModelUnsubscribe *how = model_message_unsubscribe(message);
    if (how->one_click) {
        ask(ui, message, how);
        return;
    }
    g_autofree char *page = how->page ? text_make_safe(how->page, -1, TEXT_SINGLE_LINE) : NULL;
    if (how->mailto)
        write_letter(ui, how->mailto);
    else if (page)
        ui_say(ui, _("The list is left on a page of the web: %s"), page);
    else
        ui_say(ui, _("The message does not say how one leaves its list"));
    model_unsubscribe_free(how);
}
