/* Carried messages into the mailbox of the other account: looked for where they may have arrived before, appended, and found there
 * before they count as arrived. */
#include "config.h"

#include <glib/gstdio.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/carry.h"
#include "engine/local_account.h"
#include "engine/look.h"
#include "engine/refusal.h"
#include "engine/replay.h"
#include "engine/selected.h"
#include "engine/wire_flags.h"

typedef struct {
    Carry *carry;
    GArray *batch; /* of StoreCarried */
    StoreMailbox *mailbox;
    gboolean counted; /* its UIDNEXT was asked for */
    guint32 since;    /* UIDs of the target below this are older than the first try */
    gboolean vague;   /* it was numbered anew since, so that one that is found may be older */
    guint answers;
    GArray *verify; /* indices into the batch: stored, the server says, but not where */
    gboolean lost;
} Append;

typedef struct {
    Job *job;
    guint index;
    guint32 exists; /* of the target, where that is selected */
} Sent;

static StoreCarried *at(const Append *append, guint index)
{
    return &g_array_index(append->batch, StoreCarried, index);
}

/* --- there ------------------------------------------------------------------------------------------- */

static void arrived(Append *append, StoreCarried *message, guint32 uidvalidity, guint32 uid)
{
    Carry *carry = append->carry;
    g_autoptr(GError) error = NULL;
    carry_arrived(carry, message, uidvalidity, uid, &error);
}

static void cannot_tell(Append *append, StoreCarried *message)
{
    message->step = STORE_CARRY_ARRIVED; /* done with, in this batch */
    carry_set_aside(append->carry, message->position, INTENT_UNKNOWN,
                    _("It cannot be told whether the message is in the other account, so the original stays. Look there, then retry or cancel."));
}

static void over(Job *job)
{
    Append *append = job->data;
    Carry *carry = append->carry;
    engine_tell_mailbox(carry->engine, carry->target->id, append->mailbox->id);
    job_done(job);
    carry_next(carry);
}

/* Those at these indices are looked for. */
static void look_for(Job *job, const GArray *indices, LookDone done)
{
    Append *append = job->data;
    GArray *wanted = look_list_new();
    for (guint i = 0; i < indices->len; i++) {
        const StoreCarried *message = at(append, g_array_index(indices, guint, i));
        look_list_add(wanted, message->message_id_field, message->size);
    }
    look_into(job, append->mailbox, append->since, append->mailbox, 0, wanted, done, NULL);
}

/* Only what has a Message-ID can be looked for; the others are set aside. */
static void keep_findable(Append *append, GArray *indices)
{
    for (guint i = indices->len; i > 0; i--) {
        StoreCarried *message = at(append, g_array_index(indices, guint, i - 1));
        if (message->message_id_field != NULL)
            continue;
        cannot_tell(append, message);
        g_array_remove_index(indices, i - 1);
    }
}

/* --- what had to be looked for ------------------------------------------------------------------------ */

/* Such servers may leave out the flags of an APPEND (GNU imap4d does): they are set again before the message counts as arrived. */
typedef struct {
    Job *job;
    GArray *indices; /* into the batch */
    GArray *uids;    /* of guint32, likewise; 0: not known */
    guint answers;
    gboolean lost;
    void (*then)(Job *job);
} Found;

static void found_flagged(Found *found)
{
    Append *append = found->job->data;
    for (guint i = 0; !found->lost && i < found->indices->len; i++)
        arrived(append, at(append, g_array_index(found->indices, guint, i)), 0, g_array_index(found->uids, guint32, i));
    if (!found->lost)
        found->then(found->job);
    g_array_unref(found->indices);
    g_array_unref(found->uids);
    g_free(found);
}

/* What is refused is said by nobody: the message itself has arrived. */
static void flagged(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) account;
    (void) text;
    Found *found = user;
    found->lost |= result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT;
    if (--found->answers == 0)
        found_flagged(found);
}

static void flag_one(Found *found, guint i)
{
    Append *append = found->job->data;
    const StoreCarried *message = at(append, g_array_index(found->indices, guint, i));
    guint32 uid = g_array_index(found->uids, guint32, i);
    g_auto(GStrv) flags = wire_flags(message->flags, message->keywords, append->mailbox);
    if (uid == 0 || flags[0] == NULL)
        return;
    g_autoptr(ImapUidSet) uids = imap_uidset_new();
    imap_uidset_add(uids, uid);
    found->answers++;
    link_send(found->job->account->link, found->job->action,
              imap_command_uid_store(uids, IMAP_STORE_ADD, (const char *const *) flags, true, 0), flagged, found);
}

