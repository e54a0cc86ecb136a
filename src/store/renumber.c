#include "config.h"

#include "store/renumber.h"

#include "base/i18n.h"
#include "store/journal-private.h"

/* What tells a message from all others: the whole envelope as it is kept, the size, and the moment of delivery, which a server keeps
 * when it makes its indexes anew. */
#define IDENTITY_SQL                                                                                         \
    "SELECT m.id, m.content_id, c.size, c.internal_date, c.date, c.msgid_hash, c.envelope FROM message m "   \
    "JOIN content c ON c.id = m.content_id "

typedef struct {
    gint64 id, content_id; /* of one of them */
    guint count;
} Alike;

static char *identity(sqlite3_stmt *s)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    for (int column = 2; column <= 5; column++) {
        gint64 number = column_int(s, column);
        g_checksum_update(checksum, (const guchar *) &number, sizeof number);
    }
    if (sqlite3_column_bytes(s, 6) > 0)
        g_checksum_update(checksum, sqlite3_column_blob(s, 6), sqlite3_column_bytes(s, 6));
    return g_strdup(g_checksum_get_string(checksum));
}

/* identity → Alike */
static GHashTable *read_alikes(StoreWriter *writer, const char *sql, gint64 mailbox_id, GError **failed)
{
    GHashTable *alikes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    sqlite3_stmt *s = *failed == NULL ? database_query(writer->db, failed, sql, "i", mailbox_id) : NULL;
    while (s != NULL && database_step(writer->db, s, failed)) {
        g_autofree char *key = identity(s);
        Alike *alike = g_hash_table_lookup(alikes, key);
        if (alike == NULL) {
            alike = g_new0(Alike, 1);
            g_hash_table_insert(alikes, g_steal_pointer(&key), alike);
        }
        *alike = (Alike){ column_int(s, 0), column_int(s, 1), alike->count + 1 };
    }
    return alikes;
}

/* --- matching ----------------------------------------------------------------------------------- */

static gboolean lose(StoreWriter *writer, gint64 id, gint64 content_id, gboolean ambiguous, GError **error)
{
    const char *words = ambiguous
                            ? _("The server numbered the mailbox anew, and several messages in it are alike: which of them was "
                                "meant cannot be told. Nothing was sent.")
                            : _("The server numbered the mailbox anew, and the message is not in it any more.");
    return (!ambiguous || bodies_drop(writer, content_id, error)) && journal_message_removed(writer, id, words, error) &&
           shown_remove_row(writer, id, error);
}

static gboolean match_row(StoreWriter *writer, gint64 id, gint64 content_id, const Alike *old, const Alike *now, gboolean final,
                          GError **error)
{
    gboolean certain = now != NULL && old->count == 1 && now->count == 1;
    if (!certain && !final)
        return TRUE;
    return (certain ? message_absorb(writer, id, now->id, error) : lose(writer, id, content_id, now != NULL, error)) &&
           database_run(writer->db, error, "DELETE FROM renumbered WHERE message_id = ?", "i", id);
}

