/* A store that was cut short, written over, or is not ours: nothing is thrown away, decisions survive, and what is left is a good store. */
#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/database.h"
#include "store/repair.h"
#include "tests/store/fixture.h"

#define PAGE 4096
#define MESSAGES 300
/* Pages of a store of that size that are written over, one at a time, evenly spread. */
#define PAGES_TRIED 24

/* Some hundred messages, two decisions that wait and one that was being sent; closed. */
static Fixture *store_with_decisions(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, MESSAGES);
    assert_ok(store_writer_set_keep_here(f->writer, f->inbox, "texts 9 days", fault));
    for (guint32 uid = 1; uid <= 3; uid++) {
        gint64 id = fixture_flag(f, store_writer_message_by_uid(f->writer, f->inbox, uid * 10), MAIL_FLAG_FLAGGED, 0);
        if (uid == 3)
            assert_ok(store_writer_intent_sending(f->writer, id, 0, 0, fault));
    }
    assert_ok(store_writer_checkpoint(f->writer, fault));
    fixture_close(f);
    return f;
}

static guint unfinished(Fixture *f)
{
    fixture_reopen(f);
    guint count = store_reader_unfinished_intents(f->reader, 0);
    fixture_close(f);
    return count;
}

static goffset size_of(const char *path)
{
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    return status.st_size;
}

static void overwrite(const char *path, goffset at, gsize length)
{
    g_autofree char *garbage = g_strnfill(length, '\xa5');
    int fd = g_open(path, O_WRONLY);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(pwrite(fd, garbage, length, at), ==, length);
    close(fd);
}

static void forget_log_of_changes(Fixture *f)
{
    g_autofree char *wal = g_strconcat(f->path, "-wal", NULL), *index = g_strconcat(f->path, "-shm", NULL);
    g_unlink(wal);
    g_unlink(index);
}

/* The store is good again, the old one is beside it, and the decisions are in the journal. */
static void assert_repaired(Fixture *f, const StoreCare *care)
{
    g_assert_nonnull(care->damage);
    g_assert_true(g_file_test(care->aside, G_FILE_TEST_EXISTS));
    g_assert_cmpuint(care->adoption.adopted, ==, 3);
    g_assert_cmpuint(care->adoption.lost + care->adoption.damaged, ==, 0);
    StoreCare again;
    assert_ok(store_take_care(f->path, &again, fault));
    g_assert_null(again.damage);
    g_assert_cmpuint(again.adoption.adopted, ==, 0);
    store_care_clear(&again);
}

static void test_cut_short(void)
{
    static const double kept[] = { 0, 0.01, 0.3, 0.7, 0.95 };
    for (guint i = 0; i < G_N_ELEMENTS(kept); i++) {
        Fixture *f = store_with_decisions();
        forget_log_of_changes(f);
        g_assert_cmpint(truncate(f->path, (off_t) ((double) size_of(f->path) * kept[i])), ==, 0);
        StoreCare care;
        assert_ok(store_take_care(f->path, &care, fault));
        assert_repaired(f, &care);
        store_care_clear(&care);
        fixture_free(f);
    }
}

static void test_overwritten_page(void)
{
    Fixture *first = store_with_decisions();
    goffset pages = size_of(first->path) / PAGE;
    fixture_free(first);
    guint damaged = 0;
    for (guint i = 0; i < PAGES_TRIED; i++) {
        Fixture *f = store_with_decisions();
        forget_log_of_changes(f);
        goffset page = pages * i / PAGES_TRIED;
        overwrite(f->path, page * PAGE, PAGE);
        StoreCare care;
        assert_ok(store_take_care(f->path, &care, fault));
        if (care.damage != NULL) {
            damaged++;
            assert_repaired(f, &care);
        } else {
            g_assert_cmpuint(unfinished(f), ==, 3);
        }
        store_care_clear(&care);
        fixture_free(f);
    }
    g_test_message("%u of %u pages written over were noticed", damaged, PAGES_TRIED);
    g_assert_cmpuint(damaged, >=, PAGES_TRIED * 3 / 4); /* the others were free */
}

