/* Writing the store: the engine's one writing connection. Engine thread only.
 *
 * Every call is its own transaction unless it stands between store_writer_begin() and store_writer_commit().
 * Summaries are committed with synchronous=NORMAL; intents and their state steps with FULL (durable when the
 * call returns). The writer keeps base (what the server last said) and shown (base plus unfinished intents)
 * on each row; everything that takes a server's word changes base and recomputes shown, so a late summary or
 * flag never undoes a decision on the screen. Counts (total, unread, flagged) and threads are kept in the
 * same transaction.
 */
#ifndef MALLE_STORE_WRITER_H
#define MALLE_STORE_WRITER_H

#include "store/intent.h"
#include "store/rows.h"

#define STORE_ERROR store_error_quark()
GQuark store_error_quark(void);

typedef enum {
    STORE_ERROR_OPEN,  /* cannot open or create: path and reason in the message */
    STORE_ERROR_NEWER, /* written by a newer Malle: left untouched */
    STORE_ERROR_DAMAGED,
    STORE_ERROR_FULL,    /* no room on the disk: nothing was lost, what was already kept stays */
    STORE_ERROR_BUSY,    /* another Malle writes to this store */
    STORE_ERROR_NO_SUCH, /* id or name not there */
    STORE_ERROR_REFUSED, /* the intent makes no sense (no Trash, keyword not permitted …): words for the
                            person */
    STORE_ERROR_SQL,
} StoreErrorCode;

typedef struct StoreWriter StoreWriter;

/* Opens or creates (0600, in a directory made 0700), migrates, takes the writer lock beside the file;
 * `sending` intents become `unknown` or, where safe to repeat or to look for, `pending` again with recovery
 * set. */
StoreWriter *store_writer_open(const char *path, GError **error);
void store_writer_close(StoreWriter *writer);
const char *store_writer_path(const StoreWriter *writer); /* of the store */
guint64 store_writer_work(StoreWriter *writer); /* steps of SQLite's machine so far: what tests assert */
gboolean store_writer_begin(StoreWriter *writer, GError **error);
gboolean store_writer_commit(StoreWriter *writer, GError **error);
void store_writer_rollback(StoreWriter *writer);

/* --- what the server says ----------------------------------------------------------------- */

gint64 store_writer_put_account(StoreWriter *writer, const char *name,
                                GError **error); /* finds or makes; 0 on error */
gboolean store_writer_set_account(StoreWriter *writer, const StoreAccount *account, GError **error);

/* The account's list as the server has it now (of StoreMailbox*, ids ignored, matched by wire_name). New ones
 * are added; with `remove_absent` those not in it go, unless an intent still needs them, or a new one has their
 * UIDVALIDITY: then they were renamed elsewhere. Only name, wire_name, delimiter, role and attributes are taken. */
gboolean store_writer_sync_mailboxes(StoreWriter *writer, gint64 account_id, const GPtrArray *mailboxes,
                                     gboolean remove_absent, GError **error);
/* Finds or makes a mailbox by its wire name (for local accounts and tests). */
gint64 store_writer_put_mailbox(StoreWriter *writer, gint64 account_id, const StoreMailbox *mailbox,
                                GError **error);
/* The server's spelling of a mailbox that was made or renamed from here; what lies below it follows. */
gboolean store_writer_spell_mailbox(StoreWriter *writer, gint64 mailbox_id, const char *wire_name, GError **error);
/* STATUS: counts of a mailbox that is not open. */
gboolean store_writer_set_status(StoreWriter *writer, gint64 mailbox_id, guint32 messages, guint32 unseen,
                                 guint32 uidnext, guint32 uidvalidity, GError **error);
/* SELECT's answer: attributes (READ_ONLY, NO_MODSEQ, NEW_KEYWORDS), permanent flags, EXISTS, UIDNEXT, and
 * UIDVALIDITY: when it differs from the stored one (or UIDNEXT went back) the mailbox was numbered anew (*was_reset): its rows and the
 * intents on them wait until set_progress() says that all summaries are here, and are then matched by what they are; intents that may
 * have been sent become conflicts. */
gboolean store_writer_set_selected(StoreWriter *writer, const StoreMailbox *selected, gboolean *was_reset,
                                   GError **error);
