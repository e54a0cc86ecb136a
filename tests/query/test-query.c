/* The query language: both spellings, ranges, three-valued answers, and properties that must hold for any query. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "query/query.h"

/* Saturday 31 January 2026 12:00:00 UTC; the tests run in UTC (main). */
#define NOW G_GINT64_CONSTANT(1769860800)
#define DAY 86400

typedef struct {
    QueryMessage message;
    char *texts[QUERY_N_FIELDS];
    guint asked;
} Letter;

static const char *letter_text(const QueryMessage *message, QueryField field)
{
    Letter *letter = message->user_data;
    letter->asked |= 1u << field;
    return letter->texts[field];
}

static void letter_set(Letter *letter, QueryField field, const char *text)
{
    g_free(letter->texts[field]);
    letter->texts[field] = text ? query_fold_lines(text, -1) : NULL;
}

static Letter *letter_new(void)
{
    static const char *const own[] = { "ann@example.org", NULL };
    Letter *letter = g_new0(Letter, 1);
    for (guint i = 0; i < QUERY_N_FIELDS; i++)
        letter->texts[i] = g_strdup("");
    letter->message = (QueryMessage){ .flags = MAIL_FLAG_FLAGGED, .keywords = "$Work todo", .date = NOW - 3 * DAY,
                                      .received = NOW - 2 * DAY, .size = 5000, .text = letter_text,
                                      .has_attachment = QUERY_UNKNOWN, .own_addresses = own, .user_data = letter };
    letter_set(letter, QUERY_FIELD_FROM, "Élodie Œuvrard elodie@example.net");
    letter_set(letter, QUERY_FIELD_TO, "Ann ann@example.org, Joann joann@example.org");
    letter_set(letter, QUERY_FIELD_CC, "list@lists.example.com");
    letter_set(letter, QUERY_FIELD_SUBJECT, "Weekly Report (v1.0): ÇA VA?");
    letter_set(letter, QUERY_FIELD_MESSAGE_ID, "abc.123@example.net");
    letter_set(letter, QUERY_FIELD_BODY, NULL);
    letter_set(letter, QUERY_FIELD_LIST_ID, NULL);
    letter_set(letter, QUERY_FIELD_HEADER, "Subject: Weekly Report\nX-Spam: no\n");
    return letter;
}

static void letter_free(Letter *letter)
{
    for (guint i = 0; i < QUERY_N_FIELDS; i++)
        g_free(letter->texts[i]);
    g_free(letter);
}

static QueryAnswer ask(Letter *letter, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Query) query = query_parse(text, NOW, NULL, &error);
    g_assert_no_error(error);
    return query_matches(query, &letter->message);
}

