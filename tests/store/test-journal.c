/* The journal: a decision and what it shows, and what becomes of both. */
#include "config.h"

#include <glib/gstdio.h>

#include "fixture.h"

static void test_flags(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10 });
    gint64 id = fixture_flag(f, m, MAIL_FLAG_FLAGGED, 0);
    g_autoptr(StoreListRow) row = fixture_row(f, m);
    g_assert_cmpint(row->flags, ==, MAIL_FLAG_FLAGGED);
    g_assert_true(row->has_pending);
    /* A notice of the server changes the base only. */
    assert_ok(store_writer_set_base_flags(f->writer, f->inbox, 5, MAIL_FLAG_SEEN, "work", 9, fault));
    g_autoptr(StoreListRow) noticed = fixture_row(f, m);
    g_assert_cmpint(noticed->flags, ==, MAIL_FLAG_SEEN | MAIL_FLAG_FLAGGED);
    g_assert_cmpstr(noticed->keywords, ==, "work");
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 1);
    g_assert_cmpstr(((Intent *) ready->pdata[0])->uids, ==, "5");
    g_assert_cmpint(((Intent *) ready->pdata[0])->uidvalidity, ==, 7);
    assert_ok(store_writer_intent_sending(f->writer, id, 0, 0, fault));
    assert_ok(store_writer_intent_done(f->writer, id, 0, NULL, 0, fault));
    g_autoptr(StoreListRow) done = fixture_row(f, m);
    g_assert_cmpint(done->flags, ==, MAIL_FLAG_SEEN | MAIL_FLAG_FLAGGED);
    g_assert_false(done->has_pending);
    g_assert_cmpint(fixture_state(f, id), ==, INTENT_DONE);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_flags_refused(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10 });
    StoreMailbox selected = { .id = f->inbox,
                              .uidvalidity = 7,
                              .permanent_flags = (char *) "\\Seen \\Flagged $Forwarded known" };
    assert_ok(store_writer_set_selected(f->writer, &selected, NULL, fault));
    const char *keywords[] = { "known", "KNOWN", "unknown" };
    for (guint i = 0; i < 3; i++) {
        g_autoptr(Intent) intent = fixture_intent(INTENT_FLAGS, 0, &m, 1);
        g_autoptr(GError) error = NULL;
        intent->add_keywords = g_strdup(keywords[i]);
        gboolean ok = store_writer_commit_intent(f->writer, intent, NULL, &error);
        if (i < 2)
            g_assert_no_error(error);
        else
            g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
        g_assert_cmpint(ok, ==, i < 2);
    }
    g_autoptr(Intent) deleted = fixture_intent(INTENT_FLAGS, 0, &m, 1);
    deleted->add = MAIL_FLAG_DELETED;
    g_autoptr(GError) error = NULL;
    g_assert_false(store_writer_commit_intent(f->writer, deleted, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    g_clear_error(&error);
    selected.attributes = MAILBOX_READ_ONLY;
    assert_ok(store_writer_set_selected(f->writer, &selected, NULL, fault));
    deleted->add = MAIL_FLAG_SEEN;
    g_assert_false(store_writer_commit_intent(f->writer, deleted, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_move(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 3);
    gint64 ids[3];
    for (guint i = 0; i < 3; i++)
        ids[i] = store_writer_message_by_uid(f->writer, f->inbox, i + 1);
    gint64 move = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, ids, 3));
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 0);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 3);
    gint64 later = fixture_flag(f, ids[1], MAIL_FLAG_FLAGGED, 0);
    g_autoptr(Intent) waiting = store_writer_intent(f->writer, later);
    g_assert_cmpint(waiting->mailbox_id, ==, f->archive);
    g_assert_null(waiting->uids);
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 1);
    assert_ok(store_writer_intent_sending(f->writer, move, 7, 40, fault));
    /* EXPUNGE of the sources comes before the tagged reply; UID 2 was gone already. */
    guint32 gone[] = { 1, 3 };
    assert_ok(store_writer_expunged(f->writer, f->inbox, gone, 2, fault));
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 3);
    /* The target's synchronisation is quicker than the reply for one. */
    fixture_put(f, f->archive, (Mail){ .uid = 40, .id = "m1@test", .date = 1001, .size = 101 });
    guint32 new_uids[] = { 40, 41, 42 };
    assert_ok(store_writer_intent_done(f->writer, move, 7, new_uids, 3, fault));
    for (guint i = 0; i < 3; i++) {
        g_autoptr(StoreListRow) row = fixture_row(f, ids[i]);
        g_assert_nonnull(row);
        g_assert_cmpint(row->mailbox_id, ==, f->archive);
        g_assert_cmpuint(row->uid, ==, 40 + i);
    }
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 3);
    g_autoptr(GPtrArray) now = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(now->len, ==, 1);
    g_assert_cmpstr(((Intent *) now->pdata[0])->uids, ==, "41");
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_move_without_copyuid(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10, .size = 77 });
    gint64 move = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &m, 1));
    assert_ok(store_writer_intent_sending(f->writer, move, 7, 3, fault));
    assert_ok(store_writer_intent_done(f->writer, move, 0, NULL, 0, fault));
    gint64 later = fixture_flag(f, m, MAIL_FLAG_FLAGGED, 0);
    g_autoptr(GPtrArray) none = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpint(fixture_put(f, f->archive, (Mail){ .uid = 3, .id = "b@x", .date = 10, .size = 77 }), !=,
                    m);
    g_assert_cmpint(fixture_put(f, f->archive, (Mail){ .uid = 4, .id = "a@x", .date = 10, .size = 77 }), ==,
                    m);
    g_autoptr(StoreListRow) row = fixture_row(f, m);
    g_assert_cmpint(row->flags, ==, MAIL_FLAG_FLAGGED);
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 1);
    g_assert_cmpint(((Intent *) ready->pdata[0])->id, ==, later);
    g_assert_cmpstr(((Intent *) ready->pdata[0])->uids, ==, "4");
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_move_failed(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10 });
    gint64 move = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &m, 1));
    gint64 later = fixture_flag(f, m, MAIL_FLAG_SEEN, 0);
    assert_ok(store_writer_intent_sending(f->writer, move, 7, 3, fault));
    assert_ok(store_writer_intent_state(f->writer, move, INTENT_FAILED, "NO over quota", fault));
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 1);
    g_autoptr(Intent) failed = store_reader_intent(f->reader, move);
    g_assert_cmpstr(failed->error, ==, "NO over quota");
    /* What was decided later follows the message to where it stayed. */
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 1);
    const Intent *next = ready->pdata[0];
    g_assert_cmpint(next->id, ==, later);
    g_assert_cmpint(next->mailbox_id, ==, f->inbox);
    g_assert_cmpstr(next->uids, ==, "5");
    /* And again: it shows again. */
    assert_ok(store_writer_intent_state(f->writer, move, INTENT_PENDING, NULL, fault));
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 1);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_copy(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10, .flags = MAIL_FLAG_SEEN });
    gint64 copy = fixture_decide(f, fixture_intent(INTENT_COPY, f->archive, &m, 1));
    g_autoptr(GPtrArray) rows = fixture_list(f, f->archive, STORE_ORDER_DATE);
    g_assert_cmpuint(rows->len, ==, 1);
    StoreListRow *shown = rows->pdata[0];
    g_assert_cmpint(shown->flags, ==, MAIL_FLAG_SEEN);
    g_assert_true(shown->has_pending);
    gint64 later = fixture_flag(f, shown->id, MAIL_FLAG_FLAGGED, 0);
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 1);
    assert_ok(store_writer_intent_sending(f->writer, copy, 7, 9, fault));
    guint32 uid = 9;
    assert_ok(store_writer_intent_done(f->writer, copy, 7, &uid, 1, fault));
    g_assert_cmpint(store_writer_message_by_uid(f->writer, f->archive, 9), ==, shown->id);
    g_autoptr(Intent) next = store_writer_intent(f->writer, later);
    g_assert_cmpstr(next->uids, ==, "9");
    fixture_assert_counts(f);
    /* A copy that fails goes, and what was decided on it is a conflict. */
    gint64 second = fixture_decide(f, fixture_intent(INTENT_COPY, f->trash, &m, 1));
    g_autoptr(GPtrArray) in_trash = fixture_list(f, f->trash, STORE_ORDER_DATE);
    gint64 lost = fixture_flag(f, ((StoreListRow *) in_trash->pdata[0])->id, MAIL_FLAG_FLAGGED, 0);
    assert_ok(store_writer_intent_state(f->writer, second, INTENT_FAILED, "NO", fault));
    g_assert_cmpuint(fixture_count(f, f->trash), ==, 0);
    g_assert_cmpint(fixture_state(f, lost), ==, INTENT_CONFLICT);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* What is to be copied goes elsewhere first: a copy that is only decided goes with it, and what was decided on that one, too. One that is
 * under way is told by the server's answer. */
