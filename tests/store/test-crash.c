/* Killed at any moment: a decision and what it shows are both there or both not, and what was said to be kept
 * is kept. */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

#define MESSAGES 60
#define ROUNDS 12

/* Decides about one message after the other, and says each time that it is kept. Never returns. */
static void decide_until_killed(const char *path, const gint64 *ids, gint64 target, int said)
{
    StoreWriter *writer = store_writer_open(path, NULL);
    for (guint i = 0; writer != NULL && i < MESSAGES; i++) {
        g_autoptr(Intent) intent = intent_new(i % 2 == 0 ? INTENT_MOVE : INTENT_FLAGS);
        g_autoptr(GArray) rows = NULL;
        intent->target_mailbox_id = i % 2 == 0 ? target : 0;
        intent->add = i % 2 == 0 ? 0 : MAIL_FLAG_FLAGGED;
        g_array_append_val(intent->message_ids, ids[i]);
        if (!store_writer_commit_intent(writer, intent, &rows, NULL) || write(said, "k", 1) != 1)
            break;
        if (i % 3 == 0) {
            store_writer_intent_sending(writer, g_array_index(rows, gint64, 0), 7, 100, NULL);
            store_writer_intent_done(writer, g_array_index(rows, gint64, 0), 0, NULL, 0, NULL);
        }
    }
    _exit(0);
}

static guint kill_after(pid_t child, int heard, guint most)
{
    char byte;
    guint kept = 0;
    while (kept < most && read(heard, &byte, 1) == 1)
        kept++;
    kill(child, SIGKILL);
    while (read(heard, &byte, 1) == 1) /* what was still said before the blow */
        kept++;
    g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
    return kept;
}

static void test_killed(void)
{
    for (guint round = 0; round < ROUNDS; round++) {
        Fixture *f = fixture_new();
        gint64 ids[MESSAGES];
        int pipes[2];
        fixture_put_many(f, f->inbox, 1, MESSAGES);
        for (guint i = 0; i < MESSAGES; i++)
            ids[i] = store_writer_message_by_uid(f->writer, f->inbox, i + 1);
        fixture_close(f);
        g_assert_cmpint(pipe(pipes), ==, 0);
        pid_t child = fork();
        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
            close(pipes[0]);
            decide_until_killed(f->path, ids, f->archive, pipes[1]);
        }
        close(pipes[1]);
        guint kept = kill_after(child, pipes[0], round * 4);
        close(pipes[0]);
        fixture_reopen(f);
        fixture_assert_counts(f);
        g_autoptr(GPtrArray) intents = store_reader_intents(f->reader, G_MAXUINT, 1000);
        g_assert_cmpuint(intents->len, >=, kept);
        g_assert_cmpuint(intents->len, <=, MESSAGES);
        for (guint i = 0; i < MESSAGES; i++) {
            g_autoptr(StoreListRow) row = fixture_row(f, ids[i]);
            gboolean decided = i < intents->len;
            if (i % 2 == 0)
                g_assert_cmpint(row->mailbox_id, ==, decided ? f->archive : f->inbox);
            else
                g_assert_cmpint(row->flags, ==, decided ? MAIL_FLAG_FLAGGED : 0);
        }
        fixture_free(f);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/crash/killed", test_killed);
    return g_test_run();
}
