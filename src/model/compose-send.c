/* How a letter leaves: to the outbox, to the Drafts mailbox, or not at all (see compose.h).
 *
 * The order is always: the new place has it, on the disk; then the old one lets it go. */
#include "config.h"

#include "model/actions-private.h"
#include "model/compose-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/subprocess.h"
#include "base/time.h"

#define MARKDOWN_DEADLINE 20000 /* ms */
#define MARKDOWN_MAX (4 * 1024 * 1024)

/* --- to the outbox -------------------------------------------------------------------------------------- */

/* Where a copy is kept is the engine's to say (engine/sent_copy.h). */
static Intent *sending_of(const AccountSlot *slot, const Letter *letter, const char *path, gint64 not_before, GError **error)
{
    g_autofree char *sender = letter_sender(letter, error);
    g_auto(GStrv) recipients = sender != NULL ? letter_recipients(letter, error) : NULL;
    if (recipients == NULL)
        return NULL;
    Intent *intent = action_intent(INTENT_SEND, NULL);
    intent->account_id = slot->public.id;
    intent->path = g_strdup(path);
    intent->sender = g_steal_pointer(&sender);
    intent->not_before = not_before;
    for (char **one = recipients; *one != NULL; one++)
        intent_add_recipient(intent, *one);
    return intent;
}

/* In the words of the journal, and back. */
static guint to_send_options(guint options)
{
    return ((options & COMPOSE_REPORT) != 0 ? SEND_NOTIFY_SUCCESS | SEND_NOTIFY_FAILURE | SEND_NOTIFY_DELAY : 0) |
           ((options & COMPOSE_REPORT_NEVER) != 0 ? SEND_NOTIFY_NEVER : 0) | ((options & COMPOSE_REQUIRE_TLS) != 0 ? SEND_REQUIRE_TLS : 0);
}

static guint from_send_options(guint options)
{
    return ((options & SEND_NOTIFY_SUCCESS) != 0 ? COMPOSE_REPORT : 0) | ((options & SEND_NOTIFY_NEVER) != 0 ? COMPOSE_REPORT_NEVER : 0) |
           ((options & SEND_REQUIRE_TLS) != 0 ? COMPOSE_REQUIRE_TLS : 0);
}

char *model_sending_words(const Intent *intent)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    if ((intent->send_options & SEND_NOTIFY_NEVER) != 0)
        g_ptr_array_add(words, g_strdup(_("No delivery reports.")));
    else if ((intent->send_options & (SEND_NOTIFY_SUCCESS | SEND_NOTIFY_FAILURE | SEND_NOTIFY_DELAY)) != 0)
        g_ptr_array_add(words, g_strdup(_("With delivery report.")));
    if ((intent->send_options & SEND_REQUIRE_TLS) != 0)
        g_ptr_array_add(words, g_strdup(_("Encrypted on all of its way, or not at all.")));
    if (intent->release_at != 0) {
        g_autofree char *when = time_format_full(intent->release_at / G_USEC_PER_SEC);
        g_ptr_array_add(words, g_strdup_printf(_("Not before %s."), when));
    }
    g_ptr_array_add(words, NULL);
    return words->pdata[0] != NULL ? g_strjoinv(" ", (char **)words->pdata) : NULL;
}

static gboolean may_send(const AccountSlot *slot, const Letter *letter, GError **error)
{
    g_autofree char *sender = letter_sender(letter, error);
    g_auto(GStrv) recipients = sender != NULL ? letter_recipients(letter, error) : NULL;
    if (recipients == NULL)
        return FALSE;
    if (recipients[0] == NULL)
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("The letter is addressed to nobody yet"));
    else if (slot != NULL && slot->account->receive != NULL && slot->account->receive->scheme == ACCOUNT_SCHEME_DEMO)
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("The demonstration sends nothing; the letter can be kept as a draft"));
    else if (slot == NULL || !account_can_send(slot->account))
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED,
                    _("The account %s has no way to send: add a line like send = smtps://USER@HOST to the accounts file"),
                    slot != NULL ? slot->account->name : "?");
    else
        return TRUE;
    return FALSE;
}

