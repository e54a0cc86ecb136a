#include "config.h"

#include "engine/filter_actions.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/subprocess.h"
#include "engine/filter_forward.h"
#include "store/filter_marks.h"

#define RUN_DEADLINE_MS 60000

typedef struct {
    char *filter, *command;
    char **environment;
    GBytes *letter;
    gint64 account_id;
} Run;

struct FilterActions {
    Engine *engine;
    void (*rested)(gpointer user);
    gpointer user;
    GQueue *runs;        /* of Run*: the first is running if there is a process */
    Subprocess *process;
    GHashTable *told;    /* what was complained about: once is enough */
};

static void run_free(gpointer data)
{
    Run *run = data;
    g_free(run->filter);
    g_free(run->command);
    g_strfreev(run->environment);
    g_bytes_unref(run->letter);
    g_free(run);
}

gboolean filter_actions_are_running(const FilterActions *actions)
{
    return !g_queue_is_empty(actions->runs);
}

FilterActions *filter_actions_new(Engine *engine, void (*rested)(gpointer user), gpointer user)
{
    FilterActions *actions = g_new0(FilterActions, 1);
    actions->engine = engine;
    actions->rested = rested;
    actions->user = user;
    actions->runs = g_queue_new();
    actions->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return actions;
}

void filter_actions_free(FilterActions *actions)
{
    if (actions->process != NULL)
        subprocess_cancel(actions->process);
    g_queue_free_full(actions->runs, run_free);
    g_hash_table_unref(actions->told);
    g_free(actions);
}

static void complain(FilterActions *actions, gint64 account_id, char *words)
{
    if (g_hash_table_add(actions->told, words))
        engine_tell_notice(actions->engine, account_id, words);
}

/* --- programs --------------------------------------------------------------------------------------- */

static void run_next(FilterActions *actions);

static void ran(const SubprocessResult *result, const GError *error, gpointer user)
{
    FilterActions *actions = user;
    Run *run = g_queue_pop_head(actions->runs);
    actions->process = NULL;
    if (result == NULL || result->status != 0) {
        g_autofree char *why = result != NULL ? subprocess_result_words(result) : g_strdup(error->message);
        g_autofree char *words = g_strdup_printf(_("Filter “%s”: “%s” %s"), run->filter, run->command, why);
        engine_tell_notice(actions->engine, run->account_id, words);
    }
    run_free(run);
    run_next(actions);
    if (g_queue_is_empty(actions->runs))
        actions->rested(actions->user);
}

/* One at a time: a hundred letters at once are no hundred processes. */
static void run_next(FilterActions *actions)
{
    while (actions->process == NULL && !g_queue_is_empty(actions->runs)) {
        Run *run = g_queue_peek_head(actions->runs);
        g_autoptr(GError) error = NULL;
        SubprocessSpec spec = { .command = run->command, .environment = (const char *const *) run->environment, .input = run->letter,
                                .deadline_ms = RUN_DEADLINE_MS };
        actions->process = subprocess_start(&spec, actions->engine->context, ran, actions, &error);
        if (actions->process == NULL) {
            engine_tell_notice(actions->engine, run->account_id, error->message);
            run_free(g_queue_pop_head(actions->runs));
        }
    }
}

static void add_variable(GPtrArray *environment, const char *name, const char *value)
{
    g_ptr_array_add(environment, g_strdup_printf("%s=%s", name, value != NULL ? value : ""));
}

static char **environment_for(const EngineAccount *account, const StoreMailbox *mailbox, const StoreMessage *message)
{
    GPtrArray *environment = g_ptr_array_new();
    add_variable(environment, "MALLE_ACCOUNT", account->config->name);
    add_variable(environment, "MALLE_MAILBOX", mailbox->name);
    add_variable(environment, "MALLE_FROM", message->row->from_address);
    add_variable(environment, "MALLE_SUBJECT", message->row->subject);
    add_variable(environment, "MALLE_MESSAGE_ID", message->summary->message_id);
    g_ptr_array_add(environment, NULL);
    return (char **) g_ptr_array_free(environment, FALSE);
}

static Run *make_run(const Filter *filter, const FilterAction *action, const EngineAccount *account, const StoreMailbox *mailbox,
                     const StoreMessage *message, GBytes *letter)
{
    Run *run = g_new(Run, 1);
    *run = (Run){ g_strdup(filter->name), g_strdup(action->text), environment_for(account, mailbox, message), g_bytes_ref(letter), account->id };
    return run;
}

