/* malle do 'COMMAND ARGUMENTS'…: decisions made from a script, through the same doors as on the screen (model/), so that they go through
 * the journal and can be undone. The names are those of the screen's commands; tests/cli/test-do holds them to its table.
 */
#include "config.h"

#include "cli/do.h"

#include <poll.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/headless.h"
#include "cli/print.h"
#include "model/actions.h"
#include "model/list.h"
#include "model/mailbox_tree.h"

typedef struct {
    Headless *headless;
    Model *model;
    MailboxTree *tree;
    ModelList *list;       /* of the open mailbox; NULL: none is open */
    guint64 said;          /* serial of the last notice said */
    gboolean refused;      /* one of them was that something was not done */
    gboolean waiting;      /* for a pattern to be looked through */
} Doing;

/* --- the loop --------------------------------------------------------------------------------------------- */

static void say_notices(Doing *doing)
{
    const GPtrArray *notices = model_notices(doing->model);
    for (guint i = 0; i < notices->len; i++) {
        const ModelNotice *notice = g_ptr_array_index(notices, i);
        if (notice->serial <= doing->said)
            continue;
        doing->said = notice->serial;
        doing->refused = doing->refused || notice->kind == MODEL_NOTICE_ERROR;
        cli_tell("%s\n", notice->text);
    }
}

static void answer_decisions(Doing *doing)
{
    const ModelDecision *waiting;
    while ((waiting = model_decision(doing->model)) != NULL) {
        g_autoptr(Secret) secret = NULL;
        guint64 id = waiting->decision->id;
        gboolean answered = headless_ask(waiting->decision, &secret);
        model_answer(doing->model, id, answered ? "retry" : NULL, answered ? secret_text(secret) : NULL);
    }
}

/* Takes what the engine says, waiting for it. */
static void turn(Doing *doing)
{
    struct pollfd wait = { .fd = model_fd(doing->model), .events = POLLIN };
    poll(&wait, 1, -1);
    model_dispatch(doing->model);
    say_notices(doing);
    answer_decisions(doing);
}

/* Until everything decided so far is in the store. */
static void wait_for_commit(Doing *doing)
{
    gint before = g_atomic_int_get(&doing->headless->markers);
    headless_mark(doing->headless);
    while (g_atomic_int_get(&doing->headless->markers) == before)
        turn(doing);
    model_dispatch(doing->model);
    say_notices(doing);
}

static gboolean link_is_hopeless(const Doing *doing)
{
    guint hopeless = 0, count = model_n_accounts(doing->model);
    for (guint i = 0; i < count; i++) {
        AccountState state = model_account(doing->model, i)->status.state;
        hopeless += state == ACCOUNT_WAITING || state == ACCOUNT_STOPPED;
    }
    return hopeless == count;
}

/* Letters and copies of them that cannot go now say why, and are waited for by nobody here. */
enum { WAITING_MAX = 1000 };

static gboolean nothing_is_under_way(const Doing *doing)
{
    g_autoptr(GPtrArray) waiting =
        store_reader_intents(doing->headless->reader, 1u << INTENT_PENDING | 1u << INTENT_SENDING, WAITING_MAX);
    for (guint i = 0; i < waiting->len; i++) {
        const Intent *intent = g_ptr_array_index(waiting, i);
        if (headless_worth_waiting(intent) && ((intent->kind != INTENT_SEND && intent->kind != INTENT_APPEND) || intent->error == NULL))
            return FALSE;
    }
    return TRUE;
}

/* Until the servers have answered everything. FALSE: a link is missing, and the decisions stay in the journal. */
static gboolean wait_for_servers(Doing *doing)
{
    for (;;) {
        if (nothing_is_under_way(doing))
            return TRUE;
        if (link_is_hopeless(doing))
            return FALSE;
        turn(doing);
    }
}

/* --- the commands -------------------------------------------------------------------------------------------- */

static GArray *targets(Doing *doing, GError **error)
{
    if (doing->list != NULL)
        return model_list_targets(doing->list, MODEL_TARGET_TAGGED, error);
    g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOTHING, _("no mailbox is open: change-mailbox MAILBOX comes first"));
    return NULL;
}

