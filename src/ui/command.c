#include "config.h"
#include "ui/command.h"

#include <string.h>

#include "base/i18n.h"
#include "config/problem.h"
#include "ui/app.h"
#include "ui/commands.h"

G_DEFINE_QUARK(malle - ui - error - quark, ui_error)

const char *const command_context_names[] = { "list", "reader",  "sidebar", "attachments", "journal",
                                              "text", "welcome", "compose", "any", NULL };

const char *command_context_name(CommandContexts one)
{
    for (guint i = 0; i < 8; i++)
        if (one == (CommandContexts)(1u << i))
            return command_context_names[i];
    return "any";
}

CommandContexts command_context_parse(const char *word)
{
    for (guint i = 0; command_context_names[i]; i++)
        if (strcmp(word, command_context_names[i]) == 0)
            return i < 8 ? (CommandContexts)(1u << i) : CONTEXT_ANY;
    return 0;
}

const char *command_group_title(CommandGroup group)
{
    static const char *const titles[GROUP_COUNT] = {
        [GROUP_MOVING] = N_("Moving"),
        [GROUP_MESSAGES] = N_("Doing something with messages"),
        [GROUP_LETTERS] = N_("Writing and sending"),
        [GROUP_CHOOSING] = N_("Finding, sorting, selecting"),
        [GROUP_READING] = N_("Reading"),
        [GROUP_PARTS] = N_("Attachments"),
        [GROUP_MAILBOXES] = N_("Mailboxes"),
        [GROUP_ACCOUNTS] = N_("Accounts, and what waits to be sent"),
        [GROUP_PROGRAM] = N_("The program"),
    };
    return _(titles[group]);
}

