/* What a screen costs does not grow with the mailbox: counted, in every order, and compared with a list
 * sorted here. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define SMALL 1000
#define LARGE 100000
#define SCREEN 40
/* Before and after an anchor 2 × 20 rows, the anchor's own position, and for threads those that are cut at
 * both ends. */
#define MOST_ROWS 400

static const struct {
    StoreOrder order;
    const char *name;
} orders[] = {
    { STORE_ORDER_DATE, "date" },       { STORE_ORDER_THREAD, "thread" }, { STORE_ORDER_FROM, "from" },
    { STORE_ORDER_SUBJECT, "subject" }, { STORE_ORDER_SIZE, "size" },     { STORE_ORDER_ARRIVED, "arrived" },
};

/* Half of the mail is alike in every key (the worst for an index), the rest is scattered; one in five is
 * unread; threads of five. */
static void fill(Fixture *f, gint64 mailbox, guint count)
{
    gint64 longest = 0, began = g_get_monotonic_time();
    for (guint at = 0; at < count; at += 100) {
        StoreMessageInput inputs[100];
        g_autoptr(GPtrArray) summaries =
            g_ptr_array_new_with_free_func((GDestroyNotify) message_summary_free);
        for (guint i = 0; i < 100; i++) {
            guint n = count - at - i; /* newest first, as the engine does */
            gboolean alike = n % 2 == 0;
            g_autofree char *id = g_strdup_printf("%u.%" G_GINT64_FORMAT "@example.org", n, mailbox);
            g_autofree char *root =
                g_strdup_printf("%u.%" G_GINT64_FORMAT "@example.org", n - n % 5, mailbox);
            g_autofree char *from = g_strdup_printf("Sender %u", n * 7919 % 3001);
            g_autofree char *subject = g_strdup_printf("Subject %u", n * 104729 % 100003);
            Mail mail = { .id = id,
                          .references = n % 5 != 0 ? root : NULL,
                          .from = alike ? "The List" : from,
                          .subject = alike ? "Digest" : subject,
                          .date = alike ? 1000000 : 2000000 + n * 60 };
            g_ptr_array_add(summaries, fixture_summary(&mail));
            inputs[i] = (StoreMessageInput){ .uid = n,
                                             .flags = n % 5 == 2 ? 0 : MAIL_FLAG_SEEN,
                                             .size = alike ? 5000 : 1000 + n * 31 % 65537,
                                             .internal_date = alike ? 1000000 : 3000000 + n,
                                             .summary = summaries->pdata[i] };
        }
        gint64 start = g_get_monotonic_time();
        assert_ok(store_writer_put_messages(f->writer, mailbox, inputs, MIN(100, count - at), fault));
        longest = MAX(longest, g_get_monotonic_time() - start);
    }
    g_test_message("%u summaries in %.2f s, the longest commit %.1f ms", count,
                   (double) (g_get_monotonic_time() - began) / G_USEC_PER_SEC, (double) longest / 1000);
}

typedef struct {
    guint64 rows, work;
} Cost;

static GPtrArray *window(Fixture *f, const StoreListSpec *spec, const StoreAnchor *anchor, guint before,
                         guint after, Cost *most)
{
    g_autoptr(GError) error = NULL;
    guint64 rows = store_reader_rows_read(f->reader), work = store_reader_work(f->reader);
    g_assert_true(store_reader_begin(f->reader, NULL));
    GPtrArray *list = store_reader_window(f->reader, spec, anchor, before, after, NULL, &error);
    store_reader_list_total(f->reader, spec);
    store_reader_end(f->reader);
    g_assert_no_error(error);
    most->rows = MAX(most->rows, store_reader_rows_read(f->reader) - rows);
    most->work = MAX(most->work, store_reader_work(f->reader) - work);
    return list;
}

static StoreAnchor anchor_of(const GPtrArray *rows, guint index)
{
    const StoreListRow *row = g_ptr_array_index(rows, index);
    return (StoreAnchor){ row->order_key, row->id };
}

