#include "config.h"

#include "config/account.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"

/* In the order of the manual page. Submission (RFC 8314) rather than port 25 is what a person's program speaks. */
static const struct {
    const char *name;
    AccountScheme scheme;
    AccountSecurity security;
    guint16 port;
} schemes[] = {
    { "imaps", ACCOUNT_SCHEME_IMAP, ACCOUNT_SECURITY_TLS, 993 },
    { "imap", ACCOUNT_SCHEME_IMAP, ACCOUNT_SECURITY_STARTTLS, 143 },
    { "imap+insecure", ACCOUNT_SCHEME_IMAP, ACCOUNT_SECURITY_INSECURE, 143 },
    { "pop3s", ACCOUNT_SCHEME_POP3, ACCOUNT_SECURITY_TLS, 995 },
    { "pop3", ACCOUNT_SCHEME_POP3, ACCOUNT_SECURITY_STARTTLS, 110 },
    { "pop3+insecure", ACCOUNT_SCHEME_POP3, ACCOUNT_SECURITY_INSECURE, 110 },
    { "smtps", ACCOUNT_SCHEME_SMTP, ACCOUNT_SECURITY_TLS, 465 },
    { "smtp", ACCOUNT_SCHEME_SMTP, ACCOUNT_SECURITY_STARTTLS, 587 },
    { "smtp+insecure", ACCOUNT_SCHEME_SMTP, ACCOUNT_SECURITY_INSECURE, 587 },
    { "maildir", ACCOUNT_SCHEME_MAILDIR, ACCOUNT_SECURITY_TLS, 0 },
    { "mbox", ACCOUNT_SCHEME_MBOX, ACCOUNT_SECURITY_TLS, 0 },
    { "mh", ACCOUNT_SCHEME_MH, ACCOUNT_SECURITY_TLS, 0 },
};

static const char *const scheme_names[] = { "imaps", "imap",          "imap+insecure", "pop3s", "pop3", "pop3+insecure",
                                            "smtps", "smtp",          "smtp+insecure", "maildir", "mbox",        "mh",            NULL };

G_STATIC_ASSERT(G_N_ELEMENTS(scheme_names) == G_N_ELEMENTS(schemes) + 1);

void account_url_free(AccountUrl *url)
{
    if (url == NULL)
        return;
    g_free(url->user);
    g_free(url->host);
    g_free(url->path);
    g_free(url);
}

gboolean account_url_has_server(const AccountUrl *url)
{
    return url->scheme == ACCOUNT_SCHEME_IMAP || url->scheme == ACCOUNT_SCHEME_POP3 || url->scheme == ACCOUNT_SCHEME_SMTP;
}

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error != NULL)
        *error = g_error_new_valist(CONFIG_ERROR, CONFIG_ERROR_VALUE, format, arguments);
    va_end(arguments);
    return FALSE;
}

static gboolean is_local(AccountScheme scheme)
{
    return scheme == ACCOUNT_SCHEME_MAILDIR || scheme == ACCOUNT_SCHEME_MBOX || scheme == ACCOUNT_SCHEME_MH;
}

/* Reads "scheme://"; *rest gets what follows. */
static gboolean parse_scheme(AccountUrl *url, const char *text, const char **rest, GError **error)
{
    const char *colon = strstr(text, "://");
    if (colon == NULL) {
        /* The two slips that are seen most: a bare host name, and one slash. */
        const char *only_colon = strchr(text, ':');
        if (only_colon != NULL && only_colon[1] == '/')
            return fail(error, _("“%s” needs two slashes behind the colon, as in imaps://"), text);
        return fail(error, _("“%s” does not say how to connect; write imaps://USER@%s"), text,
                    *text != '\0' && strpbrk(text, " @") == NULL ? text : "HOST");
    }
    g_autofree char *name = g_ascii_strdown(text, colon - text);
    for (guint i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (strcmp(schemes[i].name, name) != 0)
            continue;
        url->scheme = schemes[i].scheme;
        url->security = schemes[i].security;
        url->port = schemes[i].port;
        *rest = colon + 3;
        return TRUE;
    }
    g_autofree char *meant = config_suggest_words(name, scheme_names);
    if (*meant != '\0')
        return fail(error, _("there is no “%s://”%s"), name, meant);
    return fail(error, _("there is no “%s://”; there are imaps, imap, pop3s, pop3, smtps, smtp, maildir and mbox"), name);
}

/* Every "%" must be followed by two hexadecimal digits that do not make a NUL or other control character. */
static char *decode(const char *text, gsize length, GError **error)
{
    char *decoded = g_uri_unescape_segment(text, text + length, NULL);
    if (decoded == NULL || !g_utf8_validate(decoded, -1, NULL)) {
        g_free(decoded);
        fail(error, _("in “%.*s” a “%%” is not followed by two hexadecimal digits; a “%%” itself is written %%25"),
             (int) length, text);
        return NULL;
    }
    for (const char *p = decoded; *p != '\0'; p++)
        if (g_ascii_iscntrl(*p)) {
            g_free(decoded);
            fail(error, _("“%.*s” holds a control character"), (int) length, text);
            return NULL;
        }
    return decoded;
}

static gboolean parse_port(AccountUrl *url, const char *text, GError **error)
{
    guint64 port = 0;
    if (!g_ascii_string_to_unsigned(text, 10, 1, 65535, &port, NULL))
        return fail(error, _("“%s” is not a port; ports are 1 to 65535"), text);
    url->port = (guint16) port;
    return TRUE;
}

