#include "config.h"

#include "engine/sent_copy.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/remembered.h"

/* What most programs call it (RFC 6154 has no names). */
#define SENT_NAME "Sent"

/* Gmail keeps a copy of everything that goes through its submission server (F35). */
static gboolean server_makes_its_own(EngineAccount *account)
{
    g_autofree char *remembered = remembered_capabilities(account);
    return engine_account_can(account, IMAP_CAP_GMAIL) || (remembered != NULL && strstr(remembered, "X-GM-EXT-1") != NULL);
}

static gboolean is_wanted(EngineAccount *account)
{
    switch (account->config->sent_copy) {
    case ACCOUNT_COPY_YES:
        return TRUE;
    case ACCOUNT_COPY_NO:
        return FALSE;
    case ACCOUNT_COPY_AUTO:
        break;
    }
    return !server_makes_its_own(account);
}

static gint64 create(Engine *engine, EngineAccount *account)
{
    g_autoptr(Intent) intent = intent_new(INTENT_CREATE_MAILBOX);
    g_autoptr(GArray) ids = NULL;
    g_autoptr(GError) error = NULL;
    intent->account_id = account->id;
    intent->name = g_strdup(SENT_NAME);
    if (!store_writer_commit_intent(engine->writer, intent, &ids, &error)) {
        engine_tell_notice(engine, account->id, error->message);
        return 0;
    }
    g_autoptr(Intent) committed = ids->len > 0 ? store_writer_intent(engine->writer, g_array_index(ids, gint64, 0)) : NULL;
    return committed != NULL ? committed->target_mailbox_id : 0;
}

/* By its role, else by its name. */
static gint64 find(Engine *engine, EngineAccount *account)
{
    g_autoptr(StoreMailbox) by_role = store_reader_mailbox_by_role(engine->reader, account->id, MAILBOX_ROLE_SENT);
    if (by_role != NULL)
        return by_role->id;
    g_autoptr(StoreMailbox) by_name = store_reader_mailbox_by_name(engine->reader, account->id, SENT_NAME);
    return by_name != NULL ? by_name->id : 0;
}

/* INBOX is there from the beginning; a second one came with a list. */
static gboolean mailboxes_are_known(Engine *engine, EngineAccount *account)
{
    g_autoptr(GPtrArray) mailboxes = store_reader_mailboxes(engine->reader, account->id);
    return account->listed || mailboxes->len > 1;
}

void sent_copy_resolve(Engine *engine, Intent *intent, gboolean last_chance)
{
    EngineAccount *account = engine_account_by_id(engine, intent->account_id);
    if (intent->kind != INTENT_SEND || intent->target_mailbox_id != 0 || account == NULL)
        return;
    if (!is_wanted(account)) {
        intent->target_mailbox_id = INTENT_NO_COPY;
        return;
    }
    intent->target_mailbox_id = find(engine, account);
    if (intent->target_mailbox_id == 0 && (last_chance || mailboxes_are_known(engine, account)))
        intent->target_mailbox_id = create(engine, account);
}