/* The words of the notice: a hold is only useful to who knows of it. */
static char *sent_words(const Letter *letter, gint64 not_before, gint64 later)
{
    g_autofree char *to = model_safe(letter->to != NULL ? letter->to : letter->cc != NULL ? letter->cc : letter->bcc);
    if (later != 0) {
        g_autofree char *when = time_format_list(later / G_USEC_PER_SEC, g_get_real_time() / G_USEC_PER_SEC, 16);
        return g_strdup_printf(_("In the outbox until %s: to %s"), when, to);
    }
    return not_before != 0 ? g_strdup_printf(_("In the outbox: to %s"), to) : g_strdup_printf(_("To be sent: to %s"), to);
}

static void mark(Model *model, GPtrArray *intents, gint64 message_id, MailFlags flag, const char *keyword)
{
    g_autoptr(StoreMessage) message = message_id != 0 ? store_reader_message(model->reader, message_id) : NULL;
    g_autoptr(StoreMailbox) place = message != NULL ? store_reader_mailbox(model->reader, message->row->mailbox_id) : NULL;
    if (place == NULL || (place->attributes & MAILBOX_READ_ONLY) != 0 || (keyword != NULL && (place->attributes & MAILBOX_NEW_KEYWORDS) == 0))
        return;
    g_autoptr(GArray) ids = g_array_append_vals(g_array_new(FALSE, FALSE, sizeof message_id), &message_id, 1);
    Intent *intent = action_intent(INTENT_FLAGS, ids);
    intent->add = flag;
    intent->add_keywords = g_strdup(keyword);
    g_ptr_array_add(intents, intent);
}

/* One group: what was answered is marked with the sending, and unmarked when that is taken back. */
static GPtrArray *group_of(Model *model, Intent *sending, const ModelCompose *compose)
{
    GPtrArray *intents = g_ptr_array_new_with_free_func((GDestroyNotify)intent_free);
    g_ptr_array_add(intents, sending);
    mark(model, intents, compose != NULL ? compose->answers : 0, MAIL_FLAG_ANSWERED, NULL);
    mark(model, intents, compose != NULL ? compose->forwards : 0, 0, "$Forwarded");
    return intents;
}

/* What is to be done when the store has answered. */
typedef struct {
    char *path;     /* the file that the store copied */
    char *draft;    /* id of a draft that is then to go; NULL */
    gint64 replaces;
    gboolean kept;  /* the store has it */
} Leaving;

static void leaving_free(gpointer data)
{
    Leaving *leaving = data;
    g_free(leaving->path);
    g_free(leaving->draft);
    g_free(leaving);
}

/* Kept across runs, for the old draft may go only when the new one has arrived: "INTENT MESSAGE" lines. */
#define REPLACED "drafts-replaced"

static void note_replaced(Model *model, gint64 intent_id, gint64 message_id)
{
    g_autofree char *before = model_setting(model, REPLACED);
    g_autofree char *now = g_strdup_printf("%s%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", before != NULL ? before : "", intent_id, message_id);
    model_set_setting(model, REPLACED, now);
}

static void left(Model *model, const Submission *submission, const Change *change)
{
    Leaving *leaving = submission->done_data;
    g_autoptr(Intent) intent = change->error == NULL ? store_reader_intent(model->reader, change->intent_id) : NULL;
    if (intent != NULL && intent->kind == submission->kind) {
        leaving->kept = TRUE;
        if (leaving->replaces != 0)
            note_replaced(model, intent->id, leaving->replaces);
    }
    if (submission->waiting > 1)
        return;
    g_unlink(leaving->path);
    if (leaving->kept && submission->automatic)
        model_say(model, MODEL_NOTICE_INFO, "%s", submission->words);
    if (leaving->kept && leaving->draft != NULL)
        compose_remove_files(model, leaving->draft);
    else if (leaving->draft != NULL)
        model_say(model, MODEL_NOTICE_WARNING, _("The letter is kept as a draft on this machine: the recall-message command opens it"));
}

static Submission *leaving_submission(IntentKind kind, char *path, const char *draft, gint64 replaces, char *words)
{
    Submission *submission = submission_new(kind, NULL);
    Leaving *leaving = g_new0(Leaving, 1);
    *leaving = (Leaving){ path, g_strdup(draft), replaces, FALSE };
    submission->words = words;
    submission->done = left;
    submission->done_data = leaving;
    submission->done_free = leaving_free;
    return submission;
}

/* Where a letter is written out for the store to copy. */
static char *out_path(const Model *model)
{
    g_autofree char *id = compose_new_id();
    char *path = compose_path(model, id, ".eml");
    g_autofree char *directory = g_path_get_dirname(path);
    g_mkdir_with_parents(directory, 0700);
    return path;
}

