#include "config.h"

#include "engine/local_private.h"

#include "base/i18n.h"
#include "engine/filter_arrivals.h"
#include "engine/mailbox_list.h"
#include "engine/pop_account.h"
#include "local/tree.h"

static void folder_free(gpointer data)
{
    Folder *folder = data;
    local_folder_forget_scan(folder);
    g_clear_pointer(&folder->demo, g_ptr_array_unref);
    local_mailbox_free(folder->open);
    g_free(folder->path);
    g_free(folder->name);
    g_free(folder);
}

LocalSource *local_source_new(EngineAccount *account)
{
    LocalSource *source = g_new0(LocalSource, 1);
    source->account = account;
    source->demo = account->config->receive->scheme == ACCOUNT_SCHEME_DEMO;
    source->root = account->pop != NULL ? pop_account_root(account->config) : g_strdup(account->config->receive->path);
    source->folders = g_ptr_array_new_with_free_func(folder_free);
    return source;
}

void local_source_free(LocalSource *source)
{
    if (source == NULL)
        return;
    local_replay_stop(source);
    engine_clear_source(&source->scanning);
    engine_clear_source(&source->look_again);
    engine_clear_source(&source->heard);
    local_watch_free(source->watch);
    g_ptr_array_unref(source->folders);
    g_free(source->root);
    g_free(source);
}

void local_tell_trouble(LocalSource *source, const GError *error)
{
    engine_tell_notice(source->account->engine, source->account->id, error->message);
}

Folder *local_find_folder(LocalSource *source, gint64 mailbox_id)
{
    for (guint i = 0; i < source->folders->len; i++) {
        Folder *folder = g_ptr_array_index(source->folders, i);
        if (folder->id == mailbox_id)
            return folder;
    }
    return NULL;
}

LocalMailbox *local_folder_open(Folder *folder, GError **error)
{
    if (folder->open == NULL)
        folder->open = local_mailbox_open(folder->path, error);
    return folder->open;
}

/* --- mailboxes ------------------------------------------------------------------------------------ */

/* Messages were numbered by the store, and will be by none that is made anew: the number of this numbering is when it began. */
static guint32 numbering(const StoreMailbox *known, gboolean demo)
{
    if (demo)
        return LOCAL_DEMO_UIDVALIDITY;
    return known->uidvalidity > LOCAL_DEMO_UIDVALIDITY ? known->uidvalidity : (guint32) (g_get_real_time() / G_USEC_PER_SEC);
}

static MailboxAttributes attributes_of(LocalSource *source, Folder *folder)
{
    if (source->demo)
        return MAILBOX_NEW_KEYWORDS;
    LocalMailbox *mailbox = local_folder_open(folder, NULL);
    return mailbox != NULL && (local_mailbox_can(mailbox) & LOCAL_CAN_FLAG) != 0 ? MAILBOX_NEW_KEYWORDS : MAILBOX_READ_ONLY;
}

static Folder *folder_for(LocalSource *source, gint64 id, const char *name, const char *path)
{
    Folder *folder = local_find_folder(source, id);
    if (folder == NULL) {
        folder = g_new0(Folder, 1);
        folder->id = id;
        folder->stale = path != NULL;
        g_ptr_array_add(source->folders, folder);
    }
    if (g_strcmp0(folder->path, path) != 0)
        g_clear_pointer(&folder->open, local_mailbox_free);
    g_free(folder->name);
    g_free(folder->path);
    folder->name = g_strdup(name);
    folder->path = g_strdup(path);
    return folder;
}

/* Nothing has arrived yet: all that comes is an arrival, also what comes before the mailbox was looked at. */
static void begin_filters_if_empty(LocalSource *source, Folder *folder)
{
    LocalMailbox *mailbox = folder->path != NULL ? local_folder_open(folder, NULL) : NULL;
    g_autoptr(GPtrArray) listed = mailbox != NULL ? local_mailbox_list(mailbox, NULL) : NULL;
    if (listed != NULL && listed->len == 0)
        filter_arrivals_begin(source->account->engine, folder->id);
}

gint64 local_put_folder(LocalSource *source, const char *name, const char *path)
{
    Engine *engine = source->account->engine;
    StoreMailbox mailbox = { .account_id = source->account->id, .name = (char *) name, .wire_name = (char *) name, .delimiter = '/' };
    g_autoptr(GError) error = NULL;
    gint64 id = store_writer_put_mailbox(engine->writer, source->account->id, &mailbox, &error);
    g_autoptr(StoreMailbox) known = id != 0 ? store_reader_mailbox(engine->reader, id) : NULL;
    if (known == NULL) {
        if (error != NULL)
            local_tell_trouble(source, error);
        return 0; /* one that is being deleted is not shown, and not needed */
    }
    Folder *folder = folder_for(source, id, name, path);
    gboolean is_new = known->uidvalidity == 0;
    known->uidvalidity = numbering(known, source->demo);
    known->attributes = attributes_of(source, folder);
    if (!store_writer_set_selected(engine->writer, known, NULL, &error))
        local_tell_trouble(source, error);
    else if (is_new)
        begin_filters_if_empty(source, folder);
    return id;
}

