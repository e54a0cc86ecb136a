/* The store as a file: who may open it, what it refuses, what it keeps. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "store/envelope.h"
#include "store/journal_log.h"
#include "store/schema.h"
#include "store/store-private.h"
#include "store/uidtext.h"

static void assert_private(const char *path)
{
    struct stat found;
    g_assert_cmpint(lstat(path, &found), ==, 0);
    g_assert_cmpint(found.st_mode & 077, ==, 0);
    if (!S_ISDIR(found.st_mode))
        return;
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        assert_private(child);
    }
}

/* S51: nobody else can read anything, whatever the umask. */
static void test_private(void)
{
    mode_t before = umask(0);
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1 });
    g_autofree char *large = g_strnfill(200000, 'x');
    g_autoptr(GBytes) bytes = g_bytes_new(large, 200000);
    assert_ok(store_writer_put_body(f->writer, m, "1", bytes, fault));
    fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &m, 1));
    g_autofree char *state = g_path_get_dirname(f->path);
    assert_private(state);
    umask(before);
    fixture_free(f);
}

static void test_second_writer(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_assert_null(store_writer_open(f->path, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    g_autofree char *process = g_strdup_printf("%d", (int) getpid());
    g_assert_nonnull(strstr(error->message, process));
    g_clear_error(&error);
    g_clear_pointer(&f->writer, store_writer_close);
    f->writer = store_writer_open(f->path, &error);
    g_assert_no_error(error);
    fixture_free(f);
}

static void assert_refused(Fixture *f, StoreErrorCode code)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *before = NULL, *after = NULL;
    gsize length_before = 0, length_after = 0;
    g_assert_true(g_file_get_contents(f->path, &before, &length_before, NULL));
    g_assert_null(store_writer_open(f->path, &error));
    g_assert_error(error, STORE_ERROR, (gint) code);
    g_clear_error(&error);
    g_assert_null(store_reader_open(f->path, &error));
    g_assert_error(error, STORE_ERROR, (gint) code);
    g_assert_true(g_file_get_contents(f->path, &after, &length_after, NULL));
    g_assert_cmpmem(before, length_before, after, length_after);
}

static void run_sql(Fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(f->path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
}

static void test_refused(void)
{
    Fixture *f = fixture_new();
    fixture_close(f);
    run_sql(f, "PRAGMA user_version = 999");
    assert_refused(f, STORE_ERROR_NEWER);
    /* Somebody else's database. */
    g_unlink(f->path);
    run_sql(f, "CREATE TABLE theirs (x)");
    assert_refused(f, STORE_ERROR_DAMAGED);
    /* No database at all. */
    g_assert_true(
        g_file_set_contents(f->path,
                            "This is not a store. Somebody wrote a letter over it, and it is long enough "
                            "to be taken for the hundred bytes of a database's heading.",
                            -1, NULL));
    assert_refused(f, STORE_ERROR_DAMAGED);
    g_unlink(f->path);
    g_autoptr(GError) error = NULL;
    g_assert_null(store_reader_open(f->path, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_OPEN);
    fixture_free(f);
}

/* The disk is full in the middle of a commit: words, and what was there stays. */
static void test_full(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 50);
    gint64 pages = database_int(f->writer->db, NULL, 0, "PRAGMA page_count", "");
    g_autofree char *limit = g_strdup_printf("PRAGMA max_page_count = %d", (int) pages + 2);
    assert_ok(database_script(f->writer->db, limit, fault));
    g_autoptr(GError) error = NULL;
    g_autofree char *filler = g_strnfill(30000, 'x');
    g_autoptr(GBytes) bytes = g_bytes_new(filler, 30000);
    gint64 m = store_writer_message_by_uid(f->writer, f->inbox, 1);
    g_assert_false(store_writer_put_body(f->writer, m, "1", bytes, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
    g_clear_error(&error);
    /* Within a larger transaction, too, and the writer is good for more afterwards. */
    assert_ok(store_writer_begin(f->writer, fault));
    g_assert_false(store_writer_put_body(f->writer, m, "2", bytes, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
    store_writer_rollback(f->writer);
    assert_ok(database_script(f->writer->db, "PRAGMA max_page_count = 1000000", fault));
    assert_ok(store_writer_put_body(f->writer, m, "1", bytes, fault));
    fixture_assert_counts(f);
    g_autoptr(StoreMailbox) inbox = fixture_read(f, f->inbox);
    g_assert_cmpuint(inbox->shown_total, ==, 50);
    fixture_free(f);
}

/* A call that fails within a transaction leaves what the others did. */
static void test_nested(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    gint64 none = 12345;
    assert_ok(store_writer_begin(f->writer, fault));
    fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1 });
    g_autoptr(Intent) senseless = fixture_intent(INTENT_MOVE, f->archive, &none, 1);
    g_assert_false(store_writer_commit_intent(f->writer, senseless, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_REFUSED);
    fixture_put(f, f->inbox, (Mail){ .uid = 2, .id = "b@x", .date = 2 });
    assert_ok(store_writer_commit(f->writer, fault));
    g_autoptr(StoreMailbox) inbox = fixture_read(f, f->inbox);
    g_assert_cmpuint(inbox->shown_total, ==, 2);
    assert_ok(store_writer_begin(f->writer, fault));
    fixture_put(f, f->inbox, (Mail){ .uid = 3, .id = "c@x", .date = 3 });
    store_writer_rollback(f->writer);
    fixture_assert_counts(f);
    g_assert_cmpint(store_writer_message_by_uid(f->writer, f->inbox, 3), ==, 0);
    fixture_free(f);
}

static void test_migration(void)
{
    Fixture *f = fixture_new();
    fixture_put_many(f, f->inbox, 1, 3);
    fixture_close(f);
    guint known = schema_version();
    g_autofree const char **steps = g_new0(const char *, known + 3);
    memcpy(steps, schema_steps, known * sizeof *steps);
    steps[known] = "CREATE TABLE extra (x); INSERT INTO extra SELECT count(*) FROM message;";
    g_autoptr(GError) error = NULL;
    Database *db = database_open(f->path, DATABASE_WRITE, 100, &error);
    g_assert_no_error(error);
    assert_ok(schema_migrate(db, f->path, steps, fault));
    g_assert_cmpint(database_int(db, NULL, 0, "SELECT x FROM extra", ""), ==, 3);
    g_assert_cmpint(database_int(db, NULL, 0, "PRAGMA user_version", ""), ==, known + 1);
    assert_ok(schema_migrate(db, f->path, steps, fault)); /* nothing to do */
    steps[known + 1] = "CREATE TABLE half (x); SELECT nonsense;";
    g_assert_false(schema_migrate(db, f->path, steps, &error));
    g_assert_nonnull(error);
    g_assert_cmpint(database_int(db, NULL, 0, "PRAGMA user_version", ""), ==, known + 1);
    g_assert_cmpint(database_int(db, NULL, 0, "SELECT count(*) FROM sqlite_master WHERE name = 'half'", ""),
                    ==, 0);
    database_close(db);
    fixture_free(f);
}

/* --- bodies ---------------------------------------------------------------------------------------- */

static guint count_files(const char *path)
{
    guint count = 0;
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name;
    while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        count += g_file_test(child, G_FILE_TEST_IS_DIR) ? count_files(child) : 1;
    }
    return count;
}

static void put(Fixture *f, gint64 message, const char *section, char letter, gsize length)
{
    g_autofree char *text = g_strnfill(length, letter);
    StoreBodySink *sink = store_writer_body_begin(f->writer, message, section, NULL);
    g_assert_nonnull(sink);
    for (gsize at = 0; at < length; at += 1000)
        assert_ok(store_body_sink_write(sink, text + at, MIN(1000, length - at), fault));
    assert_ok(store_body_sink_finish(sink, fault));
}

static void assert_body(Fixture *f, gint64 message, const char *section, char letter, gsize length)
{
    g_autoptr(GBytes) bytes = store_reader_body(f->reader, message, section);
    g_assert_nonnull(bytes);
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, length);
    const char *data = g_bytes_get_data(bytes, NULL);
    for (gsize i = 0; i < length; i++)
        g_assert_cmpint(data[i], ==, letter);
}

static void test_bodies(void)
{
    Fixture *f = fixture_new();
    g_autofree char *files = g_strconcat(f->path, ".bodies", NULL);
    gint64 a = fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1 });
    gint64 b = fixture_put(f, f->inbox, (Mail){ .uid = 2, .id = "b@x", .date = 2 });
    put(f, a, "1", 's', 1234);
    put(f, a, "2", 'L', 150000);
    put(f, b, "2", 'L', 150000); /* the same attachment lies there once */
    put(f, b, "1", 'e', 0);
    g_assert_cmpuint(count_files(files), ==, 1);
    assert_body(f, a, "1", 's', 1234);
    assert_body(f, b, "2", 'L', 150000);
    assert_body(f, b, "1", 'e', 0);
    g_assert_null(store_reader_body(f->reader, a, "3"));
    g_assert_null(store_reader_body_path(f->reader, a, "1"));
    g_autofree char *path = store_reader_body_path(f->reader, a, "2");
    g_assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
    StoreBodySink *sink = store_writer_body_begin(f->writer, a, "9", NULL);
    g_autofree char *text = g_strnfill(100000, 'x');
    assert_ok(store_body_sink_write(sink, text, 100000, fault));
    store_body_sink_abort(sink);
    g_assert_cmpuint(count_files(files), ==, 1);
    g_assert_null(store_reader_body(f->reader, a, "9"));
    /* Oldest unused out first. */
    assert_ok(store_writer_body_used(f->writer, a, fault));
    guint64 freed = 0;
    assert_ok(store_writer_evict(f->writer, 160000, &freed, fault));
    g_assert_cmpuint(freed, ==, 150000);
    g_assert_null(store_reader_body(f->reader, b, "2"));
    assert_body(f, a, "2", 'L', 150000);
    guint32 gone = 1;
    assert_ok(store_writer_expunged(f->writer, f->inbox, &gone, 1, fault));
    g_assert_cmpuint(count_files(files), ==, 0);
    fixture_free(f);
}

static void test_structure(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1 });
    g_autoptr(MessagePart) root = message_part_new("", "multipart", "mixed");
    MessagePart *text = message_part_new("1", "text", "plain"),
                *forwarded = message_part_new("2", "message", "rfc822"),
                *inner = message_part_new("2.1", "image", "png");
    message_part_set_parameter(text, "charset", "utf-8");
    text->octets = 1234;
    text->lines = 40;
    inner->filename = g_strdup("../é\n.png");
    inner->disposition = g_strdup("attachment");
    g_ptr_array_add(root->children, text);
    g_ptr_array_add(root->children, forwarded);
    g_ptr_array_add(forwarded->children, inner);
    assert_ok(store_writer_put_structure(f->writer, f->inbox, 1, root, fault));
    g_autoptr(StoreMessage) message = store_reader_message(f->reader, m);
    g_assert_true(message->row->has_structure && message->row->has_attachment);
    const MessagePart *found = message_part_find(message->structure, "2.1");
    g_assert_cmpstr(found->filename, ==, "../é\n.png");
    const MessagePart *plain = message_part_find(message->structure, "1");
    g_assert_cmpstr(message_part_parameter(plain, "charset"), ==, "utf-8");
    g_assert_cmpuint(plain->octets, ==, 1234);
    g_assert_cmpuint(message->structure->children->len, ==, 2);
    fixture_free(f);
}

