#include "config.h"

#include "engine/catch_up.h"

#include "engine/account.h"
#include "engine/fetches.h"
#include "engine/headers.h"
#include "engine/mailbox_list.h"
#include "engine/remembered.h"
#include "engine/mirror.h"
#include "engine/muted.h"
#include "engine/replay.h"
#include "engine/search_command.h"
#include "engine/selected.h"

/* A server whose list of UIDs never agrees with its EXISTS is believed in what it lists. */
#define REMAP_TRIES 3
/* So many new summaries are asked for at once, in the flight that brings the store level; more are the back-fill's. */
#define SOON 1000
/* Of a mailbox that nobody looks at, which is brought here to be kept: so many at once, newest first, for nobody waits for a screen. */
#define FIRST_OF_UNSEEN 5000
#define WORTH_COMPRESSING 400 /* COMPRESS costs a flight of its own */

typedef struct {
    gboolean cold;      /* nothing was known of the mailbox */
    gboolean fresh_map; /* the map was in doubt: only it, and the flags, are asked for */
    gboolean since;     /* changed flags were asked for, not all of them */
    guint64 fetches;    /* heard before that */
    guint answers;      /* commands in flight */
    guint remaps;
    gboolean failed;
} CatchUp;

static void finish_when_answered(Job *job);
static const JobClass new_class;

/* --- comparing the map with the store --------------------------------------------------------- */

static ImapUidSet *stored_uids(EngineAccount *account)
{
    g_autoptr(GArray) uids = store_writer_uids(account->engine->writer, account->selected->mailbox_id);
    return imap_uidset_new_from_uids((const guint32 *) (gpointer) uids->data, uids->len);
}

static void drop_gone(EngineAccount *account, const ImapUidSet *stored, const ImapUidSet *present)
{
    g_autoptr(ImapUidSet) gone = imap_uidset_copy(stored);
    imap_uidset_remove_set(gone, present);
    selected_drop(account, gone);
}

void catch_up_keep_progress(EngineAccount *account, gboolean complete)
{
    Selected *selected = account->selected;
    g_autoptr(GError) error = NULL;
    guint64 modseq = selected->no_modseq ? 0 : selected->highestmodseq;
    if (!store_writer_set_progress(account->engine->writer, selected->mailbox_id, modseq, complete ? 1 : 0, complete, g_get_real_time(), &error))
        engine_tell_notice(account->engine, account->id, error->message);
    engine_tell_mailbox(account->engine, account->id, selected->mailbox_id);
    if (complete && selected->was_reset)
        replay_ready(account); /* its decisions have numbers again */
}

static void settle(EngineAccount *account)
{
    Selected *selected = account->selected;
    selected->caught_up = TRUE;
    selected->misplaced = FALSE;
    g_autoptr(ImapUidSet) present = imap_uidset_new_from_uids((const guint32 *) (gpointer) selected->uids->data, selected->uids->len);
    g_autoptr(ImapUidSet) stored = stored_uids(account);
    drop_gone(account, stored, present);
    imap_uidset_remove_set(present, stored); /* what is missing here */
    headers_remove_awaited(account, present);
    gboolean complete = imap_uidset_is_empty(present);
    catch_up_keep_progress(account, complete);
    if (!complete)
        backfill_begin(account, g_steal_pointer(&present));
}

/* --- the questions ---------------------------------------------------------------------------- */

static void answered(Job *job, ImapResult result)
{
    CatchUp *catching = job->data;
    catching->answers--;
    if (result != IMAP_RESULT_OK)
        catching->failed = TRUE;
    finish_when_answered(job);
}

static void summaries_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    fetches_summaries_answered(account);
    answered(user, result);
}

static void ask_all_flags(Job *job);

static void flags_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Job *job = user;
    CatchUp *catching = job->data;
    fetch_batch_flush(account);
    if (catching->since && remembered_wrong(account, result, IMAP_CAP_CONDSTORE)) {
        account->selected->no_modseq = TRUE;
        ask_all_flags(job);
        result = IMAP_RESULT_OK;
    }
    answered(job, result);
}

static void map_answered(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user);

