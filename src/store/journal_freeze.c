/* Committing a decision: its targets frozen, one row for each mailbox, its effect seen, all or nothing. */
#include "config.h"

#include "base/i18n.h"
#include "store/journal-private.h"
#include "store/letters.h"
#include "store/uidtext.h"

/* More UIDs than anyone decides about at once; bounds what a re-adopted intent can ask for. */
#define MOST_UIDS 1000000

/* A message that the decision is about, as it is shown now. */
typedef struct {
    gint64 message_id, mailbox_id;
    guint32 uid; /* in that mailbox; 0: it has none there yet */
    MailFlags flags;
    char *keywords;
} Target;

static void target_clear(gpointer data)
{
    g_free(((Target *) data)->keywords);
}

static GArray *new_targets(void)
{
    GArray *targets = g_array_new(FALSE, FALSE, sizeof(Target));
    g_array_set_clear_func(targets, target_clear);
    return targets;
}

/* Hidden ones and those gone meanwhile are left out. */
static gboolean add_target(StoreWriter *writer, gint64 message_id, GArray *targets, GError **failed)
{
    sqlite3_stmt *s = database_query(writer->db, failed,
                                     "SELECT shown_mailbox, iif(mailbox_id = shown_mailbox, uid, 0), "
                                     "shown_flags, shown_keywords FROM message"
                                     " WHERE id = ? AND shown_mailbox IS NOT NULL",
                                     "i", message_id);
    if (s == NULL || !database_step(writer->db, s, failed))
        return *failed == NULL;
    Target target = { message_id, column_int(s, 0), (guint32) column_int(s, 1), (MailFlags) column_int(s, 2),
                      column_text(s, 3) };
    database_done(s);
    g_array_append_val(targets, target);
    return TRUE;
}

/* A decision about UIDs (taken over from journal.log): rows that stand for them, and UIDs whose summaries
 * will come. */
static gboolean add_uids(StoreWriter *writer, const Intent *intent, GArray *targets, GError **failed)
{
    g_autoptr(GArray) uids = uidtext_parse(intent->uids, MOST_UIDS);
    if (uids == NULL) {
        g_set_error(failed, STORE_ERROR, STORE_ERROR_REFUSED, _("\"%s\" is no set of UIDs."), intent->uids);
        return FALSE;
    }
    for (guint i = 0; i < uids->len && *failed == NULL; i++) {
        guint32 uid = g_array_index(uids, guint32, i);
        guint before = targets->len;
        gint64 id =
            database_int(writer->db, failed, 0, "SELECT id FROM message WHERE mailbox_id = ?1 AND uid = ?2",
                         "ii", intent->mailbox_id, (gint64) uid);
        if (id != 0)
            add_target(writer, id, targets, failed);
        if (targets->len == before) {
            Target target = { id, intent->mailbox_id, uid, 0, NULL };
            g_array_append_val(targets, target);
        }
    }
    return *failed == NULL;
}

static GArray *find_targets(StoreWriter *writer, const Intent *intent, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GArray) targets = new_targets();
    g_autoptr(GArray) deleted = NULL;
    const GArray *ids = intent->message_ids;
    if (intent->kind == INTENT_EXPUNGE && ids->len == 0 && intent->uids == NULL)
        ids = deleted = journal_collect_ids(writer, &failed,
                                            "SELECT id FROM message INDEXED BY deleted_by_mailbox WHERE "
                                            "shown_mailbox = ?1 AND deleted = 1 ORDER BY ?2",
                                            intent->mailbox_id, 1);
    for (guint i = 0; ids != NULL && i < ids->len && failed == NULL; i++)
        add_target(writer, g_array_index(ids, gint64, i), targets, &failed);
    if (failed == NULL && intent->message_ids->len == 0 && intent->uids != NULL)
        add_uids(writer, intent, targets, &failed);
    if (failed == NULL && targets->len == 0)
        g_set_error(&failed, STORE_ERROR, STORE_ERROR_REFUSED, "%s",
                    intent->kind == INTENT_EXPUNGE ? _("No message there is marked as deleted.")
                                                   : _("These messages are no longer there."));
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return NULL;
    }
    return g_steal_pointer(&targets);
}

