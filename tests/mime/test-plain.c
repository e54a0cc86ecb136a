/* Plain text for the reader: quotes, format=flowed, signatures, links; headers and whole messages. */
#include "config.h"
#include "base/text.h"
#include "mime/render.h"

#include <string.h>

static RenderedText *render(const char *text, const char *format, int width)
{
    g_autoptr(MessagePart) part = message_part_new("1", "text", "plain");
    message_part_set_parameter(part, "charset", "utf-8");
    if (format && strstr(format, "flowed"))
        message_part_set_parameter(part, "format", "flowed");
    if (format && strstr(format, "delsp"))
        message_part_set_parameter(part, "DelSp", "Yes");
    RenderOptions options = { .width = width };
    return mime_render_text(text, strlen(text), part, &options);
}

static void assert_rendered(const char *text, const char *format, int width, const char *expected)
{
    g_autoptr(RenderedText) rendered = render(text, format, width);
    g_autofree char *out = rendered_to_string(rendered);
    g_assert_cmpstr(out, ==, expected);
}

static void test_fixed(void)
{
    assert_rendered("one\ntwo\n\nthree", NULL, 40, "one\ntwo\n\nthree\n");
    assert_rendered("a line that is too long for the window\n", NULL, 20,
                    "a line that is too\nlong for the window\n");
    assert_rendered("    indented text that has to be wrapped\n", NULL, 24,
                    "    indented text that\n    has to be wrapped\n");
    assert_rendered("a\r\nb\tc\r\n", NULL, 40, "a\nb       c\n");
    assert_rendered("", NULL, 40, "");
}

static void test_quotes(void)
{
    g_autoptr(RenderedText) rendered = render("> one\n>> two\n> > also two\n>three\nnone\n>", NULL, 40);
    static const guint levels[] = { 1, 2, 2, 1, 0, 1 };
    g_assert_cmpuint(rendered_line_count(rendered), ==, G_N_ELEMENTS(levels));
    for (guint i = 0; i < G_N_ELEMENTS(levels); i++)
        g_assert_cmpuint(rendered_line(rendered, i)->quote, ==, levels[i]);
    assert_rendered("> > this was said by somebody else and is long\n", NULL, 30,
                    "> > this was said by somebody\n> > else and is long\n");
    /* Twenty levels leave no room for marks: they become a number, never an endless loop. */
    assert_rendered(">>>>>>>>>>>>>>>>>>>> deep\n", NULL, 40, "20> deep\n");
}

/* RFC 3676, and its own examples of what goes wrong. */
static void test_flowed(void)
{
    assert_rendered("one \ntwo \nthree\nfour\n", "flowed", 40, "one two three\nfour\n");
    assert_rendered("a para- \ngraph\n", "flowed delsp", 40, "a para-graph\n");
    assert_rendered(" From stuffed\n  two blanks\n >not a quote\n", "flowed", 40,
                    "From stuffed\n two blanks\n>not a quote\n");
    assert_rendered("> one \n> two\n>> deeper \n> back\n", "flowed", 40, "> one two\n> > deeper \n> back\n");
    /* "-- " is a signature's mark and never flows. */
    assert_rendered("text \n-- \nAnna\n", "flowed", 40, "text \n-- \nAnna\n");
    assert_rendered("one \ntwo\n", NULL, 40, "one \ntwo\n");
    assert_rendered("a paragraph that flows over \nthe narrow window\n", "flowed", 20,
                    "a paragraph that\nflows over the\nnarrow window\n");
}

static void test_signature(void)
{
    g_autoptr(RenderedText) rendered = render("text\n-- \nAnna\nFjord\n> quoted below\n", NULL, 40);
    static const RenderedKind kinds[] = { RENDERED_TEXT, RENDERED_SIGNATURE, RENDERED_SIGNATURE,
                                          RENDERED_SIGNATURE, RENDERED_TEXT };
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        g_assert_cmpint(rendered_line(rendered, i)->kind, ==, kinds[i]);
}

static void test_links(void)
{
    g_autoptr(RenderedText) rendered =
        render("See https://malle.example/a_(b), (www.x.example). Not http:// or xhttps://no\nmail "
               "mailto:a@x.example!\nhttps://malle.example/a_(b)\n",
               NULL, 200);
    g_autofree char *out = rendered_to_string(rendered);
    g_assert_cmpstr(out, ==,
                    "See https://malle.example/a_(b)[1], (www.x.example[2]). Not http:// or "
                    "xhttps://no\nmail mailto:a@x.example[3]!\n"
                    "https://malle.example/a_(b)[1]\n");
    g_assert_cmpuint(rendered->links->len, ==, 3);
    g_assert_cmpstr(rendered_link_at(rendered, 2)->target, ==, "http://www.x.example");
    g_assert_null(rendered_link_at(rendered, 4));
    g_assert_null(rendered_link_at(rendered, 0));
}

