/* A letter as octets (see letter.h), by GMime: it encodes, folds and streams. What may stand in a value is decided
 * here, before it gets there. */
#include "config.h"

#include "base/absent.h"
#include "mime/letter.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gmime/gmime.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "mime/address.h"

static void initialise(void)
{
    static gsize done;
    if (g_once_init_enter(&done)) {
        g_mime_init();
        g_once_init_leave(&done, 1);
    }
}

/* One line, nothing in it that could end a field. Caller frees. */
static char *one_line(const char *value)
{
    char *line = g_utf8_make_valid(value, -1);
    for (char *at = line; *at != '\0'; at++)
        if ((guchar)*at < 0x20 || *at == 0x7f)
            *at = ' ';
    return g_strstrip(line);
}

/* ---- header ---- */

/* Rebuilt from its parts, so that what the person typed is never a header line by itself. */
static InternetAddressList *address_list(const char *value)
{
    InternetAddressList *list = internet_address_list_new();
    g_autoptr(GPtrArray) addresses = mime_addresses_parse(value, strlen(value));
    for (guint i = 0; i < addresses->len; i++) {
        const MailAddress *address = addresses->pdata[i];
        if (address->address == NULL)
            continue;
        g_autofree char *name = address->name != NULL ? one_line(address->name) : NULL;
        g_autofree char *wire = mime_address_on_wire(address->address);
        if (wire == NULL)
            continue; /* nobody's: letter_recipients() says so */
        InternetAddress *mailbox = internet_address_mailbox_new(name != NULL && *name != '\0' ? name : NULL, wire);
        internet_address_list_add(list, mailbox);
        g_object_unref(mailbox);
    }
    return list;
}

static void set_addresses(GMimeMessage *message, const char *name, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    InternetAddressList *list = address_list(value);
    if (internet_address_list_length(list) > 0) {
        g_autofree char *encoded = internet_address_list_to_string(list, NULL, TRUE);
        g_mime_object_set_header(GMIME_OBJECT(message), name, encoded, "us-ascii");
    }
    g_object_unref(list);
}

static void set_ids(GMimeMessage *message, const Letter *letter)
{
    g_mime_message_set_message_id(message, letter->message_id);
    if (letter->in_reply_to != NULL) {
        g_autofree char *id = one_line(letter->in_reply_to);
        g_autofree char *value = g_strdup_printf("<%s>", id);
        g_mime_object_set_header(GMIME_OBJECT(message), "In-Reply-To", value, "us-ascii");
    }
    if (letter->references != NULL && letter->references[0] != NULL) {
        g_autoptr(GString) value = g_string_new(NULL);
        for (char **reference = letter->references; *reference != NULL; reference++) {
            g_autofree char *id = one_line(*reference);
            g_string_append_printf(value, "%s<%s>", value->len > 0 ? " " : "", id);
        }
        g_mime_object_set_header(GMIME_OBJECT(message), "References", value->str, "us-ascii");
    }
}

/* GMime leaves what looks like an encoded word alone; what the person typed is never one. */
#define ENCODED_WORD_BYTES 45

static char *header_text(const char *value)
{
    char *line = one_line(value);
    if (strstr(line, "=?") == NULL)
        return line;
    GString *words = g_string_new(NULL);
    for (const char *at = line; *at != '\0';) {
        const char *end = at;
        while (*end != '\0' && (gsize)(g_utf8_next_char(end) - at) <= ENCODED_WORD_BYTES)
            end = g_utf8_next_char(end);
        g_autofree char *word = g_base64_encode((const guchar *)at, (gsize)(end - at));
        g_string_append_printf(words, "%s=?utf-8?b?%s?=", words->len > 0 ? " " : "", word);
        at = end;
    }
    g_free(line);
    return g_string_free(words, FALSE);
}

static bool is_field_name(const char *name)
{
    for (const char *at = name; *at != '\0'; at++)
        if (!g_ascii_isgraph(*at) || *at == ':')
            return false;
    return *name != '\0';
}

static void set_field(GMimeMessage *message, const char *field)
{
    const char *colon = strchr(field, ':');
    g_autofree char *name = colon != NULL ? g_strndup(field, (gsize)(colon - field)) : NULL;
    if (name == NULL || !is_field_name(name))
        return;
    g_autofree char *value = header_text(colon + 1);
    g_mime_object_set_header(GMIME_OBJECT(message), name, value, "utf-8");
}