/* What is written at `path` is handed over, whatever it is. */
static gboolean hand_over(Model *model, const AccountSlot *slot, const Letter *envelope, char *path, gint64 not_before, gint64 later,
                          const ModelCompose *compose, gboolean copy, GError **error)
{
    Intent *intent = sending_of(slot, envelope, path, not_before, error);
    if (intent == NULL) {
        g_unlink(path);
        g_free(path);
        return FALSE;
    }
    if (compose != NULL) {
        intent->send_options = to_send_options(compose->options);
        intent->release_at = later;
    }
    if (!copy)
        intent->target_mailbox_id = INTENT_NO_COPY;
    Submission *submission = leaving_submission(INTENT_SEND, path, compose != NULL ? compose->id : NULL,
                                                compose != NULL ? compose->replaces : 0, sent_words(envelope, not_before, later));
    model_submit(model, group_of(model, intent, compose), submission);
    return TRUE;
}

static gboolean send_letter(Model *model, gint64 account_id, const Letter *letter, gint64 not_before, gint64 later, const ModelCompose *compose,
                            GError **error)
{
    const AccountSlot *slot = model_slot(model, account_id);
    if (!model_need_engine(model, error) || !may_send(slot, letter, error))
        return FALSE;
    g_autofree char *path = out_path(model);
    return letter_write(letter, LETTER_WITH_BCC, path, NULL, error) &&
           hand_over(model, slot, letter, g_steal_pointer(&path), not_before, later, compose, TRUE, error);
}

gboolean compose_send_on(Model *model, gint64 account_id, const Letter *resent, const char *original, gint64 not_before, GError **error)
{
    const AccountSlot *slot = model_slot(model, account_id);
    if (!model_need_engine(model, error) || !may_send(slot, resent, error))
        return FALSE;
    g_autofree char *path = out_path(model);
    return letter_write_resent(resent, original, path, error) &&
           hand_over(model, slot, resent, g_steal_pointer(&path), not_before, 0, NULL, FALSE, error);
}

static gboolean is_there(Model *model, const LetterRemote *remote)
{
    g_autoptr(StoreMessage) message = model->reader != NULL ? store_reader_message(model->reader, remote->message_id) : NULL;
    return message != NULL;
}

gboolean model_compose_check(ModelCompose *compose, GError **error)
{
    const AccountSlot *slot = model_slot(compose->model, compose->account_id);
    const GPtrArray *attachments = compose->letter->attachments;
    if (!may_send(slot, compose->letter, error))
        return FALSE;
    for (guint i = 0; i < attachments->len; i++) {
        const LetterAttachment *attachment = attachments->pdata[i];
        if (attachment->remote != NULL ? is_there(compose->model, attachment->remote) : g_access(attachment->path, R_OK) == 0)
            continue;
        if (attachment->remote != NULL) {
            g_autofree char *name = model_safe(attachment->name != NULL ? attachment->name : "");
            g_set_error(error, MODEL_ERROR, MODEL_ERROR_FILE,
                        _("The message that the attachment “%s” lies in is no longer there: take the attachment out, or attach it again"), name);
            return FALSE;
        }
        g_autofree char *shown = model_safe(attachment->path);
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_FILE, _("The attachment %s is no longer there"), shown);
        return FALSE;
    }
    return TRUE;
}

static gboolean add_html(Letter *letter, const char *command, GError **error)
{
    g_autoptr(GBytes) text = g_bytes_new(letter->text, strlen(letter->text));
    SubprocessSpec spec = { .command = command, .input = text, .output_limit = MARKDOWN_MAX, .deadline_ms = MARKDOWN_DEADLINE };
    g_autoptr(SubprocessResult) result = subprocess_run(&spec, error);
    if (result == NULL)
        return FALSE;
    gsize length;
    const char *html = g_bytes_get_data(result->output, &length);
    if (result->status == 0 && length > 0 && g_utf8_validate_len(html, length, NULL)) {
        g_free(letter->html);
        letter->html = g_strndup(html, length);
        return TRUE;
    }
    g_autofree char *words = subprocess_result_words(result);
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("No HTML came of the text, so nothing was sent: %s %s"), command, words);
    return FALSE;
}

