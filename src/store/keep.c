/* What is kept for offline use: the rule of each mailbox, what it still lacks, and which bodies stay because of it. */
#include "config.h"

#include "store/reader-private.h"
#include "store/store-private.h"

/* As many rows as are looked at in one turn. */
#define SCANNED_ROWS 500
#define DAY_SECONDS (24 * 60 * 60)

/* --- the rule ------------------------------------------------------------------------------------ */

gboolean store_writer_set_keep_here(StoreWriter *writer, gint64 mailbox_id, const char *text, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error, "UPDATE mailbox SET keep_here = ?2 WHERE id = ?1", "is",
                               mailbox_id, text);
    return store_end(writer, ok, error);
}

/* The newest messages whose sizes fit into `bytes`: the arrival of the oldest of them. Of several that arrived
 * in the second in which the room ended, none is taken. */
static gint64 since_for_bytes(StoreWriter *writer, gint64 mailbox_id, gint64 bytes, GError **failed)
{
    gint64 sum = 0, since = 0;
    sqlite3_stmt *s = database_query(writer->db, failed,
                                     "SELECT internal_date, size FROM message WHERE shown_mailbox = ? ORDER BY "
                                     "internal_date DESC",
                                     "i", mailbox_id);
    while (s != NULL && database_step(writer->db, s, failed)) {
        gint64 size = column_int(s, 1);
        if (size > bytes - sum) {
            since = column_int(s, 0) + 1;
            break;
        }
        sum += size;
    }
    database_done(s);
    return since;
}

static gboolean update_since(StoreWriter *writer, const StoreMailbox *mailbox, GError **failed)
{
    gint64 since = 0;
    if (mailbox->keep.days > 0)
        since = g_get_real_time() / G_USEC_PER_SEC - (gint64) mailbox->keep.days * DAY_SECONDS;
    if (mailbox->keep.bytes > 0)
        since = MAX(since, since_for_bytes(writer, mailbox->id, (gint64) MIN(mailbox->keep.bytes, (guint64) G_MAXINT64),
                                           failed));
    return *failed == NULL &&
           database_run(writer->db, failed, "UPDATE mailbox SET keep_since = ?2 WHERE id = ?1", "ii", mailbox->id,
                        since);
}

/* Bodies that no rule holds any more become cache again. */
static gboolean release_unheld(StoreWriter *writer, GError **failed)
{
    g_autoptr(GArray) contents = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *s = database_query(
        writer->db, failed,
        "SELECT id FROM content WHERE kept > 0 AND NOT (kept = 2 AND id IN (SELECT m.content_id FROM mailbox b JOIN "
        "message m ON m.shown_mailbox = b.id"
        " WHERE b.keep_level >= 2 AND m.internal_date >= b.keep_since)) AND NOT (kept = 3 AND id IN (SELECT "
        "m.content_id FROM mailbox b JOIN message m ON m.shown_mailbox = b.id"
        " WHERE b.keep_level >= 3 AND m.internal_date >= b.keep_since))",
        "");
    while (s != NULL && database_step(writer->db, s, failed)) {
        gint64 id = column_int(s, 0);
        g_array_append_val(contents, id);
    }
    for (guint i = 0; i < contents->len && *failed == NULL; i++) {
        gint64 id = g_array_index(contents, gint64, i);
        if (database_run(writer->db, failed, "UPDATE content SET kept = 0 WHERE id = ?", "i", id))
            database_run(writer->db, failed, "UPDATE body SET kept = 0 WHERE content_id = ? AND kept = 1", "i", id);
    }
    return *failed == NULL;
}

gboolean store_writer_set_keep(StoreWriter *writer, gint64 mailbox_id, const KeepRule *rule, gboolean chosen,
                               GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error,
                               "UPDATE mailbox SET keep_level = ?2, keep_days = ?3, keep_bytes = ?4, keep_chosen = "
                               "?5, keep_since = 0 WHERE id = ?1",
                               "iiiii", mailbox_id, (gint64) rule->level, (gint64) rule->days,
                               (gint64) MIN(rule->bytes, (guint64) G_MAXINT64), (gint64) chosen);
    return store_end(writer, ok, error);
}

gboolean store_writer_refresh_keep(StoreWriter *writer, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    GError *failed = NULL;
    g_autoptr(GPtrArray) limited = g_ptr_array_new_with_free_func((GDestroyNotify) store_mailbox_free);
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT " STORE_MAILBOX_COLUMNS
                                     " FROM mailbox WHERE keep_level >= 2 AND (keep_days > 0 OR keep_bytes > 0)",
                                     "");
    while (s != NULL && database_step(writer->db, s, &failed))
        g_ptr_array_add(limited, mailbox_from_row(s));
    for (guint i = 0; i < limited->len && failed == NULL; i++)
        update_since(writer, g_ptr_array_index(limited, i), &failed);
    if (failed == NULL)
        release_unheld(writer, &failed);
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error);
}

