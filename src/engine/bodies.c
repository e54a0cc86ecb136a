#include "config.h"

#include "engine/bodies.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/arriving.h"
#include "engine/enclosed.h"
#include "engine/parts.h"
#include "engine/refusal.h"
#include "engine/selected.h"
#include "mime/choose.h"
#include "mime/message.h"

/* What is fetched ahead: texts up to this size, of this many neighbours. */
#define AHEAD_OCTETS (64 * 1024)
#define AHEAD_COUNT 3

typedef struct {
    gint64 message_id;
    char **sections;          /* NULL: choose by the structure */
    gboolean ahead;
    gboolean structure_asked;
    guint awaited;
} BodyWant;

typedef struct {
    Job *job;
    ArrivingBody *body;
    guint32 uid;
    guint64 octets;           /* that came */
} Arriving;

void bodies_tell(Engine *engine, gint64 message_id, const char *section, const char *error)
{
    Change *change = change_new(CHANGE_BODY);
    change->message_id = message_id;
    change->section = g_strdup(section);
    change->error = g_strdup(error);
    engine_tell(engine, change);
}

gboolean bodies_are_here(Engine *engine, gint64 message_id, const char *section)
{
    return store_reader_has_body(engine->reader, message_id, section) || store_reader_has_body(engine->reader, message_id, "");
}

/* --- a section arrives ------------------------------------------------------------------------- */

static void section_data(gpointer user, const char *bytes, gsize length)
{
    Arriving *arriving = user;
    arriving->octets += length;
    arriving_body_take(arriving->body, bytes, length);
}

static void finish_want(Job *job)
{
    BodyWant *want = job->data;
    if (want->awaited == 0)
        job_done(job);
}

static char *words_of(const ImapText *text)
{
    g_autofree char *said = refusal_words(text);
    return g_strdup_printf(_("The server does not give this part: “%s”."), said);
}

static void arriving_over(Arriving *arriving, gboolean link_lost)
{
    Job *job = arriving->job;
    arriving_body_free(arriving->body);
    g_free(arriving);
    ((BodyWant *) job->data)->awaited--;
    if (!link_lost)
        finish_want(job); /* after a lost link the job waits for the next one */
}

static const char *not_sent_words(void)
{
    return _("The server says the message is there but does not send it.");
}

static void enclosed_done(EngineAccount *account, ImapResult result, gboolean kept, gpointer user)
{
    Arriving *arriving = user;
    BodyWant *want = arriving->job->data;
    gboolean link_lost = result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT;
    if (!link_lost)
        bodies_tell(account->engine, want->message_id, arriving_body_section(arriving->body), kept ? NULL : not_sent_words());
    arriving_over(arriving, link_lost);
}

static void section_done(EngineAccount *account, gpointer user, ImapResult result, gboolean arrived, const ImapText *text)
{
    Arriving *arriving = user;
    Job *job = arriving->job;
    BodyWant *want = job->data;
    const char *section = arriving_body_section(arriving->body);
    g_autoptr(GError) error = NULL;
    gboolean link_lost = result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT;
    gboolean given = arrived && !enclosed_is_whole(account, want->message_id, section, arriving->octets);
    if (result == IMAP_RESULT_OK && !given && enclosed_ask(account, job->action, want->message_id, arriving->uid, section, enclosed_done, arriving))
        return;
    if (result == IMAP_RESULT_OK && given) {
        arriving_body_keep(arriving->body, &error);
        bodies_tell(account->engine, want->message_id, section, error != NULL ? error->message : NULL);
    } else if (!link_lost) {
        g_autofree char *words = result == IMAP_RESULT_OK ? g_strdup(not_sent_words()) : words_of(text);
        bodies_tell(account->engine, want->message_id, section, words);
    }
    arriving_over(arriving, link_lost);
}

static void ask_section(Job *job, guint32 uid, const char *section)
{
    static const PartSink sink = { section_data, section_done };
    BodyWant *want = job->data;
    Arriving *arriving = g_new0(Arriving, 1);
    arriving->job = job;
    arriving->uid = uid;
    arriving->body = arriving_body_new(job->account->engine, want->message_id, section);
    want->awaited++;
    PartWanted wanted = { .uid = uid, .section = section, .first = !want->ahead };
    parts_ask(job->account, job->action, &wanted, &sink, arriving);
}

/* --- a message is wanted ------------------------------------------------------------------------ */

GPtrArray *bodies_text_sections(Engine *engine, const MessagePart *structure)
{
    GPtrArray *sections = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) texts = mime_choose_text(structure, engine->text_preference);
    for (guint i = 0; i < texts->len; i++) {
        const MessagePart *part = g_ptr_array_index(texts, i);
        if (message_part_is(part, "message", "rfc822"))
            g_ptr_array_add(sections, g_strdup_printf("%s.HEADER", part->section)); /* it is shown above its own texts */
        else if (part->children->len == 0)
            g_ptr_array_add(sections, g_strdup(part->section));
    }
    return sections;
}

