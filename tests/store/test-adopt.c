/* Decisions that survive their store: taken over from the journal.log of one that was damaged and moved away. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"

/* The store is gone, as after damage; its journal.log lies there. The log that was put aside for the new one. */
static char *lose_store(Fixture *f)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    fixture_close(f);
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *file = g_strconcat(f->path, suffixes[i], NULL);
        g_remove(file);
    }
    g_test_expect_message("malle", G_LOG_LEVEL_WARNING, "*decisions of another store*");
    fixture_reopen(f);
    g_test_assert_expected_messages();
    g_auto(GStrv) left = store_journal_logs_left(f->path);
    g_assert_cmpuint(g_strv_length(left), ==, 1);
    return g_strdup(left[0]);
}

static StoreAdoption adopt(Fixture *f, const char *log)
{
    StoreAdoption adoption;
    assert_ok(store_writer_adopt_journal(f->writer, log, &adoption, fault));
    return adoption;
}

static const Intent *find(const GPtrArray *intents, IntentKind kind)
{
    for (guint i = 0; i < intents->len; i++)
        if (((const Intent *) intents->pdata[i])->kind == kind)
            return intents->pdata[i];
    g_assert_not_reached();
}

/* Waiting decisions wait again, and show themselves on the summaries when these come. */
static void test_waiting(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 5);
    gint64 ids[2] = { store_writer_message_by_uid(f->writer, f->inbox, 2), store_writer_message_by_uid(f->writer, f->inbox, 3) };
    Intent *flags = fixture_intent(INTENT_FLAGS, 0, ids, 2);
    flags->add = MAIL_FLAG_FLAGGED;
    flags->add_keywords = g_strdup("work");
    fixture_decide(f, flags);
    fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, ids, 1));
    g_autofree char *log = lose_store(f);
    StoreAdoption adoption = adopt(f, log);
    g_assert_cmpuint(adoption.adopted, ==, 2);
    g_assert_cmpuint(adoption.unknown + adoption.lost + adoption.damaged, ==, 0);
    g_assert_false(g_file_test(log, G_FILE_TEST_EXISTS));
    f->inbox = fixture_mailbox(f, "INBOX", MAILBOX_ROLE_INBOX);
    f->archive = fixture_mailbox(f, "Archive", MAILBOX_ROLE_ARCHIVE);
    fixture_put_many(f, f->inbox, 1, 5);
    g_assert_cmpuint(fixture_count(f, f->inbox), ==, 4);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 1);
    g_autoptr(StoreListRow) row = fixture_row(f, store_writer_message_by_uid(f->writer, f->inbox, 3));
    g_assert_cmpint(row->flags, ==, MAIL_FLAG_FLAGGED);
    g_assert_cmpstr(row->keywords, ==, "work");
    fixture_assert_counts(f);
    fixture_free(f);
}

/* What was being sent may have been done: only the person can tell. Flags are simply set once more. */
static void test_sending(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 5);
    gint64 ids[2] = { store_writer_message_by_uid(f->writer, f->inbox, 2), store_writer_message_by_uid(f->writer, f->inbox, 3) };
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &ids[0], 1));
    gint64 flagged = fixture_flag(f, ids[1], MAIL_FLAG_FLAGGED, 0);
    assert_ok(store_writer_intent_sending(f->writer, moved, 7, 12, fault));
    assert_ok(store_writer_intent_sending(f->writer, flagged, 0, 0, fault));
    g_autofree char *log = lose_store(f);
    StoreAdoption adoption = adopt(f, log);
    g_assert_cmpuint(adoption.adopted, ==, 2);
    g_assert_cmpuint(adoption.unknown, ==, 1);
    g_autoptr(GPtrArray) intents = store_reader_intents(f->reader, G_MAXUINT, 10);
    const Intent *move = find(intents, INTENT_MOVE), *flags = find(intents, INTENT_FLAGS);
    g_assert_cmpint(move->state, ==, INTENT_UNKNOWN);
    g_assert_nonnull(move->error);
    g_assert_cmpuint(move->target_uidnext, ==, 12); /* a retry looks from there first */
    g_assert_cmpuint(move->tries, ==, 1);
    g_assert_cmpint(flags->state, ==, INTENT_PENDING);
    fixture_free(f);
}

