/* Decisions about mailboxes, as directories. */
#include "config.h"

#include "engine/local_private.h"

#include "base/i18n.h"
#include "local/tree.h"

/* Where the mailbox lies, or lay before it was begun to be taken away. */
static char *path_of(LocalSource *source, const StoreMailbox *mailbox, GError **error)
{
    g_autoptr(GPtrArray) found = local_folders(source->root, NULL);
    for (guint i = 0; found != NULL && i < found->len; i++) {
        const LocalFolder *folder = g_ptr_array_index(found, i);
        if (g_str_equal(folder->name, mailbox->wire_name))
            return g_strdup(folder->path);
    }
    return local_tree_path(source->root, mailbox->wire_name, error);
}

static gboolean refuse(GError **error)
{
    g_set_error_literal(error, LOCAL_ERROR, LOCAL_ERROR_REFUSED,
                        _("This mail is a single mbox, a tree of MH, or of several kinds: mailboxes in it are made and deleted as files, by you."));
    return FALSE;
}

gboolean local_change_mailbox(LocalSource *source, const Intent *intent, GError **error)
{
    if (intent->kind == INTENT_SUBSCRIBE || intent->kind == INTENT_UNSUBSCRIBE)
        return TRUE; /* which mailboxes are shown is Malle's own affair: files know nothing of it */
    AccountScheme scheme = source->account->config->receive->scheme;
    LocalFormat format = local_tree_format(source->root, scheme == ACCOUNT_SCHEME_MBOX ? LOCAL_MBOX : scheme == ACCOUNT_SCHEME_MH ? LOCAL_MH : LOCAL_MAILDIR);
    if (format != LOCAL_MAILDIR && format != LOCAL_MBOX)
        return refuse(error);
    if (intent->kind == INTENT_CREATE_MAILBOX)
        return local_tree_create(source->root, intent->name, format, error);
    g_autoptr(StoreMailbox) mailbox = store_reader_mailbox(source->account->engine->reader, intent->mailbox_id);
    if (mailbox == NULL) {
        g_set_error_literal(error, LOCAL_ERROR, LOCAL_ERROR_CHANGED, _("The mailbox is no longer there."));
        return FALSE;
    }
    g_autofree char *path = path_of(source, mailbox, error);
    if (path == NULL)
        return FALSE;
    return intent->kind == INTENT_RENAME_MAILBOX ? local_tree_rename(source->root, path, intent->name, error)
                                                 : local_tree_delete(source->root, path, error);
}
