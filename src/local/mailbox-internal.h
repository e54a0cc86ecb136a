/* What the formats of local mail provide. For use within local/. */
#ifndef MALLE_LOCAL_MAILBOX_INTERNAL_H
#define MALLE_LOCAL_MAILBOX_INTERNAL_H

#include "local/mailbox.h"

typedef struct {
    LocalFormat format;
    GPtrArray *(*list)(LocalMailbox *mailbox, GError **error);
    GBytes *(*read)(LocalMailbox *mailbox, const char *key, GError **error);
    void (*free)(LocalMailbox *mailbox);
} LocalOps;

/* The head of each format's own structure. */
struct LocalMailbox {
    const LocalOps *ops;
    char *path;
};

LocalMailbox *maildir_open(const char *path);
LocalMailbox *mbox_open(const char *path);

bool maildir_is_one(const char *path);
/* Does the file begin as an mbox does? An empty file is one. False with errno-like words in error when it
 * cannot be read. */
bool mbox_is_one(const char *path, GError **error);

LocalMessage *local_message_new(const char *key);

/* An error about `path` in words: what could not be done, and why (errno). */
void local_set_access_error(GError **error, const char *path, int reason);
void local_set_changed_error(GError **error, const char *path);

/* All of a file, at most `limit` bytes, without following a symbolic link at its end when `follow` is false.
 */
GBytes *local_read_file(const char *path, gsize limit, GError **error);
#define LOCAL_MAX_MESSAGE ((gsize)1 << 30)

#endif
