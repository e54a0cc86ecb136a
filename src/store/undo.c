/* Taking back: what was never sent is deleted with its effect; of what was sent, the opposite is decided
 * anew. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "store/journal-private.h"

typedef struct {
    StoreWriter *writer;
    gint64 group;
    GArray *ids; /* rows of opposites */
    gint64 new_group;
    guint undone, opposed;
} Undo;

static gboolean refuse(GError **error, const char *words)
{
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_REFUSED, words);
    return FALSE;
}

static gboolean oppose(Undo *undo, Intent *opposite, GError **error)
{
    opposite->undoes = undo->group;
    opposite->group = undo->new_group;
    if (!journal_commit(undo->writer, opposite, undo->ids, error))
        return FALSE;
    if (undo->new_group == 0)
        undo->new_group = g_array_index(undo->ids, gint64, 0);
    return TRUE;
}

/* --- flags: only what really changed goes back ---------------------------------------------------------- */

/* Of `names` those that were (or were not) in `before`; NULL when none. */
static char *filter_keywords(const char *names, const char *before, gboolean wanted)
{
    GString *kept = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit(names != NULL ? names : "", " ", -1);
    for (char **word = words; *word != NULL; word++)
        if (**word != '\0' && keywords_contain(before, *word) == wanted)
            g_string_append_printf(kept, "%s%s", kept->len > 0 ? " " : "", *word);
    return g_string_free(kept, kept->len == 0);
}

static Intent *opposite_flags(const Intent *intent, const IntentLink *link)
{
    const char *before = link->before_keywords != NULL ? link->before_keywords : "";
    Intent *opposite = intent_new(INTENT_FLAGS);
    opposite->remove = intent->add & ~link->before_flags;
    opposite->add = intent->remove & link->before_flags;
    opposite->remove_keywords = filter_keywords(intent->add_keywords, before, FALSE);
    opposite->add_keywords = filter_keywords(intent->remove_keywords, before, TRUE);
    return opposite;
}

static gboolean same_change(const Intent *a, const Intent *b)
{
    return a->add == b->add && a->remove == b->remove && g_strcmp0(a->add_keywords, b->add_keywords) == 0 &&
           g_strcmp0(a->remove_keywords, b->remove_keywords) == 0;
}

static gboolean oppose_flags(Undo *undo, const Intent *intent, const GArray *links, GError **error)
{
    g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    for (guint i = 0; i < links->len; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        g_autoptr(Intent) one = opposite_flags(intent, link);
        if (link->message_id == 0 ||
            (one->add == 0 && one->remove == 0 && one->add_keywords == NULL && one->remove_keywords == NULL))
            continue;
        guint at = 0;
        while (at < changes->len && !same_change(g_ptr_array_index(changes, at), one))
            at++;
        if (at == changes->len)
            g_ptr_array_add(changes, g_steal_pointer(&one));
        g_array_append_val(((Intent *) g_ptr_array_index(changes, at))->message_ids, link->message_id);
    }
    for (guint i = 0; i < changes->len; i++)
        if (!oppose(undo, g_ptr_array_index(changes, i), error))
            return FALSE;
    return TRUE;
}

/* --- the other kinds -------------------------------------------------------------------------------------
 */

static gboolean oppose_move(Undo *undo, const Intent *intent, const GArray *links, GError **error)
{
    g_autoptr(Intent) back = intent_new(INTENT_MOVE);
    back->target_mailbox_id = intent->mailbox_id;
    back->carried = intent->carried;
    for (guint i = 0; i < links->len; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        gint64 id = intent->carried ? link->copy_id : link->message_id;
        if (id != 0)
            g_array_append_val(back->message_ids, id);
    }
    if (back->message_ids->len == 0)
        return refuse(error, _("This cannot be taken back: the messages are no longer there."));
    return oppose(undo, back, error);
}

