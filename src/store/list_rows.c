/* One line of a list, and one whole message. */
#include "config.h"

#include <string.h>

#include "store/envelope.h"
#include "store/reader-private.h"
#include "store/store-private.h"

/* A line shows a few names; a message to a thousand people must not cost a screen. */
#define MOST_RECIPIENTS 20

static char *format_recipients(GPtrArray *to)
{
    if (to->len > MOST_RECIPIENTS)
        g_ptr_array_set_size(to, MOST_RECIPIENTS);
    return to->len > 0 ? mail_address_list_format(to) : g_strdup("");
}

/* What the order sorts by, so that the row can be an anchor. */
static char *make_order_key(sqlite3_stmt *s, StoreOrder order)
{
    switch (order) {
    case STORE_ORDER_ARRIVED:
        return g_strdup_printf("%" G_GINT64_FORMAT, (gint64) column_int(s, 9));
    case STORE_ORDER_SIZE:
        return g_strdup_printf("%" G_GINT64_FORMAT, (gint64) column_int(s, 10));
    case STORE_ORDER_FROM:
    case STORE_ORDER_SUBJECT:
        return g_strdup_printf("%" G_GINT64_FORMAT " %s", (gint64) column_int(s, 8),
                               (const char *) sqlite3_column_text(s, order == STORE_ORDER_FROM ? 15 : 16));
    default:
        return g_strdup_printf("%" G_GINT64_FORMAT, (gint64) column_int(s, 8));
    }
}

static StoreListRow *read_row(sqlite3_stmt *s, StoreOrder order, MessageSummary **keep)
{
    StoreListRow *row = g_new0(StoreListRow, 1);
    row->id = column_int(s, 0);
    row->content_id = column_int(s, 1);
    row->thread_id = column_int(s, 2);
    row->mailbox_id = column_int(s, 3);
    row->uid = column_int(s, 5) == row->mailbox_id ? (guint32) column_int(s, 4) : 0;
    row->flags = (MailFlags) column_int(s, 6);
    row->keywords = column_text(s, 7);
    row->date = column_int(s, 8);
    row->internal_date = column_int(s, 9);
    row->size = (guint64) column_int(s, 10);
    row->has_pending = column_int(s, 11) > 0;
    row->has_structure = column_int(s, 12) != 0;
    row->has_attachment = column_int(s, 13) != 0;
    row->order_key = make_order_key(s, order);
    MessageSummary *summary =
        envelope_read(sqlite3_column_blob(s, 14), (gsize) sqlite3_column_bytes(s, 14), row->date);
    if (summary->from->len > 0) {
        const MailAddress *from = g_ptr_array_index(summary->from, 0);
        row->from_name = g_strdup(from->name);
        row->from_address = g_strdup(from->address);
    }
    row->subject = g_strdup(summary->subject != NULL ? summary->subject : "");
    if (keep != NULL) {
        *keep = summary;
        row->to = mail_address_list_format(summary->to);
    } else {
        row->to = format_recipients(summary->to);
        message_summary_free(summary);
    }
    return row;
}

StoreListRow *list_row_read(sqlite3_stmt *statement, StoreOrder order)
{
    return read_row(statement, order, NULL);
}

static sqlite3_stmt *find_row(Database *db, gint64 message_id, GError **error)
{
    sqlite3_stmt *s = database_query(db, error,
                                     "SELECT " LIST_ROW_COLUMNS
                                     " FROM message m CROSS JOIN content c ON c.id = m.content_id"
                                     " WHERE m.id = ? AND m.shown_mailbox IS NOT NULL",
                                     "i", message_id);
    return s != NULL && database_step(db, s, error) ? s : NULL;
}

StoreListRow *list_row_by_id(Database *db, gint64 message_id, StoreOrder order, GError **error)
{
    sqlite3_stmt *s = find_row(db, message_id, error);
    if (s == NULL)
        return NULL;
    StoreListRow *row = list_row_read(s, order);
    database_done(s);
    return row;
}

GPtrArray *store_reader_rows_after(StoreReader *reader, gint64 mailbox_id, gint64 after_id, guint limit, gint64 *last)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify) store_list_row_free);
    gint64 end = database_int(reader->db, NULL, 0, "SELECT max(id) FROM message", "");
    sqlite3_stmt *s = after_id < 0 ? NULL : database_query(reader->db, NULL,
        "SELECT " LIST_ROW_COLUMNS " FROM message m CROSS JOIN content c ON c.id = m.content_id"
        " WHERE m.id > ?1 AND (m.shown_mailbox = ?2 OR (?2 = 0 AND m.shown_mailbox IS NOT NULL)) ORDER BY m.id LIMIT ?3", "iii", after_id,
        mailbox_id, (gint64) limit);
    while (s != NULL && database_step(reader->db, s, NULL))
        g_ptr_array_add(rows, list_row_read(s, STORE_ORDER_DATE));
    if (last != NULL)
        *last = rows->len > 0 && rows->len == limit ? ((const StoreListRow *) g_ptr_array_index(rows, rows->len - 1))->id : end;
    return rows;
}

StoreMessage *store_reader_message(StoreReader *reader, gint64 message_id)
{
    sqlite3_stmt *s = find_row(reader->db, message_id, NULL);
    if (s == NULL)
        return NULL;
    StoreMessage *message = g_new0(StoreMessage, 1);
    message->row = read_row(s, STORE_ORDER_DATE, &message->summary);
    database_done(s);
    if (message->row->has_structure)
        message->structure = structure_read(reader->db, message->row->content_id);
    message->labels = database_text(reader->db, NULL, "SELECT nullif(labels, '') FROM content WHERE id = ?", "i", message->row->content_id);
    return message;
}

gint64 store_reader_message_account(StoreReader *reader, gint64 message_id)
{
    return database_int(reader->db, NULL, 0,
                        "SELECT b.account_id FROM message m JOIN mailbox b ON b.id = coalesce(m.shown_mailbox, m.mailbox_id) WHERE m.id = ?", "i",
                        message_id);
}
