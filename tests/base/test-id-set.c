/* Sets of ids, against a table that does the same slowly. */
#include "config.h"

#include "base/id_set.h"

#define GREATEST 400

static IdSet *random_set(GRand *random, gboolean *members)
{
    IdSet *set = id_set_new();
    gint32 count = g_rand_int_range(random, 0, 60), greatest = g_rand_int_range(random, 1, GREATEST);
    for (gint32 i = 0; i < count; i++) {
        gint32 id = g_rand_int_range(random, 1, greatest + 1);
        id_set_add(set, id);
        members[id] = TRUE;
    }
    return set;
}

static void assert_members(const IdSet *set, const gboolean *members)
{
    guint64 count = 0;
    gint64 walking = id_set_before(set, G_MAXINT64);
    for (gint64 id = GREATEST; id > 0; id--) {
        g_assert_true(id_set_has(set, id) == members[id]);
        count += members[id] ? 1 : 0;
        if (!members[id])
            continue;
        g_assert_cmpint(walking, ==, id);
        walking = id_set_before(set, id);
    }
    g_assert_cmpint(walking, ==, 0);
    g_assert_cmpuint(id_set_count(set), ==, count);
}

static void test_like_a_table(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20261124);
    for (int round = 0; round < 500; round++) {
        gboolean one[GREATEST + 1] = { FALSE }, other[GREATEST + 1] = { FALSE };
        g_autoptr(IdSet) first = random_set(random, one);
        g_autoptr(IdSet) second = random_set(random, other);
        assert_members(first, one);
        g_autoptr(IdSet) both = id_set_copy(first);
        id_set_intersect(both, second);
        id_set_unite(first, second);
        gboolean in_both[GREATEST + 1] = { FALSE }, in_any[GREATEST + 1] = { FALSE };
        for (int id = 1; id <= GREATEST; id++) {
            in_both[id] = one[id] && other[id];
            in_any[id] = one[id] || other[id];
        }
        assert_members(both, in_both);
        assert_members(first, in_any);
        assert_members(second, other);
    }
}

static void test_no_such_ids(void)
{
    g_autoptr(IdSet) set = id_set_new();
    id_set_add(set, 0);
    id_set_add(set, -5);
    g_assert_cmpuint(id_set_count(set), ==, 0);
    g_assert_false(id_set_has(set, -5));
    g_assert_false(id_set_has(set, G_MAXINT64));
    g_assert_cmpint(id_set_before(set, 0), ==, 0);
    id_set_add(set, 64);
    g_assert_cmpint(id_set_before(set, 64), ==, 0);
    g_assert_cmpint(id_set_before(set, 65), ==, 64);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/id-set/like-a-table", test_like_a_table);
    g_test_add_func("/id-set/no-such-ids", test_no_such_ids);
    return g_test_run();
}
