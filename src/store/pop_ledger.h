/* Writing the ledger of POP3 accounts. Engine thread, as store/writer.h; every call is a transaction.
 *
 * A letter has a row before its first octet is asked for, with the name that its file will have. What was received (octets, digest)
 * stands in the row, on the disk, before the file gets that name; and POP_PLACE_DELETING before the DELE leaves. So each state that a
 * crash leaves behind is one that the next run understands.
 */
#ifndef MALLE_STORE_POP_LEDGER_H
#define MALLE_STORE_POP_LEDGER_H

#include "store/pop_letter.h"
#include "store/writer.h"

/* New rows; their ids are filled in. STORE_ERROR_SQL when a UIDL is among those that are there already. */
gboolean pop_ledger_add(StoreWriter *writer, PopLetter *const *letters, guint count, GError **error);
/* The rows become as these are, all of them or none. durable: on the disk when it returns. */
gboolean pop_ledger_write(StoreWriter *writer, PopLetter *const *letters, guint count, gboolean durable, GError **error);

/* Up to `limit` rows of an account that are (or may be) there, with ids above after_id, in their order. Of PopLetter*, free func set.
 * NULL with an error. */
GPtrArray *pop_ledger_there(StoreWriter *writer, gint64 account_id, gint64 after_id, guint limit, GError **error);
/* The newest row with that UIDL whose letter is not there any more; NULL: none. */
PopLetter *pop_ledger_departed(StoreWriter *writer, gint64 account_id, const char *uidl);
/* The row whose file has that base name, whatever the account; NULL: none. */
PopLetter *pop_ledger_by_name(StoreWriter *writer, const char *name);
PopLetter *pop_ledger_by_id(StoreWriter *writer, gint64 id);
/* There is no row of that account, of whatever state. */
gboolean pop_ledger_is_empty(StoreWriter *writer, gint64 account_id);
/* Rows of letters that have been gone since before then are forgotten. */
gboolean pop_ledger_forget(StoreWriter *writer, gint64 account_id, gint64 then, GError **error);

typedef struct {
    gint64 last_login;
    guint login_delay; /* seconds */
    int expire_days;   /* −1: it keeps them */
} PopServerFacts;

/* All zero but expire_days −1 when nothing is known. */
PopServerFacts pop_ledger_server(StoreWriter *writer, gint64 account_id);
gboolean pop_ledger_set_server(StoreWriter *writer, gint64 account_id, const PopServerFacts *facts, GError **error);

#endif
