/* Letters that are sent: their envelope in the journal, what the server said of each recipient, and when nobody can know
 * (doc/internals/outbox.md). */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "store/journal-private.h"
#include "store/journal_log.h"
#include "store/letters.h"

/* --- rows ------------------------------------------------------------------------------------------------- */

static gboolean load_recipients(Database *db, Intent *intent, GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s = database_query(db, &failed, "SELECT address, state, words FROM recipient WHERE intent_id = ? ORDER BY position", "i",
                                     intent->id);
    while (s != NULL && database_step(db, s, &failed)) {
        intent_add_recipient(intent, (const char *) sqlite3_column_text(s, 0));
        IntentRecipient *recipient = g_ptr_array_index(intent->recipients, intent->recipients->len - 1);
        recipient->state = (RecipientState) column_int(s, 1);
        recipient->words = column_text(s, 2);
    }
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean outbox_load(Database *db, Intent *intent, GError **error)
{
    GError *failed = NULL;
    sqlite3_stmt *s =
        database_query(db, &failed, "SELECT sender, not_before, last_octets, options, release_at, copied, staged_message_id, staged_header FROM sending WHERE intent_id = ?", "i", intent->id);
    if (s != NULL && database_step(db, s, &failed)) {
        intent->sender = column_text(s, 0);
        intent->not_before = column_int(s, 1);
        intent->last_octets = column_int(s, 2) != 0;
        intent->send_options = (guint) column_int(s, 3);
        intent->release_at = column_int(s, 4);
        if (column_int(s, 5) != 0 && intent->target_mailbox_id == 0)
            intent->target_mailbox_id = INTENT_NO_COPY;
        intent->staged_message_id = column_int(s, 6);
        intent->staged_header = (guint64) column_int(s, 7);
        database_done(s);
    }
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    return load_recipients(db, intent, error);
}

static gint64 logged_number(const JournalLogEntry *entry, const char *name)
{
    const char *text = g_hash_table_lookup(entry->fields, name);
    return text != NULL ? g_ascii_strtoll(text, NULL, 10) : 0;
}

void outbox_read_log(Intent *intent, const JournalLogEntry *entry)
{
    if (intent->kind != INTENT_SEND)
        return;
    const char *sender = g_hash_table_lookup(entry->fields, "sender"), *list = g_hash_table_lookup(entry->fields, "recipients");
    intent->sender = g_strdup(sender != NULL ? sender : "");
    intent->not_before = logged_number(entry, "not_before");
    intent->send_options = (guint) logged_number(entry, "options");
    intent->release_at = logged_number(entry, "release_at");
    intent->last_octets = g_strcmp0(g_hash_table_lookup(entry->fields, "last_octets"), "1") == 0;
    if (g_strcmp0(g_hash_table_lookup(entry->fields, "copied"), "1") == 0)
        intent->target_mailbox_id = INTENT_NO_COPY;
    g_auto(GStrv) addresses = g_strsplit(list != NULL ? list : "", "\n", -1);
    for (char **address = addresses; *address != NULL; address++)
        intent_add_recipient(intent, *address);
}

gboolean outbox_forget(StoreWriter *writer, GError **error)
{
    return database_run(writer->db, error, "DELETE FROM recipient WHERE intent_id NOT IN (SELECT id FROM intent)", "") &&
           database_run(writer->db, error, "DELETE FROM sending WHERE intent_id NOT IN (SELECT id FROM intent)", "");
}

/* --- deciding ----------------------------------------------------------------------------------------------- */

static gboolean refuse(GError **error, const char *words)
{
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_REFUSED, words);
    return FALSE;
}

/* What could end the command that it stands in, or stand as another argument of it, never gets into the journal (RFC 5321 §4.1.2). */
static gboolean can_stand_in_envelope(const char *address)
{
    gboolean quoted = FALSE;
    for (const char *c = address; *c != '\0'; c++) {
        if ((guchar) *c < 0x20 || *c == 0x7f)
            return FALSE;
        if (quoted && *c == '\\' && (guchar) c[1] >= 0x20)
            c++;
        else if (*c == '"')
            quoted = !quoted;
        else if (!quoted && strchr(" <>", *c) != NULL)
            return FALSE;
    }
    return !quoted && g_utf8_validate(address, -1, NULL);
}

