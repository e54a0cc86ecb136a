/* Replay of the journal: each intent whose turn it is becomes a job; what it did is written back (doc/internals/journal.md).
 *
 * Sets of flags are safe to repeat and simply repeated. What is not (MOVE, COPY, and what stands in for them) is looked at
 * first when it was sent once already: Intent.tries says so.
 */
#ifndef MALLE_ENGINE_REPLAY_H
#define MALLE_ENGINE_REPLAY_H

#include "engine/jobs.h"
#include "proto/imap/uidset.h"

/* Looks for intents whose turn it is. To be called when a link is ready and when an intent was committed. */
void replay_ready(EngineAccount *account);
/* All messages of a move to another account are there: the originals go. */
void replay_carried(EngineAccount *account, gint64 intent_id);
void replay_link_ended(EngineAccount *account);
/* The store cannot be written (a full disk): the decision waits, and with it all of this account, for a while. */
void replay_put_off(EngineAccount *account, gint64 intent_id, const char *words);
/* The mailbox was numbered anew: what waits for its turn in it is read from the journal again when its messages have numbers. */
void replay_forget(EngineAccount *account, gint64 mailbox_id);
void replay_hear_text(EngineAccount *account, const ImapText *text);

/* --- shared by the files of the replay --- */

typedef struct {
    Job *job;
    Intent *intent;
    ImapUidSet *uids;      /* still to be done */
    GHashTable *new_uids;  /* source UID → target UID, as COPYUID told */
    StoreMailbox *source, *target; /* NULL when it has none */
    gboolean target_asked; /* how the target is numbered was asked for */
    guint answers;
    gboolean link_lost;
    guint32 target_uidvalidity; /* as COPYUID told, 0 when it did not */
    guint32 target_exists; /* APPEND: messages in its target, where that is selected, when it was sent */
    gboolean put_together, not_put_together; /* APPEND: the server was to take parts from what it has; it would not */
    guint32 appended_uid;  /* APPEND: where it is now, 0 not told */
    gboolean crooked;      /* a COPYUID made no sense: none is believed, the target's next list of UIDs shows what came */
    char *refusal;         /* the server's words */
    int refusal_code;      /* of ImapCode */
    void (*step)(Job *job); /* the one in flight: sends replay->uids */
    void (*next)(Job *job); /* the one after it */
    ImapUidSet *refused;    /* UIDs of commands of the step that were refused */
} Replay;

/* Intent.cursor of a move without MOVE. Below zero, for what is above is a UID to the store: how far a sliced replay got. */
enum { REPLAY_COPIED = -1, REPLAY_MARKED = -2 };

/* Sends as part of the intent; when the last answer of a step is in, its `next` goes on. uids: what the command names (copied),
 * NULL when it names none. */
void replay_send(Job *job, ImapCommand *command, const ImapUidSet *uids);
/* A step in several commands begins and ends with these; `next` runs when all were answered with OK. Where one was refused and
 * names UIDs, `step` is run once more with those of them that are still there, if some are not (replay_gone.c). */
void replay_step_begin(Job *job, void (*step)(Job *job), void (*next)(Job *job));
void replay_step_end(Job *job);
/* replay_gone.c: looks whether a refusal was about messages that are gone, and goes on without them or fails with the words. */
void replay_look_again(Job *job);
/* replay_gone.c: the first step, with those UIDs that are there, on a server that may take another message for one that is not. */
void replay_look_ahead(Job *job, void (*step)(Job *job));
void replay_succeeded(Job *job);
void replay_failed(Job *job, IntentState state, const char *words);
/* Refused, and worth any number of tries: it waits, with the words, for the next link. */
void replay_postponed(Job *job, const char *words);
/* It waits for something else; until replay_go_on() its turn does not come. */
void replay_set_aside(Job *job);
void replay_go_on(EngineAccount *account, gint64 intent_id);
/* What an intent that was set aside waited for cannot be. */
void replay_give_up(EngineAccount *account, gint64 intent_id, const char *words);
/* What was done cannot be written down, so nothing that builds on it is sent: it waits for a store that can be written. */
void replay_unwritten(Job *job, const char *words);
/* Splits so that no command line is longer than servers accept. Of ImapUidSet*. */
GPtrArray *replay_pieces(const ImapUidSet *uids);

/* Adds the UIDs that decisions under way have marked \Deleted in this mailbox, to be removed. */
void replay_add_marked(EngineAccount *account, gint64 mailbox_id, ImapUidSet *marked);

/* replay_flags.c, replay_move.c, replay_append.c, replay_mailbox.c: the first step of each kind. */
void replay_flags(Job *job);
void replay_move(Job *job);
void replay_copy(Job *job);
void replay_expunge(Job *job);
void replay_append(Job *job);
void replay_mailbox(Job *job);

#endif
