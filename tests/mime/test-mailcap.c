/* mailcap entries and what they may do with a message (S42); sniffing and agreement (S43). */
#include "config.h"
#include "mime/magic.h"
#include "mime/mailcap.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define PATH "/tmp/malle-part.html"

static Mailcap *mailcap_of(const char *text)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("malle-mailcap-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    Mailcap *mailcap = mailcap_new(path);
    g_unlink(path);
    return mailcap;
}

/* The argv for text/html with a hostile charset, its words joined by '|'; "none" or "refused". */
static char *command_for(const char *mailcap_text, const char *charset, MailcapUse use)
{
    g_autoptr(Mailcap) mailcap = mailcap_of(mailcap_text);
    g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
    message_part_set_parameter(part, "charset", charset);
    g_autoptr(GError) error = NULL;
    g_autoptr(MailcapCommand) command = mailcap_find(mailcap, part, use, PATH, &error);
    if (!command)
        return g_strdup(g_error_matches(error, MAILCAP_ERROR, MAILCAP_ERROR_NONE_FOUND) ? "none" : "refused");
    return g_strjoinv("|", command->argv);
}

static void assert_command(const char *mailcap_text, const char *charset, const char *expected)
{
    g_autofree char *command = command_for(mailcap_text, charset, MAILCAP_VIEW);
    g_assert_cmpstr(command, ==, expected);
}

static void test_entries(void)
{
    assert_command("text/html; lynx %s\n", "utf-8", "lynx|" PATH);
    assert_command("# comment\n\ntext/plain; less %s\ntext/html; \\\n  w3m -I %{charset} %s; needsterminal\n",
                   "utf-8", "w3m|-I|utf-8|" PATH);
    assert_command("text/*; first %s\ntext/html; second %s\n", "x", "first|" PATH);
    assert_command("text; implicit %s\n", "x", "implicit|" PATH);
    assert_command("image/*; x %s\n", "x", "none");
    assert_command("text/html; no; test=false\ntext/html; yes %s; test=true\n", "x", "yes|" PATH);
    assert_command("text/html; semi\\;colon %s\n", "x", "/bin/sh|-c|semi;colon '" PATH "'");
    assert_command("broken line\ntext/html; fine %s\n", "x", "fine|" PATH);
    g_autofree char *none = command_for("text/html; lynx %s\n", "x", MAILCAP_TEXT);
    g_assert_cmpstr(none, ==, "none");
    g_autofree char *text =
        command_for("text/html; lynx %s\ntext/html; lynx -dump %s; copiousoutput\n", "x", MAILCAP_TEXT);
    g_assert_cmpstr(text, ==, "lynx|-dump|" PATH);
    g_autofree char *print = command_for("text/html; lynx %s; print=lpr %s\n", "x", MAILCAP_PRINT);
    g_assert_cmpstr(print, ==, "lpr|" PATH);
}

/* Whatever a message says in a parameter, it stays one harmless word. */
static void test_quoting(void)
{
    static const char *const hostile[] = { "`reboot`",       "$(reboot)", "$IFS;reboot", "'; reboot; '",
                                           "\"; reboot; \"", "a\nreboot", "-rf",         "x|y&z>w" };
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autofree char *plain = command_for("text/html; show -c %{charset} %s\n", hostile[i], MAILCAP_VIEW);
        g_autofree char *shell =
            command_for("text/html; show -c %{charset} <%s | cat\n", hostile[i], MAILCAP_VIEW);
        g_autofree char *single =
            command_for("text/html; show -c '%{charset}' <%s | cat\n", hostile[i], MAILCAP_VIEW);
        g_autofree char *twice =
            command_for("text/html; show -c \"%{charset}\" <%s | cat\n", hostile[i], MAILCAP_VIEW);
        const char *const commands[] = { plain, shell, single, twice };
        for (gsize c = 0; c < G_N_ELEMENTS(commands); c++) {
            g_assert_null(strpbrk(commands[c], "`$\n&"));
            g_assert_null(strstr(commands[c], "; reboot"));
        }
        g_auto(GStrv) words = g_strsplit(plain, "|", -1);
        g_assert_cmpuint(g_strv_length(words), ==, 4);
        g_assert_cmpint(words[2][0], !=, '-');
    }
    assert_command("text/html; show `echo %{charset}` %s\n", "x", "refused");
    assert_command("text/html; show $(echo %s)\n", "x", "refused");
    assert_command("text/html; show 100%% <%s\n", "x", "/bin/sh|-c|show 100% <'" PATH "'");
}

