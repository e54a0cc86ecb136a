#include "config.h"

#include "cli/headless.h"

#include <poll.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "cli/print.h"

/* Of Account*: the one that stands for the mail inside the program. */
static GPtrArray *demo_accounts(void)
{
    GPtrArray *accounts = g_ptr_array_new_with_free_func((GDestroyNotify) account_free);
    Account *demo = account_new("demo");
    demo->receive = g_new0(AccountUrl, 1);
    demo->receive->scheme = ACCOUNT_SCHEME_DEMO;
    g_ptr_array_add(accounts, demo);
    return accounts;
}

char *headless_store_path(const CliSettings *settings)
{
    return paths_store(settings->demo);
}

StoreReader *headless_open_reader(const CliSettings *settings, ExitCode *status)
{
    g_autofree char *path = headless_store_path(settings);
    g_autoptr(GError) error = NULL;
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        cli_complain(_("no mail is kept on this machine yet; “malle sync” fetches it"));
        *status = EXIT_CODE_TEMPORARY;
        return NULL;
    }
    StoreReader *reader = store_reader_open(path, &error);
    if (reader == NULL) {
        cli_complain("%s", error->message);
        *status = EXIT_CODE_DATA;
    }
    return reader;
}

/* On the engine's thread. */
static void listen(Change *change, gpointer user_data)
{
    Headless *headless = user_data;
    if (change->kind == CHANGE_WIRE && change->cost != NULL && g_strcmp0(change->cost->action, "total") == 0)
        g_atomic_int_inc(&headless->markers);
    change_queue_push(change, headless->queue);
}

void headless_mark(Headless *headless)
{
    engine_ask_cost(headless->engine); /* answered behind what was handed over before */
}

static gboolean open_engine(Headless *headless, const CliSettings *settings, GError **error)
{
    g_autofree char *state = paths_directory(PATHS_STATE, error);
    if (state == NULL)
        return FALSE;
    g_autofree char *filters = paths_locate(PATHS_CONFIG, "filters");
    g_autofree char *pins = paths_locate(PATHS_STATE, "pins");
    g_autofree char *preference = g_strjoinv(",", (char **) options_list(headless->options, OPTION_TEXT_PREFERENCE));
    EngineOptions options = {
        .text_preference = *preference != '\0' ? preference : NULL,
        .store_path = headless->store_path,
        .pins_path = pins,
        .filters_path = settings->demo || settings->without_filters ? NULL : filters,
        .wire_log_path = settings->wire_log,
        .only_when_asked = TRUE,
        .offline = settings->offline,
        .body_cache_bytes = (guint64) options_number(headless->options, OPTION_CACHE_SIZE) << 20,
    };
    headless->engine = engine_new(&options, headless->accounts, listen, headless, error);
    if (headless->engine == NULL)
        return FALSE;
    engine_start(headless->engine);
    engine_merge_subjects(headless->engine, options_bool(headless->options, OPTION_THREAD_SUBJECTS));
    headless->reader = store_reader_open(headless->store_path, error);
    return headless->reader != NULL;
}

Headless *headless_open_with(const CliSettings *settings, Options *options, GPtrArray *accounts, GError **error)
{
    Headless *headless = g_new0(Headless, 1);
    headless->options = options;
    headless->accounts = accounts;
    headless->store_path = headless_store_path(settings);
    headless->queue = change_queue_new();
    if (open_engine(headless, settings, error))
        return headless;
    headless_close(headless);
    return NULL;
}

Headless *headless_open(const CliSettings *settings, ExitCode *status)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Options) options = cli_load_options();
    cli_begin_log(options);
    GPtrArray *accounts = settings->demo ? demo_accounts() : cli_load_accounts(settings->account, options, status);
    if (accounts == NULL)
        return NULL;
    Headless *headless = headless_open_with(settings, g_steal_pointer(&options), accounts, &error);
    if (headless != NULL)
        return headless;
    cli_complain("%s", error->message);
    *status = engine_error_is_transient(error) ? EXIT_CODE_TEMPORARY : cli_exit_code(error);
    return NULL;
}

void headless_close(Headless *headless)
{
    if (headless == NULL)
        return;
    store_reader_close(headless->reader);
    engine_stop(headless->engine);
    change_queue_free(headless->queue);
    g_clear_pointer(&headless->accounts, g_ptr_array_unref);
    options_free(headless->options);
    g_free(headless->store_path);
    g_free(headless);
}

const char *headless_account_name(Headless *headless, gint64 account_id)
{
    for (guint i = 0; i < headless->accounts->len; i++) {
        const Account *account = g_ptr_array_index(headless->accounts, i);
        g_autoptr(StoreAccount) stored = store_reader_account_by_name(headless->reader, account->name);
        if (stored != NULL && stored->id == account_id)
            return account->name;
    }
    return "?";
}

/* --- questions ---------------------------------------------------------------------------------- */

gboolean headless_ask(const Decision *decision, Secret **secret)
{
    g_autoptr(GError) error = NULL;
    *secret = NULL;
    switch (decision->kind) {
    case DECISION_CERTIFICATE:
        /* Trust is given while looking, on the screen, not by a command that may run from cron. */
        cli_complain("%s", decision->question);
        if (decision->details != NULL)
            cli_tell("%s\n", decision->details);
        return FALSE;
    case DECISION_PASSWORD:
        *secret = cli_ask_secret(decision->question, &error);
        break;
    case DECISION_COMMAND:
        if (cli_has_terminal())
            *secret = cli_run_secret_command(decision->command, CLI_COMMAND_DEADLINE_MS, &error);
        else /* it has just failed without one */
            g_set_error_literal(&error, ENGINE_ERROR, ENGINE_ERROR_CONFIG, decision->question);
        break;
    }
    if (*secret == NULL)
        cli_complain("%s", error->message);
    return *secret != NULL;
}

static gboolean decide(Headless *headless, const Decision *decision)
{
    g_autoptr(Secret) secret = NULL;
    gboolean answered = headless_ask(decision, &secret);
    engine_answer(headless->engine, decision->id, answered ? "retry" : NULL, answered ? secret_text(secret) : NULL);
    return answered;
}

/* --- changes ------------------------------------------------------------------------------------- */

static Change *wait_for_change(ChangeQueue *queue)
{
    for (;;) {
        change_queue_settle(queue);
        Change *change = change_queue_pop(queue);
        if (change != NULL)
            return change;
        struct pollfd wait = { .fd = change_queue_fd(queue), .events = POLLIN };
        poll(&wait, 1, -1);
    }
}

Change *headless_next(Headless *headless)
{
    for (;;) {
        Change *change = wait_for_change(headless->queue);
        if (change->kind == CHANGE_DECISION && change->decision != NULL)
            headless->answered = decide(headless, change->decision);
        if (change->kind == CHANGE_NOTICE && change->text != NULL)
            cli_complain("%s: %s", headless_account_name(headless, change->account_id), change->text);
        if (change->kind != CHANGE_NOTICE || change->mailbox_id != 0)
            return change;
        change_free(change);
    }
}

gboolean headless_worth_waiting(const Intent *intent)
{
    gint64 now = g_get_real_time();
    if (intent->state == INTENT_SENDING)
        return TRUE;
    return intent->state == INTENT_PENDING && (intent->kind != INTENT_SEND || (intent->not_before <= now && intent->release_at <= now));
}
