/* vCards of three versions, and the folder of them as an address book. */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

#include "contacts/book.h"

/* "name [nick] <a> <b> {member} (category)" of each card, ";" between. */
static char *told(const char *text, gsize length)
{
    g_autoptr(GPtrArray) contacts = contacts_parse(text, length);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < contacts->len; i++) {
        const Contact *one = contacts->pdata[i];
        g_string_append_printf(out, "%s%s%s", i ? "; " : "", one->is_group ? "group " : "", one->name);
        for (guint j = 0; j < one->nicknames->len; j++)
            g_string_append_printf(out, " [%s]", (char *)one->nicknames->pdata[j]);
        for (guint j = 0; j < one->addresses->len; j++)
            g_string_append_printf(out, " <%s>", (char *)one->addresses->pdata[j]);
        for (guint j = 0; j < one->members->len; j++)
            g_string_append_printf(out, " {%s}", (char *)one->members->pdata[j]);
        for (guint j = 0; j < one->categories->len; j++)
            g_string_append_printf(out, " (%s)", (char *)one->categories->pdata[j]);
    }
    return g_string_free(out, FALSE);
}

static const struct {
    const char *cards, *told;
} CARDS[] = {
    { "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zoé Smith\\, PhD\r\nEMAIL;TYPE=home:zoe@example.org\r\nEMAIL;PREF=1:z@work.example\r\n"
      "NICKNAME:zo,zozo\r\nCATEGORIES:Choir,Friends\r\nEND:VCARD\r\n",
      "Zoé Smith, PhD [zo] [zozo] <z@work.example> <zoe@example.org> (Choir) (Friends)" },
    { "begin:vcard\nversion:3.0\nn:Martin;Alice;;;\nitem1.email;type=INTERNET:alice@\n example.org\nend:vcard\n", "Alice Martin <alice@example.org>" },
    { "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Ren=E9 =\nDupont\nEMAIL;INTERNET:rene@example.org\nEND:VCARD\n",
      "René Dupont <rene@example.org>" },
    { "BEGIN:VCARD\nKIND:group\nFN:Team\nMEMBER:mailto:a@x.org\nMEMBER:urn:uuid:1-2\nEND:VCARD\n", "group Team <a@x.org> {1-2}" },
    { "BEGIN:VCARD\nX-ADDRESSBOOKSERVER-KIND:group\nN:Apple\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:3\nEND:VCARD\n", "group Apple {3}" },
    { "BEGIN:VCARD\nEMAIL:only@example.org\nEND:VCARD\n", "only@example.org <only@example.org>" },
    { "BEGIN:VCARD\nORG:Works Ltd.;Sales\nEMAIL:not an address\nEMAIL:a@b\\nBcc: x@y\nEND:VCARD\n", "Sales Works Ltd." },
    { "BEGIN:VCARD\nFN:No end\nEMAIL:e@x.org\n", "No end <e@x.org>" },
    { "FN:outside\nBEGIN:VCARD\nEND:VCARD\nnonsense\n\n:\n;:\n", "" },
    { "BEGIN:VCARD\nFN:a\tb\033[31m\nEMAIL:mailto:t@x.org\nEND:VCARD", "a b [31m <t@x.org>" },
};

static void test_cards(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CARDS); i++) {
        g_autofree char *found = told(CARDS[i].cards, strlen(CARDS[i].cards));
        g_assert_cmpstr(found, ==, CARDS[i].told);
        for (gsize cut = 0; cut < strlen(CARDS[i].cards); cut++) { /* never fails, wherever the file ends */
            g_autofree char *half = g_strndup(CARDS[i].cards, cut);
            g_autofree char *any = told(half, cut);
            g_assert_true(g_utf8_validate(any, -1, NULL));
        }
    }
}

