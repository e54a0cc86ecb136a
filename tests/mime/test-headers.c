/* Header values: charsets, encoded words, addresses, dates, subjects, identifiers, parameters, summaries. */
#include "config.h"
#include "mime/address.h"
#include "mime/charset.h"
#include "mime/date.h"
#include "mime/parameters.h"
#include "mime/summary.h"

#include <string.h>

/* --- charsets --------------------------------------------------------------------------------- */

static void assert_charset(const char *bytes, const char *charset, const char *expected, bool exact)
{
    bool was_exact;
    g_autofree char *text = mime_to_utf8(bytes, strlen(bytes), charset, &was_exact);
    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpint(was_exact, ==, exact);
}

static void test_charsets(void)
{
    assert_charset("caf\351", "iso-8859-1", "caf\303\251", true);
    assert_charset("\223quoted\224", "iso-8859-1", "\342\200\234quoted\342\200\235",
                   true); /* as windows-1252, like everybody */
    assert_charset("\244", "iso-8859-15", "\342\202\254", true);
    assert_charset("\320\322\311\327\305\324", "koi8-r", "\320\277\321\200\320\270\320\262\320\265\321\202",
                   true);
    assert_charset("\033$B$\"\033(B", "iso-2022-jp", "\343\201\202", true);
    assert_charset("\202\240", "Shift_JIS", "\343\201\202", true);
    assert_charset("\304\343", "GB2312", "\344\275\240", true);
    assert_charset("\371\345\354\345\355", "windows-1255", "\327\251\327\225\327\234\327\225\327\235",
                   true); /* holds back its last letter */
    assert_charset("+AOk-", "utf-7", "\303\251", true);
}

static void test_lying_charsets(void)
{
    assert_charset("caf\303\251", "us-ascii", "caf\303\251", false);
    assert_charset("caf\303\251", "iso-8859-1", "caf\303\251", false);
    assert_charset("caf\351", "utf-8", "caf\303\251", false);
    assert_charset("caf\351", NULL, "caf\303\251", true);
    assert_charset("caf\303\251", NULL, "caf\303\251", true);
    assert_charset("caf\303\251", "x-martian", "caf\303\251", false);
    assert_charset("caf\351", "../../evil//IGNORE", "caf\303\251",
                   true); /* no name at all counts as none declared */
    assert_charset("plain", "utf-16", "plain", false);
    assert_charset("\033$B$\"\033(B", NULL, "\343\201\202", true);
    assert_charset("\303\251 cut \303", "utf-8", "\303\251 cut \357\277\275", true); /* fetched in part */
    g_autofree char *nul = mime_to_utf8("a\0b", 3, "utf-8", NULL);
    g_assert_cmpstr(nul, ==, "ab");
}

static void test_charset_property(void)
{
    static const char *const labels[] = { "utf-8",        "iso-2022-jp", "gb18030", "utf-7", "utf-16",
                                          "windows-1255", "big5",        "euc-kr",  "",      NULL };
    GRand *random = g_rand_new_with_seed(11);
    for (int round = 0; round < 2000; round++) {
        char bytes[120];
        gsize length = (gsize)g_rand_int_range(random, 0, sizeof bytes);
        for (gsize i = 0; i < length; i++)
            bytes[i] = (char)g_rand_int(random);
        g_autofree char *text = mime_to_utf8(bytes, length, labels[round % G_N_ELEMENTS(labels)], NULL);
        g_assert_true(g_utf8_validate(text, -1, NULL));
    }
    g_rand_free(random);
}

/* --- encoded words ---------------------------------------------------------------------------- */

static void assert_decoded(const char *raw, const char *expected)
{
    g_autofree char *text = mime_decode_header_text(raw, strlen(raw));
    g_assert_cmpstr(text, ==, expected);
}

