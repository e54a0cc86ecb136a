/* malle sync [MAILBOX]: every account at the same time, its mailboxes one after another. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "cli/headless.h"
#include "cli/print.h"

typedef struct {
    const char *name;      /* of the account */
    gint64 id;             /* in the store; 0 until the engine has put it there */
    gboolean local;        /* mail on this machine: complete is enough, there is no server to ask again */
    gboolean listed;       /* its mailboxes are known */
    gint64 mailbox_id;     /* being fetched; 0 between two */
    gint64 asked_at;       /* Unix µs: two runs within a second are two */
    GArray *left;          /* of gint64: mailboxes not yet begun, the next one last */
    gboolean mailboxes_done, finished;
    char *stopped;         /* why the account stopped; NULL: it did not */
    ExitCode status;
} Work;

typedef struct {
    Headless *headless;
    const char *only;      /* a mailbox's name; NULL: all */
    gboolean show_progress;
    gboolean found;
    GPtrArray *works;      /* of Work* */
} Sync;

static void free_work(gpointer data)
{
    Work *work = data;
    g_clear_pointer(&work->left, g_array_unref);
    g_free(work->stopped);
    g_free(work);
}

static void fail(Work *work, ExitCode status, const char *words)
{
    work->finished = TRUE;
    work->status = status;
    cli_complain("%s: %s", work->name, words);
}

/* --- mailboxes --------------------------------------------------------------------------------------- */

static gboolean is_wanted(const Sync *sync, const StoreMailbox *mailbox)
{
    if ((mailbox->attributes & MAILBOX_NO_SELECT) != 0)
        return FALSE;
    return sync->only == NULL || strcmp(mailbox->name, sync->only) == 0 ||
           (mailbox->role == MAILBOX_ROLE_INBOX && g_ascii_strcasecmp(sync->only, "inbox") == 0);
}

static void plan(Sync *sync, Work *work)
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
}

static void say_mailbox(const Work *work, const StoreMailbox *mailbox)
{
    g_autofree char *counts = g_strdup_printf(ngettext("%u message, %u unread", "%u messages, %u unread", mailbox->shown_total),
                                              mailbox->shown_total, mailbox->shown_unread);
    cli_print("%s  %s  %s\n", work->name, mailbox->name, counts);
}

/* TRUE when the mailbox under way is as the server has it, or is gone. */
static gboolean mailbox_is_done(Sync *sync, Work *work)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(sync->headless->reader, work->mailbox_id);
    if (mailbox == NULL)
        return TRUE;
    if (!mailbox->complete || (!work->local && mailbox->synced_at < work->asked_at))
        return FALSE;
    say_mailbox(work, mailbox);
    return TRUE;
}

static void next_mailbox(Sync *sync, Work *work)
{
    if (work->left->len == 0) {
        work->mailboxes_done = TRUE;
        work->mailbox_id = 0;
        return;
    }
    work->mailbox_id = g_array_index(work->left, gint64, work->left->len - 1);
    g_array_set_size(work->left, work->left->len - 1);
    work->asked_at = g_get_real_time();
    engine_look_at_mailbox(sync->headless->engine, work->mailbox_id);
}

/* --- decisions on their way ------------------------------------------------------------------------------ */

static gboolean decisions_are_sent(Sync *sync, const Work *work)
{
    g_autoptr(GPtrArray) waiting = store_reader_intents(sync->headless->reader, 1u << INTENT_PENDING | 1u << INTENT_SENDING, 1000);
    for (guint i = 0; i < waiting->len; i++)
        if (((const Intent *) g_ptr_array_index(waiting, i))->account_id == work->id)
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
    work->status = EXIT_CODE_DATA;
    g_autofree char *words = g_strdup_printf(ngettext("%u decision needs you: see “malle journal”", "%u decisions need you: see “malle journal”", count),
                                             count);
    cli_complain("%s: %s", work->name, words);
}

/* --- what the engine tells ------------------------------------------------------------------------------- */

static void advance(Sync *sync, Work *work)
{
    if (work->finished || !work->listed || work->stopped != NULL)
        return;
    if (work->left == NULL) {
        plan(sync, work);
        next_mailbox(sync, work);
    }
    while (!work->mailboxes_done && mailbox_is_done(sync, work))
        next_mailbox(sync, work);
    if (work->mailboxes_done && decisions_are_sent(sync, work)) {
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
static void hear_notice(Sync *sync, Work *work, const Change *change)
{
    if (change->mailbox_id == 0 || change->mailbox_id != work->mailbox_id)
        return;
    work->status = EXIT_CODE_DATA;
    next_mailbox(sync, work);
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

static void hear(Sync *sync, const Change *change)
{
    if (change->kind == CHANGE_WIRE && change->cost != NULL && g_strcmp0(change->cost->action, "total") == 0)
        fail_stopped(sync);
    Work *work = work_of(sync, change->account_id);
    if (work == NULL || work->finished)
        return;
    if (change->kind == CHANGE_ACCOUNT && change->status != NULL)
        hear_account(sync, work, change->status);
    else if (change->kind == CHANGE_DECISION)
        hear_decision(sync, work);
    else if (change->kind == CHANGE_MAILBOX_LIST)
        work->listed = TRUE;
    else if (change->kind == CHANGE_NOTICE)
        hear_notice(sync, work, change);
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

int cli_sync(const CliSettings *settings, int argc, char **argv)
{
    ExitCode status = EXIT_CODE_OK;
    if (argc > 2 || settings->offline) {
        cli_complain(settings->offline ? _("there is nothing to synchronise with while offline") : _("this is not: malle sync [MAILBOX]"));
        return EXIT_CODE_USAGE;
    }
    g_autoptr(Headless) headless = headless_open(settings, &status);
    if (headless == NULL)
        return (int) status;
    g_autoptr(GPtrArray) works = g_ptr_array_new_with_free_func(free_work);
    Sync sync = { .headless = headless, .only = argc == 2 ? argv[1] : NULL, .show_progress = isatty(STDERR_FILENO), .works = works };
    for (guint i = 0; i < headless->accounts->len; i++) {
        Work *work = g_new0(Work, 1);
        work->name = ((const Account *) g_ptr_array_index(headless->accounts, i))->name;
        g_ptr_array_add(works, work);
    }
    while (!all_finished(&sync)) {
        g_autoptr(Change) change = headless_next(headless);
        hear(&sync, change);
    }
    status = worst(&sync);
    if (status == EXIT_CODE_OK && sync.only != NULL && !sync.found) {
        cli_complain(_("there is no mailbox “%s”"), sync.only);
        status = EXIT_CODE_DATA;
    }
    return (int) status;
}
