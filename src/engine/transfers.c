#include "config.h"

#include "engine/transfers.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/enclosed.h"
#include "engine/local_account.h"
#include "engine/parts.h"
#include "engine/refusal.h"
#include "engine/selected.h"
#include "mime/decoder.h"
#include "mime/message.h"

#define RANGE (64 * 1024)
#define RANGES_IN_FLIGHT 4

typedef struct {
    guint64 id;
    gint64 message_id;
    char *section, *path;
    int file;
    char *encoding;
    MimeDecoder *decoder;   /* NULL with BINARY: the server decodes */
    gboolean as_it_is;      /* its transfer encoding is kept */
    gboolean binary;        /* ask for BINARY while the server takes it */
    guint64 announced;      /* encoded octets, a hint */
    guint64 asked, received; /* offsets into the section */
    guint in_flight;
    gboolean ended;         /* a range came short: there is no more */
    gboolean stopped;
    gboolean enclosed_asked; /* for the message around it, by which it is known */
    char *trouble;
    TransferDone done;      /* NULL: the person is told */
    gpointer user;
} Transfer;

typedef struct {
    Job *job;
    guint64 length;
} Range;

static void pump(Job *job);
static gboolean take_from_store(EngineAccount *account, Transfer *transfer);

static void tell(Job *job, gboolean finished)
{
    Transfer *transfer = job->data;
    if (transfer->done != NULL) {
        if (finished)
            transfer->done(transfer->trouble, transfer->user);
        return;
    }
    Change *change = change_new(CHANGE_TRANSFER);
    change->account_id = job->account->id;
    change->message_id = transfer->message_id;
    change->section = g_strdup(transfer->section);
    change->transfer_id = transfer->id;
    change->done = transfer->received;
    change->total = transfer->announced;
    change->finished = finished;
    change->error = g_strdup(transfer->trouble);
    change->text = g_strdup(transfer->path);
    engine_tell(job->account->engine, change);
}

/* --- into the file ------------------------------------------------------------------------------- */

static void write_all(Transfer *transfer, const guint8 *bytes, gsize length)
{
    while (length > 0 && transfer->trouble == NULL) {
        ssize_t written = write(transfer->file, bytes, length);
        if (written < 0 && errno != EINTR)
            transfer->trouble = g_strdup_printf(_("Cannot write %s: %s"), transfer->path, g_strerror(errno));
        if (written > 0) {
            bytes += written;
            length -= (gsize) written;
        }
    }
}

static void take(Transfer *transfer, const char *bytes, gsize length)
{
    if (transfer->decoder == NULL) {
        write_all(transfer, (const guint8 *) bytes, length);
        return;
    }
    g_autoptr(GByteArray) decoded = g_byte_array_new();
    mime_decoder_push(transfer->decoder, bytes, length, decoded);
    write_all(transfer, decoded->data, decoded->len);
}

static void close_file(Transfer *transfer)
{
    if (transfer->file < 0)
        return;
    if (transfer->decoder != NULL && transfer->trouble == NULL) {
        g_autoptr(GByteArray) rest = g_byte_array_new();
        mime_decoder_finish(transfer->decoder, rest);
        write_all(transfer, rest->data, rest->len);
    }
    if (close(transfer->file) != 0 && transfer->trouble == NULL)
        transfer->trouble = g_strdup_printf(_("Cannot write %s: %s"), transfer->path, g_strerror(errno));
    transfer->file = -1;
    if (transfer->trouble != NULL)
        unlink(transfer->path); /* ours: made with O_EXCL */
}