static void test_copy_of_what_goes(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 2);
    gint64 a = store_writer_message_by_uid(f->writer, f->inbox, 1), b = store_writer_message_by_uid(f->writer, f->inbox, 2);
    gint64 decided = fixture_decide(f, fixture_intent(INTENT_COPY, f->archive, &a, 1));
    g_autoptr(GPtrArray) rows = fixture_list(f, f->archive, STORE_ORDER_DATE);
    gint64 on_copy = fixture_flag(f, ((StoreListRow *) rows->pdata[0])->id, MAIL_FLAG_FLAGGED, 0);
    gint64 sent = fixture_decide(f, fixture_intent(INTENT_COPY, f->archive, &b, 1));
    assert_ok(store_writer_intent_sending(f->writer, sent, 7, 9, fault));
    guint32 gone[] = { 1, 2 };
    assert_ok(store_writer_expunged(f->writer, f->inbox, gone, 2, fault));
    g_assert_cmpint(fixture_state(f, decided), ==, INTENT_CONFLICT);
    g_assert_cmpint(fixture_state(f, on_copy), ==, INTENT_CONFLICT);
    g_assert_cmpint(fixture_state(f, sent), ==, INTENT_SENDING);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 1);
    guint32 uid = 9;
    assert_ok(store_writer_intent_done(f->writer, sent, 7, &uid, 1, fault));
    g_assert_cmpint(store_writer_message_by_uid(f->writer, f->archive, 9), >, 0);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 1);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_delete(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 2);
    gint64 first = store_writer_message_by_uid(f->writer, f->inbox, 1),
           second = store_writer_message_by_uid(f->writer, f->inbox, 2);
    gint64 id = fixture_decide(f, fixture_intent(INTENT_DELETE, 0, &first, 1));
    g_autoptr(Intent) to_trash = store_writer_intent(f->writer, id);
    g_assert_cmpint(to_trash->target_mailbox_id, ==, f->trash);
    g_assert_cmpuint(fixture_count(f, f->trash), ==, 1);
    /* As configured: marked and expunged. */
    gint64 for_good = fixture_decide(f, fixture_intent(INTENT_DELETE, -1, &second, 1));
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 0);
    assert_ok(store_writer_intent_sending(f->writer, for_good, 0, 0, fault));
    assert_ok(store_writer_intent_done(f->writer, for_good, 0, NULL, 0, fault));
    /* Without UIDPLUS it stays, marked and hidden, until somebody takes the mark away. */
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 0);
    assert_ok(store_writer_set_base_flags(f->writer, f->inbox, 2, 0, NULL, 0, fault));
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 1);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_expunge(void)
{
    Fixture *f = fixture_new();
    gint64 a =
        fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1, .flags = MAIL_FLAG_DELETED });
    fixture_put(f, f->inbox, (Mail){ .uid = 2, .id = "b@x", .date = 2 });
    fixture_put(f, f->inbox, (Mail){ .uid = 3, .id = "c@x", .date = 3, .flags = MAIL_FLAG_DELETED });
    Intent *intent = intent_new(INTENT_EXPUNGE);
    intent->mailbox_id = f->inbox;
    gint64 id = fixture_decide(f, intent);
    g_autoptr(Intent) frozen = store_writer_intent(f->writer, id);
    g_assert_cmpstr(frozen->uids, ==, "1,3");
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 1);
    guint32 gone[] = { 1, 3 };
    assert_ok(store_writer_intent_sending(f->writer, id, 0, 0, fault));
    assert_ok(store_writer_expunged(f->writer, f->inbox, gone, 2, fault));
    assert_ok(store_writer_intent_done(f->writer, id, 0, NULL, 0, fault));
    g_assert_null(fixture_row(f, a));
    g_autoptr(GError) error = NULL;
    g_assert_false(store_writer_undo(f->writer, 0, NULL, NULL, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_conflict(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 3);
    gint64 a = store_writer_message_by_uid(f->writer, f->inbox, 1),
           b = store_writer_message_by_uid(f->writer, f->inbox, 2);
    gint64 flagged = fixture_flag(f, a, MAIL_FLAG_FLAGGED, 0);
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &b, 1));
    guint32 gone[] = { 1, 2 };
    assert_ok(store_writer_expunged(f->writer, f->inbox, gone, 2, fault));
    g_assert_cmpint(fixture_state(f, flagged), ==, INTENT_CONFLICT);
    g_assert_cmpint(fixture_state(f, moved), ==, INTENT_CONFLICT);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 0);
    /* The mailbox is numbered anew. */
    gint64 c = store_writer_message_by_uid(f->writer, f->inbox, 3);
    gint64 third = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &c, 1));
    StoreMailbox selected = { .id = f->inbox, .uidvalidity = 8 };
    gboolean was_reset = FALSE;
    assert_ok(store_writer_set_selected(f->writer, &selected, &was_reset, fault));
    g_assert_true(was_reset);
    g_assert_cmpint(fixture_state(f, third), ==, INTENT_PENDING); /* it may come again under another number: test-renumber.c */
    assert_ok(store_writer_set_progress(f->writer, f->inbox, 0, 1, TRUE, 1, fault));
    g_assert_cmpint(fixture_state(f, third), ==, INTENT_CONFLICT);
    g_assert_cmpuint(fixture_count(f, f->inbox) + fixture_count(f, f->archive), ==, 0);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* A move without COPYUID, decided about again, and the target numbered anew before anybody looked into it. */
