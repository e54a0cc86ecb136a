/* What the messages of one mailbox lack, newest first: structures a batch at a time, the sections that are read, or whole messages. So
 * much is in flight that the link does not fall silent, and no more than arrives in about a second, for what the person wants waits
 * behind it.
 */
#include "config.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/arriving.h"
#include "engine/bodies.h"
#include "engine/enclosed.h"
#include "engine/mirror.h"
#include "engine/parts.h"
#include "engine/refusal.h"

#define BATCH_MESSAGES 200
#define FIRST_WINDOW (512 * 1024)
#define WORTH_COMPRESSING (256 * 1024) /* COMPRESS costs a flight of its own */
#define LEAST_WINDOW (64 * 1024)
#define LARGEST_WINDOW (4 * 1024 * 1024)
#define GROW_US (G_USEC_PER_SEC / 2)
#define SHRINK_US (2 * G_USEC_PER_SEC)
/* Larger messages come in ranges of this, so that what is wanted meanwhile goes between two of them. */
#define RANGE (256 * 1024)

typedef struct {
    StoreKeepCursor cursor;
    KeepLevel level;
    GQueue ready;           /* of StoreLacking*: their structure is here, or is not needed */
    GArray *structures;     /* of StoreLacking: asked for their structure, NULL: none are */
    guint commands;         /* in flight */
    guint64 in_flight;      /* octets expected */
    guint64 window;
    guint64 arrived;        /* octets since `since` */
    gint64 since;           /* monotonic µs */
    struct Keeping *large;  /* a message that comes in ranges, or NULL */
    gboolean stopped;
} Bodies;

/* A message that is being fetched. */
typedef struct Keeping {
    Job *job;
    gint64 message_id;
    guint32 uid;
    guint64 size;           /* as it counts in the estimate */
    guint sections;         /* on their way */
    char *trouble;
} Keeping;

/* A section of it. */
typedef struct {
    Keeping *keeping;
    ArrivingBody *body;
    guint64 expected;
    guint64 asked;          /* in ranges: up to where */
    guint64 received;
    guint ranges;           /* on their way */
    gboolean ranged, ended, failed;
} Section;

typedef struct {
    Section *section;
    guint64 length;
} Answer;

static void pump(Job *job);

/* --- a message is through --------------------------------------------------------------------------- */

static gboolean is_here_itself(Engine *engine, gint64 message_id, const char *section)
{
    return store_reader_has_body(engine->reader, message_id, section);
}

/* TRUE while the mailbox may go on. */
static gboolean keep_section(EngineAccount *account, gint64 message_id, const char *section)
{
    g_autoptr(GError) error = NULL;
    if (*section == '\0')
        bodies_structure_from_whole(account, message_id);
    if (store_writer_keep_body(account->engine->writer, message_id, section, &error))
        return TRUE;
    mirror_abandon(account, error->message);
    return FALSE;
}

static void finish_message(Keeping *keeping, gboolean link_lost)
{
    EngineAccount *account = keeping->job->account;
    Bodies *bodies = keeping->job->data;
    if (keeping->sections > 0)
        return;
    if (bodies->large == keeping)
        bodies->large = NULL;
    if (keeping->trouble != NULL) {
        mirror_not_had(account, keeping->size, keeping->trouble);
    } else if (!link_lost) {
        store_writer_set_kept(account->engine->writer, keeping->message_id, bodies->level, NULL);
        mirror_kept(account, keeping->size);
    }
    g_free(keeping->trouble);
    g_free(keeping);
}

/* --- sections ------------------------------------------------------------------------------------------ */

/* What arrives within a moment says how much may be in flight. */
static void adapt(Bodies *bodies, guint64 length)
{
    bodies->arrived += length;
    if (bodies->arrived < bodies->window)
        return;
    gint64 now = g_get_monotonic_time(), took = now - bodies->since;
    if (took < GROW_US)
        bodies->window = MIN(bodies->window * 2, LARGEST_WINDOW);
    else if (took > SHRINK_US)
        bodies->window = MAX(bodies->window / 2, LEAST_WINDOW);
    bodies->since = now;
    bodies->arrived = 0;
}

