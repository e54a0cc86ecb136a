/* Maildir, mbox, folders and discovery, on files made here. */
#include "config.h"
#include "local/discover.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *root;
} Place;

static void set_up(Place *place, gconstpointer unused)
{
    (void)unused;
    place->root = g_dir_make_tmp("malle-local-XXXXXX", NULL);
    g_assert_nonnull(place->root);
}

static void remove_tree(const char *path)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
        g_chmod(path, 0700);
        GDir *directory = g_dir_open(path, 0, NULL);
        for (const char *name; directory && (name = g_dir_read_name(directory)) != NULL;) {
            g_autofree char *child = g_build_filename(path, name, NULL);
            remove_tree(child);
        }
        if (directory)
            g_dir_close(directory);
    }
    g_remove(path);
}

static void tear_down(Place *place, gconstpointer unused)
{
    (void)unused;
    remove_tree(place->root);
    g_free(place->root);
}

static char *put(const Place *place, const char *name, const char *content)
{
    char *path = g_build_filename(place->root, name, NULL);
    g_autofree char *directory = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(directory, 0700), ==, 0);
    if (content)
        g_assert_true(g_file_set_contents(path, content, -1, NULL));
    else
        g_assert_cmpint(g_mkdir_with_parents(path, 0700), ==, 0);
    return path;
}

static void put_only(const Place *place, const char *name, const char *content)
{
    g_autofree char *path = put(place, name, content);
}

static void assert_message(LocalMailbox *mailbox, const LocalMessage *message, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = local_mailbox_read(mailbox, message->key, &error);
    g_assert_no_error(error);
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = g_strndup(data ? data : "", length);
    g_assert_cmpstr(text, ==, expected);
}

