#include "config.h"

#include "config/account.h"

#include <string.h>

#include "base/secret.h"
#include "config/identity.h"

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

static AccountKeep *keep_new(const char *mailbox, const KeepRule *rule)
{
    AccountKeep *keep = g_new(AccountKeep, 1);
    *keep = (AccountKeep){ .mailbox = g_strdup(mailbox), .rule = *rule };
    return keep;
}

static void keep_free(gpointer data)
{
    g_free(((AccountKeep *) data)->mailbox);
    g_free(data);
}

void account_add_keep(Account *account, const char *mailbox, const KeepRule *rule)
{
    if (account->keep_mailboxes == NULL)
        account->keep_mailboxes = g_ptr_array_new_with_free_func(keep_free);
    g_ptr_array_add(account->keep_mailboxes, keep_new(mailbox, rule));
}

/* INBOX is the one name whose case does not matter (RFC 9051 §5.1). */
static gboolean same_mailbox(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (g_ascii_strcasecmp(a, "INBOX") == 0 && g_ascii_strcasecmp(b, "INBOX") == 0);
}

gboolean account_keep_rule(const Account *account, const char *mailbox, KeepRule *rule)
{
    const AccountKeep *fitting = NULL;
    for (guint i = 0; account->keep_mailboxes != NULL && i < account->keep_mailboxes->len; i++) {
        const AccountKeep *keep = g_ptr_array_index(account->keep_mailboxes, i);
        if (same_mailbox(keep->mailbox, mailbox)) {
            fitting = keep;
            break;
        }
        if (fitting == NULL && strchr(keep->mailbox, '*') != NULL && g_pattern_match_simple(keep->mailbox, mailbox))
            fitting = keep;
    }
    *rule = fitting != NULL ? fitting->rule : account->keep;
    return fitting != NULL || account->keep_given;
}

gboolean account_can_send(const Account *account)
{
    return (account->send != NULL || account->send_command != NULL) && account->address != NULL;
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
    copy->send_command = g_strdup(account->send_command);
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
    copy->keep_mailboxes = NULL;
    for (guint i = 0; account->keep_mailboxes != NULL && i < account->keep_mailboxes->len; i++) {
        const AccountKeep *keep = g_ptr_array_index(account->keep_mailboxes, i);
        account_add_keep(copy, keep->mailbox, &keep->rule);
    }
    account_copy_identities(copy, account);
    copy->deliver_to = g_strdup(account->deliver_to);
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
    g_free(account->send_command);
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
    g_clear_pointer(&account->keep_mailboxes, g_ptr_array_unref);
    account_free_identities(account);
    g_free(account->deliver_to);
    g_free(account->pinned_certificate);
    g_free(account);
}
