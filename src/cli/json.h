/* Writing JSON (RFC 8259): commas and escapes are put where they belong. Strings must be UTF-8; control characters and
 * everything invisible to a terminal's eye (C1, BiDi) are escaped, so that a terminal can be shown the result.
 */
#ifndef MALLE_CLI_JSON_H
#define MALLE_CLI_JSON_H

#include <glib.h>

/* name NULL: within an array, or the outermost value. value NULL: null. */
void json_open(GString *json, const char *name, char bracket /* '{' or '[' */);
void json_close(GString *json, char bracket /* '}' or ']' */);
void json_string(GString *json, const char *name, const char *value);
void json_number(GString *json, const char *name, gint64 value);
void json_bool(GString *json, const char *name, gboolean value);

#endif
