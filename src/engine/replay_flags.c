/* Flags and keywords: set operations, safe to repeat, silent. */
#include "config.h"

#include "engine/account.h"
#include "engine/replay.h"
#include "engine/wire_flags.h"

static void send_store(Job *job, ImapStoreMode mode, MailFlags flags, const char *keywords)
{
    Replay *replay = job->data;
    g_auto(GStrv) names = wire_flags(flags, keywords, NULL);
    if (names[0] == NULL)
        return;
    g_autoptr(GPtrArray) pieces = replay_pieces(replay->uids);
    for (guint i = 0; i < pieces->len; i++)
        replay_send(job, imap_command_uid_store(g_ptr_array_index(pieces, i), mode, (const char *const *) names, true, 0),
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
