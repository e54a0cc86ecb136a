/* malle send: the letter is durable in the spool before anybody is told of it (doc/internals/outbox.md). */
#include "config.h"

#include "cli/send.h"

#include <string.h>

#include "base/i18n.h"
#include "cli/headless.h"
#include "cli/print.h"

/* --- what became of it --------------------------------------------------------------------------------- */

/* later: the exit status of a letter that waits. Without --wait the letter is in good hands whatever was said, which is all that is asked. */
static ExitCode say(SpoolVerdict verdict, const char *words, ExitCode later)
{
    switch (verdict) {
    case SPOOL_SENT:
        return EXIT_CODE_OK;
    case SPOOL_REFUSED:
        cli_complain(_("the letter was refused, and is kept (malle journal): %s"), words);
        return EXIT_CODE_DATA;
    case SPOOL_UNKNOWN:
        cli_complain(_("nobody can tell whether the letter was sent (malle journal): %s"), words);
        return EXIT_CODE_UNAVAILABLE;
    case SPOOL_LATER:
    case SPOOL_KEPT:
        cli_complain(_("the letter is kept and will be sent later: %s"), words);
        return later;
    case SPOOL_TAKEN:
    case SPOOL_NOBODY:
        break;
    }
    return EXIT_CODE_TEMPORARY;
}

/* --- into the spool -------------------------------------------------------------------------------------- */

static gboolean fail(ExitCode *status, const GError *error)
{
    gboolean full = g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
    cli_complain("%s", error->message);
    *status = full ? EXIT_CODE_TEMPORARY : EXIT_CODE_CANT_CREATE;
    return FALSE;
}

static gboolean put(const SendRequest *request, const GPtrArray *accounts, const char *store_path, const char *id, const char *path,
                    ExitCode *status)
{
    g_autoptr(SpoolEnvelope) envelope = g_new0(SpoolEnvelope, 1);
    g_autoptr(GError) error = NULL;
    return send_write_letter(request, accounts, path, envelope, status) &&
           (spool_put(store_path, id, envelope, &error) || fail(status, error));
}

/* The name in the spool. NULL: complained about. */
static char *put_into_spool(const SendRequest *request, const GPtrArray *accounts, const char *store_path, ExitCode *status)
{
    g_autofree char *id = NULL, *path = NULL;
    g_autoptr(GError) error = NULL;
    if (!spool_begin(store_path, &id, &path, &error)) {
        fail(status, error);
        return NULL;
    }
    if (put(request, accounts, store_path, id, path, status))
        return g_steal_pointer(&id);
    spool_forget(store_path, id);
    return NULL;
}

/* To a Malle that runs, else by ourselves. */
static ExitCode pass_on(const CliSettings *settings, const SendRequest *request, Options **options, GPtrArray *accounts, const char *id)
{
    g_autofree char *store_path = headless_store_path(settings), *words = NULL;
    ExitCode later = EXIT_CODE_TEMPORARY;
    SpoolVerdict verdict = spool_ring(store_path, id, request->wait, &words);
    gboolean by_ourselves = verdict == SPOOL_NOBODY && !request->queue_only && !settings->offline && request->release_at == 0;
    if (by_ourselves) {
        g_free(words);
        verdict = send_now(settings, g_steal_pointer(options), g_ptr_array_ref(accounts), id, &words, &later);
    }
    if (by_ourselves && verdict == SPOOL_NOBODY) { /* somebody was quicker */
        g_free(words);
        verdict = spool_ring(store_path, id, request->wait, &words);
    }
    if (request->wait && verdict == SPOOL_NOBODY)
        cli_complain("%s", _("the letter is kept and will be sent when Malle runs next"));
    return say(verdict, words, later);
}

static int send_letter(const CliSettings *settings, SendRequest *request)
{
    ExitCode status = EXIT_CODE_OK;
    Options *options = cli_load_options();
    cli_begin_log(options);
    g_autoptr(GPtrArray) accounts = cli_load_accounts(NULL, options, &status);
    if (request->account == NULL)
        request->account = settings->account;
    g_autofree char *store_path = headless_store_path(settings);
    g_autofree char *id = accounts != NULL ? put_into_spool(request, accounts, store_path, &status) : NULL;
    if (id != NULL)
        status = pass_on(settings, request, &options, accounts, id);
    g_clear_pointer(&options, options_free);
    return id == NULL || request->wait ? (int) status : EXIT_CODE_OK;
}

int cli_send(const CliSettings *settings, int argc, char **argv)
{
    ExitCode status = EXIT_CODE_OK;
    SendRequest request;
    int result = send_read_arguments(&request, argc, argv, &status) ? send_letter(settings, &request) : (int) status;
    send_request_clear(&request);
    return result;
}

/* --- by the name sendmail ------------------------------------------------------------------------------------ */

gboolean cli_is_sendmail(const char *argv0)
{
    const char *slash = argv0 != NULL ? strrchr(argv0, '/') : NULL;
    return g_strcmp0(slash != NULL ? slash + 1 : argv0, "sendmail") == 0;
}

int cli_sendmail(int argc, char **argv)
{
    const CliSettings settings = { 0 };
    ExitCode status = EXIT_CODE_OK;
    SendRequest request;
    int result = send_read_sendmail_arguments(&request, argc, argv, &status) ? send_letter(&settings, &request) : (int) status;
    send_request_clear(&request);
    return result;
}
