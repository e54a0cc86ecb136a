/* The journal from sending to the end: what was cut, what was refused and is tried again or elsewhere, and what goes on meanwhile. */
#include "config.h"

#include "fixture.h"

static void test_recovery(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 3);
    gint64 m[3], ids[3];
    for (guint i = 0; i < 3; i++)
        m[i] = store_writer_message_by_uid(f->writer, f->inbox, i + 1);
    ids[0] = fixture_flag(f, m[0], MAIL_FLAG_FLAGGED, 0);
    ids[1] = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &m[1], 1));
    ids[2] = fixture_decide(f, fixture_intent(INTENT_COPY, f->archive, &m[2], 1));
    assert_ok(store_writer_intent_sending(f->writer, ids[0], 0, 0, fault));
    assert_ok(store_writer_intent_sending(f->writer, ids[1], 7, 4, fault));
    assert_ok(store_writer_intent_sending(f->writer, ids[2], 0, 0, fault));
    fixture_reopen(f);
    g_autoptr(Intent) flags = store_writer_intent(f->writer, ids[0]);
    g_autoptr(Intent) move = store_writer_intent(f->writer, ids[1]);
    g_autoptr(Intent) copy = store_writer_intent(f->writer, ids[2]);
    g_assert_cmpint(flags->state, ==, INTENT_PENDING);
    g_assert_false(flags->recovery);
    g_assert_cmpint(move->state, ==, INTENT_PENDING);
    g_assert_true(move->recovery);
    g_assert_cmpint(copy->state, ==, INTENT_UNKNOWN);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 2);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* A long replay goes in slices; what failed afterwards leaves what was done. */
static void test_slices(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 4);
    gint64 ids[4];
    for (guint i = 0; i < 4; i++)
        ids[i] = store_writer_message_by_uid(f->writer, f->inbox, i + 1);
    Intent *intent = fixture_intent(INTENT_FLAGS, 0, ids, 4);
    intent->add = MAIL_FLAG_FLAGGED;
    gint64 flagged = fixture_decide(f, intent);
    assert_ok(store_writer_intent_sending(f->writer, flagged, 0, 0, fault));
    assert_ok(store_writer_intent_cursor(f->writer, flagged, 2, fault));
    assert_ok(store_writer_intent_state(f->writer, flagged, INTENT_FAILED, "NO", fault));
    g_autoptr(StoreMailbox) inbox = fixture_read(f, f->inbox);
    g_assert_cmpuint(inbox->shown_flagged, ==, 2);
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, ids, 4));
    assert_ok(store_writer_intent_sending(f->writer, moved, 7, 50, fault));
    guint32 gone[] = { 1, 2 };
    assert_ok(store_writer_expunged(f->writer, f->inbox, gone, 2, fault));
    assert_ok(store_writer_intent_cursor(f->writer, moved, 2, fault));
    assert_ok(store_writer_intent_state(f->writer, moved, INTENT_FAILED, "NO", fault));
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 2);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 2);
    fixture_assert_counts(f);
    g_assert_cmpint(
        fixture_put(f, f->archive, (Mail){ .uid = 50, .id = "m1@test", .date = 1001, .size = 101 }), ==,
        ids[0]);
    /* One that was no longer there when the server looked. */
    guint32 uids[] = { 0, 60 };
    gint64 rest = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, ids + 2, 2));
    assert_ok(store_writer_intent_sending(f->writer, rest, 7, 51, fault));
    assert_ok(store_writer_intent_done(f->writer, rest, 7, uids, 2, fault));
    g_assert_null(fixture_row(f, ids[2]));
    g_assert_cmpint(store_writer_message_by_uid(f->writer, f->archive, 60), ==, ids[3]);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* Within a larger transaction: kept when that ends, gone with it when it is taken back. */