/* What the shell makes of it is what counts: run it. */
static void test_through_the_shell(void)
{
    g_autofree char *directory = g_dir_make_tmp("malle-mailcap-XXXXXX", NULL);
    g_autofree char *witness = g_build_filename(directory, "pwned", NULL);
    g_autofree char *value = g_strdup_printf("x'\"`touch %s`$(touch %s);touch %s", witness, witness, witness);
    static const char *const templates[] = { "text/html; echo %{charset} | cat\n",
                                             "text/html; echo '%{charset}' | cat\n",
                                             "text/html; echo \"%{charset}\" | cat\n" };
    for (gsize i = 0; i < G_N_ELEMENTS(templates); i++) {
        g_autoptr(Mailcap) mailcap = mailcap_of(templates[i]);
        g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
        message_part_set_parameter(part, "charset", value);
        g_autoptr(MailcapCommand) command = mailcap_find(mailcap, part, MAILCAP_VIEW, PATH, NULL);
        g_assert_nonnull(command);
        g_assert_true(command->on_stdin);
        g_autofree char *output = NULL;
        g_assert_true(g_spawn_sync(NULL, command->argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL,
                                   NULL, NULL));
        g_assert_cmpuint(strlen(output), >, 10);
        g_assert_false(g_file_test(witness, G_FILE_TEST_EXISTS));
    }
    g_assert_cmpint(g_rmdir(directory), ==, 0);
}

static void test_types(void)
{
    g_autoptr(Mailcap) mailcap = mailcap_of("*/*; open %s\napplication/pdf; pdf %s; nametemplate=%s.pdf\n");
    static const char *const hostile[] = { "x;reboot", "a b", "$(x)", "-x", "x/y" };
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autoptr(MessagePart) part = message_part_new("1", "application", hostile[i]);
        g_autoptr(GError) error = NULL;
        g_assert_null(mailcap_find(mailcap, part, MAILCAP_VIEW, PATH, &error));
        g_assert_error(error, MAILCAP_ERROR, MAILCAP_ERROR_REFUSED);
    }
    g_autoptr(MessagePart) part = message_part_new("1", "application", "pdf");
    part->filename = g_strdup("../x.$(reboot)");
    g_autofree char *suffix = mailcap_suffix(mailcap, part, MAILCAP_VIEW);
    g_assert_cmpstr(suffix, ==, "");
    g_autoptr(Mailcap) templated = mailcap_of("application/pdf; pdf %s; nametemplate=%s.pdf\n");
    g_autofree char *ending = mailcap_suffix(templated, part, MAILCAP_VIEW);
    g_assert_cmpstr(ending, ==, ".pdf");
}

