/* The full-text index (fulltext.h). */
#include "config.h"

#include "store/fulltext.h"

#include <string.h>

#include "base/text.h"
#include "store/envelope.h"
#include "store/reader-private.h"
#include "store/store-private.h"

#define INDEXED_HEADINGS "(SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM setting WHERE name = 'indexed-headings')"

/* --- headings -------------------------------------------------------------------------------------------- */

static char *address_words(const GPtrArray *addresses)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < addresses->len; i++) {
        const MailAddress *address = g_ptr_array_index(addresses, i);
        g_string_append_printf(all, "%s %s\n", address->name != NULL ? address->name : "", address->address != NULL ? address->address : "");
    }
    return text_words(all->str, (gssize) all->len);
}

static gboolean index_heading(StoreWriter *writer, gint64 content_id, const MessageSummary *summary, GError **error)
{
    g_autofree char *from = address_words(summary->from);
    g_autofree char *sender = address_words(summary->sender);
    g_autofree char *reply_to = address_words(summary->reply_to);
    g_autofree char *to = address_words(summary->to);
    g_autofree char *cc = address_words(summary->cc);
    g_autofree char *bcc = address_words(summary->bcc);
    g_autofree char *subject = text_words(summary->subject != NULL ? summary->subject : "", -1);
    return database_run(writer->db, error,
                        "INSERT INTO heading_words (rowid, author, sender, reply_to, recipient, copy, blind_copy, subject)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                        "isssssss", content_id, from, sender, reply_to, to, cc, bcc, subject);
}

gboolean store_writer_index_headings(StoreWriter *writer, guint most, guint *done, GError **error)
{
    GError *failed = NULL;
    gint64 last = 0;
    *done = 0;
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    sqlite3_stmt *s = database_query(writer->db, &failed, "SELECT id, envelope FROM content WHERE id > " INDEXED_HEADINGS " ORDER BY id LIMIT ?",
                                     "i", (gint64) most);
    while (s != NULL && failed == NULL && database_step(writer->db, s, &failed)) {
        g_autoptr(MessageSummary) summary = envelope_read(sqlite3_column_blob(s, 1), (gsize) sqlite3_column_bytes(s, 1), 0);
        last = column_int(s, 0);
        index_heading(writer, last, summary, &failed);
        ++*done;
    }
    database_done(s);
    if (failed == NULL && *done > 0)
        database_run(writer->db, &failed, "INSERT OR REPLACE INTO setting (name, value) VALUES ('indexed-headings', ?)", "i", last);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, failed == NULL, error);
}

/* --- files and texts --------------------------------------------------------------------------------------- */

gboolean fulltext_note(StoreWriter *writer, gint64 content_id, GError **error)
{
    return database_run(writer->db, error, "INSERT OR IGNORE INTO to_index SELECT id FROM content WHERE id = ?1 AND indexed <> ?2", "ii",
                        content_id, (gint64) (STORE_INDEXED_FILES | STORE_INDEXED_TEXT));
}

GArray *store_writer_to_index(StoreWriter *writer, guint most, GError **error)
{
    GError *failed = NULL;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(StoreToIndex));
    /* Newest first: what came last is what is looked for first. */
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT t.content_id, coalesce((SELECT m.id FROM message m WHERE m.content_id = t.content_id"
                                     " AND m.shown_mailbox IS NOT NULL LIMIT 1), 0) FROM to_index t ORDER BY t.content_id DESC LIMIT ?",
                                     "i", (gint64) most);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        StoreToIndex one = { column_int(s, 0), column_int(s, 1) };
        g_array_append_val(found, one);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return found;
}

static gint64 indexed(Database *db, gint64 content_id, GError **failed)
{
    return database_int(db, failed, -1, "SELECT indexed FROM content WHERE id = ?", "i", content_id);
}

