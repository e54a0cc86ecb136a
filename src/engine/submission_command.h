/* One letter by a program in the place of a server: the account's send-command (sendmail, msmtp).
 *
 *     COMMAND -oi -f SENDER -- RECIPIENT…     the letter without its Bcc on standard input, lines ended by LF
 *
 * Engine thread. */
#ifndef MALLE_ENGINE_SUBMISSION_COMMAND_H
#define MALLE_ENGINE_SUBMISSION_COMMAND_H

#include "store/intent.h"

typedef struct SubmissionCommand SubmissionCommand;

typedef enum {
    COMMAND_TOOK_IT,   /* it ended with 0 */
    COMMAND_NOT_NOW,   /* with 75 (EX_TEMPFAIL), or it could not be run */
    COMMAND_REFUSED,   /* with anything else */
    COMMAND_IN_DOUBT,  /* it was killed, or did not end: nobody knows */
} CommandOutcome;

/* words: the program's, UTF-8, not terminal-safe; NULL for COMMAND_TOOK_IT. Later, once; the command is gone then. */
typedef void (*SubmissionCommandDone)(CommandOutcome outcome, const char *words, gpointer user);

/* Runs it for the recipients who wait. NULL with error: nothing was run. */
SubmissionCommand *submission_command_start(const char *command, const Intent *intent, GMainContext *context, SubmissionCommandDone done,
                                            gpointer user, GError **error);
/* Ends it; nothing is told. */
void submission_command_cancel(SubmissionCommand *command);

#endif