static void set_header(GMimeMessage *message, const Letter *letter, LetterBcc bcc)
{
    GDateTime *date = g_date_time_new_from_unix_local(letter->date);
    g_mime_message_set_date(message, date);
    g_date_time_unref(date);
    set_addresses(message, "From", letter->from);
    set_addresses(message, "Sender", letter->sender);
    set_addresses(message, "Reply-To", letter->reply_to);
    set_addresses(message, "To", letter->to);
    set_addresses(message, "Cc", letter->cc);
    if (bcc == LETTER_WITH_BCC)
        set_addresses(message, "Bcc", letter->bcc);
    g_autofree char *subject = header_text(letter->subject != NULL ? letter->subject : "");
    g_mime_message_set_subject(message, subject, "utf-8");
    set_ids(message, letter);
    for (guint i = 0; i < letter->fields->len; i++)
        set_field(message, letter->fields->pdata[i]);
}

/* ---- body ---- */

/* Line ends as LF, no NUL. */
static char *plain_lines(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_sized_new(strlen(valid));
    for (const char *at = valid; *at != '\0'; at++) {
        if (*at == '\r' && at[1] == '\n')
            continue;
        g_string_append_c(out, *at == '\r' ? '\n' : *at);
    }
    if (out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

static GMimePart *text_part(const char *subtype, const char *text)
{
    GMimePart *part = g_mime_part_new_with_type("text", subtype);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
    GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", g_str_is_ascii(text) ? "us-ascii" : "utf-8");
    g_mime_part_set_content(part, content);
    g_object_unref(content);
    g_object_unref(stream);
    g_mime_object_encode(GMIME_OBJECT(part), GMIME_ENCODING_CONSTRAINT_7BIT);
    return part;
}

static GMimeObject *body_of(const Letter *letter)
{
    g_autofree char *lines = plain_lines(letter->text != NULL ? letter->text : "");
    g_autofree char *flowed = letter->flowed ? letter_flow(lines) : NULL;
    GMimePart *plain = text_part("plain", flowed != NULL ? flowed : lines);
    if (flowed != NULL)
        g_mime_object_set_content_type_parameter(GMIME_OBJECT(plain), "format", "flowed");
    if (letter->html == NULL)
        return GMIME_OBJECT(plain);
    g_autofree char *html_lines = plain_lines(letter->html);
    GMimePart *html = text_part("html", html_lines);
    GMimeMultipart *alternative = g_mime_multipart_new_with_subtype("alternative");
    g_mime_multipart_add(alternative, GMIME_OBJECT(plain));
    g_mime_multipart_add(alternative, GMIME_OBJECT(html));
    g_object_unref(plain);
    g_object_unref(html);
    return GMIME_OBJECT(alternative);
}

/* RFC 2046 §5.2.1: a message inside may not be wrapped in base64, so it travels as it is, or not as a message. */
static bool travels_as_it_is(const char *path)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
    const char *octets = file != NULL ? g_mapped_file_get_contents(file) : NULL;
    gsize len = file != NULL ? g_mapped_file_get_length(file) : 0, line = 0;
    for (gsize i = 0; i < len; i++) {
        guchar c = (guchar)octets[i];
        bool line_end = c == '\n' || (c == '\r' && i + 1 < len && octets[i + 1] == '\n');
        line = c == '\n' ? 0 : line + 1;
        if (c >= 0x80 || c == 0 || (c == '\r' && !line_end) || line > 990)
            return false;
    }
    return true;
}

static GMimePart *part_of_type(const char *type)
{
    g_autofree char *line = one_line(type);
    const char *slash = strchr(line, '/');
    g_autofree char *main_type = slash != NULL ? g_strndup(line, (gsize)(slash - line)) : g_strdup("application");
    return g_mime_part_new_with_type(main_type, slash != NULL ? slash + 1 : "octet-stream");
}

static void describe(GMimePart *part, const LetterAttachment *attachment)
{
    g_mime_object_set_disposition(GMIME_OBJECT(part), attachment->is_inline ? "inline" : "attachment");
    if (attachment->name != NULL) {
        g_autofree char *name = one_line(attachment->name);
        g_mime_object_set_content_disposition_parameter(GMIME_OBJECT(part), "filename", name);
    }
    if (attachment->description != NULL) {
        g_autofree char *description = one_line(attachment->description);
        g_mime_part_set_content_description(part, description);
    }
}

/* The line that stands for what lies on the server: found again when the letter is written, and of no use to anybody else. */
static char *stand_in(guint index, const char *message_id)
{
    return g_strdup_printf("on-the-mail-server-%u-%s", index, message_id);
}

/* Its content travels in the encoding that it has there; GMime leaves alone what is said to have it already. */
static GMimePart *remote_part(const LetterAttachment *attachment, guint index, const char *message_id)
{
    const LetterRemote *remote = attachment->remote;
    g_autofree char *line = stand_in(index, message_id);
    GMimeContentEncoding encoding = g_mime_content_encoding_from_string(remote->encoding);
    GMimePart *part = part_of_type(attachment->type != NULL ? attachment->type : "application/octet-stream");
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(line, strlen(line));
    GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, encoding);
    g_mime_part_set_content_encoding(part, encoding);
    g_mime_part_set_content(part, content);
    g_object_unref(content);
    g_object_unref(stream);
    if (remote->charset != NULL) {
        g_autofree char *charset = one_line(remote->charset);
        g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", charset);
    }
    describe(part, attachment);
    return part;
}