/* --- decisions --------------------------------------------------------------------------------------- */

typedef struct {
    FilterActions *actions;
    EngineAccount *account;
    const StoreMailbox *mailbox;
    const StoreMessage *message;
    GBytes *letter;      /* the whole message; NULL: it is not here */
    Intent *flags;
    GPtrArray *copies;   /* of Intent* */
    GPtrArray *letters;  /* of Intent*: to be sent; their files go when they are committed */
    Intent *move;        /* the first that a filter wants; NULL: it stays */
    GPtrArray *runs;     /* of Run* */
} Wanted;

static Intent *about_message(const Wanted *wanted, IntentKind kind)
{
    Intent *intent = intent_new(kind);
    g_array_append_val(intent->message_ids, wanted->message->row->id);
    return intent;
}

static gint64 mailbox_called(Engine *engine, gint64 account_id, const char *name)
{
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox_by_name(engine->reader, account_id, name);
    return mailbox != NULL ? mailbox->id : 0;
}

/* "Lists", in the message's account; "work/Lists", in another. 0: there is none, which is told. */
static gint64 find_target(const Wanted *wanted, const Filter *filter, const char *name)
{
    Engine *engine = wanted->actions->engine;
    gint64 found = mailbox_called(engine, wanted->account->id, name);
    for (guint i = 0; found == 0 && i < engine->accounts->len; i++) {
        const EngineAccount *other = g_ptr_array_index(engine->accounts, i);
        gsize length = strlen(other->config->name);
        if (strncmp(name, other->config->name, length) == 0 && name[length] == '/')
            found = mailbox_called(engine, other->id, name + length + 1);
    }
    if (found == 0)
        complain(wanted->actions, wanted->account->id,
                 g_strdup_printf(_("Filter “%s”: there is no mailbox %s here, so its messages stay where they are."), filter->name, name));
    return found;
}

static void want_place(Wanted *wanted, const Filter *filter, const FilterAction *action)
{
    gboolean moves = action->kind == FILTER_MOVE;
    gint64 target = moves && wanted->move != NULL ? 0 : find_target(wanted, filter, action->text);
    if (target == 0 || target == wanted->mailbox->id)
        return;
    Intent *intent = about_message(wanted, moves ? INTENT_MOVE : INTENT_COPY);
    intent->target_mailbox_id = target;
    if (moves)
        wanted->move = intent;
    else
        g_ptr_array_add(wanted->copies, intent);
}

static void add_word(char **words, const char *word)
{
    char *more = keywords_add(*words, word);
    g_free(*words);
    *words = more;
}

static void want_mark(Wanted *wanted, const FilterAction *action)
{
    if (wanted->flags == NULL)
        wanted->flags = about_message(wanted, INTENT_FLAGS);
    if (action->kind == FILTER_KEYWORD) {
        add_word(action->remove ? &wanted->flags->remove_keywords : &wanted->flags->add_keywords, action->text);
    } else if (action->remove) {
        wanted->flags->remove |= action->flags;
    } else {
        wanted->flags->add |= action->flags;
    }
}

/* The letter is needed whole. */
static gboolean has_letter(const Wanted *wanted, const Filter *filter)
{
    if (wanted->letter == NULL)
        complain(wanted->actions, wanted->account->id,
                 g_strdup_printf(_("Filter “%s”: the whole message could not be read, so it was not handed on."), filter->name));
    return wanted->letter != NULL;
}

static void want_forward(Wanted *wanted, const Filter *filter, const FilterAction *action)
{
    g_autoptr(GError) error = NULL;
    Intent *intent = has_letter(wanted, filter)
                         ? filter_forward(wanted->account->config, wanted->account->id, wanted->letter, action->text, &error)
                         : NULL;
    if (intent != NULL)
        g_ptr_array_add(wanted->letters, intent);
    else if (error != NULL)
        complain(wanted->actions, wanted->account->id, g_strdup(error->message));
}

static void want_run(Wanted *wanted, const Filter *filter, const FilterAction *action)
{
    if (has_letter(wanted, filter))
        g_ptr_array_add(wanted->runs, make_run(filter, action, wanted->account, wanted->mailbox, wanted->message, wanted->letter));
}

