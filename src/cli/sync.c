/* malle sync [--json] [--account ACCOUNT] [--mailbox MAILBOX]: every account at the same time, its mailboxes one after another. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "cli/headless.h"
#include "cli/json.h"
#include "cli/print.h"

typedef struct {
    const char *name;      /* of the account */
    gint64 id;             /* in the store; 0 until the engine has put it there */
    gboolean local;        /* mail on this machine: complete is enough, there is no server to ask again */
    gboolean pop;          /* its letters are fetched to stay here */
    gboolean listed;       /* its mailboxes are known */
    gboolean begun;        /* what is wanted was asked for */
    gint64 mailbox_id;     /* local mail: being read; 0 between two */
    GArray *left;          /* local mail, of gint64: mailboxes not yet begun, the next one last */
    GArray *kept;          /* of gint64: mailboxes that are through */
    guint64 fetched;       /* messages of which something was fetched */
    GHashTable *put_off;   /* of gint64*: letters and copies that cannot go now */
    guint sent;            /* decisions that reached the server */
    gboolean mailboxes_done, finished;
    char *stopped;         /* why the account stopped; NULL: it did not */
    char *trouble;         /* what was complained about; NULL: nothing */
    ExitCode status;
} Work;

typedef struct {
    Headless *headless;
    const char *only;      /* a mailbox's name; NULL: all */
    gboolean show_progress, as_json;
    gboolean found;
    GPtrArray *works;      /* of Work* */
    gint64 began; /* Unix µs */
} Sync;

static void free_work(gpointer data)
{
    Work *work = data;
    g_clear_pointer(&work->left, g_array_unref);
    g_array_unref(work->kept);
    g_hash_table_unref(work->put_off);
    g_free(work->trouble);
    g_free(work->stopped);
    g_free(work);
}

static void complain(Work *work, ExitCode status, const char *words)
{
    if (work->status == EXIT_CODE_OK)
        work->status = status;
    if (work->trouble == NULL)
        work->trouble = g_strdup(words);
    cli_progress(NULL);
    cli_complain("%s: %s", work->name, words);
}

static void fail(Work *work, ExitCode status, const char *words)
{
    work->finished = TRUE;
    complain(work, status, words);
}

/* --- mailboxes --------------------------------------------------------------------------------------- */

static gboolean is_wanted(const Sync *sync, const StoreMailbox *mailbox)
{
    if ((mailbox->attributes & MAILBOX_NO_SELECT) != 0)
        return FALSE;
    return sync->only == NULL || store_reader_is_called(sync->headless->reader, mailbox, sync->only);
}

static void say_mailbox(const Sync *sync, const Work *work, const StoreMailbox *mailbox)
{
    g_autofree char *counts = g_strdup_printf(ngettext("%u message, %u unread", "%u messages, %u unread", mailbox->shown_total),
                                              mailbox->shown_total, mailbox->shown_unread);
    cli_progress(NULL);
    if (!sync->as_json)
        cli_print("%s  %s  %s\n", work->name, mailbox->name, counts);
}

static void mailbox_is_through(const Sync *sync, Work *work, gint64 mailbox_id)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(sync->headless->reader, mailbox_id);
    if (mailbox == NULL)
        return;
    g_array_append_val(work->kept, mailbox_id);
    say_mailbox(sync, work, mailbox);
}

/* The engine brings what is wanted level, and fetches what is to be kept of it. */
static void begin_server(Sync *sync, Work *work)
{
    g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(sync->headless->reader, work->id);
    gint64 only = 0;
    for (guint i = 0; i < mailboxes->len; i++) {
        const StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        if (!is_wanted(sync, mailbox))
            continue;
        sync->found = TRUE;
        only = sync->only != NULL && only == 0 ? mailbox->id : only;
    }
    if (sync->only != NULL && only == 0)
        work->mailboxes_done = TRUE;
    else
        engine_mirror(sync->headless->engine, work->id, ENGINE_MIRROR_ALL, only);
}

/* --- mail on this machine: one mailbox after the other is looked at ------------------------------------ */

static void next_local(Sync *sync, Work *work)
{
    work->mailboxes_done = work->left->len == 0;
    work->mailbox_id = 0;
    if (work->mailboxes_done)
        return;
    work->mailbox_id = g_array_index(work->left, gint64, work->left->len - 1);
    g_array_set_size(work->left, work->left->len - 1);
    engine_look_at_mailbox(sync->headless->engine, work->mailbox_id);
}

static void begin_local(Sync *sync, Work *work)
{
    g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(sync->headless->reader, work->id);
    work->left = g_array_new(FALSE, FALSE, sizeof(gint64));
    /* Backwards, so that the first of the sidebar's order is taken from the end first. */
    for (guint i = mailboxes->len; i > 0; i--) {
        const StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i - 1);
        if (is_wanted(sync, mailbox))
            g_array_append_val(work->left, mailbox->id);
    }
    sync->found = sync->found || work->left->len > 0;
    next_local(sync, work);
}