/* final: what finds nobody now will find nobody. */
static gboolean match_rows(StoreWriter *writer, gint64 mailbox_id, gboolean final, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GHashTable) old = read_alikes(
        writer, IDENTITY_SQL "WHERE m.id IN (SELECT message_id FROM renumbered WHERE mailbox_id = ?)", mailbox_id, &failed);
    g_autoptr(GHashTable) now =
        read_alikes(writer, IDENTITY_SQL "WHERE m.mailbox_id = ? AND m.uid IS NOT NULL", mailbox_id, &failed);
    g_autoptr(GArray) rows = failed != NULL ? NULL
                                            : journal_collect_ids(writer, &failed,
                                                                  "SELECT message_id FROM renumbered JOIN message ON id = "
                                                                  "message_id WHERE renumbered.mailbox_id = ?1 AND ?2 = 0",
                                                                  mailbox_id, 0);
    for (guint i = 0; rows != NULL && i < rows->len && failed == NULL; i++) {
        gint64 id = g_array_index(rows, gint64, i);
        sqlite3_stmt *s = database_query(writer->db, &failed, IDENTITY_SQL "WHERE m.id = ?", "i", id);
        if (s == NULL || !database_step(writer->db, s, &failed))
            continue;
        g_autofree char *key = identity(s);
        gint64 content_id = column_int(s, 1);
        database_done(s);
        match_row(writer, id, content_id, g_hash_table_lookup(old, key), g_hash_table_lookup(now, key), final, &failed);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* --- decisions ------------------------------------------------------------------------------------ */

/* Those that wait for their messages' new numbers: nothing of them is under way. */
#define WAITING_SQL "state = 0 AND uidvalidity = 0 AND kind < ?2 AND mailbox_id = ?1"

/* Journal_mailbox_reset() has made conflicts of the others. */
static gboolean let_decisions_wait(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) intents =
        journal_collect_ids(writer, &failed, "SELECT id FROM intent WHERE state = 0 AND mailbox_id = ?1 AND kind < ?2 AND EXISTS (SELECT 1 "
                            "FROM intent_message WHERE intent_id = id AND uid IS NOT NULL)",
                            mailbox_id, INTENT_CREATE_MAILBOX);
    for (guint i = 0; intents != NULL && i < intents->len && failed == NULL; i++) {
        gint64 id = g_array_index(intents, gint64, i);
        database_run(writer->db, &failed, "UPDATE intent SET uidvalidity = 0, tries = 0, recovery = 0, cursor = 0 WHERE id = ?", "i", id);
        if (failed == NULL)
            database_run(writer->db, &failed, "UPDATE intent_message SET uid = NULL WHERE intent_id = ?", "i", id);
        journal_note(writer, id);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

static gboolean number_decisions(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) intents = journal_collect_ids(writer, &failed, "SELECT id FROM intent WHERE " WAITING_SQL, mailbox_id,
                                                    INTENT_CREATE_MAILBOX);
    for (guint i = 0; intents != NULL && i < intents->len && failed == NULL; i++) {
        gint64 id = g_array_index(intents, gint64, i);
        database_run(writer->db, &failed,
                     "UPDATE intent SET uidvalidity = (SELECT uidvalidity FROM mailbox WHERE id = ?2) WHERE id = ?1", "ii", id, mailbox_id);
        journal_note(writer, id);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* --- the rows ------------------------------------------------------------------------------------- */

static gboolean is_waited_for(StoreWriter *writer, gint64 mailbox_id)
{
    return database_int(writer->db, NULL, 0, "SELECT 1 FROM renumbered WHERE mailbox_id = ? LIMIT 1", "i", mailbox_id) != 0;
}

static gboolean park(StoreWriter *writer, gint64 id, gint64 mailbox_id, GError **error)
{
    return database_run(writer->db, error, "INSERT OR REPLACE INTO renumbered (message_id, mailbox_id) VALUES (?1, ?2)", "ii", id, mailbox_id) &&
           database_run(writer->db, error, "UPDATE message SET mailbox_id = NULL, uid = NULL, modseq = 0 WHERE id = ?", "i", id) &&
           shown_update(writer, id, error);
}

gboolean renumber_begin(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    /* Anew before all of the last time was here: what could be matched then is matched now. */
    if (is_waited_for(writer, mailbox_id) && !match_rows(writer, mailbox_id, FALSE, error))
        return FALSE;
    if (!journal_mailbox_reset(writer, mailbox_id, TRUE, NULL, error) || !let_decisions_wait(writer, mailbox_id, error))
        return FALSE;
    GError *failed = NULL;
    g_autoptr(GArray) rows = journal_collect_ids(
        writer, &failed, "SELECT id FROM message WHERE mailbox_id = ?1 AND uid IS NOT NULL AND ?2 = 0", mailbox_id, 0);
    for (guint i = 0; rows != NULL && i < rows->len && failed == NULL; i++)
        park(writer, g_array_index(rows, gint64, i), mailbox_id, &failed);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean renumber_settle(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    if (!is_waited_for(writer, mailbox_id))
        return number_decisions(writer, mailbox_id, error);
    return match_rows(writer, mailbox_id, TRUE, error) &&
           database_run(writer->db, error, "DELETE FROM renumbered WHERE mailbox_id = ?", "i", mailbox_id) &&
           number_decisions(writer, mailbox_id, error);
}

gboolean renumber_drop(StoreWriter *writer, gint64 mailbox_id, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) rows = journal_collect_ids(
        writer, &failed, "SELECT message_id FROM renumbered JOIN message ON id = message_id WHERE renumbered.mailbox_id = ?1 AND ?2 = 0",
        mailbox_id, 0);
    for (guint i = 0; rows != NULL && i < rows->len && failed == NULL; i++) {
        gint64 id = g_array_index(rows, gint64, i);
        if (journal_message_removed(writer, id, NULL, &failed))
            shown_remove_row(writer, id, &failed);
    }
    if (failed == NULL)
        database_run(writer->db, &failed, "DELETE FROM renumbered WHERE mailbox_id = ?", "i", mailbox_id);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}
