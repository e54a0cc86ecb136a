/* Mailcap files, and the commands that they and a message make together. The first line is what the message
 * says of itself, the rest is the file; no command is run.
 *
 * The invariant: nothing that comes from the message or from a path acts in the shell. Each template is
 * expanded twice, with hostile values and with harmless ones, and both lines are read as a shell reads them: the
 * same characters have to act, and what remains of the words has to be the values as they were. */
#include "config.h"

#include "mime/mailcap-internal.h"

#include <string.h>

#include "../fuzz.h"

#define HOSTILE_PATH "/a b'c\"d$e`f\\g;h|i&j(k)l<m>n*o?p[q]r#s~t{u}v=w!x\ty\n#z'"
#define HARMLESS_PATH "/QQQQQQQQ"

/* --- as a shell reads (POSIX.1-2017, 2.2 and 2.3) ------------------------------------------- */

typedef struct {
    GString *acting;  /* the characters that mean something to the shell, in order */
    GString *literal; /* all others, quotes taken away */
} Shell;

static void shell_read(Shell *shell, const char *line)
{
    char quote = '\0';
    bool word_begins = true;
    for (const char *p = line; *p != '\0'; p++) {
        bool starts = word_begins;
        word_begins = false;
        if (quote != '\0' && *p == quote) {
            quote = '\0';
        } else if (quote == '\'') {
            g_string_append_c(shell->literal, *p);
        } else if (*p == '\\' && p[1] != '\0' && (quote == '\0' || strchr("$`\"\\\n", p[1]))) {
            g_string_append_c(shell->literal, *++p);
        } else if (quote == '"') {
            g_string_append_c(*p == '$' || *p == '`' ? shell->acting : shell->literal, *p);
        } else if (*p == '\'' || *p == '"') {
            quote = *p;
        } else if (*p == '#' && starts) {
            p += strcspn(p, "\n") - 1; /* a comment */
        } else if (strchr("|&;<>()$`\\*?[]#~{}=! \t\n", *p)) {
            g_string_append_c(shell->acting, *p);
            word_begins = strchr("|&;<>() \t\n", *p) != NULL;
        } else {
            g_string_append_c(shell->literal, *p);
        }
    }
    g_string_append_c(shell->acting, quote); /* left open: the same in both */
}

static void shell_clear(Shell *shell)
{
    g_string_free(shell->acting, TRUE);
    g_string_free(shell->literal, TRUE);
}

/* --- the two expansions --------------------------------------------------------------------- */

static void assert_same_in_shell(const char *harmless, const char *hostile)
{
    Shell a = { g_string_new(NULL), g_string_new(NULL) }, b = { g_string_new(NULL), g_string_new(NULL) };
    shell_read(&a, harmless);
    shell_read(&b, hostile);
    g_assert_true(g_string_equal(a.acting, b.acting));
    g_string_replace(a.literal, HARMLESS_PATH, HOSTILE_PATH, 0);
    g_assert_true(g_string_equal(a.literal, b.literal));
    shell_clear(&a);
    shell_clear(&b);
}

static void check_line(const char *template, const MessagePart *part)
{
    bool uses_path, uses_hostile_path;
    g_autofree char *harmless = mailcap_expand_for_shell(template, part, HARMLESS_PATH, &uses_path);
    g_autofree char *hostile = mailcap_expand_for_shell(template, part, HOSTILE_PATH, &uses_hostile_path);
    g_assert_true((harmless == NULL) == (hostile == NULL));
    if (harmless == NULL)
        return;
    g_assert_true(uses_path == uses_hostile_path);
    assert_same_in_shell(harmless, hostile);
}

static void check_command(const char *template, const MessagePart *part)
{
    g_autoptr(MailcapCommand) harmless = mailcap_command_build(template, part, HARMLESS_PATH);
    g_autoptr(MailcapCommand) hostile = mailcap_command_build(template, part, HOSTILE_PATH);
    g_assert_true((harmless == NULL) == (hostile == NULL));
    if (harmless == NULL)
        return;
    guint n = g_strv_length(harmless->argv);
    g_assert_cmpuint(n, ==, g_strv_length(hostile->argv));
    /* An author's own "sh -c" is one word of his to us: it is why the names of files that programs get are inert
     * (mime_inert_filename()). */
    bool uses_path;
    g_autofree char *line = mailcap_expand_for_shell(template, part, HARMLESS_PATH, &uses_path);
    if (n == 3 && strcmp(harmless->argv[0], "/bin/sh") == 0 && g_strcmp0(harmless->argv[2], line) == 0) {
        assert_same_in_shell(harmless->argv[2], hostile->argv[2]);
        return;
    }
    for (guint i = 0; i < n; i++) { /* without a shell: one word stays one word */
        g_autoptr(GString) expected = g_string_new(harmless->argv[i]);
        g_string_replace(expected, HARMLESS_PATH, HOSTILE_PATH, 0);
        g_assert_cmpstr(expected->str, ==, hostile->argv[i]);
    }
}

/* What a parameter's value becomes is harmless by itself, wherever an author put it. */
static void check_parameter(const MessagePart *part)
{
    bool uses_path;
    g_autofree char *line = mailcap_expand_for_shell("%{charset}", part, HARMLESS_PATH, &uses_path);
    g_assert_true(g_str_has_prefix(line, "'") && g_str_has_suffix(line, "'") && strlen(line) >= 2);
    for (gsize i = 1; line[i + 1] != '\0'; i++)
        g_assert_true(g_ascii_isalnum(line[i]) || strchr(".+-_:", line[i]));
    g_assert_true(line[1] != '-' && line[1] != '+');
}

static void check_entry(const MailcapEntry *entry, const MessagePart *part)
{
    const char *templates[] = { entry->view, entry->print, entry->test };
    g_assert_nonnull(entry->view);
    for (gsize i = 0; i < G_N_ELEMENTS(templates); i++) {
        if (templates[i] == NULL || strchr(templates[i], 'Q')) /* it could spell the harmless path itself */
            continue;
        check_line(templates[i], part);
        check_command(templates[i], part);
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const guint8 *newline = memchr(data, '\n', size);
    gsize first = newline != NULL ? (gsize)(newline - data) : size;
    g_autofree char *said = fuzz_string(data, first, true);
    g_autoptr(MessagePart) part = message_part_new("1", "text", "html");
    message_part_set_parameter(part, "charset", said);
    g_free(part->filename);
    part->filename = g_strdup(said);
    check_parameter(part);

    g_autoptr(Mailcap) mailcap = mailcap_new_empty();
    if (newline != NULL) {
        g_autofree char *text = fuzz_copy(newline + 1, size - first - 1);
        mailcap_read_text(mailcap, text, size - first - 1, "mailcap");
    }
    for (guint i = 0; i < mailcap->entries->len; i++)
        check_entry(g_ptr_array_index(mailcap->entries, i), part);
    return 0;
}
