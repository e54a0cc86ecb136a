/* Letters that are sent: exactly once, or unknown; whom the server accepted is never sent to again. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"

#define LETTER "From: Me <me@example.org>\r\nSubject: Sent\r\nMessage-ID: <sent@x>\r\n\r\nText\r\n"

static Intent *letter(Fixture *f, gint64 copy, const char *first, const char *second)
{
    g_autofree char *path = g_build_filename(f->directory, "letter.eml", NULL);
    assert_ok(g_file_set_contents(path, LETTER, -1, fault));
    Intent *intent = intent_new(INTENT_SEND);
    intent->account_id = f->account;
    intent->target_mailbox_id = copy;
    intent->path = g_strdup(path);
    intent->sender = g_strdup("me@example.org");
    intent_add_recipient(intent, first);
    if (second != NULL)
        intent_add_recipient(intent, second);
    return intent;
}

static guint ready(Fixture *f, gint64 now)
{
    g_autoptr(GPtrArray) found = store_writer_ready_sendings(f->writer, f->account, now, 10);
    return found->len;
}

static void assert_recipient(Fixture *f, gint64 id, guint n, RecipientState state, const char *words)
{
    g_autoptr(Intent) intent = store_writer_intent(f->writer, id);
    const IntentRecipient *recipient = g_ptr_array_index(intent->recipients, n);
    g_assert_cmpint(recipient->state, ==, state);
    g_assert_cmpstr(recipient->words, ==, words);
}

static void begin(Fixture *f, gint64 id, gboolean last_octets)
{
    assert_ok(store_writer_intent_sending(f->writer, id, 0, 0, fault));
    if (last_octets)
        assert_ok(store_writer_sending_last_octets(f->writer, id, fault));
}

static void answer(Fixture *f, gint64 id, const IntentRecipient *verdicts, guint count, gint64 retry_at)
{
    assert_ok(store_writer_sending_answered(f->writer, id, verdicts, count, retry_at, fault));
}

static guint copies_decided(Fixture *f)
{
    g_autoptr(GPtrArray) found = store_writer_ready_intents(f->writer, f->account, 10);
    for (guint i = 0; i < found->len; i++)
        g_assert_cmpint(((Intent *) found->pdata[i])->kind, ==, INTENT_APPEND);
    return found->len;
}

/* Kept by itself, in the order and at the time that was decided; nothing of it is the IMAP link's. */
static void test_committed(void)
{
    Fixture *f = fixture_new();
    Intent *decided = letter(f, 0, "a@x", "b@x");
    decided->not_before = 500;
    g_autofree char *own = g_strdup(decided->path);
    gint64 id = fixture_decide(f, decided);
    g_unlink(own);
    fixture_reopen(f);
    g_autoptr(Intent) kept = store_writer_intent(f->writer, id);
    g_autofree char *text = NULL;
    GStatBuf status;
    assert_ok(g_file_get_contents(kept->path, &text, NULL, fault));
    g_assert_cmpstr(text, ==, LETTER);
    g_assert_cmpint(g_stat(kept->path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    g_assert_cmpstr(kept->sender, ==, "me@example.org");
    g_assert_cmpuint(kept->recipients->len, ==, 2);
    g_assert_cmpstr(((IntentRecipient *) kept->recipients->pdata[1])->address, ==, "b@x");
    g_assert_cmpuint(ready(f, 499), ==, 0);
    g_assert_cmpuint(ready(f, 500), ==, 1);
    g_assert_cmpint(store_writer_next_sending(f->writer, f->account), ==, 500);
    g_assert_cmpuint(copies_decided(f), ==, 0);
    fixture_free(f);
}

static void test_refused_addresses(void)
{
    static const char *const bad[] = { "", "a@x\r\nRCPT TO:<b@x>", "a@x\n", "a@x> ORCPT=x", "a b@x", "<a@x>", "\"a@x", "a@x\x7f", "\"a\\\n\"@x" };
    Fixture *f = fixture_new();
    for (guint i = 0; i < 2 * G_N_ELEMENTS(bad); i++) {
        g_autoptr(Intent) intent = letter(f, 0, i % 2 == 0 ? bad[i / 2] : "a@x", NULL);
        g_autoptr(GError) error = NULL;
        if (i % 2 == 1) {
            if (i == 1)
                continue; /* the null reverse-path is a sender */
            g_free(intent->sender);
            intent->sender = g_strdup(bad[i / 2]);
        }
        g_assert_false(store_writer_commit_intent(f->writer, intent, NULL, &error));
        g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    }
    g_autoptr(Intent) nobody = letter(f, 0, "a@x", NULL);
    g_ptr_array_set_size(nobody->recipients, 0);
    g_autoptr(GError) error = NULL;
    g_assert_false(store_writer_commit_intent(f->writer, nobody, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    g_assert_cmpuint(ready(f, G_MAXINT64), ==, 0);
    fixture_decide(f, letter(f, 0, "\"a b <c>\"@x", "b\\@x"));
    g_assert_cmpuint(ready(f, G_MAXINT64), ==, 1);
    fixture_free(f);
}

/* Only those refused for now are tried again; the copy is decided once, with the first acceptance. */
static void test_partial(void)
{
    Fixture *f = fixture_new();
    gint64 id = fixture_decide(f, letter(f, f->archive, "a@x", "b@x"));
    begin(f, id, TRUE);
    g_assert_cmpuint(ready(f, G_MAXINT64), ==, 0);
    g_assert_cmpuint(copies_decided(f), ==, 0);
    const IntentRecipient first[] = { { NULL, RECIPIENT_ACCEPTED, NULL }, { NULL, RECIPIENT_WAITING, (char *) "450 later" } };
    answer(f, id, first, 2, 900);
    g_assert_cmpint(fixture_state(f, id), ==, INTENT_PENDING);
    assert_recipient(f, id, 0, RECIPIENT_ACCEPTED, NULL);
    assert_recipient(f, id, 1, RECIPIENT_WAITING, "450 later");
    g_assert_cmpuint(ready(f, 899), ==, 0);
    g_assert_cmpuint(ready(f, 900), ==, 1);
    g_assert_cmpuint(copies_decided(f), ==, 1);
    /* It is no longer only here. */
    g_autoptr(GError) error = NULL;
    g_autoptr(Intent) intent = store_writer_intent(f->writer, id);
    g_assert_false(store_writer_undo(f->writer, intent->group, NULL, NULL, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    begin(f, id, TRUE);
    /* What is said of one that was accepted before is not heard. */
    const IntentRecipient second[] = { { NULL, RECIPIENT_REFUSED, (char *) "550 no" }, { NULL, RECIPIENT_REFUSED, (char *) "550 nobody" } };
    answer(f, id, second, 2, 0);
    g_assert_cmpint(fixture_state(f, id), ==, INTENT_FAILED);
    assert_recipient(f, id, 0, RECIPIENT_ACCEPTED, NULL);
    assert_recipient(f, id, 1, RECIPIENT_REFUSED, "550 nobody");
    g_assert_cmpuint(copies_decided(f), ==, 1);
    g_autoptr(Intent) failed = store_writer_intent(f->writer, id);
    g_assert_cmpstr(failed->error, ==, "550 nobody");
    g_assert_true(g_file_test(failed->path, G_FILE_TEST_EXISTS));
    /* Tried again by the person: that one only. */
    assert_ok(store_writer_intent_state(f->writer, id, INTENT_PENDING, NULL, fault));
    assert_recipient(f, id, 0, RECIPIENT_ACCEPTED, NULL);
    begin(f, id, TRUE);
    const IntentRecipient third[] = { { NULL, RECIPIENT_ACCEPTED, NULL }, { NULL, RECIPIENT_ACCEPTED, NULL } };
    answer(f, id, third, 2, 0);
    g_assert_cmpint(fixture_state(f, id), ==, INTENT_DONE);
    g_assert_cmpuint(copies_decided(f), ==, 1);
    fixture_free(f);
}

/* The letter and its copy live by themselves: the one that ends first does not take the other's file. */
static void test_copy_has_its_own_file(void)
{
    Fixture *f = fixture_new();
    gint64 id = fixture_decide(f, letter(f, f->archive, "a@x", "b@x"));
    begin(f, id, TRUE);
    const IntentRecipient verdicts[] = { { NULL, RECIPIENT_ACCEPTED, NULL }, { NULL, RECIPIENT_WAITING, (char *) "450 later" } };
    answer(f, id, verdicts, 2, 0);
    g_assert_cmpuint(fixture_count(f, f->archive), ==, 1);
    g_autoptr(GPtrArray) found = store_writer_ready_intents(f->writer, f->account, 10);
    const Intent *append = g_ptr_array_index(found, 0);
    guint32 uid = 20;
    assert_ok(store_writer_intent_sending(f->writer, append->id, 7, 20, fault));
    assert_ok(store_writer_intent_done(f->writer, append->id, 7, &uid, 1, fault));
    fixture_reopen(f);
    g_autoptr(Intent) waiting = store_writer_intent(f->writer, id);
    g_assert_cmpstr(waiting->path, !=, append->path);
    g_assert_false(g_file_test(append->path, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(waiting->path, G_FILE_TEST_EXISTS));
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_copy_refused(void)
{
    Fixture *f = fixture_new();
    gint64 id = fixture_decide(f, letter(f, 4711, "a@x", NULL));
    begin(f, id, TRUE);
    const IntentRecipient accepted = { NULL, RECIPIENT_ACCEPTED, NULL };
    answer(f, id, &accepted, 1, 0);
    g_autoptr(Intent) intent = store_writer_intent(f->writer, id);
    g_assert_cmpint(intent->state, ==, INTENT_DONE);
    g_assert_nonnull(intent->error);
    g_assert_cmpuint(copies_decided(f), ==, 0);
    fixture_free(f);
}

/* Cut by the link, or by the end of Malle: unknown only when the last octets may have gone. */
static void test_cut(void)
{
    for (guint i = 0; i < 4; i++) {
        gboolean last = (i & 1) != 0, crash = (i & 2) != 0;
        Fixture *f = fixture_new();
        gint64 id = fixture_decide(f, letter(f, f->archive, "a@x", NULL));
        begin(f, id, last);
        if (crash)
            fixture_reopen(f);
        else
            assert_ok(store_writer_sending_cut(f->writer, id, "link lost", 700, fault));
        g_assert_cmpint(fixture_state(f, id), ==, last ? INTENT_UNKNOWN : INTENT_PENDING);
        g_assert_cmpuint(ready(f, G_MAXINT64), ==, last ? 0 : 1);
        g_assert_cmpuint(ready(f, 699), ==, !last && crash ? 1 : 0);
        g_assert_cmpuint(copies_decided(f), ==, 0);
        fixture_reopen(f);
        g_assert_cmpint(fixture_state(f, id), ==, last ? INTENT_UNKNOWN : INTENT_PENDING);
        fixture_free(f);
    }
}

/* A letter whose end may have gone is not made pending behind the person's back. */
static void test_not_pending_in_silence(void)
{
    Fixture *f = fixture_new();
    gint64 id = fixture_decide(f, letter(f, 0, "a@x", NULL));
    begin(f, id, TRUE);
    assert_ok(store_writer_intent_state(f->writer, id, INTENT_PENDING, NULL, fault));
    g_assert_cmpint(fixture_state(f, id), ==, INTENT_UNKNOWN);
    /* Asked, the person says: again. */
    assert_ok(store_writer_intent_state(f->writer, id, INTENT_PENDING, NULL, fault));
    g_assert_cmpuint(ready(f, 0), ==, 1);
    begin(f, id, FALSE);
    assert_ok(store_writer_sending_cut(f->writer, id, NULL, 0, fault));
    g_assert_cmpint(fixture_state(f, id), ==, INTENT_PENDING);
    fixture_free(f);
}

static void test_known_to_have_gone(void)
{
    Fixture *f = fixture_new();
    gint64 id = fixture_decide(f, letter(f, f->archive, "a@x", NULL));
    begin(f, id, TRUE);
    assert_ok(store_writer_sending_cut(f->writer, id, NULL, 0, fault));
    assert_ok(store_writer_intent_state(f->writer, id, INTENT_DONE, NULL, fault));
    assert_recipient(f, id, 0, RECIPIENT_ACCEPTED, NULL);
    g_assert_cmpuint(copies_decided(f), ==, 1);
    fixture_free(f);
}

/* In the hold, and as long as nothing of it can have gone. */
static void test_undo(void)
{
    Fixture *f = fixture_new();
    gint64 held = fixture_decide(f, letter(f, 0, "a@x", NULL));
    begin(f, held, FALSE);
    assert_ok(store_writer_sending_cut(f->writer, held, NULL, 900, fault));
    guint undone = 0;
    assert_ok(store_writer_undo(f->writer, 0, &undone, NULL, NULL, fault));
    g_assert_cmpuint(undone, ==, 1);
    g_assert_cmpint(fixture_state(f, held), ==, INTENT_UNDONE);
    g_assert_cmpuint(ready(f, G_MAXINT64), ==, 0);
    gint64 gone = fixture_decide(f, letter(f, 0, "a@x", NULL));
    begin(f, gone, TRUE);
    g_autoptr(GError) error = NULL;
    g_assert_false(store_writer_undo(f->writer, gone, NULL, NULL, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    g_assert_cmpint(fixture_state(f, gone), ==, INTENT_SENDING);
    fixture_free(f);
}

/* The mark is for a letter that is being sent: nothing else may end. */
static void test_out_of_turn(void)
{
    Fixture *f = fixture_new();
    gint64 id = fixture_decide(f, letter(f, 0, "a@x", NULL));
    const IntentRecipient accepted = { NULL, RECIPIENT_ACCEPTED, NULL };
    g_autoptr(GError) error = NULL;
    g_assert_false(store_writer_sending_last_octets(f->writer, id, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NO_SUCH);
    g_clear_error(&error);
    g_assert_false(store_writer_sending_answered(f->writer, id, &accepted, 1, 0, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NO_SUCH);
    g_assert_cmpuint(ready(f, 0), ==, 1);
    fixture_free(f);
}

/* The store is lost: those accepted are not sent to again, and what may have gone is unknown. */
static void test_adopted(void)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    Fixture *f = fixture_new();
    gint64 partial = fixture_decide(f, letter(f, f->archive, "a@x", "\"b c\"@x"));
    begin(f, partial, TRUE);
    const IntentRecipient verdicts[] = { { NULL, RECIPIENT_ACCEPTED, NULL }, { NULL, RECIPIENT_WAITING, (char *) "450 later" } };
    answer(f, partial, verdicts, 2, 900);
    begin(f, fixture_decide(f, letter(f, 0, "c@x", NULL)), TRUE);
    fixture_close(f);
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *file = g_strconcat(f->path, suffixes[i], NULL);
        g_remove(file);
    }
    g_test_expect_message("malle", G_LOG_LEVEL_WARNING, "*decisions of another store*");
    fixture_reopen(f);
    g_test_assert_expected_messages();
    g_auto(GStrv) left = store_journal_logs_left(f->path);
    StoreAdoption adoption;
    assert_ok(store_writer_adopt_journal(f->writer, left[0], &adoption, fault));
    g_assert_cmpuint(adoption.adopted, ==, 3); /* and the copy */
    g_assert_cmpuint(adoption.unknown, ==, 1);
    g_autoptr(GPtrArray) found = store_writer_ready_sendings(f->writer, f->account, 900, 10);
    g_assert_cmpuint(found->len, ==, 1);
    const Intent *waiting = g_ptr_array_index(found, 0);
    g_assert_cmpuint(waiting->recipients->len, ==, 1);
    g_assert_cmpstr(((IntentRecipient *) waiting->recipients->pdata[0])->address, ==, "\"b c\"@x");
    g_assert_cmpint(waiting->target_mailbox_id, ==, INTENT_NO_COPY); /* its copy is under way */
    g_assert_cmpint(waiting->not_before, ==, 900);
    g_assert_true(g_file_test(waiting->path, G_FILE_TEST_EXISTS));
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outbox/committed", test_committed);
    g_test_add_func("/outbox/refused-addresses", test_refused_addresses);
    g_test_add_func("/outbox/partial", test_partial);
    g_test_add_func("/outbox/copy-has-its-own-file", test_copy_has_its_own_file);
    g_test_add_func("/outbox/copy-refused", test_copy_refused);
    g_test_add_func("/outbox/cut", test_cut);
    g_test_add_func("/outbox/not-pending-in-silence", test_not_pending_in_silence);
    g_test_add_func("/outbox/known-to-have-gone", test_known_to_have_gone);
    g_test_add_func("/outbox/undo", test_undo);
    g_test_add_func("/outbox/out-of-turn", test_out_of_turn);
    g_test_add_func("/outbox/adopted", test_adopted);
    return g_test_run();
}
