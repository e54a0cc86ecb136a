/* A message as a letter: drafts that were kept on a server, letters taken back, messages to be edited as new. */
#include "config.h"

#include "mime/letter_reply.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "mime/charset.h"
#include "mime/choose.h"
#include "mime/fields.h"
#include "mime/filename.h"
#include "mime/message.h"
#include "mime/render.h"

/* ---- the header ---- */

static char *list_or_null(const GPtrArray *list)
{
    return list->len > 0 ? mail_address_list_format(list) : NULL;
}

/* In-Reply-To by itself: MessageSummary has it among the references. */
static char *answered_id(const char *header, gsize length)
{
    MimeFields fields;
    MimeField field;
    mime_fields_init(&fields, header, length);
    while (mime_fields_next(&fields, &field))
        if (mime_field_is(&field, "In-Reply-To")) {
            g_auto(GStrv) ids = message_id_list_parse(field.value, field.value_length);
            return g_strdup(ids[0]);
        }
    return NULL;
}

static void read_header(Letter *letter, MimeMessage *message)
{
    g_autoptr(GBytes) block = mime_message_section(message, "HEADER");
    gsize length = 0;
    const char *header = block != NULL ? g_bytes_get_data(block, &length) : "";
    g_autoptr(MessageSummary) summary = message_summary_from_header(header, length);
    letter->from = list_or_null(summary->from);
    letter->reply_to = list_or_null(summary->reply_to);
    letter->to = list_or_null(summary->to);
    letter->cc = list_or_null(summary->cc);
    letter->bcc = list_or_null(summary->bcc);
    letter->subject = g_strdup(summary->subject);
    letter->message_id = g_strdup(summary->message_id);
    letter->date = summary->date;
    letter->in_reply_to = answered_id(header, length);
    letter->references = g_strdupv(summary->references);
}

/* ---- the text ---- */

/* RFC 3676 §4: a line's quote marks are counted, one stuffed space goes, a soft line takes the next of the same depth. */
static char *unflow(const char *text, bool delete_space)
{
    GString *out = g_string_sized_new(strlen(text));
    gsize depth = 0;
    bool soft = false;
    for (const char *line = text; *line != '\0';) {
        const char *stop = strchrnul(line, '\n'), *next = *stop == '\n' ? stop + 1 : stop;
        gsize marks = strspn(line, ">"), length = (gsize)(stop - line) - marks;
        const char *words = line + marks;
        bool stuffed = length > 0 && *words == ' ';
        words += stuffed;
        length -= stuffed;
        bool mark = length == 3 && strncmp(words, "-- ", 3) == 0;
        if (soft && (marks != depth || mark))
            g_string_append_c(out, '\n');
        else if (soft)
            marks = 0; /* the paragraph goes on */
        for (gsize i = 0; i < marks; i++)
            g_string_append_c(out, '>');
        if (marks > 0 && stuffed)
            g_string_append_c(out, ' ');
        depth = strspn(line, ">");
        soft = !mark && length > 0 && words[length - 1] == ' ';
        if (soft && delete_space)
            length--;
        g_string_append_len(out, words, (gssize)length);
        if (!soft)
            g_string_append_c(out, '\n');
        line = next;
    }
    if (soft)
        g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

static char *without_cr(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++)
        if (*from != '\r' || from[1] != '\n')
            *to++ = *from;
    *to = '\0';
    return text;
}

static bool parameter_is(const MessagePart *part, const char *name, const char *value)
{
    const char *given = message_part_parameter(part, name);
    return given != NULL && g_ascii_strcasecmp(given, value) == 0;
}

/* The writer's own octets, not what a reader would show: a draft comes back as it was left. */
static void read_text(Letter *letter, MimeMessage *message, const MessagePart *part)
{
    g_autoptr(GBytes) content = mime_message_decoded(message, part->section);
    gsize length = 0;
    const char *bytes = content != NULL ? g_bytes_get_data(content, &length) : "";
    g_autofree char *more = NULL;
    if (!message_part_is(part, "text", "plain")) {
        more = mime_text_content(bytes, length, part);
    } else {
        g_autofree char *lines = without_cr(mime_to_utf8(bytes, length, message_part_parameter(part, "charset"), NULL));
        if (parameter_is(part, "format", "flowed")) {
            letter->flowed = TRUE;
            more = unflow(lines, parameter_is(part, "delsp", "yes"));
        } else {
            more = g_steal_pointer(&lines);
        }
    }
    char *whole = letter->text != NULL ? g_strconcat(letter->text, "\n", more, NULL) : g_strdup(more);
    g_free(letter->text);
    letter->text = whole;
}

/* ---- attachments ---- */

static gboolean write_bytes(int fd, GBytes *content, const char *path, GError **error)
{
    gsize left;
    const char *at = g_bytes_get_data(content, &left);
    ssize_t n = 0;
    while (left > 0 && ((n = write(fd, at, left)) > 0 || errno == EINTR)) {
        at += MAX(n, 0);
        left -= (gsize)MAX(n, 0);
    }
    gboolean ok = left == 0 && fsync(fd) == 0;
    int number = errno;
    close(fd);
    if (!ok) {
        g_autofree char *shown = g_filename_display_name(path);
        g_set_error(error, LETTER_ERROR, LETTER_ERROR_WRITE, _("The file %s cannot be written: %s"), shown, g_strerror(number));
    }
    return ok;
}

static void describe(LetterAttachment *attachment, const MessagePart *part, const char *name)
{
    attachment->type = g_strdup_printf("%s/%s", part->type, part->subtype);
    attachment->name = g_strdup(part->filename != NULL ? part->filename : name);
    attachment->description = g_strdup(part->description);
    attachment->is_inline = g_strcmp0(part->disposition, "inline") == 0;
}

