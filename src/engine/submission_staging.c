/* Letters that lie on the IMAP server before they are submitted by their URL, and parts of letters that lie there anyway. */
#include "config.h"

#include "base/absent.h"
#include "engine/submission_private.h"

#include "engine/absent.h"
#include "engine/replay.h"
#include "engine/submission_url.h"

#define BY_NAME_FROM (16 * 1024) /* octets: smaller letters are uploaded twice sooner than named once */

gboolean submission_mail_server_is_coming(const EngineAccount *account)
{
    return account->link != NULL && !account->listed;
}

/* --- parts that lie on a server ----------------------------------------------------------------- */

static void filled(Engine *engine, const char *trouble, gint64 intent_id)
{
    g_autoptr(Intent) intent = store_writer_intent(engine->writer, intent_id);
    EngineAccount *account = intent != NULL ? engine_account_by_id(engine, intent->account_id) : NULL;
    SubmissionQueue *queue = account != NULL ? account->submission : NULL;
    if (queue == NULL)
        return;
    queue->filling = FALSE;
    if (trouble != NULL && intent->state == INTENT_PENDING)
        submission_fail(queue, intent, trouble);
    submission_queue_ready(queue);
}

gboolean submission_fill(SubmissionQueue *queue, const Intent *intent)
{
    g_autoptr(GPtrArray) absent = absent_parts_read(intent->path);
    if (absent->len == 0)
        return FALSE;
    queue->filling = TRUE;
    absent_fill(submission_engine(queue), intent->path, filled, intent->id);
    return TRUE;
}

/* --- one upload --------------------------------------------------------------------------------- */

/* One upload, where the copy in Sent would be a second one, or attachments need none at all. What has been tried already keeps the way it
 * went. */
static gboolean is_worth_naming(const SubmissionLetter *letter)
{
    const Intent *intent = letter->intent;
    return letter->lacks_parts || (intent->tries == 0 && intent->target_mailbox_id > 0 && letter->octets >= BY_NAME_FROM);
}

/* As it leaves: the kept file where no Bcc has to be left out of it, else a file of its own. FALSE with error. */
static gboolean stage(SubmissionQueue *queue, const SubmissionLetter *letter, gint64 drafts_id, GError **error)
{
    Engine *engine = submission_engine(queue);
    const Intent *intent = letter->intent;
    if (letter->header == NULL)
        return store_writer_sending_stage(engine->writer, intent->id, drafts_id, NULL, 0, error);
    g_autofree char *path = g_strdup_printf("%s-%08x", intent->path, g_random_int()); /* among the letters: it is taken as it is */
    guint64 header = 0;
    if (submission_letter_write(letter, path, &header, error) &&
        store_writer_sending_stage(engine->writer, intent->id, drafts_id, path, header, error))
        return TRUE;
    submission_letter_remove(path);
    return FALSE;
}

gboolean submission_is_staged(SubmissionQueue *queue, const SubmissionLetter *letter)
{
    Engine *engine = submission_engine(queue);
    const SmtpCapabilities *capabilities = submission_link_capabilities(queue->link);
    gint64 id = letter->intent->id, append = store_writer_sending_staging(engine->writer, id);
    gboolean takes_urls = !queue->no_url && smtp_can_burl(capabilities, queue->account->config->receive->host);
    if (takes_urls && submission_mail_server_is_coming(queue->account) && (append != 0 || is_worth_naming(letter)))
        return TRUE;
    gboolean possible = takes_urls && submission_url_possible(queue->account, capabilities);
    if (append != 0 && !possible)
        store_writer_intent_state(engine->writer, append, INTENT_UNDONE, NULL, NULL); /* it goes without */
    if (letter->intent->staged_message_id != 0 || !possible || !is_worth_naming(letter))
        return append != 0 && possible;
    g_autoptr(StoreMailbox) drafts = store_reader_mailbox_by_role(engine->reader, queue->account->id, MAILBOX_ROLE_DRAFTS);
    if (drafts == NULL || !stage(queue, letter, drafts->id, NULL))
        return FALSE;
    engine_tell_mailbox(engine, queue->account->id, drafts->id);
    replay_ready(queue->account);
    return TRUE;
}
