#include "config.h"

#include "mime/mailto.h"

#include <string.h>

#include "base/i18n.h"
#include "mime/message.h"

#define SCHEME "mailto:"

gboolean mailto_is_one(const char *text)
{
    return g_ascii_strncasecmp(text, SCHEME, strlen(SCHEME)) == 0;
}

static gboolean refuse(GError **error, const char *words)
{
    g_set_error_literal(error, LETTER_ERROR, LETTER_ERROR_URL, words);
    return FALSE;
}

/* --- escapes ---------------------------------------------------------------------------------- */

typedef enum { ONE_LINE, LINES } Shape;

static gboolean unescape(const char *from, gsize length, GString *out, GError **error)
{
    for (gsize i = 0; i < length; i++) {
        if (from[i] != '%') {
            g_string_append_c(out, from[i]);
            continue;
        }
        if (i + 2 >= length || !g_ascii_isxdigit(from[i + 1]) || !g_ascii_isxdigit(from[i + 2]))
            return refuse(error, _("The mailto address holds a “%” that escapes nothing."));
        g_string_append_c(out, (char) (g_ascii_xdigit_value(from[i + 1]) << 4 | g_ascii_xdigit_value(from[i + 2])));
        i += 2;
    }
    return TRUE;
}

/* LF at line ends, and no control but it and TAB. */
static void settle_lines(GString *text)
{
    gsize kept = 0;
    for (gsize i = 0; i < text->len; i++) {
        char c = text->str[i];
        if (c == '\r' && text->str[i + 1] == '\n')
            continue;
        text->str[kept++] = c == '\r' ? '\n' : ((guchar) c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ? ' ' : c;
    }
    g_string_truncate(text, kept);
}

/* NULL with error. Caller frees. */
static char *decode(const char *from, gsize length, Shape shape, GError **error)
{
    g_autoptr(GString) text = g_string_sized_new(length);
    if (!unescape(from, length, text, error))
        return NULL;
    if (memchr(text->str, '\0', text->len) != NULL) {
        refuse(error, _("The mailto address holds a NUL (%00)."));
        return NULL;
    }
    if (!g_utf8_validate(text->str, (gssize) text->len, NULL)) {
        refuse(error, _("The mailto address holds octets that are no text."));
        return NULL;
    }
    if (shape == ONE_LINE && strpbrk(text->str, "\r\n") != NULL) {
        refuse(error, _("The mailto address holds a line end where one line is meant: it may be meant to add a header field."));
        return NULL;
    }
    settle_lines(text);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* --- fields ------------------------------------------------------------------------------------- */

static void add_to_list(char **list, const char *more)
{
    char *both = *list != NULL && **list != '\0' ? g_strdup_printf("%s, %s", *list, more) : g_strdup(more);
    g_free(*list);
    *list = both;
}

static void set_once(char **value, const char *text)
{
    if (*value == NULL)
        *value = g_strdup(text);
}

static void set_references(Letter *letter, const char *text)
{
    if (letter->references == NULL)
        letter->references = message_id_list_parse(text, strlen(text));
}

static void set_in_reply_to(Letter *letter, const char *text)
{
    g_auto(GStrv) ids = message_id_list_parse(text, strlen(text));
    if (ids != NULL && ids[0] != NULL)
        set_once(&letter->in_reply_to, ids[0]);
}

static void take_field(Letter *letter, const char *name, const char *value, GPtrArray *ignored)
{
    if (strcmp(name, "to") == 0)
        add_to_list(&letter->to, value);
    else if (strcmp(name, "cc") == 0)
        add_to_list(&letter->cc, value);
    else if (strcmp(name, "bcc") == 0)
        add_to_list(&letter->bcc, value);
    else if (strcmp(name, "subject") == 0)
        set_once(&letter->subject, value);
    else if (strcmp(name, "body") == 0)
        set_once(&letter->text, value);
    else if (strcmp(name, "in-reply-to") == 0)
        set_in_reply_to(letter, value);
    else if (strcmp(name, "references") == 0)
        set_references(letter, value);
    else
        g_ptr_array_add(ignored, g_strdup(name));
}

/* NAME=VALUE; "&amp;" is what comes of a link that was copied out of a page's source. */
static gboolean read_field(Letter *letter, const char *field, gsize length, GPtrArray *ignored, GError **error)
{
    if (length >= 4 && memcmp(field, "amp;", 4) == 0)
        field += 4, length -= 4;
    const char *equals = memchr(field, '=', length);
    gsize name_length = equals != NULL ? (gsize) (equals - field) : length;
    g_autofree char *exact = decode(field, name_length, ONE_LINE, error);
    if (exact == NULL)
        return FALSE;
    g_autofree char *name = g_ascii_strdown(exact, -1);
    gsize value_length = equals != NULL ? length - name_length - 1 : 0;
    g_autofree char *value =
        decode(equals != NULL ? equals + 1 : "", value_length, strcmp(name, "body") == 0 ? LINES : ONE_LINE, error);
    if (value == NULL)
        return FALSE;
    if (*name != '\0')
        take_field(letter, name, value, ignored);
    return TRUE;
}

/* Addresses are parted by commas before anything is decoded: a comma of an address is written %2C (RFC 6068 §2). */
static gboolean read_addresses(Letter *letter, const char *list, gsize length, GError **error)
{
    for (gsize at = 0; at < length;) {
        const char *comma = memchr(list + at, ',', length - at);
        gsize one = comma != NULL ? (gsize) (comma - list) - at : length - at;
        g_autofree char *address = decode(list + at, one, ONE_LINE, error);
        if (address == NULL)
            return FALSE;
        if (*g_strstrip(address) != '\0')
            add_to_list(&letter->to, address);
        at += one + 1;
    }
    return TRUE;
}

static gboolean read_url(const char *url, Letter *letter, GPtrArray *ignored, GError **error)
{
    const char *rest = url + strlen(SCHEME);
    gsize length = strcspn(rest, "#"), addresses = MIN(strcspn(rest, "?"), length);
    if (!read_addresses(letter, rest, addresses, error))
        return FALSE;
    for (gsize at = addresses + 1; at < length;) {
        const char *end = memchr(rest + at, '&', length - at);
        gsize one = end != NULL ? (gsize) (end - rest) - at : length - at;
        if (!read_field(letter, rest + at, one, ignored, error))
            return FALSE;
        at += one + 1;
    }
    return TRUE;
}

static void exchange(char **a, char **b)
{
    char *kept = *a;
    *a = *b;
    *b = kept;
}

gboolean mailto_read(const char *url, Letter *letter, GPtrArray **ignored, GError **error)
{
    if (!mailto_is_one(url))
        return refuse(error, _("This is no mailto address."));
    if (strlen(url) > MAILTO_MOST)
        return refuse(error, _("The mailto address is too long."));
    g_autoptr(Letter) filled = letter_copy(letter);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    if (!read_url(url, filled, names, error))
        return FALSE;
    char **there[] = { &letter->to, &letter->cc, &letter->bcc, &letter->subject, &letter->text, &letter->in_reply_to };
    char **read[] = { &filled->to, &filled->cc, &filled->bcc, &filled->subject, &filled->text, &filled->in_reply_to };
    for (guint i = 0; i < G_N_ELEMENTS(there); i++)
        exchange(there[i], read[i]);
    char **references = letter->references;
    letter->references = filled->references;
    filled->references = references;
    if (ignored != NULL)
        *ignored = g_steal_pointer(&names);
    return TRUE;
}
