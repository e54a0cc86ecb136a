#include "config.h"

#include "cli/search_server.h"

#include <string.h>

#include "base/i18n.h"
#include "cli/print.h"

enum { WINDOW = 500 };

typedef struct {
    const char *name;
    gint64 id;
    gboolean ready;     /* its mailboxes are known, or it has no server to be asked */
    gboolean stopped;   /* it needs the person, who may just have been asked */
} Reached;

typedef struct {
    Headless *headless;
    GArray *accounts;   /* of Reached */
    guint64 submit;
    gint64 view_id;
    gboolean finished;
    char *trouble;
    guint on_server, here, not_there;
    GHashTable *reasons; /* words → number of mailboxes */
    guint64 more;
} Search;

static void hear_state(Search *search, Reached *account, const AccountStatus *status)
{
    account->stopped = status->state == ACCOUNT_STOPPED;
    if (account->stopped)
        headless_mark(search->headless); /* a question may follow; the mark is answered behind it */
    account->ready = account->ready || status->state == ACCOUNT_LOCAL || status->state == ACCOUNT_OFFLINE || status->state == ACCOUNT_WAITING;
}

static Reached *reached_of(Search *search, gint64 account_id)
{
    for (guint i = 0; i < search->accounts->len; i++) {
        Reached *account = &g_array_index(search->accounts, Reached, i);
        if (account->id == 0) {
            g_autoptr(StoreAccount) stored = store_reader_account_by_name(search->headless->reader, account->name);
            account->id = stored != NULL ? stored->id : 0;
        }
        if (account->id == account_id && account_id != 0)
            return account;
    }
    return NULL;
}

static void give_up_stopped(Search *search)
{
    for (guint i = 0; i < search->accounts->len; i++) {
        Reached *account = &g_array_index(search->accounts, Reached, i);
        account->ready |= account->stopped;
    }
}

static void hear_searched(Search *search, const Change *change)
{
    search->more += change->unknown;
    search->on_server += change->searched == ENGINE_SEARCHED_SERVER;
    search->here += change->searched == ENGINE_SEARCHED_HERE;
    if (change->searched != ENGINE_SEARCHED_NOT_THERE)
        return;
    const char *words = change->error != NULL ? change->error : "";
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(search->reasons, words));
    g_hash_table_insert(search->reasons, g_strdup(words), GUINT_TO_POINTER(before + 1));
    search->not_there++;
}

static void hear(Search *search, const Change *change)
{
    Reached *account = reached_of(search, change->account_id);
    if (change->kind == CHANGE_WIRE && change->cost != NULL && g_strcmp0(change->cost->action, "total") == 0)
        give_up_stopped(search);
    if (account != NULL && change->kind == CHANGE_ACCOUNT && change->status != NULL)
        hear_state(search, account, change->status);
    else if (account != NULL && change->kind == CHANGE_DECISION)
        account->stopped = account->stopped && !search->headless->answered;
    else if (account != NULL && change->kind == CHANGE_MAILBOX_LIST)
        account->ready = TRUE;
    else if (change->kind == CHANGE_SEARCHED && change->view_id == search->view_id)
        hear_searched(search, change);
    if (change->kind != CHANGE_VIEW || change->submit_id != search->submit || search->submit == 0)
        return;
    search->view_id = change->view_id;
    search->finished = change->finished;
    if (change->error != NULL && search->trouble == NULL)
        search->trouble = g_strdup(change->error);
}

static gboolean all_ready(const Search *search)
{
    for (guint i = 0; i < search->accounts->len; i++)
        if (!g_array_index(search->accounts, Reached, i).ready)
            return FALSE;
    return TRUE;
}

static void tell_where(const Search *search)
{
    GHashTableIter iter;
    gpointer words, count;
    g_hash_table_iter_init(&iter, search->reasons);
    while (g_hash_table_iter_next(&iter, &words, &count)) {
        guint n = GPOINTER_TO_UINT(count);
        g_autofree char *begin = g_strdup_printf(ngettext("%u mailbox was searched only as far as it is on this machine", "%u mailboxes were searched only as far as they are on this machine", n), n);
        cli_tell("%s: %s\n", begin, (const char *) words);
    }
    if (search->more > 0)
        cli_tell(ngettext("%u more message was found on the server, and is not listed.\n", "%u more messages were found on the server, and are not listed.\n",
                          (guint) search->more), (guint) search->more);
}

static GPtrArray *read_view(const Search *search, GError **error)
{
    StoreListSpec spec = { .view_id = search->view_id, .order = STORE_ORDER_DATE, .descending = TRUE };
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify) store_list_row_free);
    StoreAnchor anchor = { NULL, 0 };
    guint fresh;
    do {
        g_autoptr(GPtrArray) rows =
            store_reader_window(search->headless->reader, &spec, anchor.key != NULL ? &anchor : NULL, 0, WINDOW, NULL, error);
        gint64 seen_before = anchor.id;
        fresh = 0;
        for (guint i = 0; rows != NULL && i < rows->len; i++) {
            StoreListRow *row = g_ptr_array_index(rows, i);
            if (row->id == seen_before)
                continue;
            fresh++;
            g_free(anchor.key);
            anchor = (StoreAnchor){ g_strdup(row->order_key), row->id };
        }
        if (rows != NULL) {
            for (guint i = rows->len - fresh; i > 0; i--)
                g_ptr_array_remove_index(rows, 0); /* the anchor's own row comes again */
            g_ptr_array_extend_and_steal(all, g_steal_pointer(&rows));
        }
    } while (fresh > 0);
    g_free(anchor.key);
    return all;
}

static void begin(Search *search, Headless *headless)
{
    search->headless = headless;
    search->accounts = g_array_new(FALSE, TRUE, sizeof(Reached));
    search->reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < headless->accounts->len; i++) {
        const Account *account = g_ptr_array_index(headless->accounts, i);
        AccountScheme scheme = account->receive->scheme;
        Reached one = { .name = account->name, .ready = scheme != ACCOUNT_SCHEME_IMAP };
        g_array_append_val(search->accounts, one);
    }
}

GPtrArray *search_server(Headless *headless, const char *query, EngineSearchWhere where, ExitCode *status, GError **error)
{
    Search search = { 0 };
    begin(&search, headless);
    while (!search.finished) {
        if (search.submit == 0 && all_ready(&search))
            search.submit = engine_fill_view(headless->engine, 0, query, STORE_ORDER_DATE, TRUE, where);
        g_autoptr(Change) change = headless_next(headless);
        hear(&search, change);
    }
    tell_where(&search);
    if (search.not_there > 0 && where == ENGINE_SEARCH_SERVER)
        *status = search.on_server > 0 ? EXIT_CODE_DATA : EXIT_CODE_TEMPORARY;
    GPtrArray *rows = NULL;
    if (search.trouble != NULL)
        g_set_error_literal(error, ENGINE_ERROR, ENGINE_ERROR_STORE, search.trouble);
    else
        rows = read_view(&search, error);
    engine_drop_view(headless->engine, search.view_id);
    g_array_unref(search.accounts);
    g_hash_table_unref(search.reasons);
    g_free(search.trouble);
    return rows;
}
