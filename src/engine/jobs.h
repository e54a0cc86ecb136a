/* Jobs: pieces of work for an account's link, with stated needs, and who goes next.
 *
 * A job says which mailbox must be selected for it (0: any state) and how urgent it is. jobs_run() starts what may start:
 * the urgent first; jobs for the selected mailbox side by side, pipelined; when the most urgent waiting job needs another
 * mailbox, nothing less urgent is started until that mailbox could be selected. A job that is started sends its commands
 * and calls job_done() when the last is answered. A link that ends makes every running job wait again (class->interrupted
 * decides otherwise).
 */
#ifndef MALLE_ENGINE_JOBS_H
#define MALLE_ENGINE_JOBS_H

#include "engine/core.h"
#include "engine/link.h"

typedef enum {
    JOB_PERSON,   /* somebody waits for it on the screen */
    JOB_INTENT,   /* replay of a decision */
    JOB_OPEN,     /* the mailbox on the screen */
    JOB_LIST,     /* mailboxes and counts */
    JOB_AHEAD,    /* structures and texts fetched ahead */
    JOB_BACKFILL, /* nobody waits */
    JOB_MIRROR,   /* for later */
} JobUrgency;

typedef struct Job Job;
typedef struct JobQueue JobQueue;

typedef struct {
    const char *action; /* as in ":wire" */
    gboolean settled;   /* not while a mailbox is being opened: it may be that one which is to go */
    /* Sends. job->action is begun. May call job_done() at once. */
    void (*start)(Job *job);
    /* The link ended while it ran. TRUE: wait for the next link. NULL: TRUE. */
    gboolean (*interrupted)(Job *job);
    /* The mailbox it needs cannot be selected; words for the person. The job is done afterwards. May be NULL. */
    void (*unselectable)(Job *job, const char *words);
    void (*free)(Job *job); /* frees what the job owns, not the job; may be NULL */
} JobClass;

struct Job {
    const JobClass *class;
    EngineAccount *account;
    JobUrgency urgency;
    gint64 mailbox_id;
    gboolean running;
    LinkAction *action;
    gpointer data;
};

JobQueue *job_queue_new(EngineAccount *account);
void job_queue_free(JobQueue *queue);
/* data belongs to the job: class->free. */
Job *job_add(EngineAccount *account, const JobClass *class, JobUrgency urgency, gint64 mailbox_id, gpointer data);
/* The first that fits, or NULL; to join instead of doing twice. */
Job *job_find(EngineAccount *account, const JobClass *class, gint64 mailbox_id);
/* The n-th of a class, in order of urgency, or NULL. */
Job *job_nth(EngineAccount *account, const JobClass *class, guint n);
void job_done(Job *job);
/* A running job that has nothing in flight lets others go first and waits for its next start. */
void job_yield(Job *job);
/* Removes waiting jobs of a class for a mailbox (0: any): what is no longer wanted. */
void jobs_drop_waiting(EngineAccount *account, const JobClass *class, gint64 mailbox_id);
/* Starts what may start. */
void jobs_run(EngineAccount *account);
void jobs_interrupted(EngineAccount *account);
/* The mailbox cannot be selected: those that wait for it are told, and done. */
void jobs_unselectable(EngineAccount *account, gint64 mailbox_id, const char *words);
gboolean jobs_idle(EngineAccount *account);
/* Something more urgent than `urgency` is waiting or running: a long job should pause. */
gboolean jobs_urgent_waiting(EngineAccount *account, JobUrgency urgency);

#endif