/* TRUE when the mailbox under way was looked at since we began, or is gone. */
static gboolean local_is_done(Sync *sync, Work *work)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(sync->headless->reader, work->mailbox_id);
    if (mailbox != NULL && mailbox->synced_at < sync->began)
        return FALSE;
    mailbox_is_through(sync, work, work->mailbox_id);
    return TRUE;
}

/* --- decisions on their way ------------------------------------------------------------------------------ */

static gboolean is_waited_for(const Work *work, const Intent *intent)
{
    return intent->account_id == work->id && headless_worth_waiting(intent) && !g_hash_table_contains(work->put_off, &intent->id);
}

/* Letters go by a link of their own, whatever becomes of that to the mailboxes. */
static gboolean letters_are_under_way(const Sync *sync)
{
    g_autoptr(GPtrArray) waiting = store_reader_intents(sync->headless->reader, 1u << INTENT_PENDING | 1u << INTENT_SENDING, 1000);
    for (guint i = 0; i < waiting->len; i++) {
        const Intent *intent = g_ptr_array_index(waiting, i);
        for (guint k = 0; k < sync->works->len && intent->kind == INTENT_SEND; k++)
            if (is_waited_for(g_ptr_array_index(sync->works, k), intent))
                return TRUE;
    }
    return FALSE;
}

static gboolean decisions_are_sent(Sync *sync, const Work *work)
{
    g_autoptr(GPtrArray) waiting = store_reader_intents(sync->headless->reader, 1u << INTENT_PENDING | 1u << INTENT_SENDING, 1000);
    for (guint i = 0; i < waiting->len; i++)
        if (is_waited_for(work, g_ptr_array_index(waiting, i)))
            return FALSE;
    return TRUE;
}

static void check_troubles(Sync *sync, Work *work)
{
    guint count = 0;
    g_autoptr(GPtrArray) troubles =
        store_reader_intents(sync->headless->reader, 1u << INTENT_FAILED | 1u << INTENT_CONFLICT | 1u << INTENT_UNKNOWN, 1000);
    for (guint i = 0; i < troubles->len; i++)
        count += ((const Intent *) g_ptr_array_index(troubles, i))->account_id == work->id;
    if (count == 0)
        return;
    g_autofree char *words = g_strdup_printf(ngettext("%u decision needs you: see “malle journal”", "%u decisions need you: see “malle journal”", count),
                                             count);
    complain(work, EXIT_CODE_DATA, words);
}

/* --- what the engine tells ------------------------------------------------------------------------------- */

static void advance(Sync *sync, Work *work)
{
    if (work->finished || !work->listed || work->stopped != NULL)
        return;
    if (!work->begun && work->local)
        begin_local(sync, work);
    else if (!work->begun)
        begin_server(sync, work);
    work->begun = TRUE;
    while (work->local && !work->mailboxes_done && local_is_done(sync, work))
        next_local(sync, work);
    if (work->mailboxes_done && !engine_is_filtering(sync->headless->engine) && decisions_are_sent(sync, work)) {
        check_troubles(sync, work);
        work->finished = TRUE;
    }
}

static void hear_account(Sync *sync, Work *work, const AccountStatus *status)
{
    g_clear_pointer(&work->stopped, g_free);
    work->local = status->state == ACCOUNT_LOCAL;
    if (status->state == ACCOUNT_WAITING) {
        fail(work, EXIT_CODE_TEMPORARY, status->words != NULL ? status->words : _("the connection was lost"));
    } else if (status->state == ACCOUNT_STOPPED) {
        work->stopped = g_strdup(status->words != NULL ? status->words : _("it cannot go on without you"));
        /* A question to the person may follow. What is asked now is answered behind it: then it is known whether one did. */
        headless_mark(sync->headless);
    }
}

/* The question was put and answered; without an answer the account stays as it is. */
static void hear_decision(Sync *sync, Work *work)
{
    if (sync->headless->answered)
        g_clear_pointer(&work->stopped, g_free);
}

static void fail_stopped(const Sync *sync)
{
    for (guint i = 0; i < sync->works->len; i++) {
        Work *work = g_ptr_array_index(sync->works, i);
        if (work->stopped != NULL && !work->finished)
            fail(work, EXIT_CODE_NO_PERMISSION, work->stopped);
    }
}

/* A mailbox that the server does not open has been told of and is left; the others are fetched. */
static void hear_notice(Work *work, const Change *change)
{
    if (change->mailbox_id != 0 && work->status == EXIT_CODE_OK)
        work->status = EXIT_CODE_DATA;
}