/* What "delete" means here: into the Trash, and out of it for good. */
static gint64 choose_trash(StoreWriter *writer, const Intent *intent, const StoreMailbox *mailbox,
                           GError **error)
{
    gint64 trash = intent->target_mailbox_id;
    if (trash == 0)
        trash = database_int(writer->db, error, 0,
                             "SELECT id FROM mailbox WHERE account_id = ?1 AND role = ?2 AND shown_gone = 0 "
                             "ORDER BY id LIMIT 1",
                             "ii", mailbox->account_id, (gint64) MAILBOX_ROLE_TRASH);
    return trash < 0 || trash == mailbox->id ? 0 : trash;
}

static gboolean link_targets(StoreWriter *writer, const Intent *intent, const GArray *targets,
                             gint64 mailbox_id, GError **error)
{
    gint64 position = 0;
    for (guint i = 0; i < targets->len; i++) {
        const Target *target = &g_array_index(targets, Target, i);
        if (target->mailbox_id != mailbox_id)
            continue;
        IntentLink link = {
            .position = position++,
            .message_id = target->message_id,
            .uid = target->uid,
            .before_flags = target->flags,
            .before_keywords = intent->kind == INTENT_FLAGS ? target->keywords : NULL,
        };
        if (!journal_insert_link(writer, intent->id, &link, error))
            return FALSE;
    }
    return TRUE;
}

/* The UIDs as they are now, for the history that is left when all is done. */
static char *format_uids(const GArray *targets, gint64 mailbox_id)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < targets->len; i++) {
        const Target *target = &g_array_index(targets, Target, i);
        if (target->mailbox_id == mailbox_id && target->uid != 0)
            g_array_append_val(uids, target->uid);
    }
    return uidtext_format(uids);
}

/* The decisions of one key press share a group: the first one's id when none was given. */
gboolean journal_finish_row(StoreWriter *writer, Intent *intent, GArray *ids, GError **error)
{
    if (intent->group == 0)
        intent->group = g_array_index(ids, gint64, 0);
    return database_run(writer->db, error, "UPDATE intent SET group_id = ?2 WHERE id = ?1", "ii", intent->id,
                        intent->group);
}

static gboolean is_same_account(StoreWriter *writer, const Intent *intent)
{
    return database_int(writer->db, NULL, intent->account_id, "SELECT account_id FROM mailbox WHERE id = ?", "i",
                        intent->target_mailbox_id) == intent->account_id;
}

static gboolean commit_part(StoreWriter *writer, const Intent *decided, const GArray *targets,
                            gint64 mailbox_id, GArray *ids, gint64 *group, GError **error)
{
    GError *failed = NULL;
    g_autoptr(StoreMailbox) mailbox = mailbox_read(writer->db, mailbox_id, error);
    if (mailbox == NULL)
        return FALSE;
    g_autoptr(Intent) intent = intent_copy(decided);
    intent->mailbox_id = mailbox_id;
    intent->account_id = mailbox->account_id;
    intent->uidvalidity = mailbox->uidvalidity;
    intent->group = *group;
    if (intent->kind == INTENT_DELETE)
        intent->target_mailbox_id = choose_trash(writer, intent, mailbox, &failed);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (!journal_may(writer, intent, mailbox, error))
        return FALSE;
    intent->carried = intent->carried && !is_same_account(writer, intent);
    g_free(intent->uids);
    intent->uids = format_uids(targets, mailbox_id);
    intent->id = journal_insert(writer, intent, error);
    if (intent->id == 0)
        return FALSE;
    g_array_append_val(ids, intent->id);
    if (intent->kind == INTENT_FLAGS &&
        !flags_note_keywords(writer, intent->account_id, intent->add_keywords, error))
        return FALSE;
    gboolean ok = link_targets(writer, intent, targets, mailbox_id, error) &&
                  journal_finish_row(writer, intent, ids, error) && journal_effect(writer, intent, error);
    *group = intent->group;
    return ok;
}

