/* New mail: told in words on the screen, and handed to whoever tells it outside. */
#include "config.h"

#include "model/internal.h"

#include <libintl.h>

#include "base/i18n.h"

static gboolean is_on_screen(const Model *model, gint64 mailbox_id)
{
    for (guint i = 0; i < model->lists->len; i++)
        if (model_list_mailbox(g_ptr_array_index(model->lists, i)) == mailbox_id)
            return TRUE;
    return FALSE;
}

/* New mail in a mailbox that is not on the screen is told in words; one notice that counts on, not one for each. */
static void say_new_mail(Model *model, const Change *change, const StoreMailbox *mailbox)
{
    guint64 count = change->count;
    const ModelNotice *last = model_notice(model);
    if (model->told_new_mail == change->mailbox_id && last && last->serial == model->told_new_serial) {
        count += model->told_new_count;
        g_ptr_array_set_size(model->notices, model->notices->len - 1);
    }
    /* Not the format macro: xgettext does not know what it stands for. */
    guint shown = (guint) MIN(count, G_MAXUINT);
    g_autofree char *words = g_strdup_printf(ngettext("%u new message in %s", "%u new messages in %s", shown), shown, mailbox->name);
    model_add_notice(model, MODEL_NOTICE_INFO, mailbox->account_id, 0, words);
    model->told_new_mail = change->mailbox_id;
    model->told_new_count = count;
    model->told_new_serial = model->notice_serial;
}

/* The newest unread message of the mailbox; NULL when it is not in the store yet. */
static StoreListRow *newest_unread(Model *model, gint64 mailbox_id)
{
    StoreListSpec spec = { .mailbox_id = mailbox_id, .order = STORE_ORDER_ARRIVED, .descending = TRUE, .unread_only = TRUE };
    g_autoptr(GPtrArray) rows = store_reader_window(model->reader, &spec, NULL, 0, 1, NULL, NULL);
    if (!rows || rows->len == 0)
        return NULL;
    g_ptr_array_set_free_func(rows, NULL);
    StoreListRow *first = rows->pdata[0];
    for (guint i = 1; i < rows->len; i++)
        store_list_row_free(rows->pdata[i]);
    return first;
}

static void hand_out(Model *model, const Change *change, const StoreMailbox *mailbox)
{
    const AccountSlot *slot = model_slot(model, mailbox->account_id);
    StoreListRow *row = newest_unread(model, change->mailbox_id);
    g_autofree char *name = model_safe(mailbox->name);
    g_autofree char *from = row ? model_safe(row->from_name && *row->from_name ? row->from_name : row->from_address) : NULL;
    g_autofree char *address = row ? model_safe(row->from_address) : NULL;
    g_autofree char *subject = row ? model_safe(row->subject ? row->subject : "") : NULL;
    ModelNewMail mail = { slot ? slot->account->name : "", name, (guint) MIN(change->count, G_MAXUINT), from, address, subject };
    model->new_mail(model, &mail, model->new_mail_data);
    if (row)
        store_list_row_free(row);
}

void model_set_new_mail(Model *model, ModelNewMailHeard heard, gpointer user_data)
{
    model->new_mail = heard;
    model->new_mail_data = user_data;
}

void model_hear_new_mail(Model *model, const Change *change)
{
    g_autoptr(StoreMailbox) mailbox = change->count > 0 ? store_reader_mailbox(model->reader, change->mailbox_id) : NULL;
    if (!mailbox)
        return;
    if (!is_on_screen(model, change->mailbox_id))
        say_new_mail(model, change, mailbox);
    if (model->new_mail)
        hand_out(model, change, mailbox);
}