static gboolean may_send(const Intent *intent, GError **error)
{
    if (intent->account_id == 0)
        return refuse(error, _("A letter needs an account that sends it."));
    if (intent->path == NULL)
        return refuse(error, _("There is no file with the message to keep."));
    if (intent->sender == NULL || !can_stand_in_envelope(intent->sender))
        return refuse(error, _("The sender's address cannot stand in an envelope."));
    if (intent->recipients == NULL || intent->recipients->len == 0)
        return refuse(error, _("The letter has no recipients."));
    for (guint i = 0; i < intent->recipients->len; i++) {
        const IntentRecipient *recipient = g_ptr_array_index(intent->recipients, i);
        if (*recipient->address == '\0' || !can_stand_in_envelope(recipient->address)) {
            g_autofree char *words = g_strdup_printf(_("“%s” is not an address that a letter can be sent to."), recipient->address);
            return refuse(error, words);
        }
    }
    return TRUE;
}

/* The letter is not to have a copy (any more): "copied" without a mailbox. */
static gboolean insert_envelope(StoreWriter *writer, const Intent *intent, gboolean no_copy, GError **error)
{
    if (!database_run(writer->db, error, "INSERT INTO sending (intent_id, sender, not_before, last_octets, options, release_at, copied) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                      "isiiiii", intent->id, intent->sender, intent->not_before, (gint64) intent->last_octets, (gint64) intent->send_options,
                      intent->release_at, (gint64) no_copy))
        return FALSE;
    for (guint i = 0; i < intent->recipients->len; i++) {
        const IntentRecipient *recipient = g_ptr_array_index(intent->recipients, i);
        if (!database_run(writer->db, error, "INSERT INTO recipient (intent_id, position, address) VALUES (?1, ?2, ?3)", "iis", intent->id,
                          (gint64) i, recipient->address))
            return FALSE;
    }
    return TRUE;
}

gboolean outbox_commit(StoreWriter *writer, const Intent *decided, GArray *ids, GError **error)
{
    if (!may_send(decided, error))
        return FALSE;
    g_autoptr(Intent) intent = intent_copy(decided);
    char *letter = letters_take(writer->path, decided->path, error);
    if (letter == NULL)
        return FALSE;
    g_free(intent->path);
    intent->path = letter;
    gboolean no_copy = intent->target_mailbox_id == INTENT_NO_COPY;
    intent->target_mailbox_id = MAX(intent->target_mailbox_id, 0);
    intent->id = journal_insert(writer, intent, error);
    if (intent->id == 0)
        return FALSE;
    g_array_append_val(ids, intent->id);
    return insert_envelope(writer, intent, no_copy, error) && journal_finish_row(writer, intent, ids, error);
}

/* --- whose turn it is ---------------------------------------------------------------------------------------- */

GPtrArray *store_writer_ready_sendings(StoreWriter *writer, gint64 account_id, gint64 now, guint limit)
{
    GPtrArray *ready = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    g_autoptr(GArray) ids = journal_collect_ids(writer, NULL,
                                                "SELECT id FROM intent JOIN sending ON intent_id = id WHERE account_id = ?1 AND state = 0"
                                                " AND not_before <= ?2 ORDER BY id",
                                                account_id, now);
    for (guint i = 0; ids != NULL && i < ids->len && ready->len < limit; i++) {
        Intent *intent = journal_read(writer->db, g_array_index(ids, gint64, i), NULL);
        if (intent != NULL)
            g_ptr_array_add(ready, intent);
    }
    return ready;
}

gint64 store_writer_next_sending(StoreWriter *writer, gint64 account_id)
{
    return database_int(writer->db, NULL, 0,
                        "SELECT max(1, min(not_before)) FROM intent JOIN sending ON intent_id = id WHERE account_id = ? AND state = 0", "i",
                        account_id);
}

/* --- on the way ------------------------------------------------------------------------------------------------ */

const char *outbox_doubt(void)
{
    return _("The connection ended after the whole letter had gone and before the server's answer: it may or may not have been sent. "
             "Look whether it arrived, then send it again or let it be.");
}

