/* Flags and keywords as the server tells them. */
#include "config.h"

#include <string.h>

#include "store/store-private.h"
#include "store/thread_change.h"

char *flags_apply_keywords(const char *keywords, const char *add, const char *remove)
{
    g_autofree char *less =
        remove != NULL && *remove != '\0' ? keywords_remove(keywords, remove) : g_strdup(keywords);
    return add != NULL && *add != '\0' ? keywords_add(less, add) : g_steal_pointer(&less);
}

static gboolean note_one(StoreWriter *writer, gint64 account_id, const char *name, GError **error)
{
    char *key = g_strdup_printf("%" G_GINT64_FORMAT " %s", account_id, name);
    if (!g_hash_table_add(writer->keywords, key))
        return TRUE;
    return database_run(writer->db, error, "INSERT OR IGNORE INTO keyword (account_id, name) VALUES (?1, ?2)",
                        "is", account_id, name);
}

gboolean flags_note_keywords(StoreWriter *writer, gint64 account_id, const char *keywords, GError **error)
{
    if (keywords == NULL || *keywords == '\0')
        return TRUE;
    g_auto(GStrv) names = g_strsplit(keywords, " ", -1);
    for (char **name = names; *name != NULL; name++)
        if (**name != '\0' && !note_one(writer, account_id, *name, error))
            return FALSE;
    return TRUE;
}

gboolean store_writer_set_base_flags(StoreWriter *writer, gint64 mailbox_id, guint32 uid, MailFlags flags,
                                     const char *keywords, guint64 modseq, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    GError *failed = NULL;
    g_autofree char *before =
        database_text(writer->db, &failed, "SELECT base_keywords FROM message WHERE mailbox_id = ?1 AND uid = ?2", "ii", mailbox_id,
                      (gint64) uid);
    /* Flags set without \Deleted: somebody took it back, so what was hidden for it is shown again. */
    gint64 id = failed != NULL ? 0 : database_int(writer->db, &failed, 0,
                             "UPDATE message SET base_flags = ?3, base_keywords = ?4, modseq = max(modseq, "
                             "?5), withheld = withheld AND (?3 & ?6) <> 0"
                             " WHERE mailbox_id = ?1 AND uid = ?2 RETURNING id",
                             "iiisii", mailbox_id, (gint64) uid, (gint64) flags,
                             keywords != NULL ? keywords : "", (gint64) modseq, (gint64) MAIL_FLAG_DELETED);
    if (failed == NULL && id != 0)
        shown_update(writer, id, &failed);
    if (failed == NULL && id != 0)
        thread_hear_keywords(writer, id, before, keywords, &failed);
    if (failed == NULL && id != 0 && keywords != NULL && *keywords != '\0') {
        gint64 account_id = database_int(writer->db, &failed, 0,
                                         "SELECT account_id FROM mailbox WHERE id = ?", "i", mailbox_id);
        if (failed == NULL)
            flags_note_keywords(writer, account_id, keywords, &failed);
    }
    gboolean ok = failed == NULL;
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error);
}
