#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config/account.h"
#include "config/identity.h"

static char *path; /* a scratch file, made by main() */

static void write_file(const char *text, int mode)
{
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

static void test_url(void)
{
    static const struct {
        const char *text, *formatted; /* NULL: as it was */
        AccountScheme scheme;
        AccountSecurity security;
        const char *user, *host;
        guint port;
    } cases[] = {
        { "imaps://ada@mail.example.org", NULL, ACCOUNT_SCHEME_IMAP, ACCOUNT_SECURITY_TLS, "ada", "mail.example.org", 993 },
        { "IMAPS://ada@mail.example.org/", "imaps://ada@mail.example.org", ACCOUNT_SCHEME_IMAP, ACCOUNT_SECURITY_TLS, "ada",
          "mail.example.org", 993 },
        { "imap://ada%40example.org@mail.example.org:1143", NULL, ACCOUNT_SCHEME_IMAP, ACCOUNT_SECURITY_STARTTLS,
          "ada@example.org", "mail.example.org", 1143 },
        { "imaps://ada@example.org@mail.example.org", "imaps://ada%40example.org@mail.example.org", ACCOUNT_SCHEME_IMAP,
          ACCOUNT_SECURITY_TLS, "ada@example.org", "mail.example.org", 993 },
        { "imap+insecure://127.0.0.1", NULL, ACCOUNT_SCHEME_IMAP, ACCOUNT_SECURITY_INSECURE, NULL, "127.0.0.1", 143 },
        { "imaps://a%3Ab%2Fc%25@[2001:db8::1]:994", NULL, ACCOUNT_SCHEME_IMAP, ACCOUNT_SECURITY_TLS, "a:b/c%", "2001:db8::1", 994 },
        { "imaps://[fe80::1%25eth0]", NULL, ACCOUNT_SCHEME_IMAP, ACCOUNT_SECURITY_TLS, NULL, "fe80::1%eth0", 993 },
        { "pop3s://ada@h", NULL, ACCOUNT_SCHEME_POP3, ACCOUNT_SECURITY_TLS, "ada", "h", 995 },
        { "pop3+insecure://ada@h", NULL, ACCOUNT_SCHEME_POP3, ACCOUNT_SECURITY_INSECURE, "ada", "h", 110 },
        { "smtps://ada@h", NULL, ACCOUNT_SCHEME_SMTP, ACCOUNT_SECURITY_TLS, "ada", "h", 465 },
        { "smtp://ada@h", NULL, ACCOUNT_SCHEME_SMTP, ACCOUNT_SECURITY_STARTTLS, "ada", "h", 587 },
        { "imaps://bücher.example", "imaps://xn--bcher-kva.example", ACCOUNT_SCHEME_IMAP, ACCOUNT_SECURITY_TLS, NULL,
          "xn--bcher-kva.example", 993 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(AccountUrl) url = account_url_parse(cases[i].text, &error);
        g_assert_no_error(error);
        g_assert_cmpint(url->scheme, ==, cases[i].scheme);
        g_assert_cmpint(url->security, ==, cases[i].security);
        g_assert_cmpstr(url->user, ==, cases[i].user);
        g_assert_cmpstr(url->host, ==, cases[i].host);
        g_assert_cmpuint(url->port, ==, cases[i].port);
        g_autofree char *formatted = account_url_format(url);
        g_assert_cmpstr(formatted, ==, cases[i].formatted != NULL ? cases[i].formatted : cases[i].text);
    }
}

static void test_local_url(void)
{
    g_autoptr(AccountUrl) maildir = account_url_parse("maildir:///home/ada/My%20Mail", NULL);
    g_assert_cmpstr(maildir->path, ==, "/home/ada/My Mail");
    g_autofree char *formatted = account_url_format(maildir);
    g_assert_cmpstr(formatted, ==, "maildir:///home/ada/My%20Mail");
    g_autoptr(AccountUrl) mbox = account_url_parse("mbox://~/mail", NULL);
    g_autofree char *expected = g_build_filename(g_get_home_dir(), "mail", NULL);
    g_assert_cmpint(mbox->scheme, ==, ACCOUNT_SCHEME_MBOX);
    g_assert_cmpstr(mbox->path, ==, expected);
}

static void test_wrong_url(void)
{
    static const struct {
        const char *text, *must_say;
    } cases[] = {
        { "mail.example.org", "imaps://USER@mail.example.org" },
        { "imaps:/ada@h", "two slashes" },
        { "imasp://ada@h", "“imaps”" },
        { "imap+ssl://ada@h", "no “imap+ssl://”" },
        { "http://h", "there are imaps" },
        { "imaps://ada:hunter2@h", "password-command" },
        { "imaps://@h", "user name" },
        { "imaps://ada@", "host name" },
        { "imaps://ada@h:0", "1 to 65535" },
        { "imaps://ada@h:65536", "1 to 65535" },
        { "imaps://ada@h:", "1 to 65535" },
        { "imaps://ada@h/INBOX", "whole server" },
        { "imaps://ada@2001:db8::1", "[2001:db8::1]" },
        { "imaps://ada@[2001:db8::1", "“]”" },
        { "imaps://ada@[mail]", "IPv6" },
        { "imaps://ada@[::1]x", "“x”" },
        { "imaps://a%zz@h", "%25" },
        { "imaps://a%0ab@h", "control character" },
        { "imaps://a%00b@h", "%25" },
        { "imaps://a b@h", "%20" },
        { "imaps://ada@-h", "not a host name" },
        { "imaps://ada@a..b", "not a host name" },
        { "maildir://home/ada", "maildir:///home/ada" },
        { "", "imaps://USER@HOST" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(account_url_parse(cases[i].text, &error));
        g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE);
        if (strstr(error->message, cases[i].must_say) == NULL)
            g_error("%s: “%s” does not say “%s”", cases[i].text, error->message, cases[i].must_say);
        g_assert_null(strstr(error->message, "hunter2"));
    }
}

static void test_file(void)
{
    write_file("\xef\xbb\xbf# mine\r\n"
               "[account work]\r\n"
               "name = Ada Lovelace\n"
               "  address=ada@example.org  \n"
               "receive = imaps://ada%40example.org@mail.example.org\n"
               "send = smtps://ada@mail.example.org\n"
               "password-command = pass show \"mail/work\" # not a comment\n"
               "client-certificate = ~/ada.pem\n"
               "\n"
               "[ account  home ]\n"
               "receive = imap+insecure://127.0.0.1:1143\n"
               "password =  pass = word#1\n"
               "delete = expunge\n"
               "poll = 0\n"
               "trash = Papierkorb\n",
               0600);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) accounts = accounts_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(accounts->len, ==, 2);
    const Account *work = g_ptr_array_index(accounts, 0), *home = g_ptr_array_index(accounts, 1);
    g_autofree char *certificate = g_build_filename(g_get_home_dir(), "ada.pem", NULL);
    g_assert_cmpstr(work->name, ==, "work");
    g_assert_cmpstr(work->person, ==, "Ada Lovelace");
    g_assert_cmpstr(work->address, ==, "ada@example.org");
    g_assert_cmpstr(work->receive->user, ==, "ada@example.org");
    g_assert_cmpuint(work->send->port, ==, 465);
    g_assert_cmpstr(work->password_command, ==, "pass show \"mail/work\" # not a comment");
    g_assert_cmpstr(work->client_certificate, ==, certificate);
    g_assert_cmpuint(work->poll_seconds, ==, 120);
    g_assert_null(work->delete_mode);
    g_assert_cmpstr(home->name, ==, "home");
    g_assert_cmpstr(home->password, ==, "pass = word#1");
    g_assert_cmpstr(home->delete_mode, ==, "expunge");
    g_assert_cmpuint(home->poll_seconds, ==, 0);
    g_assert_cmpstr(home->trash, ==, "Papierkorb");

    g_autoptr(Options) options = options_new();
    g_assert_true(options_set(options, "poll", "33", NULL));
    accounts_fill_from_options(accounts, options);
    g_assert_cmpuint(work->poll_seconds, ==, 33);
    g_assert_cmpstr(work->delete_mode, ==, "trash");
    g_assert_cmpuint(home->poll_seconds, ==, 0);
    g_assert_cmpstr(home->delete_mode, ==, "expunge");

    g_autoptr(Account) copy = account_copy(work);
    g_assert_cmpstr(copy->receive->host, ==, "mail.example.org");
    g_assert_true(copy->receive != work->receive);
}

static void assert_kept(const Account *account, const char *mailbox, const char *expected)
{
    KeepRule rule;
    gboolean given = account_keep_rule(account, mailbox, &rule);
    g_autofree char *text = keep_rule_format(&rule);
    g_assert_cmpstr(given ? text : "-", ==, expected);
}

static void test_offline(void)
{
    write_file("[account a]\nreceive = imaps://h\n"
               "offline = texts 90 days\n"
               "offline inbox=everything 2GB 30 days\n"
               "offline Lists/* = summaries\n"
               "offline Lists/kept = everything 1500 kb\n"
               "offline a = b = nothing\n"
               "[account b]\nreceive = imaps://h\noffline Sent = Texts\n",
               0600);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) accounts = accounts_load(path, &error);
    g_assert_no_error(error);
    g_autoptr(Account) a = account_copy(g_ptr_array_index(accounts, 0));
    const Account *b = g_ptr_array_index(accounts, 1);
    assert_kept(a, "Other", "texts 90 days");
    assert_kept(a, "INBOX", "everything 30 days 2 GB");
    assert_kept(a, "Lists/debian", "summaries");
    assert_kept(a, "Lists/kept", "everything 1500 KB");
    assert_kept(a, "a = b", "nothing");
    assert_kept(b, "INBOX", "-");
    assert_kept(b, "Sent", "texts");
}