static void section_data(gpointer user, const char *bytes, gsize length)
{
    Answer *answer = user;
    answer->length += length;
    answer->section->received += length;
    arriving_body_take(answer->section->body, bytes, length);
}

static void note_trouble(Keeping *keeping, ImapResult result, const ImapText *text)
{
    if (keeping->trouble == NULL)
        keeping->trouble = result != IMAP_RESULT_OK ? refusal_words(text) : g_strdup(_("the server does not send it"));
}

static void ask_range(Section *section);

static void over(Section *section, gboolean nothing_said)
{
    Keeping *keeping = section->keeping;
    Bodies *bodies = keeping->job->data;
    bodies->in_flight -= MIN(bodies->in_flight, section->expected);
    keeping->sections--;
    arriving_body_free(section->body);
    g_free(section);
    finish_message(keeping, nothing_said);
}

/* Not by its number, but within the message that holds it. */
static void enclosed_done(EngineAccount *account, ImapResult result, gboolean kept, gpointer user)
{
    Section *section = user;
    Job *job = section->keeping->job;
    gboolean link_lost = result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT;
    ((Bodies *) job->data)->commands--;
    if (kept)
        keep_section(account, section->keeping->message_id, arriving_body_section(section->body));
    else if (!link_lost)
        note_trouble(section->keeping, IMAP_RESULT_OK, NULL);
    over(section, link_lost);
    if (!link_lost)
        pump(job);
}

static gboolean ask_enclosing(Section *section)
{
    Job *job = section->keeping->job;
    const char *name = arriving_body_section(section->body);
    if (!enclosed_ask(job->account, job->action, section->keeping->message_id, section->keeping->uid, name, enclosed_done, section))
        return FALSE;
    ((Bodies *) job->data)->commands++;
    return TRUE;
}

/* All of it was answered. */
static void finish_section(Section *section, gboolean link_lost)
{
    Keeping *keeping = section->keeping;
    EngineAccount *account = keeping->job->account;
    g_autoptr(GError) error = NULL;
    if (!link_lost && !section->failed) {
        const char *name = arriving_body_section(section->body);
        if (!arriving_body_keep(section->body, &error))
            mirror_abandon(account, error->message);
        else
            keep_section(account, keeping->message_id, name);
        link_lost = error != NULL; /* nothing is told of it: it is not here */
    }
    over(section, link_lost);
}

static void section_done(EngineAccount *account, gpointer user, ImapResult result, gboolean arrived, const ImapText *text)
{
    Answer *answer = user;
    Section *section = answer->section;
    Job *job = section->keeping->job;
    Bodies *bodies = job->data;
    guint64 length = answer->length;
    gboolean link_lost = result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT;
    g_free(answer);
    bodies->commands--;
    section->ranges--;
    if (!link_lost)
        adapt(bodies, length);
    gboolean given = (arrived || (section->ranged && section->received > 0)) &&
                     (section->ranged || !enclosed_is_whole(account, section->keeping->message_id, arriving_body_section(section->body), length));
    if (result == IMAP_RESULT_OK && !given && ask_enclosing(section))
        return;
    if (!link_lost && (result != IMAP_RESULT_OK || !given)) {
        note_trouble(section->keeping, result, text);
        section->failed = TRUE;
    }
    section->ended = section->ended || link_lost || section->failed || !section->ranged || length < RANGE;
    if (section->ended && section->ranges == 0)
        finish_section(section, link_lost);
    else if (!section->ended)
        ask_range(section);
    if (!link_lost)
        pump(job);
}

static const PartSink sink = { section_data, section_done };

static void send(Section *section, const PartWanted *wanted)
{
    Job *job = section->keeping->job;
    Answer *answer = g_new0(Answer, 1);
    answer->section = section;
    section->ranges++;
    ((Bodies *) job->data)->commands++;
    parts_ask(job->account, job->action, wanted, &sink, answer);
}