/* Of those at these indices some were found: they arrive, and then it goes on. What cannot be told is set aside. */
static void take_found(Job *job, const GArray *indices, const GArray *looked, gboolean must_be_there, void (*then)(Job *job))
{
    Append *append = job->data;
    Found *found = g_new0(Found, 1);
    *found = (Found){ .job = job, .indices = g_array_new(FALSE, FALSE, sizeof(guint)), .uids = g_array_new(FALSE, FALSE, sizeof(guint32)),
                      .answers = 1, .then = then };
    for (guint i = 0; i < indices->len && i < looked->len; i++) {
        const LookFound *one = &g_array_index(looked, LookFound, i);
        guint index = g_array_index(indices, guint, i);
        if (one->refused || (one->count == 0 ? must_be_there : append->vague)) {
            cannot_tell(append, at(append, index));
        } else if (one->count > 0) {
            g_array_append_val(found->indices, index);
            g_array_append_val(found->uids, one->uid);
        }
    }
    link_hold(job->account->link);
    for (guint i = 0; i < found->indices->len; i++)
        flag_one(found, i);
    link_release(job->account->link);
    if (--found->answers == 0)
        found_flagged(found);
}

/* --- after ------------------------------------------------------------------------------------------- */

static void verified(Job *job, const GArray *found, gpointer user)
{
    (void) user;
    Append *append = job->data;
    append->vague = FALSE; /* it has been looked for before it was sent */
    if (found != NULL) /* else interrupted() follows */
        take_found(job, append->verify, found, TRUE, over);
}

static void appended_all(Job *job)
{
    Append *append = job->data;
    if (append->lost)
        return;
    keep_findable(append, append->verify);
    if (append->verify->len == 0)
        over(job);
    else
        look_for(job, append->verify, verified);
}

static void appended(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    Sent *sent = user;
    Job *job = sent->job;
    Append *append = job->data;
    StoreCarried *message = at(append, sent->index);
    guint index = sent->index;
    guint32 exists = sent->exists;
    g_free(sent);
    if (result == IMAP_RESULT_OK)
        selected_appended(account, append->mailbox->id, exists);
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT) {
        append->lost = TRUE;
    } else if (result != IMAP_RESULT_OK) {
        g_autofree char *words = refusal_words(text);
        message->step = STORE_CARRY_ARRIVED;
        store_writer_carry_refused(account->engine->writer, append->carry->intent_id, message->position, NULL);
        carry_set_aside(append->carry, message->position, INTENT_FAILED, words);
    } else if (text->code == IMAP_CODE_APPENDUID && text->uids != NULL && imap_uidset_count(text->uids) == 1 &&
               imap_uidset_min(text->uids) >= append->since) {
        arrived(append, message, (guint32) text->number, imap_uidset_min(text->uids));
    } else {
        g_array_append_val(append->verify, index);
    }
    if (--append->answers == 0)
        appended_all(job);
}

/* --- sending ----------------------------------------------------------------------------------------- */

static void tell_left_out(Append *append, const StoreCarried *message)
{
    Carry *carry = append->carry;
    g_autofree char *names = carry->told ? NULL : wire_flags_left_out(message->keywords, append->mailbox);
    if (names == NULL)
        return;
    carry->told = TRUE;
    g_autofree char *words = g_strdup_printf(_("%s does not keep these keywords, so they do not go along: %s"), append->mailbox->name, names);
    engine_tell_notice(carry->engine, carry->target->id, words);
}

static void send_one(Job *job, guint index)
{
    Append *append = job->data;
    const StoreCarried *message = at(append, index);
    g_autofree char *path = carry_path(append->carry, message->position);
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
    g_autoptr(GBytes) bytes = file != NULL ? g_mapped_file_get_bytes(file) : g_bytes_new(NULL, 0);
    g_auto(GStrv) flags = wire_flags(message->flags, message->keywords, append->mailbox);
    tell_left_out(append, message);
    Sent *sent = g_new(Sent, 1);
    *sent = (Sent){ job, index, selected_exists(job->account, append->mailbox->id) };
    append->answers++;
    link_send(job->account->link, job->action,
              imap_command_append(append->mailbox->wire_name, (const char *const *) flags, message->internal_date,
                                  imap_source_from_bytes(bytes), false, false),
              appended, sent);
}

/* Neither there nor in its source, and no longer here. */
static void set_aside_gone(Append *append)
{
    for (guint i = 0; i < append->batch->len; i++) {
        StoreCarried *message = at(append, i);
        g_autofree char *path = carry_path(append->carry, message->position);
        if (message->step == STORE_CARRY_ARRIVED || message->message_id != 0 || g_file_test(path, G_FILE_TEST_EXISTS))
            continue;
        message->step = STORE_CARRY_ARRIVED; /* done with, in this batch */
        carry_set_aside(append->carry, message->position, INTENT_CONFLICT, carry_gone_words());
    }
}

