/* What is shown of a message is what the server last said of it (base) with every unfinished intent applied
 * in the order in which they were decided. Nothing else writes shown_*: so a late word of the server never
 * undoes a decision on the screen, and a decision that failed leaves no trace. */
#include "config.h"

#include "store/store-private.h"

typedef struct {
    gint64 mailbox_id; /* the key */
    int total, unread, flagged;
} CountDelta;

typedef struct {
    gint64 id, content_id, thread_id, mailbox_id, date;
    gint64 shown_mailbox;
    MailFlags base_flags, shown_flags;
    char *base_keywords, *shown_keywords;
    gboolean withheld;
    int pending;
} Row;

typedef struct {
    gint64 mailbox;
    MailFlags flags;
    char *keywords;
    int pending;
} Shown;

static void row_clear(Row *row)
{
    g_free(row->base_keywords);
    g_free(row->shown_keywords);
}

static void shown_clear(Shown *shown)
{
    g_free(shown->keywords);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Row, row_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shown, shown_clear)

/* --- counts ------------------------------------------------------------------------------- */

void shown_count(StoreWriter *writer, gint64 mailbox_id, int total, int unread, int flagged)
{
    if (mailbox_id == 0)
        return;
    CountDelta *delta = g_hash_table_lookup(writer->counts, &mailbox_id);
    if (delta == NULL) {
        delta = g_new0(CountDelta, 1);
        delta->mailbox_id = mailbox_id;
        g_hash_table_insert(writer->counts, &delta->mailbox_id, delta);
    }
    delta->total += total;
    delta->unread += unread;
    delta->flagged += flagged;
}

gboolean shown_write_counts(StoreWriter *writer, GError **error)
{
    if (g_hash_table_size(writer->counts) == 0)
        return TRUE;
    GHashTableIter iter;
    gpointer value;
    gboolean ok = TRUE;
    g_hash_table_iter_init(&iter, writer->counts);
    while (ok && g_hash_table_iter_next(&iter, NULL, &value)) {
        const CountDelta *delta = value;
        if (delta->total == 0 && delta->unread == 0 && delta->flagged == 0)
            continue;
        ok = database_run(
            writer->db, error,
            "UPDATE mailbox SET shown_total = shown_total + ?2, shown_unread = shown_unread + ?3,"
            " shown_flagged = shown_flagged + ?4 WHERE id = ?1",
            "iiii", delta->mailbox_id, (gint64) delta->total, (gint64) delta->unread,
            (gint64) delta->flagged);
    }
    if (ok)
        g_hash_table_remove_all(writer->counts);
    return ok;
}

void shown_forget_counts(StoreWriter *writer)
{
    g_hash_table_remove_all(writer->counts);
}

static void count_row(StoreWriter *writer, gint64 mailbox, MailFlags flags, int sign)
{
    shown_count(writer, mailbox, sign, (flags & MAIL_FLAG_SEEN) == 0 ? sign : 0,
                (flags & MAIL_FLAG_FLAGGED) != 0 ? sign : 0);
}

/* --- base + intents ----------------------------------------------------------------------- */

static gboolean read_row(StoreWriter *writer, gint64 message_id, Row *row, GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT content_id, thread_id, mailbox_id, base_flags, base_keywords, "
                                     "withheld, shown_mailbox, shown_flags,"
                                     " shown_keywords, pending, date FROM message WHERE id = ?",
                                     "i", message_id);
    if (s == NULL || !database_step(writer->db, s, &failed)) {
        if (failed != NULL)
            g_propagate_error(error, failed);
        else
            store_no_such(error, "message", message_id);
        return FALSE;
    }
    *row = (Row){
        .id = message_id,
        .content_id = column_int(s, 0),
        .thread_id = column_int(s, 1),
        .mailbox_id = column_int(s, 2),
        .base_flags = (MailFlags) column_int(s, 3),
        .base_keywords = column_text(s, 4),
        .withheld = column_int(s, 5) != 0,
        .shown_mailbox = column_int(s, 6),
        .shown_flags = (MailFlags) column_int(s, 7),
        .shown_keywords = column_text(s, 8),
        .pending = (int) column_int(s, 9),
        .date = column_int(s, 10),
    };
    database_done(s);
    return TRUE;
}

static void apply_intent(Shown *shown, sqlite3_stmt *s)
{
    gint64 target = column_int(s, 1);
    switch ((IntentKind) column_int(s, 0)) {
    case INTENT_FLAGS: {
        shown->flags = (shown->flags & ~(MailFlags) column_int(s, 3)) | (MailFlags) column_int(s, 2);
        char *keywords = flags_apply_keywords(shown->keywords, (const char *) sqlite3_column_text(s, 4),
                                              (const char *) sqlite3_column_text(s, 5));
        g_free(shown->keywords);
        shown->keywords = keywords;
        break;
    }
    case INTENT_MOVE:
    case INTENT_DELETE:
        /* 0, without a Trash: hidden until it is gone from the server; so is what is carried elsewhere, but for its copy. */
        shown->mailbox = column_int(s, 9) && !column_int(s, 6) ? 0 : target;
        break;
    case INTENT_EXPUNGE:
        shown->mailbox = 0;
        break;
    case INTENT_COPY:
    case INTENT_APPEND:
        if (column_int(s, 6)) /* this row is the copy */
            shown->mailbox = target;
        break;
    default:
        break;
    }
}

