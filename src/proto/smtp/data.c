#include "config.h"

#include "proto/smtp/data.h"

#include "base/i18n.h"
#include "proto/smtp/error.h"

static bool refuse(GError **error, const char *words)
{
    g_set_error_literal(error, SMTP_ERROR, SMTP_ERROR_MESSAGE, words);
    return false;
}

static bool take_octet(SmtpData *data, guint8 c, GError **error)
{
    if (data->after_cr != (c == '\n'))
        return refuse(error, _("The letter holds a line end that is none (a lone CR or LF). It was not sent."));
    if (c == '\0')
        return refuse(error, _("The letter holds a NUL octet. It was not sent."));
    data->after_cr = c == '\r';
    if (c == '\n')
        data->line = 0;
    else if (c != '\r' && ++data->line > SMTP_TEXT_LINE_MAX)
        return refuse(error, _("A line of the letter is longer than 998 octets. It was not sent."));
    return true;
}

bool smtp_data_write(SmtpData *data, const guint8 *octets, gsize len, ProtoOutput *output, GError **error)
{
    gsize from = 0;
    if (data->binary) {
        proto_output_append(output, octets, len, PROTO_BYTES_BODY);
        return true;
    }
    for (gsize i = 0; i < len; i++) {
        if (data->stuff && octets[i] == '.' && data->line == 0 && !data->after_cr) {
            proto_output_append(output, octets + from, i - from, PROTO_BYTES_BODY);
            proto_output_append(output, ".", 1, PROTO_BYTES_BODY);
            from = i;
        }
        if (!take_octet(data, octets[i], error))
            return false;
    }
    proto_output_append(output, octets + from, len - from, PROTO_BYTES_BODY);
    return true;
}

bool smtp_data_end(SmtpData *data, ProtoOutput *output, GError **error)
{
    if (data->binary)
        return true;
    if (data->after_cr)
        return refuse(error, _("The letter holds a line end that is none (a lone CR or LF). It was not sent."));
    if (data->line > 0)
        proto_output_append(output, "\r\n", 2, PROTO_BYTES_BODY);
    data->line = 0;
    return true;
}

bool smtp_data_ends_line(const guint8 *octets, gsize len)
{
    return len == 0 || (len >= 2 && octets[len - 2] == '\r' && octets[len - 1] == '\n');
}
