/* What a decision shows at once, and how that is taken back. For messages most of it is shown_update(): it
 * applies what the journal holds. What is made here is only what did not exist: copies, appended messages,
 * new mailboxes. */
#include "config.h"

#include <string.h>

#include "base/absent.h"
#include "base/i18n.h"
#include "store/journal-private.h"
#include "store/thread_change.h"

/* A header longer than this is not read for the list; the message itself is kept whole in its file. */
#define MOST_HEADER (256 * 1024)

static gboolean update_all(StoreWriter *writer, const GArray *links, GError **error)
{
    for (guint i = 0; i < links->len; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        if (link->message_id != 0 && !shown_update(writer, link->message_id, error))
            return FALSE;
    }
    return TRUE;
}

/* --- copies ----------------------------------------------------------------------------------- */

static gboolean read_content(StoreWriter *writer, gint64 message_id, StoreContent *content, GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT content_id, thread_id, date, internal_date, size, from_key, "
                                     "subject_key FROM message WHERE id = ?",
                                     "i", message_id);
    if (s == NULL || !database_step(writer->db, s, &failed)) {
        if (failed != NULL)
            g_propagate_error(error, failed);
        else
            store_no_such(error, "message", message_id);
        return FALSE;
    }
    content->content_id = column_int(s, 0);
    content->thread_id = column_int(s, 1);
    content->date = column_int(s, 2);
    content->internal_date = column_int(s, 3);
    content->size = column_int(s, 4);
    content->from_key = column_text(s, 5);
    content->subject_key = column_text(s, 6);
    database_done(s);
    return TRUE;
}

/* A second placement, on no server yet, shown in the target because the journal says so. */
static gboolean make_copy(StoreWriter *writer, const Intent *intent, const IntentLink *link, GError **error)
{
    g_auto(StoreContent) content = { 0 };
    if (!read_content(writer, link->message_id, &content, error) ||
        !database_run(writer->db, error, "UPDATE content SET placements = placements + 1 WHERE id = ?", "i",
                      content.content_id))
        return FALSE;
    g_autofree char *keywords = database_text(
        writer->db, error, "SELECT shown_keywords FROM message WHERE id = ?", "i", link->message_id);
    StorePlacement placement = { .flags = link->before_flags, .keywords = keywords };
    gint64 id = message_insert(writer, &content, &placement, error);
    return id != 0 &&
           database_run(writer->db, error,
                        "UPDATE intent_message SET copy_id = ?3 WHERE intent_id = ?1 AND position = ?2",
                        "iii", intent->id, link->position, id) &&
           shown_update(writer, id, error) && shown_update(writer, link->message_id, error);
}

static gboolean make_copies(StoreWriter *writer, const Intent *intent, const GArray *links, GError **error)
{
    for (guint i = 0; i < links->len; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        if (link->message_id != 0 && link->copy_id == 0 && !link->moved &&
            !make_copy(writer, intent, link, error))
            return FALSE;
    }
    return TRUE;
}

/* --- appended messages --------------------------------------------------------------------------- */

static MessageSummary *read_header(const char *path, gsize *size, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, &failed);
    if (file == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_REFUSED, _("Cannot read the message in %s: %s"), path,
                    failed->message);
        g_error_free(failed);
        return NULL;
    }
    *size = g_mapped_file_get_length(file);
    const char *bytes = g_mapped_file_get_contents(file);
    MessageSummary *summary = message_summary_from_header(bytes != NULL ? bytes : "", MIN(*size, MOST_HEADER));
    g_autoptr(GPtrArray) absent = absent_parts_read(path);
    *size += absent_parts_octets(absent);
    return summary;
}

static gboolean make_appended(StoreWriter *writer, const Intent *intent, GError **error)
{
    gsize size = 0;
    g_auto(StoreContent) content = { 0 };
    g_autoptr(MessageSummary) summary = read_header(intent->path, &size, error);
    if (summary == NULL ||
        !content_put(writer, intent->account_id, summary, g_get_real_time() / G_USEC_PER_SEC, size, &content,
                     error) ||
        !bodies_put_external(writer, content.content_id, intent->path, size, error))
        return FALSE;
    StorePlacement placement = { .flags = intent->add, .keywords = intent->add_keywords };
    gint64 id = message_insert(writer, &content, &placement, error);
    IntentLink link = { .copy_id = id };
    return id != 0 && journal_insert_link(writer, intent->id, &link, error) &&
           shown_update(writer, id, error);
}

/* --- mailboxes ------------------------------------------------------------------------------------- */

