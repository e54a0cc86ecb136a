/* A message kept in a file here, into a mailbox. Sent once already and not answered, it is looked for first: by its Message-ID
 * among the UIDs that the mailbox got since.
 */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/absent.h"
#include "base/i18n.h"
#include "engine/absent.h"
#include "engine/account.h"
#include "engine/refusal.h"
#include "engine/replay.h"
#include "engine/search_command.h"
#include "engine/selected.h"
#include "engine/wire_flags.h"
#include "mime/summary.h"

/* Enough for any header block; the rest of the file is not read for this. */
#define HEADER_MAX (256 * 1024)

/* One UID, and none that the mailbox had given out before the letter came. */
static gboolean may_be_new(const Replay *replay, const ImapText *text)
{
    const StoreMailbox *target = replay->target;
    if (text->uids == NULL || imap_uidset_count(text->uids) != 1)
        return FALSE;
    return target == NULL || target->uidvalidity != text->number || imap_uidset_min(text->uids) >= target->uidnext;
}

/* The copy of a letter that was sent is wanted whatever the server says now: it is shown from the file that is kept here, and tried again with
 * each link (F34). */
static gboolean is_sent_copy(const Replay *replay)
{
    return replay->target != NULL && replay->target->role == MAILBOX_ROLE_SENT && replay->intent->add == MAIL_FLAG_SEEN;
}

static void refuse(Job *job, const ImapText *text)
{
    Replay *replay = job->data;
    g_autofree char *words = refusal_words(text);
    if (!is_sent_copy(replay)) {
        replay_failed(job, INTENT_FAILED, words);
        return;
    }
    g_autofree char *later = g_strdup_printf(_("The server does not take the copy of a letter that was sent: “%s”. It is kept here, and tried again."), words);
    engine_tell_notice(job->account->engine, job->account->id, later);
    replay_postponed(job, later);
}

static void append_now(Job *job);

/* What of the letter lies on a server is here now, or cannot be had. */
static void filled(Engine *engine, const char *trouble, gint64 intent_id)
{
    g_autoptr(Intent) intent = store_writer_intent(engine->writer, intent_id);
    EngineAccount *account = intent != NULL ? engine_account_by_id(engine, intent->account_id) : NULL;
    if (account == NULL)
        return;
    if (trouble != NULL)
        replay_give_up(account, intent_id, trouble);
    else
        replay_go_on(account, intent_id);
}

static void fill_in(Job *job)
{
    Engine *engine = job->account->engine;
    const Intent *intent = ((Replay *) job->data)->intent;
    gint64 id = intent->id;
    g_autofree char *path = g_strdup(intent->path);
    replay_set_aside(job);
    absent_fill(engine, path, filled, id);
}

/* TRUE: the server would not put the message together of what it has: it is sent whole. What is too much either way is a refusal. */
static gboolean send_whole(Job *job, const ImapText *text)
{
    Replay *replay = job->data;
    if (!replay->put_together || text->code == IMAP_CODE_OVERQUOTA || text->code == IMAP_CODE_TOOBIG || text->code == IMAP_CODE_TRYCREATE)
        return FALSE;
    replay->put_together = FALSE;
    replay->not_put_together = TRUE;
    append_now(job);
    return TRUE;
}

static void appended(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    Job *job = user;
    Replay *replay = job->data;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    if (result != IMAP_RESULT_OK) {
        if (!send_whole(job, text))
            refuse(job, text);
        return;
    }
    selected_appended(account, replay->target->id, replay->target_exists);
    if (text->code == IMAP_CODE_APPENDUID && may_be_new(replay, text)) {
        replay->target_uidvalidity = (guint32) text->number;
        replay->appended_uid = imap_uidset_min(text->uids);
    }
    replay_succeeded(job);
}

