/* What is kept for offline use: what a rule holds, what is lacking, and what may be evicted. */
#include "config.h"

#include "store/store-private.h"
#include "tests/store/fixture.h"

static void set_rule(Fixture *f, gint64 mailbox, const char *text)
{
    KeepRule rule;
    assert_ok(keep_rule_parse(text, &rule, fault));
    assert_ok(store_writer_set_keep(f->writer, mailbox, &rule, TRUE, fault));
    assert_ok(store_writer_refresh_keep(f->writer, fault));
}

/* UIDs of what is lacking, in the order in which it is found: "3 2 1". */
static char *lacking(Fixture *f, gint64 mailbox)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(StoreLacking));
    StoreKeepCursor cursor;
    store_keep_cursor_start(&cursor);
    while (!cursor.end)
        assert_ok(store_writer_lacking(f->writer, mailbox, &cursor, found->len + 2, found, fault));
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < found->len; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? " " : "", g_array_index(found, StoreLacking, i).uid);
    return g_string_free(text, FALSE);
}

static void assert_lacking(Fixture *f, gint64 mailbox, const char *expected)
{
    g_autofree char *found = lacking(f, mailbox);
    g_assert_cmpstr(found, ==, expected);
}

static gint64 put(Fixture *f, gint64 mailbox, guint32 uid, gint64 date, guint64 size)
{
    g_autofree char *id = g_strdup_printf("m%u-%" G_GINT64_FORMAT "@x", uid, mailbox);
    return fixture_put(f, mailbox, (Mail){ .uid = uid, .id = id, .date = date, .arrived = date, .size = size });
}

static void put_body(Fixture *f, gint64 message, const char *section, gsize length)
{
    g_autofree char *text = g_strnfill(length, 'x');
    g_autoptr(GBytes) bytes = g_bytes_new(text, length);
    assert_ok(store_writer_put_body(f->writer, message, section, bytes, fault));
}

static void keep(Fixture *f, gint64 message, const char *section, KeepLevel level)
{
    assert_ok(store_writer_keep_body(f->writer, message, section, fault));
    assert_ok(store_writer_set_kept(f->writer, message, level, fault));
}

static gboolean is_here(Fixture *f, gint64 message, const char *section)
{
    g_autoptr(GBytes) bytes = store_reader_body(f->reader, message, section);
    return bytes != NULL;
}

static void test_lacking(void)
{
    Fixture *f = fixture_new();
    gint64 now = g_get_real_time() / G_USEC_PER_SEC, day = 24 * 60 * 60;
    gint64 old = put(f, f->inbox, 1, now - 40 * day, 1000), middle = put(f, f->inbox, 2, now - 20 * day, 3000);
    gint64 young = put(f, f->inbox, 3, now - day, 2000);
    assert_lacking(f, f->inbox, "");
    set_rule(f, f->inbox, "summaries");
    assert_lacking(f, f->inbox, "");
    set_rule(f, f->inbox, "texts");
    assert_lacking(f, f->inbox, "3 2 1");
    set_rule(f, f->inbox, "texts 30 days");
    assert_lacking(f, f->inbox, "3 2");
    set_rule(f, f->inbox, "everything 2 KB");
    assert_lacking(f, f->inbox, "3");
    set_rule(f, f->inbox, "everything 5 KB");
    assert_lacking(f, f->inbox, "3 2");
    set_rule(f, f->inbox, "everything 5 KB 10 days");
    assert_lacking(f, f->inbox, "3");

    set_rule(f, f->inbox, "texts");
    put_body(f, middle, "1", 10);
    keep(f, middle, "1", KEEP_TEXTS);
    assert_lacking(f, f->inbox, "3 1");
    set_rule(f, f->inbox, "everything");
    assert_lacking(f, f->inbox, "3 2 1");
    put_body(f, young, "", 10);
    keep(f, young, "", KEEP_EVERYTHING);
    put_body(f, old, "", 10);
    keep(f, old, "", KEEP_EVERYTHING);
    assert_lacking(f, f->inbox, "2");
    set_rule(f, f->inbox, "texts"); /* the whole message is more than its texts */
    g_assert_true(is_here(f, young, ""));
    fixture_free(f);
}