static void test_words(void)
{
    assert_decoded("plain subject", "plain subject");
    assert_decoded("=?utf-8?Q?caf=C3=A9_noir?=", "caf\303\251 noir");
    assert_decoded("=?UTF-8?b?Y2Fmw6k=?= au lait", "caf\303\251 au lait");
    assert_decoded("=?iso-8859-1*fr?q?caf=E9?=", "caf\303\251");
    assert_decoded("a =?utf-8?q?b?= =?utf-8?q?c?= d", "a bc d");
    assert_decoded("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "\303\251"); /* a character cut in two */
    assert_decoded("=?utf-8?q?a b?=", "a b");                      /* forbidden and common */
    assert_decoded("folded\r\n line", "folded line");
    assert_decoded("raw caf\351", "raw caf\303\251");
    assert_decoded("=?utf-8?x?bad?=", "=?utf-8?x?bad?=");
    assert_decoded("=?utf-8?q?never closed", "=?utf-8?q?never closed");
    assert_decoded("=?utf-8?q?a=0D=0Ab=00c?=", "a bc");
    assert_decoded("=?utf-8?q?"
                   "?=x",
                   "x");
    assert_decoded("=?=?utf-8?q?a?=", "=?a");
}

static void test_words_are_linear(void)
{
    /* Opened a hundred thousand times and never closed: bounded look-ahead for each, or this would not end.
     */
    GString *hostile = g_string_new(NULL);
    for (int i = 0; i < 100000; i++)
        g_string_append(hostile, "=?a?q?x");
    g_autofree char *text = mime_decode_header_text(hostile->str, hostile->len);
    g_assert_cmpuint(strlen(text), ==, hostile->len);
    g_string_free(hostile, TRUE);
}

/* --- addresses -------------------------------------------------------------------------------- */

static void assert_addresses(const char *value, const char *expected)
{
    g_autoptr(GPtrArray) list = mime_addresses_parse(value, strlen(value));
    GString *shown = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++) {
        const MailAddress *address = g_ptr_array_index(list, i);
        g_string_append_printf(shown, "%s%s|%s", i > 0 ? " ; " : "", address->name ? address->name : "-",
                               address->address ? address->address : "GROUP");
    }
    g_assert_cmpstr(shown->str, ==, expected);
    g_string_free(shown, TRUE);
}

static void test_addresses(void)
{
    assert_addresses("anna@fjord.example", "-|anna@fjord.example");
    assert_addresses("Anna L <anna@fjord.example>, b@x.example", "Anna L|anna@fjord.example ; -|b@x.example");
    assert_addresses("\"Lind, Anna\" <a@x>", "Lind, Anna|a@x");
    assert_addresses("a@x (Anna)", "Anna|a@x");
    assert_addresses("=?utf-8?q?Lind=2C_=C3=85sa?= <a@x>", "Lind, \303\205sa|a@x");
    assert_addresses("friends: a@x, B <b@y>;, c@z", "friends|GROUP ; -|a@x ; B|b@y ; -|c@z");
    assert_addresses("undisclosed-recipients:;", "undisclosed-recipients|GROUP");
    assert_addresses("a@x; b@y", "-|a@x ; -|b@y");
    assert_addresses("<@relay,@other:a@x>", "-|a@x");
    assert_addresses("\"unclosed <a@x>, b@y", "\"unclosed|a@x ; -|b@y");
    assert_addresses("Name <a@x> <b@y>", "Name <a@x>|b@y");
    assert_addresses("", "");
    assert_addresses(",,;;,", "");
    assert_addresses("((nested (comment)) x) a@x", "(nested (comment)) x|a@x");
}

/* Mailsploit: what is encoded never becomes structure. */
static void test_mailsploit(void)
{
    const char *value = "=?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?==?utf-8?Q?=00?==?utf-8?b?"
                        "cG90dXNAd2hpdGVob3VzZS5nb3Y=?=@evil.example";
    g_autoptr(GPtrArray) list = mime_addresses_parse(value, strlen(value));
    g_assert_cmpuint(list->len, ==, 1);
    const MailAddress *address = g_ptr_array_index(list, 0);
    g_assert_true(g_str_has_suffix(address->address, "@evil.example"));
    g_assert_nonnull(strstr(address->address, "=?utf-8")); /* an address is not decoded */
    assert_addresses("=?utf-8?q?a=40bank=0A=3Creal=40x=3E?= <eve@evil.example>",
                     "a@bank <real@x>|eve@evil.example");
}

static void assert_shown(const char *name, const char *address, const char *shorter, const char *longer)
{
    g_autofree char *column = mime_address_show_short(name, address);
    g_assert_cmpstr(column, ==, shorter);
    g_autofree char *full = mime_address_show(name, address);
    g_assert_cmpstr(full, ==, longer);
}