static void test_hidden_quotes(void)
{
    const char *text = "I agree.\n\n> one\n> two\n> three\n> four\n\nBye\n> short\n";
    RenderOptions options = { .width = 40, .hide_quotes = true };
    g_autoptr(RenderedText) rendered = mime_render_text(text, strlen(text), NULL, &options);
    g_autofree char *out = rendered_to_string(rendered);
    g_assert_cmpstr(out, ==, "I agree.\n\n4 lines of quotation\n\nBye\n> short\n");
    g_assert_cmpint(rendered_line(rendered, 2)->kind, ==, RENDERED_NOTICE);
}

static void test_long(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 5000; i++)
        g_string_append(text, "line\n");
    RenderOptions lines = { .width = 40, .max_lines = 100 };
    g_autoptr(RenderedText) cut = mime_render_text(text->str, text->len, NULL, &lines);
    g_assert_cmpuint(rendered_line_count(cut), ==, 101);
    g_assert_true(cut->in_part);
    RenderOptions bytes = { .width = 40, .max_bytes = 1000 };
    g_autoptr(RenderedText) part = mime_render_text(text->str, text->len, NULL, &bytes);
    g_assert_true(part->in_part);
    g_assert_cmpint(rendered_line(part, rendered_line_count(part) - 1)->kind, ==, RENDERED_NOTICE);
    /* One line of two megabytes: as many lines as it needs, each looked at once. */
    g_autofree char *one = g_strnfill(2 * 1024 * 1024, 'x');
    RenderOptions wide = { .width = 64 };
    g_autoptr(RenderedText) whole = mime_render_text(one, strlen(one), NULL, &wide);
    g_assert_cmpuint(rendered_line_count(whole), ==, 2 * 1024 * 1024 / 64);
}

static void test_content(void)
{
    g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
    g_autofree char *text =
        mime_text_content("<p>one <a href=https://x.example/>two</a></p><p>three</p>", 57, part);
    g_assert_cmpstr(text, ==, "one two\n\nthree\n");
    g_autofree char *odd = mime_text_content("a\033b", 3, NULL);
    g_assert_cmpstr(odd, ==, "a\342\220\233b\n");
}

static void test_header(void)
{
    static const char header[] = "From: boss@bank.example <eve@evil.example>\nTo: A <a@x>, B <b@y>\nSubject: "
                                 "=?utf-8?q?caf=C3=A9?=\033[2J\n"
                                 "Date: Tue, 3 Mar 2026 15:32:10 +0100\nX-Odd\033: \302\2331m\n\n";
    g_autoptr(RenderedText) usual = mime_render_header(header, sizeof header - 1, false, 60);
    g_autofree char *text = rendered_to_string(usual);
    g_assert_cmpstr(
        text, ==,
        "From: boss@bank.example <eve@evil.example>\nTo: A <a@x>, B <b@y>\nDate: Tue 3 Mar 2026 15:32 +0100\n"
        "Subject: caf\303\251\342\220\233[2J\n");
    g_autoptr(RenderedText) all = mime_render_header(header, sizeof header - 1, true, 60);
    g_assert_cmpuint(rendered_line_count(all), ==, 4); /* a control in a field's name: no field */
    g_autoptr(GString) many = g_string_new(NULL);
    for (int i = 0; i < 100000; i++)
        g_string_append(many, "X: y\n");
    g_autoptr(RenderedText) capped = mime_render_header(many->str, many->len, true, 60);
    g_assert_cmpuint(rendered_line_count(capped), <=, 2001);
    g_assert_true(capped->in_part);
}

/* S36: an open tag or quote in one part never reaches into the next. */
static void test_message(void)
{
    static const char raw[] =
        "From: a@x\nSubject: parts\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: text/html\n\n<p>open <a href=\"http://evil.example/?\n"
        "--b\nContent-Type: text/html\n\n<p>see <a href=\"https://x.example/\">this</a>\n"
        "--b\nContent-Type: text/html\n\n<p>and <a href=\"https://y.example/\">that</a>\n"
        "--b\nContent-Type: application/pdf; name=\"x\033.pdf\"\nContent-Transfer-Encoding: "
        "base64\n\nQUJD\n--b--\n";
    g_autoptr(GBytes) bytes = g_bytes_new_static(raw, sizeof raw - 1);
    g_autoptr(RenderedText) rendered = mime_render_message(bytes, NULL, NULL);
    g_autofree char *text = rendered_to_string(rendered);
    g_assert_nonnull(strstr(text, "see this[1]"));
    g_assert_nonnull(strstr(text, "and that[2]"));
    g_assert_nonnull(strstr(text, "x\342\220\233.pdf (application/pdf, 3 B)"));
    g_assert_cmpuint(rendered->links->len, ==, 2);
    for (guint i = 1; i <= rendered->links->len; i++)
        g_assert_null(strstr(rendered_link_at(rendered, i)->target, "evil"));
}

