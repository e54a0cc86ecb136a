#include "config.h"

#include "cli/json.h"

#include <string.h>

static void append_quoted(GString *json, const char *text)
{
    g_string_append_c(json, '"');
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar character = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(character);
        if (character == '"' || character == '\\')
            g_string_append_printf(json, "\\%c", (char) character);
        else if (character == '\n')
            g_string_append(json, "\\n");
        else if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
                 type == G_UNICODE_PARAGRAPH_SEPARATOR)
            g_string_append_printf(json, character < 0x10000 ? "\\u%04x" : "\\ufffd", character);
        else
            g_string_append_unichar(json, character);
    }
    g_string_append_c(json, '"');
}

/* The comma that the value before it asks for, and the name. */
static void start_value(GString *json, const char *name)
{
    char last = json->len > 0 ? json->str[json->len - 1] : '\0';
    if (last != '\0' && last != '{' && last != '[' && last != '\n')
        g_string_append_c(json, ',');
    if (name != NULL) {
        append_quoted(json, name);
        g_string_append_c(json, ':');
    }
}

void json_open(GString *json, const char *name, char bracket)
{
    start_value(json, name);
    g_string_append_c(json, bracket);
}

void json_close(GString *json, char bracket)
{
    g_string_append_c(json, bracket);
}

void json_string(GString *json, const char *name, const char *value)
{
    start_value(json, name);
    if (value == NULL) {
        g_string_append(json, "null");
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(value, -1);
    append_quoted(json, valid);
}

void json_number(GString *json, const char *name, gint64 value)
{
    start_value(json, name);
    g_string_append_printf(json, "%" G_GINT64_FORMAT, value);
}

void json_bool(GString *json, const char *name, gboolean value)
{
    start_value(json, name);
    g_string_append(json, value ? "true" : "false");
}
