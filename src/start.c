/* The order in which things are made, and taken down in reverse: files, queue, model, engine (and again, when the person adds an
 * account on the welcome screen), screen. */
#include "config.h"

#include "start.h"

#include "base/exit_codes.h"
#include "base/i18n.h"
#include "base/paths.h"
#include "cli/print.h"
#include "cli/setup.h"
#include "config/colour-rules.h"
#include "config/keys.h"
#include "config/options.h"
#include "config/problem.h"
#include "engine/pins.h"
#include "local/demo.h"
#include "local/discover.h"
#include "mime/mailto.h"
#include "model/model.h"

typedef struct {
    const CliSettings *settings;
    Options *options;
    GPtrArray *problems;       /* of ConfigProblem* */
    char *accounts_path, *pins_path, *filters_path;
    ChangeQueue *queue;
    Engine *engine;            /* NULL on the welcome screen */
    Model *model;
    Letter *letter;            /* to begin with; NULL: none */
    char *letter_note;
} Start;

/* --- accounts ---------------------------------------------------------------------------------------- */

static GPtrArray *demo_accounts(void)
{
    GPtrArray *accounts = g_ptr_array_new_with_free_func((GDestroyNotify) account_free);
    Account *account = account_new("demo");
    account->person = g_strdup(DEMO_NAME);
    account->address = g_strdup(DEMO_ADDRESS);
    account->receive = g_new0(AccountUrl, 1);
    account->receive->scheme = ACCOUNT_SCHEME_DEMO;
    g_ptr_array_add(accounts, account);
    return accounts;
}

static GPtrArray *read_accounts(Start *start, GPtrArray *problems)
{
    GPtrArray *accounts = accounts_read(start->accounts_path, problems);
    accounts_add_kept_here(accounts);
    accounts_fill_from_options(accounts, start->options);
    return accounts;
}

/* No mistakes, or no file at all. */
static gboolean is_beginning(const GPtrArray *problems)
{
    for (guint i = 0; i < problems->len; i++)
        if (((const ConfigProblem *) g_ptr_array_index(problems, i))->code != CONFIG_ERROR_NO_FILE)
            return FALSE;
    return TRUE;
}

/* What there is to open: of Account*, empty for the welcome screen, NULL when it was complained about. A file with nothing but mistakes is no
 * reason to welcome somebody as new. */
static GPtrArray *choose_accounts(Start *start, int *status)
{
    ExitCode code = EXIT_CODE_OK;
    if (start->settings->demo)
        return demo_accounts();
    if (start->settings->account)
        return *status = EXIT_CODE_CONFIG, cli_load_accounts(start->settings->account, start->options, &code);
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(GPtrArray) accounts = read_accounts(start, problems);
    if (is_beginning(problems))
        return g_steal_pointer(&accounts);
    if (accounts->len > 0) { /* what is right is used; what is not is told on the screen */
        g_ptr_array_extend_and_steal(start->problems, g_steal_pointer(&problems));
        return g_steal_pointer(&accounts);
    }
    for (guint i = 0; i < problems->len; i++) {
        g_autofree char *words = config_problem_format(g_ptr_array_index(problems, i));
        cli_complain("%s", words);
    }
    *status = EXIT_CODE_CONFIG;
    return NULL;
}

static GPtrArray *load_accounts(gpointer user_data, GError **error)
{
    Start *start = user_data;
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(GPtrArray) accounts = read_accounts(start, problems);
    return config_problems_to_error(problems, error) ? g_steal_pointer(&accounts) : NULL;
}

/* The certificate that the person agreed to while setting the account up goes where the engine looks for it. */
static gboolean save_account(const Account *account, gpointer user_data, GError **error)
{
    Start *start = user_data;
    if (!accounts_append(start->accounts_path, account, error))
        return FALSE;
    if (!account->pinned_certificate || !account->receive || !account->receive->host)
        return TRUE;
    Pins *pins = pins_open(start->pins_path);
    gboolean good = pins_set(pins, account->name, account->receive->host, account->receive->port, account->pinned_certificate, error);
    pins_close(pins);
    return good;
}

/* --- the engine -------------------------------------------------------------------------------------- */

static void stop_engine(Start *start)
{
    model_detach(start->model);
    g_clear_pointer(&start->engine, engine_stop);
}

static gboolean start_engine(Start *start, const GPtrArray *accounts, gboolean demo, GError **error)
{
    g_autofree char *store_path = paths_store(demo);
    if (demo)
        paths_forget_demo(); /* its letters are dated from now, and what was tried out is not kept */
    EngineOptions options = {
        .store_path = store_path,
        .pins_path = start->pins_path,
        .filters_path = demo ? NULL : start->filters_path,
        .wire_log_path = start->settings->wire_log,
        .offline = start->settings->offline,
        .body_cache_bytes = (guint64) options_number(start->options, OPTION_CACHE_SIZE) << 20,
    };
    start->engine = engine_new(&options, accounts, change_queue_push, start->queue, error);
    if (!start->engine)
        return FALSE;
    if (!model_attach(start->model, start->engine, store_path, accounts, error)) {
        g_clear_pointer(&start->engine, engine_stop);
        return FALSE;
    }
    if (start->settings->offline)
        model_set_online(start->model, FALSE);
    engine_start(start->engine);
    return TRUE;
}

