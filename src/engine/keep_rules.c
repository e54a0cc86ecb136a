#include "config.h"

#include "engine/keep_rules.h"

#include "engine/account.h"
#include "engine/namespaces.h"

/* TRUE: somebody chose it. */
static gboolean find_rule(EngineAccount *account, const StoreMailbox *mailbox, KeepRule *rule)
{
    if (mailbox->keep_here != NULL && keep_rule_parse(mailbox->keep_here, rule, NULL))
        return TRUE;
    if (account_keep_rule(account->config, mailbox->name, rule))
        return TRUE;
    g_autofree char *full = own_full_name(account, mailbox->name); /* the accounts file may say it with the server's prefix */
    return account_keep_rule(account->config, full, rule);
}

gboolean keep_rules_resolve(EngineAccount *account)
{
    Engine *engine = account->engine;
    gboolean changed = FALSE;
    if (account->local != NULL)
        return FALSE; /* it is here anyway */
    g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(engine->reader, account->id);
    for (guint i = 0; i < mailboxes->len; i++) {
        const StoreMailbox *mailbox = g_ptr_array_index(mailboxes, i);
        KeepRule rule = { 0 };
        gboolean chosen = find_rule(account, mailbox, &rule);
        if (keep_rule_equal(&rule, &mailbox->keep) && chosen == mailbox->keep_chosen)
            continue;
        g_autoptr(GError) error = NULL;
        if (!store_writer_set_keep(engine->writer, mailbox->id, &rule, chosen, &error))
            engine_tell_notice(engine, account->id, error->message);
        changed = TRUE;
    }
    if (changed)
        store_writer_refresh_keep(engine->writer, NULL); /* else by the next housekeeping */
    return changed;
}