/* --- contents ----------------------------------------------------------------------------------------- */

static void test_shared_content(void)
{
    Fixture *f = fixture_new();
    gint64 a = fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 9, .size = 500 });
    gint64 same = fixture_put(f, f->archive, (Mail){ .uid = 1, .id = "a@x", .date = 9, .size = 500 });
    /* The same Message-ID, size and Date, but delivered at another moment: not certain, so not shared. */
    gint64 other = fixture_put(f, f->archive, (Mail){ .uid = 2, .id = "a@x", .date = 9, .size = 500 });
    g_autoptr(StoreListRow) first = fixture_row(f, a);
    g_autoptr(StoreListRow) second = fixture_row(f, same);
    g_autoptr(StoreListRow) third = fixture_row(f, other);
    g_assert_cmpint(first->content_id, ==, second->content_id);
    g_assert_cmpint(first->content_id, !=, third->content_id);
    g_assert_cmpint(first->thread_id, ==, third->thread_id);
    guint32 uid = 1;
    assert_ok(store_writer_expunged(f->writer, f->inbox, &uid, 1, fault));
    g_autoptr(StoreListRow) left = fixture_row(f, same);
    g_assert_nonnull(left);
    fixture_assert_counts(f);
    fixture_free(f);
}

static void test_envelope(void)
{
    g_autoptr(MessageSummary) summary =
        fixture_summary(&(Mail){ .id = "a@x", .references = "b c", .subject = "Ünïcode" });
    g_ptr_array_add(summary->reply_to, mail_address_new("Alice", "alice@example.org"));
    g_ptr_array_add(summary->cc, mail_address_new("Group", NULL));
    g_autoptr(GString) bytes = g_string_new(NULL);
    envelope_append(bytes, summary);
    g_autoptr(MessageSummary) read = envelope_read(bytes->str, bytes->len, 77);
    g_assert_cmpstr(read->subject, ==, "Ünïcode");
    g_assert_cmpstr(read->references[1], ==, "c");
    g_assert_cmpstr(((MailAddress *) read->reply_to->pdata[0])->address, ==, "alice@example.org");
    g_assert_null(((MailAddress *) read->cc->pdata[0])->address);
    g_assert_cmpint(read->date, ==, 77);
    /* A damaged row shows less; it never reads beyond its end. */
    for (guint round = 0; round < 3000; round++) {
        gsize length = (gsize) g_test_rand_int_range(0, (gint) bytes->len + 1);
        g_autofree char *broken = g_memdup2(bytes->str, length);
        for (guint i = 0; i < 3 && length > 1; i++)
            broken[g_test_rand_int_range(1, (gint) length)] = (char) g_test_rand_int();
        g_autoptr(MessageSummary) rest = envelope_read(broken, length, 0);
        g_assert_nonnull(rest);
    }
}