static gboolean restart(Model *model, const GPtrArray *accounts, gboolean demo, gpointer user_data, GError **error)
{
    Start *start = user_data;
    g_autoptr(GPtrArray) made = demo ? demo_accounts() : NULL;
    (void) model;
    stop_engine(start);
    return start_engine(start, made ? made : accounts, demo, error);
}

/* --- the screen ------------------------------------------------------------------------------------------ */

static char **local_mail(void)
{
    GPtrArray *paths = g_ptr_array_new();
    g_autoptr(GPtrArray) places = local_discover(NULL, NULL);
    for (guint i = 0; i < places->len; i++) {
        const LocalPlace *place = g_ptr_array_index(places, i);
        if (!place->trouble && place->has_mail)
            g_ptr_array_add(paths, g_strdup(place->path));
    }
    g_ptr_array_add(paths, NULL);
    return (char **) g_ptr_array_free(paths, FALSE);
}

/* FALSE: it was complained about. */
static gboolean read_letter(Start *start)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ignored = NULL;
    start->letter = letter_new();
    if (!mailto_read(start->settings->mailto, start->letter, &ignored, &error)) {
        cli_complain("%s", error->message);
        return FALSE;
    }
    g_ptr_array_add(ignored, NULL);
    g_autofree char *names = g_strjoinv(", ", (char **) ignored->pdata);
    if (*names != '\0')
        start->letter_note = g_strdup_printf(_("what the mailto address says of “%s” is left out"), names);
    return TRUE;
}

static gboolean run_screen(Start *start, GError **error)
{
    g_autofree char *keys_path = paths_locate(PATHS_CONFIG, "keys");
    g_autoptr(GPtrArray) bindings = key_bindings_load(keys_path, start->problems);
    g_autofree char *colours_path = paths_locate(PATHS_CONFIG, "colours");
    g_autoptr(GPtrArray) colour_rules = colour_rules_load(colours_path, start->problems);
    g_autofree char *history_path = paths_file(PATHS_STATE, "history", NULL);
    g_autofree char *search_history_path = paths_file(PATHS_STATE, "history-search", NULL);
    g_autofree char *config_path = paths_locate(PATHS_CONFIG, "config");
    g_auto(GStrv) found = start->engine ? NULL : local_mail();
    UiContext context = {
        .model = start->model,
        .options = start->options,
        .bindings = bindings,
        .colour_rules = colour_rules,
        .problems = start->problems,
        .history_path = history_path,
        .search_history_path = search_history_path,
        .config_path = config_path,
        .local_mail = (const char *const *) found,
        .letter = start->letter,
        .letter_note = start->letter_note,
        .try_login = start_try_login,
        .save_account = save_account,
        .load_accounts = load_accounts,
        .user_data = start,
    };
    return ui_run(&context, error);
}

static int open_and_run(Start *start)
{
    int status = EXIT_CODE_OK;
    g_autoptr(GError) error = NULL;
    if (start->settings->mailto && !read_letter(start))
        return EXIT_CODE_DATA;
    g_autoptr(GPtrArray) accounts = choose_accounts(start, &status);
    if (!accounts)
        return status;
    if (accounts->len > 0 && !start_engine(start, accounts, start->settings->demo, &error)) {
        cli_complain("%s", error->message);
        return cli_exit_code(error);
    }
    if (run_screen(start, &error))
        return EXIT_CODE_OK;
    cli_complain("%s", error->message);
    return EXIT_CODE_UNAVAILABLE;
}

int start_screen(const CliSettings *settings)
{
    g_autofree char *options_path = paths_locate(PATHS_CONFIG, "config");
    Start start = {
        .settings = settings,
        .options = options_new(),
        .problems = config_problems_new(),
        .accounts_path = paths_locate(PATHS_CONFIG, "accounts"),
        .pins_path = paths_locate(PATHS_STATE, "pins"),
        .filters_path = paths_locate(PATHS_CONFIG, "filters"),
        .queue = change_queue_new(),
    };
    options_load(start.options, options_path, start.problems);
    cli_begin_log(start.options);
    start.model = model_new(start.queue);
    model_set_restart(start.model, restart, &start);
    model_use_options(start.model, start.options);
    int status = open_and_run(&start);
    stop_engine(&start);
    model_free(start.model);
    change_queue_free(start.queue);
    options_free(start.options);
    g_ptr_array_unref(start.problems);
    g_free(start.accounts_path);
    g_free(start.pins_path);
    g_free(start.filters_path);
    g_clear_pointer(&start.letter, letter_free);
    g_free(start.letter_note);
    return status;
}
