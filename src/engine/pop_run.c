#include "config.h"

#include "engine/pop_run.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/pop_run_private.h"
#include "engine/wire_log.h"

#define LEDGER_SLICE 500 /* rows read in one turn */
#define WRITE_SLICE 200

static const PopLinkOwner link_owner;

/* --- the ledger --------------------------------------------------------------------------------- */

static void go_on_when_known(PopRun *run)
{
    if (run->loaded < 0 && run->listing == 0 && run->link != NULL && run->turn == NULL)
        pop_match_begin(run);
}

static gboolean load_ledger(gpointer data)
{
    PopRun *run = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = pop_ledger_there(run->account->engine->writer, run->account->id, run->loaded, LEDGER_SLICE, &error);
    if (rows == NULL) {
        engine_clear_source(&run->turn);
        pop_run_fail_here(run, error);
        return G_SOURCE_REMOVE;
    }
    gboolean end = rows->len < LEDGER_SLICE;
    for (guint i = 0; i < rows->len; i++) {
        PopLetter *letter = g_ptr_array_index(rows, i);
        run->loaded = letter->id;
        g_hash_table_insert(run->by_uidl, letter->uidl, letter);
        g_ptr_array_add(run->letters, letter);
    }
    g_ptr_array_set_free_func(rows, NULL); /* they are the run's now */
    if (!end)
        return G_SOURCE_CONTINUE;
    run->loaded = -1;
    engine_clear_source(&run->turn);
    go_on_when_known(run);
    return G_SOURCE_REMOVE;
}

void pop_run_slice(PopRun *run, GSourceFunc step)
{
    engine_clear_source(&run->turn);
    run->turn = engine_idle(run->account->engine, step, run);
}

void pop_run_changed(PopRun *run, PopLetter *letter)
{
    g_ptr_array_add(run->changed, letter);
}

gboolean pop_run_write(PopRun *run, gboolean durable)
{
    g_autoptr(GError) error = NULL;
    gboolean ok = pop_ledger_write(run->account->engine->writer, (PopLetter *const *) run->changed->pdata, run->changed->len, durable, &error);
    g_ptr_array_set_size(run->changed, 0);
    if (!ok)
        pop_run_fail_here(run, error);
    return ok;
}

void pop_run_look_for_copies(PopRun *run)
{
    g_clear_pointer(&run->copies, local_copies_free);
    run->copies = local_copies_new();
    local_copies_add(run->copies, run->root, NULL);
    if (run->target_root != NULL)
        local_copies_add(run->copies, run->target_root, NULL);
    run->looked = TRUE;
}

char *pop_run_find_copy(PopRun *run, const PopLetter *letter)
{
    if (letter->maildir != NULL) { /* where it was put, as long as nobody has touched it */
        g_autofree char *path = g_build_filename(letter->maildir, "new", letter->name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&path);
    }
    const char *found = run->copies != NULL ? local_copies_find(run->copies, letter->name) : NULL;
    if ((found == NULL || !g_file_test(found, G_FILE_TEST_IS_REGULAR)) && !run->looked) {
        /* It was renamed since, when a flag was set, or moved; or nobody has looked yet. */
        pop_run_look_for_copies(run);
        found = local_copies_find(run->copies, letter->name);
    }
    return found != NULL && g_file_test(found, G_FILE_TEST_IS_REGULAR) ? g_strdup(found) : NULL;
}

/* --- the end ------------------------------------------------------------------------------------ */

void pop_run_fail(PopRun *run, LinkEndKind kind, const char *words)
{
    if (run->link != NULL)
        pop_link_doom(run->link, kind, words);
}

void pop_run_fail_here(PopRun *run, const GError *error)
{
    gsize length = strlen(error->message);
    g_autofree char *what = g_strndup(error->message, g_str_has_suffix(error->message, ".") ? length - 1 : length);
    g_autofree char *words = g_strdup_printf(_("%s. Nothing was deleted on the server; what is not here yet is fetched when this is over."), what);
    pop_run_fail(run, LINK_END_LOST, words);
}

