/* What reading the accounts file and adding to it share. For use within config/. */
#ifndef MALLE_CONFIG_ACCOUNTS_PRIVATE_H
#define MALLE_CONFIG_ACCOUNTS_PRIVATE_H

#include "config/account.h"

typedef enum {
    KEY_TEXT,
    KEY_SECRET,
    KEY_PATH,
    KEY_URL,
    KEY_SWITCH,
    KEY_COPY,
    KEY_DELETE,
    KEY_POLL,
    KEY_KEEP,
    KEY_IDENTITY,
    KEY_POP_POLICY,
    KEY_SIZE,
} AccountKeyType;

typedef struct {
    const char *name;
    AccountKeyType type;
    gsize offset; /* in Account; 0 where the type says it all */
} AccountKey;

/* In the order of the manual page, and of a section that accounts_append() writes. Ends with a row without a name. */
extern const AccountKey account_keys[];
extern const char *const account_copies[]; /* by AccountCopy, as the file spells them */
gpointer *account_field(Account *account, guint key);

gboolean account_name_is_valid(const char *name);
gboolean account_name_is_taken(const GPtrArray *accounts, const char *name);

#endif
