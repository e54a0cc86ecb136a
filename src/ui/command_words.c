/* What the table says to people: the manual, and what prompts begin with. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "config/keys.h"
#include "ui/compose.h"

/* "Name <address>" of who wrote the message. */
static char *sender(Ui *ui)
{
    if (ui->message && (ui->focus == ui->reader || ui->overlays->len > 0)) {
        const MessageSummary *summary = model_message_summary(ui->message);
        return summary && summary->from->len > 0 ? mail_address_format(summary->from->pdata[0]) : NULL;
    }
    const ModelListRow *row = ui->list ? model_list_selected(ui->list) : NULL;
    if (!row || !row->row->from_address)
        return NULL;
    MailAddress address = { row->row->from_name, row->row->from_address };
    return mail_address_format(&address);
}

/* What an attachment of the letter says now of what is about to be changed. */
static char *attachment_words(Ui *ui, const Command *command)
{
    View *view = ui_focused(ui);
    int index = view->class->context == CONTEXT_COMPOSE ? view_compose_attachment(view) : -1;
    if (index < 0)
        return NULL;
    const LetterAttachment *attachment = model_compose_attachments(view_compose_letter(view))->pdata[index];
    return g_strdup(command->name[0] == 'r' ? attachment->name : command->name[0] == 'd' ? attachment->description : attachment->type);
}

char *command_initial_argument(Ui *ui, const Command *command)
{
    if ((strcmp(command->name, "move-message") == 0 || strcmp(command->name, "copy-message") == 0) &&
        ui->last_move_target) {
        const MailboxRow *row = mailbox_tree_mailbox(ui->tree, ui->last_move_target);
        return row && row->account_id == ui_account_id(ui) ? g_strdup(row->full_name) : NULL;
    }
    if (strcmp(command->name, "add-contact") == 0)
        return sender(ui);
    if (strcmp(command->name, "rename-attachment") == 0 || strcmp(command->name, "attachment-type") == 0 ||
        strcmp(command->name, "describe-attachment") == 0)
        return attachment_words(ui, command);
    if (strcmp(command->name, "search-all") == 0)
        return ui->list ? g_strdup(model_list_found_by(ui->list)) : NULL;
    if (strcmp(command->name, "limit") == 0)
        return g_strdup(model_list_limit(ui->list));
    if (strcmp(command->name, "save-attachment") == 0) {
        const char *folder = options_text(ui->options, OPTION_DOWNLOADS);
        return folder && *folder ? g_strdup_printf("%s%s", folder, g_str_has_suffix(folder, "/") ? "" : "/")
                                 : NULL;
    }
    if (strcmp(command->name, "keep-offline") == 0) {
        const MailboxRow *row = ui_meant_mailbox(ui);
        return row ? keep_rule_format(&row->keep) : NULL;
    }
    if (strcmp(command->name, "rename-mailbox") == 0) {
        gint64 id = ui->focus == ui->sidebar ? view_sidebar_mailbox(ui->sidebar) : 0;
        const MailboxRow *row = id ? mailbox_tree_mailbox(ui->tree, id) : NULL;
        return row ? g_strdup(row->full_name) : NULL;
    }
    return NULL;
}

static const char *const set_names[KEYS_COUNT] = { [KEYS_MUTT] = "mutt", [KEYS_ALPINE] = "alpine", [KEYS_VI] = "vi" };

/* --- key files ---------------------------------------------------------------------------------- */

typedef struct {
    GString *out;
    const char *place, *command;
} FileRow;

static void add_file_row(const char *const *keys, const char *line, gpointer user_data)
{
    const FileRow *row = user_data;
    if (strcmp(line, row->command) != 0)
        return;
    g_autofree char *sequence = key_sequence_format(keys);
    g_string_append_printf(row->out, "bind %-12s %-14s %s\n", row->place, sequence, line);
}

