/* What a query becomes for a server. */
#include "config.h"

#include "engine/search_program.h"

#define NOW G_GINT64_CONSTANT(1769860800) /* 2026-01-31 12:00 UTC */

static const char *const own[] = { "me@example.org", "i@example.org", NULL };

static SearchProgram *make(const char *text, gboolean search, gboolean only_ascii)
{
    g_autoptr(GError) error = NULL;
    SearchPlace place = { "Lists/kernel", "work", own, search, only_ascii };
    g_autoptr(Query) query = search ? query_parse_search(text, NOW, NULL, &error) : query_parse(text, NOW, NULL, &error);
    g_assert_no_error(error);
    return search_program_new(query, &place);
}

static void check(SearchProgram *made, const char *query, const char *expected)
{
    g_autoptr(SearchProgram) program = made;
    g_autofree char *got = program->kind == SEARCH_PROGRAM_NOTHING    ? g_strdup("nothing")
                           : program->kind == SEARCH_PROGRAM_ANYTHING ? g_strdup("anything")
                                                                      : g_strdup_printf("%s%s", program->text, program->whole ? "" : " …");
    if (g_strcmp0(got, expected) != 0)
        g_test_message("%s", query);
    g_assert_cmpstr(got, ==, expected);
}

static void test_written(void)
{
    static const struct {
        const char *query, *expected;
    } ROWS[] = {
        { "", "ALL" },
        { "subject:foo", "SUBJECT \"foo\"" },
        { "from:a body:\"two words\"", "FROM \"a\" BODY \"two words\"" },
        { "foo", "OR FROM \"foo\" OR TO \"foo\" OR CC \"foo\" OR BCC \"foo\" OR SUBJECT \"foo\" BODY \"foo\"" },
        { "body:x or (is:unread from:y)", "OR BODY \"x\" (UNSEEN FROM \"y\")" },
        { "not (body:x or not is:flagged)", "NOT OR BODY \"x\" UNFLAGGED" },
        { "~F !~D ~Q", "FLAGGED UNDELETED ANSWERED" },
        { "keyword:todo is:forwarded", "KEYWORD todo KEYWORD $Forwarded" },
        { "larger:1M smaller:2M", "(LARGER 1048576) (SMALLER 2097152)" },
        { "list:kernel is:list id:abc@x", "HEADER \"List-Id\" \"kernel\" HEADER \"List-Id\" \"\" HEADER \"Message-ID\" \"abc@x\"" },
        { "~P", "OR FROM \"me@example.org\" FROM \"i@example.org\"" },
        { "date:2026-01-15", "(SENTSINCE 14-Jan-2026 SENTBEFORE 17-Jan-2026)" },
        { "not date:2026-01-15", "ALL" }, /* no whole day of everybody's lies within one of ours */
        { "after:2026-01-15", "(SENTSINCE 14-Jan-2026)" },
        { "before:2026-01-15", "(SENTBEFORE 16-Jan-2026)" },
        { "received:2026-01-01..2026-01-31", "(SINCE 31-Dec-2025 BEFORE 2-Feb-2026)" },
        { "not received:2026-01-01..2026-01-31", "NOT (SINCE 2-Jan-2026 BEFORE 31-Jan-2026)" },
        /* Of the place. */
        { "in:kernel body:x", "BODY \"x\"" },
        { "in:work body:x", "nothing" },
        { "not in:kernel body:x", "nothing" },
        { "account:work or body:x", "ALL" },
        { "account:home or body:x", "BODY \"x\"" },
        /* What is left out finds more. */
        { "body:x has:attachment", "BODY \"x\" …" },
        { "body:x or has:attachment", "anything" },
        { "not (body:x or has:attachment)", "NOT BODY \"x\" …" },
        { "not (body:x has:attachment)", "anything" },
        { "is:unread not (body:x has:attachment)", "UNSEEN …" },
        { "file:report", "anything" },
        { "subject:/a.c/ body:x", "BODY \"x\" …" },
        { "header:x body:y", "BODY \"y\" …" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++)
        check(make(ROWS[i].query, TRUE, FALSE), ROWS[i].query, ROWS[i].expected);
    check(make("foo", FALSE, FALSE), "a limit", "OR FROM \"foo\" SUBJECT \"foo\"");
}

static void test_only_ascii(void)
{
    check(make("subject:J\xc3\xb6rg body:x", TRUE, FALSE), "utf-8", "SUBJECT \"J\xc3\xb6rg\" BODY \"x\"");
    check(make("subject:J\xc3\xb6rg body:x", TRUE, TRUE), "ascii", "BODY \"x\" …");
    check(make("subject:J\xc3\xb6rg", TRUE, TRUE), "ascii alone", "anything");
}

/* Which texts a message found holds for certain, though it is not here. */
static void test_told(void)
{
    g_autoptr(SearchProgram) program = make("body:a file:b (subject:c or has:attachment) (from:d to:e) not body:f in:kernel", TRUE, FALSE);
    g_assert_cmpuint(program->kind, ==, SEARCH_PROGRAM_ASK);
    g_assert_cmphex(program->told, ==, 1u << 0 | 1u << 3 | 1u << 4);
}

/* Random queries: what is written is accepted by the encoder, and taking the program of "not q" of "not q" changes nothing but its text. */
static void test_accepted(void)
{
    static const char *const WORDS[] = { "body:a", "has:attachment", "is:unread", "in:kernel", "in:nowhere", "subject:b", "larger:10K",
                                         "date:2026-01-01..2026-01-20", "file:c", "keyword:d" };
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (guint round = 0; round < 3000; round++) {
        GString *text = g_string_new(NULL);
        gint depth = 0;
        for (gint left = g_rand_int_range(random, 1, 9); left > 0; left--) {
            if (g_rand_boolean(random))
                g_string_append(text, "not ");
            while (g_rand_int_range(random, 0, 3) == 0) {
                g_string_append_c(text, '(');
                depth++;
            }
            g_string_append(text, WORDS[g_rand_int_range(random, 0, G_N_ELEMENTS(WORDS))]);
            while (depth > 0 && g_rand_boolean(random)) {
                g_string_append_c(text, ')');
                depth--;
            }
            if (left > 1)
                g_string_append(text, depth > 0 && g_rand_boolean(random) ? " or " : " ");
        }
        while (depth-- > 0)
            g_string_append_c(text, ')');
        g_autoptr(Query) query = query_parse_search(text->str, NOW, NULL, NULL);
        if (query != NULL) {
            g_autoptr(SearchProgram) program = make(text->str, TRUE, FALSE);
            g_autofree char *twice = g_strdup_printf("not (not (%s))", text->str);
            g_autoptr(SearchProgram) same = make(twice, TRUE, FALSE);
            g_assert_cmpint(program->kind, ==, same->kind);
            g_assert_cmpint(program->whole, ==, same->whole);
            if (program->kind == SEARCH_PROGRAM_ASK)
                g_assert_true(imap_search_is_written(program->criteria));
        }
        g_string_free(text, TRUE);
    }
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC", TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/search-program/written", test_written);
    g_test_add_func("/engine/search-program/only-ascii", test_only_ascii);
    g_test_add_func("/engine/search-program/told", test_told);
    g_test_add_func("/engine/search-program/accepted", test_accepted);
    return g_test_run();
}