static void test_within(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10 });
    assert_ok(store_writer_begin(f->writer, fault));
    fixture_flag(f, m, MAIL_FLAG_FLAGGED, 0);
    store_writer_rollback(f->writer);
    g_assert_cmpuint(store_reader_unfinished_intents(f->reader, 0), ==, 0);
    assert_ok(store_writer_begin(f->writer, fault));
    gint64 id = fixture_flag(f, m, MAIL_FLAG_FLAGGED, 0);
    assert_ok(store_writer_commit(f->writer, fault));
    fixture_reopen(f);
    g_assert_cmpint(fixture_state(f, id), ==, INTENT_PENDING);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_refused_moves(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10 });
    gint64 targets[] = { f->inbox, 999, 0 };
    for (guint i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autoptr(Intent) intent = fixture_intent(INTENT_MOVE, targets[i], &m, 1);
        g_autoptr(GError) error = NULL;
        g_assert_false(store_writer_commit_intent(f->writer, intent, NULL, &error));
        g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    }
    const IntentKind kinds[] = { INTENT_RENAME_MAILBOX, INTENT_DELETE_MAILBOX, INTENT_CREATE_MAILBOX };
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(Intent) intent = intent_new(kinds[i]);
        g_autoptr(GError) error = NULL;
        intent->mailbox_id = f->inbox;
        intent->account_id = f->account;
        intent->name = g_strdup("Trash");
        g_assert_false(store_writer_commit_intent(f->writer, intent, NULL, &error));
        g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    }
    g_assert_cmpuint(store_reader_unfinished_intents(f->reader, 0), ==, 0);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* Three decisions in a row; the first fails: the second goes from where the message stayed, and the third must not take the
 * UID that it has there for one in the mailbox where it will be. */
static void test_chain(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail) { .uid = 5, .id = "a@x", .date = 10 });
    gint64 first = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &m, 1));
    gint64 second = fixture_decide(f, fixture_intent(INTENT_MOVE, f->trash, &m, 1));
    gint64 third = fixture_flag(f, m, MAIL_FLAG_FLAGGED, 0);
    assert_ok(store_writer_intent_sending(f->writer, first, 7, 1, fault));
    assert_ok(store_writer_intent_state(f->writer, first, INTENT_FAILED, "NO", fault));
    g_autoptr(Intent) move = store_writer_intent(f->writer, second);
    g_assert_cmpint(move->mailbox_id, ==, f->inbox);
    g_assert_cmpstr(move->uids, ==, "5");
    g_autoptr(Intent) flag = store_writer_intent(f->writer, third);
    g_assert_cmpint(flag->mailbox_id, ==, f->trash);
    g_assert_null(flag->uids);
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 1);
    g_assert_cmpuint(fixture_count(f, f->trash), ==, 1);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* The link broke after the command went: that the source is gone then means that it moved, not that it was
 * deleted. */
static void test_cut_move(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10 });
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &m, 1));
    gint64 flagged = fixture_flag(f, m, MAIL_FLAG_FLAGGED, 0);
    assert_ok(store_writer_intent_sending(f->writer, moved, 7, 20, fault));
    fixture_reopen(f);
    guint32 gone = 5;
    assert_ok(store_writer_expunged(f->writer, f->inbox, &gone, 1, fault));
    assert_ok(store_writer_undo(f->writer, flagged, NULL, NULL, NULL, fault));
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 1);
    const Intent *again = ready->pdata[0];
    g_assert_true(again->recovery);
    g_assert_cmpuint(again->tries, ==, 1);
    g_assert_cmpstr(again->uids, ==, "5");
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 1);
    guint32 uid = 20;
    assert_ok(store_writer_intent_done(f->writer, moved, 7, &uid, 1, fault));
    g_assert_cmpint(store_writer_message_by_uid(f->writer, f->archive, 20), ==, m);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* Tried again after it had failed and the message went elsewhere; and when it is no longer anywhere. */
static void test_try_again(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10 });
    gint64 flagged = fixture_flag(f, m, MAIL_FLAG_FLAGGED, 0);
    assert_ok(store_writer_intent_sending(f->writer, flagged, 0, 0, fault));
    assert_ok(store_writer_intent_state(f->writer, flagged, INTENT_FAILED, "NO", fault));
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &m, 1));
    guint32 uid = 20;
    assert_ok(store_writer_intent_sending(f->writer, moved, 7, 20, fault));
    assert_ok(store_writer_intent_done(f->writer, moved, 7, &uid, 1, fault));
    assert_ok(store_writer_intent_state(f->writer, flagged, INTENT_PENDING, NULL, fault));
    g_autoptr(Intent) again = store_writer_intent(f->writer, flagged);
    g_assert_cmpint(again->mailbox_id, ==, f->archive);
    g_assert_cmpstr(again->uids, ==, "20");
    g_autoptr(StoreListRow) row = fixture_row(f, m);
    g_assert_cmpint(row->flags, ==, MAIL_FLAG_FLAGGED);
    assert_ok(store_writer_intent_state(f->writer, flagged, INTENT_FAILED, "NO", fault));
    assert_ok(store_writer_expunged(f->writer, f->archive, &uid, 1, fault));
    g_autoptr(GError) error = NULL;
    g_assert_false(store_writer_intent_state(f->writer, flagged, INTENT_PENDING, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    g_assert_cmpint(fixture_state(f, flagged), ==, INTENT_FAILED);
    fixture_assert_counts(f);
    fixture_free(f);
}

static gboolean is_ready(Fixture *f, gint64 id)
{
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 100);
    for (guint i = 0; i < ready->len; i++)
        if (((Intent *) ready->pdata[i])->id == id)
            return TRUE;
    return FALSE;
}

