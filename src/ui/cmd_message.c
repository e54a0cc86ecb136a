/* Deciding about messages. Every one of these becomes an intent in the journal; nothing is done to mail in
 * any other way. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/commands.h"

/* The list as it is after a decision, so that what comes next (the selection, the reader) is about what is
 * there now. */
static gboolean decided(Ui *ui, const CommandCall *call, gboolean ok)
{
    if (!ok)
        return FALSE;
    ui_advance(ui, call);
    return TRUE;
}

gboolean cmd_delete_message(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    return targets && decided(ui, call, model_delete(ui->model, targets, error));
}

gboolean cmd_delete_thread(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = model_list_targets(ui->list, MODEL_TARGET_THREAD, error);
    return targets && decided(ui, call, model_delete(ui->model, targets, error));
}

/* u: what is marked is unmarked; what is gone to Trash comes back by undo. */
gboolean cmd_undelete_message(Ui *ui, const CommandCall *call, GError **error)
{
    const ModelListRow *row = model_list_selected(ui->list);
    if (!call->tagged && (!row || !(row->flags & MAIL_FLAG_DELETED)))
        return cmd_undo(ui, call, error);
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    return targets && decided(ui, call, model_undelete(ui->model, targets, error));
}

gboolean cmd_undelete_thread(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = model_list_targets(ui->list, MODEL_TARGET_THREAD, error);
    return targets && decided(ui, call, model_undelete(ui->model, targets, error));
}

gboolean cmd_undo(Ui *ui, const CommandCall *call, GError **error)
{
    (void)call;
    return model_undo(ui->model, error);
}

/* --- by pattern -------------------------------------------------------------------------------- */

/* What matches is found by tagging it; the person's own tags are put back afterwards. */
typedef struct {
    gboolean undelete;
    GArray *tagged_before;
    GArray *found;
} Pattern;

static void pattern_free(gpointer data)
{
    Pattern *pattern = data;
    if (pattern->tagged_before)
        g_array_unref(pattern->tagged_before);
    if (pattern->found)
        g_array_unref(pattern->found);
    g_free(pattern);
}

void ui_forget_pattern(Ui *ui)
{
    g_clear_pointer(&ui->pattern, pattern_free);
}

static void pattern_answered(Ui *ui, int choice, gpointer user_data)
{
    const Pattern *pattern = user_data;
    g_autoptr(GError) error = NULL;
    if (choice != 0)
        return;
    gboolean ok = pattern->undelete ? model_undelete(ui->model, pattern->found, &error)
                                    : model_delete(ui->model, pattern->found, &error);
    if (!ok)
        ui_complain(ui, error);
}

static void pattern_found(ModelList *list, guint tagged, guint unknown, gpointer user_data)
{
    Ui *ui = user_data;
    Pattern *pattern = g_steal_pointer(&ui->pattern);
    if (!pattern) /* another one was begun meanwhile */
        return;
    pattern->found = tagged ? model_list_targets(list, MODEL_TARGET_TAGGED, NULL) : NULL;
    model_list_untag_all(list);
    for (guint i = 0; pattern->tagged_before && i < pattern->tagged_before->len; i++)
        model_list_tag(list, g_array_index(pattern->tagged_before, gint64, i), TRUE);
    if (!pattern->found) {
        ui_say(ui, "%s", _("Nothing here matches."));
        pattern_free(pattern);
        return;
    }
    guint n = pattern->found->len;
    g_autofree char *question =
        g_strdup_printf(pattern->undelete ? ngettext("Undelete %u message?", "Undelete %u messages?", n)
                                          : ngettext("Delete %u message?", "Delete %u messages?", n),
                        n);
    g_autofree char *whole =
        unknown ? g_strdup_printf(_("%s (%u could not be told: their text is not here)"), question, unknown)
                : NULL;
    prompt_yes_no(ui, whole ? whole : question, pattern_answered, pattern, pattern_free);
}