static void test_answers(void)
{
    static const struct {
        const char *text;
        QueryAnswer answer;
    } cases[] = {
        { "", QUERY_YES }, { "~A", QUERY_YES }, { "is:all", QUERY_YES }, { "!~A", QUERY_NO },
        { "oeuvrard", QUERY_YES }, { "OEUVRARD report", QUERY_YES }, { "œuvrard", QUERY_YES }, { "nobody", QUERY_NO },
        { "\"weekly report\"", QUERY_YES }, { "\"report weekly\"", QUERY_NO }, { "'weekly report'", QUERY_YES },
        { "~f elodie", QUERY_YES }, { "~f ann", QUERY_NO }, { "from: elodie", QUERY_YES }, { "~t ann ~c lists", QUERY_YES },
        { "~C lists.example.com", QUERY_YES }, { "~C lists-example.com", QUERY_NO }, { "~L élodie", QUERY_YES },
        { "recipient:joann", QUERY_YES }, { "with:joann", QUERY_YES }, { "~e elodie", QUERY_NO },
        { "~s ^weekly", QUERY_YES }, { "~s ^report", QUERY_NO }, { "~s (report|letter)", QUERY_YES },
        { "~s .", QUERY_YES }, { "~c .", QUERY_YES }, { "~e .", QUERY_NO }, { "~s v1.0", QUERY_YES }, { "~s v1x0", QUERY_NO },
        { "=s (v1.0)", QUERY_YES }, { "subject:(v1.0)", QUERY_YES }, { "subject:/^weekly.*v\\d/", QUERY_YES },
        { "subject:/ÇA\\s+va\\?$/", QUERY_YES }, { "subject:^weekly", QUERY_NO }, { "~s \"ça va\\?\"", QUERY_YES },
        { "~F", QUERY_YES }, { "~N", QUERY_YES }, { "~U", QUERY_YES }, { "~R", QUERY_NO }, { "~D", QUERY_NO }, { "~Q", QUERY_NO },
        { "is:unread is:flagged not is:deleted", QUERY_YES }, { "~T", QUERY_NO }, { "~k $work", QUERY_YES },
        { "~y TODO", QUERY_YES }, { "keyword:tod", QUERY_NO }, { "keyword:\\Flagged", QUERY_YES }, { "keyword:$Forwarded", QUERY_NO },
        { "~D | ~F", QUERY_YES }, { "~D or ~R", QUERY_NO }, { "(~D | ~F) ~N", QUERY_YES }, { "~F and ~N", QUERY_YES },
        { "~F & ~N", QUERY_YES }, { "! ~F", QUERY_NO }, { "!(~D|~R)", QUERY_YES }, { "not not ~F", QUERY_YES },
        { "~p", QUERY_YES }, { "~P", QUERY_NO }, { "~i abc.123", QUERY_YES }, { "~h ^x-spam:", QUERY_YES }, { "~h ^spam", QUERY_NO },
        { "~z >4K", QUERY_YES }, { "~z <4K", QUERY_NO }, { "~z 4K-5K", QUERY_YES }, { "~z -5000", QUERY_YES }, { "~z 5000", QUERY_YES },
        { "larger:5000", QUERY_NO }, { "larger:4999", QUERY_YES }, { "smaller:1M", QUERY_YES }, { "~z 5001-", QUERY_NO },
        { "~d <1w", QUERY_YES }, { "~d <2d", QUERY_NO }, { "~d >2d", QUERY_YES }, { "~d =3d", QUERY_YES }, { "~d =2d", QUERY_NO },
        { "~r =2d", QUERY_YES }, { "~d 28/1/2026", QUERY_YES }, { "~d 28", QUERY_YES }, { "~d 28/1", QUERY_YES }, { "~d 27/1/26", QUERY_NO },
        { "~d 1/1/2026-31/1/2026", QUERY_YES }, { "~d 31/1/2026-1/1/2026", QUERY_YES }, { "~d 29/1/2026-", QUERY_NO }, { "~d -28/1/2026", QUERY_YES },
        { "~d 2026-01-28", QUERY_YES }, { "~d 20260128", QUERY_YES }, { "~d 2026-01", QUERY_YES }, { "~d 2025", QUERY_NO },
        { "~d 2026-01-01-2026-01-31", QUERY_YES }, { "~d 2026-01-29..2026-02-28", QUERY_NO }, { "~d ..2026-01-28", QUERY_YES },
        { "~d 30/1/2026*2d", QUERY_YES }, { "~d 30/1/2026*1d", QUERY_NO }, { "~d 30/1/2026-2d", QUERY_YES }, { "~d 27/1/2026+1d", QUERY_YES },
        { "~d 2026-01-27+1d", QUERY_YES }, { "before:2026-01-28", QUERY_NO }, { "before:2026-01-29", QUERY_YES }, { "after:2026-01-28", QUERY_YES },
        { "after:2d", QUERY_NO }, { "after:1w", QUERY_YES }, { "before:yesterday", QUERY_YES }, { "date:today", QUERY_NO },
        { "~b hello", QUERY_UNKNOWN }, { "!~b hello", QUERY_UNKNOWN }, { "~b hello ~D", QUERY_NO }, { "~b hello | ~F", QUERY_YES },
        { "~b hello ~F", QUERY_UNKNOWN }, { "~B weekly", QUERY_YES }, { "~l", QUERY_UNKNOWN }, { "has:attachment", QUERY_UNKNOWN },
        { "list:debian | ~N", QUERY_YES }, { "re:zero", QUERY_NO }, { "http://example.org/", QUERY_NO }, { "~ffoo", QUERY_NO }, { "~felodie", QUERY_YES },
    };
    Letter *letter = letter_new();
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        QueryAnswer got = ask(letter, cases[i].text);
        if (got != cases[i].answer)
            g_error("%s: %d instead of %d", cases[i].text, got, cases[i].answer);
    }
    letter_set(letter, QUERY_FIELD_BODY, "Dear Ann,\nthe meeting is on\nFriday.\nHello\n");
    g_assert_cmpint(ask(letter, "~b hello"), ==, QUERY_YES);
    g_assert_cmpint(ask(letter, "~b ^hello$"), ==, QUERY_YES);
    g_assert_cmpint(ask(letter, "body:\"is on friday\""), ==, QUERY_YES);
    g_assert_cmpint(ask(letter, "body:\"is off friday\""), ==, QUERY_NO);
    letter_free(letter);
}