static void send_waiting(Job *job)
{
    Append *append = job->data;
    Carry *carry = append->carry;
    g_autoptr(GArray) positions = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GError) error = NULL;
    set_aside_gone(append);
    if (carry->unwritten != NULL) { /* what arrived looks as if it were still to be sent */
        over(job);
        return;
    }
    for (guint i = 0; i < append->batch->len; i++)
        if (at(append, i)->step != STORE_CARRY_ARRIVED)
            g_array_append_val(positions, at(append, i)->position);
    if (positions->len == 0) {
        over(job);
        return;
    }
    /* Durable before the first byte that cannot be taken back. Where a server does not tell UIDNEXT (Courier, with SELECT), what is looked
     * for has a UID behind all that are known. */
    if (!store_writer_carry_sending(carry->engine->writer, carry->intent_id, (const gint64 *) (gpointer) positions->data, positions->len,
                                    append->mailbox->uidvalidity, MAX(append->mailbox->uidnext, 1), &error)) {
        replay_put_off(carry->source, carry->intent_id, error->message);
        job_done(job);
        carry_drop(carry);
        return;
    }
    engine_tell_intent(carry->engine, carry->intent_id, INTENT_SENDING, NULL);
    append->answers = 1; /* held until all are sent */
    link_hold(job->account->link);
    for (guint i = 0; i < append->batch->len; i++)
        if (at(append, i)->step != STORE_CARRY_ARRIVED)
            send_one(job, i);
    link_release(job->account->link);
    if (--append->answers == 0)
        appended_all(job);
}

/* --- before ------------------------------------------------------------------------------------------ */

static GArray *sent_before(const Append *append)
{
    GArray *indices = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < append->batch->len; i++)
        if (at(append, i)->step == STORE_CARRY_SENT)
            g_array_append_val(indices, i);
    return indices;
}

static void looked(Job *job, const GArray *found, gpointer user)
{
    (void) user;
    Append *append = job->data;
    g_autoptr(GArray) indices = found != NULL ? sent_before(append) : NULL;
    if (indices != NULL)
        take_found(job, indices, found, FALSE, send_waiting);
}

static void begin(Job *job);

static void target_counted(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Job *job = user;
    Append *append = job->data;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    StoreMailbox *now = store_reader_mailbox(account->engine->reader, append->mailbox->id);
    if (now != NULL) {
        store_mailbox_free(append->mailbox);
        append->mailbox = now;
    }
    begin(job);
}

static void begin(Job *job)
{
    Append *append = job->data;
    g_autoptr(Intent) intent = store_writer_intent(append->carry->engine->writer, append->carry->intent_id);
    if (append->mailbox->uidnext == 0 && !append->counted) {
        append->counted = TRUE;
        link_send(job->account->link, job->action,
                  imap_command_status(append->mailbox->wire_name, IMAP_STATUS_ITEM_MESSAGES | IMAP_STATUS_ITEM_UNSEEN |
                                                                      IMAP_STATUS_ITEM_UIDNEXT | IMAP_STATUS_ITEM_UIDVALIDITY),
                  target_counted, job);
        return;
    }
    g_autoptr(GArray) indices = sent_before(append);
    gboolean known = intent != NULL && intent->target_uidvalidity == append->mailbox->uidvalidity && intent->target_uidnext != 0;
    append->vague = !known && indices->len > 0;
    append->since = known ? intent->target_uidnext : append->vague ? 0 : append->mailbox->uidnext;
    keep_findable(append, indices);
    if (indices->len > 0)
        look_for(job, indices, looked);
    else
        send_waiting(job);
}

static gboolean interrupted(Job *job)
{
    carry_drop(((Append *) job->data)->carry);
    return FALSE; /* the next link finds it in the journal */
}

static void unselectable(Job *job, const char *words)
{
    Append *append = job->data;
    Carry *carry = append->carry;
    for (guint i = 0; i < append->batch->len; i++)
        carry_set_aside(carry, at(append, i)->position, INTENT_FAILED, words);
    carry_next(carry);
}

static void free_append(Job *job)
{
    Append *append = job->data;
    g_array_unref(append->batch);
    g_array_unref(append->verify);
    store_mailbox_free(append->mailbox);
    g_free(append);
}

static const JobClass append_class = {
    .action = "carry", .start = begin, .interrupted = interrupted, .unselectable = unselectable, .free = free_append
};

void carry_append(Carry *carry, GArray *batch)
{
    g_autoptr(Intent) intent = store_writer_intent(carry->engine->writer, carry->intent_id);
    StoreMailbox *mailbox = intent != NULL ? store_reader_mailbox(carry->engine->reader, intent->target_mailbox_id) : NULL;
    if (mailbox == NULL) {
        g_array_unref(batch);
        store_writer_intent_state(carry->engine->writer, carry->intent_id, INTENT_CONFLICT,
                                  _("The mailbox it should go to is not there any more. The messages stay where they were."), NULL);
        engine_tell_intent(carry->engine, carry->intent_id, INTENT_CONFLICT, NULL);
        carry_drop(carry);
        return;
    }
    if (carry->target->local != NULL) {
        local_source_take_carried(carry, intent, mailbox, batch);
        g_array_unref(batch);
        store_mailbox_free(mailbox);
        return;
    }
    Append *append = g_new0(Append, 1);
    *append = (Append){ .carry = carry, .batch = batch, .mailbox = mailbox, .verify = g_array_new(FALSE, FALSE, sizeof(guint)) };
    g_autoptr(GArray) before = sent_before(append);
    gboolean looks = before->len > 0 || !engine_account_can(carry->target, IMAP_CAP_UIDPLUS);
    job_add(carry->target, &append_class, JOB_INTENT, looks ? mailbox->id : 0, append);
    jobs_run(carry->target);
}