/* The dearest of: the start, the end, page by page into the ties, around an anchor, around one that has gone.
 */
static Cost cost_of(Fixture *f, StoreListSpec spec)
{
    Cost most = { 0, 0 };
    g_autoptr(GPtrArray) rows = window(f, &spec, NULL, 0, SCREEN, &most);
    g_assert_cmpuint(rows->len, ==, SCREEN);
    StoreAnchor end = { NULL, -1 };
    g_autoptr(GPtrArray) last = window(f, &spec, &end, SCREEN, 0, &most);
    g_assert_cmpuint(last->len, ==, SCREEN);
    for (guint page = 0; page < 3; page++) {
        StoreAnchor at = anchor_of(rows, rows->len - 1);
        GPtrArray *next = window(f, &spec, &at, 0, SCREEN, &most);
        g_assert_cmpint(((StoreListRow *) next->pdata[0])->id, ==, at.id);
        g_ptr_array_unref(rows);
        rows = next;
    }
    StoreAnchor at = anchor_of(rows, SCREEN / 2);
    g_autoptr(GPtrArray) around = window(f, &spec, &at, SCREEN / 2, SCREEN / 2, &most);
    g_assert_cmpuint(around->len, ==, SCREEN);
    g_assert_cmpint(((StoreListRow *) around->pdata[SCREEN / 2])->id, ==, at.id);
    at.id = G_MAXINT32; /* no such message (any more) */
    g_autoptr(GPtrArray) gone = window(f, &spec, &at, SCREEN / 2, SCREEN / 2, &most);
    g_assert_cmpuint(gone->len, >=, SCREEN / 2); /* with that id it stood first or last among its likes */
    StoreAnchor back = anchor_of(last, 0);
    g_autoptr(GPtrArray) near_end = window(f, &spec, &back, SCREEN, 1, &most);
    g_assert_cmpuint(near_end->len, ==, SCREEN + 1);
    return most;
}

static void test_cost(void)
{
    Fixture *f = fixture_new();
    fill(f, f->inbox, SMALL);
    fill(f, f->archive, LARGE);
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        for (guint variant = 0; variant < 4; variant++) {
            StoreListSpec spec = { .mailbox_id = f->inbox,
                                   .order = orders[i].order,
                                   .descending = variant & 1,
                                   .unread_only = variant & 2 };
            Cost small = cost_of(f, spec);
            spec.mailbox_id = f->archive;
            Cost large = cost_of(f, spec);
            g_test_message("%s%s%s: rows %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT
                           ", work %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT,
                           orders[i].name, variant & 1 ? " down" : "", variant & 2 ? " unread" : "",
                           small.rows, large.rows, small.work, large.work);
            g_assert_cmpuint(large.rows, <=, MOST_ROWS);
            g_assert_cmpuint(large.rows, <=, small.rows + 10);
            g_assert_cmpuint(large.work, <=, small.work + small.work / 4);
        }
    }
    fixture_assert_counts(f);
    fixture_free(f);
}

/* --- the right rows in the right order -------------------------------------------------------------------
 */

static gint64 *ids_of(GPtrArray *rows)
{
    gint64 *ids = g_new(gint64, rows->len + 1);
    for (guint i = 0; i < rows->len; i++)
        ids[i] = ((StoreListRow *) rows->pdata[i])->id;
    return ids;
}