static gboolean parse_user(AccountUrl *url, const char *text, gsize length, GError **error)
{
    if (length == 0)
        return fail(error, _("there is no user name before the “@”"));
    if (memchr(text, ':', length) != NULL)
        return fail(error, _("a password does not belong in the address, where it would be shown; write password-command = "
                             "COMMAND, or password = PASSWORD in a file that only you can read (a “:” in the user name is "
                             "written %%3A)"));
    url->user = decode(text, length, error);
    return url->user != NULL;
}

static gboolean valid_host(const char *host)
{
    for (const char *p = host; *p != '\0'; p++)
        if (!g_ascii_isalnum(*p) && strchr(".-_", *p) == NULL)
            return FALSE;
    return *host != '\0' && *host != '.' && *host != '-' && strstr(host, "..") == NULL;
}

static gboolean parse_host(AccountUrl *url, const char *text, GError **error)
{
    if (*text == '[') {
        const char *end = strchr(text, ']');
        if (end == NULL)
            return fail(error, _("the “[” of an IPv6 address has no “]”"));
        g_autofree char *host = decode(text + 1, (gsize) (end - text - 1), error);
        if (host == NULL)
            return FALSE;
        g_autofree char *address = g_strndup(host, strcspn(host, "%")); /* without the zone: fe80::1%eth0 */
        if (!g_hostname_is_ip_address(address) || strchr(address, ':') == NULL)
            return fail(error, _("“%s” is not an IPv6 address"), host);
        url->host = g_steal_pointer(&host);
        if (end[1] == '\0')
            return TRUE;
        return end[1] == ':' ? parse_port(url, end + 2, error) : fail(error, _("“%s” behind the “]” is not a port"), end + 1);
    }
    const char *colon = strchr(text, ':');
    if (colon != NULL && strchr(colon + 1, ':') != NULL)
        return fail(error, _("an IPv6 address stands in brackets: [%s]"), text);
    g_autofree char *written = colon != NULL ? g_strndup(text, (gsize) (colon - text)) : g_strdup(text);
    g_autofree char *host = g_hostname_to_ascii(written);
    if (*written == '\0')
        return fail(error, _("there is no host name"));
    if (host == NULL || !valid_host(host))
        return fail(error, _("“%s” is not a host name"), written);
    url->host = g_steal_pointer(&host);
    return colon == NULL || parse_port(url, colon + 1, error);
}

/* [USER@]HOST[:PORT][/] */
static gboolean parse_network(AccountUrl *url, const char *text, GError **error)
{
    gsize length = strcspn(text, "/");
    if (text[length] == '/' && text[length + 1] != '\0')
        return fail(error, _("“%s” behind the host does not belong here: an account is a whole server"), text + length);
    g_autofree char *authority = g_strndup(text, length);
    /* The last one: a user name that is an address and was not written with %40 cannot be misunderstood. */
    char *at = strrchr(authority, '@');
    if (at != NULL && !parse_user(url, authority, (gsize) (at - authority), error))
        return FALSE;
    return parse_host(url, at != NULL ? at + 1 : authority, error);
}

/* "/absolute" or "~/below home" */
static gboolean parse_path(AccountUrl *url, const char *scheme_text, const char *text, GError **error)
{
    g_autofree char *decoded = decode(text, strlen(text), error);
    if (decoded == NULL)
        return FALSE;
    url->path = paths_expand(decoded);
    if (g_path_is_absolute(url->path))
        return TRUE;
    return fail(error, _("a folder on this machine has three slashes: %.*s:///%s, or %.*s://~/%s"),
                (int) strcspn(scheme_text, ":"), scheme_text, text, (int) strcspn(scheme_text, ":"), scheme_text, text);
}

AccountUrl *account_url_parse(const char *text, GError **error)
{
    g_autoptr(AccountUrl) url = g_new0(AccountUrl, 1);
    const char *rest = NULL;
    if (!parse_scheme(url, text, &rest, error))
        return NULL;
    if (strpbrk(rest, " \t") != NULL && !is_local(url->scheme)) {
        fail(error, _("“%s” has a space in it; a space is written %%20"), rest);
        return NULL;
    }
    gboolean good = is_local(url->scheme) ? parse_path(url, text, rest, error) : parse_network(url, rest, error);
    return good ? g_steal_pointer(&url) : NULL;
}

char *account_url_format(const AccountUrl *url)
{
    if (url->scheme == ACCOUNT_SCHEME_DEMO)
        return g_strdup("demo:");
    guint i = 0;
    while (i < G_N_ELEMENTS(schemes) &&
           (schemes[i].scheme != url->scheme || (!is_local(url->scheme) && schemes[i].security != url->security)))
        i++;
    g_return_val_if_fail(i < G_N_ELEMENTS(schemes), NULL);

    GString *text = g_string_new(schemes[i].name);
    g_string_append(text, "://");
    if (is_local(url->scheme)) {
        g_string_append_uri_escaped(text, url->path, "/~", TRUE);
        return g_string_free(text, FALSE);
    }
    if (url->user != NULL) {
        g_string_append_uri_escaped(text, url->user, NULL, TRUE);
        g_string_append_c(text, '@');
    }
    if (strchr(url->host, ':') != NULL) {
        g_string_append_c(text, '[');
        g_string_append_uri_escaped(text, url->host, ":", FALSE);
        g_string_append_c(text, ']');
    } else {
        g_string_append(text, url->host);
    }
    if (url->port != schemes[i].port)
        g_string_append_printf(text, ":%u", url->port);
    return g_string_free(text, FALSE);
}
