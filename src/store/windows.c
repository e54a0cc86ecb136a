/* Windows of a list: some rows before an anchor and some from it on, read along an index. Whatever the size
 * of the list, SQLite steps over the rows that it delivers and no others: no OFFSET, no count(*), no sorting.
 * INDEXED BY makes a statement that would need anything else an error instead of a slow one. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "store/reader-private.h"
#include "store/store-private.h"

static const struct {
    const char *mailbox_index, *unread_index, *view_index, *view_unread_index;
    const char *text; /* first column of the key when it is a text */
    const char *number;
    const char *columns; /* of the key, as numbers in a list row: what a merge of several lists orders by */
} orders[] = {
    [STORE_ORDER_DATE] = { "message_by_date", "unread_by_date", "view_by_date", "view_unread_by_date", NULL,
                           "date", "9" },
    [STORE_ORDER_ARRIVED] = { "message_by_arrived", "unread_by_arrived", "view_by_arrived",
                              "view_unread_by_arrived", NULL, "internal_date", "10" },
    [STORE_ORDER_FROM] = { "message_by_from", "unread_by_from", "view_by_from", "view_unread_by_from",
                           "from_key", "date", "16" },
    [STORE_ORDER_SUBJECT] = { "message_by_subject", "unread_by_subject", "view_by_subject",
                              "view_unread_by_subject", "subject_key", "date", "17" },
    [STORE_ORDER_SIZE] = { "message_by_size", "unread_by_size", "view_by_size", "view_unread_by_size", NULL,
                           "size", "11" },
};

typedef struct {
    gint64 number, id;
    char *text;
} Key;

