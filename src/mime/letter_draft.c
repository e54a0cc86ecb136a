/* A letter being written as a text file (see letter_reply.h): what any editor can read if all else fails.
 *
 *     From: Alice <alice@example.org>
 *     Subject: Été
 *     Attach: /home/alice/plan.pdf
 *     Attach-Type: application/pdf
 *     Attach: on the server                     an attachment that lies there:
 *     Attach-Remote: 17 5120000 base64 2.1 -    message, octets, encoding, section, charset
 *     Note-account: work
 *
 *     The text.
 */
#include "config.h"

#include "mime/letter_reply.h"

#include <string.h>

#include "mime/charset.h"

#define NOTE "Note-"

/* ---- writing ---- */

/* One line, whatever the value holds: a backslash begins what could not stand there. */
static void put(GString *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    g_string_append_printf(out, "%s: ", name);
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '\n')
            g_string_append(out, "\\n");
        else if (*at == '\r')
            g_string_append(out, "\\r");
        else if (*at == '\\')
            g_string_append(out, "\\\\");
        else
            g_string_append_c(out, *at);
    }
    g_string_append_c(out, '\n');
}

static void put_attachment(GString *out, const LetterAttachment *attachment)
{
    const LetterRemote *remote = attachment->remote;
    put(out, "Attach", remote == NULL ? attachment->path : "on the server");
    if (remote != NULL) {
        g_autofree char *where = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GUINT64_FORMAT " %s %s %s", remote->message_id, remote->octets,
                                                 remote->encoding, *remote->section != '\0' ? remote->section : "-",
                                                 remote->charset != NULL ? remote->charset : "-");
        put(out, "Attach-Remote", where);
    }
    put(out, "Attach-Type", attachment->type);
    put(out, "Attach-Name", attachment->name);
    put(out, "Attach-Description", attachment->description);
    if (attachment->is_inline)
        put(out, "Attach-Inline", "yes");
}

/* Every one-line text of a letter and its name, for writing and reading alike. */
#define LETTER_LINES(letter)                                                                                         \
    { "From", &(letter)->from }, { "To", &(letter)->to }, { "Cc", &(letter)->cc }, { "Bcc", &(letter)->bcc },        \
        { "Reply-To", &(letter)->reply_to }, { "Sender", &(letter)->sender }, { "Subject", &(letter)->subject },     \
        { "Message-ID", &(letter)->message_id }, { "In-Reply-To", &(letter)->in_reply_to }

typedef struct {
    const char *name;
    char **value;
} LetterLine;

char *letter_draft_format(const Letter *letter, GHashTable *notes)
{
    Letter *fields = (Letter *)letter; /* read only */
    const LetterLine lines[] = { LETTER_LINES(fields) };
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        put(out, lines[i].name, *lines[i].value);
    for (char **reference = letter->references; reference != NULL && *reference != NULL; reference++)
        put(out, "Reference", *reference);
    for (guint i = 0; i < letter->fields->len; i++)
        put(out, "Field", letter->fields->pdata[i]);
    if (letter->flowed)
        put(out, "Flowed", "yes");
    for (guint i = 0; i < letter->attachments->len; i++)
        put_attachment(out, letter->attachments->pdata[i]);
    GHashTableIter iter;
    gpointer key, value;
    if (notes != NULL) {
        g_hash_table_iter_init(&iter, notes);
        while (g_hash_table_iter_next(&iter, &key, &value)) {
            g_autofree char *name = g_strconcat(NOTE, key, NULL);
            put(out, name, value);
        }
    }
    g_string_append_printf(out, "\n%s", letter->text != NULL ? letter->text : "");
    return g_string_free(out, FALSE);
}

/* ---- reading ---- */

static char *unescaped(const char *value, gsize length)
{
    GString *out = g_string_sized_new(length);
    for (gsize i = 0; i < length; i++) {
        if (value[i] != '\\' || i + 1 == length) {
            g_string_append_c(out, value[i]);
            continue;
        }
        char c = value[++i];
        if (c != 'n' && c != 'r' && c != '\\')
            g_string_append_c(out, '\\'); /* a person's own file */
        g_string_append_c(out, c == 'n' ? '\n' : c == 'r' ? '\r' : c);
    }
    return g_string_free(out, FALSE);
}

