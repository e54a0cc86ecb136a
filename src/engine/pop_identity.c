#include "config.h"

#include "engine/pop_identity.h"

#include <string.h>

#include "local/deliver.h"

#define MARK ",L="
#define MARK_DIGITS 16
#define NAME_MOST 200     /* local/deliver.c takes no longer ones */
#define FIELD_LINE_MOST 65536 /* of a longer line only so much is looked at */

/* --- names ------------------------------------------------------------------------------------ */

char *pop_mark(const char *account, const char *uidl)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *) account, (gssize) strlen(account) + 1);
    g_checksum_update(checksum, (const guchar *) uidl, (gssize) strlen(uidl));
    return g_strdup_printf(MARK "%.*s", MARK_DIGITS, g_checksum_get_string(checksum));
}

char *pop_file_name(const char *account, const char *uidl)
{
    g_autofree char *unique = local_unique_name(), *mark = pop_mark(account, uidl);
    return g_strdup_printf("%.*s%s", NAME_MOST - (int) strlen(mark), unique, mark);
}

const char *pop_mark_of(const char *name)
{
    const char *mark = g_strrstr(name, MARK);
    return mark != NULL && strlen(mark) == strlen(MARK) + MARK_DIGITS ? mark : NULL;
}

char *pop_uidl_from_header(const char *header_sha256, guint64 size, guint nth)
{
    /* No server's UIDL holds a space (RFC 1939 §7), so none can be mistaken for this. */
    return g_strdup_printf("header %.32s size %" G_GUINT64_FORMAT " no %u", header_sha256, size, nth);
}

/* --- headers ---------------------------------------------------------------------------------- */

struct PopHeader {
    GChecksum *checksum;
    GString *line;      /* that is coming in, its CRLF included */
    gboolean left_out;  /* the field that is coming in does not count */
    gboolean over;      /* the empty line came */
};

PopHeader *pop_header_new(void)
{
    PopHeader *header = g_new0(PopHeader, 1);
    header->checksum = g_checksum_new(G_CHECKSUM_SHA256);
    header->line = g_string_new(NULL);
    return header;
}

void pop_header_free(PopHeader *header)
{
    if (header == NULL)
        return;
    g_checksum_free(header->checksum);
    g_string_free(header->line, TRUE);
    g_free(header);
}

static gboolean is_the_servers(const char *line)
{
    static const char *const fields[] = { "Status:",      "X-Status:",    "X-UID:",          "X-UIDL:", "X-Keywords:",
                                          "X-IMAP:",      "X-IMAPbase:",  "Content-Length:", "Lines:" };
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        if (g_ascii_strncasecmp(line, fields[i], strlen(fields[i])) == 0)
            return TRUE;
    return FALSE;
}

static void take_line(PopHeader *header)
{
    const GString *line = header->line;
    header->over = line->str[0] == '\n' || (line->str[0] == '\r' && line->str[1] == '\n');
    if (header->over)
        return;
    if (line->str[0] != ' ' && line->str[0] != '\t')
        header->left_out = is_the_servers(line->str);
    if (!header->left_out)
        g_checksum_update(header->checksum, (const guchar *) line->str, (gssize) line->len);
}

void pop_header_feed(PopHeader *header, const char *octets, gsize length)
{
    while (length > 0 && !header->over) {
        const char *newline = memchr(octets, '\n', length);
        gsize piece = newline != NULL ? (gsize) (newline - octets) + 1 : length;
        gsize room = FIELD_LINE_MOST - MIN(header->line->len, (gsize) FIELD_LINE_MOST);
        g_string_append_len(header->line, octets, (gssize) MIN(piece, room));
        octets += piece;
        length -= piece;
        if (newline == NULL)
            return;
        take_line(header);
        g_string_truncate(header->line, 0);
    }
}

char *pop_header_digest(PopHeader *header)
{
    if (header->line->len > 0 && !header->over)
        take_line(header);
    g_string_truncate(header->line, 0);
    header->over = TRUE;
    return g_strdup(g_checksum_get_string(header->checksum));
}
