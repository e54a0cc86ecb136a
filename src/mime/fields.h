/* The fields of a header block, one after the other, without copying. For use within mime/. Any thread. */
#ifndef MALLE_MIME_FIELDS_H
#define MALLE_MIME_FIELDS_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *p, *end; /* what is left */
} MimeFields;

typedef struct {
    const char *name;
    gsize name_length;
    const char *value; /* folded as it stands, white space at the start skipped */
    gsize value_length;
} MimeField;

void mime_fields_init(MimeFields *fields, const char *header, gsize length);
/* False at the empty line or the end. Lines that are no field are skipped. */
bool mime_fields_next(MimeFields *fields, MimeField *field);

bool mime_field_is(const MimeField *field, const char *name);
/* The value on one line: line ends and NUL taken out. Caller frees. */
char *mime_field_unfold(const MimeField *field);

/* Where the header block of the message [p, end) ends: at its empty line (or `end`); *body is where the body
 * starts. */
const char *mime_header_end(const char *p, const char *end, const char **body);

#endif
