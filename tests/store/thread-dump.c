/* thread-dump STORE MAILBOX: the mailbox in thread order, a line for each message: "UID DEPTH", a blank line between threads. For tests that compare
 * with what a server says. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "store/reader.h"

static gint64 find_mailbox(StoreReader *reader, const char *name)
{
    g_autoptr(GPtrArray) accounts = store_reader_accounts(reader);
    for (guint i = 0; i < accounts->len; i++) {
        g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(reader, ((StoreAccount *) accounts->pdata[i])->id);
        for (guint j = 0; j < mailboxes->len; j++) {
            const StoreMailbox *mailbox = mailboxes->pdata[j];
            if (strcmp(mailbox->name, name) == 0 || g_str_has_suffix(mailbox->name, name))
                return mailbox->id;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReader) reader = argc == 3 ? store_reader_open(argv[1], &error) : NULL;
    if (reader == NULL) {
        fprintf(stderr, "thread-dump: %s\n", error != NULL ? error->message : "STORE MAILBOX");
        return 1;
    }
    StoreListSpec spec = { .mailbox_id = find_mailbox(reader, argv[2]), .order = STORE_ORDER_THREAD };
    g_autoptr(GPtrArray) rows = store_reader_window(reader, &spec, NULL, 0, 1000000, NULL, &error);
    for (guint i = 0; rows != NULL && i < rows->len; i++) {
        const StoreListRow *row = rows->pdata[i];
        printf("%s%u %u\n", row->thread_count > 0 && i > 0 ? "\n" : "", row->uid, row->thread_depth);
    }
    return rows == NULL;
}
