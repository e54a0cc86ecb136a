/* HTML for the reader: a corpus of small pages with the text that they should become (tests/mime/html), and
 * what hostile HTML may not do.
 *
 * MALLE_WRITE_EXPECTED=1 writes the expected texts anew: look at the difference before keeping it. */
#include "config.h"
#include "mime/render-internal.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 60

static char *rendered_page(const char *html, gsize length, int width)
{
    g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
    message_part_set_parameter(part, "charset", "utf-8");
    RenderOptions options = { .width = width };
    g_autoptr(RenderedText) rendered = mime_render_text(html, length, part, &options);
    g_autofree char *lines = rendered_to_string(rendered);
    GString *out = g_string_new(lines);
    for (guint i = 1; i <= rendered->links->len; i++) {
        const RenderedLink *link = rendered_link_at(rendered, i);
        g_string_append_printf(out, "[%u]%s %s -> %s\n", i, link->mismatch ? " !" : "", link->text,
                               link->target);
    }
    if (rendered->pictures_blocked > 0)
        g_string_append_printf(out, "(%u pictures not fetched)\n", rendered->pictures_blocked);
    return g_string_free(out, FALSE);
}

static void test_page(gconstpointer name)
{
    g_autofree char *html_name = g_strconcat(name, ".html", NULL);
    g_autofree char *text_name = g_strconcat(name, ".txt", NULL);
    g_autofree char *html_path = g_test_build_filename(G_TEST_DIST, "tests", "mime", "html", html_name, NULL);
    g_autofree char *text_path = g_test_build_filename(G_TEST_DIST, "tests", "mime", "html", text_name, NULL);
    g_autofree char *html = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(html_path, &html, &length, NULL));
    g_autofree char *text = rendered_page(html, length, WIDTH);
    if (g_getenv("MALLE_WRITE_EXPECTED"))
        g_assert_true(g_file_set_contents(text_path, text, -1, NULL));
    g_autofree char *expected = NULL;
    g_assert_true(g_file_get_contents(text_path, &expected, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

static void note_visitor(GObject *listener, GAsyncResult *result, gpointer came)
{
    g_autoptr(GSocketConnection) visit =
        g_socket_listener_accept_finish(G_SOCKET_LISTENER(listener), result, NULL, NULL);
    *(bool *)came = visit != NULL;
}

static guint count_of(const char *text, const char *word)
{
    guint count = 0;
    for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
        count++;
    return count;
}

/* S35, S44: bombs are cut before the parser: what is counted is what would be built. */
static void test_clean_bounds(void)
{
    bool cut;
    g_autoptr(GString) deep = g_string_new(NULL);
    for (int i = 0; i < 100000; i++)
        g_string_append(deep, "<div>");
    g_autofree char *shallow = html_clean(deep->str, deep->len, &cut);
    g_assert_cmpuint(count_of(shallow, "<div>"), <=, 250);

    /* Every <p> opens again all formatting that was left open: <b id=1><b id=2>… times <p><p>… */
    g_autoptr(GString) fonts = g_string_new(NULL);
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(fonts, "<font color=%d><b></i>", i);
    for (int i = 0; i < 100000; i++)
        g_string_append(fonts, "<p>x");
    g_autofree char *few = html_clean(fonts->str, fonts->len, &cut);
    g_assert_cmpuint(count_of(few, "<font") + count_of(few, "<b>"), <=, 12);
    g_assert_cmpuint(count_of(few, "<p>"), <=, 60000);
    g_assert_true(cut);

    g_autoptr(GString) attributes = g_string_new("<td");
    for (int i = 0; i < 500; i++)
        g_string_append_printf(attributes, " a%d=1 href=x title=y", i);
    g_string_append(attributes, ">x");
    g_autofree char *plain = html_clean(attributes->str, attributes->len, &cut);
    g_assert_cmpuint(count_of(plain, "="), <=, 8);

    g_autofree char *comments = html_clean("<!-- a --><!-- b", 16, &cut);
    g_assert_cmpstr(comments, ==, " b");
}

/* A table in a table ten thousand times, lists, quotes, links: ends, and within the caps on output. */
static void test_bombs(void)
{
    static const char *const pieces[] = { "<table><tr><td>",
                                          "<ul><li>",
                                          "<blockquote>",
                                          "<a href=https://x.example/>x",
                                          "<b><p>",
                                          "<td>",
                                          "<h1>",
                                          "<pre>",
                                          "<!--",
                                          "<script>",
                                          "<a href='",
                                          "&#x202e;",
                                          "&amp;amp;",
                                          "<select><option>" };
    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) html = g_string_new(NULL);
        while (html->len < 300000)
            g_string_append(html, pieces[i]);
        g_string_append(html, "the end");
        g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
        RenderOptions options = { .width = 80, .max_lines = 5000 };
        g_autoptr(RenderedText) rendered = mime_render_text(html->str, html->len, part, &options);
        g_assert_cmpuint(rendered_line_count(rendered), <=, 5001);
    }
}

