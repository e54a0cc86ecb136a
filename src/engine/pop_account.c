#include "config.h"

#include "engine/pop_account.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "base/time.h"
#include "engine/account.h"
#include "engine/bodies.h"
#include "engine/local_account.h"
#include "engine/pop_run.h"
#include "engine/pop_identity.h"
#include "local/tree.h"

/* A directory that grows is not read anew for each letter, nor all that often when it has grown large. */
#define SHOW_FIRST_US (2 * G_USEC_PER_SEC)
#define SHOW_EVERY_US_MAX (64 * G_USEC_PER_SEC)
#define TELL_EVERY_US 250000
#define SOON_S 60

/* Somebody reads a message of which only the header is here. */
typedef struct {
    gint64 message_id, letter_id;
    char **sections; /* NULL: what should be read */
} Waiting;

struct PopAccount {
    EngineAccount *account;
    PopRun *run;          /* NULL: none */
    GPtrArray *past;      /* of PopRun*, over: freed in a later turn */
    GSource *cleaning;
    GSource *poll;        /* a timer: the next visit */
    GHashTable *wanted;   /* set of gint64*: letters whose rest is wanted */
    GPtrArray *waiting;   /* of Waiting* */
    gboolean mirroring;   /* engine_mirror() waits for an end */
    guint mirrored;       /* letters fetched for it */
    GSource *showing;     /* what was fetched is being taken into the store, and then the mirror is done */
    gint64 shown_at, told_at; /* monotonic µs */
    gint64 show_every;    /* µs, twice as long each time */
};

/* The row of the letter whose file has that base name; NULL: it is none. */
static PopLetter *letter_of(Engine *engine, const char *key)
{
    return pop_mark_of(key) != NULL ? pop_ledger_by_name(engine->writer, key) : NULL;
}

static void waiting_free(gpointer data)
{
    Waiting *waiting = data;
    g_strfreev(waiting->sections);
    g_free(waiting);
}

PopAccount *pop_account_new(EngineAccount *account)
{
    PopAccount *pop = g_new0(PopAccount, 1);
    pop->account = account;
    pop->past = g_ptr_array_new_with_free_func((GDestroyNotify) pop_run_free);
    pop->wanted = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    pop->waiting = g_ptr_array_new_with_free_func(waiting_free);
    return pop;
}

void pop_account_free(PopAccount *pop)
{
    if (pop == NULL)
        return;
    engine_clear_source(&pop->cleaning);
    engine_clear_source(&pop->poll);
    engine_clear_source(&pop->showing);
    pop_run_free(pop->run);
    g_ptr_array_unref(pop->past);
    g_hash_table_unref(pop->wanted);
    g_ptr_array_unref(pop->waiting);
    g_free(pop);
}

/* --- places ------------------------------------------------------------------------------------------- */

/* A name may begin with a dot, and must not lead out of the folder. */
char *pop_account_root(const Account *config)
{
    g_autofree char *mail = paths_locate(PATHS_DATA, "mail");
    g_autofree char *folder = config->name[0] == '.' ? g_strconcat("%2E", config->name + 1, NULL) : g_strdup(config->name);
    return g_build_filename(mail, folder, NULL);
}

/* The account whose mailboxes the letters go to. */
static EngineAccount *target_of(PopAccount *pop)
{
    const char *to = pop->account->config->deliver_to;
    GPtrArray *accounts = pop->account->engine->accounts;
    if (to == NULL)
        return pop->account;
    gsize length = strcspn(to, "/");
    for (guint i = 0; i < accounts->len; i++) {
        EngineAccount *account = g_ptr_array_index(accounts, i);
        if (strlen(account->config->name) == length && g_ascii_strncasecmp(account->config->name, to, length) == 0)
            return account;
    }
    return NULL;
}

static char *root_of(const EngineAccount *account)
{
    return account->pop != NULL ? pop_account_root(account->config) : g_strdup(account->config->receive->path);
}

static const char *target_mailbox(const PopAccount *pop)
{
    const char *slash = pop->account->config->deliver_to != NULL ? strchr(pop->account->config->deliver_to, '/') : NULL;
    return slash != NULL && slash[1] != '\0' ? slash + 1 : "INBOX";
}

