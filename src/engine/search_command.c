#include "config.h"

#include "engine/search_command.h"

#include "engine/account.h"

typedef struct {
    ImapUidSet *found;
    SearchDone done;
    gpointer user;
} Search;

static void search_answered(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    Search *search = user;
    g_queue_remove(account->searches, search);
    search->done(account, result, text, search->found, search->user);
    imap_uidset_free(search->found);
    g_free(search);
}

void search_send(EngineAccount *account, LinkAction *action, const ImapSearch *criteria, SearchDone done, gpointer user)
{
    Search *search = g_new0(Search, 1);
    *search = (Search){ imap_uidset_new(), done, user };
    g_queue_push_tail(account->searches, search);
    guint returns = engine_account_can(account, IMAP_CAP_ESEARCH) ? IMAP_SEARCH_RETURN_ALL : 0;
    link_send(account->link, action, imap_command_uid_search(criteria, returns), search_answered, search);
}

void search_hear(EngineAccount *account, const ImapSearchResult *result, ImapCommandId command)
{
    (void) command; /* searches are answered in the order in which they were sent: the oldest is meant */
    Search *search = g_queue_peek_head(account->searches);
    if (search != NULL && result->uid && result->all != NULL)
        imap_uidset_add_set(search->found, result->all);
}
