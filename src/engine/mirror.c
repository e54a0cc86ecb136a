#include "config.h"

#include "engine/mirror.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/pop_account.h"
#include "engine/catch_up.h"
#include "engine/selected.h"

/* A message that is not known yet counts as much in the estimate as the average one of the mailbox, or as this. */
#define SUPPOSED_SIZE (20 * 1000)
/* Changes are told at most this often. */
#define TELL_EVERY_US (G_USEC_PER_SEC / 5)
/* Whoever opens one mailbox after the other keeps this one from coming to its end. */
#define SUMMARY_TRIES 20

typedef enum {
    STAGE_NEXT,      /* between two mailboxes */
    STAGE_SUMMARIES, /* being brought level with the server */
    STAGE_BODIES,
} MirrorStage;

typedef struct {
    gint64 mailbox_id;
    guint64 expected;        /* bytes */
} Planned;

struct Mirror {
    GQueue waiting;          /* of Planned*, the next one first */
    gint64 mailbox_id;       /* under way, 0: none */
    guint64 expected;        /* bytes of it, as counted in total */
    MirrorStage stage;
    gint64 level_before;     /* its synced_at when that began */
    guint tries;             /* of the summaries of one mailbox */
    guint64 total, done;     /* bytes, as the server tells the sizes of messages */
    guint64 messages;        /* that were lacking and are here now */
    guint not_had;
    char *trouble;           /* the first words of what could not be had */
    gboolean no_room; /* that was it */
    gint64 told_at;          /* monotonic µs */
    gboolean asked_for;      /* by the person, who hears how it ended */
};

/* --- telling ---------------------------------------------------------------------------------------- */

static void tell(EngineAccount *account, gboolean finished)
{
    Mirror *mirror = account->mirror;
    gint64 now = g_get_monotonic_time();
    if (!mirror->asked_for || (!finished && now - mirror->told_at < TELL_EVERY_US))
        return;
    mirror->told_at = now;
    Change *change = change_new(CHANGE_MIRROR);
    change->account_id = account->id;
    change->mailbox_id = mirror->mailbox_id;
    change->done = MIN(mirror->done, mirror->total);
    change->total = mirror->total;
    change->count = mirror->messages;
    change->finished = finished;
    if (mirror->not_had > 0)
        change->error = g_strdup_printf(ngettext("%u message could not be had: %s", "%u messages could not be had, the first: %s", mirror->not_had),
                                        mirror->not_had, mirror->trouble);
    else
        change->error = g_strdup(mirror->trouble);
    change->no_room = mirror->no_room;
    engine_tell(account->engine, change);
}

/* One mailbox of it is as its rule says; the hearer reads the store. */
static void tell_mailbox_kept(EngineAccount *account)
{
    Change *change = change_new(CHANGE_KEPT);
    change->account_id = account->id;
    change->mailbox_id = account->mirror->mailbox_id;
    engine_tell(account->engine, change);
}

/* --- what there is to do ------------------------------------------------------------------------------- */

static gboolean is_in_scope(const StoreMailbox *mailbox, EngineMirrorScope scope)
{
    if ((mailbox->attributes & MAILBOX_NO_SELECT) != 0)
        return FALSE;
    if (scope == ENGINE_MIRROR_ALL)
        return !mailbox->keep_chosen || mailbox->keep.level > KEEP_NOTHING;
    return mailbox->keep.level > KEEP_NOTHING;
}

gboolean mirror_may_open(const StoreMailbox *mailbox)
{
    return is_in_scope(mailbox, ENGINE_MIRROR_ALL);
}

static Planned *find_planned(const Mirror *mirror, gint64 mailbox_id)
{
    for (const GList *link = mirror->waiting.head; link != NULL; link = link->next)
        if (((Planned *) link->data)->mailbox_id == mailbox_id)
            return link->data;
    return NULL;
}

/* What will come, as far as anybody can know: what is lacking of messages that are known, and the others by their number. */
static guint64 expect(EngineAccount *account, const StoreMailbox *mailbox)
{
    if (mailbox->keep.level < KEEP_TEXTS)
        return 0;
    guint64 messages = 0, bytes = 0;
    store_reader_lacking_sizes(account->engine->reader, mailbox->id, &messages, &bytes);
    guint64 unknown = mailbox->server_messages > mailbox->shown_total ? mailbox->server_messages - mailbox->shown_total : 0;
    guint64 supposed = mailbox->keep.level == KEEP_TEXTS ? STORE_SUPPOSED_TEXT : SUPPOSED_SIZE;
    guint64 average = messages > 0 ? bytes / messages : supposed;
    guint64 more = unknown * average;
    return bytes + (mailbox->keep.bytes > 0 ? MIN(more, mailbox->keep.bytes) : more);
}