static void ask_map(Job *job)
{
    CatchUp *catching = job->data;
    catching->answers++;
    search_send(job->account, job->action, NULL, map_answered, job);
}

static void map_answered(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user)
{
    (void) text;
    Job *job = user;
    CatchUp *catching = job->data;
    Selected *selected = account->selected;
    if (result == IMAP_RESULT_OK && selected != NULL && !selected_set_map(selected, found)) {
        if (catching->remaps++ < REMAP_TRIES) {
            ask_map(job); /* it changed while it was listed */
        } else {
            selected->exists = (guint32) imap_uidset_count(found);
            selected_set_map(selected, found);
        }
    }
    answered(job, result);
}

static void ask_window(Job *job)
{
    CatchUp *catching = job->data;
    Selected *selected = job->account->selected;
    gboolean unseen = job->account->looked_at != job->mailbox_id && catching->cold;
    guint32 window = unseen ? FIRST_OF_UNSEEN : job->account->engine->first_window;
    guint32 first = selected->exists > window ? selected->exists - window + 1 : 1;
    catching->answers++;
    link_action_add_rows(job->action, selected->exists - first + 1);
    fetches_ask_summaries_by_number(job->account, job->action, first, selected->exists, summaries_answered, job);
}

static void ask_set(Job *job, const ImapUidSet *uids)
{
    CatchUp *catching = job->data;
    if (imap_uidset_is_empty(uids))
        return;
    catching->answers++;
    link_action_add_rows(job->action, (guint) MIN(imap_uidset_count(uids), G_MAXINT));
    fetches_ask_summaries(job->account, job->action, uids, summaries_answered, job);
}

/* In one flight, the newest in front: they are what is on the screen. What is asked is taken out of `uids`. */
static void ask_newest_first(Job *job, ImapUidSet *uids)
{
    g_autoptr(ImapUidSet) newest = imap_uidset_take_last(uids, job->account->engine->first_window);
    ask_set(job, newest);
    ask_set(job, uids);
}

static void ask_flags(Job *job, guint64 since)
{
    CatchUp *catching = job->data;
    g_autoptr(ImapUidSet) all = imap_uidset_new_range(1, G_MAXUINT32);
    ImapFetchWants wants = { .items = fetches_flag_items(job->account), .changed_since = since };
    catching->answers++;
    catching->since = since != 0;
    catching->fetches = job->account->selected->fetches;
    link_send(job->account->link, job->action, imap_command_uid_fetch(all, &wants), flags_answered, job);
}

static void ask_all_flags(Job *job)
{
    ask_flags(job, 0);
}

/* --- the plan --------------------------------------------------------------------------------- */

/* HIGHESTMODSEQ that went back says nothing of what happened since ours (F5). */
static gboolean has_modseq(const Selected *selected)
{
    return !selected->no_modseq && selected->highestmodseq != 0 && selected->known->highestmodseq != 0 && !selected->was_reset &&
           selected->highestmodseq >= selected->known->highestmodseq;
}

/* Nothing happened since the store was level with it: nothing is asked. */
static gboolean nothing_changed(const Selected *selected, const GArray *stored)
{
    return has_modseq(selected) && selected->known->complete && selected->known->highestmodseq == selected->highestmodseq &&
           stored->len == selected->exists && selected->known->uidnext == selected->uidnext;
}

static void ask_new(Job *job, const GArray *stored)
{
    Selected *selected = job->account->selected;
    guint32 known = selected->known->uidnext, now = selected->uidnext, last = g_array_index(stored, guint32, stored->len - 1);
    if ((now != 0 && known != 0 && now == known) || (now != 0 && now - 1 == last))
        return;
    if (now <= last || now - last > SOON) {
        ask_window(job);
        return;
    }
    g_autoptr(ImapUidSet) since = imap_uidset_new_range(last + 1, now - 1);
    ask_newest_first(job, since);
}

static void ask_changed_flags(Job *job)
{
    Selected *selected = job->account->selected;
    if (!has_modseq(selected))
        ask_all_flags(job);
    else if (selected->highestmodseq != selected->known->highestmodseq)
        ask_flags(job, selected->known->highestmodseq);
}