char *ui_keys_file(const char *set)
{
    guint number = 0, count;
    while (number < KEYS_COUNT && strcmp(set_names[number], set) != 0)
        number++;
    if (number == KEYS_COUNT)
        return NULL;
    const Command *table = command_table(&count);
    Keymap *keymap = keymap_new();
    keymap_add_defaults(keymap, (CommandKeySet)number);
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "# The keys of %s's set, as they are without a key file; copy what you want to change into a file \"keys\"\n"
                                "# beside Malle's file \"config\". See malle-keys(5).\n", set);
    for (guint i = 0; i < count; i++) {
        gboolean titled = FALSE;
        for (guint bit = 1; bit <= CONTEXT_ANY; bit <<= 1) {
            g_autofree char *any = keymap_find(keymap, bit, table[i].name);
            if (any && !titled)
                g_string_append_printf(out, "\n# %s\n", table[i].help);
            titled |= any != NULL;
            FileRow row = { out, command_context_name(bit), table[i].name };
            keymap_each_keys(keymap, bit, add_file_row, &row);
        }
    }
    keymap_free(keymap);
    return g_string_free(out, FALSE);
}

/* --- the manual ------------------------------------------------------------------------------------------
 */

/* Backslashes mean something to roff everywhere; a dot or a quote at the start of a line does, and no text
 * here starts with one. */
static void append_roff(GString *out, const char *text)
{
    for (; *text; text++)
        g_string_append(out, *text == '\\' ? "\\e" : (char[]){ *text, '\0' });
}

/* "d (list, reader); D (sidebar)", equal keys told once; "" when there are none. */
static char *keys_of(const Keymap *keymap, const Command *command)
{
    GString *line = g_string_new(NULL);
    for (guint bit = 1; bit <= CONTEXT_ANY; bit <<= 1) {
        g_autofree char *keys = keymap_find_all(keymap, bit, command->name);
        g_autoptr(GString) places = g_string_new(NULL);
        gboolean told = FALSE, everywhere = TRUE;
        for (guint other = 1; keys && other <= CONTEXT_ANY; other <<= 1) {
            g_autofree char *same = keymap_find_all(keymap, other, command->name);
            if (g_strcmp0(same, keys) != 0) {
                everywhere = FALSE;
                continue;
            }
            told |= other < bit;
            g_string_append_printf(places, "%s%s", places->len ? ", " : "", command_context_name(other));
        }
        if (keys && !told)
            g_string_append_printf(line, "%s%s (%s)", line->len ? "; " : "", keys,
                                   everywhere ? "any" : places->str);
    }
    return g_string_free(line, FALSE);
}

static void append_command(GString *out, const Command *command, Keymap *const keymaps[KEYS_COUNT])
{
    g_string_append_printf(out, ".It Ic %s", command->name);
    if (command->argument_name)
        g_string_append_printf(out, " Ar %s", _(command->argument_name));
    g_string_append_c(out, '\n');
    append_roff(out, _(command->help));
    g_string_append(out, ".\n");
    g_autofree char *usual = keys_of(keymaps[KEYS_MUTT], command);
    for (guint set = 0; set < KEYS_COUNT; set++) {
        g_autofree char *keys = keys_of(keymaps[set], command);
        if ((*keys == '\0' && (set == KEYS_MUTT || *usual == '\0')) ||
            (set != KEYS_MUTT && strcmp(keys, usual) == 0))
            continue;
        g_string_append_printf(out, ".br\n%s: ", set_names[set]);
        append_roff(out, *keys ? keys : "no key");
        g_string_append_c(out, '\n');
    }
}

char *ui_keys_manual(void)
{
    GString *out = g_string_new(NULL);
    Keymap *keymaps[KEYS_COUNT];
    guint count;
    const Command *table = command_table(&count);
    for (guint set = 0; set < KEYS_COUNT; set++) {
        keymaps[set] = keymap_new();
        keymap_add_defaults(keymaps[set], (CommandKeySet)set);
    }
    for (guint group = 0; group < GROUP_COUNT; group++) {
        g_string_append_printf(out, ".Ss %s\n.Bl -tag -width Ds\n", command_group_title(group));
        for (guint i = 0; i < count; i++)
            if (table[i].group == group)
                append_command(out, &table[i], keymaps);
        g_string_append(out, ".El\n");
    }
    for (guint set = 0; set < KEYS_COUNT; set++)
        keymap_free(keymaps[set]);
    return g_string_free(out, FALSE);
}