static void test_errors_point(void)
{
    static const struct {
        const char *text;
        gsize offset;
        const char *says;
    } cases[] = {
        { "~f", 2, "missing" }, { "~F ~q", 3, "~q" }, { "~F )", 3, "closes nothing" }, { "( ~F", 0, "closing )" },
        { "~d 2x", 3, "date" }, { "~d 31/13/2026", 3, "date" }, { "~d 2026-02-30", 3, "date" }, { "~s \"abc", 3, "closing \"" },
        { "~z 1Q", 4, "size" }, { "is:unred", 3, "unread" }, { "form:alice", 0, "from:" }, { "~F |", 4, "missing" },
        { "| ~F", 0, "missing" }, { "~F | ~N ~D", 8, "parentheses" }, { "~s (", 3, "regular expression" }, { "~s [", 3, "regular expression" },
        { "subject:/(/", 8, "regular expression" }, { "~O", 0, "~U" }, { "%friends", 0, "groups" }, { "has:pony", 4, "attachment" },
        { "larger:x", 7, "size" }, { "before:soon", 7, "date" }, { "~z 99999999999999999999", 3, "size" }, { "not", 3, "missing" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        gsize offset = 999;
        g_autoptr(Query) query = query_parse(cases[i].text, NOW, &offset, &error);
        if (query)
            g_error("%s is no query", cases[i].text);
        g_assert_true(error->domain == QUERY_ERROR);
        if (!strstr(error->message, cases[i].says) || (offset != cases[i].offset && !g_str_has_prefix(cases[i].text, "~z 9")))
            g_error("%s: offset %zu, “%s”", cases[i].text, offset, error->message);
    }
    g_autofree char *pointed = query_point_at("~d <2x", 3, 40);
    g_assert_cmpstr(pointed, ==, "~d <2x\n   ^");
    g_autofree char *cut = query_point_at("aaaaaaaaaa bbbbbbbbbb ~q", 22, 10);
    g_assert_cmpstr(cut, ==, "bbbbb ~q\n      ^");
    g_autofree char *wide = query_point_at("日本 ~q", 7, 40);
    g_assert_cmpstr(wide, ==, "日本 ~q\n     ^");
}

static void test_limits(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *deep = g_strnfill(5000, '(');
    g_assert_null(query_parse(deep, NOW, NULL, &error));
    g_assert_error(error, QUERY_ERROR, QUERY_ERROR_LIMIT);
    g_clear_error(&error);
    g_autofree char *nots = g_strnfill(5000, '!');
    g_assert_null(query_parse(nots, NOW, NULL, &error));
    g_assert_error(error, QUERY_ERROR, QUERY_ERROR_LIMIT);
    g_clear_error(&error);
    g_autofree char *length = g_strnfill(QUERY_MAX_LENGTH + 1, 'a');
    g_assert_null(query_parse(length, NOW, NULL, &error));
    g_assert_error(error, QUERY_ERROR, QUERY_ERROR_LIMIT);
    g_clear_error(&error);
    g_assert_null(query_parse("caf\xe9", NOW, NULL, &error));
    g_assert_error(error, QUERY_ERROR, QUERY_ERROR_SYNTAX);
}

/* Patterns that would take a backtracking matcher longer than the age of the world are given up, not waited for; and a person cannot raise the bound. */
static void test_no_pattern_freezes(void)
{
    static const char *const bombs[] = {
        "~b (a+)+$", "~b ^(a|aa)+$", "~b (.*)*(.*)*(.*)*x", "body:/(*LIMIT_MATCH=4000000000)^(a|aa)+$/", "~b (a?){40}a{40}x",
    };
    Letter *letter = letter_new();
    GString *text = g_string_new(NULL);
    for (int i = 0; i < 20000; i++)
        g_string_append_c(text, 'a');
    g_string_append_c(text, '!');
    letter_set(letter, QUERY_FIELD_BODY, text->str);
    for (guint i = 0; i < G_N_ELEMENTS(bombs); i++)
        g_assert_cmpint(ask(letter, bombs[i]), !=, QUERY_YES);
    g_assert_cmpint(ask(letter, "~b ^(a|aa)+$"), ==, QUERY_UNKNOWN);
    g_string_free(text, TRUE);
    letter_free(letter);
}

static void test_needs(void)
{
    static const struct {
        const char *text;
        QueryNeeds needs;
    } cases[] = {
        { "~A", 0 }, { "~T | ~F", QUERY_NEEDS_LIST | QUERY_NEEDS_FLAGS }, { "~F ~d <2w", QUERY_NEEDS_FLAGS }, { "hello", QUERY_NEEDS_ENVELOPE }, { "~b x", QUERY_NEEDS_BODY },
        { "~h x", QUERY_NEEDS_HEADER }, { "~B x", QUERY_NEEDS_HEADER | QUERY_NEEDS_BODY }, { "~l", QUERY_NEEDS_HEADER },
        { "has:attachment ~F", QUERY_NEEDS_STRUCTURE | QUERY_NEEDS_FLAGS }, { "not (~p or ~z >1M)", QUERY_NEEDS_ENVELOPE | QUERY_NEEDS_FLAGS },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Query) query = query_parse(cases[i].text, NOW, NULL, NULL);
        g_assert_nonnull(query);
        g_assert_cmphex(query_needs(query), ==, cases[i].needs);
    }
}

