/* Answers, forwards, quotations, and the file of a letter being written. */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "mime/letter_reply.h"

static const char *const OWN[] = { "alice@example.org", "alice@work.example", NULL };

typedef struct {
    MessageSummary *summary;
    LetterOriginal original;
} Message;

static Message message(const char *header)
{
    MessageSummary *summary = message_summary_from_header(header, strlen(header));
    return (Message){ summary, { .summary = summary, .header = header, .header_length = strlen(header) } };
}

/* "to | cc", or the error. */
static char *answered(const char *header, LetterReplyKind kind)
{
    Message from = message(header);
    g_autoptr(GError) error = NULL;
    g_autoptr(Letter) letter = letter_reply(&from.original, kind, OWN, NULL, &error);
    g_assert_true((letter == NULL) == (error != NULL));
    message_summary_free(from.summary);
    return letter == NULL ? g_strdup("error") : g_strdup_printf("%s | %s", letter->to, letter->cc ? letter->cc : "");
}

#define BOB "From: Bob <bob@example.net>\r\n"
#define LIST BOB "To: l@list.example\r\nCc: Carol <carol@example.com>, ALICE@example.org\r\n"

static const struct {
    const char *header;
    const char *sender, *all, *list;
} ANSWERS[] = {
    { BOB "To: alice@example.org\r\n", "Bob <bob@example.net> | ", "Bob <bob@example.net> | ", "error" },
    { BOB "Reply-To: desk@example.net\r\nTo: alice+shop@example.org, dan@example.com\r\n", "desk@example.net | ",
      "desk@example.net | dan@example.com", "error" },
    { LIST, "Bob <bob@example.net> | ", "Bob <bob@example.net> | l@list.example, Carol <carol@example.com>", "error" },
    { LIST "List-Post: <https://list.example/post>, <mailto:l@list.example?subject=x> (or else)\r\n", "Bob <bob@example.net> | ",
      "Bob <bob@example.net> | l@list.example, Carol <carol@example.com>", "l@list.example | " },
    { LIST "List-Post: NO\r\n", "Bob <bob@example.net> | ", "Bob <bob@example.net> | l@list.example, Carol <carol@example.com>",
      "error" },
    { LIST "List-Post: <mailto:a%0Ab@evil.example>\r\n", "Bob <bob@example.net> | ",
      "Bob <bob@example.net> | l@list.example, Carol <carol@example.com>", "ab@evil.example | " },
    { LIST "Mail-Followup-To: l@list.example, alice@work.example\r\n", "Bob <bob@example.net> | ", "l@list.example | ",
      "l@list.example | " },
    { LIST "Mail-Followup-To: alice@work.example\r\nList-Post: <mailto:l@list.example>\r\n", "Bob <bob@example.net> | ",
      "Bob <bob@example.net> | l@list.example, Carol <carol@example.com>", "error" },
    /* The person's own letter goes on to those it went to; a note to oneself stays one. */
    { "From: Alice <alice@example.org>\r\nTo: bob@example.net\r\nCc: carol@example.com\r\n", "bob@example.net | ",
      "bob@example.net | carol@example.com", "error" },
    { "From: alice@example.org\r\nTo: alice@work.example\r\n", "alice@example.org | ", "alice@example.org | ", "error" },
    { BOB "To: team: alice@example.org, Dan <dan@example.com>;\r\n", "Bob <bob@example.net> | ",
      "Bob <bob@example.net> | Dan <dan@example.com>", "error" },
    { "Subject: nobody\r\n", "error", "error", "error" },
};

static void test_answered(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ANSWERS); i++) {
        g_autofree char *sender = answered(ANSWERS[i].header, LETTER_REPLY_SENDER);
        g_autofree char *all = answered(ANSWERS[i].header, LETTER_REPLY_ALL);
        g_autofree char *list = answered(ANSWERS[i].header, LETTER_REPLY_LIST);
        g_test_message("%s", ANSWERS[i].header);
        g_assert_cmpstr(sender, ==, ANSWERS[i].sender);
        g_assert_cmpstr(all, ==, ANSWERS[i].all);
        g_assert_cmpstr(list, ==, ANSWERS[i].list);
    }
}

