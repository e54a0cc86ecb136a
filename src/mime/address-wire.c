/* Addresses as they travel (see address.h). What the lenient reader of other people's headers lets pass is looked at strictly here:
 * the result stands in SMTP commands and in fields of our own. */
#include "config.h"
#include "mime/address.h"

#include <string.h>

static bool is_domain(const char *domain)
{
    gsize length = strlen(domain);
    if (domain[0] == '[')
        return length > 2 && strspn(domain + 1, "0123456789abcdefABCDEFIPv:.") == length - 2 && domain[length - 1] == ']';
    for (const char *c = domain; *c != '\0'; c++)
        if (!g_ascii_isalnum(*c) && strchr("-_.", *c) == NULL)
            return false;
    return length > 0 && domain[0] != '.' && domain[length - 1] != '.' && strstr(domain, "..") == NULL;
}

/* RFC 5321 §4.1.2, with RFC 6531's letters beyond ASCII. */
static bool is_dot_string(const char *local, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)local[i];
        if (c == '.' && (i == 0 || i + 1 == length || local[i + 1] == '.'))
            return false;
        if (c < 0x80 && !g_ascii_isalnum(c) && strchr("!#$%&'*+-/=?^_`{|}~.", c) == NULL)
            return false;
    }
    return length > 0;
}

/* In quotes; NULL for what would be too easily meant as something else: a second address, a route, a field. */
static char *quoted(const char *local, gsize length)
{
    GString *text = g_string_new("\"");
    for (gsize i = 0; i < length; i++) {
        if ((guchar)local[i] < 0x20 || local[i] == 0x7f || strchr("@:<>[]\\", local[i]) != NULL) {
            g_string_free(text, TRUE);
            return NULL;
        }
        if (local[i] == '"')
            g_string_append_c(text, '\\');
        g_string_append_c(text, local[i]);
    }
    g_string_append_c(text, '"');
    return g_string_free(text, FALSE);
}

char *mime_address_on_wire(const char *address)
{
    const char *at = address != NULL ? strrchr(address, '@') : NULL;
    if (at == NULL || at == address || at[1] == '\0' || !g_utf8_validate(address, -1, NULL))
        return NULL;
    gsize length = (gsize)(at - address);
    g_autofree char *domain = g_str_is_ascii(at + 1) ? g_strdup(at + 1) : g_hostname_to_ascii(at + 1);
    g_autofree char *local = is_dot_string(address, length) ? g_strndup(address, length) : quoted(address, length);
    if (domain == NULL || local == NULL || !is_domain(domain))
        return NULL;
    return g_strconcat(local, "@", domain, NULL);
}
