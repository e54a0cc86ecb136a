/* What the files of store/ that write share: the writer itself, transactions, and the few functions that more
 * than one subject needs. Nothing outside store/ includes this. Engine thread only.
 */
#ifndef MALLE_STORE_STORE_PRIVATE_H
#define MALLE_STORE_STORE_PRIVATE_H

#include "store/database.h"
#include "store/writer.h"

typedef struct Checkpointer Checkpointer;
typedef struct JournalLog JournalLog;

struct StoreWriter {
    Database *db;
    char *path;
    char *body_directory;
    int lock;
    guint depth;            /* of nested transactions */
    gboolean sync_wanted;   /* a durable call stands within the open transaction */
    gboolean full;          /* synchronous is FULL now, else NORMAL */
    GHashTable *counts;     /* mailbox id -> CountDelta*, of the open transaction (shown.c) */
    GPtrArray *loose_files; /* body files that the open transaction took the last row from, perhaps */
    gboolean misplaced;     /* until store_writer_take_misplaced() */
    gint64 last_used;       /* the newest moment at which a body was used; 0: not known (bodies.c) */
    GHashTable *keywords;   /* "account name" known to be in the table (flags.c) */
    Checkpointer *checkpointer;
    int wal_pages;      /* length of the write-ahead log after the last commit */
    gint64 wal_written; /* its length in bytes when it was last asked to be written back */
    GHashTable *dirty_threads;  /* set of ids: threads that may have fallen apart within the open transaction */
    GHashTable *thread_choices; /* thread_choices(); NULL: to be read */
    gboolean merge_subjects;    /* threads with the same subject are one (thread_subjects.h) */
    gint64 muted_looked_at;     /* rows up to this id have been looked at (thread_change.c); 0: not known */
    JournalLog *log;
    GHashTable *log_dirty; /* ids of the intents that changed within the open transaction */
};

/* A transaction, or a savepoint within one. durable: on the disk when the outermost end returns. */
gboolean store_begin(StoreWriter *writer, gboolean durable, GError **error);
/* With ok: commits; else takes everything back to the matching begin. Returns whether it was committed. */
gboolean store_end(StoreWriter *writer, gboolean ok, GError **error);

gboolean store_no_such(GError **error, const char *what, gint64 id); /* STORE_ERROR_NO_SUCH; FALSE */

/* --- shown = base + unfinished intents (shown.c) --- */

/* Recomputes what is shown of a message after its base or its intents changed; keeps counts, threads and
 * views. */
gboolean shown_update(StoreWriter *writer, gint64 message_id, GError **error);
/* Counts of a row that comes (+1) or goes (−1); mailbox 0: hidden, nothing to count. Written at the end of
 * the transaction. */
void shown_count(StoreWriter *writer, gint64 mailbox_id, int total, int unread, int flagged);
gboolean shown_write_counts(StoreWriter *writer, GError **error);
void shown_forget_counts(StoreWriter *writer);
/* Takes a row away: counts, threads, views, journal links, and its content when it was the last placement. */
gboolean shown_remove_row(StoreWriter *writer, gint64 message_id, GError **error);

/* --- flags (flags.c) --- */

char *flags_apply_keywords(const char *keywords, const char *add, const char *remove);
gboolean flags_note_keywords(StoreWriter *writer, gint64 account_id, const char *keywords, GError **error);

/* --- contents and placements (contents.c, messages.c) --- */

typedef struct {
    gint64 content_id, thread_id;
    gint64 date, internal_date, size;
    char *from_key, *subject_key;
    gint64 msgid_hash, subject_hash;
} StoreContent;

void store_content_clear(StoreContent *content);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreContent, store_content_clear)
gint64 content_hash_id(const char *message_id); /* never 0 */
/* Finds the content or makes it; its thread is joined. Adds one placement. */
gboolean content_put(StoreWriter *writer, gint64 account_id, const MessageSummary *summary,
                     gint64 internal_date, guint64 size, StoreContent *content, GError **error);
gboolean content_release(StoreWriter *writer, gint64 content_id, gint64 thread_id, GError **error);

typedef struct {
    gint64 mailbox_id; /* base; 0: nowhere yet */
    guint32 uid;       /* 0: not known */
    MailFlags flags;
    const char *keywords;
    guint64 modseq;
    gint64 shown_mailbox;
} StorePlacement;
/* A new row, shown as its base says but in shown_mailbox. 0 on error. */
gint64 message_insert(StoreWriter *writer, const StoreContent *content, const StorePlacement *placement,
                      GError **error);
/* Takes over what the server says of row `other` (UID, flags), which goes. */
gboolean message_absorb(StoreWriter *writer, gint64 message_id, gint64 other, GError **error);

gboolean structure_put(StoreWriter *writer, gint64 content_id, const MessagePart *root, GError **error);
gboolean structure_drop(StoreWriter *writer, gint64 content_id, GError **error);
MessagePart *structure_read(Database *db, gint64 content_id);

/* The recipients of a message that was sent (addresses.c). */
gboolean addresses_collect(StoreWriter *writer, const MessageSummary *summary, gint64 date, GError **error);

