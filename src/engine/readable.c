#include "config.h"

#include "engine/readable.h"

#include "mime/choose.h"
#include "mime/decoder.h"
#include "mime/message.h"
#include "mime/render.h"

#define TEXT_MAX (1024 * 1024) /* octets looked at per part */

GBytes *readable_section(StoreReader *reader, gint64 message_id, const char *section)
{
    GBytes *bytes = store_reader_body(reader, message_id, section);
    if (bytes != NULL)
        return bytes;
    g_autoptr(GBytes) whole = store_reader_body(reader, message_id, "");
    g_autoptr(MimeMessage) message = whole != NULL ? mime_message_new(whole) : NULL;
    return message != NULL ? mime_message_section(message, section) : NULL;
}

static char *part_text(StoreReader *reader, gint64 message_id, const MessagePart *part)
{
    g_autoptr(GBytes) bytes = readable_section(reader, message_id, part->section);
    if (bytes == NULL)
        return NULL;
    g_autoptr(GBytes) decoded = mime_decode(part->encoding, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    return mime_text_content(g_bytes_get_data(decoded, NULL), MIN(g_bytes_get_size(decoded), (gsize) TEXT_MAX), part);
}

/* All parts that would be read must be here, or an answer would be about half a message. */
char *readable_text(StoreReader *reader, const StoreMessage *message, const char *preference)
{
    if (message->structure == NULL)
        return NULL;
    g_autoptr(GPtrArray) parts = mime_choose_text(message->structure, preference);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < parts->len; i++) {
        const MessagePart *part = g_ptr_array_index(parts, i);
        g_autofree char *here = part->children->len == 0 ? part_text(reader, message->row->id, part) : g_strdup("");
        if (here == NULL)
            return NULL;
        g_string_append_printf(text, "%s\n", here);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
