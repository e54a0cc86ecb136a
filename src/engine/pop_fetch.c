/* Letters into files. RETRs leave ahead of their answers, some hundred at a time; each letter goes into its file as it arrives, and gets
 * its name in the mailbox when its octets and digest stand in the ledger, on the disk.
 */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/pop_run_private.h"

#define WINDOW 20000        /* commands that wait for their answers */
#define ASK_AT_ONCE 500     /* of them, in one turn: each new letter is a row */
#define ASK_FIRST 2000
#define PLACE_AT_ONCE 200   /* letters that get their names together: each has its file open until then */
#define PLACE_AFTER_US 250000
#define DAY_S (24 * 3600)
#define LETTER_MAX ((guint64) 2 * 1024 * 1024 * 1024)
#define LETTER_SLACK ((guint64) 16 * 1024 * 1024)

struct PopFetch {
    PopRun *run;
    PopListed *listed;
    PopLetter *letter;      /* NULL: only the header is asked for */
    PopHeaderFunc answered; /* then */
    gboolean header_only;   /* of a letter that is too large */
    PopCommandId id;
    PopHeader *header;
    LocalDelivery *delivery;
    gboolean completed;     /* it takes the place of the file that held its header */
    guint64 octets, newlines;
    char beyond[3];         /* the octets behind as many as the server said */
};

static void fetch_free(PopFetch *fetch)
{
    pop_header_free(fetch->header);
    local_delivery_free(fetch->delivery);
    g_free(fetch);
}

void pop_fetch_clear(PopRun *run)
{
    /* Those in flight are freed when their commands hear of the end. */
    for (guint i = 0; i < run->received->len; i++)
        fetch_free(g_ptr_array_index(run->received, i));
    g_ptr_array_set_size(run->received, 0);
}

static PopFetch *fetch_new(PopRun *run, PopListed *listed)
{
    PopFetch *fetch = g_new0(PopFetch, 1);
    fetch->run = run;
    fetch->listed = listed;
    fetch->header = pop_header_new();
    return fetch;
}

static void fetch_next(PopRun *run);

/* --- arriving ------------------------------------------------------------------------------------- */

static gboolean begin_delivery(PopFetch *fetch)
{
    PopRun *run = fetch->run;
    g_autoptr(GError) error = NULL;
    gboolean rest = fetch->letter->copy == POP_COPY_HEADER && !fetch->header_only;
    fetch->delivery = local_delivery_begin(run->maildir, rest ? NULL : fetch->letter->name, LOCAL_LINES_UNIX, &error);
    if (fetch->delivery == NULL)
        pop_run_fail_here(run, error);
    return fetch->delivery != NULL;
}

/* A server that leaves out the dot sends its next answer where the letter should have ended: what follows would be taken for another's
 * (S28). Looks at the first octets beyond the size that it said. */
static gboolean runs_on(PopFetch *fetch, const char *octets, gsize length)
{
    guint64 size = fetch->listed->size, end = fetch->octets + length;
    for (guint64 at = MAX(size, fetch->octets); size > 0 && at < end && at < size + sizeof fetch->beyond; at++)
        fetch->beyond[at - size] = octets[at - fetch->octets];
    return end >= size + sizeof fetch->beyond && memcmp(fetch->beyond, "+OK", sizeof fetch->beyond) == 0;
}

/* A letter without an end. Sizes may be said with line ends of one octet or of two, and some servers add fields. */
static gboolean is_endless(const PopFetch *fetch, gsize length)
{
    guint64 said = fetch->listed->size != 0 ? fetch->listed->size : LETTER_MAX;
    return fetch->octets + length > MIN(2 * MIN(said, LETTER_MAX) + LETTER_SLACK, LETTER_MAX);
}

static guint64 count_newlines(const char *octets, gsize length)
{
    guint64 count = 0;
    for (const char *end = octets + length; (octets = memchr(octets, '\n', (gsize) (end - octets))) != NULL; octets++)
        count++;
    return count;
}

