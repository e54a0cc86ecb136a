#include "config.h"

#include "engine/submission_url.h"

#include <string.h>

#include "engine/message_url.h"
#include "engine/remembered.h"

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

gboolean submission_url_is_there(EngineAccount *account, gint64 message_id)
{
    guint32 uid;
    g_autoptr(StoreMailbox) mailbox = message_url_place(account, message_id, &uid);
    return mailbox != NULL;
}

/* "imap://ada@host/Drafts;UIDVALIDITY=1/;UID=20;URLAUTH=submit+ada". The host alone: Dovecot takes no port of another number, and a token
 * is for whoever asked. */
static char *rump_of(EngineAccount *account, const StoreMailbox *mailbox, guint32 uid)
{
    const Account *config = account->config;
    g_autofree char *path = message_url_path(mailbox, uid);
    g_autofree char *user = g_uri_escape_string(config->receive->user, NULL, FALSE);
    g_autofree char *submitter = g_uri_escape_string(config->send->user != NULL ? config->send->user : config->receive->user, NULL, FALSE);
    return g_strdup_printf("imap://%s@%s%s;URLAUTH=submit+%s", user, config->receive->host, path, submitter);
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
    g_autoptr(StoreMailbox) mailbox = message_url_place(account, message_id, &uid);
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