/* Each file is one mistake beside a good account: the mistake is told with its line, the good account is used. */
/* POP3: what becomes of letters on the server, and where they are put. */
static void test_pop(void)
{
    static const struct {
        const char *text;
        PopPolicyKind kind;
        guint days;
        guint64 bytes;
    } policies[] = {
        { "leave", POP_POLICY_LEAVE, 0, 0 },
        { "delete", POP_POLICY_DELETE, 0, 0 },
        { "leave 30 days", POP_POLICY_LEAVE, 30, 0 },
        { "leave 500 MB", POP_POLICY_LEAVE, 0, 500000000 },
        { "leave 7 days 2 GB", POP_POLICY_LEAVE, 7, 2000000000 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(policies); i++) {
        PopPolicy policy = { 0 };
        g_assert_true(pop_policy_parse(policies[i].text, &policy, NULL));
        g_assert_cmpint(policy.kind, ==, policies[i].kind);
        g_assert_cmpuint(policy.limits.days, ==, policies[i].days);
        g_assert_cmpuint(policy.limits.bytes, ==, policies[i].bytes);
        g_autofree char *back = pop_policy_format(&policy);
        g_assert_cmpstr(back, ==, policies[i].text);
    }
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(GPtrArray) accounts = accounts_parse("[account a]\nreceive = pop3s://u@h\npop-policy = leave 30days\npop-headers-above = 200 kB\n"
                                                   "pop-delete-with-local = yes\ndeliver-to = B/Lists/all\n"
                                                   "[account b]\nreceive = maildir:///tmp/m\n"
                                                   "[account c]\nreceive = pop3s://u@h\n",
                                                   "accounts", 0600, problems);
    g_assert_cmpuint(problems->len, ==, 0);
    g_assert_cmpuint(accounts->len, ==, 3);
    g_autoptr(Account) account = account_copy(accounts->pdata[0]);
    g_assert_cmpuint(account->pop.limits.days, ==, 30);
    g_assert_cmpuint(account->pop.headers_above, ==, 200000);
    g_assert_true(account->pop.delete_with_local);
    g_assert_true(accounts_delivery_target(accounts, account) == accounts->pdata[1]);
    /* Without a word about it nothing is ever deleted on a server. */
    const Account *plain = accounts->pdata[2];
    g_assert_cmpint(plain->pop.kind, ==, POP_POLICY_LEAVE);
    g_assert_false(plain->pop.delete_with_local);
    g_assert_true(accounts_delivery_target(accounts, plain) == plain);
}

static void test_mistakes(void)
{
    static const struct {
        const char *text, *must_say; /* "LINE: words" */
    } cases[] = {
        { "name = x\n", "3: “name” belongs to no account" },
        { "[acount x]\nreceive = imaps://h\n", "3: there is no section “acount”; did you mean “account”?" },
        { "[work]\n", "3: there is no section [work]; did you mean [account work]?" },
        { "[account]\n", "3: the account has no name" },
        { "[account a b]\n", "3: an account's name is one word" },
        { "[account x\n", "3: the “[” has no “]”" },
        { "[account GOOD]\nreceive = imaps://h\n", "3: there is an account “GOOD” already" },
        { "[account x]\nreceive = imaps://h\npasword = y\n", "5: an account has no “pasword”; did you mean “password”?" },
        { "[account x]\nreceive = imaps://h\nreceive = imaps://i\n", "5: “receive” is given already, in line 4" },
        { "[account x]\nreceive = imaps://h\nnonsense\n", "5: this is neither" },
        { "[account x]\nreceive = imaps://h\nname =\n", "5: “name” has no value" },
        { "[account x]\nname = y\n", "3: account “x” does not say where" },
        { "[account x]\nreceive = smtps://h\n", "4: mail is not received by SMTP" },
        { "[account x]\nreceive = imsp://h\n", "4: there is no “imsp://”" },
        { "[account x]\nreceive = imaps://h\naddress = a@b\nsend = imaps://h\n", "6: mail is sent by" },
        { "[account x]\nreceive = imaps://h\nsend = smtps://h\n", "5: account “x” can send but has no address" },
        { "[account x]\nreceive = imaps://h\npassword = y\npassword-command = z\n", "6: of password, password-command" },
        { "[account x]\nreceive = imaps://h\ndelete = exunge\n", "5: delete is trash or expunge, not “exunge”; did you mean “expunge”?" },
        { "[account x]\nreceive = imaps://h\npoll = often\n", "5: “often” is not a number" },
        { "[account x]\nreceive = imaps://h\noffline = text\n", "5: what is kept for offline use is nothing, summaries, texts or everything, not “text”; did you mean “texts”?" },
        { "[account x]\nreceive = imaps://h\noffline INBOX = texts 9 weeks\n", "5: “weeks” is neither days nor a size" },
        { "[account x]\nreceive = imaps://h\noffline = summaries 9 days\n", "5: “summaries” has no limit" },
        { "[account x]\nreceive = imaps://h\noffline = texts 0 days\n", "5: “0” is not a number that can stand here" },
        { "[account x]\nreceive = imaps://h\noffline = texts 1 day 2 days\n", "5: there are two limits of one kind" },
        { "[account x]\nreceive = pop3s://h\npop-policy = leve\n", "5: pop-policy is delete, leave, or leave with days or a size behind it, not “leve”; did you mean “leave”?" },
        { "[account x]\nreceive = pop3s://h\npop-policy = delete 3 days\n", "5: “delete” has no limit" },
        { "[account x]\nreceive = pop3s://h\npop-policy = leave 3 weeks\n", "5: “weeks” is neither days nor a size" },
        { "[account x]\nreceive = pop3s://h\npop-headers-above = 9 days\n", "5: “9 days” is not a size" },
        { "[account x]\nreceive = imaps://h\npop-policy = leave\n", "5: “pop-policy” is for accounts that receive by POP3" },
        { "[account x]\nreceive = pop3s://h\ndeliver-to = nobody\n", "5: deliver-to names a POP3 or Maildir account of this file" },
        { "[account x]\nreceive = imaps://h\noffline a = texts\noffline a = nothing\n", "6: what is kept of “a” is given already" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat("[account good]\nreceive = maildir:///mail\n", cases[i].text, NULL);
        /* A mistake without a section of its own stands before the first. */
        if (cases[i].text[0] != '[') {
            g_free(text);
            text = g_strconcat("\n\n", cases[i].text, "[account good]\nreceive = maildir:///mail\n", NULL);
        }
        write_file(text, 0600);
        g_autoptr(GPtrArray) problems = config_problems_new();
        g_autoptr(GPtrArray) accounts = accounts_read(path, problems);
        g_autoptr(GError) error = NULL;
        g_assert_cmpuint(problems->len, ==, 1);
        g_assert_false(config_problems_to_error(problems, &error));
        g_autofree char *expected = g_strdup_printf("%s:%s", path, cases[i].must_say);
        if (!g_str_has_prefix(error->message, expected))
            g_error("“%s” should start with “%s”", error->message, expected);
        g_assert_cmpuint(accounts->len, ==, 1);
        g_assert_cmpstr(((Account *) g_ptr_array_index(accounts, 0))->name, ==, "good");
        g_assert_null(accounts_load(path, NULL));
    }
}

static void test_private(void)
{
    static const char *const with_password = "[account x]\nreceive = imaps://h\npassword = hunter2\n";
    g_autoptr(GError) error = NULL;
    write_file(with_password, 0640);
    g_assert_null(accounts_load(path, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_READABLE_BY_OTHERS);
    g_assert_nonnull(strstr(error->message, "chmod 600"));
    g_assert_null(strstr(error->message, "hunter2"));
    g_clear_error(&error);

    /* Without a password there is nothing to hide. */
    write_file("[account x]\nreceive = imaps://h\npassword-command = y\n", 0644);
    g_autoptr(GPtrArray) accounts = accounts_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(accounts->len, ==, 1);
}

static void test_no_file(void)
{
    g_autoptr(GError) error = NULL;
    g_unlink(path);
    g_assert_null(accounts_load(path, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_NO_FILE);
    g_clear_error(&error);

    write_file("# nothing yet\n", 0600);
    g_assert_null(accounts_load(path, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_NO_FILE);
    g_clear_error(&error);

    write_file("[account \xff]\n", 0600);
    g_assert_null(accounts_load(path, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_READ);
}

static void test_append(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Account) account = account_new("work");
    account->person = g_strdup("Ada");
    account->address = g_strdup("ada@example.org");
    account->receive = account_url_parse("imaps://ada%40example.org@mail.example.org", NULL);
    account->send = account_url_parse("smtps://ada@mail.example.org", NULL);
    account->password = g_strdup("pass = #1");

    g_unlink(path);
    g_assert_true(accounts_append(path, account, &error));
    g_assert_no_error(error);
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 07777, ==, 0600);

    /* The same name again is refused and nothing is written. */
    g_assert_false(accounts_append(path, account, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE);
    g_clear_error(&error);

    g_free(account->name);
    account->name = g_strdup("second");
    g_assert_true(accounts_append(path, account, &error));
    g_autoptr(GPtrArray) accounts = accounts_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(accounts->len, ==, 2);
    const Account *read_back = g_ptr_array_index(accounts, 1);
    g_assert_cmpstr(read_back->password, ==, "pass = #1");
    g_assert_cmpstr(read_back->receive->user, ==, "ada@example.org");

    /* No password into a file that others can read, no value that would read back as something else. */
    g_free(account->name);
    account->name = g_strdup("third");
    g_assert_cmpint(g_chmod(path, 0644), ==, 0);
    g_assert_false(accounts_append(path, account, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_READABLE_BY_OTHERS);
    g_clear_error(&error);
    g_assert_cmpint(g_chmod(path, 0600), ==, 0);
    g_free(account->password);
    account->password = g_strdup("two\nlines");
    g_assert_false(accounts_append(path, account, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE);
    g_clear_error(&error);
    g_autoptr(GPtrArray) still = accounts_load(path, &error);
    g_assert_cmpuint(still->len, ==, 2);
}

/* A file that does not end with a newline keeps its last line. */
static void test_append_unended(void)
{
    write_file("[account a]\nreceive = imaps://h", 0600);
    g_autoptr(Account) account = account_new("b");
    account->receive = account_url_parse("imaps://i", NULL);
    g_assert_true(accounts_append(path, account, NULL));
    g_autoptr(GPtrArray) accounts = accounts_load(path, NULL);
    g_assert_cmpuint(accounts->len, ==, 2);
    g_assert_cmpstr(((Account *) g_ptr_array_index(accounts, 0))->receive->host, ==, "h");
}

/* "Name <address>, signature; …" of all identities, or the problems. */
static char *identities(const char *lines)
{
    g_autofree char *text = g_strdup_printf("[account x]\nreceive = imaps://h\nname = Ada\naddress = ada@x.org\n%s", lines);
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_autoptr(GPtrArray) read = accounts_parse(text, "f", 0600, problems);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < problems->len; i++) {
        g_autofree char *words = config_problem_format(problems->pdata[i]);
        g_string_append(out, words);
    }
    if (read->len == 0)
        return g_string_free(out, FALSE);
    g_autoptr(Account) copy = account_copy(read->pdata[0]);
    g_autoptr(GPtrArray) list = account_identities(copy);
    for (guint i = 0; i < list->len; i++) {
        const Identity *one = list->pdata[i];
        g_string_append_printf(out, "%s <%s>, %s%s; ", one->name ? one->name : "", one->address, one->signature ? one->signature : "",
                               one->signature_command ? one->signature_command : "");
    }
    return g_string_free(out, FALSE);
}

static void test_identities(void)
{
    static const struct {
        const char *lines, *expected;
    } cases[] = {
        { "", "Ada <ada@x.org>, ; " },
        { "identity = \"Ada L.\" <a@y.org>\nidentity = b@y.org\nidentity = Twice <ADA@x.org>\n",
          "Ada <ada@x.org>, ; Ada L. <a@y.org>, ;  <b@y.org>, ; " },
        { "identity = a@y.org\nsignature a@y.org = /s\nsignature-command = date; echo =\n", "Ada <ada@x.org>, date; echo =;  <a@y.org>, /s; " },
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = identities(cases[i].lines);
        g_assert_cmpstr(found, ==, cases[i].expected);
    }
    static const char *const wrong[] = { "identity = Ada\n", "identity = A <a b@c>\n", "signature x = /s\n",
                                         "signature = /s\nsignature-command = date\n", "identity =\n" };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *found = identities(wrong[i]);
        g_assert_true(strstr(found, "f:5") != NULL || strstr(found, "f:6") != NULL);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autofree char *folder = g_dir_make_tmp("malle-test-XXXXXX", NULL);
    path = g_build_filename(folder, "accounts", NULL);
    g_test_add_func("/accounts/url", test_url);
    g_test_add_func("/accounts/local-url", test_local_url);
    g_test_add_func("/accounts/wrong-url", test_wrong_url);
    g_test_add_func("/accounts/file", test_file);
    g_test_add_func("/accounts/offline", test_offline);
    g_test_add_func("/accounts/pop", test_pop);
    g_test_add_func("/accounts/mistakes", test_mistakes);
    g_test_add_func("/accounts/private", test_private);
    g_test_add_func("/accounts/no-file", test_no_file);
    g_test_add_func("/accounts/append", test_append);
    g_test_add_func("/accounts/append-unended", test_append_unended);
    g_test_add_func("/accounts/identities", test_identities);
    int status = g_test_run();
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    return status;
}