/* Any window is the piece of the whole list that it should be, also when read page by page and backward. */
static void check_pieces(Fixture *f, StoreListSpec spec)
{
    Cost ignored = { 0, 0 };
    g_autoptr(GPtrArray) all = window(f, &spec, NULL, 0, 1000000, &ignored);
    g_autofree gint64 *ids = ids_of(all);
    guint64 total = store_reader_list_total(f->reader, &spec);
    g_assert_cmpuint(all->len, ==, total);
    for (guint i = 0; i < all->len; i += 7) {
        StoreAnchor anchor = anchor_of(all, i);
        guint before = (guint) g_test_rand_int_range(0, 30), after = (guint) g_test_rand_int_range(1, 30),
              index = 0;
        g_autoptr(GPtrArray) part =
            store_reader_window(f->reader, &spec, &anchor, before, after, &index, NULL);
        guint first = i - MIN(before, i);
        g_assert_cmpuint(index, ==, i - first);
        g_assert_cmpuint(part->len, ==, MIN(i + after, all->len) - first);
        for (guint j = 0; j < part->len; j++)
            g_assert_cmpint(((StoreListRow *) part->pdata[j])->id, ==, ids[first + j]);
        g_autoptr(StoreListRow) row = store_reader_row(f->reader, &spec, ids[i]);
        g_assert_nonnull(row);
        g_assert_cmpstr(row->order_key, ==, anchor.key);
    }
}

static void test_pieces(void)
{
    Fixture *f = fixture_new();
    fill(f, f->inbox, 300);
    g_autoptr(GArray) some = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint32 uid = 1; uid <= 300; uid += 2) {
        gint64 id = store_writer_message_by_uid(f->writer, f->inbox, uid);
        g_array_append_val(some, id);
    }
    gint64 view = store_writer_view_new(f->writer, NULL, NULL);
    assert_ok(
        store_writer_view_add(f->writer, view, (const gint64 *) (const void *) some->data, some->len, fault));
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        for (guint variant = 0; variant < 8; variant++) {
            StoreListSpec spec = { .mailbox_id = variant & 4 ? 0 : f->inbox,
                                   .view_id = variant & 4 ? view : 0,
                                   .order = orders[i].order,
                                   .descending = variant & 1,
                                   .unread_only = variant & 2 };
            check_pieces(f, spec);
        }
    }
    fixture_assert_counts(f);
    fixture_free(f);
}

/* --- the INBOXes of several accounts as one list ----------------------------------------------------------- */

#define ACCOUNTS 5

static Fixture *accounts_with(guint count)
{
    Fixture *f = fixture_new();
    fill(f, f->inbox, count);
    fill(f, f->archive, 100); /* is no INBOX */
    for (guint i = 1; i < ACCOUNTS; i++) {
        g_autofree char *name = g_strdup_printf("account %u", i);
        f->account = store_writer_put_account(f->writer, name, NULL);
        fill(f, fixture_mailbox(f, "INBOX", MAILBOX_ROLE_INBOX), count);
    }
    return f;
}

static void test_inboxes_pieces(void)
{
    Fixture *f = accounts_with(100);
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
        for (guint variant = 0; variant < 4 && orders[i].order != STORE_ORDER_THREAD; variant++)
            check_pieces(f, (StoreListSpec){ .inboxes = TRUE, .order = orders[i].order, .descending = variant & 1, .unread_only = variant & 2 });
    fixture_free(f);
}

/* Opening the unified inbox reads no more rows than a screen needs, however much lies in each. */
static void test_inboxes_cost(void)
{
    Fixture *small = accounts_with(SMALL), *large = accounts_with(g_getenv("MALLE_TEST_LONG") != NULL ? LARGE : LARGE / 10);
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        for (guint variant = 0; variant < 4 && orders[i].order != STORE_ORDER_THREAD; variant++) {
            StoreListSpec spec = { .inboxes = TRUE, .order = orders[i].order, .descending = variant & 1, .unread_only = variant & 2 };
            Cost opening = { 0, 0 };
            g_autoptr(GPtrArray) first = window(large, &spec, NULL, 0, SCREEN, &opening);
            g_assert_cmpuint(first->len, ==, SCREEN);
            g_assert_cmpuint(opening.rows, <=, SCREEN + ACCOUNTS + 1); /* and which mailboxes there are, and how much is in them */
            Cost little = cost_of(small, spec), much = cost_of(large, spec);
            g_test_message("%s: rows %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT ", work %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT,
                           orders[i].name, little.rows, much.rows, little.work, much.work);
            g_assert_cmpuint(much.rows, <=, little.rows + 10);
            g_assert_cmpuint(much.work, <=, little.work + little.work / 4);
        }
    }
    fixture_free(small);
    fixture_free(large);
}

