/* Address lists (see address.h).
 *
 * One pass over the raw value decides the structure; only then are names decoded. A comma, a bracket or a NUL
 * that hides in an encoded word can thus never become structure (Mailsploit), and ten thousand addresses cost
 * ten thousand small steps. */
#include "config.h"
#include "mime/address.h"

#include "mime/charset.h"

#include <string.h>

#define MAX_ADDRESSES 10000
#define MAX_FIELD 2000 /* bytes kept of one name or address */

typedef struct {
    const char *p, *end;
    bool no_more_quotes; /* no closing '"' to the right: do not look again */
    GString *phrase;     /* outside of brackets: a name, or a bare address */
    GString *angle;      /* the latest <…> */
    GString *comment;    /* the latest (…) */
    bool has_angle;
    bool quoted; /* the phrase holds a quoted string */
    bool in_group;
    GPtrArray *list;
} Parser;

static void put(GString *to, char c)
{
    if (to->len < MAX_FIELD && c != '\0' && c != '\r' && c != '\n')
        g_string_append_c(to, c);
}

static void read_quoted(Parser *parser, GString *to)
{
    const char *close = NULL;
    if (!parser->no_more_quotes) {
        for (const char *q = parser->p + 1; q < parser->end && !close; q++) {
            if (*q == '\\')
                q++;
            else if (*q == '"')
                close = q;
        }
    }
    if (!close) { /* a lone quote is a character like any other */
        parser->no_more_quotes = true;
        put(to, *parser->p++);
        return;
    }
    for (const char *q = parser->p + 1; q < close; q++) {
        if (*q == '\\' && q + 1 < close)
            q++;
        put(to, *q);
    }
    parser->quoted = true;
    parser->p = close + 1;
}

static void read_comment(Parser *parser)
{
    guint depth = 0;
    g_string_truncate(parser->comment, 0);
    while (parser->p < parser->end) {
        char c = *parser->p++;
        if (c == '\\' && parser->p < parser->end) {
            put(parser->comment, *parser->p++);
            continue;
        }
        if (c == '(' && depth++ == 0)
            continue;
        if (c == ')' && --depth == 0)
            return;
        put(parser->comment, c);
    }
}

static void read_angle(Parser *parser)
{
    if (parser->has_angle) { /* an earlier <…> becomes part of the name, where it is seen and marked */
        while (parser->phrase->len > 0 && parser->phrase->str[parser->phrase->len - 1] == ' ')
            g_string_truncate(parser->phrase, parser->phrase->len - 1);
        if (parser->phrase->len < MAX_FIELD)
            g_string_append_printf(parser->phrase, " <%s> ", parser->angle->str);
        g_string_truncate(parser->angle, 0);
    }
    parser->has_angle = true;
    parser->p++;
    while (parser->p < parser->end && *parser->p != '>') {
        char c = *parser->p;
        if (c == '"') {
            read_quoted(parser, parser->angle);
            continue;
        }
        if (c == '<') /* "<<a@b>>" */
            g_string_truncate(parser->angle, 0);
        else if (c != ' ' && c != '\t')
            put(parser->angle, c);
        parser->p++;
    }
    if (parser->p < parser->end)
        parser->p++;
    /* A source route, "@relay,@relay:local@domain", says nothing about the sender. */
    char *colon = parser->angle->str[0] == '@' ? strrchr(parser->angle->str, ':') : NULL;
    if (colon)
        g_string_erase(parser->angle, 0, colon + 1 - parser->angle->str);
}

static char *decoded_name(const GString *raw)
{
    g_autofree char *name = mime_decode_header_text(raw->str, raw->len);
    g_strstrip(name);
    return *name ? g_steal_pointer(&name) : NULL;
}

static char *clean_address(const GString *raw)
{
    GString *address = g_string_sized_new(raw->len);
    for (const char *p = raw->str; *p; p++)
        if (*p != ' ' && *p != '\t')
            g_string_append_c(address, *p);
    g_autofree char *bytes = g_string_free(address, FALSE);
    return mime_to_utf8(bytes, strlen(bytes), "UTF-8", NULL);
}

