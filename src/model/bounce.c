/* A message sent on as it is, under Resent- fields (RFC 5322 §3.6.6; see compose.h). */
#include "config.h"

#include "model/compose-private.h"
#include "model/message-private.h"

#include <string.h>

#include "base/i18n.h"

#define PURPOSE "bounce "

static Letter *resent_letter(Model *model, gint64 account_id, const char *to, GError **error)
{
    g_autoptr(ModelCompose) compose = compose_new(model, account_id, letter_new(), error);
    if (compose == NULL)
        return NULL;
    Letter *letter = letter_copy(compose->letter);
    letter->to = g_strdup(to);
    return letter;
}

gboolean model_bounce_check(Model *model, const char *to, GError **error)
{
    g_autoptr(Letter) letter = resent_letter(model, 0, to, error);
    g_auto(GStrv) recipients = letter != NULL ? letter_recipients(letter, error) : NULL;
    if (recipients != NULL && recipients[0] == NULL)
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("The letter is addressed to nobody yet"));
    return recipients != NULL && recipients[0] != NULL;
}

guint64 model_message_bounce(ModelMessage *message, const char *to, GError **error)
{
    g_autofree char *purpose = g_strconcat(PURPOSE, to, NULL);
    return message_fetch_whole(message, purpose, error);
}

gboolean model_transfer_is_bounce(const ModelTransfer *transfer)
{
    return g_str_has_prefix(transfer->command, PURPOSE);
}

gboolean model_bounce_fetched(Model *model, const ModelTransfer *transfer, gint64 not_before, GError **error)
{
    g_autoptr(StoreMessage) stored = store_reader_message(model->reader, transfer->message_id);
    g_autoptr(StoreMailbox) mailbox = stored != NULL ? store_reader_mailbox(model->reader, stored->row->mailbox_id) : NULL;
    g_autoptr(Letter) letter = resent_letter(model, mailbox != NULL ? mailbox->account_id : 0, transfer->command + strlen(PURPOSE), error);
    return letter != NULL && compose_send_on(model, mailbox != NULL ? mailbox->account_id : 0, letter, transfer->path, not_before, error);
}