static void test_property(void)
{
    static const char *const pieces[] = {
        ">",        "> ",       " ",    "\n", "-- \n", "text ",        "https://x.example/\033",
        "\033[31m", "\302\233", "\377", "\t", "\r",    "\342\200\256", "\344\275\240"
    };
    GRand *random = g_rand_new_with_seed(5);
    for (int round = 0; round < 2000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int i = g_rand_int_range(random, 0, 60); i > 0; i--)
            g_string_append(text, pieces[g_rand_int(random) % G_N_ELEMENTS(pieces)]);
        int width = g_rand_int_range(random, 20, 90);
        g_autoptr(RenderedText) rendered = render(text->str, round % 2 ? "flowed" : NULL, width);
        for (gsize i = 0; i < rendered->text->len; i++)
            g_assert_true((unsigned char)rendered->text->str[i] >= 0x20 && rendered->text->str[i] != 0x7f);
        for (guint i = 0; i < rendered_line_count(rendered); i++) {
            gsize length;
            const char *line = rendered_line_text(rendered, i, &length);
            g_autofree char *trimmed = g_strchomp(g_strndup(line, length));
            g_assert_cmpint(text_display_width(trimmed, -1), <=, width);
        }
    }
    g_rand_free(random);
}

/* --- invitations ------------------------------------------------------------------------------- */

static char *calendar(const char *text)
{
    g_autoptr(MessagePart) part = message_part_new("1", "text", "calendar");
    message_part_set_parameter(part, "charset", "utf-8");
    RenderOptions options = { .width = 70 };
    g_autoptr(RenderedText) rendered = mime_render_text(text, strlen(text), part, &options);
    return rendered_to_string(rendered);
}

/* What, when, where, who: folded lines, escapes, zones, alarms that are nobody's business. */
static void test_invitation(void)
{
    g_autofree char *out = calendar("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nEND:VTIMEZONE\r\n"
                                    "BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Paris:20260312T183000\r\nDTEND;TZID=Europe/Paris:20260312T203000\r\n"
                                    "SUMMARY:Rehearsal\\, the la\r\n st one\r\nLOCATION:Quay 3\\; hall\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n"
                                    "ORGANIZER;CN=\"Ada; Choir\":mailto:ada@choir.example\r\n"
                                    "ATTENDEE;CN=Kit;PARTSTAT=ACCEPTED:mailto:kit@x.example\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:me@x.example\r\n"
                                    "DESCRIPTION:Bring the scores.\\nAnd water.\r\nBEGIN:VALARM\r\nDESCRIPTION:ring\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n"
                                    "END:VEVENT\r\nEND:VCALENDAR\r\n");
    g_assert_cmpstr(out, ==,
                    "An invitation\n\nWhat: Rehearsal, the last one\nWhen: Thursday 12 March 2026 at 17:30 to 19:30\nRepeated: every week\n"
                    "Where: Quay 3; hall\nInvited by: Ada; Choir <ada@choir.example>\nInvited: Kit <kit@x.example> (accepted)\n   me@x.example\n\n"
                    "Bring the scores.\nAnd water.\n");
}

static void test_whole_days(void)
{
    g_autofree char *out = calendar("BEGIN:VCALENDAR\nMETHOD:CANCEL\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260312\nDTEND;VALUE=DATE:20260315\nSUMMARY:Fair\n"
                                    "STATUS:CANCELLED\nEND:VEVENT\nEND:VCALENDAR\n");
    g_assert_cmpstr(out, ==, "An event that is cancelled\n\nWhat: Fair\nWhen: Thursday 12 March 2026 to Saturday 14 March 2026\nIt is cancelled.\n");
    g_autofree char *none = calendar("BEGIN:VCALENDAR\nEND:VCALENDAR\n");
    g_assert_nonnull(strstr(none, "BEGIN:VCALENDAR")); /* nothing in it: as it is */
    g_autofree char *rubbish = calendar("BEGIN:VEVENT\nDTSTART:2026\nDTEND:99999999T999999Z\nSUMMARY:\033[31mred\nEND:VEVENT\n");
    g_assert_null(strchr(rubbish, '\033'));
    g_assert_nonnull(strstr(rubbish, "What:"));
    g_assert_null(strstr(rubbish, "When:"));
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC", TRUE); /* times of invitations are told in the zone of the machine */
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plain/fixed", test_fixed);
    g_test_add_func("/plain/quotes", test_quotes);
    g_test_add_func("/plain/flowed", test_flowed);
    g_test_add_func("/plain/signature", test_signature);
    g_test_add_func("/plain/links", test_links);
    g_test_add_func("/plain/hidden-quotes", test_hidden_quotes);
    g_test_add_func("/plain/long", test_long);
    g_test_add_func("/plain/content", test_content);
    g_test_add_func("/plain/header", test_header);
    g_test_add_func("/plain/message", test_message);
    g_test_add_func("/plain/property", test_property);
    g_test_add_func("/mime/calendar/invitation", test_invitation);
    g_test_add_func("/mime/calendar/whole-days", test_whole_days);
    return g_test_run();
}
