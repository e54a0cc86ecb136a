/* Changing mail on this machine: flags, copies, moves, removal. One thread, as mailbox.h.
 *
 * Each call says what to do to one message and is safe to repeat: what was cut off is done again with the same arguments,
 * and ends the same. Another program may rename, move or remove any file at any moment; a message that is gone is
 * LOCAL_ERROR_CHANGED, and nothing else was touched. Nothing ever replaces a file. What the calls did is on the disk
 * when local_mailbox_settle() has returned TRUE. A format that cannot do it is LOCAL_ERROR_REFUSED. */
#ifndef MALLE_LOCAL_CHANGE_H
#define MALLE_LOCAL_CHANGE_H

#include "local/deliver.h"
#include "local/mailbox.h"

typedef struct {
    MailFlags add, remove;
    const char *add_keywords, *remove_keywords; /* as in LocalMessage; NULL for none */
} LocalFlagChange;

/* What can be done to the messages of this mailbox. */
typedef enum {
    LOCAL_CAN_FLAG = 1 << 0,
    LOCAL_CAN_REMOVE = 1 << 1,
    LOCAL_CAN_APPEND = 1 << 2,
} LocalCan;
LocalCan local_mailbox_can(const LocalMailbox *mailbox);

/* Set operations. A Maildir's message in new/ goes to cur/ by it. *now (may be NULL) gets the flags it has now, *keywords
 * (may be NULL) its keywords, for the caller to free. */
bool local_mailbox_flag(LocalMailbox *mailbox, const char *key, const LocalFlagChange *change, MailFlags *now,
                        char **keywords, GError **error);

/* Removes the message. only_deleted: unless another program has taken the \Deleted flag away meanwhile; *removed (may be
 * NULL) says which. */
bool local_mailbox_remove(LocalMailbox *mailbox, const char *key, bool only_deleted, bool *removed, GError **error);

/* The message, with its flags, keywords and date, into another mailbox. *new_key (caller frees) is its key there: its own
 * where that can be kept, else `name`, which is from local_unique_name() or as unique. One that is there already under
 * either, and no longer here, has been moved. */
bool local_mailbox_move(LocalMailbox *from, const char *key, LocalMailbox *to, const char *name, char **new_key,
                        GError **error);
/* A second one, under `name`; if that is there, it is the copy. */
bool local_mailbox_copy(LocalMailbox *from, const char *key, LocalMailbox *to, const char *name, char **new_key,
                        GError **error);
/* A message from a file, under `name` in the same way. `lines` as in deliver.h. */
bool local_mailbox_append(LocalMailbox *to, const char *path, const char *name, LocalLines lines,
                          const LocalPlacing *placing, char **new_key, GError **error);

/* Waits for the disk. */
bool local_mailbox_settle(LocalMailbox *mailbox, GError **error);

#endif
