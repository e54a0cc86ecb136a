/* Whole messages: structure and sections, what is read and what is attached, decoding, file names. */
#include "config.h"
#include "mime/choose.h"
#include "mime/decoder.h"
#include "mime/filename.h"
#include "mime/message.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* "(section type/subtype children…)" */
static void describe(const MessagePart *part, GString *out)
{
    g_string_append_printf(out, "(%s %s/%s", part->section, part->type, part->subtype);
    for (guint i = 0; i < part->children->len; i++) {
        g_string_append_c(out, ' ');
        describe(g_ptr_array_index(part->children, i), out);
    }
    g_string_append_c(out, ')');
}

static MimeMessage *message_of(const char *text)
{
    g_autoptr(GBytes) raw = g_bytes_new_static(text, strlen(text));
    return mime_message_new(raw);
}

static void assert_structure(const char *text, const char *expected)
{
    g_autoptr(MimeMessage) message = message_of(text);
    g_autoptr(GString) out = g_string_new(NULL);
    describe(mime_message_structure(message), out);
    g_assert_cmpstr(out->str, ==, expected);
}

static void assert_section(MimeMessage *message, const char *section, const char *expected)
{
    g_autoptr(GBytes) bytes = mime_message_section(message, section);
    if (!expected) {
        g_assert_null(bytes);
        return;
    }
    g_assert_nonnull(bytes);
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = g_strndup(data ? data : "", length);
    g_assert_cmpstr(text, ==, expected);
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n"

static const char nested[] =
    "Subject: outer\nContent-Type: multipart/mixed; boundary=\"b\"\n\npreamble\n"
    "--b\nContent-Type: text/plain\n\none\n"
    "--b\nContent-Type: message/rfc822\n\nSubject: inner\nContent-Type: multipart/alternative; boundary=c\n\n"
    "--c\n\nplain\n--c\nContent-Type: text/html\n\n<p>html\n--c--\nepilogue c\n"
    "--b\nContent-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64\n\nQUJD\n"
    "--b--\nepilogue\n";

static void test_structure(void)
{
    assert_structure("Subject: x\n\nhello\n", "(1 text/plain)");
    assert_structure("", "(1 text/plain)");
    assert_structure("\n", "(1 text/plain)");
    assert_structure("no header, no body", "(1 text/plain)");
    assert_structure(nested, "( multipart/mixed (1 text/plain) (2 message/rfc822 (2.TEXT "
                             "multipart/alternative (2.1 text/plain) (2.2 "
                             "text/html))) (3 application/pdf))");
    g_autoptr(MimeMessage) message = message_of(nested);
    assert_section(message, "1", "one");
    assert_section(message, "2.1", "plain");
    assert_section(message, "2.2", "<p>html");
    assert_section(message, "3", "QUJD");
    assert_section(message, "3.MIME",
                   "Content-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64\n\n");
    assert_section(message, "2.HEADER",
                   "Subject: inner\nContent-Type: multipart/alternative; boundary=c\n\n");
    assert_section(message, "4", NULL);
    assert_section(message, "1.HEADER", NULL);
    g_autoptr(GBytes) decoded = mime_message_decoded(message, "3");
    g_assert_cmpmem(g_bytes_get_data(decoded, NULL), g_bytes_get_size(decoded), "ABC", 3);
    g_assert_cmpstr(message_part_find(mime_message_structure(message), "3")->filename, ==, "x.pdf");
}

/* S45: boundaries that are empty, long, one the beginning of the other, or never there. */
static void test_boundaries(void)
{
    assert_structure("Content-Type: multipart/mixed\n\n--x\n\nhello\n", "(1 text/plain)");
    assert_structure("Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nhello\n", "(1 text/plain)");
    assert_structure("Content-Type: multipart/mixed; boundary=ab\n\n--abc\n\nnot a part\n", "(1 text/plain)");
    assert_structure("Content-Type: multipart/mixed; boundary=ab\n\n--ab\nContent-Type: multipart/mixed; "
                     "boundary=abc\n\n--abc\n\nx\n--abc--\n--ab--\n",
                     "( multipart/mixed (1 multipart/mixed (1.1 text/plain)))");
    assert_structure(MIXED "\nunfinished", "( multipart/mixed (1 text/plain))");
    assert_structure(MIXED "Content-Type: text/html\nContent-Type: application/pdf\n\nx\n--b--\n",
                     "( multipart/mixed (1 text/html))");
    assert_structure(MIXED "Content-Type: rubbish\n\nx\n--b--\n", "( multipart/mixed (1 text/plain))");
    assert_structure(MIXED "X: header cut short\n--b--\n", "( multipart/mixed (1 text/plain))");
    assert_structure("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: d\n\nx\n--b--\n",
                     "( multipart/digest (1 message/rfc822 (1.1 text/plain)))");
    g_autofree char *line = g_strnfill(10240, 'x');
    g_autofree char *huge = g_strdup_printf(
        "Content-Type: multipart/mixed; boundary=%s\n\n--%s\n\nhi\n--%s--\n", line, line, line);
    assert_structure(huge, "(1 text/plain)");
}

static guint depth_of(const MessagePart *part)
{
    guint deepest = 0;
    for (guint i = 0; i < part->children->len; i++) {
        guint depth =
            depth_of(g_ptr_array_index(part->children, i)); /* not inside MAX(), which would ask twice */
        deepest = MAX(deepest, depth);
    }
    return deepest + 1;
}

/* S44: a hundred thousand levels, a hundred thousand parts, a million header lines: capped, and said. */
static void test_bombs(void)
{
    g_autoptr(GString) deep = g_string_new(NULL);
    for (int i = 0; i < 100000; i++)
        g_string_append_printf(deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    g_autoptr(MimeMessage) message = message_of(deep->str);
    g_assert_cmpuint(depth_of(mime_message_structure(message)), <=, MESSAGE_PART_MAX_DEPTH);
    g_assert_true(mime_message_is_in_part(message));

    g_autoptr(GString) letters = g_string_new(NULL);
    for (int i = 0; i < 100000; i++)
        g_string_append(letters, "Content-Type: message/rfc822\n\n");
    g_autoptr(MimeMessage) inside = message_of(letters->str);
    g_assert_cmpuint(depth_of(mime_message_structure(inside)), <=, MESSAGE_PART_MAX_DEPTH);

    g_autoptr(GString) wide = g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");
    for (int i = 0; i < 100000; i++)
        g_string_append(wide, "--b\n");
    g_autoptr(MimeMessage) many = message_of(wide->str);
    g_assert_cmpuint(mime_message_structure(many)->children->len, <=, MESSAGE_PART_MAX_COUNT);
    g_assert_true(mime_message_is_in_part(many));

    g_autoptr(GString) fields = g_string_new(NULL);
    for (int i = 0; i < 1000000; i++)
        g_string_append(fields, "X: y\n");
    g_autoptr(MimeMessage) tall = message_of(fields->str);
    g_assert_cmpuint(mime_message_structure(tall)->octets, ==, 0);
}

/* Sixty alternatives in one another, each with two ways down: asked once for each part, not once for each
 * way. */
static void test_nested_choice(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 60; i++)
        g_string_append_printf(text,
                               "Content-Type: multipart/alternative; boundary=b%d\n\n--b%d\nContent-Type: "
                               "text/html\n\n<p>\n--b%d\n",
                               i, i, i);
    g_string_append(text, "Content-Type: text/plain\n\nat the bottom\n");
    g_autoptr(MimeMessage) message = message_of(text->str);
    const MessagePart *root = mime_message_structure(message);
    g_autoptr(GPtrArray) texts = mime_choose_text(root, NULL);
    g_assert_cmpuint(texts->len, ==, 1);
    g_assert_true(message_part_is(g_ptr_array_index(texts, 0), "text", "plain"));
    g_assert_false(mime_has_attachment(root));
}

static void assert_chosen(const char *text, const char *preference, const char *expected)
{
    g_autoptr(MimeMessage) message = message_of(text);
    g_autoptr(GPtrArray) texts = mime_choose_text(mime_message_structure(message), preference);
    g_autoptr(GString) sections = g_string_new(NULL);
    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(sections, "%s%s", i > 0 ? " " : "",
                               ((const MessagePart *)g_ptr_array_index(texts, i))->section);
    g_assert_cmpstr(sections->str, ==, expected);
}

#define ALTERNATIVE                                                                                          \
    "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain "             \
    "text\n--b\nContent-Type: text/html\n\n<p>x\n--b--\n"

static void test_choice(void)
{
    assert_chosen(ALTERNATIVE, NULL, "1");
    assert_chosen(ALTERNATIVE, "text/html,text/plain", "2");
    assert_chosen(nested, NULL, "1 2 2.1");
    assert_chosen("Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n "
                  "\n--b\nContent-Type: text/html\n\n<p>x\n--b--\n",
                  NULL, "2");
    assert_chosen("Content-Type: multipart/related; start=\"<r@x>\"; boundary=b\n\n--b\nContent-Type: "
                  "image/png\n\nx\n--b\nContent-ID: <r@x>\nContent-Type: "
                  "text/html\n\n<p>\n--b--\n",
                  NULL, "2");
    assert_chosen(MIXED "Content-Disposition: attachment\n\nnot to read\n--b\n\nto read\n--b--\n", NULL, "2");
    assert_chosen("Content-Disposition: attachment; filename=a.txt\n\nall there is\n", NULL, "1");
    assert_chosen("Content-Type: multipart/report; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: "
                  "message/delivery-status\n\nAction: failed\n--b--\n",
                  NULL, "1 2");
}

static void test_attachments(void)
{
    g_autoptr(MimeMessage) message = message_of(nested);
    g_autoptr(GPtrArray) list = mime_list_attachments(mime_message_structure(message), NULL);
    g_assert_cmpuint(
        list->len, ==,
        4); /* 1, the message, its plain text, the PDF; the HTML is another form of the plain text */
    const MimeAttachment *pdf = g_ptr_array_index(list, 3);
    g_assert_cmpstr(pdf->name, ==, "x.pdf");
    g_assert_cmpstr(pdf->type, ==, "application/pdf");
    g_assert_cmpuint(pdf->octets, ==, 3);
    g_assert_false(pdf->shown);
    g_assert_true(mime_has_attachment(mime_message_structure(message)));
    g_autoptr(MimeMessage) plain = message_of(ALTERNATIVE);
    g_assert_false(mime_has_attachment(mime_message_structure(plain)));
    g_autoptr(MimeMessage) hostile =
        message_of(MIXED "\nx\n--b\nContent-Type: a/b; name=\"\033[2Jx\342\200\256\"\n\nx\n--b--\n");
    g_autoptr(GPtrArray) names = mime_list_attachments(mime_message_structure(hostile), NULL);
    g_assert_cmpstr(((const MimeAttachment *)g_ptr_array_index(names, 1))->name, ==, "\342\220\233[2Jx");
}

static void assert_decodes(const char *encoding, const char *encoded, const char *expected, bool damaged)
{
    /* Whole, and cut at every place: a part arrives in chunks of any size. */
    gsize length = strlen(encoded);
    for (gsize cut = 0; cut <= length; cut++) {
        g_autoptr(MimeDecoder) decoder = mime_decoder_new(encoding);
        g_autoptr(GByteArray) out = g_byte_array_new();
        mime_decoder_push(decoder, encoded, cut, out);
        mime_decoder_push(decoder, encoded + cut, length - cut, out);
        mime_decoder_finish(decoder, out);
        g_assert_cmpmem(out->data, out->len, expected, strlen(expected));
        g_assert_cmpint(mime_decoder_is_damaged(decoder), ==, damaged);
    }
}

static void test_decoder(void)
{
    assert_decodes("base64", "SGVs\r\nbG8s\r\nIHdvcmxk\r\n", "Hello, world", false);
    assert_decodes("BASE64", "SGVs!!bG8=", "Hello", true);
    assert_decodes("quoted-printable", "caf=C3=A9 soft=\r\nbreak\r\n", "caf\303\251 softbreak\r\n", false);
    assert_decodes("quoted-printable", "bad =ZZ", "bad =ZZ", true);
    assert_decodes("7bit", "as it is\r\n", "as it is\r\n", false);
    assert_decodes("x-unknown", "as it is", "as it is", false);
    assert_decodes(NULL, "as it is", "as it is", false);
    assert_decodes("x-uuencode", "begin 644 f\n#0V%T\n`\nend\n", "Cat", false);
}

/* Garbage of every kind never writes out of bounds (the sanitizer build watches) and never yields more than
 * it got. */
static void test_decoder_property(void)
{
    static const char *const encodings[] = { "base64", "quoted-printable", "x-uuencode" };
    GRand *random = g_rand_new_with_seed(3);
    for (int round = 0; round < 1500; round++) {
        g_autoptr(MimeDecoder) decoder = mime_decoder_new(encodings[round % 3]);
        g_autoptr(GByteArray) out = g_byte_array_new();
        gsize pushed = 0;
        if (round % 3 == 2)
            mime_decoder_push(decoder, "begin 644 x\n", 12, out);
        for (int piece = 0; piece < 5; piece++) {
            char bytes[100];
            gsize length = (gsize)g_rand_int_range(random, 0, sizeof bytes);
            for (gsize i = 0; i < length; i++)
                bytes[i] = (char)(g_rand_int(random) % 3 ? "MM=\nAz09+/`#"[g_rand_int(random) % 12]
                                                         : (int)g_rand_int(random));
            mime_decoder_push(decoder, bytes, length, out);
            pushed += length;
        }
        mime_decoder_finish(decoder, out);
        g_assert_cmpuint(out->len, <=, pushed + 8);
    }
    g_rand_free(random);
}

static void assert_filename(const char *sent, const char *expected)
{
    g_autofree char *name = mime_safe_filename(sent);
    g_assert_cmpstr(name, ==, expected);
    g_autofree char *again = mime_safe_filename(name);
    g_assert_cmpstr(again, ==, name);
}

static void test_filenames(void)
{
    assert_filename("report.pdf", "report.pdf");
    assert_filename("../../.bashrc", "bashrc");
    assert_filename("/etc/passwd", "passwd");
    assert_filename("C:\\Windows\\evil.exe", "evil.exe");
    assert_filename("-rf", "rf");
    assert_filename(".", "attachment");
    assert_filename("..", "attachment");
    assert_filename("", "attachment");
    assert_filename(NULL, "attachment");
    assert_filename("a\nb\tc", "a b c");
    assert_filename("a\342\200\256gpj.exe", "agpj.exe");
    assert_filename("x\033]0;t\007.txt", "x_]0_t_.txt");
    assert_filename("$(reboot).txt", "_(reboot).txt");
    assert_filename("con.txt", "_con.txt");
    assert_filename("caf\303\251 \344\275\240.txt", "caf\303\251 \344\275\240.txt");
    assert_filename("trailing. . ", "trailing");
    g_autofree char *stem = g_strnfill(4096, 'a');
    g_autofree char *sent = g_strconcat(stem, ".pdf", NULL);
    g_autofree char *name = mime_safe_filename(sent);
    g_assert_cmpuint(strlen(name), ==, 200);
    g_assert_true(g_str_has_suffix(name, ".pdf"));
    g_autofree char *signs = g_strnfill(300, '&');
    g_autofree char *letter_behind = g_strconcat(signs, "x", NULL);
    assert_filename(letter_behind, "attachment"); /* nothing but signs is left of it */
    g_autofree char *device = g_strconcat("con.", stem, NULL);
    g_autofree char *no_device = mime_safe_filename(device);
    g_assert_cmpuint(strlen(no_device), ==, 200);
    assert_filename(no_device, no_device);
    g_autoptr(MessagePart) part = message_part_new("2.1", "application", "pdf");
    g_autofree char *made = mime_part_filename(part);
    g_assert_cmpstr(made, ==, "part-2-1.pdf");
}

/* Even in a script of the mailcap's author's own ("sh -c 'less %s'") such a name is one word. */
static void test_inert_names(void)
{
    g_autofree char *name = mime_inert_filename("My (1st) r\303\251sum\303\251 #2 -o [x]{y}~=%.pdf");
    g_assert_cmpstr(name, ==, "My__1st__r\303\251sum\303\251__2_-o__x__y____.pdf");
}

static void test_saving(void)
{
    g_autofree char *directory = g_dir_make_tmp("malle-mime-XXXXXX", NULL);
    g_autoptr(GError) error = NULL;
    int fd = mime_create_file(directory, "a.pdf", &error);
    g_assert_no_error(error);
    close(fd);
    g_assert_cmpint(mime_create_file(directory, "a.pdf", &error), ==, -1);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS);
    g_clear_error(&error);

    g_autofree char *beside = NULL;
    fd = mime_create_file_beside(directory, "a.pdf", &beside, &error);
    g_assert_no_error(error);
    close(fd);
    g_assert_true(g_str_has_suffix(beside, "/a-2.pdf"));

    /* A link that waits in the directory is never written through. */
    g_autofree char *target = g_build_filename(directory, "target", NULL);
    g_autofree char *link = g_build_filename(directory, "link", NULL);
    g_assert_cmpint(symlink(target, link), ==, 0);
    g_assert_cmpint(mime_create_file(directory, "link", &error), ==, -1);
    g_assert_nonnull(error);
    g_assert_false(g_file_test(target, G_FILE_TEST_EXISTS));

    g_autofree char *first = g_build_filename(directory, "a.pdf", NULL);
    g_unlink(first);
    g_unlink(beside);
    g_unlink(link);
    g_assert_cmpint(g_rmdir(directory), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/message/structure", test_structure);
    g_test_add_func("/message/boundaries", test_boundaries);
    g_test_add_func("/message/bombs", test_bombs);
    g_test_add_func("/choose/text", test_choice);
    g_test_add_func("/choose/nested", test_nested_choice);
    g_test_add_func("/choose/attachments", test_attachments);
    g_test_add_func("/decoder/usual", test_decoder);
    g_test_add_func("/decoder/property", test_decoder_property);
    g_test_add_func("/filename/safe", test_filenames);
    g_test_add_func("/filename/inert", test_inert_names);
    g_test_add_func("/filename/saving", test_saving);
    return g_test_run();
}