/* --- what is lacking ------------------------------------------------------------------------------ */

void store_keep_cursor_start(StoreKeepCursor *cursor)
{
    *cursor = (StoreKeepCursor){ G_MAXINT64, G_MAXINT64, FALSE };
}

gboolean store_writer_lacking(StoreWriter *writer, gint64 mailbox_id, StoreKeepCursor *cursor, guint most,
                              GArray *lacking, GError **error)
{
    GError *failed = NULL;
    guint scanned = 0;
    g_autoptr(StoreMailbox) mailbox = mailbox_read(writer->db, mailbox_id, error);
    if (mailbox == NULL)
        return FALSE;
    if (mailbox->keep.level < KEEP_TEXTS) {
        cursor->end = TRUE;
        return TRUE;
    }
    sqlite3_stmt *s = database_query(
        writer->db, &failed,
        "SELECT m.id, m.internal_date, m.uid, m.size, c.kept, c.has_structure FROM message m JOIN content c ON c.id = "
        "m.content_id"
        " WHERE m.shown_mailbox = ?1 AND (m.internal_date, m.id) < (?2, ?3) AND m.internal_date >= (SELECT keep_since "
        "FROM mailbox WHERE id = ?1) AND +m.mailbox_id = ?1 AND m.uid IS NOT NULL ORDER BY m.internal_date DESC, m.id "
        "DESC",
        "iii", mailbox_id, cursor->internal_date, cursor->id);
    cursor->end = TRUE;
    while (s != NULL && database_step(writer->db, s, &failed)) {
        cursor->id = column_int(s, 0);
        cursor->internal_date = column_int(s, 1);
        if (column_int(s, 4) < (gint64) mailbox->keep.level) {
            StoreLacking one = { .message_id = cursor->id,
                                 .uid = (guint32) column_int(s, 2),
                                 .size = (guint64) column_int(s, 3),
                                 .has_structure = column_int(s, 5) != 0 };
            g_array_append_val(lacking, one);
        }
        if (++scanned == SCANNED_ROWS || lacking->len >= most) {
            cursor->end = FALSE;
            break;
        }
    }
    database_done(s);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean store_writer_keep_body(StoreWriter *writer, gint64 message_id, const char *section, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error,
                               "UPDATE body SET kept = 1 WHERE content_id = (SELECT content_id FROM message WHERE id "
                               "= ?1) AND section = ?2",
                               "is", message_id, section);
    return store_end(writer, ok, error);
}

gboolean store_writer_set_kept(StoreWriter *writer, gint64 message_id, KeepLevel level, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(
        writer->db, error,
        "UPDATE content SET kept = ?2 WHERE id = (SELECT content_id FROM message WHERE id = ?1) AND kept < ?2", "ii",
        message_id, (gint64) level);
    return store_end(writer, ok, error);
}

/* --- sizes ------------------------------------------------------------------------------------------ */

void store_reader_lacking_sizes(StoreReader *reader, gint64 mailbox_id, guint64 *messages, guint64 *bytes)
{
    *messages = *bytes = 0;
    sqlite3_stmt *s = database_query(
        reader->db, NULL,
        "SELECT count(*), total(CASE WHEN b.keep_level = 2 THEN min(m.size, ?2) ELSE m.size END) FROM mailbox b JOIN message m ON m.shown_mailbox = b.id AND m.internal_date >= "
        "b.keep_since JOIN content c ON c.id = m.content_id WHERE b.id = ?1 AND b.keep_level >= 2 AND c.kept < "
        "b.keep_level AND +m.mailbox_id = b.id AND m.uid IS NOT NULL",
        "ii", mailbox_id, (gint64) STORE_SUPPOSED_TEXT);
    if (s == NULL || !database_step(reader->db, s, NULL))
        return;
    *messages = (guint64) column_int(s, 0);
    *bytes = (guint64) column_int(s, 1);
    database_done(s);
}

void store_reader_body_sizes(StoreReader *reader, guint64 *cached, guint64 *kept)
{
    *cached = (guint64) database_int(reader->db, NULL, 0, "SELECT total(size) FROM body WHERE kept = 0 AND used < ?",
                                     "i", STORE_USED_NEVER_EVICTED);
    *kept = (guint64) database_int(reader->db, NULL, 0, "SELECT total(size) FROM body WHERE kept = 1", "");
}
