/* Account set-up tries a login before it saves: the probe of `malle doctor`, stopped after the login. */
#include "config.h"

#include "start.h"

#include <string.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "engine/engine.h"
#include "engine/probe.h"

static Secret *secret_of_command(const char *command, char **words)
{
    SubprocessSpec spec = { .command = command, .output_limit = 4096, .deadline_ms = 60000 };
    g_autoptr(GError) error = NULL;
    g_autoptr(SubprocessResult) result = subprocess_run(&spec, &error);
    if (!result || result->status != 0) {
        g_autofree char *how = result ? subprocess_result_words(result) : g_strdup(error->message);
        *words = g_strdup_printf(_("The command failed: %s"), how);
        return NULL;
    }
    gsize length;
    const char *bytes = g_bytes_get_data(result->output, &length);
    const char *end = memchr(bytes, '\n', length);
    return secret_new_length(bytes, end ? (gsize) (end - bytes) : length);
}

static void append_line(GString *out, const char *label, const char *value)
{
    if (value)
        g_string_append_printf(out, "%s: %s\n", label, value);
}

static char *day(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(seconds);
    return time ? g_date_time_format(time, "%Y-%m-%d") : NULL;
}

static char *certificate_words(const ProbeCertificate *certificate)
{
    g_autofree char *from = day(certificate->not_before), *until = day(certificate->not_after);
    GString *out = g_string_new(NULL), *names = g_string_new(NULL);
    for (guint i = 0; certificate->names && i < certificate->names->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index(certificate->names, i));
    append_line(out, _("Problem"), certificate->problem);
    append_line(out, _("Subject"), certificate->subject);
    append_line(out, _("Issued by"), certificate->issuer);
    append_line(out, _("Names"), names->str);
    append_line(out, _("Valid from"), from);
    append_line(out, _("Valid until"), until);
    append_line(out, "SHA-256", certificate->sha256);
    char *safe = text_make_safe(out->str, out->len, TEXT_MULTI_LINE);
    g_string_free(out, TRUE);
    g_string_free(names, TRUE);
    return safe;
}

static UiLoginResult *result_of(const ProbeReport *report)
{
    if (!report->error)
        return ui_login_result_new(TRUE, NULL);
    g_autofree char *words = text_make_safe(report->error->message, -1, TEXT_SINGLE_LINE);
    UiLoginResult *result = ui_login_result_new(FALSE, words);
    if (g_error_matches(report->error, ENGINE_ERROR, ENGINE_ERROR_CERTIFICATE) && report->certificate) {
        result->certificate = certificate_words(report->certificate);
        result->fingerprint = g_strdup(report->certificate->sha256);
    }
    return result;
}

/* On a helper thread: nothing of `user_data` is touched. */
UiLoginResult *start_try_login(const Account *account, gpointer user_data)
{
    (void) user_data;
    if (!account->receive || account->receive->scheme != ACCOUNT_SCHEME_IMAP)
        return NULL;
    g_autofree char *words = NULL;
    g_autoptr(Secret) password = account->password           ? secret_new(account->password)
                                 : account->token_command    ? secret_of_command(account->token_command, &words)
                                 : account->password_command ? secret_of_command(account->password_command, &words)
                                                             : NULL;
    if (words)
        return ui_login_result_new(FALSE, words);
    ProbeOptions options = { .pin_sha256 = account->pinned_certificate, .secret = password, .stop_after_login = TRUE };
    g_autoptr(ProbeReport) report = probe_run(account, &options);
    return result_of(report);
}