gboolean model_compose_send(ModelCompose *compose, gint64 not_before, gint64 later, const char *markdown_command, GError **error)
{
    compose_sign(compose);
    if (!model_compose_check(compose, error) || !compose_save(compose, error))
        return FALSE;
    g_autoptr(Letter) letter = letter_copy(compose->letter);
    g_clear_pointer(&letter->message_id, g_free);
    letter->date = 0;
    if (compose->markdown && markdown_command != NULL && *markdown_command != '\0' && !add_html(letter, markdown_command, error))
        return FALSE;
    return send_letter(compose->model, compose->account_id, letter, not_before, later, compose, error);
}

/* --- to the Drafts mailbox ---------------------------------------------------------------------------------- */

gint64 model_drafts_mailbox(Model *model, gint64 account_id, GError **error)
{
    const AccountSlot *slot = model_slot(model, account_id);
    gint64 drafts = slot != NULL ? action_mailbox_for(model, account_id, MAILBOX_ROLE_DRAFTS, slot->account->drafts) : 0;
    if (drafts == 0)
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED,
                            _("This account has no mailbox for drafts: name one (drafts = … in the accounts file)"));
    return drafts;
}

gboolean model_compose_postpone(ModelCompose *compose, gboolean *here, GError **error)
{
    Model *model = compose->model;
    gint64 drafts = model_drafts_mailbox(model, compose->account_id, NULL);
    g_autoptr(StoreMailbox) mailbox = drafts != 0 ? action_receiver(model, drafts, NULL) : NULL;
    if (here != NULL)
        *here = mailbox == NULL;
    if (!compose_save(compose, error))
        return FALSE;
    if (mailbox == NULL)
        return TRUE;
    g_autofree char *path = out_path(model);
    if (!letter_write(compose->letter, LETTER_WITH_BCC, path, NULL, error))
        return FALSE;
    Intent *intent = action_intent(INTENT_APPEND, NULL);
    intent->account_id = compose->account_id;
    intent->target_mailbox_id = drafts;
    intent->add = MAIL_FLAG_DRAFT | MAIL_FLAG_SEEN;
    intent->path = g_strdup(path);
    g_autofree char *name = model_safe(mailbox->name);
    /* Not in the order of undoing: taking the copy back would take the only one. */
    Submission *submission = leaving_submission(INTENT_APPEND, g_steal_pointer(&path), compose->id, compose->replaces,
                                                g_strdup_printf(_("Draft kept in %s"), name));
    submission->automatic = TRUE;
    action_submit(model, intent, submission);
    return TRUE;
}

void model_compose_discard(ModelCompose *compose)
{
    compose_remove_files(compose->model, compose->id);
}

/* --- the old copy of a draft ------------------------------------------------------------------------------------ */

static void delete_old(Model *model, gint64 message_id)
{
    g_autoptr(GArray) ids = g_array_append_vals(g_array_new(FALSE, FALSE, sizeof message_id), &message_id, 1);
    Intent *intent = action_intent(INTENT_DELETE, ids);
    intent->target_mailbox_id = -1; /* not to Trash: the same letter stands elsewhere */
    Submission *submission = submission_new(INTENT_DELETE, ids);
    submission->automatic = submission->hides = TRUE;
    action_submit(model, intent, submission);
}

/* TRUE: this line is dealt with. */
static gboolean settle_replaced(Model *model, gint64 intent_id, gint64 message_id)
{
    g_autoptr(Intent) intent = store_reader_intent(model->reader, intent_id);
    if (intent == NULL || intent->state == INTENT_FAILED || intent->state == INTENT_CONFLICT || intent->state == INTENT_UNDONE)
        return TRUE; /* the old one stays */
    if (intent->state != INTENT_DONE)
        return FALSE;
    g_autoptr(StoreMessage) old = store_reader_message(model->reader, message_id);
    if (old != NULL && (old->row->flags & MAIL_FLAG_DRAFT) != 0)
        delete_old(model, message_id);
    return TRUE;
}

void compose_settle_replaced(Model *model)
{
    g_autofree char *before = model_setting(model, REPLACED);
    if (before == NULL || *before == '\0')
        return;
    g_auto(GStrv) lines = g_strsplit(before, "\n", -1);
    g_autoptr(GString) now = g_string_new(NULL);
    for (char **line = lines; *line != NULL && **line != '\0'; line++) {
        char *rest = NULL;
        gint64 intent_id = g_ascii_strtoll(*line, &rest, 10), message_id = g_ascii_strtoll(rest, NULL, 10);
        if (!settle_replaced(model, intent_id, message_id))
            g_string_append_printf(now, "%s\n", *line);
    }
    if (strcmp(now->str, before) != 0)
        model_set_setting(model, REPLACED, now->str);
}

