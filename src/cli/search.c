/* malle search [--json] [--here | --server] [--account ACCOUNT] [--in MAILBOX] QUERY, newest first. What is kept on this machine is searched beside a running Malle; the
 * servers are asked for texts that are not here, unless Malle runs, or somebody said where. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/headless.h"
#include "cli/json.h"
#include "cli/print.h"
#include "cli/search_server.h"
#include "config/problem.h"
#include "engine/finder.h"
#include "engine/match.h"

enum { WINDOW = 200 };

/* A message that answers the query, and where. */
typedef struct {
    const StoreAccount *account;
    const StoreMailbox *mailbox;
    StoreListRow *row;
} Found;

typedef struct {
    StoreReader *reader;
    Finder *finder;
    const char *account_name, *mailbox_name; /* NULL: all */
    GPtrArray *accounts;                     /* of StoreAccount* */
    GPtrArray *mailboxes;                    /* of StoreMailbox*: those that are searched */
    GArray *found;                           /* of Found */
    guint unknown;                           /* messages of which what was asked for is not here */
} Search;

static int usage(void)
{
    cli_complain(_("this is not: malle search [--json] [--here | --server] [--account ACCOUNT] [--in MAILBOX] QUERY"));
    return EXIT_CODE_USAGE;
}

/* --- telling ------------------------------------------------------------------------------------------- */

static void say(const Found *found, gint64 now)
{
    const StoreListRow *row = found->row;
    g_autofree char *date = time_format_list(row->date, now, 10);
    g_autofree char *date_cells = text_fit(date, 10, TEXT_CUT_PLAIN);
    const char *who = row->from_name != NULL ? row->from_name : row->from_address != NULL ? row->from_address : "";
    g_autofree char *safe = text_make_safe(who, -1, TEXT_SINGLE_LINE);
    g_autofree char *who_cells = text_fit(safe, 22, TEXT_CUT_ELLIPSIS);
    g_autofree char *subject = text_make_safe(row->subject, -1, TEXT_SINGLE_LINE);
    cli_print("%s %s  %s  %s  [%s/%s]\n", (row->flags & MAIL_FLAG_SEEN) != 0 ? " " : "N", date_cells, who_cells, subject,
              found->account->name, found->mailbox->name);
}

static void write_json(GString *json, StoreReader *reader, const Found *found)
{
    const StoreListRow *row = found->row;
    g_autoptr(StoreMessage) message = store_reader_message(reader, row->id);
    json_open(json, NULL, '{');
    json_string(json, "account", found->account->name);
    json_string(json, "mailbox", found->mailbox->name);
    json_number(json, "uid", row->uid);
    json_string(json, "message_id", message != NULL ? message->summary->message_id : NULL);
    json_number(json, "date", row->date);
    json_string(json, "from_name", row->from_name);
    json_string(json, "from_address", row->from_address);
    json_string(json, "subject", row->subject);
    json_bool(json, "seen", (row->flags & MAIL_FLAG_SEEN) != 0);
    json_bool(json, "flagged", (row->flags & MAIL_FLAG_FLAGGED) != 0);
    json_bool(json, "answered", (row->flags & MAIL_FLAG_ANSWERED) != 0);
    json_bool(json, "draft", (row->flags & MAIL_FLAG_DRAFT) != 0);
    json_bool(json, "deleted", (row->flags & MAIL_FLAG_DELETED) != 0);
    json_string(json, "keywords", row->keywords);
    json_number(json, "size", (gint64) row->size);
    json_close(json, '}');
}

static void tell_all(const Search *search, gboolean as_json, gint64 now)
{
    g_autoptr(GString) json = as_json ? g_string_new(NULL) : NULL;
    if (as_json)
        json_open(json, NULL, '[');
    for (guint i = 0; i < search->found->len; i++) {
        const Found *found = &g_array_index(search->found, Found, i);
        if (as_json)
            write_json(json, search->reader, found);
        else
            say(found, now);
    }
    if (as_json) {
        json_close(json, ']');
        g_string_append_c(json, '\n');
        cli_write(json);
    }
    if (search->unknown > 0)
        cli_tell(ngettext("%u message was not searched whole: its text is not on this machine.\n",
                          "%u messages were not searched whole: their texts are not on this machine.\n", search->unknown),
                 search->unknown);
}

/* --- where is searched -------------------------------------------------------------------------------------- */

