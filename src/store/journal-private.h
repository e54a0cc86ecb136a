/* What the files of the journal share. Nothing outside store/ includes this. */
#ifndef MALLE_STORE_JOURNAL_PRIVATE_H
#define MALLE_STORE_JOURNAL_PRIVATE_H

#include "store/store-private.h"

/* One message of an intent: a row of intent_message. */
typedef struct {
    gint64 position;
    gint64 message_id;      /* 0: a UID that no row stands for, or APPEND */
    guint32 uid;            /* in the intent's mailbox, 0: not known yet */
    gint64 copy_id;         /* the row that a COPY or APPEND made, 0 */
    gboolean moved;         /* the base has the effect already */
    StoreCarryStep step;    /* of a message that is carried to another account */
    MailFlags before_flags; /* what was shown when it was decided */
    char *before_keywords;
} IntentLink;

/* --- rows (journal_rows.c) --- */

#define INTENT_COLUMNS                                                                                       \
    "id, kind, state, recovery, account_id, mailbox_id, uidvalidity, uids, cursor, target_mailbox_id, "      \
    "target_uidvalidity,"                                                                                    \
    " target_uidnext, add_flags, remove_flags, add_keywords, remove_keywords, name, path, created, "         \
    "group_id, undoes, tries, error, carried"
Intent *journal_intent_from_row(sqlite3_stmt *statement);             /* without message_ids */
Intent *journal_read(Database *db, gint64 intent_id, GError **error); /* with them; STORE_ERROR_NO_SUCH */
GPtrArray *journal_select(Database *db, GError **error, const char *sql, gint64 a,
                          gint64 b); /* all of INTENT_COLUMNS' order, with message_ids */
GArray *journal_links(Database *db, gint64 intent_id, GError **error); /* of IntentLink, by position */
gint64 journal_insert(StoreWriter *writer, const Intent *intent, GError **error);
gboolean journal_insert_link(StoreWriter *writer, gint64 intent_id, const IntentLink *link, GError **error);
gboolean journal_mark(StoreWriter *writer, gint64 intent_id, IntentState state, const char *words,
                      GError **error);
gboolean journal_is_unfinished(IntentState state);
gboolean journal_is_about_messages(IntentKind kind);
gboolean journal_is_safe_to_repeat(const Intent *intent); /* whatever became of the first time (journal.c) */
GArray *journal_collect_ids(StoreWriter *writer, GError **error, const char *sql, gint64 a,
                            gint64 b); /* first column, of gint64 */

/* --- to another account (journal_carry.c) --- */

/* What is seen at once of a decision that carries. */
gboolean journal_carry_effect(StoreWriter *writer, const Intent *intent, const GArray *links, GError **error);
void journal_carry_clean(StoreWriter *writer); /* files of the process before */

/* --- deciding (journal_freeze.c) --- */

/* Commits within the open transaction; appends the rows' ids. */
gboolean journal_commit(StoreWriter *writer, const Intent *intent, GArray *ids, GError **error);
gboolean journal_may(StoreWriter *writer, const Intent *intent, const StoreMailbox *mailbox,
                     GError **error); /* journal_rules.c */
gboolean journal_may_mailbox(StoreWriter *writer, const Intent *intent, const StoreMailbox *mailbox,
                             GError **error);

/* The new row's group: its own, or that of the first one of the same decision (in ids). */
gboolean journal_finish_row(StoreWriter *writer, Intent *intent, GArray *ids, GError **error);

/* --- effects (journal_effects.c) --- */

/* What is seen at once. The row and its links stand already. */
gboolean journal_effect(StoreWriter *writer, const Intent *intent, GError **error);
/* The intent is no longer unfinished: what it showed goes. */
gboolean journal_take_back(StoreWriter *writer, const Intent *intent, GError **error);
/* A copy that never came to be: the row goes, and what was decided on it has lost its object. */
gboolean journal_unmake_copy(StoreWriter *writer, gint64 copy_id, GError **error);
/* The mailbox row of a CREATE. 0 on error. */
gint64 journal_make_mailbox(StoreWriter *writer, const Intent *intent, GError **error);

/* --- the base takes it (journal_done.c) --- */

gboolean journal_apply_link(StoreWriter *writer, const Intent *intent, const IntentLink *link,
                            guint32 new_uid, GError **error);

/* The row's place on the server is the target; uid 0: not known. Another row that stands for it is absorbed. */
gboolean journal_place_row(StoreWriter *writer, const Intent *intent, gint64 message_id, guint32 new_uid,
                           GError **error);

/* --- letters that are sent (outbox.c) --- */

/* The row and its recipients, within the open transaction; the letter's file is this intent's own from then on. */
gboolean outbox_commit(StoreWriter *writer, const Intent *intent, GArray *ids, GError **error);
gboolean outbox_load(Database *db, Intent *intent, GError **error); /* envelope and recipients, of a SEND */
/* The person wants it tried again, though it failed or may have gone. */
gboolean outbox_wait_again(StoreWriter *writer, const Intent *intent, GError **error);
/* The person knows that it went. */
gboolean outbox_taken_as_sent(StoreWriter *writer, const Intent *intent, GError **error);
/* The APPEND of a copy is done: what was staged for it goes. */
gboolean outbox_copy_is_there(StoreWriter *writer, gint64 append_id, GError **error);
gboolean outbox_is_here_only(const Intent *intent); /* no server can have it */
gboolean outbox_forget(StoreWriter *writer, GError **error); /* what belongs to intents that are no more */
const char *outbox_doubt(void);                              /* why an intent became unknown; translated */

/* --- after something before it changed (journal_server.c) --- */

/* Where the message will be, as far as is known, when the intent's turn comes; uid 0: not known. */
gboolean journal_place(StoreWriter *writer, gint64 message_id, gint64 intent_id, gint64 *mailbox_id,
                       guint32 *uid, GError **error);
/* A row of its own, with no messages yet, of the same group. 0 on error. */
gint64 journal_split(StoreWriter *writer, gint64 intent_id, GError **error);
gboolean journal_refreeze(StoreWriter *writer, gint64 intent_id, GError **error);
/* All pending intents on these messages (of gint64). */
gboolean journal_refreeze_for(StoreWriter *writer, const GArray *message_ids, GError **error);

#endif
