/* Contents: what a message is, once, however many placements it has. */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "store/envelope.h"
#include "store/store-private.h"
#include "store/thread_subjects.h"

/* Of a hostile list of references the oldest and the newest are kept: where the thread began and what is
 * answered. */
#define MOST_REFS 100
/* Sort keys are cut: what lies behind decides no order that anyone looks at, and the indexes stay small. */
#define KEY_BYTES 40

void store_content_clear(StoreContent *content)
{
    g_free(content->from_key);
    g_free(content->subject_key);
}

/* FNV-1a, mixed (MurmurHash3's finaliser). That somebody can make two Message-IDs with the same hash gives
 * him nothing: he can also just name another message's thread in References, and sharing a content compares
 * the whole Message-ID. */
gint64 content_hash_id(const char *message_id)
{
    guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);
    for (const guchar *p = (const guchar *) message_id; *p != '\0'; p++)
        hash = (hash ^ *p) * G_GUINT64_CONSTANT(0x100000001b3);
    hash ^= hash >> 33;
    hash *= G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    return hash == 0 ? 1 : (gint64) hash;
}

static GArray *hash_refs(char **references, gint64 own)
{
    GArray *refs = g_array_new(FALSE, FALSE, sizeof(gint64));
    guint count = g_strv_length(references);
    for (guint i = 0; i < count; i++) {
        if (count > MOST_REFS && i == MOST_REFS / 2)
            i = count - MOST_REFS / 2;
        gint64 hash = content_hash_id(references[i]);
        gboolean known = hash == own;
        for (guint j = 0; j < refs->len && !known; j++)
            known = g_array_index(refs, gint64, j) == hash;
        if (!known)
            g_array_append_val(refs, hash);
    }
    return refs;
}

static char *sort_key(const char *text)
{
    g_autofree char *key = text_sort_key(text != NULL ? text : "", -1);
    if (strlen(key) <= KEY_BYTES)
        return g_steal_pointer(&key);
    const char *end = g_utf8_find_prev_char(key, key + KEY_BYTES + 1);
    return g_strndup(key, end != NULL ? (gsize) (end - key) : 0);
}

static void make_keys(const MessageSummary *summary, StoreContent *content)
{
    const char *from = NULL;
    if (summary->from->len > 0) {
        const MailAddress *first = g_ptr_array_index(summary->from, 0);
        from = first->name != NULL && *first->name != '\0' ? first->name : first->address;
    }
    g_autofree char *subject = message_base_subject(summary->subject != NULL ? summary->subject : "", NULL);
    content->from_key = sort_key(from);
    content->subject_key = sort_key(subject);
}

static gboolean same_message_id(sqlite3_stmt *s, int column, const char *message_id)
{
    g_autoptr(MessageSummary) summary =
        envelope_read(sqlite3_column_blob(s, column), (gsize) sqlite3_column_bytes(s, column), 0);
    return g_strcmp0(summary->message_id, message_id) == 0;
}

/* The content that certainly is this message: the same account, Message-ID, size, Date and moment of delivery
 * (which a server's COPY keeps). Message-ID, size and Date alone would let a stranger, who knows them from a
 * list that both read, have his text shown in place of another's. 0: none, or *failed. */
static gint64 find_shared(StoreWriter *writer, gint64 account_id, const char *message_id,
                          const StoreContent *content, GError **failed)
{
    if (message_id == NULL || content->size == 0)
        return 0;
    sqlite3_stmt *s = database_query(writer->db, failed,
                                     "SELECT c.id, c.envelope FROM msgid i JOIN content c ON c.id = "
                                     "i.content_id WHERE i.hash = ?1 AND c.account_id = ?2"
                                     " AND c.size = ?3 AND c.date = ?4 AND c.internal_date = ?5",
                                     "iiiii", content->msgid_hash, account_id, content->size, content->date,
                                     content->internal_date);
    if (s == NULL || !database_step(writer->db, s, failed))
        return 0;
    gint64 id = same_message_id(s, 1, message_id) ? column_int(s, 0) : 0;
    database_done(s);
    return id;
}

static gboolean insert(StoreWriter *writer, gint64 account_id, const MessageSummary *summary,
                       const GArray *refs, StoreContent *content, GError **error)
{
    g_autoptr(GString) envelope = g_string_sized_new(256);
    envelope_append(envelope, summary);
    const void *ref_bytes = refs->len > 0 ? refs->data : NULL;
    gboolean ok =
        content->msgid_hash != 0
            ? database_run(writer->db, error,
                           "INSERT INTO content (account_id, placements, date, internal_date, size, refs, "
                           "envelope, msgid_hash, subject_hash)"
                           " VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                           "iiiibbii", account_id, content->date, content->internal_date, content->size,
                           ref_bytes, (gint64) (refs->len * sizeof(gint64)), envelope->str,
                           (gint64) envelope->len, content->msgid_hash, content->subject_hash)
            : database_run(
                  writer->db, error,
                  "INSERT INTO content (account_id, placements, date, internal_date, size, refs, envelope, subject_hash)"
                  " VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7)",
                  "iiiibbi", account_id, content->date, content->internal_date, content->size, ref_bytes,
                  (gint64) (refs->len * sizeof(gint64)), envelope->str, (gint64) envelope->len, content->subject_hash);
    content->content_id = database_last_id(writer->db);
    return ok;
}

gboolean content_put(StoreWriter *writer, gint64 account_id, const MessageSummary *summary,
                     gint64 internal_date, guint64 size, StoreContent *content, GError **error)
{
    GError *failed = NULL;
    content->date = summary->date != 0 ? summary->date : internal_date;
    content->internal_date = internal_date;
    content->size = (gint64) MIN(size, (guint64) G_MAXINT64);
    content->msgid_hash = summary->message_id != NULL ? content_hash_id(summary->message_id) : 0;
    make_keys(summary, content);
    content->subject_hash = thread_subject_hash(summary->subject);
    g_autoptr(GArray) refs = hash_refs(summary->references, content->msgid_hash);
    content->content_id = find_shared(writer, account_id, summary->message_id, content, &failed);
    if (failed == NULL && content->content_id != 0)
        database_run(writer->db, &failed, "UPDATE content SET placements = placements + 1 WHERE id = ?", "i",
                     content->content_id);
    else if (failed == NULL)
        insert(writer, account_id, summary, refs, content, &failed);
    if (failed == NULL)
        content->thread_id =
            threads_join(writer, content, (const gint64 *) (const void *) refs->data, refs->len, &failed);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean content_release(StoreWriter *writer, gint64 content_id, gint64 thread_id, GError **error)
{
    Database *db = writer->db;
    GError *failed = NULL;
    gint64 left = database_int(
        db, &failed, 0, "UPDATE content SET placements = placements - 1 WHERE id = ? RETURNING placements",
        "i", content_id);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (left > 0)
        return TRUE;
    threads_mark(writer, thread_id);
    return database_run(db, error,
                        "UPDATE msgid SET content_id = NULL WHERE hash = (SELECT msgid_hash FROM content "
                        "WHERE id = ?1) AND content_id = ?1",
                        "i", content_id) &&
           bodies_drop(writer, content_id, error) && structure_drop(writer, content_id, error) &&
           database_run(db, error, "DELETE FROM to_index WHERE content_id = ?", "i", content_id) &&
           database_run(db, error, "DELETE FROM content WHERE id = ?", "i", content_id);
}