gboolean store_writer_index_content(StoreWriter *writer, gint64 content_id, const char *files, const char *text, GError **error)
{
    GError *failed = NULL;
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gint64 had = indexed(writer->db, content_id, &failed), now = had;
    if (failed == NULL && had >= 0 && files != NULL && (had & STORE_INDEXED_FILES) == 0) {
        now |= STORE_INDEXED_FILES;
        if (*files != '\0')
            database_run(writer->db, &failed, "INSERT INTO file_words (rowid, name) VALUES (?, ?)", "is", content_id, files);
    }
    if (failed == NULL && had >= 0 && text != NULL && (had & STORE_INDEXED_TEXT) == 0) {
        now |= STORE_INDEXED_TEXT;
        database_run(writer->db, &failed, "INSERT INTO text_words (rowid, body) VALUES (?, ?)", "is", content_id, text);
    }
    if (failed == NULL && now != had)
        database_run(writer->db, &failed, "UPDATE content SET indexed = ?2 WHERE id = ?1", "ii", content_id, now);
    if (failed == NULL)
        database_run(writer->db, &failed, "DELETE FROM to_index WHERE content_id = ?", "i", content_id);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, failed == NULL, error);
}

/* --- reading --------------------------------------------------------------------------------------------------- */

/* sql is a literal, as database_prepare() asks. */
static gboolean add_found(StoreReader *reader, IdSet *found, const char *sql, const char *expression, GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(reader->db, &failed, sql, "s", expression);
    while (s != NULL && database_step(reader->db, s, &failed))
        id_set_add(found, column_int(s, 0));
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

IdSet *store_reader_find_words(StoreReader *reader, StoreWords where, const char *words, GError **error)
{
    static const char *const columns[] = { "author", "sender", "reply_to", "recipient", "copy", "blind_copy", "subject" };
    g_autoptr(IdSet) found = id_set_new();
    g_autoptr(GString) heading = g_string_new("{");
    g_autofree char *phrase = g_strdup_printf(text_words_may_go_on(words) ? "\"%s\" *" : "\"%s\"", words);
    for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
        if ((where & (1u << i)) != 0)
            g_string_append_printf(heading, " %s", columns[i]);
    g_string_append_printf(heading, " } : %s", phrase);
    gboolean ok = *words == '\0' ||
                  (((where & STORE_WORDS_HEADING) == 0 ||
                    add_found(reader, found, "SELECT rowid FROM heading_words WHERE heading_words MATCH ?", heading->str, error)) &&
                   ((where & STORE_WORDS_FILE) == 0 ||
                    add_found(reader, found, "SELECT rowid FROM file_words WHERE file_words MATCH ?", phrase, error)) &&
                   ((where & STORE_WORDS_TEXT) == 0 ||
                    add_found(reader, found, "SELECT rowid FROM text_words WHERE text_words MATCH ?", phrase, error)));
    return ok ? g_steal_pointer(&found) : NULL;
}

gint64 store_reader_indexed_headings(StoreReader *reader)
{
    return database_int(reader->db, NULL, 0, "SELECT " INDEXED_HEADINGS, "");
}

static IdSet *ids_of(StoreReader *reader, const char *sql)
{
    IdSet *found = id_set_new();
    sqlite3_stmt *s = database_query(reader->db, NULL, sql, "");
    while (s != NULL && database_step(reader->db, s, NULL))
        id_set_add(found, column_int(s, 0));
    return found;
}

IdSet *store_reader_not_yet_indexed(StoreReader *reader)
{
    return ids_of(reader, "SELECT content_id FROM to_index");
}

IdSet *store_reader_text_not_indexed(StoreReader *reader)
{
    return ids_of(reader, "SELECT id FROM content WHERE (indexed & 2) = 0");
}

gint64 store_reader_last_content(StoreReader *reader)
{
    return database_int(reader->db, NULL, 0, "SELECT max(id) FROM content", "");
}

StoreIndexed store_reader_indexed(StoreReader *reader, gint64 content_id)
{
    gint64 mask = indexed(reader->db, content_id, NULL);
    return mask > 0 ? (StoreIndexed) mask : 0;
}

GPtrArray *store_reader_rows_of_content(StoreReader *reader, gint64 content_id)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify) store_list_row_free);
    sqlite3_stmt *s = database_query(reader->db, NULL,
                                     "SELECT " LIST_ROW_COLUMNS " FROM message m CROSS JOIN content c ON c.id = m.content_id"
                                     " WHERE m.content_id = ? AND m.shown_mailbox IS NOT NULL ORDER BY m.id",
                                     "i", content_id);
    while (s != NULL && database_step(reader->db, s, NULL))
        g_ptr_array_add(rows, list_row_read(s, STORE_ORDER_DATE));
    return rows;
}
