/* Threads, kept as mail arrives: a thread is a set of Message-IDs of which some name others in References or
 * In-Reply-To (RFC 5256 REFERENCES, merged by subject for those who want it), as far as the person has not decided otherwise
 * (thread_choices.c). The set does not depend on the order of arrival: each arrival unites the threads of all
 * the Message-IDs that it mentions. The smaller joins the larger, so that a row changes its thread at most
 * log2(n) times in all. What may fall apart when a message goes is looked at again at the end of the transaction
 * (thread_gather.c). How the tree inside a thread stands is worked out when it is read (thread_tree.c). */
#include "config.h"

#include "store/thread_choices.h"
#include "store/thread_subjects.h"
#include "store/threads-private.h"

static gint64 thread_weight(StoreWriter *writer, gint64 thread_id, GError **error)
{
    return database_int(writer->db, error, 0, "SELECT total(total) FROM thread_list WHERE thread_id = ?", "i",
                        thread_id);
}

/* The thread that knows this Message-ID, or 0; *failed on error. */
static gint64 thread_of(StoreWriter *writer, gint64 hash, GError **failed)
{
    return database_int(writer->db, failed, 0, "SELECT thread_id FROM msgid WHERE hash = ?", "i", hash);
}

static gboolean merge(StoreWriter *writer, gint64 from, gint64 into, GError **error)
{
    if (g_hash_table_remove(writer->dirty_threads, &from))
        threads_mark(writer, into);
    return database_run(writer->db, error, "UPDATE message SET thread_id = ?2 WHERE thread_id = ?1", "ii",
                        from, into) &&
           database_run(writer->db, error,
                        "INSERT INTO thread_list (thread_id, list, newest, total, unread)"
                        " SELECT ?2, list, newest, total, unread FROM thread_list WHERE thread_id = ?1"
                        " ON CONFLICT (thread_id, list) DO UPDATE SET newest = max(newest, excluded.newest),"
                        " total = total + excluded.total, unread = unread + excluded.unread",
                        "ii", from, into) &&
           database_run(writer->db, error, "DELETE FROM thread_list WHERE thread_id = ?", "i", from) &&
           database_run(writer->db, error, "UPDATE msgid SET thread_id = ?2 WHERE thread_id = ?1", "ii", from,
                        into);
}

gint64 threads_unite(StoreWriter *writer, gint64 thread_id, gint64 other, GError **failed)
{
    if (thread_id == 0 || other == 0 || thread_id == other)
        return thread_id != 0 ? thread_id : other;
    gint64 weight = thread_weight(writer, thread_id, failed);
    gint64 other_weight = *failed == NULL ? thread_weight(writer, other, failed) : 0;
    if (*failed != NULL)
        return 0;
    gint64 into = other_weight > weight ? other : thread_id;
    gint64 from = into == other ? thread_id : other;
    return merge(writer, from, into, failed) ? into : 0;
}

gboolean threads_know(StoreWriter *writer, gint64 hash, gint64 thread_id, gint64 content_id, GError **error)
{
    return database_run(writer->db, error,
                        "INSERT INTO msgid (hash, thread_id, content_id) VALUES (?1, ?2, nullif(?3, 0)) ON CONFLICT (hash) DO UPDATE SET"
                        " thread_id = excluded.thread_id, content_id = coalesce(content_id, excluded.content_id)"
                        " WHERE thread_id <> excluded.thread_id OR content_id IS NOT coalesce(content_id, excluded.content_id)",
                        "iii", hash, thread_id, content_id);
}

/* With merging by subject: a message that begins a thread belongs to its subject. One that stands behind another in one thread changes no
 * subject; anything else may have given a thread another beginning, and is worked out at the end of the transaction. */
static gint64 join_by_subject(StoreWriter *writer, const StoreContent *content, const GArray *followed, gboolean mixed, gint64 thread_id,
                              GError **failed)
{
    gint64 place = thread_choices_begin(thread_choices(writer), content->msgid_hash) ? 0 : thread_subject_place(content->subject_hash);
    if (thread_id == 0 && place == 0)
        return 0;
    if (thread_id == 0) {
        gint64 known = thread_of(writer, place, failed);
        gint64 found = known != 0 ? known : content->content_id;
        return *failed == NULL && threads_know(writer, place, found, 0, failed) ? found : 0;
    }
    gboolean behind = FALSE;
    for (guint i = 0; i < followed->len && !mixed && !behind && *failed == NULL; i++)
        behind = database_int(writer->db, failed, 0, "SELECT c.date <= ?2 FROM msgid i CROSS JOIN content c ON c.id = i.content_id WHERE i.hash = ?1",
                              "ii", g_array_index(followed, gint64, i), content->date) != 0;
    if (!behind)
        threads_mark(writer, thread_id);
    return thread_id;
}