static void want(Wanted *wanted, const Filter *filter)
{
    for (guint i = 0; i < filter->actions->len; i++) {
        const FilterAction *action = g_ptr_array_index(filter->actions, i);
        switch (action->kind) {
        case FILTER_MOVE:
        case FILTER_COPY:
            want_place(wanted, filter, action);
            break;
        case FILTER_FLAG:
        case FILTER_KEYWORD:
            want_mark(wanted, action);
            break;
        case FILTER_RUN:
            want_run(wanted, filter, action);
            break;
        case FILTER_FORWARD:
            want_forward(wanted, filter, action);
            break;
        case FILTER_STOP:
            break;
        }
    }
}

/* Only where the mailbox keeps keywords: elsewhere the mark of this machine has to do. */
static void mark_as_filtered(Wanted *wanted)
{
    const FilterAction mark = { .kind = FILTER_KEYWORD, .text = (char *) FILTER_MARK_KEYWORD };
    if (wanted->runs->len + wanted->letters->len > 0 && (wanted->mailbox->attributes & MAILBOX_NEW_KEYWORDS) != 0)
        want_mark(wanted, &mark);
}

static gboolean commit_one(Engine *engine, Intent *intent, gint64 *group, GArray *all, GError **error)
{
    g_autoptr(GArray) ids = NULL;
    intent->group = *group;
    if (!store_writer_commit_intent(engine->writer, intent, &ids, error))
        return FALSE;
    g_array_append_vals(all, ids->data, ids->len);
    if (*group == 0 && ids->len > 0) {
        g_autoptr(Intent) first = store_writer_intent(engine->writer, g_array_index(ids, gint64, 0));
        *group = first != NULL ? first->group : 0;
    }
    return TRUE;
}

/* One that is refused (a keyword that the server does not take) holds up none of the others. */
static void commit_or_tell(const Wanted *wanted, Intent *intent, gint64 *group, GArray *all)
{
    g_autoptr(GError) error = NULL;
    if (intent != NULL && !commit_one(wanted->actions->engine, intent, group, all, &error))
        complain(wanted->actions, wanted->account->id, g_strdup_printf(_("A filter could not do all it should: %s"), error->message));
}

static gboolean commit(Wanted *wanted, gint64 arrived_in, GArray *all, GError **error)
{
    StoreWriter *writer = wanted->actions->engine->writer;
    gint64 group = 0;
    if (!store_writer_begin(writer, error))
        return FALSE;
    commit_or_tell(wanted, wanted->flags, &group, all);
    for (guint i = 0; i < wanted->copies->len; i++)
        commit_or_tell(wanted, g_ptr_array_index(wanted->copies, i), &group, all);
    for (guint i = 0; i < wanted->letters->len; i++)
        commit_or_tell(wanted, g_ptr_array_index(wanted->letters, i), &group, all);
    commit_or_tell(wanted, wanted->move, &group, all);
    if (arrived_in != 0 && !store_writer_filters_passed(writer, arrived_in, wanted->message->row->id, error)) {
        store_writer_rollback(writer);
        return FALSE;
    }
    return store_writer_commit(writer, error);
}

static void start_runs(Wanted *wanted)
{
    for (guint i = 0; i < wanted->runs->len; i++)
        g_queue_push_tail(wanted->actions->runs, g_ptr_array_index(wanted->runs, i));
    g_ptr_array_set_free_func(wanted->runs, NULL);
    run_next(wanted->actions);
}

gboolean filter_actions_do(FilterActions *actions, EngineAccount *account, const StoreMailbox *mailbox, const StoreMessage *message,
                           const GArray *opinions, gint64 arrived_in, GError **error)
{
    g_autoptr(GBytes) letter = filters_need_whole(opinions) ? store_reader_body(actions->engine->reader, message->row->id, "") : NULL;
    g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    g_autoptr(GPtrArray) letters = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func(run_free);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(gint64));
    Wanted wanted = { .actions = actions, .account = account, .mailbox = mailbox, .message = message, .letter = letter, .copies = copies,
                      .letters = letters, .runs = runs };
    for (guint i = 0; i < opinions->len; i++) {
        const FilterOpinion *opinion = &g_array_index(opinions, FilterOpinion, i);
        if (opinion->answer == QUERY_YES)
            want(&wanted, opinion->filter);
    }
    mark_as_filtered(&wanted);
    gboolean done = commit(&wanted, arrived_in, all, error);
    if (done) {
        start_runs(&wanted);
        engine_decided(actions->engine, all);
    }
    for (guint i = 0; i < letters->len; i++)
        g_unlink(((const Intent *) g_ptr_array_index(letters, i))->path);
    intent_free(wanted.flags);
    intent_free(wanted.move);
    return done;
}