/* Marked \Deleted and hidden, but not expunged yet: the mark can still be taken away. */
static gboolean oppose_expunge(Undo *undo, const GArray *links, GError **error)
{
    StoreWriter *writer = undo->writer;
    g_autoptr(Intent) back = intent_new(INTENT_FLAGS);
    back->remove = MAIL_FLAG_DELETED;
    for (guint i = 0; i < links->len; i++) {
        gint64 id = g_array_index(links, IntentLink, i).message_id;
        if (id == 0)
            continue;
        if (!database_run(writer->db, error, "UPDATE message SET withheld = 0 WHERE id = ?", "i", id) ||
            !shown_update(writer, id, error))
            return FALSE;
        g_array_append_val(back->message_ids, id);
    }
    if (back->message_ids->len == 0)
        return refuse(error, _("This cannot be taken back: the server has deleted the messages for good."));
    return oppose(undo, back, error);
}

/* The copies go for good: a way through the Trash would leave them there. */
static gboolean oppose_copy(Undo *undo, const GArray *links, GError **error)
{
    g_autoptr(Intent) back = intent_new(INTENT_DELETE);
    back->target_mailbox_id = -1;
    for (guint i = 0; i < links->len; i++)
        if (g_array_index(links, IntentLink, i).copy_id != 0)
            g_array_append_val(back->message_ids, g_array_index(links, IntentLink, i).copy_id);
    if (back->message_ids->len == 0)
        return refuse(error, _("This cannot be taken back: the copies are no longer there."));
    return oppose(undo, back, error);
}

static gboolean oppose_create(Undo *undo, const Intent *intent, GError **error)
{
    g_autoptr(StoreMailbox) made = mailbox_read(undo->writer->db, intent->target_mailbox_id, NULL);
    if (made == NULL)
        return refuse(error, _("This cannot be taken back: the mailbox is no longer there."));
    if (made->shown_total > 0 || made->server_messages > 0)
        return refuse(error,
                      _("The mailbox holds messages by now: delete it yourself if that is what you want."));
    g_autoptr(Intent) back = intent_new(INTENT_DELETE_MAILBOX);
    back->mailbox_id = made->id;
    return oppose(undo, back, error);
}

static gboolean oppose_rename(Undo *undo, const Intent *intent, GError **error)
{
    g_autoptr(Intent) back = intent_new(INTENT_RENAME_MAILBOX);
    back->mailbox_id = intent->mailbox_id;
    back->name =
        database_text(undo->writer->db, error, "SELECT old_name FROM intent WHERE id = ?", "i", intent->id);
    return back->name != NULL && oppose(undo, back, error);
}

static gboolean oppose_subscription(Undo *undo, const Intent *intent, GError **error)
{
    g_autoptr(Intent) back =
        intent_new(intent->kind == INTENT_SUBSCRIBE ? INTENT_UNSUBSCRIBE : INTENT_SUBSCRIBE);
    back->mailbox_id = intent->mailbox_id;
    return oppose(undo, back, error);
}

static gboolean oppose_thread(Undo *undo, const Intent *intent, GError **error)
{
    g_autoptr(Intent) back = intent_new(INTENT_THREAD);
    back->thread_change = THREAD_RESTORE;
    g_array_append_vals(back->message_ids, intent->message_ids->data, intent->message_ids->len);
    return oppose(undo, back, error);
}

static gboolean oppose_intent(Undo *undo, const Intent *intent, GError **error)
{
    g_autoptr(GArray) links = journal_links(undo->writer->db, intent->id, error);
    if (links == NULL)
        return FALSE;
    switch (intent->kind) {
    case INTENT_FLAGS:
        return oppose_flags(undo, intent, links, error);
    case INTENT_MOVE:
        return oppose_move(undo, intent, links, error);
    case INTENT_DELETE:
        return intent->target_mailbox_id != 0 ? oppose_move(undo, intent, links, error)
                                              : oppose_expunge(undo, links, error);
    case INTENT_EXPUNGE:
        return oppose_expunge(undo, links, error);
    case INTENT_COPY:
    case INTENT_APPEND:
        return oppose_copy(undo, links, error);
    case INTENT_CREATE_MAILBOX:
        return oppose_create(undo, intent, error);
    case INTENT_RENAME_MAILBOX:
        return oppose_rename(undo, intent, error);
    case INTENT_SUBSCRIBE:
    case INTENT_UNSUBSCRIBE:
        return oppose_subscription(undo, intent, error);
    case INTENT_SEND:
        return refuse(error, _("A letter that has gone, or may have, cannot be taken back."));
    case INTENT_THREAD:
        return oppose_thread(undo, intent, error);
    case INTENT_DELETE_MAILBOX:
        break;
    }
    return refuse(error, _("A mailbox that was deleted on the server cannot be brought back."));
}