static GMimePart *attachment_part(const LetterAttachment *attachment, GError **error)
{
    int fd = open(attachment->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        g_autofree char *shown = g_filename_display_name(attachment->path);
        g_set_error(error, LETTER_ERROR, LETTER_ERROR_ATTACHMENT, _("The file %s cannot be read: %s"), shown, g_strerror(errno));
        return NULL;
    }
    bool is_message = g_strcmp0(attachment->type, "message/rfc822") == 0;
    bool as_it_is = is_message && travels_as_it_is(attachment->path);
    GMimePart *part = part_of_type(attachment->type != NULL && (!is_message || as_it_is) ? attachment->type : "application/octet-stream");
    GMimeStream *stream = g_mime_stream_fs_new(fd);
    GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_part_set_content(part, content);
    g_mime_part_set_content_encoding(part, as_it_is ? GMIME_CONTENT_ENCODING_7BIT : GMIME_CONTENT_ENCODING_BASE64);
    g_object_unref(content);
    g_object_unref(stream);
    describe(part, attachment);
    return part;
}

static GMimeObject *content_of(const Letter *letter, GError **error)
{
    GMimeObject *body = body_of(letter);
    if (letter->attachments->len == 0)
        return body;
    GMimeMultipart *mixed = g_mime_multipart_new_with_subtype("mixed");
    g_mime_multipart_add(mixed, body);
    g_object_unref(body);
    for (guint i = 0; i < letter->attachments->len; i++) {
        const LetterAttachment *attachment = letter->attachments->pdata[i];
        GMimePart *part = attachment->remote != NULL ? remote_part(attachment, i, letter->message_id) : attachment_part(attachment, error);
        if (part == NULL) {
            g_object_unref(mixed);
            return NULL;
        }
        g_mime_multipart_add(mixed, GMIME_OBJECT(part));
        g_object_unref(part);
    }
    return GMIME_OBJECT(mixed);
}

/* ---- the file ---- */

static gboolean write_failed(const char *path, int number, GError **error)
{
    g_autofree char *shown = g_filename_display_name(path);
    g_set_error(error, LETTER_ERROR, LETTER_ERROR_WRITE, _("The letter cannot be written to %s: %s"), shown, g_strerror(number));
    return FALSE;
}

static gboolean write_message(GMimeMessage *message, const char *path, guint64 *size, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return write_failed(path, errno, error);
    GMimeStream *file = g_mime_stream_fs_new(fd);
    GMimeStream *stream = g_mime_stream_filter_new(file);
    GMimeFilter *crlf = g_mime_filter_unix2dos_new(FALSE);
    g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), crlf);
    errno = 0;
    bool written = g_mime_object_write_to_stream(GMIME_OBJECT(message), NULL, stream) >= 0 &&
                   g_mime_stream_flush(stream) == 0 && fsync(fd) == 0;
    int number = errno != 0 ? errno : EIO;
    if (size != NULL)
        *size = (guint64)MAX(lseek(fd, 0, SEEK_CUR), 0);
    g_object_unref(crlf);
    g_object_unref(stream);
    g_object_unref(file);
    if (written)
        return TRUE;
    g_unlink(path);
    return write_failed(path, number, error);
}

