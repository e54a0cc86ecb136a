#include "config.h"

#include "fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

static void open_store(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    fixture->writer = store_writer_open(fixture->path, &error);
    g_assert_no_error(error);
    fixture->reader = store_reader_open(fixture->path, &error);
    g_assert_no_error(error);
}

Fixture *fixture_new(void)
{
    Fixture *fixture = g_new0(Fixture, 1);
    g_autoptr(GError) error = NULL;
    fixture->directory = g_dir_make_tmp("malle-store-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->path = g_build_filename(fixture->directory, "state", "store.db", NULL);
    open_store(fixture);
    fixture->account = store_writer_put_account(fixture->writer, "home", &error);
    g_assert_no_error(error);
    fixture->inbox = fixture_mailbox(fixture, "INBOX", MAILBOX_ROLE_INBOX);
    fixture->archive = fixture_mailbox(fixture, "Archive", MAILBOX_ROLE_ARCHIVE);
    fixture->trash = fixture_mailbox(fixture, "Trash", MAILBOX_ROLE_TRASH);
    return fixture;
}

void fixture_close(Fixture *fixture)
{
    g_clear_pointer(&fixture->reader, store_reader_close);
    g_clear_pointer(&fixture->writer, store_writer_close);
}

void fixture_reopen(Fixture *fixture)
{
    fixture_close(fixture);
    open_store(fixture);
}

static void remove_tree(const char *path)
{
    GDir *directory = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;
    while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_clear_pointer(&directory, g_dir_close);
    g_remove(path);
}

void fixture_free(Fixture *fixture)
{
    fixture_close(fixture);
    remove_tree(fixture->directory);
    g_free(fixture->directory);
    g_free(fixture->path);
    g_free(fixture);
}

gint64 fixture_mailbox(Fixture *fixture, const char *name, MailboxRole role)
{
    g_autoptr(GError) error = NULL;
    StoreMailbox mailbox = {
        .name = (char *) name, .wire_name = (char *) name, .delimiter = '/', .role = role
    };
    gint64 id = store_writer_put_mailbox(fixture->writer, fixture->account, &mailbox, &error);
    g_assert_no_error(error);
    StoreMailbox selected = { .id = id,
                              .uidvalidity = 7,
                              .uidnext = 1,
                              .permanent_flags = (char *) "\\Seen \\Flagged \\Deleted \\Answered \\*",
                              .attributes = MAILBOX_NEW_KEYWORDS };
    store_writer_set_selected(fixture->writer, &selected, NULL, &error);
    g_assert_no_error(error);
    return id;
}

MessageSummary *fixture_summary(const Mail *mail)
{
    MessageSummary *summary = message_summary_new();
    summary->subject = g_strdup(mail->subject != NULL ? mail->subject : "Hello");
    summary->message_id = g_strdup(mail->id);
    summary->date = mail->date;
    g_ptr_array_add(summary->from,
                    mail_address_new(mail->from != NULL ? mail->from : "Alice", "alice@example.org"));
    g_ptr_array_add(summary->to, mail_address_new(NULL, mail->to != NULL ? mail->to : "bob@example.org"));
    if (mail->references != NULL) {
        g_strfreev(summary->references);
        summary->references = g_strsplit(mail->references, " ", -1);
    }
    return summary;
}

gint64 fixture_put(Fixture *fixture, gint64 mailbox, Mail mail)
{
    g_autoptr(MessageSummary) summary = fixture_summary(&mail);
    StoreMessageInput input = { .uid = mail.uid,
                                .flags = mail.flags,
                                .keywords = mail.keywords,
                                .internal_date = mail.arrived != 0 ? mail.arrived : 5000 + mail.uid,
                                .size = mail.size != 0 ? mail.size : 100 + mail.uid,
                                .summary = summary };
    assert_ok(store_writer_put_messages(fixture->writer, mailbox, &input, 1, fault));
    return store_writer_message_by_uid(fixture->writer, mailbox, mail.uid);
}

void fixture_put_many(Fixture *fixture, gint64 mailbox, guint32 first, guint count)
{
    assert_ok(store_writer_begin(fixture->writer, fault));
    for (guint i = 0; i < count; i++) {
        g_autofree char *id = g_strdup_printf("m%u@test", first + i);
        fixture_put(fixture, mailbox, (Mail){ .uid = first + i, .id = id, .date = 1000 + first + i });
    }
    assert_ok(store_writer_commit(fixture->writer, fault));
}

Intent *fixture_intent(IntentKind kind, gint64 target, const gint64 *ids, guint count)
{
    Intent *intent = intent_new(kind);
    intent->target_mailbox_id = target;
    g_array_append_vals(intent->message_ids, ids, count);
    return intent;
}

gint64 fixture_decide(Fixture *fixture, Intent *intent)
{
    g_autoptr(GArray) ids = NULL;
    assert_ok(store_writer_commit_intent(fixture->writer, intent, &ids, fault));
    intent_free(intent);
    g_assert_cmpuint(ids->len, ==, 1);
    return g_array_index(ids, gint64, 0);
}

static gint64 ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &s, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(s), ==, SQLITE_ROW);
    gint64 value = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return value;
}