/* That of the open mailbox, else the first. */
static gint64 account_here(Doing *doing)
{
    const MailboxRow *row = doing->list != NULL ? mailbox_tree_mailbox(doing->tree, model_list_mailbox(doing->list)) : NULL;
    if (row != NULL)
        return row->account_id;
    return model_n_accounts(doing->model) > 0 ? model_account(doing->model, 0)->id : 0;
}

static gint64 find_mailbox(Doing *doing, const char *name, GError **error)
{
    if (!mailbox_tree_refresh(doing->tree, error))
        return 0;
    return mailbox_tree_resolve(doing->tree, account_here(doing), name, error);
}

static gboolean do_change_mailbox(Doing *doing, const char *argument, GError **error)
{
    gint64 mailbox = find_mailbox(doing, argument, error);
    if (mailbox == 0)
        return FALSE;
    g_clear_pointer(&doing->list, model_list_free);
    doing->list = model_list_new(doing->model, mailbox);
    return model_list_refresh(doing->list, error);
}

static void tagged(ModelList *list, guint count, guint unknown, gpointer user_data)
{
    (void) list;
    Doing *doing = user_data;
    doing->waiting = FALSE;
    cli_tell(ngettext("%u message tagged\n", "%u messages tagged\n", count), count);
    if (unknown > 0)
        cli_tell(ngettext("%u message could not be told: its text is not here\n", "%u messages could not be told: their text is not here\n", unknown),
                 unknown);
}

static gboolean tag(Doing *doing, const char *pattern, gboolean on, GError **error)
{
    if (doing->list == NULL)
        return targets(doing, error) != NULL; /* says what is missing */
    doing->waiting = TRUE;
    if (!model_list_tag_query(doing->list, pattern, on, tagged, doing, NULL, error))
        return FALSE;
    while (doing->waiting)
        turn(doing);
    return TRUE;
}

static gboolean do_tag_pattern(Doing *doing, const char *argument, GError **error)
{
    return tag(doing, argument, TRUE, error);
}

static gboolean do_untag_pattern(Doing *doing, const char *argument, GError **error)
{
    return tag(doing, argument, FALSE, error);
}

/* Most commands hand the tagged messages to one function of the model. */
typedef gboolean (*OnMessages)(Model *model, const GArray *message_ids, GError **error);

static gboolean on_tagged(Doing *doing, OnMessages function, GError **error)
{
    g_autoptr(GArray) ids = targets(doing, error);
    return ids != NULL && function(doing->model, ids, error);
}

static gboolean do_delete(Doing *doing, const char *argument, GError **error)
{
    (void) argument;
    return on_tagged(doing, model_delete, error);
}

static gboolean do_undelete(Doing *doing, const char *argument, GError **error)
{
    (void) argument;
    return on_tagged(doing, model_undelete, error);
}

static gboolean do_archive(Doing *doing, const char *argument, GError **error)
{
    (void) argument;
    return on_tagged(doing, model_archive, error);
}

static gboolean do_junk(Doing *doing, const char *argument, GError **error)
{
    (void) argument;
    return on_tagged(doing, model_junk, error);
}

static gboolean do_move(Doing *doing, const char *argument, GError **error)
{
    g_autoptr(GArray) ids = targets(doing, error);
    gint64 mailbox = ids != NULL ? find_mailbox(doing, argument, error) : 0;
    return mailbox != 0 && model_move(doing->model, ids, mailbox, error);
}

static gboolean do_copy(Doing *doing, const char *argument, GError **error)
{
    g_autoptr(GArray) ids = targets(doing, error);
    gint64 mailbox = ids != NULL ? find_mailbox(doing, argument, error) : 0;
    return mailbox != 0 && model_copy(doing->model, ids, mailbox, error);
}

static gboolean do_append(Doing *doing, const char *argument, GError **error)
{
    return mailbox_tree_refresh(doing->tree, error) &&
           model_append_line(doing->model, doing->tree, account_here(doing), argument, error);
}