static void add(Parser *parser, char *name, char *address)
{
    if (parser->list->len >= MAX_ADDRESSES) {
        g_free(name);
        g_free(address);
        return;
    }
    MailAddress *entry = g_new0(MailAddress, 1);
    entry->name = name;
    entry->address = address;
    g_ptr_array_add(parser->list, entry);
}

static void reset(Parser *parser)
{
    g_string_truncate(parser->phrase, 0);
    g_string_truncate(parser->angle, 0);
    g_string_truncate(parser->comment, 0);
    parser->has_angle = false;
    parser->quoted = false;
}

/* What was gathered up to a separator becomes one address. */
static void finish_address(Parser *parser)
{
    if (parser->has_angle) {
        char *name = decoded_name(parser->phrase);
        if (!name && parser->comment->len > 0)
            name = decoded_name(parser->comment);
        char *address = clean_address(parser->angle);
        if (name || *address)
            add(parser, name, address);
        else
            g_free(address);
    } else {
        g_autofree char *bare = g_strstrip(g_strdup(parser->phrase->str));
        if (*bare && (strchr(bare, '@') || !strpbrk(bare, " \t"))) {
            add(parser, parser->comment->len > 0 ? decoded_name(parser->comment) : NULL,
                clean_address(parser->phrase));
        } else if (*bare) { /* words without any address: keep what the sender wrote where a name stands */
            add(parser, decoded_name(parser->phrase), g_strdup(""));
        }
    }
    reset(parser);
}

static void step(Parser *parser)
{
    switch (*parser->p) {
    case '"':
        read_quoted(parser, parser->phrase);
        break;
    case '(':
        read_comment(parser);
        break;
    case '<':
        read_angle(parser);
        break;
    case ',':
        finish_address(parser);
        parser->p++;
        break;
    case ';': /* the end of a group; Outlook's separator otherwise */
        finish_address(parser);
        parser->in_group = false;
        parser->p++;
        break;
    case ':':
        if (!parser->in_group && !parser->has_angle && !strchr(parser->phrase->str, '@')) {
            add(parser, decoded_name(parser->phrase), NULL);
            reset(parser);
            parser->in_group = true;
        } else {
            put(parser->phrase, ':');
        }
        parser->p++;
        break;
    default:
        put(parser->phrase, *parser->p == '\t' ? ' ' : *parser->p);
        parser->p++;
    }
}

GPtrArray *mime_addresses_parse(const char *value, gsize length)
{
    Parser parser = {
        .p = value,
        .end = value + length,
        .phrase = g_string_new(NULL),
        .angle = g_string_new(NULL),
        .comment = g_string_new(NULL),
        .list = g_ptr_array_new_with_free_func((GDestroyNotify)mail_address_free),
    };
    while (parser.p < parser.end && parser.list->len < MAX_ADDRESSES)
        step(&parser);
    finish_address(&parser);
    g_string_free(parser.phrase, TRUE);
    g_string_free(parser.angle, TRUE);
    g_string_free(parser.comment, TRUE);
    return parser.list;
}

MailAddress *mime_address_from_envelope(const char *name, gsize name_length, const char *mailbox,
                                        gsize mailbox_length, const char *host, gsize host_length)
{
    if (!mailbox) /* the end of a group, or nothing */
        return NULL;
    MailAddress *address = g_new0(MailAddress, 1);
    if (!host) {
        address->name = mime_decode_header_text(mailbox, MIN(mailbox_length, (gsize)MAX_FIELD));
        return address;
    }
    if (name && name_length > 0) {
        address->name = mime_decode_header_text(name, MIN(name_length, (gsize)MAX_FIELD));
        if (!*g_strstrip(address->name))
            g_clear_pointer(&address->name, g_free);
    }
    GString *raw = g_string_sized_new(mailbox_length + host_length + 2);
    for (gsize i = 0; i < mailbox_length; i++)
        put(raw, mailbox[i]);
    /* Dovecot says "MISSING_DOMAIN", Cyrus and others an empty string, where the address had none. */
    if (host_length > 0 && !(host_length == 14 && memcmp(host, "MISSING_DOMAIN", 14) == 0)) {
        put(raw, '@');
        for (gsize i = 0; i < host_length; i++)
            put(raw, host[i]);
    }
    address->address = mime_to_utf8(raw->str, raw->len, "UTF-8", NULL);
    g_string_free(raw, TRUE);
    return address;
}
