#include "config.h"

#include "proto/smtp/submission.h"

#include <string.h>

#include "base/i18n.h"
#include "proto/smtp/error.h"

/* RFC 5321 §4.5.3.1.3 says 256; local parts in UTF-8 are longer in octets. */
#define ADDRESS_MAX 900

guint64 smtp_submission_size(const SmtpSubmission *submission)
{
    if (submission->size != 0 || submission->message == NULL)
        return submission->size;
    return g_bytes_get_size(submission->message) + (submission->header != NULL ? g_bytes_get_size(submission->header) : 0);
}

/* ---- what may not be written ---- */

static bool fail(GError **error, SmtpError code, const char *format, ...) G_GNUC_PRINTF(3, 4);
static bool fail(GError **error, SmtpError code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *words = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, SMTP_ERROR, code, words);
    return false;
}

/* Nothing that could end the path or the line; a space or an angle only within a quoted local part. */
static bool is_writable(const char *address)
{
    bool quoted = false;
    for (const char *at = address; *at != '\0'; at++) {
        guchar c = (guchar)*at;
        if (c < 0x20 || c == 0x7f)
            return false;
        if (quoted && c == '\\' && at[1] != '\0' && (guchar)at[1] >= 0x20)
            at++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == ' ' || c == '<' || c == '>' || c == '\\'))
            return false;
    }
    return !quoted && strlen(address) <= ADDRESS_MAX && g_utf8_validate(address, -1, NULL);
}

static bool check_address(const char *address, bool may_be_empty, bool smtputf8, GError **error)
{
    const char *at = strrchr(address, '@');
    if (*address == '\0' && may_be_empty)
        return true;
    if (!is_writable(address) || at == NULL || at == address || at[1] == '\0')
        return fail(error, SMTP_ERROR_ARGUMENT, _("“%s” is no address that a letter can be sent to."), address);
    if (!smtputf8 && !g_str_is_ascii(address))
        return fail(error, SMTP_ERROR_ARGUMENT, _("The address “%s” needs a server that takes addresses beyond ASCII."), address);
    return true;
}

static bool check_needs(const SmtpSubmission *submission, const SmtpCapabilities *caps, GError **error)
{
    if (submission->smtputf8 && !smtp_can(caps, SMTP_CAP_SMTPUTF8))
        return fail(error, SMTP_ERROR_UNSUPPORTED,
                    _("An address of this letter is written with letters beyond ASCII, and the server does not take such addresses (it lacks SMTPUTF8)."));
    if (submission->require_tls && !smtp_can(caps, SMTP_CAP_REQUIRETLS))
        return fail(error, SMTP_ERROR_UNSUPPORTED,
                    _("The letter is to travel protected all the way, and the server cannot promise that (it lacks REQUIRETLS)."));
    if (submission->body == SMTP_BODY_8BITMIME && !smtp_can(caps, SMTP_CAP_8BITMIME))
        return fail(error, SMTP_ERROR_UNSUPPORTED, _("The letter holds 8-bit text, and the server does not take it (it lacks 8BITMIME)."));
    if (submission->body == SMTP_BODY_BINARYMIME &&
        (!smtp_can(caps, SMTP_CAP_BINARYMIME) || !smtp_can(caps, SMTP_CAP_CHUNKING)))
        return fail(error, SMTP_ERROR_UNSUPPORTED, _("The letter holds binary data, and the server does not take it (it lacks BINARYMIME)."));
    if (submission->burl != NULL && !smtp_can(caps, SMTP_CAP_BURL))
        return fail(error, SMTP_ERROR_UNSUPPORTED, _("The server cannot fetch the letter from the mail server (it lacks BURL)."));
    if (submission->hold_seconds != 0 &&
        (!smtp_can(caps, SMTP_CAP_FUTURERELEASE) || submission->hold_seconds > caps->hold_max))
        return fail(error, SMTP_ERROR_UNSUPPORTED, _("The server does not keep letters for that long."));
    return true;
}

