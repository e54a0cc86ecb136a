/* The summaries nobody waits for: batches that overlap, so that the link never falls silent, small enough that whatever the
 * person asks for meanwhile waits for a fraction of a second at most.
 */
#include "config.h"

#include "engine/account.h"
#include "engine/catch_up.h"
#include "engine/fetches.h"
#include "engine/selected.h"

/* The next batch is twice as large as the last while one is here within GROW_US: on a fast link few questions are asked, on a
 * slow one nothing that the person wants waits long behind what nobody does. Two are in flight, so that the link is never
 * silent while one is being stored. */
#define FIRST_BATCH 100       /* some 64 kB without compression */
#define LARGEST_BATCH 5000
#define GROW_US (G_USEC_PER_SEC)
#define SHRINK_US (2 * G_USEC_PER_SEC)
#define BATCHES_IN_FLIGHT 2
#define WORTH_COMPRESSING 400 /* COMPRESS costs a flight of its own */

typedef struct {
    ImapUidSet *missing;
    guint64 total, arrived;
    guint in_flight;
    guint batch;             /* messages in the next one */
    gint64 last_answer;      /* monotonic µs */
} Backfill;

static void pump(Job *job);

static void tell_progress(Job *job, gboolean finished)
{
    Backfill *fill = job->data;
    Change *change = change_new(CHANGE_PROGRESS);
    change->account_id = job->account->id;
    change->mailbox_id = job->mailbox_id;
    change->done = fill->arrived;
    change->total = fill->total;
    change->finished = finished;
    engine_tell(job->account->engine, change);
}

static void complete(Job *job)
{
    catch_up_keep_progress(job->account, !job->account->selected->misplaced);
    tell_progress(job, TRUE);
    job_done(job);
}

typedef struct {
    Job *job;
    ImapUidSet *batch;
} Asked;

/* Batches are answered one after the other, so the time between two answers is what one takes. */
static void adapt(Backfill *fill)
{
    gint64 now = g_get_monotonic_time();
    gint64 took = now - fill->last_answer;
    fill->last_answer = now;
    if (took < GROW_US)
        fill->batch = MIN(fill->batch * 2, LARGEST_BATCH);
    else if (took > SHRINK_US)
        fill->batch = MAX(fill->batch / 2, FIRST_BATCH);
}

static void batch_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Asked *asked = user;
    Job *job = asked->job;
    Backfill *fill = job->data;
    fetches_summaries_answered(account);
    fill->in_flight--;
    fill->arrived += imap_uidset_count(asked->batch); /* refused ones too: they are not asked for ever */
    imap_uidset_free(asked->batch);
    g_free(asked);
    if (account->link == NULL || account->selected == NULL || result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    adapt(fill);
    tell_progress(job, FALSE);
    pump(job);
}

/* The newest that are missing, as many as one line of the protocol can name. */
static ImapUidSet *take_batch(Backfill *fill)
{
    ImapUidSet *batch = imap_uidset_take_last(fill->missing, fill->batch);
    g_autoptr(GPtrArray) pieces = imap_uidset_split(batch, LINK_SET_OCTETS);
    if (pieces->len <= 1)
        return batch;
    ImapUidSet *newest = imap_uidset_copy(g_ptr_array_index(pieces, pieces->len - 1));
    imap_uidset_remove_set(batch, newest);
    imap_uidset_add_set(fill->missing, batch);
    imap_uidset_free(batch);
    return newest;
}

static void ask_batch(Job *job)
{
    Backfill *fill = job->data;
    Asked *asked = g_new0(Asked, 1);
    asked->job = job;
    asked->batch = take_batch(fill);
    fill->in_flight++;
    link_action_add_rows(job->action, (guint) imap_uidset_count(asked->batch));
    fetches_ask_summaries(job->account, job->action, asked->batch, batch_answered, asked);
}

static void pump(Job *job)
{
    Backfill *fill = job->data;
    gboolean others_first = jobs_urgent_waiting(job->account, JOB_BACKFILL);
    while (fill->in_flight < BATCHES_IN_FLIGHT && !others_first && !imap_uidset_is_empty(fill->missing))
        ask_batch(job);
    if (fill->in_flight > 0)
        return;
    if (imap_uidset_is_empty(fill->missing))
        complete(job);
    else
        job_yield(job);
}

static void start(Job *job)
{
    Backfill *fill = job->data;
    if (imap_uidset_count(fill->missing) > WORTH_COMPRESSING)
        link_compress(job->account->link, job->action);
    fill->batch = job->account->looked_at == job->mailbox_id ? FIRST_BATCH : LARGEST_BATCH;
    fill->last_answer = g_get_monotonic_time();
    pump(job);
}

static gboolean interrupted(Job *job)
{
    (void) job;
    return FALSE; /* the next catching up finds what is still missing */
}

static void free_backfill(Job *job)
{
    Backfill *fill = job->data;
    imap_uidset_free(fill->missing);
    g_free(fill);
}

static const JobClass backfill_class = { .action = "back-fill", .start = start, .interrupted = interrupted, .free = free_backfill };

void backfill_stop(EngineAccount *account)
{
    jobs_drop_waiting(account, &backfill_class, account->selected->mailbox_id);
}

void backfill_begin(EngineAccount *account, ImapUidSet *missing)
{
    Backfill *fill = g_new0(Backfill, 1);
    fill->missing = missing;
    fill->total = imap_uidset_count(missing);
    backfill_stop(account);
    job_add(account, &backfill_class, JOB_BACKFILL, account->selected->mailbox_id, fill);
}
