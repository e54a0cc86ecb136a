/* The journal from commit to end: whose turn it is, sending, states, recovery. */
#include "config.h"

#include <glib/gstdio.h>

#include "base/i18n.h"
#include "store/journal-private.h"
#include "store/journal_log.h"
#include "store/letters.h"

/* Finished intents are kept for a while, for undo and for the screen that lists them. */
#define KEEP_FINISHED_DAYS 30

/* --- whose turn it is -------------------------------------------------------------------------------- */

typedef struct {
    GHashTable *messages;        /* touched by what stands before */
    GHashTable *mailboxes;       /* likewise: sources and targets */
    GHashTable *mailbox_changes; /* created, renamed or deleted before */
} Before;

static void note(GHashTable *set, gint64 id)
{
    if (id != 0)
        g_hash_table_add(set, g_memdup2(&id, sizeof id));
}

static gboolean any_in(GHashTable *set, const GArray *ids)
{
    for (guint i = 0; i < ids->len; i++)
        if (g_hash_table_contains(set, &g_array_index(ids, gint64, i)))
            return TRUE;
    return FALSE;
}

/* The mailboxes that it needs to be there: for a rename or a deletion with those below. */
static GArray *mailboxes_of(StoreWriter *writer, const Intent *intent, GError **error)
{
    GArray *ids = intent->kind == INTENT_RENAME_MAILBOX || intent->kind == INTENT_DELETE_MAILBOX
                      ? journal_collect_ids(writer, error,
                                            "SELECT b.id FROM mailbox b, mailbox p WHERE p.id = ?1 AND "
                                            "b.account_id = ?2 AND substr(b.name, 1, length(p.name) + 1)"
                                            " = p.name || char(p.delimiter)",
                                            intent->mailbox_id, intent->account_id)
                      : g_array_new(FALSE, FALSE, sizeof(gint64));
    if (ids != NULL) {
        g_array_append_val(ids, intent->mailbox_id);
        g_array_append_val(ids, intent->target_mailbox_id);
    }
    return ids;
}

/* May it be replayed now? Notes what it touches for those behind it. */
static gboolean take_turn(StoreWriter *writer, Before *before, const Intent *intent, GError **error)
{
    g_autoptr(GArray) links = journal_links(writer->db, intent->id, error);
    g_autoptr(GArray) mailboxes = links != NULL ? mailboxes_of(writer, intent, error) : NULL;
    if (mailboxes == NULL)
        return FALSE;
    gboolean changes = intent->kind >= INTENT_CREATE_MAILBOX && intent->kind <= INTENT_DELETE_MAILBOX;
    gboolean ready = intent->state == INTENT_PENDING && !any_in(before->mailbox_changes, mailboxes) &&
                     !(changes && any_in(before->mailboxes, mailboxes));
    for (guint i = 0; i < links->len; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        ready = ready && !g_hash_table_contains(before->messages, &link->message_id);
        /* A message without a UID cannot be named to the server yet. */
        ready = ready && (link->uid != 0 || link->moved || intent->kind == INTENT_APPEND);
        note(before->messages, link->message_id);
        note(before->messages, link->copy_id);
    }
    for (guint i = 0; i < mailboxes->len; i++) {
        note(before->mailboxes, g_array_index(mailboxes, gint64, i));
        if (changes)
            note(before->mailbox_changes, g_array_index(mailboxes, gint64, i));
    }
    return ready;
}

GPtrArray *store_writer_ready_intents(StoreWriter *writer, gint64 account_id, guint limit)
{
    GPtrArray *ready = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    g_autoptr(GHashTable) messages = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) mailboxes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) changes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Before before = { messages, mailboxes, changes };
    g_autoptr(GArray) ids =
        journal_collect_ids(writer, NULL,
                            /* Of all accounts: what is carried concerns two. */
                            "SELECT id FROM intent INDEXED BY intent_unfinished WHERE state IN " INTENT_UNFINISHED_SQL
                            " AND kind <> ?1 AND ?2 = 0 ORDER BY id",
                            INTENT_SEND, 0);
    for (guint i = 0; ids != NULL && i < ids->len && ready->len < limit; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Intent) intent = journal_read(writer->db, g_array_index(ids, gint64, i), &error);
        if (intent != NULL && take_turn(writer, &before, intent, &error) && intent->account_id == account_id)
            g_ptr_array_add(ready, g_steal_pointer(&intent));
        if (error != NULL) {
            g_warning("store: %s", error->message);
            break; /* what stands behind must not overtake */
        }
    }
    return ready;
}

/* --- states --------------------------------------------------------------------------------------------- */

