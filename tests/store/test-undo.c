/* Taking decisions back: what was never sent as if it had never been, what was sent by its opposite. */
#include "config.h"

#include "fixture.h"

static void test_undo(void)
{
    Fixture *f = fixture_new();
    fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1, .flags = MAIL_FLAG_FLAGGED });
    fixture_put(f, f->inbox, (Mail){ .uid = 2, .id = "b@x", .date = 2 });
    gint64 ids[2] = { store_writer_message_by_uid(f->writer, f->inbox, 1),
                      store_writer_message_by_uid(f->writer, f->inbox, 2) };
    Intent *intent = fixture_intent(INTENT_FLAGS, 0, ids, 2);
    intent->add = MAIL_FLAG_FLAGGED;
    gint64 flagged = fixture_decide(f, intent);
    assert_ok(store_writer_intent_sending(f->writer, flagged, 0, 0, fault));
    assert_ok(store_writer_intent_done(f->writer, flagged, 0, NULL, 0, fault));
    guint undone = 9, opposed = 9;
    g_autoptr(GArray) opposites = NULL;
    assert_ok(store_writer_undo(f->writer, 0, &undone, &opposed, &opposites, fault));
    g_assert_cmpuint(undone, ==, 0);
    g_assert_cmpuint(opposed, ==, 1);
    /* Only the one that was not flagged before. */
    g_autoptr(Intent) opposite = store_writer_intent(f->writer, g_array_index(opposites, gint64, 0));
    g_assert_cmpstr(opposite->uids, ==, "2");
    g_assert_cmpint(opposite->remove, ==, MAIL_FLAG_FLAGGED);
    g_assert_cmpint(opposite->undoes, ==, flagged);
    g_autoptr(GError) error = NULL;
    g_assert_false(store_writer_undo(f->writer, 0, NULL, NULL, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    assert_ok(store_writer_intent_sending(f->writer, opposite->id, 0, 0, fault));
    assert_ok(store_writer_intent_done(f->writer, opposite->id, 0, NULL, 0, fault));
    /* A move that was sent goes back; one that was not is as if it had never been. */
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, ids, 2));
    assert_ok(store_writer_intent_sending(f->writer, moved, 7, 1, fault));
    assert_ok(store_writer_undo(f->writer, 0, &undone, &opposed, NULL, fault));
    g_assert_cmpuint(opposed, ==, 1);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 2);
    fixture_assert_counts(f);
    guint32 uids[] = { 11, 12 };
    assert_ok(store_writer_intent_done(f->writer, moved, 7, uids, 2, fault));
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 2);
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    const Intent *back = ready->pdata[ready->len - 1];
    g_assert_cmpint(back->kind, ==, INTENT_MOVE);
    g_assert_cmpint(back->mailbox_id, ==, f->archive);
    g_assert_cmpstr(back->uids, ==, "11:12");
    fixture_assert_counts(f);
    fixture_free(f);
}

static void finish(Fixture *f, gint64 id, const guint32 *uids, guint count)
{
    assert_ok(store_writer_intent_sending(f->writer, id, 7, 100, fault));
    assert_ok(store_writer_intent_done(f->writer, id, 7, uids, count, fault));
}

static Intent *only_ready(Fixture *f)
{
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 1);
    return g_ptr_array_steal_index(ready, 0);
}

static void undo(Fixture *f, guint undone, guint opposed)
{
    guint got_undone = 99, got_opposed = 99;
    assert_ok(store_writer_undo(f->writer, 0, &got_undone, &got_opposed, NULL, fault));
    g_assert_cmpuint(got_undone, ==, undone);
    g_assert_cmpuint(got_opposed, ==, opposed);
    fixture_assert_counts(f);
}

