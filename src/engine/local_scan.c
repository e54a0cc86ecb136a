/* Files into the store, a slice at a time: what arrived, what was flagged and what has gone since the last look. */
#include "config.h"

#include <string.h>

#include "engine/local_private.h"
#include "engine/pop_account.h"
#include "store/local_uids.h"

/* Messages read and committed in one turn of the loop; and those that need no reading. */
#define SLICE_READ 50
#define SLICE_ROWS 200
#define LOOK_AGAIN_MS 500

void local_folder_forget_scan(Folder *folder)
{
    g_clear_pointer(&folder->arriving, g_ptr_array_unref);
    g_clear_pointer(&folder->changed, g_ptr_array_unref);
    g_clear_pointer(&folder->gone, g_array_unref);
    folder->numbered = 0;
}

void local_scanned(LocalSource *source, Folder *folder, gboolean complete)
{
    local_folder_forget_scan(folder);
    store_writer_set_progress(source->account->engine->writer, folder->id, 0, 1, complete, g_get_real_time(), NULL);
    engine_tell_mailbox(source->account->engine, source->account->id, folder->id);
}

/* --- comparing -------------------------------------------------------------------------------------- */

/* Takes the message from the list where it is needed later. */
static void compare(Folder *folder, LocalMessage **listed, const StoreLocalMessage *known)
{
    LocalMessage *now = *listed;
    if (known == NULL || !known->has_row) {
        g_ptr_array_add(folder->arriving, now);
        *listed = NULL;
    } else if (now->flags != known->flags || strcmp(now->keywords, known->keywords) != 0) {
        StoreLocalMessage *changed = g_new0(StoreLocalMessage, 1);
        *changed = (StoreLocalMessage){ .uid = known->uid, .flags = now->flags, .keywords = g_strdup(now->keywords) };
        g_ptr_array_add(folder->changed, changed);
    }
}

static void find_gone(Folder *folder, const GPtrArray *known, GHashTable *present)
{
    for (guint i = 0; i < known->len; i++) {
        const StoreLocalMessage *message = g_ptr_array_index(known, i);
        if (!g_hash_table_contains(present, message->key))
            g_array_append_val(folder->gone, message->uid);
    }
}

static void compare_all(Folder *folder, GPtrArray *listed, const GPtrArray *known)
{
    g_autoptr(GHashTable) by_key = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) present = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < known->len; i++) {
        StoreLocalMessage *message = g_ptr_array_index(known, i);
        g_hash_table_insert(by_key, message->key, message);
    }
    for (guint i = 0; i < listed->len; i++) {
        LocalMessage **message = (LocalMessage **) &g_ptr_array_index(listed, i);
        g_hash_table_add(present, g_strdup((*message)->key));
        compare(folder, message, g_hash_table_lookup(by_key, (*message)->key));
    }
    find_gone(folder, known, present);
}

static gboolean look_again(gpointer data)
{
    LocalSource *source = data;
    engine_clear_source(&source->look_again);
    local_scan_go_on(source);
    return G_SOURCE_REMOVE;
}

/* Nothing is gone because it was not seen while somebody renamed. */
static void doubt_gone(LocalSource *source, Folder *folder)
{
    if (folder->gone->len == 0 || (local_mailbox_undisturbed(folder->open) && !source->retrying))
        return;
    g_array_set_size(folder->gone, 0);
    folder->stale = TRUE;
    if (source->look_again == NULL)
        source->look_again = engine_timer(source->account->engine, LOOK_AGAIN_MS, look_again, source);
}

