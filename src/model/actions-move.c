/* Decisions that take messages from one mailbox to another, and those about mailboxes themselves. */
#include "config.h"

#include "model/actions-private.h"

#include <libintl.h>
#include <string.h>

#include "base/i18n.h"

static StoreMailbox *mailbox_or_refuse(Model *model, gint64 mailbox_id, GError **error)
{
    if (!model_need_engine(model, error))
        return NULL;
    StoreMailbox *mailbox = store_reader_mailbox(model->reader, mailbox_id);
    if (!mailbox)
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("That mailbox is no longer there"));
    return mailbox;
}

static gboolean can_receive(const StoreMailbox *mailbox, GError **error)
{
    if (!(mailbox->attributes & MAILBOX_NO_SELECT))
        return action_writable(mailbox, error);
    g_autofree char *name = model_safe(mailbox->name);
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("%s holds mailboxes only, no messages"), name);
    return FALSE;
}

StoreMailbox *action_receiver(Model *model, gint64 mailbox_id, GError **error)
{
    g_autoptr(StoreMailbox) mailbox = mailbox_or_refuse(model, mailbox_id, error);
    return mailbox && can_receive(mailbox, error) ? g_steal_pointer(&mailbox) : NULL;
}

static gboolean sources_writable(const GPtrArray *sources, const StoreMailbox *target, GError **error)
{
    for (guint i = 0; i < sources->len; i++) {
        const StoreMailbox *source = g_ptr_array_index(sources, i);
        if (!action_writable(source, error))
            return FALSE;
        if (target && source->id == target->id && sources->len == 1) {
            g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("They are in that mailbox already"));
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean transfer(Model *model, IntentKind kind, const GArray *message_ids, gint64 mailbox_id, GError **error)
{
    if (!action_check(model, message_ids, error))
        return FALSE;
    g_autoptr(StoreMailbox) target = action_receiver(model, mailbox_id, error);
    if (!target)
        return FALSE;
    g_autoptr(GPtrArray) sources = action_mailboxes(model, message_ids);
    if (kind == INTENT_MOVE && !sources_writable(sources, target, error))
        return FALSE;
    Intent *intent = action_intent(kind, message_ids);
    intent->target_mailbox_id = mailbox_id;
    intent->carried = TRUE;
    Submission *submission = submission_new(kind, message_ids);
    submission->hides = kind == INTENT_MOVE;
    guint n = message_ids->len;
    const char *format = kind == INTENT_MOVE ? ngettext("%u message moved to %s", "%u messages moved to %s", n)
                                             : ngettext("%u message copied to %s", "%u messages copied to %s", n);
    submission->words = g_strdup_printf(format, n, target->name);
    action_submit(model, intent, submission);
    return TRUE;
}

gboolean model_move(Model *model, const GArray *message_ids, gint64 mailbox_id, GError **error)
{
    return transfer(model, INTENT_MOVE, message_ids, mailbox_id, error);
}

gboolean model_copy(Model *model, const GArray *message_ids, gint64 mailbox_id, GError **error)
{
    return transfer(model, INTENT_COPY, message_ids, mailbox_id, error);
}

gint64 action_mailbox_for(Model *model, gint64 account_id, MailboxRole role, const char *configured)
{
    g_autoptr(StoreMailbox) mailbox = configured ? store_reader_mailbox_by_name(model->reader, account_id, configured) : NULL;
    if (!mailbox)
        mailbox = store_reader_mailbox_by_role(model->reader, account_id, role);
    return mailbox ? mailbox->id : 0;
}

/* --- to the mailbox that each account has for it --------------------------------------------------- */

typedef struct {
    gint64 account_id, mailbox_id;
    GArray *message_ids; /* of gint64 */
} AccountPart;

static void account_part_free(gpointer data)
{
    AccountPart *part = data;
    g_array_unref(part->message_ids);
    g_free(part);
}

static AccountPart *part_of(GPtrArray *parts, gint64 account_id)
{
    for (guint i = 0; i < parts->len; i++)
        if (((AccountPart *) g_ptr_array_index(parts, i))->account_id == account_id)
            return g_ptr_array_index(parts, i);
    AccountPart *part = g_new0(AccountPart, 1);
    part->account_id = account_id;
    part->message_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_ptr_array_add(parts, part);
    return part;
}

/* With one account set up, which is the most, no message has to be looked at. */
static GPtrArray *by_account(Model *model, const GArray *message_ids, GError **error)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(account_part_free);
    if (!model_frame_begin(model, error)) {
        g_ptr_array_unref(parts);
        return NULL;
    }
    gboolean only_one = model_n_accounts(model) == 1;
    for (guint i = 0; i < message_ids->len; i++) {
        gint64 id = g_array_index(message_ids, gint64, i);
        gint64 account_id = only_one ? model_account(model, 0)->id : store_reader_message_account(model->reader, id);
        if (account_id)
            g_array_append_val(part_of(parts, account_id)->message_ids, id);
    }
    model_frame_end(model);
    return parts;
}

static gint64 archive_of(Model *model, gint64 account_id)
{
    const AccountSlot *slot = model_slot(model, account_id);
    gint64 archive = action_mailbox_for(model, account_id, MAILBOX_ROLE_ARCHIVE, slot ? slot->account->archive : NULL);
    /* Gmail: what has no other label is in All Mail. */
    return archive ? archive : action_mailbox_for(model, account_id, MAILBOX_ROLE_ALL, NULL);
}

static gboolean find_archives(Model *model, const GPtrArray *parts, GError **error)
{
    for (guint i = 0; i < parts->len; i++) {
        AccountPart *part = g_ptr_array_index(parts, i);
        const AccountSlot *slot = model_slot(model, part->account_id);
        part->mailbox_id = archive_of(model, part->account_id);
        if (part->mailbox_id)
            continue;
        if (parts->len == 1 || !slot)
            g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED,
                                _("This account has no archive: name one (archive = … in the accounts file), or move the messages"));
        else
            g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED,
                        _("The account %s has no archive: name one (archive = … in the accounts file), or move its messages"),
                        slot->account->name);
        return FALSE;
    }
    return TRUE;
}

