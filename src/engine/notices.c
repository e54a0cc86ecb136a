/* What the server says, wired to the account: every event of the session has its one line here. */
#include "config.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/fetches.h"
#include "engine/mailbox_list.h"
#include "engine/parts.h"
#include "engine/replay.h"
#include "engine/search_command.h"
#include "engine/selected.h"

/* More messages than this in one mailbox are not believed: the map would not fit in memory. */
#define MESSAGES_MAX 50000000u

static void on_list(ImapSession *session, const ImapList *list, gpointer user)
{
    (void) session;
    mailbox_list_hear(user, list);
}

static void on_status(ImapSession *session, const ImapMailboxStatus *status, gpointer user)
{
    (void) session;
    mailbox_list_hear_status(user, status);
}

static void on_namespaces(ImapSession *session, const ImapNamespaces *namespaces, gpointer user)
{
    (void) session;
    mailbox_list_hear_namespaces(user, namespaces);
}

static void on_urls(ImapSession *session, const ImapString *urls, guint n, gpointer user)
{
    (void) session;
    EngineAccount *account = user;
    g_free(account->told_url);
    account->told_url = n == 1 ? imap_string_dup(urls[0]) : NULL;
}

static void on_exists(ImapSession *session, guint32 n, gpointer user)
{
    (void) session;
    if (n <= MESSAGES_MAX)
        selected_hear_exists(user, n);
}

static void on_expunge(ImapSession *session, guint32 seq, gpointer user)
{
    (void) session;
    selected_hear_expunge(user, seq);
}

static void on_vanished(ImapSession *session, const ImapUidSet *uids, bool earlier, gpointer user)
{
    (void) session;
    selected_hear_vanished(user, uids, earlier);
}

static void on_fetch(ImapSession *session, const ImapFetch *fetch, gpointer user)
{
    (void) session;
    fetches_hear(user, fetch);
}

static void on_section_begin(ImapSession *session, guint32 seq, guint32 uid, const ImapSection *section, gpointer user)
{
    (void) session;
    EngineAccount *account = user;
    if (account->selected != NULL && !account->selected->opening)
        parts_hear_begin(account, selected_learn(account, seq, uid), section);
}

static void on_section_data(ImapSession *session, const char *data, gsize len, gpointer user)
{
    (void) session;
    parts_hear_data(user, data, len);
}

static void on_section_end(ImapSession *session, bool complete, gpointer user)
{
    (void) session;
    parts_hear_end(user, complete);
}

static void on_search(ImapSession *session, const ImapSearchResult *result, ImapCommandId command, gpointer user)
{
    (void) session;
    search_hear(user, result, command);
}

static void on_text(ImapSession *session, const ImapText *text, gpointer user)
{
    (void) session;
    EngineAccount *account = user;
    if (text->code == IMAP_CODE_UIDVALIDITY)
        account->told_uidvalidity = (guint32) text->number;
    selected_hear_text(account, text);
    if (account->link != NULL) { /* it may just have been abandoned */
        replay_hear_text(account, text);
        link_hear_text(account->link, text);
    }
}

static void on_alert(ImapSession *session, ImapString text, gpointer user)
{
    (void) session;
    EngineAccount *account = user;
    g_autofree char *said = imap_string_dup(text);
    g_autofree char *valid = g_utf8_make_valid(said != NULL ? said : "", -1);
    g_autofree char *words = g_strdup_printf(_("The server of %s says: “%s”"), account->config->name, valid);
    engine_tell_notice(account->engine, account->id, words);
}

const ImapSessionEvents account_session_events = {
    .list = on_list,
    .status = on_status,
    .namespaces = on_namespaces,
    .urls = on_urls,
    .exists = on_exists,
    .expunge = on_expunge,
    .vanished = on_vanished,
    .fetch = on_fetch,
    .section_begin = on_section_begin,
    .section_data = on_section_data,
    .section_end = on_section_end,
    .search = on_search,
    .text = on_text,
    .alert = on_alert,
};
