/* A mailbox that the server numbered anew: who is known again, with bodies and decisions, and who is not. */
#include "config.h"

#include "fixture.h"

/* As the server has it after it lost its indexes: the same letter under another number. */
static gint64 put_again(Fixture *f, guint32 uid, guint32 before, const char *id)
{
    return fixture_put(f, f->inbox, (Mail){ .uid = uid, .id = id, .date = 1000 + before, .arrived = 5000 + before, .size = 100 + before });
}

static void put(Fixture *f, guint32 uid, const char *id)
{
    fixture_put(f, f->inbox, (Mail){ .uid = uid, .id = id, .date = 1000 + uid });
}

static void renumber(Fixture *f, guint32 uidvalidity, guint32 uidnext)
{
    gboolean was_reset = FALSE;
    StoreMailbox selected = { .id = f->inbox, .uidvalidity = uidvalidity, .uidnext = uidnext, .attributes = MAILBOX_NEW_KEYWORDS };
    assert_ok(store_writer_set_selected(f->writer, &selected, &was_reset, fault));
    g_assert_true(was_reset);
}

static void complete(Fixture *f)
{
    assert_ok(store_writer_set_progress(f->writer, f->inbox, 0, 1, TRUE, 1, fault));
    fixture_assert_counts(f);
}

static gint64 by_uid(Fixture *f, guint32 uid)
{
    return store_writer_message_by_uid(f->writer, f->inbox, uid);
}

static void keep_body(Fixture *f, gint64 message, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    assert_ok(store_writer_put_body(f->writer, message, "1", bytes, fault));
}

static void assert_body(Fixture *f, gint64 message, const char *text)
{
    g_autoptr(GBytes) bytes = store_reader_body(f->reader, message, "1");
    if (text == NULL) {
        g_assert_null(bytes);
        return;
    }
    g_assert_nonnull(bytes);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), text, strlen(text));
}

static void test_known_again(void)
{
    Fixture *f = fixture_new();
    put(f, 1, "a@x");
    put(f, 2, "b@x");
    put(f, 3, NULL); /* without a Message-ID: by the rest of its envelope */
    gint64 a = by_uid(f, 1), b = by_uid(f, 2), c = by_uid(f, 3);
    keep_body(f, a, "of a");
    keep_body(f, c, "of c");
    gint64 flagged = fixture_flag(f, c, MAIL_FLAG_FLAGGED, 0);
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &b, 1));
    renumber(f, 8, 30);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 0);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 1); /* what was decided stays on the screen */
    g_autoptr(GPtrArray) early = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(early->len, ==, 0); /* nothing is sent under an old number */
    put_again(f, 11, 3, NULL);
    put_again(f, 12, 1, "a@x");
    put_again(f, 13, 2, "b@x");
    complete(f);
    g_assert_cmpint(by_uid(f, 12), ==, a);
    g_assert_cmpint(by_uid(f, 13), ==, b);
    g_assert_cmpint(by_uid(f, 11), ==, c);
    assert_body(f, a, "of a");
    assert_body(f, c, "of c");
    g_assert_cmpint(fixture_state(f, flagged), ==, INTENT_PENDING);
    g_assert_cmpint(fixture_state(f, moved), ==, INTENT_PENDING);
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 2);
    const Intent *first = ready->pdata[0], *second = ready->pdata[1];
    g_assert_cmpstr(first->uids, ==, "11");
    g_assert_cmpstr(second->uids, ==, "13");
    g_assert_cmpint(first->uidvalidity, ==, 8);
    g_assert_cmpint(second->uidvalidity, ==, 8);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 2);
    fixture_free(f);
}

static void test_alike(void)
{
    Fixture *f = fixture_new();
    fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "twin@x", .date = 10, .arrived = 20, .size = 30 });
    fixture_put(f, f->inbox, (Mail){ .uid = 2, .id = "twin@x", .date = 10, .arrived = 20, .size = 30 });
    put(f, 3, "c@x");
    gint64 a = by_uid(f, 1), c = by_uid(f, 3);
    keep_body(f, a, "one of two");
    gint64 flagged = fixture_flag(f, a, MAIL_FLAG_FLAGGED, 0);
    gint64 both[2] = { a, c };
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, both, 2));
    renumber(f, 8, 30);
    fixture_put(f, f->inbox, (Mail){ .uid = 11, .id = "twin@x", .date = 10, .arrived = 20, .size = 30 });
    fixture_put(f, f->inbox, (Mail){ .uid = 12, .id = "twin@x", .date = 10, .arrived = 20, .size = 30 });
    put_again(f, 13, 3, "c@x");
    complete(f);
    g_assert_cmpint(fixture_state(f, flagged), ==, INTENT_CONFLICT);
    assert_body(f, by_uid(f, 11), NULL); /* fetched again: it may be the other one's */
    assert_body(f, by_uid(f, 12), NULL);
    /* What can be told is done, and what cannot is said. */
    g_autoptr(Intent) rest = store_writer_intent(f->writer, moved);
    g_assert_cmpint(rest->state, ==, INTENT_PENDING);
    g_assert_cmpstr(rest->uids, ==, "13");
    g_assert_nonnull(rest->error);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 2);
    fixture_free(f);
}

