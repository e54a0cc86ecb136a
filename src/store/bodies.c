/* Bodies of parts, as they came over the wire: a cache. Small ones are rows, large ones files (body_files.c).
 */
#include "config.h"

#include <string.h>

#include "store/body_files.h"
#include "store/letters.h"
#include "store/reader-private.h"
#include "store/store-private.h"

/* A mail's text is nearly always smaller; what is larger would bloat the database and pass through memory
 * whole. */
#define MOST_IN_ROW (64 * 1024)

struct StoreBodySink {
    StoreWriter *writer;
    gint64 content_id;
    char *section;
    GByteArray *small; /* until it grows too large for a row */
    BodyFile *file;    /* then */
};

static gint64 content_of(StoreWriter *writer, gint64 message_id, GError **error)
{
    GError *failed = NULL;
    gint64 id =
        database_int(writer->db, &failed, 0, "SELECT content_id FROM message WHERE id = ?", "i", message_id);
    if (failed != NULL)
        g_propagate_error(error, failed);
    else if (id == 0)
        store_no_such(error, "message", message_id);
    return id;
}

/* The file goes when no row names it any more, and only after the commit: a row must never name a file that
 * is gone. */
static gboolean forget_files(StoreWriter *writer, const char *sql, gint64 id, const char *section,
                             GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s = section != NULL ? database_query(writer->db, &failed, sql, "is", id, section)
                                      : database_query(writer->db, &failed, sql, "i", id);
    while (s != NULL && database_step(writer->db, s, &failed))
        g_ptr_array_add(writer->loose_files, column_text(s, 0));
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

static gboolean put_row(StoreWriter *writer, gint64 content_id, const char *section, gint64 size, gint64 used,
                        const char *file, const void *bytes, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok =
        forget_files(writer,
                     "SELECT file FROM body WHERE content_id = ?1 AND section = ?2 AND file IS NOT NULL",
                     content_id, section, error) &&
        database_run(
            writer->db, error,
            "INSERT INTO body (content_id, section, size, used, file, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
            " ON CONFLICT (content_id, section) DO UPDATE SET size = ?3, used = ?4, file = ?5, bytes = ?6",
            "isiisb", content_id, section, size, used, file, bytes, size) &&
        (strcmp(section, "HEADER") == 0 || fulltext_note(writer, content_id, error));
    return store_end(writer, ok, error);
}

gboolean bodies_put_external(StoreWriter *writer, gint64 content_id, const char *path, guint64 size,
                             GError **error)
{
    return put_row(writer, content_id, "", (gint64) size, STORE_USED_NEVER_EVICTED, path, NULL, error);
}

gboolean bodies_drop(StoreWriter *writer, gint64 content_id, GError **error)
{
    return forget_files(writer, "SELECT file FROM body WHERE content_id = ?1 AND file IS NOT NULL",
                        content_id, NULL, error) &&
           database_run(writer->db, error, "DELETE FROM body WHERE content_id = ?", "i", content_id);
}

void bodies_remove_loose_files(StoreWriter *writer)
{
    for (guint i = 0; i < writer->loose_files->len; i++) {
        const char *file = g_ptr_array_index(writer->loose_files, i);
        if (database_int(writer->db, NULL, 0, "SELECT 1 FROM body WHERE file = ? LIMIT 1", "s", file) != 0)
            continue;
        if (*file != '/')
            body_file_remove(writer->body_directory, file);
        else if (database_int(writer->db, NULL, 0, "SELECT 1 FROM intent WHERE path = ?1 AND state <> ?2 LIMIT 1", "si", file,
                              (gint64) INTENT_DONE) == 0)
            letters_remove(writer->path, file);
    }
    g_ptr_array_set_size(writer->loose_files, 0);
}

/* The moment for "used", which never goes back: with a clock that was set back what is read now would look older than what nobody has
 * looked at for long, and go first. */
static gint64 use_moment(StoreWriter *writer)
{
    if (writer->last_used == 0)
        writer->last_used = database_int(writer->db, NULL, 0, "SELECT max(used) FROM body WHERE kept = 0 AND used < ?", "i", STORE_USED_NEVER_EVICTED);
    writer->last_used = MAX(g_get_real_time(), writer->last_used + 1);
    return writer->last_used;
}

/* --- storing ------------------------------------------------------------------------------- */

StoreBodySink *store_writer_body_begin(StoreWriter *writer, gint64 message_id, const char *section,
                                       GError **error)
{
    gint64 content_id = content_of(writer, message_id, error);
    if (content_id == 0)
        return NULL;
    StoreBodySink *sink = g_new0(StoreBodySink, 1);
    sink->writer = writer;
    sink->content_id = content_id;
    sink->section = g_strdup(section);
    sink->small = g_byte_array_new();
    return sink;
}

gboolean store_body_sink_write(StoreBodySink *sink, const void *bytes, gsize length, GError **error)
{
    if (sink->file == NULL) {
        if (length <= MOST_IN_ROW && sink->small->len + length <= MOST_IN_ROW) {
            g_byte_array_append(sink->small, bytes, (guint) length);
            return TRUE;
        }
        sink->file = body_file_new(sink->writer->body_directory, error);
        if (sink->file == NULL || !body_file_write(sink->file, sink->small->data, sink->small->len, error))
            return FALSE;
        g_byte_array_set_size(sink->small, 0);
    }
    return body_file_write(sink->file, bytes, length, error);
}

void store_body_sink_abort(StoreBodySink *sink)
{
    if (sink == NULL)
        return;
    body_file_abort(sink->file);
    g_byte_array_unref(sink->small);
    g_free(sink->section);
    g_free(sink);
}

gboolean store_body_sink_finish(StoreBodySink *sink, GError **error)
{
    StoreWriter *writer = sink->writer;
    gint64 now = use_moment(writer);
    gboolean ok = FALSE;
    if (!database_int(writer->db, NULL, 0, "SELECT 1 FROM content WHERE id = ?", "i", sink->content_id)) {
        store_no_such(error, "message", sink->content_id);
    } else if (sink->file == NULL) {
        ok = put_row(writer, sink->content_id, sink->section, sink->small->len, now, NULL,
                     sink->small->data != NULL ? (const void *) sink->small->data : "", error);
    } else {
        guint64 size = 0;
        g_autofree char *name = body_file_finish(g_steal_pointer(&sink->file), &size, error);
        ok = name != NULL &&
             put_row(writer, sink->content_id, sink->section, (gint64) size, now, name, NULL, error);
    }
    store_body_sink_abort(sink);
    return ok;
}

gboolean store_writer_put_body(StoreWriter *writer, gint64 message_id, const char *section, GBytes *bytes,
                               GError **error)
{
    StoreBodySink *sink = store_writer_body_begin(writer, message_id, section, error);
    if (sink == NULL)
        return FALSE;
    gsize length = 0;
    const void *data = g_bytes_get_data(bytes, &length);
    if (length > 0 && !store_body_sink_write(sink, data, length, error)) {
        store_body_sink_abort(sink);
        return FALSE;
    }
    return store_body_sink_finish(sink, error);
}

gboolean store_writer_body_used(StoreWriter *writer, gint64 message_id, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error,
                               "UPDATE body SET used = ?2 WHERE content_id = (SELECT content_id FROM message "
                               "WHERE id = ?1) AND used < ?2",
                               "ii", message_id, use_moment(writer));
    return store_end(writer, ok, error);
}

