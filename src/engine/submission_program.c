/* Letters by the account's send-command, in the outbox's states. */
#include "config.h"

#include "engine/submission_private.h"

#include "engine/sent_copy.h"

static void command_done(CommandOutcome outcome, const char *words, gpointer user)
{
    SubmissionQueue *queue = user;
    Engine *engine = submission_engine(queue);
    g_autoptr(Intent) intent = g_steal_pointer(&queue->commanded);
    g_autoptr(GError) error = NULL;
    queue->command = NULL;
    queue->released = FALSE;
    g_autofree IntentRecipient *verdicts = g_new0(IntentRecipient, intent->recipients->len);
    for (guint i = 0; i < intent->recipients->len; i++) {
        verdicts[i].state = outcome == COMMAND_TOOK_IT ? RECIPIENT_ACCEPTED : outcome == COMMAND_REFUSED ? RECIPIENT_REFUSED : RECIPIENT_WAITING;
        verdicts[i].words = (char *) words;
    }
    gint64 retry_at = g_get_real_time() + (gint64) submission_backoff_s(intent->tries, FIRST_REFUSED_S, LAST_REFUSED_S) * G_USEC_PER_SEC;
    gboolean kept = outcome == COMMAND_IN_DOUBT
                        ? store_writer_sending_cut(engine->writer, intent->id, words, retry_at, &error)
                        : store_writer_sending_answered(engine->writer, intent->id, verdicts, intent->recipients->len, retry_at, &error);
    if (!kept)
        engine_tell_notice(engine, queue->account->id, error->message);
    submission_tell(queue, intent->id);
    engine_replay_everywhere(engine); /* the copy, and the next letter */
}

/* TRUE: it runs. From its start on the letter may be gone, so that is durable before. */
gboolean submission_begin_command(SubmissionQueue *queue, const Intent *decided)
{
    Engine *engine = submission_engine(queue);
    g_autoptr(GError) error = NULL;
    g_autoptr(Intent) intent = intent_copy(decided);
    if (intent->release_at > g_get_real_time()) {
        store_writer_sending_put_off(engine->writer, intent->id, NULL, intent->release_at, NULL);
        submission_tell(queue, intent->id);
        return FALSE;
    }
    if (submission_fill(queue, intent))
        return TRUE;
    sent_copy_resolve(engine, intent, TRUE);
    if ((intent->target_mailbox_id != decided->target_mailbox_id &&
         !store_writer_sending_copy_to(engine->writer, intent->id, intent->target_mailbox_id, &error)) ||
        !store_writer_intent_sending(engine->writer, intent->id, 0, 0, &error) ||
        !store_writer_sending_last_octets(engine->writer, intent->id, &error)) {
        submission_wait_and_retry(queue, error->message);
        return TRUE;
    }
    engine_tell_intent(engine, intent->id, INTENT_SENDING, NULL);
    gint64 id = intent->id;
    queue->command = submission_command_start(queue->account->config->send_command, intent, engine->context, command_done, queue, &error);
    queue->released = queue->command != NULL;
    queue->commanded = g_steal_pointer(&intent);
    if (queue->command == NULL) {
        g_clear_pointer(&queue->commanded, intent_free);
        g_autoptr(Intent) kept = store_writer_intent(engine->writer, id);
        submission_fail(queue, kept != NULL ? kept : decided, error->message);
        return FALSE;
    }
    return TRUE;
}