/* How far the mailbox is known. */
gboolean store_writer_set_progress(StoreWriter *writer, gint64 mailbox_id, guint64 highestmodseq,
                                   guint32 lowest_synced_uid, gboolean complete, gint64 synced_at,
                                   GError **error);

/* Adds or updates messages (by UID). One call is one commit: keep it to about 100 rows. A message moved or
 * copied here by an intent whose new UID is known keeps its row. */
gboolean store_writer_put_messages(StoreWriter *writer, gint64 mailbox_id, const StoreMessageInput *messages,
                                   guint count, GError **error);
/* Since this was asked last a UID that a server had told of (APPENDUID, COPYUID) turned out to be another message's, or none: the
 * mailbox that was being filled has to be compared with the server's list of UIDs. */
gboolean store_writer_take_misplaced(StoreWriter *writer);
gboolean store_writer_set_base_flags(StoreWriter *writer, gint64 mailbox_id, guint32 uid, MailFlags flags,
                                     const char *keywords, guint64 modseq, GError **error);
/* UIDs the server says are gone. */
gboolean store_writer_expunged(StoreWriter *writer, gint64 mailbox_id, const guint32 *uids, guint count,
                               GError **error);
gboolean store_writer_put_structure(StoreWriter *writer, gint64 mailbox_id, guint32 uid,
                                    const MessagePart *structure, GError **error);

/* All UIDs of the mailbox in ascending order, as the server numbers them (base, not shown). For mapping
 * sequence numbers and for comparing. Of guint32. */
GArray *store_writer_uids(StoreWriter *writer, gint64 mailbox_id);
gint64 store_writer_message_by_uid(StoreWriter *writer, gint64 mailbox_id, guint32 uid); /* 0 when none */
gboolean store_writer_locate(StoreWriter *writer, gint64 message_id, gint64 *mailbox_id,
                             guint32 *uid); /* base place; FALSE when gone or without UID */
gboolean store_writer_has_structure(StoreWriter *writer, gint64 message_id);

/* --- bodies ------------------------------------------------------------------------------- */

/* A body as it came over the wire; small ones become rows, large ones files named by digest. */
gboolean store_writer_put_body(StoreWriter *writer, gint64 message_id, const char *section, GBytes *bytes,
                               GError **error);
/* A large one, piece by piece: nothing is kept until finish; abort leaves no trace. */
typedef struct StoreBodySink StoreBodySink;
StoreBodySink *store_writer_body_begin(StoreWriter *writer, gint64 message_id, const char *section,
                                       GError **error);
gboolean store_body_sink_write(StoreBodySink *sink, const void *bytes, gsize length, GError **error);
gboolean store_body_sink_finish(StoreBodySink *sink, GError **error); /* frees the sink */
void store_body_sink_abort(StoreBodySink *sink);
/* Somebody reads this message: its bodies are the last to be evicted. */
gboolean store_writer_body_used(StoreWriter *writer, gint64 message_id, GError **error);
/* Oldest unused out first until the cache holds at most `limit` bytes. */
gboolean store_writer_evict(StoreWriter *writer, guint64 limit, guint64 *freed, GError **error);

/* --- what is kept for offline use (doc/internals/offline.md) ------------------------------- */

/* The person's own choice for a mailbox, in the words of keep_rule_parse(); NULL: none. Only kept: the engine
 * says what holds. */
gboolean store_writer_set_keep_here(StoreWriter *writer, gint64 mailbox_id, const char *text, GError **error);
/* The rule that holds from now on; to be followed by store_writer_refresh_keep(). */
gboolean store_writer_set_keep(StoreWriter *writer, gint64 mailbox_id, const KeepRule *rule, gboolean chosen,
                               GError **error);
/* Rules changed, days went by, messages came and went: finds for all mailboxes what is within the limits.
 * Bodies that are not held by any rule any more become cache again. */
gboolean store_writer_refresh_keep(StoreWriter *writer, GError **error);
void store_keep_cursor_start(StoreKeepCursor *cursor);
/* Walks on over the messages within the rule's limits, newest arrival first, and appends those that lack
 * something (StoreLacking) until `most` are gathered or some hundred rows were looked at; cursor->end says
 * whether there is more. Summaries that are not here are not its subject: see StoreMailbox.complete. */
gboolean store_writer_lacking(StoreWriter *writer, gint64 mailbox_id, StoreKeepCursor *cursor, guint most,
                              GArray *lacking, GError **error);