gint64 threads_join(StoreWriter *writer, const StoreContent *content, const gint64 *refs, guint n_refs, GError **error)
{
    GError *failed = NULL;
    gint64 msgid_hash = content->msgid_hash, content_id = content->content_id;
    g_autoptr(GArray) followed = thread_choices_apply(thread_choices(writer), msgid_hash, refs, n_refs);
    gint64 thread_id = msgid_hash != 0 ? thread_of(writer, msgid_hash, &failed) : 0;
    gboolean mixed = thread_id != 0; /* it was named before it came, or joins threads */
    for (guint i = 0; i < followed->len && failed == NULL; i++) {
        gint64 other = thread_of(writer, g_array_index(followed, gint64, i), &failed);
        mixed |= thread_id != 0 && other != 0 && other != thread_id;
        thread_id = threads_unite(writer, thread_id, other, &failed);
    }
    if (failed == NULL && writer->merge_subjects)
        thread_id = join_by_subject(writer, content, followed, mixed, thread_id, &failed);
    if (failed == NULL && thread_id == 0)
        thread_id = content_id;
    if (failed == NULL && msgid_hash != 0)
        threads_know(writer, msgid_hash, thread_id, content_id, &failed);
    for (guint i = 0; i < followed->len && failed == NULL; i++)
        threads_know(writer, g_array_index(followed, gint64, i), thread_id, 0, &failed);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return 0;
    }
    return thread_id;
}

void threads_mark(StoreWriter *writer, gint64 thread_id)
{
    g_hash_table_add(writer->dirty_threads, g_memdup2(&thread_id, sizeof thread_id));
}

void threads_forget_marks(StoreWriter *writer)
{
    g_hash_table_remove_all(writer->dirty_threads);
    g_clear_pointer(&writer->thread_choices, g_hash_table_destroy);
}

gboolean threads_settle(StoreWriter *writer, GError **error)
{
    while (g_hash_table_size(writer->dirty_threads) > 0) {
        GHashTableIter iter;
        gpointer key;
        g_hash_table_iter_init(&iter, writer->dirty_threads);
        g_hash_table_iter_next(&iter, &key, NULL);
        gint64 thread_id = *(gint64 *) key;
        g_hash_table_remove(writer->dirty_threads, &thread_id);
        if (!threads_gather(writer, thread_id, error))
            return FALSE;
    }
    return TRUE;
}

/* --- the threads of a list ------------------------------------------------------------------ */

gboolean threads_list_add(StoreWriter *writer, gint64 list, gint64 thread_id, gint64 date, gboolean unread,
                          GError **error)
{
    return database_run(
        writer->db, error,
        "INSERT INTO thread_list (thread_id, list, newest, total, unread) VALUES (?1, ?2, ?3, 1, ?4)"
        " ON CONFLICT (thread_id, list) DO UPDATE SET newest = max(newest, excluded.newest),"
        " total = total + 1, unread = unread + excluded.unread",
        "iiii", thread_id, list, date, (gint64) unread);
}

/* The newest that is left: the last entry of an index for a mailbox. */
static gint64 newest_left(StoreWriter *writer, gint64 list, gint64 thread_id, GError **failed)
{
    if (list > 0)
        return database_int(writer->db, failed, G_MININT64,
                            "SELECT max(date) FROM message WHERE thread_id = ?1 AND shown_mailbox = ?2", "ii",
                            thread_id, list);
    return database_int(writer->db, failed, G_MININT64,
                        "SELECT max(v.date) FROM message m CROSS JOIN view_message v ON v.view_id = ?2 AND "
                        "v.message_id = m.id"
                        " WHERE m.thread_id = ?1",
                        "ii", thread_id, -list);
}

gboolean threads_list_remove(StoreWriter *writer, gint64 list, gint64 thread_id, gint64 date, gboolean unread,
                             GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(
        writer->db, &failed, "SELECT newest, total FROM thread_list WHERE thread_id = ?1 AND list = ?2", "ii",
        thread_id, list);
    if (s == NULL || !database_step(writer->db, s, &failed)) {
        if (failed != NULL)
            g_propagate_error(error, failed);
        return failed == NULL;
    }
    gint64 newest = column_int(s, 0), total = column_int(s, 1);
    database_done(s);
    if (total <= 1)
        return database_run(writer->db, error, "DELETE FROM thread_list WHERE thread_id = ?1 AND list = ?2",
                            "ii", thread_id, list);
    if (date >= newest)
        newest = newest_left(writer, list, thread_id, &failed);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    return database_run(writer->db, error,
                        "UPDATE thread_list SET newest = ?3, total = total - 1, unread = unread - ?4 WHERE "
                        "thread_id = ?1 AND list = ?2",
                        "iiii", thread_id, list, newest, (gint64) unread);
}

gboolean threads_list_unread(StoreWriter *writer, gint64 list, gint64 thread_id, int delta, GError **error)
{
    return database_run(writer->db, error,
                        "UPDATE thread_list SET unread = unread + ?3 WHERE thread_id = ?1 AND list = ?2",
                        "iii", thread_id, list, (gint64) delta);
}