static void test_undo_copy(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10 });
    fixture_decide(f, fixture_intent(INTENT_COPY, f->archive, &m, 1));
    undo(f, 1, 0);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 0);
    gint64 copy = fixture_decide(f, fixture_intent(INTENT_COPY, f->archive, &m, 1));
    guint32 uid = 100;
    finish(f, copy, &uid, 1);
    undo(f, 0, 1);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 0);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 1);
    g_autoptr(Intent) opposite = only_ready(f);
    g_assert_cmpint(opposite->kind, ==, INTENT_DELETE);
    g_assert_cmpint(opposite->target_mailbox_id, ==, 0); /* not by way of the Trash */
    g_assert_cmpint(opposite->mailbox_id, ==, f->archive);
    g_assert_cmpstr(opposite->uids, ==, "100");
    finish(f, opposite->id, NULL, 0);
    assert_ok(store_writer_expunged(f->writer, f->archive, &uid, 1, fault));
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_undo_delete(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 2);
    gint64 ids[2] = { store_writer_message_by_uid(f->writer, f->inbox, 1),
                      store_writer_message_by_uid(f->writer, f->inbox, 2) };
    gint64 trashed = fixture_decide(f, fixture_intent(INTENT_DELETE, 0, ids, 1));
    guint32 uid = 100;
    finish(f, trashed, &uid, 1);
    undo(f, 0, 1);
    g_autoptr(Intent) back = only_ready(f);
    g_assert_cmpint(back->kind, ==, INTENT_MOVE);
    g_assert_cmpint(back->target_mailbox_id, ==, f->inbox);
    uid = 3;
    finish(f, back->id, &uid, 1);
    /* Marked and not expunged yet: the mark can be taken away. */
    gint64 marked = fixture_decide(f, fixture_intent(INTENT_DELETE, -1, &ids[1], 1));
    finish(f, marked, NULL, 0);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 1);
    undo(f, 0, 1);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 2);
    g_autoptr(Intent) unmark = only_ready(f);
    g_assert_cmpint(unmark->kind, ==, INTENT_FLAGS);
    g_assert_cmpint(unmark->remove, ==, MAIL_FLAG_DELETED);
    fixture_free(f);
}

static void test_undo_mailboxes(void)
{
    Fixture *f = fixture_new();
    Intent *create = intent_new(INTENT_CREATE_MAILBOX);
    create->account_id = f->account;
    create->name = g_strdup("New");
    gint64 created = fixture_decide(f, create);
    undo(f, 1, 0);
    g_assert_null(store_reader_mailbox_by_name(f->reader, f->account, "New"));
    create = intent_new(INTENT_CREATE_MAILBOX);
    create->account_id = f->account;
    create->name = g_strdup("New");
    created = fixture_decide(f, create);
    finish(f, created, NULL, 0);
    Intent *rename = intent_new(INTENT_RENAME_MAILBOX);
    rename->mailbox_id = f->archive;
    rename->name = g_strdup("Store/Old");
    gint64 renamed = fixture_decide(f, rename);
    g_assert_true(store_writer_spell_mailbox(f->writer, f->archive, "INBOX.Store.Old", NULL)); /* as the server takes it */
    finish(f, renamed, NULL, 0);
    g_autoptr(StoreMailbox) old = fixture_read(f, f->archive);
    g_assert_cmpstr(old->name, ==, "Store/Old");
    g_assert_cmpstr(old->wire_name, ==, "INBOX.Store.Old");
    undo(f, 0, 1);
    g_autoptr(StoreMailbox) again = fixture_read(f, f->archive);
    g_assert_cmpstr(again->name, ==, "Archive");
    Intent *subscribe = intent_new(INTENT_SUBSCRIBE);
    subscribe->mailbox_id = f->trash;
    finish(f, fixture_decide(f, subscribe), NULL, 0);
    undo(f, 0, 1);
    g_autoptr(StoreMailbox) trash = fixture_read(f, f->trash);
    g_assert_false(trash->attributes & MAILBOX_SUBSCRIBED);
    undo(f, 0, 1); /* the creation */
    g_assert_null(store_reader_mailbox_by_name(f->reader, f->account, "New"));
    fixture_free(f);
}

/* Undoing a move on which something stands already would take its ground away: the opposite is decided
 * instead. */
static void test_undo_built_upon(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10 });
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &m, 1));
    fixture_flag(f, m, MAIL_FLAG_FLAGGED, 0);
    guint opposed = 0;
    assert_ok(store_writer_undo(f->writer, moved, NULL, &opposed, NULL, fault));
    g_assert_cmpuint(opposed, ==, 1);
    g_autoptr(StoreListRow) row = fixture_row(f, m);
    g_assert_cmpint(row->mailbox_id, ==, f->inbox);
    g_assert_cmpint(row->flags, ==, MAIL_FLAG_FLAGGED);
    fixture_assert_counts(f);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/undo/flags-and-moves", test_undo);
    g_test_add_func("/store/undo/copy", test_undo_copy);
    g_test_add_func("/store/undo/delete", test_undo_delete);
    g_test_add_func("/store/undo/mailboxes", test_undo_mailboxes);
    g_test_add_func("/store/undo/built-upon", test_undo_built_upon);
    return g_test_run();
}
