/* Threads: the same whatever the order of arrival, the tree of RFC 5256 inside. */
#include "config.h"

#include <string.h>

#include "fixture.h"

/* Who shares a thread with whom, and at what depth, as one text: for comparing two stores. */
static char *describe(Fixture *f, gint64 mailbox)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) rows = fixture_list(f, mailbox, STORE_ORDER_THREAD);
    for (guint i = 0; i < rows->len; i++) {
        const StoreListRow *row = rows->pdata[i];
        if (row->thread_count > 0)
            g_string_append_printf(text, "| %u,%u ", row->thread_count, row->thread_unread);
        g_string_append_printf(text, "%u@%u ", row->uid, row->thread_depth);
    }
    return g_string_free(text, FALSE);
}

typedef struct {
    char *id, *references;
} Sent;

/* Mail with every kind of reference: known, never seen, its own, in circles. */
static void invent(Sent *mails, guint count)
{
    for (guint i = 0; i < count; i++) {
        GString *references = g_string_new(NULL);
        guint n = (guint) g_test_rand_int_range(0, 4);
        for (guint j = 0; j < n; j++) {
            guint to = (guint) g_test_rand_int_range(0, (gint) count + 5); /* beyond count: never seen */
            g_string_append_printf(references, "%s%u@x", references->len > 0 ? " " : "",
                                   g_test_rand_bit() ? to : to % 5 + i / 5 * 5);
        }
        mails[i].id = g_strdup_printf("%u@x", i);
        mails[i].references = g_string_free(references, references->len == 0);
    }
}

static char *arrive(const Sent *mails, const guint *order, guint count)
{
    Fixture *f = fixture_new();
    assert_ok(store_writer_begin(f->writer, fault));
    for (guint i = 0; i < count; i++) {
        guint n = order[i];
        fixture_put(f, f->inbox,
                    (Mail){ .uid = n + 1,
                            .id = mails[n].id,
                            .references = mails[n].references,
                            .date = 1000 + n,
                            .flags = n % 3 == 0 ? MAIL_FLAG_SEEN : 0 });
    }
    assert_ok(store_writer_commit(f->writer, fault));
    fixture_assert_counts(f);
    char *text = describe(f, f->inbox);
    fixture_free(f);
    return text;
}

static void test_any_order(void)
{
    guint count = 40;
    for (guint round = 0; round < 8; round++) {
        Sent mails[40];
        guint order[40];
        invent(mails, count);
        for (guint i = 0; i < count; i++)
            order[i] = i;
        g_autofree char *first = arrive(mails, order, count);
        for (guint shuffle = 0; shuffle < 3; shuffle++) {
            for (guint i = count - 1; i > 0; i--) {
                guint j = (guint) g_test_rand_int_range(0, (gint) i + 1), kept = order[i];
                order[i] = order[j];
                order[j] = kept;
            }
            g_autofree char *again = arrive(mails, order, count);
            g_assert_cmpstr(first, ==, again);
        }
        for (guint i = 0; i < count; i++) {
            g_free(mails[i].id);
            g_free(mails[i].references);
        }
    }
}

static void test_tree(void)
{
    Fixture *f = fixture_new();
    fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "root", .date = 10 });
    fixture_put(f, f->inbox, (Mail){ .uid = 2, .id = "a", .references = "root", .date = 20 });
    fixture_put(f, f->inbox, (Mail){ .uid = 3, .id = "b", .references = "root", .date = 15 });
    fixture_put(f, f->inbox, (Mail){ .uid = 4, .id = "aa", .references = "root a", .date = 40 });
    fixture_put(f, f->inbox,
                (Mail){ .uid = 5, .id = "ghost-child", .references = "root b ghost", .date = 50 });
    fixture_put(f, f->inbox, (Mail){ .uid = 6, .id = "other", .date = 30 });
    fixture_put(f, f->inbox, (Mail){ .uid = 7, .id = "me", .references = "me", .date = 60 });
    g_autofree char *text = describe(f, f->inbox);
    g_assert_cmpstr(text, ==, "| 1,1 6@0 | 5,5 1@0 3@1 5@2 2@1 4@2 | 1,1 7@0 ");
    /* The thread goes where its newest message is; one that leaves the mailbox leaves the thread's place too.
     */
    gint64 newest = store_writer_message_by_uid(f->writer, f->inbox, 5);
    fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &newest, 1));
    gint64 second = store_writer_message_by_uid(f->writer, f->inbox, 4);
    fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &second, 1));
    g_autofree char *without = describe(f, f->inbox);
    g_assert_cmpstr(without, ==, "| 3,3 1@0 3@1 2@1 | 1,1 6@0 | 1,1 7@0 ");
    /* The whole conversation, wherever its messages are. */
    g_autoptr(StoreListRow) row = fixture_row(f, newest);
    g_autoptr(GPtrArray) thread = store_reader_thread(f->reader, row->thread_id, 0);
    g_assert_cmpuint(thread->len, ==, 5);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* What is in another mailbox, one's own answer in Sent, tells where those in this one stand; a copy elsewhere changes nothing. */