static int compare_dates(gconstpointer a, gconstpointer b)
{
    const StoreListRow *left = *(StoreListRow *const *) a, *right = *(StoreListRow *const *) b;
    return left->date != right->date ? (left->date < right->date ? -1 : 1)
           : left->id < right->id    ? -1
                                     : left->id > right->id;
}

static void test_sorted(void)
{
    Fixture *f = fixture_new();
    fill(f, f->inbox, 200);
    g_autoptr(GPtrArray) rows = fixture_list(f, f->inbox, STORE_ORDER_DATE);
    g_autofree gint64 *ids = ids_of(rows);
    g_ptr_array_sort(rows, compare_dates);
    for (guint i = 0; i < rows->len; i++)
        g_assert_cmpint(((StoreListRow *) rows->pdata[i])->id, ==, ids[i]);
    g_autoptr(GPtrArray) by_size = fixture_list(f, f->inbox, STORE_ORDER_SIZE);
    for (guint i = 1; i < by_size->len; i++)
        g_assert_cmpuint(((StoreListRow *) by_size->pdata[i - 1])->size, <=,
                         ((StoreListRow *) by_size->pdata[i])->size);
    g_autoptr(GPtrArray) by_from = fixture_list(f, f->inbox, STORE_ORDER_FROM);
    for (guint i = 1; i < by_from->len; i++)
        g_assert_cmpint(strcmp(((StoreListRow *) by_from->pdata[i - 1])->from_name,
                               ((StoreListRow *) by_from->pdata[i])->from_name),
                        <=, 0);
    fixture_free(f);
}

/* A view keeps what was put into it: a message that was read stays, one that was moved comes back when that
 * is undone. */
static void test_view(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 3);
    gint64 ids[3];
    for (guint i = 0; i < 3; i++)
        ids[i] = store_writer_message_by_uid(f->writer, f->inbox, i + 1);
    gint64 view = store_writer_view_new(f->writer, NULL, NULL);
    assert_ok(store_writer_view_add(f->writer, view, ids, 3, fault));
    StoreListSpec spec = { .view_id = view }, unread = { .view_id = view, .unread_only = TRUE };
    Intent *read = fixture_intent(INTENT_FLAGS, 0, ids, 1);
    read->add = MAIL_FLAG_SEEN;
    fixture_decide(f, read);
    g_assert_cmpuint(store_reader_list_total(f->reader, &spec), ==, 3);
    g_assert_cmpuint(store_reader_list_total(f->reader, &unread), ==, 2);
    fixture_decide(f, fixture_intent(INTENT_DELETE, 0, &ids[1], 1));
    g_assert_cmpuint(store_reader_list_total(f->reader, &spec), ==, 2);
    fixture_assert_counts(f);
    assert_ok(store_writer_undo(f->writer, 0, NULL, NULL, NULL, fault));
    g_assert_cmpuint(store_reader_list_total(f->reader, &spec), ==, 3);
    guint32 gone = 3;
    assert_ok(store_writer_expunged(f->writer, f->inbox, &gone, 1, fault));
    g_assert_cmpuint(store_reader_list_total(f->reader, &spec), ==, 2);
    fixture_assert_counts(f);
    fixture_reopen(f);
    g_assert_cmpuint(store_reader_list_total(f->reader, &spec), ==, 0);
    fixture_assert_counts(f);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/windows/sorted", test_sorted);
    g_test_add_func("/store/windows/pieces", test_pieces);
    g_test_add_func("/store/windows/view", test_view);
    g_test_add_func("/store/windows/inboxes", test_inboxes_pieces);
    g_test_add_func("/store/windows/inboxes-cost", test_inboxes_cost);
    g_test_add_func("/store/windows/cost", test_cost);
    return g_test_run();
}