bool smtp_submission_check(const SmtpSubmission *submission, const SmtpCapabilities *caps, GError **error)
{
    guint64 size = smtp_submission_size(submission);
    if (submission->recipients == NULL || submission->recipients[0] == NULL)
        return fail(error, SMTP_ERROR_ARGUMENT, _("The letter has no recipient."));
    if (!check_address(submission->sender, true, submission->smtputf8, error))
        return false;
    for (guint i = 0; submission->recipients[i] != NULL; i++)
        if (!check_address(submission->recipients[i], false, submission->smtputf8, error))
            return false;
    if (submission->burl != NULL && (strpbrk(submission->burl, " \t\r\n") != NULL || !g_str_is_ascii(submission->burl)))
        return fail(error, SMTP_ERROR_ARGUMENT, _("The letter's place on the server cannot be written as a URL."));
    if (!check_needs(submission, caps, error))
        return false;
    if (smtp_can(caps, SMTP_CAP_SIZE) && caps->size != 0 && size > caps->size) {
        g_autofree char *ours = g_format_size(size);
        g_autofree char *theirs = g_format_size(caps->size);
        return fail(error, SMTP_ERROR_TOO_LARGE, _("The letter has %s, and the server takes at most %s. Nothing was sent."), ours, theirs);
    }
    return true;
}

/* ---- MAIL and RCPT ---- */

/* RFC 3461 §4: what is not printable ASCII, and + and =, as +XX. */
static char *xtext(const char *text)
{
    GString *encoded = g_string_new(NULL);
    for (const guchar *at = (const guchar *)text; *at != '\0'; at++) {
        if (*at < 0x21 || *at > 0x7e || *at == '+' || *at == '=')
            g_string_append_printf(encoded, "+%02X", *at);
        else
            g_string_append_c(encoded, (char)*at);
    }
    return g_string_free(encoded, FALSE);
}

void smtp_submission_write_mail(const SmtpSubmission *submission, const SmtpCapabilities *caps, ProtoOutput *output)
{
    static const char *const BODIES[] = { "7BIT", "8BITMIME", "BINARYMIME" };
    proto_output_printf(output, "MAIL FROM:<%s>", submission->sender);
    if (smtp_can(caps, SMTP_CAP_SIZE) && smtp_submission_size(submission) != 0)
        proto_output_printf(output, " SIZE=%" G_GUINT64_FORMAT, smtp_submission_size(submission));
    if (submission->body != SMTP_BODY_7BIT)
        proto_output_printf(output, " BODY=%s", BODIES[submission->body]);
    if (submission->smtputf8)
        proto_output_text(output, " SMTPUTF8");
    if (submission->require_tls)
        proto_output_text(output, " REQUIRETLS");
    if (submission->hold_seconds != 0)
        proto_output_printf(output, " HOLDFOR=%" G_GUINT64_FORMAT, submission->hold_seconds);
    if (smtp_can(caps, SMTP_CAP_DSN) && submission->notify != SMTP_NOTIFY_DEFAULT) {
        proto_output_text(output, submission->return_full ? " RET=FULL" : " RET=HDRS");
        if (submission->envelope_id != NULL) {
            g_autofree char *id = xtext(submission->envelope_id);
            proto_output_printf(output, " ENVID=%s", id);
        }
    }
    proto_output_text(output, "\r\n");
}

static void write_notify(SmtpNotify notify, const char *recipient, ProtoOutput *output)
{
    static const struct {
        SmtpNotify bit;
        const char *word;
    } WORDS[] = { { SMTP_NOTIFY_SUCCESS, "SUCCESS" }, { SMTP_NOTIFY_FAILURE, "FAILURE" }, { SMTP_NOTIFY_DELAY, "DELAY" } };
    const char *between = " NOTIFY=";
    if ((notify & SMTP_NOTIFY_NEVER) != 0) {
        proto_output_text(output, " NOTIFY=NEVER");
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++) {
        if ((notify & WORDS[i].bit) == 0)
            continue;
        proto_output_printf(output, "%s%s", between, WORDS[i].word);
        between = ",";
    }
    if (g_str_is_ascii(recipient)) {
        g_autofree char *original = xtext(recipient);
        proto_output_printf(output, " ORCPT=rfc822;%s", original);
    }
}

void smtp_submission_write_recipient(const SmtpSubmission *submission, const SmtpCapabilities *caps, guint index,
                                     ProtoOutput *output)
{
    const char *recipient = submission->recipients[index];
    proto_output_printf(output, "RCPT TO:<%s>", recipient);
    if (smtp_can(caps, SMTP_CAP_DSN) && submission->notify != SMTP_NOTIFY_DEFAULT)
        write_notify(submission->notify, recipient, output);
    proto_output_text(output, "\r\n");
}