static void hear_mirror(const Sync *sync, Work *work, const Change *change)
{
    work->fetched = change->count;
    work->mailboxes_done = change->finished;
    if (change->finished && change->error != NULL)
        complain(work, change->no_room ? EXIT_CODE_CANT_CREATE : EXIT_CODE_TEMPORARY, change->error);
    if (change->finished || !sync->show_progress || change->total == 0)
        return;
    g_autofree char *left = g_format_size(change->total - change->done);
    g_autofree char *line = g_strdup_printf(_("%s: %u %%, %s left"), work->name, (guint) ((double) change->done * 100 / (double) change->total), left);
    cli_progress(line);
}

static void say_progress(const Sync *sync, const Work *work, const Change *change)
{
    if (!sync->show_progress || change->total == 0)
        return;
    g_autofree char *line = g_strdup_printf("%s: %u %%", work->name, (guint) (MIN(change->done, change->total) * 100 / change->total));
    cli_progress(change->finished ? NULL : line);
}

static Work *work_of(Sync *sync, gint64 account_id)
{
    for (guint i = 0; i < sync->works->len; i++) {
        Work *work = g_ptr_array_index(sync->works, i);
        if (work->id == 0) {
            g_autoptr(StoreAccount) stored = store_reader_account_by_name(sync->headless->reader, work->name);
            work->id = stored != NULL ? stored->id : 0;
        }
        if (work->id == account_id && account_id != 0)
            return work;
    }
    return NULL;
}

static Work *work_of_mailbox(Sync *sync, gint64 mailbox_id)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(sync->headless->reader, mailbox_id);
    return mailbox != NULL ? work_of(sync, mailbox->account_id) : NULL;
}

/* Nothing more comes of it in this run. */
static void fail_put_off(Work *work, const char *words)
{
    if (work != NULL && !work->finished)
        fail(work, EXIT_CODE_CANT_CREATE, words);
}

/* Gives the account whose decision it is: of what goes to another account, nothing else may be heard there. */
static Work *hear_intent(Sync *sync, const Change *change)
{
    g_autoptr(Intent) intent = store_reader_intent(sync->headless->reader, change->intent_id);
    Work *work = intent != NULL ? work_of(sync, intent->account_id) : NULL;
    if (work != NULL && change->intent_state == INTENT_DONE)
        work->sent++;
    if (work != NULL && change->intent_state == INTENT_PENDING && change->error != NULL &&
        g_hash_table_add(work->put_off, g_memdup2(&intent->id, sizeof intent->id))) {
        g_autofree char *words = intent->kind == INTENT_SEND ? g_strdup_printf(_("a letter waits: %s"), change->error) : NULL;
        complain(work, EXIT_CODE_TEMPORARY, words != NULL ? words : change->error);
    }
    if (work != NULL && intent->kind != INTENT_SEND && change->intent_state == INTENT_PENDING && change->error != NULL) {
        fail_put_off(work, change->error);
        if (intent->carried) /* decisions about what it was to bring there wait behind it */
            fail_put_off(work_of_mailbox(sync, intent->target_mailbox_id), change->error);
    }
    return work;
}

static void hear(Sync *sync, const Change *change)
{
    if (change->kind == CHANGE_WIRE && change->cost != NULL && g_strcmp0(change->cost->action, "total") == 0)
        fail_stopped(sync);
    Work *work = change->kind == CHANGE_INTENT ? hear_intent(sync, change) : work_of(sync, change->account_id);
    if (work == NULL || work->finished)
        return;
    if (change->kind == CHANGE_ACCOUNT && change->status != NULL)
        hear_account(sync, work, change->status);
    else if (change->kind == CHANGE_DECISION)
        hear_decision(sync, work);
    else if (change->kind == CHANGE_MAILBOX_LIST)
        work->listed = TRUE;
    else if (change->kind == CHANGE_NOTICE)
        hear_notice(work, change);
    else if (change->kind == CHANGE_KEPT)
        mailbox_is_through(sync, work, change->mailbox_id);
    else if (change->kind == CHANGE_MIRROR)
        hear_mirror(sync, work, change);
    else if (change->kind == CHANGE_PROGRESS)
        say_progress(sync, work, change);
    advance(sync, work);
}

static gboolean all_finished(const Sync *sync)
{
    for (guint i = 0; i < sync->works->len; i++)
        if (!((const Work *) g_ptr_array_index(sync->works, i))->finished)
            return FALSE;
    return TRUE;
}

static ExitCode worst(const Sync *sync)
{
    for (guint i = 0; i < sync->works->len; i++)
        if (((const Work *) g_ptr_array_index(sync->works, i))->status != EXIT_CODE_OK)
            return ((const Work *) g_ptr_array_index(sync->works, i))->status;
    return EXIT_CODE_OK;
}

