#include "config.h"

#include "engine/look.h"

#include "base/i18n.h"
#include "engine/account.h"
#include "engine/catch_up.h"
#include "engine/search_command.h"
#include "engine/selected.h"

/* What the server says between the answer to the NOOP in front and the answer to the last SELECT is about the other mailbox, and is
 * not heard. */
typedef struct {
    Job *job;
    GArray *wanted;
    GArray *found;
    guint32 back_uidvalidity;
    guint64 modseq; /* up to which the job's mailbox is known: what its second SELECT says is later */
    gboolean lost;
    LookDone done;
    gpointer user;
} Look;

static void clear(gpointer data)
{
    g_free(((LookFor *) data)->message_id);
}

GArray *look_list_new(void)
{
    GArray *wanted = g_array_new(FALSE, FALSE, sizeof(LookFor));
    g_array_set_clear_func(wanted, clear);
    return wanted;
}

void look_list_add(GArray *wanted, const char *message_id, guint64 size)
{
    LookFor one = { g_strdup(message_id), size };
    g_array_append_val(wanted, one);
}

static void leaving(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Look *look = user;
    if (result != IMAP_RESULT_OK || account->selected == NULL)
        return;
    look->modseq = account->selected->highestmodseq;
    account->selected->opening = TRUE;
}

static void back(EngineAccount *account, ImapResult result, const ImapText *text, gpointer user)
{
    (void) text;
    Look *look = user;
    gboolean open = result == IMAP_RESULT_OK && account->selected != NULL;
    gboolean renumbered = open && look->back_uidvalidity != 0 && account->selected->uidvalidity != look->back_uidvalidity;
    if (open && !renumbered) {
        account->selected->opening = FALSE;
        account->selected->mapped = FALSE;
        account->selected->highestmodseq = look->modseq;
        catch_up_remap(account);
    }
    look->done(look->job, look->lost || !open || renumbered ? NULL : look->found, look->user);
    g_array_unref(look->wanted);
    g_array_unref(look->found);
    g_free(look);
    if (renumbered) /* the next link finds it out, and the intent with it */
        link_abandon(account->link, _("The server renumbered the open mailbox (UIDVALIDITY changed): it is opened anew."));
}

static void searched(EngineAccount *account, ImapResult result, const ImapText *text, const ImapUidSet *found, gpointer user)
{
    (void) account;
    (void) text;
    Look *look = user;
    if (result == IMAP_RESULT_UNKNOWN || result == IMAP_RESULT_NOT_SENT) {
        look->lost = TRUE;
        return;
    }
    LookFound one = { .refused = result != IMAP_RESULT_OK, .count = (guint) imap_uidset_count(found) };
    one.uid = one.count == 1 ? imap_uidset_min(found) : 0;
    g_array_append_val(look->found, one);
}

void look_into(Job *job, const StoreMailbox *mailbox, guint32 since, const StoreMailbox *returns, guint32 back_uidvalidity, GArray *wanted,
               LookDone done, gpointer user)
{
    EngineAccount *account = job->account;
    Look *look = g_new0(Look, 1);
    *look = (Look){ .job = job, .wanted = wanted, .found = g_array_new(FALSE, FALSE, sizeof(LookFound)),
                    .back_uidvalidity = back_uidvalidity, .done = done, .user = user };
    link_hold(account->link);
    link_send(account->link, job->action, imap_command_noop(), leaving, look);
    link_send(account->link, job->action, imap_command_examine(mailbox->wire_name, NULL), NULL, NULL);
    for (guint i = 0; i < wanted->len; i++) {
        const LookFor *one = &g_array_index(wanted, LookFor, i);
        search_message_id(account, job->action, one->message_id, one->size, since, searched, look);
    }
    link_send(account->link, job->action, imap_command_select(returns->wire_name, NULL), back, look);
    link_release(account->link);
}