void pop_fetch_data(PopRun *run, PopCommandId id, const char *octets, gsize length)
{
    PopFetch *fetch = g_queue_peek_head(&run->fetching);
    g_autoptr(GError) error = NULL;
    if (fetch == NULL || fetch->id != id || run->over || pop_link_is_doomed(run->link))
        return;
    if (fetch->letter != NULL && !fetch->header_only && runs_on(fetch, octets, length)) {
        pop_run_fail(run, LINK_END_LOST,
                     _("The server did not end a letter as POP3 asks for (a line with a dot). The letter is fetched again, and nothing was deleted."));
        return;
    }
    if (is_endless(fetch, length)) {
        pop_run_fail(run, LINK_END_LOST, _("The server sends a letter that is far larger than it said, or than can be right. It is not kept, and nothing was deleted."));
        return;
    }
    pop_header_feed(fetch->header, octets, length);
    fetch->octets += length;
    if (fetch->letter == NULL || (fetch->delivery == NULL && !begin_delivery(fetch)))
        return;
    fetch->newlines += count_newlines(octets, length);
    if (!local_delivery_write(fetch->delivery, octets, length, &error))
        pop_run_fail_here(run, error);
}

/* --- into the mailbox ------------------------------------------------------------------------------- */

static gboolean give_name(PopFetch *fetch, GError **error)
{
    const LocalPlacing placing = { .is_new = true, .unsettled = true };
    fetch->completed = strcmp(local_delivery_name(fetch->delivery), fetch->letter->name) != 0;
    if (!fetch->completed)
        return local_delivery_finish(fetch->delivery, &placing, error);
    g_autofree char *path = pop_run_find_copy(fetch->run, fetch->letter);
    if (path != NULL)
        return local_delivery_replace(fetch->delivery, path, error);
    /* Its header's file is gone: another program deleted it, or the person did. The whole letter is a new one. */
    fetch->completed = FALSE;
    return local_delivery_finish(fetch->delivery, &placing, error);
}

/* What was received stands in the ledger before its file has a name. */
static gboolean note_received(PopRun *run)
{
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < run->received->len; i++) {
        PopFetch *fetch = g_ptr_array_index(run->received, i);
        PopLetter *letter = fetch->letter;
        if (fetch->header_only)
            continue;
        g_autofree char *of_header = letter->copy == POP_COPY_HEADER ? pop_run_find_copy(run, letter) : NULL;
        if (letter->copy == POP_COPY_HEADER && of_header == NULL) {
            g_free(letter->name);
            letter->name = g_strdup(local_delivery_name(fetch->delivery));
        }
        letter->copy = POP_COPY_WHOLE;
        letter->stored = 0;
        letter->octets = fetch->octets;
        g_free(letter->sha256);
        letter->sha256 = g_strdup(local_delivery_sha256(fetch->delivery));
        g_free(letter->header_sha256);
        letter->header_sha256 = pop_header_digest(fetch->header);
        g_free(letter->maildir);
        letter->maildir = g_strdup(run->maildir);
        if (letter->id != 0)
            pop_run_changed(run, letter);
        else
            g_ptr_array_add(fresh, letter);
    }
    if (fresh->len > 0 && !pop_ledger_add(run->account->engine->writer, (PopLetter *const *) fresh->pdata, fresh->len, &error)) {
        pop_run_fail_here(run, error);
        return FALSE;
    }
    return pop_run_write(run, TRUE);
}

static void note_header(PopRun *run, PopFetch *fetch)
{
    PopLetter *letter = fetch->letter;
    letter->copy = POP_COPY_HEADER;
    g_free(letter->header_sha256);
    letter->header_sha256 = pop_header_digest(fetch->header);
    g_free(letter->maildir);
    letter->maildir = g_strdup(run->maildir);
}

/* Sizes that do not agree: the letter is here as it came, and its original stays there, for it may be more. Servers that count the end
 * of a line as one octet are right in their own way. */
static gboolean sizes_agree(const PopFetch *fetch)
{
    guint64 size = fetch->listed->size;
    return size == fetch->octets || size + fetch->newlines == fetch->octets;
}

/* Its file has its name, on the disk. */
static void note_placed(PopRun *run, PopFetch *fetch)
{
    PopLetter *letter = fetch->letter;
    if (fetch->header_only)
        note_header(run, fetch);
    else
        fetch->listed->fetched = TRUE;
    letter->stored = g_get_real_time() / G_USEC_PER_SEC;
    pop_run_changed(run, letter);
    g_hash_table_remove(run->wanted, &letter->id);
    if (fetch->completed)
        run->owner->completed(run->account, letter);
    run->fetched_octets += fetch->octets;
    run->fetched++;
}

static void sync_received(PopRun *run)
{
    g_autofree LocalDelivery **deliveries = g_new(LocalDelivery *, run->received->len);
    for (guint i = 0; i < run->received->len; i++)
        deliveries[i] = ((PopFetch *) g_ptr_array_index(run->received, i))->delivery;
    local_deliveries_sync(deliveries, run->received->len);
}