/* Links whose slice was done already are in the base. */
static gboolean compute(StoreWriter *writer, const Row *row, Shown *shown, GError **error)
{
    gboolean hidden = row->withheld && (row->base_flags & MAIL_FLAG_DELETED) != 0;
    *shown = (Shown){
        .mailbox = hidden ? 0 : row->mailbox_id,
        .flags = row->base_flags,
        .keywords = g_strdup(row->base_keywords),
    };
    GError *failed = NULL;
    sqlite3_stmt *s =
        database_query(writer->db, &failed,
                       "SELECT i.kind, i.target_mailbox_id, i.add_flags, i.remove_flags, i.add_keywords, "
                       "i.remove_keywords, 0, l.moved, i.id, i.carried"
                       " FROM intent_message l JOIN intent i ON i.id = l.intent_id WHERE l.message_id = ?1"
                       " AND i.state IN " INTENT_UNFINISHED_SQL
                       " UNION ALL SELECT i.kind, i.target_mailbox_id, i.add_flags, i.remove_flags, "
                       "i.add_keywords, i.remove_keywords, 1, l.moved, i.id, i.carried"
                       " FROM intent_message l JOIN intent i ON i.id = l.intent_id WHERE l.copy_id = ?1"
                       " AND i.state IN " INTENT_UNFINISHED_SQL " ORDER BY 9",
                       "i", row->id);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        shown->pending++;
        if (!column_int(s, 7))
            apply_intent(shown, s);
    }
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    return TRUE;
}

/* The lists that the row is in follow. The row itself is written already: the newest date of a thread is read
 * from it. */
static gboolean move_between_lists(StoreWriter *writer, const Row *row, const Shown *shown, GError **error)
{
    gboolean was_unread = (row->shown_flags & MAIL_FLAG_SEEN) == 0;
    gboolean unread = (shown->flags & MAIL_FLAG_SEEN) == 0;
    count_row(writer, row->shown_mailbox, row->shown_flags, -1);
    count_row(writer, shown->mailbox, shown->flags, 1);
    gboolean ok = TRUE;
    if (row->shown_mailbox != shown->mailbox) {
        if (row->shown_mailbox != 0)
            ok =
                threads_list_remove(writer, row->shown_mailbox, row->thread_id, row->date, was_unread, error);
        if (ok && shown->mailbox != 0)
            ok = threads_list_add(writer, shown->mailbox, row->thread_id, row->date, unread, error);
    } else if (was_unread != unread && shown->mailbox != 0) {
        ok = threads_list_unread(writer, shown->mailbox, row->thread_id, unread ? 1 : -1, error);
    }
    if (ok && (row->shown_mailbox != shown->mailbox || was_unread != unread))
        ok = views_message_changed(writer, row->id, row->thread_id, shown->mailbox, unread, error);
    return ok;
}

gboolean shown_update(StoreWriter *writer, gint64 message_id, GError **error)
{
    g_auto(Row) row = { 0 };
    g_auto(Shown) shown = { 0 };
    if (!read_row(writer, message_id, &row, error) || !compute(writer, &row, &shown, error))
        return FALSE;
    if (shown.mailbox == row.shown_mailbox && shown.flags == row.shown_flags &&
        shown.pending == row.pending && g_str_equal(shown.keywords, row.shown_keywords))
        return TRUE;
    sqlite3_stmt *s =
        database_query(writer->db, error,
                       "UPDATE message SET shown_mailbox = nullif(?2, 0), shown_flags = ?3, shown_keywords = "
                       "?4, unread = ?5,"
                       " deleted = ?6, pending = ?7 WHERE id = ?1",
                       "iiisiii", message_id, shown.mailbox, (gint64) shown.flags, shown.keywords,
                       (gint64) ((shown.flags & MAIL_FLAG_SEEN) == 0),
                       (gint64) ((shown.flags & MAIL_FLAG_DELETED) != 0), (gint64) shown.pending);
    if (s == NULL)
        return FALSE;
    GError *failed = NULL;
    database_step(writer->db, s, &failed);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    return move_between_lists(writer, &row, &shown, error);
}

gboolean shown_remove_row(StoreWriter *writer, gint64 message_id, GError **error)
{
    g_auto(Row) row = { 0 };
    if (!read_row(writer, message_id, &row, error) ||
        !views_message_gone(writer, message_id, row.thread_id, error) ||
        !database_run(writer->db, error, "DELETE FROM message WHERE id = ?", "i", message_id))
        return FALSE;
    count_row(writer, row.shown_mailbox, row.shown_flags, -1);
    if (row.shown_mailbox != 0 && !threads_list_remove(writer, row.shown_mailbox, row.thread_id, row.date,
                                                       (row.shown_flags & MAIL_FLAG_SEEN) == 0, error))
        return FALSE;
    return content_release(writer, row.content_id, row.thread_id, error);
}
