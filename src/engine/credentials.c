#include "config.h"

#include "engine/credentials.h"

#include <string.h>

#include "base/i18n.h"
#include "base/subprocess.h"
#include "engine/account.h"
#include "engine/decisions.h"
#include "engine/login.h"

/* Beyond this a command hangs, or asks on a terminal that it does not have. */
#define COMMAND_DEADLINE_MS 60000

struct Credentials {
    EngineAccount *account;
    const AccountUrl *url;
    const CredentialsOwner *owner;
    Secret *secret;      /* NULL: to be got */
    gboolean refused;    /* what the accounts file says does not help: ask before the next try */
    gboolean worked;     /* it logged in before */
    gboolean renewed;    /* the log-in was refused or expired once, and was begun anew; until a link has done its work */
    Subprocess *command; /* running: there is never a second one */
};

Credentials *credentials_new(EngineAccount *account, const AccountUrl *url, const CredentialsOwner *owner)
{
    Credentials *credentials = g_new0(Credentials, 1);
    credentials->account = account;
    credentials->url = url;
    credentials->owner = owner;
    return credentials;
}

void credentials_free(Credentials *credentials)
{
    if (credentials == NULL)
        return;
    if (credentials->command != NULL)
        subprocess_cancel(credentials->command);
    g_clear_pointer(&credentials->secret, secret_unref);
    g_free(credentials);
}

static const char *command_of(const Credentials *credentials)
{
    const Account *config = credentials->account->config;
    return login_uses_token(config) ? config->token_command : config->password_command;
}

/* FALSE when there is nothing in the first line, which is all that counts, as every password manager's command line means it. */
static gboolean take_secret(Credentials *credentials, const char *text, gsize length)
{
    const char *end = memchr(text, '\n', length);
    if (end != NULL)
        length = (gsize) (end - text);
    if (length > 0 && text[length - 1] == '\r')
        length--;
    if (length == 0)
        return FALSE;
    g_clear_pointer(&credentials->secret, secret_unref);
    credentials->secret = login_uses_token(credentials->account->config) ? secret_new_for(text, length, credentials->url->host)
                                                                         : secret_new_length(text, length);
    credentials->worked = FALSE;
    return TRUE;
}

/* --- the person ------------------------------------------------------------------------------- */

static void person_answered(EngineAccount *account, const char *answer, const char *secret, gpointer user)
{
    (void) answer;
    Credentials *credentials = user;
    if (secret == NULL || !take_secret(credentials, secret, strlen(secret))) {
        credentials->owner->waits(account, TRUE,
                                  login_uses_token(account->config)
                                      ? _("No token was given: this account stays as it was. “:check” asks again.")
                                      : _("No password was given: this account stays as it was. “:check” asks again."));
        return;
    }
    credentials->owner->given(account);
}

static void ask(Credentials *credentials, DecisionKind kind, const char *words, const char *command)
{
    DecisionQuestion question = {
        .kind = kind,
        .about = credentials->url,
        .question = words,
        .details = command,
        .command = command,
        .answered = person_answered,
        .user = credentials,
    };
    decision_ask(credentials->account, &question);
}

static void ask_person(Credentials *credentials)
{
    g_autofree char *question = g_strdup_printf(_("Password of %s at %s:"), credentials->url->user, credentials->url->host);
    credentials->owner->waits(credentials->account, TRUE, _("waiting for the password"));
    ask(credentials, DECISION_PASSWORD, question, NULL);
}

/* Without the terminal it failed: perhaps it wants to ask for a passphrase there. */
static void ask_with_terminal(Credentials *credentials, const char *how)
{
    const Account *config = credentials->account->config;
    const char *format = login_uses_token(config) ? _("The token command of %s failed (%s). Run it again with the terminal?")
                                                  : _("The password command of %s failed (%s). Run it again with the terminal?");
    g_autofree char *question = g_strdup_printf(format, config->name, how);
    credentials->owner->waits(credentials->account, TRUE, question);
    ask(credentials, DECISION_COMMAND, question, command_of(credentials));
}

