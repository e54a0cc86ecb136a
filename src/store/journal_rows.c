/* The journal's rows, read and written. */
#include "config.h"

#include "store/journal-private.h"
#include "store/reader-private.h"
#include "store/uidtext.h"

void journal_note(StoreWriter *writer, gint64 intent_id)
{
    g_hash_table_add(writer->log_dirty, g_memdup2(&intent_id, sizeof intent_id));
}

gboolean journal_is_unfinished(IntentState state)
{
    return (INTENT_UNFINISHED_MASK & 1u << state) != 0;
}

gboolean journal_is_about_messages(IntentKind kind)
{
    return (kind < INTENT_CREATE_MAILBOX && kind != INTENT_APPEND) || kind == INTENT_THREAD;
}

Intent *journal_intent_from_row(sqlite3_stmt *s)
{
    Intent *intent = intent_new((IntentKind) column_int(s, 1));
    intent->id = column_int(s, 0);
    intent->state = (IntentState) column_int(s, 2);
    intent->recovery = column_int(s, 3) != 0;
    intent->account_id = column_int(s, 4);
    intent->mailbox_id = column_int(s, 5);
    intent->uidvalidity = (guint32) column_int(s, 6);
    intent->uids = column_text(s, 7);
    intent->cursor = column_int(s, 8);
    intent->target_mailbox_id = column_int(s, 9);
    intent->target_uidvalidity = (guint32) column_int(s, 10);
    intent->target_uidnext = (guint32) column_int(s, 11);
    intent->add = (MailFlags) column_int(s, 12);
    intent->remove = (MailFlags) column_int(s, 13);
    intent->add_keywords = column_text(s, 14);
    intent->remove_keywords = column_text(s, 15);
    intent->name = column_text(s, 16);
    intent->path = column_text(s, 17);
    intent->created = column_int(s, 18);
    intent->group = column_int(s, 19);
    intent->undoes = column_int(s, 20);
    intent->tries = (guint) column_int(s, 21);
    intent->error = column_text(s, 22);
    intent->carried = column_int(s, 23) != 0;
    return intent;
}

/* The UIDs of an unfinished intent are those of its links: they follow the messages. A finished one keeps
 * what it was. */
static gboolean load_targets(Database *db, Intent *intent, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    sqlite3_stmt *s = database_query(
        db, &failed,
        "SELECT message_id, uid, copy_id FROM intent_message WHERE intent_id = ? ORDER BY position", "i",
        intent->id);
    while (s != NULL && database_step(db, s, &failed)) {
        intent->count++;
        gint64 id = intent->kind == INTENT_APPEND ? column_int(s, 2) : column_int(s, 0);
        guint32 uid = (guint32) column_int(s, 1);
        if (id != 0)
            g_array_append_val(intent->message_ids, id);
        if (uid != 0)
            g_array_append_val(uids, uid);
    }
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (intent->kind == INTENT_SEND)
        return outbox_load(db, intent, error);
    if (journal_is_unfinished(intent->state)) {
        g_free(intent->uids);
        intent->uids = uidtext_format(uids);
    } else if (intent->count == 0) { /* what it removed is no longer there */
        g_autoptr(GArray) frozen = intent->uids != NULL ? uidtext_parse(intent->uids, G_MAXUINT) : NULL;
        intent->count = frozen != NULL ? frozen->len : 0;
    }
    return TRUE;
}

GPtrArray *journal_select(Database *db, GError **error, const char *sql, gint64 a, gint64 b)
{
    GError *failed = NULL;
    g_autoptr(GPtrArray) intents = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    sqlite3_stmt *s = database_query(db, &failed, sql, "ii", a, b);
    while (s != NULL && database_step(db, s, &failed))
        g_ptr_array_add(intents, journal_intent_from_row(s));
    for (guint i = 0; i < intents->len && failed == NULL; i++)
        load_targets(db, g_ptr_array_index(intents, i), &failed);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return NULL;
    }
    return g_steal_pointer(&intents);
}

Intent *journal_read(Database *db, gint64 intent_id, GError **error)
{
    g_autoptr(GPtrArray) found = journal_select(
        db, error, "SELECT " INTENT_COLUMNS " FROM intent WHERE id IN (?1, ?2)", intent_id, intent_id);
    if (found == NULL)
        return NULL;
    if (found->len == 0) {
        store_no_such(error, "intent", intent_id);
        return NULL;
    }
    return g_ptr_array_steal_index(found, 0);
}

static void link_clear(gpointer data)
{
    g_free(((IntentLink *) data)->before_keywords);
}

