/* A whole message, or one plain text part, as a sender can write them. The first octet chooses which, and how
 * it is read: flowed or not, in which charset, how wide. */
#include "config.h"

#include "mime/choose.h"
#include "mime/filename.h"
#include "mime/message.h"
#include "mime/render.h"

#include <string.h>

#include "../fuzz.h"

enum { MOST_LINES = 2000 };

static void read_message(const char *bytes, gsize size, guint how)
{
    g_autoptr(GBytes) raw = g_bytes_new_static(bytes, size);
    RenderOptions options = { .width = 60, .max_lines = MOST_LINES };
    g_autoptr(RenderedText) rendered =
        mime_render_message(raw, how & 4 ? "text/html,text/plain" : NULL, &options);
    fuzz_assert_rendered(rendered);
    g_autoptr(MimeMessage) message = mime_message_new(raw);
    const MessagePart *root = mime_message_structure(message);
    mime_has_attachment(root);
    g_autoptr(GPtrArray) leaves = message_part_leaves(root);
    for (guint i = 0; i < leaves->len; i++) {
        const MessagePart *part = g_ptr_array_index(leaves, i);
        g_autofree char *name = mime_part_filename(part);
        g_assert_true(*name && !strchr(name, '/') && *name != '.' && *name != '-' && strlen(name) <= 220);
        g_autoptr(GBytes) section = mime_message_section(message, part->section);
        g_assert_nonnull(section);
        g_assert_true(message_part_find(root, part->section) == part);
    }
}

static void read_text(const char *bytes, gsize size, guint how)
{
    g_autoptr(MessagePart) part = message_part_new("1", "text", "plain");
    if (how & 4)
        message_part_set_parameter(part, "charset", how & 8 ? "utf-8" : "iso-2022-jp");
    if (how & 16)
        message_part_set_parameter(part, "format", "flowed");
    if (how & 32)
        message_part_set_parameter(part, "delsp", "yes");
    RenderOptions options = { .width = 20 + (int)how, .hide_quotes = how & 64, .max_lines = MOST_LINES };
    g_autoptr(RenderedText) rendered = mime_render_text(bytes, size, part, &options);
    fuzz_assert_rendered(rendered);
    g_autofree char *content = mime_text_content(bytes, size, part);
    fuzz_assert_safe(content, -1, TEXT_MULTI_LINE);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size == 0)
        return 0;
    g_autofree char *bytes = fuzz_copy(data + 1, size - 1);
    if (data[0] & 2)
        read_text(bytes, size - 1, data[0]);
    else
        read_message(bytes, size - 1, data[0]);
    return 0;
}
