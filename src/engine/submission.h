/* Submission: an account's letters, from the journal to the server that its `send =` names (doc/internals/outbox.md).
 *
 * submission.c: whose turn it is, waiting and trying again. submission_link.c: one connection to the server, to the log-in and through letter
 * after letter. submission_letter.c: an intent as what the protocol submits, and the server's answers as what the journal keeps.
 *
 * Engine thread.
 */
#ifndef MALLE_ENGINE_SUBMISSION_H
#define MALLE_ENGINE_SUBMISSION_H

#include "engine/core.h"

typedef struct SubmissionQueue SubmissionQueue;

/* NULL: the account cannot send. */
SubmissionQueue *submission_queue_new(EngineAccount *account);
/* A letter whose last octets have not left stays unsent; see submission_queue_leave() for the others. */
void submission_queue_free(SubmissionQueue *queue);
/* Looks whether a letter's time has come. To be called when one was committed, when online, and when the account's links come and go.
 * NULL is allowed in all of these. */
void submission_queue_ready(SubmissionQueue *queue);
/* The person wants another try now, whatever was said before. */
void submission_queue_try_now(SubmissionQueue *queue);
/* There is a network again, or another. */
void submission_queue_network_changed(SubmissionQueue *queue);
void submission_queue_set_online(SubmissionQueue *queue, gboolean online);
/* The program ends: no letter is begun and none is completed any more. TRUE while one whose last octets have left waits for its answer, which
 * is worth waiting for a moment. */
gboolean submission_queue_leave(SubmissionQueue *queue);

#endif
