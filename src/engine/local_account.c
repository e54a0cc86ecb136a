#include "config.h"

#include "engine/local_account.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/bodies.h"
#include "local/demo.h"
#include "local/mailbox.h"
#include "mime/choose.h"
#include "mime/message.h"

/* Messages read and committed in one turn of the loop. */
#define SLICE 20
#define UIDVALIDITY 1

typedef struct {
    gint64 id;
    char *path;             /* NULL in the demo */
    char *name;
    GPtrArray *demo;        /* of DemoMessage*, while they are brought in */
    LocalMailbox *open;     /* NULL until it was looked at */
    GPtrArray *listed;      /* of LocalMessage*, while they are brought in */
    GHashTable *keys;       /* UID → key */
    guint next;             /* of demo or listed */
} Folder;

struct LocalSource {
    EngineAccount *account;
    gboolean demo;
    GPtrArray *folders;     /* of Folder* */
    GSource *filling;
    guint filling_folder;
};

static void folder_free(gpointer data)
{
    Folder *folder = data;
    g_free(folder->path);
    g_free(folder->name);
    g_clear_pointer(&folder->demo, g_ptr_array_unref);
    g_clear_pointer(&folder->listed, g_ptr_array_unref);
    g_clear_pointer(&folder->keys, g_hash_table_unref);
    local_mailbox_free(folder->open);
    g_free(folder);
}

LocalSource *local_source_new(EngineAccount *account)
{
    LocalSource *source = g_new0(LocalSource, 1);
    source->account = account;
    source->demo = account->config->receive->scheme == ACCOUNT_SCHEME_DEMO;
    source->folders = g_ptr_array_new_with_free_func(folder_free);
    return source;
}

void local_source_free(LocalSource *source)
{
    if (source == NULL)
        return;
    engine_clear_source(&source->filling);
    g_ptr_array_unref(source->folders);
    g_free(source);
}

static void tell_trouble(LocalSource *source, const GError *error)
{
    engine_tell_notice(source->account->engine, source->account->id, error->message);
}

/* --- mailboxes ------------------------------------------------------------------------------------ */

static MailboxRole role_from_name(const char *role)
{
    static const char *const names[] = {
        [MAILBOX_ROLE_DRAFTS] = "drafts", [MAILBOX_ROLE_SENT] = "sent", [MAILBOX_ROLE_ARCHIVE] = "archive",
        [MAILBOX_ROLE_JUNK] = "junk",     [MAILBOX_ROLE_TRASH] = "trash",
    };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i] != NULL && g_strcmp0(names[i], role) == 0)
            return (MailboxRole) i;
    return MAILBOX_ROLE_NONE;
}

static Folder *add_folder(LocalSource *source, const char *name, const char *path, const char *role)
{
    Engine *engine = source->account->engine;
    gboolean inbox = g_ascii_strcasecmp(name, "INBOX") == 0;
    StoreMailbox mailbox = {
        .account_id = source->account->id,
        .name = (char *) name,
        .wire_name = (char *) name,
        .delimiter = '/',
        .role = inbox ? MAILBOX_ROLE_INBOX : role_from_name(role),
        .attributes = MAILBOX_SUBSCRIBED | (source->demo ? MAILBOX_NEW_KEYWORDS : MAILBOX_READ_ONLY),
        .uidvalidity = UIDVALIDITY,
    };
    g_autoptr(GError) error = NULL;
    mailbox.id = store_writer_put_mailbox(engine->writer, source->account->id, &mailbox, &error);
    if (mailbox.id == 0 || !store_writer_set_selected(engine->writer, &mailbox, NULL, &error)) {
        tell_trouble(source, error);
        return NULL;
    }
    Folder *folder = g_new0(Folder, 1);
    folder->id = mailbox.id;
    folder->name = g_strdup(name);
    folder->path = g_strdup(path);
    g_ptr_array_add(source->folders, folder);
    return folder;
}

static Folder *find_folder(LocalSource *source, gint64 mailbox_id)
{
    for (guint i = 0; i < source->folders->len; i++) {
        Folder *folder = g_ptr_array_index(source->folders, i);
        if (folder->id == mailbox_id)
            return folder;
    }
    return NULL;
}

/* --- messages ------------------------------------------------------------------------------------- */