static Intent *move_part(const AccountPart *part)
{
    Intent *intent = action_intent(INTENT_MOVE, part->message_ids);
    intent->target_mailbox_id = part->mailbox_id;
    return intent;
}

gboolean model_archive(Model *model, const GArray *message_ids, GError **error)
{
    if (!action_check(model, message_ids, error))
        return FALSE;
    g_autoptr(GPtrArray) sources = action_mailboxes(model, message_ids);
    g_autoptr(GPtrArray) parts = sources_writable(sources, NULL, error) ? by_account(model, message_ids, error) : NULL;
    if (!parts || !find_archives(model, parts, error))
        return FALSE;
    if (parts->len == 1)
        return transfer(model, INTENT_MOVE, message_ids, ((AccountPart *) g_ptr_array_index(parts, 0))->mailbox_id, error);
    GPtrArray *intents = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    for (guint i = 0; i < parts->len; i++)
        g_ptr_array_add(intents, move_part(g_ptr_array_index(parts, i)));
    Submission *submission = submission_new(INTENT_MOVE, message_ids);
    submission->hides = TRUE;
    guint n = message_ids->len;
    submission->words = g_strdup_printf(ngettext("%u message moved to the archive of its account",
                                                 "%u messages moved to the archives of their accounts", n), n);
    model_submit(model, intents, submission);
    return TRUE;
}

gboolean model_junk(Model *model, const GArray *message_ids, GError **error)
{
    if (!action_check(model, message_ids, error))
        return FALSE;
    g_autoptr(GPtrArray) sources = action_mailboxes(model, message_ids);
    g_autoptr(GPtrArray) parts = sources_writable(sources, NULL, error) ? by_account(model, message_ids, error) : NULL;
    if (!parts)
        return FALSE;
    const StoreMailbox *source = sources->len == 1 ? g_ptr_array_index(sources, 0) : NULL;
    Intent *mark = action_intent(INTENT_FLAGS, message_ids);
    mark->add = MAIL_FLAG_JUNK;
    mark->remove = MAIL_FLAG_NOT_JUNK;
    GPtrArray *intents = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    g_ptr_array_add(intents, mark);
    Submission *submission = submission_new(INTENT_MOVE, message_ids);
    submission->add = mark->add;
    submission->remove = mark->remove;
    for (guint i = 0; i < parts->len; i++) {
        AccountPart *part = g_ptr_array_index(parts, i);
        part->mailbox_id = action_mailbox_for(model, part->account_id, MAILBOX_ROLE_JUNK, NULL);
        if (!part->mailbox_id || (source && source->id == part->mailbox_id))
            continue;
        g_ptr_array_add(intents, move_part(part));
        submission->hides = TRUE;
    }
    guint n = message_ids->len;
    submission->words = g_strdup_printf(ngettext("%u message marked as junk", "%u messages marked as junk", n), n);
    model_submit(model, intents, submission);
    return TRUE;
}