/* --- a group
 * ------------------------------------------------------------------------------------------------ */

/* Decisions that came after it and stand on it (a message flagged where it was moved to) would lose their
 * ground. */
static gboolean is_built_upon(StoreWriter *writer, const Intent *intent, GError **error)
{
    if (intent->kind == INTENT_FLAGS)
        return FALSE;
    return database_int(writer->db, error, 0,
                        "SELECT 1 FROM intent_message l JOIN intent_message n ON n.message_id IN "
                        "(l.message_id, l.copy_id) JOIN intent i ON i.id = n.intent_id"
                        " WHERE l.intent_id = ?1 AND i.id > ?1 AND i.group_id <> ?2 AND i.state "
                        "IN " INTENT_UNFINISHED_SQL
                        " UNION ALL SELECT 1 FROM intent i WHERE ?3 = ?4 AND i.id > ?1 AND i.group_id <> ?2 "
                        "AND i.state IN " INTENT_UNFINISHED_SQL
                        " AND ?5 IN (i.mailbox_id, i.target_mailbox_id) LIMIT 1",
                        "iiiii", intent->id, intent->group, (gint64) intent->kind,
                        (gint64) INTENT_CREATE_MAILBOX, intent->target_mailbox_id) != 0;
}

static gboolean undo_intent(Undo *undo, const Intent *intent, GError **error)
{
    GError *failed = NULL;
    if (intent->state != INTENT_DONE && !journal_is_unfinished(intent->state))
        return TRUE; /* nothing of it is in effect */
    if (intent->state == INTENT_UNKNOWN && intent->kind != INTENT_FLAGS)
        return refuse(error, _("It is not known whether this was done on the server: settle that first."));
    gboolean unsent = intent->state == INTENT_PENDING &&
                      (intent->kind == INTENT_SEND ? outbox_is_here_only(intent) : intent->tries == 0) &&
                      !is_built_upon(undo->writer, intent, &failed);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (unsent) {
        undo->undone++;
        return journal_mark(undo->writer, intent->id, INTENT_UNDONE, NULL, error) &&
               journal_take_back(undo->writer, intent, error);
    }
    undo->opposed++;
    return oppose_intent(undo, intent, error);
}

static gint64 newest_group(StoreWriter *writer, GError **failed)
{
    return database_int(writer->db, failed, 0,
                        "SELECT g.group_id FROM intent g WHERE g.undoes = 0 AND g.state IN (0, 1, 2, 5) AND "
                        "NOT EXISTS (SELECT 1 FROM intent o"
                        " WHERE o.undoes = g.group_id AND o.undoes <> 0 AND o.state IN (0, 1, 2, 5)) ORDER "
                        "BY g.id DESC LIMIT 1",
                        "");
}

static gboolean undo_group(Undo *undo, GError **error)
{
    GError *failed = NULL;
    if (undo->group == 0)
        undo->group = newest_group(undo->writer, &failed);
    g_autoptr(GPtrArray) intents =
        failed != NULL || undo->group == 0
            ? NULL
            : journal_select(undo->writer->db, &failed,
                             "SELECT " INTENT_COLUMNS
                             " FROM intent WHERE group_id = ?1 AND ?2 = 0 ORDER BY id DESC",
                             undo->group, 0);
    for (guint i = 0; intents != NULL && i < intents->len && failed == NULL; i++)
        undo_intent(undo, g_ptr_array_index(intents, i), &failed);
    if (failed == NULL && undo->undone + undo->opposed == 0)
        refuse(&failed, _("There is nothing to take back."));
    if (failed != NULL)
        g_propagate_error(error, failed);
    return failed == NULL;
}

gboolean store_writer_undo(StoreWriter *writer, gint64 group, guint *undone, guint *opposed, GArray **ids,
                           GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(gint64));
    Undo undo = { .writer = writer, .group = group, .ids = rows };
    if (!store_begin(writer, TRUE, error) || !store_end(writer, undo_group(&undo, error), error))
        return FALSE;
    if (undone != NULL)
        *undone = undo.undone;
    if (opposed != NULL)
        *opposed = undo.opposed;
    if (ids != NULL)
        *ids = g_steal_pointer(&rows);
    return TRUE;
}
