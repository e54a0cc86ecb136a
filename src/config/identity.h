/* Under which names and addresses the person writes, and what stands below the letters (malle-accounts(5)):
 *
 *     name = Ada Lovelace                       the account's own name and address are the first identity
 *     address = ada@example.org
 *     identity = Countess <ada@work.example>
 *     signature = ~/.signature
 *     signature-command ada@work.example = fortune -s
 *
 * Plain data of its account, read once, then only read. Any thread. */
#ifndef MALLE_CONFIG_IDENTITY_H
#define MALLE_CONFIG_IDENTITY_H

#include "config/account.h"

typedef struct {
    char *name;              /* or NULL */
    char *address;
    char *signature;         /* absolute path of a file; NULL */
    char *signature_command; /* for /bin/sh; NULL. Only one of the two is set. */
} Identity;

/* Of Identity*, the account's own first, each address once; empty when the account has no address. Caller unrefs. */
GPtrArray *account_identities(const Account *account);

/* --- for those who read, copy and free accounts ------------------------------------------------- */

typedef enum { IDENTITY_LINE_OTHER, IDENTITY_LINE_TAKEN, IDENTITY_LINE_WRONG } IdentityLine;

/* A line of a section that is about identities is added to the account; WRONG with CONFIG_ERROR_VALUE. */
IdentityLine account_take_identity_line(Account *account, const char *line, GError **error);
void account_copy_identities(Account *to, const Account *from);
void account_free_identities(Account *account);

#endif