static void test_subjects(void)
{
    static const struct {
        const char *subject, *reply, *forward;
    } SUBJECTS[] = {
        { "Plan", "Re: Plan", "Fwd: Plan" },
        { NULL, "Re: ", "Fwd: " },
        { "Re: Plan", "Re: Plan", "Fwd: Re: Plan" },
        { "RE: AW: Réf : Plan B", "Re: Plan B", "Fwd: RE: AW: Réf : Plan B" },
        { "Re[4]: Plan", "Re: Plan", "Fwd: Re[4]: Plan" },
        { "回复：计划", "Re: 计划", "Fwd: 回复：计划" },
        { "Fwd: Plan", "Re: Fwd: Plan", "Fwd: Plan" },
        { "WG: TR: Plan", "Re: WG: TR: Plan", "Fwd: Plan" },
        { "[dev] Re: Plan", "Re: [dev] Plan", "Fwd: [dev] Re: Plan" },
        { "[dev] Plan", "Re: [dev] Plan", "Fwd: [dev] Plan" },
        { "Remark: Re: is a prefix", "Re: Remark: Re: is a prefix", "Fwd: Remark: Re: is a prefix" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(SUBJECTS); i++) {
        g_autofree char *reply = message_reply_subject(SUBJECTS[i].subject);
        g_autofree char *again = message_reply_subject(reply);
        g_autofree char *forward = message_forward_subject(SUBJECTS[i].subject);
        g_assert_cmpstr(reply, ==, SUBJECTS[i].reply);
        g_assert_cmpstr(again, ==, reply);
        g_assert_cmpstr(forward, ==, SUBJECTS[i].forward);
    }
}

static void test_threading(void)
{
    Message from = message(BOB "Message-ID: <3@x>\r\nIn-Reply-To: <2@x>\r\nReferences: <1@x>\r\n <2@x>\r\n");
    g_autoptr(Letter) letter = letter_reply(&from.original, LETTER_REPLY_SENDER, OWN, NULL, NULL);
    g_autofree char *references = g_strjoinv(" ", letter->references);
    g_assert_cmpstr(letter->in_reply_to, ==, "3@x");
    g_assert_cmpstr(references, ==, "1@x 2@x 3@x");
    message_summary_free(from.summary);

    g_autoptr(GString) header = g_string_new(BOB "Message-ID: <999@x>\r\nReferences:");
    for (int i = 0; i < 300; i++)
        g_string_append_printf(header, " <%d@x>", i);
    g_string_append(header, "\r\n");
    Message old = message(header->str);
    g_autoptr(Letter) answer = letter_reply(&old.original, LETTER_REPLY_SENDER, OWN, NULL, NULL);
    g_assert_cmpuint(g_strv_length(answer->references), ==, 51);
    g_assert_cmpstr(answer->references[0], ==, "0@x");
    g_assert_cmpstr(answer->references[49], ==, "299@x");
    g_assert_cmpstr(answer->references[50], ==, "999@x");
    message_summary_free(old.summary);
}

static void test_own_address(void)
{
    static const struct {
        const char *header;
        int own;
    } CASES[] = {
        { BOB "To: x@y, Alice@Work.Example\r\n", 1 },
        { BOB "To: l@list.example\r\nDelivered-To: alice@work.example\r\n", 1 },
        { BOB "To: l@list.example\r\nCc: alice+list@example.org\r\n", 0 },
        { BOB "To: l@list.example\r\n", -1 },
        { "From: alice@work.example\r\nTo: bob@example.net\r\n", 1 },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Message from = message(CASES[i].header);
        g_assert_cmpint(letter_own_address(&from.original, OWN), ==, CASES[i].own);
        message_summary_free(from.summary);
    }
}

static char *taken(const char *text, const char *subtype, const char *format, LetterTextKind kind)
{
    g_autoptr(MessagePart) part = message_part_new("1", "text", subtype);
    message_part_set_parameter(part, "charset", "utf-8");
    if (format != NULL)
        message_part_set_parameter(part, "format", format);
    GString *out = g_string_new(NULL);
    letter_append_text(out, text, strlen(text), part, kind);
    return g_string_free(out, FALSE);
}

static void test_quoting(void)
{
    g_autofree char *plain = taken("Hello\r\n\r\n> > old\r\n> less\r\nbye\r\n-- \r\nBob\r\n+49 1234\r\n", "plain", NULL, LETTER_TEXT_QUOTED);
    g_assert_cmpstr(plain, ==, "> Hello\n>\n>> > old\n>> less\n> bye\n");
    g_autofree char *whole = taken("Hello\r\n-- \r\nBob\r\n", "plain", NULL, LETTER_TEXT_WHOLE);
    g_assert_cmpstr(whole, ==, "Hello\n-- \nBob\n");
    g_autofree char *flowed = taken("one \r\ntwo \r\nthree\r\n>> deep \r\n>> er\r\n", "plain", "flowed", LETTER_TEXT_QUOTED);
    g_assert_cmpstr(flowed, ==, "> one two three\n>> > deep er\n");
    /* What was not seen is not quoted. */
    g_autofree char *html = taken("<p>seen</p><p style=\"display:none\">SECRET</p><script>SECRET</script>", "html", NULL, LETTER_TEXT_QUOTED);
    g_assert_cmpstr(html, ==, "> seen\n");
    g_autofree char *escape = taken("a\033[31mb\r\n", "plain", NULL, LETTER_TEXT_QUOTED);
    g_assert_null(strchr(escape, '\033'));
    g_autofree char *long_line = g_strnfill(77, 'x'), *kept = taken(long_line, "plain", NULL, LETTER_TEXT_QUOTED);
    g_assert_cmpuint(strlen(kept), ==, 80);
}

static void test_attribution(void)
{
    Message from = message("From: \"Bob\r\n\tEvil\" <bob@example.net>\r\nSubject: S\r\nMessage-ID: <1@x>\r\n");
    from.original.body = "> Hello\n";
    g_autoptr(Letter) usual = letter_reply(&from.original, LETTER_REPLY_SENDER, OWN, NULL, NULL);
    g_assert_true(g_str_has_suffix(usual->text, "wrote:\n> Hello\n\n"));
    g_autoptr(Letter) own = letter_reply(&from.original, LETTER_REPLY_SENDER, OWN, "%a (%n), 100%% %s %q%", NULL);
    g_assert_true(g_str_has_prefix(own->text, "bob@example.net (Bob"));
    g_assert_nonnull(strstr(own->text, "100% S %q%\n> Hello"));
    message_summary_free(from.summary);
}

static void test_forward(void)
{
    Message from = message(BOB "To: alice@example.org\r\nSubject: =?utf-8?q?=C3=89t=C3=A9?=\r\n");
    from.original.body = "text\n";
    g_autoptr(Letter) letter = letter_forward(&from.original);
    g_assert_cmpstr(letter->subject, ==, "Fwd: Été");
    g_assert_null(letter->to);
    g_assert_nonnull(strstr(letter->text, "\nFrom: Bob <bob@example.net>\nSubject: Été\nTo: alice@example.org\n\ntext\n"));
    g_autofree char *name = letter_forward_name(from.summary);
    g_assert_cmpstr(name, ==, "Été.eml");
    message_summary_free(from.summary);
}

static void test_promises(void)
{
    static const char *const WORDS[] = { "attach", "pièce jointe", "ci-joint", NULL };
    static const struct {
        const char *text, *line;
    } CASES[] = {
        { "Hello\nI attached the plan.\n", "I attached the plan." },
        { "La PIECE JOINTE dit tout\n", "La PIECE JOINTE dit tout" },
        { "> I attached the plan.\nThanks\n", NULL },
        { "Thanks\n-- \nattachments welcome\n", NULL },
        { "See below\n---------- Forwarded message ----------\nattached\n", NULL },
        { "unattached\n", NULL },
        { "", NULL },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *line = letter_promises_attachment(CASES[i].text, WORDS);
        g_assert_cmpstr(line, ==, CASES[i].line);
    }
}

static void test_draft(void)
{
    g_autoptr(Letter) letter = letter_new();
    letter->from = g_strdup("Alice <alice@example.org>");
    letter->to = g_strdup("bob@example.net\nBcc: eve@evil.example");
    letter->subject = g_strdup("back\\slash\\n and \xe2\x82\xac");
    letter->text = g_strdup("\nFrom: not a header\n\n  text without end");
    letter->flowed = TRUE;
    letter->references = g_strsplit("1@x 2@x", " ", -1);
    g_ptr_array_add(letter->fields, g_strdup("X-Mine: yes"));
    LetterAttachment *attachment = letter_attachment_new("/tmp/two\nlines.pdf");
    attachment->type = g_strdup("application/pdf");
    attachment->name = g_strdup("two lines.pdf");
    attachment->is_inline = TRUE;
    g_ptr_array_add(letter->attachments, attachment);
    g_autoptr(GHashTable) notes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(notes, g_strdup("account"), g_strdup("work"));
    g_autofree char *text = letter_draft_format(letter, notes);
    g_hash_table_remove_all(notes);
    g_autoptr(Letter) read = letter_draft_parse(text, strlen(text), notes);
    g_assert_cmpstr(g_hash_table_lookup(notes, "account"), ==, "work");
    g_assert_cmpstr(read->to, ==, letter->to);
    g_assert_null(read->bcc);
    g_assert_cmpstr(read->subject, ==, letter->subject);
    g_assert_cmpstr(read->text, ==, letter->text);
    g_assert_cmpstr(read->references[1], ==, "2@x");
    g_assert_cmpstr(read->fields->pdata[0], ==, "X-Mine: yes");
    g_assert_cmpstr(((LetterAttachment *)read->attachments->pdata[0])->path, ==, attachment->path);
    g_assert_true(((LetterAttachment *)read->attachments->pdata[0])->is_inline);
    g_autofree char *again = letter_draft_format(read, notes);
    g_assert_cmpstr(again, ==, text);
    /* Junk is no reason to fail. */
    g_autoptr(Letter) junk = letter_draft_parse("\xff:\nnothing\nAttach-Name: x\n", 26, NULL);
    g_assert_cmpuint(junk->attachments->len, ==, 0);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mime/reply/answered", test_answered);
    g_test_add_func("/mime/reply/subjects", test_subjects);
    g_test_add_func("/mime/reply/threading", test_threading);
    g_test_add_func("/mime/reply/own-address", test_own_address);
    g_test_add_func("/mime/reply/quoting", test_quoting);
    g_test_add_func("/mime/reply/attribution", test_attribution);
    g_test_add_func("/mime/reply/forward", test_forward);
    g_test_add_func("/mime/reply/promises", test_promises);
    g_test_add_func("/mime/reply/draft", test_draft);
    return g_test_run();
}