static void test_gone_and_sent(void)
{
    Fixture *f = fixture_new();
    put(f, 1, "a@x");
    put(f, 2, "b@x");
    gint64 a = by_uid(f, 1), b = by_uid(f, 2);
    gint64 flagged = fixture_flag(f, a, MAIL_FLAG_FLAGGED, 0);
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &b, 1));
    /* The move was begun, and the link broke: under other numbers it cannot be looked for. */
    assert_ok(store_writer_intent_sending(f->writer, moved, 7, 1, fault));
    assert_ok(store_writer_intent_state(f->writer, moved, INTENT_PENDING, NULL, fault));
    renumber(f, 8, 30);
    g_assert_cmpint(fixture_state(f, moved), ==, INTENT_CONFLICT);
    put_again(f, 11, 2, "b@x");
    complete(f);
    g_assert_cmpint(fixture_state(f, flagged), ==, INTENT_CONFLICT);
    g_assert_cmpint(by_uid(f, 11), ==, b);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 1);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 0);
    fixture_free(f);
}

static void test_broken_off(void)
{
    Fixture *f = fixture_new();
    put(f, 1, "a@x");
    put(f, 2, "b@x");
    gint64 a = by_uid(f, 1), b = by_uid(f, 2);
    gint64 flagged = fixture_flag(f, a, MAIL_FLAG_FLAGGED, 0);
    renumber(f, 8, 30);
    put_again(f, 11, 1, "a@x");
    /* The program ends here, and the server numbers anew once more. */
    fixture_reopen(f);
    gint64 early = fixture_flag(f, by_uid(f, 11), 0, MAIL_FLAG_SEEN);
    renumber(f, 9, 40);
    put_again(f, 21, 1, "a@x");
    put_again(f, 22, 2, "b@x");
    complete(f);
    g_assert_cmpint(by_uid(f, 21), ==, a);
    g_assert_cmpint(fixture_state(f, flagged), ==, INTENT_PENDING);
    g_assert_cmpint(fixture_state(f, early), ==, INTENT_PENDING);
    g_assert_cmpint(by_uid(f, 22), ==, b);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 2);
    fixture_free(f);
}

static void test_backup(void)
{
    Fixture *f = fixture_new();
    put(f, 1, "a@x");
    put(f, 5, "b@x");
    gint64 a = by_uid(f, 1);
    StoreMailbox selected = { .id = f->inbox, .uidvalidity = 7, .uidnext = 6, .attributes = MAILBOX_NEW_KEYWORDS };
    gboolean was_reset = TRUE;
    assert_ok(store_writer_set_selected(f->writer, &selected, &was_reset, fault));
    g_assert_false(was_reset);
    /* STATUS alone decides nothing. */
    assert_ok(store_writer_set_status(f->writer, f->inbox, 2, 0, 4, 7, fault));
    renumber(f, 7, 4);
    put_again(f, 1, 1, "a@x");
    fixture_put(f, f->inbox, (Mail){ .uid = 3, .id = "new@x", .date = 77 });
    complete(f);
    g_assert_cmpint(by_uid(f, 1), ==, a);
    g_assert_cmpint(by_uid(f, 5), ==, 0);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 2);
    fixture_free(f);
}

static void test_undo_while_waiting(void)
{
    Fixture *f = fixture_new();
    put(f, 1, "a@x");
    gint64 a = by_uid(f, 1);
    gint64 flagged = fixture_flag(f, a, MAIL_FLAG_FLAGGED, 0);
    fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &a, 1));
    renumber(f, 8, 30);
    guint undone = 0;
    assert_ok(store_writer_undo(f->writer, 0, &undone, NULL, NULL, fault));
    g_assert_cmpuint(undone, ==, 1);
    g_assert_cmpint(fixture_state(f, flagged), ==, INTENT_PENDING);
    put_again(f, 11, 1, "a@x");
    complete(f);
    g_assert_cmpint(by_uid(f, 11), ==, a);
    g_assert_cmpint(fixture_state(f, flagged), ==, INTENT_PENDING);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/renumber/known-again", test_known_again);
    g_test_add_func("/store/renumber/alike", test_alike);
    g_test_add_func("/store/renumber/gone-and-sent", test_gone_and_sent);
    g_test_add_func("/store/renumber/broken-off", test_broken_off);
    g_test_add_func("/store/renumber/backup", test_backup);
    g_test_add_func("/store/renumber/undo-while-waiting", test_undo_while_waiting);
    return g_test_run();
}