static void test_uidtext(void)
{
    g_autoptr(GArray) uids = uidtext_parse("1:3,7,4294967294:4294967295", 100);
    g_assert_cmpuint(uids->len, ==, 6);
    g_autofree char *text = uidtext_format(uids);
    g_assert_cmpstr(text, ==, "1:3,7,4294967294:4294967295");
    const char *senseless[] = { "",  "0",  "3:1", "1,1",        "5,3",   "1:4294967295",
                                "x", "1,", "1:",  "4294967296", "1:2:3", NULL };
    for (guint i = 0; senseless[i] != NULL; i++)
        g_assert_null(uidtext_parse(senseless[i], 100));
}

/* --- mailboxes --------------------------------------------------------------------------------------------
 */

static void test_sidebar(void)
{
    Fixture *f = fixture_new();
    const char *names[] = { "zebra", "Work", "Work/b", "Work/a", "INBOX/Sub", "apple", "Sent" };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        fixture_mailbox(f, names[i], g_str_equal(names[i], "Sent") ? MAILBOX_ROLE_SENT : MAILBOX_ROLE_NONE);
    g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(f->reader, f->account);
    GString *order = g_string_new(NULL);
    for (guint i = 0; i < mailboxes->len; i++)
        g_string_append_printf(order, "%s ", ((StoreMailbox *) mailboxes->pdata[i])->name);
    g_assert_cmpstr(order->str, ==, "INBOX INBOX/Sub Sent Archive Trash apple Work Work/a Work/b zebra ");
    g_string_free(order, TRUE);
    /* The server's list is what there is; but a mailbox that a decision still needs stays. */
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1 });
    fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &m, 1));
    StoreMailbox inbox = {
        .name = (char *) "INBOX", .wire_name = (char *) "INBOX", .delimiter = '/', .role = MAILBOX_ROLE_INBOX
    };
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_ptr_array_add(list, &inbox);
    assert_ok(store_writer_sync_mailboxes(f->writer, f->account, list, TRUE, fault));
    g_autoptr(GPtrArray) left = store_reader_mailboxes(f->reader, f->account);
    g_assert_cmpuint(left->len, ==, 2);
    fixture_assert_counts(f);
    fixture_free(f);
}