static GPtrArray *wanted_sections(Engine *engine, const BodyWant *want, const MessagePart *structure)
{
    if (want->sections == NULL && structure != NULL) {
        GPtrArray *texts = bodies_text_sections(engine, structure);
        for (guint i = texts->len; want->ahead && i > 0; i--) {
            const MessagePart *part = message_part_find(structure, g_ptr_array_index(texts, i - 1));
            if (part != NULL && part->octets > AHEAD_OCTETS)
                g_ptr_array_remove_index(texts, i - 1);
        }
        return texts;
    }
    GPtrArray *sections = g_ptr_array_new_with_free_func(g_free);
    for (char **section = want->sections; section != NULL && *section != NULL; section++)
        g_ptr_array_add(sections, g_strdup(*section));
    return sections;
}

static void ask_texts(Job *job, guint32 uid, const MessagePart *structure)
{
    BodyWant *want = job->data;
    Engine *engine = job->account->engine;
    g_autoptr(GPtrArray) sections = wanted_sections(engine, want, structure);
    want->awaited++; /* held until all are asked */
    link_hold(job->account->link);
    for (guint i = 0; i < sections->len; i++) {
        const char *section = g_ptr_array_index(sections, i);
        if (!bodies_are_here(engine, want->message_id, section))
            ask_section(job, uid, section);
        else if (!want->ahead)
            bodies_tell(engine, want->message_id, section, NULL);
    }
    if (sections->len == 0 && !want->ahead)
        bodies_tell(engine, want->message_id, NULL, NULL); /* nothing to read in it: its attachments are listed */
    link_release(job->account->link);
    want->awaited--;
    finish_want(job);
}

static void start_want(Job *job);

static void structure_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    Job *job = user;
    BodyWant *want = job->data;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    if (result != IMAP_RESULT_OK) {
        g_autofree char *words = words_of(text);
        bodies_tell(account->engine, want->message_id, NULL, words);
        job_done(job);
        return;
    }
    start_want(job);
}

static void start_want(Job *job)
{
    EngineAccount *account = job->account;
    BodyWant *want = job->data;
    gint64 mailbox_id = 0;
    guint32 uid = 0;
    g_autoptr(StoreMessage) message = store_reader_message(account->engine->reader, want->message_id);
    if (message == NULL || !store_writer_locate(account->engine->writer, want->message_id, &mailbox_id, &uid) || mailbox_id != job->mailbox_id) {
        bodies_tell(account->engine, want->message_id, NULL, _("This message is no longer in the mailbox."));
        job_done(job);
        return;
    }
    if (message->structure != NULL || want->sections != NULL) {
        ask_texts(job, uid, message->structure);
        return;
    }
    if (want->ahead) { /* structures are asked for together, before */
        job_done(job);
        return;
    }
    if (want->structure_asked) {
        bodies_tell(account->engine, want->message_id, NULL, _("The server does not tell how this message is built."));
        job_done(job);
        return;
    }
    want->structure_asked = TRUE;
    g_autoptr(ImapUidSet) uids = imap_uidset_new_range(uid, uid);
    ImapFetchWants wants = { .items = IMAP_FETCH_BODYSTRUCTURE };
    link_send_first(account->link, job->action, imap_command_uid_fetch(uids, &wants), structure_answered, job);
}

static gboolean want_interrupted(Job *job)
{
    BodyWant *want = job->data;
    want->awaited = 0;
    want->structure_asked = FALSE;
    return !want->ahead;
}

static void want_unselectable(Job *job, const char *words)
{
    BodyWant *want = job->data;
    bodies_tell(job->account->engine, want->message_id, NULL, words);
}

static void free_want(Job *job)
{
    BodyWant *want = job->data;
    g_strfreev(want->sections);
    g_free(want);
}

static const JobClass read_class = {
    .action = "read", .start = start_want, .interrupted = want_interrupted, .unselectable = want_unselectable, .free = free_want
};
static const JobClass ahead_class = { .action = "ahead", .start = start_want, .interrupted = want_interrupted, .free = free_want };

static void add_want(EngineAccount *account, gint64 message_id, const char *const *sections, gboolean ahead)
{
    gint64 mailbox_id = 0;
    guint32 uid;
    if (!store_writer_locate(account->engine->writer, message_id, &mailbox_id, &uid)) {
        if (!ahead)
            bodies_tell(account->engine, message_id, NULL, _("This message is not on the server yet, or no longer."));
        return;
    }
    BodyWant *want = g_new0(BodyWant, 1);
    want->message_id = message_id;
    want->sections = g_strdupv((char **) sections);
    want->ahead = ahead;
    job_add(account, ahead ? &ahead_class : &read_class, ahead ? JOB_AHEAD : JOB_PERSON, mailbox_id, want);
}

