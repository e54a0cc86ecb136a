/* Texts of messages that lie in files here: read when they are wanted, at once. */
#include "config.h"

#include "engine/local_private.h"

#include "base/i18n.h"
#include "engine/bodies.h"
#include "engine/pop_account.h"
#include "mime/choose.h"
#include "store/local_uids.h"

/* NULL: not known; *folder and *uid say where it is. Caller frees. */
static char *key_of(LocalSource *source, gint64 message_id, Folder **folder, guint32 *uid)
{
    StoreWriter *writer = source->account->engine->writer;
    gint64 mailbox_id = 0;
    *uid = 0;
    store_writer_locate(writer, message_id, &mailbox_id, uid);
    *folder = local_find_folder(source, mailbox_id);
    return *folder != NULL && (*folder)->path != NULL ? store_writer_local_key(writer, mailbox_id, *uid) : NULL;
}

static MimeMessage *read_message(LocalSource *source, gint64 message_id, GError **error)
{
    Folder *folder = NULL;
    guint32 uid = 0;
    g_autofree char *key = key_of(source, message_id, &folder, &uid);
    if (key == NULL) {
        g_set_error_literal(error, ENGINE_ERROR, ENGINE_ERROR_OFFLINE, _("This message has not been found again in its file yet."));
        return NULL;
    }
    LocalMailbox *mailbox = local_folder_open(folder, error);
    g_autoptr(GBytes) raw = mailbox != NULL ? local_mailbox_read(mailbox, key, error) : NULL;
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

/* Of a message of which only the header was here, nothing was known of how it is built. */
static void learn_structure(LocalSource *source, gint64 message_id)
{
    Engine *engine = source->account->engine;
    Folder *folder = NULL;
    guint32 uid = 0;
    g_autofree char *key = key_of(source, message_id, &folder, &uid);
    g_autoptr(MimeMessage) message = key != NULL ? read_message(source, message_id, NULL) : NULL;
    if (message == NULL || !store_writer_put_structure(engine->writer, folder->id, uid, mime_message_structure(message), NULL))
        return;
    Change *change = change_new(CHANGE_MESSAGE);
    change->account_id = source->account->id;
    change->mailbox_id = folder->id;
    change->message_id = message_id;
    engine_tell(engine, change);
}

void local_source_completed(LocalSource *source, gint64 message_id)
{
    learn_structure(source, message_id);
}

/* TRUE: it comes from the server, and whoever asks is told then. */
static gboolean wants_rest(LocalSource *source, gint64 message_id, const char *const *sections)
{
    Folder *folder = NULL;
    guint32 uid = 0;
    g_autofree char *key = key_of(source, message_id, &folder, &uid);
    return key != NULL && pop_account_want_rest(source->account->engine, key, message_id, sections);
}

void local_source_want(LocalSource *source, gint64 message_id, const char *const *sections)
{
    if (wants_rest(source, message_id, sections))
        return;
    if (!store_writer_has_structure(source->account->engine->writer, message_id))
        learn_structure(source, message_id);
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