/* That of a Maildir++ is its root; a directory of Maildirs may have one of that name. */
static char *inbox_path(const char *root, GError **error)
{
    g_autoptr(GPtrArray) folders = local_folders(root, error);
    for (guint i = 0; folders != NULL && i < folders->len; i++) {
        const LocalFolder *folder = g_ptr_array_index(folders, i);
        if (strcmp(folder->name, "INBOX") == 0)
            return g_strdup(folder->path);
    }
    return folders != NULL ? g_strdup(root) : NULL;
}

/* The directory that letters are put into; made when it is not there. NULL with an error. Caller frees. */
static char *prepare_maildir(const PopAccount *pop, const char *root, GError **error)
{
    const char *mailbox = target_mailbox(pop);
    if (!local_tree_prepare(root, error))
        return NULL;
    if (strcmp(mailbox, "INBOX") == 0)
        return inbox_path(root, error);
    return local_tree_create(root, mailbox, LOCAL_MAILDIR, error) ? local_tree_path(root, mailbox, error) : NULL;
}

/* Letters that arrived are taken into the store by who shows them. */
static void show(PopAccount *pop)
{
    EngineAccount *target = target_of(pop);
    g_autoptr(StoreMailbox) mailbox =
        target != NULL ? store_reader_mailbox_by_name(target->engine->reader, target->id, target_mailbox(pop)) : NULL;
    pop->shown_at = g_get_monotonic_time();
    if (mailbox != NULL)
        local_source_look_at(target->local, mailbox->id);
    else if (target != NULL)
        local_source_check(target->local);
}

/* What arrives there comes from here, and is shown by show(). */
static void fill_target(PopAccount *pop, gboolean filling)
{
    EngineAccount *target = target_of(pop);
    if (target != NULL && target->local != NULL)
        local_source_set_filling(target->local, filling);
}

/* --- for who waits for the end --------------------------------------------------------------------------- */

static void tell_mirror(PopAccount *pop, gboolean finished)
{
    Change *change = change_new(CHANGE_MIRROR);
    change->account_id = pop->account->id;
    change->finished = finished;
    change->count = pop->mirrored;
    if (pop->run != NULL)
        pop_run_octets(pop->run, &change->done, &change->total);
    pop->told_at = g_get_monotonic_time();
    engine_tell(pop->account->engine, change);
}

static void tell_kept(PopAccount *pop, EngineAccount *target)
{
    g_autoptr(StoreMailbox) mailbox =
        target != NULL ? store_reader_mailbox_by_name(target->engine->reader, target->id, target_mailbox(pop)) : NULL;
    if (mailbox == NULL)
        return;
    Change *change = change_new(CHANGE_KEPT);
    change->account_id = pop->account->id;
    change->mailbox_id = mailbox->id;
    engine_tell(pop->account->engine, change);
}

static gboolean finish_when_shown(gpointer data)
{
    PopAccount *pop = data;
    EngineAccount *target = target_of(pop);
    if (target != NULL && local_source_is_scanning(target->local))
        return G_SOURCE_CONTINUE;
    engine_clear_source(&pop->showing);
    if (!pop->mirroring)
        return G_SOURCE_REMOVE;
    pop->mirroring = FALSE;
    tell_kept(pop, target);
    tell_mirror(pop, TRUE);
    return G_SOURCE_REMOVE;
}

/* --- the end of a visit ------------------------------------------------------------------------------------ */

static gboolean clean(gpointer data)
{
    PopAccount *pop = data;
    engine_clear_source(&pop->cleaning);
    g_ptr_array_set_size(pop->past, 0);
    return G_SOURCE_REMOVE;
}

static gboolean poll(gpointer data)
{
    PopAccount *pop = data;
    engine_clear_source(&pop->poll);
    engine_account_connect(pop->account);
    return G_SOURCE_REMOVE;
}

