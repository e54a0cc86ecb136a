#include "config.h"

#include "engine/look.h"

#include "engine/account.h"
#include "engine/excursion.h"
#include "engine/search_command.h"

typedef struct {
    Job *job;
    GArray *wanted;
    GArray *found;
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

static void back(EngineAccount *account, gboolean good, gpointer user)
{
    (void) account;
    Look *look = user;
    look->done(look->job, look->lost || !good ? NULL : look->found, look->user);
    g_array_unref(look->wanted);
    g_array_unref(look->found);
    g_free(look);
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
    *look = (Look){ .job = job, .wanted = wanted, .found = g_array_new(FALSE, FALSE, sizeof(LookFound)), .done = done, .user = user };
    link_hold(account->link);
    Excursion *excursion = excursion_begin(account, job->action);
    link_send(account->link, job->action, imap_command_examine(mailbox->wire_name, NULL), NULL, NULL);
    for (guint i = 0; i < wanted->len; i++) {
        const LookFor *one = &g_array_index(wanted, LookFor, i);
        search_message_id(account, job->action, one->message_id, one->size, since, searched, look);
    }
    excursion_end(excursion, returns, back_uidvalidity, back, look);
    link_release(account->link);
}