gboolean bodies_structure_from_whole(EngineAccount *account, gint64 message_id)
{
    Engine *engine = account->engine;
    gint64 mailbox_id = 0;
    guint32 uid = 0;
    g_autoptr(StoreMessage) message = store_reader_message(engine->reader, message_id);
    if (message == NULL || message->structure != NULL)
        return message != NULL;
    g_autoptr(GBytes) whole = store_reader_body(engine->reader, message_id, "");
    if (whole == NULL || !store_writer_locate(engine->writer, message_id, &mailbox_id, &uid))
        return FALSE;
    g_autoptr(MimeMessage) parsed = mime_message_new(whole);
    if (!store_writer_put_structure(engine->writer, mailbox_id, uid, mime_message_structure(parsed), NULL))
        return FALSE;
    Change *change = change_new(CHANGE_MESSAGE);
    change->account_id = account->id;
    change->mailbox_id = mailbox_id;
    change->message_id = message_id;
    engine_tell(engine, change);
    return TRUE;
}

/* All that is wanted is here: nobody has to be asked, nothing to be selected. */
static gboolean answer_from_store(EngineAccount *account, gint64 message_id, const char *const *sections)
{
    Engine *engine = account->engine;
    if (sections == NULL && !bodies_structure_from_whole(account, message_id))
        return FALSE;
    g_autoptr(StoreMessage) message = store_reader_message(engine->reader, message_id);
    if (message == NULL)
        return FALSE;
    const BodyWant want = { .sections = (char **) sections };
    g_autoptr(GPtrArray) wanted = wanted_sections(engine, &want, message->structure);
    for (guint i = 0; i < wanted->len; i++)
        if (!bodies_are_here(engine, message_id, g_ptr_array_index(wanted, i)))
            return FALSE;
    for (guint i = 0; i < wanted->len; i++)
        bodies_tell(engine, message_id, g_ptr_array_index(wanted, i), NULL);
    if (wanted->len == 0)
        bodies_tell(engine, message_id, NULL, NULL);
    return TRUE;
}

void bodies_want(EngineAccount *account, gint64 message_id, const char *const *sections)
{
    if (answer_from_store(account, message_id, sections))
        return;
    add_want(account, message_id, sections, FALSE);
    if (!engine_account_is_ready(account))
        bodies_tell(account->engine, message_id, sections != NULL ? sections[0] : NULL,
                    account->status.state == ACCOUNT_OFFLINE
                        ? _("This is not on this machine, and you are offline. It will be fetched when you are online again.")
                        : _("Not here yet, and the server cannot be reached now. It will be fetched when the link is back."));
    jobs_run(account);
}

/* --- ahead -------------------------------------------------------------------------------------- */

typedef struct {
    ImapUidSet *lacking;
    gint64 next[AHEAD_COUNT]; /* whose texts are fetched once the structures are here; 0: none */
} Structures;

/* One whose structure did not come is left alone when its turn comes. */
static void fetch_texts(EngineAccount *account, const gint64 *next)
{
    for (guint i = 0; i < AHEAD_COUNT; i++)
        if (next[i] != 0)
            add_want(account, next[i], NULL, TRUE);
}

static void structures_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Job *job = user;
    Structures *structures = job->data;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    fetch_texts(account, structures->next);
    job_done(job);
}

static void start_structures(Job *job)
{
    Structures *structures = job->data;
    ImapFetchWants wants = { .items = IMAP_FETCH_BODYSTRUCTURE };
    link_action_add_rows(job->action, (guint) imap_uidset_count(structures->lacking));
    link_send(job->account->link, job->action, imap_command_uid_fetch(structures->lacking, &wants), structures_answered, job);
}

static gboolean structures_interrupted(Job *job)
{
    (void) job;
    return FALSE;
}

static void structures_free(Structures *structures)
{
    imap_uidset_free(structures->lacking);
    g_free(structures);
}

static void free_structures(Job *job)
{
    structures_free(job->data);
}

static const JobClass structures_class = {
    .action = "structures", .start = start_structures, .interrupted = structures_interrupted, .free = free_structures
};

/* What is not known of the messages that are looked at, and those of them whose texts come next. */
static Structures *look(EngineAccount *account, const gint64 *message_ids, guint count)
{
    Structures *structures = g_new0(Structures, 1);
    structures->lacking = imap_uidset_new();
    for (guint i = 0; i < count; i++) {
        gint64 mailbox_id = 0;
        guint32 uid = 0;
        if (!store_writer_locate(account->engine->writer, message_ids[i], &mailbox_id, &uid) || !selected_is(account, mailbox_id))
            continue;
        if (!store_writer_has_structure(account->engine->writer, message_ids[i]))
            imap_uidset_add(structures->lacking, uid);
        if (i < AHEAD_COUNT)
            structures->next[i] = message_ids[i];
    }
    return structures;
}

void bodies_look_at(EngineAccount *account, const gint64 *message_ids, guint count)
{
    if (account->selected == NULL || account->selected->opening || !engine_account_is_ready(account))
        return;
    jobs_drop_waiting(account, &structures_class, 0);
    jobs_drop_waiting(account, &ahead_class, 0);
    Structures *structures = look(account, message_ids, count);
    if (imap_uidset_is_empty(structures->lacking)) {
        fetch_texts(account, structures->next);
        structures_free(structures);
    } else {
        job_add(account, &structures_class, JOB_AHEAD, account->selected->mailbox_id, structures);
    }
    jobs_run(account);
}