static void set(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

static void take_remote(LetterAttachment *attachment, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", 5);
    if (g_strv_length(words) != 5 || attachment->remote != NULL)
        return;
    LetterAttachment *remote = letter_attachment_new_remote(g_ascii_strtoll(words[0], NULL, 10), g_str_equal(words[3], "-") ? "" : words[3], words[2],
                                                            g_str_equal(words[4], "-") ? NULL : words[4], g_ascii_strtoull(words[1], NULL, 10));
    attachment->remote = g_steal_pointer(&remote->remote);
    g_clear_pointer(&attachment->path, g_free);
    letter_attachment_free(remote);
}

static bool take_attachment_line(Letter *letter, const char *name, const char *value)
{
    if (g_ascii_strcasecmp(name, "Attach") == 0) {
        g_ptr_array_add(letter->attachments, letter_attachment_new(value));
        return true;
    }
    if (g_ascii_strncasecmp(name, "Attach-", 7) != 0 || letter->attachments->len == 0)
        return false;
    LetterAttachment *last = letter->attachments->pdata[letter->attachments->len - 1];
    if (g_ascii_strcasecmp(name + 7, "Type") == 0)
        set(&last->type, value);
    else if (g_ascii_strcasecmp(name + 7, "Remote") == 0)
        take_remote(last, value);
    else if (g_ascii_strcasecmp(name + 7, "Name") == 0)
        set(&last->name, value);
    else if (g_ascii_strcasecmp(name + 7, "Description") == 0)
        set(&last->description, value);
    else if (g_ascii_strcasecmp(name + 7, "Inline") == 0)
        last->is_inline = g_str_equal(value, "yes");
    return true;
}

/* "<a@b> <c@d>" as a person's own file has it: References and In-Reply-To of a header. */
static bool take_ids(Letter *letter, GPtrArray *references, const char *name, const char *value)
{
    bool answers = g_ascii_strcasecmp(name, "In-Reply-To") == 0;
    if ((!answers && g_ascii_strcasecmp(name, "References") != 0) || strchr(value, '<') == NULL)
        return false;
    g_auto(GStrv) ids = message_id_list_parse(value, strlen(value));
    for (guint i = 0; ids[i] != NULL; i++) {
        if (answers)
            set(&letter->in_reply_to, ids[i]);
        else
            g_ptr_array_add(references, g_strdup(ids[i]));
    }
    return true;
}

static void take_line(Letter *letter, GPtrArray *references, GHashTable *notes, const char *name, const char *value)
{
    const LetterLine lines[] = { LETTER_LINES(letter) };
    if (take_ids(letter, references, name, value))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        if (g_ascii_strcasecmp(name, lines[i].name) == 0) {
            set(lines[i].value, value);
            return;
        }
    if (take_attachment_line(letter, name, value))
        return;
    if (g_ascii_strcasecmp(name, "Reference") == 0)
        g_ptr_array_add(references, g_strdup(value));
    else if (g_ascii_strcasecmp(name, "Field") == 0)
        g_ptr_array_add(letter->fields, g_strdup(value));
    else if (g_ascii_strcasecmp(name, "Flowed") == 0)
        letter->flowed = g_str_equal(value, "yes");
    else if (notes != NULL && g_ascii_strncasecmp(name, NOTE, strlen(NOTE)) == 0)
        g_hash_table_insert(notes, g_strdup(name + strlen(NOTE)), g_strdup(value));
}

Letter *letter_draft_parse(const char *bytes, gsize length, GHashTable *notes)
{
    g_autofree char *text = mime_to_utf8(bytes, length, "utf-8", NULL);
    Letter *letter = letter_new();
    GPtrArray *references = g_ptr_array_new();
    const char *line = text;
    while (*line != '\0' && *line != '\n') {
        const char *stop = strchrnul(line, '\n');
        const char *colon = memchr(line, ':', (gsize)(stop - line));
        if (colon != NULL) {
            g_autofree char *name = g_strndup(line, (gsize)(colon - line));
            const char *value = colon[1] == ' ' ? colon + 2 : colon + 1;
            g_autofree char *plain = unescaped(value, (gsize)(stop - value));
            take_line(letter, references, notes, name, plain);
        }
        line = *stop == '\n' ? stop + 1 : stop;
    }
    letter->text = g_strdup(*line == '\n' ? line + 1 : line);
    g_ptr_array_add(references, NULL);
    letter->references = (char **)g_ptr_array_free(references, FALSE);
    return letter;
}