/* --- bodies (bodies.c) --- */

/* Files that are not ours are never the oldest. */
#define STORE_USED_NEVER_EVICTED G_MAXINT64

gboolean bodies_drop(StoreWriter *writer, gint64 content_id, GError **error);
void bodies_remove_loose_files(StoreWriter *writer); /* after the commit */
/* A whole message in a file that is not ours. */
gboolean bodies_put_external(StoreWriter *writer, gint64 content_id, const char *path, guint64 size,
                             GError **error);

/* --- the full-text index (fulltext.c) --- */

/* Its structure or a text of it came. */
gboolean fulltext_note(StoreWriter *writer, gint64 content_id, GError **error);

/* --- threads (threads.c) --- */

/* The thread of a content with its Message-ID (hash, 0 none) and references: found, joined, or new (then
 * named after the content). 0 on error. */
gint64 threads_join(StoreWriter *writer, const StoreContent *content, const gint64 *refs, guint n_refs, GError **error);
/* Something of the thread went, or was decided by hand: whether it is still one is found before the transaction ends. */
void threads_mark(StoreWriter *writer, gint64 thread_id);
gboolean threads_settle(StoreWriter *writer, GError **error);
void threads_forget_marks(StoreWriter *writer); /* the transaction is taken back */
/* A message comes into a list or leaves it; `date` is its own. */
gboolean threads_list_add(StoreWriter *writer, gint64 list, gint64 thread_id, gint64 date, gboolean unread,
                          GError **error);
gboolean threads_list_remove(StoreWriter *writer, gint64 list, gint64 thread_id, gint64 date, gboolean unread,
                             GError **error);
gboolean threads_list_unread(StoreWriter *writer, gint64 list, gint64 thread_id, int delta, GError **error);

/* --- views (views.c) --- */

/* Brings the views that hold the message up to date: its read state, and whether it is still shown where it
 * was when it was added. */
gboolean views_message_changed(StoreWriter *writer, gint64 message_id, gint64 thread_id, gint64 shown_mailbox,
                               gboolean unread, GError **error);
gboolean views_message_gone(StoreWriter *writer, gint64 message_id, gint64 thread_id, GError **error);

/* --- mailboxes (mailboxes.c) --- */

#define STORE_MAILBOX_COLUMNS                                                                                \
    "id, account_id, shown_name, wire_name, delimiter, role, shown_attributes, uidvalidity, uidnext, "       \
    "highestmodseq,"                                                                                         \
    " permanent_flags, server_messages, server_unseen, complete, lowest_synced_uid, shown_total, "           \
    "shown_unread,"                                                                                          \
    " shown_flagged, synced_at, keep_level, keep_days, keep_bytes, keep_chosen, keep_here"
StoreMailbox *mailbox_from_row(sqlite3_stmt *statement);
StoreMailbox *mailbox_read(Database *db, gint64 mailbox_id,
                           GError **error); /* also one whose deletion is pending */
/* Names, attributes and presence = base + unfinished intents, for all mailboxes of the account. */
gboolean mailboxes_update_shown(StoreWriter *writer, gint64 account_id, GError **error);
/* mailbox_renames.c: rows follow mailboxes that were renamed elsewhere; to be called before the list is taken over. */
gboolean mailboxes_follow_renames(StoreWriter *writer, gint64 account_id, const GPtrArray *mailboxes, GError **error);
gboolean mailbox_drop_rows(StoreWriter *writer, gint64 mailbox_id, GError **error);
gboolean mailbox_delete(StoreWriter *writer, gint64 mailbox_id, GError **error);

/* --- the journal (journal.c, journal_effects.c) --- */

void journal_note(StoreWriter *writer,
                  gint64 intent_id); /* it changed: journal.log follows after the commit */

#define INTENT_UNFINISHED_SQL "(0, 1, 5)" /* pending, sending, unknown */
#define INTENT_UNFINISHED_MASK (1u << INTENT_PENDING | 1u << INTENT_SENDING | 1u << INTENT_UNKNOWN)

/* The message's place on the server became known or changed: later intents on it are frozen anew. */
gboolean journal_message_placed(StoreWriter *writer, gint64 message_id, GError **error);
/* The server says that it is gone. *keep: a move under way has it, the row stays without a UID. */
gboolean journal_message_expunged(StoreWriter *writer, gint64 message_id, gboolean *keep, GError **error);
/* The row goes: its links go, intents left without any target become conflicts. */
gboolean journal_message_removed(StoreWriter *writer, gint64 message_id, const char *words, GError **error);
/* renumbered: decisions whose messages never had a UID there go on waiting for it. */
gboolean journal_mailbox_reset(StoreWriter *writer, gint64 mailbox_id, gboolean renumbered, const char *words,
                               GError **error);
/* A new row with a UID that an unfinished intent already names. */
gboolean journal_message_arrived(StoreWriter *writer, gint64 mailbox_id, guint32 uid, gint64 message_id,
                                 GError **error);
gboolean journal_expects_late(StoreWriter *writer); /* is there any such UID at all? */
gboolean journal_recover(StoreWriter *writer, GError **error);

#endif
