/* Finding a phrase wherever its lines are broken. */
#include "config.h"

#include "ui/find.h"
#include "ui/find_lines.h"

#include <string.h>

static void add_line(RenderedText *text, const char *mark, const char *words, gboolean continued)
{
    rendered_line_begin(text, RENDERED_TEXT, *mark ? 1 : 0, 0, continued);
    if (*mark)
        rendered_run_add(text, mark, strlen(mark), RUN_QUOTE_MARK, 0);
    rendered_run_add(text, words, strlen(words), RUN_PLAIN, 0);
}

static RenderedText *letter(void)
{
    RenderedText *text = rendered_text_new();
    add_line(text, "", "The quick brown fox", FALSE); /* 0 */
    add_line(text, "", "jumps over a lazy dog and Donaudampf", TRUE);
    add_line(text, "", "schiff", TRUE);
    add_line(text, "", "Sent with", FALSE); /* 3: the sender's own line end */
    add_line(text, "", "    love", FALSE);
    add_line(text, "", "", FALSE);
    add_line(text, "> ", "you wrote a very", FALSE); /* 6 */
    add_line(text, "> ", "long Ünsinn", FALSE);
    return text;
}

/* "first-last", lines of the first match, or "none". */
static char *found(const char *wanted)
{
    g_autoptr(RenderedText) text = letter();
    g_autoptr(FindLines) lines = find_lines_new(text, 0, rendered_line_count(text));
    FindMatch match = { 0 };
    if (!find_lines_next(lines, wanted, &match))
        return g_strdup("none");
    return g_strdup_printf("%u-%u", match.first_line, match.last_line);
}

#define assert_found(wanted, expected)                                                                       \
    do {                                                                                                     \
        g_autofree char *got = found(wanted);                                                                \
        g_assert_cmpstr(got, ==, expected);                                                                  \
    } while (0)

static void test_broken(void)
{
    assert_found("quick", "0-0");
    assert_found("FOX JUMPS", "0-1");
    assert_found("brown fox jumps over", "0-1");
    assert_found("donaudampfschiff", "1-2");
    assert_found("sent with love", "3-4");
    assert_found("a very long ünsinn", "6-7");
    assert_found("schiff sent", "2-3");
    assert_found("withlove", "none"); /* two lines of the sender's are two words */
    assert_found("love you", "none"); /* and two paragraphs two texts */
    assert_found("foxjumps over", "0-1");
    assert_found("fox  jumps", "none");
    assert_found("ünsinn ", "none");
    assert_found("fox ", "0-0");
}

static void test_parts(void)
{
    g_autoptr(RenderedText) text = letter();
    g_autoptr(FindLines) lines = find_lines_new(text, 5, 8);
    FindMatch match = { 0 };
    gsize offset, length;
    g_assert_true(find_lines_next(lines, "very long", &match));
    g_assert_true(find_lines_part(lines, &match, 6, &offset, &length));
    g_assert_cmpuint(offset, ==, strlen("> you wrote a "));
    g_assert_cmpuint(length, ==, 4);
    g_assert_true(find_lines_part(lines, &match, 7, &offset, &length));
    g_assert_cmpuint(offset, ==, 2); /* the mark of quotation is not marked */
    g_assert_cmpuint(length, ==, 4);
    g_assert_false(find_lines_part(lines, &match, 5, &offset, &length));
    g_assert_false(find_lines_next(lines, "very long", &match));
}

static void test_all(void)
{
    g_autoptr(RenderedText) text = letter();
    g_autoptr(FindLines) lines = find_lines_new(text, 0, rendered_line_count(text));
    guint count = 0;
    for (FindMatch match = { 0 }; find_lines_next(lines, "n", &match);)
        count++;
    g_assert_cmpuint(count, ==, 8);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/find/broken", test_broken);
    g_test_add_func("/find/parts", test_parts);
    g_test_add_func("/find/all", test_all);
    return g_test_run();
}
