/* Flags and keywords: set operations, safe to repeat, silent. */
#include "config.h"

#include "engine/account.h"
#include "engine/replay.h"

static void add_names(GPtrArray *names, MailFlags flags, const char *keywords)
{
    for (guint bit = 0; bit < 32; bit++)
        if ((flags & (1u << bit)) != 0)
            g_ptr_array_add(names, g_strdup(mail_flag_name(1u << bit)));
    g_auto(GStrv) words = g_strsplit(keywords != NULL ? keywords : "", " ", -1);
    for (char **word = words; *word != NULL; word++)
        if (**word != '\0')
            g_ptr_array_add(names, g_strdup(*word));
}

static void send_store(Job *job, ImapStoreMode mode, MailFlags flags, const char *keywords)
{
    Replay *replay = job->data;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    add_names(names, flags, keywords);
    if (names->len == 0)
        return;
    g_ptr_array_add(names, NULL);
    g_autoptr(GPtrArray) pieces = replay_pieces(replay->uids);
    for (guint i = 0; i < pieces->len; i++)
        replay_send(job, imap_command_uid_store(g_ptr_array_index(pieces, i), mode, (const char *const *) names->pdata, true, 0),
                    g_ptr_array_index(pieces, i));
}

void replay_flags(Job *job)
{
    Replay *replay = job->data;
    link_action_add_rows(job->action, (guint) imap_uidset_count(replay->uids));
    replay_step_begin(job, replay_flags, replay_succeeded);
    send_store(job, IMAP_STORE_ADD, replay->intent->add, replay->intent->add_keywords);
    send_store(job, IMAP_STORE_REMOVE, replay->intent->remove, replay->intent->remove_keywords);
    replay_step_end(job);
}
