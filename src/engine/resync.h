/* What a SELECT with QRESYNC (RFC 7162 §3.2.5) brings, held against what is stored: changed flags go into the store as they
 * come, what is gone when the SELECT is answered, and the map from sequence numbers to UIDs is made without asking for it
 * where all of it fits together.
 *
 * Engine thread. Belongs to the Selected; made when the SELECT is sent, freed when it was answered. Nothing is heard before
 * the UIDVALIDITY that we know was: what comes earlier is about the mailbox that is being left (RFC 7162 §3.2.11), or a lie.
 */
#ifndef MALLE_ENGINE_RESYNC_H
#define MALLE_ENGINE_RESYNC_H

#include "engine/core.h"
#include "proto/imap/response.h"

typedef struct Resync Resync;

Resync *resync_new(EngineAccount *account, gint64 mailbox_id);
void resync_free(Resync *resync);
/* [CLOSED]: only from here on it is about the new mailbox. */
void resync_forget(Resync *resync);

/* While the SELECT is on its way. */
void resync_hear_vanished(EngineAccount *account, const ImapUidSet *uids);
/* The UID whose flags are to be stored, 0 for none. */
guint32 resync_hear_fetch(EngineAccount *account, const ImapFetch *fetch);

typedef enum {
    RESYNC_NOTHING, /* there is nothing to build on: compare as without QRESYNC */
    RESYNC_FLAGS,   /* flags are level; which messages there are has to be asked */
    RESYNC_ALL,     /* flags and map are; what the map names and the store has not is new */
} ResyncResult;

/* The SELECT succeeded with the UIDVALIDITY that was known. Drops from the store what is gone. */
ResyncResult resync_finish(EngineAccount *account);

#endif