/* More messages than are looked at in one turn: none is passed over, none found twice. */
static void test_many(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 1203);
    set_rule(f, f->inbox, "texts");
    g_autofree char *found = lacking(f, f->inbox);
    g_auto(GStrv) uids = g_strsplit(found, " ", -1);
    g_assert_cmpuint(g_strv_length(uids), ==, 1203);
    for (guint i = 0; i < 1203; i++)
        g_assert_cmpuint(g_ascii_strtoull(uids[i], NULL, 10), ==, 1203 - i);
    fixture_free(f);
}

static void test_evict(void)
{
    Fixture *f = fixture_new();
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    gint64 kept = put(f, f->inbox, 1, now, 1000), cached = put(f, f->archive, 2, now, 1000);
    set_rule(f, f->inbox, "texts");
    put_body(f, kept, "1", 5000);
    put_body(f, kept, "2", 7000); /* an attachment that was looked at: no text, so cache */
    put_body(f, cached, "1", 6000);
    keep(f, kept, "1", KEEP_TEXTS);
    guint64 in_cache = 0, in_keep = 0;
    store_reader_body_sizes(f->reader, &in_cache, &in_keep);
    g_assert_cmpuint(in_cache, ==, 13000);
    g_assert_cmpuint(in_keep, ==, 5000);

    assert_ok(store_writer_evict(f->writer, 6000, NULL, fault)); /* the oldest first */
    g_assert_true(is_here(f, kept, "1") && !is_here(f, kept, "2") && is_here(f, cached, "1"));
    assert_ok(store_writer_evict(f->writer, 0, NULL, fault));
    g_assert_true(is_here(f, kept, "1") && !is_here(f, cached, "1"));

    /* A text that comes once more stays kept. */
    put_body(f, kept, "1", 4000);
    assert_ok(store_writer_evict(f->writer, 0, NULL, fault));
    g_assert_true(is_here(f, kept, "1"));

    /* Without a rule it is cache like any other, and lacks again once there is one. */
    set_rule(f, f->inbox, "summaries");
    store_reader_body_sizes(f->reader, &in_cache, &in_keep);
    g_assert_cmpuint(in_cache, ==, 4000);
    g_assert_cmpuint(in_keep, ==, 0);
    set_rule(f, f->inbox, "texts");
    assert_lacking(f, f->inbox, "1");
    assert_ok(store_writer_evict(f->writer, 0, NULL, fault));
    g_assert_false(is_here(f, kept, "1"));
    fixture_free(f);
}

/* The clock was a year ahead once, and is right again: what is used now is still the last to go. */
static void test_clock(void)
{
    Fixture *f = fixture_new();
    gint64 first = put(f, f->inbox, 1, 1000, 1000), second = put(f, f->inbox, 2, 1000, 1000), third = put(f, f->inbox, 3, 1000, 1000);
    put_body(f, first, "1", 1000);
    put_body(f, second, "1", 1000);
    assert_ok(database_script(f->writer->db, "UPDATE body SET used = used + 31536000000000", fault));
    fixture_reopen(f);
    put_body(f, third, "1", 1000);
    assert_ok(store_writer_body_used(f->writer, first, fault));
    assert_ok(store_writer_evict(f->writer, 2000, NULL, fault));
    g_assert_true(is_here(f, first, "1") && !is_here(f, second, "1") && is_here(f, third, "1"));
    fixture_free(f);
}

static void test_choice(void)
{
    Fixture *f = fixture_new();
    assert_ok(store_writer_set_keep_here(f->writer, f->inbox, "texts 9 days", fault));
    set_rule(f, f->inbox, "texts 9 days");
    fixture_reopen(f);
    g_autoptr(StoreMailbox) inbox = fixture_read(f, f->inbox);
    g_assert_cmpstr(inbox->keep_here, ==, "texts 9 days");
    g_assert_true(inbox->keep_chosen);
    g_assert_cmpint(inbox->keep.level, ==, KEEP_TEXTS);
    g_assert_cmpuint(inbox->keep.days, ==, 9);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keep/lacking", test_lacking);
    g_test_add_func("/keep/many", test_many);
    g_test_add_func("/keep/evict", test_evict);
    g_test_add_func("/keep/clock", test_clock);
    g_test_add_func("/keep/choice", test_choice);
    return g_test_run();
}
