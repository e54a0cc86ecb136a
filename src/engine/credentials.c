/* Where the password comes from: the accounts file, a command, or the person; kept in memory until the server refuses it. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/decisions.h"

/* Beyond this a password command hangs, or asks on a terminal that it does not have. */
#define COMMAND_DEADLINE_MS 60000

static void take_secret(EngineAccount *account, const char *text, gsize length)
{
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    /* Only the first line, as every password manager's command line means it. */
    const char *end = memchr(text, '\n', length);
    if (end != NULL)
        length = (gsize) (end - text);
    g_clear_pointer(&account->password, secret_unref);
    account->password = secret_new_length(text, length);
}

static void person_answered(EngineAccount *account, const char *answer, const char *secret)
{
    (void) answer;
    if (secret == NULL) {
        engine_account_set_state(account, ACCOUNT_STOPPED, _("No password was given: this account stays as it was. “:check” asks again."));
        return;
    }
    take_secret(account, secret, strlen(secret));
    engine_account_connect(account);
}

static void ask_person(EngineAccount *account)
{
    g_autofree char *question = g_strdup_printf(_("Password of %s at %s:"), account->config->receive->user, account->config->receive->host);
    engine_account_set_state(account, ACCOUNT_STOPPED, _("waiting for the password"));
    decision_ask(account, DECISION_PASSWORD, question, NULL, NULL, person_answered);
}

/* Without the terminal it failed: perhaps it wants to ask for a passphrase there. */
static void ask_with_terminal(EngineAccount *account, const char *how)
{
    g_autofree char *question = g_strdup_printf(_("The password command of %s failed (%s). Run it again with the terminal?"), account->config->name, how);
    engine_account_set_state(account, ACCOUNT_STOPPED, question);
    decision_ask(account, DECISION_COMMAND, question, account->config->password_command, account->config->password_command, person_answered);
}

static void command_done(const SubprocessResult *result, const GError *error, gpointer user_data)
{
    EngineAccount *account = user_data;
    account->password_command = NULL;
    if (result != NULL && result->status == 0 && g_bytes_get_size(result->output) > 0) {
        gsize length;
        const char *text = g_bytes_get_data(result->output, &length);
        take_secret(account, text, length);
        engine_account_connect(account);
        return;
    }
    g_autofree char *how = result != NULL ? subprocess_result_words(result) : g_strdup(error->message);
    ask_with_terminal(account, how);
}

static void run_command(EngineAccount *account)
{
    g_autoptr(GError) error = NULL;
    SubprocessSpec spec = { .command = account->config->password_command, .deadline_ms = COMMAND_DEADLINE_MS };
    engine_account_set_state(account, ACCOUNT_CONNECTING, _("asking the password command"));
    account->password_command = subprocess_start(&spec, account->engine->context, command_done, account, &error);
    if (account->password_command == NULL)
        ask_with_terminal(account, error->message);
}

gboolean credentials_ready(EngineAccount *account)
{
    if (account->password != NULL)
        return TRUE;
    if (account->password_command != NULL)
        return FALSE;
    if (account->config->password != NULL && !account->password_refused)
        take_secret(account, account->config->password, strlen(account->config->password));
    else if (account->config->password_command != NULL && !account->password_refused)
        run_command(account);
    else if (account->config->client_certificate != NULL)
        return TRUE; /* EXTERNAL needs none */
    else
        ask_person(account);
    return account->password != NULL;
}

void credentials_forget(EngineAccount *account)
{
    account->password_refused = TRUE;
    g_clear_pointer(&account->password, secret_unref);
}

void credentials_cancel(EngineAccount *account)
{
    if (account->password_command != NULL)
        subprocess_cancel(g_steal_pointer(&account->password_command));
    g_clear_pointer(&account->password, secret_unref);
}
