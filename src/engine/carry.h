/* Messages to a mailbox of another account (doc/internals/journal.md): fetched into files here, appended there, found there, and, when
 * it is a move, only then removed here. A few at a time; what one of them is refused for holds up none of the others.
 *
 * Engine thread. One Carry for each such decision that is being carried out; where it stands is in the store, so that one that is
 * cut off is begun again from there.
 */
#ifndef MALLE_ENGINE_CARRY_H
#define MALLE_ENGINE_CARRY_H

#include "engine/jobs.h"

typedef struct Carry Carry;

GHashTable *carries_table_new(void);
/* It is this decision's turn. Does nothing while it is under way, or while the other account has no link. */
void carry_begin(EngineAccount *source, const Intent *intent);
/* An account has a link now: those that waited for it go on. */
void carry_wake(Engine *engine);

/* --- shared by carry.c and carry_append.c --- */

struct Carry {
    Engine *engine;
    gint64 intent_id; /* key of the table */
    EngineAccount *source, *target;
    guint fetching;
    gboolean told;   /* which keywords the target does not keep */
    char *unwritten; /* why what has become of a message could not be written down: nothing more is sent; NULL: all was */
};

/* The file that holds a message under way. Caller frees. */
char *carry_path(const Carry *carry, gint64 position);
/* This message cannot go on, with words. */
void carry_set_aside(Carry *carry, gint64 position, IntentState state, const char *words);
/* It is there for certain, and durably so. FALSE: that could not be written down (carry->unwritten). */
gboolean carry_arrived(Carry *carry, StoreCarried *message, guint32 uidvalidity, guint32 uid, GError **error);
/* Of one that is neither there nor in its source; translated. */
const char *carry_gone_words(void);
/* What was to be done is done: the next. */
void carry_next(Carry *carry);
/* The link broke: it waits in the journal. */
void carry_drop(Carry *carry);

/* Appends these (of StoreCarried, taken), all of which lie in files; carry_next() follows, or carry_drop(). */
void carry_append(Carry *carry, GArray *batch);

#endif
