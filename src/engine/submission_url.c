#include "config.h"

#include "engine/submission_url.h"

#include <string.h>

#include "engine/remembered.h"
#include "proto/imap/mailbox.h"

/* What of a mailbox's name may stand in a URL as it is (RFC 5092 §3, RFC 3986: bchar without ";" and "?"). */
#define PLAIN "/!$'()*+,:@&="

gboolean submission_url_conceivable(EngineAccount *account)
{
    g_autofree char *remembered = account->local == NULL ? remembered_capabilities(account) : NULL;
    return engine_account_can(account, IMAP_CAP_URLAUTH) || (remembered != NULL && strstr(remembered, "URLAUTH") != NULL);
}

gboolean submission_url_possible(EngineAccount *account, const SmtpCapabilities *capabilities)
{
    return engine_account_is_ready(account) && engine_account_can(account, IMAP_CAP_URLAUTH) && engine_account_can(account, IMAP_CAP_UIDPLUS) &&
           smtp_can_burl(capabilities, account->config->receive->host);
}

static StoreMailbox *place_of(EngineAccount *account, gint64 message_id, guint32 *uid)
{
    gint64 mailbox_id = 0;
    *uid = 0;
    if (!store_writer_locate(account->engine->writer, message_id, &mailbox_id, uid) || *uid == 0)
        return NULL;
    StoreMailbox *mailbox = store_reader_mailbox(account->engine->reader, mailbox_id);
    if (mailbox != NULL && mailbox->uidvalidity == 0)
        g_clear_pointer(&mailbox, store_mailbox_free);
    return mailbox;
}

gboolean submission_url_is_there(EngineAccount *account, gint64 message_id)
{
    guint32 uid;
    g_autoptr(StoreMailbox) mailbox = place_of(account, message_id, &uid);
    return mailbox != NULL;
}

/* "imap://ada@host/Drafts;UIDVALIDITY=1/;UID=20;URLAUTH=submit+ada". The host alone: Dovecot takes no port of another number, and a token
 * is for whoever asked. */
static char *rump_of(EngineAccount *account, const StoreMailbox *mailbox, guint32 uid)
{
    const Account *config = account->config;
    g_autofree char *whole = imap_mailbox_decode(mailbox->wire_name, -1, FALSE, NULL);
    g_autofree char *name = g_uri_escape_string(whole, PLAIN, FALSE);
    g_autofree char *user = g_uri_escape_string(config->receive->user, NULL, FALSE);
    g_autofree char *submitter = g_uri_escape_string(config->send->user != NULL ? config->send->user : config->receive->user, NULL, FALSE);
    return g_strdup_printf("imap://%s@%s/%s;UIDVALIDITY=%u/;UID=%u;URLAUTH=submit+%s", user, config->receive->host, name, mailbox->uidvalidity, uid,
                           submitter);
}

typedef struct {
    char *rump;
    SubmissionUrlFound found;
    gpointer user;
} Asking;

/* The URL is ours with something behind it, and nothing that could end a command. */
static gboolean is_for(const char *url, const char *rump)
{
    for (const char *c = url; *c != '\0'; c++)
        if (!g_ascii_isgraph(*c))
            return FALSE;
    return g_str_has_prefix(url, rump);
}

static void answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Asking *asking = user;
    g_autofree char *url = g_steal_pointer(&account->told_url);
    if (result == IMAP_RESULT_BAD && account->link != NULL)
        imap_session_disable(link_session(account->link), IMAP_CAP_URLAUTH);
    asking->found(result == IMAP_RESULT_OK && url != NULL && is_for(url, asking->rump) ? url : NULL, asking->user);
    g_free(asking->rump);
    g_free(asking);
}

void submission_url_ask(EngineAccount *account, gint64 message_id, SubmissionUrlFound found, gpointer user)
{
    guint32 uid;
    g_autoptr(StoreMailbox) mailbox = place_of(account, message_id, &uid);
    if (mailbox == NULL || !engine_account_is_ready(account)) {
        found(NULL, user);
        return;
    }
    Asking *asking = g_new(Asking, 1);
    *asking = (Asking){ rump_of(account, mailbox, uid), found, user };
    g_clear_pointer(&account->told_url, g_free);
    LinkAction *action = link_action_begin(account->link, "name a letter");
    link_send_first(account->link, action, imap_command_genurlauth(asking->rump), answered, asking);
    link_action_end(action);
}
