#include "config.h"

#include "store/thread_subjects.h"

#include "store/threads-private.h"

gint64 thread_subject_hash(const char *subject)
{
    gboolean is_reply = FALSE;
    g_autofree char *base = message_base_subject(subject != NULL ? subject : "", &is_reply);
    if (*base == '\0')
        return 0;
    /* No Message-ID holds a line end, so that nobody can name a subject in References. */
    g_autofree char *named = g_strconcat("\nsubject:", base, NULL);
    gint64 hash = content_hash_id(named) & ~(gint64) 1;
    return (hash != 0 ? hash : 2) | (is_reply ? 1 : 0);
}

gint64 thread_subject_place(gint64 subject_hash)
{
    return subject_hash & ~(gint64) 1;
}

gboolean thread_subjects_wanted(Database *db)
{
    return database_int(db, NULL, 0, "SELECT value = '1' FROM setting WHERE name = ?", "s", THREAD_SUBJECTS_SETTING) != 0;
}

gboolean store_writer_merge_subjects(StoreWriter *writer, gboolean merge, GError **error)
{
    guint wrong;
    if (thread_subjects_wanted(writer->db) == (merge != FALSE))
        return TRUE;
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    writer->merge_subjects = merge != FALSE;
    gboolean ok = store_writer_set_setting(writer, THREAD_SUBJECTS_SETTING, merge ? "1" : "0", error) &&
                  threads_gather_all(writer, TRUE, &wrong, error);
    if (!store_end(writer, ok, error)) {
        writer->merge_subjects = !merge;
        return FALSE;
    }
    return TRUE;
}