/* Messages without a UID, and a mailbox that is numbered anew: listed with the reason, nothing is sent. */
static void test_lost(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 5);
    gint64 id = store_writer_message_by_uid(f->writer, f->inbox, 2);
    fixture_decide(f, fixture_intent(INTENT_COPY, f->archive, &id, 1));
    g_autoptr(GPtrArray) copies = fixture_list(f, f->archive, STORE_ORDER_DATE);
    fixture_flag(f, ((StoreListRow *) copies->pdata[0])->id, MAIL_FLAG_FLAGGED, 0); /* on the copy: no UID yet */
    g_autofree char *log = lose_store(f);
    StoreAdoption adoption = adopt(f, log);
    g_assert_cmpuint(adoption.adopted, ==, 1);
    g_assert_cmpuint(adoption.lost, ==, 1);
    g_autoptr(GPtrArray) intents = store_reader_intents(f->reader, G_MAXUINT, 10);
    g_assert_cmpint(find(intents, INTENT_FLAGS)->state, ==, INTENT_CONFLICT);
    g_assert_nonnull(find(intents, INTENT_FLAGS)->error);
    fixture_free(f);
}

/* Read a second time, nothing is added; damaged records are counted, the others taken. */
static void test_twice(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 5);
    gint64 id = store_writer_message_by_uid(f->writer, f->inbox, 2);
    fixture_flag(f, id, MAIL_FLAG_FLAGGED, 0);
    fixture_flag(f, id, MAIL_FLAG_SEEN, 0);
    g_autofree char *log = lose_store(f), *text = NULL;
    g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
    strstr(text, "state=pending")[7] = 'q';
    g_assert_true(g_file_set_contents(log, text, -1, NULL));
    StoreAdoption first = adopt(f, log);
    g_assert_cmpuint(first.adopted, ==, 1);
    g_assert_cmpuint(first.damaged, ==, 1);
    g_assert_true(g_file_set_contents(log, text, -1, NULL));
    StoreAdoption second = adopt(f, log);
    g_assert_cmpuint(second.adopted + second.lost, ==, 0);
    g_autoptr(GPtrArray) intents = store_reader_intents(f->reader, G_MAXUINT, 10);
    g_assert_cmpuint(intents->len, ==, 1);
    fixture_free(f);
}

/* Mailboxes made, and what was decided to go into them, in one group as before. */
static void test_mailboxes(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 2);
    gint64 id = store_writer_message_by_uid(f->writer, f->inbox, 2);
    Intent *create = fixture_intent(INTENT_CREATE_MAILBOX, 0, NULL, 0);
    create->account_id = f->account;
    create->name = g_strdup("Garden");
    gint64 made = fixture_decide(f, create);
    g_autoptr(Intent) kept = store_reader_intent(f->reader, made);
    fixture_decide(f, fixture_intent(INTENT_MOVE, kept->target_mailbox_id, &id, 1));
    g_autofree char *log = lose_store(f);
    g_assert_cmpuint(adopt(f, log).adopted, ==, 2);
    g_autoptr(GPtrArray) intents = store_reader_intents(f->reader, G_MAXUINT, 10);
    const Intent *again = find(intents, INTENT_CREATE_MAILBOX), *move = find(intents, INTENT_MOVE);
    g_assert_cmpstr(again->name, ==, "Garden");
    g_assert_cmpint(move->target_mailbox_id, ==, again->target_mailbox_id);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/adopt/waiting", test_waiting);
    g_test_add_func("/store/adopt/sending", test_sending);
    g_test_add_func("/store/adopt/lost", test_lost);
    g_test_add_func("/store/adopt/twice", test_twice);
    g_test_add_func("/store/adopt/mailboxes", test_mailboxes);
    return g_test_run();
}
