/* Searching here: whatever the index knows by now, the answer is the same as looking at every message. */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "engine/finder.h"
#include "engine/match.h"
#include "engine/readable.h"
#include "tests/store/fixture.h"

#define NOW G_GINT64_CONSTANT(1769860800)

static void put_text(Fixture *f, gint64 message, guint32 uid, const char *filename, const char *text)
{
    g_autoptr(MessagePart) root = message_part_new("1", "text", "plain");
    message_part_set_parameter(root, "charset", "utf-8");
    root->filename = g_strdup(filename);
    assert_ok(store_writer_put_structure(f->writer, f->inbox, uid, root, fault));
    if (text == NULL)
        return;
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    assert_ok(store_writer_put_body(f->writer, message, "1", bytes, fault));
}

/* As engine/indexing.c does it, `most` contents of each kind. */
static void index_some(Fixture *f, guint most)
{
    guint done = 0;
    assert_ok(store_writer_index_headings(f->writer, most, &done, fault));
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) waiting = store_writer_to_index(f->writer, most, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < waiting->len; i++) {
        const StoreToIndex *one = &g_array_index(waiting, StoreToIndex, i);
        g_autoptr(StoreMessage) message = store_reader_message(f->reader, one->message_id);
        g_autofree char *text = readable_text(f->reader, message, NULL), *names = match_file_names(message);
        g_autofree char *text_w = text != NULL ? text_words(text, -1) : NULL, *names_w = names != NULL ? text_words(names, -1) : NULL;
        assert_ok(store_writer_index_content(f->writer, one->content_id, names_w, text_w, fault));
    }
}

static void index_all(Fixture *f)
{
    index_some(f, 100000);
}

/* UIDs with an answer, "3 5": "?" before those that cannot be told. By the candidates, or by all rows. */
static char *answers(Fixture *f, const char *text, gboolean by_candidates)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Query) query = query_parse_search(text, NOW, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(Finder) finder = finder_new(f->reader, query, NULL, &error);
    g_assert_no_error(error);
    const IdSet *candidates = finder_candidates(finder);
    g_autoptr(GPtrArray) rows = fixture_list(f, f->inbox, STORE_ORDER_ARRIVED);
    GString *found = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        const StoreListRow *row = g_ptr_array_index(rows, i);
        QueryAnswer answer = finder_ask(finder, row);
        if (by_candidates && candidates != NULL && !id_set_has(candidates, row->content_id))
            g_assert_cmpint(answer, !=, QUERY_YES);
        if (answer == QUERY_YES || (answer == QUERY_UNKNOWN && !by_candidates))
            g_string_append_printf(found, "%s%s%u", found->len > 0 ? " " : "", answer == QUERY_UNKNOWN ? "?" : "", row->uid);
    }
    return g_string_free(found, FALSE);
}

static void assert_answers(Fixture *f, const char *text, const char *expected)
{
    g_autofree char *found = answers(f, text, FALSE);
    g_assert_cmpstr(found, ==, expected);
    g_autofree char *quickly = answers(f, text, TRUE);
    g_autofree char *certain = g_strdup(expected);
    if (strchr(expected, '?') == NULL)
        g_assert_cmpstr(quickly, ==, certain);
}