static void test_unnamed(void)
{
    Fixture *f = fixture_new();
    gint64 a = fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1, .size = 100 });
    fixture_put(f, f->archive, (Mail){ .uid = 3, .id = "old@x", .date = 2, .size = 100 });
    gint64 there = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &a, 1));
    assert_ok(store_writer_intent_sending(f->writer, there, 7, 4, fault));
    assert_ok(store_writer_intent_done(f->writer, there, 0, NULL, 0, fault));
    guint opposed = 0;
    assert_ok(store_writer_undo(f->writer, 0, NULL, &opposed, NULL, fault));
    g_assert_cmpuint(opposed, ==, 1);
    g_autoptr(GPtrArray) none = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(none->len, ==, 0);
    StoreMailbox selected = { .id = f->archive, .uidvalidity = 8 };
    gboolean was_reset = FALSE;
    assert_ok(store_writer_set_selected(f->writer, &selected, &was_reset, fault));
    g_assert_true(was_reset);
    g_autoptr(GArray) unnamed = store_writer_unnamed(f->writer, f->account);
    g_assert_cmpuint(unnamed->len, ==, 1);
    const StoreUnnamed *one = &g_array_index(unnamed, StoreUnnamed, 0);
    g_assert_cmpint(one->mailbox_id, ==, f->archive);
    g_assert_cmpstr(one->message_id, ==, "a@x");
    g_assert_cmpuint(one->size, ==, 100);
    g_assert_cmpint(fixture_put(f, f->archive, (Mail){ .uid = 9, .id = "a@x", .date = 1, .size = 100 }), ==, a);
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 1);
    const Intent *back = g_ptr_array_index(ready, 0);
    g_assert_cmpstr(back->uids, ==, "9");
    g_assert_cmpuint(back->uidvalidity, ==, 8);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 1);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* Some of what is being sent turns out to be gone. */
