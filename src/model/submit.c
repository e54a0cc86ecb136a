/* From a decision to the engine and back. Until the engine says that it is committed, a decision is laid over what is
 * read, so the screen shows it in the same frame as the key press; afterwards the store says the same and the overlay goes.
 *
 * The order of undoing is kept here, of the person's decisions only: marking as read by opening must not stand between a
 * deletion and its undoing.
 */
#include "config.h"

#include "model/compose-private.h"
#include "model/internal.h"

#include "base/i18n.h"

Submission *submission_new(IntentKind kind, const GArray *message_ids)
{
    Submission *submission = g_new0(Submission, 1);
    submission->kind = kind;
    submission->first = message_ids && message_ids->len ? g_array_index(message_ids, gint64, 0) : 0;
    submission->ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (guint i = 0; message_ids && i < message_ids->len; i++)
        g_hash_table_add(submission->ids, g_memdup2(&g_array_index(message_ids, gint64, i), sizeof(gint64)));
    return submission;
}

void submission_free(Submission *submission)
{
    if (!submission)
        return;
    g_hash_table_unref(submission->ids);
    g_free(submission->add_keywords);
    g_free(submission->remove_keywords);
    g_free(submission->words);
    g_free(submission->draft);
    if (submission->done_free)
        submission->done_free(submission->done_data);
    g_free(submission);
}

static void forget_tags(Model *model, GHashTable *ids)
{
    for (guint i = 0; i < model->lists->len; i++)
        model_list_forget_tags(g_ptr_array_index(model->lists, i), ids);
}

void model_submit(Model *model, GPtrArray *intents, Submission *submission)
{
    for (guint i = 0; i < intents->len; i++)
        ((Intent *) g_ptr_array_index(intents, i))->created = g_get_real_time();
    submission->waiting = intents->len;
    submission->submit_id = engine_submit(model->engine, intents);
    g_ptr_array_add(model->submissions, submission);
    if (submission->hides)
        forget_tags(model, submission->ids);
    model_repaint(model, MODEL_REPAINT_LIST | MODEL_REPAINT_MESSAGE | MODEL_REPAINT_STATUS);
}

static Submission *find_submission(Model *model, guint64 submit_id, guint *index)
{
    for (guint i = 0; i < model->submissions->len; i++) {
        Submission *submission = g_ptr_array_index(model->submissions, i);
        if (submission->submit_id == submit_id) {
            *index = i;
            return submission;
        }
    }
    return NULL;
}

static gint64 committed_group(Model *model, const Change *change)
{
    g_autoptr(Intent) intent = change->intent_id ? store_reader_intent(model->reader, change->intent_id) : NULL;
    return intent ? intent->group : 0;
}

static void send_undo(Model *model, gint64 group, gint64 first)
{
    Submission *undo = submission_new(INTENT_FLAGS, NULL);
    undo->is_undo = TRUE;
    undo->first = first;
    undo->waiting = 1;
    undo->draft = compose_take_back(model, group);
    undo->submit_id = engine_undo(model->engine, group);
    g_ptr_array_add(model->submissions, undo);
    model_repaint(model, MODEL_REPAINT_STATUS);
}

static void tell_refusal(Model *model, const Submission *submission, const Change *change)
{
    if (submission->draft)
        compose_remove_files(model, submission->draft); /* it has left, and does not come back */
    g_autofree char *words = submission->is_undo ? g_strdup_printf(_("Not taken back: %s"), change->error)
                                                 : g_strdup_printf(_("Not done: %s"), change->error);
    model_add_notice(model, MODEL_NOTICE_ERROR, change->account_id, 0, words);
}

/* The eye goes where something came back, so the selection does. */
static void tell_undone(Model *model, const Submission *undo, const Change *change)
{
    model_add_notice(model, MODEL_NOTICE_INFO, change->account_id, 0, _("Taken back"));
    if (undo->draft) {
        g_free(model->taken_back);
        model->taken_back = g_strdup(undo->draft);
        model_repaint(model, MODEL_REPAINT_DECISION);
    }
    for (guint i = 0; undo->first && i < model->lists->len; i++)
        model_list_go(g_ptr_array_index(model->lists, i), undo->first);
}

/* All intents of the submission are answered: `submission` is still in the list, for send_undo() adds behind it. */
static void conclude(Model *model, const Submission *submission, gint64 account_id)
{
    if (submission->is_undo || submission->automatic || submission->group == 0)
        return;
    if (submission->undo_wanted) {
        send_undo(model, submission->group, submission->first);
        return;
    }
    UndoGroup undo = { submission->group, submission->first };
    g_array_append_val(model->undo_groups, undo);
    if (submission->words)
        model_add_notice(model, MODEL_NOTICE_INFO, account_id, submission->group, submission->words);
}