static const StoreAccount *account_of(const Search *search, const StoreMailbox *mailbox)
{
    for (guint i = 0; i < search->accounts->len; i++) {
        const StoreAccount *account = g_ptr_array_index(search->accounts, i);
        if (account->id == mailbox->account_id)
            return account;
    }
    return NULL;
}

static void gather_mailboxes(Search *search)
{
    search->accounts = store_reader_accounts(search->reader);
    search->mailboxes = g_ptr_array_new_with_free_func((GDestroyNotify) store_mailbox_free);
    for (guint i = 0; i < search->accounts->len; i++) {
        const StoreAccount *account = g_ptr_array_index(search->accounts, i);
        if (search->account_name != NULL && g_ascii_strcasecmp(account->name, search->account_name) != 0)
            continue;
        GPtrArray *mailboxes = store_reader_mailboxes(search->reader, account->id);
        g_ptr_array_extend_and_steal(search->mailboxes, mailboxes);
    }
    for (guint i = search->mailboxes->len; i > 0; i--) {
        const StoreMailbox *mailbox = g_ptr_array_index(search->mailboxes, i - 1);
        if (search->mailbox_name != NULL && !store_reader_is_called(search->reader, mailbox, search->mailbox_name))
            g_ptr_array_remove_index(search->mailboxes, i - 1);
    }
}

static const StoreMailbox *searched_mailbox(const Search *search, gint64 mailbox_id)
{
    for (guint i = 0; i < search->mailboxes->len; i++) {
        const StoreMailbox *mailbox = g_ptr_array_index(search->mailboxes, i);
        if (mailbox->id == mailbox_id)
            return mailbox;
    }
    return NULL;
}

/* --- looking ------------------------------------------------------------------------------------------------ */

/* Takes the row over when it is found, and leaves NULL in its place. */
static void look_at(Search *search, GPtrArray *rows, guint index)
{
    StoreListRow *row = g_ptr_array_index(rows, index);
    const StoreMailbox *mailbox = searched_mailbox(search, row->mailbox_id);
    if (mailbox == NULL)
        return;
    QueryAnswer answer = finder_ask(search->finder, row);
    search->unknown += answer == QUERY_UNKNOWN;
    if (answer != QUERY_YES)
        return;
    Found found = { account_of(search, mailbox), mailbox, row };
    g_array_append_val(search->found, found);
    rows->pdata[index] = NULL;
}

static void free_row(gpointer row)
{
    if (row != NULL)
        store_list_row_free(row);
}

/* Window by window, each in a transaction of its own: a long one would make the running Malle's log grow. */
static gboolean look_in(Search *search, const StoreMailbox *mailbox, GError **error)
{
    StoreListSpec spec = { .mailbox_id = mailbox->id, .order = STORE_ORDER_DATE, .descending = TRUE };
    StoreAnchor anchor = { NULL, 0 };
    guint fresh = 0;
    do {
        if (!store_reader_begin(search->reader, error))
            break;
        g_autoptr(GPtrArray) rows = store_reader_window(search->reader, &spec, anchor.key != NULL ? &anchor : NULL, 0, WINDOW, NULL, error);
        gint64 seen_before = anchor.id;
        fresh = 0;
        if (rows != NULL && rows->len > 0) {
            const StoreListRow *last = g_ptr_array_index(rows, rows->len - 1);
            g_free(anchor.key);
            anchor = (StoreAnchor){ g_strdup(last->order_key), last->id };
            g_ptr_array_set_free_func(rows, free_row);
        }
        for (guint i = 0; rows != NULL && i < rows->len; i++) {
            if (((const StoreListRow *) g_ptr_array_index(rows, i))->id == seen_before)
                continue;
            fresh++;
            look_at(search, rows, i);
        }
        store_reader_end(search->reader);
    } while (fresh > 0);
    g_free(anchor.key);
    return error == NULL || *error == NULL;
}

static gboolean look_at_candidates(Search *search, const IdSet *candidates, GError **error)
{
    for (gint64 id = id_set_before(candidates, G_MAXINT64); id > 0; id = id_set_before(candidates, id)) {
        if (!store_reader_begin(search->reader, error))
            return FALSE;
        g_autoptr(GPtrArray) rows = store_reader_rows_of_content(search->reader, id);
        g_ptr_array_set_free_func(rows, free_row);
        for (guint i = 0; i < rows->len; i++)
            look_at(search, rows, i);
        store_reader_end(search->reader);
    }
    return TRUE;
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const StoreListRow *first = ((const Found *) a)->row, *second = ((const Found *) b)->row;
    if (first->date != second->date)
        return first->date > second->date ? -1 : 1;
    return first->id > second->id ? -1 : first->id < second->id;
}