static void plan_next(PopAccount *pop)
{
    const EngineAccount *account = pop->account;
    engine_clear_source(&pop->poll);
    if (account->config->poll_seconds == 0 || account->engine->only_when_asked)
        return;
    PopServerFacts facts = pop_ledger_server(account->engine->writer, account->id);
    pop->poll = engine_timer(account->engine, MAX(account->config->poll_seconds, MIN(facts.login_delay + 1, 86400u)) * 1000, poll, pop);
}

/* Who waited for the rest of a letter gets it, or hears why not. words NULL: the server does not have it any more. */
static void answer_waiting(PopAccount *pop, const char *words)
{
    g_autoptr(GPtrArray) waiting = g_steal_pointer(&pop->waiting);
    pop->waiting = g_ptr_array_new_with_free_func(waiting_free);
    g_hash_table_remove_all(pop->wanted);
    for (guint i = 0; i < waiting->len; i++) {
        const Waiting *one = g_ptr_array_index(waiting, i);
        bodies_tell(pop->account->engine, one->message_id, one->sections != NULL ? one->sections[0] : NULL,
                    words != NULL ? words : _("The rest of this letter could not be had from the server: see “malle pop-ledger”."));
    }
}

static void run_over(EngineAccount *account, const LinkEnd *end)
{
    PopAccount *pop = account->pop;
    pop->mirrored += pop_run_fetched(pop->run);
    g_ptr_array_add(pop->past, g_steal_pointer(&pop->run));
    if (pop->cleaning == NULL)
        pop->cleaning = engine_idle(account->engine, clean, pop);
    fill_target(pop, FALSE);
    show(pop);
    answer_waiting(pop, end != NULL ? end->words : NULL);
    if (end != NULL) {
        engine_account_after_end(account, end);
        return;
    }
    account->failures = 0;
    account->status.as_of = g_get_real_time() / G_USEC_PER_SEC;
    credentials_hold(account->credentials);
    engine_account_set_state(account, ACCOUNT_ONLINE, NULL);
    plan_next(pop);
    if (pop->mirroring && pop->showing == NULL)
        pop->showing = engine_idle(account->engine, finish_when_shown, pop);
}

/* --- during a visit ---------------------------------------------------------------------------------------- */

static void letters_stored(EngineAccount *account, guint count)
{
    (void) count;
    PopAccount *pop = account->pop;
    gint64 now = g_get_monotonic_time();
    if (now - pop->shown_at > pop->show_every) {
        show(pop);
        pop->show_every = MIN(2 * pop->show_every, SHOW_EVERY_US_MAX);
    }
    if (pop->mirroring && now - pop->told_at > TELL_EVERY_US)
        tell_mirror(pop, FALSE);
}

static void letter_completed(EngineAccount *account, const PopLetter *letter)
{
    PopAccount *pop = account->pop;
    EngineAccount *target = target_of(pop);
    for (guint i = pop->waiting->len; i > 0; i--) {
        Waiting *one = g_ptr_array_index(pop->waiting, i - 1);
        if (one->letter_id != letter->id)
            continue;
        g_ptr_array_steal_index(pop->waiting, i - 1);
        local_source_completed(target->local, one->message_id);
        local_source_want(target->local, one->message_id, (const char *const *) one->sections);
        waiting_free(one);
    }
}

static const PopRunOwner run_owner = { .stored = letters_stored, .completed = letter_completed, .over = run_over };

/* --- connecting ---------------------------------------------------------------------------------------------- */

gboolean pop_account_may_connect(PopAccount *pop)
{
    EngineAccount *account = pop->account;
    if (pop->run != NULL)
        return FALSE;
    PopServerFacts facts = pop_ledger_server(account->engine->writer, account->id);
    gint64 now = g_get_real_time() / G_USEC_PER_SEC, next = facts.last_login + facts.login_delay;
    if (facts.login_delay == 0 || facts.last_login > now || next <= now)
        return TRUE;
    guint left = (guint) MIN(next - now, (gint64) 86400);
    g_autofree char *when = time_format_full(next);
    g_autofree char *words = g_strdup_printf(_("The server asks for %u seconds between logins; the next one is on %s."), facts.login_delay, when);
    if (left > SOON_S) {
        engine_account_wait(account, words, left * 1000);
    } else if (pop->poll == NULL) { /* soon enough to be called connecting: nobody is told to come back later */
        engine_account_set_state(account, ACCOUNT_CONNECTING, words);
        pop->poll = engine_timer(account->engine, left * 1000, poll, pop);
    }
    return FALSE;
}

