#include "config.h"

#include "engine/submission_private.h"

#include "base/i18n.h"
#include "engine/kept_here.h"
#include "engine/login.h"
#include "engine/sent_copy.h"
#include "engine/submission_url.h"
#include "engine/trust.h"
#include "proto/smtp/error.h"

#define LAST_RETRY_S 300       /* of connecting, and of a letter that was cut */
#define LINGER_MS 3000         /* idle for so long: the connection is given back */
#define AT_ONCE 100
#define STAGING_MS 1000
#define LOOK_AGAIN_MS 60000    /* clocks are set, machines sleep */

Engine *submission_engine(const SubmissionQueue *queue)
{
    return queue->account->engine;
}

/* --- why letters wait ------------------------------------------------------------------------- */

void submission_tell(SubmissionQueue *queue, gint64 intent_id)
{
    g_autoptr(Intent) intent = store_writer_intent(submission_engine(queue)->writer, intent_id);
    if (intent != NULL)
        engine_tell_intent(submission_engine(queue), intent_id, intent->state, intent->error);
}

static GPtrArray *due(SubmissionQueue *queue, guint limit)
{
    return store_writer_ready_sendings(submission_engine(queue)->writer, queue->account->id, g_get_real_time(), limit);
}

static void explain(SubmissionQueue *queue)
{
    g_autoptr(GPtrArray) waiting = due(queue, G_MAXUINT);
    for (guint i = 0; i < waiting->len; i++) {
        const Intent *intent = waiting->pdata[i];
        if (g_strcmp0(intent->error, queue->words) != 0)
            store_writer_sending_put_off(submission_engine(queue)->writer, intent->id, queue->words, 0, NULL);
        submission_tell(queue, intent->id); /* whoever waits for it hears that it does not go now */
    }
}

static void set_words(SubmissionQueue *queue, gboolean stopped, const char *words)
{
    char *copy = g_strdup(words);
    g_free(queue->words);
    queue->words = copy;
    queue->stopped = stopped;
    if (words != NULL) {
        g_info("account %s: sending: %s", queue->account->config->name, words);
        explain(queue);
    }
}

/* --- connecting, waiting, trying again -------------------------------------------------------- */

static const SubmissionLinkOwner link_owner;

static void connect(SubmissionQueue *queue)
{
    engine_clear_source(&queue->retry);
    if (!credentials_ready(queue->credentials))
        return;
    queue->stopped = FALSE;
    queue->link = submission_link_open(queue->account, queue->account->config->send, credentials_secret(queue->credentials),
                                       submission_url_conceivable(queue->account), &link_owner, queue);
    queue->no_url = queue->unfit = FALSE;
}

static gboolean retry(gpointer data)
{
    SubmissionQueue *queue = data;
    engine_clear_source(&queue->retry);
    submission_queue_ready(queue);
    return G_SOURCE_REMOVE;
}

guint submission_backoff_s(guint failures, guint first, guint last)
{
    return MIN(last, first << MIN(failures, 10u));
}

void submission_wait_and_retry(SubmissionQueue *queue, const char *words)
{
    guint seconds = submission_backoff_s(queue->failures++, 1, LAST_RETRY_S);
    set_words(queue, FALSE, words);
    engine_clear_source(&queue->retry);
    queue->retry = engine_timer(submission_engine(queue), seconds * 1000, retry, queue);
}

static void secret_given(EngineAccount *account)
{
    account->submission->stopped = FALSE;
    submission_queue_ready(account->submission);
}

static void secret_waits(EngineAccount *account, gboolean stopped, const char *words)
{
    set_words(account->submission, stopped, words);
}

static const CredentialsOwner credentials_owner = { .given = secret_given, .waits = secret_waits };

static void trust_answered(EngineAccount *account, gboolean trusted, gpointer user)
{
    SubmissionQueue *queue = user;
    (void) account;
    if (!trusted) {
        set_words(queue, TRUE, _("The certificate of the submission server is not trusted: nothing was sent."));
        return;
    }
    queue->stopped = FALSE;
    submission_queue_ready(queue);
}