static void test_format(void)
{
    g_autoptr(Contact) contact = contact_new("Zoé; Smith, \\ and a name that is so long that it has to be folded — più di una volta — 日本語日本語");
    g_ptr_array_add(contact->addresses, g_strdup("zoe@example.org"));
    g_ptr_array_add(contact->nicknames, g_strdup("zo,zo"));
    g_autofree char *card = contact_format(contact);
    g_auto(GStrv) lines = g_strsplit(card, "\r\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        g_assert_true(strlen(lines[i]) <= 75 && g_utf8_validate(lines[i], -1, NULL));
    g_autoptr(GPtrArray) read = contacts_parse(card, strlen(card));
    const Contact *again = read->pdata[0];
    g_assert_cmpstr(again->name, ==, contact->name);
    g_assert_cmpstr(again->uid, ==, contact->uid);
    g_assert_cmpstr(again->nicknames->pdata[0], ==, "zo,zo");
    g_assert_cmpstr(again->addresses->pdata[0], ==, "zoe@example.org");
}

/* "name <a, b>" of what is found, "|" between. */
static char *found(ContactBook *book, const char *typed)
{
    g_autoptr(GPtrArray) list = contact_book_find(book, typed, 10);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++) {
        const ContactMatch *match = list->pdata[i];
        g_autofree char *addresses = g_strjoinv(", ", match->addresses);
        g_string_append_printf(out, "%s%s%s <%s>", i ? " | " : "", match->is_group ? "group " : "", match->name, addresses);
    }
    return g_string_free(out, FALSE);
}

static void check_found(ContactBook *book, const char *typed, const char *expected)
{
    g_autofree char *all = found(book, typed);
    g_assert_cmpstr(all, ==, expected);
}

static void test_book(void)
{
    g_autofree char *top = g_dir_make_tmp("malle-contacts-XXXXXX", NULL), *directory = g_build_filename(top, "contacts", NULL);
    g_autofree char *path = g_build_filename(directory, "all.vcf", NULL);
    g_autoptr(ContactBook) book = contact_book_new(directory);
    check_found(book, "z", "");
    GError *error = NULL;
    g_assert_true(contact_book_add(book, "Zoé Smith", "zoe@example.org", &error));
    g_assert_no_error(error);
    g_assert_false(contact_book_add(book, "Again", "ZOE@example.org", &error));
    g_assert_error(error, CONTACTS_ERROR, CONTACTS_ERROR_THERE);
    g_clear_error(&error);
    struct stat facts;
    g_assert_cmpint(g_stat(directory, &facts), ==, 0);
    g_assert_cmpint(facts.st_mode & 0777, ==, 0700);
    check_found(book, "zoe", "Zoé Smith <zoe@example.org>");
    check_found(book, "SMI", "Zoé Smith <zoe@example.org>");
    check_found(book, "mith", "");
    g_assert_cmpstr(contact_book_name(book, "Zoe@Example.org"), ==, "Zoé Smith");
    /* A file that another program puts there is seen at once. */
    g_assert_true(g_file_set_contents(path,
        "BEGIN:VCARD\nUID:urn:uuid:d\nFN:Dora Diaz\nNICKNAME:mum\nEMAIL:dora@x.org\nEMAIL:d@y.org\nCATEGORIES:Family\nEND:VCARD\n"
        "BEGIN:VCARD\nUID:e\nFN:Mumford Eve\nEMAIL:eve@x.org\nCATEGORIES:Family\nEND:VCARD\n"
        "BEGIN:VCARD\nKIND:group\nFN:Fans\nMEMBER:urn:uuid:d\nMEMBER:urn:uuid:e\nMEMBER:urn:uuid:gone\nMEMBER:mailto:EVE@x.org\nEND:VCARD\n",
        -1, NULL));
    check_found(book, "mum", "Dora Diaz <dora@x.org> | Dora Diaz <d@y.org> | Mumford Eve <eve@x.org>");
    check_found(book, "fa", "group Fans <EVE@x.org, dora@x.org> | group Family <dora@x.org, eve@x.org>");
    check_found(book, "", "");
    g_unlink(path);
    check_found(book, "mum", "");
    g_autofree char *remove = g_strdup_printf("rm -r '%s'", top);
    g_assert_true(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/contacts/cards", test_cards);
    g_test_add_func("/contacts/format", test_format);
    g_test_add_func("/contacts/book", test_book);
    return g_test_run();
}