static void fill(Fixture *f)
{
    static const struct {
        const char *from, *to, *subject, *file, *text;
    } letters[] = {
        { "Anna", "bob@example.org", "Budget of the year", NULL, "The caf\303\251 opens at eight.\nBring the keys,\nplease." },
        { "Ben", "anna@example.org", "Keys", "keys-to-the-house.pdf", "Attached." },
        { "Carol", "bob@example.org", "\346\235\261\344\272\254\343\201\256\345\244\251\346\260\227", NULL, "\346\230\216\346\227\245\343\201\257\351\233\250" },
        { "Dave", "list@example.org", "Re: Budget", NULL, NULL },
        { "Anna", "dave@example.net", "budgetary matters", NULL, "a keyboard; e-mail: dave@example.net" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(letters); i++) {
        g_autofree char *id = g_strdup_printf("f%u@test", i + 1);
        gint64 message = fixture_put(f, f->inbox, (Mail){ .uid = i + 1, .id = id, .date = 1000 + i, .from = letters[i].from,
                                                          .to = letters[i].to, .subject = letters[i].subject });
        put_text(f, message, i + 1, letters[i].file, letters[i].text);
    }
}

static void assert_what_is_found(Fixture *f)
{
    assert_answers(f, "subject:budget", "1 4 5");      /* beginnings of words count, */
    assert_answers(f, "subject:udget", "");            /* their middles do not */
    assert_answers(f, "subject:\"of the year\"", "1");
    assert_answers(f, "subject:\"the of\"", "");
    assert_answers(f, "body:cafe", "1 ?4");
    assert_answers(f, "body:\"keys please\"", "1 ?4"); /* across a line end */
    assert_answers(f, "body:\"dave example\"", "?4 5");
    assert_answers(f, "file:house", "2");
    assert_answers(f, "file:pdf", "2");
    assert_answers(f, "keys", "1 2 ?4");
    assert_answers(f, "from:anna budget", "1 5");
    assert_answers(f, "from:anna or from:carol", "1 3 5");
    assert_answers(f, "not from:anna", "2 3 4");
    assert_answers(f, "not body:cafe", "2 3 ?4 5");
    assert_answers(f, "subject:\346\235\261\344\272\254", "3");
    assert_answers(f, "subject:\345\244\251", "3");
    assert_answers(f, "body:\351\233\250", "3 ?4");
    assert_answers(f, "in:inbox", "1 2 3 4 5");
    assert_answers(f, "in:archive subject:budget", "");
    assert_answers(f, "subject:/b.dget/", "1 4 5");    /* no index knows what a pattern finds */
    assert_answers(f, "is:all", "1 2 3 4 5");
}

static void test_the_same_at_every_stage(void)
{
    Fixture *f = fixture_new();
    fill(f);
    for (guint i = 0; i < 6; i++) {
        assert_what_is_found(f);
        index_some(f, 1);
    }
    g_autoptr(IdSet) left = store_reader_not_yet_indexed(f->reader);
    g_assert_cmpuint(id_set_count(left), ==, 0);
    g_assert_cmpint(store_reader_indexed_headings(f->reader), ==, store_reader_last_content(f->reader));
    fixture_free(f);
}

/* The index keeps what was evicted, and what comes later is found. */
static void test_beyond_the_text(void)
{
    Fixture *f = fixture_new();
    fill(f);
    index_all(f);
    assert_ok(store_writer_evict(f->writer, 0, NULL, fault));
    assert_what_is_found(f);
    gint64 late = store_writer_message_by_uid(f->writer, f->inbox, 4);
    g_autoptr(GBytes) bytes = g_bytes_new_static("Keys again", 10);
    assert_ok(store_writer_put_body(f->writer, late, "1", bytes, fault));
    assert_answers(f, "body:keys", "1 4");
    index_all(f);
    assert_answers(f, "body:keys", "1 4");
    fixture_free(f);
}

static guint64 unknown(Fixture *f, const char *text)
{
    g_autoptr(Query) query = query_parse_search(text, NOW, NULL, NULL);
    g_autoptr(Finder) finder = finder_new(f->reader, query, NULL, NULL);
    return finder_n_unknown(finder);
}

/* What was not searched is counted, as far as the rest of the query leaves it possible. */
static void test_unknown(void)
{
    Fixture *f = fixture_new();
    fill(f);
    index_all(f);
    g_assert_cmpuint(unknown(f, "body:cafe"), ==, 1);
    g_assert_cmpuint(unknown(f, "body:cafe from:dave"), ==, 1);
    g_assert_cmpuint(unknown(f, "body:cafe from:anna"), ==, 0);
    g_assert_cmpuint(unknown(f, "subject:budget"), ==, 0);
    fixture_free(f);
}

/* A content that is gone leaves its words in the index, and no message. */
static void test_gone(void)
{
    Fixture *f = fixture_new();
    fill(f);
    index_all(f);
    const guint32 uid = 1;
    assert_ok(store_writer_expunged(f->writer, f->inbox, &uid, 1, fault));
    assert_answers(f, "subject:budget", "4 5");
    g_autoptr(IdSet) found = NULL;
    g_autoptr(GError) error = NULL;
    found = store_reader_find_words(f->reader, STORE_WORDS_SUBJECT, "budget", &error);
    g_assert_no_error(error);
    for (gint64 id = id_set_before(found, G_MAXINT64); id > 0; id = id_set_before(found, id)) {
        g_autoptr(GPtrArray) rows = store_reader_rows_of_content(f->reader, id);
        g_assert_cmpuint(rows->len, <=, 1);
    }
    g_assert_cmpuint(id_set_count(found), ==, 3);
    fixture_free(f);
}

/* --- any mail, any query ---------------------------------------------------------------------------------- */

static const char *const vocabulary[] = { "pear", "pearl", "Ca\303\247a", "caca", "x-ray", "ray", "\346\235\261", "\346\235\261\344\272\254", "don't", "42", "\305\223uvre", "oeuvre" };

static char *some_words(GRand *random, guint most)
{
    GString *text = g_string_new(NULL);
    for (guint n = (guint) g_rand_int_range(random, 0, (gint32) most + 1); n > 0; n--)
        g_string_append_printf(text, "%s%s", vocabulary[g_rand_int_range(random, 0, G_N_ELEMENTS(vocabulary))], g_rand_boolean(random) ? " " : ", ");
    return g_string_free(text, FALSE);
}

static char *some_query(GRand *random, guint depth)
{
    static const char *const fields[] = { "", "subject:", "body:", "file:", "any:", "from:" };
    switch (depth == 0 ? 0 : g_rand_int_range(random, 0, 5)) {
    case 1:
    case 2: {
        g_autofree char *one = some_query(random, depth - 1), *other = some_query(random, depth - 1);
        return g_strdup_printf("( %s %s %s )", one, g_rand_boolean(random) ? "and" : "or", other);
    }
    case 3: {
        g_autofree char *inner = some_query(random, depth - 1);
        return g_strdup_printf("not ( %s )", inner);
    }
    default: {
        const char *first = vocabulary[g_rand_int_range(random, 0, G_N_ELEMENTS(vocabulary))];
        const char *second = vocabulary[g_rand_int_range(random, 0, G_N_ELEMENTS(vocabulary))];
        return g_strdup_printf("%s\"%s%s%s\"", fields[g_rand_int_range(random, 0, G_N_ELEMENTS(fields))], first,
                               g_rand_boolean(random) ? " " : "", g_rand_boolean(random) ? second : "");
    }
    }
}

static void test_any_query(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(8);
    for (guint32 uid = 1; uid <= 40; uid++) {
        g_autofree char *id = g_strdup_printf("r%u@test", uid), *subject = some_words(random, 3), *text = some_words(random, 12);
        g_autofree char *file = some_words(random, 2);
        gint64 message = fixture_put(f, f->inbox, (Mail){ .uid = uid, .id = id, .date = 1000 + uid, .from = "pear@ray.example", .subject = subject });
        if (g_rand_int_range(random, 0, 8) > 0)
            put_text(f, message, uid, file, g_rand_int_range(random, 0, 5) > 0 ? text : NULL);
    }
    g_autoptr(GPtrArray) queries = g_ptr_array_new_with_free_func(g_free), before = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < 150; i++) {
        g_ptr_array_add(queries, some_query(random, 3));
        g_ptr_array_add(before, answers(f, g_ptr_array_index(queries, i), FALSE));
    }
    for (guint stage = 0; stage < 3; stage++) {
        index_some(f, stage == 2 ? 100000 : 12);
        for (guint i = 0; i < queries->len; i++) {
            g_test_message("%s", (const char *) g_ptr_array_index(queries, i));
            g_autofree char *now = answers(f, g_ptr_array_index(queries, i), FALSE);
            g_assert_cmpstr(now, ==, g_ptr_array_index(before, i));
            g_free(answers(f, g_ptr_array_index(queries, i), TRUE));
        }
    }
    fixture_free(f);
}