static gboolean by_pattern(Ui *ui, const CommandCall *call, gboolean undelete, GError **error)
{
    ui_forget_pattern(ui);
    Pattern *pattern = g_new0(Pattern, 1);
    pattern->undelete = undelete;
    ui->pattern = pattern;
    if (model_list_n_tagged(ui->list) > 0)
        pattern->tagged_before = model_list_targets(ui->list, MODEL_TARGET_TAGGED, NULL);
    model_list_untag_all(ui->list);
    if (model_list_tag_query(ui->list, call->argument, TRUE, pattern_found, ui, NULL, error))
        return TRUE;
    for (guint i = 0; pattern->tagged_before && i < pattern->tagged_before->len; i++)
        model_list_tag(ui->list, g_array_index(pattern->tagged_before, gint64, i), TRUE);
    ui_forget_pattern(ui);
    return FALSE;
}

gboolean cmd_delete_pattern(Ui *ui, const CommandCall *call, GError **error)
{
    return by_pattern(ui, call, FALSE, error);
}

gboolean cmd_undelete_pattern(Ui *ui, const CommandCall *call, GError **error)
{
    return by_pattern(ui, call, TRUE, error);
}

/* --- flags ------------------------------------------------------------------------------------- */

gboolean cmd_flag_message(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    return targets && model_toggle_flag(ui->model, targets, MAIL_FLAG_FLAGGED, error);
}

gboolean cmd_toggle_read(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    return targets && decided(ui, call, model_toggle_flag(ui->model, targets, MAIL_FLAG_SEEN, error));
}

gboolean cmd_read_message(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    return targets && decided(ui, call, model_set_flags(ui->model, targets, MAIL_FLAG_SEEN, 0, error));
}

gboolean cmd_unread_message(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    return targets && decided(ui, call, model_set_flags(ui->model, targets, 0, MAIL_FLAG_SEEN, error));
}

gboolean cmd_read_thread(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = model_list_targets(ui->list, MODEL_TARGET_THREAD, error);
    return targets && decided(ui, call, model_set_flags(ui->model, targets, MAIL_FLAG_SEEN, 0, error));
}

typedef struct {
    const char *word, *key, *label;
    MailFlags flag;
    gboolean inverse; /* "unread" is the absence of a flag */
} FlagWord;

static const FlagWord flag_words[] = {
    { "unread", "N", N_("unread"), MAIL_FLAG_SEEN, TRUE },
    { "read", "O", N_("read"), MAIL_FLAG_SEEN, FALSE },
    { "flagged", "!", N_("flagged"), MAIL_FLAG_FLAGGED, FALSE },
    { "answered", "r", N_("answered"), MAIL_FLAG_ANSWERED, FALSE },
    { "deleted", "D", N_("deleted"), MAIL_FLAG_DELETED, FALSE },
    { "junk", "j", N_("junk"), MAIL_FLAG_JUNK, FALSE },
};

GPtrArray *complete_flag(Ui *ui, const char *text, gsize length, gsize *start)
{
    (void)ui;
    *start = 0;
    GPtrArray *found = completions_new();
    for (guint i = 0; i < G_N_ELEMENTS(flag_words); i++)
        if (strncmp(flag_words[i].word, text, length) == 0)
            g_ptr_array_add(found, completion_new(flag_words[i].word, NULL));
    return found;
}

static gboolean change_flag(Ui *ui, const FlagWord *word, gboolean set, const CommandCall *call,
                            GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    gboolean add = set != word->inverse;
    return targets && model_set_flags(ui->model, targets, add ? word->flag : 0, add ? 0 : word->flag, error);
}

typedef struct {
    const Command *command;
    gboolean set, tagged;
} FlagAsked;

static void flag_chosen(Ui *ui, int choice, gpointer user_data)
{
    const FlagAsked *asked = user_data;
    g_autoptr(GError) error = NULL;
    CommandCall call = { asked->command, "", asked->tagged };
    if (choice >= 0 && !change_flag(ui, &flag_words[choice], asked->set, &call, &error))
        ui_complain(ui, error);
}

