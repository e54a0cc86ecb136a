/* Decisions of a store that is gone, taken over from the journal.log that it left behind: by the names of accounts and
 * mailboxes and by UIDs, for its ids mean nothing here. What was being sent when that store was lost is `unknown`; what
 * can no longer be told is kept as a conflict, in words, and never dropped in silence. */
#include "config.h"

#include <glib/gstdio.h>

#include "base/i18n.h"
#include "store/journal-private.h"
#include "store/journal_log.h"

typedef struct {
    StoreWriter *writer;
    StoreAdoption *adoption;
    GHashTable *groups; /* of gint64*: group there -> group here */
} Adopting;

/* --- one record ---------------------------------------------------------------------------- */

static const char *field(const JournalLogEntry *entry, const char *name)
{
    return g_hash_table_lookup(entry->fields, name);
}

static gint64 number(const JournalLogEntry *entry, const char *name)
{
    const char *text = field(entry, name);
    return text != NULL ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static gboolean read_names(const JournalLogEntry *entry, IntentKind *kind, IntentState *state)
{
    const char *kind_name = field(entry, "kind"), *state_name = field(entry, "state");
    for (*kind = INTENT_FLAGS; *kind <= INTENT_SEND; (*kind)++)
        if (g_strcmp0(kind_name, intent_kind_name(*kind)) == 0)
            break;
    for (*state = INTENT_PENDING; *state <= INTENT_UNDONE; (*state)++)
        if (g_strcmp0(state_name, intent_state_name(*state)) == 0)
            break;
    return *kind <= INTENT_SEND && *state <= INTENT_UNDONE && field(entry, "account") != NULL;
}

/* By its name on the wire, which is all that is known before the first LIST. 0: none is named, or *failed. */
static gint64 find_mailbox(StoreWriter *writer, gint64 account_id, const char *wire_name, GError **failed)
{
    if (wire_name == NULL || *failed != NULL)
        return 0;
    const StoreMailbox mailbox = {
        .account_id = account_id,
        .name = (char *) wire_name,
        .wire_name = (char *) wire_name,
        .role = g_ascii_strcasecmp(wire_name, "INBOX") == 0 ? MAILBOX_ROLE_INBOX : MAILBOX_ROLE_NONE,
    };
    return store_writer_put_mailbox(writer, account_id, &mailbox, failed);
}

static Intent *make_intent(const Adopting *adopting, const JournalLogEntry *entry, IntentKind kind, GError **failed)
{
    StoreWriter *writer = adopting->writer;
    gint64 there = number(entry, "group_id");
    const gint64 *group = g_hash_table_lookup(adopting->groups, &there);
    Intent *intent = intent_new(kind);
    intent->account_id = store_writer_put_account(writer, field(entry, "account"), failed);
    gint64 target_account = field(entry, "target_account") != NULL && *failed == NULL
                                ? store_writer_put_account(writer, field(entry, "target_account"), failed)
                                : intent->account_id;
    intent->mailbox_id = find_mailbox(writer, intent->account_id, field(entry, "mailbox"), failed);
    if (kind != INTENT_CREATE_MAILBOX) /* which makes its own */
        intent->target_mailbox_id = find_mailbox(writer, target_account, field(entry, "target"), failed);
    if (kind == INTENT_DELETE && intent->target_mailbox_id == 0)
        intent->target_mailbox_id = -1; /* it was decided without a Trash */
    intent->carried = target_account != intent->account_id;
    intent->uids = g_strdup(field(entry, "uids"));
    intent->add = (MailFlags) number(entry, "add_flags");
    intent->remove = (MailFlags) number(entry, "remove_flags");
    intent->add_keywords = g_strdup(field(entry, "add_keywords"));
    intent->remove_keywords = g_strdup(field(entry, "remove_keywords"));
    intent->name = g_strdup(field(entry, "name"));
    intent->path = g_strdup(field(entry, "path"));
    outbox_read_log(intent, entry);
    intent->created = number(entry, "created");
    intent->group = group != NULL ? *group : 0;
    return intent;
}

/* --- into the journal --------------------------------------------------------------------------- */

static gboolean is_known(StoreWriter *writer, const Intent *intent, GError **failed)
{
    return database_int(writer->db, failed, 0, "SELECT 1 FROM intent WHERE created = ?1 AND kind = ?2 AND account_id = ?3",
                        "iii", intent->created, (gint64) intent->kind, intent->account_id) != 0;
}

/* What it was about cannot be told here: the row says what was decided, and why nothing comes of it. */
static void keep_lost(const Adopting *adopting, const Intent *intent, const char *words, GError **failed)
{
    gint64 id = journal_insert(adopting->writer, intent, failed);
    if (id != 0 && journal_mark(adopting->writer, id, INTENT_CONFLICT, words, failed) && intent->group == 0)
        database_run(adopting->writer->db, failed, "UPDATE intent SET group_id = id WHERE id = ?", "i", id);
    adopting->adoption->lost++;
}

/* The UIDs are those of that UIDVALIDITY; the mailbox may be known here by another one already. */
static gboolean still_numbered(StoreWriter *writer, const Intent *intent, gint64 uidvalidity, GError **failed)
{
    if (uidvalidity == 0 || !journal_is_about_messages(intent->kind))
        return TRUE;
    gint64 now = database_int(writer->db, failed, 0, "SELECT uidvalidity FROM mailbox WHERE id = ?", "i", intent->mailbox_id);
    return now == 0 || now == uidvalidity;
}

/* What it was frozen to and how far it had got. */
static void restore_progress(const Adopting *adopting, gint64 id, const JournalLogEntry *entry, IntentState state, GError **failed)
{
    StoreWriter *writer = adopting->writer;
    g_autoptr(Intent) intent = journal_read(writer->db, id, failed);
    if (intent == NULL)
        return;
    gboolean begun = state != INTENT_PENDING || number(entry, "tries") > 0;
    if (!database_run(writer->db, failed,
                      "UPDATE intent SET uidvalidity = ?2, cursor = ?3, target_uidvalidity = ?4, target_uidnext = ?5, tries = ?6,"
                      " recovery = ?7 WHERE id = ?1",
                      "iiiiiii", id, number(entry, "uidvalidity"), number(entry, "cursor"), number(entry, "target_uidvalidity"),
                      number(entry, "target_uidnext"), (gint64) begun, (gint64) begun))
        return;
    /* Which of them were sent is not in the log: each is looked for. */
    if (begun && !database_run(writer->db, failed, "UPDATE intent_message SET step = ?2 WHERE intent_id = ?1", "ii", id,
                               (gint64) STORE_CARRY_SENT))
        return;
    if (state != INTENT_PENDING && !journal_is_safe_to_repeat(intent)) {
        journal_mark(writer, id, INTENT_UNKNOWN,
                     _("The store was damaged while this was being sent: it may or may not have been done."), failed);
        adopting->adoption->unknown++;
    }
}

/* Within a savepoint of its own: what is refused leaves nothing behind but its row. FALSE with *refused: the words. */
static gboolean commit_adopted(StoreWriter *writer, const Intent *intent, GArray *ids, GError **refused)
{
    return store_begin(writer, TRUE, refused) && store_end(writer, journal_commit(writer, intent, ids, refused), refused);
}

static void adopt(const Adopting *adopting, const JournalLogEntry *entry, GError **failed)
{
    IntentKind kind;
    IntentState state;
    if (!read_names(entry, &kind, &state)) {
        adopting->adoption->damaged++;
        return;
    }
    g_autoptr(Intent) intent = make_intent(adopting, entry, kind, failed);
    if (*failed != NULL || is_known(adopting->writer, intent, failed))
        return;
    gboolean numbered = still_numbered(adopting->writer, intent, number(entry, "uidvalidity"), failed);
    if (*failed != NULL)
        return;
    if (journal_is_about_messages(kind) && (intent->uids == NULL || !numbered)) {
        keep_lost(adopting, intent,
                  numbered ? _("The store that knew which messages this was about is gone, and the server had not numbered them yet.")
                           : _("The server numbered the mailbox anew, so the messages meant cannot be told any more."),
                  failed);
        return;
    }
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GError) refused = NULL;
    if (!commit_adopted(adopting->writer, intent, ids, &refused)) {
        if (g_error_matches(refused, STORE_ERROR, STORE_ERROR_REFUSED) || g_error_matches(refused, STORE_ERROR, STORE_ERROR_NO_SUCH))
            keep_lost(adopting, intent, refused->message, failed);
        else
            g_propagate_error(failed, g_steal_pointer(&refused));
        return;
    }
    adopting->adoption->adopted++;
    for (guint i = 0; i < ids->len && *failed == NULL; i++)
        restore_progress(adopting, g_array_index(ids, gint64, i), entry, state, failed);
    gint64 there = number(entry, "group_id");
    if (ids->len > 0 && there != 0 && !g_hash_table_contains(adopting->groups, &there))
        g_hash_table_insert(adopting->groups, g_memdup2(&there, sizeof there), g_memdup2(ids->data, sizeof(gint64)));
}