static void test_gone_meanwhile(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 3);
    gint64 ids[3];
    for (guint i = 0; i < 3; i++)
        ids[i] = store_writer_message_by_uid(f->writer, f->inbox, i + 1);
    gint64 copied = fixture_decide(f, fixture_intent(INTENT_COPY, f->archive, ids, 3));
    gint64 flagged = fixture_flag(f, ids[1], MAIL_FLAG_FLAGGED, 0);
    assert_ok(store_writer_intent_sending(f->writer, copied, 7, 4, fault));
    guint32 gone[] = { 2 };
    assert_ok(store_writer_intent_gone(f->writer, copied, gone, 1, fault));
    g_autoptr(Intent) left = store_writer_intent(f->writer, copied);
    g_assert_cmpstr(left->uids, ==, "1,3");
    g_assert_cmpint(fixture_state(f, flagged), ==, INTENT_CONFLICT);
    guint32 there[] = { 4, 5 };
    assert_ok(store_writer_intent_done(f->writer, copied, 7, there, 2, fault));
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 2);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 2);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* What was to be copied is expunged elsewhere first: the copy that was shown already goes, and what was decided on it with it. */
static void test_copy_of_nothing(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 10 });
    gint64 copied = fixture_decide(f, fixture_intent(INTENT_COPY, f->archive, &m, 1));
    g_autoptr(GPtrArray) shown = fixture_list(f, f->archive, STORE_ORDER_DATE);
    g_assert_cmpuint(shown->len, ==, 1);
    gint64 flagged = fixture_flag(f, ((StoreListRow *) shown->pdata[0])->id, MAIL_FLAG_FLAGGED, 0);
    guint32 gone = 5;
    assert_ok(store_writer_expunged(f->writer, f->inbox, &gone, 1, fault));
    g_assert_cmpint(fixture_state(f, copied), ==, INTENT_CONFLICT);
    g_assert_cmpint(fixture_state(f, flagged), ==, INTENT_CONFLICT);
    g_assert_cmpuint(fixture_count(f, f->archive) + fixture_count(f, f->inbox), ==, 0);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_split(void)
{
    Fixture *f = fixture_new();
    gint64 ids[2] = { fixture_put(f, f->inbox, (Mail){ .uid = 5, .id = "a@x", .date = 1 }),
                      fixture_put(f, f->archive, (Mail){ .uid = 6, .id = "b@x", .date = 2 }) };
    g_autoptr(Intent) intent = fixture_intent(INTENT_FLAGS, 0, ids, 2);
    intent->add = MAIL_FLAG_SEEN;
    g_autoptr(GArray) rows = NULL;
    assert_ok(store_writer_commit_intent(f->writer, intent, &rows, fault));
    g_assert_cmpuint(rows->len, ==, 2);
    g_autoptr(Intent) first = store_writer_intent(f->writer, g_array_index(rows, gint64, 0));
    g_autoptr(Intent) second = store_writer_intent(f->writer, g_array_index(rows, gint64, 1));
    g_assert_cmpint(first->group, ==, second->group);
    g_assert_cmpstr(first->uids, ==, "5");
    g_assert_cmpstr(second->uids, ==, "6");
    guint undone = 0;
    assert_ok(store_writer_undo(f->writer, 0, &undone, NULL, NULL, fault));
    g_assert_cmpuint(undone, ==, 2);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_mailboxes(void)
{
    Fixture *f = fixture_new();
    Intent *create = intent_new(INTENT_CREATE_MAILBOX);
    create->account_id = f->account;
    create->name = g_strdup("Lists/Été");
    gint64 created = fixture_decide(f, create);
    g_autoptr(StoreMailbox) made = store_reader_mailbox_by_name(f->reader, f->account, "Lists/Été");
    g_assert_nonnull(made);
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1 });
    fixture_decide(f, fixture_intent(INTENT_MOVE, made->id, &m, 1));
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 10);
    g_assert_cmpuint(ready->len, ==, 1); /* the mailbox first */
    assert_ok(store_writer_intent_sending(f->writer, created, 0, 0, fault));
    assert_ok(store_writer_intent_done(f->writer, created, 0, NULL, 0, fault));
    StoreMailbox listed = { .name = (char *) "Lists/Été",
                            .wire_name = (char *) "Lists/&AMk-t&AOk-",
                            .delimiter = '/' };
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_ptr_array_add(list, &listed);
    assert_ok(store_writer_sync_mailboxes(f->writer, f->account, list, FALSE, fault));
    g_autoptr(StoreMailbox) now = store_reader_mailbox(f->reader, made->id);
    g_assert_cmpstr(now->wire_name, ==, "Lists/&AMk-t&AOk-");
    Intent *rename = intent_new(INTENT_RENAME_MAILBOX);
    rename->mailbox_id = f->archive;
    rename->name = g_strdup("Old");
    gint64 renamed = fixture_decide(f, rename);
    g_autoptr(StoreMailbox) old = store_reader_mailbox_by_name(f->reader, f->account, "Old");
    g_assert_nonnull(old);
    assert_ok(store_writer_intent_state(f->writer, renamed, INTENT_FAILED, "NO", fault));
    g_assert_null(store_reader_mailbox_by_name(f->reader, f->account, "Old"));
    Intent *delete = intent_new(INTENT_DELETE_MAILBOX);
    delete->mailbox_id = f->archive;
    gint64 deleted = fixture_decide(f, delete);
    g_assert_null(store_reader_mailbox_by_name(f->reader, f->account, "Archive"));
    assert_ok(store_writer_intent_done(f->writer, deleted, 0, NULL, 0, fault));
    g_assert_null(store_reader_mailbox(f->reader, f->archive));
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_append(void)
{
    Fixture *f = fixture_new();
    g_autofree char *path = g_build_filename(f->directory, "letter.eml", NULL);
    assert_ok(g_file_set_contents(
        path, "From: Me <me@example.org>\r\nSubject: Kept\r\nMessage-ID: <kept@x>\r\n\r\nText\r\n", -1,
        fault));
    Intent *append = intent_new(INTENT_APPEND);
    append->target_mailbox_id = f->archive;
    append->path = g_strdup(path);
    append->add = MAIL_FLAG_SEEN;
    gint64 id = fixture_decide(f, append);
    g_autoptr(GPtrArray) rows = fixture_list(f, f->archive, STORE_ORDER_DATE);
    g_assert_cmpuint(rows->len, ==, 1);
    StoreListRow *row = rows->pdata[0];
    g_assert_cmpstr(row->subject, ==, "Kept");
    g_autoptr(GBytes) body = store_reader_body(f->reader, row->id, "");
    g_assert_nonnull(body);
    assert_ok(store_writer_intent_sending(f->writer, id, 7, 20, fault));
    guint32 uid = 20;
    assert_ok(store_writer_intent_done(f->writer, id, 7, &uid, 1, fault));
    g_assert_cmpint(store_writer_message_by_uid(f->writer, f->archive, 20), ==, row->id);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_late_summaries(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Intent) intent = intent_new(INTENT_FLAGS);
    intent->mailbox_id = f->inbox;
    intent->uids = g_strdup("3,9");
    intent->add = MAIL_FLAG_FLAGGED;
    assert_ok(store_writer_commit_intent(f->writer, intent, NULL, fault));
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 9, .id = "a@x", .date = 1 });
    fixture_put(f, f->inbox, (Mail){ .uid = 8, .id = "b@x", .date = 1 });
    g_autoptr(StoreListRow) row = fixture_row(f, m);
    g_assert_cmpint(row->flags, ==, MAIL_FLAG_FLAGGED);
    g_autoptr(StoreMailbox) inbox = fixture_read(f, f->inbox);
    g_assert_cmpuint(inbox->shown_flagged, ==, 1);
    g_autoptr(GPtrArray) ready = store_writer_ready_intents(f->writer, f->account, 1);
    g_assert_cmpstr(((Intent *) ready->pdata[0])->uids, ==, "3,9");
    fixture_assert_counts(f);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/journal/flags", test_flags);
    g_test_add_func("/store/journal/flags-refused", test_flags_refused);
    g_test_add_func("/store/journal/move", test_move);
    g_test_add_func("/store/journal/move-without-copyuid", test_move_without_copyuid);
    g_test_add_func("/store/journal/move-failed", test_move_failed);
    g_test_add_func("/store/journal/copy", test_copy);
    g_test_add_func("/store/journal/copy-of-what-goes", test_copy_of_what_goes);
    g_test_add_func("/store/journal/delete", test_delete);
    g_test_add_func("/store/journal/expunge", test_expunge);
    g_test_add_func("/store/journal/conflict", test_conflict);
    g_test_add_func("/store/journal/unnamed", test_unnamed);
    g_test_add_func("/store/journal/gone-meanwhile", test_gone_meanwhile);
    g_test_add_func("/store/journal/split", test_split);
    g_test_add_func("/store/journal/mailboxes", test_mailboxes);
    g_test_add_func("/store/journal/append", test_append);
    g_test_add_func("/store/journal/late-summaries", test_late_summaries);
    g_test_add_func("/store/journal/copy-of-nothing", test_copy_of_nothing);
    return g_test_run();
}
