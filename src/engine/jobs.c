#include "config.h"

#include "engine/jobs.h"

#include "engine/account.h"
#include "engine/selected.h"

struct JobQueue {
    EngineAccount *account;
    GPtrArray *jobs;  /* of Job*, in order of urgency, then of arrival */
    gboolean running; /* jobs_run() is on the stack */
    gboolean again;
};

JobQueue *job_queue_new(EngineAccount *account)
{
    JobQueue *queue = g_new0(JobQueue, 1);
    queue->account = account;
    queue->jobs = g_ptr_array_new();
    return queue;
}

static void free_job(Job *job)
{
    if (job->class->free != NULL)
        job->class->free(job);
    link_action_end(job->action);
    g_free(job);
}

void job_queue_free(JobQueue *queue)
{
    if (queue == NULL)
        return;
    while (queue->jobs->len > 0)
        free_job(g_ptr_array_steal_index(queue->jobs, queue->jobs->len - 1));
    g_ptr_array_unref(queue->jobs);
    g_free(queue);
}

Job *job_add(EngineAccount *account, const JobClass *class, JobUrgency urgency, gint64 mailbox_id, gpointer data)
{
    Job *job = g_new0(Job, 1);
    *job = (Job){ .class = class, .account = account, .urgency = urgency, .mailbox_id = mailbox_id, .data = data };
    GPtrArray *jobs = account->jobs->jobs;
    guint at = jobs->len;
    while (at > 0 && ((Job *) g_ptr_array_index(jobs, at - 1))->urgency > urgency)
        at--;
    g_ptr_array_insert(jobs, (gint) at, job);
    return job;
}

Job *job_find(EngineAccount *account, const JobClass *class, gint64 mailbox_id)
{
    GPtrArray *jobs = account->jobs->jobs;
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = g_ptr_array_index(jobs, i);
        if (job->class == class && job->mailbox_id == mailbox_id)
            return job;
    }
    return NULL;
}

void job_done(Job *job)
{
    EngineAccount *account = job->account;
    g_ptr_array_remove(account->jobs->jobs, job);
    free_job(job);
    jobs_run(account);
}

void jobs_drop_waiting(EngineAccount *account, const JobClass *class, gint64 mailbox_id)
{
    GPtrArray *jobs = account->jobs->jobs;
    for (guint i = jobs->len; i > 0; i--) {
        Job *job = g_ptr_array_index(jobs, i - 1);
        if (job->class == class && !job->running && (mailbox_id == 0 || job->mailbox_id == mailbox_id)) {
            g_ptr_array_remove_index(jobs, i - 1);
            free_job(job);
        }
    }
}

static gboolean any_running(JobQueue *queue)
{
    for (guint i = 0; i < queue->jobs->len; i++)
        if (((Job *) g_ptr_array_index(queue->jobs, i))->running)
            return TRUE;
    return FALSE;
}

static void start(Job *job)
{
    job->running = TRUE;
    if (job->class->action != NULL)
        job->action = link_action_begin(job->account->link, job->class->action);
    job->class->start(job);
}

/* The first job that waits, in order of urgency. */
static Job *first_waiting(JobQueue *queue)
{
    for (guint i = 0; i < queue->jobs->len; i++) {
        Job *job = g_ptr_array_index(queue->jobs, i);
        if (!job->running)
            return job;
    }
    return NULL;
}

/* One step; FALSE when nothing more can be started now. */
static gboolean run_one(JobQueue *queue)
{
    EngineAccount *account = queue->account;
    Job *job = engine_account_is_ready(account) ? first_waiting(queue) : NULL;
    if (job == NULL || (selected_is_opening(account) && (job->mailbox_id != 0 || job->class->settled || selected_is_first_sight(account))))
        return FALSE;
    if (job->mailbox_id == 0 || selected_is(account, job->mailbox_id)) {
        start(job);
        return TRUE;
    }
    if (!any_running(queue))
        selected_open(account, job->mailbox_id);
    return FALSE;
}

void jobs_run(EngineAccount *account)
{
    JobQueue *queue = account->jobs;
    if (queue->running) {
        queue->again = TRUE;
        return;
    }
    queue->running = TRUE;
    do {
        queue->again = FALSE;
        if (account->link != NULL)
            link_hold(account->link);
        Link *held = account->link;
        while (run_one(queue))
            ;
        if (account->idle_behind && held != NULL && held == account->link && first_waiting(queue) == NULL)
            engine_account_idle(account);
        account->idle_behind = FALSE;
        if (held != NULL && held == account->link)
            link_release(held);
    } while (queue->again);
    queue->running = FALSE;
}

void jobs_interrupted(EngineAccount *account)
{
    GPtrArray *jobs = account->jobs->jobs;
    for (guint i = jobs->len; i > 0; i--) {
        Job *job = g_ptr_array_index(jobs, i - 1);
        if (!job->running)
            continue;
        job->running = FALSE;
        link_action_end(job->action);
        job->action = NULL;
        if (job->class->interrupted != NULL && !job->class->interrupted(job)) {
            g_ptr_array_remove_index(jobs, i - 1);
            free_job(job);
        }
    }
}

void jobs_unselectable(EngineAccount *account, gint64 mailbox_id, const char *words)
{
    GPtrArray *jobs = account->jobs->jobs;
    for (guint i = jobs->len; i > 0; i--) {
        Job *job = g_ptr_array_index(jobs, i - 1);
        if (job->mailbox_id != mailbox_id || job->running)
            continue;
        g_ptr_array_remove_index(jobs, i - 1);
        if (job->class->unselectable != NULL)
            job->class->unselectable(job, words);
        free_job(job);
    }
}

gboolean jobs_idle(EngineAccount *account)
{
    return account->jobs->jobs->len == 0;
}

gboolean jobs_urgent_waiting(EngineAccount *account, JobUrgency urgency)
{
    Job *job = first_waiting(account->jobs);
    return job != NULL && job->urgency < urgency;
}

void job_yield(Job *job)
{
    job->running = FALSE;
    link_action_end(job->action);
    job->action = NULL;
    jobs_run(job->account);
}

Job *job_nth(EngineAccount *account, const JobClass *class, guint n)
{
    GPtrArray *jobs = account->jobs->jobs;
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = g_ptr_array_index(jobs, i);
        if (job->class == class && n-- == 0)
            return job;
    }
    return NULL;
}
