#include "config.h"

#include "engine/search_command.h"

#include "engine/account.h"
#include "engine/remembered.h"

typedef struct {
    LinkAction *action;
    ImapCommand *plain;  /* the same without ESEARCH, in case the server does not know it after all */
    ImapUidSet *found;
    guint32 since; /* smaller UIDs are not meant */
    SearchHeard heard; /* NULL: all results are one set */
    SearchDone done;
    gpointer user;
} Search;

static void search_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    Search *search = user;
    g_queue_remove(account->searches, search);
    if (search->plain != NULL && remembered_wrong(account, result, IMAP_CAP_ESEARCH)) {
        g_queue_push_tail(account->searches, search);
        link_send(account->link, search->action, g_steal_pointer(&search->plain), search_answered, search);
        return;
    }
    g_clear_pointer(&search->plain, imap_command_free);
    if (search->since > 1)
        imap_uidset_remove_range(search->found, 1, search->since - 1);
    search->done(account, result, text, search->found, search->user);
    imap_uidset_free(search->found);
    g_free(search);
}

static void send_search(EngineAccount *account, LinkAction *action, const ImapSearch *criteria, guint32 since, SearchDone done, gpointer user)
{
    Search *search = g_new0(Search, 1);
    gboolean extended = engine_account_can(account, IMAP_CAP_ESEARCH);
    *search = (Search){ .action = action, .found = imap_uidset_new(), .since = since, .done = done, .user = user };
    if (extended)
        search->plain = imap_command_uid_search(criteria, 0);
    g_queue_push_tail(account->searches, search);
    link_send(account->link, action, imap_command_uid_search(criteria, extended ? IMAP_SEARCH_RETURN_ALL : 0), search_answered, search);
}

void search_send(EngineAccount *account, LinkAction *action, const ImapSearch *criteria, SearchDone done, gpointer user)
{
    send_search(account, action, criteria, 0, done, user);
}

void search_send_command(EngineAccount *account, LinkAction *action, ImapCommand *command, SearchHeard heard, SearchDone done, gpointer user)
{
    Search *search = g_new0(Search, 1);
    *search = (Search){ .action = action, .found = imap_uidset_new(), .heard = heard, .done = done, .user = user };
    g_queue_push_tail(account->searches, search);
    link_send(account->link, action, command, search_answered, search);
}

void search_message_id(EngineAccount *account, LinkAction *action, const char *message_id, guint64 size, guint32 since, SearchDone done, gpointer user)
{
    g_autoptr(ImapSearch) criteria = imap_search_new();
    imap_search_header(criteria, "Message-ID", message_id);
    if (size > 0) {
        imap_search_larger(criteria, size - size / 8);
        imap_search_smaller(criteria, size + size / 8 + 16);
    }
    send_search(account, action, criteria, since, done, user);
}

void search_hear(EngineAccount *account, const ImapSearchResult *result, ImapCommandId command)
{
    /* ESEARCH names its command: results of several may come before the first is answered. A plain SEARCH names none, and a server
     * answers those in the order in which they were sent. */
    Search *search = g_queue_is_empty(account->searches) ? NULL : link_command_user(account->link, command);
    if (search == NULL || g_queue_find(account->searches, search) == NULL)
        search = g_queue_peek_head(account->searches);
    if (search != NULL && search->heard != NULL)
        search->heard(account, result, search->user);
    else if (search != NULL && result->uid && result->all != NULL && result->mailbox == NULL)
        imap_uidset_add_set(search->found, result->all);
}