/* --- properties -------------------------------------------------------------------------------- */

static const char *pick(GRand *rand, const char *const *words, guint count)
{
    return words[g_rand_int_range(rand, 0, count)];
}

static void random_query(GRand *rand, GString *out, guint depth)
{
    static const char *const leaves[] = {
        "~F", "~N", "~D", "~A", "is:read", "hello", "\"two words\"", "~f elodie", "~s ^w.*k", "=s (v1.0)", "~b hello", "body:x", "~h spam",
        "~d <2w", "~d 1/1/2026-31/1/2026", "~r >3H", "before:2026-01-29", "after:30H", "~z >1K", "~z <1", "smaller:0", "size:10-20K", "~k todo",
        "keyword:\"odd \\\"one\"", "keyword:$Phishing", "~T", "~v", "~=", "~p", "~P", "~l", "has:attachment", "~L ann", "~C joann",
        "subject:/a\\/b\\\\c|weekly/", "text:/r.port/", "~i abc", "list:x", "~d 2025", "~d =2H", "'it s'", "c:\\temp\\x", "replyto:a", "bcc:b",
    };
    if (depth == 0 || g_rand_int_range(rand, 0, 4) == 0) {
        g_string_append(out, pick(rand, leaves, G_N_ELEMENTS(leaves)));
        return;
    }
    static const char *const joints[] = { " ", " and ", " & ", " | ", " or " };
    guint n = g_rand_int_range(rand, 1, 4);
    const char *joint = pick(rand, joints, G_N_ELEMENTS(joints));
    g_string_append(out, g_rand_boolean(rand) ? "(" : "!(");
    for (guint i = 0; i < n; i++) {
        if (i > 0)
            g_string_append(out, joint);
        random_query(rand, out, depth - 1);
    }
    g_string_append(out, ")");
}

static void random_letter(GRand *rand, Letter *letter)
{
    static const char *const texts[] = { "", "hello", "two words", "weekly report", "a/b\\c", "spam", "ann@example.org", "(v1.0)", "x" };
    for (guint i = 0; i < QUERY_N_FIELDS; i++)
        letter_set(letter, i, g_rand_int_range(rand, 0, 5) == 0 ? NULL : pick(rand, texts, G_N_ELEMENTS(texts)));
    letter->message.flags = g_rand_int(rand) & MAIL_FLAG_ALL;
    letter->message.keywords = g_rand_boolean(rand) ? "todo" : NULL;
    letter->message.date = NOW - g_rand_int_range(rand, 0, 40 * DAY);
    letter->message.received = NOW - g_rand_int_range(rand, 0, 3 * DAY);
    letter->message.size = g_rand_int_range(rand, 0, 30000);
    letter->message.tagged = g_rand_boolean(rand);
    letter->message.has_attachment = g_rand_int_range(rand, 0, 3);
    letter->message.is_duplicate = g_rand_int_range(rand, 0, 3);
    letter->message.in_folded_thread = g_rand_int_range(rand, 0, 3);
}

