#include "config.h"

#include "proto/smtp/reply.h"

#include <string.h>

#include "base/i18n.h"
#include "proto/smtp/error.h"

G_DEFINE_QUARK(malle-smtp-error-quark, smtp_error)

struct SmtpReader {
    GString *line;   /* what came of the line that is not whole */
    GString *text;   /* of the reply that is not whole */
    guint code;      /* of its first line; 0: none begun */
    guint lines;
    guint enhanced[3];
};

SmtpReply *smtp_reply_copy(const SmtpReply *reply)
{
    if (reply == NULL)
        return NULL;
    SmtpReply *copy = g_new(SmtpReply, 1);
    *copy = *reply;
    copy->text = g_strdup(reply->text);
    return copy;
}

void smtp_reply_free(SmtpReply *reply)
{
    if (reply == NULL)
        return;
    g_free(reply->text);
    g_free(reply);
}

char *smtp_reply_words(const SmtpReply *reply)
{
    g_autofree char *text = g_strdelimit(g_strdup(reply->text), "\r\n\t", ' ');
    g_autofree char *enhanced = reply->enhanced[0] == 0 ? g_strdup("")
                                                        : g_strdup_printf("%u.%u.%u ", reply->enhanced[0],
                                                                          reply->enhanced[1], reply->enhanced[2]);
    char *words = g_strdup_printf("%u %s%s", reply->code, enhanced, g_strstrip(text));
    return g_strchomp(words);
}

bool smtp_reply_is_transient(const SmtpReply *reply)
{
    return reply->code / 100 == 4;
}

/* "5.1.1 " in front of TEXT; how long it is, or 0. Only of the reply's own class (RFC 2034 §4). */
static gsize enhanced_length(const char *text, guint class, guint enhanced[3])
{
    guint numbers[3] = { 0 };
    const char *at = text;
    for (int i = 0; i < 3; i++) {
        guint digits = 0;
        for (; g_ascii_isdigit(*at) && digits < 3; at++, digits++)
            numbers[i] = numbers[i] * 10 + (guint)(*at - '0');
        if (digits == 0 || (i < 2 && *at++ != '.'))
            return 0;
    }
    if ((*at != ' ' && *at != '\0') || numbers[0] != class)
        return 0;
    memcpy(enhanced, numbers, sizeof numbers);
    return (gsize)(at - text) + (*at == ' ');
}

SmtpReader *smtp_reader_new(void)
{
    SmtpReader *reader = g_new0(SmtpReader, 1);
    reader->line = g_string_new(NULL);
    reader->text = g_string_new(NULL);
    return reader;
}

void smtp_reader_free(SmtpReader *reader)
{
    if (reader == NULL)
        return;
    g_string_free(reader->line, TRUE);
    g_string_free(reader->text, TRUE);
    g_free(reader);
}

bool smtp_reader_is_empty(const SmtpReader *reader)
{
    return reader->line->len == 0 && reader->code == 0;
}

static gboolean refuse(GError **error, SmtpError code, const char *words)
{
    g_set_error_literal(error, SMTP_ERROR, code, words);
    return FALSE;
}

/* The code in front of a line, and whether another line follows. */
static gboolean parse_code(const GString *line, guint *code, bool *more, GError **error)
{
    const char *at = line->str;
    bool sound = line->len >= 3 && at[0] >= '2' && at[0] <= '5' && g_ascii_isdigit(at[1]) &&
                 g_ascii_isdigit(at[2]) && (line->len == 3 || at[3] == ' ' || at[3] == '-');
    if (!sound)
        return refuse(error, SMTP_ERROR_PROTOCOL, _("The server does not answer as a mail submission server does."));
    *code = (guint)((at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0'));
    *more = line->len > 3 && at[3] == '-';
    return TRUE;
}

static SmtpReply *finish(SmtpReader *reader)
{
    SmtpReply *reply = g_new0(SmtpReply, 1);
    reply->code = reader->code;
    memcpy(reply->enhanced, reader->enhanced, sizeof reply->enhanced);
    memset(reader->enhanced, 0, sizeof reader->enhanced);
    reply->text = g_utf8_make_valid(reader->text->str, (gssize)reader->text->len);
    g_string_truncate(reader->text, 0);
    reader->code = reader->lines = 0;
    return reply;
}

/* One line without its end. *reply: set when it was the last of its reply. */
static gboolean take_line(SmtpReader *reader, SmtpReply **reply, GError **error)
{
    guint code;
    bool more;
    if (!parse_code(reader->line, &code, &more, error))
        return FALSE;
    if (reader->code != 0 && code != reader->code)
        return refuse(error, SMTP_ERROR_PROTOCOL, _("The server's reply changes its code in the middle."));
    if (++reader->lines > SMTP_REPLY_LINES_MAX)
        return refuse(error, SMTP_ERROR_LIMIT, _("The server's reply has more lines than can be right."));
    const char *text = reader->line->str + MIN(4, reader->line->len);
    text += enhanced_length(text, code / 100, reader->enhanced);
    if (reader->code != 0)
        g_string_append_c(reader->text, '\n');
    g_string_append_len(reader->text, text, (gssize)(reader->line->str + reader->line->len - text));
    reader->code = code;
    g_string_truncate(reader->line, 0);
    if (!more)
        *reply = finish(reader);
    return TRUE;
}

SmtpReply *smtp_reader_feed(SmtpReader *reader, const char *bytes, gsize len, gsize *taken, GError **error)
{
    SmtpReply *reply = NULL;
    *taken = 0;
    while (*taken < len && reply == NULL) {
        const char *from = bytes + *taken;
        const char *end = memchr(from, '\n', len - *taken);
        gsize piece = end != NULL ? (gsize)(end - from) + 1 : len - *taken;
        *taken += piece;
        g_string_append_len(reader->line, from, (gssize)piece);
        if (reader->line->len > SMTP_LINE_MAX) {
            refuse(error, SMTP_ERROR_LIMIT, _("The server sent a line longer than can be right."));
            return NULL;
        }
        if (end == NULL)
            break;
        /* A bare LF ends a line as well: it only ever is the server's own word here, and some send it. */
        g_string_truncate(reader->line, reader->line->len - 1);
        if (reader->line->len > 0 && reader->line->str[reader->line->len - 1] == '\r')
            g_string_truncate(reader->line, reader->line->len - 1);
        if (!take_line(reader, &reply, error))
            return NULL;
    }
    return reply;
}
