#include "config.h"

#include "mime/handed_in.h"

#include <gmime/gmime.h>
#include <string.h>

#include "base/i18n.h"
#include "mime/fields.h"
#include "mime/letter.h"
#include "mime/summary.h"

#define LINE_MOST 998

typedef struct {
    const char *header, *body, *end;
    HandedIn *message;
    Letter *ordinary, *resent;      /* the address fields, as a letter's */
    gboolean has_from, has_date, has_id, has_mime, is_resent;
} Reading;

void handed_in_free(HandedIn *message)
{
    if (message == NULL)
        return;
    g_free(message->sender);
    g_free(message->from);
    g_strfreev(message->recipients);
    g_string_free(message->octets, TRUE);
    g_free(message);
}

gsize handed_in_up_to_dot(const char *octets, gsize length)
{
    for (gsize at = 0; at < length;) {
        const char *newline = memchr(octets + at, '\n', length - at);
        gsize line = newline != NULL ? (gsize) (newline - octets) - at : length - at;
        if (line > 0 && octets[at] == '.' && (line == 1 || (line == 2 && octets[at + 1] == '\r')))
            return at;
        at += line + 1;
    }
    return length;
}

/* --- where the header ends ------------------------------------------------------------------------ */

static const char *line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (gsize) (end - at));
    return newline != NULL ? newline + 1 : end;
}

static gboolean is_field(const char *at, const char *end)
{
    MimeFields fields;
    MimeField field;
    mime_fields_init(&fields, at, (gsize) (line_end(at, end) - at));
    return mime_fields_next(&fields, &field) && field.name == at;
}

/* As sendmail sees it: at the empty line, or at the first line that can be no field. */
static void find_body(Reading *reading)
{
    const char *at = reading->header;
    if (reading->end - at > 5 && memcmp(at, "From ", 5) == 0)
        at = reading->header = line_end(at, reading->end);
    gboolean begun = FALSE;
    while (at < reading->end && (is_field(at, reading->end) || (begun && (*at == ' ' || *at == '\t')))) {
        at = line_end(at, reading->end);
        begun = TRUE;
    }
    reading->body = at;
    if (at < reading->end && (*at == '\n' || (*at == '\r' && at + 1 < reading->end && at[1] == '\n')))
        reading->body = line_end(at, reading->end);
}

/* --- fields ----------------------------------------------------------------------------------------- */

static void add_addresses(char **list, const char *value)
{
    char *both = *list != NULL ? g_strdup_printf("%s, %s", *list, value) : g_strdup(value);
    g_free(*list);
    *list = both;
}

/* TRUE for a field of addresses, which was taken. */
static gboolean take_addresses(Reading *reading, const MimeField *field, const char *value)
{
    static const char resent_prefix[] = "Resent-";
    gsize prefix = strlen(resent_prefix);
    gboolean resent = field->name_length > prefix && g_ascii_strncasecmp(field->name, resent_prefix, prefix) == 0;
    MimeField plain = *field;
    plain.name += resent ? prefix : 0;
    plain.name_length -= resent ? prefix : 0;
    Letter *letter = resent ? reading->resent : reading->ordinary;
    char **list = mime_field_is(&plain, "From")     ? &letter->from
                  : mime_field_is(&plain, "Sender") ? &letter->sender
                  : mime_field_is(&plain, "To")     ? &letter->to
                  : mime_field_is(&plain, "Cc")     ? &letter->cc
                  : mime_field_is(&plain, "Bcc")    ? &letter->bcc
                                                    : NULL;
    if (list == NULL)
        return mime_field_is(field, "Reply-To");
    add_addresses(list, value);
    reading->is_resent = reading->is_resent || (resent && list != &letter->from && list != &letter->sender);
    return TRUE;
}

static void note_what_is_there(Reading *reading, const MimeField *field)
{
    reading->has_from |= mime_field_is(field, "From");
    reading->has_date |= mime_field_is(field, "Date");
    reading->has_id |= mime_field_is(field, "Message-ID");
    reading->has_mime |= mime_field_is(field, "MIME-Version") || mime_field_is(field, "Content-Type") ||
                         mime_field_is(field, "Content-Transfer-Encoding");
}

static gboolean is_ascii(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if ((guchar) text[i] >= 0x80)
            return FALSE;
    return TRUE;
}

/* The field's lines; a lone CR would be a line end later, and what follows it a field. */
static void copy_field(GString *out, const char *from, const char *to)
{
    for (const char *at = from; at < to; at++)
        if (*at != '\r')
            g_string_append_c(out, *at);
        else if (at + 1 >= to || at[1] != '\n')
            g_string_append_c(out, ' ');
    if (to == from || to[-1] != '\n')
        g_string_append_c(out, '\n');
}

static void encode_field(GString *out, const MimeField *field, gboolean addresses)
{
    g_autofree char *text = mime_decode_header_text(field->value, field->value_length);
    g_autofree char *encoded = NULL;
    if (addresses) {
        InternetAddressList *list = internet_address_list_parse(NULL, text);
        encoded = list != NULL ? internet_address_list_to_string(list, NULL, TRUE) : NULL;
        if (list != NULL)
            g_object_unref(list);
    } else {
        encoded = g_mime_utils_header_encode_text(NULL, text, "utf-8");
    }
    g_autofree char *line = g_strdup_printf("%.*s: %s", (int) field->name_length, field->name, encoded != NULL ? encoded : text);
    g_strdelimit(line, "\r", ' ');
    g_string_append(out, line);
    g_string_append_c(out, '\n');
}

