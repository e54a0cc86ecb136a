/* What people and bad editors do to configuration files: texts with random damage must be read without harm, and what was
 * understood must mean the same when it is written and read again. The seed is printed by g_test; --seed repeats a run.
 */
#include "config.h"

#include <string.h>

#include "config/account.h"
#include "config/keys.h"
#include "config/options.h"
#include "config/theme.h"

enum { ROUNDS = 4000 };

static const char *const pieces[] = { "<", ">", "%", "%4", "%40", "@", ":", "/", "//", "[", "]", "=", "#", "\"", "\\", " ", "\n", "C-", "M-", "\xc3", "é",
                                      "\xe2\x80\xae", "\x1b", "65536", "-1", "99999999999999999999", "", "imaps://", "bind ", "on ", "bold", "," };

/* One to four cuts, doubles, swaps or pieces put in. Caller frees. */
static char *damage(const char *text)
{
    GString *damaged = g_string_new(text);
    for (int changes = g_test_rand_int_range(1, 5); changes > 0; changes--) {
        gsize at = damaged->len > 0 ? (gsize) g_test_rand_int_range(0, (gint32) damaged->len) : 0;
        gsize wanted = (gsize) g_test_rand_int_range(1, 6);
        gsize length = MIN(wanted, damaged->len - at);
        switch (g_test_rand_int_range(0, 4)) {
        case 0:
            g_string_erase(damaged, (gssize) at, (gssize) length);
            break;
        case 1: {
            g_autofree char *copy = g_strndup(damaged->str + at, length);
            g_string_insert(damaged, (gssize) at, copy);
            break;
        }
        case 2:
            g_string_insert(damaged, (gssize) at, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
            break;
        default:
            if (damaged->len > 0)
                damaged->str[at] = (char) g_test_rand_int_range(1, 256);
            break;
        }
    }
    return g_string_free(damaged, FALSE);
}

static void assert_told(const GError *error)
{
    g_assert_nonnull(error);
    g_assert_true(error->domain == CONFIG_ERROR);
    g_assert_cmpuint(strlen(error->message), >, 0);
}

static void test_urls(void)
{
    static const char *const texts[] = { "imaps://ada%40example.org@mail.example.org:1993/", "imap+insecure://a@[2001:db8::1]:143",
                                         "maildir:///home/ada/My%20Mail", "smtps://ada@bücher.example", "mbox://~/mail" };
    guint understood = 0;
    for (guint i = 0; i < ROUNDS; i++) {
        g_autofree char *text = damage(texts[i % G_N_ELEMENTS(texts)]);
        /* As the file's reader does: what is not UTF-8 does not come this far. */
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        g_autoptr(GError) error = NULL;
        g_autoptr(AccountUrl) url = account_url_parse(valid, &error);
        if (url == NULL) {
            assert_told(error);
            continue;
        }
        understood++;
        g_autofree char *formatted = account_url_format(url);
        g_autoptr(AccountUrl) again = account_url_parse(formatted, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(again->user, ==, url->user);
        g_assert_cmpstr(again->host, ==, url->host);
        g_assert_cmpstr(again->path, ==, url->path);
        g_assert_cmpuint(again->port, ==, url->port);
        g_assert_cmpint(again->scheme, ==, url->scheme);
        g_assert_cmpint(again->security, ==, url->security);
    }
    g_assert_cmpuint(understood, >, ROUNDS / 50); /* else nothing was tested */
}

static void test_keys(void)
{
    static const char *const texts[] = { "<C-x>gg", "<Esc>v^D", "\\Ce<lt>", "<M-S-Up><F12>", "é<Space>" };
    guint understood = 0;
    for (guint i = 0; i < ROUNDS; i++) {
        g_autofree char *text = damage(texts[i % G_N_ELEMENTS(texts)]);
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) keys = key_sequence_parse(valid, &error);
        if (keys == NULL) {
            assert_told(error);
            continue;
        }
        understood++;
        g_autofree char *formatted = key_sequence_format((const char *const *) keys);
        g_auto(GStrv) again = key_sequence_parse(formatted, &error);
        g_assert_no_error(error);
        g_assert_true(g_strv_equal((const char *const *) keys, (const char *const *) again));
    }
    g_assert_cmpuint(understood, >, ROUNDS / 50);
}

static void test_options(void)
{
    guint understood = 0;
    for (guint i = 0; i < ROUNDS; i++) {
        const OptionRow *row = option_row(i % OPTION_COUNT);
        g_autoptr(Options) options = options_new();
        g_autofree char *text = damage(row->example != NULL ? row->example : row->default_value);
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        g_autoptr(GError) error = NULL;
        if (!options_set(options, row->name, valid, &error)) {
            assert_told(error);
            g_assert_true(options_is_default(options, row->id));
            continue;
        }
        understood++;
        g_autofree char *formatted = options_format(options, row->id);
        g_assert_true(options_set(options, row->name, formatted, &error));
        g_autofree char *again = options_format(options, row->id);
        g_assert_cmpstr(again, ==, formatted);
    }
    g_assert_cmpuint(understood, >, ROUNDS / 50);
}

static void test_files(void)
{
    static const char keys[] = "bind list gg first-entry\nbind any <F5> check-mail\nunbind list x\n# comment\n";
    static const char theme[] = "base = light\nlist-unread = bold bright-red on #303030\nquote-1 = 75\n";
    for (guint i = 0; i < ROUNDS; i++) {
        g_autofree char *key_text = damage(keys);
        g_autofree char *theme_text = damage(theme);
        g_autofree char *key_valid = g_utf8_make_valid(key_text, -1);
        g_autofree char *theme_valid = g_utf8_make_valid(theme_text, -1);
        g_autoptr(GPtrArray) problems = config_problems_new();
        g_autoptr(GPtrArray) bindings = key_bindings_parse(key_valid, "keys", problems);
        g_assert_cmpuint(bindings->len + problems->len, <=, 12); /* a line is one or the other */
        g_autofree Theme *read = theme_parse(theme_valid, "theme", problems);
        for (guint role = 0; role < THEME_ROLE_COUNT; role++) {
            g_assert_cmpint(read->styles[role].foreground, >=, -1);
            g_assert_cmpint(read->styles[role].foreground, <=, THEME_RGB | 0xffffff);
            g_assert_cmpint(read->styles[role].background, >=, -1);
            g_assert_cmpint(read->styles[role].background, <=, THEME_RGB | 0xffffff);
        }
        for (guint p = 0; p < problems->len; p++) {
            const ConfigProblem *problem = g_ptr_array_index(problems, p);
            g_assert_cmpuint(problem->line, >, 0);
            g_assert_cmpuint(strlen(problem->words), >, 0);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mutations/urls", test_urls);
    g_test_add_func("/mutations/keys", test_keys);
    g_test_add_func("/mutations/options", test_options);
    g_test_add_func("/mutations/files", test_files);
    return g_test_run();
}