static void log_in_refused(SubmissionQueue *queue, const char *words)
{
    EngineAccount *account = queue->account;
    set_words(queue, TRUE, words);
    gboolean again = credentials_refused(queue->credentials);
    if (!login_uses_token(account->config) || !again)
        engine_tell_notice(account->engine, account->id, words);
    if (again) {
        queue->stopped = FALSE;
        submission_queue_ready(queue); /* which gets the next one, or asks the person */
    }
}

/* A link that is idle may end as it likes. */
static gboolean is_wanted(SubmissionQueue *queue)
{
    g_autoptr(GPtrArray) waiting = due(queue, 1);
    return waiting->len > 0 || store_writer_next_sending(submission_engine(queue)->writer, queue->account->id) != 0;
}

static void on_link_ended(const LinkEnd *end, gpointer user)
{
    SubmissionQueue *queue = user;
    queue->link = NULL;
    engine_clear_source(&queue->linger);
    switch (end->kind) {
    case LINK_END_CLOSED:
    case LINK_END_LOST:
    case LINK_END_EXPIRED:
    case LINK_END_UNSUPPORTED:
        if (is_wanted(queue) && !queue->unfit)
            submission_wait_and_retry(queue, end->words);
        else if (queue->unfit)
            submission_queue_ready(queue);
        break;
    case LINK_END_CERTIFICATE:
        set_words(queue, TRUE, end->words);
        if (end->certificate != NULL)
            trust_ask(queue->account, queue->account->config->send, end->certificate, trust_answered, queue);
        break;
    case LINK_END_LOGIN:
        log_in_refused(queue, end->words);
        break;
    case LINK_END_REFUSED:
    case LINK_END_PIN_CHANGED:
        set_words(queue, TRUE, end->words);
        engine_tell_notice(submission_engine(queue), queue->account->id, end->words);
        break;
    }
}

static gboolean lingered(gpointer data)
{
    SubmissionQueue *queue = data;
    engine_clear_source(&queue->linger);
    if (queue->link != NULL && queue->letter == NULL)
        submission_link_close(g_steal_pointer(&queue->link));
    return G_SOURCE_REMOVE;
}

/* --- letters ---------------------------------------------------------------------------------- */

void submission_fail(SubmissionQueue *queue, const Intent *intent, const char *words)
{
    g_autoptr(GError) error = NULL;
    if (!store_writer_intent_state(submission_engine(queue)->writer, intent->id, INTENT_FAILED, words, &error))
        engine_tell_notice(submission_engine(queue), queue->account->id, error->message);
    submission_tell(queue, intent->id);
}

static void say_lack(SubmissionQueue *queue, const Intent *intent)
{
    guint reports = SEND_NOTIFY_NEVER | SEND_NOTIFY_SUCCESS | SEND_NOTIFY_FAILURE | SEND_NOTIFY_DELAY;
    if ((intent->send_options & reports) != 0 && !smtp_can(submission_link_capabilities(queue->link), SMTP_CAP_DSN))
        engine_tell_notice(submission_engine(queue), queue->account->id,
                           _("The submission server does not let delivery reports be asked for: the letter goes without."));
}

/* When it was decided the account's mailboxes may not have been known. FALSE: they will be soon. */
static gboolean find_place_for_copy(SubmissionQueue *queue, SubmissionLetter *letter)
{
    Intent *intent = letter->intent;
    if (intent->target_mailbox_id != 0)
        return TRUE;
    sent_copy_resolve(submission_engine(queue), intent, !submission_mail_server_is_coming(queue->account));
    if (intent->target_mailbox_id != 0)
        store_writer_sending_copy_to(submission_engine(queue)->writer, intent->id, intent->target_mailbox_id, NULL);
    return intent->target_mailbox_id != 0 || !submission_mail_server_is_coming(queue->account);
}

typedef enum {
    BEGUN,  /* it is under way */
    ASIDE,  /* it was put aside */
    STAGED, /* it waits for something else than this link */
} Beginning;