void model_submit_answered(Model *model, const Change *change)
{
    guint index;
    Submission *submission = find_submission(model, change->submit_id, &index);
    if (!submission)
        return;
    if (change->error)
        tell_refusal(model, submission, change);
    else if (submission->is_undo)
        tell_undone(model, submission, change);
    else if (submission->group == 0)
        submission->group = committed_group(model, change);
    if (submission->done)
        submission->done(model, submission, change);
    if (--submission->waiting == 0) {
        conclude(model, submission, change->account_id);
        g_ptr_array_remove(model->submissions, submission);
    }
    model->unfinished = model->outbox_count = G_MAXUINT;
    model_repaint(model, MODEL_REPAINT_LIST | MODEL_REPAINT_SIDEBAR | MODEL_REPAINT_MESSAGE | MODEL_REPAINT_STATUS);
}

/* --- undo ------------------------------------------------------------------------------------- */

static Submission *last_undoable(const Model *model)
{
    for (guint i = model->submissions->len; i-- > 0;) {
        Submission *submission = g_ptr_array_index(model->submissions, i);
        if (!submission->is_undo && !submission->automatic && !submission->undo_wanted)
            return submission;
    }
    return NULL;
}

gboolean model_can_undo(const Model *model)
{
    return model->undo_groups->len > 0 || last_undoable(model) != NULL;
}

gboolean model_undo(Model *model, GError **error)
{
    if (!model_need_engine(model, error))
        return FALSE;
    Submission *waiting = last_undoable(model);
    if (waiting) {
        waiting->undo_wanted = TRUE;
        return TRUE;
    }
    if (model->undo_groups->len == 0) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOTHING, _("Nothing was decided here that could be taken back"));
        return FALSE;
    }
    UndoGroup last = g_array_index(model->undo_groups, UndoGroup, model->undo_groups->len - 1);
    g_array_set_size(model->undo_groups, model->undo_groups->len - 1);
    send_undo(model, last.group, last.first);
    return TRUE;
}

gboolean model_intent_undo(Model *model, gint64 intent_id, GError **error)
{
    g_autoptr(Intent) intent = model_need_engine(model, error) ? store_reader_intent(model->reader, intent_id) : NULL;
    if (!intent)
        return FALSE;
    for (guint i = model->undo_groups->len; i-- > 0;) /* it is not taken back a second time by :undo */
        if (g_array_index(model->undo_groups, UndoGroup, i).group == intent->group)
            g_array_remove_index(model->undo_groups, i);
    send_undo(model, intent->group, 0);
    return TRUE;
}

gboolean model_intent_change(Model *model, gint64 intent_id, gint64 mailbox_id, GError **error)
{
    if (!model_need_engine(model, error))
        return FALSE;
    Submission *change = submission_new(INTENT_MOVE, NULL);
    change->waiting = 1;
    change->words = g_strdup(_("It goes to the other mailbox now"));
    change->submit_id = engine_retarget(model->engine, intent_id, mailbox_id);
    g_ptr_array_add(model->submissions, change);
    model_repaint(model, MODEL_REPAINT_STATUS);
    return TRUE;
}

/* --- the overlay ------------------------------------------------------------------------------ */

static void replace(char **text, char *by)
{
    g_free(*text);
    *text = by;
}

MailFlags model_overlay_flags(const Model *model, gint64 message_id, MailFlags flags, char **keywords, gboolean *pending)
{
    for (guint i = 0; i < model->submissions->len; i++) {
        const Submission *submission = g_ptr_array_index(model->submissions, i);
        if (!g_hash_table_contains(submission->ids, &message_id))
            continue;
        *pending = TRUE;
        if (submission->undo_wanted)
            continue;
        flags = (flags & ~submission->remove) | submission->add;
        if (submission->remove_keywords)
            replace(keywords, keywords_remove(*keywords, submission->remove_keywords));
        if (submission->add_keywords)
            replace(keywords, keywords_add(*keywords, submission->add_keywords));
    }
    return flags;
}

gboolean model_overlay_hides(const Model *model, gint64 message_id)
{
    for (guint i = 0; i < model->submissions->len; i++) {
        const Submission *submission = g_ptr_array_index(model->submissions, i);
        if (submission->hides && !submission->undo_wanted && g_hash_table_contains(submission->ids, &message_id))
            return TRUE;
    }
    return FALSE;
}
