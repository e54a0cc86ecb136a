#include "config.h"

#include "proto/imap/error.h"
#include "proto/imap/uidset.h"

static char *text_of(const char *text)
{
    g_autoptr(ImapUidSet) set = imap_uidset_parse(text, -1, NULL);
    return set == NULL ? NULL : imap_uidset_to_string(set);
}

static void test_parse(void)
{
    static const struct {
        const char *text, *normal;
    } CASES[] = {
        { "1", "1" },
        { "5:3", "3:5" },
        { "1,2,3", "1:3" },
        { "9,1:4,2:6,8", "1:6,8:9" },
        { "4294967295", "4294967295" },
        { "1:4294967295", "1:*" },
        { "4294967294:4294967295,1", "1,4294967294:*" },
        { "7,7,7", "7" },
        { "", NULL },
        { "0", NULL },
        { "0:5", NULL },
        { "1:", NULL },
        { ",1", NULL },
        { "1,", NULL },
        { "1,,2", NULL },
        { "*", NULL },
        { "1:*", NULL },
        { "4294967296", NULL },
        { "99999999999999999999999", NULL },
        { "-1", NULL },
        { "1 2", NULL },
        { "1:2:3", NULL },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *got = text_of(CASES[i].text);
        g_assert_cmpstr(got, ==, CASES[i].normal);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(imap_uidset_parse("x", -1, &error));
    g_assert_error(error, IMAP_ERROR, IMAP_ERROR_PROTOCOL);
    g_autoptr(ImapUidSet) part = imap_uidset_parse("12,34", 2, NULL);
    g_assert_cmpuint(imap_uidset_max(part), ==, 12);
}

/* ---- against a model: one bit per number ---- */

enum { MODEL = 200 };

static void check_model(const ImapUidSet *set, const bool *model)
{
    guint64 count = 0;
    ImapUidIter iter = { 0 };
    for (guint32 uid = 1; uid < MODEL; uid++) {
        g_assert_cmpint(imap_uidset_contains(set, uid), ==, model[uid]);
        if (!model[uid])
            continue;
        count++;
        g_assert_cmpuint(imap_uidset_next(set, &iter), ==, uid);
    }
    g_assert_cmpuint(imap_uidset_next(set, &iter), ==, 0);
    g_assert_cmpuint(imap_uidset_count(set), ==, count);
    for (gsize i = 1; i < imap_uidset_n_ranges(set); i++) /* sorted, apart, not touching */
        g_assert_cmpuint(imap_uidset_range(set, i - 1).last + 1, <, imap_uidset_range(set, i).first);
}

static void random_change(GRand *random, ImapUidSet *set, bool *model)
{
    guint32 first = (guint32)g_rand_int_range(random, 1, MODEL);
    guint32 beyond = first + (guint32)g_rand_int_range(random, 0, 20), last = MIN(beyond, MODEL - 1);
    bool add = g_rand_boolean(random);
    if (add)
        imap_uidset_add_range(set, first, last);
    else
        imap_uidset_remove_range(set, first, last);
    for (guint32 uid = first; uid <= last; uid++)
        model[uid] = add;
}

static void test_model(void)
{
    GRand *random = g_rand_new_with_seed(20261123);
    for (guint round = 0; round < 50; round++) {
        g_autoptr(ImapUidSet) a = imap_uidset_new(), b = imap_uidset_new();
        bool in_a[MODEL] = { false }, in_b[MODEL] = { false }, both[MODEL], either[MODEL], rest[MODEL];
        for (guint i = 0; i < 40; i++) {
            random_change(random, a, in_a);
            random_change(random, b, in_b);
            check_model(a, in_a);
        }
        for (guint i = 0; i < MODEL; i++) {
            both[i] = in_a[i] && in_b[i];
            either[i] = in_a[i] || in_b[i];
            rest[i] = in_a[i] && !in_b[i];
        }
        g_autoptr(ImapUidSet) intersection = imap_uidset_intersect(a, b);
        g_autoptr(ImapUidSet) joined = imap_uidset_copy(a), left = imap_uidset_copy(a);
        imap_uidset_add_set(joined, b);
        imap_uidset_remove_set(left, b);
        check_model(intersection, both);
        check_model(joined, either);
        check_model(left, rest);
        if (imap_uidset_is_empty(joined))
            continue;
        g_autofree char *text = imap_uidset_to_string(joined);
        g_autoptr(ImapUidSet) again = imap_uidset_parse(text, -1, NULL);
        g_assert_true(imap_uidset_equal(again, joined));
    }
    g_rand_free(random);
}

static void test_ends(void)
{
    g_autoptr(ImapUidSet) all = imap_uidset_new_range(1, G_MAXUINT32);
    g_assert_cmpuint(imap_uidset_count(all), ==, G_MAXUINT32);
    imap_uidset_add(all, G_MAXUINT32);
    imap_uidset_add_range(all, 5, G_MAXUINT32);
    g_assert_cmpuint(imap_uidset_n_ranges(all), ==, 1);
    imap_uidset_remove(all, G_MAXUINT32);
    g_assert_cmpuint(imap_uidset_max(all), ==, G_MAXUINT32 - 1);
    imap_uidset_add(all, G_MAXUINT32);
    imap_uidset_remove(all, 1);
    g_assert_cmpuint(imap_uidset_min(all), ==, 2);
    imap_uidset_remove_range(all, 1, G_MAXUINT32);
    g_assert_true(imap_uidset_is_empty(all));
    g_assert_cmpuint(imap_uidset_max(all), ==, 0);

    ImapUidIter iter = { 0 };
    g_autoptr(ImapUidSet) last = imap_uidset_new_range(G_MAXUINT32 - 1, G_MAXUINT32);
    g_assert_cmpuint(imap_uidset_next(last, &iter), ==, G_MAXUINT32 - 1);
    g_assert_cmpuint(imap_uidset_next(last, &iter), ==, G_MAXUINT32);
    g_assert_cmpuint(imap_uidset_next(last, &iter), ==, 0);
    g_assert_cmpuint(imap_uidset_next(last, &iter), ==, 0);

    /* A hostile VANISHED is bounded by what is known before anything iterates. */
    g_autoptr(ImapUidSet) hostile = imap_uidset_parse("1:4294967295", -1, NULL);
    g_autoptr(ImapUidSet) known = imap_uidset_parse("5,9:11", -1, NULL);
    g_autoptr(ImapUidSet) gone = imap_uidset_intersect(hostile, known);
    g_assert_true(imap_uidset_equal(gone, known));
}

static void test_from_uids(void)
{
    const guint32 uids[] = { 9, 3, 4, 0, 4, 10, G_MAXUINT32, 2 };
    g_autoptr(ImapUidSet) set = imap_uidset_new_from_uids(uids, G_N_ELEMENTS(uids));
    g_autofree char *text = imap_uidset_to_string(set);
    g_assert_cmpstr(text, ==, "2:4,9:10,4294967295");
    g_autoptr(ImapUidSet) none = imap_uidset_new_from_uids(uids, 0);
    g_assert_true(imap_uidset_is_empty(none));
}

static void test_split(void)
{
    g_autoptr(ImapUidSet) set = imap_uidset_new(), joined = imap_uidset_new();
    for (guint32 uid = 1; uid < 20000; uid += 2)
        imap_uidset_add(set, uid);
    imap_uidset_add_range(set, 4000000000u, G_MAXUINT32);
    g_autoptr(GPtrArray) pieces = imap_uidset_split(set, 1000);
    g_assert_cmpuint(pieces->len, >, 10);
    for (guint i = 0; i < pieces->len; i++) {
        g_autofree char *text = imap_uidset_to_string(pieces->pdata[i]);
        g_assert_cmpuint(strlen(text), <=, 1000);
        if (i + 1 < pieces->len)
            g_assert_cmpuint(strlen(text), >, 980); /* and not much less: few commands */
        imap_uidset_add_set(joined, pieces->pdata[i]);
    }
    g_assert_true(imap_uidset_equal(joined, set));
    g_autoptr(GPtrArray) tiny = imap_uidset_split(joined, 1);
    g_assert_cmpuint(tiny->len, ==, imap_uidset_n_ranges(joined));
    g_autoptr(ImapUidSet) empty = imap_uidset_new();
    g_autoptr(GPtrArray) none = imap_uidset_split(empty, 100);
    g_assert_cmpuint(none->len, ==, 0);
}

static void expect_taken(ImapUidSet *set, guint64 count, const char *taken, const char *left)
{
    g_autoptr(ImapUidSet) cut = imap_uidset_take_last(set, count);
    g_autofree char *a = imap_uidset_to_string(cut), *b = imap_uidset_to_string(set);
    g_assert_cmpstr(a, ==, taken);
    g_assert_cmpstr(b, ==, left);
}

static void test_take_last(void)
{
    g_autoptr(ImapUidSet) set = imap_uidset_parse("1:10,20,30:39", -1, NULL);
    expect_taken(set, 3, "37:39", "1:10,20,30:36");
    expect_taken(set, 0, "", "1:10,20,30:36");
    expect_taken(set, 8, "20,30:36", "1:10");
    expect_taken(set, 100, "1:10", "");
    expect_taken(set, 1, "", "");
    g_autoptr(ImapUidSet) all = imap_uidset_new_range(1, G_MAXUINT32);
    g_autoptr(ImapUidSet) most = imap_uidset_take_last(all, G_MAXUINT32 - 1);
    g_assert_cmpuint(imap_uidset_min(most), ==, 2);
    g_assert_cmpuint(imap_uidset_max(all), ==, 1);
}

static void test_copyuid(void)
{
    const ImapUidRange from[] = { { 304, 304 }, { 319, 320 } }, to[] = { { 3956, 3956 }, { 3957, 3958 } };
    const ImapCopyUid copyuid = { 1, from, to, 2 };
    g_assert_cmpuint(imap_copyuid_lookup(&copyuid, 304), ==, 3956);
    g_assert_cmpuint(imap_copyuid_lookup(&copyuid, 320), ==, 3958);
    g_assert_cmpuint(imap_copyuid_lookup(&copyuid, 305), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/uidset/parse", test_parse);
    g_test_add_func("/imap/uidset/model", test_model);
    g_test_add_func("/imap/uidset/ends", test_ends);
    g_test_add_func("/imap/uidset/from-uids", test_from_uids);
    g_test_add_func("/imap/uidset/split", test_split);
    g_test_add_func("/imap/uidset/take-last", test_take_last);
    g_test_add_func("/imap/uidset/copyuid", test_copyuid);
    return g_test_run();
}