static Beginning submit(SubmissionQueue *queue)
{
    Engine *engine = submission_engine(queue);
    if (queue->letter->url == NULL && queue->letter->lacks_parts) {
        g_autoptr(SubmissionLetter) letter = g_steal_pointer(&queue->letter);
        return submission_fill(queue, letter->intent) ? STAGED : ASIDE;
    }
    g_autoptr(GError) error = NULL;
    gint64 id = queue->letter->intent->id;
    /* Durable before MAIL. */
    if (!store_writer_intent_sending(engine->writer, id, 0, 0, &error)) {
        g_clear_pointer(&queue->letter, submission_letter_free);
        submission_wait_and_retry(queue, error->message); /* the disk is full: what follows would fare no better */
        return BEGUN;
    }
    engine_tell_intent(engine, id, INTENT_SENDING, NULL);
    say_lack(queue, queue->letter->intent);
    if (submission_link_submit(queue->link, &queue->letter->submission, queue->letter->url != NULL ? queue->letter->octets : 0, &error))
        return BEGUN;
    submission_fail(queue, queue->letter->intent, error->message);
    g_clear_pointer(&queue->letter, submission_letter_free);
    return ASIDE;
}

/* Its URL is here, or there is none: then it is uploaded. The link may have gone meanwhile, and the person may have taken it back. */
static void url_found(const char *url, gpointer user)
{
    SubmissionQueue *queue = user;
    g_autoptr(SubmissionLetter) letter = g_steal_pointer(&queue->letter);
    g_autoptr(Intent) now = letter != NULL ? store_writer_intent(submission_engine(queue)->writer, letter->intent->id) : NULL;
    queue->naming = FALSE;
    queue->no_url = url == NULL;
    if (now != NULL && now->state == INTENT_PENDING && submission_link_is_ready(queue->link) && !queue->leaving) {
        if (url != NULL)
            submission_letter_name(letter, url, submission_link_capabilities(queue->link), NULL);
        queue->letter = g_steal_pointer(&letter);
        if (submit(queue) != ASIDE)
            return;
    }
    submission_queue_ready(queue);
}

/* letter: NULL when it cannot go by what the server has said so far. */
static gboolean needs_more(const SubmissionQueue *queue, const Intent *intent, const SubmissionLetter *letter)
{
    const SmtpCapabilities *capabilities = submission_link_capabilities(queue->link);
    guint reports = SEND_NOTIFY_NEVER | SEND_NOTIFY_SUCCESS | SEND_NOTIFY_FAILURE | SEND_NOTIFY_DELAY;
    return letter == NULL || letter->put_off || ((intent->send_options & reports) != 0 && !smtp_can(capabilities, SMTP_CAP_DSN)) ||
           (letter->is_binary && !smtp_can(capabilities, SMTP_CAP_BINARYMIME));
}

static Beginning begin(SubmissionQueue *queue, const Intent *intent)
{
    Engine *engine = submission_engine(queue);
    g_autoptr(GError) error = NULL;
    g_autoptr(SubmissionLetter) letter =
        submission_letter_open(intent, submission_link_capabilities(queue->link), g_get_real_time(), &error);
    if (needs_more(queue, intent, letter) && submission_link_ask_again(queue->link))
        return BEGUN;
    if (letter == NULL) {
        submission_fail(queue, intent, error->message);
        return ASIDE;
    }
    if (letter->put_off) {
        store_writer_sending_put_off(engine->writer, intent->id, NULL, intent->release_at, NULL);
        submission_tell(queue, intent->id);
        return ASIDE;
    }
    if (!find_place_for_copy(queue, letter) || submission_is_staged(queue, letter))
        return STAGED;
    gint64 staged = letter->intent->staged_message_id;
    queue->letter = g_steal_pointer(&letter);
    if (staged == 0 || queue->no_url || !submission_url_possible(queue->account, submission_link_capabilities(queue->link)) ||
        !submission_url_is_there(queue->account, staged))
        return submit(queue);
    queue->naming = TRUE;
    submission_url_ask(queue->account, staged, url_found, queue);
    return BEGUN;
}

static gboolean time_came(gpointer data)
{
    SubmissionQueue *queue = data;
    engine_clear_source(&queue->turn);
    submission_queue_ready(queue);
    return G_SOURCE_REMOVE;
}