static void test_magic(void)
{
    g_autoptr(MimeMagic) magic = mime_magic_new();
    g_assert_nonnull(magic);
    static const struct {
        const char *bytes;
        gsize length;
        const char *type;
    } cases[] = {
        { "%PDF-1.4\n%x", 11, "application/pdf" },
        { "\211PNG\r\n\032\n\0\0\0\rIHDR", 16, "image/png" },
        { "#!/bin/sh\nreboot\n", 17, "text/x-shellscript" },
        { "hello there\n", 12, "text/plain" },
        { "", 0, "inode/x-empty" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *type = mime_magic_of_bytes(magic, cases[i].bytes, cases[i].length);
        g_assert_cmpstr(type, ==, cases[i].type);
    }
    g_autofree char *shell = mime_magic_of_file(magic, "/proc/self/exe");
    g_assert_cmpstr(shell, ==, "inode/x-empty"); /* a link is not followed */
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *program = mime_magic_of_file(magic, self);
    g_autofree char *why = NULL;
    g_assert_false(mime_magic_agrees("text/plain", program, &why));
    g_assert_nonnull(why);
}

static void test_agreement(void)
{
    static const struct {
        const char *declared, *sniffed;
        bool agrees;
    } cases[] = {
        { "application/pdf", "application/pdf", true },
        { "image/jpg", "image/jpeg", true },
        { "image/jpeg", "image/png", true },
        { "text/html", "text/plain", true },
        { "text/plain", "text/html", true },
        { "application/json", "text/plain", true },
        { "image/svg+xml", "text/xml", true },
        { "application/octet-stream", "application/pdf", true },
        { "application/vnd.oasis.opendocument.text", "application/zip", true },
        { "application/x-thing", "application/octet-stream", true },
        { "text/plain", "text/x-shellscript", false },
        { "text/plain", "application/x-executable", false },
        { "application/octet-stream", "application/x-dosexec", false },
        { "application/x-sh", "text/x-shellscript", false },
        { "image/png", "text/html", false },
        { "application/pdf", "text/html", false },
        { "application/pdf", "application/octet-stream", false },
        { "image/png", "application/zip", false },
        { "application/x-desktop", "text/plain", false },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *why = NULL;
        g_assert_cmpint(mime_magic_agrees(cases[i].declared, cases[i].sniffed, &why), ==, cases[i].agrees);
        g_assert_cmpint(why != NULL, ==, !cases[i].agrees);
    }
    g_assert_cmpstr(mime_type_of_name("x.PDF"), ==, "application/pdf");
    g_assert_null(mime_type_of_name("x"));
}

static void assert_opens(const char *path, const char *declared, const char *name, const char *expected)
{
    g_autofree char *why = NULL;
    g_autofree char *type = mime_type_to_open(declared, name, path, &why);
    g_assert_cmpstr(type, ==, expected);
    g_assert_cmpint(why != NULL, ==, expected == NULL);
}

/* S43, on real files: a PDF without a type opens by what it is; a script under a friendly type does not open.
 */
static void test_type_to_open(void)
{
    g_autofree char *directory = g_dir_make_tmp("malle-magic-XXXXXX", NULL);
    g_autofree char *pdf = g_build_filename(directory, "pdf", NULL);
    g_autofree char *script = g_build_filename(directory, "script", NULL);
    g_assert_true(g_file_set_contents(pdf, "%PDF-1.4\n%\n", -1, NULL));
    g_assert_true(g_file_set_contents(script, "#!/bin/sh\nreboot\n", -1, NULL));
    assert_opens(pdf, "application/pdf", "a.pdf", "application/pdf");
    assert_opens(pdf, "Application/PDF", NULL, "application/pdf");
    assert_opens(pdf, "application/octet-stream", "a.bin", "application/pdf");
    assert_opens(pdf, "application/octet-stream", "a.pdf", "application/pdf");
    assert_opens(pdf, "image/png", "a.png", NULL);
    assert_opens(script, "text/plain", "letter.txt", NULL);
    assert_opens(script, "application/octet-stream", "letter.txt", NULL);
    assert_opens(script, "application/pdf", "letter.pdf", NULL);
    g_unlink(pdf);
    g_unlink(script);
    g_assert_cmpint(g_rmdir(directory), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mailcap/entries", test_entries);
    g_test_add_func("/mailcap/quoting", test_quoting);
    g_test_add_func("/mailcap/shell", test_through_the_shell);
    g_test_add_func("/mailcap/types", test_types);
    g_test_add_func("/magic/sniff", test_magic);
    g_test_add_func("/magic/agreement", test_agreement);
    g_test_add_func("/magic/to-open", test_type_to_open);
    return g_test_run();
}