/* --- the command ------------------------------------------------------------------------------ */

static void command_done(const SubprocessResult *result, const GError *error, gpointer user_data)
{
    Credentials *credentials = user_data;
    credentials->command = NULL;
    gsize length = 0;
    const char *text = result != NULL ? g_bytes_get_data(result->output, &length) : NULL;
    if (result != NULL && result->status == 0 && take_secret(credentials, text, length)) {
        credentials->owner->given(credentials->account);
        return;
    }
    g_autofree char *how = result == NULL            ? g_strdup(error->message)
                           : result->status != 0 ? subprocess_result_words(result)
                                                 : g_strdup(_("it printed nothing"));
    ask_with_terminal(credentials, how);
}

/* So that one script can serve several accounts; the secret itself never travels so. */
static char **told_to_command(const Credentials *credentials)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autofree char *name = g_strdup_printf("MALLE_ACCOUNT=%s", credentials->account->config->name);
    g_autofree char *user = g_strdup_printf("MALLE_USER=%s", credentials->url->user);
    g_autofree char *host = g_strdup_printf("MALLE_HOST=%s", credentials->url->host);
    g_strv_builder_add_many(builder, name, user, host, NULL);
    return g_strv_builder_end(builder);
}

static void run_command(Credentials *credentials)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) told = told_to_command(credentials);
    SubprocessSpec spec = { .command = command_of(credentials), .environment = (const char *const *) told, .deadline_ms = COMMAND_DEADLINE_MS };
    credentials->owner->waits(credentials->account, FALSE,
                              login_uses_token(credentials->account->config) ? _("asking the token command") : _("asking the password command"));
    credentials->command = subprocess_start(&spec, credentials->account->engine->context, command_done, credentials, &error);
    if (credentials->command == NULL)
        ask_with_terminal(credentials, error->message);
}

/* --- the door --------------------------------------------------------------------------------- */

gboolean credentials_ready(Credentials *credentials)
{
    const Account *config = credentials->account->config;
    if (credentials->secret != NULL)
        return TRUE;
    if (credentials->command != NULL)
        return FALSE;
    if (config->password != NULL && !credentials->refused)
        take_secret(credentials, config->password, strlen(config->password));
    else if (login_uses_token(config) || (config->password_command != NULL && !credentials->refused))
        run_command(credentials);
    else if (login_needs_no_secret(config) && !credentials->refused)
        return TRUE;
    else
        ask_person(credentials);
    return credentials->secret != NULL;
}

Secret *credentials_secret(const Credentials *credentials)
{
    return credentials->secret;
}

void credentials_worked(Credentials *credentials)
{
    credentials->refused = FALSE;
    credentials->worked = TRUE;
}

void credentials_hold(Credentials *credentials)
{
    credentials->renewed = FALSE;
}

/* A command's word that worked once has only grown old: the command knows the new one. A token is made anew in any case, once. */
gboolean credentials_refused(Credentials *credentials)
{
    gboolean token = login_uses_token(credentials->account->config);
    gboolean old = credentials->worked && command_of(credentials) != NULL;
    g_clear_pointer(&credentials->secret, secret_unref);
    if (!token && !old) {
        credentials->refused = TRUE;
        return TRUE; /* the person is asked */
    }
    if (credentials->renewed)
        return FALSE;
    credentials->renewed = TRUE;
    return TRUE;
}

gboolean credentials_expired(Credentials *credentials)
{
    if (credentials->renewed)
        return FALSE;
    credentials->renewed = TRUE;
    if (command_of(credentials) != NULL)
        g_clear_pointer(&credentials->secret, secret_unref);
    return TRUE;
}

void credentials_forgive(Credentials *credentials)
{
    if (credentials->renewed && command_of(credentials) != NULL)
        g_clear_pointer(&credentials->secret, secret_unref);
    credentials->renewed = FALSE;
}
