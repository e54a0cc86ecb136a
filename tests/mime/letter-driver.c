/* letter-driver OUT KEY=VALUE…: writes a letter, so that another parser can read it (test_letters.py). Keys: from, to, cc,
 * bcc, reply-to, subject, text, html, in-reply-to, reference, field, attach, name (of the last attachment),
 * description, flowed, keep-bcc. Prints the recipients, one a line.
 *
 * letter-driver OUT read=MESSAGE,DIRECTORY: a message read back into a letter (attachments into DIRECTORY), that through
 * the file of a letter being written, and the letter written again. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "mime/letter_reply.h"

static char **field_named(Letter *letter, const char *key)
{
    const struct {
        const char *key;
        char **field;
    } FIELDS[] = {
        { "from", &letter->from },       { "to", &letter->to },           { "cc", &letter->cc },
        { "bcc", &letter->bcc },         { "reply-to", &letter->reply_to }, { "subject", &letter->subject },
        { "text", &letter->text },       { "html", &letter->html },       { "in-reply-to", &letter->in_reply_to },
        { "sender", &letter->sender },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++)
        if (strcmp(key, FIELDS[i].key) == 0)
            return FIELDS[i].field;
    return NULL;
}

static Letter *read_back(const char *from, GError **error)
{
    g_auto(GStrv) words = g_strsplit(from, ",", 2);
    g_autoptr(GMappedFile) file = g_mapped_file_new(words[0], FALSE, error);
    g_autoptr(GBytes) raw = file != NULL ? g_mapped_file_get_bytes(file) : NULL;
    g_autoptr(Letter) read = raw != NULL ? letter_read(raw, NULL, words[1], error) : NULL;
    if (read == NULL)
        return NULL;
    g_autofree char *draft = letter_draft_format(read, NULL);
    return letter_draft_parse(draft, strlen(draft), NULL);
}

static bool take(Letter *letter, LetterBcc *bcc, GPtrArray *references, const char *key, const char *value, GError **error)
{
    LetterAttachment *last = letter->attachments->len > 0 ? letter->attachments->pdata[letter->attachments->len - 1] : NULL;
    char **field = field_named(letter, key);
    if (field != NULL)
        *field = g_strdup(value);
    else if (strcmp(key, "reference") == 0)
        g_ptr_array_add(references, g_strdup(value));
    else if (strcmp(key, "field") == 0)
        g_ptr_array_add(letter->fields, g_strdup(value));
    else if (strcmp(key, "flowed") == 0)
        letter->flowed = TRUE;
    else if (strcmp(key, "keep-bcc") == 0)
        *bcc = LETTER_WITH_BCC;
    else if (strcmp(key, "attach") == 0)
        return letter_add_attachment(letter, value, error) != NULL;
    else if (strcmp(key, "name") == 0 && last != NULL) {
        g_free(last->name);
        last->name = g_strdup(value);
    } else if (strcmp(key, "description") == 0 && last != NULL)
        last->description = g_strdup(value);
    return true;
}

int main(int argc, char **argv)
{
    g_autoptr(Letter) letter = letter_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) references = g_ptr_array_new();
    LetterBcc bcc = LETTER_WITHOUT_BCC;
    bool ok = argc > 1;
    if (argc == 3 && g_str_has_prefix(argv[2], "read=")) {
        g_autoptr(Letter) read = read_back(argv[2] + 5, &error);
        ok = read != NULL && letter_write(read, LETTER_WITH_BCC, argv[1], NULL, &error);
        if (!ok)
            fprintf(stderr, "%s\n", error->message);
        return ok ? 0 : 1;
    }
    for (int i = 2; ok && i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        g_autofree char *key = g_strndup(argv[i], equals != NULL ? (gsize)(equals - argv[i]) : strlen(argv[i]));
        ok = take(letter, &bcc, references, key, equals != NULL ? equals + 1 : "", &error);
    }
    g_ptr_array_add(references, NULL);
    letter->references = g_strdupv((char **)references->pdata);
    g_ptr_array_set_free_func(references, g_free);
    guint64 size;
    if (!ok || !letter_write(letter, bcc, argv[1], &size, &error)) {
        fprintf(stderr, "%s\n", error != NULL ? error->message : "usage");
        return 1;
    }
    g_auto(GStrv) recipients = letter_recipients(letter, NULL);
    for (char **recipient = recipients; *recipient != NULL; recipient++)
        printf("%s\n", *recipient);
    return 0;
}