static void read_fields(Reading *reading, gsize header_length)
{
    MimeFields fields;
    MimeField field;
    const char *start = reading->header;
    mime_fields_init(&fields, reading->header, header_length);
    while (mime_fields_next(&fields, &field)) {
        g_autofree char *value = mime_field_unfold(&field);
        g_strdelimit(value, "\r\n", ' ');
        gboolean addresses = take_addresses(reading, &field, value);
        note_what_is_there(reading, &field);
        if (mime_field_is(&field, "Return-Path"))
            ;
        else if (is_ascii(field.value, field.value_length))
            copy_field(reading->message->octets, start, fields.p);
        else
            encode_field(reading->message->octets, &field, addresses);
        start = fields.p;
    }
}

/* --- what is lacking ---------------------------------------------------------------------------------- */

static void add_lacking(Reading *reading, const char *from, gint64 now)
{
    GString *out = reading->message->octets;
    if (!reading->has_from) {
        InternetAddressList *list = internet_address_list_parse(NULL, from);
        g_autofree char *encoded = list != NULL ? internet_address_list_to_string(list, NULL, TRUE) : NULL;
        g_string_append_printf(out, "From: %s\n", encoded != NULL ? encoded : from);
        if (list != NULL)
            g_object_unref(list);
        add_addresses(&reading->ordinary->from, from);
    }
    if (!reading->has_date) {
        g_autoptr(GDateTime) date = g_date_time_new_from_unix_local(now);
        g_autofree char *text = g_mime_utils_header_format_date(date);
        g_string_append_printf(out, "Date: %s\n", text);
    }
    if (!reading->has_id) {
        letter_prepare(reading->ordinary, now);
        g_string_append_printf(out, "Message-ID: <%s>\n", reading->ordinary->message_id);
    }
}

/* Without its end. */
static gsize octets_of_line(const char *from, const char *to)
{
    while (to > from && (to[-1] == '\n' || to[-1] == '\r'))
        to--;
    return (gsize) (to - from);
}

static gboolean needs_encoding(const char *body, const char *end)
{
    for (const char *at = body; at < end;) {
        const char *next = line_end(at, end);
        if (octets_of_line(at, next) > LINE_MOST)
            return TRUE;
        at = next;
    }
    return !is_ascii(body, (gsize) (end - body));
}

static void add_body(Reading *reading)
{
    GString *out = reading->message->octets;
    gsize length = (gsize) (reading->end - reading->body);
    if (reading->has_mime || !needs_encoding(reading->body, reading->end)) {
        g_string_append_c(out, '\n');
        g_string_append_len(out, reading->body, (gssize) length);
        return;
    }
    gboolean utf8 = g_utf8_validate(reading->body, (gssize) length, NULL);
    g_string_append_printf(out, "MIME-Version: 1.0\nContent-Type: text/plain; charset=%s\nContent-Transfer-Encoding: quoted-printable\n\n",
                           utf8 ? "utf-8" : "iso-8859-1");
    GMimeEncoding encoder;
    g_mime_encoding_init_encode(&encoder, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    g_autofree char *encoded = g_malloc(g_mime_encoding_outlen(&encoder, length));
    gsize count = g_mime_encoding_flush(&encoder, reading->body, length, encoded);
    g_string_append_len(out, encoded, (gssize) count);
}

/* --- all of it ------------------------------------------------------------------------------------------- */

static gboolean find_addresses(Reading *reading, GError **error)
{
    HandedIn *message = reading->message;
    const Letter *letter = reading->is_resent ? reading->resent : reading->ordinary;
    message->recipients = letter_recipients(letter, error);
    if (message->recipients == NULL)
        return FALSE;
    const Letter *writer = letter->from != NULL || letter->sender != NULL ? letter : reading->ordinary;
    message->sender = letter_sender(writer, NULL);
    g_autoptr(Letter) author = letter_new();
    author->from = g_strdup(reading->ordinary->from);
    message->from = letter_sender(author, NULL);
    return TRUE;
}

static gboolean read_all(Reading *reading, const char *from, gint64 now, GError **error)
{
    find_body(reading);
    const char *header_end = reading->body;
    read_fields(reading, (gsize) (header_end - reading->header));
    add_lacking(reading, from, now);
    add_body(reading);
    return find_addresses(reading, error);
}

HandedIn *handed_in_read(const char *octets, gsize length, const char *from, gint64 now, GError **error)
{
    static gsize initialised;
    if (g_once_init_enter(&initialised)) {
        g_mime_init();
        g_once_init_leave(&initialised, 1);
    }
    if (memchr(octets, '\0', length) != NULL) {
        g_set_error_literal(error, LETTER_ERROR, LETTER_ERROR_WRITE, _("The message holds a NUL, which no server takes."));
        return NULL;
    }
    g_autoptr(HandedIn) message = g_new0(HandedIn, 1);
    message->octets = g_string_sized_new(length + 512);
    g_autoptr(Letter) ordinary = letter_new();
    g_autoptr(Letter) resent = letter_new();
    Reading reading = { .header = octets, .body = octets, .end = octets + length, .message = message, .ordinary = ordinary, .resent = resent };
    return read_all(&reading, from, now, error) ? g_steal_pointer(&message) : NULL;
}
