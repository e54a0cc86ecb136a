/* What the files of an account's submission share. Engine thread. */
#ifndef MALLE_ENGINE_SUBMISSION_PRIVATE_H
#define MALLE_ENGINE_SUBMISSION_PRIVATE_H

#include "engine/account.h"
#include "engine/submission.h"
#include "engine/submission_command.h"
#include "engine/submission_letter.h"
#include "engine/submission_link.h"

#define FIRST_REFUSED_S 60     /* of a letter that the server does not take for now: greylisting is some minutes */
#define LAST_REFUSED_S 1800

struct SubmissionQueue {
    EngineAccount *account;
    Credentials *credentials;
    SubmissionLink *link;      /* NULL: none */
    SubmissionCommand *command; /* the account's send-command at work, in the place of a link; NULL: none */
    Intent *commanded;         /* the letter that it has */
    SubmissionLetter *letter;  /* under way; NULL: none */
    gboolean naming;           /* its URL is asked for */
    gboolean no_url;           /* the server did not take one on this link */
    gboolean filling;          /* what of the next letter lies on a server is being fetched */
    gboolean staging;          /* a letter waits for its place on the IMAP server */
    gboolean released;         /* its last octets have left */
    gboolean unfit;            /* it could not be sent as it is: the link ends for that, which is no fault of the server */
    gboolean leaving;
    gboolean stopped;          /* needs the person; words say why */
    char *words;               /* why letters wait; NULL */
    guint failures;            /* links in a row that did not come to a letter */
    GSource *turn;             /* the next letter's time */
    GSource *retry;            /* of connecting */
    GSource *linger;
};

Engine *submission_engine(const SubmissionQueue *queue);
/* How a letter stands now. */
void submission_tell(SubmissionQueue *queue, gint64 intent_id);
/* It cannot be sent as it is. */
void submission_fail(SubmissionQueue *queue, const Intent *intent, const char *words);
guint submission_backoff_s(guint failures, guint first, guint last);
void submission_wait_and_retry(SubmissionQueue *queue, const char *words);

/* submission_staging.c */
/* The other link is on its way, and what there is behind it is not known yet. */
gboolean submission_mail_server_is_coming(const EngineAccount *account);
/* TRUE: it is to lie on the IMAP server and does not yet. */
gboolean submission_is_staged(SubmissionQueue *queue, const SubmissionLetter *letter);
/* What of the letter lies on a server is fetched before it can go. TRUE: that is under way. */
gboolean submission_fill(SubmissionQueue *queue, const Intent *intent);
/* submission_program.c: TRUE: the send-command runs, and is told of when it ends. FALSE: the letter was put aside. */
gboolean submission_begin_command(SubmissionQueue *queue, const Intent *decided);

#endif