/* --- what was done ------------------------------------------------------------------------------------------ */

static void say_end(const Work *work)
{
    if (work->fetched > 0) {
        guint fetched = (guint) MIN(work->fetched, G_MAXUINT);
        if (work->pop)
            cli_print(ngettext("%s: %u message fetched\n", "%s: %u messages fetched\n", fetched), work->name, fetched);
        else
            cli_print(ngettext("%s: %u message fetched for offline use\n", "%s: %u messages fetched for offline use\n", fetched), work->name, fetched);
    }
    if (work->sent > 0)
        cli_print(ngettext("%s: %u decision carried out\n", "%s: %u decisions carried out\n", work->sent), work->name, work->sent);
}

static void write_mailboxes(const Sync *sync, const Work *work, GString *json)
{
    json_open(json, "mailboxes", '[');
    for (guint i = 0; i < work->kept->len; i++) {
        g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(sync->headless->reader, g_array_index(work->kept, gint64, i));
        if (mailbox == NULL)
            continue;
        g_autofree char *rule = keep_rule_format(&mailbox->keep);
        json_open(json, NULL, '{');
        json_string(json, "mailbox", mailbox->name);
        json_number(json, "messages", mailbox->shown_total);
        json_number(json, "unread", mailbox->shown_unread);
        json_string(json, "offline", rule);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_json(const Sync *sync)
{
    g_autoptr(GString) json = g_string_new(NULL);
    json_open(json, NULL, '[');
    for (guint i = 0; i < sync->works->len; i++) {
        const Work *work = g_ptr_array_index(sync->works, i);
        json_open(json, NULL, '{');
        json_string(json, "account", work->name);
        json_bool(json, "ok", work->status == EXIT_CODE_OK);
        json_string(json, "error", work->trouble);
        write_mailboxes(sync, work, json);
        json_number(json, "fetched", (gint64) work->fetched);
        json_number(json, "sent", work->sent);
        json_number(json, "unfinished", store_reader_unfinished_intents(sync->headless->reader, work->id));
        json_close(json, '}');
    }
    json_close(json, ']');
    cli_print("%s\n", json->str);
}

static void run(Sync *sync)
{
    for (guint i = 0; i < sync->headless->accounts->len; i++) {
        Work *work = g_new0(Work, 1);
        const Account *account = g_ptr_array_index(sync->headless->accounts, i);
        work->name = account->name;
        work->pop = account->receive->scheme == ACCOUNT_SCHEME_POP3;
        work->kept = g_array_new(FALSE, FALSE, sizeof(gint64));
        work->put_off = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
        g_ptr_array_add(sync->works, work);
    }
    while (!all_finished(sync) || letters_are_under_way(sync)) {
        g_autoptr(Change) change = headless_next(sync->headless);
        hear(sync, change);
    }
    cli_progress(NULL);
    for (guint i = 0; !sync->as_json && i < sync->works->len; i++)
        say_end(g_ptr_array_index(sync->works, i));
    if (sync->as_json)
        write_json(sync);
}

/* FALSE: it was complained about. */
static gboolean read_arguments(Sync *sync, CliSettings *settings, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        gboolean more = i + 1 < argc;
        if (strcmp(argv[i], "--json") == 0)
            sync->as_json = TRUE;
        else if (strcmp(argv[i], "--account") == 0 && more)
            settings->account = argv[++i];
        else if (strcmp(argv[i], "--mailbox") == 0 && more && sync->only == NULL)
            sync->only = argv[++i];
        else if (argv[i][0] != '-' && sync->only == NULL)
            sync->only = argv[i];
        else
            return cli_complain(_("this is not: malle sync [--json] [--account ACCOUNT] [--mailbox MAILBOX]")), FALSE;
    }
    if (settings->offline)
        cli_complain(_("there is nothing to synchronise with while offline"));
    return !settings->offline;
}

int cli_sync(const CliSettings *settings, int argc, char **argv)
{
    ExitCode status = EXIT_CODE_OK;
    CliSettings own = *settings;
    g_autoptr(GPtrArray) works = g_ptr_array_new_with_free_func(free_work);
    Sync sync = { .began = g_get_real_time(), .show_progress = isatty(STDERR_FILENO), .works = works };
    if (!read_arguments(&sync, &own, argc, argv))
        return EXIT_CODE_USAGE;
    g_autoptr(Headless) headless = headless_open(&own, &status);
    if (headless == NULL)
        return (int) status;
    sync.headless = headless;
    run(&sync);
    status = worst(&sync);
    if (status == EXIT_CODE_OK && sync.only != NULL && !sync.found) {
        cli_complain(_("there is no mailbox “%s”"), sync.only);
        status = EXIT_CODE_DATA;
    }
    return (int) status;
}
