/* malle search [--json] [--in MAILBOX] QUERY: what is kept on this machine, newest first; works beside a running Malle. */
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
#include "config/problem.h"
#include "engine/match.h"

enum { WINDOW = 200 };

typedef struct {
    StoreReader *reader;
    Query *query;
    char **own_addresses;
    GString *json; /* NULL: words */
    gint64 now;
    guint found;
} Search;

static int usage(void)
{
    cli_complain(_("this is not: malle search [--json] [--in MAILBOX] QUERY"));
    return EXIT_CODE_USAGE;
}

/* --- one message --------------------------------------------------------------------------------------- */

static void say_row(const StoreAccount *account, const StoreMailbox *mailbox, const StoreListRow *row, gint64 now)
{
    g_autofree char *date = time_format_list(row->date, now, 10);
    g_autofree char *date_cells = text_fit(date, 10, TEXT_CUT_PLAIN);
    const char *who = row->from_name != NULL ? row->from_name : row->from_address != NULL ? row->from_address : "";
    g_autofree char *safe = text_make_safe(who, -1, TEXT_SINGLE_LINE);
    g_autofree char *who_cells = text_fit(safe, 22, TEXT_CUT_ELLIPSIS);
    g_autofree char *subject = text_make_safe(row->subject, -1, TEXT_SINGLE_LINE);
    cli_print("%s %s  %s  %s  [%s/%s]\n", (row->flags & MAIL_FLAG_SEEN) != 0 ? " " : "N", date_cells, who_cells, subject, account->name,
              mailbox->name);
}

static void write_row(GString *json, const StoreAccount *account, const StoreMailbox *mailbox, const StoreListRow *row)
{
    json_open(json, NULL, '{');
    json_string(json, "account", account->name);
    json_string(json, "mailbox", mailbox->name);
    json_number(json, "uid", row->uid);
    json_number(json, "date", row->date);
    json_string(json, "from_name", row->from_name);
    json_string(json, "from_address", row->from_address);
    json_string(json, "subject", row->subject);
    json_bool(json, "seen", (row->flags & MAIL_FLAG_SEEN) != 0);
    json_bool(json, "flagged", (row->flags & MAIL_FLAG_FLAGGED) != 0);
    json_string(json, "keywords", row->keywords);
    json_number(json, "size", (gint64) row->size);
    json_close(json, '}');
}

/* --- all of them ------------------------------------------------------------------------------------------- */

static guint look_at_window(Search *search, const StoreAccount *account, const StoreMailbox *mailbox, const GPtrArray *rows, gint64 seen_before)
{
    guint fresh = 0;
    for (guint i = 0; i < rows->len; i++) {
        const StoreListRow *row = g_ptr_array_index(rows, i);
        if (row->id == seen_before)
            continue;
        fresh++;
        if (!match_row(search->reader, search->query, search->own_addresses, row))
            continue;
        search->found++;
        if (search->json != NULL)
            write_row(search->json, account, mailbox, row);
        else
            say_row(account, mailbox, row, search->now);
    }
    return fresh;
}

/* Window by window, each in a transaction of its own: a long one would make the running Malle's log grow. */
static gboolean look_in(Search *search, const StoreAccount *account, const StoreMailbox *mailbox, GError **error)
{
    StoreListSpec spec = { .mailbox_id = mailbox->id, .order = STORE_ORDER_DATE, .descending = TRUE };
    StoreAnchor anchor = { NULL, 0 };
    guint fresh = 0;
    do {
        if (!store_reader_begin(search->reader, error))
            break;
        g_autoptr(GPtrArray) rows = store_reader_window(search->reader, &spec, anchor.key != NULL ? &anchor : NULL, 0, WINDOW, NULL, error);
        fresh = rows != NULL ? look_at_window(search, account, mailbox, rows, anchor.id) : 0;
        if (fresh > 0) {
            const StoreListRow *last = g_ptr_array_index(rows, rows->len - 1);
            g_free(anchor.key);
            anchor = (StoreAnchor){ g_strdup(last->order_key), last->id };
        }
        store_reader_end(search->reader);
    } while (fresh > 0);
    g_free(anchor.key);
    return error == NULL || *error == NULL;
}

static gboolean look_everywhere(Search *search, const char *account_name, const char *mailbox_name, gboolean *any, GError **error)
{
    g_autoptr(GPtrArray) accounts = store_reader_accounts(search->reader);
    for (guint i = 0; i < accounts->len; i++) {
        const StoreAccount *account = g_ptr_array_index(accounts, i);
        if (account_name != NULL && g_ascii_strcasecmp(account->name, account_name) != 0)
            continue;
        g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(search->reader, account->id);
        for (guint j = 0; j < mailboxes->len; j++) {
            const StoreMailbox *mailbox = g_ptr_array_index(mailboxes, j);
            if (mailbox_name != NULL && !store_reader_is_called(search->reader, mailbox, mailbox_name))
                continue;
            *any = TRUE;
            if (!look_in(search, account, mailbox, error))
                return FALSE;
        }
    }
    return TRUE;
}

/* --- the command ---------------------------------------------------------------------------------------------- */

static Query *parse(const char *text, gint64 now)
{
    gsize offset = 0;
    g_autoptr(GError) error = NULL;
    Query *query = query_parse(text, now, &offset, &error);
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

static int run(const CliSettings *settings, const char *text, const char *mailbox, gboolean as_json)
{
    ExitCode status = EXIT_CODE_OK;
    gboolean any = FALSE;
    g_autoptr(GError) error = NULL;
    gint64 now = (gint64) time(NULL);
    g_autoptr(Query) query = parse(text, now);
    if (query == NULL)
        return EXIT_CODE_USAGE;
    if (query_needs(query) & QUERY_NEEDS_LIST) {
        cli_complain(_("only a list on the screen knows tags, folded threads and duplicates"));
        return EXIT_CODE_USAGE;
    }
    g_autoptr(StoreReader) reader = headless_open_reader(settings, &status);
    if (reader == NULL)
        return (int) status;
    g_autoptr(GString) json = as_json ? g_string_new(NULL) : NULL;
    g_auto(GStrv) own = own_addresses();
    Search search = { reader, query, own, json, now, 0 };
    if (as_json)
        json_open(json, NULL, '[');
    gboolean good = look_everywhere(&search, settings->account, mailbox, &any, &error);
    if (as_json) {
        json_close(json, ']');
        g_string_append_c(json, '\n');
        cli_write(json);
    }
    if (!good) {
        cli_complain("%s", error->message);
        return (int) cli_exit_code(error);
    }
    if (!any) {
        cli_complain(_("there is no such mailbox on this machine"));
        return EXIT_CODE_DATA;
    }
    return EXIT_CODE_OK;
}

int cli_search(const CliSettings *settings, int argc, char **argv)
{
    const char *mailbox = NULL;
    gboolean as_json = FALSE;
    int index = 1;
    for (; index < argc && g_str_has_prefix(argv[index], "--"); index++) {
        if (strcmp(argv[index], "--") == 0) {
            index++;
            break;
        }
        if (strcmp(argv[index], "--json") == 0)
            as_json = TRUE;
        else if (strcmp(argv[index], "--in") == 0 && index + 1 < argc)
            mailbox = argv[++index];
        else
            return usage();
    }
    if (index >= argc)
        return usage();
    /* Several arguments are one query, so that it need not be quoted as a whole. */
    g_autofree char *text = g_strjoinv(" ", argv + index);
    return run(settings, text, mailbox, as_json);
}