static bool is_seven_bit(const MessagePart *part)
{
    static const char *const encodings[] = { "7bit", "base64", "quoted-printable", NULL };
    return part->encoding == NULL || g_strv_contains(encodings, part->encoding);
}

static LetterAttachment *remote_attachment_from(gint64 message_id, const MessagePart *part)
{
    const char *encoding = part->encoding != NULL ? part->encoding : "7bit";
    if (!is_seven_bit(part) || part->octets == 0)
        return NULL;
    LetterAttachment *attachment =
        letter_attachment_new_remote(message_id, part->section, encoding, message_part_parameter(part, "charset"), part->octets);
    g_autofree char *name = mime_part_filename(part);
    describe(attachment, part, name);
    return attachment;
}

/* The part whose content is only a line that stands for what lies on the server; NULL: it is here. */
static const AbsentPart *absent_part(const GPtrArray *absent, GBytes *raw, MimeMessage *message, const char *section)
{
    g_autoptr(GBytes) content = absent != NULL && absent->len > 0 ? mime_message_section(message, section) : NULL;
    if (content == NULL || g_bytes_get_size(content) == 0)
        return NULL;
    guint64 offset = (guint64)((const char *)g_bytes_get_data(content, NULL) - (const char *)g_bytes_get_data(raw, NULL));
    for (guint i = 0; i < absent->len; i++)
        if (((const AbsentPart *)absent->pdata[i])->offset == offset)
            return absent->pdata[i];
    return NULL;
}

static void read_absent(Letter *letter, const MessagePart *part, const AbsentPart *absent)
{
    LetterAttachment *attachment = letter_attachment_new_remote(absent->message_id, absent->section, part->encoding != NULL ? part->encoding : "7bit",
                                                                message_part_parameter(part, "charset"), absent->octets);
    describe(attachment, part, absent->name);
    g_ptr_array_add(letter->attachments, attachment);
}

static gboolean read_attachment(Letter *letter, MimeMessage *message, const MessagePart *part, const char *directory,
                                GError **error)
{
    g_autoptr(GBytes) content = mime_message_decoded(message, part->section);
    if (content == NULL)
        return TRUE;
    g_autofree char *name = mime_part_filename(part), *path = NULL;
    if (g_mkdir_with_parents(directory, 0700) != 0) {
        g_set_error(error, LETTER_ERROR, LETTER_ERROR_WRITE, _("The folder %s cannot be made: %s"), directory, g_strerror(errno));
        return FALSE;
    }
    int fd = mime_create_file_beside(directory, name, &path, error);
    if (fd < 0 || !write_bytes(fd, content, path, error))
        return FALSE;
    LetterAttachment *attachment = letter_attachment_new(path);
    describe(attachment, part, name);
    g_ptr_array_add(letter->attachments, attachment);
    return TRUE;
}

/* ---- the whole ---- */

static bool is_attachment(const MimeAttachment *listed)
{
    return !listed->shown || !message_part_is(listed->part, "text", NULL) || listed->part->filename != NULL;
}

GPtrArray *letter_remote_attachments(gint64 message_id, const MessagePart *root)
{
    g_autoptr(GPtrArray) listed = mime_list_attachments(root, "text/plain,text/*,text/html");
    g_autoptr(GPtrArray) remote = g_ptr_array_new_with_free_func((GDestroyNotify)letter_attachment_free);
    for (guint i = 0; i < listed->len; i++) {
        const MimeAttachment *one = listed->pdata[i];
        LetterAttachment *attachment = is_attachment(one) ? remote_attachment_from(message_id, one->part) : NULL;
        if (attachment != NULL)
            g_ptr_array_add(remote, attachment);
        else if (is_attachment(one))
            return NULL;
    }
    return g_steal_pointer(&remote);
}

bool letter_travels_as_it_is(const MessagePart *root)
{
    g_autoptr(GPtrArray) leaves = message_part_leaves(root);
    for (guint i = 0; i < leaves->len; i++)
        if (!is_seven_bit(leaves->pdata[i]))
            return false;
    return true;
}

Letter *letter_read(GBytes *raw, const GPtrArray *absent, const char *directory, GError **error)
{
    g_autoptr(MimeMessage) message = mime_message_new(raw);
    const MessagePart *root = mime_message_structure(message);
    g_autoptr(Letter) letter = letter_new();
    read_header(letter, message);
    g_autoptr(GPtrArray) texts = mime_choose_text(root, "text/plain,text/*,text/html");
    for (guint i = 0; i < texts->len; i++) {
        const MessagePart *part = texts->pdata[i];
        if (message_part_is(part, "message", NULL))
            break; /* an attached message and its own text: attached as a whole */
        if (part->filename == NULL)
            read_text(letter, message, part);
    }
    g_autoptr(GPtrArray) listed = mime_list_attachments(root, "text/plain,text/*,text/html");
    for (guint i = 0; i < listed->len; i++) {
        const MimeAttachment *one = listed->pdata[i];
        const AbsentPart *elsewhere = is_attachment(one) ? absent_part(absent, raw, message, one->part->section) : NULL;
        if (elsewhere != NULL)
            read_absent(letter, one->part, elsewhere);
        else if (is_attachment(one) && !read_attachment(letter, message, one->part, directory, error))
            return NULL;
    }
    if (letter->text == NULL)
        letter->text = g_strdup("");
    return g_steal_pointer(&letter);
}
