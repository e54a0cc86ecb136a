/* Views: stored lists of message ids, with their own copies of the sort keys, so that a window of a view
 * costs what a window of a mailbox costs. */
#include "config.h"

#include "store/store-private.h"

gint64 store_writer_view_new(StoreWriter *writer, const char *name, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return 0;
    gboolean ok = database_run(writer->db, error, "INSERT INTO view (name) VALUES (?)", "s", name);
    gint64 id = database_last_id(writer->db);
    return store_end(writer, ok, error) ? id : 0;
}

/* A row (back) into the list or out of it: counts and threads. */
static gboolean list_row(StoreWriter *writer, gint64 view_id, gint64 thread_id, gint64 date, gboolean unread,
                         gboolean in, GError **error)
{
    gint64 sign = in ? 1 : -1;
    return database_run(writer->db, error,
                        "UPDATE view SET total = total + ?2, unread = unread + ?3 WHERE id = ?1", "iii",
                        view_id, sign, unread ? sign : (gint64) 0) &&
           (in ? threads_list_add(writer, -view_id, thread_id, date, unread, error)
               : threads_list_remove(writer, -view_id, thread_id, date, unread, error));
}

static gboolean add_one(StoreWriter *writer, gint64 view_id, gint64 message_id, GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(
        writer->db, &failed,
        "INSERT OR IGNORE INTO view_message (view_id, message_id, mailbox_id, date, internal_date, size, "
        "from_key, subject_key, unread)"
        " SELECT ?1, id, shown_mailbox, date, internal_date, size, from_key, subject_key, unread FROM message"
        " WHERE id = ?2 AND shown_mailbox IS NOT NULL AND NOT EXISTS (SELECT 1 FROM view_message WHERE "
        "view_id = -?1 AND message_id = ?2)"
        " RETURNING date, unread",
        "ii", view_id, message_id);
    gboolean added = s != NULL && database_step(writer->db, s, &failed);
    if (!added) {
        if (failed != NULL)
            g_propagate_error(error, failed);
        return failed == NULL; /* in it already, or gone meanwhile */
    }
    gint64 date = column_int(s, 0);
    gboolean unread = column_int(s, 1) != 0;
    database_done(s);
    gint64 thread_id =
        database_int(writer->db, &failed, 0, "SELECT thread_id FROM message WHERE id = ?", "i", message_id);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    return list_row(writer, view_id, thread_id, date, unread, TRUE, error);
}

gboolean store_writer_view_add(StoreWriter *writer, gint64 view_id, const gint64 *message_ids, guint count,
                               GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = TRUE;
    for (guint i = 0; i < count && ok; i++)
        ok = add_one(writer, view_id, message_ids[i], error);
    return store_end(writer, ok, error);
}

gboolean store_writer_view_drop(StoreWriter *writer, gint64 view_id, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error, "DELETE FROM view_message WHERE view_id IN (?1, -?1)", "i",
                               view_id) &&
                  database_run(writer->db, error, "DELETE FROM thread_list WHERE list = -?1", "i", view_id) &&
                  database_run(writer->db, error, "DELETE FROM view WHERE id = ?1", "i", view_id);
    return store_end(writer, ok, error);
}

typedef struct {
    gint64 view_id, mailbox_id, date; /* view_id < 0: parked */
    gboolean unread;
} Membership;

static GArray *memberships(StoreWriter *writer, gint64 message_id, GError **failed)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Membership));
    sqlite3_stmt *s = database_query(
        writer->db, failed, "SELECT view_id, mailbox_id, date, unread FROM view_message WHERE message_id = ?",
        "i", message_id);
    while (s != NULL && database_step(writer->db, s, failed)) {
        Membership one = { column_int(s, 0), column_int(s, 1), column_int(s, 2), column_int(s, 3) != 0 };
        g_array_append_val(found, one);
    }
    return found;
}

static gboolean change_one(StoreWriter *writer, const Membership *one, gint64 message_id, gint64 thread_id,
                           gboolean here, gboolean unread, GError **error)
{
    gint64 view_id = ABS(one->view_id);
    gboolean was_here = one->view_id > 0;
    if (!database_run(
            writer->db, error,
            "UPDATE view_message SET view_id = ?3, unread = ?4 WHERE view_id = ?1 AND message_id = ?2",
            "iiii", one->view_id, message_id, here ? view_id : -view_id, (gint64) unread))
        return FALSE;
    if (was_here != here)
        return list_row(writer, view_id, thread_id, one->date, here ? unread : one->unread, here, error);
    if (!here || one->unread == unread)
        return TRUE;
    int delta = unread ? 1 : -1;
    return database_run(writer->db, error, "UPDATE view SET unread = unread + ?2 WHERE id = ?1", "ii",
                        view_id, (gint64) delta) &&
           threads_list_unread(writer, -view_id, thread_id, delta, error);
}

gboolean views_message_changed(StoreWriter *writer, gint64 message_id, gint64 thread_id, gint64 shown_mailbox,
                               gboolean unread, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) found = memberships(writer, message_id, &failed);
    for (guint i = 0; i < found->len && failed == NULL; i++) {
        const Membership *one = &g_array_index(found, Membership, i);
        change_one(writer, one, message_id, thread_id, one->mailbox_id == shown_mailbox, unread, &failed);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean views_message_gone(StoreWriter *writer, gint64 message_id, gint64 thread_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) found = memberships(writer, message_id, &failed);
    for (guint i = 0; i < found->len && failed == NULL; i++) {
        const Membership *one = &g_array_index(found, Membership, i);
        if (database_run(writer->db, &failed,
                         "DELETE FROM view_message WHERE view_id = ?1 AND message_id = ?2", "ii",
                         one->view_id, message_id) &&
            one->view_id > 0)
            list_row(writer, one->view_id, thread_id, one->date, one->unread, FALSE, &failed);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}
