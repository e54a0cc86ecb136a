#include "config.h"

#include "engine/remembered.h"

#include "engine/account.h"
#include "engine/namespaces.h"
#include "proto/imap/mailbox.h"

static char *server_of(const EngineAccount *account)
{
    const AccountUrl *url = account->config->receive;
    return g_strdup_printf("%s:%u", url->host, (guint) url->port);
}

/* The row of the account, without what it knows of another server. */
static StoreAccount *read_row(EngineAccount *account)
{
    StoreAccount *stored = store_reader_account_by_name(account->engine->reader, account->config->name);
    g_autofree char *server = server_of(account);
    if (stored == NULL || g_strcmp0(stored->server, server) == 0)
        return stored;
    g_clear_pointer(&stored->capabilities, g_free);
    g_clear_pointer(&stored->delimiter, g_free);
    g_clear_pointer(&stored->prefix, g_free);
    g_free(stored->server);
    stored->server = g_steal_pointer(&server);
    return stored;
}

char *remembered_capabilities(EngineAccount *account)
{
    g_autoptr(StoreAccount) stored = read_row(account);
    return stored != NULL ? g_steal_pointer(&stored->capabilities) : NULL;
}

gboolean remembered_namespace(EngineAccount *account)
{
    g_autoptr(StoreAccount) stored = read_row(account);
    return stored != NULL && stored->delimiter != NULL && foreign_is_remembered(account);
}

char *remembered_prefix(EngineAccount *account)
{
    g_autoptr(StoreAccount) stored = read_row(account);
    return stored != NULL ? g_steal_pointer(&stored->prefix) : NULL;
}

void remember_capabilities(EngineAccount *account)
{
    const ImapCapabilities *capabilities = imap_session_capabilities(link_session(account->link));
    g_autoptr(StoreAccount) stored = read_row(account);
    if (stored == NULL || capabilities == NULL || imap_session_capabilities_stale(link_session(account->link)) ||
        g_strcmp0(stored->capabilities, imap_capabilities_text(capabilities)) == 0)
        return;
    g_free(stored->capabilities);
    stored->capabilities = g_strdup(imap_capabilities_text(capabilities));
    store_writer_set_account(account->engine->writer, stored, NULL);
}

void remember_namespace(EngineAccount *account, const ImapNamespaces *namespaces)
{
    g_autoptr(StoreAccount) stored = read_row(account);
    foreign_remember(account, namespaces);
    if (stored == NULL || namespaces->n_personal == 0)
        return;
    g_free(stored->prefix);
    g_free(stored->delimiter);
    g_autofree char *prefix = imap_string_dup(namespaces->personal[0].prefix);
    stored->prefix = prefix != NULL ? imap_mailbox_decode(prefix, -1, FALSE, NULL) : NULL;
    char delimiter[2] = { namespaces->personal[0].delimiter, '\0' };
    stored->delimiter = delimiter[0] != '\0' ? g_strdup(delimiter) : NULL;
    store_writer_set_account(account->engine->writer, stored, NULL);
}

gboolean remembered_wrong(EngineAccount *account, ImapResult result, ImapCap capability)
{
    if (result != IMAP_RESULT_BAD || !engine_account_can(account, capability))
        return FALSE;
    g_info("account %s: the server does not know %s after all", account->config->name, imap_cap_name(capability));
    imap_session_disable(link_session(account->link), capability);
    return TRUE;
}
