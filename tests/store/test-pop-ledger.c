/* The ledger of POP3 accounts: what is written stays, one UIDL stands for one letter that is there, what is gone can come again. */
#include "config.h"

#include <string.h>

#include "fixture.h"
#include "store/pop_ledger.h"

static PopLetter *put(Fixture *f, const char *uidl, const char *name)
{
    PopLetter *letter = pop_letter_new(f->account, uidl, name);
    letter->first_seen = 1000;
    letter->size = 2700;
    assert_ok(pop_ledger_add(f->writer, &letter, 1, fault));
    g_assert_cmpint(letter->id, >, 0);
    return letter;
}

static guint count_there(Fixture *f)
{
    g_autoptr(GPtrArray) there = pop_ledger_there(f->writer, f->account, 0, 1000, NULL);
    g_assert_nonnull(there);
    return there->len;
}

/* Every column comes back, also after a restart, and through the reader. */
static void test_columns(void)
{
    Fixture *f = fixture_new();
    g_assert_true(pop_ledger_is_empty(f->writer, f->account));
    g_autoptr(PopLetter) letter = put(f, "../../etc/passwd \x1b[31m", "1.M2.host,L=ab");
    letter->copy = POP_COPY_WHOLE;
    letter->size = G_MAXUINT64; /* a server that lies does not stop the ledger */
    letter->maildir = g_strdup("/home/ada/mail");
    letter->octets = 2712;
    letter->sha256 = g_strdup("aa");
    letter->header_sha256 = g_strdup("bb");
    letter->stored = 1001;
    letter->verified = 1002;
    letter->due = 1003;
    letter->decided = 1004;
    letter->gone = 1005;
    pop_letter_set_words(letter, "words");
    pop_letter_set_words(letter, letter->words);
    assert_ok(pop_ledger_write(f->writer, &letter, 1, TRUE, fault));
    fixture_reopen(f);
    g_assert_false(pop_ledger_is_empty(f->writer, f->account));

    g_autoptr(GPtrArray) read = store_reader_pop_letters(f->reader, f->account, 0, 10);
    g_autoptr(PopLetter) named = pop_ledger_by_name(f->writer, "1.M2.host,L=ab");
    g_autoptr(PopLetter) by_id = pop_ledger_by_id(f->writer, letter->id);
    g_assert_cmpuint(read->len, ==, 1);
    const PopLetter *found[] = { g_ptr_array_index(read, 0), named, by_id };
    for (guint i = 0; i < G_N_ELEMENTS(found); i++) {
        g_assert_cmpint(found[i]->id, ==, letter->id);
        g_assert_cmpstr(found[i]->uidl, ==, letter->uidl);
        g_assert_cmpint(found[i]->copy, ==, POP_COPY_WHOLE);
        g_assert_cmpint(found[i]->place, ==, POP_PLACE_THERE);
        g_assert_cmpuint(found[i]->size, ==, G_MAXINT64);
        g_assert_cmpint(found[i]->first_seen, ==, 1000);
        g_assert_cmpstr(found[i]->maildir, ==, "/home/ada/mail");
        g_assert_cmpuint(found[i]->octets, ==, 2712);
        g_assert_cmpstr(found[i]->sha256, ==, "aa");
        g_assert_cmpstr(found[i]->header_sha256, ==, "bb");
        g_assert_cmpint(found[i]->stored, ==, 1001);
        g_assert_cmpint(found[i]->verified, ==, 1002);
        g_assert_cmpint(found[i]->due, ==, 1003);
        g_assert_cmpint(found[i]->decided, ==, 1004);
        g_assert_cmpint(found[i]->gone, ==, 1005);
        g_assert_cmpstr(found[i]->words, ==, "words");
    }
    fixture_free(f);
}

