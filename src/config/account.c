#include "config.h"

#include "config/account.h"

#include <string.h>

#include "base/secret.h"

Account *account_new(const char *name)
{
    Account *account = g_new0(Account, 1);
    account->name = g_strdup(name);
    account->poll_seconds = 120;
    return account;
}

static AccountUrl *copy_url(const AccountUrl *url)
{
    if (url == NULL)
        return NULL;
    AccountUrl *copy = g_new(AccountUrl, 1);
    *copy = *url;
    copy->user = g_strdup(url->user);
    copy->host = g_strdup(url->host);
    copy->path = g_strdup(url->path);
    return copy;
}

Account *account_copy(const Account *account)
{
    Account *copy = g_new(Account, 1);
    *copy = *account;
    copy->name = g_strdup(account->name);
    copy->person = g_strdup(account->person);
    copy->address = g_strdup(account->address);
    copy->receive = copy_url(account->receive);
    copy->send = copy_url(account->send);
    copy->password = g_strdup(account->password);
    copy->password_command = g_strdup(account->password_command);
    copy->token_command = g_strdup(account->token_command);
    copy->client_certificate = g_strdup(account->client_certificate);
    copy->ca_file = g_strdup(account->ca_file);
    copy->proxy = g_strdup(account->proxy);
    copy->trash = g_strdup(account->trash);
    copy->sent = g_strdup(account->sent);
    copy->drafts = g_strdup(account->drafts);
    copy->archive = g_strdup(account->archive);
    copy->delete_mode = g_strdup(account->delete_mode);
    copy->pinned_certificate = g_strdup(account->pinned_certificate);
    return copy;
}

void account_free(Account *account)
{
    if (account == NULL)
        return;
    g_free(account->name);
    g_free(account->person);
    g_free(account->address);
    account_url_free(account->receive);
    account_url_free(account->send);
    secret_free_text(account->password);
    g_free(account->password_command);
    g_free(account->token_command);
    g_free(account->client_certificate);
    g_free(account->ca_file);
    g_free(account->proxy);
    g_free(account->trash);
    g_free(account->sent);
    g_free(account->drafts);
    g_free(account->archive);
    g_free(account->delete_mode);
    g_free(account->pinned_certificate);
    g_free(account);
}
