#include "config.h"

#include "engine/spool.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "engine/account.h"
#include "engine/sent_copy.h"
#include "engine/spool_file.h"
#include "net/doorbell.h"

struct Spool {
    Engine *engine;
    Doorbell *bell;       /* NULL: nobody can ring */
    char *store_path;
    GHashTable *kept;     /* spool id → why it stays there: said once */
    GArray *waiting;      /* of Waiting */
};

typedef struct {
    guint64 call;
    gint64 intent_id;
} Waiting;

/* --- taking -------------------------------------------------------------------------------------- */

static EngineAccount *account_named(Engine *engine, const char *name)
{
    for (guint i = 0; i < engine->accounts->len; i++) {
        EngineAccount *account = g_ptr_array_index(engine->accounts, i);
        if (strcmp(account->config->name, name) == 0)
            return account;
    }
    return NULL;
}

static Intent *intent_of(Engine *engine, EngineAccount *account, const SpoolEnvelope *envelope, const char *letter_path)
{
    Intent *intent = intent_new(INTENT_SEND);
    intent->account_id = account->id;
    intent->path = g_strdup(letter_path);
    intent->sender = g_strdup(envelope->sender);
    for (char **recipient = envelope->recipients; *recipient != NULL; recipient++)
        intent_add_recipient(intent, *recipient);
    intent->release_at = envelope->release_at;
    intent->send_options = envelope->send_options;
    intent->target_mailbox_id = envelope->no_copy ? INTENT_NO_COPY : 0;
    sent_copy_resolve(engine, intent, FALSE);
    return intent;
}

/* The decision that the letter became; 0 with error: it stays where it is. */
static gint64 take_one(Spool *spool, const char *id, GError **error)
{
    Engine *engine = spool->engine;
    g_autofree char *letter_path = NULL;
    g_autoptr(SpoolEnvelope) envelope = spool_read(spool->store_path, id, &letter_path, error);
    if (envelope == NULL)
        return 0;
    EngineAccount *account = account_named(engine, envelope->account);
    if (account == NULL) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_CONFIG, _("A letter waits in %s.spool for the account “%s”, which is not there."),
                    spool->store_path, envelope->account);
        return 0;
    }
    g_autoptr(Intent) intent = intent_of(engine, account, envelope, letter_path);
    gint64 intent_id = 0;
    if (!store_writer_commit_spooled(engine->writer, id, intent, &intent_id, error))
        return 0;
    spool_forget(spool->store_path, id);
    engine_tell_intent(engine, intent_id, INTENT_PENDING, NULL);
    return intent_id;
}

static void keep(Spool *spool, const char *id, const char *words)
{
    const char *before = g_hash_table_lookup(spool->kept, id);
    if (g_strcmp0(before, words) == 0)
        return;
    engine_tell_notice(spool->engine, 0, words);
    g_hash_table_insert(spool->kept, g_strdup(id), g_strdup(words));
}

void spool_take(Spool *spool)
{
    g_autoptr(GPtrArray) lying = spool_list(spool->store_path);
    gboolean taken = FALSE;
    for (guint i = 0; i < lying->len; i++) {
        const char *id = g_ptr_array_index(lying, i);
        g_autoptr(GError) error = NULL;
        if (take_one(spool, id, &error) != 0)
            taken = TRUE;
        else
            keep(spool, id, error->message);
    }
    if (taken)
        engine_replay_everywhere(spool->engine);
}

/* Before anything is taken: names whose files are gone have done their work. */
static void look_first(Engine *engine, gpointer data)
{
    Spool *spool = engine->spool;
    (void) data;
    g_autoptr(GPtrArray) lying = spool_list(spool->store_path);
    g_autoptr(GError) error = NULL;
    spool_sweep(spool->store_path);
    if (!store_writer_forget_spooled(spool->engine->writer, lying, &error))
        g_warning("the names of letters taken before could not be forgotten: %s", error->message);
    spool_take(spool);
}