/* Puts it into the plan, or estimates anew what is planned. */
static void plan(EngineAccount *account, const StoreMailbox *mailbox)
{
    Mirror *mirror = account->mirror;
    if (mirror->mailbox_id == mailbox->id)
        return;
    Planned *planned = find_planned(mirror, mailbox->id);
    if (planned == NULL) {
        planned = g_new0(Planned, 1);
        planned->mailbox_id = mailbox->id;
        if (mailbox->id == account->looked_at)
            g_queue_push_head(&mirror->waiting, planned);
        else
            g_queue_push_tail(&mirror->waiting, planned);
    }
    mirror->total -= planned->expected;
    planned->expected = expect(account, mailbox);
    mirror->total += planned->expected;
}

static Mirror *get(EngineAccount *account)
{
    if (account->mirror == NULL)
        account->mirror = g_new0(Mirror, 1);
    return account->mirror;
}

void mirror_begin(EngineAccount *account, EngineMirrorScope scope, gint64 mailbox_id)
{
    if (account->pop != NULL)
        pop_account_mirror(account->pop);
    if (account->local != NULL)
        return;
    Mirror *mirror = get(account);
    mirror->asked_for = TRUE;
    g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(account->engine->reader, account->id);
    for (guint i = 0; i < mailboxes->len; i++) {
        const StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        if (mailbox_id != 0 ? mailbox->id == mailbox_id : is_in_scope(mailbox, scope))
            plan(account, mailbox);
    }
    tell(account, FALSE);
    engine_account_go_on(account);
}

void mirror_look_over(EngineAccount *account)
{
    if (account->local != NULL || account->engine->only_when_asked)
        return;
    g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(account->engine->reader, account->id);
    for (guint i = 0; i < mailboxes->len; i++) {
        const StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        guint64 messages = 0, bytes;
        if (!is_in_scope(mailbox, ENGINE_MIRROR_CHOSEN))
            continue;
        if (mailbox->complete && mailbox->keep.level >= KEEP_TEXTS)
            store_reader_lacking_sizes(account->engine->reader, mailbox->id, &messages, &bytes);
        if (mailbox->complete && messages == 0)
            continue;
        get(account);
        plan(account, mailbox);
    }
    engine_account_go_on(account);
}

void mirror_mailbox_changed(EngineAccount *account, gint64 mailbox_id)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(account->engine->reader, mailbox_id);
    if (mailbox == NULL || account->local != NULL || account->engine->only_when_asked || !is_in_scope(mailbox, ENGINE_MIRROR_CHOSEN))
        return;
    get(account);
    plan(account, mailbox);
}

void mirror_free(Mirror *mirror)
{
    if (mirror == NULL)
        return;
    g_queue_clear_full(&mirror->waiting, g_free);
    g_free(mirror->trouble);
    g_free(mirror);
}

gint64 mirror_first_mailbox(EngineAccount *account)
{
    const Planned *planned = account->mirror != NULL ? g_queue_peek_head(&account->mirror->waiting) : NULL;
    if (planned != NULL)
        return planned->mailbox_id;
    g_autoptr(StoreMailbox) inbox = store_reader_mailbox_by_role(account->engine->reader, account->id, MAILBOX_ROLE_INBOX);
    return inbox != NULL && is_in_scope(inbox, ENGINE_MIRROR_CHOSEN) ? inbox->id : 0;
}

/* --- going on -------------------------------------------------------------------------------------------- */

gboolean mirror_follows(const EngineAccount *account, gint64 mailbox_id)
{
    return account->mirror != NULL && account->mirror->stage != STAGE_NEXT && account->mirror->mailbox_id == mailbox_id;
}

static void start_opening(Job *job)
{
    EngineAccount *account = job->account;
    if (mirror_follows(account, job->mailbox_id))
        catch_up_once(account);
    job_done(job);
}

static void opening_unselectable(Job *job, const char *words)
{
    (void) words;
    Mirror *mirror = job->account->mirror;
    if (mirror == NULL || mirror->mailbox_id != job->mailbox_id)
        return;
    mirror->stage = STAGE_NEXT; /* the person has been told of it */
}

static gboolean opening_interrupted(Job *job)
{
    (void) job;
    return FALSE;
}

static const JobClass open_class = { .start = start_opening, .interrupted = opening_interrupted, .unselectable = opening_unselectable };

static void finish(EngineAccount *account)
{
    tell(account, TRUE);
    g_clear_pointer(&account->mirror, mirror_free);
}

/* On the screen it is kept level anyway. */
static gboolean is_level(EngineAccount *account, const StoreMailbox *mailbox)
{
    return mailbox->complete && account->looked_at == mailbox->id && selected_is(account, mailbox->id);
}

static void ask_summaries(EngineAccount *account, const StoreMailbox *mailbox)
{
    Mirror *mirror = account->mirror;
    mirror->stage = STAGE_SUMMARIES;
    mirror->level_before = is_level(account, mailbox) ? -1 : mailbox->synced_at;
    if (mirror->level_before >= 0)
        job_add(account, &open_class, JOB_MIRROR, mirror->mailbox_id, NULL);
}