static void ask_range(Section *section)
{
    PartWanted wanted = {
        .uid = section->keeping->uid, .section = arriving_body_section(section->body), .origin = section->asked, .length = RANGE
    };
    section->asked += RANGE;
    send(section, &wanted);
}

static void ask_section(Keeping *keeping, const char *name, guint64 expected)
{
    Bodies *bodies = keeping->job->data;
    Section *section = g_new0(Section, 1);
    section->keeping = keeping;
    section->body = arriving_body_new(keeping->job->account->engine, keeping->message_id, name);
    section->expected = expected;
    section->ranged = expected > 2 * RANGE;
    keeping->sections++;
    bodies->in_flight += expected;
    if (section->ranged) {
        bodies->large = keeping;
        ask_range(section);
        ask_range(section);
    } else {
        send(section, &(PartWanted){ .uid = keeping->uid, .section = name });
    }
}

/* --- messages -------------------------------------------------------------------------------------------- */

static void ask_texts(Keeping *keeping)
{
    EngineAccount *account = keeping->job->account;
    g_autoptr(StoreMessage) message = store_reader_message(account->engine->reader, keeping->message_id);
    if (message == NULL || message->structure == NULL) {
        if (message != NULL)
            keeping->trouble = g_strdup(_("the server does not tell how it is built"));
        return;
    }
    g_autoptr(GPtrArray) sections = bodies_text_sections(account->engine, message->structure);
    for (guint i = 0; i < sections->len; i++) {
        const char *section = g_ptr_array_index(sections, i);
        const MessagePart *part = message_part_find(message->structure, section);
        if (is_here_itself(account->engine, keeping->message_id, section))
            keep_section(account, keeping->message_id, section);
        else if (is_here_itself(account->engine, keeping->message_id, ""))
            keep_section(account, keeping->message_id, "");
        else
            ask_section(keeping, section, part != NULL ? part->octets : STORE_SUPPOSED_TEXT);
    }
}

static void ask_message(Job *job, const StoreLacking *lacking)
{
    Bodies *bodies = job->data;
    Keeping *keeping = g_new0(Keeping, 1);
    *keeping = (Keeping){ .job = job, .message_id = lacking->message_id, .uid = lacking->uid, .sections = 1 };
    keeping->size = bodies->level == KEEP_TEXTS ? MIN(lacking->size, STORE_SUPPOSED_TEXT) : lacking->size;
    if (bodies->level < KEEP_EVERYTHING)
        ask_texts(keeping);
    else if (is_here_itself(job->account->engine, lacking->message_id, ""))
        keep_section(job->account, lacking->message_id, "");
    else
        ask_section(keeping, "", lacking->size);
    keeping->sections--; /* it was held until all are asked */
    finish_message(keeping, FALSE);
}

/* --- structures, and what comes next ----------------------------------------------------------------------- */

static void make_ready(Bodies *bodies, GArray *batch)
{
    for (guint i = 0; i < batch->len; i++)
        g_queue_push_tail(&bodies->ready, g_memdup2(&g_array_index(batch, StoreLacking, i), sizeof(StoreLacking)));
    g_array_unref(batch);
}

static void structures_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) account;
    (void) text;
    Job *job = user;
    Bodies *bodies = job->data;
    bodies->commands--;
    make_ready(bodies, g_steal_pointer(&bodies->structures));
    if (result != IMAP_RESULT_UNKNOWN && result != IMAP_RESULT_NOT_SENT)
        pump(job);
}