static gboolean look_everywhere(Search *search, GError **error)
{
    const IdSet *candidates = finder_candidates(search->finder);
    gboolean good = candidates == NULL || look_at_candidates(search, candidates, error);
    search->unknown += (guint) finder_n_unknown(search->finder);
    for (guint i = 0; good && candidates == NULL && i < search->mailboxes->len; i++)
        good = look_in(search, g_ptr_array_index(search->mailboxes, i), error);
    g_array_sort(search->found, newest_first);
    return good;
}

/* --- the command ---------------------------------------------------------------------------------------------- */

static Query *parse(const char *text, gint64 now)
{
    gsize offset = 0;
    g_autoptr(GError) error = NULL;
    Query *query = query_parse_search(text, now, &offset, &error);
    if (query == NULL) {
        g_autofree char *place = query_point_at(text, offset, 78);
        cli_complain("%s", error->message);
        cli_tell("%s\n", place);
    }
    return query;
}

/* For ~p and ~P. A broken accounts file is no reason not to search. */
static char **own_addresses(void)
{
    g_autofree char *path = paths_locate(PATHS_CONFIG, "accounts");
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(GPtrArray) accounts = accounts_read(path, problems);
    return match_own_addresses(accounts);
}

static void forget(Search *search)
{
    for (guint i = 0; search->found != NULL && i < search->found->len; i++)
        store_list_row_free(g_array_index(search->found, Found, i).row);
    g_clear_pointer(&search->found, g_array_unref);
    g_clear_pointer(&search->mailboxes, g_ptr_array_unref);
    g_clear_pointer(&search->accounts, g_ptr_array_unref);
}

/* Where, as it was asked for. */
typedef struct {
    gboolean as_json, only_here, only_server;
    const char *mailbox; /* NULL: all */
} Wanted;

/* A name in quotes, where it can stand in them. */
static void narrow(GString *query, const char *word, const char *name)
{
    if (name != NULL && strpbrk(name, "\"\\") == NULL)
        g_string_append_printf(query, " %s:\"%s\"", word, name);
}

static void take_rows(Search *search, GPtrArray *rows)
{
    g_ptr_array_set_free_func(rows, free_row);
    for (guint i = 0; i < rows->len; i++) {
        StoreListRow *row = g_ptr_array_index(rows, i);
        const StoreMailbox *mailbox = searched_mailbox(search, row->mailbox_id);
        if (mailbox == NULL)
            continue;
        Found found = { account_of(search, mailbox), mailbox, row };
        g_array_append_val(search->found, found);
        rows->pdata[i] = NULL;
    }
}

/* FALSE with error where there is no engine to be had: another Malle runs. */
static gboolean ask_servers(const CliSettings *settings, const char *text, const Wanted *wanted, gint64 now, int *status, GError **error)
{
    ExitCode told = EXIT_CODE_OK;
    g_autoptr(Options) options = cli_load_options();
    g_autoptr(GPtrArray) accounts = cli_load_accounts(settings->account, options, &told);
    *status = (int) told;
    if (accounts == NULL)
        return TRUE; /* complained about */
    told = EXIT_CODE_OK;
    g_autoptr(Headless) headless = headless_open_with(settings, g_steal_pointer(&options), g_steal_pointer(&accounts), error);
    if (headless == NULL)
        return FALSE;
    g_autoptr(GString) query = g_string_new(NULL);
    g_string_append_printf(query, "(%s)", text);
    narrow(query, "account", settings->account);
    narrow(query, "in", wanted->mailbox);
    g_autoptr(GError) trouble = NULL;
    g_autoptr(GPtrArray) rows = search_server(headless, query->str, wanted->only_server ? ENGINE_SEARCH_SERVER : ENGINE_SEARCH_AUTO, &told, &trouble);
    if (rows == NULL) {
        cli_complain("%s", trouble->message);
        *status = (int) cli_exit_code(trouble);
        return TRUE;
    }
    Search search = { .reader = headless->reader, .account_name = settings->account, .mailbox_name = wanted->mailbox };
    gather_mailboxes(&search);
    search.found = g_array_new(FALSE, FALSE, sizeof(Found));
    take_rows(&search, rows);
    tell_all(&search, wanted->as_json, now);
    *status = search.mailboxes->len > 0 ? (int) told : EXIT_CODE_DATA;
    if (search.mailboxes->len == 0)
        cli_complain(_("there is no such mailbox on this machine"));
    forget(&search);
    return TRUE;
}

