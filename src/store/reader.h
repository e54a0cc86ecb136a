/* Reading the store: what the screen shows. One reader per thread (the UI has one, the engine may have its
 * own); read-only connection; nothing here waits for the network or writes.
 *
 * All reads of one repaint stand between store_reader_begin() and store_reader_end(): one short read
 * transaction, so a frame is one consistent picture. None may outlive a frame, or the write-ahead log grows.
 * Every function that reads counts the rows it stepped over: store_reader_rows_read() is what the tests
 * assert.
 */
#ifndef MALLE_STORE_READER_H
#define MALLE_STORE_READER_H

#include "store/intent.h"
#include "store/pop_letter.h"
#include "store/rows.h"

typedef struct StoreReader StoreReader;

/* NULL with error when there is no store yet, when it is from a newer Malle (STORE_ERROR_NEWER) or damaged
 * (STORE_ERROR_DAMAGED). */
StoreReader *store_reader_open(const char *path, GError **error);
void store_reader_close(StoreReader *reader);
gboolean store_reader_begin(StoreReader *reader, GError **error);
void store_reader_end(StoreReader *reader);
guint64 store_reader_rows_read(const StoreReader *reader);
/* Steps of SQLite's machine so far: also counts rows that it passed over without delivering them. */
guint64 store_reader_work(StoreReader *reader);

GPtrArray *store_reader_accounts(StoreReader *reader); /* of StoreAccount*, free func set */
StoreAccount *store_reader_account_by_name(StoreReader *reader, const char *name); /* NULL when none */
/* In sidebar order: INBOX, then roles, then by name with children under parents. Mailboxes whose deletion is
 * pending are left out. */
GPtrArray *store_reader_mailboxes(StoreReader *reader, gint64 account_id);
StoreMailbox *store_reader_mailbox(StoreReader *reader, gint64 mailbox_id); /* NULL when gone */
/* What a person writes for it where the account's names have a prefix (mailbox_names.h). */
char *store_reader_short_name(StoreReader *reader, gint64 account_id, const char *name);
/* With or without the prefix. */
StoreMailbox *store_reader_mailbox_by_name(StoreReader *reader, gint64 account_id, const char *name);
gboolean store_reader_is_called(StoreReader *reader, const StoreMailbox *mailbox, const char *name);
StoreMailbox *store_reader_mailbox_by_wire_name(StoreReader *reader, gint64 account_id,
                                                const char *wire_name);
StoreMailbox *store_reader_mailbox_by_role(StoreReader *reader, gint64 account_id, MailboxRole role);

/* A place in a list. The row it names may have gone: the list is then read from where it was. */
typedef struct {
    char *key; /* StoreListRow.order_key; NULL: the end that `from_end` says */
    gint64 id;
} StoreAnchor;

/* A window of a list, read by keyset along an index, never by row number: up to `before` rows ahead of the
 * anchor and up to `after` rows from it on (the anchor's own row, if it still exists, is the first of those).
 * With anchor NULL: the first `after` rows; with anchor->key NULL and id −1: the last `before` rows. Of
 * StoreListRow*, free func set, in list order. *first_index (may be NULL) gets the index of the anchor's row
 * within the array. */
GPtrArray *store_reader_window(StoreReader *reader, const StoreListSpec *spec, const StoreAnchor *anchor,
                               guint before, guint after, guint *anchor_index, GError **error);
/* Up to `limit` rows of a mailbox (0: of any) that came into the store after `after_id`, in the order in which they came;
 * *last (may be NULL) gets the id to go on from, which passes over what came into other mailboxes. `after_id`
 * −1: none, only *last: where the store ends now. */
GPtrArray *store_reader_rows_after(StoreReader *reader, gint64 mailbox_id, gint64 after_id, guint limit,
                                   gint64 *last);
StoreListRow *store_reader_row(StoreReader *reader, const StoreListSpec *spec, gint64 message_id);
guint64 store_reader_list_total(StoreReader *reader, const StoreListSpec *spec); /* kept count, O(1) */

StoreMessage *store_reader_message(StoreReader *reader, gint64 message_id);
gint64 store_reader_message_account(StoreReader *reader, gint64 message_id); /* 0: there is no such message */
/* The messages of a thread that are shown in `mailbox_id` (0: anywhere), oldest first, depths filled in. */
GPtrArray *store_reader_thread(StoreReader *reader, gint64 thread_id, gint64 mailbox_id);
/* Is nothing to be heard of the thread? */
gboolean store_reader_is_muted(StoreReader *reader, gint64 thread_id);

/* A part's body as cached: bytes as they came over the wire (transfer-encoded unless binary), or NULL.
 * section "" is the whole message, "HEADER" its header. */
GBytes *store_reader_body(StoreReader *reader, gint64 message_id, const char *section);
/* Where it lies when it was large: a file to open read-only, or NULL. Caller frees. */
char *store_reader_body_path(StoreReader *reader, gint64 message_id, const char *section);

gboolean store_reader_has_body(StoreReader *reader, gint64 message_id, const char *section);
/* How many messages of a mailbox lack something that its rule asks for, and what that will come to in bytes, by RFC822.SIZE. Looks at every
 * message within the limits. */
void store_reader_lacking_sizes(StoreReader *reader, gint64 mailbox_id, guint64 *messages, guint64 *bytes);
/* Bytes of bodies here: those that may be evicted, and those that are kept for offline use. */
void store_reader_body_sizes(StoreReader *reader, guint64 *cached, guint64 *kept);

/* The journal. States as a mask of 1 << IntentState. Newest first. Of Intent*, free func set. */
GPtrArray *store_reader_intents(StoreReader *reader, guint state_mask, guint limit);
Intent *store_reader_intent(StoreReader *reader, gint64 intent_id);
/* In the person's words, with the names of its mailboxes, and of the account when it is another. Not terminal-safe. Caller frees. */
char *store_reader_intent_words(StoreReader *reader, const Intent *intent);
guint store_reader_unfinished_intents(StoreReader *reader, gint64 account_id /* 0: all */);

/* The ledger of a POP3 account, gone letters as well: rows with ids above after_id, in their order. Of PopLetter*, free func set. */
GPtrArray *store_reader_pop_letters(StoreReader *reader, gint64 account_id, gint64 after_id, guint limit);

/* Keywords in use in the account (for completion), sorted. Caller: g_strfreev. */
char **store_reader_keywords(StoreReader *reader, gint64 account_id);

/* People written to whose address, name or a word of the name begins with `text`, the most frequent first. Of
 * MailAddress*, free func set. */
GPtrArray *store_reader_addresses(StoreReader *reader, const char *text, guint limit);

/* Setting kept across runs by the UI (column widths, last mailbox …): NULL when unset. Caller frees. */
char *store_reader_setting(StoreReader *reader, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreReader, store_reader_close)

#endif