/* The names of a batch wait for the disk together. What had none when it failed comes again; what had one is found by it. */
static void place_received(PopRun *run)
{
    g_autoptr(GError) error = NULL;
    guint named = 0;
    if (run->received->len == 0)
        return;
    sync_received(run);
    if (!note_received(run))
        return;
    while (named < run->received->len && give_name(g_ptr_array_index(run->received, named), &error))
        named++;
    g_autoptr(GError) unsettled = NULL;
    if (named > 0 && !local_delivery_settle(run->maildir, &unsettled)) {
        pop_run_fail_here(run, unsettled);
        pop_fetch_clear(run);
        return;
    }
    for (guint i = 0; i < named; i++)
        note_placed(run, g_ptr_array_index(run->received, i));
    if (error != NULL)
        pop_run_fail_here(run, error);
    run->placed_at = g_get_monotonic_time();
    pop_fetch_clear(run);
    if (named > 0)
        run->owner->stored(run->account, named);
}

/* Letters get their names when there is a batch of them, or when they have waited for long enough: a slow line shows each as it comes. More
 * is asked for with each piece that is heard, long before what was asked for is through: the server never waits for us. */
void pop_fetch_heard(PopRun *run)
{
    if (run->over || run->link == NULL || pop_link_is_doomed(run->link))
        return;
    if (run->fetching_began && !run->all_sent && g_queue_get_length(&run->fetching) < WINDOW)
        fetch_next(run);
    if (run->received->len == 0)
        return;
    if (run->received->len >= PLACE_AT_ONCE || g_get_monotonic_time() - run->placed_at > PLACE_AFTER_US)
        place_received(run);
}

void pop_fetch_keep_received(PopRun *run)
{
    place_received(run);
    if (run->changed->len > 0)
        pop_run_write(run, FALSE);
    pop_fetch_clear(run);
}

/* --- answers ------------------------------------------------------------------------------------------ */

static void finish_if_over(PopRun *run)
{
    if (!run->all_sent || !g_queue_is_empty(&run->fetching) || pop_link_is_doomed(run->link))
        return;
    place_received(run);
    if (!pop_link_is_doomed(run->link) && (run->changed->len == 0 || pop_run_write(run, FALSE)))
        pop_settle_begin(run);
}

/* Where there is neither UIDL nor TOP a letter is known by what it is, when it has come: TRUE, it is here already. */
static gboolean is_here_already(PopRun *run, PopFetch *fetch)
{
    PopListed *listed = fetch->listed;
    if (listed->header != NULL || (listed->doubt & POP_DOUBT_IDENTITY) == 0 || fetch->header_only)
        return FALSE;
    g_autofree char *made = g_strdup_printf("content %s", local_delivery_sha256(fetch->delivery));
    PopLetter *known = pop_ledger_departed(run->account->engine->writer, run->account->id, made);
    if (known == NULL) {
        g_free(fetch->letter->uidl);
        fetch->letter->uidl = g_steal_pointer(&made);
        return FALSE;
    }
    known->place = POP_PLACE_THERE;
    known->gone = 0;
    g_ptr_array_add(run->letters, known);
    pop_run_changed(run, known);
    listed->letter = known;
    listed->fetched = TRUE;
    return TRUE;
}

static void keep(PopFetch *fetch)
{
    PopRun *run = fetch->run;
    PopLetter *letter = fetch->letter;
    if (fetch->delivery == NULL && !begin_delivery(fetch)) { /* not one octet */
        fetch_free(fetch);
        return;
    }
    if (is_here_already(run, fetch)) {
        fetch_free(fetch);
        return;
    }
    if (!fetch->header_only && !sizes_agree(fetch)) {
        g_autofree char *said = g_strdup_printf("%" G_GUINT64_FORMAT, fetch->listed->size);
        g_autofree char *sent = g_strdup_printf("%" G_GUINT64_FORMAT, fetch->octets);
        g_autofree char *words = g_strdup_printf(_("The server says %s octets and sent %s: its letter is kept there."), said, sent);
        pop_letter_set_words(letter, words);
    } else {
        pop_letter_set_words(letter, NULL);
    }
    g_autoptr(GError) error = NULL;
    if (!local_delivery_written(fetch->delivery, &error)) {
        pop_run_fail_here(run, error);
        fetch_free(fetch);
        return;
    }
    g_ptr_array_add(run->received, fetch);
    if (run->received->len >= 2 * PLACE_AT_ONCE)
        place_received(run);
}