static gboolean adopt_all(StoreWriter *writer, const GPtrArray *entries, StoreAdoption *adoption, GError **error)
{
    GError *failed = NULL;
    g_autoptr(GHashTable) groups = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    const Adopting adopting = { writer, adoption, groups };
    for (guint i = 0; i < entries->len && failed == NULL; i++)
        adopt(&adopting, g_ptr_array_index(entries, i), &failed);
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean store_writer_adopt_journal(StoreWriter *writer, const char *log_path, StoreAdoption *adoption, GError **error)
{
    *adoption = (StoreAdoption){ 0 };
    g_autoptr(GPtrArray) entries = journal_log_read(log_path, &adoption->damaged, error);
    if (entries == NULL || !store_begin(writer, TRUE, error) ||
        !store_end(writer, adopt_all(writer, entries, adoption, error), error))
        return FALSE;
    /* Not taken over twice, and not thrown away either: it may be all that is left of a damaged record. */
    g_autofree char *taken = g_strconcat(log_path, ".taken", NULL);
    if (g_rename(log_path, taken) != 0)
        g_warning("store: %s cannot be renamed; its decisions will not be taken over twice all the same", log_path);
    return TRUE;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *) a, *(char *const *) b);
}

char **store_journal_logs_left(const char *store_path)
{
    g_autofree char *log = journal_log_path(store_path);
    g_autofree char *directory = g_path_get_dirname(log);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;)
        if (g_str_has_prefix(name, "journal.log.") && !g_str_has_suffix(name, ".taken"))
            g_ptr_array_add(found, g_build_filename(directory, name, NULL));
    g_ptr_array_sort(found, compare_names);
    g_ptr_array_add(found, NULL);
    g_ptr_array_set_free_func(found, NULL);
    return (char **) g_ptr_array_free(g_steal_pointer(&found), FALSE);
}