static void test_through_elsewhere(void)
{
    Fixture *f = fixture_new();
    fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "theirs", .date = 10 });
    fixture_put(f, f->archive, (Mail){ .uid = 1, .id = "mine", .references = "theirs", .date = 20 });
    fixture_put(f, f->inbox, (Mail){ .uid = 2, .id = "again", .references = "mine", .date = 30 });
    fixture_put(f, f->inbox, (Mail){ .uid = 3, .id = "unread", .references = "again", .date = 40 });
    fixture_put(f, f->archive, (Mail){ .uid = 2, .id = "again", .references = "mine", .date = 30 });
    g_autofree char *text = describe(f, f->inbox);
    g_assert_cmpstr(text, ==, "| 3,3 1@0 2@1 3@2 ");
    g_autofree char *archive = describe(f, f->archive);
    g_assert_cmpstr(archive, ==, "| 2,2 1@0 2@1 ");
    fixture_free(f);
}

/* A message joins two long threads: the rows of the shorter one move, in views too. */
static void test_join(void)
{
    Fixture *f = fixture_new();
    gint64 view = store_writer_view_new(f->writer, NULL, NULL);
    for (guint i = 0; i < 30; i++) {
        g_autofree char *id = g_strdup_printf("%u@join", i);
        gint64 m = fixture_put(f, f->inbox,
                               (Mail){ .uid = i + 1,
                                       .id = id,
                                       .references = i % 10 == 0 ? NULL
                                                     : i < 20    ? "0@join"
                                                                 : "20@join",
                                       .date = 100 + i });
        assert_ok(store_writer_view_add(f->writer, view, &m, 1, fault));
    }
    g_assert_cmpuint(store_writer_message_by_uid(f->writer, f->inbox, 11), !=, 0);
    fixture_put(f, f->inbox,
                (Mail){ .uid = 50, .id = "bridge", .references = "0@join 10@join 20@join", .date = 1 });
    g_autoptr(GPtrArray) rows = fixture_list(f, f->inbox, STORE_ORDER_THREAD);
    g_assert_cmpuint(((StoreListRow *) rows->pdata[0])->thread_count, ==, 31);
    StoreListSpec spec = { .view_id = view, .order = STORE_ORDER_THREAD };
    g_autoptr(GPtrArray) viewed = store_reader_window(f->reader, &spec, NULL, 0, 100, NULL, NULL);
    g_assert_cmpuint(viewed->len, ==, 30);
    g_assert_cmpuint(((StoreListRow *) viewed->pdata[0])->thread_count, ==, 30);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* Ten thousand replies in one chain, and a message that names ten thousand others: no recursion, no square of
 * anything. */
static void test_hostile(void)
{
    Fixture *f = fixture_new();
    assert_ok(store_writer_begin(f->writer, fault));
    for (guint i = 0; i < 5000; i++) {
        g_autofree char *id = g_strdup_printf("%u@chain", i);
        g_autofree char *before = i > 0 ? g_strdup_printf("%u@chain", i - 1) : NULL;
        fixture_put(f, f->inbox, (Mail){ .uid = i + 1, .id = id, .references = before, .date = 100 + i });
    }
    GString *many = g_string_new("first@many");
    for (guint i = 0; i < 10000; i++)
        g_string_append_printf(many, " %u@many", i);
    fixture_put(f, f->inbox, (Mail){ .uid = 9000, .id = "hostile", .references = many->str, .date = 5 });
    assert_ok(store_writer_commit(f->writer, fault));
    g_string_free(many, TRUE);
    g_autoptr(GPtrArray) rows = fixture_list(f, f->inbox, STORE_ORDER_THREAD);
    g_assert_cmpuint(rows->len, ==, 5001);
    fixture_assert_counts(f);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/threads/any-order", test_any_order);
    g_test_add_func("/store/threads/tree", test_tree);
    g_test_add_func("/store/threads/through-elsewhere", test_through_elsewhere);
    g_test_add_func("/store/threads/join", test_join);
    g_test_add_func("/store/threads/hostile", test_hostile);
    return g_test_run();
}