/* Texts are asked about that are not here, and somebody could be asked. */
static gboolean is_worth_asking(const CliSettings *settings, const Wanted *wanted, const Search *search)
{
    return !wanted->only_here && !settings->offline && !settings->demo && search->unknown > 0;
}

static int tell_here(Search *search, const CliSettings *settings, const char *text, const Wanted *wanted, gint64 now)
{
    int status = EXIT_CODE_OK;
    g_autoptr(GError) error = NULL;
    if (is_worth_asking(settings, wanted, search)) {
        if (ask_servers(settings, text, wanted, now, &status, &error))
            return status;
        cli_tell(_("The servers were not asked: %s\n"), error->message);
    }
    tell_all(search, wanted->as_json, now);
    return EXIT_CODE_OK;
}

static int search_here(const CliSettings *settings, const char *text, Query *query, const Wanted *wanted, gint64 now)
{
    ExitCode status = EXIT_CODE_OK;
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReader) reader = headless_open_reader(settings, &status);
    if (reader == NULL)
        return (int) status;
    g_auto(GStrv) own = own_addresses();
    g_autoptr(Finder) finder = finder_new(reader, query, own, &error);
    Search search = { .reader = reader, .finder = finder, .account_name = settings->account, .mailbox_name = wanted->mailbox };
    int result = EXIT_CODE_OK;
    gboolean any = FALSE;
    if (finder != NULL) {
        gather_mailboxes(&search);
        search.found = g_array_new(FALSE, FALSE, sizeof(Found));
        any = search.mailboxes->len > 0;
        if (look_everywhere(&search, &error) && any)
            result = tell_here(&search, settings, text, wanted, now);
    }
    forget(&search);
    if (error != NULL) {
        cli_complain("%s", error->message);
        return (int) cli_exit_code(error);
    }
    if (!any) {
        cli_complain(_("there is no such mailbox on this machine"));
        return EXIT_CODE_DATA;
    }
    return result;
}

static int run(const CliSettings *settings, const char *text, const Wanted *wanted)
{
    int status = EXIT_CODE_OK;
    g_autoptr(GError) error = NULL;
    gint64 now = (gint64) time(NULL);
    g_autoptr(Query) query = parse(text, now);
    if (query == NULL)
        return EXIT_CODE_USAGE;
    if (query_needs(query) & QUERY_NEEDS_LIST) {
        cli_complain(_("only a list on the screen knows tags, folded threads and duplicates"));
        return EXIT_CODE_USAGE;
    }
    if (!wanted->only_server)
        return search_here(settings, text, query, wanted, now);
    if (ask_servers(settings, text, wanted, now, &status, &error))
        return status;
    cli_complain("%s", error->message);
    return (int) cli_exit_code(error);
}

int cli_search(const CliSettings *settings, int argc, char **argv)
{
    Wanted wanted = { 0 };
    CliSettings own = *settings;
    int index = 1;
    for (; index < argc && g_str_has_prefix(argv[index], "--"); index++) {
        if (strcmp(argv[index], "--") == 0) {
            index++;
            break;
        }
        if (strcmp(argv[index], "--json") == 0)
            wanted.as_json = TRUE;
        else if (strcmp(argv[index], "--here") == 0)
            wanted.only_here = TRUE;
        else if (strcmp(argv[index], "--server") == 0)
            wanted.only_server = TRUE;
        else if (strcmp(argv[index], "--in") == 0 && index + 1 < argc)
            wanted.mailbox = argv[++index];
        else if (strcmp(argv[index], "--account") == 0 && index + 1 < argc)
            own.account = argv[++index];
        else
            return usage();
    }
    if (index >= argc || (wanted.only_here && wanted.only_server))
        return usage();
    if (wanted.only_server && settings->offline) {
        cli_complain(_("no server can be asked while offline"));
        return EXIT_CODE_USAGE;
    }
    /* Several arguments are one query, so that it need not be quoted as a whole. */
    g_autofree char *text = g_strjoinv(" ", argv + index);
    return run(&own, text, &wanted);
}
