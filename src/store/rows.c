#include "config.h"

#include "store/rows.h"

void store_account_free(StoreAccount *account)
{
    if (account == NULL)
        return;
    g_free(account->name);
    g_free(account->capabilities);
    g_free(account->delimiter);
    g_free(account->prefix);
    g_free(account->server);
    g_free(account);
}

void store_mailbox_free(StoreMailbox *mailbox)
{
    if (mailbox == NULL)
        return;
    g_free(mailbox->name);
    g_free(mailbox->wire_name);
    g_free(mailbox->permanent_flags);
    g_free(mailbox->keep_here);
    g_free(mailbox);
}

void store_list_row_free(StoreListRow *row)
{
    if (row == NULL)
        return;
    g_free(row->keywords);
    g_free(row->from_name);
    g_free(row->from_address);
    g_free(row->to);
    g_free(row->subject);
    g_free(row->order_key);
    g_free(row);
}

void store_message_free(StoreMessage *message)
{
    if (message == NULL)
        return;
    store_list_row_free(message->row);
    g_clear_pointer(&message->summary, message_summary_free);
    g_clear_pointer(&message->structure, message_part_free);
    g_free(message->labels);
    g_free(message);
}