static void key_clear(Key *key)
{
    g_free(key->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Key, key_clear)

static gboolean key_parse(const char *text, gint64 id, Key *key)
{
    char *end = NULL;
    if (text == NULL)
        return FALSE;
    *key = (Key){ .number = g_ascii_strtoll(text, &end, 10), .id = id };
    key->text = g_strdup(*end == ' ' ? end + 1 : "");
    return end != text;
}

typedef enum {
    FROM_ANCHOR,   /* its row and those behind it */
    BEFORE_ANCHOR, /* nearest first */
    FROM_START,
    FROM_END, /* last first */
} Part;

/* Rows beside an anchor are read in runs, each an equality on the columns before and one strict comparison:
 * in a single condition, (text, date, id) > (?, ?, ?), SQLite would step over every row that shares the
 * anchor's first columns (it seeks with >= and looks again, and never uses a rowid in such a vector). */
typedef enum {
    SAME_KEY,  /* all the same, told apart by id */
    SAME_TEXT, /* the same text, beyond its number */
    BEYOND_KEY,
} Run;

static void append_condition(GString *sql, const StoreListSpec *spec, Part part, Run run)
{
    if (part == FROM_START || part == FROM_END)
        return;
    const char *table = spec->view_id != 0 ? "v" : "m";
    const char *id = spec->view_id != 0 ? "message_id" : "id";
    const char *text = orders[spec->order].text, *number = orders[spec->order].number;
    const char *sign = (part == FROM_ANCHOR) != (spec->descending != FALSE) ? ">" : "<";
    if (text != NULL && run != BEYOND_KEY)
        g_string_append_printf(sql, " AND %s.%s = ?2", table, text);
    if (run == SAME_KEY)
        g_string_append_printf(sql, " AND %s.%s = ?3 AND %s.%s %s%s ?4", table, number, table, id, sign,
                               part == FROM_ANCHOR ? "=" : "");
    else if (text != NULL && run == BEYOND_KEY)
        g_string_append_printf(sql, " AND %s.%s %s ?2", table, text, sign);
    else
        g_string_append_printf(sql, " AND %s.%s %s ?3", table, number, sign);
}

static void append_order(GString *sql, const StoreListSpec *spec, Part part)
{
    const char *table = spec->view_id != 0 ? "v" : "m";
    gboolean backward = part == BEFORE_ANCHOR || part == FROM_END;
    const char *way = backward != (spec->descending != FALSE) ? "DESC" : "ASC";
    g_string_append(sql, " ORDER BY ");
    if (orders[spec->order].text != NULL)
        g_string_append_printf(sql, "%s.%s %s, ", table, orders[spec->order].text, way);
    g_string_append_printf(sql, "%s.%s %s, %s.%s %s LIMIT ?5", table, orders[spec->order].number, way, table,
                           spec->view_id != 0 ? "message_id" : "id", way);
}

#define INBOX_IDS "SELECT id FROM mailbox WHERE role = 1" /* MAILBOX_ROLE_INBOX */
G_STATIC_ASSERT(MAILBOX_ROLE_INBOX == 1);

/* Several mailboxes in one order: SQLite steps along the index of each side by side, and over no more rows than it delivers and one of each
 * that waits. NULL: there is no INBOX yet. */
static char *merged_sql(StoreReader *reader, const StoreListSpec *spec, Part part, Run run, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(reader->db, &failed, INBOX_IDS, "");
    while (s != NULL && database_step(reader->db, s, &failed)) {
        g_string_append_printf(sql,
                               "%sSELECT " LIST_ROW_COLUMNS " FROM message m INDEXED BY %s CROSS JOIN content c ON c.id = m.content_id"
                               " WHERE m.shown_mailbox = %" G_GINT64_FORMAT "%s",
                               sql->len > 0 ? " UNION ALL " : "",
                               spec->unread_only ? orders[spec->order].unread_index : orders[spec->order].mailbox_index,
                               (gint64) column_int(s, 0), spec->unread_only ? " AND m.unread = 1" : "");
        append_condition(sql, spec, part, run);
    }
    if (failed != NULL || sql->len == 0) {
        if (failed != NULL)
            g_propagate_error(error, failed);
        return NULL;
    }
    gboolean backward = part == BEFORE_ANCHOR || part == FROM_END;
    const char *way = backward != (spec->descending != FALSE) ? "DESC" : "ASC";
    g_string_append_printf(sql, " ORDER BY %s %s, ", orders[spec->order].columns, way);
    if (orders[spec->order].text != NULL)
        g_string_append_printf(sql, "9 %s, ", way);
    g_string_append_printf(sql, "1 %s LIMIT ?5", way);
    return g_strdup(sql->str);
}

static char *window_sql(const StoreListSpec *spec, Part part, Run run)
{
    GString *sql = g_string_new("SELECT " LIST_ROW_COLUMNS " FROM ");
    if (spec->view_id != 0)
        g_string_append_printf(
            sql, "view_message v INDEXED BY %s CROSS JOIN message m ON m.id = v.message_id",
            spec->unread_only ? orders[spec->order].view_unread_index : orders[spec->order].view_index);
    else
        g_string_append_printf(sql, "message m INDEXED BY %s",
                               spec->unread_only ? orders[spec->order].unread_index
                                                 : orders[spec->order].mailbox_index);
    g_string_append(sql, " CROSS JOIN content c ON c.id = m.content_id WHERE ");
    g_string_append(sql, spec->view_id != 0 ? "v.view_id = ?1" : "m.shown_mailbox = ?1");
    if (spec->unread_only)
        g_string_append(sql, spec->view_id != 0 ? " AND v.unread = 1" : " AND m.unread = 1");
    append_condition(sql, spec, part, run);
    append_order(sql, spec, part);
    return g_string_free(sql, FALSE);
}

static gboolean read_run(StoreReader *reader, const StoreListSpec *spec, Part part, Run run, const Key *key,
                         guint count, GPtrArray *rows, GError **error)
{
    GError *failed = NULL;
    g_autofree char *sql = spec->inboxes ? merged_sql(reader, spec, part, run, &failed) : window_sql(spec, part, run);
    sqlite3_stmt *s = sql != NULL ? database_prepare(reader->db, sql, &failed) : NULL;
    if (s != NULL) {
        if (!spec->inboxes)
            sqlite3_bind_int64(s, 1, spec->view_id != 0 ? spec->view_id : spec->mailbox_id);
        if (part == FROM_ANCHOR || part == BEFORE_ANCHOR) {
            if (orders[spec->order].text != NULL)
                sqlite3_bind_text(s, 2, key->text, -1, SQLITE_STATIC);
            if (orders[spec->order].text == NULL || run != BEYOND_KEY)
                sqlite3_bind_int64(s, 3, key->number);
            if (run == SAME_KEY)
                sqlite3_bind_int64(s, 4, key->id);
        }
        sqlite3_bind_int64(s, 5, count);
    }
    while (s != NULL && database_step(reader->db, s, &failed))
        g_ptr_array_add(rows, list_row_read(s, spec->order));
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

static gboolean read_part(StoreReader *reader, const StoreListSpec *spec, Part part, const Key *key,
                          guint count, GPtrArray *rows, GError **error)
{
    guint most = rows->len + count;
    gboolean anchored = part == FROM_ANCHOR || part == BEFORE_ANCHOR;
    for (Run run = anchored ? SAME_KEY : BEYOND_KEY; run <= BEYOND_KEY && rows->len < most; run++)
        if ((run != SAME_TEXT || orders[spec->order].text != NULL) &&
            !read_run(reader, spec, part, run, key, most - rows->len, rows, error))
            return FALSE;
    return TRUE;
}

static void reverse(GPtrArray *rows)
{
    for (guint i = 0, j = rows->len; i + 1 < j; i++) {
        gpointer row = rows->pdata[i];
        rows->pdata[i] = rows->pdata[--j];
        rows->pdata[j] = row;
    }
}

static sqlite3_stmt *find_in_list(StoreReader *reader, const StoreListSpec *spec, gint64 message_id,
                                  GError **error)
{
    sqlite3_stmt *s =
        spec->inboxes
            ? database_query(reader->db, error,
                             "SELECT " LIST_ROW_COLUMNS
                             " FROM message m CROSS JOIN content c ON c.id = m.content_id"
                             " WHERE m.id = ?1 AND m.unread >= ?2 AND m.shown_mailbox IN (" INBOX_IDS ")",
                             "ii", message_id, (gint64) (spec->unread_only != FALSE))
        : spec->view_id != 0
            ? database_query(reader->db, error,
                             "SELECT " LIST_ROW_COLUMNS
                             " FROM view_message v CROSS JOIN message m ON m.id = v.message_id"
                             " CROSS JOIN content c ON c.id = m.content_id WHERE v.view_id = ?2 AND "
                             "v.message_id = ?1 AND v.unread >= ?3",
                             "iii", message_id, spec->view_id, (gint64) (spec->unread_only != FALSE))
            : database_query(reader->db, error,
                             "SELECT " LIST_ROW_COLUMNS
                             " FROM message m CROSS JOIN content c ON c.id = m.content_id"
                             " WHERE m.id = ?1 AND m.shown_mailbox = ?2 AND m.unread >= ?3",
                             "iii", message_id, spec->mailbox_id, (gint64) (spec->unread_only != FALSE));
    return s != NULL && database_step(reader->db, s, error) ? s : NULL;
}

/* An anchor is a message: where it stands now, if it still does; else where it stood. */
static gboolean resolve_anchor(StoreReader *reader, const StoreListSpec *spec, const StoreAnchor *anchor,
                               Key *key, GError **error)
{
    GError *failed = NULL;
    g_autoptr(StoreListRow) row = NULL;
    sqlite3_stmt *s = find_in_list(reader, spec, anchor->id, &failed);
    if (s != NULL) {
        row = list_row_read(s, spec->order);
        database_done(s);
    }
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    return key_parse(row != NULL ? row->order_key : anchor->key, anchor->id, key) ||
           key_parse("0", anchor->id, key);
}

GPtrArray *store_reader_window(StoreReader *reader, const StoreListSpec *spec, const StoreAnchor *anchor,
                               guint before, guint after, guint *anchor_index, GError **error)
{
    if (spec->order == STORE_ORDER_THREAD)
        return thread_window(reader, spec, anchor, before, after, anchor_index, error);
    g_auto(Key) key = { 0 };
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify) store_list_row_free);
    gboolean ok;
    guint index = 0;
    if (anchor == NULL) {
        ok = read_part(reader, spec, FROM_START, &key, after, rows, error);
    } else if (anchor->key == NULL && anchor->id < 0) {
        ok = read_part(reader, spec, FROM_END, &key, before, rows, error);
        reverse(rows);
        index = rows->len > 0 ? rows->len - 1 : 0;
    } else {
        ok = resolve_anchor(reader, spec, anchor, &key, error) &&
             read_part(reader, spec, BEFORE_ANCHOR, &key, before, rows, error);
        reverse(rows);
        index = rows->len;
        ok = ok && read_part(reader, spec, FROM_ANCHOR, &key, after, rows, error);
    }
    if (anchor_index != NULL)
        *anchor_index = index;
    return ok ? g_steal_pointer(&rows) : NULL;
}