gboolean journal_is_safe_to_repeat(const Intent *intent)
{
    switch (intent->kind) {
    case INTENT_FLAGS:
    case INTENT_EXPUNGE:
    case INTENT_SUBSCRIBE:
    case INTENT_UNSUBSCRIBE:
        return TRUE;
    case INTENT_DELETE:
        return intent->target_mailbox_id == 0;
    case INTENT_SEND:
        return !intent->last_octets;
    default:
        return FALSE;
    }
}

gboolean store_writer_intent_sending(StoreWriter *writer, gint64 intent_id, guint32 target_uidvalidity,
                                     guint32 target_uidnext, GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    gboolean ok =
        database_run(writer->db, error,
                     "UPDATE intent SET state = ?2, tries = tries + 1, error = NULL, target_uidvalidity = "
                     "iif(?3 <> 0, ?3, target_uidvalidity),"
                     /* As it was before the first try: what that one left there is looked for from then on. And behind what
                      * is known to be there, which a COPYUID told and no UIDNEXT yet. */
                     " target_uidnext = CASE WHEN tries > 0 AND target_uidnext <> 0 AND target_uidvalidity = ?3 THEN target_uidnext"
                     " WHEN ?4 = 0 THEN target_uidnext ELSE max(?4, 1 + coalesce((SELECT max(uid) FROM message WHERE mailbox_id ="
                     " intent.target_mailbox_id), 0)) END WHERE id = ?1 AND state = ?5",
                     "iiiii", intent_id, (gint64) INTENT_SENDING, (gint64) target_uidvalidity,
                     (gint64) target_uidnext, (gint64) INTENT_PENDING);
    if (ok && database_changes(writer->db) == 0)
        ok = store_no_such(error, "pending intent", intent_id);
    journal_note(writer, intent_id);
    return store_end(writer, ok, error);
}

/* After it had failed: what it showed was taken back, and its messages may be elsewhere by now. */
static gboolean try_again(StoreWriter *writer, const Intent *intent, GError **error)
{
    if (!journal_is_about_messages(intent->kind))
        return journal_effect(writer, intent, error);
    if (intent->message_ids->len == 0) {
        g_set_error_literal(error, STORE_ERROR, STORE_ERROR_REFUSED,
                            _("The messages that this was about are no longer there."));
        return FALSE;
    }
    return journal_refreeze(writer, intent->id, error) && journal_effect(writer, intent, error);
}

/* The person has looked: what nothing can be looked for by goes again. */
static gboolean carry_again(StoreWriter *writer, const Intent *intent, GError **error)
{
    return intent->state != INTENT_UNKNOWN || !intent->carried ||
           database_run(writer->db, error,
                        "UPDATE intent_message SET step = 0 WHERE intent_id = ?1 AND step = ?2 AND NOT EXISTS (SELECT 1 FROM message m JOIN "
                        "content c ON c.id = m.content_id WHERE m.id = copy_id AND c.msgid_hash IS NOT NULL)",
                        "ii", intent->id, (gint64) STORE_CARRY_SENT);
}

static gboolean back_to_pending(StoreWriter *writer, const Intent *intent, const char *words, GError **error)
{
    gboolean look_first =
        intent->recovery ||
        ((intent->state == INTENT_SENDING || intent->state == INTENT_UNKNOWN) && !journal_is_safe_to_repeat(intent));
    if (!journal_mark(writer, intent->id, INTENT_PENDING, words, error) ||
        !database_run(writer->db, error, "UPDATE intent SET recovery = ?2 WHERE id = ?1", "ii", intent->id,
                      (gint64) look_first))
        return FALSE;
    if (intent->kind == INTENT_SEND)
        return outbox_wait_again(writer, intent, error);
    if (!carry_again(writer, intent, error))
        return FALSE;
    return journal_is_unfinished(intent->state) || try_again(writer, intent, error);
}

static gboolean set_state(StoreWriter *writer, const Intent *intent, IntentState state, const char *words,
                          GError **error)
{
    switch (state) {
    case INTENT_PENDING:
        if (intent->kind == INTENT_SEND && intent->state == INTENT_SENDING && intent->last_octets)
            return journal_mark(writer, intent->id, INTENT_UNKNOWN, words, error); /* never again without a question */
        return back_to_pending(writer, intent, words, error);
    case INTENT_FAILED:
    case INTENT_CONFLICT:
    case INTENT_UNDONE:
        return journal_mark(writer, intent->id, state, words, error) &&
               (!journal_is_unfinished(intent->state) || journal_take_back(writer, intent, error));
    case INTENT_DONE:
        return store_writer_intent_done(writer, intent->id, 0, NULL, 0, error);
    default:
        return journal_mark(writer, intent->id, state, words, error);
    }
}

gboolean store_writer_intent_state(StoreWriter *writer, gint64 intent_id, IntentState state,
                                   const char *words, GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, error);
    return store_end(writer, intent != NULL && set_state(writer, intent, state, words, error), error);
}

/* --- after a start ----------------------------------------------------------------------------------------
 */