static gboolean open_file(Transfer *transfer)
{
    transfer->file = open(transfer->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (transfer->file < 0)
        transfer->trouble = g_strdup_printf(_("Cannot create %s: %s"), transfer->path, g_strerror(errno));
    return transfer->file >= 0;
}

static void over(Job *job)
{
    close_file(job->data);
    tell(job, TRUE);
    job_done(job);
}

/* --- ranges --------------------------------------------------------------------------------------- */

static void range_data(gpointer user, const char *bytes, gsize length)
{
    Range *range = user;
    Transfer *transfer = range->job->data;
    range->length += length;
    if (!transfer->stopped)
        take(transfer, bytes, length);
}

static char *words_of(const ImapText *text)
{
    g_autofree char *said = refusal_words(text);
    return g_strdup_printf(_("The server does not give this part: “%s”."), said);
}

static void enclosed_done(EngineAccount *account, ImapResult result, gboolean kept, gpointer user)
{
    Job *job = user;
    Transfer *transfer = job->data;
    transfer->in_flight--;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return;
    transfer->ended = TRUE;
    if (!kept || !take_from_store(account, transfer))
        transfer->trouble = g_strdup(_("The server says this part is there but does not send it."));
    pump(job);
}

/* An answer without the part is no empty part: it is cut out of the message around it, or nothing is saved. */
static void not_given(Job *job)
{
    Transfer *transfer = job->data;
    gint64 mailbox_id;
    guint32 uid;
    transfer->ended = TRUE;
    if (transfer->enclosed_asked)
        return;
    transfer->enclosed_asked = TRUE;
    if (store_writer_locate(job->account->engine->writer, transfer->message_id, &mailbox_id, &uid) &&
        enclosed_ask(job->account, job->action, transfer->message_id, uid, transfer->section, enclosed_done, job))
        transfer->in_flight++;
    else if (transfer->trouble == NULL)
        transfer->trouble = g_strdup(_("The server says this part is there but does not send it."));
}

static void range_done(EngineAccount *account, gpointer user, ImapResult result, gboolean arrived, const ImapText *text)
{
    (void) account;
    Range *range = user;
    Job *job = range->job;
    Transfer *transfer = job->data;
    guint64 length = range->length;
    g_free(range);
    transfer->in_flight--;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT)
        return; /* interrupted() follows */
    if (result != IMAP_RESULT_OK && transfer->binary && transfer->received == 0) {
        transfer->binary = FALSE; /* UNKNOWN-CTE: what cannot be decoded there is decoded here */
        transfer->asked = 0;
        transfer->decoder = transfer->decoder != NULL ? transfer->decoder : mime_decoder_new(transfer->encoding);
    } else if (result != IMAP_RESULT_OK && transfer->trouble == NULL) {
        transfer->trouble = words_of(text);
    } else if (result == IMAP_RESULT_OK && !arrived && transfer->received == 0 && transfer->announced > 0) {
        not_given(job);
    } else if (result == IMAP_RESULT_OK) {
        transfer->received += length;
        transfer->ended = transfer->ended || !arrived || length < RANGE;
        tell(job, FALSE);
    }
    pump(job);
}

static void ask_range(Job *job, guint32 uid)
{
    static const PartSink sink = { range_data, range_done };
    Transfer *transfer = job->data;
    Range *range = g_new0(Range, 1);
    range->job = job;
    PartWanted wanted = { .uid = uid, .section = transfer->section, .binary = transfer->binary, .origin = transfer->asked, .length = RANGE };
    transfer->asked += RANGE;
    transfer->in_flight++;
    parts_ask(job->account, job->action, &wanted, &sink, range);
}

/* How much of it is asked for side by side: not beyond its end, as far as that is known. */
static gboolean may_ask(const Transfer *transfer)
{
    /* Whether the server takes BINARY for this part is known with the first answer. */
    if (transfer->in_flight >= (transfer->binary && transfer->received == 0 ? 1 : RANGES_IN_FLIGHT))
        return FALSE;
    return transfer->in_flight == 0 || transfer->asked < transfer->announced;
}

/* What came is the message around the part: again, by that way. */
static gboolean came_whole(Job *job)
{
    Transfer *transfer = job->data;
    if (!transfer->ended || transfer->stopped || transfer->trouble != NULL || transfer->enclosed_asked ||
        !enclosed_is_whole(job->account, transfer->message_id, transfer->section, transfer->received))
        return FALSE;
    close_file(transfer);
    unlink(transfer->path);
    g_clear_pointer(&transfer->decoder, mime_decoder_free);
    transfer->received = 0;
    if (open_file(transfer))
        not_given(job);
    return transfer->in_flight > 0;
}

