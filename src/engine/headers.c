#include "config.h"

#include "engine/headers.h"

#include "engine/account.h"
#include "engine/parts.h"
#include "engine/selected.h"

/* In flight at once: a server that spoils every ENVELOPE is to keep neither the link nor the memory busy. */
#define AT_ONCE 50
#define HEADER_MAX (256 * 1024)

typedef struct {
    GQueue *rows;     /* of StoreMessageInput*: not asked for yet */
    ImapUidSet *uids; /* these, and those that were asked for */
    guint awaited;
} Headers;

typedef struct {
    Job *job;
    StoreMessageInput *row;
    GByteArray *header;
} Arriving;

static void row_free(gpointer data)
{
    StoreMessageInput *row = data;
    g_free((char *) row->keywords);
    g_free(row);
}

static void keep(EngineAccount *account, gint64 mailbox_id, const Arriving *arriving)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MessageSummary) summary = message_summary_from_header((const char *) arriving->header->data, arriving->header->len);
    arriving->row->summary = summary;
    if (!store_writer_put_messages(account->engine->writer, mailbox_id, arriving->row, 1, &error))
        engine_tell_notice(account->engine, account->id, error->message);
    arriving->row->summary = NULL;
}

static void ask_next(Job *job);

static void header_data(gpointer user, const char *bytes, gsize length)
{
    GByteArray *header = ((Arriving *) user)->header;
    g_byte_array_append(header, (const guint8 *) bytes, (guint) MIN(length, (gsize) HEADER_MAX - header->len));
}

static void header_done(EngineAccount *account, gpointer user, ImapResult result, gboolean arrived, const ImapText *text)
{
    (void) arrived;
    (void) text;
    Arriving *arriving = user;
    Job *job = arriving->job;
    gboolean lost = result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT;
    if (!lost)
        keep(account, job->mailbox_id, arriving);
    row_free(arriving->row);
    g_byte_array_unref(arriving->header);
    g_free(arriving);
    if (lost)
        return; /* the next link finds the row missing, and asks for it as for any other */
    ((Headers *) job->data)->awaited--;
    ask_next(job);
}

static void ask_next(Job *job)
{
    static const PartSink sink = { header_data, header_done };
    EngineAccount *account = job->account;
    Headers *headers = job->data;
    link_hold(account->link);
    while (headers->awaited < AT_ONCE && !g_queue_is_empty(headers->rows)) {
        Arriving *arriving = g_new(Arriving, 1);
        *arriving = (Arriving){ job, g_queue_pop_head(headers->rows), g_byte_array_new() };
        headers->awaited++;
        parts_ask(account, job->action, &(PartWanted){ .uid = arriving->row->uid, .section = "HEADER" }, &sink, arriving);
    }
    link_release(account->link);
    if (headers->awaited > 0)
        return;
    engine_tell_mailbox(account->engine, account->id, job->mailbox_id);
    job_done(job);
}

static gboolean interrupted(Job *job)
{
    (void) job;
    return FALSE;
}

static void free_headers(Job *job)
{
    Headers *headers = job->data;
    g_queue_free_full(headers->rows, row_free);
    imap_uidset_free(headers->uids);
    g_free(headers);
}

static const JobClass headers_class = { .action = "headers", .start = ask_next, .interrupted = interrupted, .free = free_headers };

void headers_want(EngineAccount *account, const StoreMessageInput *row)
{
    gint64 mailbox_id = account->selected->mailbox_id;
    Job *job = job_find(account, &headers_class, mailbox_id);
    if (job == NULL) {
        Headers *headers = g_new0(Headers, 1);
        headers->rows = g_queue_new();
        headers->uids = imap_uidset_new();
        job = job_add(account, &headers_class, JOB_OPEN, mailbox_id, headers);
    }
    Headers *headers = job->data;
    g_queue_push_tail(headers->rows, g_memdup2(row, sizeof *row));
    imap_uidset_add(headers->uids, row->uid);
}

void headers_remove_awaited(EngineAccount *account, ImapUidSet *missing)
{
    Job *job = job_find(account, &headers_class, account->selected->mailbox_id);
    if (job != NULL)
        imap_uidset_remove_set(missing, ((Headers *) job->data)->uids);
}

void headers_stop(EngineAccount *account, gint64 mailbox_id)
{
    jobs_drop_waiting(account, &headers_class, mailbox_id);
}
