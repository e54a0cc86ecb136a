/* What a NO, a BAD or a BYE says about the whole connection rather than about one command: that the log-in has expired, or that we ask
 * too much. By response code (RFC 5530), and by the words of the providers that send none. Pure.
 */
#ifndef MALLE_ENGINE_REFUSAL_H
#define MALLE_ENGINE_REFUSAL_H

#include "proto/imap/response.h"

typedef enum {
    REFUSAL_ORDINARY,  /* concerns its command only */
    REFUSAL_EXPIRED,   /* log in anew, with a new token where there is one */
    REFUSAL_THROTTLED, /* wait, and then ask again */
} RefusalKind;

typedef struct {
    RefusalKind kind;
    guint wait_ms; /* how long the server asks us to wait; 0: it does not say. At most REFUSAL_WAIT_MAX_MS */
} Refusal;

/* Nobody waits longer on a server's word. */
#define REFUSAL_WAIT_MAX_MS (60 * 60 * 1000)

/* TEXT: tagged NO or BAD while logged in, or BYE. OK is ordinary. */
Refusal refusal_read(const ImapText *text);
/* The same, while logging in, where EXPIRED and AUTHENTICATIONFAILED are about the password and not a session that was. */
Refusal refusal_read_login(const ImapText *text);
/* The server's words (their code when there are none), with what their code means for the person where it has one ("the mailbox is full (…)"). Valid UTF-8; caller frees. */
char *refusal_words(const ImapText *text);
/* The same of a log-in: INUSE and LIMIT are about the account there, and not about a mailbox or a command. */
char *refusal_login_words(const ImapText *text);

#endif
