/* Replies, capabilities, the envelope's lines and the octets of a letter, without a session. */
#include "config.h"

#include <string.h>

#include "proto/smtp/data.h"
#include "proto/smtp/error.h"
#include "proto/smtp/submission.h"

/* All replies in TEXT, fed STEP octets at a time, one in each line: "code e.e.e text". */
static char *read_replies(const char *text, gsize step, GError **error)
{
    g_autoptr(SmtpReader) reader = smtp_reader_new();
    g_autoptr(GString) found = g_string_new(NULL);
    gsize len = strlen(text);
    for (gsize at = 0; at < len;) {
        gsize taken;
        GError *problem = NULL;
        g_autoptr(SmtpReply) reply = smtp_reader_feed(reader, text + at, MIN(step, len - at), &taken, &problem);
        at += taken;
        if (problem != NULL) {
            g_propagate_error(error, problem);
            return NULL;
        }
        if (reply != NULL) {
            g_autofree char *words = smtp_reply_words(reply);
            g_string_append_printf(found, "%s\n", words);
        }
    }
    return g_string_free(g_steal_pointer(&found), FALSE);
}

static void test_replies(void)
{
    static const char text[] = "220 mx ready\r\n"
                               "250-mx\r\n250-SIZE 10\r\n250 DSN\r\n"
                               "250 2.1.0 Ok\r\n"
                               "550-5.1.1 No such\r\n550 5.1.1 user here\r\n"
                               "450 5.7.1 not its class\r\n"
                               "354\r\n"
                               "221 1.2 bye\n";
    static const char expected[] = "220 mx ready\n250 mx SIZE 10 DSN\n250 2.1.0 Ok\n550 5.1.1 No such user here\n"
                                   "450 5.7.1 not its class\n354\n221 1.2 bye\n";
    for (gsize step = 1; step < sizeof text; step = step * 2 + 1) {
        g_autoptr(GError) error = NULL;
        g_autofree char *found = read_replies(text, step, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(found, ==, expected);
    }
}

static void test_replies_refused(void)
{
    static const struct {
        const char *text;
        SmtpError code;
    } CASES[] = {
        { "HTTP/1.1 200 OK\r\n", SMTP_ERROR_PROTOCOL },
        { "2500 ok\r\n", SMTP_ERROR_PROTOCOL },
        { "199 ok\r\n", SMTP_ERROR_PROTOCOL },
        { "600 ok\r\n", SMTP_ERROR_PROTOCOL },
        { "\r\n", SMTP_ERROR_PROTOCOL },
        { "250-a\r\n251 b\r\n", SMTP_ERROR_PROTOCOL },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *found = read_replies(CASES[i].text, 3, &error);
        g_assert_error(error, SMTP_ERROR, (gint)CASES[i].code);
        g_assert_null(found);
    }
    g_autoptr(GString) long_line = g_string_new("250 ");
    while (long_line->len <= SMTP_LINE_MAX)
        g_string_append(long_line, "xxxxxxxxxxxxxxxx");
    g_autoptr(GError) error = NULL;
    g_assert_null(read_replies(long_line->str, 1000, &error));
    g_assert_error(error, SMTP_ERROR, SMTP_ERROR_LIMIT);

    g_autoptr(GString) many = g_string_new(NULL);
    for (guint i = 0; i <= SMTP_REPLY_LINES_MAX; i++)
        g_string_append(many, "250-x\r\n");
    g_clear_error(&error);
    g_assert_null(read_replies(many->str, 4096, &error));
    g_assert_error(error, SMTP_ERROR, SMTP_ERROR_LIMIT);
}

static void test_capabilities(void)
{
    g_autoptr(SmtpCapabilities) caps = smtp_capabilities_parse(
        "mx.example.org greets you\nsize 52428800\nPIPELINING\nAUTH plain LOGIN\nAUTH=CRAM-MD5\nBURL imap imap://mail.example.org\n"
        "FUTURERELEASE 86400 2030-01-01T00:00:00Z\nLIMITS MAILMAX=5 RCPTMAX=20\nX-NEW 1 2 3");
    g_assert_cmpuint(caps->caps, ==, SMTP_CAP_SIZE | SMTP_CAP_PIPELINING | SMTP_CAP_AUTH | SMTP_CAP_BURL | SMTP_CAP_FUTURERELEASE);
    g_assert_cmpuint(caps->size, ==, 52428800);
    g_assert_cmpuint(caps->hold_max, ==, 86400);
    g_assert_cmpuint(caps->recipients_max, ==, 20);
    g_assert_cmpstr(caps->host, ==, "mx.example.org");
    g_autofree char *mechanisms = g_strjoinv(" ", caps->mechanisms);
    g_assert_cmpstr(mechanisms, ==, "PLAIN LOGIN CRAM-MD5");
    g_assert_true(smtp_can_burl(caps, "anything"));

    g_autoptr(SmtpCapabilities) one = smtp_capabilities_parse("mx\nBURL imap://mail.example.org\nSIZE 99999999999999999999999");
    g_assert_true(smtp_can_burl(one, "MAIL.example.org"));
    g_assert_false(smtp_can_burl(one, "other.example.org"));
    g_assert_cmpuint(one->size, ==, 0);

    g_autoptr(SmtpCapabilities) none = smtp_capabilities_parse("");
    g_assert_cmpuint(none->caps, ==, 0);
    g_assert_false(smtp_can(NULL, SMTP_CAP_SIZE));
}

static char *envelope(const SmtpSubmission *submission, const char *ehlo, GError **error)
{
    g_autoptr(SmtpCapabilities) caps = smtp_capabilities_parse(ehlo);
    if (!smtp_submission_check(submission, caps, error))
        return NULL;
    ProtoOutput output;
    proto_output_init(&output);
    smtp_submission_write_mail(submission, caps, &output);
    for (guint i = 0; submission->recipients[i] != NULL; i++)
        smtp_submission_write_recipient(submission, caps, i, &output);
    g_autoptr(GBytes) bytes = proto_output_take(&output, NULL);
    proto_output_clear(&output);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void test_envelope(void)
{
    static const char *const TO[] = { "bob@example.net", "\"odd one>\"@example.net", NULL };
    SmtpSubmission letter = { .sender = "alice@example.org", .recipients = TO, .size = 1000 };
    g_autoptr(GError) error = NULL;
    g_autofree char *plain = envelope(&letter, "mx", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(plain, ==, "MAIL FROM:<alice@example.org>\r\nRCPT TO:<bob@example.net>\r\nRCPT TO:<\"odd one>\"@example.net>\r\n");

    letter.notify = SMTP_NOTIFY_SUCCESS | SMTP_NOTIFY_DELAY;
    letter.envelope_id = "a+b=c";
    letter.body = SMTP_BODY_8BITMIME;
    letter.hold_seconds = 60;
    letter.require_tls = true;
    g_autofree char *full = envelope(&letter, "mx\nSIZE\nDSN\n8BITMIME\nFUTURERELEASE 100\nREQUIRETLS", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(full, ==,
                    "MAIL FROM:<alice@example.org> SIZE=1000 BODY=8BITMIME REQUIRETLS HOLDFOR=60 RET=HDRS ENVID=a+2Bb+3Dc\r\n"
                    "RCPT TO:<bob@example.net> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob@example.net\r\n"
                    "RCPT TO:<\"odd one>\"@example.net> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;\"odd+20one>\"@example.net\r\n");
}

static void test_envelope_refused(void)
{
    static const struct {
        const char *sender, *recipient, *ehlo;
        guint64 size;
        bool utf8;
        SmtpError code;
    } CASES[] = {
        { "a@b", "c@d\r\nDATA", "mx", 1, false, SMTP_ERROR_ARGUMENT },
        { "a@b\nRCPT TO:<x@y>", "c@d", "mx", 1, false, SMTP_ERROR_ARGUMENT },
        { "a@b> SIZE=1", "c@d", "mx", 1, false, SMTP_ERROR_ARGUMENT },
        { "a@b", "c d@e", "mx", 1, false, SMTP_ERROR_ARGUMENT },
        { "a@b", "c", "mx", 1, false, SMTP_ERROR_ARGUMENT },
        { "a@b", "", "mx", 1, false, SMTP_ERROR_ARGUMENT },
        { "a@b", "@d", "mx", 1, false, SMTP_ERROR_ARGUMENT },
        { "a@b", "c@", "mx", 1, false, SMTP_ERROR_ARGUMENT },
        { "a@b", "\"open@d", "mx", 1, false, SMTP_ERROR_ARGUMENT },
        { "a@b", "zoé@d", "mx\nSMTPUTF8", 1, false, SMTP_ERROR_ARGUMENT },
        { "a@b", "zoé@d", "mx", 1, true, SMTP_ERROR_UNSUPPORTED },
        { "a@b", "c@d", "mx\nSIZE 1000", 1001, false, SMTP_ERROR_TOO_LARGE },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const char *const to[] = { CASES[i].recipient, NULL };
        SmtpSubmission letter = { .sender = CASES[i].sender, .recipients = to, .size = CASES[i].size, .smtputf8 = CASES[i].utf8 };
        g_autoptr(GError) error = NULL;
        g_assert_null(envelope(&letter, CASES[i].ehlo, &error));
        g_assert_error(error, SMTP_ERROR, (gint)CASES[i].code);
    }
    static const char *const NOBODY[] = { NULL };
    SmtpSubmission letter = { .sender = "", .recipients = NOBODY };
    g_autoptr(GError) error = NULL;
    g_assert_null(envelope(&letter, "mx", &error));
    g_assert_error(error, SMTP_ERROR, SMTP_ERROR_ARGUMENT);
}

/* LETTER through DATA's or BDAT's encoder, STEP octets at a time. */
static char *encode(const char *letter, gsize step, bool stuff, GError **error)
{
    SmtpData data = { .stuff = stuff };
    ProtoOutput output;
    proto_output_init(&output);
    bool ok = true;
    gsize len = strlen(letter);
    for (gsize at = 0; ok && at < len; at += step)
        ok = smtp_data_write(&data, (const guint8 *)letter + at, MIN(step, len - at), &output, error);
    ok = ok && smtp_data_end(&data, &output, error);
    g_autoptr(GBytes) bytes = proto_output_take(&output, NULL);
    proto_output_clear(&output);
    return ok ? g_strndup(bytes != NULL ? g_bytes_get_data(bytes, NULL) : "", bytes != NULL ? g_bytes_get_size(bytes) : 0) : NULL;
}

static void test_octets(void)
{
    static const char letter[] = ".first\r\n..\r\nmid.dle\r\n.\r\nend";
    for (gsize step = 1; step < sizeof letter; step++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *stuffed = encode(letter, step, true, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(stuffed, ==, "..first\r\n...\r\nmid.dle\r\n..\r\nend\r\n");
        g_autofree char *chunk = encode(letter, step, false, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(chunk, ==, ".first\r\n..\r\nmid.dle\r\n.\r\nend\r\n");
    }
}

/* S46: what a server might take for the end of the letter, or for another letter, never leaves. */
static void test_octets_refused(void)
{
    static const char *const LETTERS[] = { "a\nb\r\n", "a\rb\r\n", "a\r\n.\nMAIL FROM:<x@y>\r\n", "a\n.\r\n", "a\r", "a\r\r\n", "\n" };
    for (gsize i = 0; i < G_N_ELEMENTS(LETTERS); i++) {
        for (gsize step = 1; step < 8; step++) {
            g_autoptr(GError) error = NULL;
            g_assert_null(encode(LETTERS[i], step, true, &error));
            g_assert_error(error, SMTP_ERROR, SMTP_ERROR_MESSAGE);
        }
    }
    g_autofree char *longest = g_strnfill(SMTP_TEXT_LINE_MAX, '.');
    g_autoptr(GError) error = NULL;
    g_autofree char *fits = encode(longest, 100, true, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(strlen(fits), ==, SMTP_TEXT_LINE_MAX + 3);
    g_autofree char *longer = g_strnfill(SMTP_TEXT_LINE_MAX + 1, 'x');
    g_assert_null(encode(longer, 100, true, &error));
    g_assert_error(error, SMTP_ERROR, SMTP_ERROR_MESSAGE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/replies", test_replies);
    g_test_add_func("/smtp/replies-refused", test_replies_refused);
    g_test_add_func("/smtp/capabilities", test_capabilities);
    g_test_add_func("/smtp/envelope", test_envelope);
    g_test_add_func("/smtp/envelope-refused", test_envelope_refused);
    g_test_add_func("/smtp/octets", test_octets);
    g_test_add_func("/smtp/octets-refused", test_octets_refused);
    return g_test_run();
}