/* --- who rings -------------------------------------------------------------------------------------- */

static const char *verdict(IntentState state, const char *words)
{
    switch (state) {
    case INTENT_DONE:
        return "sent";
    case INTENT_FAILED:
    case INTENT_CONFLICT:
    case INTENT_UNDONE:
        return "refused";
    case INTENT_UNKNOWN:
        return "unknown";
    case INTENT_PENDING:
        return words != NULL ? "later" : NULL;
    case INTENT_SENDING:
        break;
    }
    return NULL;
}

/* TRUE when that was the last word. */
static gboolean tell_caller(Spool *spool, guint64 call, IntentState state, const char *words)
{
    const char *said = verdict(state, words);
    if (said == NULL)
        return FALSE;
    g_autofree char *line = words != NULL ? g_strdup_printf("%s %s", said, words) : g_strdup(said);
    doorbell_answer(spool->bell, call, line);
    doorbell_hang_up(spool->bell, call);
    return TRUE;
}

void spool_hear_intent(Spool *spool, gint64 intent_id, IntentState state, const char *words)
{
    for (guint i = spool != NULL ? spool->waiting->len : 0; i > 0; i--) {
        const Waiting *waiting = &g_array_index(spool->waiting, Waiting, i - 1);
        if (waiting->intent_id == intent_id && tell_caller(spool, waiting->call, state, words))
            g_array_remove_index(spool->waiting, i - 1);
    }
}

static void wait_for_end(Spool *spool, guint64 call, gint64 intent_id)
{
    g_autoptr(Intent) intent = store_writer_intent(spool->engine->writer, intent_id);
    Waiting waiting = { call, intent_id };
    if (intent == NULL) /* done, and so long ago that it was cleared away */
        tell_caller(spool, call, INTENT_DONE, NULL);
    else if (!tell_caller(spool, call, intent->state, intent->error))
        g_array_append_val(spool->waiting, waiting);
}

static void rung(Doorbell *bell, guint64 call, const char *line, gpointer user)
{
    Spool *spool = user;
    gboolean wait = g_str_has_prefix(line, "wait ");
    const char *id = line + strlen("wait ");
    if ((!wait && !g_str_has_prefix(line, "take ")) || !spool_id_is_valid(id)) {
        doorbell_hang_up(bell, call);
        return;
    }
    spool_take(spool);
    gint64 intent_id = store_writer_spooled(spool->engine->writer, id);
    const char *why = g_hash_table_lookup(spool->kept, id);
    g_autofree char *answer = intent_id != 0 ? g_strdup_printf("taken %" G_GINT64_FORMAT, intent_id)
                                             : g_strdup_printf("kept %s", why != NULL ? why : "");
    doorbell_answer(bell, call, answer);
    if (wait && intent_id != 0)
        wait_for_end(spool, call, intent_id);
    else
        doorbell_hang_up(bell, call);
}

/* --- life --------------------------------------------------------------------------------------------- */

static Doorbell *listen_at(Spool *spool)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = paths_directory(PATHS_RUNTIME, &error);
    g_autofree char *path = spool_socket_path(spool->store_path);
    Doorbell *bell = directory != NULL ? doorbell_open(path, spool->engine->context, rung, spool, &error) : NULL;
    if (bell == NULL)
        g_warning("letters from other programs are only looked for now and then: %s", error->message);
    return bell;
}

Spool *spool_open(Engine *engine)
{
    Spool *spool = g_new0(Spool, 1);
    spool->engine = engine;
    spool->store_path = g_strdup(store_writer_path(engine->writer));
    spool->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    spool->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
    spool->bell = listen_at(spool);
    engine_post(engine, ENGINE_PRIORITY_INTENT, look_first, NULL, NULL);
    return spool;
}

void spool_close(Spool *spool)
{
    if (spool == NULL)
        return;
    doorbell_close(spool->bell);
    g_hash_table_unref(spool->kept);
    g_array_unref(spool->waiting);
    g_free(spool->store_path);
    g_free(spool);
}
