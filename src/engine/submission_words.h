/* The submission server's replies in the person's words. */
#ifndef MALLE_ENGINE_SUBMISSION_WORDS_H
#define MALLE_ENGINE_SUBMISSION_WORDS_H

#include "proto/smtp/reply.h"

/* The server's words, with what they mean where their code says (RFC 3463): "550 5.1.1 unknown user (there is no such mailbox)". Valid UTF-8, not
 * terminal-safe; caller frees. */
char *submission_reply_words(const SmtpReply *reply);

#endif
