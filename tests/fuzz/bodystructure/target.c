/* The structure and the envelope of a message as a server tells them, from the response to what the screen and
 * the file system get: parts with their sections, names of attachments, addresses. The first octet chooses
 * what the rest is, and the limits. */
#include "config.h"

#include "engine/convert.h"
#include "mime/address.h"
#include "mime/choose.h"
#include "mime/filename.h"
#include "proto/imap/parse.h"

#include "../fuzz.h"

static void check_tree(const ImapBody *body, const ImapLimits *limits)
{
    g_assert_cmpuint(body->n, >=, 1);
    g_assert_cmpuint(body->n, <=, limits->parts);
    for (guint i = 0; i < body->n; i++) {
        const ImapPart *part = &body->parts[i];
        g_assert_cmpint(part->parent, <, (int)i);
        g_assert_true((i == 0) == (part->parent < 0));
        if (i > 0)
            g_assert_cmpuint(part->depth, ==, body->parts[part->parent].depth + 1);
        g_assert_cmpuint(part->depth, <=, limits->depth);
        /* A section goes back to the server in a command: digits, dots and TEXT. */
        g_assert_cmpuint(strspn(part->section, "0123456789.TEX"), ==, strlen(part->section));
    }
}

static void check_names(const MessagePart *root)
{
    g_autoptr(GPtrArray) leaves = message_part_leaves(root);
    for (guint i = 0; i < leaves->len; i++) {
        const MessagePart *part = g_ptr_array_index(leaves, i);
        g_autofree char *name = mime_part_filename(part);
        fuzz_assert_safe(name, -1, TEXT_SINGLE_LINE);
        g_assert_true(*name && !strchr(name, '/') && *name != '.' && *name != '-' && strlen(name) <= 220);
        g_assert_true(message_part_find(root, part->section) == part);
        fuzz_assert_showable(part->description);
    }
    g_autoptr(GPtrArray) attachments = mime_list_attachments(root, NULL);
    for (guint i = 0; i < attachments->len; i++) {
        const MimeAttachment *attachment = g_ptr_array_index(attachments, i);
        fuzz_assert_safe(attachment->name, -1, TEXT_SINGLE_LINE);
        g_assert_true(g_utf8_validate(attachment->type, -1, NULL));
    }
    g_autoptr(GPtrArray) text = mime_choose_text(root, NULL);
    g_assert_cmpuint(text->len, <=, 100);
    mime_has_attachment(root);
}

static void check_body(const ImapBody *body, const ImapLimits *limits)
{
    check_tree(body, limits);
    g_autoptr(MessagePart) root = structure_from_body(body);
    g_assert_nonnull(root);
    check_names(root);
}

static void check_addresses(const GPtrArray *addresses)
{
    for (guint i = 0; i < addresses->len; i++) {
        const MailAddress *address = g_ptr_array_index(addresses, i);
        fuzz_assert_showable(address->name);
        fuzz_assert_showable(address->address);
        g_autofree char *shown = mime_address_show_short(address->name, address->address);
        fuzz_assert_safe(shown, -1, TEXT_SINGLE_LINE);
    }
}

static void check_envelope(const ImapEnvelope *envelope, const ImapLimits *limits)
{
    g_assert_cmpuint(envelope->from.n + envelope->sender.n + envelope->reply_to.n + envelope->to.n +
                         envelope->cc.n + envelope->bcc.n,
                     <=, limits->addresses);
    g_autoptr(MessageSummary) summary = summary_from_envelope(envelope, envelope->in_reply_to);
    fuzz_assert_showable(summary->subject);
    fuzz_assert_showable(summary->message_id);
    check_addresses(summary->from);
    check_addresses(summary->to);
    check_addresses(summary->bcc);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size == 0)
        return 0;
    guint how = data[0];
    size--;
    ImapLimits limits = { .line = 4096,
                          .small_literal = 4096,
                          .literal = 4096,
                          .depth = how & 4 ? 3 : 64,
                          .parts = how & 8 ? 4 : 1000,
                          .addresses = how & 16 ? 3 : 1000 };
    g_autofree char *text = fuzz_copy(data + 1, size);
    g_autoptr(ImapArena) arena = imap_arena_new();
    ImapCursor cursor = { .base = text, .at = text, .end = text + size, .arena = arena, .limits = &limits };
    const ImapBody *body = NULL;
    const ImapEnvelope *envelope = NULL;
    ImapFetch fetch = { 0 };
    switch (how % 4) {
    case 0:
        imap_parse_fetch(&cursor, 1, &fetch); /* what could be read is there either way */
        body = fetch.body;
        envelope = fetch.envelope;
        break;
    case 1:
        if (!imap_parse_envelope(&cursor, &envelope))
            envelope = NULL;
        break;
    default:
        if (!imap_parse_body(&cursor, &body))
            body = NULL;
    }
    if (body != NULL)
        check_body(body, &limits);
    if (envelope != NULL)
        check_envelope(envelope, &limits);
    return 0;
}