/* --- journal.log
 * -------------------------------------------------------------------------------------------- */

static GPtrArray *read_log(Fixture *f, guint *damaged)
{
    g_autofree char *path = journal_log_path(f->path);
    g_autoptr(GError) error = NULL;
    GPtrArray *entries = journal_log_read(path, damaged, &error);
    g_assert_no_error(error);
    return entries;
}

static void test_journal_log(void)
{
    Fixture *f = fixture_new();
    guint damaged = 0;
    fixture_put_many(f, f->inbox, 1, 5);
    gint64 ids[2] = { store_writer_message_by_uid(f->writer, f->inbox, 2),
                      store_writer_message_by_uid(f->writer, f->inbox, 3) };
    gint64 moved = fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, ids, 2));
    Intent *flags = fixture_intent(INTENT_FLAGS, 0, ids, 1);
    flags->add_keywords = g_strdup("work%20 =odd");
    gint64 flagged = fixture_decide(f, flags);
    assert_ok(store_writer_intent_sending(f->writer, moved, 7, 12, fault));
    g_autoptr(GPtrArray) entries = read_log(f, &damaged);
    g_assert_cmpuint(entries->len, ==, 2);
    g_assert_cmpuint(damaged, ==, 0);
    const JournalLogEntry *move = entries->pdata[0], *flag = entries->pdata[1];
    g_assert_cmpint(move->id, ==, moved); /* its later record */
    g_assert_cmpstr(g_hash_table_lookup(move->fields, "kind"), ==, "move");
    g_assert_cmpstr(g_hash_table_lookup(move->fields, "state"), ==, "sending");
    g_assert_cmpstr(g_hash_table_lookup(move->fields, "account"), ==, "home");
    g_assert_cmpstr(g_hash_table_lookup(move->fields, "mailbox"), ==, "INBOX");
    g_assert_cmpstr(g_hash_table_lookup(move->fields, "target"), ==, "Archive");
    g_assert_cmpstr(g_hash_table_lookup(move->fields, "uids"), ==, "2:3");
    g_assert_cmpstr(g_hash_table_lookup(move->fields, "target_uidnext"), ==, "12");
    g_assert_cmpint(flag->id, ==, flagged);
    g_assert_cmpstr(g_hash_table_lookup(flag->fields, "add_keywords"), ==, "work%20 =odd");
    /* A record that was cut or changed is skipped, the others are read. */
    g_autofree char *path = journal_log_path(f->path), *text = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    strstr(text, "state=pending")[7] = 'q';
    g_autofree char *copy = g_strconcat(f->path, ".copy", NULL);
    g_assert_true(g_file_set_contents(copy, text, (gssize) length - 3, NULL));
    g_autoptr(GPtrArray) rest = journal_log_read(copy, &damaged, NULL);
    g_assert_cmpuint(damaged, ==, 2);
    g_assert_cmpuint(rest->len, ==, 1);
    /* Nothing unfinished: nothing but the heading. */
    assert_ok(store_writer_intent_done(f->writer, moved, 0, NULL, 0, fault));
    assert_ok(store_writer_intent_done(f->writer, flagged, 0, NULL, 0, fault));
    g_autofree char *empty = NULL;
    g_assert_true(g_file_get_contents(path, &empty, NULL, NULL));
    g_assert_cmpstr(empty, ==, "malle-journal 1\n");
    fixture_free(f);
}