/* This body, which is here, is kept; then, when all that the level asks for is: the message as a whole. */
gboolean store_writer_keep_body(StoreWriter *writer, gint64 message_id, const char *section, GError **error);
gboolean store_writer_set_kept(StoreWriter *writer, gint64 message_id, KeepLevel level, GError **error);

/* --- the journal -------------------------------------------------------------------------- */

/* Commits a decision and its local effect in one durable transaction. The intent is split by mailbox; *ids
 * (of gint64, caller frees) gets the rows. A refusal (STORE_ERROR_REFUSED) changes nothing. */
gboolean store_writer_commit_intent(StoreWriter *writer, const Intent *intent, GArray **ids, GError **error);
/* The oldest unfinished intents of an account that nothing unfinished stands before (same message or
 * mailbox): what may be replayed now, in order. Of Intent*. */
GPtrArray *store_writer_ready_intents(StoreWriter *writer, gint64 account_id, guint limit);
Intent *store_writer_intent(StoreWriter *writer, gint64 intent_id);
gboolean store_writer_intent_sending(StoreWriter *writer, gint64 intent_id, guint32 target_uidvalidity,
                                     guint32 target_uidnext, GError **error); /* durable when it returns */
gboolean store_writer_intent_cursor(StoreWriter *writer, gint64 intent_id, gint64 cursor, GError **error);
/* Done: base takes the intent's effect. For MOVE and COPY with COPYUID, `new_uids` are the target UIDs in the
 * order of the source UIDs (NULL when not known: the moved rows then wait for the target's next
 * synchronisation, matched by Message-ID and size). `gone` UIDs were no longer there. */
gboolean store_writer_intent_done(StoreWriter *writer, gint64 intent_id, guint32 target_uidvalidity,
                                  const guint32 *new_uids, guint count, GError **error);
/* Pending decisions that wait because a message that an earlier one moved or copied there has no UID yet (the server did not name
 * it): where, and what it can be known by. In the order of the journal. Of StoreUnnamed, clear func set. */
typedef struct {
    gint64 intent_id, mailbox_id;
    char *message_id; /* its Message-ID, or NULL */
    guint64 size;
} StoreUnnamed;
GArray *store_writer_unnamed(StoreWriter *writer, gint64 account_id);
/* These UIDs of a decision that is being carried out are no longer there: they leave it, and their rows (and copies) go. */
gboolean store_writer_intent_gone(StoreWriter *writer, gint64 intent_id, const guint32 *uids, guint count,
                                  GError **error);
/* Failed or in conflict: the local effect is taken back (shown recomputed from base), the words kept. Back to
 * pending after a lost link: state PENDING, error the reason. */
gboolean store_writer_intent_state(StoreWriter *writer, gint64 intent_id, IntentState state,
                                   const char *words, GError **error);

/* Letters to be sent whose time has come (not_before <= now, Unix µs), oldest first. Of Intent*. store_writer_ready_intents() leaves
 * them out: they need no mailbox and no message, and another link. */
GPtrArray *store_writer_ready_sendings(StoreWriter *writer, gint64 account_id, gint64 now, guint limit);
/* When the next one that waits has its time, Unix µs; 0: none waits. */
gint64 store_writer_next_sending(StoreWriter *writer, gint64 account_id);
/* After store_writer_intent_sending(), to be called before the last octets of the letter go; durable when it returns. Without it they
 * must not go. */
gboolean store_writer_sending_last_octets(StoreWriter *writer, gint64 intent_id, GError **error);
/* What the server said of each recipient: `verdicts` in the order of Intent.recipients, WAITING for a temporary refusal. Those accepted
 * before stay so. With the first acceptance the copy for target_mailbox_id is committed in the same transaction (an APPEND); were it
 * refused, the words say so and the sending stands. Then: pending until `retry_at` while one waits, else failed, else done. */
gboolean store_writer_sending_answered(StoreWriter *writer, gint64 intent_id, const IntentRecipient *verdicts, guint count,
                                       gint64 retry_at, GError **error);
/* Commits an APPEND of the letter to Drafts, from where it is to be submitted by its URL (Intent.staged_message_id); once it is accepted that
 * message is moved in place of a copy. departing: a file with the letter as it leaves, where the kept one has a Bcc, and header: the octets of
 * that one's header; then the copy is put together from this header and what is staged, which goes when the copy is there. NULL, 0: the kept
 * file itself. */
