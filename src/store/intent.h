/* An intent: one decision of the person, as it is handed to the engine and kept in the journal.
 *
 * Plain data, built by model/ (any thread), owned by whoever holds it, given to the engine by engine_submit()
 * (transfer full), committed by store_writer_commit_intent() together with its local effect, replayed by the
 * engine. The words of the states are the journal's (doc/internals/journal.md).
 */
#ifndef MALLE_STORE_INTENT_H
#define MALLE_STORE_INTENT_H

#include <glib.h>

#include "base/mailflags.h"

typedef enum {
    INTENT_FLAGS,   /* add and remove flags and keywords on messages: set operations, safe to repeat */
    INTENT_MOVE,    /* messages to another mailbox */
    INTENT_COPY,    /* messages to another mailbox, the originals stay */
    INTENT_DELETE,  /* what "delete" means for the account: move to Trash, or \Deleted + UID EXPUNGE */
    INTENT_EXPUNGE, /* the messages marked \Deleted in a mailbox, frozen as targets when decided */
    INTENT_APPEND,  /* a message kept in a file here, into a mailbox */
    INTENT_CREATE_MAILBOX,
    INTENT_RENAME_MAILBOX,
    INTENT_DELETE_MAILBOX,
    INTENT_SUBSCRIBE,
    INTENT_UNSUBSCRIBE,
    INTENT_SEND, /* a letter kept in a file here, to a submission server (doc/internals/outbox.md) */
    INTENT_THREAD, /* what belongs together, which no server keeps: done when it is committed (doc/internals/threads.md) */
} IntentKind;

typedef enum {
    INTENT_PENDING, /* committed here, nothing sent */
    INTENT_SENDING, /* durable before the first irreversible byte */
    INTENT_DONE,
    INTENT_FAILED, /* the server refused: its words are in Intent.error; the local effect was taken back or is
                      offered back */
    INTENT_CONFLICT, /* what it was about is gone elsewhere: what lost and why is in Intent.error */
    INTENT_UNKNOWN,  /* cut between sending and reply and not provable by looking */
    INTENT_UNDONE,   /* taken back before anything was sent */
} IntentState;

/* Created, renamed, deleted, subscribed: about a mailbox itself. */
#define INTENT_KIND_IS_ABOUT_MAILBOX(kind) ((kind) >= INTENT_CREATE_MAILBOX && (kind) <= INTENT_UNSUBSCRIBE)

typedef enum {
    RECIPIENT_WAITING,  /* not answered for good yet: it is tried (again) */
    RECIPIENT_ACCEPTED, /* the server answers for it from now on: never sent to again */
    RECIPIENT_REFUSED,  /* a permanent refusal: the letter is kept for correction */
} RecipientState;

#define INTENT_NO_COPY (-1)

/* What is asked of the submission server beside taking the letter: bits. */
typedef enum {
    SEND_NOTIFY_NEVER = 1 << 0, /* delivery reports (RFC 3461): none at all; alone */
    SEND_NOTIFY_SUCCESS = 1 << 1,
    SEND_NOTIFY_FAILURE = 1 << 2,
    SEND_NOTIFY_DELAY = 1 << 3,
    SEND_RETURN_FULL = 1 << 4, /* reports bring the whole letter back, not its header only */
    SEND_REQUIRE_TLS = 1 << 5, /* protected all the way, or not at all (RFC 8689) */
} SendOption;

/* What is decided about the threads of messages. */
typedef enum {
    THREAD_BREAK,   /* each begins a thread, with what answers it */
    THREAD_JOIN,    /* each stands below Intent.parent_id */
    THREAD_MUTE,    /* nothing is to be heard of their threads */
    THREAD_UNMUTE,
    THREAD_RESTORE, /* as it was before the group Intent.undoes */
} ThreadChange;

/* To whom a letter goes, by the envelope (RFC 5321 §2.3.1). */
typedef struct {
    char *address; /* as in RCPT TO, without brackets */
    RecipientState state;
    char *words; /* the server's about this one, UTF-8, not terminal-safe; NULL: it has not been answered */
} IntentRecipient;

