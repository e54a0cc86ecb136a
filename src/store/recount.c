/* Counts of mailboxes, which are kept for the sidebar, held against the messages and made anew where they differ. They are right as long as
 * every change goes through shown.c; a store that another program changed, or an old mistake of ours, is found here. Threads: thread_gather.c. */
#include "config.h"

#include "store/recount.h"

#include "store/store-private.h"

#define COUNTED_SQL                                                                                                    \
    "SELECT b.id, count(m.id) AS total, total(m.unread) AS unread, total(m.shown_flags & ?1 <> 0) AS flagged"          \
    " FROM mailbox b LEFT JOIN message m ON m.shown_mailbox = b.id GROUP BY b.id"

gboolean store_recount(StoreWriter *writer, guint *mailboxes, GError **error)
{
    *mailboxes = 0;
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error,
                               "UPDATE mailbox SET shown_total = n.total, shown_unread = n.unread, shown_flagged = n.flagged FROM (" COUNTED_SQL
                               ") n WHERE n.id = mailbox.id AND (shown_total, shown_unread, shown_flagged) IS NOT (n.total, n.unread, n.flagged)",
                               "i", (gint64) MAIL_FLAG_FLAGGED);
    *mailboxes = ok ? (guint) database_changes(writer->db) : 0;
    return store_end(writer, ok, error);
}