static void record_cost(PopRun *run)
{
    WireCost cost = pop_link_cost(run->link);
    cost.action = (char *) "letters";
    cost.rows = run->fetched;
    if (cost.flights > 0)
        engine_record_cost(run->account, &cost);
}

static void link_ended(PopLink *link, const LinkEnd *end, gpointer user)
{
    (void) link;
    PopRun *run = user;
    gboolean was_over = run->over;
    engine_clear_source(&run->turn);
    if (!was_over)
        record_cost(run);
    run->link = NULL;
    run->over = TRUE;
    if (was_over)
        return;
    pop_fetch_keep_received(run);
    run->owner->over(run->account, end);
}

void pop_run_finish(PopRun *run)
{
    engine_clear_source(&run->turn);
    record_cost(run);
    run->over = TRUE;
    run->owner->over(run->account, NULL);
}

/* --- what is there ------------------------------------------------------------------------------- */

static PopListed *listed_number(PopRun *run, guint32 number)
{
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(run->by_number, GUINT_TO_POINTER(number)));
    if (index == 0) {
        PopListed listed = { .number = number, .run = run };
        g_array_append_val(run->listed, listed);
        index = run->listed->len;
        g_hash_table_insert(run->by_number, GUINT_TO_POINTER(number), GUINT_TO_POINTER(index));
    }
    return &g_array_index(run->listed, PopListed, index - 1);
}

static void hear_size(PopLink *link, guint32 number, guint64 size, gpointer user)
{
    (void) link;
    PopRun *run = user;
    if (run->listing > 0)
        listed_number(run, number)->size = size;
}

static void hear_uidl(PopLink *link, guint32 number, const char *uidl, gpointer user)
{
    (void) link;
    PopRun *run = user;
    if (run->listing > 0)
        listed_number(run, number)->uidl = g_string_chunk_insert(run->texts, uidl);
}

static void listing_is_over(PopRun *run)
{
    if (--run->listing == 0)
        go_on_when_known(run);
}

static void uidl_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    (void) text;
    PopRun *run = user;
    if (done == POP_DONE_REFUSED)
        run->no_uidl = TRUE;
    if (done == POP_DONE_OK || done == POP_DONE_REFUSED)
        listing_is_over(run);
}

static void list_answered(PopSession *session, PopCommandId id, PopDone done, const PopText *text, gpointer user)
{
    (void) session;
    (void) id;
    PopRun *run = user;
    if (done == POP_DONE_OK) {
        listing_is_over(run);
    } else if (done == POP_DONE_REFUSED) {
        g_autofree char *words = g_strdup_printf(_("The server does not list its letters: “%s”."), text->text);
        pop_run_fail(run, LINK_END_LOST, words);
    }
}

static void link_ready(PopLink *link, gpointer user)
{
    PopRun *run = user;
    const PopCapabilities *capabilities = pop_link_capabilities(link);
    PopServerFacts facts = pop_ledger_server(run->account->engine->writer, run->account->id);
    facts.last_login = run->now;
    pop_ledger_set_server(run->account->engine->writer, run->account->id, &facts, NULL);
    credentials_worked(run->account->credentials);
    engine_account_set_state(run->account, ACCOUNT_ONLINE, NULL);
    if (capabilities->per_user)
        pop_link_ask_capabilities(link);
    run->listing = 1;
    run->no_uidl = capabilities->asked && !pop_can(capabilities, POP_CAP_UIDL);
    run->no_top = capabilities->asked && !pop_can(capabilities, POP_CAP_TOP);
    if (!run->no_uidl) {
        run->listing++;
        pop_link_send(link, POP_UIDL, 0, 0, uidl_answered, run);
    }
    pop_link_send(link, POP_LIST, 0, 0, list_answered, run);
}

/* --- headers -------------------------------------------------------------------------------------- */