static gboolean flag_command(Ui *ui, const CommandCall *call, gboolean set, GError **error)
{
    if (*call->argument) {
        for (guint i = 0; i < G_N_ELEMENTS(flag_words); i++)
            if (strcmp(flag_words[i].word, call->argument) == 0)
                return change_flag(ui, &flag_words[i], set, call, error);
        /* any other word is a keyword of the person's own */
        g_autoptr(GArray) targets = ui_targets(ui, call, error);
        return targets && model_set_keywords(ui->model, targets, set ? call->argument : NULL,
                                             set ? NULL : call->argument, error);
    }
    PromptChoice choices[G_N_ELEMENTS(flag_words) + 1] = { { NULL, NULL } };
    for (guint i = 0; i < G_N_ELEMENTS(flag_words); i++)
        choices[i] = (PromptChoice){ flag_words[i].key, _(flag_words[i].label) };
    FlagAsked *asked = g_new0(FlagAsked, 1);
    *asked = (FlagAsked){ call->command, set, call->tagged };
    prompt_choice(ui, set ? _("Set:") : _("Clear:"), NULL, NULL, choices, flag_chosen, asked, g_free);
    return TRUE;
}

gboolean cmd_set_flag(Ui *ui, const CommandCall *call, GError **error)
{
    return flag_command(ui, call, TRUE, error);
}

gboolean cmd_clear_flag(Ui *ui, const CommandCall *call, GError **error)
{
    return flag_command(ui, call, FALSE, error);
}

/* "work -later": words to add, and with a minus to take away. */
gboolean cmd_label(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    if (!targets)
        return FALSE;
    g_autoptr(GString) add = g_string_new(NULL), remove = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit(call->argument, " ", -1);
    for (guint i = 0; words[i]; i++) {
        gboolean minus = words[i][0] == '-', sign = minus || words[i][0] == '+';
        GString *into = minus ? remove : add;
        if (words[i][sign ? 1 : 0])
            g_string_append_printf(into, "%s%s", into->len ? " " : "", words[i] + (sign ? 1 : 0));
    }
    return model_set_keywords(ui->model, targets, add->len ? add->str : NULL,
                              remove->len ? remove->str : NULL, error);
}

/* --- to other mailboxes ------------------------------------------------------------------------ */

static gint64 target_mailbox(Ui *ui, const CommandCall *call, GError **error)
{
    gint64 mailbox = mailbox_tree_resolve(ui->tree, ui_account_id(ui), call->argument, error);
    if (mailbox)
        ui->last_move_target = mailbox;
    return mailbox;
}

gboolean cmd_move_message(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    gint64 mailbox = targets ? target_mailbox(ui, call, error) : 0;
    return mailbox && decided(ui, call, model_move(ui->model, targets, mailbox, error));
}

gboolean cmd_copy_message(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    gint64 mailbox = targets ? target_mailbox(ui, call, error) : 0;
    return mailbox && decided(ui, call, model_copy(ui->model, targets, mailbox, error));
}

gboolean cmd_archive_message(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    return targets && decided(ui, call, model_archive(ui->model, targets, error));
}

gboolean cmd_junk_message(Ui *ui, const CommandCall *call, GError **error)
{
    g_autoptr(GArray) targets = ui_targets(ui, call, error);
    return targets && decided(ui, call, model_junk(ui->model, targets, error));
}

gboolean cmd_append_file(Ui *ui, const CommandCall *call, GError **error)
{
    return model_append_line(ui->model, ui->tree, ui_account_id(ui), call->argument, error);
}

gboolean cmd_save_draft(Ui *ui, const CommandCall *call, GError **error)
{
    return model_save_draft(ui->model, ui_account_id(ui), call->argument, error);
}
