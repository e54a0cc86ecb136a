/* The rows that the store hands out and takes in: plain data, owned by whoever holds them. Strings are UTF-8
 * and not terminal-safe. Ids are the store's own integers (never a UID, never a row number) and stay the same
 * for the life of the thing they name.
 */
#ifndef MALLE_STORE_ROWS_H
#define MALLE_STORE_ROWS_H

#include <glib.h>

#include "base/keep.h"
#include "base/mailflags.h"
#include "mime/part.h"
#include "mime/summary.h"

typedef enum {
    MAILBOX_ROLE_NONE,
    MAILBOX_ROLE_INBOX,
    MAILBOX_ROLE_DRAFTS,
    MAILBOX_ROLE_SENT,
    MAILBOX_ROLE_ARCHIVE,
    MAILBOX_ROLE_JUNK,
    MAILBOX_ROLE_TRASH,
    MAILBOX_ROLE_ALL,
    MAILBOX_ROLE_FLAGGED,
} MailboxRole; /* RFC 6154, and INBOX */

typedef enum {
    MAILBOX_NO_SELECT = 1 << 0,
    MAILBOX_NO_INFERIORS = 1 << 1,
    MAILBOX_SUBSCRIBED = 1 << 2,
    MAILBOX_READ_ONLY = 1 << 3,
    MAILBOX_NO_MODSEQ = 1 << 4,
    MAILBOX_NEW_KEYWORDS = 1 << 5, /* PERMANENTFLAGS holds \* */
    MAILBOX_HAS_CHILDREN = 1 << 6,
    MAILBOX_OTHER_USERS = 1 << 7, /* in a namespace of other users' (RFC 2342) */
    MAILBOX_SHARED = 1 << 8,      /* in a shared namespace */
} MailboxAttributes;

typedef struct {
    gint64 id;
    char *name;         /* the configured account name, the key */
    char *capabilities; /* as last announced after authentication, space separated; NULL never */
    char *delimiter;    /* of the personal namespace; NULL unknown or none */
    char *prefix;       /* of the personal namespace, decoded, "" usually */
    char *server;       /* whose all this is, "host:port"; NULL nobody's yet */
} StoreAccount;

typedef struct {
    gint64 id, account_id;
    char *name;      /* as people read it: delimiter inside, without the personal namespace's prefix, UTF-8 */
    char *wire_name; /* exactly as the server spells it (modified UTF-7 or UTF-8) */
    char delimiter;  /* 0: flat */
    MailboxRole role;
    MailboxAttributes attributes;
    guint32 uidvalidity, uidnext; /* as of the last SELECT, 0 unknown */
    guint64 highestmodseq;        /* up to which everything is in the store */
    char *permanent_flags;        /* flag names as sent, space separated; NULL unknown */
    guint32 server_messages;      /* what the server last said (EXISTS or STATUS) */
    guint32 server_unseen;        /* what STATUS last said; meaningful when not complete */
    gboolean complete;            /* every message of the server's is in the store: shown counts are exact */
    guint32 lowest_synced_uid;    /* back-fill goes on below it; 0 nothing yet, 1 complete */
    guint32 shown_total, shown_unread,
        shown_flagged; /* kept counts over shown rows, pending intents included */
    gint64 synced_at;  /* Unix µs of the last moment the store was known to equal the server, 0 never */
    KeepRule keep;     /* what is kept for offline use, as it holds now */
    gboolean keep_chosen; /* somebody chose it, in the accounts file or here */
    char *keep_here;   /* chosen here, in the words of keep_rule_parse(); NULL: not */
} StoreMailbox;

/* One message as the engine learned it, for store_writer_put_messages(). */
typedef struct {
    guint32 uid;
    MailFlags flags;
    const char *keywords;          /* space separated, may be NULL */
    guint64 modseq;                /* 0 unknown */
    gint64 internal_date;          /* Unix seconds */
    guint64 size;                  /* RFC822.SIZE, a hint */
    const MessageSummary *summary; /* NULL: flags and sizes only (an update) */
    const MessagePart *structure;  /* NULL when not known yet */
    const char *labels;            /* Gmail's, one a line; NULL: not told */
} StoreMessageInput;

/* One row of a list: what a line on the screen needs and no more. */
typedef struct {
    gint64 id; /* the placement: this message in this mailbox */
    gint64 content_id, thread_id;
    gint64 mailbox_id; /* where it is shown */
    guint32 uid;       /* 0: not on the server yet */
    MailFlags flags;   /* shown */
    char *keywords;    /* shown, "" for none */
    gint64 date;       /* Date:, or INTERNALDATE when absent: what the date order sorts by */
    gint64 internal_date;
    guint64 size;
    char *from_name;         /* or NULL */
    char *from_address;      /* or NULL */
    char *to;                /* formatted list (for Sent, Drafts), or "" */
    char *subject;           /* or "" */
    gboolean has_attachment; /* known only once the structure is */
    gboolean has_structure;
    gboolean has_pending; /* an unfinished intent touches it */
    guint thread_depth;   /* in thread order: 0 for a root */
    guint thread_count;   /* in thread order, on the first row of a thread: messages in it here; else 0 */
    guint thread_unread;
    char *order_key; /* opaque: with id, the anchor of this row in the order it was read in */
} StoreListRow;

/* Everything of one message but its bodies. */
typedef struct {
    StoreListRow *row;
    MessageSummary *summary;
    MessagePart *structure; /* NULL when not known yet */
    char *labels;           /* Gmail's, one a line; NULL: none */
} StoreMessage;

typedef enum {
    STORE_ORDER_DATE,
    STORE_ORDER_THREAD,
    STORE_ORDER_FROM,
    STORE_ORDER_SUBJECT,
    STORE_ORDER_SIZE,
    STORE_ORDER_ARRIVED, /* INTERNALDATE */
} StoreOrder;

/* A message of which not all is here that its mailbox's rule asks for. */
typedef struct {
    gint64 message_id;
    guint32 uid;
    guint64 size;           /* RFC822.SIZE, a hint */
    gboolean has_structure;
} StoreLacking;

/* What a text counts in estimates before anybody knows: most are smaller. */
#define STORE_SUPPOSED_TEXT 8000

/* How far a walk over a mailbox, newest arrival first, has come. */
typedef struct {
    gint64 internal_date, id;
    gboolean end;           /* all was looked at */
} StoreKeepCursor;

/* What a list is of. */
typedef struct {
    gint64 mailbox_id; /* one of the three says what: the others are 0 */
    gint64 view_id;    /* a stored list of message ids: limits, searches, virtual mailboxes */
    gboolean inboxes;  /* what is in the INBOXes of all accounts, merged; not in thread order */
    StoreOrder order;
    gboolean descending;
    gboolean unread_only; /* the partial index of DESIGN §4 */
} StoreListSpec;

void store_account_free(StoreAccount *account);
void store_mailbox_free(StoreMailbox *mailbox);
void store_list_row_free(StoreListRow *row);
void store_message_free(StoreMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreAccount, store_account_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreMailbox, store_mailbox_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreListRow, store_list_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreMessage, store_message_free)

#endif
