/* What the table says to people: the manual, and what prompts begin with. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"

char *command_initial_argument(Ui *ui, const Command *command)
{
    if ((strcmp(command->name, "move-message") == 0 || strcmp(command->name, "copy-message") == 0) && ui->last_move_target) {
        const MailboxRow *row = mailbox_tree_mailbox(ui->tree, ui->last_move_target);
        return row && row->account_id == ui_account_id(ui) ? g_strdup(row->full_name) : NULL;
    }
    if (strcmp(command->name, "limit") == 0)
        return g_strdup(model_list_limit(ui->list));
    if (strcmp(command->name, "save-attachment") == 0) {
        const char *folder = options_text(ui->options, OPTION_DOWNLOADS);
        return folder && *folder ? g_strdup_printf("%s%s", folder, g_str_has_suffix(folder, "/") ? "" : "/") : NULL;
    }
    if (strcmp(command->name, "rename-mailbox") == 0) {
        gint64 id = ui->focus == ui->sidebar ? view_sidebar_mailbox(ui->sidebar) : 0;
        const MailboxRow *row = id ? mailbox_tree_mailbox(ui->tree, id) : NULL;
        return row ? g_strdup(row->full_name) : NULL;
    }
    return NULL;
}

/* --- the manual ------------------------------------------------------------------------------------------ */

/* Backslashes, and a dot or quote at the start of a line, mean something to roff; a minus is a minus. */
static void append_roff(GString *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        g_string_append(out, "\\&");
    for (; *text; text++) {
        if (*text == '\\')
            g_string_append(out, "\\e");
        else if (*text == '-')
            g_string_append(out, "\\-");
        else
            g_string_append_c(out, *text);
    }
}

/* "list, reader: d; sidebar: D" with equal keys told once. */
static void append_keys(GString *out, const Keymap *keymap, const Command *command)
{
    g_autoptr(GString) line = g_string_new(NULL);
    CommandContexts told = 0;
    for (guint bit = 1; bit <= CONTEXT_ANY; bit <<= 1) {
        g_autofree char *keys = told & bit ? NULL : keymap_find_all(keymap, bit, command->name);
        if (!keys)
            continue;
        g_string_append_printf(line, "%s%s", line->len ? "; " : "", keys);
        g_autoptr(GString) places = g_string_new(NULL);
        gboolean everywhere = TRUE;
        for (guint other = 1; other <= CONTEXT_ANY; other <<= 1) {
            g_autofree char *same = keymap_find_all(keymap, other, command->name);
            if (g_strcmp0(same, keys) != 0) {
                everywhere = FALSE;
                continue;
            }
            told |= other;
            g_string_append_printf(places, "%s%s", places->len ? ", " : "", command_context_name(other));
        }
        g_string_append_printf(line, " (%s)", everywhere ? "any" : places->str);
    }
    if (line->len == 0)
        g_string_append(line, _("no key"));
    append_roff(out, line->str);
}

char *ui_keys_manual(void)
{
    GString *out = g_string_new(NULL);
    Keymap *keymap = keymap_new();
    keymap_add_defaults(keymap, KEYS_MUTT);
    guint count;
    const Command *table = command_table(&count);
    for (guint group = 0; group < GROUP_COUNT; group++) {
        g_string_append_printf(out, ".SS \"%s\"\n", command_group_title(group));
        for (guint i = 0; i < count; i++) {
            if (table[i].group != group)
                continue;
            g_string_append(out, ".TP\n.B ");
            append_roff(out, table[i].name);
            if (table[i].argument_name) {
                g_string_append(out, " \\fI");
                append_roff(out, _(table[i].argument_name));
                g_string_append(out, "\\fR");
            }
            g_string_append_c(out, '\n');
            append_keys(out, keymap, &table[i]);
            g_string_append(out, "\n.br\n");
            append_roff(out, _(table[i].help));
            g_string_append(out, ".\n");
        }
    }
    keymap_free(keymap);
    return g_string_free(out, FALSE);
}