void pop_account_connect(PopAccount *pop, Secret *secret)
{
    EngineAccount *account = pop->account, *target = target_of(pop);
    g_autoptr(GError) error = NULL;
    g_autofree char *root = pop_account_root(account->config);
    g_autofree char *target_root = target != NULL ? root_of(target) : NULL;
    g_autofree char *maildir = target_root != NULL ? prepare_maildir(pop, target_root, &error) : NULL;
    engine_clear_source(&pop->poll);
    if (maildir == NULL) {
        engine_account_set_state(account, ACCOUNT_STOPPED, error != NULL ? error->message : _("There is no such account as deliver-to says."));
        return;
    }
    PopRunPlan plan = { .root = root, .target_root = target != account ? target_root : NULL, .maildir = maildir, .wanted = pop->wanted, .secret = secret };
    pop->show_every = SHOW_FIRST_US;
    pop->shown_at = g_get_monotonic_time();
    pop->run = pop_run_new(account, &run_owner, &plan);
    fill_target(pop, TRUE);
}

void pop_account_leave(PopAccount *pop)
{
    engine_clear_source(&pop->poll);
    if (pop->run != NULL)
        fill_target(pop, FALSE);
    g_clear_pointer(&pop->run, pop_run_free);
}

gboolean pop_account_is_busy(const PopAccount *pop)
{
    return pop_run_is_working(pop->run);
}

void pop_account_mirror(PopAccount *pop)
{
    pop->mirroring = TRUE;
    pop->mirrored = 0;
    if (!pop->account->engine->online)
        return;
    engine_account_connect(pop->account);
}

/* --- letters of which the header is here ------------------------------------------------------------------------ */

gboolean pop_account_want_rest(Engine *engine, const char *key, gint64 message_id, const char *const *sections)
{
    g_autoptr(PopLetter) letter = letter_of(engine, key);
    EngineAccount *account = letter != NULL ? engine_account_by_id(engine, letter->account_id) : NULL;
    if (account == NULL || account->pop == NULL || letter->copy != POP_COPY_HEADER || letter->place != POP_PLACE_THERE)
        return FALSE;
    if (!engine->online) {
        bodies_tell(engine, message_id, sections != NULL ? sections[0] : NULL, _("Only the header of this letter is here; the rest is on the server, and this account is offline."));
        return TRUE;
    }
    Waiting *waiting = g_new0(Waiting, 1);
    *waiting = (Waiting){ .message_id = message_id, .letter_id = letter->id, .sections = g_strdupv((char **) sections) };
    g_ptr_array_add(account->pop->waiting, waiting);
    g_hash_table_add(account->pop->wanted, g_memdup2(&letter->id, sizeof letter->id));
    engine_account_connect(account);
    return TRUE;
}

guint64 pop_account_true_size(Engine *engine, const char *key)
{
    g_autoptr(PopLetter) letter = letter_of(engine, key);
    return letter != NULL && letter->copy == POP_COPY_HEADER && letter->place == POP_PLACE_THERE ? letter->size : 0;
}

void pop_account_decided(Engine *engine, const char *key, gboolean deleted)
{
    g_autoptr(PopLetter) letter = letter_of(engine, key);
    g_autoptr(GError) error = NULL;
    if (letter == NULL || (letter->decided != 0) == deleted)
        return;
    letter->decided = deleted ? g_get_real_time() / G_USEC_PER_SEC : 0;
    PopLetter *rows[] = { letter };
    EngineAccount *account = engine_account_by_id(engine, letter->account_id);
    if (account != NULL && account->pop != NULL && account->pop->run != NULL)
        pop_run_decided(account->pop->run, letter->id, letter->decided);
    if (!pop_ledger_write(engine->writer, rows, 1, TRUE, &error))
        engine_tell_notice(engine, letter->account_id, error->message);
}