static void take_stored_for_map(Selected *selected, const GArray *stored)
{
    g_array_set_size(selected->uids, 0);
    g_array_append_vals(selected->uids, stored->data, stored->len);
    selected->mapped = TRUE;
}

/* SELECT has brought everything but the summaries of what is new. */
static void ask_missing(Job *job, const GArray *stored)
{
    Selected *selected = job->account->selected;
    g_autoptr(ImapUidSet) missing = imap_uidset_new_from_uids((const guint32 *) (gpointer) selected->uids->data, selected->uids->len);
    g_autoptr(ImapUidSet) here = imap_uidset_new_from_uids((const guint32 *) (gpointer) stored->data, stored->len);
    imap_uidset_remove_set(missing, here);
    if (imap_uidset_count(missing) <= SOON)
        ask_newest_first(job, missing);
    else
        ask_window(job); /* the rest is the back-fill's */
}

static void ask(Job *job, const GArray *stored)
{
    CatchUp *catching = job->data;
    Selected *selected = job->account->selected;
    if (catching->fresh_map) {
        /* What was said by number meanwhile was about nobody, and counted for nothing. */
        ask_flags(job, selected->no_modseq ? 0 : selected->highestmodseq);
        ask_map(job);
    } else if (selected->exists == 0) {
        selected->mapped = TRUE;
    } else if (selected->mapped && selected->level == RESYNC_ALL) {
        ask_missing(job, stored);
    } else if (nothing_changed(selected, stored)) {
        take_stored_for_map(selected, stored);
    } else if (catching->cold) {
        if (job->account->looked_at != job->mailbox_id && selected->exists > WORTH_COMPRESSING)
            link_compress(job->account->link, job->action);
        ask_window(job);
        if (job->account->looked_at != job->mailbox_id)
            ask_map(job); /* else nothing else: the first screen is not to wait for the map */
    } else {
        ask_new(job, stored);
        if (selected->level != RESYNC_FLAGS)
            ask_changed_flags(job);
        ask_map(job);
    }
}

static void start(Job *job)
{
    EngineAccount *account = job->account;
    CatchUp *catching = job->data;
    g_autoptr(GArray) stored = store_writer_uids(account->engine->writer, account->selected->mailbox_id);
    catching->answers++; /* held until everything is asked */
    catching->failed = FALSE;
    /* What a search found in it may be here already, and is no beginning. Asked of the store: what was known when it was opened is older
     * than the first catching up. */
    g_autoptr(StoreMailbox) now = store_reader_mailbox(account->engine->reader, account->selected->mailbox_id);
    catching->cold = stored->len == 0 || now == NULL || now->synced_at == 0;
    ask(job, stored);
    engine_account_foresee_idle(account, !catching->cold && mailbox_list_has_counts(account));
    answered(job, IMAP_RESULT_OK);
}

/* HIGHESTMODSEQ rose, CHANGEDSINCE found nothing, and nothing came or went: a server that keeps changes to itself (F8). */
static gboolean is_unexplained(EngineAccount *account, const CatchUp *catching)
{
    Selected *selected = account->selected;
    if (!catching->since || catching->fresh_map || selected->fetches != catching->fetches || selected->uidnext != selected->known->uidnext)
        return FALSE;
    g_autoptr(ImapUidSet) present = imap_uidset_new_from_uids((const guint32 *) (gpointer) selected->uids->data, selected->uids->len);
    g_autoptr(ImapUidSet) stored = stored_uids(account);
    return imap_uidset_equal(present, stored);
}

static void finish_when_answered(Job *job)
{
    EngineAccount *account = job->account;
    CatchUp *catching = job->data;
    Selected *selected = account->selected;
    if (catching->answers > 0 || selected == NULL || account->link == NULL)
        return;
    if (!selected->mapped && selected->exists > 0 && !catching->failed) {
        ask_map(job);
        return;
    }
    if (!catching->failed && is_unexplained(account, catching)) {
        ask_all_flags(job);
        return;
    }
    if (!catching->failed)
        settle(account);
    job_done(job);
    if (account->selected == selected && selected->exists > 0 && selected_last_uid(selected) != 0 &&
        g_array_index(selected->uids, guint32, selected->uids->len - 1) == 0)
        catch_up_new_messages(account); /* they came while the rest was being asked */
}