/* The same UIDL twice among those that are there is refused, and with it all of that call. */
static void test_uidl_is_one(void)
{
    Fixture *f = fixture_new();
    g_autoptr(PopLetter) first = put(f, "a", "1");
    PopLetter *two[] = { pop_letter_new(f->account, "b", "2"), pop_letter_new(f->account, "a", "3") };
    g_autoptr(GError) error = NULL;
    g_assert_false(pop_ledger_add(f->writer, two, 2, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_SQL);
    g_assert_cmpuint(count_there(f), ==, 1);

    /* Another account has UIDLs of its own; and one that is gone may come again. */
    g_autoptr(PopLetter) other = pop_letter_new(f->account + 1, "a", "4");
    assert_ok(pop_ledger_add(f->writer, &other, 1, fault));
    g_assert_null(pop_ledger_departed(f->writer, f->account, "a"));
    first->place = POP_PLACE_DELETED;
    first->gone = 2000;
    assert_ok(pop_ledger_write(f->writer, &first, 1, TRUE, fault));
    g_autoptr(PopLetter) departed = pop_ledger_departed(f->writer, f->account, "a");
    g_assert_cmpint(departed->id, ==, first->id);
    g_autoptr(PopLetter) again = put(f, "a", "5");
    g_assert_cmpuint(count_there(f), ==, 1);
    pop_letter_free(two[0]);
    pop_letter_free(two[1]);
    fixture_free(f);
}

/* Read in pieces; deleting is still there, deleted is not; what has long been gone is forgotten. */
static void test_there(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GPtrArray) letters = g_ptr_array_new_with_free_func((GDestroyNotify) pop_letter_free);
    for (guint i = 0; i < 7; i++) {
        g_autofree char *uidl = g_strdup_printf("u%u", i), *name = g_strdup_printf("n%u", i);
        g_ptr_array_add(letters, put(f, uidl, name));
    }
    for (guint i = 0; i < 4; i++) {
        PopLetter *letter = g_ptr_array_index(letters, i);
        letter->place = (PopPlace) i;
        letter->gone = i < POP_PLACE_DELETED ? 0 : 100 * i;
    }
    assert_ok(pop_ledger_write(f->writer, (PopLetter *const *) letters->pdata, 4, FALSE, fault));
    g_assert_cmpuint(count_there(f), ==, 5);
    g_autoptr(GPtrArray) piece = pop_ledger_there(f->writer, f->account, 0, 2, NULL);
    g_assert_cmpuint(piece->len, ==, 2);
    g_assert_cmpstr(((PopLetter *) piece->pdata[1])->uidl, ==, "u1");
    g_autoptr(GPtrArray) rest = pop_ledger_there(f->writer, f->account, ((PopLetter *) piece->pdata[1])->id, 10, NULL);
    g_assert_cmpuint(rest->len, ==, 3);
    g_assert_cmpstr(((PopLetter *) rest->pdata[0])->uidl, ==, "u4");

    assert_ok(pop_ledger_forget(f->writer, f->account, 300, fault));
    g_assert_null(pop_ledger_departed(f->writer, f->account, "u2"));
    g_autoptr(PopLetter) kept = pop_ledger_departed(f->writer, f->account, "u3");
    g_assert_nonnull(kept);
    g_assert_cmpuint(count_there(f), ==, 5);

    /* A row that is gone cannot be written: the caller's picture is not the ledger's. */
    PopLetter *forgotten = g_ptr_array_index(letters, 2);
    g_autoptr(GError) error = NULL;
    g_assert_false(pop_ledger_write(f->writer, &forgotten, 1, TRUE, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NO_SUCH);
    fixture_free(f);
}

static void test_server_facts(void)
{
    Fixture *f = fixture_new();
    PopServerFacts facts = pop_ledger_server(f->writer, f->account);
    g_assert_cmpint(facts.last_login, ==, 0);
    g_assert_cmpint(facts.expire_days, ==, -1);
    facts = (PopServerFacts){ .last_login = 5000, .login_delay = 900, .expire_days = 0 };
    assert_ok(pop_ledger_set_server(f->writer, f->account, &facts, fault));
    facts.last_login = 6000;
    assert_ok(pop_ledger_set_server(f->writer, f->account, &facts, fault));
    fixture_reopen(f);
    facts = pop_ledger_server(f->writer, f->account);
    g_assert_cmpint(facts.last_login, ==, 6000);
    g_assert_cmpuint(facts.login_delay, ==, 900);
    g_assert_cmpint(facts.expire_days, ==, 0);
    fixture_free(f);
}

static void test_names(void)
{
    g_assert_cmpstr(pop_copy_name(POP_COPY_ADOPTED), ==, "adopted");
    g_assert_cmpstr(pop_place_name(POP_PLACE_GONE), ==, "gone");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pop-ledger/columns", test_columns);
    g_test_add_func("/pop-ledger/one-uidl", test_uidl_is_one);
    g_test_add_func("/pop-ledger/there", test_there);
    g_test_add_func("/pop-ledger/server", test_server_facts);
    g_test_add_func("/pop-ledger/names", test_names);
    return g_test_run();
}