static gboolean do_save_draft(Doing *doing, const char *argument, GError **error)
{
    return mailbox_tree_refresh(doing->tree, error) && model_save_draft(doing->model, account_here(doing), argument, error);
}

/* A flag in words, or a keyword. */
static gboolean change_flag(Doing *doing, const char *word, gboolean set, GError **error)
{
    static const struct {
        const char *word;
        MailFlags flag;
        gboolean inverse;
    } words[] = {
        { "read", MAIL_FLAG_SEEN, FALSE },        { "unread", MAIL_FLAG_SEEN, TRUE },         { "flagged", MAIL_FLAG_FLAGGED, FALSE },
        { "answered", MAIL_FLAG_ANSWERED, FALSE }, { "deleted", MAIL_FLAG_DELETED, FALSE },   { "junk", MAIL_FLAG_JUNK, FALSE },
    };
    g_autoptr(GArray) ids = targets(doing, error);
    if (ids == NULL)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].word, word) == 0) {
            gboolean add = set != words[i].inverse;
            return model_set_flags(doing->model, ids, add ? words[i].flag : 0, add ? 0 : words[i].flag, error);
        }
    return model_set_keywords(doing->model, ids, set ? word : NULL, set ? NULL : word, error);
}

static gboolean do_set_flag(Doing *doing, const char *argument, GError **error)
{
    return change_flag(doing, argument, TRUE, error);
}

static gboolean do_clear_flag(Doing *doing, const char *argument, GError **error)
{
    return change_flag(doing, argument, FALSE, error);
}

static gboolean do_expunge(Doing *doing, const char *argument, GError **error)
{
    (void) argument;
    if (doing->list == NULL)
        return targets(doing, error) != NULL;
    return model_expunge(doing->model, model_list_mailbox(doing->list), error);
}

static gboolean do_undo(Doing *doing, const char *argument, GError **error)
{
    (void) argument;
    return model_undo(doing->model, error);
}

static gboolean do_create(Doing *doing, const char *argument, GError **error)
{
    if (model_n_accounts(doing->model) != 1) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("which account? Name it: malle -a ACCOUNT do …"));
        return FALSE;
    }
    return model_mailbox_create(doing->model, model_account(doing->model, 0)->id, argument, error);
}

static gboolean do_rename(Doing *doing, const char *argument, GError **error)
{
    if (doing->list == NULL)
        return targets(doing, error) != NULL;
    return model_mailbox_rename(doing->model, model_list_mailbox(doing->list), argument, error);
}

static gboolean do_delete_mailbox(Doing *doing, const char *argument, GError **error)
{
    gint64 mailbox = find_mailbox(doing, argument, error);
    return mailbox != 0 && model_mailbox_delete(doing->model, mailbox, error);
}

static gboolean do_subscribe(Doing *doing, const char *argument, GError **error)
{
    gint64 mailbox = find_mailbox(doing, argument, error);
    return mailbox != 0 && model_mailbox_subscribe(doing->model, mailbox, TRUE, error);
}

static gboolean do_unsubscribe(Doing *doing, const char *argument, GError **error)
{
    gint64 mailbox = find_mailbox(doing, argument, error);
    return mailbox != 0 && model_mailbox_subscribe(doing->model, mailbox, FALSE, error);
}