typedef struct {
    gint64 id; /* journal row, 0 until committed */
    IntentKind kind;
    IntentState state;
    gint64 account_id; /* filled at commit from the mailbox or the messages when 0 */

    /* Targets, as the UI knows them: local ids. Frozen at commit into (mailbox, UIDVALIDITY, UID ranges) plus
     * the local ids of messages that have no UID yet. An intent over messages of several mailboxes is split
     * at commit: one row per mailbox. */
    GArray *message_ids; /* of gint64; may be empty for mailbox intents; never NULL */
    gint64 mailbox_id;   /* source mailbox once frozen; the mailbox renamed, deleted, subscribed; parent
                            account's for CREATE is 0 */
    guint count;         /* of messages, when it was decided: some may be gone since */
    guint32 uidvalidity; /* frozen */
    char *uids;          /* frozen: "4:9,12", NULL before; sorted, no doubles */
    gint64 cursor;       /* how far a sliced replay got: the highest UID known done */

    gint64 target_mailbox_id;   /* MOVE, COPY, APPEND; CREATE: the row made here. DELETE: the Trash, chosen at
                                 * commit when 0 (-1: mark \Deleted and expunge even if there is a Trash); once
                                 * committed 0 means without Trash */
    gboolean carried; /* MOVE, COPY: the target belongs to another account, so that each message is carried there through
                       * this machine; when decided: may be */
    guint32 target_uidvalidity; /* what was known of the target before COPY, MOVE or APPEND was first sent; 0
                                   not yet recorded */
    guint32 target_uidnext;

    MailFlags add, remove; /* FLAGS; APPEND: add is what the message is stored with */
    char *add_keywords;    /* FLAGS: space separated, see base/mailflags.h; NULL for none */
    char *remove_keywords;

    char *name; /* CREATE and RENAME: the new mailbox name, UTF-8, with the account's delimiter. THREAD: the change in a word, once committed */
    char *path; /* APPEND, SEND: the file that holds the message */

    ThreadChange thread_change; /* THREAD */
    gint64 parent_id;           /* THREAD_JOIN: a message, until it is committed */

    /* SEND. target_mailbox_id is where a copy is kept once a recipient was accepted; 0: that is found out later; INTENT_NO_COPY: nowhere. */
    char *sender;          /* MAIL FROM, "" for the null reverse-path; NULL for other kinds */
    GPtrArray *recipients; /* of IntentRecipient; NULL for other kinds */
    gint64 not_before;     /* Unix µs: the hold, "send later", or the next try */
    guint send_options;    /* SendOption bits */
    gint64 release_at;     /* Unix µs: nobody is to have it before; 0: at once. The submission server keeps it until then where it can
                            * (FUTURERELEASE, RFC 4865), else it waits here */
    gint64 staged_message_id; /* the letter's row in Drafts, when it was put there to be submitted by its URL; 0: it was not */
    guint64 staged_header;    /* octets of the kept file's header, when what is staged has another one (without Bcc); 0: it has not */
    gboolean last_octets;  /* durable before the letter's last octets go: from there on it may have been accepted */

    gint64 created;    /* Unix µs */
    gint64 group;      /* intents made by one key press share it: undo takes the group back as one */
    gint64 undoes;     /* id of the group that this one is the opposite of, 0 for none */
    guint tries;       /* how often sending began; 0: nothing of it ever left */
    gboolean recovery; /* pending again after a cut that came between sending and reply: look in the target
                          before repeating */
    char *error;       /* the server's words or the reason, UTF-8, not terminal-safe; NULL */
} Intent;

/* Appends a waiting one. */
void intent_add_recipient(Intent *intent, const char *address);
const char *recipient_state_name(RecipientState state); /* "waiting" …: for the store, logs and JSON */
Intent *intent_new(IntentKind kind);
Intent *intent_copy(const Intent *intent);
void intent_free(Intent *intent);
const char *
intent_kind_name(IntentKind kind); /* "flags", "move" …: for the store, logs and JSON; static, untranslated */
const char *intent_state_name(IntentState state);
const char *thread_change_name(ThreadChange change); /* "break" …: static, untranslated */

/* One line in the person's words ("Move 3 messages to Archive"); target names are passed because an intent
 * holds ids. Caller frees. */
char *intent_describe(const Intent *intent, const char *mailbox_name, const char *target_name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Intent, intent_free)

#endif
