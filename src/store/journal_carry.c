/* Decisions that take messages to another account. The server of neither can do it: each message is fetched into a file
 * here, appended there, found there, and only then, when it is a move, removed from where it was. The original is shown
 * as gone and a copy is shown in the target from the moment of the decision; each message has a step of its own, durable
 * before the first byte that it allows. */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "base/i18n.h"
#include "store/envelope.h"
#include "store/journal-private.h"

/* --- what is shown at once --------------------------------------------------------------------- */

static MessageSummary *read_summary(StoreWriter *writer, gint64 message_id, gint64 *internal_date, gint64 *size, GError **error)
{
    GError *failed = NULL;
    MessageSummary *summary = NULL;
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT c.envelope, c.date, m.internal_date, m.size FROM message m JOIN content c ON c.id = "
                                     "m.content_id WHERE m.id = ?",
                                     "i", message_id);
    if (s != NULL && database_step(writer->db, s, &failed)) {
        summary = envelope_read(sqlite3_column_blob(s, 0), (gsize) sqlite3_column_bytes(s, 0), column_int(s, 1));
        *internal_date = column_int(s, 2);
        *size = column_int(s, 3);
        database_done(s);
    } else if (failed != NULL) {
        g_propagate_error(error, failed);
    } else {
        store_no_such(error, "message", message_id);
    }
    return summary;
}

static gboolean make_copy(StoreWriter *writer, const Intent *intent, gint64 account_id, const IntentLink *link, GError **error)
{
    gint64 internal_date = 0, size = 0;
    g_auto(StoreContent) content = { 0 };
    g_autoptr(MessageSummary) summary = read_summary(writer, link->message_id, &internal_date, &size, error);
    if (summary == NULL || !content_put(writer, account_id, summary, internal_date, (guint64) size, &content, error))
        return FALSE;
    g_autofree char *keywords =
        database_text(writer->db, error, "SELECT shown_keywords FROM message WHERE id = ?", "i", link->message_id);
    StorePlacement placement = { .flags = link->before_flags, .keywords = keywords };
    gint64 id = message_insert(writer, &content, &placement, error);
    return id != 0 &&
           database_run(writer->db, error, "UPDATE intent_message SET copy_id = ?3, step = 0 WHERE intent_id = ?1 AND position = ?2",
                        "iii", intent->id, link->position, id) &&
           shown_update(writer, id, error) && shown_update(writer, link->message_id, error);
}

gboolean journal_carry_effect(StoreWriter *writer, const Intent *intent, const GArray *links, GError **error)
{
    gint64 account_id =
        database_int(writer->db, error, 0, "SELECT account_id FROM mailbox WHERE id = ?", "i", intent->target_mailbox_id);
    if (account_id == 0)
        return error != NULL && *error != NULL ? FALSE : store_no_such(error, "mailbox", intent->target_mailbox_id);
    for (guint i = 0; i < links->len; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        if (link->message_id != 0 && link->copy_id == 0 && !make_copy(writer, intent, account_id, link, error))
            return FALSE;
    }
    return TRUE;
}

/* --- for whoever carries ------------------------------------------------------------------------ */

static void carried_clear(gpointer data)
{
    StoreCarried *carried = data;
    g_free(carried->keywords);
    g_free(carried->message_id_field);
}

GArray *store_writer_carried(StoreWriter *writer, gint64 intent_id)
{
    GArray *carried = g_array_new(FALSE, TRUE, sizeof(StoreCarried));
    g_array_set_clear_func(carried, carried_clear);
    sqlite3_stmt *s = database_query(writer->db, NULL,
                                     "SELECT l.position, l.message_id, l.step, coalesce(k.base_flags, l.before_flags), k.base_keywords, "
                                     "c.internal_date, c.size, c.envelope, c.date FROM intent_message l"
                                     " LEFT JOIN message k ON k.id = l.copy_id LEFT JOIN content c ON c.id = k.content_id"
                                     " WHERE l.intent_id = ? ORDER BY l.position",
                                     "i", intent_id);
    while (s != NULL && database_step(writer->db, s, NULL)) {
        g_autoptr(MessageSummary) summary = envelope_read(sqlite3_column_blob(s, 7), (gsize) sqlite3_column_bytes(s, 7), column_int(s, 8));
        StoreCarried one = {
            .position = column_int(s, 0),
            .message_id = column_int(s, 1),
            .step = (StoreCarryStep) column_int(s, 2),
            .flags = (MailFlags) column_int(s, 3),
            .keywords = column_text(s, 4),
            .internal_date = column_int(s, 5),
            .size = (guint64) column_int(s, 6),
            .message_id_field = g_strdup(summary->message_id),
        };
        g_array_append_val(carried, one);
    }
    return carried;
}

static gboolean set_step(StoreWriter *writer, gint64 intent_id, gint64 position, StoreCarryStep step, GError **error)
{
    return database_run(writer->db, error, "UPDATE intent_message SET step = ?3 WHERE intent_id = ?1 AND position = ?2", "iii",
                        intent_id, position, (gint64) step);
}

