/* Mailcap files: reading and choosing (see mailcap.h). Building the command is in mailcap-command.c. */
#include "config.h"
#include "mime/mailcap-internal.h"

#include "base/i18n.h"
#include "base/subprocess.h"
#include "base/text.h"

#include <string.h>

#define MAX_FILE (1024 * 1024)

G_DEFINE_QUARK(malle - mailcap - error, mailcap_error)

static void entry_free(gpointer data)
{
    MailcapEntry *entry = data;
    g_free(entry->type);
    g_free(entry->view);
    g_free(entry->print);
    g_free(entry->test);
    g_free(entry->name_template);
    g_free(entry->source);
    g_free(entry);
}

/* The next field of an entry: up to a ';' that is not escaped; escapes of ';' and '\' undone (RFC 1524
 * appendix A). Other backslashes are the shell's. NULL at the end. */
static char *next_field(const char **p)
{
    if (!*p || !**p)
        return NULL;
    GString *field = g_string_new(NULL);
    const char *q = *p;
    for (; *q && *q != ';'; q++) {
        if (*q == '\\' && (q[1] == ';' || q[1] == '\\'))
            q++;
        g_string_append_c(field, *q);
    }
    *p = *q ? q + 1 : q;
    return g_strstrip(g_string_free(field, FALSE));
}

static void take_option(MailcapEntry *entry, char *field)
{
    char *equals = strchr(field, '=');
    const char *value = equals ? g_strstrip(equals + 1) : NULL;
    g_autofree char *name = g_strstrip(equals ? g_strndup(field, (gsize)(equals - field)) : g_strdup(field));
    struct {
        const char *name;
        char **place;
    } texts[] = { { "test", &entry->test },
                  { "print", &entry->print },
                  { "nametemplate", &entry->name_template } };
    for (gsize i = 0; value && i < G_N_ELEMENTS(texts); i++) {
        if (g_ascii_strcasecmp(name, texts[i].name) == 0 && !*texts[i].place)
            *texts[i].place = g_strdup(value);
    }
    if (g_ascii_strcasecmp(name, "needsterminal") == 0)
        entry->needs_terminal = true;
    else if (g_ascii_strcasecmp(name, "copiousoutput") == 0)
        entry->copious = true;
}

static void read_line(Mailcap *mailcap, const char *line, const char *source, guint number)
{
    const char *p = line;
    g_autofree char *type = next_field(&p);
    g_autofree char *view = next_field(&p);
    if (!type || !view || !*type)
        return;
    MailcapEntry *entry = g_new0(MailcapEntry, 1);
    entry->type = strchr(type, '/') ? g_ascii_strdown(type, -1) : g_strdup_printf("%s/*", type);
    entry->view = g_steal_pointer(&view);
    entry->source = g_strdup_printf("%s:%u", source, number);
    for (char *field; (field = next_field(&p)) != NULL; g_free(field))
        take_option(entry, field);
    g_ptr_array_add(mailcap->entries, entry);
}

void mailcap_read_text(Mailcap *mailcap, const char *text, gsize length, const char *source)
{
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
    g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);
    g_autoptr(GString) joined = g_string_new(NULL);
    guint first = 0;
    for (guint i = 0; lines[i]; i++) {
        if (joined->len == 0)
            first = i + 1;
        g_strchomp(lines[i]);
        if (joined->len == 0 && (*lines[i] == '#' || !*lines[i]))
            continue;
        gsize n = strlen(lines[i]);
        g_string_append_len(joined, lines[i], (gssize)n);
        if (n > 0 && lines[i][n - 1] == '\\' && lines[i + 1]) {
            g_string_truncate(joined, joined->len - 1);
            continue;
        }
        read_line(mailcap, joined->str, source, first);
        g_string_truncate(joined, 0);
    }
}

static void read_file(Mailcap *mailcap, const char *path)
{
    g_autofree char *content = NULL;
    gsize length;
    if (g_file_get_contents(path, &content, &length, NULL) && length <= MAX_FILE)
        mailcap_read_text(mailcap, content, length, path);
}

Mailcap *mailcap_new_empty(void)
{
    Mailcap *mailcap = g_new0(Mailcap, 1);
    mailcap->entries = g_ptr_array_new_with_free_func(entry_free);
    return mailcap;
}

Mailcap *mailcap_new(const char *paths)
{
    Mailcap *mailcap = mailcap_new_empty();
    if (!paths)
        paths = g_getenv("MAILCAPS");
    g_autofree char *usual = NULL;
    if (!paths || !*paths)
        paths = usual = g_strconcat(
            g_get_home_dir(), "/.mailcap:/etc/mailcap:/usr/share/etc/mailcap:/usr/local/etc/mailcap", NULL);
    g_auto(GStrv) files = g_strsplit(paths, ":", -1);
    for (char **file = files; *file; file++)
        if (**file)
            read_file(mailcap, *file);
    return mailcap;
}