gboolean store_writer_evict(StoreWriter *writer, guint64 limit, guint64 *freed, GError **error)
{
    if (freed != NULL)
        *freed = 0;
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    GError *failed = NULL;
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(gint64));
    gint64 held = database_int(writer->db, &failed, 0, "SELECT total(size) FROM body WHERE kept = 0 AND used < ?", "i",
                               STORE_USED_NEVER_EVICTED);
    gint64 before = held;
    sqlite3_stmt *s = failed != NULL || held <= (gint64) MIN(limit, (guint64) G_MAXINT64)
                          ? NULL
                          : database_query(writer->db, &failed,
                                           "SELECT id, size, file FROM body WHERE kept = 0 AND used < ? ORDER BY used",
                                           "i", STORE_USED_NEVER_EVICTED);
    while (s != NULL && held > (gint64) limit && database_step(writer->db, s, &failed)) {
        gint64 id = column_int(s, 0);
        held -= column_int(s, 1);
        g_array_append_val(out, id);
        if (sqlite3_column_type(s, 2) != SQLITE_NULL)
            g_ptr_array_add(writer->loose_files, column_text(s, 2));
    }
    database_done(s);
    for (guint i = 0; i < out->len && failed == NULL; i++)
        database_run(writer->db, &failed, "DELETE FROM body WHERE id = ?", "i",
                     g_array_index(out, gint64, i));
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    else if (freed != NULL)
        *freed = (guint64) (before - held);
    return store_end(writer, ok, error);
}

/* --- reading -------------------------------------------------------------------------------- */

static sqlite3_stmt *find_body(StoreReader *reader, gint64 message_id, const char *section)
{
    sqlite3_stmt *s = database_query(reader->db, NULL,
                                     "SELECT b.file, b.bytes FROM message m JOIN body b ON b.content_id = "
                                     "m.content_id WHERE m.id = ?1 AND b.section = ?2",
                                     "is", message_id, section);
    return s != NULL && database_step(reader->db, s, NULL) ? s : NULL;
}

gboolean store_reader_has_body(StoreReader *reader, gint64 message_id, const char *section)
{
    sqlite3_stmt *s = find_body(reader, message_id, section);
    database_done(s);
    return s != NULL;
}

char *store_reader_body_path(StoreReader *reader, gint64 message_id, const char *section)
{
    sqlite3_stmt *s = find_body(reader, message_id, section);
    if (s == NULL)
        return NULL;
    const char *file = (const char *) sqlite3_column_text(s, 0);
    char *path = file != NULL ? body_file_path(reader->body_directory, file) : NULL;
    database_done(s);
    return path;
}

GBytes *store_reader_body(StoreReader *reader, gint64 message_id, const char *section)
{
    sqlite3_stmt *s = find_body(reader, message_id, section);
    if (s == NULL)
        return NULL;
    GBytes *bytes = NULL;
    const char *file = (const char *) sqlite3_column_text(s, 0);
    if (file != NULL) {
        g_autofree char *path = body_file_path(reader->body_directory, file);
        g_autoptr(GMappedFile) mapped = g_mapped_file_new(path, FALSE, NULL);
        bytes = mapped != NULL ? g_mapped_file_get_bytes(mapped) : NULL;
    } else {
        bytes = g_bytes_new(sqlite3_column_blob(s, 1), (gsize) sqlite3_column_bytes(s, 1));
    }
    database_done(s);
    return bytes;
}