static gboolean interrupted(Job *job)
{
    (void) job;
    return FALSE; /* a new link selects, and begins anew */
}

static void free_catch_up(Job *job)
{
    g_free(job->data);
}

static const JobClass catch_up_class = { .action = "summaries", .start = start, .interrupted = interrupted, .free = free_catch_up };

void catch_up_begin(EngineAccount *account)
{
    if (job_find(account, &catch_up_class, account->selected->mailbox_id) != NULL)
        return; /* it was opened to be looked at: the SELECT has begun it */
    job_add(account, &catch_up_class, JOB_OPEN, account->selected->mailbox_id, g_new0(CatchUp, 1));
}

void catch_up_once(EngineAccount *account)
{
    if (job_find(account, &catch_up_class, account->selected->mailbox_id) == NULL)
        catch_up_begin(account);
}

void catch_up_remap(EngineAccount *account)
{
    gint64 mailbox_id = account->selected->mailbox_id;
    if (!selected_is_followed(account, mailbox_id) || job_find(account, &catch_up_class, mailbox_id) != NULL)
        return;
    CatchUp *catching = g_new0(CatchUp, 1);
    catching->fresh_map = TRUE;
    job_add(account, &catch_up_class, JOB_OPEN, mailbox_id, catching);
}

void catch_up_stop(EngineAccount *account)
{
    if (account->selected == NULL)
        return;
    jobs_drop_waiting(account, &catch_up_class, account->selected->mailbox_id);
    jobs_drop_waiting(account, &new_class, account->selected->mailbox_id);
    headers_stop(account, account->selected->mailbox_id);
    backfill_stop(account);
}

/* --- new messages while the mailbox is open ---------------------------------------------------- */

static void tell_new_mail(EngineAccount *account, guint count)
{
    guint muted = muted_among(account->engine, account->selected->mailbox_id, count);
    count -= MIN(muted, count);
    Change *change = change_new(count > 0 || muted == 0 ? CHANGE_NEW_MAIL : CHANGE_MAILBOX);
    change->account_id = account->id;
    change->mailbox_id = account->selected->mailbox_id;
    change->count = count;
    engine_tell(account->engine, change);
}

static void new_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    fetches_summaries_answered(account);
    Job *job = user;
    Selected *selected = account->selected;
    if (result == IMAP_RESULT_OK && selected != NULL && selected->uids->len > 0 &&
        g_array_index(selected->uids, guint32, selected->uids->len - 1) == 0)
        catch_up_remap(account); /* the server did not show what it counted */
    if (result == IMAP_RESULT_OK && selected != NULL) {
        tell_new_mail(account, GPOINTER_TO_UINT(job->data));
        mirror_mailbox_changed(account, selected->mailbox_id);
    }
    job_done(job);
}

static void start_new(Job *job)
{
    Selected *selected = job->account->selected;
    guint32 last = selected_last_uid(selected);
    if (last == 0 && !selected->mapped)
        catch_up_remap(job->account); /* "after the last" would be all of them */
    if (last == G_MAXUINT32 || selected->uids->len == 0 || (last == 0 && !selected->mapped)) {
        job_done(job);
        return;
    }
    guint unknown = 0;
    while (unknown < selected->uids->len && g_array_index(selected->uids, guint32, selected->uids->len - 1 - unknown) == 0)
        unknown++;
    job->data = GUINT_TO_POINTER(unknown);
    g_autoptr(ImapUidSet) since = imap_uidset_new_range(last + 1, G_MAXUINT32);
    fetches_ask_summaries(job->account, job->action, since, new_answered, job);
}

static const JobClass new_class = { .action = "new mail", .start = start_new, .interrupted = interrupted };

void catch_up_new_messages(EngineAccount *account)
{
    gint64 mailbox_id = account->selected->mailbox_id;
    if (!selected_is_followed(account, mailbox_id) || job_find(account, &catch_up_class, mailbox_id) != NULL)
        return; /* the catching up will see them */
    Job *standing = job_find(account, &new_class, mailbox_id);
    if (standing == NULL || standing->running)
        job_add(account, &new_class, JOB_OPEN, mailbox_id, NULL);
    jobs_run(account);
}
