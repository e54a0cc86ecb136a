/* The password or token for one of an account's servers: from the accounts file, a command, or the person; kept in memory until the server
 * refuses it. A token is made for its host, and no link to another ever sees it.
 *
 * Engine thread.
 */
#ifndef MALLE_ENGINE_CREDENTIALS_H
#define MALLE_ENGINE_CREDENTIALS_H

#include "base/secret.h"
#include "config/account.h"
#include "engine/core.h"

typedef struct Credentials Credentials;

/* Neither is called from inside credentials_ready(), but waits() is. */
typedef struct {
    void (*given)(EngineAccount *account); /* it makes sense to connect now */
    /* stopped: until the person does something; else a command is running. For the status line. */
    void (*waits)(EngineAccount *account, gboolean stopped, const char *words);
} CredentialsOwner;

/* URL: one of the account's. owner: static. */
Credentials *credentials_new(EngineAccount *account, const AccountUrl *url, const CredentialsOwner *owner);
/* Stops the command that may run. */
void credentials_free(Credentials *credentials);

/* Gets what is needed to log in, and calls given() when that takes time; FALSE when it must be waited for. */
gboolean credentials_ready(Credentials *credentials);
/* NULL where none is needed. */
Secret *credentials_secret(const Credentials *credentials);
/* The server took it. */
void credentials_worked(Credentials *credentials);
/* All that was asked behind the log-in was answered: the next refusal or expiry is a first one again. */
void credentials_hold(Credentials *credentials);
/* The server does not take it. TRUE: another may be got, and connecting again makes sense. */
gboolean credentials_refused(Credentials *credentials);
/* The log-in does not hold any more (a token's time is over). TRUE: as above. */
gboolean credentials_expired(Credentials *credentials);
/* The person wants another try, whatever was said before. */
void credentials_forgive(Credentials *credentials);

#endif