static void wait_for_next(SubmissionQueue *queue)
{
    gint64 next = store_writer_next_sending(submission_engine(queue)->writer, queue->account->id);
    gint64 wait_ms = (next - g_get_real_time()) / 1000 + 1;
    if (queue->staging && wait_ms <= 0)
        wait_ms = STAGING_MS; /* whoever puts it there says when it is done */
    if (next != 0)
        queue->turn = engine_timer(submission_engine(queue), (guint) CLAMP(wait_ms, 0, LOOK_AGAIN_MS), time_came, queue);
    if (submission_link_is_ready(queue->link) && queue->linger == NULL && !queue->staging && (next == 0 || wait_ms > LINGER_MS))
        queue->linger = engine_timer(submission_engine(queue), LINGER_MS, lingered, queue);
}

/* TRUE: there is nothing more to be done now. */
static gboolean begin_one(SubmissionQueue *queue, const GPtrArray *letters)
{
    queue->staging = FALSE;
    for (guint i = 0; i < letters->len; i++) {
        Beginning how = begin(queue, letters->pdata[i]);
        if (how == BEGUN)
            return TRUE;
        if (how == ASIDE)
            return FALSE;
        queue->staging = TRUE;
    }
    wait_for_next(queue);
    return TRUE;
}

static void go_on(SubmissionQueue *queue)
{
    for (;;) {
        g_autoptr(GPtrArray) letters = due(queue, AT_ONCE);
        if (letters->len == 0) {
            wait_for_next(queue);
            return;
        }
        if (queue->stopped || queue->retry != NULL) {
            explain(queue);
            return;
        }
        if (queue->account->config->send_command != NULL) {
            if (submission_begin_command(queue, letters->pdata[0]))
                return;
            continue;
        }
        if (queue->link == NULL)
            connect(queue);
        if (!submission_link_is_ready(queue->link))
            return;
        engine_clear_source(&queue->linger);
        if (begin_one(queue, letters))
            return;
    }
}

void submission_queue_ready(SubmissionQueue *queue)
{
    if (queue == NULL || queue->leaving || queue->letter != NULL || queue->command != NULL || queue->naming || queue->filling)
        return;
    engine_clear_source(&queue->turn);
    kept_here_take(queue->account);
    if (submission_engine(queue)->online)
        go_on(queue);
}

static void on_link_ready(gpointer user)
{
    SubmissionQueue *queue = user;
    credentials_worked(queue->credentials);
    credentials_hold(queue->credentials);
    set_words(queue, FALSE, NULL);
    submission_queue_ready(queue);
}

static gboolean on_last_octets(gpointer user)
{
    SubmissionQueue *queue = user;
    g_autoptr(GError) error = NULL;
    if (queue->leaving)
        return FALSE;
    if (!store_writer_sending_last_octets(submission_engine(queue)->writer, queue->letter->intent->id, &error)) {
        engine_tell_notice(submission_engine(queue), queue->account->id, error->message);
        return FALSE;
    }
    queue->released = TRUE;
    return TRUE;
}

/* --- what became of one ------------------------------------------------------------------------ */

static gint64 from_now(guint seconds)
{
    return g_get_real_time() + (gint64) seconds * G_USEC_PER_SEC;
}

static void cut(SubmissionQueue *queue, const SmtpResult *result)
{
    const Intent *intent = queue->letter->intent;
    g_autoptr(GError) error = NULL;
    gint64 retry_at = from_now(submission_backoff_s(intent->tries, 1, LAST_RETRY_S));
    if (!store_writer_sending_cut(submission_engine(queue)->writer, intent->id, result->words, retry_at, &error))
        engine_tell_notice(submission_engine(queue), queue->account->id, error->message);
}

static void answered(SubmissionQueue *queue, const SmtpResult *result)
{
    const SubmissionLetter *letter = queue->letter;
    g_autoptr(GArray) verdicts = submission_letter_verdicts(letter, result);
    queue->no_url = queue->no_url || submission_letter_url_refused(letter, result);
    for (guint i = 0; queue->no_url && letter->url != NULL && i < letter->positions->len; i++) {
        IntentRecipient *verdict = &g_array_index(verdicts, IntentRecipient, g_array_index(letter->positions, guint, i));
        if (result->recipients[i] == NULL || result->recipients[i]->code / 100 == 2)
            verdict->state = RECIPIENT_WAITING; /* it is uploaded instead, at once */
    }
    gboolean at_once = (queue->no_url && letter->url != NULL) || submission_letter_more_at_once(letter, result);
    guint seconds = at_once ? 0 : submission_backoff_s(letter->intent->tries, FIRST_REFUSED_S, LAST_REFUSED_S);
    g_autoptr(GError) error = NULL;
    if (store_writer_sending_answered(submission_engine(queue)->writer, letter->intent->id, (const IntentRecipient *) (gpointer) verdicts->data,
                                      verdicts->len, from_now(seconds), &error))
        return;
    g_autofree char *words = g_strdup_printf(_("The submission server has answered, and that could not be kept: %s"), error->message);
    engine_tell_notice(submission_engine(queue), queue->account->id, words);
}