static void test_shown(void)
{
    assert_shown("Anna", "a@x.example", "Anna", "Anna <a@x.example>");
    assert_shown(NULL, "a@x.example", "a@x.example", "a@x.example");
    assert_shown("a@x.example", "a@x.example", "a@x.example", "a@x.example <a@x.example>");
    assert_shown("boss@bank.example", "eve@evil.example", "boss@bank.example <eve@evil.example>",
                 "boss@bank.example <eve@evil.example>");
    assert_shown("boss\357\274\240bank.example", "eve@evil.example",
                 "boss\357\274\240bank.example <eve@evil.example>",
                 "boss\357\274\240bank.example <eve@evil.example>");
    assert_shown("\033[2J", "a@x.example", "\342\220\233[2J", "\342\220\233[2J <a@x.example>");
    assert_shown("\342\200\213", "a@x.example", "a@x.example",
                 "a@x.example"); /* a name that cannot be seen */
    g_autofree char *plain = mime_domain_show("xn--mnchen-3ya.example");
    g_assert_cmpstr(plain, ==, "m\303\274nchen.example");
    g_autofree char *mixed = mime_domain_show("xn--pple-43d.com");
    g_assert_cmpstr(mixed, ==, "\320\260pple.com (xn--pple-43d.com)");
    g_autofree char *whole = mime_domain_show("xn--80ak6aa92e.com"); /* all Cyrillic, looks like Latin */
    g_assert_nonnull(strstr(whole, "(xn--80ak6aa92e.com)"));
    g_autofree char *honest = mime_domain_show("xn--e1afmkfd.xn--p1ai"); /* Cyrillic that is Cyrillic */
    g_assert_null(strstr(honest, "xn--"));
}

static void test_many_addresses(void)
{
    GString *hostile = g_string_new(NULL);
    for (int i = 0; i < 200000; i++)
        g_string_append(hostile, "a@b,");
    g_autoptr(GPtrArray) list = mime_addresses_parse(hostile->str, hostile->len);
    g_assert_cmpuint(list->len, ==, 10000);
    g_string_assign(hostile, "");
    for (int i = 0; i < 200000; i++)
        g_string_append(hostile, "\"(;<");
    g_autoptr(GPtrArray) odd = mime_addresses_parse(hostile->str, hostile->len);
    g_assert_cmpuint(odd->len, <=, 10000);
    g_string_free(hostile, TRUE);
}

static void test_envelope_addresses(void)
{
    g_autoptr(MailAddress) usual =
        mime_address_from_envelope("=?utf-8?q?J=C3=B6rg?=", 21, "j", 1, "x.example", 9);
    g_assert_cmpstr(usual->name, ==, "J\303\266rg");
    g_assert_cmpstr(usual->address, ==, "j@x.example");
    g_autoptr(MailAddress) group = mime_address_from_envelope(NULL, 0, "friends", 7, NULL, 0);
    g_assert_cmpstr(group->name, ==, "friends");
    g_assert_null(group->address);
    g_assert_null(mime_address_from_envelope(NULL, 0, NULL, 0, NULL, 0));
    g_autoptr(MailAddress) missing = mime_address_from_envelope(NULL, 0, "root", 4, "MISSING_DOMAIN", 14);
    g_assert_cmpstr(missing->address, ==, "root");
}

/* --- dates, subjects, identifiers ------------------------------------------------------------- */

static void assert_date(const char *text, gint64 expected, int expected_offset)
{
    gint64 date;
    int offset;
    bool ok = mime_date_parse(text, strlen(text), &date, &offset);
    g_assert_cmpint(ok, ==, expected != 0);
    g_assert_cmpint(date, ==, expected);
    if (ok)
        g_assert_cmpint(offset, ==, expected_offset);
}

static void test_dates(void)
{
    assert_date("Tue, 3 Mar 2026 15:32:10 +0100", 1772548330, 60);
    assert_date("3 Mar 2026 14:32:10 GMT", 1772548330, 0);
    assert_date(" 3-Mar-2026 14:32:10 +0000", 1772548330, 0); /* INTERNALDATE */
    assert_date("Tue, 03 Mar 26 09:32:10 EST", 1772548330, -300);
    assert_date("Tue, 3 Mar 2026 15:32:10 +0100 (CET)", 1772548330, 60);
    assert_date("Thu, 29 Feb 2024 00:00:00 +0000", 1709164800, 0);
    assert_date("yesterday", 0, 0);
    assert_date("", 0, 0);
    assert_date("Tue, 99 Mar 2026 15:32:10 +0100", 0, 0);
}

