/* What the formats of local mail provide. For use within local/. */
#ifndef MALLE_LOCAL_MAILBOX_INTERNAL_H
#define MALLE_LOCAL_MAILBOX_INTERNAL_H

#include "local/change.h"
#include "local/mailbox.h"

/* Of what changes something, NULL where the format cannot. */
typedef struct {
    LocalFormat format;
    GPtrArray *(*list)(LocalMailbox *mailbox, GError **error);
    bool (*undisturbed)(const LocalMailbox *mailbox); /* NULL: always */
    bool (*expects)(const LocalMailbox *mailbox, const char *name, bool came); /* see watch.h; NULL: never */
    GBytes *(*read)(LocalMailbox *mailbox, const char *key, GError **error);
    void (*free)(LocalMailbox *mailbox);
    bool (*flag)(LocalMailbox *mailbox, const char *key, const LocalFlagChange *change, MailFlags *now, char **keywords,
                 GError **error);
    bool (*remove)(LocalMailbox *mailbox, const char *key, bool only_deleted, bool *removed, GError **error);
    /* By the filesystem's own means, both of the same format; *done false: that cannot be done here. */
    bool (*move)(LocalMailbox *from, const char *key, LocalMailbox *to, const char *name, char **new_key, bool *done,
                 GError **error);
    bool (*link)(LocalMailbox *from, const char *key, LocalMailbox *to, const char *name, bool *done, GError **error);
    /* How the message is marked and dated. */
    LocalMessage *(*about)(LocalMailbox *mailbox, const char *key, GError **error);
    /* Its key, if it was appended under this name before; NULL. Caller frees. */
    char *(*find)(LocalMailbox *mailbox, const char *name, GBytes *bytes);
    bool (*append)(LocalMailbox *to, GBytes *bytes, const char *name, LocalLines lines, const LocalPlacing *placing,
                   char **new_key, GError **error);
    bool (*settle)(LocalMailbox *mailbox, GError **error);
} LocalOps;

/* The head of each format's own structure. */
struct LocalMailbox {
    const LocalOps *ops;
    char *path;
};

LocalMailbox *maildir_open(const char *path);
LocalMailbox *mbox_open(const char *path);
LocalMailbox *mh_open(const char *path);

bool maildir_is_one(const char *path);
bool mh_is_one(const char *path);
/* Does the file begin as an mbox does? An empty file is one. False with errno-like words in error when it
 * cannot be read. */
bool mbox_is_one(const char *path, GError **error);

/* Of a file in a tree: it lies beside mailboxes and is none (an index, a lock, a directory of a Maildir). */
bool local_is_beside(const char *name);

LocalMessage *local_message_new(const char *key);

/* An error about `path` in words: what could not be done, and why (errno). */
void local_set_access_error(GError **error, const char *path, int reason);
void local_set_changed_error(GError **error, const char *path);

/* All of a file, at most `limit` bytes, without following a symbolic link at its end when `follow` is false.
 */
GBytes *local_read_file(const char *path, gsize limit, GError **error);
#define LOCAL_MAX_MESSAGE ((gsize)1 << 30)

#endif