gboolean store_writer_sending_last_octets(StoreWriter *writer, gint64 intent_id, GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error,
                               "UPDATE sending SET last_octets = 1 WHERE intent_id = ?1 AND EXISTS (SELECT 1 FROM intent WHERE id = ?1 AND "
                               "state = ?2)",
                               "ii", intent_id, (gint64) INTENT_SENDING);
    if (ok && database_changes(writer->db) == 0)
        ok = store_no_such(error, "letter that is being sent", intent_id);
    journal_note(writer, intent_id);
    return store_end(writer, ok, error);
}

static gboolean wait_until(StoreWriter *writer, gint64 intent_id, gint64 then, GError **error)
{
    return database_run(writer->db, error, "UPDATE sending SET last_octets = 0, not_before = ?2 WHERE intent_id = ?1", "ii", intent_id, then);
}

gboolean store_writer_sending_copy_to(StoreWriter *writer, gint64 intent_id, gint64 mailbox_id, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = mailbox_id == INTENT_NO_COPY
                      ? database_run(writer->db, error, "UPDATE sending SET copied = 1 WHERE intent_id = ?1", "i", intent_id)
                      : database_run(writer->db, error, "UPDATE intent SET target_mailbox_id = ?2 WHERE id = ?1 AND state = ?3", "iii", intent_id,
                                     mailbox_id, (gint64) INTENT_PENDING);
    return store_end(writer, ok, error);
}

/* --- staged in Drafts, to be submitted by its URL ---------------------------------------------------------------- */

static gboolean stage(StoreWriter *writer, const Intent *intent, gint64 drafts_id, const char *departing, guint64 header, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(Intent) append = intent_new(INTENT_APPEND);
    append->target_mailbox_id = drafts_id;
    append->add = MAIL_FLAG_DRAFT | MAIL_FLAG_SEEN;
    append->path = departing != NULL ? letters_take(writer->path, departing, error) : letters_share(writer->path, intent->path, error);
    if (append->path == NULL)
        return FALSE;
    if (!journal_commit(writer, append, ids, error) || ids->len == 0) {
        letters_remove(writer->path, append->path);
        return FALSE;
    }
    return database_run(writer->db, error,
                        "UPDATE sending SET staged_message_id = coalesce((SELECT copy_id FROM intent_message WHERE intent_id = ?2), 0),"
                        " staged_header = ?3 WHERE intent_id = ?1",
                        "iii", intent->id, g_array_index(ids, gint64, 0), (gint64) header);
}

gboolean store_writer_sending_stage(StoreWriter *writer, gint64 intent_id, gint64 drafts_mailbox_id, const char *departing, guint64 header,
                                    GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, error);
    return store_end(writer, intent != NULL && stage(writer, intent, drafts_mailbox_id, departing, header, error), error);
}

/* It has another form elsewhere: no Trash. One that is gone already needs nothing. */
static gboolean remove_staged(StoreWriter *writer, gint64 message_id, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(Intent) removal = intent_new(INTENT_DELETE);
    removal->target_mailbox_id = -1;
    g_array_append_val(removal->message_ids, message_id);
    return database_int(writer->db, NULL, 0, "SELECT 1 FROM message WHERE id = ?", "i", message_id) == 0 ||
           journal_commit(writer, removal, ids, error);
}

static gboolean to_drafts(StoreWriter *writer, const Intent *intent, gint64 drafts_id, GError **error)
{
    if (intent->kind != INTENT_SEND || intent->state == INTENT_SENDING || intent->state == INTENT_DONE || intent->state == INTENT_UNDONE)
        return refuse(error, _("Only a letter that waits, was refused or may not have gone can become a draft."));
    gboolean lacks_bcc = intent->staged_message_id != 0 && intent->staged_header != 0;
    if ((intent->staged_message_id == 0 || lacks_bcc) && !stage(writer, intent, drafts_id, NULL, 0, error))
        return FALSE;
    if (lacks_bcc && !remove_staged(writer, intent->staged_message_id, error))
        return FALSE;
    return journal_mark(writer, intent->id, INTENT_UNDONE, intent->error, error);
}