gboolean store_writer_carry_sending(StoreWriter *writer, gint64 intent_id, const gint64 *positions, guint count, guint32 uidvalidity,
                                    guint32 uidnext, GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    GError *failed = NULL;
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, &failed);
    gboolean ok = intent != NULL;
    if (ok && intent->state == INTENT_PENDING)
        ok = store_writer_intent_sending(writer, intent_id, uidvalidity, uidnext, &failed);
    for (guint i = 0; ok && i < count; i++)
        ok = set_step(writer, intent_id, positions[i], STORE_CARRY_SENT, &failed);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return store_end(writer, ok, error);
}

/* The copy's place is known: the row of the target's synchronisation, if it made one meanwhile, is the same message. */
static gboolean arrive(StoreWriter *writer, const Intent *intent, const IntentLink *link, guint32 uidvalidity, guint32 uid, GError **error)
{
    GError *failed = NULL;
    gint64 known =
        database_int(writer->db, &failed, 0, "SELECT uidvalidity FROM mailbox WHERE id = ?", "i", intent->target_mailbox_id);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    guint32 usable = known == 0 || uidvalidity == 0 || known == (gint64) uidvalidity ? uid : 0;
    return set_step(writer, intent->id, link->position, STORE_CARRY_ARRIVED, error) &&
           (link->copy_id == 0 || (journal_place_row(writer, intent, link->copy_id, usable, error) &&
                                   shown_update(writer, link->copy_id, error) && journal_message_placed(writer, link->copy_id, error)));
}

static const IntentLink *find_link(const GArray *links, gint64 position)
{
    for (guint i = 0; links != NULL && i < links->len; i++)
        if (g_array_index(links, IntentLink, i).position == position)
            return &g_array_index(links, IntentLink, i);
    return NULL;
}

gboolean store_writer_carry_arrived(StoreWriter *writer, gint64 intent_id, gint64 position, guint32 uidvalidity, guint32 uid,
                                    GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, error);
    g_autoptr(GArray) links = intent != NULL ? journal_links(writer->db, intent_id, error) : NULL;
    const IntentLink *link = find_link(links, position);
    journal_note(writer, intent_id);
    return store_end(writer, links != NULL && (link == NULL || arrive(writer, intent, link, uidvalidity, uid, error)), error);
}

gboolean store_writer_carry_refused(StoreWriter *writer, gint64 intent_id, gint64 position, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    return store_end(writer, set_step(writer, intent_id, position, STORE_CARRY_WAITS, error), error);
}

/* A decision of its own, of the same group: the others go on without it. */
static gint64 set_aside(StoreWriter *writer, const Intent *intent, gint64 position, GError **error)
{
    gint64 others = database_int(writer->db, error, 0, "SELECT count(*) FROM intent_message WHERE intent_id = ?1 AND position <> ?2",
                                 "ii", intent->id, position);
    if (others == 0)
        return intent->id;
    gint64 id = journal_split(writer, intent->id, error);
    return id != 0 && database_run(writer->db, error,
                                   "UPDATE intent SET tries = (SELECT tries FROM intent WHERE id = ?2), target_uidvalidity = (SELECT "
                                   "target_uidvalidity FROM intent WHERE id = ?2), target_uidnext = (SELECT target_uidnext FROM intent "
                                   "WHERE id = ?2) WHERE id = ?1",
                                   "ii", id, intent->id) &&
                   database_run(writer->db, error, "UPDATE intent_message SET intent_id = ?3 WHERE intent_id = ?1 AND position = ?2",
                                "iii", intent->id, position, id)
               ? id
               : 0;
}

static gint64 set_aside_as(StoreWriter *writer, gint64 intent_id, gint64 position, IntentState state, const char *words, GError **error)
{
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, error);
    gint64 id = intent != NULL ? set_aside(writer, intent, position, error) : 0;
    if (id == 0 || !journal_mark(writer, id, state, words, error))
        return 0;
    g_autoptr(Intent) aside = journal_read(writer->db, id, error);
    journal_note(writer, intent_id);
    return aside != NULL && (journal_is_unfinished(state) || journal_take_back(writer, aside, error)) ? id : 0;
}

gint64 store_writer_carry_set_aside(StoreWriter *writer, gint64 intent_id, gint64 position, IntentState state, const char *words,
                                    GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return 0;
    gint64 id = set_aside_as(writer, intent_id, position, state, words, error);
    return store_end(writer, id != 0, error) ? id : 0;
}

/* --- files on their way -------------------------------------------------------------------------- */

char *store_writer_carry_directory(StoreWriter *writer)
{
    g_autofree char *directory = g_strconcat(writer->path, ".carry", NULL);
    if (g_mkdir_with_parents(directory, 0700) != 0)
        g_warning("store: %s: %s", directory, g_strerror(errno));
    return g_canonicalize_filename(directory, NULL);
}

/* Another store may have given the same numbers to other messages: all of it can be fetched again. */
void journal_carry_clean(StoreWriter *writer)
{
    g_autofree char *directory = g_strconcat(writer->path, ".carry", NULL);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_unlink(path);
    }
}