/* What query_format() writes is the same query: same answers, same text again. And query_needs() tells the truth: only fields that it names are asked for. */
static void test_format_is_the_same_query(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int());
    Letter *letter = letter_new();
    for (int round = 0; round < 3000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        random_query(rand, text, 3);
        g_autoptr(GError) error = NULL;
        g_autoptr(Query) query = query_parse(text->str, NOW, NULL, &error);
        if (!query)
            g_error("%s: %s", text->str, error->message);
        g_autofree char *written = query_format(query);
        g_autoptr(Query) again = query_parse(written, NOW + 12345, NULL, &error);
        if (!again)
            g_error("%s -> %s: %s", text->str, written, error->message);
        g_autofree char *rewritten = query_format(again);
        g_assert_cmpstr(written, ==, rewritten);
        g_assert_cmphex(query_needs(query), ==, query_needs(again));
        for (int i = 0; i < 8; i++) {
            random_letter(rand, letter);
            letter->asked = 0;
            QueryAnswer first = query_matches(query, &letter->message), second = query_matches(again, &letter->message);
            if (first != second)
                g_error("%s -> %s: %d and %d", text->str, written, first, second);
            if (letter->asked & (1u << QUERY_FIELD_BODY))
                g_assert_true(query_needs(query) & QUERY_NEEDS_BODY);
            if (letter->asked & ((1u << QUERY_FIELD_HEADER) | (1u << QUERY_FIELD_LIST_ID)))
                g_assert_true(query_needs(query) & QUERY_NEEDS_HEADER);
            if (letter->asked & ((1u << QUERY_FIELD_FROM) | (1u << QUERY_FIELD_TO) | (1u << QUERY_FIELD_SUBJECT)))
                g_assert_true(query_needs(query) & QUERY_NEEDS_ENVELOPE);
        }
    }
    letter_free(letter);
}

/* Learning what was unknown never turns a yes into a no or back; and "not" is its own inverse. */
static void test_unknown_is_honest(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int());
    Letter *letter = letter_new();
    guint settled = 0;
    for (int round = 0; round < 3000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        random_query(rand, text, 3);
        g_autoptr(Query) query = query_parse(text->str, NOW, NULL, NULL);
        g_autofree char *negative = g_strdup_printf("!(%s)", text->str);
        g_autoptr(Query) negated = query_parse(negative, NOW, NULL, NULL);
        g_assert_true(query && negated);
        random_letter(rand, letter);
        QueryAnswer before = query_matches(query, &letter->message), inverse = query_matches(negated, &letter->message);
        g_assert_true((before == QUERY_UNKNOWN) == (inverse == QUERY_UNKNOWN));
        g_assert_true(before == QUERY_UNKNOWN || before != inverse);
        for (guint i = 0; i < QUERY_N_FIELDS; i++)
            if (!letter->texts[i])
                letter_set(letter, i, g_rand_boolean(rand) ? "weekly" : "hello spam");
        if (letter->message.has_attachment == QUERY_UNKNOWN)
            letter->message.has_attachment = g_rand_boolean(rand);
        if (letter->message.is_duplicate == QUERY_UNKNOWN)
            letter->message.is_duplicate = g_rand_boolean(rand);
        if (letter->message.in_folded_thread == QUERY_UNKNOWN)
            letter->message.in_folded_thread = g_rand_boolean(rand);
        QueryAnswer after = query_matches(query, &letter->message);
        g_assert_cmpint(after, !=, QUERY_UNKNOWN);
        if (before != QUERY_UNKNOWN)
            g_assert_cmpint(after, ==, before);
        else
            settled++;
    }
    g_assert_cmpuint(settled, >, 0); /* the generator does make unknowns */
    letter_free(letter);
}

/* Any bytes: a query or an error with a place inside the text, never anything else. */
/* A search: words and their beginnings, and the person's plain words everywhere. */
static void test_by_words(void)
{
    static const struct {
        const char *query;
        QueryAnswer answer;
    } cases[] = {
        { "subject:report", QUERY_YES },    { "subject:repo", QUERY_YES },     { "subject:eport", QUERY_NO },
        { "subject:\"va\"", QUERY_YES },    { "subject:v", QUERY_NO },         { "subject:\"report v1 0\"", QUERY_YES },
        { "from:oeuv", QUERY_YES },         { "file:budget", QUERY_YES },      { "in:archive", QUERY_YES },
        { "account:work", QUERY_YES },      { "account:home", QUERY_NO },      { "body:x", QUERY_UNKNOWN },
        { "budget", QUERY_YES },            { "joann", QUERY_YES },            { "nowhere", QUERY_UNKNOWN },
        { "text:joann", QUERY_NO },         { "any:joann", QUERY_YES },
        { "subject:/eport/", QUERY_YES },   { "subject:\"?\"", QUERY_YES },
    };
    Letter *letter = letter_new();
    letter->message.by_words = TRUE;
    letter_set(letter, QUERY_FIELD_FILE, "Budget-2026.pdf");
    letter_set(letter, QUERY_FIELD_MAILBOX, "Archive/2026");
    letter_set(letter, QUERY_FIELD_ACCOUNT, "work");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Query) query = query_parse_search(cases[i].query, NOW, NULL, &error);
        g_assert_no_error(error);
        g_test_message("%s", cases[i].query);
        g_assert_cmpint(query_matches(query, &letter->message), ==, cases[i].answer);
        g_autofree char *written = query_format(query);
        g_autoptr(Query) again = query_parse_search(written, NOW, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpint(query_matches(again, &letter->message), ==, cases[i].answer);
    }
    letter_free(letter);
}

