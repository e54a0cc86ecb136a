/* Addresses of the web (see links.h). */
#include "config.h"
#include "mime/links.h"

#include "base/text.h"
#include "mime/address.h"

#include <string.h>

#define MAX_TARGET 4096

static bool ends_address(const char *p)
{
    unsigned char c = (unsigned char)*p;
    if (c <= ' ' || c == 0x7f || strchr("<>\"`{}|\\^", c))
        return true;
    /* Quotation marks and brackets of other scripts end an address; letters do not. */
    if (c < 0x80)
        return false;
    gunichar wide = g_utf8_get_char(p);
    return g_unichar_isspace(wide) || g_unichar_ispunct(wide);
}

/* Punctuation behind an address belongs to the sentence, a closing bracket only if it was not opened within.
 */
static const char *trim_end(const char *start, const char *stop)
{
    int open = 0;
    for (const char *p = start; p < stop; p++)
        open += *p == '(' ? 1 : *p == ')' ? -1 : 0;
    while (stop > start) {
        char c = stop[-1];
        if (c == ')' && open < 0)
            open++;
        else if (!strchr(".,;:!?'*_]", c))
            break;
        stop--;
    }
    return stop;
}

/* The length of a scheme that begins at p, or 0. */
static gsize scheme_at(const char *p, const char *end)
{
    static const char *const schemes[] = { "https://", "http://", "ftp://", "mailto:", "www." };
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        gsize length = strlen(schemes[i]);
        if ((gsize)(end - p) > length && g_ascii_strncasecmp(p, schemes[i], length) == 0)
            return length;
    }
    return 0;
}

bool link_find(const char *p, const char *end, const char **start, const char **stop)
{
    for (const char *q = p; q < end; q++) {
        if (!memchr("hHfFmMwW", *q, 8) || (q > p && g_ascii_isalnum(q[-1])))
            continue;
        gsize scheme = scheme_at(q, end);
        if (scheme == 0)
            continue;
        const char *r = q + scheme;
        while (r < end && r - q < MAX_TARGET && !ends_address(r))
            r = g_utf8_next_char(r);
        r = trim_end(q + scheme, r);
        if (r > q + scheme) {
            *start = q;
            *stop = r;
            return true;
        }
    }
    return false;
}

char *link_clean_target(const char *href)
{
    static const char *const allowed[] = { "http", "https",  "ftp",  "mailto", "tel", "sms", "geo",
                                           "xmpp", "matrix", "news", "nntp",   "irc", "ircs" };
    if (!href || strlen(href) > MAX_TARGET)
        return NULL;
    /* Browsers drop tabs and line ends anywhere in an address: "java\nscript:" is a script. */
    GString *bare = g_string_new(NULL);
    for (const char *p = href; *p; p++)
        if ((unsigned char)*p > 0x20 || *p == ' ')
            g_string_append_c(bare, *p);
    g_strstrip(bare->str);
    g_autofree char *trimmed = g_string_free(bare, FALSE);
    g_autofree char *with_scheme = g_ascii_strncasecmp(trimmed, "www.", 4) == 0
                                       ? g_strconcat("http://", trimmed, NULL)
                                       : g_strdup(trimmed);

    gsize length = strcspn(with_scheme, ":/?#");
    if (with_scheme[length] != ':')
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(allowed); i++) {
        if (strlen(allowed[i]) != length || g_ascii_strncasecmp(with_scheme, allowed[i], length) != 0)
            continue;
        /* Blanks would let a target show as something else when it is cut at them. */
        g_autofree char *safe = text_make_safe(with_scheme, -1, TEXT_SINGLE_LINE);
        g_auto(GStrv) pieces = g_strsplit(safe, " ", -1);
        return g_strjoinv("%20", pieces);
    }
    return NULL;
}

/* The host of an address or of what looks like one, in lower case without "www.": NULL if there is none. */
static char *host_of(const char *text, bool *has_user)
{
    const char *p = strstr(text, "://");
    p = p ? p + 3 : text;
    gsize length = strcspn(p, "/?#\\ ");
    const char *at = NULL;
    for (gsize i = 0; i < length; i++)
        if (p[i] == '@')
            at = p + i;
    if (has_user)
        *has_user = at != NULL;
    if (at) {
        length -= (gsize)(at + 1 - p);
        p = at + 1;
    }
    gsize port = 0;
    while (port < length && p[port] != ':')
        port++;
    g_autofree char *host = g_strndup(p, port);
    g_autofree char *ascii = g_hostname_to_ascii(host);
    char *lower = g_ascii_strdown(ascii ? ascii : host, -1);
    if (g_str_has_prefix(lower, "www."))
        memmove(lower, lower + 4, strlen(lower) - 3);
    return lower;
}

/* A word with a dot and a plausible end: "bank.example", "https://bank.example/login". */
static bool looks_like_address(const char *text)
{
    if (strchr(text, ' ') || strlen(text) < 4)
        return false;
    if (strstr(text, "://") || g_ascii_strncasecmp(text, "www.", 4) == 0)
        return true;
    gsize length = strcspn(text, "/?#:");
    const char *dot = g_strrstr_len(text, (gssize)length, ".");
    if (!dot || dot == text)
        return false;
    gsize top = length - (gsize)(dot + 1 - text);
    if (top < 2 || top > 24)
        return false;
    for (gsize i = 0; i < top; i++)
        if (g_ascii_isdigit(dot[1 + i]) || g_ascii_ispunct(dot[1 + i]))
            return false;
    return true;
}

static bool is_within(const char *host, const char *domain)
{
    gsize h = strlen(host), d = strlen(domain);
    return h >= d && strcmp(host + h - d, domain) == 0 && (h == d || host[h - d - 1] == '.');
}

bool link_deceives(const char *text, const char *target)
{
    if (g_ascii_strncasecmp(target, "mailto:", 7) == 0) {
        /* "help@bank.example" leading to another address. */
        gsize length = strcspn(target + 7, "?");
        g_autofree char *address = g_strndup(target + 7, length);
        return strchr(text, '@') && !strchr(text, ' ') && g_ascii_strcasecmp(text, address) != 0;
    }
    if (!strstr(target, "://"))
        return false;
    bool has_user = false;
    g_autofree char *leads_to = host_of(target, &has_user);
    if (has_user)
        return true;
    g_autofree char *shown = mime_domain_show(leads_to);
    if (strstr(shown, " ("))
        return true;
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    if (!looks_like_address(trimmed))
        return false;
    g_autofree char *says = host_of(trimmed, NULL);
    return !is_within(leads_to, says) && !is_within(says, leads_to);
}

static const char *without_scheme(const char *address)
{
    const char *p = strstr(address, "://");
    p = p ? p + 3 : g_ascii_strncasecmp(address, "mailto:", 7) == 0 ? address + 7 : address;
    return p;
}

bool link_is_its_text(const char *text, const char *target)
{
    const char *a = without_scheme(text), *b = without_scheme(target);
    gsize x = strlen(a), y = strlen(b);
    if (x > 0 && a[x - 1] == '/')
        x--;
    if (y > 0 && b[y - 1] == '/')
        y--;
    return x == y && g_ascii_strncasecmp(a, b, x) == 0;
}
