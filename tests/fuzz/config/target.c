/* The person's files: accounts, options, keys, themes, and the URL of an account. The first octet chooses
 * which. Whatever stands there, every problem is told in words that can be shown, nothing that was understood
 * is out of its bounds, and what is written back is read the same. */
#include "config.h"

#include "config/account.h"
#include "config/keys.h"
#include "config/options.h"
#include "config/theme.h"

#include <string.h>

#include "../fuzz.h"

static void check_problems(const GPtrArray *problems)
{
    for (guint i = 0; i < problems->len; i++) {
        const ConfigProblem *problem = g_ptr_array_index(problems, i);
        fuzz_assert_showable(problem->words);
        g_autofree char *told = config_problem_format(problem);
        g_assert_nonnull(told);
    }
}

static void check_url(const AccountUrl *url)
{
    g_autofree char *written = account_url_format(url);
    g_autoptr(GError) error = NULL;
    g_autoptr(AccountUrl) again = account_url_parse(written, &error);
    g_assert_no_error(error);
    g_assert_cmpint(url->scheme, ==, again->scheme);
    g_assert_cmpint(url->security, ==, again->security);
    g_assert_cmpstr(url->user, ==, again->user);
    g_assert_cmpstr(url->host, ==, again->host);
    g_assert_cmpint(url->port, ==, again->port);
    g_assert_cmpstr(url->path, ==, again->path);
}

/* A password that the file says once, and long enough to be no accident, is not told. */
static void check_secret(const char *text, const char *password, const GPtrArray *problems)
{
    if (password == NULL || strlen(password) < 8)
        return;
    const char *found = strstr(text, password);
    if (found == NULL || strstr(found + 1, password) != NULL)
        return;
    for (guint i = 0; i < problems->len; i++)
        g_assert_null(strstr(((ConfigProblem *)g_ptr_array_index(problems, i))->words, password));
}

static void read_accounts(const char *text, GPtrArray *problems)
{
    g_autoptr(GPtrArray) accounts = accounts_parse(text, "accounts", 0600, problems);
    for (guint i = 0; i < accounts->len; i++) {
        const Account *account = g_ptr_array_index(accounts, i);
        g_assert_true(account->name != NULL && *account->name != '\0' && !strchr(account->name, '/'));
        g_assert_nonnull(account->receive);
        check_url(account->receive);
        if (account->send != NULL)
            check_url(account->send);
        check_secret(text, account->password, problems);
    }
}

static void read_options(const char *text, GPtrArray *problems)
{
    static Options *defaults; /* the table is the same every time */
    if (defaults == NULL)
        defaults = options_new();
    g_autoptr(Options) options = options_copy(defaults);
    g_assert_true(options_parse(options, text, "config", problems) == (problems->len == 0));
    for (guint id = 0; id < OPTION_COUNT; id++) {
        if (options_is_default(options, id))
            continue;
        g_autofree char *written = options_format(options, id);
        g_autoptr(GError) error = NULL;
        g_assert_true(options_set(options, option_row(id)->name, written, &error));
        g_autofree char *again = options_format(options, id);
        g_assert_cmpstr(written, ==, again);
    }
}

static void read_keys(const char *text, GPtrArray *problems)
{
    g_autoptr(GPtrArray) bindings = key_bindings_parse(text, "keys", problems);
    for (guint i = 0; i < bindings->len; i++) {
        const KeyBinding *binding = g_ptr_array_index(bindings, i);
        g_assert_true(binding->keys != NULL && binding->keys[0] != NULL);
        g_autofree char *written = key_sequence_format((const char *const *)binding->keys);
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) again = key_sequence_parse(written, &error);
        g_assert_no_error(error);
        g_assert_true(g_strv_equal((const char *const *)binding->keys, (const char *const *)again));
    }
}

static void read_theme(const char *text, GPtrArray *problems)
{
    g_autofree Theme *theme = theme_parse(text, "theme", problems);
    for (guint role = 0; role < THEME_ROLE_COUNT; role++) {
        const ThemeStyle *style = &theme->styles[role];
        g_assert_true(style->foreground >= -1 && style->foreground <= (THEME_RGB | 0xffffff));
        g_assert_true(style->background >= -1 && style->background <= (THEME_RGB | 0xffffff));
        gint32 near = theme_colour_fit(style->foreground, 16);
        g_assert_true(near >= -1 && near < 16);
    }
}

static void read_url(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AccountUrl) url = account_url_parse(text, &error);
    g_assert_true((url == NULL) == (error != NULL));
    if (url != NULL)
        check_url(url);
    else
        fuzz_assert_showable(error->message);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size == 0)
        return 0;
    g_autofree char *text = fuzz_string(data + 1, size - 1, true); /* a file that is not UTF-8 is refused */
    g_autoptr(GPtrArray) problems = config_problems_new();
    switch (data[0] % 5) {
    case 0:
        read_accounts(text, problems);
        break;
    case 1:
        read_options(text, problems);
        break;
    case 2:
        read_keys(text, problems);
        break;
    case 3:
        read_theme(text, problems);
        break;
    default:
        read_url(text);
    }
    check_problems(problems);
    return 0;
}
