#include "config.h"

#include "mime/unsubscribe.h"

#include <string.h>

#include "mime/fields.h"

#define URL_MAX 4096 /* octets */

void mime_unsubscribe_clear(MimeUnsubscribe *unsubscribe)
{
    g_clear_pointer(&unsubscribe->one_click, g_free);
    g_clear_pointer(&unsubscribe->mailto, g_free);
    g_clear_pointer(&unsubscribe->page, g_free);
}

/* Folding and white space within the brackets go (RFC 2369 §2); anything beyond printable ASCII makes it no URL. */
static char *url_within(const char *from, const char *end)
{
    GString *url = g_string_new(NULL);
    for (const char *p = from; p < end && url->len <= URL_MAX; p++) {
        if (g_ascii_isspace(*p))
            continue;
        if (!g_ascii_isgraph(*p))
            return g_string_free(url, TRUE);
        g_string_append_c(url, *p);
    }
    return g_string_free(url, url->len == 0 || url->len > URL_MAX);
}

/* The first of each kind counts: it is the one that the list prefers. */
static void take_url(MimeUnsubscribe *unsubscribe, char *taken)
{
    g_autofree char *url = taken;
    char **into = g_ascii_strncasecmp(url, "mailto:", 7) == 0 ? &unsubscribe->mailto
                  : g_ascii_strncasecmp(url, "https://", 8) == 0 || g_ascii_strncasecmp(url, "http://", 7) == 0 ? &unsubscribe->page
                                                                                                                  : NULL;
    if (into != NULL && *into == NULL)
        *into = g_steal_pointer(&url);
}

static void take_urls(MimeUnsubscribe *unsubscribe, const char *value, gsize length)
{
    const char *p = value, *end = value + length;
    while (p < end && (p = memchr(p, '<', (gsize) (end - p))) != NULL) {
        const char *close = memchr(p, '>', (gsize) (end - p));
        char *url = close != NULL ? url_within(p + 1, close) : NULL;
        if (url != NULL)
            take_url(unsubscribe, url);
        p = close != NULL ? close + 1 : end;
    }
}

static gboolean is_one_click(const char *value, gsize length)
{
    g_autofree char *text = g_strndup(value, length);
    return g_ascii_strcasecmp(g_strstrip(text), "List-Unsubscribe=One-Click") == 0;
}

void mime_unsubscribe_read(MimeUnsubscribe *unsubscribe, const char *header, gsize length)
{
    MimeFields fields;
    MimeField field;
    gboolean one_click = FALSE;
    *unsubscribe = (MimeUnsubscribe){ NULL, NULL, NULL };
    mime_fields_init(&fields, header, length);
    while (mime_fields_next(&fields, &field)) {
        if (mime_field_is(&field, "List-Unsubscribe"))
            take_urls(unsubscribe, field.value, field.value_length);
        else if (mime_field_is(&field, "List-Unsubscribe-Post"))
            one_click = one_click || is_one_click(field.value, field.value_length);
    }
    if (one_click && unsubscribe->page != NULL && g_ascii_strncasecmp(unsubscribe->page, "https://", 8) == 0)
        unsubscribe->one_click = g_steal_pointer(&unsubscribe->page);
}

gboolean mime_https_split(const char *url, char **host, guint16 *port, char **target)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
    const char *name = uri != NULL ? g_uri_get_host(uri) : NULL;
    if (name == NULL || *name == '\0' || g_ascii_strcasecmp(g_uri_get_scheme(uri), "https") != 0 || g_uri_get_userinfo(uri) != NULL)
        return FALSE;
    for (const char *p = url; *p != '\0'; p++)
        if (!g_ascii_isgraph(*p))
            return FALSE;
    const char *path = g_uri_get_path(uri), *query = g_uri_get_query(uri);
    int given = g_uri_get_port(uri);
    if (given == 0 || given > G_MAXUINT16)
        return FALSE;
    *host = g_strdup(name);
    *port = given > 0 ? (guint16) given : 443;
    *target = g_strdup_printf("%s%s%s", *path == '/' ? path : "/", query != NULL ? "?" : "", query != NULL ? query : "");
    return TRUE;
}