/* The copy of a letter that lies in Drafts already, but for its header. */
static ImapCommand *copy_of_staged(Job *job, const char *const *flags, GBytes *file, guint64 more, guint64 *saved)
{
    Replay *replay = job->data;
    guint64 header = 0, size = g_bytes_get_size(file);
    gint64 staged = store_writer_copy_of_staged(job->account->engine->writer, replay->intent->id, &header);
    if (staged == 0 || header >= size)
        return NULL;
    g_autoptr(GPtrArray) text = absent_parts_new();
    g_ptr_array_add(text, absent_part_new(header, size - header, size - header + more, staged, "TEXT", NULL));
    return absent_append(job->account, replay->target->wire_name, flags, file, text, saved);
}

/* Put together by the server of what it has, where that is possible. NULL: it is not. */
static ImapCommand *put_together(Job *job, const char *const *flags, GBytes *file, const GPtrArray *absent, guint64 *saved)
{
    Replay *replay = job->data;
    if (replay->not_put_together || !absent_can_catenate(job->account))
        return NULL;
    ImapCommand *command = copy_of_staged(job, flags, file, absent_parts_octets(absent), saved);
    if (command == NULL && absent->len > 0)
        command = absent_append(job->account, replay->target->wire_name, flags, file, absent, saved);
    replay->put_together = command != NULL;
    return command;
}

static void append_now(Job *job)
{
    Replay *replay = job->data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(replay->intent->path, FALSE, &error);
    if (file == NULL) {
        replay_failed(job, INTENT_CONFLICT, error->message);
        return;
    }
    g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(file);
    g_auto(GStrv) flags = wire_flags(replay->intent->add, replay->intent->add_keywords, replay->target);
    guint64 saved = 0;
    g_autoptr(GPtrArray) absent = absent_parts_read(replay->intent->path);
    ImapCommand *command = put_together(job, (const char *const *) flags, bytes, absent, &saved);
    if (command == NULL && absent->len > 0) {
        fill_in(job);
        return;
    }
    if (command == NULL)
        command = imap_command_append(replay->target->wire_name, (const char *const *) flags, 0, imap_source_from_bytes(bytes), false, false);
    link_action_add_saved(job->action, saved);
    replay->target_exists = selected_exists(job->account, replay->target->id);
    link_send(job->account->link, job->action, command, appended, job);
}

static char *message_id_of(const char *path)
{
    g_autofree char *header = g_malloc(HEADER_MAX);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file >= 0 ? read(file, header, HEADER_MAX) : -1;
    if (file >= 0)
        close(file);
    if (length <= 0)
        return NULL;
    g_autoptr(MessageSummary) summary = message_summary_from_header(header, (gsize) length);
    return g_strdup(summary->message_id);
}

static void looked(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user)
{
    (void) account;
    (void) text;
    Job *job = user;
    Replay *replay = job->data;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    if (result == IMAP_RESULT_OK && imap_uidset_is_empty(found)) {
        append_now(job);
        return;
    }
    if (result == IMAP_RESULT_OK) {
        replay->appended_uid = imap_uidset_max(found);
        replay_succeeded(job);
        return;
    }
    replay_failed(job, INTENT_UNKNOWN,
                  _("The link broke while a message was being stored, and it cannot be told whether it arrived. Look in the target mailbox, then retry or cancel."));
}

void replay_append(Job *job)
{
    Replay *replay = job->data;
    if (replay->target == NULL) {
        replay_failed(job, INTENT_CONFLICT, _("The mailbox it should go to is not there any more. The message is still kept here."));
        return;
    }
    if (replay->intent->tries == 0) {
        append_now(job);
        return;
    }
    g_autofree char *message_id = message_id_of(replay->intent->path);
    if (message_id == NULL) {
        replay_failed(job, INTENT_UNKNOWN,
                      _("The link broke while a message was being stored, and it cannot be told whether it arrived. Look in the target mailbox, then retry or cancel."));
        return;
    }
    search_message_id(job->account, job->action, message_id, 0, replay->intent->target_uidnext, looked, job);
}