/* Cut between sending and reply. What may be repeated waits again; what can be looked for in its target
 * (whose state before was recorded) waits with `recovery`; the rest nobody can know. */
static gboolean recover_sending(StoreWriter *writer, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GPtrArray) sending = journal_select(
        writer->db, &failed, "SELECT " INTENT_COLUMNS " FROM intent WHERE state = ?1 AND ?2 = 0 ORDER BY id",
        INTENT_SENDING, 0);
    for (guint i = 0; sending != NULL && i < sending->len && failed == NULL; i++) {
        const Intent *intent = g_ptr_array_index(sending, i);
        if (intent->kind == INTENT_SEND && intent->last_octets) {
            journal_mark(writer, intent->id, INTENT_UNKNOWN, outbox_doubt(), &failed);
            continue;
        }
        gboolean about_mailbox = INTENT_KIND_IS_ABOUT_MAILBOX(intent->kind);
        if (journal_is_safe_to_repeat(intent) || about_mailbox || intent->target_uidvalidity != 0)
            back_to_pending(writer, intent, NULL, &failed);
        else
            journal_mark(writer, intent->id, INTENT_UNKNOWN,
                         _("Malle stopped between sending this and the server's answer: it may or may not "
                           "have been done."),
                         &failed);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* One that no row names was copied for a decision that was not kept, or belongs to one of a damaged store, which is given the
 * time to be taken over. */
static void forget_nameless_letters(StoreWriter *writer, gint64 before)
{
    g_autoptr(GPtrArray) old = letters_older_than(writer->path, before / G_USEC_PER_SEC);
    for (guint i = 0; i < old->len; i++)
        if (database_int(writer->db, NULL, 1, "SELECT count(*) FROM intent WHERE path = ?", "s", g_ptr_array_index(old, i)) == 0)
            letters_remove(writer->path, g_ptr_array_index(old, i));
}

/* Letters whose server has them, and those that were taken back long ago. */
static gboolean forget_letters(StoreWriter *writer, gint64 before, GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(writer->db, &failed,
                                     "SELECT path FROM intent WHERE path IS NOT NULL AND (state = ?1 OR state = ?2 AND created < ?3)",
                                     "iii", (gint64) INTENT_DONE, (gint64) INTENT_UNDONE, before);
    while (s != NULL && database_step(writer->db, s, &failed)) {
        g_autofree char *path = column_text(s, 0);
        letters_remove(writer->path, path);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    else
        forget_nameless_letters(writer, before);
    return failed == NULL;
}

/* What failed or is in conflict stays until the person has settled it. */
static gboolean forget_old(StoreWriter *writer, GError **error)
{
    gint64 before = g_get_real_time() - (gint64) KEEP_FINISHED_DAYS * 86400 * G_USEC_PER_SEC;
    return forget_letters(writer, before, error) &&
           database_run(writer->db, error,
                        "DELETE FROM intent_message WHERE intent_id IN (SELECT id FROM intent WHERE created "
                        "< ?1 AND state IN (2, 6))",
                        "i", before) &&
           database_run(writer->db, error, "DELETE FROM intent WHERE created < ?1 AND state IN (2, 6)", "i", before) &&
           outbox_forget(writer, error);
}

/* Decisions that this store does not know: it is a new one, beside the log of one that was damaged. They are
 * put aside, not overwritten. */
static void keep_foreign_log(StoreWriter *writer)
{
    guint damaged = 0;
    g_autofree char *path = journal_log_path(writer->path);
    g_autoptr(GPtrArray) entries = journal_log_read(path, &damaged, NULL);
    for (guint i = 0; entries != NULL && i < entries->len; i++) {
        const JournalLogEntry *entry = g_ptr_array_index(entries, i);
        const char *created = g_hash_table_lookup(entry->fields, "created");
        if (database_int(writer->db, NULL, 0, "SELECT 1 FROM intent WHERE id = ?1 AND created = ?2", "ii",
                         entry->id, created != NULL ? g_ascii_strtoll(created, NULL, 10) : 0) != 0)
            continue;
        g_autofree char *aside = g_strdup_printf("%s.%" G_GINT64_FORMAT, path, g_get_real_time());
        if (g_rename(path, aside) == 0)
            g_warning("store: decisions of another store were found; they are kept in %s", aside);
        return;
    }
}

gboolean journal_recover(StoreWriter *writer, GError **error)
{
    keep_foreign_log(writer);
    if (!store_begin(writer, TRUE, error) ||
        !store_end(writer, recover_sending(writer, error) && forget_old(writer, error), error))
        return FALSE;
    journal_carry_clean(writer);
    writer->log = journal_log_open(writer->path, error);
    if (writer->log == NULL)
        return FALSE;
    journal_log_update(writer->log, writer->db, NULL);
    return TRUE;
}