static void ask_structures(Job *job, GArray *batch)
{
    Bodies *bodies = job->data;
    g_autoptr(ImapUidSet) uids = imap_uidset_new();
    for (guint i = 0; i < batch->len; i++) {
        const StoreLacking *one = &g_array_index(batch, StoreLacking, i);
        if (!one->has_structure)
            imap_uidset_add(uids, one->uid);
    }
    if (bodies->level == KEEP_EVERYTHING || imap_uidset_is_empty(uids)) {
        make_ready(bodies, batch);
        return;
    }
    ImapFetchWants wants = { .items = IMAP_FETCH_BODYSTRUCTURE };
    bodies->structures = batch;
    bodies->commands++;
    link_send(job->account->link, job->action, imap_command_uid_fetch(uids, &wants), structures_answered, job);
}

/* The next slice is read when the last one is nearly used up. */
static void look_ahead(Job *job)
{
    Bodies *bodies = job->data;
    while (bodies->ready.length < BATCH_MESSAGES / 2 && bodies->structures == NULL && !bodies->cursor.end && !bodies->stopped) {
        GArray *batch = g_array_new(FALSE, FALSE, sizeof(StoreLacking));
        g_autoptr(GError) error = NULL;
        if (!store_writer_lacking(job->account->engine->writer, job->mailbox_id, &bodies->cursor, BATCH_MESSAGES, batch, &error)) {
            bodies->cursor.end = TRUE;
            g_array_unref(batch);
            engine_tell_notice(job->account->engine, job->account->id, error->message);
            return;
        }
        ask_structures(job, batch);
    }
}

static void fill(Job *job)
{
    Bodies *bodies = job->data;
    look_ahead(job);
    while (!bodies->stopped && bodies->large == NULL && bodies->ready.length > 0 && (bodies->commands == 0 || bodies->in_flight < bodies->window)) {
        g_autofree StoreLacking *next = g_queue_pop_head(&bodies->ready);
        ask_message(job, next);
        look_ahead(job);
    }
}

static void pump(Job *job)
{
    Bodies *bodies = job->data;
    EngineAccount *account = job->account;
    if (account->link == NULL)
        return;
    bodies->stopped = bodies->stopped || account->mirror == NULL;
    if (bodies->stopped || !jobs_urgent_waiting(account, JOB_MIRROR)) {
        link_hold(account->link);
        fill(job);
        link_release(account->link);
    }
    if (bodies->commands > 0)
        return;
    if (bodies->stopped || (bodies->ready.length == 0 && bodies->cursor.end))
        job_done(job);
    else
        job_yield(job);
}

/* --- the job ------------------------------------------------------------------------------------------------ */

static void start(Job *job)
{
    Bodies *bodies = job->data;
    bodies->since = g_get_monotonic_time();
    bodies->arrived = 0;
    guint64 messages = 0, octets = 0;
    store_reader_lacking_sizes(job->account->engine->reader, job->mailbox_id, &messages, &octets);
    if (bodies->level == KEEP_EVERYTHING && octets > WORTH_COMPRESSING)
        link_compress(job->account->link, job->action);
    pump(job);
}

static gboolean interrupted(Job *job)
{
    (void) job;
    return FALSE; /* the mirror begins anew with what is still lacking */
}

static void free_bodies(Job *job)
{
    Bodies *bodies = job->data;
    g_queue_clear_full(&bodies->ready, g_free);
    g_clear_pointer(&bodies->structures, g_array_unref);
    g_free(bodies);
}

static const JobClass bodies_class = { .action = "keep", .start = start, .interrupted = interrupted, .free = free_bodies };

void mirror_bodies_begin(EngineAccount *account, gint64 mailbox_id)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(account->engine->reader, mailbox_id);
    Bodies *bodies = g_new0(Bodies, 1);
    store_keep_cursor_start(&bodies->cursor);
    bodies->level = mailbox != NULL ? mailbox->keep.level : KEEP_NOTHING;
    bodies->window = FIRST_WINDOW;
    job_add(account, &bodies_class, JOB_MIRROR, mailbox_id, bodies);
}

void mirror_bodies_stop(EngineAccount *account)
{
    jobs_drop_waiting(account, &bodies_class, 0);
    Job *job = job_nth(account, &bodies_class, 0);
    if (job != NULL)
        ((Bodies *) job->data)->stopped = TRUE;
}