static void keep_bodies(LocalSource *source, gint64 message_id, MimeMessage *message)
{
    StoreWriter *writer = source->account->engine->writer;
    g_autoptr(GPtrArray) leaves = message_part_leaves(mime_message_structure(message));
    for (guint i = 0; i < leaves->len; i++) {
        const MessagePart *part = g_ptr_array_index(leaves, i);
        g_autoptr(GBytes) bytes = mime_message_section(message, part->section);
        if (bytes != NULL)
            store_writer_put_body(writer, message_id, part->section, bytes, NULL);
    }
    static const char *const wholes[] = { "", "HEADER" };
    for (guint i = 0; i < G_N_ELEMENTS(wholes); i++) {
        g_autoptr(GBytes) bytes = mime_message_section(message, wholes[i]);
        if (bytes != NULL)
            store_writer_put_body(writer, message_id, wholes[i], bytes, NULL);
    }
}

/* with_bodies: in the demo, whose messages are nowhere else. */
static void keep_message(LocalSource *source, const Folder *folder, guint32 uid, GBytes *raw, MailFlags flags, const char *keywords,
                         gint64 internal_date, gboolean with_bodies)
{
    StoreWriter *writer = source->account->engine->writer;
    g_autoptr(GError) error = NULL;
    g_autoptr(MimeMessage) message = mime_message_new(raw);
    gsize length;
    const char *bytes = g_bytes_get_data(raw, &length);
    g_autoptr(MessageSummary) summary = message_summary_from_header(bytes, length);
    StoreMessageInput input = {
        .uid = uid,
        .flags = flags,
        .keywords = keywords,
        .internal_date = internal_date,
        .size = length,
        .summary = summary,
        .structure = mime_message_structure(message),
    };
    if (!store_writer_put_messages(writer, folder->id, &input, 1, &error))
        tell_trouble(source, error);
    else if (with_bodies)
        keep_bodies(source, store_writer_message_by_uid(writer, folder->id, uid), message);
}

static void fill_demo_slice(LocalSource *source, Folder *folder)
{
    for (guint end = MIN(folder->next + SLICE, folder->demo->len); folder->next < end; folder->next++) {
        const DemoMessage *message = g_ptr_array_index(folder->demo, folder->next);
        keep_message(source, folder, folder->next + 1, message->raw, message->flags, message->keywords, message->internal_date, TRUE);
    }
}

static guint32 uid_of_key(const Folder *folder, const char *key)
{
    /* The format numbers nothing, so the key's digest is the number: the same at every start. Two that meet step aside. */
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA1);
    g_checksum_update(checksum, (const guchar *) key, (gssize) strlen(key));
    guint8 digest[20];
    gsize length = sizeof digest;
    g_checksum_get_digest(checksum, digest, &length);
    guint32 uid = (guint32) digest[0] << 24 | (guint32) digest[1] << 16 | (guint32) digest[2] << 8 | digest[3];
    while (uid == 0 || g_hash_table_contains(folder->keys, GUINT_TO_POINTER(uid)))
        uid++;
    return uid;
}

static void fill_listed_slice(LocalSource *source, Folder *folder)
{
    StoreWriter *writer = source->account->engine->writer;
    for (guint end = MIN(folder->next + SLICE, folder->listed->len); folder->next < end; folder->next++) {
        /* The newest are listed last and wanted first. */
        const LocalMessage *message = g_ptr_array_index(folder->listed, folder->listed->len - 1 - folder->next);
        guint32 uid = uid_of_key(folder, message->key);
        g_hash_table_insert(folder->keys, GUINT_TO_POINTER(uid), g_strdup(message->key));
        if (store_writer_message_by_uid(writer, folder->id, uid) != 0) {
            store_writer_set_base_flags(writer, folder->id, uid, message->flags, message->keywords, 0, NULL);
            continue;
        }
        g_autoptr(GBytes) raw = local_mailbox_read(folder->open, message->key, NULL);
        if (raw != NULL)
            keep_message(source, folder, uid, raw, message->flags, message->keywords, message->internal_date, FALSE);
    }
}

static void drop_gone(LocalSource *source, const Folder *folder)
{
    StoreWriter *writer = source->account->engine->writer;
    g_autoptr(GArray) stored = store_writer_uids(writer, folder->id);
    g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < stored->len; i++) {
        guint32 uid = g_array_index(stored, guint32, i);
        if (!g_hash_table_contains(folder->keys, GUINT_TO_POINTER(uid)))
            g_array_append_val(gone, uid);
    }
    if (gone->len > 0)
        store_writer_expunged(writer, folder->id, (const guint32 *) (gpointer) gone->data, gone->len, NULL);
}