static void look(LocalSource *source, Folder *folder)
{
    g_autoptr(GError) error = NULL;
    folder->stale = FALSE;
    if (!folder->tidied) { /* what deliveries that were killed have left, ours and others' */
        local_clean_tmp(folder->path, g_get_real_time() / G_USEC_PER_SEC);
        folder->tidied = TRUE;
    }
    LocalMailbox *mailbox = local_folder_open(folder, &error);
    g_autoptr(GPtrArray) listed = mailbox != NULL ? local_mailbox_list(mailbox, &error) : NULL;
    g_autoptr(GPtrArray) known =
        listed != NULL ? store_writer_local_messages(source->account->engine->writer, folder->id, &error) : NULL;
    if (known == NULL) {
        engine_tell_trouble(source->account->engine, source->account->id, folder->id, error->message);
        local_scanned(source, folder, FALSE);
        return;
    }
    local_folder_forget_scan(folder);
    folder->arriving = g_ptr_array_new_with_free_func((GDestroyNotify) local_message_free);
    folder->changed = g_ptr_array_new_with_free_func((GDestroyNotify) store_local_message_free);
    folder->gone = g_array_new(FALSE, FALSE, sizeof(guint32));
    compare_all(folder, listed, known);
    doubt_gone(source, folder);
    folder->fresh = 0;
    /* A mailbox that is taken over for the first time is no news. */
    for (guint i = 0; (known->len > 0 || folder->looked) && i < folder->arriving->len; i++)
        folder->fresh += !(((const LocalMessage *) folder->arriving->pdata[i])->flags & MAIL_FLAG_SEEN);
}

static void tell_new_mail(LocalSource *source, Folder *folder)
{
    if (folder->fresh == 0)
        return;
    Change *change = change_new(CHANGE_NEW_MAIL);
    change->account_id = source->account->id;
    change->mailbox_id = folder->id;
    change->count = folder->fresh;
    folder->fresh = 0;
    engine_tell(source->account->engine, change);
}

/* --- taking over ------------------------------------------------------------------------------------ */

gboolean local_keep_message(LocalSource *source, const Folder *folder, guint32 uid, MimeMessage *message, GBytes *raw, guint64 size,
                            MailFlags flags, const char *keywords, gint64 internal_date)
{
    g_autoptr(GError) error = NULL;
    gsize length;
    const char *bytes = g_bytes_get_data(raw, &length);
    g_autoptr(MessageSummary) summary = message_summary_from_header(bytes, length);
    StoreMessageInput input = {
        .uid = uid,
        .flags = flags,
        .keywords = keywords,
        .internal_date = internal_date,
        .size = size != 0 ? size : length,
        .summary = summary,
        .structure = message != NULL ? mime_message_structure(message) : NULL,
    };
    if (store_writer_put_messages(source->account->engine->writer, folder->id, &input, 1, &error))
        return TRUE;
    local_tell_trouble(source, error);
    return FALSE;
}

/* In the order in which they arrived. */
static gboolean number(LocalSource *source, Folder *folder, GError **error)
{
    StoreWriter *writer = source->account->engine->writer;
    guint end = MIN(folder->numbered + SLICE_ROWS, folder->arriving->len);
    if (!store_writer_begin(writer, error))
        return FALSE;
    for (; folder->numbered < end; folder->numbered++) {
        const LocalMessage *message = g_ptr_array_index(folder->arriving, folder->numbered);
        if (store_writer_local_uid(writer, folder->id, message->key, error) == 0) {
            store_writer_rollback(writer);
            return FALSE;
        }
    }
    return store_writer_commit(writer, error);
}

static gboolean take_flags(LocalSource *source, Folder *folder, GError **error)
{
    StoreWriter *writer = source->account->engine->writer;
    if (!store_writer_begin(writer, error))
        return FALSE;
    for (guint n = 0; n < SLICE_ROWS && folder->changed->len > 0; n++) {
        const StoreLocalMessage *message = g_ptr_array_index(folder->changed, folder->changed->len - 1);
        if (!store_writer_set_base_flags(writer, folder->id, message->uid, message->flags, message->keywords, 0, error)) {
            store_writer_rollback(writer);
            return FALSE;
        }
        g_ptr_array_set_size(folder->changed, (int) folder->changed->len - 1);
    }
    return store_writer_commit(writer, error);
}

static gboolean drop_gone(LocalSource *source, Folder *folder, GError **error)
{
    StoreWriter *writer = source->account->engine->writer;
    guint count = MIN(folder->gone->len, (guint) SLICE_ROWS), first = folder->gone->len - count;
    const guint32 *uids = &g_array_index(folder->gone, guint32, first);
    gboolean ok = store_writer_begin(writer, error);
    if (!ok)
        return FALSE;
    ok = store_writer_expunged(writer, folder->id, uids, count, error);
    for (guint i = 0; i < count && ok; i++)
        ok = store_writer_local_forget(writer, folder->id, uids[i], error);
    if (!ok) {
        store_writer_rollback(writer);
        return FALSE;
    }
    g_array_set_size(folder->gone, first);
    return store_writer_commit(writer, error);
}

