/* A decision that cannot be carried out where it was to go, changed to go elsewhere: decided anew for the messages that are still where
 * they were, in the group of the old one, which is over. */
#include "config.h"

#include "base/i18n.h"
#include "store/journal-private.h"

static gboolean refuse(GError **error, const char *words)
{
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_REFUSED, words);
    return FALSE;
}

static gboolean may_change(const Intent *intent, GError **error)
{
    if (intent->kind != INTENT_MOVE && intent->kind != INTENT_COPY && intent->kind != INTENT_APPEND)
        return refuse(error, _("This does not go to a mailbox: it can be tried again, given up or taken back."));
    switch (intent->state) {
    case INTENT_FAILED:
    case INTENT_CONFLICT:
        return TRUE;
    case INTENT_PENDING:
        return intent->tries == 0 ? TRUE : refuse(error, _("It was sent already and is being looked for: wait for the answer, then undo it."));
    case INTENT_UNKNOWN:
        return refuse(error, _("It is not known whether this was done on the server: settle that first."));
    default:
        return refuse(error, _("It is being sent right now, or is over: undo it, and decide anew."));
    }
}

static GArray *still_there(StoreWriter *writer, const Intent *intent, GError **error)
{
    g_autoptr(GArray) links = journal_links(writer->db, intent->id, error);
    GArray *ids = links != NULL ? g_array_new(FALSE, FALSE, sizeof(gint64)) : NULL;
    for (guint i = 0; ids != NULL && i < links->len; i++) {
        const IntentLink *link = &g_array_index(links, IntentLink, i);
        if (link->message_id != 0 && !link->moved)
            g_array_append_val(ids, link->message_id);
    }
    return ids;
}

static Intent *decided_anew(StoreWriter *writer, const Intent *intent, gint64 mailbox_id, GError **error)
{
    g_autoptr(Intent) anew = intent_new(intent->kind);
    anew->target_mailbox_id = mailbox_id;
    anew->carried = TRUE; /* if it has to be */
    anew->add = intent->add;
    anew->add_keywords = g_strdup(intent->add_keywords);
    anew->path = g_strdup(intent->path);
    anew->group = intent->group;
    anew->undoes = intent->undoes;
    if (intent->kind == INTENT_APPEND)
        return g_steal_pointer(&anew);
    g_array_unref(anew->message_ids);
    anew->message_ids = still_there(writer, intent, error);
    if (anew->message_ids != NULL && anew->message_ids->len > 0)
        return g_steal_pointer(&anew);
    if (anew->message_ids != NULL)
        refuse(error, _("The messages that this was about are no longer there."));
    else
        anew->message_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    return NULL;
}

static gboolean retarget(StoreWriter *writer, gint64 intent_id, gint64 mailbox_id, GArray *ids, GError **error)
{
    g_autoptr(Intent) intent = journal_read(writer->db, intent_id, error);
    if (intent == NULL || !may_change(intent, error))
        return FALSE;
    g_autoptr(Intent) anew = decided_anew(writer, intent, mailbox_id, error);
    if (anew == NULL || !journal_mark(writer, intent_id, INTENT_UNDONE, intent->error, error) ||
        (intent->state == INTENT_PENDING && !journal_take_back(writer, intent, error)))
        return FALSE;
    return journal_commit(writer, anew, ids, error);
}

gboolean store_writer_retarget(StoreWriter *writer, gint64 intent_id, gint64 mailbox_id, GArray **ids, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!store_begin(writer, TRUE, error) || !store_end(writer, retarget(writer, intent_id, mailbox_id, rows, error), error))
        return FALSE;
    if (ids != NULL)
        *ids = g_steal_pointer(&rows);
    return TRUE;
}