static void folder_filled(LocalSource *source, Folder *folder)
{
    if (folder->listed != NULL)
        drop_gone(source, folder);
    g_clear_pointer(&folder->demo, g_ptr_array_unref);
    g_clear_pointer(&folder->listed, g_ptr_array_unref);
    store_writer_set_progress(source->account->engine->writer, folder->id, 0, 1, TRUE, g_get_real_time(), NULL);
    engine_tell_mailbox(source->account->engine, source->account->id, folder->id);
}

static gboolean fill(gpointer data)
{
    LocalSource *source = data;
    for (guint i = 0; i < source->folders->len; i++) {
        Folder *folder = g_ptr_array_index(source->folders, i);
        if (folder->demo == NULL && folder->listed == NULL)
            continue;
        if (folder->demo != NULL)
            fill_demo_slice(source, folder);
        else
            fill_listed_slice(source, folder);
        guint total = folder->demo != NULL ? folder->demo->len : folder->listed->len;
        if (folder->next >= total)
            folder_filled(source, folder);
        else
            engine_tell_mailbox(source->account->engine, source->account->id, folder->id);
        return G_SOURCE_CONTINUE;
    }
    engine_clear_source(&source->filling);
    return G_SOURCE_REMOVE;
}

static void start_filling(LocalSource *source)
{
    if (source->filling == NULL)
        source->filling = engine_idle(source->account->engine, fill, source);
}

/* --- what the account asks ------------------------------------------------------------------------ */

static void start_demo(LocalSource *source)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    for (const DemoMailbox *mailbox = demo_mailboxes(); mailbox->name != NULL; mailbox++) {
        Folder *folder = add_folder(source, mailbox->name, NULL, mailbox->role);
        if (folder == NULL)
            continue;
        g_autoptr(GArray) there = store_writer_uids(source->account->engine->writer, folder->id);
        if (there->len == 0)
            folder->demo = demo_messages(mailbox->name, now);
    }
    start_filling(source);
}

static void start_folders(LocalSource *source)
{
    g_autoptr(GError) error = NULL;
    if (source->account->config->receive->scheme == ACCOUNT_SCHEME_POP3) {
        engine_account_set_state(source->account, ACCOUNT_STOPPED,
                                 _("POP3 accounts cannot be used by this version of Malle yet; does the server have IMAP (imaps://)?"));
        return;
    }
    g_autoptr(GPtrArray) folders = local_folders(source->account->config->receive->path, &error);
    if (folders == NULL) {
        engine_account_set_state(source->account, ACCOUNT_STOPPED, error->message);
        return;
    }
    for (guint i = 0; i < folders->len; i++) {
        const LocalFolder *found = g_ptr_array_index(folders, i);
        add_folder(source, found->name, found->path, NULL);
    }
}

void local_source_start(LocalSource *source)
{
    engine_account_set_state(source->account, ACCOUNT_LOCAL, NULL);
    if (source->demo)
        start_demo(source);
    else
        start_folders(source);
    Change *change = change_new(CHANGE_MAILBOX_LIST);
    change->account_id = source->account->id;
    engine_tell(source->account->engine, change);
}

static void list_folder(LocalSource *source, Folder *folder)
{
    g_autoptr(GError) error = NULL;
    if (folder->open == NULL)
        folder->open = local_mailbox_open(folder->path, &error);
    if (folder->open != NULL) {
        g_clear_pointer(&folder->listed, g_ptr_array_unref);
        folder->listed = local_mailbox_list(folder->open, &error);
    }
    if (folder->listed == NULL) {
        tell_trouble(source, error);
        return;
    }
    g_clear_pointer(&folder->keys, g_hash_table_unref);
    folder->keys = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    folder->next = 0;
    start_filling(source);
}

void local_source_look_at(LocalSource *source, gint64 mailbox_id)
{
    Folder *folder = find_folder(source, mailbox_id);
    if (folder != NULL && folder->path != NULL)
        list_folder(source, folder);
}

void local_source_check(LocalSource *source)
{
    local_source_look_at(source, source->account->looked_at);
}

/* --- bodies --------------------------------------------------------------------------------------- */

static MimeMessage *read_message(LocalSource *source, gint64 message_id, GError **error)
{
    gint64 mailbox_id = 0;
    guint32 uid = 0;
    store_writer_locate(source->account->engine->writer, message_id, &mailbox_id, &uid);
    Folder *folder = find_folder(source, mailbox_id);
    const char *key = folder != NULL && folder->keys != NULL ? g_hash_table_lookup(folder->keys, GUINT_TO_POINTER(uid)) : NULL;
    if (key == NULL) {
        g_set_error_literal(error, ENGINE_ERROR, ENGINE_ERROR_OFFLINE, _("This message has not been found again in its file yet."));
        return NULL;
    }
    g_autoptr(GBytes) raw = local_mailbox_read(folder->open, key, error);
    return raw != NULL ? mime_message_new(raw) : NULL;
}