static void assert_base(const char *subject, const char *expected, gboolean reply)
{
    gboolean is_reply;
    g_autofree char *base = message_base_subject(subject, &is_reply);
    g_assert_cmpstr(base, ==, expected);
    g_assert_cmpint(is_reply, ==, reply);
}

static void test_subjects(void)
{
    assert_base("Hello", "HELLO", FALSE);
    assert_base("Re: Hello", "HELLO", TRUE);
    assert_base("AW: Re: SV:  Hello   world", "HELLO WORLD", TRUE);
    assert_base("RE[2]: Hello", "HELLO", TRUE);
    assert_base("[list] Re: Hello", "HELLO", TRUE);
    assert_base("Re: [list] Hello", "HELLO", TRUE);
    assert_base("Hello (fwd) (fwd)", "HELLO", TRUE);
    assert_base("[Fwd: Hello]", "HELLO", TRUE);
    assert_base("\345\233\236\345\244\215\357\274\232\344\275\240\345\245\275", "\344\275\240\345\245\275",
                TRUE);
    assert_base("[only a blob]", "[ONLY A BLOB]", FALSE);
    assert_base("Re:", "", TRUE);
    assert_base("Report: done", "REPORT: DONE", FALSE);
    assert_base(NULL, "", FALSE);
}

static void test_identifiers(void)
{
    const char *value = "<a@x> junk\r\n <b@y>\t<a@x> <spa ce@z> <>";
    g_auto(GStrv) ids = message_id_list_parse(value, strlen(value));
    g_autofree char *joined = g_strjoinv(" ", ids);
    g_assert_cmpstr(joined, ==, "a@x b@y space@z");
    g_auto(GStrv) bare = message_id_list_parse("c@z", 3);
    g_assert_cmpstr(bare[0], ==, "c@z");
    g_auto(GStrv) none = message_id_list_parse("Your letter of Tuesday", 22);
    g_assert_null(none[0]);
}

static void test_summary(void)
{
    static const char header[] = "From: =?utf-8?q?J=C3=B6rg?= <j@x.example>\r\n"
                                 "From: second@x.example\r\n"
                                 "To: a@x,\r\n\tb@y\r\n"
                                 "Subject: =?utf-8?q?Gr=C3=BC?=\r\n =?utf-8?q?=C3=9Fe?=\r\n"
                                 "no colon here\r\n"
                                 "Date: Tue, 3 Mar 2026 15:32:10 +0100\r\n"
                                 "Message-ID: <m3@x>\r\nReferences: <m1@x> <m2@x>\r\nIn-Reply-To: <m2@x>\r\n"
                                 "List-Id: The list <dev.lists.example>\r\n\r\nSubject: of the body\r\n";
    g_autoptr(MessageSummary) summary = message_summary_from_header(header, sizeof header - 1);
    g_assert_cmpstr(summary->subject, ==, "Gr\303\274\303\237e");
    g_assert_cmpuint(summary->from->len, ==, 2);
    g_assert_cmpuint(summary->to->len, ==, 2);
    g_assert_cmpint(summary->date, ==, 1772548330);
    g_assert_cmpstr(summary->message_id, ==, "m3@x");
    g_assert_cmpuint(g_strv_length(summary->references), ==, 2);
    g_assert_cmpstr(summary->list_id, ==, "dev.lists.example");
}

/* RFC 5256: References decide; In-Reply-To only where they say nothing, and of it the first. */
static void test_references(void)
{
    static const struct {
        const char *header, *expected;
    } cases[] = {
        { "References: <a@x> <b@x>\r\nIn-Reply-To: <c@x>\r\n", "a@x b@x" },
        { "References: nothing\r\nIn-Reply-To: message of Tuesday <c@x> <d@x>\r\n", "c@x" },
        { "In-Reply-To: <c@x>\r\n", "c@x" },
        { "In-Reply-To: your letter\r\n", "" },
        { "Subject: none\r\n", "" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MessageSummary) summary = message_summary_from_header(cases[i].header, strlen(cases[i].header));
        g_autofree char *joined = g_strjoinv(" ", summary->references);
        g_assert_cmpstr(joined, ==, cases[i].expected);
    }
}