StoreListRow *store_reader_row(StoreReader *reader, const StoreListSpec *spec, gint64 message_id)
{
    if (spec->order == STORE_ORDER_THREAD) {
        StoreAnchor anchor = { NULL, message_id };
        g_autoptr(GPtrArray) rows = thread_window(reader, spec, &anchor, 0, 1, NULL, NULL);
        if (rows == NULL || rows->len == 0 || ((StoreListRow *) rows->pdata[0])->id != message_id)
            return NULL;
        return g_ptr_array_steal_index(rows, 0);
    }
    sqlite3_stmt *s = find_in_list(reader, spec, message_id, NULL);
    if (s == NULL)
        return NULL;
    StoreListRow *row = list_row_read(s, spec->order);
    database_done(s);
    return row;
}

guint64 store_reader_list_total(StoreReader *reader, const StoreListSpec *spec)
{
    if (spec->inboxes)
        return (guint64) database_int(reader->db, NULL, 0,
                                      "SELECT coalesce(sum(CASE WHEN ?1 THEN shown_unread ELSE shown_total END), 0) FROM mailbox WHERE role = 1",
                                      "i", (gint64) (spec->unread_only != FALSE));
    const char *sql = spec->view_id != 0
                          ? (spec->unread_only ? "SELECT unread FROM view WHERE id = ?"
                                               : "SELECT total FROM view WHERE id = ?")
                          : (spec->unread_only ? "SELECT shown_unread FROM mailbox WHERE id = ?"
                                               : "SELECT shown_total FROM mailbox WHERE id = ?");
    return (guint64) database_int(reader->db, NULL, 0, sql, "i",
                                  spec->view_id != 0 ? spec->view_id : spec->mailbox_id);
}