gboolean store_writer_sending_to_drafts(StoreWriter *writer, gint64 intent_id, gint64 drafts_mailbox_id, GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, error);
    return store_end(writer, intent != NULL && to_drafts(writer, intent, drafts_mailbox_id, error), error);
}

gint64 store_writer_sending_staging(StoreWriter *writer, gint64 intent_id)
{
    return database_int(writer->db, NULL, 0,
                        "SELECT a.id FROM sending s JOIN intent_message l ON l.copy_id = s.staged_message_id JOIN intent a ON a.id = l.intent_id"
                        " WHERE s.intent_id = ?1 AND a.state IN " INTENT_UNFINISHED_SQL " AND a.kind = ?2 LIMIT 1",
                        "ii", intent_id, (gint64) INTENT_APPEND);
}

gboolean store_writer_is_staging(StoreWriter *writer, gint64 append_id)
{
    return database_int(writer->db, NULL, 0,
                        "SELECT 1 FROM sending s JOIN intent_message l ON l.copy_id = s.staged_message_id WHERE l.intent_id = ?1 AND l.copy_id <> 0", "i",
                        append_id) != 0;
}

gboolean store_writer_sending_put_off(StoreWriter *writer, gint64 intent_id, const char *words, gint64 until, GError **error)
{
    if (!store_begin(writer, FALSE, error))
        return FALSE;
    gboolean ok = database_run(writer->db, error, "UPDATE intent SET error = ?2 WHERE id = ?1 AND state = ?3", "isi", intent_id, words,
                               (gint64) INTENT_PENDING);
    if (ok && database_changes(writer->db) == 0)
        ok = store_no_such(error, "letter that waits", intent_id);
    else if (ok && until != 0)
        ok = wait_until(writer, intent_id, until, error);
    return store_end(writer, ok, error);
}

gboolean store_writer_sending_cut(StoreWriter *writer, gint64 intent_id, const char *words, gint64 retry_at, GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, error);
    gboolean ok = intent != NULL;
    if (ok && intent->state == INTENT_SENDING)
        ok = intent->last_octets ? journal_mark(writer, intent_id, INTENT_UNKNOWN, outbox_doubt(), error)
                                 : journal_mark(writer, intent_id, INTENT_PENDING, words, error) &&
                                       wait_until(writer, intent_id, retry_at, error);
    return store_end(writer, ok, error);
}

/* --- the copy that is kept -------------------------------------------------------------------------------------- */

/* Within a savepoint of its own: a mailbox that is gone takes the copy, not the news that the letter was sent. */
static gboolean commit_copy(StoreWriter *writer, const Intent *append, gint64 sending_id, GError **refused)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    return store_begin(writer, TRUE, refused) &&
           store_end(writer,
                     journal_commit(writer, append, ids, refused) &&
                         database_run(writer->db, refused, "UPDATE sending SET copy_intent_id = ?2 WHERE intent_id = ?1", "ii", sending_id,
                                      g_array_index(ids, gint64, 0)),
                     refused);
}

gint64 store_writer_copy_of_staged(StoreWriter *writer, gint64 append_id, guint64 *header)
{
    *header = (guint64) database_int(writer->db, NULL, 0, "SELECT staged_header FROM sending WHERE copy_intent_id = ?", "i", append_id);
    return *header == 0 ? 0
                        : database_int(writer->db, NULL, 0, "SELECT staged_message_id FROM sending WHERE copy_intent_id = ?", "i", append_id);
}

gboolean outbox_copy_is_there(StoreWriter *writer, gint64 append_id, GError **error)
{
    guint64 header;
    gint64 staged = store_writer_copy_of_staged(writer, append_id, &header);
    return staged == 0 || remove_staged(writer, staged, error);
}