/* What cannot be told, or was refused, holds up what stands on it, and nothing else. */
static void test_poisoned(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 4);
    gint64 first = store_writer_message_by_uid(f->writer, f->inbox, 1), second = store_writer_message_by_uid(f->writer, f->inbox, 2),
           third = store_writer_message_by_uid(f->writer, f->inbox, 3);
    gint64 unknown = fixture_decide(f, fixture_intent(INTENT_COPY, f->archive, &first, 1));
    gint64 same = fixture_flag(f, first, MAIL_FLAG_FLAGGED, 0);
    gint64 refused = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &second, 1));
    gint64 behind = fixture_flag(f, second, MAIL_FLAG_FLAGGED, 0);
    gint64 other = fixture_flag(f, third, MAIL_FLAG_FLAGGED, 0);
    gint64 elsewhere = fixture_decide(f, fixture_intent(INTENT_MOVE, f->trash, &third, 1));
    assert_ok(store_writer_intent_sending(f->writer, unknown, 7, 1, fault));
    assert_ok(store_writer_intent_state(f->writer, unknown, INTENT_UNKNOWN, "cut", fault));
    assert_ok(store_writer_intent_sending(f->writer, refused, 7, 1, fault));
    assert_ok(store_writer_intent_state(f->writer, refused, INTENT_FAILED, "over quota", fault));
    g_assert_false(is_ready(f, same));   /* on the message of which nobody knows */
    g_assert_true(is_ready(f, behind));  /* where the message stayed */
    g_assert_true(is_ready(f, other));
    g_assert_false(is_ready(f, elsewhere)); /* only until the flag before it is set */
    assert_ok(store_writer_intent_done(f->writer, other, 0, NULL, 0, fault));
    g_assert_true(is_ready(f, elsewhere));
    fixture_assert_counts(f);
    fixture_free(f);
}

/* What was refused goes elsewhere: decided anew in the same group, for what is still where it was. */
static void test_retarget(void)
{
    Fixture *f = fixture_new();
    GError *error = NULL;
    g_autoptr(GArray) rows = NULL;
    gint64 message = fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "one@test" });
    gint64 id = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &message, 1));
    g_autoptr(Intent) before = store_writer_intent(f->writer, id);
    g_assert_true(store_writer_intent_sending(f->writer, id, 1, 1, NULL));
    g_assert_false(store_writer_retarget(f->writer, id, f->trash, NULL, &error)); /* on its way */
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    g_clear_error(&error);
    g_assert_true(store_writer_intent_state(f->writer, id, INTENT_FAILED, "no room", NULL));
    g_assert_true(store_writer_retarget(f->writer, id, f->trash, &rows, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(rows->len, ==, 1);
    g_autoptr(Intent) old = store_writer_intent(f->writer, id);
    g_autoptr(Intent) anew = store_writer_intent(f->writer, g_array_index(rows, gint64, 0));
    g_assert_cmpint(old->state, ==, INTENT_UNDONE);
    g_assert_cmpint(anew->state, ==, INTENT_PENDING);
    g_assert_cmpint(anew->target_mailbox_id, ==, f->trash);
    g_assert_cmpint(anew->group, ==, before->group);
    g_autoptr(StoreMessage) shown = store_reader_message(f->reader, message);
    g_assert_cmpint(shown->row->mailbox_id, ==, f->trash);
    fixture_assert_counts(f);
    Intent *flags = fixture_intent(INTENT_FLAGS, 0, &message, 1);
    flags->add = MAIL_FLAG_FLAGGED;
    gint64 other = fixture_decide(f, flags);
    g_assert_false(store_writer_retarget(f->writer, other, f->archive, NULL, &error)); /* goes nowhere */
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    g_clear_error(&error);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/journal/recovery", test_recovery);
    g_test_add_func("/store/journal/slices", test_slices);
    g_test_add_func("/store/journal/within", test_within);
    g_test_add_func("/store/journal/refused", test_refused_moves);
    g_test_add_func("/store/journal/chain", test_chain);
    g_test_add_func("/store/journal/cut-move", test_cut_move);
    g_test_add_func("/store/journal/try-again", test_try_again);
    g_test_add_func("/store/journal/poisoned", test_poisoned);
    g_test_add_func("/store/journal/retarget", test_retarget);
    return g_test_run();
}