static void next_mailbox(EngineAccount *account)
{
    Mirror *mirror = account->mirror;
    g_autofree Planned *next = g_queue_pop_head(&mirror->waiting);
    mirror->mailbox_id = 0;
    if (next == NULL) {
        finish(account);
        return;
    }
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(account->engine->reader, next->mailbox_id);
    if (mailbox == NULL)
        return;
    mirror->mailbox_id = next->mailbox_id;
    mirror->expected = next->expected;
    mirror->tries = 0;
    ask_summaries(account, mailbox);
}

/* The summaries are here, or did not come, or another mailbox went first and they have to be asked for again. */
static void after_summaries(EngineAccount *account)
{
    Mirror *mirror = account->mirror;
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(account->engine->reader, mirror->mailbox_id);
    gboolean level = mailbox != NULL && mailbox->complete && mailbox->synced_at != mirror->level_before;
    mirror->stage = STAGE_NEXT;
    mirror->tries += selected_is(account, mirror->mailbox_id) ? SUMMARY_TRIES / 2 : 1; /* refused, or another mailbox came between */
    if (mailbox != NULL && !level && mirror->tries < SUMMARY_TRIES) {
        ask_summaries(account, mailbox);
    } else if (mailbox != NULL && !level) {
        g_autofree char *words = g_strdup_printf(_("%s could not be brought up to date"), mailbox->name);
        mirror_not_had(account, 0, words);
    } else if (mailbox != NULL && mailbox->keep.level < KEEP_TEXTS) {
        tell_mailbox_kept(account);
    } else if (mailbox != NULL) {
        if (mailbox->keep.days > 0 || mailbox->keep.bytes > 0)
            store_writer_refresh_keep(account->engine->writer, NULL);
        mirror->total -= mirror->expected; /* now it is known */
        mirror->total += expect(account, mailbox);
        mirror->stage = STAGE_BODIES;
        mirror_bodies_begin(account, mirror->mailbox_id);
    }
}

static void step(EngineAccount *account)
{
    Mirror *mirror = account->mirror;
    if (mirror->stage == STAGE_SUMMARIES) {
        after_summaries(account);
    } else if (mirror->stage == STAGE_BODIES) {
        mirror->stage = STAGE_NEXT;
        tell_mailbox_kept(account);
    } else {
        next_mailbox(account);
    }
}

gboolean mirror_step(EngineAccount *account)
{
    /* A job that finds nothing to ask is over at once, and no answer comes that would lead here again. */
    while (account->mirror != NULL && jobs_idle(account)) {
        step(account);
        if (account->mirror != NULL && !jobs_idle(account))
            jobs_run(account);
    }
    return account->mirror != NULL;
}

void mirror_link_ended(EngineAccount *account)
{
    Mirror *mirror = account->mirror;
    if (mirror == NULL || mirror->mailbox_id == 0)
        return;
    Planned *again = g_new0(Planned, 1);
    again->mailbox_id = mirror->mailbox_id; /* what of it is not here yet is in the total already */
    g_queue_push_head(&mirror->waiting, again);
    mirror->mailbox_id = 0;
    mirror->expected = 0;
    mirror->stage = STAGE_NEXT;
}

void mirror_stop(EngineAccount *account)
{
    if (account->mirror == NULL)
        return;
    Mirror *mirror = account->mirror;
    if (mirror->trouble == NULL && (mirror->waiting.length > 0 || mirror->stage != STAGE_NEXT))
        mirror->trouble = g_strdup(_("stopped before its end"));
    g_queue_clear_full(&mirror->waiting, g_free);
    mirror_bodies_stop(account);
    finish(account);
}

/* --- what the fetching tells ------------------------------------------------------------------------------- */

void mirror_kept(EngineAccount *account, guint64 size)
{
    if (account->mirror == NULL)
        return;
    account->mirror->messages++;
    account->mirror->done += size;
    tell(account, FALSE);
}

void mirror_not_had(EngineAccount *account, guint64 size, const char *words)
{
    Mirror *mirror = account->mirror;
    if (mirror == NULL)
        return;
    mirror->not_had++;
    mirror->done += size;
    if (mirror->trouble == NULL)
        mirror->trouble = g_strdup(words);
    tell(account, FALSE);
}

void mirror_abandon(EngineAccount *account, const char *words)
{
    if (account->mirror == NULL)
        return;
    g_free(account->mirror->trouble);
    account->mirror->trouble = g_strdup(words);
    account->mirror->no_room = TRUE;
    account->mirror->not_had = 0;
    if (!account->mirror->asked_for)
        engine_tell_notice(account->engine, account->id, words);
    mirror_stop(account);
}