static gboolean commit_messages(StoreWriter *writer, const Intent *intent, GArray *ids, GError **error)
{
    g_autoptr(GArray) targets = find_targets(writer, intent, error);
    if (targets == NULL)
        return FALSE;
    g_autoptr(GHashTable) done = g_hash_table_new(g_int64_hash, g_int64_equal);
    gint64 group = intent->group;
    if (intent->kind == INTENT_MOVE)
        g_hash_table_add(done, (gpointer) &intent->target_mailbox_id); /* already there: nothing to do */
    guint before = ids->len;
    for (guint i = 0; i < targets->len; i++) {
        Target *target = &g_array_index(targets, Target, i);
        if (g_hash_table_add(done, &target->mailbox_id) &&
            !commit_part(writer, intent, targets, target->mailbox_id, ids, &group, error))
            return FALSE;
    }
    if (ids->len > before)
        return TRUE;
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_REFUSED,
                        _("The messages are in that mailbox already."));
    return FALSE;
}

/* The person's own file may change or go before the server has it. */
static gboolean take_letter(StoreWriter *writer, Intent *intent, GError **error)
{
    char *letter = letters_take(writer->path, intent->path, error);
    if (letter == NULL)
        return FALSE;
    g_free(intent->path);
    intent->path = letter;
    return TRUE;
}

/* Kinds without messages: one row. */
static gboolean commit_single(StoreWriter *writer, const Intent *decided, GArray *ids, GError **error)
{
    g_autoptr(Intent) intent = intent_copy(decided);
    gint64 mailbox_id = intent->kind == INTENT_APPEND ? intent->target_mailbox_id : intent->mailbox_id;
    g_autoptr(StoreMailbox) mailbox = NULL;
    if (intent->kind != INTENT_CREATE_MAILBOX) {
        mailbox = mailbox_read(writer->db, mailbox_id, error);
        if (mailbox == NULL)
            return FALSE;
        intent->account_id = mailbox->account_id;
    }
    if (!journal_may_mailbox(writer, intent, mailbox, error))
        return FALSE;
    if (intent->kind == INTENT_APPEND && !take_letter(writer, intent, error))
        return FALSE;
    if (intent->kind == INTENT_CREATE_MAILBOX) {
        intent->target_mailbox_id = journal_make_mailbox(writer, intent, error);
        if (intent->target_mailbox_id == 0)
            return FALSE;
    }
    intent->id = journal_insert(writer, intent, error);
    if (intent->id == 0)
        return FALSE;
    g_array_append_val(ids, intent->id);
    return database_run(writer->db, error, "UPDATE intent SET old_name = ?2 WHERE id = ?1", "is", intent->id,
                        mailbox != NULL ? mailbox->name : NULL) &&
           journal_finish_row(writer, intent, ids, error) && journal_effect(writer, intent, error);
}

gboolean journal_commit(StoreWriter *writer, const Intent *intent, GArray *ids, GError **error)
{
    if (intent->kind == INTENT_SEND)
        return outbox_commit(writer, intent, ids, error);
    return journal_is_about_messages(intent->kind) ? commit_messages(writer, intent, ids, error)
                                                   : commit_single(writer, intent, ids, error);
}

gboolean store_writer_commit_intent(StoreWriter *writer, const Intent *intent, GArray **ids, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!store_begin(writer, TRUE, error) ||
        !store_end(writer, journal_commit(writer, intent, rows, error), error))
        return FALSE;
    if (ids != NULL)
        *ids = g_steal_pointer(&rows);
    return TRUE;
}