static char *candidates(const char *text, const char *const *sets)
{
    g_autoptr(Query) query = query_parse(text, NOW, NULL, NULL);
    const IdSet *texts[4] = { NULL };
    for (guint i = 0; i < query_n_texts(query); i++) {
        IdSet *set = sets[i] ? id_set_new() : NULL;
        for (const char *p = sets[i]; p && *p; p++)
            id_set_add(set, *p - '0');
        texts[i] = set;
    }
    g_autoptr(IdSet) found = query_candidates(query, texts);
    for (guint i = 0; i < query_n_texts(query); i++)
        id_set_free((IdSet *) texts[i]);
    if (!found)
        return g_strdup("all");
    GString *ids = g_string_new(NULL);
    for (gint64 id = id_set_before(found, G_MAXINT64); id > 0; id = id_set_before(found, id))
        g_string_append_printf(ids, "%d", (int) id);
    return g_string_free(ids, FALSE);
}

static void test_candidates(void)
{
    static const struct {
        const char *query, *sets[4], *found;
    } cases[] = {
        { "a", { "12" }, "21" },
        { "a b", { "123", "234" }, "32" },
        { "a or b", { "12", "3" }, "321" },
        { "a is:unread", { "12" }, "21" },
        { "a or is:unread", { "12" }, "all" },
        { "a or b", { "12", NULL }, "all" },
        { "a b", { "12", NULL }, "21" },
        { "not a", { "12" }, "all" },
        { "not a b", { "12", "23" }, "32" },
        { "( a or b ) c", { "1", "2", "23" }, "2" },
        { "is:unread", { NULL }, "all" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = candidates(cases[i].query, cases[i].sets);
        g_assert_cmpstr(found, ==, cases[i].found);
    }
}

static void test_any_bytes(void)
{
    static const char alphabet[] = "~=!|()&\"'\\/:.<>-*+ 019adfsbzkimwHKMé\xff\xe2\x80\xae\t%";
    g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int());
    guint parsed = 0, refused = 0;
    for (int round = 0; round < 20000; round++) {
        char text[64];
        guint n = g_rand_int_range(rand, 0, sizeof text - 1);
        for (guint i = 0; i < n; i++)
            text[i] = alphabet[g_rand_int_range(rand, 0, sizeof alphabet - 1)];
        text[n] = '\0';
        gsize offset = 999;
        g_autoptr(GError) error = NULL;
        g_autoptr(Query) query = query_parse(text, NOW, &offset, &error);
        g_assert_true((query == NULL) == (error != NULL));
        g_assert_cmpuint(offset, <=, strlen(text));
        g_autofree char *pointed = query_point_at(text, offset, 30);
        g_assert_true(text_is_safe(pointed, -1, TEXT_MULTI_LINE));
        if (query) {
            g_autofree char *written = query_format(query);
            g_autoptr(Query) again = query_parse(written, NOW, NULL, NULL);
            g_assert_nonnull(again);
            parsed++;
        } else {
            g_assert_true(g_utf8_validate(error->message, -1, NULL));
            refused++;
        }
    }
    g_assert_cmpuint(parsed, >, 0);
    g_assert_cmpuint(refused, >, 0);
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC", TRUE);
    g_setenv("LC_ALL", "C.UTF-8", TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/query/answers", test_answers);
    g_test_add_func("/query/errors-point", test_errors_point);
    g_test_add_func("/query/limits", test_limits);
    g_test_add_func("/query/no-pattern-freezes", test_no_pattern_freezes);
    g_test_add_func("/query/needs", test_needs);
    g_test_add_func("/query/format-is-the-same-query", test_format_is_the_same_query);
    g_test_add_func("/query/unknown-is-honest", test_unknown_is_honest);
    g_test_add_func("/query/by-words", test_by_words);
    g_test_add_func("/query/candidates", test_candidates);
    g_test_add_func("/query/any-bytes", test_any_bytes);
    return g_test_run();
}
