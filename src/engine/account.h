/* An account at work: its state for the status line, its link and when to try again, and its jobs.
 *
 * One file a subject: account.c (life, link, waiting and trying again), credentials.c (where the password comes from),
 * jobs.c (who goes next), selected.c (the mailbox that is open on the server), local_account.c (accounts without a server).
 */
#ifndef MALLE_ENGINE_ACCOUNT_H
#define MALLE_ENGINE_ACCOUNT_H

#include "engine/core.h"
#include "engine/credentials.h"
#include "engine/jobs.h"
#include "engine/link.h"

typedef struct Selected Selected;
typedef struct LocalSource LocalSource;

struct EngineAccount {
    Engine *engine;
    Account *config;
    gint64 id;
    AccountStatus status;

    Link *link;              /* NULL: none */
    GSource *retry;          /* waiting to try again */
    guint failures;          /* links in a row that did not become ready */
    gboolean introduced;     /* ID was sent on this link */
    gboolean lacks[IMAP_CAP_COUNT]; /* announced, and answered BAD when it was used: done without while we run */
    GSource *idle_timer;     /* quiet for a moment: IDLE */
    gboolean idle_behind;    /* nothing is foreseen behind what is sent next: IDLE goes along with it */
    GSource *idle_renewal;   /* servers end an IDLE after half an hour, middleboxes sooner */
    gint64 polled_at;        /* monotonic µs */

    Credentials *credentials; /* for the server it receives from; NULL: there is none */

    JobQueue *jobs;
    Selected *selected;      /* NULL: none */
    gint64 refused_mailbox;  /* could not be selected, and is tried again when the list is here, 0: none */
    gint64 looked_at;        /* the mailbox on the screen, 0: none */
    char *told_url;          /* by GENURLAUTH, until its answer is over; NULL */
    gboolean searches_ascii; /* the server refused other letters in a search */
    guint32 told_uidvalidity; /* the last that was heard, of whichever mailbox; for who asked, and sets it to 0 */
    gpointer listing;        /* the LIST that is being heard (mailbox_list.c), or NULL */
    GQueue *parts;           /* of AskedPart*: sections on their way (parts.c) */
    gpointer streaming;      /* the one of them that is arriving now, or NULL */
    GQueue *searches;        /* of Search*: UID SEARCH commands in flight, oldest first */
    GHashTable *replaying;   /* of gint64*: intents that have a job */
    GSource *replay_later;   /* a timer: the store could not be written */
    GQueue *replay_commands; /* of Job*: one for each command of the replay in flight, oldest first */
    gboolean listed;         /* the mailbox list was read on this link */

    struct Mirror *mirror;   /* what is being kept for offline use; NULL: nothing is under way */

    struct SubmissionQueue *submission; /* NULL: the account cannot send */

    LocalSource *local;      /* demo and local mail, and POP3, whose mail lies here: NULL for IMAP */
    struct PopAccount *pop;  /* what fetches it: NULL for all others */
};

EngineAccount *engine_account_new(Engine *engine, const Account *config, GError **error);
void engine_account_free(EngineAccount *account);
void engine_account_start(EngineAccount *account);
/* The program ends: say goodbye to the server. */
void engine_account_leave(EngineAccount *account);
void engine_account_set_online(EngineAccount *account, gboolean online);
/* The machine slept: the link may be dead. */
void engine_account_doubt_link(EngineAccount *account);
void engine_account_poll_if_due(EngineAccount *account);
/* Says who we are (RFC 2971), once on a link: to be called when other commands leave anyway. */
void engine_account_introduce(EngineAccount *account);
/* Look at everything now; reconnects at once when it was waiting. */
void engine_account_check(EngineAccount *account);

/* Goes into IDLE, or has the server asked now and then where there is none. */
void engine_account_idle(EngineAccount *account);
/* Nothing more will have to be asked behind what is sent in this turn, most of the time: IDLE goes along with it. Not while mailboxes are
 * fetched to be kept, nor for a command without a screen. */
void engine_account_foresee_idle(EngineAccount *account, gboolean foreseen);
/* Something was put into the queue that is done when nothing else is. */
void engine_account_go_on(EngineAccount *account);

/* Its link ended, so: waits and tries again, asks the person, or stops. */
void engine_account_after_end(EngineAccount *account, const LinkEnd *end);
/* Tries again by itself. asked_ms: how long the server asks us to stay away, at least. */
void engine_account_wait(EngineAccount *account, const char *words, guint asked_ms);
/* Connect now, if that is wanted and possible. */
void engine_account_connect(EngineAccount *account);
/* State for the screen; words may be NULL. */
void engine_account_set_state(EngineAccount *account, AccountState state, const char *words);
void engine_account_tell(EngineAccount *account);
gboolean engine_account_is_ready(const EngineAccount *account);
gboolean engine_account_can(const EngineAccount *account, ImapCap capability);

/* notices.c: what the server says, wired to the account. */
extern const ImapSessionEvents account_session_events;

#endif