/* The store was damaged and moved away: its decisions are put aside, not overwritten. */
static void test_foreign_log(void)
{
    Fixture *f = fixture_new();
    gint64 m = fixture_put(f, f->inbox, (Mail){ .uid = 2, .id = "a@x", .date = 1 });
    fixture_decide(f, fixture_intent(INTENT_MOVE, f->archive, &m, 1));
    fixture_close(f);
    g_autofree char *away = g_strconcat(f->path, ".damaged", NULL);
    g_assert_cmpint(g_rename(f->path, away), ==, 0);
    g_test_expect_message("malle", G_LOG_LEVEL_WARNING, "*decisions of another store*");
    fixture_reopen(f);
    g_test_assert_expected_messages();
    g_autofree char *state = g_path_get_dirname(f->path);
    g_autoptr(GDir) directory = g_dir_open(state, 0, NULL);
    const char *name;
    guint found = 0, damaged = 0;
    while ((name = g_dir_read_name(directory)) != NULL) {
        if (!g_str_has_prefix(name, "journal.log."))
            continue;
        g_autofree char *path = g_build_filename(state, name, NULL);
        g_autoptr(GPtrArray) entries = journal_log_read(path, &damaged, NULL);
        found += entries->len;
    }
    g_assert_cmpuint(found, ==, 1);
    fixture_free(f);
}