gboolean store_writer_sending_stage(StoreWriter *writer, gint64 intent_id, gint64 drafts_mailbox_id, const char *departing, guint64 header,
                                    GError **error);
/* Of the APPEND of a copy: the message that was staged for it, and the octets of the header in its file that belongs before that one's text.
 * 0: it is an ordinary one. */
gint64 store_writer_copy_of_staged(StoreWriter *writer, gint64 append_id, guint64 *header);
/* A letter that is not being sent right now, to Drafts instead (where it may lie already) and out of the outbox, in one transaction. */
gboolean store_writer_sending_to_drafts(StoreWriter *writer, gint64 intent_id, gint64 drafts_mailbox_id, GError **error);
/* The id of that APPEND while it is not done; 0: it is, or there is none. */
gint64 store_writer_sending_staging(StoreWriter *writer, gint64 intent_id);
/* Copies that are wanted and have no place: of letters that somebody accepted, whose mailbox was never found, is gone, or does not take them for
 * good. Of Intent*, free func set: the letter itself, or the APPEND of its copy; path has it. */
GPtrArray *store_writer_homeless_copies(StoreWriter *writer, gint64 account_id);
/* One of them has found a place elsewhere; words say where. */
gboolean store_writer_copy_is_kept_here(StoreWriter *writer, const Intent *intent, const char *words, GError **error);
/* It is such an APPEND. */
gboolean store_writer_is_staging(StoreWriter *writer, gint64 append_id);
/* Where the copy of a letter that waits is to be kept (or INTENT_NO_COPY), which was not known before. */
gboolean store_writer_sending_copy_to(StoreWriter *writer, gint64 intent_id, gint64 mailbox_id, GError **error);
/* A letter that waits, why in words (NULL: nothing to say), and until when; 0: as it was. */
gboolean store_writer_sending_put_off(StoreWriter *writer, gint64 intent_id, const char *words, gint64 until, GError **error);
/* The link broke: unknown if the last octets were to go, else pending until `retry_at`. */
gboolean store_writer_sending_cut(StoreWriter *writer, gint64 intent_id, const char *words, gint64 retry_at, GError **error);
/* A letter that lay in a spool, by its name there: committed as store_writer_commit_intent() does, or, where that happened before,
 * not again. *intent_id: the journal's row either way. */
gboolean store_writer_commit_spooled(StoreWriter *writer, const char *spool_id, const Intent *intent, gint64 *intent_id, GError **error);
gint64 store_writer_spooled(StoreWriter *writer, const char *spool_id); /* the row it became; 0: none */
/* Names of which no file lies in the spool any more need not be remembered. lying: of char*. */
gboolean store_writer_forget_spooled(StoreWriter *writer, const GPtrArray *lying, GError **error);
/* Undo a group: unsent intents are taken back (*undone), for sent ones the opposite is committed as new
 * intents (*opposed, rows in *ids). What cannot be undone (an expunge that was done) is STORE_ERROR_REFUSED
 * with words. group 0: the newest group that can be undone. */
gboolean store_writer_undo(StoreWriter *writer, gint64 group, guint *undone, guint *opposed, GArray **ids,
                           GError **error);

/* A move, copy or append that has failed, is in conflict or was not sent yet goes to another mailbox instead, of any account: decided anew
 * (rows in *ids), in the same group. STORE_ERROR_REFUSED with words. */
gboolean store_writer_retarget(StoreWriter *writer, gint64 intent_id, gint64 mailbox_id, GArray **ids, GError **error);

/* After a store was damaged and a new one made in its place: the decisions of the old one from the journal.log that
 * was put aside (store_journal_logs_left()). What was being sent is `unknown`; what can no longer be told becomes a
 * conflict with its reason. All or nothing; the log is renamed to LOG.taken, and one read twice adds nothing. */
typedef struct {
    guint adopted; /* decisions taken over */
    guint unknown; /* those among them of which it cannot be told whether they were done */
    guint lost;    /* listed as conflicts: what they were about cannot be told */
    guint damaged; /* records that could not be read */
} StoreAdoption;
gboolean store_writer_adopt_journal(StoreWriter *writer, const char *log_path, StoreAdoption *adoption,
                                    GError **error);
/* The logs beside the store that wait for this, oldest first; needs no open store. Caller: g_strfreev. */
char **store_journal_logs_left(const char *store_path);