/* --- the table ------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    gboolean needs_argument;
    gboolean (*run)(Doing *doing, const char *argument, GError **error);
} rows[] = {
    { "change-mailbox", TRUE, do_change_mailbox },
    { "tag-pattern", TRUE, do_tag_pattern },
    { "untag-pattern", TRUE, do_untag_pattern },
    { "delete-message", FALSE, do_delete },
    { "undelete-message", FALSE, do_undelete },
    { "archive-message", FALSE, do_archive },
    { "junk-message", FALSE, do_junk },
    { "move-message", TRUE, do_move },
    { "copy-message", TRUE, do_copy },
    { "append-file", TRUE, do_append },
    { "save-draft", TRUE, do_save_draft },
    { "set-flag", TRUE, do_set_flag },
    { "clear-flag", TRUE, do_clear_flag },
    { "expunge", FALSE, do_expunge },
    { "undo", FALSE, do_undo },
    { "create-mailbox", TRUE, do_create },
    { "rename-mailbox", TRUE, do_rename },
    { "delete-mailbox", TRUE, do_delete_mailbox },
    { "subscribe", TRUE, do_subscribe },
    { "unsubscribe", TRUE, do_unsubscribe },
};

const char *const *do_command_names(void)
{
    static const char *const names[] = {
        "change-mailbox", "tag-pattern", "untag-pattern",  "delete-message", "undelete-message", "archive-message", "junk-message",
        "move-message",   "copy-message", "append-file",   "save-draft",     "set-flag",         "clear-flag",      "expunge",
        "undo",           "create-mailbox", "rename-mailbox", "delete-mailbox", "subscribe",     "unsubscribe",     NULL,
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(names) == G_N_ELEMENTS(rows) + 1);
    return names;
}

static gboolean run_line(Doing *doing, const char *line, GError **error)
{
    g_autofree char *text = g_strstrip(g_strdup(line));
    gsize length = strcspn(text, " \t");
    g_autofree char *name = g_strndup(text, length);
    const char *argument = text + length + strspn(text + length, " \t");
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        if (rows[i].needs_argument == (*argument != '\0'))
            return rows[i].run(doing, argument, error);
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX,
                    rows[i].needs_argument ? _("%s needs something behind it") : _("%s takes nothing behind it"), name);
        return FALSE;
    }
    g_autofree char *meant = config_suggest_words(name, do_command_names());
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_NAME, _("there is no command “%s” without a screen%s"), name, meant);
    return FALSE;
}

/* The first that fails ends it: those behind may have been meant for what it would have done. */
static gboolean run_lines(Doing *doing, char **lines, ExitCode *status)
{
    for (char **line = lines; *line != NULL; line++) {
        g_autoptr(GError) error = NULL;
        wait_for_commit(doing); /* a line finds what the one before it has decided */
        if (run_line(doing, *line, &error)) {
            say_notices(doing);
            continue;
        }
        cli_complain("%s: %s", *line, error->message);
        *status = error->domain == CONFIG_ERROR ? EXIT_CODE_USAGE : EXIT_CODE_DATA;
        return FALSE;
    }
    return TRUE;
}

static ExitCode run(Headless *headless, char **lines, gboolean offline)
{
    ExitCode status = EXIT_CODE_OK;
    g_autoptr(GError) error = NULL;
    g_autoptr(Model) model = model_new(headless->queue);
    if (!model_attach(model, headless->engine, headless->store_path, headless->accounts, &error)) {
        cli_complain("%s", error->message);
        return EXIT_CODE_DATA;
    }
    Doing doing = { .headless = headless, .model = model, .tree = mailbox_tree_new(model) };
    wait_for_commit(&doing); /* the accounts are in the store */
    run_lines(&doing, lines, &status);
    wait_for_commit(&doing);
    if (!offline && !wait_for_servers(&doing)) {
        cli_complain(_("the servers cannot be reached now; what was decided is kept and sent by the next “malle sync”"));
        status = status == EXIT_CODE_OK ? EXIT_CODE_TEMPORARY : status;
    }
    if (doing.refused && status == EXIT_CODE_OK)
        status = EXIT_CODE_DATA;
    g_clear_pointer(&doing.list, model_list_free);
    mailbox_tree_free(doing.tree);
    model_detach(model);
    return status;
}

int cli_do(const CliSettings *settings, int argc, char **argv)
{
    ExitCode status = EXIT_CODE_OK;
    CliSettings mine = *settings;
    int index = 1;
    if (index < argc && strcmp(argv[index], "--offline") == 0) {
        mine.offline = TRUE;
        index++;
    }
    if (index >= argc) {
        cli_complain(_("this is not: malle do [--offline] 'COMMAND ARGUMENTS'…"));
        return EXIT_CODE_USAGE;
    }
    g_autoptr(Headless) headless = headless_open(&mine, &status);
    return (int) (headless != NULL ? run(headless, argv + index, mine.offline) : status);
}
