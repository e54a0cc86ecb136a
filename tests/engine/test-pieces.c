/* What of the engine can be tested without a server. */
#include "config.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/convert.h"
#include "engine/housekeeping.h"
#include "engine/login.h"
#include "engine/pins.h"
#include "net/scripted.h"

static void test_slept(void)
{
    gint64 second = G_USEC_PER_SEC;
    g_assert_false(housekeeping_slept(0, 0, 10 * second, 10 * second));
    g_assert_false(housekeeping_slept(0, 0, 12 * second, 10 * second)); /* a busy machine is not a sleeping one */
    g_assert_true(housekeeping_slept(0, 0, 600 * second, 10 * second));
}

static void test_pins(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = g_dir_make_tmp("malle-pins-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "pins", NULL);
    Pins *pins = pins_open(path);
    g_assert_null(pins_lookup(pins, "work", "imap.example.org", 993));
    g_assert_true(pins_set(pins, "work", "IMAP.example.org", 993, "aa11", &error));
    g_assert_true(pins_set(pins, "home", "imap.example.org", 993, "bb22", &error));
    g_assert_no_error(error);
    pins_close(pins);

    pins = pins_open(path);
    g_assert_cmpstr(pins_lookup(pins, "work", "imap.example.org", 993), ==, "aa11");
    g_assert_cmpstr(pins_lookup(pins, "home", "imap.example.org", 993), ==, "bb22");
    /* A pin is for one account, host and port. */
    g_assert_null(pins_lookup(pins, "work", "imap.example.org", 143));
    g_assert_null(pins_lookup(pins, "work", "imap.example.com", 993));
    g_assert_true(pins_set(pins, "work", "imap.example.org", 993, "cc33", &error));
    g_assert_cmpstr(pins_lookup(pins, "work", "imap.example.org", 993), ==, "cc33");
    pins_close(pins);

    struct stat seen;
    g_assert_cmpint(stat(path, &seen), ==, 0);
    g_assert_cmpint(seen.st_mode & 0777, ==, 0600);
    g_unlink(path);
    g_rmdir(directory);
}

static void test_pins_damaged(void)
{
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("malle-pins-XXXXXX", &path, NULL);
    close(file);
    g_file_set_contents(path, "nonsense\n\xff\xfe one two three four five\nwork host 993 aa\n", -1, NULL);
    Pins *pins = pins_open(path);
    g_assert_cmpstr(pins_lookup(pins, "work", "host", 993), ==, "aa");
    pins_close(pins);
    g_unlink(path);
}

static void test_references(void)
{
    ImapEnvelope envelope = { .in_reply_to = IMAP_STRING("<b@x>"), .message_id = IMAP_STRING("<c@x>"), .subject = IMAP_STRING("=?utf-8?q?caf=C3=A9?=") };
    g_autoptr(MessageSummary) summary = summary_from_envelope(&envelope, IMAP_STRING("References: <a@x>\r\n <b@x>\r\n\r\n"));
    g_assert_cmpstr(summary->subject, ==, "café");
    g_assert_cmpstr(summary->message_id, ==, "c@x");
    g_assert_cmpuint(g_strv_length(summary->references), ==, 2); /* no doubles */
    g_assert_cmpstr(summary->references[0], ==, "a@x");
    g_assert_cmpstr(summary->references[1], ==, "b@x");
}

static void test_keywords(void)
{
    const ImapString others[] = { IMAP_STRING("todo"), IMAP_STRING("\\Unheard"), IMAP_STRING("Work") };
    ImapFlags flags = { .bits = MAIL_FLAG_SEEN, .others = others, .n_others = 3 };
    g_autofree char *keywords = keywords_from_flags(&flags);
    g_assert_cmpstr(keywords, ==, "todo Work");
}

/* S50: a token goes to the server that it was made for, and to no other, whatever the account says meanwhile. */
static void test_token_and_server(void)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    g_autoptr(ScriptedPeer) peer = scripted_peer_new(context);
    g_autoptr(Stream) stream = scripted_peer_stream(peer);
    g_autoptr(Secret) token = secret_new_for("tok", 3, "imap.example.org");
    const char *const offered[] = { "XOAUTH2", "PLAIN", NULL };
    const LoginOffer offer = { .mechanisms = offered, .plain_command = TRUE };
    Account account = { .name = (char *) "work", .token_command = (char *) "print-token" };
    AccountUrl url = { .scheme = ACCOUNT_SCHEME_IMAP, .security = ACCOUNT_SECURITY_INSECURE, .user = (char *) "ada",
                       .host = (char *) "imap.example.org", .port = 143 };
    LoginMeans means = { .account = &account, .url = &url, .secret = token };

    SaslMechanism *mechanism = login_mechanism(&means, stream, &offer);
    g_assert_cmpstr(sasl_mechanism_name(mechanism), ==, "XOAUTH2");
    sasl_mechanism_free(mechanism);
    url.host = (char *) "imap.elsewhere.example";
    g_assert_null(login_mechanism(&means, stream, &offer));
    g_assert_false(login_may_show_password(&means, stream, &offer));
    g_autofree char *words = login_impossible_words(&means, stream, &offer);
    g_assert_nonnull(strstr(words, "another server"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/housekeeping/slept", test_slept);
    g_test_add_func("/engine/pins", test_pins);
    g_test_add_func("/engine/token-and-server", test_token_and_server);
    g_test_add_func("/engine/pins/damaged", test_pins_damaged);
    g_test_add_func("/engine/convert/references", test_references);
    g_test_add_func("/engine/convert/keywords", test_keywords);
    return g_test_run();
}
