/* What the engine tells: something in the store, or in the state of an account, is not as it was. The hearer reads again;
 * a change carries no mail. Made on the engine thread, read and freed by the hearer (the UI thread).
 */
#ifndef MALLE_ENGINE_CHANGE_H
#define MALLE_ENGINE_CHANGE_H

#include <glib.h>

#include "store/intent.h"

typedef enum {
    CHANGE_ACCOUNT,      /* state or words of an account changed: see AccountStatus */
    CHANGE_MAILBOX_LIST, /* mailboxes came, went, or their names, roles, subscriptions changed */
    CHANGE_MAILBOX,      /* messages, flags or counts of one mailbox */
    CHANGE_NEW_MAIL,     /* as CHANGE_MAILBOX, and `count` unseen messages arrived there since it was last looked at */
    CHANGE_MESSAGE,      /* structure or flags of one message */
    CHANGE_BODY,         /* message_id, section: the body is in the store, or (error set) could not be had */
    CHANGE_TRANSFER,     /* a download or save: id, done and total bytes; finished with error or without */
    CHANGE_PROGRESS,     /* back-fill of a mailbox: done of total */
    CHANGE_INTENT,       /* intent_id is in `intent_state`; error has the words of a refusal, or why a PENDING one is put off */
    CHANGE_COMMITTED,    /* submit_id: the intents submitted under it are in the store (ids known), or refused (error) */
    CHANGE_VIEW,         /* view_id has `count` rows found so far, and `unknown` messages could not be searched whole, because not all of
                            them is here; finished when complete */
    CHANGE_SEARCHED,     /* mailbox_id was `searched` for view_id: `count` found there, and `unknown` more that were not fetched; error says why
                            the server was not asked, or what it said */
    CHANGE_DECISION,     /* the engine needs an answer: see Decision */
    CHANGE_WIRE,         /* an action ended: what it cost */
    CHANGE_MIRROR,       /* what is kept for offline use is being fetched: done of total bytes (an estimate), count messages so far;
                            finished with error (what could not be had) or without */
    CHANGE_KEPT,         /* mailbox_id is as its rule says, as far as the server gave it */
    CHANGE_NOTICE,       /* words for the person: server ALERTs, troubles; mailbox_id: that mailbox cannot be opened */
} ChangeKind;

typedef enum {
    ACCOUNT_OFFLINE,      /* by choice */
    ACCOUNT_CONNECTING,
    ACCOUNT_ONLINE,
    ACCOUNT_WAITING,      /* link lost or refused: tries again at retry_at */
    ACCOUNT_STOPPED,      /* needs the person: wrong password, certificate, configuration */
    ACCOUNT_LOCAL,        /* demo and local mail: no network */
} AccountState;

typedef struct {
    AccountState state;
    gboolean insecure;    /* the link in use is not protected: show the mark */
    gboolean busy;        /* something is in flight */
    gboolean away;        /* in ACCOUNT_WAITING: there is no network, or several tries came to nothing */
    gint64 as_of;         /* Unix seconds of the last byte of server truth; 0 never */
    gint64 retry_at;      /* Unix seconds, in ACCOUNT_WAITING */
    char *words;          /* why, for the person; NULL */
} AccountStatus;

typedef enum {
    ENGINE_SEARCHED_NOT_YET,   /* the server is asked */
    ENGINE_SEARCHED_HERE,      /* all that the query asks about is here */
    ENGINE_SEARCHED_SERVER,    /* on the server too */
    ENGINE_SEARCHED_NOT_THERE, /* only what is here: the server could not be asked */
} EngineSearched;

typedef enum {
    DECISION_PASSWORD,    /* answer: the password, or NULL to leave the account alone */
    DECISION_CERTIFICATE, /* answer: "pin" or NULL */
    DECISION_COMMAND,     /* the secret command failed without the terminal: answer "retry" after running it with the screen suspended
                             (answer_text then is the secret), or NULL */
} DecisionKind;

typedef struct {
    DecisionKind kind;
    guint64 id;           /* for engine_answer() */
    char *question;       /* one line */
    char *details;        /* several lines: certificate names, dates, SHA-256; NULL */
    char *command;        /* DECISION_COMMAND */
} Decision;

typedef struct {
    char *action;         /* "open INBOX", "read", "flags" … */
    guint flights;
    guint64 up, down, wait_ms;
    guint rows;
    guint64 saved;        /* octets that would have gone up without what the server had already; 0 most of the time */
} WireCost;

typedef struct {
    ChangeKind kind;
    gint64 account_id, mailbox_id, message_id, intent_id, view_id;
    guint64 submit_id, transfer_id;
    guint64 done, total, count, unknown;
    gboolean finished;
    IntentState intent_state;
    EngineSearched searched;
    gboolean no_room; /* MIRROR: it ended because nothing more can be kept here */
    char *section;
    char *error;          /* words for the person, not terminal-safe; NULL */
    char *text;           /* CHANGE_NOTICE; CHANGE_TRANSFER: the path when finished */
    AccountStatus *status;
    Decision *decision;
    WireCost *cost;
} Change;

Change *change_new(ChangeKind kind);
void change_free(Change *change);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Change, change_free)

#endif