/* Its wire name is the server's affair, and known when it is made: until then there stands something. */
gint64 journal_make_mailbox(StoreWriter *writer, const Intent *intent, GError **error)
{
    GError *failed = NULL;
    gint64 delimiter = database_int(
        writer->db, &failed, 0,
        "SELECT coalesce((SELECT delimiter FROM mailbox WHERE account_id = ?1 AND delimiter <> 0 LIMIT 1),"
        " (SELECT unicode(delimiter) FROM account WHERE id = ?1))",
        "i", intent->account_id);
    if (failed == NULL)
        database_run(writer->db, &failed,
                     "INSERT INTO mailbox (account_id, name, wire_name, wire_stale, local_intent, delimiter, "
                     "shown_name, complete)"
                     " VALUES (?1, ?2, ?2, 1, 1, ?3, ?2, 1)",
                     "isi", intent->account_id, intent->name, delimiter);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return 0;
    }
    return database_last_id(writer->db);
}

/* The mailbox of a CREATE that did not come about; one that holds something by now stays until the next LIST
 * says. */
static gboolean unmake_mailbox(StoreWriter *writer, const Intent *intent, GError **error)
{
    return database_run(writer->db, error,
                        "DELETE FROM mailbox WHERE id = ?1 AND local_intent <> 0 AND shown_total = 0"
                        " AND NOT EXISTS (SELECT 1 FROM intent WHERE state IN " INTENT_UNFINISHED_SQL
                        " AND (target_mailbox_id = ?1 OR mailbox_id = ?1))",
                        "i", intent->target_mailbox_id);
}

/* --- both ways ---------------------------------------------------------------------------------------- */

gboolean journal_effect(StoreWriter *writer, const Intent *intent, GError **error)
{
    if (intent->kind == INTENT_SEND)
        return TRUE; /* seen in the outbox only */
    if (INTENT_KIND_IS_ABOUT_MAILBOX(intent->kind))
        return mailboxes_update_shown(writer, intent->account_id, error);
    if (intent->kind == INTENT_APPEND)
        return make_appended(writer, intent, error);
    g_autoptr(GArray) links = journal_links(writer->db, intent->id, error);
    if (links == NULL)
        return FALSE;
    if (intent->kind == INTENT_THREAD)
        return thread_change_effect(writer, intent, links, error);
    if (intent->carried)
        return journal_carry_effect(writer, intent, links, error);
    return intent->kind == INTENT_COPY ? make_copies(writer, intent, links, error)
                                       : update_all(writer, links, error);
}

/* A copy that never came to be: the row goes, and what was decided on it has lost its object. */
gboolean journal_unmake_copy(StoreWriter *writer, gint64 copy_id, GError **error)
{
    GError *failed = NULL;
    gint64 placed = database_int(writer->db, &failed, 0,
                                 "SELECT coalesce(mailbox_id, 0) FROM message WHERE id = ?", "i", copy_id);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (placed != 0) /* a slice of it was done: that one is real */
        return shown_update(writer, copy_id, error);
    return journal_message_removed(writer, copy_id, _("The copy that this was about was not made."), error) &&
           shown_remove_row(writer, copy_id, error);
}

static gboolean take_back_link(StoreWriter *writer, const IntentLink *link, GError **error)
{
    GError *failed = NULL;
    if (link->copy_id != 0 && !journal_unmake_copy(writer, link->copy_id, error))
        return FALSE;
    if (link->message_id == 0)
        return TRUE;
    /* Its source was expunged while it was moving, and it has arrived nowhere: it is nowhere. */
    gint64 lost = database_int(
        writer->db, &failed, 0,
        "SELECT 1 FROM message m WHERE id = ?1 AND mailbox_id IS NULL AND id NOT IN (SELECT message_id FROM renumbered) "
        "AND NOT EXISTS (SELECT 1 FROM intent_message l"
        " JOIN intent i ON i.id = l.intent_id WHERE i.state IN " INTENT_UNFINISHED_SQL
        " AND (l.copy_id = ?1 OR l.message_id = ?1 AND i.kind IN (1, 3) AND i.target_mailbox_id <> 0))",
        "i", link->message_id);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (lost != 0)
        return journal_message_removed(writer, link->message_id, NULL, error) &&
               shown_remove_row(writer, link->message_id, error);
    return shown_update(writer, link->message_id, error);
}

gboolean journal_take_back(StoreWriter *writer, const Intent *intent, GError **error)
{
    if (INTENT_KIND_IS_ABOUT_MAILBOX(intent->kind))
        return (intent->kind != INTENT_CREATE_MAILBOX || unmake_mailbox(writer, intent, error)) &&
               mailboxes_update_shown(writer, intent->account_id, error);
    g_autoptr(GArray) links = journal_links(writer->db, intent->id, error);
    if (links == NULL)
        return FALSE;
    g_autoptr(GArray) touched = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < links->len; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        if (!take_back_link(writer, link, error))
            return FALSE;
        if (link->message_id != 0)
            g_array_append_val(touched, link->message_id);
    }
    return journal_refreeze_for(writer, touched, error);
}
