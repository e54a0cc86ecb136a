/* malle filter [--dry-run] [--mailbox MAILBOX]: the person's filters on what is in a mailbox, by hand. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "base/text.h"
#include "cli/headless.h"
#include "cli/print.h"
#include "engine/filters.h"

#define ROWS_AT_ONCE 100

typedef struct {
    Headless *headless;
    Filters *filters;
    const char *mailbox_name;
    GArray *found;    /* of gint64: messages that a filter wants something with */
    guint looked_at, unknown;
} Filtering;

static int usage(void)
{
    cli_complain(_("this is not: malle filter [--dry-run] [--mailbox MAILBOX]"));
    return EXIT_CODE_USAGE;
}

/* --- saying what each would do ------------------------------------------------------------------- */

static void say_actions(const Filter *filter)
{
    for (guint i = 0; i < filter->actions->len; i++) {
        g_autofree char *words = filter_action_format(g_ptr_array_index(filter->actions, i));
        g_autofree char *shown = text_make_safe(words, -1, TEXT_SINGLE_LINE);
        cli_print("%s%s", i > 0 ? "; " : "", shown);
    }
    cli_print("\n");
}

/* One line for each filter that says something of this message. */
static gboolean say_opinions(Filtering *filtering, const StoreListRow *row, const GArray *opinions)
{
    gboolean wanted = FALSE;
    g_autofree char *subject = text_make_safe(*row->subject != '\0' ? row->subject : _("(no subject)"), -1, TEXT_SINGLE_LINE);
    g_autofree char *from = text_make_safe(row->from_address != NULL ? row->from_address : "", -1, TEXT_SINGLE_LINE);
    for (guint i = 0; i < opinions->len; i++) {
        const FilterOpinion *opinion = &g_array_index(opinions, FilterOpinion, i);
        g_autofree char *name = text_make_safe(opinion->filter->name, -1, TEXT_SINGLE_LINE);
        if (opinion->answer == QUERY_NO)
            continue;
        if (!wanted)
            cli_print("%s  %s\n", from, subject);
        wanted = TRUE;
        cli_print("    %s: ", name);
        if (opinion->answer == QUERY_YES)
            say_actions(opinion->filter);
        else
            cli_print("%s\n", _("cannot be told: its text is not on this machine"));
        filtering->unknown += opinion->answer == QUERY_UNKNOWN;
    }
    return wanted;
}

/* What lies in files here is read at once. */
static void fetch_text(Filtering *filtering, gint64 message_id)
{
    static const char *const whole[] = { "", NULL };
    gint before = g_atomic_int_get(&filtering->headless->markers);
    engine_want_body(filtering->headless->engine, message_id, whole);
    headless_mark(filtering->headless);
    while (g_atomic_int_get(&filtering->headless->markers) == before)
        change_free(headless_next(filtering->headless));
}

static void look_at(Filtering *filtering, const StoreAccount *account, const StoreMailbox *mailbox, const StoreListRow *row)
{
    QueryNeeds needs = 0;
    g_autoptr(GArray) opinions = filters_ask(filtering->filters, filtering->headless->reader, account->name, mailbox, row, &needs);
    if ((needs & (QUERY_NEEDS_HEADER | QUERY_NEEDS_BODY)) != 0) {
        fetch_text(filtering, row->id);
        g_array_unref(opinions);
        opinions = filters_ask(filtering->filters, filtering->headless->reader, account->name, mailbox, row, &needs);
    }
    filtering->looked_at++;
    if (say_opinions(filtering, row, opinions))
        g_array_append_val(filtering->found, row->id);
}

/* --- all of them ----------------------------------------------------------------------------------- */

static void look_in(Filtering *filtering, const StoreAccount *account, const StoreMailbox *mailbox)
{
    gint64 last = 0, before = -1;
    while (last != before) {
        before = last;
        g_autoptr(GPtrArray) rows = store_reader_rows_after(filtering->headless->reader, mailbox->id, last, ROWS_AT_ONCE, &last);
        for (guint i = 0; i < rows->len; i++)
            look_at(filtering, account, mailbox, g_ptr_array_index(rows, i));
    }
}

static gboolean is_meant(const Filtering *filtering, const StoreMailbox *mailbox)
{
    return filtering->mailbox_name != NULL ? store_reader_is_called(filtering->headless->reader, mailbox, filtering->mailbox_name)
                                           : mailbox->role == MAILBOX_ROLE_INBOX;
}