/* --- back from the outbox ------------------------------------------------------------------------------------------- */

/* Those who took it are not written to again. */
static void keep_refused(Letter *letter, const Intent *intent)
{
    g_autoptr(GPtrArray) refused = g_ptr_array_new();
    gboolean some_accepted = FALSE;
    for (guint i = 0; intent->recipients != NULL && i < intent->recipients->len; i++) {
        const IntentRecipient *one = intent->recipients->pdata[i];
        some_accepted |= one->state == RECIPIENT_ACCEPTED;
        if (one->state == RECIPIENT_REFUSED)
            g_ptr_array_add(refused, one->address);
    }
    if (!some_accepted)
        return;
    g_ptr_array_add(refused, NULL);
    g_free(letter->to);
    letter->to = g_strjoinv(", ", (char **)refused->pdata);
    g_clear_pointer(&letter->cc, g_free);
    g_clear_pointer(&letter->bcc, g_free);
}

/* The letter as it lies in the outbox becomes a draft. */
static char *take_back_letter(Model *model, const Intent *intent)
{
    g_autoptr(GMappedFile) file = intent->path != NULL ? g_mapped_file_new(intent->path, FALSE, NULL) : NULL;
    if (file == NULL)
        return NULL;
    g_autoptr(GBytes) raw = g_mapped_file_get_bytes(file);
    ModelCompose *compose = compose_new(model, intent->account_id, letter_new(), NULL);
    if (compose == NULL)
        return NULL;
    g_autofree char *parts = compose_path(model, compose->id, ".parts");
    g_autoptr(GPtrArray) absent = absent_parts_read(intent->path);
    Letter *letter = letter_read(raw, absent, parts, NULL);
    char *id = NULL;
    if (letter != NULL) {
        letter_free(compose->letter);
        compose->letter = letter;
        g_clear_pointer(&letter->message_id, g_free);
        compose->signed_once = TRUE;
        compose->options = from_send_options(intent->send_options);
        keep_refused(letter, intent);
        id = compose_save(compose, NULL) ? g_strdup(compose->id) : NULL;
    }
    if (id == NULL)
        compose_remove_files(model, compose->id);
    model_compose_free(compose);
    return id;
}

char *compose_take_back(Model *model, gint64 group)
{
    g_autoptr(GPtrArray) waiting = store_reader_intents(model->reader, 1u << INTENT_PENDING, 200);
    for (guint i = 0; i < waiting->len; i++) {
        const Intent *intent = waiting->pdata[i];
        if (intent->group == group && intent->kind == INTENT_SEND)
            return take_back_letter(model, intent);
    }
    return NULL;
}

gboolean model_intent_take_back(Model *model, gint64 intent_id, GError **error)
{
    g_autoptr(Intent) intent = model->reader != NULL ? store_reader_intent(model->reader, intent_id) : NULL;
    gboolean can = intent != NULL && intent->kind == INTENT_SEND && (intent->state == INTENT_PENDING || intent->state == INTENT_FAILED);
    char *draft = can ? take_back_letter(model, intent) : NULL;
    if (draft == NULL) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("Only a letter that has not left, or was refused, can be changed"));
        return FALSE;
    }
    engine_cancel_intent(model->engine, intent_id);
    g_free(model->taken_back);
    model->taken_back = draft;
    model_repaint(model, MODEL_REPAINT_DECISION);
    return TRUE;
}

guint model_outbox(Model *model, gint64 *next)
{
    if (model->outbox_count == G_MAXUINT && model->reader != NULL) {
        guint unfinished = 1u << INTENT_PENDING | 1u << INTENT_SENDING;
        g_autoptr(GPtrArray) intents = store_reader_intents(model->reader, unfinished, 500);
        model->outbox_count = 0;
        model->outbox_next = 0;
        for (guint i = 0; i < intents->len; i++) {
            const Intent *intent = intents->pdata[i];
            if (intent->kind != INTENT_SEND)
                continue;
            gint64 leaves = MAX(intent->not_before, intent->release_at);
            if (model->outbox_count++ == 0 || leaves < model->outbox_next)
                model->outbox_next = leaves;
        }
    }
    *next = model->outbox_next;
    return model->outbox_count == G_MAXUINT ? 0 : model->outbox_count;
}