GArray *journal_links(Database *db, gint64 intent_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) links = g_array_new(FALSE, FALSE, sizeof(IntentLink));
    g_array_set_clear_func(links, link_clear);
    sqlite3_stmt *s = database_query(
        db, &failed,
        "SELECT position, message_id, uid, copy_id, moved, before_flags, before_keywords, step FROM intent_message"
        " WHERE intent_id = ? ORDER BY position",
        "i", intent_id);
    while (s != NULL && database_step(db, s, &failed)) {
        IntentLink link = {
            .position = column_int(s, 0),
            .message_id = column_int(s, 1),
            .uid = (guint32) column_int(s, 2),
            .copy_id = column_int(s, 3),
            .moved = column_int(s, 4) != 0,
            .before_flags = (MailFlags) column_int(s, 5),
            .before_keywords = column_text(s, 6),
            .step = (StoreCarryStep) column_int(s, 7),
        };
        g_array_append_val(links, link);
    }
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return NULL;
    }
    return g_steal_pointer(&links);
}

gint64 journal_insert(StoreWriter *writer, const Intent *intent, GError **error)
{
    gint64 created = intent->created != 0 ? intent->created : g_get_real_time();
    if (!database_run(writer->db, error,
                      "INSERT INTO intent (kind, state, account_id, mailbox_id, uidvalidity, "
                      "target_mailbox_id, add_flags, remove_flags,"
                      " add_keywords, remove_keywords, name, path, created, group_id, undoes, uids, carried)"
                      " VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                      "iiiiiiissssiiisi", (gint64) intent->kind, intent->account_id, intent->mailbox_id,
                      (gint64) intent->uidvalidity, intent->target_mailbox_id, (gint64) intent->add,
                      (gint64) intent->remove, intent->add_keywords, intent->remove_keywords, intent->name,
                      intent->path, created, intent->group, intent->undoes, intent->uids, (gint64) intent->carried))
        return 0;
    gint64 id = database_last_id(writer->db);
    journal_note(writer, id);
    return id;
}

gboolean journal_insert_link(StoreWriter *writer, gint64 intent_id, const IntentLink *link, GError **error)
{
    return database_run(writer->db, error,
                        "INSERT INTO intent_message (intent_id, position, message_id, uid, copy_id, "
                        "before_flags, before_keywords)"
                        " VALUES (?1, ?2, nullif(?3, 0), nullif(?4, 0), nullif(?5, 0), ?6, ?7)",
                        "iiiiiis", intent_id, link->position, link->message_id, (gint64) link->uid,
                        link->copy_id, (gint64) link->before_flags, link->before_keywords);
}

gboolean journal_mark(StoreWriter *writer, gint64 intent_id, IntentState state, const char *words,
                      GError **error)
{
    journal_note(writer, intent_id);
    return database_run(writer->db, error, "UPDATE intent SET state = ?2, error = ?3 WHERE id = ?1", "iis",
                        intent_id, (gint64) state, words);
}

GArray *journal_collect_ids(StoreWriter *writer, GError **error, const char *sql, gint64 a, gint64 b)
{
    GError *failed = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    sqlite3_stmt *s = database_query(writer->db, &failed, sql, "ii", a, b);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        gint64 id = column_int(s, 0);
        g_array_append_val(ids, id);
    }
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return NULL;
    }
    return g_steal_pointer(&ids);
}

/* --- for whoever reads ------------------------------------------------------------------------- */

Intent *store_writer_intent(StoreWriter *writer, gint64 intent_id)
{
    return journal_read(writer->db, intent_id, NULL);
}

Intent *store_reader_intent(StoreReader *reader, gint64 intent_id)
{
    return journal_read(reader->db, intent_id, NULL);
}

GPtrArray *store_reader_intents(StoreReader *reader, guint state_mask, guint limit)
{
    GPtrArray *intents = journal_select(
        reader->db, NULL,
        (state_mask & ~INTENT_UNFINISHED_MASK) == 0
            ? "SELECT " INTENT_COLUMNS
              " FROM intent INDEXED BY intent_unfinished WHERE state IN " INTENT_UNFINISHED_SQL
              " AND (?1 >> state) & 1 ORDER BY id DESC LIMIT ?2"
            : "SELECT " INTENT_COLUMNS " FROM intent WHERE (?1 >> state) & 1 ORDER BY id DESC LIMIT ?2",
        (gint64) state_mask, (gint64) limit);
    return intents != NULL ? intents : g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
}

char *store_reader_intent_words(StoreReader *reader, const Intent *intent)
{
    g_autofree char *source = database_text(reader->db, NULL, "SELECT name FROM mailbox WHERE id = ?", "i", intent->mailbox_id);
    /* As one types it: account:mailbox. */
    g_autofree char *target =
        database_text(reader->db, NULL,
                      "SELECT iif(b.account_id <> ?2 AND ?2 <> 0, a.name || ':', '') || b.name FROM mailbox b JOIN account a ON a.id = "
                      "b.account_id WHERE b.id = ?1",
                      "ii", intent->target_mailbox_id, intent->account_id);
    return intent_describe(intent, source, target);
}

guint store_reader_unfinished_intents(StoreReader *reader, gint64 account_id)
{
    return (guint) database_int(
        reader->db, NULL, 0,
        "SELECT count(*) FROM intent INDEXED BY intent_unfinished WHERE state IN " INTENT_UNFINISHED_SQL
        " AND (?1 = 0 OR account_id = ?1)",
        "i", account_id);
}
