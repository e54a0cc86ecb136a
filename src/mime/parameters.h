/* Parameters of Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2231). Any thread. */
#ifndef MALLE_MIME_PARAMETERS_H
#define MALLE_MIME_PARAMETERS_H

#include "mime/part.h"

/* An array of MimeParameter*, free func set. */
GPtrArray *mime_parameters_new(void);
/* Adds one as it was sent ("filename*0*" = "utf-8''na%20me"); at most 1,000 are kept. */
void mime_parameters_add_raw(GPtrArray *raw, const char *name, gsize name_length, const char *value,
                             gsize value_length);

/* Raw parameters decoded: continuations joined, percent encoding and charset undone, encoded words too
 * (forbidden there, and common). The extended form of a name wins over the plain one. Of MimeParameter*,
 * names in lower case, free func set. */
GPtrArray *mime_parameters_decode(const GPtrArray *raw);

/* Puts decoded parameters of the Content-Type and of the Content-Disposition (either may be NULL) into a
 * part: parameters and filename. */
void message_part_take_parameters(MessagePart *part, const GPtrArray *type_raw,
                                  const GPtrArray *disposition_raw);

/* "text/html; charset=x" cut into its value (lower case, comments dropped, caller frees) and raw parameters.
 */
char *mime_parse_structured(const char *field, gsize length, GPtrArray *raw);

#endif
