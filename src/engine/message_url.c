#include "config.h"

#include "engine/message_url.h"

#include "proto/imap/mailbox.h"

/* What of a mailbox's name may stand in a URL as it is (RFC 5092 §3, RFC 3986: bchar without ";" and "?"). */
#define PLAIN "/!$'()*+,:@&="

StoreMailbox *message_url_place(EngineAccount *account, gint64 message_id, guint32 *uid)
{
    gint64 mailbox_id = 0;
    *uid = 0;
    if (!store_writer_locate(account->engine->writer, message_id, &mailbox_id, uid) || *uid == 0)
        return NULL;
    StoreMailbox *mailbox = store_reader_mailbox(account->engine->reader, mailbox_id);
    if (mailbox != NULL && mailbox->uidvalidity == 0)
        g_clear_pointer(&mailbox, store_mailbox_free);
    return mailbox;
}

char *message_url_path(const StoreMailbox *mailbox, guint32 uid)
{
    g_autofree char *whole = imap_mailbox_decode(mailbox->wire_name, -1, FALSE, NULL);
    g_autofree char *name = g_uri_escape_string(whole, PLAIN, FALSE);
    return g_strdup_printf("/%s;UIDVALIDITY=%u/;UID=%u", name, mailbox->uidvalidity, uid);
}
