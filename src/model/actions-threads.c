/* Decisions about threads. What belongs together no server keeps; that a thread is muted is told to others by a keyword, where one may be set. */
#include "config.h"

#include "model/actions.h"

#include <libintl.h>

#include "base/i18n.h"
#include "model/actions-private.h"

#define MUTED "$Muted"

static Intent *thread_intent(ThreadChange change, const GArray *message_ids, gint64 parent_id)
{
    Intent *intent = action_intent(INTENT_THREAD, message_ids);
    intent->thread_change = change;
    intent->parent_id = parent_id;
    return intent;
}

gboolean model_break_threads(Model *model, const GArray *message_ids, GError **error)
{
    if (!action_check(model, message_ids, error))
        return FALSE;
    Submission *submission = submission_new(INTENT_THREAD, message_ids);
    submission->words = g_strdup_printf(ngettext("%u message begins a thread", "%u messages begin a thread each", message_ids->len),
                                        message_ids->len);
    action_submit(model, thread_intent(THREAD_BREAK, message_ids, 0), submission);
    return TRUE;
}

gboolean model_join_threads(Model *model, const GArray *message_ids, gint64 parent_id, GError **error)
{
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; message_ids && i < message_ids->len; i++)
        if (g_array_index(message_ids, gint64, i) != parent_id)
            g_array_append_val(others, g_array_index(message_ids, gint64, i));
    if (!action_check(model, others, error))
        return FALSE;
    Submission *submission = submission_new(INTENT_THREAD, others);
    submission->words = g_strdup_printf(ngettext("%u message joined to the thread", "%u messages joined to the thread", others->len), others->len);
    action_submit(model, thread_intent(THREAD_JOIN, others, parent_id), submission);
    return TRUE;
}

/* --- muted ------------------------------------------------------------------------------------------------ */

gboolean model_thread_is_muted(Model *model, gint64 message_id)
{
    gboolean muted = FALSE;
    if (!model->reader || !model_frame_begin(model, NULL))
        return FALSE;
    g_autoptr(StoreMessage) message = store_reader_message(model->reader, message_id);
    muted = message && store_reader_is_muted(model->reader, message->row->thread_id);
    model_frame_end(model);
    return muted;
}

static gboolean may_mark(const StoreMailbox *mailbox)
{
    return mailbox && !(mailbox->attributes & MAILBOX_READ_ONLY);
}

static gboolean keeps_keyword(const StoreMailbox *mailbox)
{
    return (mailbox->attributes & MAILBOX_NEW_KEYWORDS) || (mailbox->permanent_flags && keywords_contain(mailbox->permanent_flags, MUTED));
}

/* All messages of the thread, and of them those that can be marked as read, and those that can bear the keyword. */
typedef struct {
    GArray *all, *marked, *named; /* of gint64 */
} Reach;

static void reach_clear(Reach *reach)
{
    g_array_unref(reach->all);
    g_array_unref(reach->marked);
    g_array_unref(reach->named);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reach, reach_clear)

static void find_reach(Model *model, gint64 message_id, Reach *reach)
{
    *reach = (Reach){ g_array_new(FALSE, FALSE, sizeof(gint64)), g_array_new(FALSE, FALSE, sizeof(gint64)),
                      g_array_new(FALSE, FALSE, sizeof(gint64)) };
    if (!model_frame_begin(model, NULL))
        return;
    g_autoptr(StoreMessage) message = store_reader_message(model->reader, message_id);
    g_autoptr(GPtrArray) rows = message ? store_reader_thread(model->reader, message->row->thread_id, 0) : NULL;
    for (guint i = 0; rows && i < rows->len; i++) {
        const StoreListRow *row = g_ptr_array_index(rows, i);
        g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(model->reader, row->mailbox_id);
        g_array_append_val(reach->all, row->id);
        if (!may_mark(mailbox))
            continue;
        if (keeps_keyword(mailbox))
            g_array_append_val(reach->named, row->id);
        else if (!(row->flags & MAIL_FLAG_SEEN))
            g_array_append_val(reach->marked, row->id);
    }
    model_frame_end(model);
}

static void add_flags(GPtrArray *intents, const GArray *ids, gboolean muted, gboolean keyword)
{
    if (ids->len == 0 || (!keyword && !muted))
        return;
    Intent *intent = action_intent(INTENT_FLAGS, ids);
    intent->add = muted ? MAIL_FLAG_SEEN : 0;
    if (keyword && muted)
        intent->add_keywords = g_strdup(MUTED);
    else if (keyword)
        intent->remove_keywords = g_strdup(MUTED);
    g_ptr_array_add(intents, intent);
}

gboolean model_mute_thread(Model *model, gint64 message_id, gboolean muted, GError **error)
{
    if (!model_need_engine(model, error))
        return FALSE;
    g_auto(Reach) reach;
    find_reach(model, message_id, &reach);
    if (!action_check(model, reach.all, error))
        return FALSE;
    GPtrArray *intents = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    g_ptr_array_add(intents, thread_intent(muted ? THREAD_MUTE : THREAD_UNMUTE, reach.all, 0));
    add_flags(intents, reach.named, muted, TRUE);
    add_flags(intents, reach.marked, muted, FALSE);
    Submission *submission = submission_new(INTENT_THREAD, reach.all);
    submission->add = muted ? MAIL_FLAG_SEEN : 0;
    submission->words = g_strdup(muted ? _("Thread muted: what comes to it is marked as read and not told") : _("Thread no longer muted"));
    model_submit(model, intents, submission);
    return TRUE;
}