static LocalMailbox *open_mailbox(const char *path, LocalFormat format)
{
    g_autoptr(GError) error = NULL;
    LocalMailbox *mailbox = local_mailbox_open(path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(local_mailbox_format(mailbox), ==, format);
    return mailbox;
}

static void test_maildir(Place *place, gconstpointer unused)
{
    (void)unused;
    put_only(place, "md/new/1.a", "Subject: new\n\n1\n");
    put_only(place, "md/cur/2.b,S=20:2,FS", "Subject: two\n\n2\n");
    put_only(place, "md/cur/3.c:2,RSTab", "Subject: three\n\n3\n");
    put_only(place, "md/cur/.hidden", "no\n");
    put_only(place, "md/dovecot-keywords", "0 family\n1 $Forwarded\n");
    g_autofree char *secret = put(place, "secret", "not mail\n");
    g_autofree char *link = g_build_filename(place->root, "md/cur/4.link:2,", NULL);
    g_assert_cmpint(symlink(secret, link), ==, 0);
    g_autofree char *path = put(place, "md", NULL);

    g_autoptr(LocalMailbox) mailbox = open_mailbox(path, LOCAL_MAILDIR);
    g_autoptr(GPtrArray) messages = local_mailbox_list(mailbox, NULL);
    g_assert_cmpuint(messages->len, ==, 3); /* the link is not one */
    const LocalMessage *one = g_ptr_array_index(messages, 0), *two = g_ptr_array_index(messages, 1),
                       *three = g_ptr_array_index(messages, 2);
    g_assert_cmpstr(one->key, ==, "1.a");
    g_assert_cmpint(one->flags, ==, 0);
    g_assert_cmpint(two->flags, ==, MAIL_FLAG_SEEN | MAIL_FLAG_FLAGGED);
    g_assert_cmpint(three->flags, ==,
                    MAIL_FLAG_ANSWERED | MAIL_FLAG_SEEN | MAIL_FLAG_DELETED | MAIL_FLAG_FORWARDED);
    g_assert_cmpstr(three->keywords, ==, "family");
    g_assert_cmpuint(two->size, ==, strlen("Subject: two\n\n2\n"));
    assert_message(mailbox, two, "Subject: two\n\n2\n");

    /* Another program flags it, so its file has another name: the key still finds it. */
    g_autofree char *before = g_build_filename(path, "cur/2.b,S=20:2,FS", NULL);
    g_autofree char *after = g_build_filename(path, "cur/2.b,S=20:2,S", NULL);
    g_assert_cmpint(g_rename(before, after), ==, 0);
    assert_message(mailbox, two, "Subject: two\n\n2\n");
    g_assert_cmpint(g_unlink(after), ==, 0);
    g_autoptr(GError) error = NULL;
    g_assert_null(local_mailbox_read(mailbox, two->key, &error));
    g_assert_error(error, LOCAL_ERROR, LOCAL_ERROR_CHANGED);
    g_autofree char *fresh = g_build_filename(path, "new/1.a", NULL);
    g_assert_true(g_file_test(fresh, G_FILE_TEST_EXISTS)); /* reading moved nothing */
}

static const char mbox_text[] =
    "From a@x Tue Mar  3 14:32:10 2026\nSubject: one\nStatus: RO\nX-Status: AF\nX-Keywords: family "
    "$Forwarded\n\n"
    "From here the text goes on\n\n>From quoted once\n>>From twice\n\n"
    "From b@y Wed Mar  4 09:00:00 2026\nSubject: two\n\nsecond\n\nFrom nobody in particular\nno separator\n";

static void test_mbox(Place *place, gconstpointer unused)
{
    (void)unused;
    g_autofree char *path = put(place, "box", mbox_text);
    g_autoptr(LocalMailbox) mailbox = open_mailbox(path, LOCAL_MBOX);
    g_autoptr(GPtrArray) messages = local_mailbox_list(mailbox, NULL);
    g_assert_cmpuint(messages->len, ==, 2);
    const LocalMessage *one = g_ptr_array_index(messages, 0), *two = g_ptr_array_index(messages, 1);
    g_assert_cmpint(one->internal_date, ==, 1772548330);
    g_assert_cmpint(one->flags, ==,
                    MAIL_FLAG_SEEN | MAIL_FLAG_ANSWERED | MAIL_FLAG_FLAGGED | MAIL_FLAG_FORWARDED);
    g_assert_cmpstr(one->keywords, ==, "family");
    assert_message(mailbox, one,
                   "Subject: one\nStatus: RO\nX-Status: AF\nX-Keywords: family $Forwarded\n\n"
                   "From here the text goes on\n\nFrom quoted once\n>From twice\n");
    assert_message(mailbox, two, "Subject: two\n\nsecond\n\nFrom nobody in particular\nno separator\n");
    g_autofree char *kept = g_strdup(two->key);

    /* The same file again gives the same keys; a changed one says so. */
    g_autoptr(LocalMailbox) again = open_mailbox(path, LOCAL_MBOX);
    g_autoptr(GBytes) found = local_mailbox_read(again, kept, NULL);
    g_assert_nonnull(found);
    put_only(place, "box", "From b@y Wed Mar  4 09:00:00 2026\nSubject: other\n\nx\n");
    g_autoptr(GError) error = NULL;
    g_assert_null(local_mailbox_read(mailbox, kept, &error));
    g_assert_error(error, LOCAL_ERROR, LOCAL_ERROR_CHANGED);
}

static void test_mbox_with_lengths(Place *place, gconstpointer unused)
{
    (void)unused;
    /* mboxcl2: the body holds what looks like a separator, and Content-Length is right; then one where it is
     * wrong. */
    static const char body[] = "text\n\nFrom c@z Wed Mar  4 09:00:00 2026\nstill the first\n";
    g_autofree char *text =
        g_strdup_printf("From a@x Tue Mar  3 14:32:10 2026\nSubject: one\nContent-Length: %zu\n\n%s\n"
                        "From b@y Wed Mar  4 09:00:00 2026\nSubject: two\nContent-Length: 999999\n\nsecond\n",
                        strlen(body), body);
    g_autofree char *path = put(place, "box", text);
    g_autoptr(LocalMailbox) mailbox = open_mailbox(path, LOCAL_MBOX);
    g_autoptr(GPtrArray) messages = local_mailbox_list(mailbox, NULL);
    g_assert_cmpuint(messages->len, ==, 2);
    g_autofree char *first = g_strdup_printf("Subject: one\nContent-Length: %zu\n\n%s", strlen(body), body);
    assert_message(mailbox, g_ptr_array_index(messages, 0), first);
    assert_message(mailbox, g_ptr_array_index(messages, 1),
                   "Subject: two\nContent-Length: 999999\n\nsecond\n");
}

static void test_broken_mboxes(Place *place, gconstpointer unused)
{
    (void)unused;
    g_autofree char *empty = put(place, "empty", "");
    g_autoptr(LocalMailbox) nothing = open_mailbox(empty, LOCAL_MBOX);
    g_autoptr(GPtrArray) none = local_mailbox_list(nothing, NULL);
    g_assert_cmpuint(none->len, ==, 0);

    g_autofree char *bare = put(place, "bare", "From a@x Tue Mar  3 14:32:10 2026\n");
    g_autoptr(LocalMailbox) one = open_mailbox(bare, LOCAL_MBOX);
    g_autoptr(GPtrArray) single = local_mailbox_list(one, NULL);
    g_assert_cmpuint(single->len, ==, 1);
    assert_message(one, g_ptr_array_index(single, 0), "");

    g_autofree char *notes = put(place, "notes.txt", "just some notes\n");
    g_autoptr(GError) error = NULL;
    g_assert_null(local_mailbox_open(notes, &error));
    g_assert_error(error, LOCAL_ERROR, LOCAL_ERROR_FORMAT);
    g_clear_error(&error);
    g_autofree char *gone = g_build_filename(place->root, "gone\033[2J", NULL);
    g_assert_null(local_mailbox_open(gone, &error));
    g_assert_error(error, LOCAL_ERROR, LOCAL_ERROR_ACCESS);
    g_assert_null(strchr(error->message, '\033'));
    g_clear_error(&error);

    g_autofree char *loop = g_build_filename(place->root, "loop", NULL);
    g_assert_cmpint(symlink(loop, loop), ==, 0);
    g_assert_null(local_mailbox_open(loop, &error));
    g_assert_error(error, LOCAL_ERROR, LOCAL_ERROR_ACCESS);
    g_assert_nonnull(strstr(error->message, "link"));
}

static char *folder_names(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) folders = local_folders(path, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < folders->len; i++)
        g_ptr_array_add(names, ((LocalFolder *)g_ptr_array_index(folders, i))->name);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

static void test_folders(Place *place, gconstpointer unused)
{
    (void)unused;
    /* Maildir++ */
    put_only(place, "plus/cur", NULL);
    put_only(place, "plus/new", NULL);
    put_only(place, "plus/.Sent/cur", NULL);
    put_only(place, "plus/.Sent/new", NULL);
    put_only(place, "plus/.Lists.malle/cur", NULL);
    put_only(place, "plus/.Lists.malle/new", NULL);
    put_only(place, "plus/.Envoy&AOk-s/cur", NULL);
    put_only(place, "plus/.Envoy&AOk-s/new", NULL);
    put_only(place, "plus/.git/objects", NULL);
    g_autofree char *plus = g_build_filename(place->root, "plus", NULL);
    g_autofree char *names = folder_names(plus);
    g_assert_cmpstr(names, ==, "INBOX Envoy\303\251s Lists/malle Sent");

    /* Plain nested Maildirs, mbox files, and a link that leads out. */
    put_only(place, "tree/inbox/cur", NULL);
    put_only(place, "tree/inbox/new", NULL);
    put_only(place, "tree/lists/one", "From a@x Tue Mar  3 14:32:10 2026\nSubject: x\n\n");
    put_only(place, "tree/lists/one.msf", "index");
    put_only(place, "tree/notes.txt", "no mail");
    g_autofree char *link = g_build_filename(place->root, "tree/out", NULL);
    g_assert_cmpint(symlink("/", link), ==, 0);
    g_autofree char *tree = g_build_filename(place->root, "tree", NULL);
    g_autofree char *nested = folder_names(tree);
    g_assert_cmpstr(nested, ==, "inbox lists/one");
}

static void test_discover(Place *place, gconstpointer unused)
{
    (void)unused;
    g_unsetenv("MAIL");
    g_unsetenv("MAILDIR");
    g_autoptr(GPtrArray) nothing = local_discover(place->root, "nobody-of-that-name");
    g_assert_cmpuint(nothing->len, ==, 0);

    put_only(place, "Maildir/cur/1.a:2,S", "Subject: x\n\n");
    put_only(place, "Maildir/new", NULL);
    g_autofree char *box = put(place, "mail/saved", mbox_text);
    g_autofree char *maildir = g_build_filename(place->root, "Maildir", NULL);
    g_setenv("MAIL", maildir, TRUE);
    g_autoptr(GPtrArray) places = local_discover(place->root, "../../etc");
    g_assert_cmpuint(places->len, ==, 2); /* the Maildir once, although $MAIL names it too */
    const LocalPlace *first = g_ptr_array_index(places, 0), *second = g_ptr_array_index(places, 1);
    g_assert_cmpint(first->format, ==, LOCAL_MAILDIR);
    g_assert_true(first->has_mail);
    g_assert_null(first->trouble);
    g_assert_cmpint(second->format, ==, LOCAL_MBOX);
    g_assert_cmpuint(second->mailboxes, ==, 1);
    g_unsetenv("MAIL");
}

#define ADD(name, function) g_test_add(name, Place, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/local/maildir", test_maildir);
    ADD("/local/mbox/usual", test_mbox);
    ADD("/local/mbox/lengths", test_mbox_with_lengths);
    ADD("/local/mbox/broken", test_broken_mboxes);
    ADD("/local/folders", test_folders);
    ADD("/local/discover", test_discover);
    return g_test_run();
}
