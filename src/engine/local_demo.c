/* The embedded demonstration: its messages are nowhere but in the store, and what is decided about them takes effect there. */
#include "config.h"

#include "engine/local_private.h"

#include "base/i18n.h"
#include "local/demo.h"

#define SLICE 20

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

static void list_mailboxes(LocalSource *source)
{
    g_autoptr(GPtrArray) mailboxes = g_ptr_array_new_with_free_func((GDestroyNotify) store_mailbox_free);
    for (const DemoMailbox *one = demo_mailboxes(); one->name != NULL; one++) {
        StoreMailbox *mailbox = g_new0(StoreMailbox, 1);
        mailbox->name = g_strdup(one->name);
        mailbox->wire_name = g_strdup(one->name);
        mailbox->delimiter = '/';
        mailbox->role = g_ascii_strcasecmp(one->name, "INBOX") == 0 ? MAILBOX_ROLE_INBOX : role_from_name(one->role);
        mailbox->attributes = MAILBOX_SUBSCRIBED;
        g_ptr_array_add(mailboxes, mailbox);
    }
    g_autoptr(GError) error = NULL;
    if (!store_writer_sync_mailboxes(source->account->engine->writer, source->account->id, mailboxes, FALSE, &error))
        local_tell_trouble(source, error);
}

void local_demo_start(LocalSource *source)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    list_mailboxes(source);
    for (const DemoMailbox *mailbox = demo_mailboxes(); mailbox->name != NULL; mailbox++) {
        Folder *folder = local_find_folder(source, local_put_folder(source, mailbox->name, NULL));
        if (folder == NULL)
            continue;
        g_autoptr(GArray) there = store_writer_uids(source->account->engine->writer, folder->id);
        if (there->len == 0)
            folder->demo = demo_messages(mailbox->name, now);
        else
            local_scanned(source, folder, TRUE);
    }
    local_scan_go_on(source);
    Change *change = change_new(CHANGE_MAILBOX_LIST);
    change->account_id = source->account->id;
    engine_tell(source->account->engine, change);
}

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

static void keep(LocalSource *source, Folder *folder, guint32 uid, const DemoMessage *message)
{
    g_autoptr(MimeMessage) parsed = mime_message_new(message->raw);
    if (local_keep_message(source, folder, uid, parsed, message->raw, 0, message->flags, message->keywords, message->internal_date))
        keep_bodies(source, store_writer_message_by_uid(source->account->engine->writer, folder->id, uid), parsed);
}

gboolean local_demo_fill(LocalSource *source, Folder *folder)
{
    for (guint end = MIN(folder->next + SLICE, folder->demo->len); folder->next < end; folder->next++)
        keep(source, folder, folder->next + 1, g_ptr_array_index(folder->demo, folder->next));
    engine_tell_mailbox(source->account->engine, source->account->id, folder->id);
    if (folder->next < folder->demo->len)
        return FALSE;
    g_clear_pointer(&folder->demo, g_ptr_array_unref);
    return TRUE;
}

/* --- intents -------------------------------------------------------------------------------------- */

/* What is still to be filled in has the numbers from 1 on: a message that comes before it must not take one of those. */
static guint32 highest_uid(LocalSource *source, gint64 mailbox_id)
{
    g_autoptr(GArray) uids = store_writer_uids(source->account->engine->writer, mailbox_id);
    const Folder *folder = local_find_folder(source, mailbox_id);
    guint32 highest = uids->len > 0 ? g_array_index(uids, guint32, uids->len - 1) : 0;
    return folder != NULL && folder->demo != NULL ? MAX(highest, folder->demo->len) : highest;
}

static void finish_intent(LocalSource *source, const Intent *intent)
{
    Engine *engine = source->account->engine;
    g_autoptr(GArray) new_uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    if (intent->target_mailbox_id != 0) {
        guint32 next = highest_uid(source, intent->target_mailbox_id);
        for (guint i = 0; i < intent->message_ids->len; i++) {
            next++;
            g_array_append_val(new_uids, next);
        }
    }
    g_autoptr(GError) error = NULL;
    if (!store_writer_intent_sending(engine->writer, intent->id, LOCAL_DEMO_UIDVALIDITY, 0, &error) ||
        !store_writer_intent_done(engine->writer, intent->id, LOCAL_DEMO_UIDVALIDITY,
                                  new_uids->len > 0 ? (const guint32 *) (gpointer) new_uids->data : NULL, new_uids->len, &error))
        local_tell_trouble(source, error);
    engine_tell_intent(engine, intent->id, INTENT_DONE, NULL);
    if (intent->mailbox_id != 0)
        engine_tell_mailbox(engine, source->account->id, intent->mailbox_id);
    if (intent->target_mailbox_id != 0)
        engine_tell_mailbox(engine, source->account->id, intent->target_mailbox_id);
}

static void refuse_carried(LocalSource *source, const Intent *intent)
{
    const char *words = _("Nothing can be taken out of the demonstration.");
    store_writer_intent_state(source->account->engine->writer, intent->id, INTENT_FAILED, words, NULL);
    engine_tell_intent(source->account->engine, intent->id, INTENT_FAILED, words);
}

void local_demo_replay(LocalSource *source)
{
    for (;;) {
        g_autoptr(GPtrArray) ready = store_writer_ready_intents(source->account->engine->writer, source->account->id, SLICE);
        if (ready->len == 0)
            return;
        for (guint i = 0; i < ready->len; i++)
            if (((const Intent *) g_ptr_array_index(ready, i))->carried)
                refuse_carried(source, g_ptr_array_index(ready, i));
            else
                finish_intent(source, g_ptr_array_index(ready, i));
    }
}
