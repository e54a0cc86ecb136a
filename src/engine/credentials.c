/* Where the password or token comes from: the accounts file, a command, or the person; kept in memory until the server refuses it.
 *
 * A token is made for the host that the account receives from, and is kept with the account: no other link ever sees it.
 */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/decisions.h"
#include "engine/login.h"

/* Beyond this a command hangs, or asks on a terminal that it does not have. */
#define COMMAND_DEADLINE_MS 60000

static const char *command_of(const EngineAccount *account)
{
    return login_uses_token(account->config) ? account->config->token_command : account->config->password_command;
}

/* FALSE when there is nothing in the first line, which is all that counts, as every password manager's command line means it. */
static gboolean take_secret(EngineAccount *account, const char *text, gsize length)
{
    const char *end = memchr(text, '\n', length);
    if (end != NULL)
        length = (gsize) (end - text);
    if (length > 0 && text[length - 1] == '\r')
        length--;
    if (length == 0)
        return FALSE;
    g_clear_pointer(&account->secret, secret_unref);
    account->secret = secret_new_length(text, length);
    account->secret_worked = FALSE;
    return TRUE;
}

/* --- the person ------------------------------------------------------------------------------- */

static void person_answered(EngineAccount *account, const char *answer, const char *secret)
{
    (void) answer;
    if (secret == NULL || !take_secret(account, secret, strlen(secret))) {
        engine_account_set_state(account, ACCOUNT_STOPPED,
                                 login_uses_token(account->config)
                                     ? _("No token was given: this account stays as it was. “:check” asks again.")
                                     : _("No password was given: this account stays as it was. “:check” asks again."));
        return;
    }
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
    const char *command = command_of(account);
    const char *format = login_uses_token(account->config) ? _("The token command of %s failed (%s). Run it again with the terminal?")
                                                           : _("The password command of %s failed (%s). Run it again with the terminal?");
    g_autofree char *question = g_strdup_printf(format, account->config->name, how);
    engine_account_set_state(account, ACCOUNT_STOPPED, question);
    decision_ask(account, DECISION_COMMAND, question, command, command, person_answered);
}

/* --- the command ------------------------------------------------------------------------------ */

static void command_done(const SubprocessResult *result, const GError *error, gpointer user_data)
{
    EngineAccount *account = user_data;
    account->secret_command = NULL;
    gsize length = 0;
    const char *text = result != NULL ? g_bytes_get_data(result->output, &length) : NULL;
    if (result != NULL && result->status == 0 && take_secret(account, text, length)) {
        engine_account_connect(account);
        return;
    }
    g_autofree char *how = result == NULL            ? g_strdup(error->message)
                           : result->status != 0 ? subprocess_result_words(result)
                                                 : g_strdup(_("it printed nothing"));
    ask_with_terminal(account, how);
}

/* So that one script can serve several accounts; the secret itself never travels so. */
static char **told_to_command(const EngineAccount *account)
{
    const AccountUrl *url = account->config->receive;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autofree char *name = g_strdup_printf("MALLE_ACCOUNT=%s", account->config->name);
    g_autofree char *user = g_strdup_printf("MALLE_USER=%s", url->user);
    g_autofree char *host = g_strdup_printf("MALLE_HOST=%s", url->host);
    g_strv_builder_add_many(builder, name, user, host, NULL);
    return g_strv_builder_end(builder);
}

static void run_command(EngineAccount *account)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) told = told_to_command(account);
    SubprocessSpec spec = { .command = command_of(account), .environment = (const char *const *) told, .deadline_ms = COMMAND_DEADLINE_MS };
    engine_account_set_state(account, ACCOUNT_CONNECTING,
                             login_uses_token(account->config) ? _("asking the token command") : _("asking the password command"));
    account->secret_command = subprocess_start(&spec, account->engine->context, command_done, account, &error);
    if (account->secret_command == NULL)
        ask_with_terminal(account, error->message);
}

/* --- the door --------------------------------------------------------------------------------- */

gboolean credentials_ready(EngineAccount *account)
{
    const Account *config = account->config;
    if (account->secret != NULL)
        return TRUE;
    if (account->secret_command != NULL)
        return FALSE;
    if (config->password != NULL && !account->secret_refused)
        take_secret(account, config->password, strlen(config->password));
    else if (login_uses_token(config) || (config->password_command != NULL && !account->secret_refused))
        run_command(account);
    else if (login_needs_no_secret(config) && !account->secret_refused)
        return TRUE;
    else
        ask_person(account);
    return account->secret != NULL;
}

/* A command's word that worked once has only grown old: the command knows the new one. A token is made anew in any case, once. */
gboolean credentials_refused(EngineAccount *account)
{
    gboolean token = login_uses_token(account->config);
    gboolean old = account->secret_worked && command_of(account) != NULL;
    g_clear_pointer(&account->secret, secret_unref);
    if (!token && !old) {
        account->secret_refused = TRUE;
        return TRUE; /* the person is asked */
    }
    if (account->renewed)
        return FALSE;
    account->renewed = TRUE;
    return TRUE;
}

gboolean credentials_expired(EngineAccount *account)
{
    if (account->renewed)
        return FALSE;
    account->renewed = TRUE;
    if (command_of(account) != NULL)
        g_clear_pointer(&account->secret, secret_unref);
    return TRUE;
}

void credentials_forgive(EngineAccount *account)
{
    if (account->renewed && command_of(account) != NULL)
        g_clear_pointer(&account->secret, secret_unref);
    account->renewed = FALSE;
}

void credentials_cancel(EngineAccount *account)
{
    if (account->secret_command != NULL)
        subprocess_cancel(g_steal_pointer(&account->secret_command));
    g_clear_pointer(&account->secret, secret_unref);
}