static void pump(Job *job)
{
    Transfer *transfer = job->data;
    gint64 mailbox_id;
    guint32 uid;
    gboolean finished = transfer->ended || transfer->stopped || transfer->trouble != NULL;
    if (!finished && !store_writer_locate(job->account->engine->writer, transfer->message_id, &mailbox_id, &uid)) {
        transfer->trouble = g_strdup(_("This message is no longer in the mailbox."));
        finished = TRUE;
    }
    while (!finished && may_ask(transfer))
        ask_range(job, uid);
    if (transfer->in_flight > 0 || came_whole(job))
        return;
    if (transfer->stopped && transfer->trouble == NULL)
        transfer->trouble = g_strdup(_("Stopped. Nothing was kept."));
    over(job);
}

/* --- the job -------------------------------------------------------------------------------------- */

static void read_structure(Transfer *transfer, const StoreMessage *message)
{
    const MessagePart *part = message->structure != NULL ? message_part_find(message->structure, transfer->section) : NULL;
    if (part == NULL)
        return;
    transfer->encoding = transfer->as_it_is ? NULL : g_strdup(part->encoding);
    transfer->announced = part->octets;
}

static void start(Job *job)
{
    EngineAccount *account = job->account;
    Transfer *transfer = job->data;
    if (transfer->file < 0) {
        g_autoptr(StoreMessage) message = store_reader_message(account->engine->reader, transfer->message_id);
        if (message != NULL)
            read_structure(transfer, message);
        if (!open_file(transfer)) {
            over(job);
            return;
        }
        gboolean encoded = transfer->encoding != NULL && (g_str_equal(transfer->encoding, "base64") || g_str_equal(transfer->encoding, "quoted-printable"));
        transfer->binary = encoded && engine_account_can(account, IMAP_CAP_BINARY);
        if (!transfer->binary)
            transfer->decoder = mime_decoder_new(transfer->encoding);
    }
    pump(job);
}

static gboolean interrupted(Job *job)
{
    Transfer *transfer = job->data;
    if (transfer->stopped) {
        transfer->trouble = g_strdup(_("Stopped. Nothing was kept."));
        close_file(transfer);
        tell(job, TRUE);
        return FALSE;
    }
    /* Ranges are answered in order, but the one that was arriving may be there in part: begin anew rather than patch. */
    close_file(transfer);
    unlink(transfer->path);
    g_clear_pointer(&transfer->decoder, mime_decoder_free);
    g_clear_pointer(&transfer->encoding, g_free);
    transfer->asked = transfer->received = 0;
    transfer->in_flight = 0;
    transfer->ended = transfer->enclosed_asked = FALSE;
    return TRUE;
}

static void unselectable(Job *job, const char *words)
{
    Transfer *transfer = job->data;
    transfer->trouble = g_strdup(words);
    close_file(transfer);
    tell(job, TRUE);
}

static void free_transfer(Job *job)
{
    Transfer *transfer = job->data;
    if (transfer->file >= 0) {
        close(transfer->file);
        unlink(transfer->path);
    }
    mime_decoder_free(transfer->decoder);
    g_free(transfer->encoding);
    g_free(transfer->section);
    g_free(transfer->path);
    g_free(transfer->trouble);
    g_free(transfer);
}

static const JobClass transfer_class = {
    .action = "save", .start = start, .interrupted = interrupted, .unselectable = unselectable, .free = free_transfer
};

static Transfer *new_transfer(guint64 id, gint64 message_id, const char *section, const char *path)
{
    Transfer *transfer = g_new0(Transfer, 1);
    transfer->id = id;
    transfer->message_id = message_id;
    transfer->section = g_strdup(section);
    transfer->path = g_strdup(path);
    transfer->file = -1;
    return transfer;
}

/* Out of the whole message, where that is kept. */
static GBytes *cut_out(StoreReader *reader, const Transfer *transfer)
{
    g_autoptr(GBytes) whole = store_reader_body(reader, transfer->message_id, "");
    g_autoptr(MimeMessage) message = whole != NULL ? mime_message_new(whole) : NULL;
    return message != NULL ? mime_message_section(message, transfer->section) : NULL;
}

