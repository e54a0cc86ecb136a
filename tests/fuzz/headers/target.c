/* From the header of a message to the screen: fields, encoded words (RFC 2047), parameters (RFC 2231),
 * addresses, domains, file names, dates. The first octet chooses what the rest is. Whatever was sent, what is
 * kept is UTF-8, and what is shown can neither drive the terminal nor imitate the frame around it. */
#include "config.h"

#include "mime/address.h"
#include "mime/date.h"
#include "mime/filename.h"
#include "mime/parameters.h"
#include "mime/render.h"
#include "mime/summary.h"

#include <string.h>

#include "../fuzz.h"

static void check_addresses(const GPtrArray *addresses)
{
    for (guint i = 0; i < addresses->len; i++) {
        const MailAddress *address = g_ptr_array_index(addresses, i);
        fuzz_assert_showable(address->name);
        fuzz_assert_showable(address->address);
        g_autofree char *short_form = mime_address_show_short(address->name, address->address);
        g_autofree char *long_form = mime_address_show(address->name, address->address);
        fuzz_assert_safe(short_form, -1, TEXT_SINGLE_LINE);
        fuzz_assert_safe(long_form, -1, TEXT_SINGLE_LINE);
        g_autofree char *written = mail_address_format(address);
        g_assert_true(g_utf8_validate(written, -1, NULL));
    }
}

static void read_header(const char *bytes, gsize size, bool all)
{
    g_autoptr(RenderedText) rendered = mime_render_header(bytes, size, all, 60);
    fuzz_assert_rendered(rendered);
    g_autoptr(MessageSummary) summary = message_summary_from_header(bytes, size);
    fuzz_assert_showable(summary->subject);
    fuzz_assert_showable(summary->message_id);
    fuzz_assert_showable(summary->list_id);
    const GPtrArray *lists[] = { summary->from, summary->sender, summary->reply_to,
                                 summary->to,   summary->cc,     summary->bcc };
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        check_addresses(lists[i]);
    for (char **id = summary->references; *id != NULL; id++)
        fuzz_assert_showable(*id);
}

static void read_addresses(const char *bytes, gsize size)
{
    g_autoptr(GPtrArray) addresses = mime_addresses_parse(bytes, size);
    check_addresses(addresses);
    /* As an ENVELOPE gives them: the same bytes in three pieces. */
    gsize third = size / 3;
    MailAddress *address = mime_address_from_envelope(bytes, third, bytes + third, third, bytes + 2 * third,
                                                      size - 2 * third);
    g_autoptr(GPtrArray) one = g_ptr_array_new_with_free_func((GDestroyNotify)mail_address_free);
    if (address != NULL)
        g_ptr_array_add(one, address);
    check_addresses(one);
}

static void read_words(const char *bytes, gsize size)
{
    g_autofree char *text = mime_decode_header_text(bytes, size);
    fuzz_assert_showable(text);
    g_autofree char *base = message_base_subject(text, NULL);
    g_assert_true(g_utf8_validate(base, -1, NULL));
    g_autofree char *again = message_base_subject(base, NULL);
    g_assert_cmpuint(strlen(again), <=, strlen(base));
}

static void read_parameters(const char *bytes, gsize size)
{
    g_autoptr(GPtrArray) raw = mime_parameters_new();
    g_autofree char *value = mime_parse_structured(bytes, size, raw);
    g_assert_nonnull(value);
    g_autoptr(GPtrArray) decoded = mime_parameters_decode(raw);
    for (guint i = 0; i < decoded->len; i++) {
        const MimeParameter *parameter = g_ptr_array_index(decoded, i);
        fuzz_assert_showable(parameter->name);
        fuzz_assert_showable(parameter->value);
    }
    g_autoptr(MessagePart) part = message_part_new("1", "application", "pdf");
    message_part_take_parameters(part, raw, raw);
    fuzz_assert_showable(part->filename);
    g_autofree char *name = mime_part_filename(part);
    fuzz_assert_safe(name, -1, TEXT_SINGLE_LINE);
    g_assert_true(*name && !strchr(name, '/') && *name != '.' && *name != '-' && strlen(name) <= 220);
}

static void read_name(const char *text)
{
    g_autofree char *domain = mime_domain_show(text);
    fuzz_assert_safe(domain, -1, TEXT_SINGLE_LINE);
    g_autofree char *name = mime_safe_filename(text);
    fuzz_assert_safe(name, -1, TEXT_SINGLE_LINE);
    g_assert_true(*name && !strchr(name, '/') && *name != '.' && *name != '-' && strlen(name) <= 220);
    g_autofree char *again = mime_safe_filename(name);
    g_assert_cmpstr(name, ==, again);
}

static void read_ids_and_date(const char *bytes, gsize size)
{
    g_auto(GStrv) ids = message_id_list_parse(bytes, size);
    for (char **id = ids; *id != NULL; id++)
        fuzz_assert_showable(*id);
    gint64 date;
    int offset;
    if (mime_date_parse(bytes, size, &date, &offset))
        g_assert_true(date >= -86400 && date <= G_GINT64_CONSTANT(253402387200)); /* year 10000, any zone */
    else
        g_assert_cmpint(date, ==, 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size == 0)
        return 0;
    g_autofree char *bytes = fuzz_copy(data + 1, size - 1);
    size--;
    switch (data[0] % 8) {
    case 0:
        read_addresses(bytes, size);
        break;
    case 1:
        read_words(bytes, size);
        break;
    case 2:
        read_parameters(bytes, size);
        break;
    case 4: {
        g_autofree char *text = fuzz_string(data + 1, size, true);
        read_name(text);
        break;
    }
    case 5:
        read_ids_and_date(bytes, size);
        break;
    default:
        read_header(bytes, size, data[0] & 4);
    }
    return 0;
}
