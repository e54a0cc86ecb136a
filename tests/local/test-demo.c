/* The demo: every letter is a sound message, dated before now, that shows without harm. */
#include "config.h"
#include "local/demo.h"

#include "mime/charset.h"
#include "mime/choose.h"
#include "mime/magic.h"
#include "mime/message.h"
#include "mime/render.h"

#include <string.h>

#define NOW ((gint64)1772548330)

typedef void (*EachMessage)(const DemoMailbox *mailbox, const DemoMessage *message, gpointer user_data);

static guint each_message(gint64 now, EachMessage function, gpointer user_data)
{
    guint count = 0;
    for (const DemoMailbox *mailbox = demo_mailboxes(); mailbox->name; mailbox++) {
        g_autoptr(GPtrArray) messages = demo_messages(mailbox->name, now);
        g_assert_nonnull(messages);
        g_assert_cmpuint(messages->len, >, 0);
        for (guint i = 0; i < messages->len; i++)
            function(mailbox, g_ptr_array_index(messages, i), user_data);
        count += messages->len;
    }
    return count;
}

static MessageSummary *summary_of(const DemoMessage *message)
{
    gsize length;
    const char *bytes = g_bytes_get_data(message->raw, &length);
    return message_summary_from_header(bytes, length);
}

typedef struct {
    GHashTable *dates; /* Message-ID -> date, as a pointer */
    GHashTable *types;
    guint replies, html, attached, flowed, keywords;
    gint64 now;
} Census;

static void take_census(const DemoMailbox *mailbox, const DemoMessage *message, gpointer user_data)
{
    Census *census = user_data;
    g_autoptr(MessageSummary) summary = summary_of(message);
    g_assert_nonnull(summary->message_id);
    g_assert_false(g_hash_table_contains(census->dates, summary->message_id));
    g_assert_cmpint(summary->date, >, 0);
    g_assert_cmpint(summary->date, <=, census->now);
    g_assert_cmpuint(summary->from->len, ==, 1);
    g_assert_cmpuint(summary->to->len, >=, 1);
    g_assert_true(summary->subject && *summary->subject);
    g_assert_cmpint(message->internal_date - summary->date, <, 60);
    g_hash_table_insert(census->dates, g_strdup(summary->message_id),
                        GINT_TO_POINTER((int)(summary->date - NOW)));
    census->replies += summary->references[0] != NULL;
    census->keywords += *message->keywords != '\0';
    if (g_str_has_prefix(mailbox->name, "Lists/"))
        g_assert_nonnull(summary->list_id);

    g_autoptr(MimeMessage) parsed = mime_message_new(message->raw);
    const MessagePart *root = mime_message_structure(parsed);
    census->attached += mime_has_attachment(root);
    g_autoptr(GPtrArray) leaves = message_part_leaves(root);
    for (guint i = 0; i < leaves->len; i++) {
        const MessagePart *part = g_ptr_array_index(leaves, i);
        census->html += message_part_is(part, "text", "html");
        census->flowed += message_part_parameter(part, "format") != NULL;
        g_hash_table_add(census->types, g_strdup(message_part_parameter(part, "charset")
                                                     ? message_part_parameter(part, "charset")
                                                     : part->subtype));
    }
}

/* Answers are younger than what they answer: the threads read in order. */
static void check_order(const DemoMailbox *mailbox, const DemoMessage *message, gpointer user_data)
{
    (void)mailbox;
    Census *census = user_data;
    g_autoptr(MessageSummary) summary = summary_of(message);
    for (char **id = summary->references; *id; id++) {
        gpointer date;
        g_assert_true(g_hash_table_lookup_extended(census->dates, *id, NULL, &date));
        g_assert_cmpint(GPOINTER_TO_INT(date), <, (int)(summary->date - NOW));
    }
}

/* At several hours of the day, since letters are dated by hours and by days. */
static void test_letters(void)
{
    for (int hour = 0; hour < 24; hour += 5) {
        Census census = { .now = NOW + hour * 3600 };
        census.dates = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        census.types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        guint count = each_message(census.now, take_census, &census);
        g_assert_cmpuint(count, >=, 190);
        each_message(census.now, check_order, &census);
        g_assert_cmpuint(census.replies, >=, 90);
        g_assert_cmpuint(census.html, >=, 8);
        g_assert_cmpuint(census.attached, >=, 6);
        g_assert_cmpuint(census.flowed, >=, 12);
        g_assert_cmpuint(census.keywords, >=, 20);
        static const char *const wanted[] = { "utf-8", "iso-2022-jp", "koi8-r",       "gb2312",
                                              "big5",  "iso-8859-1",  "windows-1255", "pdf",
                                              "png",   "zip",         "calendar" };
        for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
            g_assert_true(g_hash_table_contains(census.types, wanted[i]));
        g_hash_table_unref(census.dates);
        g_hash_table_unref(census.types);
    }
}

static void check_content(const DemoMailbox *mailbox, const DemoMessage *message, gpointer user_data)
{
    (void)mailbox;
    MimeMagic *magic = user_data;
    g_autoptr(MimeMessage) parsed = mime_message_new(message->raw);
    g_autoptr(GPtrArray) leaves = message_part_leaves(mime_message_structure(parsed));
    for (guint i = 0; i < leaves->len; i++) {
        const MessagePart *part = g_ptr_array_index(leaves, i);
        g_autoptr(GBytes) content = mime_message_decoded(parsed, part->section);
        gsize length;
        const char *bytes = g_bytes_get_data(content, &length);
        g_assert_cmpuint(length, >, 0);
        if (message_part_parameter(part, "charset")) {
            bool exact;
            g_autofree char *text =
                mime_to_utf8(bytes, length, message_part_parameter(part, "charset"), &exact);
            g_assert_true(exact);
        } else {
            g_autofree char *declared = g_strconcat(part->type, "/", part->subtype, NULL);
            g_autofree char *sniffed = mime_magic_of_bytes(magic, bytes, length);
            g_assert_true(mime_magic_agrees(declared, sniffed, NULL));
        }
    }
    g_autoptr(RenderedText) rendered = mime_render_message(message->raw, NULL, NULL);
    g_assert_cmpuint(rendered_line_count(rendered), >, 5);
    g_assert_false(rendered->in_part);
    for (gsize i = 0; i < rendered->text->len; i++) {
        unsigned char c = (unsigned char)rendered->text->str[i];
        g_assert_true(c >= 0x20 && c != 0x7f &&
                      !(c == 0xc2 && (unsigned char)rendered->text->str[i + 1] < 0xa0));
    }
}

/* Charsets are what they say, attachments are what they say, and nothing reaches the terminal: the hostile
 * letter included. */
static void test_content(void)
{
    g_autoptr(MimeMagic) magic = mime_magic_new();
    g_assert_nonnull(magic);
    each_message(NOW, check_content, magic);
}

static void test_deterministic(void)
{
    g_autoptr(GPtrArray) once = demo_messages("INBOX", NOW);
    g_autoptr(GPtrArray) twice = demo_messages("INBOX", NOW);
    g_assert_cmpuint(once->len, ==, twice->len);
    for (guint i = 0; i < once->len; i++) {
        const DemoMessage *a = g_ptr_array_index(once, i), *b = g_ptr_array_index(twice, i);
        g_assert_true(g_bytes_equal(a->raw, b->raw));
    }
    g_assert_null(demo_messages("No such mailbox", NOW));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/demo/letters", test_letters);
    g_test_add_func("/demo/content", test_content);
    g_test_add_func("/demo/deterministic", test_deterministic);
    return g_test_run();
}