static GBytes *stored(StoreReader *reader, const Transfer *transfer)
{
    GBytes *bytes = store_reader_body(reader, transfer->message_id, transfer->section);
    return bytes != NULL ? bytes : cut_out(reader, transfer);
}

/* As it stands in the store: encoded. */
static gboolean take_from_store(EngineAccount *account, Transfer *transfer)
{
    g_autoptr(GBytes) bytes = stored(account->engine->reader, transfer);
    if (bytes == NULL)
        return FALSE;
    if (transfer->decoder == NULL)
        transfer->decoder = mime_decoder_new(transfer->encoding);
    take(transfer, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    transfer->received = g_bytes_get_size(bytes);
    return TRUE;
}

/* What is here already needs no link. */
static gboolean save_from_store(EngineAccount *account, Job *job)
{
    Transfer *transfer = job->data;
    StoreReader *reader = account->engine->reader;
    g_autoptr(GBytes) bytes = stored(reader, transfer);
    if (bytes == NULL)
        return FALSE;
    g_autoptr(StoreMessage) message = store_reader_message(reader, transfer->message_id);
    if (message != NULL)
        read_structure(transfer, message);
    if (open_file(transfer))
        take_from_store(account, transfer);
    over(job);
    return TRUE;
}

void transfers_save(EngineAccount *account, guint64 transfer_id, gint64 message_id, const char *section, const char *path)
{
    gint64 mailbox_id = 0;
    guint32 uid;
    store_writer_locate(account->engine->writer, message_id, &mailbox_id, &uid);
    Job *job = job_add(account, &transfer_class, JOB_PERSON, mailbox_id, new_transfer(transfer_id, message_id, section, path));
    if (save_from_store(account, job))
        return;
    if (account->status.state != ACCOUNT_OFFLINE) {
        jobs_run(account);
        return;
    }
    ((Transfer *) job->data)->trouble = g_strdup(_("This is not on this machine, and you are offline. Go online to fetch it."));
    over(job);
}

static void fetch(EngineAccount *account, Transfer *transfer)
{
    const char *const wanted[] = { transfer->section, NULL };
    gint64 message_id = transfer->message_id;
    gint64 mailbox_id = 0;
    guint32 uid;
    store_writer_locate(account->engine->writer, message_id, &mailbox_id, &uid);
    if (account->local != NULL)
        local_source_want(account->local, message_id, wanted);
    Job *job = job_add(account, &transfer_class, JOB_INTENT, mailbox_id, transfer);
    if (save_from_store(account, job))
        return;
    if (account->local == NULL) {
        jobs_run(account);
        return;
    }
    transfer->trouble = g_strdup(_("The message cannot be read."));
    over(job);
}

static Transfer *for_engine(gint64 message_id, const char *section, const char *path, TransferDone done, gpointer user)
{
    Transfer *transfer = new_transfer(0, message_id, section, path);
    transfer->done = done;
    transfer->user = user;
    return transfer;
}

void transfers_fetch(EngineAccount *account, gint64 message_id, const char *path, TransferDone done, gpointer user)
{
    fetch(account, for_engine(message_id, "", path, done, user));
}

void transfers_fetch_as_it_is(EngineAccount *account, gint64 message_id, const char *section, const char *path, TransferDone done, gpointer user)
{
    Transfer *transfer = for_engine(message_id, section, path, done, user);
    transfer->as_it_is = TRUE;
    fetch(account, transfer);
}

gboolean transfers_stop(EngineAccount *account, guint64 transfer_id)
{
    for (guint i = 0;; i++) {
        Job *job = job_nth(account, &transfer_class, i);
        if (job == NULL)
            return FALSE;
        Transfer *transfer = job->data;
        if (transfer->id != transfer_id)
            continue;
        transfer->stopped = TRUE;
        if (!job->running || transfer->in_flight == 0)
            pump(job);
        return TRUE;
    }
}