static StoreMailbox *describe(LocalSource *source, const LocalFolder *found)
{
    StoreMailbox *mailbox = g_new0(StoreMailbox, 1);
    mailbox->account_id = source->account->id;
    mailbox->name = g_strdup(found->name);
    mailbox->wire_name = g_strdup(found->name);
    mailbox->delimiter = '/';
    mailbox->role = g_ascii_strcasecmp(found->name, "INBOX") == 0 ? MAILBOX_ROLE_INBOX : MAILBOX_ROLE_NONE;
    mailbox->attributes = MAILBOX_SUBSCRIBED;
    return mailbox;
}

static GPtrArray *describe_all(LocalSource *source, const GPtrArray *found)
{
    GPtrArray *mailboxes = g_ptr_array_new_with_free_func((GDestroyNotify) store_mailbox_free);
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(mailboxes, describe(source, g_ptr_array_index(found, i)));
    mailbox_list_give_roles(source->account, mailboxes);
    return mailboxes;
}

static void drop_absent(LocalSource *source, const GPtrArray *found)
{
    g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < found->len; i++)
        g_hash_table_add(paths, ((LocalFolder *) g_ptr_array_index(found, i))->path);
    for (guint i = source->folders->len; i > 0; i--)
        if (!g_hash_table_contains(paths, ((Folder *) g_ptr_array_index(source->folders, i - 1))->path))
            g_ptr_array_remove_index(source->folders, i - 1);
}

gboolean local_refresh_folders(LocalSource *source, GError **error)
{
    EngineAccount *account = source->account;
    g_autoptr(GPtrArray) found = local_folders(source->root, error);
    if (found == NULL)
        return FALSE;
    g_autoptr(GPtrArray) mailboxes = describe_all(source, found);
    if (!store_writer_sync_mailboxes(account->engine->writer, account->id, mailboxes, TRUE, error))
        return FALSE;
    for (guint i = 0; i < found->len; i++) {
        const LocalFolder *one = g_ptr_array_index(found, i);
        local_put_folder(source, one->name, one->path);
    }
    drop_absent(source, found);
    local_watch_all(source);
    Change *change = change_new(CHANGE_MAILBOX_LIST);
    change->account_id = account->id;
    engine_tell(account->engine, change);
    return TRUE;
}

/* --- what the account asks ------------------------------------------------------------------------ */

static void start_folders(LocalSource *source)
{
    g_autoptr(GError) error = NULL;
    if (source->account->pop != NULL && !local_tree_prepare(source->root, &error)) {
        engine_account_set_state(source->account, ACCOUNT_STOPPED, error->message);
        return;
    }
    /* What was cut off first: halfway renamed mailboxes are no new ones. */
    local_source_replay(source);
    if (!local_refresh_folders(source, &error)) {
        engine_account_set_state(source->account, ACCOUNT_STOPPED, error->message);
        return;
    }
    local_source_replay(source);
    local_scan_go_on(source);
}

void local_source_start(LocalSource *source)
{
    if (source->account->pop == NULL)
        engine_account_set_state(source->account, ACCOUNT_LOCAL, NULL);
    if (source->demo)
        local_demo_start(source);
    else
        start_folders(source);
}

void local_source_look_at(LocalSource *source, gint64 mailbox_id)
{
    Folder *folder = local_find_folder(source, mailbox_id);
    if (folder != NULL && folder->path != NULL)
        local_scan(source, folder);
}

void local_source_set_filling(LocalSource *source, gboolean filling)
{
    source->filling += filling ? 1 : source->filling > 0 ? -1 : 0;
}

gboolean local_source_is_scanning(const LocalSource *source)
{
    return source->scanning != NULL;
}

void local_source_check(LocalSource *source)
{
    g_autoptr(GError) error = NULL;
    if (source->demo)
        return;
    if (!local_refresh_folders(source, &error)) {
        local_tell_trouble(source, error);
        return;
    }
    for (guint i = 0; i < source->folders->len; i++)
        local_scan(source, g_ptr_array_index(source->folders, i));
    local_source_replay(source);
}

gboolean local_source_takes(const LocalSource *source)
{
    return !source->demo;
}
