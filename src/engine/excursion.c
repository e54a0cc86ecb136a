#include "config.h"

#include "engine/excursion.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/catch_up.h"
#include "engine/selected.h"

struct Excursion {
    EngineAccount *account;
    LinkAction *action;
    guint32 uidvalidity;
    guint64 modseq; /* up to which the open mailbox is known: what its second SELECT says is later */
    gboolean was_open;
    ExcursionDone done;
    gpointer user;
};

static void leaving(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Excursion *excursion = user;
    if (result != IMAP_RESULT_OK || account->selected == NULL)
        return;
    excursion->modseq = account->selected->highestmodseq;
    account->selected->opening = TRUE;
}

static void back(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Excursion *excursion = user;
    gboolean open = result == IMAP_RESULT_OK && (account->selected != NULL || !excursion->was_open);
    gboolean renumbered = open && excursion->was_open && excursion->uidvalidity != 0 && account->selected->uidvalidity != excursion->uidvalidity;
    if (open && excursion->was_open && !renumbered) {
        account->selected->opening = FALSE;
        account->selected->mapped = FALSE;
        account->selected->highestmodseq = excursion->modseq;
        catch_up_remap(account);
    }
    excursion->done(account, open && !renumbered, excursion->user);
    g_free(excursion);
    if (renumbered) /* the next link finds it out, and decisions with it */
        link_abandon(account->link, _("The server renumbered the open mailbox (UIDVALIDITY changed): it is opened anew."));
}

Excursion *excursion_begin(EngineAccount *account, LinkAction *action)
{
    Excursion *excursion = g_new0(Excursion, 1);
    *excursion = (Excursion){ .account = account, .action = action, .was_open = account->selected != NULL };
    if (excursion->was_open)
        link_send(account->link, action, imap_command_noop(), leaving, excursion);
    return excursion;
}

void excursion_end(Excursion *excursion, const StoreMailbox *returns, guint32 uidvalidity, ExcursionDone done, gpointer user)
{
    EngineAccount *account = excursion->account;
    excursion->uidvalidity = uidvalidity;
    excursion->done = done;
    excursion->user = user;
    link_send(account->link, excursion->action,
              returns != NULL ? imap_command_select(returns->wire_name, NULL) : imap_command_noop(), back, excursion);
}
