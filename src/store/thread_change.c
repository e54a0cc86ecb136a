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

static gboolean any_is_muted(StoreWriter *writer)
{
    return database_int(writer->db, NULL, 0, "SELECT 1 FROM msgid INDEXED BY msgid_muted WHERE muted = 1 LIMIT 1", "") != 0;
}

#define LOOKED_AT_SETTING "muted-looked-at"
#define MOST_ARRIVALS 1000
#define MUTED_SQL "EXISTS (SELECT 1 FROM msgid i INDEXED BY msgid_muted WHERE i.thread_id = m.thread_id AND i.muted = 1)"

static GArray *unread_after(StoreWriter *writer, gint64 looked_at, gint64 until)
{
    GArray *arrived = g_array_new(FALSE, FALSE, sizeof(StoreMutedArrival));
    sqlite3_stmt *s = database_query(writer->db, NULL,
                                     "SELECT id, shown_mailbox FROM message m WHERE id > ?1 AND id <= ?2 AND unread = 1"
                                     " AND shown_mailbox IS NOT NULL AND " MUTED_SQL " ORDER BY shown_mailbox, id",
                                     "ii", looked_at, until);
    while (s != NULL && database_step(writer->db, s, NULL)) {
        StoreMutedArrival one = { column_int(s, 0), column_int(s, 1) };
        g_array_append_val(arrived, one);
    }
    return arrived;
}

GArray *store_writer_muted_arrivals(StoreWriter *writer)
{
    gint64 newest = database_int(writer->db, NULL, 0, "SELECT max(id) FROM message", "");
    if (!any_is_muted(writer)) {
        writer->muted_looked_at = newest; /* what is here when the first thread is muted is for whoever mutes it */
        return g_array_new(FALSE, FALSE, sizeof(StoreMutedArrival));
    }
    gint64 kept = database_int(writer->db, NULL, 0, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = ?", "s", LOOKED_AT_SETTING);
    gint64 from = MAX(writer->muted_looked_at, kept);
    if (from == 0)
        from = newest;
    gint64 until = MIN(newest, from + MOST_ARRIVALS);
    GArray *arrived = unread_after(writer, from, until);
    writer->muted_looked_at = until;
    if (until != kept) {
        g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, until);
        store_writer_set_setting(writer, LOOKED_AT_SETTING, text, NULL);
    }
    return arrived;
}

guint store_writer_muted_among(StoreWriter *writer, gint64 mailbox_id, guint count)
{
    if (count == 0 || !any_is_muted(writer))
        return 0;
    return (guint) database_int(writer->db, NULL, 0,
                                "SELECT count(*) FROM (SELECT thread_id FROM message WHERE mailbox_id = ?1 AND uid IS NOT NULL ORDER BY uid"
                                " DESC LIMIT ?2) m WHERE " MUTED_SQL,
                                "ii", mailbox_id, (gint64) count);
}

gboolean thread_hear_keywords(StoreWriter *writer, gint64 message_id, const char *before, const char *now, GError **error)
{
    gboolean was = keywords_contain(before, THREAD_MUTED_KEYWORD), is = keywords_contain(now, THREAD_MUTED_KEYWORD);
    Named named;
    if (was == is)
        return TRUE;
    return read_named(writer, message_id, &named, error) && (named.hash == 0 || set_muted(writer, &named, is, error));
}