static void test_newer(void)
{
    Fixture *f = store_with_decisions();
    Database *db = database_open(f->path, DATABASE_WRITE, 100, NULL);
    assert_ok(database_script(db, "PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE);", fault));
    database_close(db);
    g_autofree char *before = NULL, *after = NULL;
    gsize length_before, length_after;
    g_assert_true(g_file_get_contents(f->path, &before, &length_before, NULL));
    StoreCare care;
    g_autoptr(GError) error = NULL;
    g_assert_false(store_take_care(f->path, &care, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NEWER);
    g_assert_true(g_file_get_contents(f->path, &after, &length_after, NULL));
    g_assert_cmpmem(before, length_before, after, length_after);
    store_care_clear(&care);
    fixture_free(f);
}

static void test_busy(void)
{
    Fixture *f = fixture_new();
    StoreCare care;
    g_autoptr(GError) error = NULL;
    g_assert_false(store_take_care(f->path, &care, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    store_care_clear(&care);
    fixture_free(f);
}

/* Files of bodies that are gone, and files that nothing names. */
static void test_bodies(void)
{
    Fixture *f = fixture_new();
    g_autofree char *folder = g_strconcat(f->path, ".bodies", NULL), *stray = g_build_filename(folder, "ab", "cdef", NULL);
    g_autofree char *parent = g_path_get_dirname(stray), *text = g_strnfill(100000, 'x');
    g_autoptr(GBytes) bytes = g_bytes_new(text, 100000);
    gint64 message = fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1 });
    assert_ok(store_writer_put_body(f->writer, message, "1", bytes, fault));
    g_autofree char *file = store_reader_body_path(f->reader, message, "1");
    fixture_close(f);
    g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
    g_assert_true(g_file_set_contents(stray, "stray", -1, NULL));
    StoreCare care;
    assert_ok(store_take_care(f->path, &care, fault));
    g_assert_null(care.damage);
    g_assert_cmpuint(care.files_unused, ==, 1);
    g_assert_cmpuint(care.bodies_missing, ==, 0);
    g_assert_cmpuint(care.cached, ==, 100000);
    g_assert_false(g_file_test(stray, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
    g_unlink(file);
    assert_ok(store_take_care(f->path, &care, fault));
    g_assert_cmpuint(care.bodies_missing, ==, 1);
    fixture_reopen(f);
    g_assert_null(store_reader_body(f->reader, message, "1"));
    store_care_clear(&care);
    fixture_free(f);
}

static char *threads_of(Fixture *f)
{
    GString *text = g_string_new(NULL);
    fixture_reopen(f);
    g_autoptr(GPtrArray) rows = fixture_list(f, f->inbox, STORE_ORDER_THREAD);
    for (guint i = 0; i < rows->len; i++) {
        const StoreListRow *row = rows->pdata[i];
        g_string_append_printf(text, "%s%u@%u ", row->thread_count > 0 ? "| " : "", row->uid, row->thread_depth);
    }
    fixture_close(f);
    return g_string_free(text, FALSE);
}

/* Threads that are not what the messages say are worked out anew; that is told once. */
static void test_threads(void)
{
    Fixture *f = fixture_new();
    for (guint32 uid = 1; uid <= 30; uid++) {
        g_autofree char *id = g_strdup_printf("%u@threads", uid);
        g_autofree char *before = uid % 5 != 1 ? g_strdup_printf("%u@threads", uid - 1) : NULL;
        fixture_put(f, f->inbox, (Mail){ .uid = uid, .id = id, .references = before, .date = 100 + uid });
    }
    fixture_close(f);
    g_autofree char *before = threads_of(f);
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) db = database_open(f->path, DATABASE_WRITE, 100, &error);
    g_assert_no_error(error);
    assert_ok(database_run(db, fault, "UPDATE message SET thread_id = 1 WHERE uid % 7 = 0", ""));
    assert_ok(database_run(db, fault, "UPDATE thread_list SET newest = newest + 1000, total = 3 WHERE thread_id > 20", ""));
    g_clear_pointer(&db, database_close);
    for (guint round = 0; round < 2; round++) {
        StoreCare care;
        assert_ok(store_take_care(f->path, &care, fault));
        g_assert_null(care.damage);
        g_assert_cmpint(care.threads_wrong > 0, ==, round == 0);
        store_care_clear(&care);
        g_autofree char *after = threads_of(f);
        g_assert_cmpstr(after, ==, before);
    }
    fixture_free(f);
}

/* Counts and threads that something changed behind our back: found, said, and as they were. */
static void test_counts_and_threads(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, MESSAGES);
    gint64 first = fixture_put(f, f->inbox, (Mail){ .uid = MESSAGES + 1, .id = "root@x", .date = 1 });
    fixture_flag(f, first, MAIL_FLAG_FLAGGED, 0);
    g_autoptr(StoreMailbox) before = store_reader_mailbox(f->reader, f->inbox);
    fixture_close(f);
    StoreCare care;
    assert_ok(store_take_care(f->path, &care, fault));
    g_assert_cmpuint(care.counts_wrong + care.threads_wrong, ==, 0);
    Database *db = database_open(f->path, DATABASE_WRITE, 100, NULL);
    const char *dump = "SELECT group_concat(thread_id || ',' || list || ',' || newest || ',' || total || ',' || unread) FROM thread_list";
    g_autofree char *threads = database_text(db, NULL, dump, "");
    assert_ok(database_script(db, "UPDATE mailbox SET shown_unread = 99, shown_flagged = shown_flagged + 1 WHERE name = 'INBOX';"
                                  "UPDATE thread_list SET total = total + 3 WHERE thread_id % 50 = 1;"
                                  "DELETE FROM thread_list WHERE thread_id % 50 = 2;"
                                  "INSERT INTO thread_list VALUES (1000000, 1, 5, 1, 1)", fault));
    database_close(db);
    assert_ok(store_take_care(f->path, &care, fault));
    g_assert_null(care.damage);
    g_assert_cmpuint(care.counts_wrong, ==, 1);
    g_assert_cmpuint(care.threads_wrong, >, 10);
    db = database_open(f->path, DATABASE_READ, 100, NULL);
    g_autofree char *again = database_text(db, NULL, dump, "");
    database_close(db);
    g_assert_cmpstr(again, ==, threads);
    fixture_reopen(f);
    g_autoptr(StoreMailbox) after = store_reader_mailbox(f->reader, f->inbox);
    g_assert_cmpuint(after->shown_total, ==, before->shown_total);
    g_assert_cmpuint(after->shown_unread, ==, before->shown_unread);
    g_assert_cmpuint(after->shown_flagged, ==, before->shown_flagged);
    store_care_clear(&care);
    fixture_free(f);
}

static void test_choices(void)
{
    Fixture *f = store_with_decisions();
    forget_log_of_changes(f);
    overwrite(f->path, size_of(f->path) - PAGE, PAGE);
    StoreCare care;
    assert_ok(store_take_care(f->path, &care, fault));
    if (care.damage != NULL && care.choices > 0) {
        fixture_reopen(f);
        g_autoptr(StoreAccount) account = store_reader_account_by_name(f->reader, "home");
        g_autoptr(StoreMailbox) inbox = account != NULL ? store_reader_mailbox_by_name(f->reader, account->id, "INBOX") : NULL;
        g_assert_nonnull(inbox);
        g_assert_cmpstr(inbox->keep_here, ==, "texts 9 days");
    }
    store_care_clear(&care);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/repair/cut-short", test_cut_short);
    g_test_add_func("/repair/overwritten-page", test_overwritten_page);
    g_test_add_func("/repair/newer", test_newer);
    g_test_add_func("/repair/busy", test_busy);
    g_test_add_func("/repair/bodies", test_bodies);
    g_test_add_func("/repair/counts-and-threads", test_counts_and_threads);
    g_test_add_func("/repair/choices", test_choices);
    g_test_add_func("/repair/threads", test_threads);
    return g_test_run();
}
