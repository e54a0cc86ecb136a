#include "config.h"

#include "store/thread_change.h"

#include "base/i18n.h"

typedef struct {
    gint64 hash, thread_id;
} Named; /* a message's place among the Message-IDs; hash 0: it has none */

static gboolean read_named(StoreWriter *writer, gint64 message_id, Named *named, GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(
        writer->db, &failed,
        "SELECT c.msgid_hash, m.thread_id FROM message m CROSS JOIN content c ON c.id = m.content_id WHERE m.id = ?", "i", message_id);
    *named = (Named){ 0, 0 };
    if (s != NULL && database_step(writer->db, s, &failed)) {
        *named = (Named){ column_int(s, 0), column_int(s, 1) };
        database_done(s);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

static gboolean need_hash(const Named *named, GError **error)
{
    if (named->hash != 0)
        return TRUE;
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_REFUSED,
                        _("This message has no Message-ID, by which a decision about its thread is remembered."));
    return FALSE;
}

/* parent: in words of SQL, NULL for none. */
static gboolean set_parent(StoreWriter *writer, const Named *named, const char *parent, GError **error)
{
    g_clear_pointer(&writer->thread_choices, g_hash_table_destroy);
    threads_mark(writer, named->thread_id);
    return database_run(writer->db, error, "UPDATE msgid SET parent = CAST(?2 AS INTEGER) WHERE hash = ?1", "is", named->hash, parent);
}

static gboolean set_muted(StoreWriter *writer, const Named *named, gboolean muted, GError **error)
{
    return database_run(writer->db, error, "UPDATE msgid SET muted = ?2 WHERE hash = ?1", "ii", named->hash, (gint64) muted);
}

static gboolean remember(StoreWriter *writer, const Intent *intent, const IntentLink *link, const Named *named, GError **error)
{
    return database_run(writer->db, error,
                        "UPDATE intent_message SET before_keywords = (SELECT iif(?4, muted, parent) FROM msgid WHERE hash = ?3)"
                        " WHERE intent_id = ?1 AND position = ?2",
                        "iiii", intent->id, link->position, named->hash,
                        (gint64) (intent->thread_change == THREAD_MUTE || intent->thread_change == THREAD_UNMUTE));
}

/* As the links of the group that is taken back say. */
static gboolean restore(StoreWriter *writer, const Intent *intent, const IntentLink *link, const Named *named, GError **error)
{
    GError *failed = NULL;
    g_autofree char *change = NULL, *before = NULL;
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT i.name, l.before_keywords FROM intent i CROSS JOIN intent_message l ON l.intent_id = i.id"
                                     " WHERE i.group_id = ?1 AND i.kind = ?2 AND l.message_id = ?3 ORDER BY i.id LIMIT 1",
                                     "iii", intent->undoes, (gint64) INTENT_THREAD, link->message_id);
    if (s != NULL && database_step(writer->db, s, &failed)) {
        change = column_text(s, 0);
        before = column_text(s, 1);
        database_done(s);
    }
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (change == NULL || named->hash == 0)
        return TRUE;
    if (g_str_equal(change, "mute") || g_str_equal(change, "unmute"))
        return set_muted(writer, named, g_strcmp0(before, "1") == 0, error);
    return set_parent(writer, named, before, error);
}

static gboolean change_one(StoreWriter *writer, const Intent *intent, const IntentLink *link, gint64 parent, GError **error)
{
    Named named;
    if (link->message_id == 0)
        return TRUE;
    if (!read_named(writer, link->message_id, &named, error))
        return FALSE;
    if (intent->thread_change == THREAD_RESTORE)
        return restore(writer, intent, link, &named, error);
    if (intent->thread_change == THREAD_MUTE || intent->thread_change == THREAD_UNMUTE)
        return named.hash == 0 || (remember(writer, intent, link, &named, error) &&
                                   set_muted(writer, &named, intent->thread_change == THREAD_MUTE, error));
    if (!need_hash(&named, error))
        return FALSE;
    if (parent == named.hash)
        return TRUE; /* another copy of the same message */
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, parent);
    return remember(writer, intent, link, &named, error) && set_parent(writer, &named, text, error);
}

gboolean thread_change_effect(StoreWriter *writer, const Intent *intent, const GArray *links, GError **error)
{
    Named parent = { 0, 0 };
    if (intent->thread_change == THREAD_JOIN &&
        (!read_named(writer, intent->parent_id, &parent, error) || !need_hash(&parent, error)))
        return FALSE;
    for (guint i = 0; i < links->len; i++)
        if (!change_one(writer, intent, &g_array_index(links, IntentLink, i), parent.hash, error))
            return FALSE;
    return database_run(writer->db, error, "UPDATE intent SET name = ?2 WHERE id = ?1", "is", intent->id,
                        thread_change_name(intent->thread_change)) &&
           journal_mark(writer, intent->id, INTENT_DONE, NULL, error);
}

/* --- muted threads ---------------------------------------------------------------------------------------- */

gboolean store_writer_is_muted(StoreWriter *writer, gint64 message_id)
{
    return database_int(writer->db, NULL, 0,
                        "SELECT 1 FROM msgid i INDEXED BY msgid_muted WHERE i.muted = 1 AND i.thread_id = (SELECT thread_id FROM message"
                        " WHERE id = ?) LIMIT 1",
                        "i", message_id) != 0;
}

gboolean thread_hear_keywords(StoreWriter *writer, gint64 message_id, const char *before, const char *now, GError **error)
{
    gboolean was = keywords_contain(before, THREAD_MUTED_KEYWORD), is = keywords_contain(now, THREAD_MUTED_KEYWORD);
    Named named;
    if (was == is)
        return TRUE;
    return read_named(writer, message_id, &named, error) && (named.hash == 0 || set_muted(writer, &named, is, error));
}