void mailcap_free(Mailcap *mailcap)
{
    if (!mailcap)
        return;
    g_ptr_array_unref(mailcap->entries);
    g_free(mailcap);
}

void mailcap_command_free(MailcapCommand *command)
{
    if (!command)
        return;
    g_strfreev(command->argv);
    g_free(command->command);
    g_free(command->source);
    g_free(command);
}

static bool matches(const MailcapEntry *entry, const char *type)
{
    gsize length = strlen(entry->type);
    if (strcmp(entry->type, "*/*") == 0)
        return true;
    if (length > 2 && strcmp(entry->type + length - 2, "/*") == 0)
        return strncmp(entry->type, type, length - 1) == 0;
    return strcmp(entry->type, type) == 0;
}

static const char *command_for(const MailcapEntry *entry, MailcapUse use)
{
    if (use == MAILCAP_PRINT)
        return entry->print;
    if (use == MAILCAP_TEXT && !entry->copious)
        return NULL;
    return *entry->view ? entry->view : NULL;
}

/* Does the entry's own condition hold here? The commonest is answered without running anything. */
static bool test_holds(const MailcapEntry *entry, const MessagePart *part, const char *path)
{
    if (!entry->test || !*entry->test)
        return true;
    static const char *const display[] = { "test -n \"$DISPLAY\"", "test -n $DISPLAY", "test \"$DISPLAY\"",
                                           "[ -n \"$DISPLAY\" ]" };
    for (gsize i = 0; i < G_N_ELEMENTS(display); i++)
        if (strcmp(entry->test, display[i]) == 0)
            return g_getenv("DISPLAY") && *g_getenv("DISPLAY");
    bool uses_path;
    g_autofree char *line = mailcap_expand_for_shell(entry->test, part, path, &uses_path);
    if (!line)
        return false;
    SubprocessSpec spec = { .command = line, .deadline_ms = 3000, .output_limit = 4096 };
    g_autoptr(SubprocessResult) result = subprocess_run(&spec, NULL);
    return result && result->status == 0;
}

static MailcapEntry *find_entry(Mailcap *mailcap, const MessagePart *part, MailcapUse use, const char *path)
{
    g_autofree char *type = g_strconcat(part->type, "/", part->subtype, NULL);
    for (guint i = 0; i < mailcap->entries->len; i++) {
        MailcapEntry *entry = g_ptr_array_index(mailcap->entries, i);
        if (matches(entry, type) && command_for(entry, use) && test_holds(entry, part, path))
            return entry;
    }
    return NULL;
}

static bool is_plain_ending(const char *ending)
{
    gsize length = strlen(ending);
    return length > 1 && length <= 20 && *ending == '.' &&
           strspn(ending, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length;
}

char *mailcap_suffix(Mailcap *mailcap, const MessagePart *part, MailcapUse use)
{
    const MailcapEntry *entry = find_entry(mailcap, part, use, "/nonexistent");
    const char *template = entry ? entry->name_template : NULL;
    if (template && g_str_has_prefix(template, "%s") && is_plain_ending(template + 2))
        return g_strdup(template + 2);
    const char *dot = part->filename ? strrchr(part->filename, '.') : NULL;
    return g_strdup(dot && is_plain_ending(dot) ? dot : "");
}

MailcapCommand *mailcap_find(Mailcap *mailcap, const MessagePart *part, MailcapUse use, const char *path,
                             GError **error)
{
    g_autofree char *shown = NULL;
    g_autofree char *type = g_strconcat(part->type, "/", part->subtype, NULL);
    shown = text_make_safe(type, -1, TEXT_SINGLE_LINE);
    if (!mailcap_is_plain_type(part) || !g_path_is_absolute(path)) {
        g_set_error(
            error, MAILCAP_ERROR, MAILCAP_ERROR_REFUSED,
            _("The type %s is not written as types are; nothing was opened. The attachment can be saved."),
            shown);
        return NULL;
    }
    const MailcapEntry *entry = find_entry(mailcap, part, use, path);
    if (!entry) {
        g_set_error(error, MAILCAP_ERROR, MAILCAP_ERROR_NONE_FOUND,
                    _("No program for %s in the mailcap files. It can be saved, or piped to a program."),
                    shown);
        return NULL;
    }
    MailcapCommand *command = mailcap_command_build(command_for(entry, use), part, path);
    if (!command) {
        g_set_error(
            error, MAILCAP_ERROR, MAILCAP_ERROR_REFUSED,
            _("%s: this entry puts a part of the message where it cannot be quoted; nothing was opened."),
            entry->source);
        return NULL;
    }
    command->needs_terminal = entry->needs_terminal;
    command->copious_output = entry->copious;
    command->source = g_strdup(entry->source);
    return command;
}