/* --- messages carried to another account (journal_carry.c) --- */

typedef enum { STORE_CARRY_WAITS, STORE_CARRY_SENT, STORE_CARRY_ARRIVED } StoreCarryStep;
typedef struct {
    gint64 position;   /* within the intent: names the message in the calls below */
    gint64 message_id; /* the original; 0: it is gone */
    StoreCarryStep step;
    MailFlags flags; /* what it is stored with there */
    char *keywords;
    gint64 internal_date;   /* Unix seconds */
    guint64 size;           /* RFC822.SIZE of the original */
    char *message_id_field; /* of its header, without <>; NULL: none */
} StoreCarried;
/* Where files of messages on their way may lie; emptied when the store is opened. Caller frees. */
char *store_writer_carry_directory(StoreWriter *writer);
/* Of StoreCarried, in order, with a clear func. Caller unrefs. */
GArray *store_writer_carried(StoreWriter *writer, gint64 intent_id);
/* These are about to be appended: durable when it returns. Makes the intent `sending` if it is not yet. */
gboolean store_writer_carry_sending(StoreWriter *writer, gint64 intent_id, const gint64 *positions, guint count,
                                    guint32 uidvalidity, guint32 uidnext, GError **error);
/* It is there for certain. uid 0: not known; the row waits for the target's synchronisation. */
gboolean store_writer_carry_arrived(StoreWriter *writer, gint64 intent_id, gint64 position, guint32 uidvalidity,
                                    guint32 uid, GError **error);
/* It is not there for certain: the server refused it. */
gboolean store_writer_carry_refused(StoreWriter *writer, gint64 intent_id, gint64 position, GError **error);
/* This one cannot go on (FAILED, CONFLICT, UNKNOWN, with words): it becomes a decision of its own, whose id is returned, so
 * that the others do. The only one left is the intent itself. 0 on error. */
gint64 store_writer_carry_set_aside(StoreWriter *writer, gint64 intent_id, gint64 position, IntentState state,
                                    const char *words, GError **error);

/* --- threads (doc/internals/threads.md) --- */

/* Works all threads out anew and sets right what was kept otherwise. *wrong: messages whose thread it was not, or lists of threads with wrong
 * counts. Reads everything: for malle doctor --store. */
gboolean store_writer_check_threads(StoreWriter *writer, guint *wrong, GError **error);
/* From now on threads with the same base subject are one, or not: all are gathered anew when that changes. */
gboolean store_writer_merge_subjects(StoreWriter *writer, gboolean merge, GError **error);
/* Is nothing to be heard of the message's thread? */
gboolean store_writer_is_muted(StoreWriter *writer, gint64 message_id);
/* Unread messages of muted threads among what came since the last call (over restarts): of StoreMutedArrival, by mailbox. At most 1,000; the
 * rest with the next call. Reads what came, and nothing where no thread is muted. Caller unrefs. */
typedef struct {
    gint64 message_id, mailbox_id;
} StoreMutedArrival;
GArray *store_writer_muted_arrivals(StoreWriter *writer);
/* Of the messages with the `count` highest UIDs of a mailbox, how many are in muted threads. */
guint store_writer_muted_among(StoreWriter *writer, gint64 mailbox_id, guint count);

/* --- views: stored lists of message ids --------------------------------------------------- */

gint64 store_writer_view_new(StoreWriter *writer,
                             const char *name /* NULL: nameless, dies with the process */, GError **error);
gboolean store_writer_view_add(StoreWriter *writer, gint64 view_id, const gint64 *message_ids, guint count,
                               GError **error);
gboolean store_writer_view_drop(StoreWriter *writer, gint64 view_id, GError **error);

gboolean store_writer_set_setting(StoreWriter *writer, const char *name, const char *value, GError **error);

/* What an action cost on the wire (DESIGN §1.4). */
typedef struct {
    gint64 account_id;
    const char *action; /* "open", "summaries", "read", "flags" … */
    guint flights;
    guint64 up, down; /* bytes on the wire */
    guint64 wait_ms;
    guint rows;
} StoreWire;
gboolean store_writer_add_wire(StoreWriter *writer, const StoreWire *wire, GError **error);

/* A slice of the write-ahead log into the file, on a connection of its own; to be called when idle. */
gboolean store_writer_checkpoint(StoreWriter *writer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreWriter, store_writer_close)

#endif