/* S19: nothing, an empty line first, NUL, only junk. */
static void test_broken_summaries(void)
{
    static const char *const headers[] = {
        "", "\r\n", "\n\nSubject: no\n", "garbage", ":\n: :\n", "From:\n", "From \nSubject: after mbox line\n"
    };
    for (gsize i = 0; i < G_N_ELEMENTS(headers); i++) {
        g_autoptr(MessageSummary) summary = message_summary_from_header(headers[i], strlen(headers[i]));
        g_assert_nonnull(summary->from);
        g_assert_nonnull(summary->references);
        g_assert_cmpstr(summary->subject, ==, i == 6 ? "after mbox line" : NULL);
    }
    g_autoptr(MessageSummary) nul = message_summary_from_header("Subject: a\0b\n", 13);
    g_assert_cmpstr(nul->subject, ==, "ab");
}

static void test_format(void)
{
    g_autoptr(MailAddress) comma = mail_address_new("Lind, \"Anna\"", "a@x");
    g_autofree char *quoted = mail_address_format(comma);
    g_assert_cmpstr(quoted, ==, "\"Lind, \\\"Anna\\\"\" <a@x>");
    g_autoptr(MailAddress) bare = mail_address_new(NULL, "a@x");
    g_autofree char *shown = mail_address_format(bare);
    g_assert_cmpstr(shown, ==, "a@x");
}

/* --- parameters ------------------------------------------------------------------------------- */

static void assert_parameter(const char *field, const char *name, const char *expected)
{
    g_autoptr(GPtrArray) raw = mime_parameters_new();
    g_autofree char *value = mime_parse_structured(field, strlen(field), raw);
    g_autoptr(GPtrArray) decoded = mime_parameters_decode(raw);
    const char *found = NULL;
    for (guint i = 0; i < decoded->len; i++) {
        const MimeParameter *parameter = g_ptr_array_index(decoded, i);
        if (strcmp(parameter->name, name) == 0)
            found = parameter->value;
    }
    g_assert_cmpstr(found, ==, expected);
}

static void test_parameters(void)
{
    assert_parameter("attachment; filename=\"a b.pdf\"", "filename", "a b.pdf");
    assert_parameter("attachment; filename=a b.pdf", "filename", "a b.pdf");
    assert_parameter("attachment; FileName=x (comment)", "filename", "x");
    assert_parameter("a; filename*=utf-8'fr'caf%C3%A9.txt", "filename", "caf\303\251.txt");
    assert_parameter("a; filename=\"cafe.txt\"; filename*=utf-8''caf%C3%A9.txt", "filename",
                     "caf\303\251.txt");
    assert_parameter("a; filename*1=\"b.txt\"; filename*0=\"a\"", "filename", "ab.txt");
    assert_parameter("a; filename*0*=iso-8859-1''caf%E9; filename*1=\".txt\"", "filename", "caf\303\251.txt");
    assert_parameter("a; filename*0=\"a\"; filename*2=\"c\"", "filename", "a"); /* a gap */
    assert_parameter("a; filename=\"=?utf-8?q?caf=C3=A9?=\"", "filename", "caf\303\251");
    assert_parameter("a; filename*=utf-8''a%00%0Ab", "filename", "a\001\nb"); /* hostile until made safe */
    assert_parameter("a; ;;=; x=", "filename", NULL);
    assert_parameter("a; x=\"unclosed", "x", "unclosed");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/charset/usual", test_charsets);
    g_test_add_func("/charset/lying", test_lying_charsets);
    g_test_add_func("/charset/property", test_charset_property);
    g_test_add_func("/words/usual", test_words);
    g_test_add_func("/words/linear", test_words_are_linear);
    g_test_add_func("/address/list", test_addresses);
    g_test_add_func("/address/mailsploit", test_mailsploit);
    g_test_add_func("/address/shown", test_shown);
    g_test_add_func("/address/many", test_many_addresses);
    g_test_add_func("/address/envelope", test_envelope_addresses);
    g_test_add_func("/address/format", test_format);
    g_test_add_func("/date", test_dates);
    g_test_add_func("/subject", test_subjects);
    g_test_add_func("/identifiers", test_identifiers);
    g_test_add_func("/summary/usual", test_summary);
    g_test_add_func("/summary/broken", test_broken_summaries);
    g_test_add_func("/parameters", test_parameters);
    g_test_add_func("/mime/references", test_references);
    return g_test_run();
}
