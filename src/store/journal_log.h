/* journal.log: the unfinished intents once more, outside the database, so that a damaged store does not take
 * decisions with it (doc/internals/journal.md has the format). Internal to store/; reading it needs no store.
 *
 * The database is the truth while it is whole: the log is brought up to date after each commit that changed
 * the journal, and written anew when the writer opens. */
#ifndef MALLE_STORE_JOURNAL_LOG_H
#define MALLE_STORE_JOURNAL_LOG_H

#include "store/store-private.h"

JournalLog *journal_log_open(const char *store_path, GError **error);
void journal_log_close(JournalLog *log); /* NULL is ignored */
/* Brings it up to date with the journal in the database: these intents (a set of gint64*; NULL: all). Failure
 * is logged and tried again the next time: the decision itself is kept in the database. */
void journal_log_update(JournalLog *log, Database *db, GHashTable *changed);
char *journal_log_path(const char *store_path);

/* What a log says: of JournalLogEntry*, those unfinished, in order. Damaged records are skipped and counted.
 * NULL with STORE_ERROR_OPEN. */
typedef struct {
    gint64 id;
    GHashTable *fields; /* of char* to char* */
} JournalLogEntry;
GPtrArray *journal_log_read(const char *path, guint *damaged, GError **error);
/* The same from its text. Linear in its length, whatever order the records are in. */
GPtrArray *journal_log_parse(const char *text, guint *damaged);
void journal_log_entry_free(JournalLogEntry *entry);
/* Envelope and recipients of a SEND that is taken over; nothing for other kinds (outbox.c). */
void outbox_read_log(Intent *intent, const JournalLogEntry *entry);

#endif