/* What was staged in Drafts, and is known there by its UID, becomes the copy: nothing is uploaded again. FALSE: it cannot. */
static gboolean move_staged(StoreWriter *writer, const Intent *intent)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(Intent) flags = intent_new(INTENT_FLAGS);
    g_autoptr(Intent) move = intent_new(INTENT_MOVE);
    gint64 there = database_int(writer->db, NULL, 0, "SELECT 1 FROM message WHERE id = ?1 AND uid IS NOT NULL AND mailbox_id <> ?2", "ii",
                                intent->staged_message_id, intent->target_mailbox_id);
    if (intent->staged_message_id == 0 || intent->staged_header != 0 || there == 0)
        return FALSE;
    g_array_append_val(flags->message_ids, intent->staged_message_id);
    g_array_append_val(move->message_ids, intent->staged_message_id);
    flags->remove = MAIL_FLAG_DRAFT;
    move->target_mailbox_id = intent->target_mailbox_id;
    /* A savepoint: refused (the mailbox is gone), a copy is made in the ordinary way. */
    return store_begin(writer, TRUE, NULL) &&
           store_end(writer, journal_commit(writer, flags, ids, NULL) && journal_commit(writer, move, ids, NULL), NULL);
}

/* Once for a letter, by whichever of its recipients is accepted first. *kept_not: why there is no copy, else untouched. */
static gboolean keep_copy(StoreWriter *writer, const Intent *intent, char **kept_not, GError **error)
{
    gint64 copied = database_int(writer->db, error, 1, "SELECT copied FROM sending WHERE intent_id = ?", "i", intent->id);
    if (intent->target_mailbox_id <= 0 || copied != 0)
        return TRUE;
    if (move_staged(writer, intent))
        return database_run(writer->db, error, "UPDATE sending SET copied = 1 WHERE intent_id = ?", "i", intent->id);
    g_autoptr(GError) refused = NULL;
    g_autoptr(Intent) append = intent_new(INTENT_APPEND);
    append->target_mailbox_id = intent->target_mailbox_id;
    append->add = MAIL_FLAG_SEEN;
    append->path = letters_share(writer->path, intent->path, &refused);
    if (append->path == NULL || !commit_copy(writer, append, intent->id, &refused)) {
        if (append->path != NULL)
            letters_remove(writer->path, append->path);
        *kept_not = g_strdup_printf(_("The letter was sent, but no copy of it could be kept: %s"), refused->message);
    }
    return database_run(writer->db, error, "UPDATE sending SET copied = 1 WHERE intent_id = ?", "i", intent->id);
}

static void add_homeless(StoreWriter *writer, GPtrArray *found, const char *sql, gint64 account_id)
{
    g_autoptr(GArray) ids = journal_collect_ids(writer, NULL, sql, account_id, 0);
    for (guint i = 0; ids != NULL && i < ids->len; i++) {
        Intent *intent = journal_read(writer->db, g_array_index(ids, gint64, i), NULL);
        if (intent != NULL && intent->path != NULL && g_file_test(intent->path, G_FILE_TEST_IS_REGULAR))
            g_ptr_array_add(found, intent);
        else
            intent_free(intent);
    }
}

GPtrArray *store_writer_homeless_copies(StoreWriter *writer, gint64 account_id)
{
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    add_homeless(writer, found,
                 "SELECT id FROM intent JOIN sending ON intent_id = id WHERE account_id = ?1 AND target_mailbox_id = 0 AND copied = 0"
                 " AND ?2 = 0 AND EXISTS (SELECT 1 FROM recipient r WHERE r.intent_id = id AND r.state = 1)",
                 account_id);
    add_homeless(writer, found,
                 "SELECT id FROM intent JOIN sending ON copy_intent_id = id WHERE account_id = ?1 AND state IN (3, 4) AND ?2 = 0", account_id);
    return found;
}

gboolean store_writer_copy_is_kept_here(StoreWriter *writer, const Intent *intent, const char *words, GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    gboolean ok = intent->kind == INTENT_SEND
                      ? database_run(writer->db, error, "UPDATE sending SET copied = 1 WHERE intent_id = ?", "i", intent->id)
                      : journal_mark(writer, intent->id, INTENT_UNDONE, words, error);
    /* The mailbox that was to be made for it is not wanted any more. */
    g_autoptr(GArray) creates = journal_collect_ids(writer, NULL, "SELECT id FROM intent WHERE kind = ?1 AND target_mailbox_id = ?2 AND state IN (3, 4)",
                                                    INTENT_CREATE_MAILBOX, intent->kind == INTENT_APPEND ? intent->target_mailbox_id : -1);
    for (guint i = 0; ok && creates != NULL && i < creates->len; i++)
        ok = journal_mark(writer, g_array_index(creates, gint64, i), INTENT_UNDONE, words, error);
    return store_end(writer, ok, error);
}