static void fetch_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    PopFetch *fetch = user;
    PopRun *run = fetch->run;
    g_queue_remove(&run->fetching, fetch);
    gboolean useless = run->over || done == POP_DONE_NOT_SENT || done == POP_DONE_UNKNOWN || pop_link_is_doomed(run->link);
    if (!useless && done == POP_DONE_OK) {
        keep(fetch);
    } else {
        if (!useless) {
            g_autofree char *words = g_strdup_printf(_("The server does not give this letter: “%s”."), text->text);
            pop_letter_set_words(fetch->letter, words);
            pop_run_changed(run, fetch->letter);
            g_hash_table_remove(run->wanted, &fetch->letter->id);
        }
        fetch_free(fetch);
    }
    if (useless)
        return;
    if (g_queue_is_empty(&run->fetching) && !run->all_sent)
        run->fetching_began = TRUE;
    while (!run->all_sent && g_queue_get_length(&run->fetching) < ASK_FIRST && !pop_link_is_doomed(run->link))
        fetch_next(run);
    finish_if_over(run);
}

static void header_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    (void) text;
    PopFetch *fetch = user;
    PopRun *run = fetch->run;
    g_queue_remove(&run->fetching, fetch);
    g_autofree char *digest = done == POP_DONE_OK ? pop_header_digest(fetch->header) : NULL;
    PopHeaderFunc answered = fetch->answered;
    PopListed *listed = fetch->listed;
    fetch_free(fetch);
    if (!run->over && (done == POP_DONE_OK || done == POP_DONE_REFUSED) && !pop_link_is_doomed(run->link))
        answered(run, listed, digest);
}

static void send_fetch(PopFetch *fetch, PopVerb verb, PopDoneFunc done)
{
    PopRun *run = fetch->run;
    g_queue_push_tail(&run->fetching, fetch);
    /* Where it cannot be sent, done is told from inside and frees it. */
    PopCommandId id = pop_link_send(run->link, verb, fetch->listed->number, 0, done, fetch);
    if (id != 0)
        fetch->id = id;
}

void pop_fetch_top(PopRun *run, PopListed *listed, PopHeaderFunc done)
{
    PopFetch *fetch = fetch_new(run, listed);
    fetch->answered = done;
    send_fetch(fetch, POP_TOP, header_answered);
}

/* --- asking -------------------------------------------------------------------------------------------- */

/* Large letters come as their header, unless the server throws them away before anybody looks (EXPIRE). */
static gboolean header_suffices(PopRun *run, const PopListed *listed)
{
    guint64 above = run->account->config->pop.headers_above;
    if (above == 0 || listed->size <= above || run->no_top)
        return FALSE;
    if (listed->letter != NULL && g_hash_table_contains(run->wanted, &listed->letter->id))
        return FALSE;
    const PopCapabilities *capabilities = pop_link_capabilities(run->link);
    if (!pop_can(capabilities, POP_CAP_EXPIRE) || capabilities->expire_days == POP_EXPIRE_NEVER)
        return TRUE;
    gint64 first_seen = listed->letter != NULL ? listed->letter->first_seen : run->now;
    return capabilities->expire_days > 1 && run->now - first_seen < (gint64) (capabilities->expire_days - 1) * DAY_S;
}

static gboolean is_to_be_fetched(PopRun *run, const PopListed *listed)
{
    if (listed->letter == NULL || listed->letter->copy == POP_COPY_NONE)
        return TRUE;
    return listed->letter->copy == POP_COPY_HEADER && !header_suffices(run, listed);
}

static PopLetter *new_letter(PopRun *run, PopListed *listed)
{
    g_autofree char *name = pop_file_name(run->account->config->name, listed->uidl);
    PopLetter *letter = pop_letter_new(run->account->id, listed->uidl, name);
    letter->size = listed->size;
    letter->first_seen = run->now;
    if (listed->header != NULL)
        letter->header_sha256 = g_strdup(listed->header);
    g_ptr_array_add(run->letters, letter);
    g_hash_table_replace(run->by_uidl, letter->uidl, letter);
    g_hash_table_add(run->seen, letter);
    listed->letter = letter;
    return letter;
}

static void ask(PopRun *run, PopListed *listed)
{
    PopFetch *fetch = fetch_new(run, listed);
    fetch->letter = listed->letter;
    fetch->header_only = header_suffices(run, listed);
    send_fetch(fetch, fetch->header_only ? POP_TOP : POP_RETR, fetch_answered);
}