/* The newest are listed last and wanted first. */
static gboolean read_some(LocalSource *source, Folder *folder, GError **error)
{
    StoreWriter *writer = source->account->engine->writer;
    if (!store_writer_begin(writer, error))
        return FALSE;
    for (guint n = 0; n < SLICE_READ && folder->arriving->len > 0; n++) {
        const LocalMessage *message = g_ptr_array_index(folder->arriving, folder->arriving->len - 1);
        guint32 uid = store_writer_local_uid(writer, folder->id, message->key, NULL);
        g_autoptr(GBytes) raw = uid != 0 ? local_mailbox_read(folder->open, message->key, NULL) : NULL;
        if (raw != NULL) {
            guint64 whole = pop_account_true_size(source->account->engine, message->key);
            g_autoptr(MimeMessage) parsed = whole == 0 ? mime_message_new(raw) : NULL;
            local_keep_message(source, folder, uid, parsed, raw, whole, message->flags, message->keywords, message->internal_date);
        }
        g_ptr_array_set_size(folder->arriving, (int) folder->arriving->len - 1);
    }
    folder->numbered = folder->arriving->len;
    return store_writer_commit(writer, error);
}

static void take_over_some(LocalSource *source, Folder *folder)
{
    g_autoptr(GError) error = NULL;
    gboolean ok = TRUE;
    if (folder->gone->len > 0)
        ok = drop_gone(source, folder, &error);
    else if (folder->changed->len > 0)
        ok = take_flags(source, folder, &error);
    else if (folder->numbered < folder->arriving->len)
        ok = number(source, folder, &error);
    else if (folder->arriving->len > 0)
        ok = read_some(source, folder, &error);
    else {
        folder->looked = TRUE;
        tell_new_mail(source, folder);
        local_scanned(source, folder, TRUE);
        return;
    }
    if (ok) {
        engine_tell_mailbox(source->account->engine, source->account->id, folder->id);
        return;
    }
    /* The disk of the store is full, most likely: what is in the files is there at the next look. */
    local_tell_trouble(source, error);
    local_scanned(source, folder, FALSE);
}

/* --- turns ------------------------------------------------------------------------------------------ */

/* What is on the screen first. */
static Folder *next_folder(LocalSource *source)
{
    Folder *next = NULL;
    for (guint i = 0; i < source->folders->len; i++) {
        Folder *folder = g_ptr_array_index(source->folders, i);
        gboolean waits = folder->arriving != NULL || folder->demo != NULL || (folder->stale && source->look_again == NULL);
        if (waits && (next == NULL || folder->id == source->account->looked_at))
            next = folder;
    }
    return next;
}

static gboolean turn(gpointer data)
{
    LocalSource *source = data;
    Folder *folder = source->replay == NULL ? next_folder(source) : NULL;
    if (folder == NULL) {
        engine_clear_source(&source->scanning); /* a decision calls again at its end */
        return G_SOURCE_REMOVE;
    }
    if (folder->demo != NULL) {
        if (local_demo_fill(source, folder))
            local_scanned(source, folder, TRUE);
    } else if (folder->arriving != NULL) {
        take_over_some(source, folder);
    } else {
        look(source, folder);
    }
    return G_SOURCE_CONTINUE;
}

void local_scan_go_on(LocalSource *source)
{
    if (source->scanning == NULL)
        source->scanning = engine_idle(source->account->engine, turn, source);
}

void local_scan(LocalSource *source, Folder *folder)
{
    folder->stale = folder->path != NULL;
    local_scan_go_on(source);
}

void local_scan_interrupt(LocalSource *source)
{
    for (guint i = 0; i < source->folders->len; i++) {
        Folder *folder = g_ptr_array_index(source->folders, i);
        if (folder->arriving == NULL || (folder->changed->len == 0 && folder->gone->len == 0))
            continue;
        g_ptr_array_set_size(folder->changed, 0);
        g_array_set_size(folder->gone, 0);
        folder->stale = TRUE;
    }
}

gboolean local_source_is_reading(LocalSource *source, gint64 mailbox_id)
{
    const Folder *folder = local_find_folder(source, mailbox_id);
    return folder != NULL && folder->arriving != NULL;
}
