/* A message in a file here, kept in a mailbox: saved to it, or as a draft. */
#include "config.h"

#include "model/actions-private.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "model/compose.h"

static gboolean append(Model *model, const char *path, const StoreMailbox *mailbox, MailFlags flags, char *words)
{
    Intent *intent = action_intent(INTENT_APPEND, NULL);
    intent->target_mailbox_id = mailbox->id;
    intent->account_id = mailbox->account_id;
    intent->add = flags;
    intent->path = g_strdup(path);
    Submission *submission = submission_new(INTENT_APPEND, NULL);
    submission->words = words;
    action_submit(model, intent, submission);
    return TRUE;
}

static char *existing_file(const char *path, GError **error)
{
    g_autofree char *expanded = paths_expand(path);
    g_autofree char *absolute = g_canonicalize_filename(expanded, NULL);
    if (g_file_test(absolute, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer(&absolute);
    g_autofree char *safe = model_safe(path);
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("There is no file %s"), safe);
    return NULL;
}

gboolean model_append(Model *model, const char *path, gint64 mailbox_id, GError **error)
{
    g_autoptr(StoreMailbox) mailbox = action_receiver(model, mailbox_id, error);
    g_autofree char *file = mailbox ? existing_file(path, error) : NULL;
    return file && append(model, file, mailbox, MAIL_FLAG_SEEN, g_strdup_printf(_("Kept in %s"), mailbox->name));
}

gboolean model_append_line(Model *model, const MailboxTree *tree, gint64 account_id, const char *line, GError **error)
{
    g_auto(GStrv) words = NULL;
    int count = 0;
    if (!g_shell_parse_argv(line, &count, &words, NULL) || count != 2) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED,
                            _("A file and a mailbox are needed, in quotes where they hold spaces: letter.eml \"Old letters\""));
        return FALSE;
    }
    gint64 mailbox = mailbox_tree_resolve(tree, account_id, words[1], error);
    return mailbox && model_append(model, words[0], mailbox, error);
}

gboolean model_save_draft(Model *model, gint64 account_id, const char *path, GError **error)
{
    gint64 drafts = model_drafts_mailbox(model, account_id, error);
    if (!drafts)
        return FALSE;
    g_autoptr(StoreMailbox) mailbox = action_receiver(model, drafts, error);
    g_autofree char *file = mailbox ? existing_file(path, error) : NULL;
    return file && append(model, file, mailbox, MAIL_FLAG_DRAFT | MAIL_FLAG_SEEN, g_strdup_printf(_("Draft kept in %s"), mailbox->name));
}