void pop_run_ask_header(PopRun *run, PopListed *listed, PopHeaderFunc done)
{
    if (run->no_top)
        done(run, listed, NULL);
    else
        pop_fetch_top(run, listed, done);
}

/* --- life ----------------------------------------------------------------------------------------- */

static void hear_data(PopLink *link, PopCommandId id, const char *octets, gsize length, gpointer user)
{
    (void) link;
    pop_fetch_data(user, id, octets, length);
}

static void hear_end_of_piece(PopLink *link, gpointer user)
{
    (void) link;
    pop_fetch_heard(user);
}

static const PopLinkOwner link_owner = {
    .ready = link_ready,
    .size = hear_size,
    .uidl = hear_uidl,
    .data = hear_data,
    .heard = hear_end_of_piece,
    .ended = link_ended,
};

PopRun *pop_run_new(EngineAccount *account, const PopRunOwner *owner, const PopRunPlan *plan)
{
    PopRun *run = g_new0(PopRun, 1);
    run->account = account;
    run->owner = owner;
    run->root = g_strdup(plan->root);
    run->target_root = g_strdup(plan->target_root);
    run->maildir = g_strdup(plan->maildir);
    run->wanted = g_hash_table_ref(plan->wanted);
    run->now = g_get_real_time() / G_USEC_PER_SEC;
    run->listed = g_array_new(FALSE, FALSE, sizeof(PopListed));
    run->texts = g_string_chunk_new(4096);
    run->by_number = g_hash_table_new(NULL, NULL);
    run->letters = g_ptr_array_new_with_free_func((GDestroyNotify) pop_letter_free);
    run->by_uidl = g_hash_table_new(g_str_hash, g_str_equal);
    run->seen = g_hash_table_new(NULL, NULL);
    run->made = g_hash_table_new(g_str_hash, g_str_equal);
    run->changed = g_ptr_array_new();
    run->received = g_ptr_array_new();
    run->due = g_ptr_array_new();
    run->leaving = g_ptr_array_new();
    g_queue_init(&run->fetching);
    run->listing = 1; /* before the log-in it has not begun */
    run->link = pop_link_open(account, &link_owner, plan->secret, run);
    pop_run_slice(run, load_ledger);
    return run;
}

void pop_run_free(PopRun *run)
{
    if (run == NULL)
        return;
    run->over = TRUE;
    engine_clear_source(&run->turn);
    if (run->link != NULL)
        pop_link_close(g_steal_pointer(&run->link)); /* commands in flight hear it, and see that it is over */
    pop_fetch_clear(run);
    g_free(run->root);
    g_free(run->target_root);
    g_free(run->maildir);
    g_hash_table_unref(run->wanted);
    g_array_unref(run->listed);
    g_string_chunk_free(run->texts);
    g_hash_table_unref(run->by_number);
    g_hash_table_unref(run->by_uidl);
    g_hash_table_unref(run->seen);
    g_hash_table_unref(run->made);
    g_ptr_array_unref(run->changed);
    g_ptr_array_unref(run->received);
    g_ptr_array_unref(run->due);
    g_ptr_array_unref(run->leaving);
    g_ptr_array_unref(run->letters);
    local_copies_free(run->copies);
    g_free(run);
}

gboolean pop_run_is_working(const PopRun *run)
{
    return run != NULL && !run->over && run->link != NULL;
}

guint pop_run_fetched(const PopRun *run)
{
    return run->fetched;
}

void pop_run_octets(const PopRun *run, guint64 *done, guint64 *total)
{
    *done = MIN(run->fetched_octets, run->planned_octets);
    *total = run->planned_octets;
}

void pop_run_decided(PopRun *run, gint64 letter_id, gint64 decided)
{
    for (guint i = 0; i < run->letters->len; i++) {
        PopLetter *letter = g_ptr_array_index(run->letters, i);
        if (letter->id == letter_id)
            letter->decided = decided;
    }
}