const Command *command_find(const char *name)
{
    guint count;
    const Command *table = command_table(&count);
    for (guint i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

/* What hands used to other clients type. */
static const Command *by_other_name(const char *word)
{
    static const struct {
        const char *word, *name;
    } others[] = {
        { "cf", "change-mailbox" }, { "cp", "copy-message" },        { "delete", "delete-message" }, { "exit", "quit" },
        { "filter", "limit" },      { "flag", "flag-message" },      { "modify-labels", "label" },   { "move", "move-message" },  { "mv", "move-message" },
        { "pipe", "pipe-message" }, { "print", "print-message" },    { "q", "quit" },                { "read", "read-message" },
        { "toggle-threads", "fold-all" }, { "term", "shell" },       { "unread", "unread-message" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(others[i].word, word) == 0)
            return command_find(others[i].name);
    return NULL;
}

/* --- lines ------------------------------------------------------------------------------------- */

static const Command *find_by_beginning(const char *word, GError **error)
{
    guint count, found = 0;
    const Command *table = command_table(&count), *one = NULL;
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < count; i++)
        if (g_str_has_prefix(table[i].name, word)) {
            one = &table[i];
            if (++found <= 5)
                g_string_append_printf(names, "%s%s", names->len ? ", " : "", table[i].name);
        }
    if (found == 1)
        return one;
    if (found > 1) {
        g_set_error(error, UI_ERROR, UI_ERROR_COMMAND, _("“%s” could be several commands: %s%s"), word,
                    names->str, found > 5 ? " …" : "");
        return NULL;
    }
    g_autoptr(GPtrArray) candidates = g_ptr_array_new();
    for (guint i = 0; i < count; i++)
        g_ptr_array_add(candidates, (gpointer)table[i].name);
    g_ptr_array_add(candidates, NULL);
    g_autofree char *meant = config_suggest_words(word, (const char *const *)candidates->pdata);
    g_set_error(error, UI_ERROR, UI_ERROR_COMMAND, _("There is no command “%s”%s"), word, meant);
    return NULL;
}

const Command *command_parse(const char *line, char **argument, GError **error)
{
    while (*line == ' ' || *line == ':')
        line++;
    const char *end = line;
    while (*end && *end != ' ')
        end++;
    g_autofree char *word = g_strndup(line, (gsize)(end - line));
    if (argument)
        *argument = g_strstrip(g_strdup(end));
    if (!*word) {
        g_set_error_literal(error, UI_ERROR, UI_ERROR_COMMAND, _("No command was given."));
        return NULL;
    }
    const Command *command = command_find(word);
    return command ? command : by_other_name(word) ? by_other_name(word) : find_by_beginning(word, error);
}

/* --- running ----------------------------------------------------------------------------------- */

static gboolean lacks(GError **error, const char *words)
{
    g_set_error_literal(error, UI_ERROR, UI_ERROR_IMPOSSIBLE, words);
    return FALSE;
}

gboolean command_is_possible(Ui *ui, const Command *command, GError **error)
{
    CommandNeeds needs = command->needs;
    gboolean any_message = needs & (NEEDS_MESSAGE | NEEDS_READER | NEEDS_ATTACHMENT);
    if ((needs || command->contexts == CONTEXT_MAIL) && !model_is_attached(ui->model))
        return lacks(error, _("There is no account yet: choose one of the offers on the welcome screen."));
    if ((needs & (NEEDS_MAILBOX | NEEDS_THREADS)) && !ui->list)
        return lacks(error, _("No mailbox is open."));
    if (any_message && !ui->message && !(ui->list && model_list_selected(ui->list)))
        return lacks(error, _("No message is selected."));
    if ((needs & NEEDS_READER) && !ui->message)
        return lacks(error, _("No message is open."));
    if (needs & NEEDS_THREADS) {
        gboolean descending;
        if (model_list_order(ui->list, &descending) != STORE_ORDER_THREAD)
            return lacks(error, _("The list is not in threads: sort it by thread first (o, then t)."));
    }
    return TRUE;
}

typedef struct {
    const Command *command;
    gboolean tagged;
} Asked;

static gboolean run_now(Ui *ui, const Command *command, const char *argument, gboolean tagged)
{
    g_autoptr(GError) error = NULL;
    CommandCall call = { command, argument, tagged };
    gboolean done = command->run(ui, &call, &error);
    if (!done && error)
        ui_complain(ui, error);
    ui_redraw(ui);
    return done;
}

static void asked_done(Ui *ui, const char *text, gpointer user_data)
{
    Asked *asked = user_data;
    g_autofree char *argument = text ? g_strstrip(g_strdup(text)) : NULL;
    if (!argument || (!*argument && !asked->command->may_be_empty))
        return;
    ui_typed_begin(ui, _(asked->command->prompt), text, asked->command);
    run_now(ui, asked->command, argument, asked->tagged);
    ui_typed_end(ui);
}

static GPtrArray *complete_argument(const char *text, gsize cursor, gsize *word_start, gpointer user_data)
{
    Ui *ui = user_data;
    const Command *command = prompt_command(ui);
    *word_start = 0;
    return command && command->complete ? command->complete(ui, text, cursor, word_start) : NULL;
}

static void ask_argument(Ui *ui, const Command *command, gboolean tagged)
{
    Asked *asked = g_new0(Asked, 1);
    *asked = (Asked){ command, tagged };
    g_autofree char *initial = command_initial_argument(ui, command);
    PromptLine line = {
        .label = _(command->prompt),
        .initial = initial,
        .history = command->complete && command->complete != complete_pattern ? NULL : ui->search_history,
        .completer = command->complete ? complete_argument : NULL,
        .completer_data = ui,
        .command = command,
    };
    prompt_line(ui, &line, asked_done, asked, g_free);
}

gboolean command_run(Ui *ui, const Command *command, const char *argument)
{
    g_autoptr(GError) error = NULL;
    gboolean tagged = ui->tag_prefix;
    /* ";" holds for one command, whatever becomes of it. */
    gboolean names_another = strcmp(command->name, "command-line") == 0; /* which ";" then is for */
    if (!(command->needs & NEEDS_TAGGABLE) && tagged && !names_another && strcmp(command->name, "tag-prefix") != 0) {
        ui->tag_prefix = FALSE;
        g_set_error(&error, UI_ERROR, UI_ERROR_IMPOSSIBLE, _("%s does not work on tagged messages."),
                    command->name);
        ui_complain(ui, error);
        return FALSE;
    }
    ui->tag_prefix = tagged && names_another;
    if (!command_is_possible(ui, command, &error)) {
        ui_complain(ui, error);
        return FALSE;
    }
    if (command->argument == ARGUMENT_NONE && *argument) {
        g_set_error(&error, UI_ERROR, UI_ERROR_ARGUMENT, _("%s takes nothing behind it."), command->name);
        ui_complain(ui, error);
        return FALSE;
    }
    if (!(command->argument == ARGUMENT_NEEDED && !*argument))
        return run_now(ui, command, argument, tagged);
    ask_argument(ui, command, tagged);
    return TRUE;
}

/* --- completion -------------------------------------------------------------------------------- */

static GPtrArray *complete_name(Ui *ui, const char *text, gsize cursor)
{
    GPtrArray *found = completions_new();
    guint count;
    const Command *table = command_table(&count);
    CommandContexts here = ui_context_now(ui);
    for (guint i = 0; i < count; i++) {
        if (strncmp(table[i].name, text, cursor) != 0)
            continue;
        g_autofree char *key = keymap_find(ui->keymap, here, table[i].name);
        g_autofree char *help =
            key ? g_strdup_printf("%s  (%s)", _(table[i].help), key) : g_strdup(_(table[i].help));
        g_ptr_array_add(found, completion_new(table[i].name, help));
    }
    return found;
}

GPtrArray *command_complete_line(const char *text, gsize cursor, gsize *word_start, gpointer user_data)
{
    Ui *ui = user_data;
    const char *space = memchr(text, ' ', cursor);
    *word_start = 0;
    if (!space)
        return complete_name(ui, text, cursor);
    g_autofree char *name = g_strndup(text, (gsize)(space - text));
    const Command *command = command_parse(name, NULL, NULL);
    if (!command || !command->complete)
        return NULL;
    while (space < text + cursor && *space == ' ')
        space++;
    gsize offset = (gsize)(space - text), start = 0;
    GPtrArray *found = command->complete(ui, space, cursor - offset, &start);
    *word_start = offset + start;
    return found;
}