/* What stands in the file for parts that lie on the server is noted beside it. */
static gboolean note_absent(const Letter *letter, const char *path, GError **error)
{
    g_autoptr(GPtrArray) kept = absent_parts_new();
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);
    const char *octets = file != NULL ? g_mapped_file_get_contents(file) : NULL, *end = file != NULL ? octets + g_mapped_file_get_length(file) : NULL;
    const char *at = octets;
    for (guint i = 0; file != NULL && i < letter->attachments->len; i++) {
        const LetterAttachment *attachment = letter->attachments->pdata[i];
        if (attachment->remote == NULL)
            continue;
        g_autofree char *line = stand_in(i, letter->message_id);
        const char *found = memmem(at, (gsize)(end - at), line, strlen(line));
        if (found == NULL)
            return write_failed(path, EIO, error);
        const LetterRemote *remote = attachment->remote;
        g_ptr_array_add(kept, absent_part_new((guint64)(found - octets), strlen(line), remote->octets, remote->message_id, remote->section,
                                              attachment->name));
        at = found + strlen(line);
    }
    return file != NULL && (kept->len == 0 || absent_parts_write(kept, path, error));
}

gboolean letter_write(const Letter *letter, LetterBcc bcc, const char *path, guint64 *size, GError **error)
{
    g_auto(GStrv) recipients = letter_recipients(letter, error);
    if (recipients == NULL)
        return FALSE;
    initialise();
    g_autoptr(Letter) prepared = letter_copy(letter);
    letter_prepare(prepared, g_get_real_time() / G_USEC_PER_SEC);
    GMimeMessage *message = g_mime_message_new(FALSE);
    set_header(message, prepared, bcc);
    GMimeObject *content = content_of(prepared, error);
    gboolean ok = content != NULL;
    if (ok) {
        g_mime_message_set_mime_part(message, content);
        g_object_unref(content);
        ok = write_message(message, path, size, error);
        if (ok && !note_absent(prepared, path, error)) {
            g_unlink(path);
            ok = FALSE;
        }
    }
    g_object_unref(message);
    return ok;
}

/* ---- sent on ---- */

/* A block of Resent- fields, to stand before all others. */
static char *resent_block(const Letter *resent)
{
    GMimeMessage *message = g_mime_message_new(FALSE);
    GDateTime *date = g_date_time_new_from_unix_local(resent->date);
    g_autofree char *when = g_mime_utils_header_format_date(date);
    g_autofree char *id = g_strdup_printf("<%s>", resent->message_id);
    set_addresses(message, "Resent-From", resent->from);
    set_addresses(message, "Resent-To", resent->to);
    set_addresses(message, "Resent-Cc", resent->cc);
    set_addresses(message, "Resent-Bcc", resent->bcc);
    g_mime_object_set_header(GMIME_OBJECT(message), "Resent-Date", when, "us-ascii");
    g_mime_object_set_header(GMIME_OBJECT(message), "Resent-Message-ID", id, "us-ascii");
    char *block = g_mime_header_list_to_string(g_mime_object_get_header_list(GMIME_OBJECT(message)), NULL);
    g_date_time_unref(date);
    g_object_unref(message);
    return block;
}

static bool copy_behind(GMimeStream *to, const char *original)
{
    int fd = open(original, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    GMimeStream *from = g_mime_stream_fs_new(fd);
    bool ok = g_mime_stream_write_to_stream(from, to) >= 0;
    g_object_unref(from);
    return ok;
}

gboolean letter_write_resent(const Letter *resent, const char *original, const char *path, GError **error)
{
    initialise();
    g_autoptr(Letter) prepared = letter_copy(resent);
    letter_prepare(prepared, g_get_real_time() / G_USEC_PER_SEC);
    g_autofree char *block = resent_block(prepared);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return write_failed(path, errno, error);
    GMimeStream *file = g_mime_stream_fs_new(fd);
    bool written = g_mime_stream_write_string(file, block) >= 0 && copy_behind(file, original) && g_mime_stream_flush(file) == 0 &&
                   fsync(fd) == 0;
    int number = errno != 0 ? errno : EIO;
    g_object_unref(file);
    if (written)
        return TRUE;
    g_unlink(path);
    return write_failed(path, number, error);
}
