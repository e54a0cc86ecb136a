/* The fields of a header block (see fields.h). */
#include "config.h"
#include "mime/fields.h"

#include <string.h>

static const char *line_end(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (gsize)(end - p));
    return newline ? newline + 1 : end;
}

static bool is_empty_line(const char *p, const char *end)
{
    return *p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n');
}

const char *mime_header_end(const char *p, const char *end, const char **body)
{
    while (p < end) {
        if (is_empty_line(p, end)) {
            *body = line_end(p, end);
            return p;
        }
        p = line_end(p, end);
    }
    *body = end;
    return end;
}

void mime_fields_init(MimeFields *fields, const char *header, gsize length)
{
    fields->p = header;
    fields->end = header + length;
    /* An mbox separator, or what a mailer put in its place, may still stand before the first field. */
    if (length > 5 && (memcmp(header, "From ", 5) == 0 || memcmp(header, ">From", 5) == 0))
        fields->p = line_end(header, fields->end);
}

/* The colon that ends a field name (RFC 5322 §2.2: printable ASCII without colon; blanks before it are
 * obsolete but live). */
static const char *find_colon(const char *p, const char *end)
{
    const char *start = p;
    while (p < end && (unsigned char)*p > 0x20 && (unsigned char)*p < 0x7f && *p != ':')
        p++;
    if (p == start)
        return NULL;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p < end && *p == ':' ? p : NULL;
}

bool mime_fields_next(MimeFields *fields, MimeField *field)
{
    while (fields->p < fields->end && !is_empty_line(fields->p, fields->end)) {
        const char *start = fields->p;
        const char *stop = line_end(start, fields->end);
        while (stop < fields->end && (*stop == ' ' || *stop == '\t'))
            stop = line_end(stop, fields->end);
        fields->p = stop;

        const char *colon = find_colon(start, stop);
        if (!colon)
            continue;
        field->name = start;
        field->name_length = (gsize)(colon - start);
        while (field->name_length > 0 && strchr(" \t", start[field->name_length - 1]))
            field->name_length--;
        field->value = colon + 1;
        while (field->value < stop && (*field->value == ' ' || *field->value == '\t'))
            field->value++;
        while (stop > field->value && strchr(" \t\r\n", stop[-1]) && stop[-1])
            stop--;
        field->value_length = (gsize)(stop - field->value);
        return true;
    }
    return false;
}

bool mime_field_is(const MimeField *field, const char *name)
{
    return strlen(name) == field->name_length &&
           g_ascii_strncasecmp(field->name, name, field->name_length) == 0;
}

char *mime_field_unfold(const MimeField *field)
{
    char *line = g_malloc(field->value_length + 1);
    gsize n = 0;
    for (gsize i = 0; i < field->value_length; i++)
        if (field->value[i] != '\r' && field->value[i] != '\n' && field->value[i] != '\0')
            line[n++] = field->value[i];
    line[n] = '\0';
    return line;
}
