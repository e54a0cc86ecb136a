/* libFuzzer target: everything a sender can write. The first octet chooses how it is read: as a whole
 * message, as HTML, as plain text (flowed or not), as a header.
 *
 * Built with --enable-fuzzing (clang):
 *     tests/fuzz/mime/fuzz-mime -max_len=8192 NEW-DIRECTORY …/tests/fuzz/mime/corpus
 * The corpus is replayed by tests/fuzz/mime/replay in every check.
 */
#include "config.h"

#include "mime/address.h"
#include "mime/choose.h"
#include "mime/filename.h"
#include "mime/message.h"
#include "mime/render.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* What must hold of anything that is going to be drawn. */
static void check_rendered(const RenderedText *rendered)
{
    const unsigned char *text = (const unsigned char *)rendered->text->str;
    g_assert_true(g_utf8_validate(rendered->text->str, (gssize)rendered->text->len, NULL));
    for (gsize i = 0; i < rendered->text->len; i++) {
        g_assert_true(text[i] >= 0x20 && text[i] != 0x7f);
        g_assert_false(text[i] == 0xc2 && text[i + 1] < 0xa0);
    }
    for (guint i = 0; i < rendered->runs->len; i++) {
        const RenderedRun *run = rendered_run(rendered, i);
        g_assert_cmpuint(run->offset + run->length, <=, rendered->text->len);
        g_assert_cmpuint(run->link, <=, rendered->links->len);
    }
}

static void read_message(const char *bytes, gsize size, guint how)
{
    g_autoptr(GBytes) raw = g_bytes_new(bytes, size);
    g_autoptr(RenderedText) rendered =
        mime_render_message(raw, how & 4 ? "text/html,text/plain" : NULL, NULL);
    check_rendered(rendered);
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

static void read_text(const char *bytes, gsize size, guint how, const char *subtype)
{
    g_autoptr(MessagePart) part = message_part_new("1", "text", subtype);
    if (how & 4)
        message_part_set_parameter(part, "charset", how & 8 ? "utf-8" : "iso-2022-jp");
    if (how & 16)
        message_part_set_parameter(part, "format", "flowed");
    if (how & 32)
        message_part_set_parameter(part, "delsp", "yes");
    RenderOptions options = { .width = 20 + (int)how, .hide_quotes = how & 64 };
    g_autoptr(RenderedText) rendered = mime_render_text(bytes, size, part, &options);
    check_rendered(rendered);
}

static void read_header(const char *bytes, gsize size, guint how)
{
    g_autoptr(RenderedText) rendered = mime_render_header(bytes, size, how & 4, 60);
    check_rendered(rendered);
    g_autofree char *line = g_strndup(bytes, size);
    g_autofree char *base = message_base_subject(line, NULL);
    g_assert_true(g_utf8_validate(base, -1, NULL));
    g_autofree char *domain = mime_domain_show(line);
    g_assert_true(g_utf8_validate(domain, -1, NULL));
    g_autoptr(GPtrArray) addresses = mime_addresses_parse(bytes, size);
    for (guint i = 0; i < addresses->len; i++) {
        const MailAddress *address = g_ptr_array_index(addresses, i);
        g_assert_true(!address->address || g_utf8_validate(address->address, -1, NULL));
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size == 0)
        return 0;
    const char *bytes = (const char *)data + 1;
    guint how = data[0];
    size--;
    switch (how % 4) {
    case 0:
        read_message(bytes, size, how);
        break;
    case 1:
        read_text(bytes, size, how, "html");
        break;
    case 2:
        read_text(bytes, size, how, "plain");
        break;
    default:
        read_header(bytes, size, how);
    }
    return 0;
}
