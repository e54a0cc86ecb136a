/* The mailbox that is selected on the server: what SELECT said, and the map from sequence numbers to UIDs.
 *
 * Engine thread. The map is an array with one UID for each message, 0 where it is not known; it follows EXISTS and EXPUNGE.
 * It is `mapped` once a UID SEARCH filled it and as long as nothing contradicts it; a contradiction (F17, F19, F20) only
 * costs another search, never a wrong row: rows are keyed by UID.
 */
#ifndef MALLE_ENGINE_SELECTED_H
#define MALLE_ENGINE_SELECTED_H

#include "engine/core.h"
#include "engine/resync.h"
#include "proto/imap/response.h"

typedef struct Selected Selected;

struct Selected {
    gint64 mailbox_id;
    gboolean opening;        /* SELECT was sent and not answered */
    StoreMailbox *known;     /* as the store had it before SELECT */
    /* What SELECT said. */
    guint32 exists, uidvalidity, uidnext;
    guint64 highestmodseq;
    gboolean no_modseq, read_only, new_keywords;
    char *permanent_flags;
    gboolean was_reset;      /* UIDVALIDITY changed: what is known of it has other numbers now */
    gboolean misplaced;      /* a UID that was only told of was wrong: the list of UIDs is compared once more before it counts as known */
    gboolean with_condstore; /* as it was asked for */
    Resync *resync;          /* while a SELECT with QRESYNC is on its way, else NULL */
    ResyncResult level;      /* what that brought */

    GArray *uids;            /* of guint32 */
    gboolean mapped;
    gboolean caught_up;      /* what the map names is in the store, or on its way there */
    guint64 fetches;         /* heard since the SELECT */
    guint summaries_awaited; /* commands in flight that asked for summaries */
    struct FetchBatch *batch;
};

/* Sends SELECT and, when it is answered, runs the jobs. Leaves the mailbox that was selected before. */
void selected_open(EngineAccount *account, gint64 mailbox_id);
/* An APPEND there was answered. exists: of selected_exists() when it was sent. Where the server did not tell of the new message it is made
 * to, before anybody names its UID: Courier answers OK to a UID STORE of what its session has not seen yet, and does nothing. */
void selected_appended(EngineAccount *account, gint64 mailbox_id, guint32 exists);
guint32 selected_exists(const EngineAccount *account, gint64 mailbox_id); /* 0 when it is not selected */
/* The mailbox on the screen changed (account->looked_at): opens it in its turn, or catches up when it is selected already. */
void selected_look_at(EngineAccount *account);
/* Forgets it: the link ended, or the account changes. */
void selected_clear(EngineAccount *account);
gboolean selected_is(const EngineAccount *account, gint64 mailbox_id);
/* It is to be kept level with the server: it is on the screen, or being kept for offline use. */
gboolean selected_is_followed(const EngineAccount *account, gint64 mailbox_id);
gboolean selected_is_opening(const EngineAccount *account);
/* Nothing of it is here yet: what is on the wire before its first window keeps the person waiting. */
gboolean selected_is_first_sight(const EngineAccount *account);

/* Untagged OK codes that describe the mailbox (UIDVALIDITY, PERMANENTFLAGS …). */
void selected_hear_text(EngineAccount *account, const ImapText *text);

/* --- the map --- */

void selected_hear_exists(EngineAccount *account, guint32 exists);
void selected_hear_expunge(EngineAccount *account, guint32 seq);
void selected_hear_vanished(EngineAccount *account, const ImapUidSet *uids, gboolean earlier);
/* These are not in the mailbox any more: their rows go. */
void selected_drop(EngineAccount *account, const ImapUidSet *gone);
/* Takes the server's whole list of UIDs; FALSE when it does not fit EXISTS: ask again. */
gboolean selected_set_map(Selected *selected, const ImapUidSet *all);
/* A FETCH said that this number is this UID (0: it did not say). Returns the UID to believe, 0 for none. */
guint32 selected_learn(EngineAccount *account, guint32 seq, guint32 uid);
guint32 selected_last_uid(const Selected *selected); /* highest known, 0 when none */

#endif