/* The kept numbers, against what counting the rows says. */
void fixture_assert_counts(Fixture *fixture)
{
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM mailbox b WHERE shown_total <> (SELECT count(*) FROM "
                            "message WHERE shown_mailbox = b.id)"),
                    ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM mailbox b WHERE shown_unread <> (SELECT count(*) FROM "
                            "message WHERE shown_mailbox = b.id AND NOT shown_flags & 1)"),
                    ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM mailbox b WHERE shown_flagged <> (SELECT count(*) FROM "
                            "message WHERE shown_mailbox = b.id AND shown_flags & 4)"),
                    ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM message WHERE unread <> NOT (shown_flags & 1)"), ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM (SELECT thread_id, shown_mailbox AS list, max(date) AS "
                            "newest, count(*) AS total, sum(unread) AS unread FROM message"
                            " WHERE shown_mailbox IS NOT NULL GROUP BY 1, 2 EXCEPT SELECT thread_id, list, "
                            "newest, total, unread FROM thread_list)"),
                    ==, 0);
    g_assert_cmpint(ask(db, "SELECT (SELECT count(*) FROM thread_list WHERE list > 0) - (SELECT count(*) "
                            "FROM (SELECT DISTINCT thread_id, shown_mailbox"
                            " FROM message WHERE shown_mailbox IS NOT NULL))"),
                    ==, 0);
    g_assert_cmpint(ask(db,
                        "SELECT count(*) FROM view v WHERE total <> (SELECT count(*) FROM view_message WHERE "
                        "view_id = v.id)"
                        " OR unread <> (SELECT count(*) FROM view_message WHERE view_id = v.id AND unread)"),
                    ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM (SELECT id, placements FROM content EXCEPT SELECT "
                            "content_id, count(*) FROM message GROUP BY 1)"),
                    ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM message WHERE content_id NOT IN (SELECT id FROM content)"),
                    ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM message m WHERE pending <> (SELECT count(*) FROM "
                            "intent_message l JOIN intent i ON i.id = l.intent_id"
                            " WHERE i.state IN (0, 1, 5) AND (l.message_id = m.id OR l.copy_id = m.id))"),
                    ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM intent_message WHERE message_id IS NOT NULL AND message_id "
                            "NOT IN (SELECT id FROM message)"),
                    ==, 0);
    sqlite3_close(db);
}

StoreMailbox *fixture_read(Fixture *fixture, gint64 mailbox)
{
    StoreMailbox *read = store_reader_mailbox(fixture->reader, mailbox);
    g_assert_nonnull(read);
    return read;
}

GPtrArray *fixture_list(Fixture *fixture, gint64 mailbox, StoreOrder order)
{
    g_autoptr(GError) error = NULL;
    StoreListSpec spec = { .mailbox_id = mailbox, .order = order };
    GPtrArray *rows = store_reader_window(fixture->reader, &spec, NULL, 0, 1000000, NULL, &error);
    g_assert_no_error(error);
    return rows;
}

StoreListRow *fixture_row(Fixture *fixture, gint64 message)
{
    g_autoptr(StoreMessage) read = store_reader_message(fixture->reader, message);
    return read != NULL ? g_steal_pointer(&read->row) : NULL;
}

guint fixture_count(Fixture *f, gint64 mailbox)
{
    g_autoptr(StoreMailbox) read = fixture_read(f, mailbox);
    return read->shown_total;
}

IntentState fixture_state(Fixture *f, gint64 id)
{
    g_autoptr(Intent) intent = store_reader_intent(f->reader, id);
    g_assert_nonnull(intent);
    return intent->state;
}

gint64 fixture_flag(Fixture *f, gint64 message, MailFlags add, MailFlags remove)
{
    Intent *intent = fixture_intent(INTENT_FLAGS, 0, &message, 1);
    intent->add = add;
    intent->remove = remove;
    return fixture_decide(f, intent);
}
