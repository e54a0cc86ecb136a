/* A store that may be damaged: what is found, and what can be made again (doc/internals/store.md). Nothing is deleted: a damaged store is
 * renamed, and a new one takes its place with the decisions that journal.log holds. Any thread; no writer may be open.
 */
#ifndef MALLE_STORE_REPAIR_H
#define MALLE_STORE_REPAIR_H

#include "store/writer.h"

typedef struct {
    gboolean is_there;
    char *damage;           /* what is wrong with the database, in SQLite's words; NULL: nothing */
    guint bodies_missing;   /* texts or attachments whose file is gone: they are fetched again when they are wanted */
    guint64 cached, kept;   /* bytes of bodies: those that may be thrown away, and those that are kept for offline use */
    guint counts_wrong;     /* mailboxes whose counts were not those of their messages: counted again */
    guint files_unused;     /* files that nothing names: removed */
    guint threads_wrong;    /* messages that were in another thread than they belong to, or counts of threads: set right */
    char *aside;            /* where the damaged store is now; NULL: there was none */
    StoreAdoption adoption; /* of decisions, from all logs that waited for it */
    guint choices;          /* settings of what is kept for offline use that could be read from the damaged one */
} StoreCare;

/* Checks everything, and sets right what can be. FALSE with STORE_ERROR_BUSY (another Malle has it), STORE_ERROR_NEWER (left untouched),
 * STORE_ERROR_FULL, STORE_ERROR_OPEN: what could be done until then is done. */
gboolean store_take_care(const char *path, StoreCare *care, GError **error);
void store_care_clear(StoreCare *care);

#endif
