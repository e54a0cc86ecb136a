#include "config.h"

#include "mime/departure.h"

#include <string.h>

#define LINE_MAX_OCTETS (998 + 2) /* CRLF counted (RFC 5322 §2.1.1) */

static const char *after_line(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (gsize) (end - p));
    return newline != NULL ? newline + 1 : end;
}

static bool is_empty_line(const char *p, const char *next)
{
    return next - p == 1 || (next - p == 2 && *p == '\r');
}

/* The field that begins at P, white space before its colon allowed as old programs wrote it (RFC 5322 §4.5). */
static bool is_field(const char *p, const char *end, const char *name)
{
    gsize length = strlen(name);
    if ((gsize) (end - p) <= length || g_ascii_strncasecmp(p, name, length) != 0)
        return false;
    for (p += length; p < end && (*p == ' ' || *p == '\t'); p++)
        ;
    return p < end && *p == ':';
}

/* Its last line's end: lines that begin with white space belong to it (RFC 5322 §2.2.3). */
static const char *field_end(const char *p, const char *end)
{
    for (p = after_line(p, end); p < end && (*p == ' ' || *p == '\t'); p = after_line(p, end))
        ;
    return p;
}

static bool beyond_ascii(const char *p, const char *end)
{
    for (; p < end; p++)
        if ((guchar) *p >= 0x80)
            return true;
    return false;
}

static bool is_binary(const char *p, const char *end)
{
    for (const char *next; p < end; p = next) {
        next = after_line(p, end);
        if (next - p > LINE_MAX_OCTETS || memchr(p, '\0', (gsize) (next - p)) != NULL)
            return true;
    }
    return false;
}

void departure_read(Departure *departure, const char *octets, gsize length)
{
    const char *p = octets, *end = octets + length;
    *departure = (Departure){ .left_out = g_array_new(FALSE, FALSE, sizeof(DepartureSpan)), .size = length };
    while (p < end) {
        const char *next = field_end(p, end);
        if (is_empty_line(p, after_line(p, end))) {
            p = after_line(p, end);
            break;
        }
        if (is_field(p, end, "Bcc") || is_field(p, end, "Resent-Bcc")) {
            DepartureSpan span = { (gsize) (p - octets), (gsize) (next - p) };
            g_array_append_val(departure->left_out, span);
            departure->size -= span.length;
        } else if (!departure->utf8_header) {
            departure->utf8_header = beyond_ascii(p, next);
        }
        p = next;
    }
    departure->header = (gsize) (p - octets);
    departure->eight_bit = beyond_ascii(p, end);
    departure->binary = is_binary(p, end);
}

void departure_clear(Departure *departure)
{
    g_clear_pointer(&departure->left_out, g_array_unref);
}

GBytes *departure_header(const Departure *departure, const char *octets)
{
    GByteArray *header = g_byte_array_new();
    gsize at = 0;
    for (guint i = 0; i < departure->left_out->len; i++) {
        DepartureSpan span = g_array_index(departure->left_out, DepartureSpan, i);
        g_byte_array_append(header, (const guint8 *) octets + at, (guint) (span.offset - at));
        at = span.offset + span.length;
    }
    g_byte_array_append(header, (const guint8 *) octets + at, (guint) (departure->header - at));
    return g_byte_array_free_to_bytes(header);
}