static void on_submitted(const SmtpResult *result, const GError *unfit, gpointer user)
{
    SubmissionQueue *queue = user;
    EngineAccount *account = queue->account;
    gint64 intent_id = queue->letter->intent->id, copy_in = queue->letter->intent->target_mailbox_id;
    gboolean is_over = result->outcome != SMTP_OUTCOME_NOT_SENT && result->outcome != SMTP_OUTCOME_UNKNOWN;
    queue->unfit = unfit != NULL;
    if (unfit != NULL)
        submission_fail(queue, queue->letter->intent, unfit->message);
    else if (is_over)
        answered(queue, result);
    else
        cut(queue, result);
    if (is_over)
        queue->failures = 0;
    g_clear_pointer(&queue->letter, submission_letter_free);
    queue->released = FALSE;
    submission_tell(queue, intent_id);
    if (copy_in > 0 && result->accepted > 0) {
        engine_tell_mailbox(account->engine, account->id, copy_in);
        engine_replay_everywhere(account->engine); /* the copy, and the mailbox for it, here or on a server */
    }
    if (is_over)
        submission_queue_ready(queue);
}

static const SubmissionLinkOwner link_owner = {
    .ready = on_link_ready,
    .last_octets = on_last_octets,
    .submitted = on_submitted,
    .ended = on_link_ended,
};

/* --- life --------------------------------------------------------------------------------------- */

SubmissionQueue *submission_queue_new(EngineAccount *account)
{
    if (account->config->send == NULL && account->config->send_command == NULL)
        return NULL;
    SubmissionQueue *queue = g_new0(SubmissionQueue, 1);
    queue->account = account;
    if (account->config->send != NULL)
        queue->credentials = credentials_new(account, account->config->send, &credentials_owner);
    return queue;
}

static void drop_link(SubmissionQueue *queue)
{
    engine_clear_source(&queue->turn);
    engine_clear_source(&queue->retry);
    engine_clear_source(&queue->linger);
    if (queue->link != NULL)
        submission_link_close(g_steal_pointer(&queue->link));
}

void submission_queue_free(SubmissionQueue *queue)
{
    if (queue == NULL)
        return;
    queue->leaving = TRUE;
    drop_link(queue);
    submission_command_cancel(queue->command);
    g_clear_pointer(&queue->commanded, intent_free);
    submission_letter_free(queue->letter);
    g_clear_pointer(&queue->credentials, credentials_free);
    g_free(queue->words);
    g_free(queue);
}

void submission_queue_try_now(SubmissionQueue *queue)
{
    if (queue == NULL)
        return;
    queue->stopped = FALSE;
    queue->failures = 0;
    engine_clear_source(&queue->retry);
    if (queue->credentials != NULL)
        credentials_forgive(queue->credentials);
    submission_queue_ready(queue);
}

void submission_queue_network_changed(SubmissionQueue *queue)
{
    if (queue == NULL || queue->stopped)
        return;
    engine_clear_source(&queue->retry);
    submission_queue_ready(queue);
}

void submission_queue_set_online(SubmissionQueue *queue, gboolean online)
{
    if (queue == NULL)
        return;
    if (online)
        submission_queue_ready(queue);
    else if (!queue->released) /* an answer that is owed is heard, or nobody knows what became of the letter */
        drop_link(queue);
}

gboolean submission_queue_leave(SubmissionQueue *queue)
{
    if (queue == NULL)
        return FALSE;
    queue->leaving = TRUE;
    return queue->released;
}