/* --- the server's answer ------------------------------------------------------------------------------------------ */

typedef struct {
    guint waiting, refused, accepted;
    const char *words; /* of the first that waits, else of the first that was refused */
} Tally;

static gboolean note_verdicts(StoreWriter *writer, const Intent *intent, const IntentRecipient *verdicts, guint count, Tally *tally,
                              GError **error)
{
    for (guint i = 0; i < intent->recipients->len; i++) {
        const IntentRecipient *now = g_ptr_array_index(intent->recipients, i);
        if (now->state == RECIPIENT_WAITING && i < count) {
            now = &verdicts[i];
            if (!database_run(writer->db, error, "UPDATE recipient SET state = ?3, words = ?4 WHERE intent_id = ?1 AND position = ?2", "iiis",
                              intent->id, (gint64) i, (gint64) now->state, now->words))
                return FALSE;
        }
        guint *counted = now->state == RECIPIENT_WAITING ? &tally->waiting : now->state == RECIPIENT_REFUSED ? &tally->refused : &tally->accepted;
        if (now->state != RECIPIENT_ACCEPTED && (tally->words == NULL || (now->state == RECIPIENT_WAITING && *counted == 0)))
            tally->words = now->words;
        (*counted)++;
    }
    return TRUE;
}

static gboolean answered(StoreWriter *writer, const Intent *intent, const IntentRecipient *verdicts, guint count, gint64 retry_at,
                         GError **error)
{
    Tally tally = { 0 };
    g_autofree char *kept_not = NULL;
    if (!note_verdicts(writer, intent, verdicts, count, &tally, error) ||
        (tally.accepted > 0 && !keep_copy(writer, intent, &kept_not, error)) || !wait_until(writer, intent->id, retry_at, error))
        return FALSE;
    IntentState state = tally.waiting > 0 ? INTENT_PENDING : tally.refused > 0 ? INTENT_FAILED : INTENT_DONE;
    return journal_mark(writer, intent->id, state, kept_not != NULL ? kept_not : tally.words, error);
}

gboolean store_writer_sending_answered(StoreWriter *writer, gint64 intent_id, const IntentRecipient *verdicts, guint count,
                                       gint64 retry_at, GError **error)
{
    if (!store_begin(writer, TRUE, error))
        return FALSE;
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, error);
    gboolean ok = intent != NULL;
    if (ok && intent->state != INTENT_SENDING)
        ok = store_no_such(error, "letter that is being sent", intent_id);
    return store_end(writer, ok && answered(writer, intent, verdicts, count, retry_at, error), error);
}

/* --- the person's word ----------------------------------------------------------------------------------------------- */

gboolean outbox_wait_again(StoreWriter *writer, const Intent *intent, GError **error)
{
    return wait_until(writer, intent->id, 0, error) &&
           database_run(writer->db, error, "UPDATE recipient SET state = 0 WHERE intent_id = ?1 AND state = ?2", "ii", intent->id,
                        (gint64) RECIPIENT_REFUSED);
}

gboolean outbox_taken_as_sent(StoreWriter *writer, const Intent *intent, GError **error)
{
    g_autofree char *kept_not = NULL;
    return database_run(writer->db, error, "UPDATE recipient SET state = ?2 WHERE intent_id = ?1 AND state = 0", "ii", intent->id,
                        (gint64) RECIPIENT_ACCEPTED) &&
           keep_copy(writer, intent, &kept_not, error) && journal_mark(writer, intent->id, INTENT_DONE, kept_not, error);
}

gboolean outbox_is_here_only(const Intent *intent)
{
    for (guint i = 0; i < intent->recipients->len; i++)
        if (((const IntentRecipient *) intent->recipients->pdata[i])->state == RECIPIENT_ACCEPTED)
            return FALSE;
    return !intent->recovery && !intent->last_octets;
}