/* Finding one letter among many reads what it says, not the mailbox. */
static void test_cost(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 3000);
    gint64 needle = fixture_put(f, f->inbox, (Mail){ .uid = 5000, .id = "needle@test", .date = 1500, .subject = "The needle" });
    index_all(f);
    g_autoptr(GError) error = NULL;
    g_autoptr(Query) query = query_parse_search("subject:needle", NOW, NULL, &error);
    guint64 before = store_reader_rows_read(f->reader), work = store_reader_work(f->reader);
    g_autoptr(Finder) finder = finder_new(f->reader, query, NULL, &error);
    g_assert_no_error(error);
    gint64 id = id_set_before(finder_candidates(finder), G_MAXINT64);
    g_autoptr(GPtrArray) rows = store_reader_rows_of_content(f->reader, id);
    g_assert_cmpuint(rows->len, ==, 1);
    g_assert_cmpint(((StoreListRow *) g_ptr_array_index(rows, 0))->id, ==, needle);
    g_assert_cmpint(finder_ask(finder, g_ptr_array_index(rows, 0)), ==, QUERY_YES);
    g_assert_cmpint(id_set_before(finder_candidates(finder), id), ==, 0);
    g_assert_cmpuint(store_reader_rows_read(f->reader) - before, <=, 6);
    g_assert_cmpuint(store_reader_work(f->reader) - work, <, 500);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/finder/the-same-at-every-stage", test_the_same_at_every_stage);
    g_test_add_func("/finder/beyond-the-text", test_beyond_the_text);
    g_test_add_func("/finder/unknown", test_unknown);
    g_test_add_func("/finder/gone", test_gone);
    g_test_add_func("/finder/any-query", test_any_query);
    g_test_add_func("/finder/cost", test_cost);
    return g_test_run();
}