static void assert_no_control(const RenderedText *rendered)
{
    g_assert_true(g_utf8_validate(rendered->text->str, (gssize)rendered->text->len, NULL));
    for (gsize i = 0; i < rendered->text->len; i++) {
        unsigned char c = (unsigned char)rendered->text->str[i];
        g_assert_true(c >= 0x20 && c != 0x7f);
        g_assert_false(c == 0xc2 && (unsigned char)rendered->text->str[i + 1] < 0xa0);
    }
    for (guint i = 1; i <= rendered->links->len; i++)
        for (const unsigned char *p = (const unsigned char *)rendered_link_at(rendered, i)->target; *p; p++)
            g_assert_true(*p > 0x20 && *p != 0x7f);
}

/* Tags, entities and bytes thrown together: no control byte comes out, and every run lies in the text. */
static void test_property(void)
{
    static const char *const pieces[] = {
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td colspan=3>",
        "<th>",
        "</table>",
        "<a href=\"http://x.example/\001\">",
        "</a>",
        "<ul>",
        "<li>",
        "</ul>",
        "<blockquote>",
        "</blockquote>",
        "<pre>",
        "</pre>",
        "<b>",
        "</i>",
        "text ",
        "\033[2J",
        "&#27;",
        "&#x9b;",
        "&#x202e;",
        "\377",
        "\342\200\256",
        "<br>",
        "<hr>",
        "<img src=x alt=\"\033a\">",
        "<style>",
        "</style>",
        "<!--",
        "-->",
        "\344\275\240",
        "<h2>",
        "</h2>",
        "<div hidden>",
        "</div>",
        "\t",
        "\n",
        "\r",
    };
    GRand *random = g_rand_new_with_seed(42);
    for (int round = 0; round < 1500; round++) {
        g_autoptr(GString) html = g_string_new(NULL);
        for (int i = g_rand_int_range(random, 1, 80); i > 0; i--)
            g_string_append(html, pieces[g_rand_int(random) % G_N_ELEMENTS(pieces)]);
        g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
        RenderOptions options = { .width = g_rand_int_range(random, 20, 100), .hide_quotes = round % 2 == 0 };
        g_autoptr(RenderedText) rendered = mime_render_text(html->str, html->len, part, &options);
        assert_no_control(rendered);
        for (guint i = 0; i < rendered->lines->len; i++) {
            const RenderedLine *line = rendered_line(rendered, i);
            for (guint r = 0; r < line->runs; r++) {
                const RenderedRun *run = rendered_run(rendered, line->first_run + r);
                g_assert_cmpuint(run->offset + run->length, <=, rendered->text->len);
                g_assert_cmpuint(run->link, <=, rendered->links->len);
            }
        }
    }
    g_rand_free(random);
}

/* S35: a page that asks for everything in every way, from a server that listens: nobody comes. */
static void test_no_network(void)
{
    g_autoptr(GSocketListener) listener = g_socket_listener_new();
    guint16 port = g_socket_listener_add_any_inet_port(listener, NULL, NULL);
    g_assert_cmpuint(port, >, 0);
    bool came = false;
    g_socket_listener_accept_async(listener, NULL, note_visitor, &came);

    static const char *const ways[] = {
        "<img src='%s'>",
        "<img srcset='%s 2x'>",
        "<link rel=stylesheet href='%s'>",
        "<link rel=dns-prefetch href='%s'>",
        "<script src='%s'></script>",
        "<iframe src='%s'></iframe>",
        "<object data='%s'></object>",
        "<embed src='%s'>",
        "<body background='%s'>",
        "<style>@import url(%s)</style>",
        "<p style='background:url(%s)'>x</p>",
        "<meta http-equiv=refresh content='0;url=%s'>",
        "<base href='%s'>",
        "<video poster='%s'></video>",
        "<svg><image href='%s'/></svg>",
        "<form action='%s'><input type=image src='%s'></form>",
        "<!DOCTYPE x SYSTEM '%s'>",
    };
    g_autoptr(GString) html = g_string_new(NULL);
    g_autofree char *address = g_strdup_printf("http://127.0.0.1:%u/x", port);
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_auto(GStrv) pieces = g_strsplit(ways[i], "%s", -1);
        g_autofree char *one = g_strjoinv(address, pieces);
        g_string_append(html, one);
    }
    g_autofree char *text = rendered_page(html->str, html->len, WIDTH);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_false(came);

    /* And the listener would have seen a visitor. */
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnection) visit =
        g_socket_client_connect_to_host(client, "127.0.0.1", port, NULL, NULL);
    g_assert_nonnull(visit);
    while (!came)
        g_main_context_iteration(NULL, TRUE);
}