/* What deleting means, and which Trash it goes to, is said by the account that each message is in. */
gboolean model_delete(Model *model, const GArray *message_ids, GError **error)
{
    if (!action_check(model, message_ids, error))
        return FALSE;
    g_autoptr(GPtrArray) sources = action_mailboxes(model, message_ids);
    g_autoptr(GPtrArray) parts = sources_writable(sources, NULL, error) ? by_account(model, message_ids, error) : NULL;
    if (!parts)
        return FALSE;
    GPtrArray *intents = g_ptr_array_new_with_free_func((GDestroyNotify) intent_free);
    for (guint i = 0; i < parts->len; i++)
        g_ptr_array_add(intents, action_intent(INTENT_DELETE, ((AccountPart *) g_ptr_array_index(parts, i))->message_ids));
    Submission *submission = submission_new(INTENT_DELETE, message_ids);
    submission->hides = TRUE;
    guint n = message_ids->len;
    submission->words = g_strdup_printf(ngettext("%u message deleted", "%u messages deleted", n), n);
    model_submit(model, intents, submission);
    return TRUE;
}

gboolean model_expunge(Model *model, gint64 mailbox_id, GError **error)
{
    g_autoptr(StoreMailbox) mailbox = mailbox_or_refuse(model, mailbox_id, error);
    if (!mailbox || !action_writable(mailbox, error))
        return FALSE;
    Intent *intent = action_intent(INTENT_EXPUNGE, NULL);
    intent->mailbox_id = mailbox_id;
    intent->account_id = mailbox->account_id;
    Submission *submission = submission_new(INTENT_EXPUNGE, NULL);
    submission->words = g_strdup_printf(_("What was marked as deleted in %s is being removed"), mailbox->name);
    action_submit(model, intent, submission);
    return TRUE;
}

/* --- mailboxes ----------------------------------------------------------------------------------- */

static gboolean check_name(Model *model, gint64 account_id, const char *name, GError **error)
{
    g_autofree char *safe = model_safe(name);
    if (!*safe || strcmp(safe, name) != 0) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("“%s” cannot be the name of a mailbox"), safe);
        return FALSE;
    }
    g_autoptr(StoreMailbox) taken = store_reader_mailbox_by_name(model->reader, account_id, name);
    if (!taken)
        return TRUE;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("There is a mailbox %s already"), safe);
    return FALSE;
}

static void submit_mailbox(Model *model, IntentKind kind, const StoreMailbox *mailbox, gint64 account_id, const char *name, char *words)
{
    Intent *intent = action_intent(kind, NULL);
    intent->mailbox_id = mailbox ? mailbox->id : 0;
    intent->account_id = account_id;
    intent->name = g_strdup(name);
    Submission *submission = submission_new(kind, NULL);
    submission->words = words;
    action_submit(model, intent, submission);
}

gboolean model_mailbox_create(Model *model, gint64 account_id, const char *name, GError **error)
{
    if (!model_need_engine(model, error) || !check_name(model, account_id, name, error))
        return FALSE;
    g_autofree char *plain = store_reader_short_name(model->reader, account_id, name);
    submit_mailbox(model, INTENT_CREATE_MAILBOX, NULL, account_id, plain, g_strdup_printf(_("Mailbox %s created"), plain));
    return TRUE;
}

static gboolean not_inbox(const StoreMailbox *mailbox, GError **error)
{
    if (mailbox->role != MAILBOX_ROLE_INBOX)
        return TRUE;
    g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("INBOX is where mail arrives: it can be neither renamed nor deleted"));
    return FALSE;
}

gboolean model_mailbox_rename(Model *model, gint64 mailbox_id, const char *name, GError **error)
{
    g_autoptr(StoreMailbox) mailbox = mailbox_or_refuse(model, mailbox_id, error);
    if (!mailbox || !not_inbox(mailbox, error) || !check_name(model, mailbox->account_id, name, error))
        return FALSE;
    g_autofree char *plain = store_reader_short_name(model->reader, mailbox->account_id, name);
    submit_mailbox(model, INTENT_RENAME_MAILBOX, mailbox, mailbox->account_id, plain,
                   g_strdup_printf(_("Mailbox %s is now %s"), mailbox->name, plain));
    return TRUE;
}

gboolean model_mailbox_delete(Model *model, gint64 mailbox_id, GError **error)
{
    g_autoptr(StoreMailbox) mailbox = mailbox_or_refuse(model, mailbox_id, error);
    if (!mailbox || !not_inbox(mailbox, error))
        return FALSE;
    submit_mailbox(model, INTENT_DELETE_MAILBOX, mailbox, mailbox->account_id, NULL,
                   g_strdup_printf(_("Mailbox %s deleted"), mailbox->name));
    return TRUE;
}

gboolean model_mailbox_subscribe(Model *model, gint64 mailbox_id, gboolean subscribed, GError **error)
{
    g_autoptr(StoreMailbox) mailbox = mailbox_or_refuse(model, mailbox_id, error);
    if (!mailbox)
        return FALSE;
    submit_mailbox(model, subscribed ? INTENT_SUBSCRIBE : INTENT_UNSUBSCRIBE, mailbox, mailbox->account_id, NULL,
                   g_strdup_printf(subscribed ? _("Subscribed to %s") : _("No longer subscribed to %s"), mailbox->name));
    return TRUE;
}
