/* What is refused before anything is kept, with words for the person: better now than as a failure tomorrow.
 */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "store/journal-private.h"

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *words = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_REFUSED, words);
    return FALSE;
}

/* Permanent when listed in PERMANENTFLAGS, or, for a keyword, when it holds \*; without that response
 * everything may be tried (RFC 9051 §7.1). */
static gboolean is_permitted(const StoreMailbox *mailbox, const char *name)
{
    if (mailbox->permanent_flags == NULL)
        return TRUE;
    if (*name != '\\' && (mailbox->attributes & MAILBOX_NEW_KEYWORDS) != 0)
        return TRUE;
    g_auto(GStrv) permitted = g_strsplit(mailbox->permanent_flags, " ", -1);
    for (char **one = permitted; *one != NULL; one++)
        if (g_ascii_strcasecmp(*one, name) == 0 || (*name != '\\' && g_str_equal(*one, "\\*")))
            return TRUE;
    return FALSE;
}

static gboolean may_set(const StoreMailbox *mailbox, const char *name, GError **error)
{
    if (is_permitted(mailbox, name))
        return TRUE;
    if (*name == '\\')
        return refuse(error, _("The server does not keep the flag %s in %s."), name, mailbox->name);
    return refuse(error,
                  _("The server does not accept the keyword \"%s\" in %s: it permits no new keywords there."),
                  name, mailbox->name);
}

static gboolean may_flag(const Intent *intent, const StoreMailbox *mailbox, GError **error)
{
    for (guint bit = 1; bit < MAIL_FLAG_ALL; bit <<= 1)
        if ((intent->add & bit) != 0 && !may_set(mailbox, mail_flag_name((MailFlags) bit), error))
            return FALSE;
    g_auto(GStrv) names = g_strsplit(intent->add_keywords != NULL ? intent->add_keywords : "", " ", -1);
    for (char **name = names; *name != NULL; name++)
        if (**name != '\0' && !may_set(mailbox, *name, error))
            return FALSE;
    return TRUE;
}

static gboolean may_put_into(StoreWriter *writer, const Intent *intent, gint64 account_id, GError **error)
{
    g_autoptr(StoreMailbox) target = mailbox_read(writer->db, intent->target_mailbox_id, NULL);
    if (target == NULL)
        return refuse(error, _("The mailbox that this should go to is no longer there."));
    if (target->account_id != account_id && !intent->carried)
        return refuse(error, _("%s belongs to another account."), target->name);
    if (target->account_id != account_id && (target->attributes & MAILBOX_READ_ONLY) != 0)
        return refuse(error, _("%s is read-only: the server does not let you change it."), target->name);
    if ((target->attributes & MAILBOX_NO_SELECT) != 0)
        return refuse(error, _("%s holds other mailboxes, not messages."), target->name);
    return TRUE;
}

gboolean journal_may(StoreWriter *writer, const Intent *intent, const StoreMailbox *mailbox, GError **error)
{
    if (intent->kind != INTENT_COPY && intent->kind != INTENT_APPEND &&
        (mailbox->attributes & MAILBOX_READ_ONLY) != 0)
        return refuse(error, _("%s is read-only: the server does not let you change it."), mailbox->name);
    if (intent->kind == INTENT_FLAGS)
        return may_flag(intent, mailbox, error);
    if (intent->kind == INTENT_MOVE || intent->kind == INTENT_COPY || intent->target_mailbox_id > 0)
        return may_put_into(writer, intent, mailbox->account_id, error);
    return TRUE;
}

static gboolean name_is_free(StoreWriter *writer, const Intent *intent, gint64 account_id, GError **error)
{
    if (intent->name == NULL || *intent->name == '\0')
        return refuse(error, _("A mailbox needs a name."));
    GError *failed = NULL;
    gint64 taken = database_int(writer->db, &failed, 0,
                                "SELECT id FROM mailbox WHERE account_id = ?1 AND shown_gone = 0 AND "
                                "(shown_name = ?2 OR (upper(?2) = 'INBOX'"
                                " AND upper(shown_name) = 'INBOX')) LIMIT 1",
                                "is", account_id, intent->name);
    if (failed != NULL) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    return taken == 0 || refuse(error, _("There is a mailbox %s already."), intent->name);
}

gboolean journal_may_mailbox(StoreWriter *writer, const Intent *intent, const StoreMailbox *mailbox,
                             GError **error)
{
    gboolean inbox = mailbox != NULL && g_ascii_strcasecmp(mailbox->name, "INBOX") == 0;
    switch (intent->kind) {
    case INTENT_CREATE_MAILBOX:
        if (intent->account_id == 0)
            return refuse(error, _("A new mailbox needs an account."));
        return name_is_free(writer, intent, intent->account_id, error);
    case INTENT_RENAME_MAILBOX:
        if (inbox)
            return refuse(error, _("INBOX cannot be renamed."));
        return name_is_free(writer, intent, mailbox->account_id, error);
    case INTENT_DELETE_MAILBOX:
        return !inbox || refuse(error, _("INBOX cannot be deleted."));
    case INTENT_APPEND:
        if (intent->path == NULL)
            return refuse(error, _("There is no file with the message to keep."));
        return may_put_into(writer, intent, mailbox->account_id, error);
    default:
        return TRUE;
    }
}