static void test_in_part(void)
{
    g_autoptr(GString) html = g_string_new(NULL);
    while (html->len < 20000)
        g_string_append(html, "<p>again</p>");
    g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
    RenderOptions options = { .width = 80, .max_bytes = 5000 };
    g_autoptr(RenderedText) rendered = mime_render_text(html->str, html->len, part, &options);
    g_assert_true(rendered->in_part);
    g_assert_cmpint(rendered_line(rendered, rendered_line_count(rendered) - 1)->kind, ==, RENDERED_NOTICE);
}

/* Pictures of the message itself get a line behind their paragraph, others none; and only where they are asked for. */
static void test_pictures(void)
{
    static const char html[] = "<p>Before <img src='cid:one@x' alt='a rose'> within</p>"
                               "<p><img src='http://tracker.example/a.png' alt='far'><img src='CID:two@x'>"
                               "<img src='cid:pixel' width=1></p><p>After</p>"
                               "<blockquote><img src='cid:three'></blockquote>";
    g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
    RenderOptions options = { .width = 60, .pictures = true };
    g_autoptr(RenderedText) with = mime_render_text(html, strlen(html), part, &options);
    g_autofree char *text = rendered_to_string(with);
    g_assert_cmpstr(text, ==, "Before [a rose] within\n\n\n[far]\n\n\nAfter\n\n> \n");
    g_assert_cmpuint(with->pictures->len, ==, 3);
    static const struct {
        const char *source;
        guint line;
    } expected[] = { { "cid:one@x", 1 }, { "CID:two@x", 4 }, { "cid:three", 8 } };
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        const RenderedPicture *picture = with->pictures->pdata[i];
        g_assert_cmpstr(picture->source, ==, expected[i].source);
        g_assert_cmpuint(picture->line, ==, expected[i].line);
        g_assert_cmpint(rendered_line(with, picture->line)->kind, ==, RENDERED_PICTURE);
    }
    options.pictures = false;
    g_autoptr(RenderedText) without = mime_render_text(html, strlen(html), part, &options);
    g_assert_cmpuint(without->pictures->len, ==, 0);

    g_autoptr(RenderedText) both = rendered_text_new();
    rendered_notice(both, "first");
    rendered_append(both, with);
    g_assert_cmpuint(((const RenderedPicture *)both->pictures->pdata[0])->line, ==, 2);
}

static void add_pages(GPtrArray *names)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "tests", "mime", "html", NULL);
    GDir *directory = g_dir_open(path, 0, NULL);
    g_assert_nonnull(directory);
    for (const char *name; (name = g_dir_read_name(directory)) != NULL;)
        if (g_str_has_suffix(name, ".html"))
            g_ptr_array_add(names, g_strndup(name, strlen(name) - 5));
    g_dir_close(directory);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *test = g_strconcat("/html/page/", g_ptr_array_index(names, i), NULL);
        g_test_add_data_func(test, g_ptr_array_index(names, i), test_page);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    add_pages(names);
    if (names->len < 25)
        g_error("the corpus is not where it should be");
    g_test_add_func("/html/clean", test_clean_bounds);
    g_test_add_func("/html/bombs", test_bombs);
    g_test_add_func("/html/property", test_property);
    g_test_add_func("/html/no-network", test_no_network);
    g_test_add_func("/html/in-part", test_in_part);
    g_test_add_func("/html/pictures", test_pictures);
    return g_test_run();
}