/* The next of them get their rows, in one transaction, and then are asked for. */
static void fetch_next(PopRun *run)
{
    g_autoptr(GPtrArray) fresh = g_ptr_array_new(), next = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    if (pop_link_is_doomed(run->link))
        return;
    for (; run->next < run->listed->len && next->len < ASK_AT_ONCE; run->next++) {
        PopListed *listed = &g_array_index(run->listed, PopListed, run->next);
        if (!is_to_be_fetched(run, listed))
            continue;
        if (listed->letter == NULL) {
            PopLetter *letter = new_letter(run, listed);
            if (listed->header != NULL || (listed->doubt & POP_DOUBT_IDENTITY) == 0)
                g_ptr_array_add(fresh, letter); /* else when it is known what it is */
        }
        g_ptr_array_add(next, listed);
    }
    run->all_sent = run->next >= run->listed->len;
    if (fresh->len > 0 && !pop_ledger_add(run->account->engine->writer, (PopLetter *const *) fresh->pdata, fresh->len, &error)) {
        pop_run_fail_here(run, error);
        return;
    }
    for (guint i = 0; i < next->len && !pop_link_is_doomed(run->link); i++)
        ask(run, g_ptr_array_index(next, i));
}

/* --- what a crash left, and what a lost ledger did not know ---------------------------------------------- */

/* A letter on its way when the last visit was cut off: its file has its name, or it has to come again. */
static void recover(PopRun *run, PopLetter *letter)
{
    if (letter->copy != POP_COPY_NONE && (letter->copy != POP_COPY_WHOLE || letter->stored != 0))
        return;
    g_autofree char *path = pop_run_find_copy(run, letter);
    if (letter->copy == POP_COPY_NONE && path == NULL)
        return;
    if (path != NULL && letter->copy == POP_COPY_WHOLE && local_reads_back(path, letter->octets, letter->sha256, NULL))
        letter->stored = run->now;
    else
        letter->copy = path == NULL ? POP_COPY_NONE : POP_COPY_HEADER; /* the file of its header, not replaced yet */
    pop_run_changed(run, letter);
}

typedef struct {
    PopRun *run;
    GHashTable *by_mark; /* mark → PopListed* of letters without a row */
} Adoption;

static void adopt(const char *name, const char *path, gpointer user)
{
    Adoption *adoption = user;
    PopRun *run = adoption->run;
    const char *mark = pop_mark_of(name);
    PopListed *listed = mark != NULL ? g_hash_table_lookup(adoption->by_mark, mark) : NULL;
    g_autoptr(GError) error = NULL;
    if (listed == NULL || listed->letter != NULL)
        return;
    PopLetter *letter = new_letter(run, listed);
    g_autofree char *folder = g_path_get_dirname(path);
    g_free(letter->name);
    letter->name = g_strdup(name);
    letter->copy = POP_COPY_ADOPTED;
    letter->maildir = g_path_get_dirname(folder);
    letter->stored = run->now;
    if (!pop_ledger_add(run->account->engine->writer, &letter, 1, &error))
        pop_run_fail_here(run, error);
}

/* Only a ledger without any row may have been lost with its store. */
static void adopt_files(PopRun *run)
{
    g_autoptr(GHashTable) by_mark = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Adoption adoption = { run, by_mark };
    for (guint i = 0; i < run->listed->len; i++) {
        PopListed *listed = &g_array_index(run->listed, PopListed, i);
        if (listed->letter == NULL)
            g_hash_table_replace(by_mark, pop_mark(run->account->config->name, listed->uidl), listed);
    }
    pop_run_look_for_copies(run);
    local_copies_foreach(run->copies, adopt, &adoption);
}

void pop_fetch_begin(PopRun *run)
{
    if (run->listed->len > 0 && pop_ledger_is_empty(run->account->engine->writer, run->account->id))
        adopt_files(run);
    for (guint i = 0; i < run->letters->len; i++)
        recover(run, g_ptr_array_index(run->letters, i));
    if (run->changed->len > 0 && !pop_run_write(run, TRUE))
        return;
    for (guint i = 0; i < run->listed->len; i++) {
        const PopListed *listed = &g_array_index(run->listed, PopListed, i);
        if (is_to_be_fetched(run, listed))
            run->planned_octets += MIN(listed->size, (guint64) G_MAXUINT32);
    }
    run->next = 0;
    run->looked = FALSE;
    run->placed_at = g_get_monotonic_time();
    run->fetching_began = TRUE;
    while (!run->all_sent && g_queue_get_length(&run->fetching) < ASK_FIRST && !pop_link_is_doomed(run->link))
        fetch_next(run);
    finish_if_over(run);
}
