#include "config.h"

#include "engine/locate.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/fetches.h"
#include "engine/look.h"
#include "engine/replay.h"
#include "engine/search_command.h"

typedef struct {
    ImapUidSet *found;
    guint answers;
    gboolean reopened; /* the mailbox was opened anew for this */
} Locate;

static GArray *unnamed_in(EngineAccount *account, gint64 mailbox_id)
{
    GArray *unnamed = store_writer_unnamed(account->engine->writer, account->id);
    for (guint i = unnamed->len; i > 0; i--)
        if (g_array_index(unnamed, StoreUnnamed, i - 1).mailbox_id != mailbox_id)
            g_array_remove_index(unnamed, i - 1);
    return unnamed;
}

static void give_up(Job *job, const char *words)
{
    Engine *engine = job->account->engine;
    g_autoptr(GArray) unnamed = unnamed_in(job->account, job->mailbox_id);
    gint64 told = 0; /* they come decision by decision */
    for (guint i = 0; i < unnamed->len; i++) {
        gint64 intent_id = g_array_index(unnamed, StoreUnnamed, i).intent_id;
        if (intent_id == told)
            continue;
        told = intent_id;
        store_writer_intent_state(engine->writer, intent_id, INTENT_CONFLICT, words, NULL);
        engine_tell_intent(engine, intent_id, INTENT_CONFLICT, words);
    }
    if (told != 0)
        engine_tell_mailbox(engine, job->account->id, job->mailbox_id);
}

static void start(Job *job);

static void reopened(Job *job, const GArray *found, gpointer user)
{
    (void) user;
    if (found != NULL)
        start(job);
}

/* GNU imap4d tells a session that has the mailbox open of nothing that came: only opening it anew shows that. TRUE: it was not yet. */
static gboolean look_anew(Job *job)
{
    EngineAccount *account = job->account;
    Locate *locate = job->data;
    g_autoptr(GArray) unnamed = unnamed_in(account, job->mailbox_id);
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(account->engine->reader, job->mailbox_id);
    if (locate->reopened || unnamed->len == 0 || mailbox == NULL)
        return FALSE;
    locate->reopened = TRUE;
    look_into(job, mailbox, 0, mailbox, mailbox->uidvalidity, look_list_new(), reopened, NULL);
    return TRUE;
}

static void finish(Job *job)
{
    EngineAccount *account = job->account;
    if (look_anew(job))
        return;
    give_up(job, _("The messages cannot be found in the mailbox that they were moved or copied to. Open it and decide there."));
    job_done(job);
    replay_ready(account);
}

static void summaries_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    fetches_summaries_answered(account);
    if (result != IMAP_RESULT_UNKNOWN && result != IMAP_RESULT_NOT_SENT)
        finish(user);
}

static void searched(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user)
{
    (void) text;
    Job *job = user;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    Locate *locate = job->data;
    imap_uidset_add_set(locate->found, found);
    if (--locate->answers > 0)
        return;
    if (imap_uidset_is_empty(locate->found))
        finish(job);
    else
        fetches_ask_summaries(account, job->action, locate->found, summaries_answered, job);
}

/* By its Message-ID, or, where it has none, by its size. */
static void search_one(Job *job, const StoreUnnamed *message)
{
    Locate *locate = job->data;
    g_autoptr(ImapSearch) criteria = imap_search_new();
    if (message->message_id != NULL) {
        imap_search_header(criteria, "Message-ID", message->message_id);
    } else {
        imap_search_larger(criteria, message->size > 0 ? message->size - 1 : 0);
        imap_search_smaller(criteria, message->size + 1);
    }
    locate->answers++;
    search_send(job->account, job->action, criteria, searched, job);
}

static void start(Job *job)
{
    EngineAccount *account = job->account;
    Locate *locate = job->data;
    g_autoptr(GArray) unnamed = unnamed_in(account, job->mailbox_id);
    imap_uidset_clear(locate->found);
    locate->answers = 1; /* held until all were sent */
    link_hold(account->link);
    for (guint i = 0; i < unnamed->len; i++)
        search_one(job, &g_array_index(unnamed, StoreUnnamed, i));
    link_release(account->link);
    if (--locate->answers == 0)
        finish(job);
}

static gboolean interrupted(Job *job)
{
    (void) job;
    return FALSE;
}

static void unselectable(Job *job, const char *words)
{
    give_up(job, words);
}

static void free_locate(Job *job)
{
    Locate *locate = job->data;
    imap_uidset_free(locate->found);
    g_free(locate);
}

static const JobClass locate_class = {
    .action = "find moved", .start = start, .interrupted = interrupted, .unselectable = unselectable, .free = free_locate,
};

void locate_unnamed(EngineAccount *account)
{
    g_autoptr(GArray) unnamed = store_writer_unnamed(account->engine->writer, account->id);
    for (guint i = 0; i < unnamed->len; i++) {
        gint64 mailbox_id = g_array_index(unnamed, StoreUnnamed, i).mailbox_id;
        if (job_find(account, &locate_class, mailbox_id) != NULL)
            continue;
        Locate *locate = g_new0(Locate, 1);
        locate->found = imap_uidset_new();
        job_add(account, &locate_class, JOB_INTENT, mailbox_id, locate);
    }
}

void locate_stop(EngineAccount *account)
{
    jobs_drop_waiting(account, &locate_class, 0);
}
