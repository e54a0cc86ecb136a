/* A letter as plain data (see letter.h). */
#include "config.h"

#include "mime/letter.h"

#include <string.h>

#include "base/i18n.h"
#include "mime/address.h"
#include "mime/magic.h"

G_DEFINE_QUARK(malle-letter-error-quark, letter_error)

LetterAttachment *letter_attachment_new(const char *path)
{
    LetterAttachment *attachment = g_new0(LetterAttachment, 1);
    attachment->path = g_strdup(path);
    return attachment;
}

LetterAttachment *letter_attachment_new_remote(gint64 message_id, const char *section, const char *encoding, const char *charset, guint64 octets)
{
    LetterAttachment *attachment = letter_attachment_new(NULL);
    attachment->remote = g_new(LetterRemote, 1);
    *attachment->remote = (LetterRemote){ message_id, g_strdup(section), g_strdup(encoding), g_strdup(charset), octets };
    return attachment;
}

static void remote_free(LetterRemote *remote)
{
    if (remote == NULL)
        return;
    g_free(remote->section);
    g_free(remote->encoding);
    g_free(remote->charset);
    g_free(remote);
}

static LetterAttachment *attachment_copy(const LetterAttachment *attachment)
{
    const LetterRemote *remote = attachment->remote;
    LetterAttachment *copy = remote == NULL ? letter_attachment_new(attachment->path)
                                            : letter_attachment_new_remote(remote->message_id, remote->section, remote->encoding,
                                                                           remote->charset, remote->octets);
    copy->type = g_strdup(attachment->type);
    copy->name = g_strdup(attachment->name);
    copy->description = g_strdup(attachment->description);
    copy->is_inline = attachment->is_inline;
    return copy;
}

void letter_attachment_free(LetterAttachment *attachment)
{
    if (attachment == NULL)
        return;
    g_free(attachment->path);
    remote_free(attachment->remote);
    g_free(attachment->type);
    g_free(attachment->name);
    g_free(attachment->description);
    g_free(attachment);
}

Letter *letter_new(void)
{
    Letter *letter = g_new0(Letter, 1);
    letter->fields = g_ptr_array_new_with_free_func(g_free);
    letter->attachments = g_ptr_array_new_with_free_func((GDestroyNotify)letter_attachment_free);
    return letter;
}

/* Every text of a letter, so that no list of them stands twice. */
#define LETTER_TEXTS(letter)                                                                                         \
    &(letter)->from, &(letter)->reply_to, &(letter)->to, &(letter)->cc, &(letter)->bcc, &(letter)->sender,           \
        &(letter)->subject, &(letter)->message_id, &(letter)->in_reply_to, &(letter)->text, &(letter)->html

Letter *letter_copy(const Letter *letter)
{
    Letter *copy = g_new0(Letter, 1);
    *copy = *letter;
    char **texts[] = { LETTER_TEXTS(copy) };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = g_strdup(*texts[i]);
    copy->references = g_strdupv(letter->references);
    copy->fields = g_ptr_array_copy(letter->fields, (GCopyFunc)(void (*)(void))g_strdup, NULL);
    g_ptr_array_set_free_func(copy->fields, g_free);
    copy->attachments = g_ptr_array_copy(letter->attachments, (GCopyFunc)(void (*)(void))attachment_copy, NULL);
    g_ptr_array_set_free_func(copy->attachments, (GDestroyNotify)letter_attachment_free);
    return copy;
}

void letter_free(Letter *letter)
{
    if (letter == NULL)
        return;
    char **texts[] = { LETTER_TEXTS(letter) };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(*texts[i]);
    g_strfreev(letter->references);
    g_ptr_array_unref(letter->fields);
    g_ptr_array_unref(letter->attachments);
    g_free(letter);
}

LetterAttachment *letter_add_attachment(Letter *letter, const char *path, GError **error)
{
    g_autoptr(GMappedFile) readable = g_mapped_file_new(path, FALSE, NULL);
    if (readable == NULL || !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_autofree char *shown = g_filename_display_name(path);
        g_set_error(error, LETTER_ERROR, LETTER_ERROR_ATTACHMENT, _("The file %s cannot be read."), shown);
        return NULL;
    }
    LetterAttachment *attachment = letter_attachment_new(path);
    g_autoptr(MimeMagic) magic = mime_magic_new();
    attachment->type = magic != NULL ? mime_magic_of_file(magic, path) : g_strdup("application/octet-stream");
    if (!strchr(attachment->type, '/') || g_str_has_prefix(attachment->type, "inode/")) {
        g_free(attachment->type);
        attachment->type = g_strdup("application/octet-stream");
    }
    attachment->name = g_filename_display_basename(path);
    g_ptr_array_add(letter->attachments, attachment);
    return attachment;
}

/* ---- addresses ---- */

/* Adds the addresses of a field to LIST, each once. */
static bool add_addresses(const char *value, GPtrArray *list, GHashTable *seen, GError **error)
{
    if (value == NULL || *value == '\0')
        return true;
    g_autoptr(GPtrArray) addresses = mime_addresses_parse(value, strlen(value));
    for (guint i = 0; i < addresses->len; i++) {
        const MailAddress *address = addresses->pdata[i];
        if (address->address == NULL)
            continue; /* the name of a group */
        char *wire = mime_address_on_wire(address->address);
        if (wire == NULL) {
            /* words without an address: the parser takes them for a name */
            const char *told = *address->address == '\0' && address->name != NULL ? address->name : address->address;
            g_set_error(error, LETTER_ERROR, LETTER_ERROR_ADDRESS, _("“%s” is no address."), told);
            return false;
        }
        if (g_hash_table_add(seen, wire))
            g_ptr_array_add(list, g_strdup(wire));
    }
    return true;
}

char **letter_recipients(const Letter *letter, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!add_addresses(letter->to, list, seen, error) || !add_addresses(letter->cc, list, seen, error) ||
        !add_addresses(letter->bcc, list, seen, error))
        return NULL;
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_steal(list, NULL);
}

char *letter_sender(const Letter *letter, GError **error)
{
    const char *value = letter->sender != NULL ? letter->sender : letter->from;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!add_addresses(value, list, seen, error))
        return NULL;
    if (list->len == 0) {
        g_set_error_literal(error, LETTER_ERROR, LETTER_ERROR_ADDRESS, _("The letter does not say who it is from."));
        return NULL;
    }
    return g_strdup(list->pdata[0]);
}

/* ---- what a letter has once ---- */

void letter_prepare(Letter *letter, gint64 now)
{
    if (letter->date == 0)
        letter->date = now;
    if (letter->message_id != NULL)
        return;
    g_autofree char *sender = letter_sender(letter, NULL);
    const char *domain = sender != NULL ? strrchr(sender, '@') + 1 : "localhost";
    g_autofree char *unique = g_uuid_string_random();
    letter->message_id = g_strdup_printf("%s@%s", unique, domain);
}