static gboolean look_everywhere(Filtering *filtering, const char *account_name)
{
    gboolean any = FALSE;
    g_autoptr(GPtrArray) accounts = store_reader_accounts(filtering->headless->reader);
    for (guint i = 0; i < accounts->len; i++) {
        const StoreAccount *account = g_ptr_array_index(accounts, i);
        if (account_name != NULL && g_ascii_strcasecmp(account->name, account_name) != 0)
            continue;
        g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(filtering->headless->reader, account->id);
        for (guint j = 0; j < mailboxes->len; j++) {
            if (!is_meant(filtering, g_ptr_array_index(mailboxes, j)))
                continue;
            any = TRUE;
            look_in(filtering, account, g_ptr_array_index(mailboxes, j));
        }
    }
    return any;
}

static guint under_way(const Headless *headless)
{
    g_autoptr(GPtrArray) waiting = store_reader_intents(headless->reader, 1u << INTENT_PENDING | 1u << INTENT_SENDING, 1);
    return waiting->len;
}

/* Until what was decided is carried out, or waits for a link. FALSE: it waits. */
static gboolean apply(Filtering *filtering)
{
    Headless *headless = filtering->headless;
    gint before = g_atomic_int_get(&headless->markers);
    gboolean linked = TRUE;
    engine_filter_messages(headless->engine, (const gint64 *) (gpointer) filtering->found->data, filtering->found->len);
    headless_mark(headless);
    while (g_atomic_int_get(&headless->markers) == before || engine_is_filtering(headless->engine) || (linked && under_way(headless) > 0)) {
        Change *change = headless_next(headless);
        AccountState state = change->kind == CHANGE_ACCOUNT ? change->status->state : ACCOUNT_CONNECTING;
        linked = linked && state != ACCOUNT_WAITING && state != ACCOUNT_STOPPED && state != ACCOUNT_OFFLINE;
        change_free(change);
    }
    return linked;
}

static Filters *load(const Headless *headless, ExitCode *status)
{
    g_autofree char *path = paths_locate(PATHS_CONFIG, "filters");
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(Filters) filters = filters_load(path, headless->accounts, problems);
    *status = EXIT_CODE_OK;
    for (guint i = 0; i < problems->len; i++) {
        g_autofree char *words = config_problem_format(g_ptr_array_index(problems, i));
        cli_tell("%s\n", words);
        *status = EXIT_CODE_CONFIG;
    }
    if (filters_count(filters) == 0 && problems->len == 0) {
        g_autofree char *shown = paths_shorten(path);
        cli_complain(_("there is no filter in %s: see malle-filters(5)"), shown);
        *status = EXIT_CODE_CONFIG;
    }
    return *status == EXIT_CODE_OK ? g_steal_pointer(&filters) : NULL;
}

static int run(const CliSettings *settings, const char *mailbox, gboolean dry_run)
{
    ExitCode status = EXIT_CODE_OK;
    CliSettings mine = *settings;
    mine.without_filters = dry_run;
    mine.offline = mine.offline || dry_run;
    g_autoptr(Headless) headless = headless_open(&mine, &status);
    g_autoptr(Filters) filters = headless != NULL ? load(headless, &status) : NULL;
    if (filters == NULL)
        return (int) status;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
    Filtering filtering = { .headless = headless, .filters = filters, .mailbox_name = mailbox, .found = found };
    if (!look_everywhere(&filtering, settings->account)) {
        cli_complain(_("there is no such mailbox on this machine"));
        return EXIT_CODE_DATA;
    }
    cli_print(ngettext("%u message looked at, %u that a filter is about\n", "%u messages looked at, %u that a filter is about\n", filtering.looked_at),
              filtering.looked_at, found->len);
    if (dry_run || found->len == 0 || apply(&filtering))
        return EXIT_CODE_OK;
    cli_complain(_("the servers cannot be reached now; what was decided is kept and sent by the next “malle sync”"));
    return EXIT_CODE_TEMPORARY;
}

int cli_filter(const CliSettings *settings, int argc, char **argv)
{
    const char *mailbox = NULL;
    gboolean dry_run = FALSE;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--dry-run") == 0)
            dry_run = TRUE;
        else if (strcmp(argv[i], "--mailbox") == 0 && i + 1 < argc)
            mailbox = argv[++i];
        else
            return usage();
    }
    return run(settings, mailbox, dry_run);
}