static void test_settings(void)
{
    Fixture *f = fixture_new();
    g_assert_null(store_reader_setting(f->reader, "columns"));
    assert_ok(store_writer_set_setting(f->writer, "columns", "1 2 3", fault));
    g_autofree char *value = store_reader_setting(f->reader, "columns");
    g_assert_cmpstr(value, ==, "1 2 3");
    StoreWire wire = {
        .account_id = f->account, .action = "open", .flights = 2, .up = 100, .down = 4000, .rows = 40
    };
    assert_ok(store_writer_add_wire(f->writer, &wire, fault));
    assert_ok(store_writer_add_wire(f->writer, &wire, fault));
    g_assert_cmpint(database_int(f->writer->db, NULL, 0, "SELECT flights FROM wire", ""), ==, 4);
    fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1, .keywords = "alpha Beta" });
    g_auto(GStrv) keywords = store_reader_keywords(f->reader, f->account);
    g_assert_cmpuint(g_strv_length(keywords), ==, 2);
    assert_ok(store_writer_checkpoint(f->writer, fault));
    fixture_free(f);
}

/* Whom one writes to, not who writes. */
static void test_addresses(void)
{
    Fixture *f = fixture_new();
    gint64 sent = fixture_mailbox(f, "Sent", MAILBOX_ROLE_SENT);
    fixture_put(f, f->inbox, (Mail){ .uid = 1, .id = "a@x", .date = 1, .to = "not-me@example.org" });
    fixture_put(f, sent, (Mail){ .uid = 1, .id = "b@x", .date = 1, .to = "carol@example.org" });
    fixture_put(f, sent, (Mail){ .uid = 2, .id = "c@x", .date = 2, .to = "carl_100%@example.org" });
    fixture_put(f, sent, (Mail){ .uid = 3, .id = "d@x", .date = 3, .to = "Carl_100%@example.org" });
    fixture_put(f, sent,
                (Mail){ .uid = 3, .id = "d@x", .date = 3, .to = "carol@example.org" }); /* known: not again */
    g_autoptr(GPtrArray) found = store_reader_addresses(f->reader, "CAR", 10);
    g_assert_cmpuint(found->len, ==, 2);
    g_assert_cmpstr(((MailAddress *) found->pdata[0])->address, ==, "carl_100%@example.org");
    g_autoptr(GPtrArray) literal = store_reader_addresses(f->reader, "carl_100%", 10);
    g_assert_cmpuint(literal->len, ==, 1);
    g_autoptr(GPtrArray) none = store_reader_addresses(f->reader, "%", 10);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GPtrArray) not_me = store_reader_addresses(f->reader, "not", 10);
    g_assert_cmpuint(not_me->len, ==, 0);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/file/private", test_private);
    g_test_add_func("/store/file/second-writer", test_second_writer);
    g_test_add_func("/store/file/refused", test_refused);
    g_test_add_func("/store/file/full", test_full);
    g_test_add_func("/store/file/nested", test_nested);
    g_test_add_func("/store/file/migration", test_migration);
    g_test_add_func("/store/bodies", test_bodies);
    g_test_add_func("/store/structure", test_structure);
    g_test_add_func("/store/contents/shared", test_shared_content);
    g_test_add_func("/store/contents/envelope", test_envelope);
    g_test_add_func("/store/uidtext", test_uidtext);
    g_test_add_func("/store/mailboxes/sidebar", test_sidebar);
    g_test_add_func("/store/journal-log/records", test_journal_log);
    g_test_add_func("/store/journal-log/foreign", test_foreign_log);
    g_test_add_func("/store/settings", test_settings);
    g_test_add_func("/store/addresses", test_addresses);
    return g_test_run();
}