static void keep_section(LocalSource *source, gint64 message_id, MimeMessage *message, const char *section)
{
    g_autoptr(GBytes) bytes = mime_message_section(message, section);
    g_autoptr(GError) error = NULL;
    if (bytes == NULL)
        bodies_tell(source->account->engine, message_id, section, _("This message has no such part."));
    else if (store_writer_put_body(source->account->engine->writer, message_id, section, bytes, &error))
        bodies_tell(source->account->engine, message_id, section, NULL);
    else
        bodies_tell(source->account->engine, message_id, section, error->message);
}

static gboolean is_here(LocalSource *source, gint64 message_id, const char *section)
{
    StoreReader *reader = source->account->engine->reader;
    g_autofree char *path = store_reader_body_path(reader, message_id, section);
    g_autoptr(GBytes) bytes = path == NULL ? store_reader_body(reader, message_id, section) : NULL;
    return path != NULL || bytes != NULL;
}

static char **chosen_sections(LocalSource *source, gint64 message_id)
{
    GPtrArray *sections = g_ptr_array_new();
    g_autoptr(StoreMessage) message = store_reader_message(source->account->engine->reader, message_id);
    g_autoptr(GPtrArray) texts = message != NULL && message->structure != NULL ? mime_choose_text(message->structure, NULL) : g_ptr_array_new();
    for (guint i = 0; i < texts->len; i++) {
        const MessagePart *part = g_ptr_array_index(texts, i);
        if (part->children->len == 0)
            g_ptr_array_add(sections, g_strdup(part->section));
    }
    g_ptr_array_add(sections, NULL);
    return (char **) g_ptr_array_free(sections, FALSE);
}

void local_source_want(LocalSource *source, gint64 message_id, const char *const *sections)
{
    g_auto(GStrv) wanted = sections != NULL ? g_strdupv((char **) sections) : chosen_sections(source, message_id);
    g_autoptr(MimeMessage) message = NULL;
    for (char **section = wanted; *section != NULL; section++) {
        g_autoptr(GError) error = NULL;
        if (is_here(source, message_id, *section)) {
            bodies_tell(source->account->engine, message_id, *section, NULL);
            continue;
        }
        if (message == NULL)
            message = read_message(source, message_id, &error);
        if (message == NULL)
            bodies_tell(source->account->engine, message_id, *section, error->message);
        else
            keep_section(source, message_id, message, *section);
    }
    if (wanted[0] == NULL)
        bodies_tell(source->account->engine, message_id, NULL, NULL);
}

/* --- intents -------------------------------------------------------------------------------------- */

static guint32 highest_uid(StoreWriter *writer, gint64 mailbox_id)
{
    g_autoptr(GArray) uids = store_writer_uids(writer, mailbox_id);
    return uids->len > 0 ? g_array_index(uids, guint32, uids->len - 1) : 0;
}

static void finish_intent(LocalSource *source, const Intent *intent)
{
    Engine *engine = source->account->engine;
    g_autoptr(GArray) new_uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    if (intent->target_mailbox_id != 0) {
        guint32 next = highest_uid(engine->writer, intent->target_mailbox_id);
        for (guint i = 0; i < intent->message_ids->len; i++) {
            next++;
            g_array_append_val(new_uids, next);
        }
    }
    g_autoptr(GError) error = NULL;
    if (!store_writer_intent_sending(engine->writer, intent->id, UIDVALIDITY, 0, &error) ||
        !store_writer_intent_done(engine->writer, intent->id, UIDVALIDITY, new_uids->len > 0 ? (const guint32 *) (gpointer) new_uids->data : NULL,
                                  new_uids->len, &error))
        tell_trouble(source, error);
    engine_tell_intent(engine, intent->id, INTENT_DONE, NULL);
    if (intent->mailbox_id != 0)
        engine_tell_mailbox(engine, source->account->id, intent->mailbox_id);
    if (intent->target_mailbox_id != 0)
        engine_tell_mailbox(engine, source->account->id, intent->target_mailbox_id);
}

void local_source_replay(LocalSource *source)
{
    if (!source->demo)
        return;
    for (;;) {
        g_autoptr(GPtrArray) ready = store_writer_ready_intents(source->account->engine->writer, source->account->id, SLICE);
        if (ready->len == 0)
            return;
        for (guint i = 0; i < ready->len; i++)
            finish_intent(source, g_ptr_array_index(ready, i));
    }
}
